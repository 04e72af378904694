//! The cluster log, and daemons that register with the manager.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::types::{rados_log_callback_t, rados_log_callback2_t, rados_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_monitor_log(
    cluster: rados_t,
    level: *const c_char,
    cb: rados_log_callback_t,
    arg: *mut c_void,
) -> c_int {
    let _ = (cluster, level, cb, arg);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_monitor_log2(
    cluster: rados_t,
    level: *const c_char,
    cb: rados_log_callback2_t,
    arg: *mut c_void,
) -> c_int {
    let _ = (cluster, level, cb, arg);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_service_register(
    cluster: rados_t,
    service: *const c_char,
    daemon: *const c_char,
    metadata_dict: *const c_char,
) -> c_int {
    let _ = (cluster, service, daemon, metadata_dict);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_service_update_status(cluster: rados_t, status_dict: *const c_char) -> c_int {
    let _ = (cluster, status_dict);
    unsupported!()
}
