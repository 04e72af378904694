//! Where an object's parts are kept.

use ops::{ObjectRef, Result};

use crate::BLOCK;
use crate::api::Part;
use crate::engine::DiskEngine;
use crate::tx::DiskTx;

/// Bytes of a part that lie together in the data file; whole blocks, so the last may go past the part's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub off: u64,
    pub len: u64,
    /// Bytes into the file `data`.
    pub place: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub part: Part,
    pub extents: Vec<Placed>,
}

impl Layout {
    /// The ranges that are the very same blocks in `other`.
    pub fn shared_with(&self, other: &Layout) -> Vec<(u64, u64)> {
        let mut shared: Vec<(u64, u64)> = Vec::new();
        let mut theirs = other.extents.iter().peekable();
        for ours in &self.extents {
            while theirs.next_if(|theirs| theirs.off + theirs.len <= ours.off).is_some() {}
            for theirs in theirs.clone().take_while(|theirs| theirs.off < ours.off + ours.len) {
                let (from, to) =
                    (ours.off.max(theirs.off), (ours.off + ours.len).min(theirs.off + theirs.len));
                if ours.place.wrapping_add(from - ours.off) != theirs.place.wrapping_add(from - theirs.off) {
                    continue;
                }
                match shared.last_mut() {
                    Some(last) if last.0 + last.1 == from => last.1 += to - from,
                    _ => shared.push((from, to - from)),
                }
            }
        }
        shared
    }
}

impl DiskEngine {
    /// Of every part, ascending. Empty where there is no such object.
    pub fn layout(&self, object: &ObjectRef) -> Result<Vec<Layout>> {
        let core = self.core();
        let tx = DiskTx::begin(core, object)?;
        let unit = BLOCK as u64;
        let mut parts = Vec::new();
        for (&part, state) in &tx.state.parts {
            let mut extents: Vec<Placed> = Vec::new();
            for (block, entry) in state.map(&core.catalog)?.all() {
                let (off, place) = (block * unit, u64::from(entry.phys) * unit);
                match extents.last_mut() {
                    Some(last) if last.off + last.len == off && last.place + last.len == place => {
                        last.len += unit
                    }
                    _ => extents.push(Placed { off, len: unit, place }),
                }
            }
            parts.push(Layout { part, extents });
        }
        Ok(parts)
    }

    /// Forgets what was loaded of objects, so that a walk over all of them needs no more memory than one.
    pub fn shed(&self) {
        self.core().index.shed(1 << 20);
    }
}
