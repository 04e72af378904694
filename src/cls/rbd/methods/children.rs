//! The links from parents to their clones: of the second kind at the parent's header, of the first kind in
//! `rbd_children` of the clone's pool.

use std::collections::BTreeSet;

use bytes::Bytes;
use ops::{Errno, Result};

use super::{op_features, snapshot_rows};
use crate::context::ObjectContext;
use crate::rbd::features::operation::CLONE_PARENT;
use crate::rbd::parent::ChildSpec;
use crate::rows;

fn key(snap: u64) -> Bytes {
    rows::hex_key("snap_children_", snap)
}

pub fn attach(ctx: &mut dyn ObjectContext, (snap, child): (u64, ChildSpec)) -> Result<()> {
    let mut row = snapshot_rows::read(ctx, snap)?;
    if row.namespace.is_trash() {
        return Err(Errno::ENOENT);
    }
    let mut children: BTreeSet<ChildSpec> = rows::find(ctx, &key(snap))?.unwrap_or_default();
    if !children.insert(child) {
        return Err(Errno::EEXIST);
    }
    rows::write(ctx, &key(snap), &children)?;
    row.child_count = row.child_count.wrapping_add(1);
    snapshot_rows::write(ctx, row)?;
    op_features::update(ctx, CLONE_PARENT, CLONE_PARENT)
}

pub fn detach(ctx: &mut dyn ObjectContext, (snap, child): (u64, ChildSpec)) -> Result<()> {
    let mut row = snapshot_rows::read(ctx, snap)?;
    let mut children: BTreeSet<ChildSpec> = rows::find(ctx, &key(snap))?.unwrap_or_default();
    if row.child_count as usize != children.len() {
        return Err(Errno::EINVAL);
    }
    if !children.remove(&child) {
        return Err(Errno::ENOENT);
    }
    row.child_count = children.len() as u32;
    if children.is_empty() {
        ctx.omap_remove(&key(snap))?;
    } else {
        rows::write(ctx, &key(snap), &children)?;
    }
    snapshot_rows::write(ctx, row)?;
    if snapshot_rows::all(ctx)?.iter().all(|row| row.child_count == 0) {
        op_features::update(ctx, 0, CLONE_PARENT)?;
    }
    Ok(())
}

pub fn list(ctx: &dyn ObjectContext, snap: u64) -> Result<BTreeSet<ChildSpec>> {
    snapshot_rows::read(ctx, snap)?;
    rows::read(ctx, &key(snap))
}

/// A parent's pool, image id and snapshot: encoded, it is the key in `rbd_children`.
type LegacyKey = (i64, Bytes, u64);

pub fn add_legacy(ctx: &mut dyn ObjectContext, (parent, child): (LegacyKey, Bytes)) -> Result<()> {
    let key = denc::encode(&parent);
    let mut children: BTreeSet<Bytes> = rows::find(ctx, &key)?.unwrap_or_default();
    if !children.insert(child) {
        return Err(Errno::EEXIST);
    }
    rows::write(ctx, &key, &children)
}

pub fn remove_legacy(ctx: &mut dyn ObjectContext, (parent, child): (LegacyKey, Bytes)) -> Result<()> {
    let key = denc::encode(&parent);
    let mut children: BTreeSet<Bytes> = rows::read(ctx, &key)?;
    if !children.remove(&child) {
        return Err(Errno::ENOENT);
    }
    if children.is_empty() { ctx.omap_remove(&key) } else { rows::write(ctx, &key, &children) }
}

pub fn list_legacy(ctx: &dyn ObjectContext, parent: LegacyKey) -> Result<BTreeSet<Bytes>> {
    rows::read(ctx, &denc::encode(&parent))
}
