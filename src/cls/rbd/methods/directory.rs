//! `rbd_directory`: a row from each name to its id, and one back.

use std::collections::BTreeMap;

use bytes::Bytes;
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rbd::states::DirectoryState;
use crate::rows;

const NAMES: &[u8] = b"name_";
const IDS: &[u8] = b"id_";

/// Ids are letters and digits.
pub fn is_valid_id(id: &[u8]) -> bool {
    !id.is_empty() && id.iter().all(u8::is_ascii_alphanumeric)
}

pub fn get_id(ctx: &dyn ObjectContext, name: Bytes) -> Result<Bytes> {
    rows::read(ctx, &rows::key(NAMES, &name))
}

pub fn get_name(ctx: &dyn ObjectContext, id: Bytes) -> Result<Bytes> {
    rows::read(ctx, &rows::key(IDS, &id))
}

pub fn list(ctx: &dyn ObjectContext, (start, max): (Bytes, u64)) -> Result<BTreeMap<Bytes, Bytes>> {
    let mut images = BTreeMap::new();
    rows::each(ctx, NAMES, &start, max, |name, value| {
        let id = rows::parse(&name, &value)?;
        images.insert(name, id);
        Ok(())
    })?;
    Ok(images)
}

fn check_free(ctx: &dyn ObjectContext, name: &[u8], id: &[u8]) -> Result<()> {
    if name.is_empty() || !is_valid_id(id) {
        return Err(Errno::EINVAL);
    }
    if rows::exists(ctx, &rows::key(NAMES, name))? {
        return Err(Errno::EEXIST);
    }
    Ok(())
}

fn insert(ctx: &mut dyn ObjectContext, name: &[u8], id: &[u8]) -> Result<()> {
    rows::write(ctx, &rows::key(NAMES, name), id)?;
    rows::write(ctx, &rows::key(IDS, id), name)
}

/// Name and id must belong together: somebody may have renamed the image meanwhile.
fn delete(ctx: &mut dyn ObjectContext, name: &Bytes, id: &Bytes) -> Result<()> {
    if get_id(ctx, name.clone())? != *id || get_name(ctx, id.clone())? != *name {
        return Err(Errno::ESTALE);
    }
    ctx.omap_remove(&rows::key(NAMES, name))?;
    ctx.omap_remove(&rows::key(IDS, id))
}

pub fn add_image(ctx: &mut dyn ObjectContext, (name, id): (Bytes, Bytes)) -> Result<()> {
    ctx.create(false)?;
    check_free(ctx, &name, &id)?;
    if rows::exists(ctx, &rows::key(IDS, &id))? {
        return Err(Errno::EBADF);
    }
    insert(ctx, &name, &id)
}

pub fn remove_image(ctx: &mut dyn ObjectContext, (name, id): (Bytes, Bytes)) -> Result<()> {
    delete(ctx, &name, &id)
}

pub fn rename_image(ctx: &mut dyn ObjectContext, (from, to, id): (Bytes, Bytes, Bytes)) -> Result<()> {
    // A rename to its own name finds the name in use, so the check comes before the removal.
    let free = check_free(ctx, &to, &id);
    delete(ctx, &from, &id)?;
    free?;
    insert(ctx, &to, &id)
}

/// The state is a plain byte here: a directory is never in an unknown one.
pub fn state_assert(ctx: &dyn ObjectContext, state: u8) -> Result<()> {
    if rows::read::<u8>(ctx, b"state")? == state { Ok(()) } else { Err(Errno::ENOENT) }
}

pub fn state_set(ctx: &mut dyn ObjectContext, state: DirectoryState) -> Result<()> {
    if state == DirectoryState::AddDisabled {
        rows::check_exists(ctx)?;
        let (images, _) = ctx.omap_entries(NAMES, NAMES, 1)?;
        if !images.is_empty() {
            return Err(Errno::EBUSY);
        }
    }
    rows::write(ctx, b"state", &state)
}
