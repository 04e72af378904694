//! Compound writes: several operations on one object, all or none.

use std::ffi::{c_char, c_int};

use ffi::unsupported;
use libc::{time_t, timespec};

use super::types::{rados_completion_t, rados_ioctx_t, rados_write_op_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create_write_op() -> rados_write_op_t {
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_release_write_op(write_op: rados_write_op_t) {
    let _ = (write_op,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_set_flags(write_op: rados_write_op_t, flags: c_int) {
    let _ = (write_op, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_assert_exists(write_op: rados_write_op_t) {
    let _ = (write_op,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_assert_version(write_op: rados_write_op_t, ver: u64) {
    let _ = (write_op, ver);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_cmpext(
    write_op: rados_write_op_t,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
    prval: *mut c_int,
) {
    let _ = (write_op, cmp_buf, cmp_len, off, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_cmpxattr(
    write_op: rados_write_op_t,
    name: *const c_char,
    comparison_operator: u8,
    value: *const c_char,
    value_len: usize,
) {
    let _ = (write_op, name, comparison_operator, value, value_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_cmp(
    write_op: rados_write_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    val_len: usize,
    prval: *mut c_int,
) {
    let _ = (write_op, key, comparison_operator, val, val_len, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_cmp2(
    write_op: rados_write_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    key_len: usize,
    val_len: usize,
    prval: *mut c_int,
) {
    let _ = (write_op, key, comparison_operator, val, key_len, val_len, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_setxattr(
    write_op: rados_write_op_t,
    name: *const c_char,
    value: *const c_char,
    value_len: usize,
) {
    let _ = (write_op, name, value, value_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_rmxattr(write_op: rados_write_op_t, name: *const c_char) {
    let _ = (write_op, name);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_create(
    write_op: rados_write_op_t,
    exclusive: c_int,
    category: *const c_char,
) {
    let _ = (write_op, exclusive, category);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_write(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    len: usize,
    offset: u64,
) {
    let _ = (write_op, buffer, len, offset);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_write_full(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    len: usize,
) {
    let _ = (write_op, buffer, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_writesame(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    data_len: usize,
    write_len: usize,
    offset: u64,
) {
    let _ = (write_op, buffer, data_len, write_len, offset);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_append(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    len: usize,
) {
    let _ = (write_op, buffer, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_remove(write_op: rados_write_op_t) {
    let _ = (write_op,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_truncate(write_op: rados_write_op_t, offset: u64) {
    let _ = (write_op, offset);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_zero(write_op: rados_write_op_t, offset: u64, len: u64) {
    let _ = (write_op, offset, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_exec(
    write_op: rados_write_op_t,
    cls: *const c_char,
    method: *const c_char,
    in_buf: *const c_char,
    in_len: usize,
    prval: *mut c_int,
) {
    let _ = (write_op, cls, method, in_buf, in_len, prval);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_set(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    vals: *const *const c_char,
    lens: *const usize,
    num: usize,
) {
    let _ = (write_op, keys, vals, lens, num);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_set2(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    vals: *const *const c_char,
    key_lens: *const usize,
    val_lens: *const usize,
    num: usize,
) {
    let _ = (write_op, keys, vals, key_lens, val_lens, num);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_rm_keys(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    keys_len: usize,
) {
    let _ = (write_op, keys, keys_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_rm_keys2(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    key_lens: *const usize,
    keys_len: usize,
) {
    let _ = (write_op, keys, key_lens, keys_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_rm_range2(
    write_op: rados_write_op_t,
    key_begin: *const c_char,
    key_begin_len: usize,
    key_end: *const c_char,
    key_end_len: usize,
) {
    let _ = (write_op, key_begin, key_begin_len, key_end, key_end_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_clear(write_op: rados_write_op_t) {
    let _ = (write_op,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_set_alloc_hint(
    write_op: rados_write_op_t,
    expected_object_size: u64,
    expected_write_size: u64,
) {
    let _ = (write_op, expected_object_size, expected_write_size);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_set_alloc_hint2(
    write_op: rados_write_op_t,
    expected_object_size: u64,
    expected_write_size: u64,
    flags: u32,
) {
    let _ = (write_op, expected_object_size, expected_write_size, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_operate(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    oid: *const c_char,
    mtime: *mut time_t,
    flags: c_int,
) -> c_int {
    let _ = (write_op, io, oid, mtime, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_operate2(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    oid: *const c_char,
    mtime: *mut timespec,
    flags: c_int,
) -> c_int {
    let _ = (write_op, io, oid, mtime, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write_op_operate(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    mtime: *mut time_t,
    flags: c_int,
) -> c_int {
    let _ = (write_op, io, completion, oid, mtime, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write_op_operate2(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    mtime: *mut timespec,
    flags: c_int,
) -> c_int {
    let _ = (write_op, io, completion, oid, mtime, flags);
    unsupported!()
}
