//! Creating, cloning, removing and renaming images.

use std::ffi::{c_char, c_int, c_void};

use ffi::{Out, boundary, str_at};
use ops::{Errno, Result};
use rbd_room::{CloneSource, ImageOption, ImageOptions, ImageRef, Progress, SnapRef};

use super::handles::{pool, progress};
use super::image_options::with_options;
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// What the three older forms share. `*order` goes both ways.
unsafe fn create(
    io: rados_ioctx_t,
    name: *const c_char,
    size: u64,
    order: *mut c_int,
    also: impl FnOnce(&mut ImageOptions) -> Result<()>,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, name, order) = (pool(io)?, unsafe { str_at(name)? }, unsafe { Out::required(order)? });
        let asked = u64::try_from(order.get().unwrap_or(0)).map_err(|_| Errno::EDOM)?;
        let mut options = ImageOptions::new();
        options.set_u64(ImageOption::Order, asked)?;
        also(&mut options)?;
        rbd_room::create(&pool.io, &pool.settings, name, size, &mut options)?;
        order.set(options.get_u64(ImageOption::Order)? as c_int);
        Ok(())
    })
}

/// Makes a clone: (pool, image, snapshot), (pool, image).
unsafe fn clone(
    (p_ioctx, p_name, snap): (rados_ioctx_t, *const c_char, SnapRef),
    (c_ioctx, c_name): (rados_ioctx_t, *const c_char),
    options: &mut ImageOptions,
) -> Result<()> {
    // SAFETY: the header's contract.
    let (from, parent) = (pool(p_ioctx)?, unsafe { str_at(p_name)? });
    // SAFETY: the header's contract.
    let (to, name) = (pool(c_ioctx)?, unsafe { str_at(c_name)? });
    let source = CloneSource { image: ImageRef::Name(parent.to_owned()), snap };
    rbd_room::clone(&from.io, &source, &to.io, &to.settings, name, options)
}

/// What the two older forms share: (features, stripe unit, stripe count). `*order` goes both ways.
unsafe fn clone_old(
    (p_ioctx, p_name, p_snapname): (rados_ioctx_t, *const c_char, *const c_char),
    child: (rados_ioctx_t, *const c_char),
    (features, stripe_unit, stripe_count): (u64, u64, c_int),
    order: *mut c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (snap, order) = unsafe { (str_at(p_snapname)?, Out::required(order)?) };
        let number = |value: c_int, error| u64::try_from(value).map_err(|_| error);
        let mut options = ImageOptions::new();
        options.set_u64(ImageOption::Features, features)?;
        options.set_u64(ImageOption::Order, number(order.get().unwrap_or(0), Errno::EDOM)?)?;
        options.set_u64(ImageOption::StripeUnit, stripe_unit)?;
        options.set_u64(ImageOption::StripeCount, number(stripe_count, Errno::EINVAL)?)?;
        // SAFETY: the header's contract.
        unsafe { clone((p_ioctx, p_name, SnapRef::Name(snap.to_owned())), child, &mut options)? };
        order.set(options.get_u64(ImageOption::Order)? as c_int);
        Ok(())
    })
}

unsafe fn remove(io: rados_ioctx_t, name: *const c_char, progress: Progress<'_>) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, name) = (pool(io)?, unsafe { str_at(name)? });
        rbd_room::remove(&pool.io, &pool.settings, name, progress)
    })
}

/// Creates an image of `size` bytes with the default format and features. `*order` is the log2 of the
/// object size in bytes; 0 asks for the default, which is written back. `-EEXIST` if the name is taken.
#[unsafe(export_name = "__rbd_create")]
pub unsafe extern "C" fn rbd_create(
    io: rados_ioctx_t,
    name: *const c_char,
    size: u64,
    order: *mut c_int,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { create(io, name, size, order, |_| Ok(())) }
}

/// As `rbd_create`, format 2, with these feature bits.
#[unsafe(export_name = "__rbd_create2")]
pub unsafe extern "C" fn rbd_create2(
    io: rados_ioctx_t,
    name: *const c_char,
    size: u64,
    features: u64,
    order: *mut c_int,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe {
        create(io, name, size, order, |options| {
            options.set_u64(ImageOption::Format, 2)?;
            options.set_u64(ImageOption::Features, features)
        })
    }
}

/// As `rbd_create2`, striped: `stripe_unit` bytes go to each of `stripe_count` objects in turn. The unit
/// must divide the object size. Both 0: no striping.
#[unsafe(export_name = "__rbd_create3")]
pub unsafe extern "C" fn rbd_create3(
    io: rados_ioctx_t,
    name: *const c_char,
    size: u64,
    features: u64,
    order: *mut c_int,
    stripe_unit: u64,
    stripe_count: u64,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe {
        create(io, name, size, order, |options| {
            options.set_u64(ImageOption::Format, 2)?;
            options.set_u64(ImageOption::Features, features)?;
            options.set_u64(ImageOption::StripeUnit, stripe_unit)?;
            options.set_u64(ImageOption::StripeCount, stripe_count)
        })
    }
}

