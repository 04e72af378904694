//! Lists of images, and freeing what lists returned.

use std::ffi::{c_char, c_int};

use ffi::boundary;
use ops::Errno;
use rbd_room::ImageEntry;

use super::cleanup::{clean, clean_all};
use super::fill::{Strings, length_of, put_all, put_list, require};
use super::handles::io_ctx;
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Frees the strings of an image spec, not the spec itself.
#[unsafe(export_name = "__rbd_image_spec_cleanup")]
pub unsafe extern "C" fn rbd_image_spec_cleanup(image: *mut rbd_image_spec_t) {
    // SAFETY: the header's contract.
    unsafe { clean(image) };
}

/// Frees the strings of `num_images` image specs, not the array.
#[unsafe(export_name = "__rbd_image_spec_list_cleanup")]
pub unsafe extern "C" fn rbd_image_spec_list_cleanup(images: *mut rbd_image_spec_t, num_images: usize) {
    // SAFETY: the header's contract.
    unsafe { clean_all(images, num_images) };
}

/// Frees the strings of a linked image spec, not the spec itself.
#[unsafe(export_name = "__rbd_linked_image_spec_cleanup")]
pub unsafe extern "C" fn rbd_linked_image_spec_cleanup(image: *mut rbd_linked_image_spec_t) {
    // SAFETY: the header's contract.
    unsafe { clean(image) };
}

/// Frees the strings of `num_images` linked image specs, not the array.
#[unsafe(export_name = "__rbd_linked_image_spec_list_cleanup")]
pub unsafe extern "C" fn rbd_linked_image_spec_list_cleanup(
    images: *mut rbd_linked_image_spec_t,
    num_images: usize,
) {
    // SAFETY: the header's contract.
    unsafe { clean_all(images, num_images) };
}

/// Frees the name of a snapshot spec, not the spec itself.
#[unsafe(export_name = "__rbd_snap_spec_cleanup")]
pub unsafe extern "C" fn rbd_snap_spec_cleanup(snap: *mut rbd_snap_spec_t) {
    // SAFETY: the header's contract.
    unsafe { clean(snap) };
}

/// Writes the names of all images of the pool and namespace, each ended by a NUL, into `names` of `*size`
/// bytes. Returns the bytes written; `-ERANGE`, with the bytes needed in `*size`, if they do not fit.
#[deprecated]
#[unsafe(export_name = "__rbd_list")]
pub unsafe extern "C" fn rbd_list(io: rados_ioctx_t, names: *mut c_char, size: *mut usize) -> c_int {
    boundary(|| {
        let images = rbd_room::list(&io_ctx(io)?)?;
        let names_of = || images.iter().map(|image| image.name.as_bytes());
        let needed = length_of(names_of());
        // SAFETY: the header's contract.
        unsafe {
            require(size, needed)?;
            if names.is_null() {
                return Err(Errno::EINVAL);
            }
            put_all(names, names_of())?;
        }
        i32::try_from(needed).map_err(|_| Errno::ERANGE)
    })
}

/// Fills `images` with the ids and names of all images; `*max_images` is the capacity and becomes the
/// count. `-ERANGE`, with the count needed in `*max_images`, if they do not fit. Free with
/// `rbd_image_spec_list_cleanup`.
#[unsafe(export_name = "__rbd_list2")]
pub unsafe extern "C" fn rbd_list2(
    io: rados_ioctx_t,
    images: *mut rbd_image_spec_t,
    max_images: *mut usize,
) -> c_int {
    boundary(|| {
        let list = rbd_room::list(&io_ctx(io)?)?;
        let spec = |image: &ImageEntry, strings: &mut Strings| {
            Ok(rbd_image_spec_t { id: strings.add(&image.id)?, name: strings.add(&image.name)? })
        };
        // SAFETY: the header's contract.
        unsafe { put_list(images, max_images, &list, spec) }
    })
}
