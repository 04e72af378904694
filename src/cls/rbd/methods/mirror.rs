//! `rbd_mirroring`: the pool's mode, identity, peers and mirrored images; and mirror snapshots of images.

use std::collections::BTreeMap;

use bytes::Bytes;
use ops::{Errno, Result};

use super::{mirror_status, snapshot_rows};
use crate::context::ObjectContext;
use crate::rbd::mirror::{MirrorDirection, MirrorImage, MirrorImageState, MirrorMode, MirrorPeer};
use crate::rbd::snapshot::{MirrorSnapshotNamespace, SnapshotNamespace, SnapshotRow};
use crate::{random, rows};

const UUID: &[u8] = b"mirror_uuid";
const MODE: &[u8] = b"mirror_mode";
const PEERS: &[u8] = b"mirror_peer_";
const IMAGES: &[u8] = b"image_";
const GLOBAL_IDS: &[u8] = b"global_";

fn mode(ctx: &dyn ObjectContext) -> Result<MirrorMode> {
    Ok(rows::find(ctx, MODE)?.unwrap_or(MirrorMode::Disabled))
}

pub fn uuid_get(ctx: &dyn ObjectContext, (): ()) -> Result<Bytes> {
    ctx.omap_get(UUID)
}

pub fn uuid_set(ctx: &mut dyn ObjectContext, uuid: Bytes) -> Result<()> {
    if uuid.is_empty() || mode(ctx)? != MirrorMode::Disabled {
        return Err(Errno::EINVAL);
    }
    ctx.omap_set(Bytes::from_static(UUID), uuid)
}

pub fn mode_get(ctx: &dyn ObjectContext, (): ()) -> Result<MirrorMode> {
    rows::read(ctx, MODE)
}

pub fn mode_set(ctx: &mut dyn ObjectContext, mode: MirrorMode) -> Result<()> {
    if mode != MirrorMode::Disabled {
        if !rows::exists(ctx, UUID)? {
            return Err(Errno::EINVAL);
        }
        return rows::write(ctx, MODE, &mode);
    }
    if !peers(ctx)?.is_empty() {
        return Err(Errno::EBUSY);
    }
    ctx.omap_remove(MODE)?;
    ctx.omap_remove(UUID)
}

fn peers(ctx: &dyn ObjectContext) -> Result<Vec<MirrorPeer>> {
    let mut peers = Vec::new();
    let listed = rows::each(ctx, PEERS, b"", u64::MAX, |uuid, value| {
        peers.push(rows::parse(&uuid, &value)?);
        Ok(())
    });
    match listed {
        Err(err) if err != Errno::ENOENT => Err(err),
        _ => Ok(peers),
    }
}

fn peer(ctx: &dyn ObjectContext, uuid: &[u8]) -> Result<MirrorPeer> {
    rows::read(ctx, &rows::key(PEERS, uuid))
}

fn write_peer(ctx: &mut dyn ObjectContext, peer: &MirrorPeer) -> Result<()> {
    rows::write(ctx, &rows::key(PEERS, &peer.uuid), peer)
}

pub fn peer_list(ctx: &dyn ObjectContext, (): ()) -> Result<Vec<MirrorPeer>> {
    peers(ctx)
}

pub fn peer_add(ctx: &mut dyn ObjectContext, new: MirrorPeer) -> Result<()> {
    if mode(ctx)? == MirrorMode::Disabled || !new.is_valid() {
        return Err(Errno::EINVAL);
    }
    if uuid_get(ctx, ())? == new.uuid || new.direction == MirrorDirection::Send {
        return Err(Errno::EINVAL);
    }
    for old in peers(ctx)? {
        if old.uuid == new.uuid {
            return Err(Errno::ESTALE);
        }
        let same_cluster = !new.mirror_uuid.is_empty() && old.mirror_uuid == new.mirror_uuid;
        if old.site_name == new.site_name || same_cluster {
            return Err(Errno::EEXIST);
        }
    }
    write_peer(ctx, &new)
}

pub fn peer_remove(ctx: &mut dyn ObjectContext, uuid: Bytes) -> Result<()> {
    ctx.omap_remove(&rows::key(PEERS, &uuid))
}

pub fn peer_set_client(ctx: &mut dyn ObjectContext, (uuid, client_name): (Bytes, Bytes)) -> Result<()> {
    let found = peer(ctx, &uuid)?;
    write_peer(ctx, &MirrorPeer { client_name, ..found })
}

pub fn peer_set_cluster(ctx: &mut dyn ObjectContext, (uuid, site_name): (Bytes, Bytes)) -> Result<()> {
    let all = peers(ctx)?;
    if all.iter().any(|other| other.uuid != uuid && other.site_name == site_name) {
        return Err(Errno::EEXIST);
    }
    let found = all.into_iter().find(|peer| peer.uuid == uuid).ok_or(Errno::ENOENT)?;
    write_peer(ctx, &MirrorPeer { site_name, ..found })
}

type DirectionArguments = (Bytes, MirrorDirection);

pub fn peer_set_direction(ctx: &mut dyn ObjectContext, (uuid, direction): DirectionArguments) -> Result<()> {
    let found = peer(ctx, &uuid)?;
    write_peer(ctx, &MirrorPeer { direction, ..found })
}

type PingArguments = (Bytes, Bytes, MirrorDirection);

