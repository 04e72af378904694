//! Snapshots.

use std::ffi::{c_char, c_int, c_void};

use ffi::{Out, boundary, free, str_at, str_at_opt};
use ops::{Errno, Result};
use rbd_room::SnapInfo;

use super::fill::{Strings, put_array, require, text_in_out};
use super::handles::{image, progress};
use super::info::timespec;
use super::types::*;

/// Nobody could look at a snapshot without a name: that means the head.
fn not_empty(name: &str) -> Result<&str> {
    if name.is_empty() { Err(Errno::EINVAL) } else { Ok(name) }
}

/// Fills `snaps`, ended by an entry without a name, and returns how many there are. `*max_snaps` is the
/// capacity; `-ERANGE`, with the capacity needed, if they do not fit. Free with `rbd_snap_list_end`.
#[unsafe(export_name = "__rbd_snap_list")]
pub unsafe extern "C" fn rbd_snap_list(
    image: rbd_image_t,
    snaps: *mut rbd_snap_info_t,
    max_snaps: *mut c_int,
) -> c_int {
    boundary(|| {
        let list = self::image(image)?.snap_list()?;
        let info = |snap: &SnapInfo, strings: &mut Strings| {
            Ok(rbd_snap_info_t { id: snap.id, size: snap.size, name: strings.add(&snap.name)? })
        };
        // SAFETY: the header's contract.
        unsafe {
            require(max_snaps, list.len() + 1)?;
            put_array(snaps, &list, info)?;
            if snaps.is_null() {
                return Err(Errno::EINVAL);
            }
            // The entry that ends it.
            snaps.add(list.len()).write(rbd_snap_info_t { id: 0, size: 0, name: std::ptr::null() });
        }
        i32::try_from(list.len()).map_err(|_| Errno::ERANGE)
    })
}

/// Frees the names of a list that `rbd_snap_list` filled, not the array.
#[unsafe(export_name = "__rbd_snap_list_end")]
pub unsafe extern "C" fn rbd_snap_list_end(snaps: *mut rbd_snap_info_t) {
    if snaps.is_null() {
        return;
    }
    let mut at = snaps;
    // SAFETY: the header's contract: filled by `rbd_snap_list`, so an entry without a name ends it.
    unsafe {
        while !(*at).name.is_null() {
            free((*at).name.cast_mut());
            at = at.add(1);
        }
    }
}

/// Whether there is a snapshot of this name.
#[unsafe(export_name = "__rbd_snap_exists")]
pub unsafe extern "C" fn rbd_snap_exists(
    image: rbd_image_t,
    snapname: *const c_char,
    exists: *mut bool,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name, out) =
            (self::image(image)?, unsafe { str_at(snapname)? }, unsafe { Out::required(exists)? });
        out.set(image.snap_exists(name)?);
        Ok(())
    })
}

/// Takes a snapshot of the image's head. `-EEXIST` if the name is taken.
#[unsafe(export_name = "__rbd_snap_create")]
pub unsafe extern "C" fn rbd_snap_create(image: rbd_image_t, snapname: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snapname)? });
        image.snap_create(not_empty(name)?)
    })
}

/// As `rbd_snap_create`, with flags (`RBD_SNAP_CREATE_*`) and progress.
#[unsafe(export_name = "__rbd_snap_create2")]
pub unsafe extern "C" fn rbd_snap_create2(
    image: rbd_image_t,
    snap_name: *const c_char,
    flags: u32,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snap_name)? });
        image.snap_create_with(not_empty(name)?, flags, &mut progress(cb, cbdata))
    })
}

/// Removes a snapshot. `-EBUSY` if it is protected or has children.
#[unsafe(export_name = "__rbd_snap_remove")]
pub unsafe extern "C" fn rbd_snap_remove(image: rbd_image_t, snapname: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snapname)? });
        image.snap_remove(name)
    })
}

/// As `rbd_snap_remove`, with flags (`RBD_SNAP_REMOVE_*`) and progress.
#[unsafe(export_name = "__rbd_snap_remove2")]
pub unsafe extern "C" fn rbd_snap_remove2(
    image: rbd_image_t,
    snap_name: *const c_char,
    flags: u32,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snap_name)? });
        image.snap_remove_with(name, flags, &mut progress(cb, cbdata))
    })
}

/// Removes the snapshot of this id.
#[unsafe(export_name = "__rbd_snap_remove_by_id")]
pub unsafe extern "C" fn rbd_snap_remove_by_id(image: rbd_image_t, snap_id: u64) -> c_int {
    boundary(|| self::image(image)?.snap_remove_by_id(snap_id))
}

/// Makes the image's head what it was at the snapshot.
#[unsafe(export_name = "__rbd_snap_rollback")]
pub unsafe extern "C" fn rbd_snap_rollback(image: rbd_image_t, snapname: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snapname)? });
        image.snap_rollback(name, &mut rbd_room::no_progress)
    })
}

