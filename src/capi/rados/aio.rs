//! Asynchronous object I/O.

use std::ffi::{c_char, c_int};

use ffi::unsupported;
use libc::{time_t, timespec};

use super::types::{rados_completion_t, rados_ioctx_t, rados_xattrs_iter_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    len: usize,
    off: u64,
) -> c_int {
    let _ = (io, oid, completion, buf, len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_append(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    len: usize,
) -> c_int {
    let _ = (io, oid, completion, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write_full(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    len: usize,
) -> c_int {
    let _ = (io, oid, completion, buf, len);
    unsupported!()
}

/// TODO
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
    let _ = (io, oid, completion, buf, data_len, write_len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_remove(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
) -> c_int {
    let _ = (io, oid, completion);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_read(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    buf: *mut c_char,
    len: usize,
    off: u64,
) -> c_int {
    let _ = (io, oid, completion, buf, len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_flush(io: rados_ioctx_t) -> c_int {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_flush_async(io: rados_ioctx_t, completion: rados_completion_t) -> c_int {
    let _ = (io, completion);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_stat(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    psize: *mut u64,
    pmtime: *mut time_t,
) -> c_int {
    let _ = (io, o, completion, psize, pmtime);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_stat2(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    psize: *mut u64,
    pmtime: *mut timespec,
) -> c_int {
    let _ = (io, o, completion, psize, pmtime);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_cmpext(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
) -> c_int {
    let _ = (io, o, completion, cmp_buf, cmp_len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_cancel(io: rados_ioctx_t, completion: rados_completion_t) -> c_int {
    let _ = (io, completion);
    unsupported!()
}

/// TODO
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
    let _ = (io, o, completion, cls, method, in_buf, in_len, buf, out_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_getxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    name: *const c_char,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    let _ = (io, o, completion, name, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_setxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    name: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    let _ = (io, o, completion, name, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_rmxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    name: *const c_char,
) -> c_int {
    let _ = (io, o, completion, name);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_getxattrs(
    io: rados_ioctx_t,
    oid: *const c_char,
    completion: rados_completion_t,
    iter: *mut rados_xattrs_iter_t,
) -> c_int {
    let _ = (io, oid, completion, iter);
    unsupported!()
}
