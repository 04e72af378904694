//! Omap rows that hold encoded values.

use bytes::{BufMut, Bytes, BytesMut};
use denc::{Decode, Encode};
use ops::{Errno, Result};

use crate::context::ObjectContext;

/// Rows read at a time.
pub const PAGE: u64 = 64;

/// `-ENOENT` where there is no such row, `-EIO` where it cannot be decoded.
pub fn read<T: Decode>(ctx: &dyn ObjectContext, key: &[u8]) -> Result<T> {
    parse(key, &ctx.omap_get(key)?)
}

pub fn parse<T: Decode>(key: &[u8], value: &Bytes) -> Result<T> {
    denc::decode(value).map_err(|err| {
        tracing::error!(target: "store", "omap row {}: {err}", key.escape_ascii());
        Errno::EIO
    })
}

/// `None` where there is no such row.
pub fn find<T: Decode>(ctx: &dyn ObjectContext, key: &[u8]) -> Result<Option<T>> {
    match read(ctx, key) {
        Err(Errno::ENOENT) => Ok(None),
        other => other.map(Some),
    }
}

pub fn exists(ctx: &dyn ObjectContext, key: &[u8]) -> Result<bool> {
    match ctx.omap_get(key) {
        Ok(_) => Ok(true),
        Err(Errno::ENOENT) => Ok(false),
        Err(err) => Err(err),
    }
}

pub fn write<T: Encode + ?Sized>(ctx: &mut dyn ObjectContext, key: &[u8], value: &T) -> Result<()> {
    ctx.omap_set(Bytes::copy_from_slice(key), denc::encode(value))
}

/// `prefix` and `name` in one key.
pub fn key(prefix: &[u8], name: &[u8]) -> Bytes {
    let mut key = BytesMut::with_capacity(prefix.len() + name.len());
    key.put_slice(prefix);
    key.put_slice(name);
    key.freeze()
}

/// `prefix` and `id` as 16 hexadecimal digits.
pub fn hex_key(prefix: &str, id: u64) -> Bytes {
    format!("{prefix}{id:016x}").into()
}

/// Visits rows whose keys begin with `prefix` and come after `prefix` + `start`, in order, at most `max` of
/// them. `visit` gets what follows the prefix in the key.
pub fn each(
    ctx: &dyn ObjectContext,
    prefix: &[u8],
    start: &[u8],
    max: u64,
    mut visit: impl FnMut(Bytes, Bytes) -> Result<()>,
) -> Result<()> {
    let (mut after, mut left) = (key(prefix, start), max);
    while left > 0 {
        let (rows, more) = ctx.omap_entries(&after, prefix, left.min(PAGE))?;
        let Some((last, _)) = rows.last() else { break };
        after = last.clone();
        left -= rows.len() as u64;
        for (key, value) in rows {
            let name = key.get(prefix.len()..).map(|name| key.slice_ref(name)).unwrap_or_default();
            visit(name, value)?;
        }
        if !more {
            break;
        }
    }
    Ok(())
}

/// The object must be there.
pub fn check_exists(ctx: &dyn ObjectContext) -> Result<()> {
    ctx.stat().map(|_| ())
}
