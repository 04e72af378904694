//! Calls on `rbd_group_directory`, `rbd_group_header.ID`, and on the image headers that refer to a group.

use std::collections::BTreeMap;

use denc::Bytes;

use super::call;
use crate::call::Call;
use crate::rbd::group::{GroupImage, GroupImageStatus, GroupSnapshot, GroupSpec};

/// Names and ids of at most `max` groups after `start`.
pub fn group_dir_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, Bytes>> {
    call("group_dir_list", (start, max))
}

/// `-EEXIST` for a name in use, `-EBADF` for an id in use.
pub fn group_dir_add(name: &[u8], id: &[u8]) -> Call<()> {
    call("group_dir_add", (name, id))
}

pub fn group_dir_rename(from: &[u8], to: &[u8], id: &[u8]) -> Call<()> {
    call("group_dir_rename", (from, to, id))
}

pub fn group_dir_remove(name: &[u8], id: &[u8]) -> Call<()> {
    call("group_dir_remove", (name, id))
}

pub fn group_image_set(status: &GroupImageStatus) -> Call<()> {
    call("group_image_set", status)
}

pub fn group_image_remove(image: &GroupImage) -> Call<()> {
    call("group_image_remove", image)
}

/// At most `max` after `start` (the default: from the first on).
pub fn group_image_list(start: &GroupImage, max: u64) -> Call<Vec<GroupImageStatus>> {
    call("group_image_list", (start, max))
}

/// On an image's header. `-EEXIST` where it is in another group.
pub fn image_group_add(group: &GroupSpec) -> Call<()> {
    call("image_group_add", group)
}

/// `-EBADF` where it is in another group.
pub fn image_group_remove(group: &GroupSpec) -> Call<()> {
    call("image_group_remove", group)
}

/// One with pool -1 where it is in none.
pub fn image_group_get() -> Call<GroupSpec> {
    call("image_group_get", ())
}

/// `-EEXIST` for a name in use.
pub fn group_snap_set(snapshot: &GroupSnapshot) -> Call<()> {
    call("group_snap_set", snapshot)
}

pub fn group_snap_remove(id: &[u8]) -> Call<()> {
    call("group_snap_remove", id)
}

pub fn group_snap_get_by_id(id: &[u8]) -> Call<GroupSnapshot> {
    call("group_snap_get_by_id", id)
}

/// At most `max` after `start`, of which only the id counts.
pub fn group_snap_list(start: &GroupSnapshot, max: u64) -> Call<Vec<GroupSnapshot>> {
    call("group_snap_list", (start, max))
}
