//! Compound reads: several questions to one object, answered from one state of it. The functions that add an operation
//! return nothing: bad arguments make the operate call fail. All out-parameters may be NULL unless said otherwise; they
//! are written when the request is complete, and must be good until then. `prval` gets the operation's own return value.

use std::ffi::{c_char, c_int, c_uchar};
use std::sync::Arc;

use bytes::Bytes;
use ffi::{
    Kind, Opaque, Out, Ref, alloc_copy, borrow, boundary, boundary_void, bytes_at, close, copy_in, export,
};
use libc::{time_t, timespec};
use ops::{Errno, Op, OpOut, OpReply, RequestFlags, Result, Timespec};
use rados_room::Submit;

use super::builder::{self, Builder, to_buffer};
use super::completion::AioCompletion;
use super::handles::IoCtxHandle;
use super::object::{checksum_op, exec_op, read_op, to_time_t, to_timespec};
use super::omap_iter::OmapIter;
use super::types::{
    rados_checksum_type_t, rados_completion_t, rados_ioctx_t, rados_omap_iter_t, rados_read_op_t,
    rados_xattrs_iter_t,
};
use super::xattr::XattrIter;

#[derive(Default)]
struct ReadOp(Builder);

impl Opaque for ReadOp {
    const KIND: Kind = Kind::ReadOp;
}

/// The return value of an operation whose answer is missing: its own errno, or what Ceph says of an empty answer, which
/// is what those get that were not come to.
fn unanswered(rval: c_int) -> c_int {
    if rval == 0 { Errno::EIO.neg() } else { rval }
}

fn add(op: rados_read_op_t, make: impl FnOnce() -> Result<Op>) {
    boundary_void(|| borrow::<ReadOp>(op)?.0.add_plain(make));
}

fn add_prval(op: rados_read_op_t, prval: *mut c_int, make: impl FnOnce() -> Result<Op>) {
    // SAFETY: the header's contract.
    boundary_void(|| borrow::<ReadOp>(op)?.0.add(unsafe { Out::optional(prval) }, make));
}

/// Makes an empty compound read. Release it with `rados_release_read_op`. NULL where there is no memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create_read_op() -> rados_read_op_t {
    boundary(|| export(Arc::new(ReadOp::default())))
}

/// Frees a compound read. Allowed as soon as an operate call has returned, also an asynchronous one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_release_read_op(read_op: rados_read_op_t) {
    boundary_void(|| close::<ReadOp>(read_op).map(drop))
}

/// Sets `LIBRADOS_OP_FLAG_*` on the operation that was added last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_set_flags(read_op: rados_read_op_t, flags: c_int) {
    boundary_void(|| borrow::<ReadOp>(read_op)?.0.set_flags(flags))
}

/// Adds: fail with `-ENOENT` where the object does not exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_assert_exists(read_op: rados_read_op_t) {
    add(read_op, || Ok(Op::AssertExists))
}

/// Adds: fail where the object's version is not `ver`, with `-ERANGE` where it is newer than that and `-EOVERFLOW` where
/// it is older.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_assert_version(read_op: rados_read_op_t, ver: u64) {
    add(read_op, || Ok(Op::AssertVersion(ver)))
}

/// Adds: fail with `-(MAX_ERRNO + n)` where byte `n` of the `cmp_len` bytes from `off` on differs from `cmp_buf`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_cmpext(
    read_op: rados_read_op_t,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    add_prval(read_op, prval, || unsafe { builder::cmpext(cmp_buf, cmp_len, off) })
}

/// Adds: fail with `-ECANCELED` unless `value` compares with attribute `name` as `comparison_operator`
/// (`LIBRADOS_CMPXATTR_OP_*`) says, the given value standing on the left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_cmpxattr(
    read_op: rados_read_op_t,
    name: *const c_char,
    comparison_operator: u8,
    value: *const c_char,
    value_len: usize,
) {
    // SAFETY: the header's contract.
    add(read_op, || unsafe { builder::cmpxattr(name, comparison_operator, value, value_len) })
}

