//! Synchronous object I/O. All functions name an object by the I/O context and `oid`, a NUL-terminated name.

use std::ffi::{c_char, c_int};

use ffi::{Out, RawSink, borrow, boundary, boundary_or, bytes_at, copy_in, fill};
use libc::{time_t, timespec};
use ops::{Errno, MAX_ERRNO, Op, OpOut, RequestFlags, Result, Timespec};
use rados_room::Submit;

use super::handles::IoCtxHandle;
use super::types::{rados_checksum_type_t, rados_ioctx_t};

/// The largest write: half of what 32 bits count.
pub const MAX_WRITE: usize = (u32::MAX / 2) as usize;
/// The largest read: what an int can return.
pub const MAX_READ: usize = i32::MAX as usize;

/// The caller's data for a write. `-E2BIG` above [`MAX_WRITE`].
pub unsafe fn write_data(buf: *const c_char, len: usize) -> Result<bytes::Bytes> {
    if len > MAX_WRITE {
        return Err(Errno::E2BIG);
    }
    // SAFETY: the header's contract.
    unsafe { copy_in(buf, len) }
}

/// The arguments of a writesame, checked as Ceph checks them.
pub unsafe fn same_data(buf: *const c_char, data_len: usize, write_len: usize) -> Result<bytes::Bytes> {
    if write_len > MAX_WRITE {
        return Err(Errno::E2BIG);
    }
    // SAFETY: the header's contract.
    let data = unsafe { write_data(buf, data_len)? };
    if data.is_empty() || !write_len.is_multiple_of(data.len()) { Err(Errno::EINVAL) } else { Ok(data) }
}

/// How many bytes a read delivered. Zero bytes asked for means all of the object on the wire, which cannot fit.
pub fn read_count(out: &OpOut) -> Result<i32> {
    match out {
        OpOut::Filled(count) => i32::try_from(*count).map_err(|_| Errno::EOVERFLOW),
        OpOut::Data(data) if data.is_empty() => Ok(0),
        OpOut::Data(_) => Err(Errno::ERANGE),
        OpOut::None => Ok(0),
        _ => Err(Errno::EIO),
    }
}

/// A read into the caller's buffer.
pub unsafe fn read_op(buf: *mut c_char, len: usize, off: u64) -> Result<Op> {
    if len > MAX_READ {
        return Err(Errno::EDOM);
    }
    // SAFETY: the header's contract.
    let sink = unsafe { RawSink::new(buf, len)? };
    Ok(Op::Read { off, len: len as u64, into: (len > 0).then(|| Box::new(sink) as _) })
}

pub fn to_time_t(time: Timespec) -> time_t {
    time.sec.into()
}

pub fn to_timespec(time: Timespec) -> timespec {
    // SAFETY: plain integers; libc's own constructor differs between targets.
    let mut out: timespec = unsafe { std::mem::zeroed() };
    (out.tv_sec, out.tv_nsec) = (time.sec.into(), time.nsec.into());
    out
}

/// Writes `len` bytes from `buf` at byte `off` of an object, which is made or grows as needed. The buffer may be
/// reused as soon as the call returns.
///
/// Returns 0 when the data is durable, or a negative errno: `-E2BIG` where `len` is above `UINT_MAX/2`, `-EROFS`
/// where the context looks at a snapshot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, data) = unsafe { (bytes_at(oid)?, write_data(buf, len)?) };
        io.write(oid, Op::Write { off, data })
    })
}

/// Replaces an object's data by `len` bytes from `buf`, whatever it held before. Returns as `rados_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_full(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, data) = unsafe { (bytes_at(oid)?, write_data(buf, len)?) };
        io.write(oid, Op::WriteFull { data })
    })
}

/// Writes `data_len` bytes from `buf` again and again until `write_len` bytes from `off` on are filled. Returns as
/// `rados_write` does, and `-EINVAL` where `write_len` is not a multiple of `data_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_writesame(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    data_len: usize,
    write_len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, data) = unsafe { (bytes_at(oid)?, same_data(buf, data_len, write_len)?) };
        io.write(oid, Op::WriteSame { off, len: write_len as u64, data })
    })
}

/// Writes `len` bytes from `buf` at the object's end. Returns as `rados_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_append(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, data) = unsafe { (bytes_at(oid)?, write_data(buf, len)?) };
        io.write(oid, Op::Append { data })
    })
}

