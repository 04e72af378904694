//! Configuration.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::rados_t;

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_read_file(cluster: rados_t, path: *const c_char) -> c_int {
    let _ = (cluster, path);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_parse_argv(
    cluster: rados_t,
    argc: c_int,
    argv: *mut *const c_char,
) -> c_int {
    let _ = (cluster, argc, argv);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_parse_argv_remainder(
    cluster: rados_t,
    argc: c_int,
    argv: *mut *const c_char,
    remargv: *mut *const c_char,
) -> c_int {
    let _ = (cluster, argc, argv, remargv);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_parse_env(cluster: rados_t, var: *const c_char) -> c_int {
    let _ = (cluster, var);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_set(
    cluster: rados_t,
    option: *const c_char,
    value: *const c_char,
) -> c_int {
    let _ = (cluster, option, value);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_get(
    cluster: rados_t,
    option: *const c_char,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    let _ = (cluster, option, buf, len);
    unsupported!()
}
