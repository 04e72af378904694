//! Clones of an image.

use std::ffi::{c_char, c_int};

use ffi::{boundary, unsupported};
use ops::Errno;
use rbd_room::ChildInfo;

use super::cleanup::{clean, clean_all};
use super::fill::{Strings, put_array, put_list, put_pairs, require};
use super::handles::image;
use super::info::linked_spec;
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
    boundary(|| {
        let children = self::image(image)?.children()?;
        let named = children.iter().filter(|child| !child.trash);
        let mut pairs: Vec<_> = named
            .map(|child| (child.pool_name.as_bytes().to_vec(), child.image_name.as_bytes().to_vec()))
            .collect();
        pairs.sort();
        pairs.dedup();
        // SAFETY: the header's contract.
        unsafe { put_pairs(&pairs, pools, pools_len, images, images_len)? };
        Ok(pairs.len() as isize)
    })
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
    boundary(|| {
        let list = self::image(image)?.children()?;
        let info = |child: &ChildInfo, strings: &mut Strings| {
            Ok(rbd_child_info_t {
                pool_name: strings.add(&child.pool_name)?,
                image_name: strings.add(&child.image_name)?,
                image_id: strings.add(&child.image_id)?,
                trash: child.trash,
            })
        };
        // SAFETY: the header's contract.
        unsafe {
            require(max_children, list.len() + 1)?;
            put_array(children, &list, info)?;
            if children.is_null() {
                return Err(Errno::EINVAL);
            }
            // The entry that ends it; zeroes are valid.
            children.add(list.len()).write(std::mem::zeroed());
        }
        i32::try_from(list.len()).map_err(|_| Errno::ERANGE)
    })
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
    boundary(|| {
        let list = self::image(image)?.children()?;
        // SAFETY: the header's contract.
        unsafe { put_list(images, max_images, &list, linked_spec) }
    })
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