/// Reads up to `len` bytes from byte `off` of an object into `buf`.
///
/// Returns the number of bytes read, which is less than `len` at the object's end and 0 behind it, or a negative
/// errno: `-ENOENT` where there is no such object, `-EDOM` where `len` is above `INT_MAX`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *mut c_char,
    len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, op) = unsafe { (bytes_at(oid)?, read_op(buf, len, off)?) };
        read_count(&io.read(oid, op)?)
    })
}

/// Computes checksums over `len` bytes from `off` on: one for every `chunk_size` bytes, or one over all where that is
/// 0. `init_value` is the seed, 4 bytes (8 for XXHASH64), little-endian. `pchecksum` gets the number of checksums (4
/// bytes) and then the checksums, little-endian.
///
/// Returns 0, `-ERANGE` where `checksum_len` bytes do not hold them, `-EDOM` where `len` is above `INT_MAX`, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_checksum(
    io: rados_ioctx_t,
    oid: *const c_char,
    r#type: rados_checksum_type_t,
    init_value: *const c_char,
    init_value_len: usize,
    len: usize,
    off: u64,
    chunk_size: usize,
    pchecksum: *mut c_char,
    checksum_len: usize,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, init) = unsafe { (bytes_at(oid)?, copy_in(init_value, init_value_len)?) };
        let op = checksum_op(r#type, init, len, off, chunk_size)?;
        match io.read(oid, op)? {
            // SAFETY: the header's contract.
            OpOut::Data(sums) => unsafe { fill(pchecksum, checksum_len, &sums) },
            _ => Ok(()),
        }
    })
}

/// The operation of a checksum, its arguments checked.
pub fn checksum_op(
    kind: rados_checksum_type_t,
    init: bytes::Bytes,
    len: usize,
    off: u64,
    chunk: usize,
) -> Result<Op> {
    if len > MAX_READ {
        return Err(Errno::EDOM);
    }
    let kind = u8::try_from(kind).map_err(|_| Errno::EINVAL)?;
    Ok(Op::Checksum { kind, init, off, len: len as u64, chunk: chunk as u64 })
}

/// Removes an object. Its snapshots stay. Returns 0, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_remove(io: rados_ioctx_t, oid: *const c_char) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        io.check_writable()?;
        // SAFETY: the header's contract.
        let oid = unsafe { bytes_at(oid)? };
        // A full pool must not keep one from making room.
        let with = Submit { flags: RequestFlags::FULL_FORCE, ..Submit::default() };
        io.run(oid, vec![Op::Remove.into()], with).check().map(drop)
    })
}

/// Sets an object's size in bytes. What it grows by reads as zeroes; the object is made if needed. Returns 0 or a
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_trunc(io: rados_ioctx_t, oid: *const c_char, size: u64) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        io.write(unsafe { bytes_at(oid)? }, Op::Truncate { size })
    })
}

/// Compares `cmp_len` bytes from `off` on with `cmp_buf`. The object counts as zeroes behind its end.
///
/// Returns 0 where they are equal, `-(MAX_ERRNO + n)`, with `MAX_ERRNO` 4095, where byte `n` is the first to differ, or
/// another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cmpext(
    io: rados_ioctx_t,
    o: *const c_char,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, data) = unsafe { (bytes_at(o)?, write_data(cmp_buf, cmp_len)?) };
        Ok(io.run(oid, vec![Op::CmpExt { off, data }.into()], Submit::default()).result)
    })
}

fn stat(io: rados_ioctx_t, oid: *const c_char) -> Result<(u64, Timespec)> {
    let io = borrow::<IoCtxHandle>(io)?;
    // SAFETY: the header's contract.
    match io.read(unsafe { bytes_at(oid)? }, Op::Stat)? {
        OpOut::Stat { size, mtime } => Ok((size, mtime)),
        _ => Err(Errno::EIO),
    }
}

/// An object's size in bytes and modification time. Either pointer may be NULL. Returns 0, `-ENOENT`, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_stat(
    io: rados_ioctx_t,
    o: *const c_char,
    psize: *mut u64,
    pmtime: *mut time_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (psize, pmtime) = unsafe { (Out::optional(psize), Out::optional(pmtime)) };
        let (size, mtime) = stat(io, o)?;
        psize.set(size);
        pmtime.set(to_time_t(mtime));
        Ok(())
    })
}

