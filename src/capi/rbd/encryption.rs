//! Encryption of an image (LUKS).

use std::ffi::c_int;
use std::mem::MaybeUninit;

use ffi::unsupported;

use super::types::*;

/// Writes an encryption header as `opts` says (the struct that belongs to `format`, `opts_size` bytes)
/// and, unless the image is a clone, loads it.
#[unsafe(export_name = "__rbd_encryption_format")]
pub unsafe extern "C" fn rbd_encryption_format(
    image: rbd_image_t,
    format: MaybeUninit<rbd_encryption_format_t>,
    opts: rbd_encryption_options_t,
    opts_size: usize,
) -> c_int {
    let _ = (image, format, opts, opts_size);
    unsupported!()
}

/// From here on, reads decrypt and writes encrypt, for the image and its ancestors.
#[unsafe(export_name = "__rbd_encryption_load")]
pub unsafe extern "C" fn rbd_encryption_load(
    image: rbd_image_t,
    format: MaybeUninit<rbd_encryption_format_t>,
    opts: rbd_encryption_options_t,
    opts_size: usize,
) -> c_int {
    let _ = (image, format, opts, opts_size);
    unsupported!()
}

/// As `rbd_encryption_load`, with one spec for each generation: the image first, then its parent, and so
/// on; the last is used for all others.
#[unsafe(export_name = "__rbd_encryption_load2")]
pub unsafe extern "C" fn rbd_encryption_load2(
    image: rbd_image_t,
    specs: *const rbd_encryption_spec_t,
    spec_count: usize,
) -> c_int {
    let _ = (image, specs, spec_count);
    unsupported!()
}
