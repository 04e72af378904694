//! Metadata and configuration overrides of a pool and of an image.

use std::ffi::{c_char, c_int};

use ffi::{boundary, bytes_at, str_at, unsupported};

use super::cleanup::clean_all;
use super::fill::put_pairs;
use super::handles::io_ctx;
use super::metadata::{pairs, put_value};
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Copies a value, NUL-terminated, into a buffer of `*val_len` bytes. `-ENOENT` if there is no such key;
/// `-ERANGE`, with the bytes needed, if it does not fit.
#[unsafe(export_name = "__rbd_pool_metadata_get")]
pub unsafe extern "C" fn rbd_pool_metadata_get(
    io_ctx: rados_ioctx_t,
    key: *const c_char,
    value: *mut c_char,
    val_len: *mut usize,
) -> c_int {
    boundary(|| {
        let io = self::io_ctx(io_ctx)?;
        // SAFETY: the header's contract.
        unsafe { put_value(value, val_len, &rbd_room::pool_metadata_get(&io, str_at(key)?)?) }
    })
}

/// Sets a key of the pool.
#[unsafe(export_name = "__rbd_pool_metadata_set")]
pub unsafe extern "C" fn rbd_pool_metadata_set(
    io_ctx: rados_ioctx_t,
    key: *const c_char,
    value: *const c_char,
) -> c_int {
    boundary(|| {
        let io = self::io_ctx(io_ctx)?;
        // SAFETY: the header's contract.
        unsafe { rbd_room::pool_metadata_set(&io, str_at(key)?, bytes_at(value)?) }
    })
}

/// Removes a key of the pool. `-ENOENT` if there is no such key.
#[unsafe(export_name = "__rbd_pool_metadata_remove")]
pub unsafe extern "C" fn rbd_pool_metadata_remove(io_ctx: rados_ioctx_t, key: *const c_char) -> c_int {
    boundary(|| {
        let io = self::io_ctx(io_ctx)?;
        // SAFETY: the header's contract.
        unsafe { rbd_room::pool_metadata_remove(&io, str_at(key)?) }
    })
}

/// Writes `max` pairs at the most (0: all), after key `start`, as two runs of NUL-terminated strings.
/// `-ERANGE`, with the bytes needed, if they do not fit.
#[unsafe(export_name = "__rbd_pool_metadata_list")]
pub unsafe extern "C" fn rbd_pool_metadata_list(
    io_ctx: rados_ioctx_t,
    start: *const c_char,
    max: u64,
    keys: *mut c_char,
    key_len: *mut usize,
    values: *mut c_char,
    vals_len: *mut usize,
) -> c_int {
    boundary(|| {
        let io = self::io_ctx(io_ctx)?;
        // SAFETY: the header's contract.
        unsafe {
            let found = rbd_room::pool_metadata_list(&io, str_at(start)?, max)?;
            put_pairs(&pairs(found), keys, key_len, values, vals_len)
        }
    })
}

/// Fills `options` with all configuration options an image of this pool starts from, and where each comes
/// from. `-ERANGE`, with the count needed in `*max_options`, if they do not fit. Free with
/// `rbd_config_pool_list_cleanup`.
#[unsafe(export_name = "__rbd_config_pool_list")]
pub unsafe extern "C" fn rbd_config_pool_list(
    io_ctx: rados_ioctx_t,
    options: *mut rbd_config_option_t,
    max_options: *mut c_int,
) -> c_int {
    let _ = (io_ctx, options, max_options);
    unsupported!()
}

/// Frees the strings of `max_options` options, not the array.
#[unsafe(export_name = "__rbd_config_pool_list_cleanup")]
pub unsafe extern "C" fn rbd_config_pool_list_cleanup(options: *mut rbd_config_option_t, max_options: c_int) {
    // SAFETY: the header's contract.
    unsafe { clean_all(options, usize::try_from(max_options).unwrap_or(0)) };
}

/// As `rbd_config_pool_list`, for an open image. Free with `rbd_config_image_list_cleanup`.
#[unsafe(export_name = "__rbd_config_image_list")]
pub unsafe extern "C" fn rbd_config_image_list(
    image: rbd_image_t,
    options: *mut rbd_config_option_t,
    max_options: *mut c_int,
) -> c_int {
    let _ = (image, options, max_options);
    unsupported!()
}

/// Frees the strings of `max_options` options, not the array.
#[unsafe(export_name = "__rbd_config_image_list_cleanup")]
pub unsafe extern "C" fn rbd_config_image_list_cleanup(
    options: *mut rbd_config_option_t,
    max_options: c_int,
) {
    // SAFETY: the header's contract.
    unsafe { clean_all(options, usize::try_from(max_options).unwrap_or(0)) };
}
