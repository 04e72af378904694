//! The rows in which mirroring daemons report, and divide images among themselves. A daemon is alive while
//! it watches `rbd_mirroring`.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use denc::Trailing;
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::entity::{EntityAddr, EntityInst, EntityName};
use crate::rbd::mirror::{MirrorDirection, MirrorImage, MirrorPeer};
use crate::rbd::mirror_status::{
    MirrorImageMap, MirrorImageStatus, MirrorSiteStatus, MirrorStatusState, MirrorStatusSummary, Origin,
    StatusRow,
};
use crate::rows;

const IMAGES: &[u8] = b"image_";
const LOCAL: &[u8] = b"status_global_";
const REMOTE: &[u8] = b"remote_status_global_";
const INSTANCES: &[u8] = b"instance_";
const MAPS: &[u8] = b"image_map_";

/// What the keys of other sites' reports of an image begin with.
fn remote_prefix(global_id: &[u8]) -> Bytes {
    rows::key(&rows::key(REMOTE, global_id), b"_")
}

fn key(global_id: &[u8], site: &[u8]) -> Bytes {
    if site.is_empty() { rows::key(LOCAL, global_id) } else { rows::key(&remote_prefix(global_id), site) }
}

/// Addresses compare without their type.
fn inst(client: u64, addr: &str) -> EntityInst {
    let addr: EntityAddr = addr.parse().unwrap_or_default();
    EntityInst { name: EntityName::client(client), addr: addr.with_kind(EntityAddr::ANY) }
}

fn alive(ctx: &dyn ObjectContext) -> Result<Vec<EntityInst>> {
    match ctx.watchers() {
        Ok(watchers) => Ok(watchers.iter().map(|watcher| inst(watcher.client, &watcher.addr)).collect()),
        Err(Errno::ENOENT) => Ok(Vec::new()),
        Err(err) => Err(err),
    }
}

pub fn set(ctx: &mut dyn ObjectContext, (global_id, status): (Bytes, MirrorSiteStatus)) -> Result<()> {
    let caller = ctx.origin();
    let key = key(&global_id, &status.mirror_uuid);
    let row = StatusRow {
        origin: Origin { inst: inst(caller.client, &caller.addr) },
        status: MirrorSiteStatus { mirror_uuid: Bytes::new(), up: false, last_update: ctx.now(), ..status },
    };
    rows::write(ctx, &key, &row)
}

pub fn remove(ctx: &mut dyn ObjectContext, global_id: Bytes) -> Result<()> {
    let prefix = remote_prefix(&global_id);
    let mut keys = vec![key(&global_id, b"")];
    rows::each(ctx, &prefix, b"", u64::MAX, |site, _| {
        keys.push(key(&global_id, &site));
        Ok(())
    })?;
    keys.iter().try_for_each(|key| ctx.omap_remove(key))
}

fn collect(ctx: &dyn ObjectContext, global_id: &[u8], alive: &[EntityInst]) -> Result<MirrorImageStatus> {
    let report = |mirror_uuid: Bytes, row: StatusRow| {
        let up = alive.contains(&row.origin.inst);
        MirrorSiteStatus { mirror_uuid, up, ..row.status }
    };
    let mut sites = Vec::new();
    if let Some(row) = rows::find(ctx, &key(global_id, b""))? {
        sites.push(report(Bytes::new(), row));
    }
    rows::each(ctx, &remote_prefix(global_id), b"", u64::MAX, |site, value| {
        let row = rows::parse(&site, &value)?;
        sites.push(report(site, row));
        Ok(())
    })?;
    Ok(MirrorImageStatus { sites })
}

pub fn get(ctx: &dyn ObjectContext, global_id: Bytes) -> Result<MirrorImageStatus> {
    let status = collect(ctx, &global_id, &alive(ctx)?)?;
    if status.sites.is_empty() { Err(Errno::ENOENT) } else { Ok(status) }
}

fn images(ctx: &dyn ObjectContext, start: &[u8], max: u64) -> Result<BTreeMap<Bytes, MirrorImage>> {
    let mut images = BTreeMap::new();
    rows::each(ctx, IMAGES, start, max, |id, value| {
        let image = rows::parse(&id, &value)?;
        images.insert(id, image);
        Ok(())
    })?;
    Ok(images)
}

type Listed = (BTreeMap<Bytes, MirrorImage>, BTreeMap<Bytes, MirrorImageStatus>);

pub fn list(ctx: &dyn ObjectContext, (start, max): (Bytes, u64)) -> Result<Listed> {
    let alive = alive(ctx)?;
    let images = images(ctx, &start, max)?;
    let mut statuses = BTreeMap::new();
    for (id, image) in &images {
        // An unreadable report hides itself, not the image.
        match collect(ctx, &image.global_id, &alive) {
            Ok(status) if !status.sites.is_empty() => statuses.insert(id.clone(), status),
            _ => continue,
        };
    }
    Ok((images, statuses))
}