/// Creates an image of `size` bytes as `opts` says; what it leaves open is set in it to the value used.
/// `-EEXIST` if the name is taken, `-ENOSYS` for features that cannot be had.
#[unsafe(export_name = "__rbd_create4")]
pub unsafe extern "C" fn rbd_create4(
    io: rados_ioctx_t,
    name: *const c_char,
    size: u64,
    opts: rbd_image_options_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (pool, name) = (pool(io)?, unsafe { str_at(name)? });
        with_options(opts, |options| rbd_room::create(&pool.io, &pool.settings, name, size, options))
    })
}

/// Makes image `c_name` a copy-on-write child of snapshot `p_snapname` of `p_name`. `-EINVAL` if the
/// snapshot is not protected and the clone format asks for it, `-EEXIST` if the name is taken.
#[unsafe(export_name = "__rbd_clone")]
pub unsafe extern "C" fn rbd_clone(
    p_ioctx: rados_ioctx_t,
    p_name: *const c_char,
    p_snapname: *const c_char,
    c_ioctx: rados_ioctx_t,
    c_name: *const c_char,
    features: u64,
    c_order: *mut c_int,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe {
        let layout = (features, 0, 0);
        clone_old((p_ioctx, p_name, p_snapname), (c_ioctx, c_name), layout, c_order)
    }
}

/// As `rbd_clone`, with striping.
#[unsafe(export_name = "__rbd_clone2")]
pub unsafe extern "C" fn rbd_clone2(
    p_ioctx: rados_ioctx_t,
    p_name: *const c_char,
    p_snapname: *const c_char,
    c_ioctx: rados_ioctx_t,
    c_name: *const c_char,
    features: u64,
    c_order: *mut c_int,
    stripe_unit: u64,
    stripe_count: c_int,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe {
        let layout = (features, stripe_unit, stripe_count);
        clone_old((p_ioctx, p_name, p_snapname), (c_ioctx, c_name), layout, c_order)
    }
}

/// As `rbd_clone`, with image options.
#[unsafe(export_name = "__rbd_clone3")]
pub unsafe extern "C" fn rbd_clone3(
    p_ioctx: rados_ioctx_t,
    p_name: *const c_char,
    p_snapname: *const c_char,
    c_ioctx: rados_ioctx_t,
    c_name: *const c_char,
    c_opts: rbd_image_options_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let snap = SnapRef::Name(unsafe { str_at(p_snapname)? }.to_owned());
        // SAFETY: the header's contract.
        with_options(c_opts, |options| unsafe { clone((p_ioctx, p_name, snap), (c_ioctx, c_name), options) })
    })
}

/// As `rbd_clone3`, with the snapshot given by id.
#[unsafe(export_name = "__rbd_clone4")]
pub unsafe extern "C" fn rbd_clone4(
    p_ioctx: rados_ioctx_t,
    p_name: *const c_char,
    p_snap_id: u64,
    c_ioctx: rados_ioctx_t,
    c_name: *const c_char,
    c_opts: rbd_image_options_t,
) -> c_int {
    boundary(|| {
        let snap = SnapRef::Id(p_snap_id);
        // SAFETY: the header's contract.
        with_options(c_opts, |options| unsafe { clone((p_ioctx, p_name, snap), (c_ioctx, c_name), options) })
    })
}

/// Removes an image and its data. `-ENOTEMPTY` if it has snapshots, `-EBUSY` if somebody has it open.
#[unsafe(export_name = "__rbd_remove")]
pub unsafe extern "C" fn rbd_remove(io: rados_ioctx_t, name: *const c_char) -> c_int {
    // SAFETY: the header's contract.
    unsafe { remove(io, name, &mut rbd_room::no_progress) }
}

/// As `rbd_remove`; `cb` hears of objects done and in all, and stops the removal by returning a negative
/// number.
#[unsafe(export_name = "__rbd_remove_with_progress")]
pub unsafe extern "C" fn rbd_remove_with_progress(
    io: rados_ioctx_t,
    name: *const c_char,
    cb: librbd_progress_fn_t,
    cbdata: *mut c_void,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { remove(io, name, &mut progress(cb, cbdata)) }
}

/// Gives an image another name in the same pool. `-EEXIST` if that name is taken, `-ENOENT` if there is
/// no image `srcname`.
#[unsafe(export_name = "__rbd_rename")]
pub unsafe extern "C" fn rbd_rename(
    src_io_ctx: rados_ioctx_t,
    srcname: *const c_char,
    destname: *const c_char,
) -> c_int {
    boundary(|| {
        let pool = pool(src_io_ctx)?;
        // SAFETY: the header's contract.
        let (from, to) = unsafe { (str_at(srcname)?, str_at(destname)?) };
        rbd_room::rename(&pool.io, &pool.settings, from, to)
    })
}
