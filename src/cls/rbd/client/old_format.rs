//! Calls on `NAME.rbd`, the header of an image of format 1.

use denc::Bytes;

use super::call;
use crate::call::Call;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSnapshot {
    pub id: u64,
    pub image_size: u64,
    pub name: Bytes,
}

denc::plain!(OldSnapshot { id: u64, image_size: u64, name: Bytes });

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSnapshots {
    pub seq: u64,
    /// Newest first.
    pub snapshots: Vec<OldSnapshot>,
}

denc::plain!(OldSnapshots { seq: u64, snapshots: Vec<OldSnapshot> });

pub fn old_snap_list() -> Call<OldSnapshots> {
    call("snap_list", ())
}

pub fn old_snap_add(name: &[u8], id: u64) -> Call<()> {
    call("snap_add", (name, id))
}

pub fn old_snap_remove(name: &[u8]) -> Call<()> {
    call("snap_remove", name)
}

pub fn old_snap_rename(id: u64, name: &[u8]) -> Call<()> {
    call("snap_rename", (id, name))
}
