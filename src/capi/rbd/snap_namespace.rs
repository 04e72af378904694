//! The namespaces of snapshots: user, group, trash, mirror.

use std::ffi::{c_char, c_int};

use super::mirror_types::*;
use super::types::*;

/// Which namespace a snapshot belongs to.
#[unsafe(export_name = "__rbd_snap_get_namespace_type")]
pub unsafe extern "C" fn rbd_snap_get_namespace_type(
    image: rbd_image_t,
    snap_id: u64,
    namespace_type: *mut rbd_snap_namespace_type_t,
) -> c_int {
    unsupported!()
}

/// Tells of the group snapshot it is part of. `-ERANGE` if `group_snap_size` is not the size of the
/// struct. Free with `rbd_snap_group_namespace_cleanup`.
#[unsafe(export_name = "__rbd_snap_get_group_namespace")]
pub unsafe extern "C" fn rbd_snap_get_group_namespace(
    image: rbd_image_t,
    snap_id: u64,
    group_snap: *mut rbd_snap_group_namespace_t,
    group_snap_size: usize,
) -> c_int {
    unsupported!()
}

/// Frees the strings of the struct. `-ERANGE` if `group_snap_size` is not its size.
#[unsafe(export_name = "__rbd_snap_group_namespace_cleanup")]
pub unsafe extern "C" fn rbd_snap_group_namespace_cleanup(
    group_snap: *mut rbd_snap_group_namespace_t,
    group_snap_size: usize,
) -> c_int {
    unsupported!()
}

/// Copies the name that a snapshot in the trash had. `-ERANGE` if it does not fit.
#[unsafe(export_name = "__rbd_snap_get_trash_namespace")]
pub unsafe extern "C" fn rbd_snap_get_trash_namespace(
    image: rbd_image_t,
    snap_id: u64,
    original_name: *mut c_char,
    max_length: usize,
) -> c_int {
    unsupported!()
}

/// The name and namespace that a snapshot in the trash had. Free with `rbd_snap_trash_namespace_cleanup`.
#[unsafe(export_name = "__rbd_snap_get_trash_namespace2")]
pub unsafe extern "C" fn rbd_snap_get_trash_namespace2(
    image: rbd_image_t,
    snap_id: u64,
    trash_snap: *mut rbd_snap_trash_namespace_t,
    trash_snap_size: usize,
) -> c_int {
    unsupported!()
}

/// Frees the strings of the struct. `-ERANGE` if `trash_snap_size` is not its size.
#[unsafe(export_name = "__rbd_snap_trash_namespace_cleanup")]
pub unsafe extern "C" fn rbd_snap_trash_namespace_cleanup(
    trash_snap: *mut rbd_snap_trash_namespace_t,
    trash_snap_size: usize,
) -> c_int {
    unsupported!()
}

/// Tells of a mirror snapshot. `-ERANGE` if `mirror_snap_size` is not the size of the struct. Free with
/// `rbd_snap_mirror_namespace_cleanup`.
#[unsafe(export_name = "__rbd_snap_get_mirror_namespace")]
pub unsafe extern "C" fn rbd_snap_get_mirror_namespace(
    image: rbd_image_t,
    snap_id: u64,
    mirror_snap: *mut rbd_snap_mirror_namespace_t,
    mirror_snap_size: usize,
) -> c_int {
    unsupported!()
}

/// Frees the strings of the struct. `-ERANGE` if `mirror_snap_size` is not its size.
#[unsafe(export_name = "__rbd_snap_mirror_namespace_cleanup")]
pub unsafe extern "C" fn rbd_snap_mirror_namespace_cleanup(
    mirror_snap: *mut rbd_snap_mirror_namespace_t,
    mirror_snap_size: usize,
) -> c_int {
    unsupported!()
}
