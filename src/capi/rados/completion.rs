//! Completions of asynchronous calls.

use std::ffi::{c_int, c_void};

use ffi::unsupported;

use super::types::{rados_callback_t, rados_completion_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_create_completion(
    cb_arg: *mut c_void,
    cb_complete: rados_callback_t,
    cb_safe: rados_callback_t,
    pc: *mut rados_completion_t,
) -> c_int {
    let _ = (cb_arg, cb_complete, cb_safe, pc);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_create_completion2(
    cb_arg: *mut c_void,
    cb_complete: rados_callback_t,
    pc: *mut rados_completion_t,
) -> c_int {
    let _ = (cb_arg, cb_complete, pc);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_complete(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_safe(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_complete(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_safe(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_complete_and_cb(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_safe_and_cb(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_complete_and_cb(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_safe_and_cb(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_get_return_value(c: rados_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_get_version(c: rados_completion_t) -> u64 {
    let _ = (c,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_release(c: rados_completion_t) {
    let _ = (c,);
    unsupported!()
}
