//! Metadata of an image: pairs of strings.

use std::ffi::{c_char, c_int};

use ffi::{boundary, bytes_at, str_at};
use ops::Result;
use rbd_room::Metadata;

use super::fill::{put_all, put_pairs, require};
use super::handles::image;
use super::types::*;

/// A value with its NUL; `*size` changes only where it does not fit.
///
/// # Safety
/// `at` is NULL or good for writes of `*size` bytes.
pub unsafe fn put_value(at: *mut c_char, size: *mut usize, value: &[u8]) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        require(size, value.len() + 1)?;
        put_all(at, [value])
    }
}

pub fn pairs(list: Metadata) -> Vec<(Vec<u8>, Vec<u8>)> {
    list.into_iter().map(|(key, value)| (key.into_bytes(), value.into())).collect()
}

/// Copies a value, NUL-terminated, into a buffer of `*val_len` bytes. `-ENOENT` if there is no such key;
/// `-ERANGE`, with the bytes needed, if it does not fit.
#[unsafe(export_name = "__rbd_metadata_get")]
pub unsafe extern "C" fn rbd_metadata_get(
    image: rbd_image_t,
    key: *const c_char,
    value: *mut c_char,
    val_len: *mut usize,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe {
            let found = image.metadata_get(str_at(key)?)?;
            put_value(value, val_len, &found)
        }
    })
}

/// Sets a key.
#[unsafe(export_name = "__rbd_metadata_set")]
pub unsafe extern "C" fn rbd_metadata_set(
    image: rbd_image_t,
    key: *const c_char,
    value: *const c_char,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { image.metadata_set(str_at(key)?, bytes_at(value)?) }
    })
}

/// Removes a key. `-ENOENT` if there is no such key.
#[unsafe(export_name = "__rbd_metadata_remove")]
pub unsafe extern "C" fn rbd_metadata_remove(image: rbd_image_t, key: *const c_char) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { image.metadata_remove(str_at(key)?) }
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe {
            let found = image.metadata_list(str_at(start)?, max)?;
            put_pairs(&pairs(found), keys, key_len, values, vals_len)
        }
    })
}
