//! Calls on `rbd_mirroring`, and on the headers of images with mirror snapshots.

use std::collections::BTreeMap;

use denc::Bytes;

use super::call;
use crate::call::Call;
use crate::rbd::mirror::{MirrorDirection, MirrorImage, MirrorMode, MirrorPeer};

/// `-ENOENT` where the pool does not mirror.
pub fn mirror_uuid_get() -> Call<Bytes> {
    call("mirror_uuid_get", ())
}

pub fn mirror_uuid_set(uuid: &[u8]) -> Call<()> {
    call("mirror_uuid_set", uuid)
}

/// `-ENOENT`: disabled.
pub fn mirror_mode_get() -> Call<MirrorMode> {
    call("mirror_mode_get", ())
}

/// `-EINVAL` before the uuid is set, `-EBUSY` to disable while there are peers.
pub fn mirror_mode_set(mode: MirrorMode) -> Call<()> {
    call("mirror_mode_set", mode)
}

pub fn mirror_peer_list() -> Call<Vec<MirrorPeer>> {
    call("mirror_peer_list", ())
}

pub fn mirror_peer_add(peer: &MirrorPeer) -> Call<()> {
    call("mirror_peer_add", peer)
}

pub fn mirror_peer_remove(uuid: &[u8]) -> Call<()> {
    call("mirror_peer_remove", uuid)
}

pub fn mirror_peer_set_client(uuid: &[u8], client_name: &[u8]) -> Call<()> {
    call("mirror_peer_set_client", (uuid, client_name))
}

pub fn mirror_peer_set_cluster(uuid: &[u8], site_name: &[u8]) -> Call<()> {
    call("mirror_peer_set_cluster", (uuid, site_name))
}

pub fn mirror_peer_set_direction(uuid: &[u8], direction: MirrorDirection) -> Call<()> {
    call("mirror_peer_set_direction", (uuid, direction))
}

pub fn mirror_peer_ping(site_name: &[u8], mirror_uuid: &[u8]) -> Call<()> {
    call("mirror_peer_ping", (site_name, mirror_uuid, MirrorDirection::Send))
}

/// Ids and global ids of at most `max` images after `start`.
pub fn mirror_image_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, Bytes>> {
    call("mirror_image_list", (start, max))
}

pub fn mirror_image_get_image_id(global_id: &[u8]) -> Call<Bytes> {
    call("mirror_image_get_image_id", global_id)
}

pub fn mirror_image_get(id: &[u8]) -> Call<MirrorImage> {
    call("mirror_image_get", id)
}

pub fn mirror_image_set(id: &[u8], image: &MirrorImage) -> Call<()> {
    call("mirror_image_set", (id, image))
}

/// `-EBUSY` unless it is being disabled.
pub fn mirror_image_remove(id: &[u8]) -> Call<()> {
    call("mirror_image_remove", id)
}

/// `-ENOENT` where the peer is not linked.
pub fn mirror_image_snapshot_unlink_peer(snap: u64, peer_uuid: &[u8]) -> Call<()> {
    call("mirror_image_snapshot_unlink_peer", (snap, peer_uuid))
}

pub fn mirror_image_snapshot_set_copy_progress(snap: u64, complete: bool, last_object: u64) -> Call<()> {
    call("mirror_image_snapshot_set_copy_progress", (snap, complete, last_object))
}
