//! Compound reads: several questions to one object, answered from one state.

use std::ffi::{c_char, c_int, c_uchar};

use ffi::unsupported;
use libc::{time_t, timespec};

use super::types::{
    rados_checksum_type_t, rados_completion_t, rados_ioctx_t, rados_omap_iter_t, rados_read_op_t,
    rados_xattrs_iter_t,
};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create_read_op() -> rados_read_op_t {
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_release_read_op(read_op: rados_read_op_t) {
    let _ = (read_op,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_set_flags(read_op: rados_read_op_t, flags: c_int) {
    let _ = (read_op, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_assert_exists(read_op: rados_read_op_t) {
    let _ = (read_op,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_assert_version(read_op: rados_read_op_t, ver: u64) {
    let _ = (read_op, ver);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_cmpext(
    read_op: rados_read_op_t,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
    prval: *mut c_int,
) {
    let _ = (read_op, cmp_buf, cmp_len, off, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_cmpxattr(
    read_op: rados_read_op_t,
    name: *const c_char,
    comparison_operator: u8,
    value: *const c_char,
    value_len: usize,
) {
    let _ = (read_op, name, comparison_operator, value, value_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_getxattrs(
    read_op: rados_read_op_t,
    iter: *mut rados_xattrs_iter_t,
    prval: *mut c_int,
) {
    let _ = (read_op, iter, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_cmp(
    read_op: rados_read_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    val_len: usize,
    prval: *mut c_int,
) {
    let _ = (read_op, key, comparison_operator, val, val_len, prval);
    unsupported!()
}

/// TODO
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
    let _ = (read_op, key, comparison_operator, val, key_len, val_len, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_stat(
    read_op: rados_read_op_t,
    psize: *mut u64,
    pmtime: *mut time_t,
    prval: *mut c_int,
) {
    let _ = (read_op, psize, pmtime, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_stat2(
    read_op: rados_read_op_t,
    psize: *mut u64,
    pmtime: *mut timespec,
    prval: *mut c_int,
) {
    let _ = (read_op, psize, pmtime, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_read(
    read_op: rados_read_op_t,
    offset: u64,
    len: usize,
    buffer: *mut c_char,
    bytes_read: *mut usize,
    prval: *mut c_int,
) {
    let _ = (read_op, offset, len, buffer, bytes_read, prval);
    unsupported!()
}

/// TODO
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
    let _ = (
        read_op,
        r#type,
        init_value,
        init_value_len,
        offset,
        len,
        chunk_size,
        pchecksum,
        checksum_len,
        prval,
    );
    unsupported!()
}

/// TODO
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
    let _ = (read_op, cls, method, in_buf, in_len, out_buf, out_len, prval);
    unsupported!()
}

/// TODO
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
    let _ = (read_op, cls, method, in_buf, in_len, out_buf, out_len, used_len, prval);
    unsupported!()
}

/// TODO
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
    let _ = (read_op, start_after, filter_prefix, max_return, iter, prval);
    unsupported!()
}

/// TODO
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
    let _ = (read_op, start_after, filter_prefix, max_return, iter, pmore, prval);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_keys(
    read_op: rados_read_op_t,
    start_after: *const c_char,
    max_return: u64,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    let _ = (read_op, start_after, max_return, iter, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_keys2(
    read_op: rados_read_op_t,
    start_after: *const c_char,
    max_return: u64,
    iter: *mut rados_omap_iter_t,
    pmore: *mut c_uchar,
    prval: *mut c_int,
) {
    let _ = (read_op, start_after, max_return, iter, pmore, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_vals_by_keys(
    read_op: rados_read_op_t,
    keys: *const *const c_char,
    keys_len: usize,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    let _ = (read_op, keys, keys_len, iter, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_omap_get_vals_by_keys2(
    read_op: rados_read_op_t,
    keys: *const *const c_char,
    num_keys: usize,
    key_lens: *const usize,
    iter: *mut rados_omap_iter_t,
    prval: *mut c_int,
) {
    let _ = (read_op, keys, num_keys, key_lens, iter, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_read_op_operate(
    read_op: rados_read_op_t,
    io: rados_ioctx_t,
    oid: *const c_char,
    flags: c_int,
) -> c_int {
    let _ = (read_op, io, oid, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_read_op_operate(
    read_op: rados_read_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    flags: c_int,
) -> c_int {
    let _ = (read_op, io, completion, oid, flags);
    unsupported!()
}
