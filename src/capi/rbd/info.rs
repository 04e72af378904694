//! What an image is: size, features, layout, names, times, parent.

use std::ffi::{c_char, c_int};

use ffi::{Out, boundary, fill_text, unsupported};
use ops::{Errno, Result, Timespec};
use rbd_room::{ChildInfo, ImageInfo, ParentInfo};

use super::fill::{Strings, text_in_out};
use super::handles::{ImageHandle, image};
use super::mirror_types::*;
use super::types::*;

/// One value of an image.
unsafe fn ask<T>(image: rbd_image_t, out: *mut T, ask: impl FnOnce(&ImageHandle) -> Result<T>) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(out)? });
        out.set(ask(&image)?);
        Ok(())
    })
}

fn stat_of(info: &ImageInfo) -> rbd_image_info_t {
    let mut stat = rbd_image_info_t {
        size: info.size,
        obj_size: info.object_size,
        num_objs: info.num_objects,
        order: info.order.into(),
        block_name_prefix: [0; RBD_MAX_BLOCK_NAME_SIZE],
        parent_pool: -1,
        parent_name: [0; RBD_MAX_IMAGE_NAME_SIZE],
    };
    let prefix = info.block_name_prefix.bytes().take(RBD_MAX_BLOCK_NAME_SIZE - 1);
    stat.block_name_prefix.iter_mut().zip(prefix).for_each(|(to, byte)| *to = byte as c_char);
    stat
}

pub fn timespec(time: Timespec) -> libc::timespec {
    libc::timespec { tv_sec: time.sec.into(), tv_nsec: time.nsec.into() }
}

/// A text's buffer; NULL where it is not wanted.
type Buffer = (*mut c_char, usize);
const NOWHERE: Buffer = (std::ptr::null_mut(), 0);

unsafe fn parent_texts(image: rbd_image_t, pool: Buffer, name: Buffer, id: Buffer, snap: Buffer) -> c_int {
    boundary(|| {
        let parent = self::image(image)?.parent()?;
        let wanted = [
            (pool, &parent.pool_name),
            (name, &parent.image_name),
            (id, &parent.image_id),
            (snap, &parent.snap_name),
        ];
        let wanted = wanted.iter().filter(|((at, _), _)| !at.is_null());
        if wanted.clone().any(|((_, len), text)| text.len() >= *len) {
            return Err(Errno::ERANGE);
        }
        for ((at, len), text) in wanted {
            // SAFETY: the header's contract.
            unsafe { fill_text(*at, *len, text.as_bytes())? };
        }
        Ok(())
    })
}

/// A parent or a clone, with strings that the caller frees.
pub fn linked_spec(image: &ChildInfo, strings: &mut Strings) -> Result<rbd_linked_image_spec_t> {
    Ok(rbd_linked_image_spec_t {
        pool_id: image.pool_id,
        pool_name: strings.add(&image.pool_name)?,
        pool_namespace: strings.add(&image.pool_namespace)?,
        image_id: strings.add(&image.image_id)?,
        image_name: strings.add(&image.image_name)?,
        trash: image.trash,
    })
}

fn parent_image_of(parent: &ParentInfo) -> ChildInfo {
    ChildInfo {
        pool_id: parent.pool_id,
        pool_name: parent.pool_name.clone(),
        pool_namespace: parent.pool_namespace.clone(),
        image_id: parent.image_id.clone(),
        image_name: parent.image_name.clone(),
        trash: parent.trash,
    }
}

fn snap_spec(parent: &ParentInfo, strings: &mut Strings) -> Result<rbd_snap_spec_t> {
    Ok(rbd_snap_spec_t {
        id: parent.snap_id,
        namespace_type: namespace_type(parent.snap_namespace),
        name: strings.add(&parent.snap_name)?,
    })
}

/// What Ceph numbers them; a number that nobody knows is a user's.
pub fn namespace_type(number: u32) -> rbd_snap_namespace_type_t {
    use rbd_snap_namespace_type_t::*;
    match number {
        1 => RBD_SNAP_NAMESPACE_TYPE_GROUP,
        2 => RBD_SNAP_NAMESPACE_TYPE_TRASH,
        3 => RBD_SNAP_NAMESPACE_TYPE_MIRROR,
        _ => RBD_SNAP_NAMESPACE_TYPE_USER,
    }
}

/// Fills `info`, as much of it as `infosize` bytes hold.
#[unsafe(export_name = "__rbd_stat")]
pub unsafe extern "C" fn rbd_stat(image: rbd_image_t, info: *mut rbd_image_info_t, infosize: usize) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(info)? });
        if infosize < size_of::<rbd_image_info_t>() {
            tracing::error!(target: "rbd", "rbd_stat: {infosize} bytes do not hold an rbd_image_info_t");
            return Err(Errno::ERANGE);
        }
        out.set(stat_of(&image.info()?));
        Ok(())
    })
}

/// Sets `*old` to 1 for an image of format 1, which this library does not open yet, to 0 for one of format 2.
#[unsafe(export_name = "__rbd_get_old_format")]
pub unsafe extern "C" fn rbd_get_old_format(image: rbd_image_t, old: *mut u8) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, old, |_| Ok(0)) }
}

/// The size in bytes at what the handle looks at, head or snapshot.
#[unsafe(export_name = "__rbd_get_size")]
pub unsafe extern "C" fn rbd_get_size(image: rbd_image_t, size: *mut u64) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, size, |image| image.size()) }
}

/// The feature bits at what the handle looks at.
#[unsafe(export_name = "__rbd_get_features")]
pub unsafe extern "C" fn rbd_get_features(image: rbd_image_t, features: *mut u64) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, features, |image| image.features()) }
}

