//! Mirroring: the state of all images of a pool.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::cleanup::clean_all;
use super::mirror_types::*;
use crate::rados::types::rados_ioctx_t;

/// Fills `image_ids` and `images`, `max` at the most, with the images after id `start_id`; the count goes
/// to `*len`. Free with `rbd_mirror_image_global_status_list_cleanup`.
#[unsafe(export_name = "__rbd_mirror_image_global_status_list")]
pub unsafe extern "C" fn rbd_mirror_image_global_status_list(
    io_ctx: rados_ioctx_t,
    start_id: *const c_char,
    max: usize,
    image_ids: *mut *mut c_char,
    images: *mut rbd_mirror_image_global_status_t,
    len: *mut usize,
) -> c_int {
    let _ = (io_ctx, start_id, max, image_ids, images, len);
    unsupported!()
}

/// Frees the ids and the contents of `len` statuses, not the arrays.
#[unsafe(export_name = "__rbd_mirror_image_global_status_list_cleanup")]
pub unsafe extern "C" fn rbd_mirror_image_global_status_list_cleanup(
    image_ids: *mut *mut c_char,
    images: *mut rbd_mirror_image_global_status_t,
    len: usize,
) {
    // SAFETY: the header's contract.
    unsafe {
        clean_all(image_ids, len);
        clean_all(images, len);
    }
}

/// Older form of `rbd_mirror_image_global_status_list`: the local site only.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_image_status_list")]
pub unsafe extern "C" fn rbd_mirror_image_status_list(
    io_ctx: rados_ioctx_t,
    start_id: *const c_char,
    max: usize,
    image_ids: *mut *mut c_char,
    images: *mut rbd_mirror_image_status_t,
    len: *mut usize,
) -> c_int {
    let _ = (io_ctx, start_id, max, image_ids, images, len);
    unsupported!()
}

/// Frees the ids and the contents of `len` statuses, not the arrays.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_image_status_list_cleanup")]
pub unsafe extern "C" fn rbd_mirror_image_status_list_cleanup(
    image_ids: *mut *mut c_char,
    images: *mut rbd_mirror_image_status_t,
    len: usize,
) {
    // SAFETY: the header's contract.
    unsafe {
        clean_all(image_ids, len);
        clean_all(images, len);
    }
}

/// Counts images by state; `*maxlen` is the capacity and becomes the number of states. `-ERANGE` if they
/// do not fit.
#[unsafe(export_name = "__rbd_mirror_image_status_summary")]
pub unsafe extern "C" fn rbd_mirror_image_status_summary(
    io_ctx: rados_ioctx_t,
    states: *mut rbd_mirror_image_status_state_t,
    counts: *mut c_int,
    maxlen: *mut usize,
) -> c_int {
    let _ = (io_ctx, states, counts, maxlen);
    unsupported!()
}

/// Fills `image_ids` and `instance_ids`, `max` at the most, after id `start_id`; the count goes to
/// `*len`. Free with `rbd_mirror_image_instance_id_list_cleanup`.
#[unsafe(export_name = "__rbd_mirror_image_instance_id_list")]
pub unsafe extern "C" fn rbd_mirror_image_instance_id_list(
    io_ctx: rados_ioctx_t,
    start_id: *const c_char,
    max: usize,
    image_ids: *mut *mut c_char,
    instance_ids: *mut *mut c_char,
    len: *mut usize,
) -> c_int {
    let _ = (io_ctx, start_id, max, image_ids, instance_ids, len);
    unsupported!()
}

/// Frees `len` pairs of strings, not the arrays.
#[unsafe(export_name = "__rbd_mirror_image_instance_id_list_cleanup")]
pub unsafe extern "C" fn rbd_mirror_image_instance_id_list_cleanup(
    image_ids: *mut *mut c_char,
    instance_ids: *mut *mut c_char,
    len: usize,
) {
    // SAFETY: the header's contract.
    unsafe {
        clean_all(image_ids, len);
        clean_all(instance_ids, len);
    }
}

/// Fills the arrays, `max` at the most, with the images after id `start_id` that are mirrored in
/// `*mode_filter` (NULL: in any mode). Free with `rbd_mirror_image_info_list_cleanup`.
#[unsafe(export_name = "__rbd_mirror_image_info_list")]
pub unsafe extern "C" fn rbd_mirror_image_info_list(
    io_ctx: rados_ioctx_t,
    mode_filter: *mut rbd_mirror_image_mode_t,
    start_id: *const c_char,
    max: usize,
    image_ids: *mut *mut c_char,
    mode_entries: *mut rbd_mirror_image_mode_t,
    info_entries: *mut rbd_mirror_image_info_t,
    num_entries: *mut usize,
) -> c_int {
    let _ = (io_ctx, mode_filter, start_id, max, image_ids, mode_entries, info_entries, num_entries);
    unsupported!()
}

/// Frees the ids and the contents of `num_entries` entries, not the arrays.
#[unsafe(export_name = "__rbd_mirror_image_info_list_cleanup")]
pub unsafe extern "C" fn rbd_mirror_image_info_list_cleanup(
    image_ids: *mut *mut c_char,
    info_entries: *mut rbd_mirror_image_info_t,
    num_entries: usize,
) {
    // SAFETY: the header's contract.
    unsafe {
        clean_all(image_ids, num_entries);
        clean_all(info_entries, num_entries);
    }
}
