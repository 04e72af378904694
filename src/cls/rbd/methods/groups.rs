//! Groups: the images and snapshots in `rbd_group_header.ID`, and the reference an image's header keeps.
//! `rbd_group_directory` works as the directory of images does.

use bytes::Bytes;
use denc::Rest;
use ops::{Errno, Result};

use super::op_features;
use crate::context::ObjectContext;
use crate::rbd::features::operation::GROUP;
use crate::rbd::group::{GroupImage, GroupImageStatus, GroupSnapshot, GroupSnapshotState, GroupSpec};
use crate::rows;

const IMAGES: &[u8] = b"image_";
const SNAPSHOTS: &[u8] = b"snapshot_";
/// The row of an image's header.
const REFERENCE: &[u8] = b"rbd_group_ref";

/// What follows the prefix in an image's key: the pool as 16 hexadecimal digits, `_`, the id.
fn image_name(image: &GroupImage) -> Bytes {
    if image.pool == -1 {
        return Bytes::new();
    }
    rows::key(format!("{:016x}_", image.pool).as_bytes(), &image.image_id)
}

fn parse_image_name(name: &Bytes) -> Option<GroupImage> {
    let (pool, id) = name.split_at_checked(name.iter().position(|&byte| byte == b'_')?)?;
    let pool = u64::from_str_radix(std::str::from_utf8(pool).ok()?, 16).ok()?;
    Some(GroupImage { image_id: name.slice_ref(id.get(1..)?), pool: pool.cast_signed() })
}

pub fn image_set(ctx: &mut dyn ObjectContext, status: GroupImageStatus) -> Result<()> {
    rows::write(ctx, &rows::key(IMAGES, &image_name(&status.image)), &status.link)
}

pub fn image_remove(ctx: &mut dyn ObjectContext, image: GroupImage) -> Result<()> {
    ctx.omap_remove(&rows::key(IMAGES, &image_name(&image)))
}

pub fn image_list(ctx: &dyn ObjectContext, (start, max): (GroupImage, u64)) -> Result<Vec<GroupImageStatus>> {
    let mut images = Vec::new();
    rows::each(ctx, IMAGES, &image_name(&start), max, |name, value| {
        let image = parse_image_name(&name).ok_or(Errno::EIO)?;
        images.push(GroupImageStatus { image, link: rows::parse(&name, &value)? });
        Ok(())
    })?;
    Ok(images)
}

/// `-EINVAL`, not `-EIO`, where the row cannot be decoded.
fn reference(ctx: &dyn ObjectContext) -> Result<GroupSpec> {
    denc::decode(&ctx.omap_get(REFERENCE)?).map_err(|_| Errno::EINVAL)
}

pub fn image_group_add(ctx: &mut dyn ObjectContext, group: GroupSpec) -> Result<()> {
    match reference(ctx) {
        Ok(old) if old == group => return Ok(()),
        Ok(_) => return Err(Errno::EEXIST),
        Err(Errno::ENOENT) => {}
        Err(err) => return Err(err),
    }
    op_features::update(ctx, GROUP, GROUP)?;
    rows::write(ctx, REFERENCE, &group)
}

pub fn image_group_remove(ctx: &mut dyn ObjectContext, group: GroupSpec) -> Result<()> {
    if reference(ctx)? != group {
        return Err(Errno::EBADF);
    }
    ctx.omap_remove(REFERENCE)?;
    op_features::update(ctx, 0, GROUP)
}

pub fn image_group_get(ctx: &dyn ObjectContext, (): ()) -> Result<GroupSpec> {
    match reference(ctx) {
        Err(Errno::ENOENT) => Ok(GroupSpec::default()),
        other => other,
    }
}

pub fn snap_set(ctx: &mut dyn ObjectContext, snapshot: GroupSnapshot) -> Result<()> {
    if snapshot.name.is_empty() || snapshot.id.is_empty() {
        return Err(Errno::EINVAL);
    }
    for other in snap_list(ctx, (GroupSnapshot::default(), u64::MAX))? {
        if other.name == snapshot.name && other.id != snapshot.id {
            return Err(Errno::EEXIST);
        }
    }
    let key = rows::key(SNAPSHOTS, &snapshot.id);
    if snapshot.state == GroupSnapshotState::Incomplete && rows::exists(ctx, &key)? {
        return Err(Errno::EEXIST);
    }
    rows::write(ctx, &key, &snapshot)
}

pub fn snap_remove(ctx: &mut dyn ObjectContext, id: Bytes) -> Result<()> {
    ctx.omap_remove(&rows::key(SNAPSHOTS, &id))
}

/// The row as it is, so that what newer software added survives.
pub fn snap_get(ctx: &dyn ObjectContext, id: Bytes) -> Result<Rest> {
    let row = ctx.omap_get(&rows::key(SNAPSHOTS, &id))?;
    rows::parse::<GroupSnapshot>(&id, &row)?;
    Ok(Rest(row))
}

pub fn snap_list(ctx: &dyn ObjectContext, (start, max): (GroupSnapshot, u64)) -> Result<Vec<GroupSnapshot>> {
    let mut snapshots = Vec::new();
    let listed = rows::each(ctx, SNAPSHOTS, &start.id, max, |id, value| {
        snapshots.push(rows::parse(&id, &value)?);
        Ok(())
    });
    // A group that was never written to has no snapshots.
    match listed {
        Err(err) if err != Errno::ENOENT => Err(err),
        _ => Ok(snapshots),
    }
}
