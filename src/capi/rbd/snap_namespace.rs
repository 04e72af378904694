//! The namespaces of snapshots: user, group, trash, mirror.

use std::ffi::{c_char, c_int};

use ffi::{Out, alloc_text, boundary, fill_text, unsupported};
use ops::Errno;

use super::cleanup::clean_sized;
use super::handles::image;
use super::info;
use super::mirror_types::*;
use super::types::*;

/// Which namespace a snapshot belongs to.
#[unsafe(export_name = "__rbd_snap_get_namespace_type")]
pub unsafe extern "C" fn rbd_snap_get_namespace_type(
    image: rbd_image_t,
    snap_id: u64,
    namespace_type: *mut rbd_snap_namespace_type_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(namespace_type)? });
        out.set(info::namespace_type(image.snap_namespace_type(snap_id)?));
        Ok(())
    })
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
    let _ = (image, snap_id, group_snap, group_snap_size);
    unsupported!()
}

/// Frees the strings of the struct. `-ERANGE` if `group_snap_size` is not its size.
#[unsafe(export_name = "__rbd_snap_group_namespace_cleanup")]
pub unsafe extern "C" fn rbd_snap_group_namespace_cleanup(
    group_snap: *mut rbd_snap_group_namespace_t,
    group_snap_size: usize,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { clean_sized(group_snap, group_snap_size, 1) }
}

/// Copies the name that a snapshot in the trash had. `-ERANGE` if it does not fit.
#[unsafe(export_name = "__rbd_snap_get_trash_namespace")]
pub unsafe extern "C" fn rbd_snap_get_trash_namespace(
    image: rbd_image_t,
    snap_id: u64,
    original_name: *mut c_char,
    max_length: usize,
) -> c_int {
    boundary(|| {
        let (_, name) = self::image(image)?.snap_trash_namespace(snap_id)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(original_name, max_length, name.as_bytes()) }
    })
}

/// The name and namespace that a snapshot in the trash had. Free with `rbd_snap_trash_namespace_cleanup`.
#[unsafe(export_name = "__rbd_snap_get_trash_namespace2")]
pub unsafe extern "C" fn rbd_snap_get_trash_namespace2(
    image: rbd_image_t,
    snap_id: u64,
    trash_snap: *mut rbd_snap_trash_namespace_t,
    trash_snap_size: usize,
) -> c_int {
    boundary(|| {
        if trash_snap_size != size_of::<rbd_snap_trash_namespace_t>() {
            return Err(Errno::ERANGE);
        }
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(trash_snap)? });
        let (kind, name) = image.snap_trash_namespace(snap_id)?;
        let original_name = alloc_text(name.as_bytes())?;
        let original_namespace_type = info::namespace_type(kind);
        out.set(rbd_snap_trash_namespace_t { original_namespace_type, original_name });
        Ok(())
    })
}

/// Frees the strings of the struct. `-ERANGE` if `trash_snap_size` is not its size.
#[unsafe(export_name = "__rbd_snap_trash_namespace_cleanup")]
pub unsafe extern "C" fn rbd_snap_trash_namespace_cleanup(
    trash_snap: *mut rbd_snap_trash_namespace_t,
    trash_snap_size: usize,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { clean_sized(trash_snap, trash_snap_size, 1) }
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
    let _ = (image, snap_id, mirror_snap, mirror_snap_size);
    unsupported!()
}

/// Frees the strings of the struct. `-ERANGE` if `mirror_snap_size` is not its size.
#[unsafe(export_name = "__rbd_snap_mirror_namespace_cleanup")]
pub unsafe extern "C" fn rbd_snap_mirror_namespace_cleanup(
    mirror_snap: *mut rbd_snap_mirror_namespace_t,
    mirror_snap_size: usize,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { clean_sized(mirror_snap, mirror_snap_size, 1) }
}
