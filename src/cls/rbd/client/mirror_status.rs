//! Calls on the reports of mirroring daemons in `rbd_mirroring`.

use std::collections::BTreeMap;

use denc::Bytes;

use super::call;
use crate::call::Call;
use crate::entity::EntityInst;
use crate::rbd::mirror::{MirrorImage, MirrorPeer};
use crate::rbd::mirror_status::{MirrorImageMap, MirrorImageStatus, MirrorSiteStatus, MirrorStatusSummary};

/// `last_update` and `up` are set by the class.
pub fn mirror_image_status_set(global_id: &[u8], status: &MirrorSiteStatus) -> Call<()> {
    call("mirror_image_status_set", (global_id, status))
}

pub fn mirror_image_status_remove(global_id: &[u8]) -> Call<()> {
    call("mirror_image_status_remove", global_id)
}

/// `-ENOENT` where nobody reported.
pub fn mirror_image_status_get(global_id: &[u8]) -> Call<MirrorImageStatus> {
    call("mirror_image_status_get", global_id)
}

type Listed = (BTreeMap<Bytes, MirrorImage>, BTreeMap<Bytes, MirrorImageStatus>);

/// At most `max` images after the id `start`, and the status of those that have one.
pub fn mirror_image_status_list(start: &[u8], max: u64) -> Call<Listed> {
    call("mirror_image_status_list", (start, max))
}

pub fn mirror_image_status_get_summary(peers: &[MirrorPeer]) -> Call<MirrorStatusSummary> {
    call("mirror_image_status_get_summary", peers)
}

pub fn mirror_image_status_remove_down() -> Call<()> {
    call("mirror_image_status_remove_down", ())
}

/// `-ESTALE` where the daemon is gone.
pub fn mirror_image_instance_get(global_id: &[u8]) -> Call<EntityInst> {
    call("mirror_image_instance_get", global_id)
}

pub fn mirror_image_instance_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, EntityInst>> {
    call("mirror_image_instance_list", (start, max))
}

pub fn mirror_instances_list() -> Call<Vec<Bytes>> {
    call("mirror_instances_list", ())
}

pub fn mirror_instances_add(id: &[u8]) -> Call<()> {
    call("mirror_instances_add", id)
}

pub fn mirror_instances_remove(id: &[u8]) -> Call<()> {
    call("mirror_instances_remove", id)
}

pub fn mirror_image_map_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, MirrorImageMap>> {
    call("mirror_image_map_list", (start, max))
}

pub fn mirror_image_map_update(global_id: &[u8], map: &MirrorImageMap) -> Call<()> {
    call("mirror_image_map_update", (global_id, map))
}

pub fn mirror_image_map_remove(global_id: &[u8]) -> Call<()> {
    call("mirror_image_map_remove", global_id)
}