/// Turns features on (`enabled` not 0) or off. `-EINVAL` for features that cannot be changed.
#[unsafe(export_name = "__rbd_update_features")]
pub unsafe extern "C" fn rbd_update_features(image: rbd_image_t, features: u64, enabled: u8) -> c_int {
    boundary(|| self::image(image)?.update_features(features, enabled != 0))
}

/// The operation feature bits (`RBD_OPERATION_FEATURE_*`).
#[unsafe(export_name = "__rbd_get_op_features")]
pub unsafe extern "C" fn rbd_get_op_features(image: rbd_image_t, op_features: *mut u64) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, op_features, |image| image.op_features()) }
}

/// The stripe unit in bytes; the object size where the image is not striped.
#[unsafe(export_name = "__rbd_get_stripe_unit")]
pub unsafe extern "C" fn rbd_get_stripe_unit(image: rbd_image_t, stripe_unit: *mut u64) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, stripe_unit, |image| Ok(image.stripe_unit())) }
}

/// The stripe count; 1 where the image is not striped.
#[unsafe(export_name = "__rbd_get_stripe_count")]
pub unsafe extern "C" fn rbd_get_stripe_count(image: rbd_image_t, stripe_count: *mut u64) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, stripe_count, |image| Ok(image.stripe_count())) }
}

/// When the image was created.
#[unsafe(export_name = "__rbd_get_create_timestamp")]
pub unsafe extern "C" fn rbd_get_create_timestamp(
    image: rbd_image_t,
    timestamp: *mut libc::timespec,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, timestamp, |image| Ok(timespec(image.create_timestamp()))) }
}

/// When the image was last read, as far as that is recorded.
#[unsafe(export_name = "__rbd_get_access_timestamp")]
pub unsafe extern "C" fn rbd_get_access_timestamp(
    image: rbd_image_t,
    timestamp: *mut libc::timespec,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, timestamp, |image| Ok(timespec(image.access_timestamp()))) }
}

/// When the image was last written, as far as that is recorded.
#[unsafe(export_name = "__rbd_get_modify_timestamp")]
pub unsafe extern "C" fn rbd_get_modify_timestamp(
    image: rbd_image_t,
    timestamp: *mut libc::timespec,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, timestamp, |image| Ok(timespec(image.modify_timestamp()))) }
}

/// How many bytes of the parent show through; 0 without a parent.
#[unsafe(export_name = "__rbd_get_overlap")]
pub unsafe extern "C" fn rbd_get_overlap(image: rbd_image_t, overlap: *mut u64) -> c_int {
    // SAFETY: the header's contract.
    unsafe { ask(image, overlap, |image| image.overlap()) }
}

/// Copies the image's name into a buffer of `*name_len` bytes. `-ERANGE`, with the bytes needed, if it
/// does not fit.
#[unsafe(export_name = "__rbd_get_name")]
pub unsafe extern "C" fn rbd_get_name(image: rbd_image_t, name: *mut c_char, name_len: *mut usize) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { text_in_out(name, name_len, image.name().as_bytes()) }
    })
}

/// Copies the image's id into a buffer of `id_len` bytes. `-ERANGE` if it does not fit, `-EINVAL` for an
/// image of format 1.
#[unsafe(export_name = "__rbd_get_id")]
pub unsafe extern "C" fn rbd_get_id(image: rbd_image_t, id: *mut c_char, id_len: usize) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(id, id_len, image.id().as_bytes()) }
    })
}

/// Copies what the names of the data objects start with. `-ERANGE` if it does not fit.
#[unsafe(export_name = "__rbd_get_block_name_prefix")]
pub unsafe extern "C" fn rbd_get_block_name_prefix(
    image: rbd_image_t,
    prefix: *mut c_char,
    prefix_len: usize,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(prefix, prefix_len, image.block_name_prefix().as_bytes()) }
    })
}

/// The id of the pool that holds the data objects, or a negative errno.
#[unsafe(export_name = "__rbd_get_data_pool_id")]
pub unsafe extern "C" fn rbd_get_data_pool_id(image: rbd_image_t) -> i64 {
    boundary(|| Ok(self::image(image)?.data_pool_id()))
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
    // SAFETY: the header's contract.
    unsafe {
        let pool = (parent_poolname, ppoolnamelen);
        parent_texts(image, pool, (parent_name, pnamelen), NOWHERE, (parent_snapname, psnapnamelen))
    }
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
    // SAFETY: the header's contract.
    unsafe {
        let (pool, name) = ((parent_poolname, ppoolnamelen), (parent_name, pnamelen));
        parent_texts(image, pool, name, (parent_id, pidlen), (parent_snapname, psnapnamelen))
    }
}

/// Tells of the parent image and snapshot. `-ENOENT` without a parent; then both are zeroed. Free with
/// `rbd_linked_image_spec_cleanup` and `rbd_snap_spec_cleanup`.
#[unsafe(export_name = "__rbd_get_parent")]
pub unsafe extern "C" fn rbd_get_parent(
    image: rbd_image_t,
    parent_image: *mut rbd_linked_image_spec_t,
    parent_snap: *mut rbd_snap_spec_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, linked, snap) =
            unsafe { (self::image(image)?, Out::required(parent_image)?, Out::required(parent_snap)?) };
        let parent = image.parent().inspect_err(|_| {
            // SAFETY: zeroes are valid for both.
            unsafe {
                linked.set(std::mem::zeroed());
                snap.set(std::mem::zeroed());
            }
        })?;
        let mut strings = Strings::default();
        let (spec, from) =
            (linked_spec(&parent_image_of(&parent), &mut strings)?, snap_spec(&parent, &mut strings)?);
        strings.keep();
        linked.set(spec);
        snap.set(from);
        Ok(())
    })
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
    // SAFETY: the header's contract.
    unsafe { ask(image, flags, |image| image.flags()) }
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
