//! Metadata of an image: pairs of strings.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::*;

/// Copies a value, NUL-terminated, into a buffer of `*val_len` bytes. `-ENOENT` if there is no such key;
/// `-ERANGE`, with the bytes needed, if it does not fit.
#[unsafe(export_name = "__rbd_metadata_get")]
pub unsafe extern "C" fn rbd_metadata_get(
    image: rbd_image_t,
    key: *const c_char,
    value: *mut c_char,
    val_len: *mut usize,
) -> c_int {
    let _ = (image, key, value, val_len);
    unsupported!()
}

/// Sets a key.
#[unsafe(export_name = "__rbd_metadata_set")]
pub unsafe extern "C" fn rbd_metadata_set(
    image: rbd_image_t,
    key: *const c_char,
    value: *const c_char,
) -> c_int {
    let _ = (image, key, value);
    unsupported!()
}

/// Removes a key. `-ENOENT` if there is no such key.
#[unsafe(export_name = "__rbd_metadata_remove")]
pub unsafe extern "C" fn rbd_metadata_remove(image: rbd_image_t, key: *const c_char) -> c_int {
    let _ = (image, key);
    unsupported!()
}

/// Writes `max` pairs at the most (0: all), after key `start`, as two runs of NUL-terminated strings.
/// `-ERANGE`, with the bytes needed, if they do not fit.
#[unsafe(export_name = "__rbd_metadata_list")]
pub unsafe extern "C" fn rbd_metadata_list(
    image: rbd_image_t,
    start: *const c_char,
    max: u64,
    keys: *mut c_char,
    key_len: *mut usize,
    values: *mut c_char,
    vals_len: *mut usize,
) -> c_int {
    let _ = (image, start, max, keys, key_len, values, vals_len);
    unsupported!()
}