/// Adds: read all attributes. `iter`, which must not be NULL, is set at once, and yields them when the request is
/// complete; end it with `rados_getxattrs_end` in any case.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_getxattrs(
    read_op: rados_read_op_t,
    iter: *mut rados_xattrs_iter_t,
    prval: *mut c_int,
) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let (iter, prval) = unsafe { (Out::required(iter)?, Out::optional(prval)) };
        let op = borrow::<ReadOp>(read_op)?;
        let raw = export(Arc::new(XattrIter::default()))?;
        iter.set(raw);
        let pairs: Ref<XattrIter> = borrow(raw)?;
        let done = move |reply: OpReply| match reply.out {
            OpOut::Map { entries, .. } => {
                prval.set(reply.rval);
                pairs.0.fill(entries);
            }
            _ => prval.set(unanswered(reply.rval)),
        };
        op.0.add_with(|| Ok(Op::GetXattrs), done)
    })
}

/// Adds: fail with `-ECANCELED` unless the omap value of `key` compares with `val` as `comparison_operator` says. A key
/// that does not exist compares as empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_cmp(
    read_op: rados_read_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    val_len: usize,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    add_prval(read_op, prval, || unsafe {
        builder::omap_cmp(builder::key(key)?, comparison_operator, val, val_len)
    })
}

/// Like `rados_read_op_omap_cmp`, for a key of `key_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_cmp2(
    read_op: rados_read_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    key_len: usize,
    val_len: usize,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    let make = || unsafe { builder::omap_cmp(copy_in(key, key_len)?, comparison_operator, val, val_len) };
    add_prval(read_op, prval, make)
}

fn add_stat<T: 'static>(
    read_op: rados_read_op_t,
    psize: *mut u64,
    pmtime: *mut T,
    prval: *mut c_int,
    convert: fn(Timespec) -> T,
) {
    // SAFETY: the header's contract.
    let (psize, pmtime, prval) =
        unsafe { (Out::optional(psize), Out::optional(pmtime), Out::optional(prval)) };
    let done = move |reply: OpReply| match reply.out {
        OpOut::Stat { size, mtime } => {
            prval.set(reply.rval);
            psize.set(size);
            pmtime.set(convert(mtime));
        }
        _ => prval.set(unanswered(reply.rval)),
    };
    boundary_void(|| borrow::<ReadOp>(read_op)?.0.add_with(|| Ok(Op::Stat), done))
}

/// Adds: the object's size in bytes and modification time in seconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_stat(
    read_op: rados_read_op_t,
    psize: *mut u64,
    pmtime: *mut time_t,
    prval: *mut c_int,
) {
    add_stat(read_op, psize, pmtime, prval, to_time_t)
}

/// Like `rados_read_op_stat`, with nanoseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_stat2(
    read_op: rados_read_op_t,
    psize: *mut u64,
    pmtime: *mut timespec,
    prval: *mut c_int,
) {
    add_stat(read_op, psize, pmtime, prval, to_timespec)
}

/// Adds: read up to `len` bytes from `offset` into `buffer`. `bytes_read` gets how many there were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_read(
    read_op: rados_read_op_t,
    offset: u64,
    len: usize,
    buffer: *mut c_char,
    bytes_read: *mut usize,
    prval: *mut c_int,
) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let done = unsafe { to_buffer(buffer, len, Out::optional(bytes_read), Out::optional(prval)) };
        borrow::<ReadOp>(read_op)?.0.add_with(|| unsafe { self::read_op(buffer, len, offset) }, done)
    })
}

/// Adds: what `rados_checksum` does, with the checksums in `pchecksum` when the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_checksum(
    read_op: rados_read_op_t,
    r#type: rados_checksum_type_t,
    init_value: *const c_char,
    init_value_len: usize,
    offset: u64,
    len: usize,
    chunk_size: usize,
    pchecksum: *mut c_char,
    checksum_len: usize,
    prval: *mut c_int,
) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let make = || {
            let init = unsafe { copy_in(init_value, init_value_len)? };
            checksum_op(r#type, init, len, offset, chunk_size)
        };
        let op = borrow::<ReadOp>(read_op)?;
        if pchecksum.is_null() {
            return op.0.add(unsafe { Out::optional(prval) }, make);
        }
        let none = unsafe { Out::optional(std::ptr::null_mut()) };
        op.0.add_with(make, unsafe { to_buffer(pchecksum, checksum_len, none, Out::optional(prval)) })
    })
}

