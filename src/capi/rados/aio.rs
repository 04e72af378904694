//! Asynchronous object I/O: each starts its work and returns. The result goes to the completion. Buffers that are
//! written from are free when the call returns; those that are read into, and all out-parameters, are the library's
//! until the completion is complete.

use std::ffi::{c_char, c_int};

use ffi::{Out, borrow, boundary, bytes_at, copy_in, fill};
use libc::{time_t, timespec};
use ops::{Errno, Op, OpOut, Reply, RequestFlags, Result, Timespec};
use rados_room::Submit;

use super::completion::{AioCompletion, Finish};
use super::handles::IoCtxHandle;
use super::object::{exec_op, read_count, read_op, same_data, to_time_t, to_timespec, write_data};
use super::types::{rados_completion_t, rados_ioctx_t, rados_xattrs_iter_t};
use super::xattr::{XattrIter, xattr_op};

/// What a request returned, or what `value` makes of its last operation.
fn outcome(reply: Reply, value: impl FnOnce(OpOut, i32) -> Result<i32>) -> i32 {
    let result = reply.result;
    if result < 0 {
        return result;
    }
    let out = reply.ops.into_iter().next_back().map(|op| op.out).unwrap_or_default();
    value(out, result).unwrap_or_else(Errno::neg)
}

unsafe fn start_write(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    op: impl FnOnce() -> Result<Op>,
    flags: RequestFlags,
) -> Result<()> {
    let io = borrow::<IoCtxHandle>(io)?;
    io.check_writable()?;
    // SAFETY: the header's contract.
    let (oid, op) = (unsafe { bytes_at(oid)? }, op()?);
    let completion = AioCompletion::begin(completion)?;
    let with = Submit { flags, ..Submit::default() };
    io.start_write(oid, vec![op.into()], with, completion, |reply| reply.result)
}

unsafe fn start_read(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    op: impl FnOnce() -> Result<Op>,
    value: impl FnOnce(OpOut, i32) -> Result<i32> + Send + 'static,
) -> Result<()> {
    let io = borrow::<IoCtxHandle>(io)?;
    // SAFETY: the header's contract.
    let (oid, op) = (unsafe { bytes_at(oid)? }, op()?);
    let completion = AioCompletion::begin(completion)?;
    io.start(oid, vec![op.into()], Submit::default(), completion, |reply| outcome(reply, value));
    Ok(())
}

/// Starts `rados_write`. Returns 0 where it was started, or a negative errno as that function does, in which case the
/// completion is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let op = || Ok(Op::Write { off, data: unsafe { write_data(buf, len)? } });
        unsafe { start_write(io, oid, completion, op, RequestFlags::empty()) }
    })
}

/// Starts `rados_append`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_append(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let op = || Ok(Op::Append { data: unsafe { write_data(buf, len)? } });
        unsafe { start_write(io, oid, completion, op, RequestFlags::empty()) }
    })
}

/// Starts `rados_write_full`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write_full(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let op = || Ok(Op::WriteFull { data: unsafe { write_data(buf, len)? } });
        unsafe { start_write(io, oid, completion, op, RequestFlags::empty()) }
    })
}

/// Starts `rados_writesame`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_writesame(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    data_len: usize,
    write_len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        let op = || {
            // SAFETY: the header's contract.
            let data = unsafe { same_data(buf, data_len, write_len)? };
            Ok(Op::WriteSame { off, len: write_len as u64, data })
        };
        unsafe { start_write(io, oid, completion, op, RequestFlags::empty()) }
    })
}

/// Starts `rados_remove`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_remove(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
) -> c_int {
    // SAFETY: the header's contract.
    boundary(|| unsafe { start_write(io, oid, completion, || Ok(Op::Remove), RequestFlags::FULL_FORCE) })
}

/// Starts `rados_read`. The completion's value is the number of bytes read. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_read(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *mut c_char,
    len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let op = || unsafe { read_op(buf, len, off) };
        unsafe { start_read(io, oid, completion, op, |out, _| read_count(&out)) }
    })
}

/// Waits until every asynchronous write that was started with this context before the call is complete, its callback
/// aside. Returns 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_flush(io: rados_ioctx_t) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        rados_room::wait(|done| io.pending().when_done(Box::new(move || done(Ok(())))))
    })
}

/// Completes the completion once every write that was started with this context before the call is complete. Returns
/// 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_flush_async(io: rados_ioctx_t, completion: rados_completion_t) -> c_int {
    boundary(|| {
        let (io, completion) = (borrow::<IoCtxHandle>(io)?, AioCompletion::begin(completion)?);
        let cluster = io.cluster().clone();
        io.pending().when_done(Box::new(move || completion.finish(0, 0, cluster.finisher())));
        Ok(())
    })
}

