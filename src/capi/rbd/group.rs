//! Groups of images.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::cleanup::clean_sized;
use super::mirror_types::*;
use crate::rados::types::rados_ioctx_t;

/// Makes an empty group. `-EEXIST` if the name is taken.
#[unsafe(export_name = "__rbd_group_create")]
pub unsafe extern "C" fn rbd_group_create(p: rados_ioctx_t, name: *const c_char) -> c_int {
    let _ = (p, name);
    unsupported!()
}

/// Removes a group; its images stay. `-ENOENT` if there is none.
#[unsafe(export_name = "__rbd_group_remove")]
pub unsafe extern "C" fn rbd_group_remove(p: rados_ioctx_t, name: *const c_char) -> c_int {
    let _ = (p, name);
    unsupported!()
}

/// Writes the names of all groups, each ended by a NUL; returns the bytes written. `-ERANGE`, with the
/// bytes needed in `*size`, if they do not fit.
#[unsafe(export_name = "__rbd_group_list")]
pub unsafe extern "C" fn rbd_group_list(p: rados_ioctx_t, names: *mut c_char, size: *mut usize) -> c_int {
    let _ = (p, names, size);
    unsupported!()
}

/// Copies a group's id into a buffer of `*size` bytes. `-ERANGE`, with the bytes needed, if it does not
/// fit.
#[unsafe(export_name = "__rbd_group_get_id")]
pub unsafe extern "C" fn rbd_group_get_id(
    p: rados_ioctx_t,
    group_name: *const c_char,
    group_id: *mut c_char,
    size: *mut usize,
) -> c_int {
    let _ = (p, group_name, group_id, size);
    unsupported!()
}

/// Gives a group another name.
#[unsafe(export_name = "__rbd_group_rename")]
pub unsafe extern "C" fn rbd_group_rename(
    p: rados_ioctx_t,
    src_name: *const c_char,
    dest_name: *const c_char,
) -> c_int {
    let _ = (p, src_name, dest_name);
    unsupported!()
}

/// Frees the strings of the struct. `-ERANGE` if `group_info_size` is not its size.
#[unsafe(export_name = "__rbd_group_info_cleanup")]
pub unsafe extern "C" fn rbd_group_info_cleanup(
    group_info: *mut rbd_group_info_t,
    group_info_size: usize,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { clean_sized(group_info, group_info_size, 1) }
}

/// Puts an image into a group. `-EEXIST` if it is in one.
#[unsafe(export_name = "__rbd_group_image_add")]
pub unsafe extern "C" fn rbd_group_image_add(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    image_p: rados_ioctx_t,
    image_name: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, image_p, image_name);
    unsupported!()
}

/// Takes an image out of a group.
#[unsafe(export_name = "__rbd_group_image_remove")]
pub unsafe extern "C" fn rbd_group_image_remove(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    image_p: rados_ioctx_t,
    image_name: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, image_p, image_name);
    unsupported!()
}

/// As `rbd_group_image_remove`, by the image's id.
#[unsafe(export_name = "__rbd_group_image_remove_by_id")]
pub unsafe extern "C" fn rbd_group_image_remove_by_id(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    image_p: rados_ioctx_t,
    image_id: *const c_char,
) -> c_int {
    let _ = (group_p, group_name, image_p, image_id);
    unsupported!()
}

/// Fills `images` and returns how many there are; `*num_entries` is the capacity and becomes the count.
/// `-ERANGE` if they do not fit or `group_image_info_size` is not the size of the struct. Free with
/// `rbd_group_image_list_cleanup`.
#[unsafe(export_name = "__rbd_group_image_list")]
pub unsafe extern "C" fn rbd_group_image_list(
    group_p: rados_ioctx_t,
    group_name: *const c_char,
    images: *mut rbd_group_image_info_t,
    group_image_info_size: usize,
    num_entries: *mut usize,
) -> c_int {
    let _ = (group_p, group_name, images, group_image_info_size, num_entries);
    unsupported!()
}

/// Frees the strings of `num_entries` entries, not the array. `-ERANGE` if `group_image_info_size` is not
/// the size of the struct.
#[unsafe(export_name = "__rbd_group_image_list_cleanup")]
pub unsafe extern "C" fn rbd_group_image_list_cleanup(
    images: *mut rbd_group_image_info_t,
    group_image_info_size: usize,
    num_entries: usize,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { clean_sized(images, group_image_info_size, num_entries) }
}
