//! Snapshots of groups: of all their images at one moment.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::cleanup::{clean, clean_all, clean_sized};
use super::mirror_types::*;
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Takes a snapshot of all images of a group. `-EEXIST` if the name is taken.
#[unsafe(export_name = "__rbd_group_snap_create")]
pub unsafe extern "C" fn rbd_group_snap_create(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snap_name: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, snap_name);
    unsupported!()
}

/// As `rbd_group_snap_create`, with flags (`RBD_SNAP_CREATE_*`).
#[unsafe(export_name = "__rbd_group_snap_create2")]
pub unsafe extern "C" fn rbd_group_snap_create2(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snap_name: *const c_char,
    flags: u32,
) -> c_int {
    let _ = (group_p, group_name, snap_name, flags);
    unsupported!()
}

/// Removes a snapshot of a group.
#[unsafe(export_name = "__rbd_group_snap_remove")]
pub unsafe extern "C" fn rbd_group_snap_remove(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snap_name: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, snap_name);
    unsupported!()
}

/// Gives a snapshot of a group another name.
#[unsafe(export_name = "__rbd_group_snap_rename")]
pub unsafe extern "C" fn rbd_group_snap_rename(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    old_snap_name: *const c_char,
    new_snap_name: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, old_snap_name, new_snap_name);
    unsupported!()
}

/// Fills `snaps` and returns how many there are; `*num_entries` is the capacity and becomes the count.
/// `-ERANGE` if they do not fit or `group_snap_info_size` is not the size of the struct. Free with
/// `rbd_group_snap_list_cleanup`.
#[unsafe(export_name = "__rbd_group_snap_list")]
pub unsafe extern "C" fn rbd_group_snap_list(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snaps: *mut rbd_group_snap_info_t,
    group_snap_info_size: usize,
    num_entries: *mut usize,
) -> c_int {
    let _ = (group_p, group_name, snaps, group_snap_info_size, num_entries);
    unsupported!()
}

/// Frees the strings of `num_entries` entries, not the array. `-ERANGE` if `group_snap_info_size` is not
/// the size of the struct.
#[unsafe(export_name = "__rbd_group_snap_list_cleanup")]
pub unsafe extern "C" fn rbd_group_snap_list_cleanup(
    snaps: *mut rbd_group_snap_info_t,
    group_snap_info_size: usize,
    num_entries: usize,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { clean_sized(snaps, group_snap_info_size, num_entries) }
}

/// As `rbd_group_snap_list`, with the images' snapshots. Free with `rbd_group_snap_list2_cleanup`.
#[unsafe(export_name = "__rbd_group_snap_list2")]
pub unsafe extern "C" fn rbd_group_snap_list2(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snaps: *mut rbd_group_snap_info2_t,
    num_entries: *mut usize,
) -> c_int {
    let _ = (group_p, group_name, snaps, num_entries);
    unsupported!()
}

/// Frees the contents of `num_entries` entries, not the array.
#[unsafe(export_name = "__rbd_group_snap_list2_cleanup")]
pub unsafe extern "C" fn rbd_group_snap_list2_cleanup(
    snaps: *mut rbd_group_snap_info2_t,
    num_entries: usize,
) {
    // SAFETY: the header's contract.
    unsafe { clean_all(snaps, num_entries) };
}

/// Tells of one snapshot of a group. Free with `rbd_group_snap_get_info_cleanup`.
#[unsafe(export_name = "__rbd_group_snap_get_info")]
pub unsafe extern "C" fn rbd_group_snap_get_info(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snap_name: *const c_char,
    group_snap: *mut rbd_group_snap_info2_t,
) -> c_int {
    let _ = (group_p, group_name, snap_name, group_snap);
    unsupported!()
}

/// Frees the contents of the struct, not the struct.
#[unsafe(export_name = "__rbd_group_snap_get_info_cleanup")]
pub unsafe extern "C" fn rbd_group_snap_get_info_cleanup(group_snap: *mut rbd_group_snap_info2_t) {
    // SAFETY: the header's contract.
    unsafe { clean(group_snap) };
}

/// Makes all images of a group what they were at the snapshot.
#[unsafe(export_name = "__rbd_group_snap_rollback")]
pub unsafe extern "C" fn rbd_group_snap_rollback(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snap_name: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, snap_name);
    unsupported!()
}

/// As `rbd_group_snap_rollback`, with progress.
#[unsafe(export_name = "__rbd_group_snap_rollback_with_progress")]
pub unsafe extern "C" fn rbd_group_snap_rollback_with_progress(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    snap_name: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (group_p, group_name, snap_name, cb, cbdata);
    unsupported!()
}
