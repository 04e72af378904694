//! The trash: images whose removal was deferred.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::cleanup::{clean, clean_all};
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Moves an image to the trash; it may be removed for good after `delay` seconds.
#[unsafe(export_name = "__rbd_trash_move")]
pub unsafe extern "C" fn rbd_trash_move(io: rados_ioctx_t, name: *const c_char, delay: u64) -> c_int {
    let _ = (io, name, delay);
    unsupported!()
}

/// Tells of one image in the trash, by id. `-ENOENT` if it is not there. Free with
/// `rbd_trash_get_cleanup`.
#[unsafe(export_name = "__rbd_trash_get")]
pub unsafe extern "C" fn rbd_trash_get(
    io: rados_ioctx_t,
    id: *const c_char,
    info: *mut rbd_trash_image_info_t,
) -> c_int {
    let _ = (io, id, info);
    unsupported!()
}

/// Frees the strings of a trash entry, not the entry itself.
#[unsafe(export_name = "__rbd_trash_get_cleanup")]
pub unsafe extern "C" fn rbd_trash_get_cleanup(info: *mut rbd_trash_image_info_t) {
    // SAFETY: the header's contract.
    unsafe { clean(info) };
}

/// Fills `trash_entries`; `*num_entries` is the capacity and becomes the count, which is also returned.
/// `-ERANGE`, with the count needed, if they do not fit. Free with `rbd_trash_list_cleanup`.
#[unsafe(export_name = "__rbd_trash_list")]
pub unsafe extern "C" fn rbd_trash_list(
    io: rados_ioctx_t,
    trash_entries: *mut rbd_trash_image_info_t,
    num_entries: *mut usize,
) -> c_int {
    let _ = (io, trash_entries, num_entries);
    unsupported!()
}

/// Frees the strings of `num_entries` trash entries, not the array.
#[unsafe(export_name = "__rbd_trash_list_cleanup")]
pub unsafe extern "C" fn rbd_trash_list_cleanup(
    trash_entries: *mut rbd_trash_image_info_t,
    num_entries: usize,
) {
    // SAFETY: the header's contract.
    unsafe { clean_all(trash_entries, num_entries) };
}

/// Removes images from the trash for good: those deferred until `expire_ts` at the latest, or, where
/// `threshold` is not -1, the oldest until the pool is filled to that fraction.
#[unsafe(export_name = "__rbd_trash_purge")]
pub unsafe extern "C" fn rbd_trash_purge(
    io: rados_ioctx_t,
    expire_ts: libc::time_t,
    threshold: f32,
) -> c_int {
    let _ = (io, expire_ts, threshold);
    unsupported!()
}

/// As `rbd_trash_purge`, with progress.
#[unsafe(export_name = "__rbd_trash_purge_with_progress")]
pub unsafe extern "C" fn rbd_trash_purge_with_progress(
    io: rados_ioctx_t,
    expire_ts: libc::time_t,
    threshold: f32,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (io, expire_ts, threshold, cb, cbdata);
    unsupported!()
}

/// Removes one image from the trash for good. `-EPERM` before its deferment ends, unless forced.
#[unsafe(export_name = "__rbd_trash_remove")]
pub unsafe extern "C" fn rbd_trash_remove(io: rados_ioctx_t, id: *const c_char, force: bool) -> c_int {
    let _ = (io, id, force);
    unsupported!()
}

/// As `rbd_trash_remove`, with progress.
#[unsafe(export_name = "__rbd_trash_remove_with_progress")]
pub unsafe extern "C" fn rbd_trash_remove_with_progress(
    io: rados_ioctx_t,
    id: *const c_char,
    force: bool,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (io, id, force, cb, cbdata);
    unsupported!()
}

/// Takes an image out of the trash, under `name` or, where that is NULL or empty, its old name. `-EEXIST`
/// if the name is taken.
#[unsafe(export_name = "__rbd_trash_restore")]
pub unsafe extern "C" fn rbd_trash_restore(
    io: rados_ioctx_t,
    id: *const c_char,
    name: *const c_char,
) -> c_int {
    let _ = (io, id, name);
    unsupported!()
}
