//! Size, features, striping, flags and times of an image.

use bytes::Bytes;
use denc::Trailing;
use ops::{Errno, Result, SNAP_HEAD, Timespec};

use super::snapshot_rows;
use crate::context::ObjectContext;
use crate::rbd::client::{ImageFeatures, ImageSize, Striping};
use crate::rbd::features;
use crate::rbd::parent::ParentRow;
use crate::rows;

/// Ceph's errno for an image that lacks a feature the call is about.
pub const ENOEXEC: Errno = Errno(8);

/// The feature must be on; images of format 1 have none.
pub fn require_feature(ctx: &dyn ObjectContext, need: u64) -> Result<()> {
    match rows::find::<u64>(ctx, b"features")? {
        Some(have) if have & need == need => Ok(()),
        _ => Err(ENOEXEC),
    }
}

type CreateArguments = (u64, u8, u64, Bytes, Trailing<i64>);

pub fn create(
    ctx: &mut dyn ObjectContext,
    (size, order, features, prefix, pool): CreateArguments,
) -> Result<()> {
    let data_pool = pool.0.unwrap_or(-1);
    if features & !features::ALL != 0 {
        return Err(Errno::ENOSYS);
    }
    if prefix.is_empty() {
        return Err(Errno::EINVAL);
    }
    if rows::exists(ctx, b"object_prefix")? {
        return Err(Errno::EEXIST);
    }
    if features & features::OPERATIONS != 0 {
        return Err(Errno::EINVAL);
    }
    // The feature and the pool come together or not at all.
    if (features & features::DATA_POOL != 0) != (data_pool != -1) {
        return Err(Errno::EINVAL);
    }
    let now = ctx.now();
    rows::write(ctx, b"size", &size)?;
    rows::write(ctx, b"order", &order)?;
    rows::write(ctx, b"features", &features)?;
    rows::write(ctx, b"object_prefix", &prefix)?;
    rows::write(ctx, b"snap_seq", &0_u64)?;
    rows::write(ctx, b"create_timestamp", &now)?;
    rows::write(ctx, b"access_timestamp", &now)?;
    rows::write(ctx, b"modify_timestamp", &now)?;
    if data_pool != -1 {
        rows::write(ctx, b"data_pool_id", &data_pool)?;
    }
    Ok(())
}

pub fn get_features(
    ctx: &dyn ObjectContext,
    (_snap, read_only): (u64, Trailing<bool>),
) -> Result<ImageFeatures> {
    let features: u64 = rows::read(ctx, b"features")?;
    let read_only = read_only.0.unwrap_or(false);
    let mask = if read_only { features::INCOMPATIBLE } else { features::RW_INCOMPATIBLE };
    Ok(ImageFeatures { features, incompatible: features & mask })
}

pub fn set_features(ctx: &mut dyn ObjectContext, (features, mask): (u64, u64)) -> Result<()> {
    let before = rows::find::<u64>(ctx, b"features")?.unwrap_or(0);
    if mask & features::INTERNAL != 0 {
        return Err(Errno::EINVAL);
    }
    // Newer clients may name features that are unknown here.
    let mask = mask & features::ALL;
    let (on, off) = (features & mask, !features & mask);
    if on & !features::MUTABLE != 0 || off & !(features::MUTABLE | features::DISABLE_ONLY) != 0 {
        return Err(Errno::EINVAL);
    }
    rows::write(ctx, b"features", &((before & !mask) | on))
}

pub fn get_all_features(_: &dyn ObjectContext, (): ()) -> Result<u64> {
    Ok(features::ALL)
}

pub fn get_size(ctx: &dyn ObjectContext, snap: u64) -> Result<ImageSize> {
    let order = rows::read(ctx, b"order")?;
    let size = if snap == SNAP_HEAD {
        rows::read(ctx, b"size")?
    } else {
        snapshot_rows::read(ctx, snap)?.image_size
    };
    Ok(ImageSize { order, size })
}

