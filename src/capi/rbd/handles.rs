//! What the handles of `librbd.h` refer to, and what its functions take from C: images, pools, progress.

use std::ffi::{c_char, c_int, c_void};
use std::ops::Deref;
use std::sync::Arc;

use ffi::{Kind, Opaque, Ref, borrow, call_out, export, str_at, str_at_opt};
use ops::{OpFlags, Result};
use rados_room::{Cluster, IoCtx};
use rbd_room::{Image, OpenSpec, Settings};

use super::types::{librbd_progress_fn_t, rbd_image_t};
use crate::rados::handles::IoCtxHandle;
use crate::rados::types::rados_ioctx_t;

/// An open image, with the cluster whose thread runs its callbacks.
pub struct ImageHandle {
    image: Arc<Image>,
    cluster: Arc<Cluster>,
}

impl Opaque for ImageHandle {
    const KIND: Kind = Kind::Image;
}

impl Deref for ImageHandle {
    type Target = Arc<Image>;
    fn deref(&self) -> &Arc<Image> {
        &self.image
    }
}

impl ImageHandle {
    pub fn export(image: Arc<Image>, cluster: Arc<Cluster>) -> Result<rbd_image_t> {
        export(Arc::new(ImageHandle { image, cluster }))
    }

    pub fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }
}

/// `-EINVAL` for what is no open image.
pub fn image(raw: rbd_image_t) -> Result<Ref<ImageHandle>> {
    borrow(raw).inspect_err(|_| tracing::error!(target: "rbd", "not an open image: {raw:?}"))
}

/// A pool and namespace, as an I/O context names it, with the options images in it follow.
pub struct Pool {
    pub io: IoCtx,
    pub settings: Settings,
    pub cluster: Arc<Cluster>,
}

/// `-EINVAL` for what is no I/O context.
pub fn pool(raw: rados_ioctx_t) -> Result<Pool> {
    let handle = io_ctx_handle(raw)?;
    let cluster = Arc::clone(handle.cluster());
    let settings = Settings::read(|name| cluster.config().get(name).ok());
    Ok(Pool { io: handle.io(), settings, cluster })
}

/// The I/O context alone.
pub fn io_ctx(raw: rados_ioctx_t) -> Result<IoCtx> {
    Ok(io_ctx_handle(raw)?.io())
}

fn io_ctx_handle(raw: rados_ioctx_t) -> Result<Ref<IoCtxHandle>> {
    borrow(raw).inspect_err(|_| tracing::error!(target: "rbd", "not an I/O context: {raw:?}"))
}

/// What to open, by name or id, at a snapshot (NULL and empty: at the head).
///
/// # Safety
/// The pointers are NULL or NUL-terminated strings.
pub unsafe fn open_spec(
    name: fn(&str) -> OpenSpec,
    at: *const c_char,
    snap: *const c_char,
) -> Result<OpenSpec> {
    // SAFETY: the caller's promise.
    let (at, snap) = unsafe { (str_at(at)?, str_at_opt(snap)?) };
    Ok(name(at).at_snap(snap.unwrap_or_default()))
}

/// C's progress callback as the engine wants it; NULL hears nothing and stops nothing.
pub fn progress(cb: librbd_progress_fn_t, arg: *mut c_void) -> impl FnMut(u64, u64) -> c_int {
    move |done, total| match cb {
        // SAFETY: the caller's function, with the argument it gave.
        Some(cb) => call_out(|| unsafe { cb(done, total, arg) }),
        None => 0,
    }
}

/// `LIBRADOS_OP_FLAG_*`; unknown ones are hints nobody takes.
pub fn op_flags(flags: c_int) -> OpFlags {
    OpFlags::from_bits_retain(flags as u32)
}
