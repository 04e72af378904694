//! Methods of data objects and of `rbd_id.NAME`.

use std::collections::BTreeMap;

use bytes::Bytes;
use denc::{Rest, decode};
use ops::{Errno, Result};

use super::directory::is_valid_id;
use crate::context::ObjectContext;
use crate::rbd::data_runs;
use crate::rows;

pub fn get_id(ctx: &dyn ObjectContext, (): ()) -> Result<Bytes> {
    let (size, _) = ctx.stat()?;
    if size == 0 {
        return Err(Errno::ENOENT);
    }
    rows::parse(b"id", &ctx.read(0, size)?)
}

pub fn set_id(ctx: &mut dyn ObjectContext, id: Rest) -> Result<()> {
    let (size, _) = ctx.stat()?;
    let id: Bytes = decode(&id.0).map_err(|_| Errno::EINVAL)?;
    if !is_valid_id(&id) {
        return Err(Errno::EINVAL);
    }
    if size != 0 {
        return Err(Errno::EEXIST);
    }
    ctx.write(0, &denc::encode(&id))
}

pub fn copyup(ctx: &mut dyn ObjectContext, data: Rest) -> Result<()> {
    if ctx.stat().is_ok() {
        return Ok(());
    }
    ctx.write(0, &data.0)
}

pub fn sparse_copyup(
    ctx: &mut dyn ObjectContext,
    (extents, data): (BTreeMap<u64, u64>, Bytes),
) -> Result<()> {
    match ctx.stat() {
        Ok(_) => return Ok(()),
        Err(Errno::ENOENT) => {}
        Err(err) => return Err(err),
    }
    if extents.is_empty() {
        return ctx.create(true);
    }
    let mut left = data;
    for (off, len) in extents {
        let len = usize::try_from(len).ok().filter(|&len| len <= left.len()).ok_or(Errno::EINVAL)?;
        ctx.write(off, &left.split_to(len))?;
    }
    Ok(())
}

pub fn sparsify(ctx: &mut dyn ObjectContext, (sparse_size, remove_empty): (u64, bool)) -> Result<()> {
    rows::check_exists(ctx)?;
    let sparse_size = usize::try_from(sparse_size).ok().filter(|&size| size > 0).ok_or(Errno::EINVAL)?;
    let data = ctx.read(0, 0)?;
    let runs = data_runs(&data, sparse_size);
    if runs.is_empty() {
        return if remove_empty { ctx.remove() } else { ctx.truncate(0) };
    }
    if matches!(runs.as_slice(), [run] if run.len() == data.len()) {
        return Ok(());
    }
    ctx.truncate(0)?;
    for run in runs {
        ctx.write(run.start as u64, &data.slice(run))?;
    }
    Ok(())
}

/// The state is a plain byte here: an unknown one is `-EOPNOTSUPP`.
pub fn assert_snapc_seq(ctx: &mut dyn ObjectContext, (seq, state): (u64, u8)) -> Result<()> {
    let greater = match ctx.stat() {
        Ok(_) => seq > ctx.snapset_seq(),
        Err(Errno::ENOENT) => true,
        Err(err) => return Err(err),
    };
    match state {
        0 | 1 if greater == (state == 0) => Ok(()),
        0 | 1 => Err(Errno::ERANGE),
        _ => Err(Errno::EOPNOTSUPP),
    }
}
