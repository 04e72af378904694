//! The link from a clone to its parent. The header's row `parent` names it; snapshots keep their overlap.

use denc::Trailing;
use ops::{Errno, Result, SNAP_HEAD};

use super::header::require_feature;
use super::{op_features, snapshot_rows};
use crate::context::ObjectContext;
use crate::rbd::client::LegacyParent;
use crate::rbd::features::{self, operation};
use crate::rbd::parent::{ParentRow, ParentSpec};
use crate::rows;

use super::header::ENOEXEC;

/// Whether the image may have a parent at all.
fn layered(ctx: &dyn ObjectContext) -> Result<bool> {
    match require_feature(ctx, features::LAYERING) {
        Ok(()) => Ok(true),
        Err(ENOEXEC) => Ok(false),
        Err(err) => Err(err),
    }
}

pub fn get(ctx: &dyn ObjectContext, (): ()) -> Result<ParentSpec> {
    rows::check_exists(ctx)?;
    if !layered(ctx)? {
        return Ok(ParentSpec::default());
    }
    if let Some(row) = rows::find::<ParentRow>(ctx, b"parent")? {
        return Ok(row.spec);
    }
    // Before Ceph 14 a flattened image's snapshots alone knew the parent.
    let old =
        snapshot_rows::all(ctx)?.into_iter().filter_map(|row| row.parent).rfind(|row| row.spec.exists());
    Ok(old.unwrap_or_default().spec)
}

pub fn get_overlap(ctx: &dyn ObjectContext, snap: u64) -> Result<Option<u64>> {
    if !layered(ctx)? {
        return Ok(None);
    }
    if snap == SNAP_HEAD {
        return Ok(rows::find::<ParentRow>(ctx, b"parent")?.and_then(|row| row.head_overlap));
    }
    let row = snapshot_rows::read(ctx, snap)?;
    let old = row.parent.filter(|parent| parent.spec.exists()).and_then(|parent| parent.head_overlap);
    Ok(row.parent_overlap.or(old))
}

type AttachArguments = (ParentSpec, u64, Trailing<bool>);

pub fn attach(ctx: &mut dyn ObjectContext, (spec, overlap, again): AttachArguments) -> Result<()> {
    link(ctx, spec, overlap, again.0.unwrap_or(false))
}

fn link(ctx: &mut dyn ObjectContext, spec: ParentSpec, overlap: u64, again: bool) -> Result<()> {
    rows::check_exists(ctx)?;
    require_feature(ctx, features::LAYERING)?;
    if !spec.exists() || overlap == 0 {
        return Err(Errno::EINVAL);
    }
    if let Some(row) = rows::find::<ParentRow>(ctx, b"parent")?
        && (row.head_overlap.is_some() || row.spec != spec)
        && !again
    {
        return Err(Errno::EEXIST);
    }
    let size: u64 = rows::read(ctx, b"size")?;
    rows::write(ctx, b"parent", &ParentRow { spec, head_overlap: Some(overlap.min(size)) })
}

pub fn detach(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    unlink(ctx, false)
}

fn unlink(ctx: &mut dyn ObjectContext, legacy: bool) -> Result<()> {
    rows::check_exists(ctx)?;
    let features = rows::find::<u64>(ctx, b"features")?.unwrap_or(0);
    if features & features::LAYERING == 0 {
        return Err(ENOEXEC);
    }
    let mut parent: ParentRow = rows::read(ctx, b"parent")?;
    if legacy && !parent.spec.nspace.is_empty() {
        return Err(Errno::EXDEV);
    }
    if parent.head_overlap.is_none() {
        return Err(Errno::ENOENT);
    }
    let mut cloned = snapshot_rows::all(ctx)?;
    cloned.retain(|row| row.has_parent());
    if features & features::DEEP_FLATTEN != 0 {
        for mut row in cloned.drain(..) {
            (row.parent, row.parent_overlap) = (None, None);
            snapshot_rows::write(ctx, row)?;
        }
    }
    if cloned.is_empty() {
        ctx.omap_remove(b"parent")?;
        op_features::update(ctx, 0, operation::CLONE_CHILD)
    } else {
        parent.head_overlap = None;
        rows::write(ctx, b"parent", &parent)
    }
}

pub fn get_legacy(ctx: &dyn ObjectContext, snap: u64) -> Result<LegacyParent> {
    rows::check_exists(ctx)?;
    let mut parent = ParentRow::default();
    if layered(ctx)? {
        parent = rows::find(ctx, b"parent")?.unwrap_or_default();
        if !parent.spec.nspace.is_empty() {
            return Err(Errno::EXDEV);
        }
        if snap != SNAP_HEAD {
            parent = of_snapshot(ctx, snap, parent)?;
        }
    }
    let ParentSpec { pool, image_id, snap, .. } = parent.spec;
    Ok(LegacyParent { pool, image_id, snap, overlap: parent.head_overlap.unwrap_or(0) })
}

fn of_snapshot(ctx: &dyn ObjectContext, snap: u64, head: ParentRow) -> Result<ParentRow> {
    let row = match snapshot_rows::read(ctx, snap) {
        Err(Errno::ENOENT) => return Ok(ParentRow::default()),
        row => row?,
    };
    match (row.parent, row.parent_overlap) {
        (Some(old), _) if old.spec.exists() => Ok(old),
        (_, None) => Ok(ParentRow::default()),
        (_, Some(_)) if !head.spec.exists() => Err(Errno::EINVAL),
        (_, overlap) => Ok(ParentRow { spec: head.spec, head_overlap: overlap }),
    }
}

pub fn set_legacy(ctx: &mut dyn ObjectContext, parent: LegacyParent) -> Result<()> {
    let LegacyParent { pool, image_id, snap, overlap } = parent;
    link(ctx, ParentSpec { pool, image_id, snap, ..ParentSpec::default() }, overlap, false)
}

pub fn remove_legacy(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    unlink(ctx, true)
}
