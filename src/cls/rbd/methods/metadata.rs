//! Free-form pairs of an image or pool. Values stand in the rows as they are, without a length.

use std::collections::BTreeMap;

use bytes::Bytes;
use ops::Result;

use crate::context::ObjectContext;
use crate::rows;

const PREFIX: &[u8] = b"metadata_";

pub fn list(ctx: &dyn ObjectContext, (start, max): (Bytes, u64)) -> Result<BTreeMap<Bytes, Bytes>> {
    let mut pairs = BTreeMap::new();
    let max = if max == 0 { rows::PAGE } else { max };
    rows::each(ctx, PREFIX, &start, max, |name, value| {
        pairs.insert(name, value);
        Ok(())
    })?;
    Ok(pairs)
}

pub fn set(ctx: &mut dyn ObjectContext, pairs: BTreeMap<Bytes, Bytes>) -> Result<()> {
    for (name, value) in pairs {
        ctx.omap_set(rows::key(PREFIX, &name), value)?;
    }
    Ok(())
}

pub fn remove(ctx: &mut dyn ObjectContext, name: Bytes) -> Result<()> {
    ctx.omap_remove(&rows::key(PREFIX, &name))
}

pub fn get(ctx: &dyn ObjectContext, name: Bytes) -> Result<Bytes> {
    ctx.omap_get(&rows::key(PREFIX, &name))
}