/// As `rbd_snap_rollback`, with progress.
#[unsafe(export_name = "__rbd_snap_rollback_with_progress")]
pub unsafe extern "C" fn rbd_snap_rollback_with_progress(
    image: rbd_image_t,
    snapname: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snapname)? });
        image.snap_rollback(name, &mut progress(cb, cbdata))
    })
}

/// Gives a snapshot another name. `-EEXIST` if that is taken.
#[unsafe(export_name = "__rbd_snap_rename")]
pub unsafe extern "C" fn rbd_snap_rename(
    image: rbd_image_t,
    snapname: *const c_char,
    dstsnapsname: *const c_char,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let (from, to) = unsafe { (str_at(snapname)?, str_at(dstsnapsname)?) };
        image.snap_rename(from, not_empty(to)?)
    })
}

/// Keeps a snapshot from being removed, so that it can be cloned. `-EBUSY` if it is protected already.
#[unsafe(export_name = "__rbd_snap_protect")]
pub unsafe extern "C" fn rbd_snap_protect(image: rbd_image_t, snap_name: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snap_name)? });
        image.snap_protect(name)
    })
}

/// Lets a snapshot be removed again. `-EINVAL` if it is not protected, `-EBUSY` if it has children.
#[unsafe(export_name = "__rbd_snap_unprotect")]
pub unsafe extern "C" fn rbd_snap_unprotect(image: rbd_image_t, snap_name: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at(snap_name)? });
        image.snap_unprotect(name)
    })
}

/// Sets `*is_protected` to 1 or 0.
#[unsafe(export_name = "__rbd_snap_is_protected")]
pub unsafe extern "C" fn rbd_snap_is_protected(
    image: rbd_image_t,
    snap_name: *const c_char,
    is_protected: *mut c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name, out) =
            (self::image(image)?, unsafe { str_at(snap_name)? }, unsafe { Out::required(is_protected)? });
        out.set(image.snap_is_protected(name)?.into());
        Ok(())
    })
}

/// How many snapshots the image may have; `UINT64_MAX` if there is no limit.
#[unsafe(export_name = "__rbd_snap_get_limit")]
pub unsafe extern "C" fn rbd_snap_get_limit(image: rbd_image_t, limit: *mut u64) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(limit)? });
        out.set(image.snap_limit()?);
        Ok(())
    })
}

/// Limits how many snapshots the image may have. `-ERANGE` if it has more.
#[unsafe(export_name = "__rbd_snap_set_limit")]
pub unsafe extern "C" fn rbd_snap_set_limit(image: rbd_image_t, limit: u64) -> c_int {
    boundary(|| self::image(image)?.snap_set_limit(limit))
}

/// When the snapshot was taken.
#[unsafe(export_name = "__rbd_snap_get_timestamp")]
pub unsafe extern "C" fn rbd_snap_get_timestamp(
    image: rbd_image_t,
    snap_id: u64,
    timestamp: *mut libc::timespec,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(timestamp)? });
        out.set(timespec(image.snap_timestamp(snap_id)?));
        Ok(())
    })
}

/// Makes the handle look at a snapshot or, where `snapname` is NULL or empty, at the head.
#[unsafe(export_name = "__rbd_snap_set")]
pub unsafe extern "C" fn rbd_snap_set(image: rbd_image_t, snapname: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name) = (self::image(image)?, unsafe { str_at_opt(snapname)? });
        image.snap_set(name.unwrap_or_default())
    })
}

/// As `rbd_snap_set`, by id; `CEPH_NOSNAP` (`UINT64_MAX - 1`) is the head.
#[unsafe(export_name = "__rbd_snap_set_by_id")]
pub unsafe extern "C" fn rbd_snap_set_by_id(image: rbd_image_t, snap_id: u64) -> c_int {
    boundary(|| self::image(image)?.snap_set_by_id(snap_id))
}

/// Copies the name of the snapshot of this id into a buffer of `*name_len` bytes. `-ERANGE`, with the
/// bytes needed, if it does not fit.
#[unsafe(export_name = "__rbd_snap_get_name")]
pub unsafe extern "C" fn rbd_snap_get_name(
    image: rbd_image_t,
    snap_id: u64,
    snapname: *mut c_char,
    name_len: *mut usize,
) -> c_int {
    boundary(|| {
        let name = self::image(image)?.snap_name(snap_id)?;
        // SAFETY: the header's contract.
        unsafe { text_in_out(snapname, name_len, name.as_bytes()) }
    })
}

/// The id of the snapshot of this name.
#[unsafe(export_name = "__rbd_snap_get_id")]
pub unsafe extern "C" fn rbd_snap_get_id(
    image: rbd_image_t,
    snapname: *const c_char,
    snap_id: *mut u64,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, name, out) =
            (self::image(image)?, unsafe { str_at(snapname)? }, unsafe { Out::required(snap_id)? });
        out.set(image.snap_id(name)?);
        Ok(())
    })
}
