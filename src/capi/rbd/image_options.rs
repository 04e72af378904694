//! Image options: what a new image or a clone may be given.

use std::ffi::{c_char, c_int};

use std::sync::Arc;

use ffi::{Kind, Opaque, Out, borrow, boundary, boundary_void, close, export, fill_text, str_at};
use ops::{Errno, Result};
use parking_lot::Mutex;
use rbd_room::{ImageOption, ImageOptions};

use super::types::*;

/// A set of options as C holds it.
pub struct Options(Mutex<ImageOptions>);

impl Opaque for Options {
    const KIND: Kind = Kind::ImageOptions;
}

/// Runs `with` on the options, which it may change; on none where `raw` is NULL.
pub fn with_options<T>(
    raw: rbd_image_options_t,
    with: impl FnOnce(&mut ImageOptions) -> Result<T>,
) -> Result<T> {
    if raw.is_null() {
        return with(&mut ImageOptions::new());
    }
    let options = borrow::<Options>(raw)?;
    // A copy, so that no lock is held over the operation.
    let mut copy = options.0.lock().clone();
    let done = with(&mut copy);
    *options.0.lock() = copy;
    done
}

/// The version of this interface (the `LIBRBD_VER_*` of the header it was built with). Any pointer may be
/// NULL.
#[unsafe(export_name = "__rbd_version")]
pub unsafe extern "C" fn rbd_version(major: *mut c_int, minor: *mut c_int, extra: *mut c_int) {
    let (major_, minor_, extra_) = rbd_room::VERSION;
    // SAFETY: the header's contract.
    unsafe {
        Out::optional(major).set(major_);
        Out::optional(minor).set(minor_);
        Out::optional(extra).set(extra_);
    }
}

/// Makes an empty option set in `*opts`. Free it with `rbd_image_options_destroy`.
#[unsafe(export_name = "__rbd_image_options_create")]
pub unsafe extern "C" fn rbd_image_options_create(opts: *mut rbd_image_options_t) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        unsafe { Out::required(opts)? }.set(export(Arc::new(Options(Mutex::default())))?);
        Ok(())
    })
}

/// Frees an option set. NULL is ignored.
#[unsafe(export_name = "__rbd_image_options_destroy")]
pub unsafe extern "C" fn rbd_image_options_destroy(opts: rbd_image_options_t) {
    boundary_void(|| close::<Options>(opts).map(drop))
}

/// Sets option `optname` (`RBD_IMAGE_OPTION_*`) from text: only the pools have text. `-EINVAL` for an
/// unknown option or one that holds a number.
#[unsafe(export_name = "__rbd_image_options_set_string")]
pub unsafe extern "C" fn rbd_image_options_set_string(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *const c_char,
) -> c_int {
    boundary(|| {
        let options = borrow::<Options>(opts)?;
        // SAFETY: the header's contract.
        let value = unsafe { str_at(optval)? };
        options.0.lock().set_text(ImageOption::from_raw(optname)?, value)
    })
}

/// Sets a numeric option. `-EINVAL` for an unknown option or one that holds text.
#[unsafe(export_name = "__rbd_image_options_set_uint64")]
pub unsafe extern "C" fn rbd_image_options_set_uint64(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: u64,
) -> c_int {
    boundary(|| borrow::<Options>(opts)?.0.lock().set_u64(ImageOption::from_raw(optname)?, optval))
}

/// Copies the option's text, NUL-terminated, into `optval` of `maxlen` bytes. `-ENOENT` if unset,
/// `-E2BIG` if the buffer is too small, `-EINVAL` for an unknown option or one that holds a number.
#[unsafe(export_name = "__rbd_image_options_get_string")]
pub unsafe extern "C" fn rbd_image_options_get_string(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *mut c_char,
    maxlen: usize,
) -> c_int {
    boundary(|| {
        let options = borrow::<Options>(opts)?;
        let options = options.0.lock();
        let text = options.get_text(ImageOption::from_raw(optname)?)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(optval, maxlen, text.as_bytes()) }.map_err(|error| match error {
            Errno::ERANGE => Errno::E2BIG,
            error => error,
        })
    })
}

/// Reads a numeric option. `-ENOENT` if unset, `-EINVAL` for an unknown option or one that holds text.
#[unsafe(export_name = "__rbd_image_options_get_uint64")]
pub unsafe extern "C" fn rbd_image_options_get_uint64(
    opts: rbd_image_options_t,
    optname: c_int,
    optval: *mut u64,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(optval)? };
        out.set(borrow::<Options>(opts)?.0.lock().get_u64(ImageOption::from_raw(optname)?)?);
        Ok(())
    })
}

/// Whether the option has been set. `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_is_set")]
pub unsafe extern "C" fn rbd_image_options_is_set(
    opts: rbd_image_options_t,
    optname: c_int,
    is_set: *mut bool,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(is_set)? };
        out.set(borrow::<Options>(opts)?.0.lock().is_set(ImageOption::from_raw(optname)?));
        Ok(())
    })
}

/// Forgets one option. `-ENOENT` if it was not set, `-EINVAL` for an unknown option.
#[unsafe(export_name = "__rbd_image_options_unset")]
pub unsafe extern "C" fn rbd_image_options_unset(opts: rbd_image_options_t, optname: c_int) -> c_int {
    boundary(|| borrow::<Options>(opts)?.0.lock().unset(ImageOption::from_raw(optname)?))
}

/// Forgets all options.
#[unsafe(export_name = "__rbd_image_options_clear")]
pub unsafe extern "C" fn rbd_image_options_clear(opts: rbd_image_options_t) {
    boundary_void(|| {
        borrow::<Options>(opts)?.0.lock().clear();
        Ok(())
    })
}

/// 1 if no option is set, else 0.
#[unsafe(export_name = "__rbd_image_options_is_empty")]
pub unsafe extern "C" fn rbd_image_options_is_empty(opts: rbd_image_options_t) -> c_int {
    boundary(|| Ok(i32::from(borrow::<Options>(opts)?.0.lock().is_empty())))
}
