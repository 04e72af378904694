//! The rows `snapshot_ID` of a header.

use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rbd::parent::ParentRow;
use crate::rbd::snapshot::SnapshotRow;
use crate::rows;

pub const PREFIX: &[u8] = b"snapshot_";

pub fn key(snap: u64) -> bytes::Bytes {
    rows::hex_key("snapshot_", snap)
}

/// `-ENOENT` where there is no such snapshot.
pub fn read(ctx: &dyn ObjectContext, snap: u64) -> Result<SnapshotRow> {
    rows::read(ctx, &key(snap))
}

/// All of them, oldest first.
pub fn all(ctx: &dyn ObjectContext) -> Result<Vec<SnapshotRow>> {
    let mut all = Vec::new();
    rows::each(ctx, PREFIX, b"", u64::MAX, |name, value| {
        all.push(rows::parse(&name, &value)?);
        Ok(())
    })?;
    Ok(all)
}

/// The ids of all of them, ascending.
pub fn ids(ctx: &dyn ObjectContext) -> Result<Vec<u64>> {
    let mut ids = Vec::new();
    rows::each(ctx, PREFIX, b"", u64::MAX, |name, _| {
        let digits = std::str::from_utf8(&name).map_err(|_| Errno::EIO)?;
        ids.push(u64::from_str_radix(digits, 16).map_err(|_| Errno::EIO)?);
        Ok(())
    })?;
    Ok(ids)
}

/// Writes the row. A parent that an old row repeats moves to the header's own row, and only its overlap
/// stays.
pub fn write(ctx: &mut dyn ObjectContext, mut row: SnapshotRow) -> Result<()> {
    if let Some(parent) = row.parent.take().filter(|parent| parent.spec.exists()) {
        let linked = rows::find::<ParentRow>(ctx, b"parent")?.is_some_and(|head| head.spec.exists());
        if !linked {
            rows::write(ctx, b"parent", &ParentRow { spec: parent.spec, head_overlap: None })?;
        }
        row.parent_overlap = parent.head_overlap;
    }
    rows::write(ctx, &key(row.id), &row)
}