/// A cluster that mirrors from here says so. It is known by its mirror uuid or else by its site name.
pub fn peer_ping(
    ctx: &mut dyn ObjectContext,
    (site_name, mirror_uuid, direction): PingArguments,
) -> Result<()> {
    if direction != MirrorDirection::Send || mode(ctx)? == MirrorMode::Disabled {
        return Err(Errno::EINVAL);
    }
    if site_name.is_empty() || mirror_uuid.is_empty() {
        return Err(Errno::EINVAL);
    }
    let all = peers(ctx)?;
    let by_site = all.iter().find(|peer| peer.site_name == site_name);
    let settled = by_site.is_some_and(|peer| peer.mirror_uuid.is_empty() || peer.mirror_uuid == mirror_uuid);
    let by_uuid = all.iter().find(|peer| !settled && peer.mirror_uuid == mirror_uuid);
    let mut seen = match (by_site, by_uuid) {
        (Some(_), Some(peer)) => peer.clone(),
        (None, Some(peer)) => MirrorPeer { site_name, ..peer.clone() },
        (Some(peer), None) => MirrorPeer { mirror_uuid, ..peer.clone() },
        (None, None) => MirrorPeer {
            uuid: random::uuid(),
            direction: MirrorDirection::Send,
            site_name,
            client_name: Bytes::new(),
            mirror_uuid,
            last_seen: ctx.now(),
        },
    };
    if seen.direction == MirrorDirection::Receive {
        seen.direction = MirrorDirection::Both;
    }
    seen.last_seen = ctx.now();
    if !seen.is_valid() {
        return Err(Errno::EINVAL);
    }
    write_peer(ctx, &seen)
}

/// Ids and global ids.
pub fn image_list(ctx: &dyn ObjectContext, (start, max): (Bytes, u64)) -> Result<BTreeMap<Bytes, Bytes>> {
    let mut images = BTreeMap::new();
    rows::each(ctx, IMAGES, &start, max, |id, value| {
        let image: MirrorImage = rows::parse(&id, &value)?;
        images.insert(id, image.global_id);
        Ok(())
    })?;
    Ok(images)
}

pub fn image_get_image_id(ctx: &dyn ObjectContext, global_id: Bytes) -> Result<Bytes> {
    rows::read(ctx, &rows::key(GLOBAL_IDS, &global_id))
}

pub fn image_get(ctx: &dyn ObjectContext, id: Bytes) -> Result<MirrorImage> {
    rows::read(ctx, &rows::key(IMAGES, &id))
}

pub fn image_set(ctx: &mut dyn ObjectContext, (id, image): (Bytes, MirrorImage)) -> Result<()> {
    let global_key = rows::key(GLOBAL_IDS, &image.global_id);
    match rows::find::<MirrorImage>(ctx, &rows::key(IMAGES, &id))? {
        None if rows::exists(ctx, &global_key)? => return Err(Errno::EEXIST),
        // Somebody else finished disabling it meanwhile.
        None if image.state == MirrorImageState::Disabling => return Err(Errno::ENOENT),
        Some(old) if old.global_id != image.global_id => return Err(Errno::EINVAL),
        _ => {}
    }
    rows::write(ctx, &rows::key(IMAGES, &id), &image)?;
    rows::write(ctx, &global_key, &id)
}

pub fn image_remove(ctx: &mut dyn ObjectContext, id: Bytes) -> Result<()> {
    let key = rows::key(IMAGES, &id);
    let image: MirrorImage = rows::read(ctx, &key)?;
    if image.state != MirrorImageState::Disabling {
        return Err(Errno::EBUSY);
    }
    ctx.omap_remove(&key)?;
    ctx.omap_remove(&rows::key(GLOBAL_IDS, &image.global_id))?;
    mirror_status::remove(ctx, image.global_id)
}

/// The row of a mirror snapshot, and what is particular to it.
fn snapshot(ctx: &dyn ObjectContext, id: u64) -> Result<(SnapshotRow, Box<MirrorSnapshotNamespace>)> {
    let row = snapshot_rows::read(ctx, id)?;
    match row.namespace.clone() {
        SnapshotNamespace::Mirror(mirror) => Ok((row, mirror)),
        _ => Err(Errno::EINVAL),
    }
}

pub fn snapshot_unlink_peer(ctx: &mut dyn ObjectContext, (id, peer): (u64, Bytes)) -> Result<()> {
    let (mut row, mut mirror) = snapshot(ctx, id)?;
    if !mirror.peer_uuids.remove(&peer) {
        return Err(Errno::ENOENT);
    }
    row.namespace = SnapshotNamespace::Mirror(mirror);
    snapshot_rows::write(ctx, row)
}

type ProgressArguments = (u64, bool, u64);

pub fn snapshot_set_copy_progress(
    ctx: &mut dyn ObjectContext,
    (id, complete, copied): ProgressArguments,
) -> Result<()> {
    const NON_PRIMARY: [u8; 2] = [2, 3];
    let (mut row, mut mirror) = snapshot(ctx, id)?;
    mirror.complete = complete;
    if NON_PRIMARY.contains(&mirror.state) {
        mirror.last_copied_object = copied;
    }
    row.namespace = SnapshotNamespace::Mirror(mirror);
    snapshot_rows::write(ctx, row)
}
