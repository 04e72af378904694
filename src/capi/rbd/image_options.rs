//! Image options: what a new image or a clone may be given.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::*;

/// The version of this interface (the `LIBRBD_VER_*` of the header it was built with). Any pointer may be
/// NULL.
#[unsafe(export_name = "__rbd_version")]
pub unsafe extern "C" fn rbd_version(major: *mut c_int, minor: *mut c_int, extra: *mut c_int) {
    let _ = (major, minor, extra);
    unsupported!()
}

/// Makes an empty option set in `*opts`. Free it with `rbd_image_options_destroy`.
#[unsafe(export_name = "__rbd_image_options_create")]
pub unsafe extern "C" fn rbd_image_options_create(opts: *mut rbd_image_options_t) {
    let _ = (opts,);
    unsupported!()
}

/// Frees an option set. NULL is ignored.
#[unsafe(export_name = "__rbd_image_options_destroy")]
pub unsafe extern "C" fn rbd_image_options_destroy(opts: rbd_image_options_t) {
    let _ = (opts,);
    unsupported!()
}

/// Sets option `optname` (`RBD_IMAGE_OPTION_*`) from text: only the pools have text. `-EINVAL` for an
/// unknown option or one that holds a number.
#[unsafe(export_name = "__rbd_image_options_set_string")]
pub unsafe extern "C" fn rbd_image_options_set_string(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *const c_char,
) -> c_int {
    let _ = (opts, optname, optval);
    unsupported!()
}

/// Sets a numeric option. `-EINVAL` for an unknown option or one that holds text.
#[unsafe(export_name = "__rbd_image_options_set_uint64")]
pub unsafe extern "C" fn rbd_image_options_set_uint64(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: u64,
) -> c_int {
    let _ = (opts, optname, optval);
    unsupported!()
}

/// Copies the option's text, NUL-terminated, into `optval` of `maxlen` bytes. `-ENOENT` if unset,
/// `-E2BIG` if the buffer is too small, `-EINVAL` for an unknown option or one that holds a number.
#[unsafe(export_name = "__rbd_image_options_get_string")]
pub unsafe extern "C" fn rbd_image_options_get_string(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *mut c_char,
    maxlen: usize,
) -> c_int {
    let _ = (opts, optname, optval, maxlen);
    unsupported!()
}

/// Reads a numeric option. `-ENOENT` if unset, `-EINVAL` for an unknown option or one that holds text.
#[unsafe(export_name = "__rbd_image_options_get_uint64")]
pub unsafe extern "C" fn rbd_image_options_get_uint64(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *mut u64,
) -> c_int {
    let _ = (opts, optname, optval);
    unsupported!()
}

/// Whether the option has been set. `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_is_set")]
pub unsafe extern "C" fn rbd_image_options_is_set(
    opts: rbd_image_options_t,
    optname: c_int,
    is_set: *mut bool,
) -> c_int {
    let _ = (opts, optname, is_set);
    unsupported!()
}

/// Forgets one option. `-ENOENT` if it was not set, `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_unset")]
pub unsafe extern "C" fn rbd_image_options_unset(opts: rbd_image_options_t, optname: c_int) -> c_int {
    let _ = (opts, optname);
    unsupported!()
}

/// Forgets all options.
#[unsafe(export_name = "__rbd_image_options_clear")]
pub unsafe extern "C" fn rbd_image_options_clear(opts: rbd_image_options_t) {
    let _ = (opts,);
    unsupported!()
}

/// 1 if no option is set, else 0.
#[unsafe(export_name = "__rbd_image_options_is_empty")]
pub unsafe extern "C" fn rbd_image_options_is_empty(opts: rbd_image_options_t) -> c_int {
    let _ = (opts,);
    unsupported!()
}
