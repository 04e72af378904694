//! Listing objects by cursors, for several workers at once.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::{rados_ioctx_t, rados_object_list_cursor, rados_object_list_item};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_begin(io: rados_ioctx_t) -> rados_object_list_cursor {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_end(io: rados_ioctx_t) -> rados_object_list_cursor {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_is_end(io: rados_ioctx_t, cur: rados_object_list_cursor) -> c_int {
    let _ = (io, cur);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_cursor_free(io: rados_ioctx_t, cur: rados_object_list_cursor) {
    let _ = (io, cur);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_cursor_cmp(
    io: rados_ioctx_t,
    lhs: rados_object_list_cursor,
    rhs: rados_object_list_cursor,
) -> c_int {
    let _ = (io, lhs, rhs);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list(
    io: rados_ioctx_t,
    start: rados_object_list_cursor,
    finish: rados_object_list_cursor,
    result_size: usize,
    filter_buf: *const c_char,
    filter_buf_len: usize,
    results: *mut rados_object_list_item,
    next: *mut rados_object_list_cursor,
) -> c_int {
    let _ = (io, start, finish, result_size, filter_buf, filter_buf_len, results, next);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_free(result_size: usize, results: *mut rados_object_list_item) {
    let _ = (result_size, results);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_slice(
    io: rados_ioctx_t,
    start: rados_object_list_cursor,
    finish: rados_object_list_cursor,
    n: usize,
    m: usize,
    split_start: *mut rados_object_list_cursor,
    split_finish: *mut rados_object_list_cursor,
) {
    let _ = (io, start, finish, n, m, split_start, split_finish);
    unsupported!()
}