/// Like `rados_stat`, with nanoseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_stat2(
    io: rados_ioctx_t,
    o: *const c_char,
    psize: *mut u64,
    pmtime: *mut timespec,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (psize, pmtime) = unsafe { (Out::optional(psize), Out::optional(pmtime)) };
        let (size, mtime) = stat(io, o)?;
        psize.set(size);
        pmtime.set(to_timespec(mtime));
        Ok(())
    })
}

/// Calls method `method` of object class `cls` on an object, with `in_len` bytes of input from `in_buf`. Its output, at
/// most `out_len` bytes, goes to `buf`.
///
/// Returns the length of the output, `-ERANGE` where it does not fit, `-EOPNOTSUPP` where there is no such class or
/// method, or what else the method failed with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_exec(
    io: rados_ioctx_t,
    oid: *const c_char,
    cls: *const c_char,
    method: *const c_char,
    in_buf: *const c_char,
    in_len: usize,
    buf: *mut c_char,
    out_len: usize,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, op) = unsafe { (bytes_at(oid)?, exec_op(cls, method, in_buf, in_len)?) };
        let mut reply = io.run(oid, vec![op.into()], Submit::default()).check()?;
        let OpOut::Data(data) = reply.ops.pop().map(|op| op.out).unwrap_or_default() else {
            return Ok(reply.result);
        };
        // SAFETY: the header's contract.
        unsafe { fill(buf, out_len, &data)? };
        Ok(if data.is_empty() { reply.result } else { data.len() as i32 })
    })
}

/// The operation of a class call.
pub unsafe fn exec_op(
    class: *const c_char,
    method: *const c_char,
    input: *const c_char,
    input_len: usize,
) -> Result<Op> {
    // SAFETY: the header's contract.
    let (class, method, input) = unsafe { (bytes_at(class)?, bytes_at(method)?, copy_in(input, input_len)?) };
    Ok(Op::Exec { class: class.to_vec().into(), method: method.to_vec().into(), input })
}

/// Keeps an object in its cache tier. Accepted without effect where the pool has none. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cache_pin(io: rados_ioctx_t, o: *const c_char) -> c_int {
    // SAFETY: the header's contract.
    boundary(|| borrow::<IoCtxHandle>(io)?.write(unsafe { bytes_at(o)? }, Op::CachePin))
}

/// Undoes `rados_cache_pin`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cache_unpin(io: rados_ioctx_t, o: *const c_char) -> c_int {
    // SAFETY: the header's contract.
    boundary(|| borrow::<IoCtxHandle>(io)?.write(unsafe { bytes_at(o)? }, Op::CacheUnpin))
}

fn hint(io: rados_ioctx_t, o: *const c_char, object_size: u64, write_size: u64, flags: u32) -> Result<()> {
    let op = Op::SetAllocHint { object_size, write_size, flags };
    // SAFETY: the header's contract.
    borrow::<IoCtxHandle>(io)?.write(unsafe { bytes_at(o)? }, op)
}

/// Tells the store how large an object will become and in what pieces it will be written, in bytes. A hint: 0 means
/// unknown. The object is made if needed. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_alloc_hint(
    io: rados_ioctx_t,
    o: *const c_char,
    expected_object_size: u64,
    expected_write_size: u64,
) -> c_int {
    boundary(|| hint(io, o, expected_object_size, expected_write_size, 0))
}

/// Like `rados_set_alloc_hint`, with `LIBRADOS_ALLOC_HINT_FLAG_*`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_alloc_hint2(
    io: rados_ioctx_t,
    o: *const c_char,
    expected_object_size: u64,
    expected_write_size: u64,
    flags: u32,
) -> c_int {
    boundary(|| hint(io, o, expected_object_size, expected_write_size, flags))
}

/// The version of the object that the context's last synchronous read or write saw or left. Where several threads use
/// the context, it may be another thread's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_last_version(io: rados_ioctx_t) -> u64 {
    boundary_or(0, || Ok(borrow::<IoCtxHandle>(io)?.last_version()))
}

const _: () = assert!(MAX_ERRNO == 4095, "the headers' texts name the number");
