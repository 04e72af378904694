//! Opening and closing images.

use std::ffi::{c_char, c_int, c_void};
use std::sync::Arc;

use ffi::{Out, boundary, close};
use rbd_room::{Image, OpenSpec};

use super::completion::Pending;
use super::handles::{ImageHandle, image, open_spec, pool, progress};
use super::types::*;
use crate::rados::types::rados_ioctx_t;

unsafe fn open(
    io: rados_ioctx_t,
    spec: fn(&str) -> OpenSpec,
    at: *const c_char,
    snap: *const c_char,
    image: *mut rbd_image_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, spec, out) =
            (pool(io)?, unsafe { open_spec(spec, at, snap)? }, unsafe { Out::required(image)? });
        let image = Image::open(&pool.io, &spec, &pool.settings)?;
        out.set(ImageHandle::export(image, pool.cluster)?);
        Ok(())
    })
}

unsafe fn aio_open(
    io: rados_ioctx_t,
    spec: fn(&str) -> OpenSpec,
    at: *const c_char,
    snap: *const c_char,
    image: *mut rbd_image_t,
    c: rbd_completion_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, spec, out) =
            (pool(io)?, unsafe { open_spec(spec, at, snap)? }, unsafe { Out::required(image)? });
        let pending = Pending::new(c, &pool.cluster)?;
        let cluster = pool.cluster;
        Image::aio_open(&pool.io, spec, &pool.settings, move |opened| {
            let handle = opened.and_then(|image| ImageHandle::export(image, cluster));
            // Before the completion tells of it: NULL where it failed.
            out.set(*handle.as_ref().unwrap_or(&std::ptr::null_mut()));
            pending.finish_with(handle.map(drop));
        });
        Ok(())
    })
}

/// Opens an image for reading and writing, at snapshot `snap_name` (then read-only) or, where that is
/// NULL or empty, at its head. `-ENOENT` if there is no such image or snapshot. Close with `rbd_close`.
#[unsafe(export_name = "__rbd_open")]
pub unsafe extern "C" fn rbd_open(
    io: rados_ioctx_t,
    name: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { open(io, OpenSpec::name, name, snap_name, image) }
}

/// As `rbd_open`, by the image's id.
#[unsafe(export_name = "__rbd_open_by_id")]
pub unsafe extern "C" fn rbd_open_by_id(
    io: rados_ioctx_t,
    id: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { open(io, OpenSpec::id, id, snap_name, image) }
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
    // SAFETY: the header's contract.
    unsafe { aio_open(io, OpenSpec::name, name, snap_name, image, c) }
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
    // SAFETY: the header's contract.
    unsafe { aio_open(io, OpenSpec::id, id, snap_name, image, c) }
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
    // SAFETY: the header's contract.
    unsafe { open(io, |at| OpenSpec::name(at).read_only(), name, snap_name, image) }
}

/// As `rbd_open_read_only`, by the image's id.
#[unsafe(export_name = "__rbd_open_by_id_read_only")]
pub unsafe extern "C" fn rbd_open_by_id_read_only(
    io: rados_ioctx_t,
    id: *const c_char,
    image: *mut rbd_image_t,
    snap_name: *const c_char,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { open(io, |at| OpenSpec::id(at).read_only(), id, snap_name, image) }
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
    // SAFETY: the header's contract.
    unsafe { aio_open(io, |at| OpenSpec::name(at).read_only(), name, snap_name, image, c) }
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
    // SAFETY: the header's contract.
    unsafe { aio_open(io, |at| OpenSpec::id(at).read_only(), id, snap_name, image, c) }
}

/// Flushes and closes an image; the handle is gone, whatever is returned.
#[unsafe(export_name = "__rbd_close")]
pub unsafe extern "C" fn rbd_close(image: rbd_image_t) -> c_int {
    boundary(|| {
        let image = close::<ImageHandle>(image)?;
        let closed = image.close();
        // Nobody can poll for callbacks any more.
        image.events().hurry();
        closed
    })
}

/// As `rbd_close`, told by a completion.
#[unsafe(export_name = "__rbd_aio_close")]
pub unsafe extern "C" fn rbd_aio_close(image: rbd_image_t, c: rbd_completion_t) -> c_int {
    boundary(|| {
        let pending = Pending::new(c, self::image(image)?.cluster())?;
        match close::<ImageHandle>(image) {
            Ok(image) => {
                let events = Arc::clone(image.events());
                image.aio_close(move |result| {
                    events.hurry();
                    pending.finish_with(result);
                });
            }
            Err(error) => {
                pending.give_up();
                return Err(error);
            }
        }
        Ok(())
    })
}

/// Grows or shrinks an image to `size` bytes. Data beyond a smaller size is lost.
#[unsafe(export_name = "__rbd_resize")]
pub unsafe extern "C" fn rbd_resize(image: rbd_image_t, size: u64) -> c_int {
    boundary(|| self::image(image)?.resize(size, true, &mut rbd_room::no_progress))
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
    boundary(|| self::image(image)?.resize(size, allow_shrink, &mut progress(cb, cbdata)))
}

/// As `rbd_resize`, with progress.
#[unsafe(export_name = "__rbd_resize_with_progress")]
pub unsafe extern "C" fn rbd_resize_with_progress(
    image: rbd_image_t,
    size: u64,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    boundary(|| self::image(image)?.resize(size, true, &mut progress(cb, cbdata)))
}
