//! Mirroring of one image.

use std::ffi::{c_char, c_int};
use std::mem::MaybeUninit;

use ffi::unsupported;

use super::cleanup::clean;
use super::mirror_types::*;
use super::types::*;

/// Mirrors the image by its journal.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_image_enable")]
pub unsafe extern "C" fn rbd_mirror_image_enable(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}

/// Mirrors the image in this mode.
#[unsafe(export_name = "__rbd_mirror_image_enable2")]
pub unsafe extern "C" fn rbd_mirror_image_enable2(
    image: rbd_image_t,
    mode: MaybeUninit<rbd_mirror_image_mode_t>,
) -> c_int {
    let _ = (image, mode);
    unsupported!()
}

/// Ends mirroring of the image.
#[unsafe(export_name = "__rbd_mirror_image_disable")]
pub unsafe extern "C" fn rbd_mirror_image_disable(image: rbd_image_t, force: bool) -> c_int {
    let _ = (image, force);
    unsupported!()
}

/// Makes this the primary copy; `force` if the other cannot be demoted first.
#[unsafe(export_name = "__rbd_mirror_image_promote")]
pub unsafe extern "C" fn rbd_mirror_image_promote(image: rbd_image_t, force: bool) -> c_int {
    let _ = (image, force);
    unsupported!()
}

/// Makes this a non-primary copy.
#[unsafe(export_name = "__rbd_mirror_image_demote")]
pub unsafe extern "C" fn rbd_mirror_image_demote(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}

/// Asks for this copy to be made anew from the primary.
#[unsafe(export_name = "__rbd_mirror_image_resync")]
pub unsafe extern "C" fn rbd_mirror_image_resync(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}

/// Takes a mirror snapshot; its id goes to `*snap_id`.
#[unsafe(export_name = "__rbd_mirror_image_create_snapshot")]
pub unsafe extern "C" fn rbd_mirror_image_create_snapshot(image: rbd_image_t, snap_id: *mut u64) -> c_int {
    let _ = (image, snap_id);
    unsupported!()
}

/// As `rbd_mirror_image_create_snapshot`, with flags (`RBD_SNAP_CREATE_*`).
#[unsafe(export_name = "__rbd_mirror_image_create_snapshot2")]
pub unsafe extern "C" fn rbd_mirror_image_create_snapshot2(
    image: rbd_image_t,
    flags: u32,
    snap_id: *mut u64,
) -> c_int {
    let _ = (image, flags, snap_id);
    unsupported!()
}

/// Tells of the image's mirroring. `-ERANGE` if `info_size` is not the size of the struct. Free with
/// `rbd_mirror_image_get_info_cleanup`.
#[unsafe(export_name = "__rbd_mirror_image_get_info")]
pub unsafe extern "C" fn rbd_mirror_image_get_info(
    image: rbd_image_t,
    mirror_image_info: *mut rbd_mirror_image_info_t,
    info_size: usize,
) -> c_int {
    let _ = (image, mirror_image_info, info_size);
    unsupported!()
}

/// Frees the strings of the struct, not the struct.
#[unsafe(export_name = "__rbd_mirror_image_get_info_cleanup")]
pub unsafe extern "C" fn rbd_mirror_image_get_info_cleanup(mirror_image_info: *mut rbd_mirror_image_info_t) {
    // SAFETY: the header's contract.
    unsafe { clean(mirror_image_info) };
}

/// How the image is mirrored.
#[unsafe(export_name = "__rbd_mirror_image_get_mode")]
pub unsafe extern "C" fn rbd_mirror_image_get_mode(
    image: rbd_image_t,
    mode: *mut rbd_mirror_image_mode_t,
) -> c_int {
    let _ = (image, mode);
    unsupported!()
}

/// The state of the image at all sites. `-ERANGE` if `status_size` is not the size of the struct. Free
/// with `rbd_mirror_image_global_status_cleanup`.
#[unsafe(export_name = "__rbd_mirror_image_get_global_status")]
pub unsafe extern "C" fn rbd_mirror_image_get_global_status(
    image: rbd_image_t,
    mirror_image_global_status: *mut rbd_mirror_image_global_status_t,
    status_size: usize,
) -> c_int {
    let _ = (image, mirror_image_global_status, status_size);
    unsupported!()
}

