//! Opening and closing images.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Opens an image for reading and writing, at snapshot `snap_name` (then read-only) or, where that is
/// NULL or empty, at its head. `-ENOENT` if there is no such image or snapshot. Close with `rbd_close`.
#[unsafe(export_name = "__rbd_open")]
pub unsafe extern "C" fn rbd_open(
    io: rados_ioctx_t,
    name: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    let _ = (io, name, image, snap_name);
    unsupported!()
}

/// As `rbd_open`, by the image's id.
#[unsafe(export_name = "__rbd_open_by_id")]
pub unsafe extern "C" fn rbd_open_by_id(
    io: rados_ioctx_t,
    id: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    let _ = (io, id, image, snap_name);
    unsupported!()
}

/// As `rbd_open`; `*image` is set before the completion tells of it.
#[unsafe(export_name = "__rbd_aio_open")]
pub unsafe extern "C" fn rbd_aio_open(
    io: rados_ioctx_t,
    name: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
    c: rbd_completion_t,
) -> c_int {
    let _ = (io, name, image, snap_name, c);
    unsupported!()
}

/// As `rbd_open_by_id`; `*image` is set before the completion tells of it.
#[unsafe(export_name = "__rbd_aio_open_by_id")]
pub unsafe extern "C" fn rbd_aio_open_by_id(
    io: rados_ioctx_t,
    id: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
    c: rbd_completion_t,
) -> c_int {
    let _ = (io, id, image, snap_name, c);
    unsupported!()
}

/// Opens an image that will not be written to, and does not watch it: what others change is seen at the
/// next open. Writes to it fail with `-EROFS`.
#[unsafe(export_name = "__rbd_open_read_only")]
pub unsafe extern "C" fn rbd_open_read_only(
    io: rados_ioctx_t,
    name: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    let _ = (io, name, image, snap_name);
    unsupported!()
}

/// As `rbd_open_read_only`, by the image's id.
#[unsafe(export_name = "__rbd_open_by_id_read_only")]
pub unsafe extern "C" fn rbd_open_by_id_read_only(
    io: rados_ioctx_t,
    id: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    let _ = (io, id, image, snap_name);
    unsupported!()
}

/// As `rbd_open_read_only`; `*image` is set before the completion tells of it.
#[unsafe(export_name = "__rbd_aio_open_read_only")]
pub unsafe extern "C" fn rbd_aio_open_read_only(
    io: rados_ioctx_t,
    name: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
    c: rbd_completion_t,
) -> c_int {
    let _ = (io, name, image, snap_name, c);
    unsupported!()
}

/// As `rbd_open_by_id_read_only`; `*image` is set before the completion tells of it.
#[unsafe(export_name = "__rbd_aio_open_by_id_read_only")]
pub unsafe extern "C" fn rbd_aio_open_by_id_read_only(
    io: rados_ioctx_t,
    id: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
    c: rbd_completion_t,
) -> c_int {
    let _ = (io, id, image, snap_name, c);
    unsupported!()
}

/// Writes the names of the feature bits, separated by commas and NUL-terminated, into a buffer of `*size`
/// bytes. `-ERANGE`, with the bytes needed, if they do not fit; `-EINVAL` for an unknown bit.
#[unsafe(export_name = "__rbd_features_to_string")]
pub unsafe extern "C" fn rbd_features_to_string(
    features: u64,
    str_features: *mut c_char,
    size: *mut usize,
) -> c_int {
    let _ = (features, str_features, size);
    unsupported!()
}

/// The feature bits of a comma-separated list of names or of a decimal number; of an empty string the
/// default ones. `-EINVAL`, with the bits that are good, if some are unknown or internal.
#[unsafe(export_name = "__rbd_features_from_string")]
pub unsafe extern "C" fn rbd_features_from_string(str_features: *const c_char, features: *mut u64) -> c_int {
    let _ = (str_features, features);
    unsupported!()
}

/// Flushes and closes an image; the handle is gone, whatever is returned.
#[unsafe(export_name = "__rbd_close")]
pub unsafe extern "C" fn rbd_close(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}

/// As `rbd_close`, told by a completion.
#[unsafe(export_name = "__rbd_aio_close")]
pub unsafe extern "C" fn rbd_aio_close(image: rbd_image_t, c: rbd_completion_t) -> c_int {
    let _ = (image, c);
    unsupported!()
}

/// Grows or shrinks an image to `size` bytes. Data beyond a smaller size is lost.
#[unsafe(export_name = "__rbd_resize")]
pub unsafe extern "C" fn rbd_resize(image: rbd_image_t, size: u64) -> c_int {
    let _ = (image, size);
    unsupported!()
}

/// As `rbd_resize`, with progress; `-EINVAL` if it would shrink and may not.
#[unsafe(export_name = "__rbd_resize2")]
pub unsafe extern "C" fn rbd_resize2(
    image: rbd_image_t,
    size: u64,
    allow_shrink: bool,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, size, allow_shrink, cb, cbdata);
    unsupported!()
}

/// As `rbd_resize`, with progress.
#[unsafe(export_name = "__rbd_resize_with_progress")]
pub unsafe extern "C" fn rbd_resize_with_progress(
    image: rbd_image_t,
    size: u64,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, size, cb, cbdata);
    unsupported!()
}
