//! Adding, removing and naming snapshots.

use bytes::Bytes;
use denc::Trailing;
use ops::{Errno, Result, SNAP_HEAD, Timespec};

use super::header::require_feature;
use super::{op_features, snapshot_rows};
use crate::context::ObjectContext;
use crate::rbd::features::{self, operation};
use crate::rbd::parent::ParentRow;
use crate::rbd::snapshot::{Protection, SnapshotInfo, SnapshotNamespace, SnapshotRow};
use crate::{random, rows};

/// The largest id a snapshot may have (`CEPH_MAXSNAP`).
const MAX_SNAP: u64 = u64::MAX - 2;

pub fn get_snapcontext(ctx: &dyn ObjectContext, (): ()) -> Result<(u64, Vec<u64>)> {
    let mut ids = snapshot_rows::ids(ctx)?;
    let seq = rows::read(ctx, b"snap_seq")?;
    ids.reverse();
    Ok((seq, ids))
}

/// The live image has no such row.
fn read(ctx: &dyn ObjectContext, snap: u64) -> Result<SnapshotRow> {
    if snap == SNAP_HEAD {
        return Err(Errno::EINVAL);
    }
    snapshot_rows::read(ctx, snap)
}

pub fn get_name(ctx: &dyn ObjectContext, snap: u64) -> Result<Bytes> {
    Ok(read(ctx, snap)?.name)
}

pub fn get_timestamp(ctx: &dyn ObjectContext, snap: u64) -> Result<Timespec> {
    Ok(read(ctx, snap)?.timestamp)
}

pub fn get(ctx: &dyn ObjectContext, snap: u64) -> Result<SnapshotInfo> {
    let SnapshotRow { id, name, image_size, namespace, timestamp, child_count, .. } = read(ctx, snap)?;
    Ok(SnapshotInfo { id, namespace, name, image_size, timestamp, child_count })
}

type AddArguments = (Bytes, u64, Trailing<SnapshotNamespace>);

pub fn add(ctx: &mut dyn ObjectContext, (name, id, namespace): AddArguments) -> Result<()> {
    let namespace = namespace.0.unwrap_or_default();
    if matches!(namespace, SnapshotNamespace::Unknown { .. }) || id > MAX_SNAP {
        return Err(Errno::EINVAL);
    }
    // Somebody else may have added a newer one meanwhile.
    if id < rows::read(ctx, b"snap_seq")? {
        return Err(Errno::ESTALE);
    }
    let image_size = rows::read(ctx, b"size")?;
    let flags = rows::find(ctx, b"flags")?.unwrap_or(0);
    let limit = get_limit(ctx, ())?;
    for (count, old) in (1..).zip(snapshot_rows::all(ctx)?) {
        if count >= limit {
            return Err(Errno::EDQUOT);
        }
        if old.id == id || (old.name == name && old.namespace == namespace) {
            return Err(Errno::EEXIST);
        }
    }
    let parent = rows::find::<ParentRow>(ctx, b"parent")?;
    if namespace.is_trash() {
        op_features::update(ctx, operation::SNAP_TRASH, operation::SNAP_TRASH)?;
    }
    rows::write(ctx, b"snap_seq", &id)?;
    let timestamp = ctx.now();
    let row =
        SnapshotRow { id, name, image_size, flags, namespace, timestamp, parent, ..SnapshotRow::default() };
    snapshot_rows::write(ctx, row)
}

pub fn rename(ctx: &mut dyn ObjectContext, (id, name): (u64, Bytes)) -> Result<()> {
    if snapshot_rows::all(ctx)?.iter().any(|old| old.namespace.is_user() && old.name == name) {
        return Err(Errno::EEXIST);
    }
    let mut row = snapshot_rows::read(ctx, id)?;
    if !row.namespace.is_user() {
        return Err(Errno::EINVAL);
    }
    row.name = name;
    snapshot_rows::write(ctx, row)
}

pub fn remove(ctx: &mut dyn ObjectContext, id: u64) -> Result<()> {
    let row = snapshot_rows::read(ctx, id)?;
    if row.protection != Protection::Unprotected as u8 || row.child_count > 0 {
        return Err(Errno::EBUSY);
    }
    let mut others = snapshot_rows::all(ctx)?;
    others.retain(|other| other.id != id);
    ctx.omap_remove(&snapshot_rows::key(id))?;

    let cloned = others.iter().any(SnapshotRow::has_parent);
    let parent = rows::find::<ParentRow>(ctx, b"parent")?.filter(|row| row.spec.exists());
    let head_cloned = parent.as_ref().is_some_and(|row| row.head_overlap.is_some());
    if parent.is_some() && !head_cloned && !cloned {
        ctx.omap_remove(b"parent")?;
    }
    let mut unused = 0;
    if !cloned && !head_cloned {
        unused |= operation::CLONE_CHILD;
    }
    if !others.iter().any(|other| other.namespace.is_trash()) {
        unused |= operation::SNAP_TRASH;
    }
    if unused != 0 {
        op_features::update(ctx, 0, unused)?;
    }
    Ok(())
}

pub fn trash_add(ctx: &mut dyn ObjectContext, id: u64) -> Result<()> {
    let mut row = snapshot_rows::read(ctx, id)?;
    if row.protection != Protection::Unprotected as u8 {
        return Err(Errno::EBUSY);
    }
    if row.namespace.is_trash() {
        return Err(Errno::EEXIST);
    }
    op_features::update(ctx, operation::SNAP_TRASH, operation::SNAP_TRASH)?;
    let original_kind = row.namespace.kind();
    let original_name = std::mem::replace(&mut row.name, random::uuid());
    row.namespace = SnapshotNamespace::Trash { original_name, original_kind };
    snapshot_rows::write(ctx, row)
}

pub fn get_limit(ctx: &dyn ObjectContext, (): ()) -> Result<u64> {
    Ok(rows::find(ctx, b"snap_limit")?.unwrap_or(u64::MAX))
}

pub fn set_limit(ctx: &mut dyn ObjectContext, limit: u64) -> Result<()> {
    if limit == u64::MAX {
        return ctx.omap_remove(b"snap_limit");
    }
    let count = match super::old_format::read(ctx) {
        Ok(header) => header.snapshots.len() as u64,
        Err(Errno::EINVAL) => snapshot_rows::ids(ctx)?.len() as u64,
        Err(err) => return Err(err),
    };
    if limit < count {
        return Err(Errno::ERANGE);
    }
    rows::write(ctx, b"snap_limit", &limit)
}

pub fn get_protection_status(ctx: &dyn ObjectContext, snap: u64) -> Result<u8> {
    rows::check_exists(ctx)?;
    let status = read(ctx, snap)?.protection;
    if status > Protection::Protected as u8 {
        return Err(Errno::EIO);
    }
    Ok(status)
}

pub fn set_protection_status(ctx: &mut dyn ObjectContext, (snap, status): (u64, Protection)) -> Result<()> {
    rows::check_exists(ctx)?;
    require_feature(ctx, features::LAYERING)?;
    let mut row = read(ctx, snap)?;
    row.protection = status as u8;
    snapshot_rows::write(ctx, row)
}
