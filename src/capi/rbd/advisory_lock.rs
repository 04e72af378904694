//! Advisory locks: they keep out other lockers, nothing else.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::*;

/// Tells of the lock and writes its holders as runs of NUL-terminated strings; returns how many there
/// are. `-ERANGE`, with the bytes needed in each length, if a buffer is too small.
#[unsafe(export_name = "__rbd_list_lockers")]
pub unsafe extern "C" fn rbd_list_lockers(
    image: rbd_image_t,
    exclusive: *mut c_int,
    tag: *mut c_char,
    tag_len: *mut usize,
    clients: *mut c_char,
    clients_len: *mut usize,
    cookies: *mut c_char,
    cookies_len: *mut usize,
    addrs: *mut c_char,
    addrs_len: *mut usize,
) -> isize {
    let _ = (image, exclusive, tag, tag_len, clients, clients_len, cookies, cookies_len, addrs, addrs_len);
    unsupported!()
}

/// Takes the lock alone, under `cookie`. `-EBUSY` if somebody else holds it, `-EEXIST` if this client
/// does, under this cookie.
#[unsafe(export_name = "__rbd_lock_exclusive")]
pub unsafe extern "C" fn rbd_lock_exclusive(image: rbd_image_t, cookie: *const c_char) -> c_int {
    let _ = (image, cookie);
    unsupported!()
}

/// Takes the lock together with all that give the same `tag`. `-EBUSY` if somebody else holds it
/// otherwise, `-EEXIST` if this client does, under this cookie.
#[unsafe(export_name = "__rbd_lock_shared")]
pub unsafe extern "C" fn rbd_lock_shared(
    image: rbd_image_t,
    cookie: *const c_char,
    tag: *const c_char,
) -> c_int {
    let _ = (image, cookie, tag);
    unsupported!()
}

/// Gives the lock back. `-ENOENT` if this client does not hold it under this cookie.
#[unsafe(export_name = "__rbd_unlock")]
pub unsafe extern "C" fn rbd_unlock(image: rbd_image_t, cookie: *const c_char) -> c_int {
    let _ = (image, cookie);
    unsupported!()
}

/// Takes the lock away from `client` (as `rbd_list_lockers` names it). `-ENOENT` if it does not hold it
/// under this cookie.
#[unsafe(export_name = "__rbd_break_lock")]
pub unsafe extern "C" fn rbd_break_lock(
    image: rbd_image_t,
    client: *const c_char,
    cookie: *const c_char,
) -> c_int {
    let _ = (image, client, cookie);
    unsupported!()
}
