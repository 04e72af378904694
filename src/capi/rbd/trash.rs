//! The trash: images whose removal was deferred.

use std::ffi::{c_char, c_int, c_void};

use ffi::{Out, boundary, str_at, str_at_opt};
use ops::{Errno, Result};
use rbd_room::{Progress, TrashInfo};

use super::cleanup::{clean, clean_all};
use super::fill::{Strings, put_list};
use super::handles::{io_ctx, pool, progress};
use super::types::*;
use crate::rados::types::rados_ioctx_t;

fn entry(info: &TrashInfo, strings: &mut Strings) -> Result<rbd_trash_image_info_t> {
    use rbd_trash_image_source_t::*;
    let source = match info.source {
        1 => RBD_TRASH_IMAGE_SOURCE_MIRRORING,
        2 => RBD_TRASH_IMAGE_SOURCE_MIGRATION,
        3 => RBD_TRASH_IMAGE_SOURCE_REMOVING,
        4 => RBD_TRASH_IMAGE_SOURCE_USER_PARENT,
        _ => RBD_TRASH_IMAGE_SOURCE_USER,
    };
    Ok(rbd_trash_image_info_t {
        id: strings.add(&info.id)?,
        name: strings.add(&info.name)?,
        source,
        deletion_time: info.deletion_time as libc::time_t,
        deferment_end_time: info.deferment_end_time as libc::time_t,
    })
}

fn purge(io: rados_ioctx_t, expire: libc::time_t, threshold: f32, progress: Progress<'_>) -> c_int {
    boundary(|| {
        let (pool, expire) = (pool(io)?, u64::try_from(expire).map_err(|_| Errno::EINVAL)?);
        rbd_room::trash_purge(&pool.io, &pool.settings, expire, threshold, progress)
    })
}

unsafe fn remove(io: rados_ioctx_t, id: *const c_char, force: bool, progress: Progress<'_>) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, id) = (pool(io)?, unsafe { str_at(id)? });
        rbd_room::trash_remove(&pool.io, &pool.settings, id, force, progress)
    })
}

/// Moves an image to the trash; it may be removed for good after `delay` seconds.
#[unsafe(export_name = "__rbd_trash_move")]
pub unsafe extern "C" fn rbd_trash_move(io: rados_ioctx_t, name: *const c_char, delay: u64) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, name) = (pool(io)?, unsafe { str_at(name)? });
        rbd_room::trash_move(&pool.io, &pool.settings, name, delay)
    })
}

/// Tells of one image in the trash, by id. `-ENOENT` if it is not there. Free with
/// `rbd_trash_get_cleanup`.
#[unsafe(export_name = "__rbd_trash_get")]
pub unsafe extern "C" fn rbd_trash_get(
    io: rados_ioctx_t,
    id: *const c_char,
    info: *mut rbd_trash_image_info_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (io, id, out) = (io_ctx(io)?, unsafe { str_at(id)? }, unsafe { Out::required(info)? });
        let mut strings = Strings::default();
        out.set(entry(&rbd_room::trash_get(&io, id)?, &mut strings)?);
        strings.keep();
        Ok(())
    })
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
    boundary(|| {
        let list = rbd_room::trash_list(&io_ctx(io)?)?;
        // SAFETY: the header's contract.
        unsafe { put_list(trash_entries, num_entries, &list, entry)? };
        i32::try_from(list.len()).map_err(|_| Errno::ERANGE)
    })
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
    purge(io, expire_ts, threshold, &mut rbd_room::no_progress)
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
    purge(io, expire_ts, threshold, &mut progress(cb, cbdata))
}

/// Removes one image from the trash for good. `-EPERM` before its deferment ends, unless forced.
#[unsafe(export_name = "__rbd_trash_remove")]
pub unsafe extern "C" fn rbd_trash_remove(io: rados_ioctx_t, id: *const c_char, force: bool) -> c_int {
    // SAFETY: the header's contract.
    unsafe { remove(io, id, force, &mut rbd_room::no_progress) }
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
    // SAFETY: the header's contract.
    unsafe { remove(io, id, force, &mut progress(cb, cbdata)) }
}

/// Takes an image out of the trash, under `name` or, where that is NULL or empty, its old name. `-EEXIST`
/// if the name is taken.
#[unsafe(export_name = "__rbd_trash_restore")]
pub unsafe extern "C" fn rbd_trash_restore(
    io: rados_ioctx_t,
    id: *const c_char,
    name: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (io, id, name) = (io_ctx(io)?, unsafe { str_at(id)? }, unsafe { str_at_opt(name)? });
        rbd_room::trash_restore(&io, id, name.unwrap_or_default())
    })
}
