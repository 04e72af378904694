//! Operation features, whose first one switches on the feature `operations` and whose last one switches it
//! off again.

use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rbd::features::{OPERATIONS, operation};
use crate::rows;

/// Sets the bits of `mask` to those of `features`.
pub fn update(ctx: &mut dyn ObjectContext, features: u64, mask: u64) -> Result<()> {
    let image: u64 = rows::read(ctx, b"features")?;
    let before = rows::find::<u64>(ctx, b"op_features")?.unwrap_or(0);
    let after = (before & !mask) | (features & mask);
    if after == before {
        return Ok(());
    }
    let image_after = if after == 0 {
        ctx.omap_remove(b"op_features")?;
        image & !OPERATIONS
    } else {
        rows::write(ctx, b"op_features", &after)?;
        image | OPERATIONS
    };
    if image_after != image {
        rows::write(ctx, b"features", &image_after)?;
    }
    Ok(())
}

pub fn get(ctx: &dyn ObjectContext, (): ()) -> Result<u64> {
    Ok(rows::find(ctx, b"op_features")?.unwrap_or(0))
}

pub fn set(ctx: &mut dyn ObjectContext, (features, mask): (u64, u64)) -> Result<()> {
    if mask & !operation::ALL != 0 {
        return Err(Errno::EINVAL);
    }
    update(ctx, features, mask)
}