fn stat_op() -> Result<Op> {
    Ok(Op::Stat)
}

fn stat_out<T: 'static>(
    psize: Out<u64>,
    pmtime: Out<T>,
    convert: fn(Timespec) -> T,
) -> impl FnOnce(OpOut, i32) -> Result<i32> + Send + 'static {
    move |out, _| {
        let OpOut::Stat { size, mtime } = out else { return Err(Errno::EIO) };
        psize.set(size);
        pmtime.set(convert(mtime));
        Ok(0)
    }
}

/// Starts `rados_stat`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_stat(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    psize: *mut u64,
    pmtime: *mut time_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { stat_out(Out::optional(psize), Out::optional(pmtime), to_time_t) };
        unsafe { start_read(io, o, completion, stat_op, out) }
    })
}

/// Starts `rados_stat2`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_stat2(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    psize: *mut u64,
    pmtime: *mut timespec,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { stat_out(Out::optional(psize), Out::optional(pmtime), to_timespec) };
        unsafe { start_read(io, o, completion, stat_op, out) }
    })
}

/// Starts `rados_cmpext`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_cmpext(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let op = || Ok(Op::CmpExt { off, data: unsafe { write_data(cmp_buf, cmp_len)? } });
        unsafe { start_read(io, o, completion, op, |_, result| Ok(result)) }
    })
}

/// Gives a call up: it completes with `-ECANCELED`, unless the program has already seen that it is complete. A write may
/// have taken effect all the same. The buffers stay in use until the completion is complete. A completion that no call
/// has is left as it is. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_cancel(io: rados_ioctx_t, completion: rados_completion_t) -> c_int {
    boundary(|| {
        borrow::<IoCtxHandle>(io)?;
        borrow::<AioCompletion>(completion)?.cancel();
        Ok(())
    })
}

/// Starts `rados_exec`. The completion's value is the length of the output. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_exec(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    cls: *const c_char,
    method: *const c_char,
    in_buf: *const c_char,
    in_len: usize,
    buf: *mut c_char,
    out_len: usize,
) -> c_int {
    boundary(|| {
        let to = ffi::UserPtr::new(buf.cast());
        // SAFETY: the header's contract.
        let op = || unsafe { exec_op(cls, method, in_buf, in_len) };
        let value = move |out, result| unsafe { output(to, out_len, out, result) };
        unsafe { start_read(io, o, completion, op, value) }
    })
}

/// Copies an operation's data to the caller's buffer; its length is the value.
unsafe fn output(to: ffi::UserPtr, len: usize, out: OpOut, result: i32) -> Result<i32> {
    let OpOut::Data(data) = out else { return Ok(result) };
    // SAFETY: the header's contract.
    unsafe { fill(to.get().cast(), len, &data)? };
    Ok(if data.is_empty() { result } else { data.len() as i32 })
}

/// Starts `rados_getxattr`. The completion's value is the length of the attribute. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_getxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    name: *const c_char,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let to = ffi::UserPtr::new(buf.cast());
        // SAFETY: the header's contract.
        let op = || unsafe { xattr_op(name) };
        let value = move |out, result| unsafe { output(to, len, out, result) };
        unsafe { start_read(io, o, completion, op, value) }
    })
}

/// Starts `rados_setxattr`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_setxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    name: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let op = || {
            // SAFETY: the header's contract.
            let (name, value) = unsafe { (bytes_at(name)?, copy_in(buf, len)?) };
            Ok(Op::SetXattr { name: name.to_vec().into(), value })
        };
        unsafe { start_write(io, o, completion, op, RequestFlags::empty()) }
    })
}

/// Starts `rados_rmxattr`. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_rmxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    name: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let op = || Ok(Op::RmXattr { name: unsafe { bytes_at(name)? }.to_vec().into() });
        unsafe { start_write(io, o, completion, op, RequestFlags::empty()) }
    })
}

/// Starts `rados_getxattrs`. `iter` is set when the completion is complete with 0. Returns as `rados_aio_write` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_getxattrs(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    iter: *mut rados_xattrs_iter_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let iter = unsafe { Out::required(iter)? };
        let value = move |out, _| {
            let OpOut::Map { entries, .. } = out else { return Err(Errno::EIO) };
            iter.set(XattrIter::export(entries)?);
            Ok(0)
        };
        unsafe { start_read(io, oid, completion, || Ok(Op::GetXattrs), value) }
    })
}
