//! `rbd_trash`: a row for each image that waits to be removed.

use std::collections::BTreeMap;

use bytes::Bytes;
use denc::Rest;
use ops::{Errno, Result};

use super::directory::is_valid_id;
use crate::context::ObjectContext;
use crate::rbd::trash::{TrashSpec, TrashState};
use crate::rows;

const PREFIX: &[u8] = b"id_";

pub fn add(ctx: &mut dyn ObjectContext, (id, spec): (Bytes, TrashSpec)) -> Result<()> {
    ctx.create(false)?;
    if !is_valid_id(&id) {
        return Err(Errno::EINVAL);
    }
    let key = rows::key(PREFIX, &id);
    if rows::find::<TrashSpec>(ctx, &key)?.is_some() {
        return Err(Errno::EEXIST);
    }
    rows::write(ctx, &key, &spec)
}

pub fn remove(ctx: &mut dyn ObjectContext, id: Bytes) -> Result<()> {
    let key = rows::key(PREFIX, &id);
    ctx.omap_get(&key)?;
    ctx.omap_remove(&key)
}

pub fn list(ctx: &dyn ObjectContext, (start, max): (Bytes, u64)) -> Result<BTreeMap<Bytes, TrashSpec>> {
    let mut images = BTreeMap::new();
    rows::each(ctx, PREFIX, &start, max, |id, value| {
        let spec = rows::parse(&id, &value)?;
        images.insert(id, spec);
        Ok(())
    })?;
    Ok(images)
}

/// The row as it is, so that what newer software added survives.
pub fn get(ctx: &dyn ObjectContext, id: Bytes) -> Result<Rest> {
    ctx.omap_get(&rows::key(PREFIX, &id)).map(Rest)
}

pub fn state_set(ctx: &mut dyn ObjectContext, (id, to, from): (Bytes, TrashState, TrashState)) -> Result<()> {
    let key = rows::key(PREFIX, &id);
    let mut spec: TrashSpec = rows::read(ctx, &key)?;
    if spec.state == from {
        spec.state = to;
        rows::write(ctx, &key, &spec)
    } else if spec.state == to {
        Ok(())
    } else {
        Err(Errno::ESTALE)
    }
}
