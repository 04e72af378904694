//! What an image is: size, features, layout, names, times, parent.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::mirror_types::*;
use super::types::*;

/// Fills `info`, as much of it as `infosize` bytes hold.
#[unsafe(export_name = "__rbd_stat")]
pub unsafe extern "C" fn rbd_stat(image: rbd_image_t, info: *mut rbd_image_info_t, infosize: usize) -> c_int {
    let _ = (image, info, infosize);
    unsupported!()
}

/// Sets `*old` to 1 for an image of format 1, to 0 for one of format 2.
#[unsafe(export_name = "__rbd_get_old_format")]
pub unsafe extern "C" fn rbd_get_old_format(image: rbd_image_t, old: *mut u8) -> c_int {
    let _ = (image, old);
    unsupported!()
}

/// The size in bytes at what the handle looks at, head or snapshot.
#[unsafe(export_name = "__rbd_get_size")]
pub unsafe extern "C" fn rbd_get_size(image: rbd_image_t, size: *mut u64) -> c_int {
    let _ = (image, size);
    unsupported!()
}

/// The feature bits at what the handle looks at.
#[unsafe(export_name = "__rbd_get_features")]
pub unsafe extern "C" fn rbd_get_features(image: rbd_image_t, features: *mut u64) -> c_int {
    let _ = (image, features);
    unsupported!()
}

/// Turns features on (`enabled` not 0) or off. `-EINVAL` for features that cannot be changed.
#[unsafe(export_name = "__rbd_update_features")]
pub unsafe extern "C" fn rbd_update_features(image: rbd_image_t, features: u64, enabled: u8) -> c_int {
    let _ = (image, features, enabled);
    unsupported!()
}

/// The operation feature bits (`RBD_OPERATION_FEATURE_*`).
#[unsafe(export_name = "__rbd_get_op_features")]
pub unsafe extern "C" fn rbd_get_op_features(image: rbd_image_t, op_features: *mut u64) -> c_int {
    let _ = (image, op_features);
    unsupported!()
}

/// The stripe unit in bytes; the object size where the image is not striped.
#[unsafe(export_name = "__rbd_get_stripe_unit")]
pub unsafe extern "C" fn rbd_get_stripe_unit(image: rbd_image_t, stripe_unit: *mut u64) -> c_int {
    let _ = (image, stripe_unit);
    unsupported!()
}

/// The stripe count; 1 where the image is not striped.
#[unsafe(export_name = "__rbd_get_stripe_count")]
pub unsafe extern "C" fn rbd_get_stripe_count(image: rbd_image_t, stripe_count: *mut u64) -> c_int {
    let _ = (image, stripe_count);
    unsupported!()
}

/// When the image was created.
#[unsafe(export_name = "__rbd_get_create_timestamp")]
pub unsafe extern "C" fn rbd_get_create_timestamp(
    image: rbd_image_t,
    timestamp: *mut libc::timespec,
) -> c_int {
    let _ = (image, timestamp);
    unsupported!()
}

/// When the image was last read, as far as that is recorded.
#[unsafe(export_name = "__rbd_get_access_timestamp")]
pub unsafe extern "C" fn rbd_get_access_timestamp(
    image: rbd_image_t,
    timestamp: *mut libc::timespec,
) -> c_int {
    let _ = (image, timestamp);
    unsupported!()
}

/// When the image was last written, as far as that is recorded.
#[unsafe(export_name = "__rbd_get_modify_timestamp")]
pub unsafe extern "C" fn rbd_get_modify_timestamp(
    image: rbd_image_t,
    timestamp: *mut libc::timespec,
) -> c_int {
    let _ = (image, timestamp);
    unsupported!()
}

/// How many bytes of the parent show through; 0 without a parent.
#[unsafe(export_name = "__rbd_get_overlap")]
pub unsafe extern "C" fn rbd_get_overlap(image: rbd_image_t, overlap: *mut u64) -> c_int {
    let _ = (image, overlap);
    unsupported!()
}

/// Copies the image's name into a buffer of `*name_len` bytes. `-ERANGE`, with the bytes needed, if it
/// does not fit.
#[unsafe(export_name = "__rbd_get_name")]
pub unsafe extern "C" fn rbd_get_name(image: rbd_image_t, name: *mut c_char, name_len: *mut usize) -> c_int {
    let _ = (image, name, name_len);
    unsupported!()
}

