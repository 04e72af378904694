//! Migration: a row of the header, and a mark that keeps other clients away. In images of format 1 the mark
//! is the text at the front of the header.

use bytes::Bytes;
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rbd::features::MIGRATING;
use crate::rbd::migration::{MigrationHeader, MigrationSpec, MigrationState};
use crate::rows;

const ROW: &[u8] = b"migration";

/// With the NUL behind them.
const OLD_HEADER: &[u8] = b"<<< Rados Block Device Image >>>\n\0";
const OLD_MIGRATING: &[u8] = b"<<< Migrating RBD Image      >>>\n\0";

const ENXIO: Errno = Errno(6);

/// Whether the header of format 1 has the mark.
fn old_is_marked(ctx: &dyn ObjectContext) -> Result<bool> {
    match &ctx.read(0, OLD_HEADER.len() as u64)?[..] {
        OLD_HEADER => Ok(false),
        OLD_MIGRATING => Ok(true),
        _ => Err(ENXIO),
    }
}

fn mark(ctx: &mut dyn ObjectContext, header: MigrationHeader) -> Result<()> {
    match rows::find::<u64>(ctx, b"features")? {
        Some(features) if features & MIGRATING == 0 => rows::write(ctx, b"features", &(features | MIGRATING)),
        Some(_) if header == MigrationHeader::Destination => Ok(()),
        Some(_) => Err(Errno::EEXIST),
        None if old_is_marked(ctx)? => Err(Errno::EEXIST),
        None if header != MigrationHeader::Source => Err(Errno::EINVAL),
        None => ctx.write(0, &Bytes::from_static(OLD_MIGRATING)),
    }
}

pub fn set(ctx: &mut dyn ObjectContext, spec: MigrationSpec) -> Result<()> {
    if rows::exists(ctx, ROW)? {
        return Err(Errno::EEXIST);
    }
    mark(ctx, spec.header)?;
    rows::write(ctx, ROW, &spec)
}

pub fn get(ctx: &dyn ObjectContext, (): ()) -> Result<MigrationSpec> {
    let marked = match rows::find::<u64>(ctx, b"features")? {
        Some(features) => features & MIGRATING != 0,
        None => old_is_marked(ctx)?,
    };
    if marked { rows::read(ctx, ROW) } else { Err(Errno::EINVAL) }
}

pub fn set_state(ctx: &mut dyn ObjectContext, (state, description): (MigrationState, Bytes)) -> Result<()> {
    let spec = get(ctx, ())?;
    rows::write(ctx, ROW, &MigrationSpec { state, state_description: description, ..spec })
}

pub fn remove(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    ctx.omap_remove(ROW)?;
    match rows::find::<u64>(ctx, b"features")? {
        Some(features) if features & MIGRATING == 0 => Ok(()),
        Some(features) => rows::write(ctx, b"features", &(features & !MIGRATING)),
        None if old_is_marked(ctx)? => ctx.write(0, &Bytes::from_static(OLD_HEADER)),
        None => Err(Errno::EINVAL),
    }
}