pub fn set_size(ctx: &mut dyn ObjectContext, size: u64) -> Result<()> {
    let before: u64 = rows::read(ctx, b"size")?;
    rows::write(ctx, b"size", &size)?;
    if size >= before {
        return Ok(());
    }
    let Some(mut parent) = rows::find::<ParentRow>(ctx, b"parent")? else { return Ok(()) };
    if parent.spec.exists() && parent.head_overlap.is_some_and(|overlap| overlap > size) {
        parent.head_overlap = Some(size);
        rows::write(ctx, b"parent", &parent)?;
    }
    Ok(())
}

pub fn get_object_prefix(ctx: &dyn ObjectContext, (): ()) -> Result<Bytes> {
    rows::read(ctx, b"object_prefix")
}

pub fn get_data_pool(ctx: &dyn ObjectContext, (): ()) -> Result<i64> {
    Ok(rows::find(ctx, b"data_pool_id")?.unwrap_or(-1))
}

/// Bytes of an object of that order.
fn object_size(order: u8) -> Result<u64> {
    1_u64.checked_shl(order.into()).ok_or(Errno::EIO)
}

pub fn get_stripe_unit_count(ctx: &dyn ObjectContext, (): ()) -> Result<Striping> {
    rows::check_exists(ctx)?;
    require_feature(ctx, features::STRIPINGV2)?;
    let unit = match rows::find(ctx, b"stripe_unit")? {
        Some(unit) => unit,
        None => object_size(rows::find(ctx, b"order")?.ok_or(Errno::EIO)?)?,
    };
    Ok(Striping { unit, count: rows::find(ctx, b"stripe_count")?.unwrap_or(1) })
}

pub fn set_stripe_unit_count(ctx: &mut dyn ObjectContext, striping: Striping) -> Result<()> {
    if striping.unit == 0 || striping.count == 0 {
        return Err(Errno::EINVAL);
    }
    rows::check_exists(ctx)?;
    require_feature(ctx, features::STRIPINGV2)?;
    if !object_size(rows::read(ctx, b"order")?)?.is_multiple_of(striping.unit) {
        return Err(Errno::EINVAL);
    }
    rows::write(ctx, b"stripe_unit", &striping.unit)?;
    rows::write(ctx, b"stripe_count", &striping.count)
}

/// Images of older releases lack some times.
fn timestamp(ctx: &dyn ObjectContext, key: &[u8]) -> Result<Timespec> {
    Ok(rows::find(ctx, key)?.unwrap_or_default())
}

pub fn get_create_timestamp(ctx: &dyn ObjectContext, (): ()) -> Result<Timespec> {
    timestamp(ctx, b"create_timestamp")
}

pub fn get_access_timestamp(ctx: &dyn ObjectContext, (): ()) -> Result<Timespec> {
    timestamp(ctx, b"access_timestamp")
}

pub fn get_modify_timestamp(ctx: &dyn ObjectContext, (): ()) -> Result<Timespec> {
    timestamp(ctx, b"modify_timestamp")
}

pub fn set_access_timestamp(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    rows::check_exists(ctx)?;
    let now = ctx.now();
    rows::write(ctx, b"access_timestamp", &now)
}

pub fn set_modify_timestamp(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    rows::check_exists(ctx)?;
    let now = ctx.now();
    rows::write(ctx, b"modify_timestamp", &now)
}

pub fn get_flags(ctx: &dyn ObjectContext, snap: u64) -> Result<u64> {
    if snap == SNAP_HEAD {
        return Ok(rows::find(ctx, b"flags")?.unwrap_or(0));
    }
    Ok(snapshot_rows::read(ctx, snap)?.flags)
}

pub fn set_flags(ctx: &mut dyn ObjectContext, (flags, mask, snap): (u64, u64, Trailing<u64>)) -> Result<()> {
    let merged = |before: u64| (before & !mask) | (flags & mask);
    match snap.0 {
        None | Some(SNAP_HEAD) => {
            let before = rows::find(ctx, b"flags")?.unwrap_or(0);
            rows::write(ctx, b"flags", &merged(before))
        }
        Some(snap) => {
            let mut row = snapshot_rows::read(ctx, snap)?;
            row.flags = merged(row.flags);
            snapshot_rows::write(ctx, row)
        }
    }
}
