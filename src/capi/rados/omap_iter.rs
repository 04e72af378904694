//! Iterators over what omap reads return.

use std::ffi::{c_char, c_int, c_uint};

use ffi::unsupported;

use super::types::rados_omap_iter_t;

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_get_next(
    iter: rados_omap_iter_t,
    key: *mut *mut c_char,
    val: *mut *mut c_char,
    len: *mut usize,
) -> c_int {
    let _ = (iter, key, val, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_get_next2(
    iter: rados_omap_iter_t,
    key: *mut *mut c_char,
    val: *mut *mut c_char,
    key_len: *mut usize,
    val_len: *mut usize,
) -> c_int {
    let _ = (iter, key, val, key_len, val_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_iter_size(iter: rados_omap_iter_t) -> c_uint {
    let _ = (iter,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_get_end(iter: rados_omap_iter_t) {
    let _ = (iter,);
    unsupported!()
}
