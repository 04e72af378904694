//! Image options: what a new image or a clone may be given.

use std::ffi::{c_char, c_int};

use super::types::*;

/// The version of this interface (the `LIBRBD_VER_*` of the header it was built with). Any pointer may be
/// NULL.
#[unsafe(export_name = "__rbd_version")]
pub unsafe extern "C" fn rbd_version(major: *mut c_int, minor: *mut c_int, extra: *mut c_int) {
    unsupported!()
}

/// Makes an empty option set in `*opts`. Free it with `rbd_image_options_destroy`.
#[unsafe(export_name = "__rbd_image_options_create")]
pub unsafe extern "C" fn rbd_image_options_create(opts: *mut rbd_image_options_t) {
    unsupported!()
}

/// Frees an option set. NULL is ignored.
#[unsafe(export_name = "__rbd_image_options_destroy")]
pub unsafe extern "C" fn rbd_image_options_destroy(opts: rbd_image_options_t) {
    unsupported!()
}

/// Sets option `optname` (`RBD_IMAGE_OPTION_*`) from text: a decimal number for the numeric ones, a pool
/// name for the pools. `-EINVAL` for an unknown option or a bad number.
#[unsafe(export_name = "__rbd_image_options_set_string")]
pub unsafe extern "C" fn rbd_image_options_set_string(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *const c_char,
) -> c_int {
    unsupported!()
}

/// Sets a numeric option. `-EINVAL` for an unknown option or one that holds text.
#[unsafe(export_name = "__rbd_image_options_set_uint64")]
pub unsafe extern "C" fn rbd_image_options_set_uint64(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: u64,
) -> c_int {
    unsupported!()
}

/// Copies the option's value as text, NUL-terminated, into `optval` of `maxlen` bytes. `-ENOENT` if
/// unset, `-E2BIG` if the buffer is too small, `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_get_string")]
pub unsafe extern "C" fn rbd_image_options_get_string(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *mut c_char,
    maxlen: usize,
) -> c_int {
    unsupported!()
}

/// Reads a numeric option. `-ENOENT` if unset, `-EINVAL` for an unknown option or one that holds text.
#[unsafe(export_name = "__rbd_image_options_get_uint64")]
pub unsafe extern "C" fn rbd_image_options_get_uint64(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *mut u64,
) -> c_int {
    unsupported!()
}

/// Whether the option has been set. `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_is_set")]
pub unsafe extern "C" fn rbd_image_options_is_set(
    opts: rbd_image_options_t,
    optname: c_int,
    is_set: *mut bool,
) -> c_int {
    unsupported!()
}

/// Forgets one option. `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_unset")]
pub unsafe extern "C" fn rbd_image_options_unset(opts: rbd_image_options_t, optname: c_int) -> c_int {
    unsupported!()
}

/// Forgets all options.
#[unsafe(export_name = "__rbd_image_options_clear")]
pub unsafe extern "C" fn rbd_image_options_clear(opts: rbd_image_options_t) {
    unsupported!()
}

/// 1 if no option is set, else 0.
#[unsafe(export_name = "__rbd_image_options_is_empty")]
pub unsafe extern "C" fn rbd_image_options_is_empty(opts: rbd_image_options_t) -> c_int {
    unsupported!()
}
