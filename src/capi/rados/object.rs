//! Synchronous object I/O.

use std::ffi::{c_char, c_int};

use ffi::unsupported;
use libc::{time_t, timespec};

use super::types::{rados_checksum_type_t, rados_ioctx_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_last_version(io: rados_ioctx_t) -> u64 {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    len: usize,
    off: u64,
) -> c_int {
    let _ = (io, oid, buf, len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_full(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    let _ = (io, oid, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_writesame(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    data_len: usize,
    write_len: usize,
    off: u64,
) -> c_int {
    let _ = (io, oid, buf, data_len, write_len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_append(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    let _ = (io, oid, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read(
    io: rados_ioctx_t,
    oid: *const c_char,
    buf: *mut c_char,
    len: usize,
    off: u64,
) -> c_int {
    let _ = (io, oid, buf, len, off);
    unsupported!()
}

/// TODO
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
    let _ = (io, oid, r#type, init_value, init_value_len, len, off, chunk_size, pchecksum, checksum_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_remove(io: rados_ioctx_t, oid: *const c_char) -> c_int {
    let _ = (io, oid);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_trunc(io: rados_ioctx_t, oid: *const c_char, size: u64) -> c_int {
    let _ = (io, oid, size);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cmpext(
    io: rados_ioctx_t,
    o: *const c_char,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
) -> c_int {
    let _ = (io, o, cmp_buf, cmp_len, off);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_stat(
    io: rados_ioctx_t,
    o: *const c_char,
    psize: *mut u64,
    pmtime: *mut time_t,
) -> c_int {
    let _ = (io, o, psize, pmtime);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_stat2(
    io: rados_ioctx_t,
    o: *const c_char,
    psize: *mut u64,
    pmtime: *mut timespec,
) -> c_int {
    let _ = (io, o, psize, pmtime);
    unsupported!()
}

/// TODO
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
    let _ = (io, oid, cls, method, in_buf, in_len, buf, out_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cache_pin(io: rados_ioctx_t, o: *const c_char) -> c_int {
    let _ = (io, o);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cache_unpin(io: rados_ioctx_t, o: *const c_char) -> c_int {
    let _ = (io, o);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_alloc_hint(
    io: rados_ioctx_t,
    o: *const c_char,
    expected_object_size: u64,
    expected_write_size: u64,
) -> c_int {
    let _ = (io, o, expected_object_size, expected_write_size);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_alloc_hint2(
    io: rados_ioctx_t,
    o: *const c_char,
    expected_object_size: u64,
    expected_write_size: u64,
    flags: u32,
) -> c_int {
    let _ = (io, o, expected_object_size, expected_write_size, flags);
    unsupported!()
}