/// The state that stands for all reports of an image: the worst one.
fn summarize(
    direction: MirrorDirection,
    senders: &BTreeSet<Bytes>,
    status: &MirrorImageStatus,
) -> MirrorStatusState {
    let mut state = None;
    if direction != MirrorDirection::Send {
        state = status.local().filter(|site| site.up).map(|site| site.state);
    }
    if direction == MirrorDirection::Receive {
        return state.unwrap_or(MirrorStatusState::Unknown);
    }
    let mut missing = senders.len();
    for site in status.remote() {
        if senders.contains(&site.mirror_uuid) {
            missing = missing.saturating_sub(1);
        }
        let reported = if site.up { site.state } else { MirrorStatusState::Unknown };
        state = match state {
            _ if site.state == MirrorStatusState::Error => Some(MirrorStatusState::Error),
            Some(MirrorStatusState::Error) => state,
            Some(worst) => Some(worst.min(reported)),
            None => Some(reported),
        };
    }
    state.filter(|_| missing == 0).unwrap_or(MirrorStatusState::Unknown)
}

pub fn summary(ctx: &dyn ObjectContext, peers: Trailing<Vec<MirrorPeer>>) -> Result<MirrorStatusSummary> {
    let peers = peers.0.unwrap_or_default();
    let mut direction = peers.first().map_or(MirrorDirection::Receive, |peer| peer.direction);
    let mut senders = BTreeSet::new();
    for peer in peers.iter().filter(|peer| peer.direction != MirrorDirection::Receive) {
        senders.insert(peer.mirror_uuid.clone());
        if direction != peer.direction {
            direction = MirrorDirection::Both;
        }
    }
    let alive = alive(ctx)?;
    let mut summary = MirrorStatusSummary::new();
    for image in images(ctx, b"", u64::MAX)?.values() {
        let status = collect(ctx, &image.global_id, &alive)?;
        *summary.entry(summarize(direction, &senders, &status)).or_default() += 1;
    }
    Ok(summary)
}

/// Removes the reports of daemons that are gone.
pub fn remove_down(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    let alive = alive(ctx)?;
    let mut stale = Vec::new();
    for prefix in [LOCAL, REMOTE] {
        rows::each(ctx, prefix, b"", u64::MAX, |name, value| {
            let origin: Origin = rows::parse(&name, &value)?;
            if !alive.contains(&origin.inst) {
                stale.push(rows::key(prefix, &name));
            }
            Ok(())
        })?;
    }
    stale.iter().try_for_each(|key| ctx.omap_remove(key))
}

fn instance(ctx: &dyn ObjectContext, global_id: &[u8], alive: &[EntityInst]) -> Result<EntityInst> {
    let row: StatusRow = rows::read(ctx, &key(global_id, b""))?;
    if alive.contains(&row.origin.inst) { Ok(row.origin.inst) } else { Err(Errno::ESTALE) }
}

/// The daemon that reported last, where it is alive.
pub fn instance_get(ctx: &dyn ObjectContext, global_id: Bytes) -> Result<EntityInst> {
    instance(ctx, &global_id, &alive(ctx)?)
}

pub fn instance_list(
    ctx: &dyn ObjectContext,
    (start, max): (Bytes, u64),
) -> Result<BTreeMap<Bytes, EntityInst>> {
    let alive = alive(ctx)?;
    let mut instances = BTreeMap::new();
    for (id, image) in images(ctx, &start, u64::MAX)? {
        if instances.len() as u64 >= max {
            break;
        }
        if let Ok(found) = instance(ctx, &image.global_id, &alive) {
            instances.insert(id, found);
        }
    }
    Ok(instances)
}

/// Ids of the mirroring daemons.
pub fn instances_list(ctx: &dyn ObjectContext, (): ()) -> Result<Vec<Bytes>> {
    let mut ids = Vec::new();
    rows::each(ctx, INSTANCES, b"", u64::MAX, |id, _| {
        ids.push(id);
        Ok(())
    })?;
    Ok(ids)
}

pub fn instances_add(ctx: &mut dyn ObjectContext, id: Bytes) -> Result<()> {
    ctx.omap_set(rows::key(INSTANCES, &id), Bytes::new())
}

pub fn instances_remove(ctx: &mut dyn ObjectContext, id: Bytes) -> Result<()> {
    ctx.omap_remove(&rows::key(INSTANCES, &id))
}

pub fn map_list(
    ctx: &dyn ObjectContext,
    (start, max): (Bytes, u64),
) -> Result<BTreeMap<Bytes, MirrorImageMap>> {
    let mut maps = BTreeMap::new();
    rows::each(ctx, MAPS, &start, max, |global_id, value| {
        let map = denc::decode(&value).map_err(|_| Errno::EINVAL)?;
        maps.insert(global_id, map);
        Ok(())
    })?;
    Ok(maps)
}

pub fn map_update(ctx: &mut dyn ObjectContext, (global_id, map): (Bytes, MirrorImageMap)) -> Result<()> {
    rows::write(ctx, &rows::key(MAPS, &global_id), &map)
}

pub fn map_remove(ctx: &mut dyn ObjectContext, global_id: Bytes) -> Result<()> {
    ctx.omap_remove(&rows::key(MAPS, &global_id))
}
