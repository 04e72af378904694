//! Copying, flattening, sparsifying.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Copies what the handle looks at into a new image, without snapshots.
#[unsafe(export_name = "__rbd_copy")]
pub unsafe extern "C" fn rbd_copy(
    image: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
) -> c_int {
    let _ = (image, dest_io_ctx, destname);
    unsupported!()
}

/// Copies what `src` looks at into the open image `dest`.
#[unsafe(export_name = "__rbd_copy2")]
pub unsafe extern "C" fn rbd_copy2(src: rbd_image_t, dest: rbd_image_t) -> c_int {
    let _ = (src, dest);
    unsupported!()
}

/// As `rbd_copy`, with image options.
#[unsafe(export_name = "__rbd_copy3")]
pub unsafe extern "C" fn rbd_copy3(
    src: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
) -> c_int {
    let _ = (src, dest_io_ctx, destname, dest_opts);
    unsupported!()
}

/// As `rbd_copy3`; runs of `sparse_size` zero bytes are not written.
#[unsafe(export_name = "__rbd_copy4")]
pub unsafe extern "C" fn rbd_copy4(
    src: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
    sparse_size: usize,
) -> c_int {
    let _ = (src, dest_io_ctx, destname, dest_opts, sparse_size);
    unsupported!()
}

/// As `rbd_copy`, with progress.
#[unsafe(export_name = "__rbd_copy_with_progress")]
pub unsafe extern "C" fn rbd_copy_with_progress(
    image: rbd_image_t,
    dest_p: rados_ioctx_t,
    destname: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, dest_p, destname, cb, cbdata);
    unsupported!()
}

/// As `rbd_copy2`, with progress.
#[unsafe(export_name = "__rbd_copy_with_progress2")]
pub unsafe extern "C" fn rbd_copy_with_progress2(
    src: rbd_image_t,
    dest: rbd_image_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (src, dest, cb, cbdata);
    unsupported!()
}

/// As `rbd_copy3`, with progress.
#[unsafe(export_name = "__rbd_copy_with_progress3")]
pub unsafe extern "C" fn rbd_copy_with_progress3(
    image: rbd_image_t,
    dest_p: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, dest_p, destname, dest_opts, cb, cbdata);
    unsupported!()
}

/// As `rbd_copy4`, with progress.
#[unsafe(export_name = "__rbd_copy_with_progress4")]
pub unsafe extern "C" fn rbd_copy_with_progress4(
    image: rbd_image_t,
    dest_p: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
    sparse_size: usize,
) -> c_int {
    let _ = (image, dest_p, destname, dest_opts, cb, cbdata, sparse_size);
    unsupported!()
}

/// Copies an image with all its snapshots.
#[unsafe(export_name = "__rbd_deep_copy")]
pub unsafe extern "C" fn rbd_deep_copy(
    src: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
) -> c_int {
    let _ = (src, dest_io_ctx, destname, dest_opts);
    unsupported!()
}

/// As `rbd_deep_copy`, with progress.
#[unsafe(export_name = "__rbd_deep_copy_with_progress")]
pub unsafe extern "C" fn rbd_deep_copy_with_progress(
    image: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, dest_io_ctx, destname, dest_opts, cb, cbdata);
    unsupported!()
}

/// Copies everything from the parent, so that the image no longer needs it. `-EINVAL` without a parent.
#[unsafe(export_name = "__rbd_flatten")]
pub unsafe extern "C" fn rbd_flatten(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}

/// As `rbd_flatten`, with progress.
#[unsafe(export_name = "__rbd_flatten_with_progress")]
pub unsafe extern "C" fn rbd_flatten_with_progress(
    image: rbd_image_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, cb, cbdata);
    unsupported!()
}

/// Gives back the space of runs of `sparse_size` zero bytes.
#[unsafe(export_name = "__rbd_sparsify")]
pub unsafe extern "C" fn rbd_sparsify(image: rbd_image_t, sparse_size: usize) -> c_int {
    let _ = (image, sparse_size);
    unsupported!()
}

/// As `rbd_sparsify`, with progress.
#[unsafe(export_name = "__rbd_sparsify_with_progress")]
pub unsafe extern "C" fn rbd_sparsify_with_progress(
    image: rbd_image_t,
    sparse_size: usize,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    let _ = (image, sparse_size, cb, cbdata);
    unsupported!()
}