/// Adds: call a method of an object class. Its output is put into memory that `rados_buffer_free` frees; `out_buf` is
/// NULL where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_exec(
    read_op: rados_read_op_t,
    cls: *const c_char,
    method: *const c_char,
    in_buf: *const c_char,
    in_len: usize,
    out_buf: *mut *mut c_char,
    out_len: *mut usize,
    prval: *mut c_int,
) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let (out, len, prval) =
            unsafe { (Out::optional(out_buf), Out::optional(out_len), Out::optional(prval)) };
        let done = move |reply: OpReply| {
            let data = if let OpOut::Data(data) = reply.out { data } else { Bytes::new() };
            prval.set(reply.rval);
            if !out.is_null() {
                out.set(alloc_copy(&data).unwrap_or(std::ptr::null_mut()));
            }
            len.set(data.len());
        };
        borrow::<ReadOp>(read_op)?.0.add_with(|| unsafe { exec_op(cls, method, in_buf, in_len) }, done)
    })
}

/// Adds: call a method of an object class. Its output goes to `out_buf`, `out_len` bytes long; `used_len` gets its
/// length. Output that does not fit is `-ERANGE` in `prval`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_exec_user_buf(
    read_op: rados_read_op_t,
    cls: *const c_char,
    method: *const c_char,
    in_buf: *const c_char,
    in_len: usize,
    out_buf: *mut c_char,
    out_len: usize,
    used_len: *mut usize,
    prval: *mut c_int,
) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let done = unsafe { to_buffer(out_buf, out_len, Out::optional(used_len), Out::optional(prval)) };
        borrow::<ReadOp>(read_op)?.0.add_with(|| unsafe { exec_op(cls, method, in_buf, in_len) }, done)
    })
}

/// Adds an omap read whose entries go to a new iterator.
unsafe fn add_omap(
    read_op: rados_read_op_t,
    iter: *mut rados_omap_iter_t,
    pmore: *mut c_uchar,
    prval: *mut c_int,
    make: impl FnOnce() -> Result<Op>,
) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let (iter, pmore, prval) =
            unsafe { (Out::required(iter)?, Out::optional(pmore), Out::optional(prval)) };
        let op = borrow::<ReadOp>(read_op)?;
        let raw = export(Arc::new(OmapIter::default()))?;
        iter.set(raw);
        let pairs: Ref<OmapIter> = borrow(raw)?;
        pmore.set(0);
        let done = move |reply: OpReply| {
            let (entries, more) = match reply.out {
                OpOut::Map { entries, more } => (entries, more),
                OpOut::Keys { keys, more } => {
                    (keys.into_iter().map(|key| (key, Bytes::new())).collect(), more)
                }
                _ => return prval.set(unanswered(reply.rval)),
            };
            prval.set(reply.rval);
            pairs.0.fill(entries);
            pmore.set(more.into());
        };
        op.0.add_with(make, done)
    })
}

/// Like `rados_read_op_omap_get_vals2`, without telling whether there are more.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_vals(
    read_op: rados_read_op_t,
    start_after: *const c_char,
    filter_prefix: *const c_char,
    max_return: u64,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    let none = std::ptr::null_mut();
    // SAFETY: the header's contract.
    unsafe {
        rados_read_op_omap_get_vals2(read_op, start_after, filter_prefix, max_return, iter, none, prval)
    }
}

