//! Application tags of pools.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::rados_ioctx_t;

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_enable(
    io: rados_ioctx_t,
    app_name: *const c_char,
    force: c_int,
) -> c_int {
    let _ = (io, app_name, force);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_list(
    io: rados_ioctx_t,
    values: *mut c_char,
    values_len: *mut usize,
) -> c_int {
    let _ = (io, values, values_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_get(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
    value: *mut c_char,
    value_len: *mut usize,
) -> c_int {
    let _ = (io, app_name, key, value, value_len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_set(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
    value: *const c_char,
) -> c_int {
    let _ = (io, app_name, key, value);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_remove(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
) -> c_int {
    let _ = (io, app_name, key);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_list(
    io: rados_ioctx_t,
    app_name: *const c_char,
    keys: *mut c_char,
    key_len: *mut usize,
    values: *mut c_char,
    vals_len: *mut usize,
) -> c_int {
    let _ = (io, app_name, keys, key_len, values, vals_len);
    unsupported!()
}
