//! Freeing what the library put into the caller's structs. The caller's memory may be zeroed or NULL, and
//! fields that were never filled need not be valid, so only the pointers in it are read.

use std::ffi::{c_char, c_int};

use ffi::free;
use ops::Errno;

use super::mirror_types::*;
use super::types::*;

/// A struct whose strings the library allocated.
pub trait Cleanup {
    /// # Safety
    /// `at` points to a struct that the library filled or the caller zeroed, and its strings are not used again.
    unsafe fn clean(at: *mut Self);
}

macro_rules! strings_of {
    ($($t:ty: $($field:ident)+;)*) => {$(
        impl Cleanup for $t {
            unsafe fn clean(at: *mut Self) {
                // SAFETY: the caller's promise.
                unsafe { $(free((*at).$field.cast_mut());)+ }
            }
        }
    )*};
}

/// `*mut` and `*const` alike.
trait CastMut {
    fn cast_mut(self) -> *mut c_char;
}

impl CastMut for *mut c_char {
    fn cast_mut(self) -> *mut c_char {
        self
    }
}

strings_of! {
    rbd_image_spec_t: id name;
    rbd_linked_image_spec_t: pool_name pool_namespace image_id image_name;
    rbd_snap_spec_t: name;
    rbd_child_info_t: pool_name image_name image_id;
    rbd_trash_image_info_t: id name;
    rbd_image_migration_status_t:
        source_pool_namespace source_image_name source_image_id
        dest_pool_namespace dest_image_name dest_image_id state_description;
    rbd_config_option_t: name value;
    rbd_image_watcher_t: addr;
    rbd_snap_group_namespace_t: group_name group_snap_name;
    rbd_snap_trash_namespace_t: original_name;
    rbd_snap_mirror_namespace_t: mirror_peer_uuids primary_mirror_uuid;
    rbd_mirror_peer_t: uuid cluster_name client_name;
    rbd_mirror_peer_site_t: uuid site_name mirror_uuid client_name;
    rbd_mirror_image_info_t: global_id;
    rbd_mirror_image_site_status_t: mirror_uuid description;
    rbd_group_image_info_t: name;
    rbd_group_info_t: name;
    rbd_group_snap_info_t: name;
    rbd_group_image_snap_info_t: image_name;
}

impl Cleanup for *mut c_char {
    unsafe fn clean(at: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { free(*at) };
    }
}

impl Cleanup for rbd_mirror_image_status_t {
    unsafe fn clean(at: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe {
            free((*at).name);
            free((*at).description);
            Cleanup::clean(&raw mut (*at).info);
        }
    }
}

impl Cleanup for rbd_mirror_image_global_status_t {
    unsafe fn clean(at: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe {
            free((*at).name);
            Cleanup::clean(&raw mut (*at).info);
            clean_all((*at).site_statuses, (*at).site_statuses_count as usize);
            free((*at).site_statuses);
        }
    }
}

impl Cleanup for rbd_group_snap_info2_t {
    unsafe fn clean(at: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe {
            free((*at).id);
            free((*at).name);
            free((*at).image_snap_name);
            clean_all((*at).image_snaps, (*at).image_snaps_count);
            free((*at).image_snaps);
        }
    }
}

/// One struct, or none where `at` is NULL.
///
/// # Safety
/// As for [`Cleanup::clean`].
pub unsafe fn clean<T: Cleanup>(at: *mut T) {
    if !at.is_null() {
        // SAFETY: the caller's promise.
        unsafe { T::clean(at) };
    }
}

/// An array, or none where `at` is NULL.
///
/// # Safety
/// As for [`Cleanup::clean`], for `count` structs.
pub unsafe fn clean_all<T: Cleanup>(at: *mut T, count: usize) {
    if !at.is_null() {
        for index in 0..count {
            // SAFETY: the caller's promise.
            unsafe { T::clean(at.add(index)) };
        }
    }
}

/// An array whose struct size the caller tells, so that a program built against another version is refused.
///
/// # Safety
/// As for [`Cleanup::clean`], for `count` structs.
pub unsafe fn clean_sized<T: Cleanup>(at: *mut T, size: usize, count: usize) -> c_int {
    if size != size_of::<T>() {
        return Errno::ERANGE.neg();
    }
    // SAFETY: the caller's promise.
    unsafe { clean_all(at, count) };
    0
}