/// Adds: read up to `max_return` omap entries whose keys come after `start_after` (NULL: from the first) and begin with
/// `filter_prefix` (NULL: all). `pmore` gets whether there are more. `iter`, which must not be NULL, is set at once, and
/// yields the entries when the request is complete; end it with `rados_omap_get_end` in any case.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_vals2(
    read_op: rados_read_op_t,
    start_after: *const c_char,
    filter_prefix: *const c_char,
    max_return: u64,
    iter: *mut rados_omap_iter_t,
    pmore: *mut c_uchar,
    prval: *mut c_int,
) {
    let make = || {
        // SAFETY: the header's contract.
        let (after, prefix) = unsafe { (builder::key_opt(start_after)?, builder::key_opt(filter_prefix)?) };
        Ok(Op::OmapGetVals { after, prefix, max: max_return })
    };
    // SAFETY: the header's contract.
    unsafe { add_omap(read_op, iter, pmore, prval, make) }
}

/// Like `rados_read_op_omap_get_keys2`, without telling whether there are more.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_keys(
    read_op: rados_read_op_t,
    start_after: *const c_char,
    max_return: u64,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    let none = std::ptr::null_mut();
    // SAFETY: the header's contract.
    unsafe { rados_read_op_omap_get_keys2(read_op, start_after, max_return, iter, none, prval) }
}

/// Adds: read up to `max_return` omap keys that come after `start_after` (NULL: from the first). Otherwise like
/// `rados_read_op_omap_get_vals2`; the values that `iter` yields are NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_keys2(
    read_op: rados_read_op_t,
    start_after: *const c_char,
    max_return: u64,
    iter: *mut rados_omap_iter_t,
    pmore: *mut c_uchar,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    let make = || Ok(Op::OmapGetKeys { after: unsafe { builder::key_opt(start_after)? }, max: max_return });
    unsafe { add_omap(read_op, iter, pmore, prval, make) }
}

/// Adds: read the omap entries of `keys_len` NUL-terminated keys. Keys that do not exist are left out. `iter` is as in
/// `rados_read_op_omap_get_vals2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_vals_by_keys(
    read_op: rados_read_op_t,
    keys: *const *const c_char,
    keys_len: usize,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    let make = || Ok(Op::OmapGetValsByKeys { keys: unsafe { builder::keys(keys, None, keys_len)? } });
    unsafe { add_omap(read_op, iter, std::ptr::null_mut(), prval, make) }
}

/// Like `rados_read_op_omap_get_vals_by_keys`, for keys of `key_lens[i]` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_vals_by_keys2(
    read_op: rados_read_op_t,
    keys: *const *const c_char,
    num_keys: usize,
    key_lens: *const usize,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    let make =
        || Ok(Op::OmapGetValsByKeys { keys: unsafe { builder::keys(keys, Some(key_lens), num_keys)? } });
    unsafe { add_omap(read_op, iter, std::ptr::null_mut(), prval, make) }
}

fn with(flags: c_int) -> Submit {
    Submit { flags: RequestFlags::from_bits_retain(flags as u32), ..Submit::default() }
}

/// Runs a compound read on an object and waits for it. `flags` are `LIBRADOS_OPERATION_*`. The operations are used up by
/// this.
///
/// Returns 0, or what the first operation that failed returned. 0 too where there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_operate(
    read_op: rados_read_op_t,
    io: rados_ioctx_t,
    oid: *const c_char,
    flags: c_int,
) -> c_int {
    boundary(|| {
        let (op, io) = (borrow::<ReadOp>(read_op)?, borrow::<IoCtxHandle>(io)?);
        // SAFETY: the header's contract.
        let oid = unsafe { bytes_at(oid)? };
        let (ops, finish) = op.0.take()?.split();
        if ops.is_empty() { Ok::<_, Errno>(0) } else { Ok(finish(io.run(oid, ops, with(flags)))) }
    })
}

/// Starts `rados_read_op_operate`; the result goes to the completion. Returns 0 where it was started.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_read_op_operate(
    read_op: rados_read_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    flags: c_int,
) -> c_int {
    boundary(|| {
        let (op, io) = (borrow::<ReadOp>(read_op)?, borrow::<IoCtxHandle>(io)?);
        // SAFETY: the header's contract.
        let oid = unsafe { bytes_at(oid)? };
        let completion = AioCompletion::begin(completion)?;
        let (ops, finish) = op.0.take()?.split();
        io.start(oid, ops, with(flags), completion, finish);
        Ok(())
    })
}
