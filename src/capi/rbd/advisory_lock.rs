//! Advisory locks: they keep out other lockers, nothing else.

use std::ffi::{c_char, c_int};

use ffi::{Out, boundary, str_at, str_at_opt};
use ops::Result;

use super::fill::{length_of, measure, put_all};
use super::handles::image;
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
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(exclusive)? });
        let lock = image.list_lockers()?;
        let client_texts = || lock.lockers.iter().map(|locker| locker.client.as_bytes());
        let cookie_texts = || lock.lockers.iter().map(|locker| locker.cookie.as_bytes());
        let addr_texts = || lock.lockers.iter().map(|locker| locker.address.as_bytes());
        // SAFETY: the header's contract.
        unsafe {
            // All lengths are told, also where one does not fit.
            let fits = [
                measure(clients_len, length_of(client_texts())),
                measure(cookies_len, length_of(cookie_texts())),
                measure(addrs_len, length_of(addr_texts())),
                measure(tag_len, lock.tag.len() + 1),
            ];
            fits.into_iter().collect::<Result<()>>()?;
            put_all(tag, [lock.tag.as_bytes()])?;
            put_all(clients, client_texts())?;
            put_all(cookies, cookie_texts())?;
            put_all(addrs, addr_texts())?;
        }
        out.set(lock.exclusive.into());
        Ok(lock.lockers.len() as isize)
    })
}

/// Takes the lock alone, under `cookie`. `-EBUSY` if somebody else holds it, `-EEXIST` if this client
/// does, under this cookie.
#[unsafe(export_name = "__rbd_lock_exclusive")]
pub unsafe extern "C" fn rbd_lock_exclusive(image: rbd_image_t, cookie: *const c_char) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { image.lock_exclusive(str_at_opt(cookie)?.unwrap_or_default()) }
    })
}

/// Takes the lock together with all that give the same `tag`. `-EBUSY` if somebody else holds it
/// otherwise, `-EEXIST` if this client does, under this cookie.
#[unsafe(export_name = "__rbd_lock_shared")]
pub unsafe extern "C" fn rbd_lock_shared(
    image: rbd_image_t,
    cookie: *const c_char,
    tag: *const c_char,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe {
            image.lock_shared(str_at_opt(cookie)?.unwrap_or_default(), str_at_opt(tag)?.unwrap_or_default())
        }
    })
}

/// Gives the lock back. `-ENOENT` if this client does not hold it under this cookie.
#[unsafe(export_name = "__rbd_unlock")]
pub unsafe extern "C" fn rbd_unlock(image: rbd_image_t, cookie: *const c_char) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { image.unlock(str_at_opt(cookie)?.unwrap_or_default()) }
    })
}

/// Takes the lock away from `client` (as `rbd_list_lockers` names it). `-ENOENT` if it does not hold it
/// under this cookie.
#[unsafe(export_name = "__rbd_break_lock")]
pub unsafe extern "C" fn rbd_break_lock(
    image: rbd_image_t,
    client: *const c_char,
    cookie: *const c_char,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { image.break_lock(str_at(client)?, str_at_opt(cookie)?.unwrap_or_default()) }
    })
}
