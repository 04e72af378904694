//! Clones of an image.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::cleanup::{clean, clean_all};
use super::types::*;

/// Writes the pools and names of the clones of the snapshot the handle looks at, as two runs of
/// NUL-terminated strings; returns how many there are. `-ERANGE`, with the bytes needed, if they do not
/// fit.
#[deprecated]
#[unsafe(export_name = "__rbd_list_children")]
pub unsafe extern "C" fn rbd_list_children(
    image: rbd_image_t,
    pools: *mut c_char,
    pools_len: *mut usize,
    images: *mut c_char,
    images_len: *mut usize,
) -> isize {
    let _ = (image, pools, pools_len, images, images_len);
    unsupported!()
}

/// Fills `children`, ended by an empty entry, and returns how many there are. `-ERANGE`, with the
/// capacity needed in `*max_children`, if they do not fit. Free with `rbd_list_children_cleanup`.
#[deprecated]
#[unsafe(export_name = "__rbd_list_children2")]
pub unsafe extern "C" fn rbd_list_children2(
    image: rbd_image_t,
    children: *mut rbd_child_info_t,
    max_children: *mut c_int,
) -> c_int {
    let _ = (image, children, max_children);
    unsupported!()
}

/// Frees the strings of one child, not the struct.
#[deprecated]
#[unsafe(export_name = "__rbd_list_child_cleanup")]
pub unsafe extern "C" fn rbd_list_child_cleanup(child: *mut rbd_child_info_t) {
    // SAFETY: the header's contract.
    unsafe { clean(child) };
}

/// Frees the strings of `num_children` children, not the array.
#[deprecated]
#[unsafe(export_name = "__rbd_list_children_cleanup")]
pub unsafe extern "C" fn rbd_list_children_cleanup(children: *mut rbd_child_info_t, num_children: usize) {
    // SAFETY: the header's contract.
    unsafe { clean_all(children, num_children) };
}

/// Fills `images` with the clones of the snapshot the handle looks at (of all, at the head). `-ERANGE`,
/// with the count needed in `*max_images`, if they do not fit. Free with
/// `rbd_linked_image_spec_list_cleanup`.
#[unsafe(export_name = "__rbd_list_children3")]
pub unsafe extern "C" fn rbd_list_children3(
    image: rbd_image_t,
    images: *mut rbd_linked_image_spec_t,
    max_images: *mut usize,
) -> c_int {
    let _ = (image, images, max_images);
    unsupported!()
}

/// As `rbd_list_children3`, with the clones of clones.
#[unsafe(export_name = "__rbd_list_descendants")]
pub unsafe extern "C" fn rbd_list_descendants(
    image: rbd_image_t,
    images: *mut rbd_linked_image_spec_t,
    max_images: *mut usize,
) -> c_int {
    let _ = (image, images, max_images);
    unsupported!()
}
