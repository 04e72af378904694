//! The managed exclusive lock, and the object map.

use std::ffi::{c_char, c_int, c_void};
use std::mem::MaybeUninit;

use ffi::{Out, boundary, str_at};

use super::cleanup::clean_all;
use super::fill::put_list;
use super::handles::{image, progress};
use super::types::*;

/// As a number, since C may pass any.
fn mode(mode: MaybeUninit<rbd_lock_mode_t>) -> c_int {
    // SAFETY: it is a C enum: an int that the caller passed, of whatever value.
    unsafe { std::mem::transmute::<MaybeUninit<rbd_lock_mode_t>, c_int>(mode) }
}

/// Sets `*is_owner` to 1 if this handle holds the exclusive lock, else to 0.
#[unsafe(export_name = "__rbd_is_exclusive_lock_owner")]
pub unsafe extern "C" fn rbd_is_exclusive_lock_owner(image: rbd_image_t, is_owner: *mut c_int) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(is_owner)? });
        out.set(image.is_exclusive_lock_owner().into());
        Ok(())
    })
}

/// Takes the exclusive lock and keeps it until it is released or broken.
#[unsafe(export_name = "__rbd_lock_acquire")]
pub unsafe extern "C" fn rbd_lock_acquire(
    image: rbd_image_t,
    lock_mode: MaybeUninit<rbd_lock_mode_t>,
) -> c_int {
    boundary(|| self::image(image)?.lock_acquire(mode(lock_mode)))
}

/// Gives the exclusive lock back.
#[unsafe(export_name = "__rbd_lock_release")]
pub unsafe extern "C" fn rbd_lock_release(image: rbd_image_t) -> c_int {
    boundary(|| self::image(image)?.lock_release())
}

/// Who holds the exclusive lock; `*max_lock_owners` is the capacity and becomes the count. `-ENOENT` if
/// nobody does, `-ERANGE` if they do not fit. Free with `rbd_lock_get_owners_cleanup`.
#[unsafe(export_name = "__rbd_lock_get_owners")]
pub unsafe extern "C" fn rbd_lock_get_owners(
    image: rbd_image_t,
    lock_mode: *mut rbd_lock_mode_t,
    lock_owners: *mut *mut c_char,
    max_lock_owners: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(lock_mode)? });
        let (mode, owners) = image.lock_owners()?;
        // SAFETY: the header's contract.
        unsafe { put_list(lock_owners, max_lock_owners, &owners, |owner, strings| strings.add(owner))? };
        out.set(if mode == 1 {
            rbd_lock_mode_t::RBD_LOCK_MODE_SHARED
        } else {
            rbd_lock_mode_t::RBD_LOCK_MODE_EXCLUSIVE
        });
        Ok(())
    })
}

/// Frees `lock_owner_count` strings, not the array.
#[unsafe(export_name = "__rbd_lock_get_owners_cleanup")]
pub unsafe extern "C" fn rbd_lock_get_owners_cleanup(lock_owners: *mut *mut c_char, lock_owner_count: usize) {
    // SAFETY: the header's contract.
    unsafe { clean_all(lock_owners, lock_owner_count) };
}

/// Takes the exclusive lock away from `lock_owner`, which is blocklisted.
#[unsafe(export_name = "__rbd_lock_break")]
pub unsafe extern "C" fn rbd_lock_break(
    image: rbd_image_t,
    lock_mode: MaybeUninit<rbd_lock_mode_t>,
    lock_owner: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, owner) = (self::image(image)?, unsafe { str_at(lock_owner)? });
        image.lock_break(mode(lock_mode), owner)
    })
}

/// Builds the object map anew from the objects, with progress.
#[unsafe(export_name = "__rbd_rebuild_object_map")]
pub unsafe extern "C" fn rbd_rebuild_object_map(
    image: rbd_image_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        image.rebuild_object_map(&mut progress(cb, cbdata))
    })
}
