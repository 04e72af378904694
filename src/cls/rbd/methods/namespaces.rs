//! The pool's namespaces, as empty rows of `rbd_namespace`.

use bytes::Bytes;
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rows;

const PREFIX: &[u8] = b"name_";

pub fn add(ctx: &mut dyn ObjectContext, name: Bytes) -> Result<()> {
    let key = rows::key(PREFIX, &name);
    if rows::exists(ctx, &key)? {
        return Err(Errno::EEXIST);
    }
    ctx.omap_set(key, Bytes::new())
}

pub fn remove(ctx: &mut dyn ObjectContext, name: Bytes) -> Result<()> {
    let key = rows::key(PREFIX, &name);
    ctx.omap_get(&key)?;
    ctx.omap_remove(&key)
}

pub fn list(ctx: &dyn ObjectContext, (start, max): (Bytes, u64)) -> Result<Vec<Bytes>> {
    let mut names = Vec::new();
    rows::each(ctx, PREFIX, &start, max, |name, _| {
        names.push(name);
        Ok(())
    })?;
    Ok(names)
}