/// Copies the image's id into a buffer of `id_len` bytes. `-ERANGE` if it does not fit, `-EINVAL` for an
/// image of format 1.
#[unsafe(export_name = "__rbd_get_id")]
pub unsafe extern "C" fn rbd_get_id(image: rbd_image_t, id: *mut c_char, id_len: usize) -> c_int {
    let _ = (image, id, id_len);
    unsupported!()
}

/// Copies what the names of the data objects start with. `-ERANGE` if it does not fit.
#[unsafe(export_name = "__rbd_get_block_name_prefix")]
pub unsafe extern "C" fn rbd_get_block_name_prefix(
    image: rbd_image_t,
    prefix: *mut c_char,
    prefix_len: usize,
) -> c_int {
    let _ = (image, prefix, prefix_len);
    unsupported!()
}

/// The id of the pool that holds the data objects, or a negative errno.
#[unsafe(export_name = "__rbd_get_data_pool_id")]
pub unsafe extern "C" fn rbd_get_data_pool_id(image: rbd_image_t) -> i64 {
    let _ = (image,);
    unsupported!()
}

/// Copies the names of the parent's pool, image and snapshot; a NULL buffer is skipped. `-ENOENT` without
/// a parent, `-ERANGE` if one does not fit.
#[deprecated]
#[unsafe(export_name = "__rbd_get_parent_info")]
pub unsafe extern "C" fn rbd_get_parent_info(
    image: rbd_image_t,
    parent_poolname: *mut c_char,
    ppoolnamelen: usize,
    parent_name: *mut c_char,
    pnamelen: usize,
    parent_snapname: *mut c_char,
    psnapnamelen: usize,
) -> c_int {
    let _ = (image, parent_poolname, ppoolnamelen, parent_name, pnamelen, parent_snapname, psnapnamelen);
    unsupported!()
}

/// As `rbd_get_parent_info`, with the parent's id.
#[deprecated]
#[unsafe(export_name = "__rbd_get_parent_info2")]
pub unsafe extern "C" fn rbd_get_parent_info2(
    image: rbd_image_t,
    parent_poolname: *mut c_char,
    ppoolnamelen: usize,
    parent_name: *mut c_char,
    pnamelen: usize,
    parent_id: *mut c_char,
    pidlen: usize,
    parent_snapname: *mut c_char,
    psnapnamelen: usize,
) -> c_int {
    let _ = (
        image,
        parent_poolname,
        ppoolnamelen,
        parent_name,
        pnamelen,
        parent_id,
        pidlen,
        parent_snapname,
        psnapnamelen,
    );
    unsupported!()
}

/// Tells of the parent image and snapshot. `-ENOENT` without a parent; then both are zeroed. Free with
/// `rbd_linked_image_spec_cleanup` and `rbd_snap_spec_cleanup`.
#[unsafe(export_name = "__rbd_get_parent")]
pub unsafe extern "C" fn rbd_get_parent(
    image: rbd_image_t,
    parent_image: *mut rbd_linked_image_spec_t,
    parent_snap: *mut rbd_snap_spec_t,
) -> c_int {
    let _ = (image, parent_image, parent_snap);
    unsupported!()
}

/// Copies the JSON that describes where a migrating image comes from. `-ERANGE`, with the bytes needed,
/// if it does not fit; `-EINVAL` if the image is not migrating.
#[unsafe(export_name = "__rbd_get_migration_source_spec")]
pub unsafe extern "C" fn rbd_get_migration_source_spec(
    image: rbd_image_t,
    source_spec: *mut c_char,
    max_len: *mut usize,
) -> c_int {
    let _ = (image, source_spec, max_len);
    unsupported!()
}

/// The flags (`RBD_FLAG_*`) at what the handle looks at.
#[unsafe(export_name = "__rbd_get_flags")]
pub unsafe extern "C" fn rbd_get_flags(image: rbd_image_t, flags: *mut u64) -> c_int {
    let _ = (image, flags);
    unsupported!()
}

/// The group the image belongs to; an empty name if none. `-ERANGE` if `group_info_size` is not the size
/// of the struct. Free with `rbd_group_info_cleanup`.
#[unsafe(export_name = "__rbd_get_group")]
pub unsafe extern "C" fn rbd_get_group(
    image: rbd_image_t,
    group_info: *mut rbd_group_info_t,
    group_info_size: usize,
) -> c_int {
    let _ = (image, group_info, group_info_size);
    unsupported!()
}
