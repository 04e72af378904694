//! Live migration of an image to another pool or layout.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::cleanup::clean;
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Starts a migration: makes the destination and links it to the source.
#[unsafe(export_name = "__rbd_migration_prepare")]
pub unsafe extern "C" fn rbd_migration_prepare(
    ioctx: rados_ioctx_t,
    image_name: *const c_char,
    dest_ioctx: rados_ioctx_t,
    dest_image_name: *const c_char,
    opts: rbd_image_options_t,
) -> c_int {
    let _ = (ioctx, image_name, dest_ioctx, dest_image_name, opts);
    unsupported!()
}

/// Starts an import from the source that `source_spec` (JSON) describes.
#[unsafe(export_name = "__rbd_migration_prepare_import")]
pub unsafe extern "C" fn rbd_migration_prepare_import(
    source_spec: *const c_char,
    dest_ioctx: rados_ioctx_t,
    dest_image_name: *const c_char,
    opts: rbd_image_options_t,
) -> c_int {
    let _ = (source_spec, dest_ioctx, dest_image_name, opts);
    unsupported!()
}

/// Copies all data from the source to the destination.
#[unsafe(export_name = "__rbd_migration_execute")]
pub unsafe extern "C" fn rbd_migration_execute(ioctx: rados_ioctx_t, image_name: *const c_char) -> c_int {
    let _ = (ioctx, image_name);
    unsupported!()
}

/// As `rbd_migration_execute`, with progress.
#[unsafe(export_name = "__rbd_migration_execute_with_progress")]
pub unsafe extern "C" fn rbd_migration_execute_with_progress(
    ioctx: rados_ioctx_t,
    image_name: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (ioctx, image_name, cb, cbdata);
    unsupported!()
}

/// Gives a migration up: the destination is removed, the source is as before.
#[unsafe(export_name = "__rbd_migration_abort")]
pub unsafe extern "C" fn rbd_migration_abort(ioctx: rados_ioctx_t, image_name: *const c_char) -> c_int {
    let _ = (ioctx, image_name);
    unsupported!()
}

/// As `rbd_migration_abort`, with progress.
#[unsafe(export_name = "__rbd_migration_abort_with_progress")]
pub unsafe extern "C" fn rbd_migration_abort_with_progress(
    ioctx: rados_ioctx_t,
    image_name: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (ioctx, image_name, cb, cbdata);
    unsupported!()
}

/// Ends a migration: the source is removed.
#[unsafe(export_name = "__rbd_migration_commit")]
pub unsafe extern "C" fn rbd_migration_commit(ioctx: rados_ioctx_t, image_name: *const c_char) -> c_int {
    let _ = (ioctx, image_name);
    unsupported!()
}

/// As `rbd_migration_commit`, with progress.
#[unsafe(export_name = "__rbd_migration_commit_with_progress")]
pub unsafe extern "C" fn rbd_migration_commit_with_progress(
    ioctx: rados_ioctx_t,
    image_name: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (ioctx, image_name, cb, cbdata);
    unsupported!()
}

/// Tells where a migration stands. `-ERANGE` if `status_size` is not the size of the struct. Free with
/// `rbd_migration_status_cleanup`.
#[unsafe(export_name = "__rbd_migration_status")]
pub unsafe extern "C" fn rbd_migration_status(
    ioctx: rados_ioctx_t,
    image_name: *const c_char,
    status: *mut rbd_image_migration_status_t,
    status_size: usize,
) -> c_int {
    let _ = (ioctx, image_name, status, status_size);
    unsupported!()
}

/// Frees the strings of a migration status, not the status itself.
#[unsafe(export_name = "__rbd_migration_status_cleanup")]
pub unsafe extern "C" fn rbd_migration_status_cleanup(status: *mut rbd_image_migration_status_t) {
    // SAFETY: the header's contract.
    unsafe { clean(status) };
}
