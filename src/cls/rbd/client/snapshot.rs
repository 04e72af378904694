//! Calls on a header's snapshots.

use denc::Bytes;
use ops::{SnapContext, Timespec};

use super::call;
use crate::call::{Call, EBADMSG};
use crate::rbd::snapshot::{Protection, SnapshotInfo, SnapshotNamespace};

/// The image's snapshots as writers of data objects need them.
pub fn get_snapcontext() -> Call<SnapContext> {
    Call::decoded_by("rbd", "get_snapcontext", &(), |out| {
        let (seq, snaps): (u64, Vec<u64>) = denc::decode(out).map_err(|_| EBADMSG)?;
        SnapContext::new(seq, &snaps).ok_or(EBADMSG)
    })
}

pub fn snapshot_get(snap: u64) -> Call<SnapshotInfo> {
    call("snapshot_get", snap)
}

/// `id` comes from `selfmanaged_snap_create`. `-EEXIST` for a name in use, `-ESTALE` where a newer id was
/// added meanwhile, `-EDQUOT` at the limit.
pub fn snapshot_add(id: u64, name: &[u8], namespace: &SnapshotNamespace) -> Call<()> {
    call("snapshot_add", (name, id, namespace))
}

/// `-EBUSY` where it is protected or has clones.
pub fn snapshot_remove(snap: u64) -> Call<()> {
    call("snapshot_remove", snap)
}

pub fn snapshot_rename(snap: u64, name: &[u8]) -> Call<()> {
    call("snapshot_rename", (snap, name))
}

/// Hides a snapshot that has clones, under a new random name.
pub fn snapshot_trash_add(snap: u64) -> Call<()> {
    call("snapshot_trash_add", snap)
}

pub fn get_snapshot_name(snap: u64) -> Call<Bytes> {
    call("get_snapshot_name", snap)
}

pub fn get_snapshot_timestamp(snap: u64) -> Call<Timespec> {
    call("get_snapshot_timestamp", snap)
}

/// `u64::MAX`: none.
pub fn snapshot_get_limit() -> Call<u64> {
    call("snapshot_get_limit", ())
}

/// `-ERANGE` where there are more already.
pub fn snapshot_set_limit(limit: u64) -> Call<()> {
    call("snapshot_set_limit", limit)
}

pub fn get_protection_status(snap: u64) -> Call<Protection> {
    call("get_protection_status", snap)
}

pub fn set_protection_status(snap: u64, status: Protection) -> Call<()> {
    call("set_protection_status", (snap, status))
}
