//! Snapshots.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::types::*;

/// Fills `snaps`, ended by an entry without a name, and returns how many there are. `*max_snaps` is the
/// capacity; `-ERANGE`, with the capacity needed, if they do not fit. Free with `rbd_snap_list_end`.
#[unsafe(export_name = "__rbd_snap_list")]
pub unsafe extern "C" fn rbd_snap_list(
    image: rbd_image_t,
    snaps: *mut rbd_snap_info_t,
    max_snaps: *mut c_int,
) -> c_int {
    let _ = (image, snaps, max_snaps);
    unsupported!()
}

/// Frees the names of a list that `rbd_snap_list` filled, not the array.
#[unsafe(export_name = "__rbd_snap_list_end")]
pub unsafe extern "C" fn rbd_snap_list_end(snaps: *mut rbd_snap_info_t) {
    let _ = (snaps,);
    unsupported!()
}

/// Whether there is a snapshot of this name.
#[unsafe(export_name = "__rbd_snap_exists")]
pub unsafe extern "C" fn rbd_snap_exists(
    image: rbd_image_t,
    snapname: *const c_char,
    exists: *mut bool,
) -> c_int {
    let _ = (image, snapname, exists);
    unsupported!()
}

/// Takes a snapshot of the image's head. `-EEXIST` if the name is taken.
#[unsafe(export_name = "__rbd_snap_create")]
pub unsafe extern "C" fn rbd_snap_create(image: rbd_image_t, snapname: *const c_char) -> c_int {
    let _ = (image, snapname);
    unsupported!()
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
    let _ = (image, snap_name, flags, cb, cbdata);
    unsupported!()
}

/// Removes a snapshot. `-EBUSY` if it is protected or has children.
#[unsafe(export_name = "__rbd_snap_remove")]
pub unsafe extern "C" fn rbd_snap_remove(image: rbd_image_t, snapname: *const c_char) -> c_int {
    let _ = (image, snapname);
    unsupported!()
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
    let _ = (image, snap_name, flags, cb, cbdata);
    unsupported!()
}

/// Removes the snapshot of this id.
#[unsafe(export_name = "__rbd_snap_remove_by_id")]
pub unsafe extern "C" fn rbd_snap_remove_by_id(image: rbd_image_t, snap_id: u64) -> c_int {
    let _ = (image, snap_id);
    unsupported!()
}

/// Makes the image's head what it was at the snapshot.
#[unsafe(export_name = "__rbd_snap_rollback")]
pub unsafe extern "C" fn rbd_snap_rollback(image: rbd_image_t, snapname: *const c_char) -> c_int {
    let _ = (image, snapname);
    unsupported!()
}

/// As `rbd_snap_rollback`, with progress.
#[unsafe(export_name = "__rbd_snap_rollback_with_progress")]
pub unsafe extern "C" fn rbd_snap_rollback_with_progress(
    image: rbd_image_t,
    snapname: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, snapname, cb, cbdata);
    unsupported!()
}

/// Gives a snapshot another name. `-EEXIST` if that is taken.
#[unsafe(export_name = "__rbd_snap_rename")]
pub unsafe extern "C" fn rbd_snap_rename(
    image: rbd_image_t,
    snapname: *const c_char,
    dstsnapsname: *const c_char,
) -> c_int {
    let _ = (image, snapname, dstsnapsname);
    unsupported!()
}

/// Keeps a snapshot from being removed, so that it can be cloned. `-EBUSY` if it is protected already.
#[unsafe(export_name = "__rbd_snap_protect")]
pub unsafe extern "C" fn rbd_snap_protect(image: rbd_image_t, snap_name: *const c_char) -> c_int {
    let _ = (image, snap_name);
    unsupported!()
}

/// Lets a snapshot be removed again. `-EINVAL` if it is not protected, `-EBUSY` if it has children.
#[unsafe(export_name = "__rbd_snap_unprotect")]
pub unsafe extern "C" fn rbd_snap_unprotect(image: rbd_image_t, snap_name: *const c_char) -> c_int {
    let _ = (image, snap_name);
    unsupported!()
}

/// Sets `*is_protected` to 1 or 0.
#[unsafe(export_name = "__rbd_snap_is_protected")]
pub unsafe extern "C" fn rbd_snap_is_protected(
    image: rbd_image_t,
    snap_name: *const c_char,
    is_protected: *mut c_int,
) -> c_int {
    let _ = (image, snap_name, is_protected);
    unsupported!()
}

/// How many snapshots the image may have; `UINT64_MAX` if there is no limit.
#[unsafe(export_name = "__rbd_snap_get_limit")]
pub unsafe extern "C" fn rbd_snap_get_limit(image: rbd_image_t, limit: *mut u64) -> c_int {
    let _ = (image, limit);
    unsupported!()
}

/// Limits how many snapshots the image may have. `-ERANGE` if it has more.
#[unsafe(export_name = "__rbd_snap_set_limit")]
pub unsafe extern "C" fn rbd_snap_set_limit(image: rbd_image_t, limit: u64) -> c_int {
    let _ = (image, limit);
    unsupported!()
}

/// When the snapshot was taken.
#[unsafe(export_name = "__rbd_snap_get_timestamp")]
pub unsafe extern "C" fn rbd_snap_get_timestamp(
    image: rbd_image_t,
    snap_id: u64,
    timestamp: *mut libc::timespec,
) -> c_int {
    let _ = (image, snap_id, timestamp);
    unsupported!()
}

/// Makes the handle look at a snapshot or, where `snapname` is NULL or empty, at the head.
#[unsafe(export_name = "__rbd_snap_set")]
pub unsafe extern "C" fn rbd_snap_set(image: rbd_image_t, snapname: *const c_char) -> c_int {
    let _ = (image, snapname);
    unsupported!()
}

/// As `rbd_snap_set`, by id; `CEPH_NOSNAP` (`UINT64_MAX - 1`) is the head.
#[unsafe(export_name = "__rbd_snap_set_by_id")]
pub unsafe extern "C" fn rbd_snap_set_by_id(image: rbd_image_t, snap_id: u64) -> c_int {
    let _ = (image, snap_id);
    unsupported!()
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
    let _ = (image, snap_id, snapname, name_len);
    unsupported!()
}

/// The id of the snapshot of this name.
#[unsafe(export_name = "__rbd_snap_get_id")]
pub unsafe extern "C" fn rbd_snap_get_id(
    image: rbd_image_t,
    snapname: *const c_char,
    snap_id: *mut u64,
) -> c_int {
    let _ = (image, snapname, snap_id);
    unsupported!()
}