/// Frees the contents of the struct, not the struct.
#[unsafe(export_name = "__rbd_mirror_image_global_status_cleanup")]
pub unsafe extern "C" fn rbd_mirror_image_global_status_cleanup(
    mirror_image_global_status: *mut rbd_mirror_image_global_status_t,
) {
    // SAFETY: the header's contract.
    unsafe { clean(mirror_image_global_status) };
}

/// Older form of `rbd_mirror_image_get_global_status`: the local site only.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_image_get_status")]
pub unsafe extern "C" fn rbd_mirror_image_get_status(
    image: rbd_image_t,
    mirror_image_status: *mut rbd_mirror_image_status_t,
    status_size: usize,
) -> c_int {
    let _ = (image, mirror_image_status, status_size);
    unsupported!()
}

/// Copies the id of the rbd-mirror instance that handles the image. `-ERANGE`, with the bytes needed, if
/// it does not fit.
#[unsafe(export_name = "__rbd_mirror_image_get_instance_id")]
pub unsafe extern "C" fn rbd_mirror_image_get_instance_id(
    image: rbd_image_t,
    instance_id: *mut c_char,
    id_max_length: *mut usize,
) -> c_int {
    let _ = (image, instance_id, id_max_length);
    unsupported!()
}

/// Starts `rbd_mirror_image_promote`.
#[unsafe(export_name = "__rbd_aio_mirror_image_promote")]
pub unsafe extern "C" fn rbd_aio_mirror_image_promote(
    image: rbd_image_t,
    force: bool,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, force, c);
    unsupported!()
}

/// Starts `rbd_mirror_image_demote`.
#[unsafe(export_name = "__rbd_aio_mirror_image_demote")]
pub unsafe extern "C" fn rbd_aio_mirror_image_demote(image: rbd_image_t, c: rbd_completion_t) -> c_int {
    let _ = (image, c);
    unsupported!()
}

/// Starts `rbd_mirror_image_get_info`.
#[unsafe(export_name = "__rbd_aio_mirror_image_get_info")]
pub unsafe extern "C" fn rbd_aio_mirror_image_get_info(
    image: rbd_image_t,
    mirror_image_info: *mut rbd_mirror_image_info_t,
    info_size: usize,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, mirror_image_info, info_size, c);
    unsupported!()
}

/// Starts `rbd_mirror_image_get_mode`.
#[unsafe(export_name = "__rbd_aio_mirror_image_get_mode")]
pub unsafe extern "C" fn rbd_aio_mirror_image_get_mode(
    image: rbd_image_t,
    mode: *mut rbd_mirror_image_mode_t,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, mode, c);
    unsupported!()
}

/// Starts `rbd_mirror_image_get_global_status`.
#[unsafe(export_name = "__rbd_aio_mirror_image_get_global_status")]
pub unsafe extern "C" fn rbd_aio_mirror_image_get_global_status(
    image: rbd_image_t,
    mirror_global_image_status: *mut rbd_mirror_image_global_status_t,
    status_size: usize,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, mirror_global_image_status, status_size, c);
    unsupported!()
}

/// Starts `rbd_mirror_image_get_status`.
#[deprecated]
#[unsafe(export_name = "__rbd_aio_mirror_image_get_status")]
pub unsafe extern "C" fn rbd_aio_mirror_image_get_status(
    image: rbd_image_t,
    mirror_image_status: *mut rbd_mirror_image_status_t,
    status_size: usize,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, mirror_image_status, status_size, c);
    unsupported!()
}

/// Starts `rbd_mirror_image_create_snapshot2`.
#[unsafe(export_name = "__rbd_aio_mirror_image_create_snapshot")]
pub unsafe extern "C" fn rbd_aio_mirror_image_create_snapshot(
    image: rbd_image_t,
    flags: u32,
    snap_id: *mut u64,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, flags, snap_id, c);
    unsupported!()
}
