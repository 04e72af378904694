//! Copying, flattening, sparsifying.

use std::ffi::{c_char, c_int, c_void};

use ffi::{boundary, str_at, unsupported};
use rbd_room::Progress;

use super::handles::{image, pool, progress};
use super::image_options::with_options;
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// What all forms share; NULL options are the defaults.
unsafe fn copy(
    image: rbd_image_t,
    io: rados_ioctx_t,
    name: *const c_char,
    options: rbd_image_options_t,
    sparse_size: usize,
    progress: Progress<'_>,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, to, name) = (self::image(image)?, pool(io)?, unsafe { str_at(name)? });
        with_options(options, |options| {
            image.copy(&to.io, &to.settings, name, options, sparse_size as u64, progress)
        })
    })
}

/// Copies what the handle looks at into a new image, without snapshots.
#[unsafe(export_name = "__rbd_copy")]
pub unsafe extern "C" fn rbd_copy(
    image: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { copy(image, dest_io_ctx, destname, std::ptr::null_mut(), 0, &mut rbd_room::no_progress) }
}

/// Copies what `src` looks at into the open image `dest`.
#[unsafe(export_name = "__rbd_copy2")]
pub unsafe extern "C" fn rbd_copy2(src: rbd_image_t, dest: rbd_image_t) -> c_int {
    boundary(|| {
        let (from, to) = (image(src)?, image(dest)?);
        from.copy_to(&to, 0, &mut rbd_room::no_progress)
    })
}

/// As `rbd_copy`, with image options.
#[unsafe(export_name = "__rbd_copy3")]
pub unsafe extern "C" fn rbd_copy3(
    src: rbd_image_t,
    dest_io_ctx: rados_ioctx_t,
    destname: *const c_char,
    dest_opts: rbd_image_options_t,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { copy(src, dest_io_ctx, destname, dest_opts, 0, &mut rbd_room::no_progress) }
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
    // SAFETY: the header's contract.
    unsafe { copy(src, dest_io_ctx, destname, dest_opts, sparse_size, &mut rbd_room::no_progress) }
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
    // SAFETY: the header's contract.
    unsafe { copy(image, dest_p, destname, std::ptr::null_mut(), 0, &mut progress(cb, cbdata)) }
}

/// As `rbd_copy2`, with progress.
#[unsafe(export_name = "__rbd_copy_with_progress2")]
pub unsafe extern "C" fn rbd_copy_with_progress2(
    src: rbd_image_t,
    dest: rbd_image_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| {
        let (from, to) = (image(src)?, image(dest)?);
        from.copy_to(&to, 0, &mut progress(cb, cbdata))
    })
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
    // SAFETY: the header's contract.
    unsafe { copy(image, dest_p, destname, dest_opts, 0, &mut progress(cb, cbdata)) }
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
    // SAFETY: the header's contract.
    unsafe { copy(image, dest_p, destname, dest_opts, sparse_size, &mut progress(cb, cbdata)) }
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
    boundary(|| self::image(image)?.flatten(&mut rbd_room::no_progress))
}

/// As `rbd_flatten`, with progress.
#[unsafe(export_name = "__rbd_flatten_with_progress")]
pub unsafe extern "C" fn rbd_flatten_with_progress(
    image: rbd_image_t,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| self::image(image)?.flatten(&mut progress(cb, cbdata)))
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
