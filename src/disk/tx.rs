//! A hold on one object: changes are made in memory at once and taken back where it ends without a commit.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use ops::{Durability, Errno, ObjectRef, Result, Sink, Wait};
use smallvec::SmallVec;

use crate::api::{Info, OnDone, Part, ReadPlan, Tx, Usage};
use crate::commit::Pending;
use crate::core::Core;
use crate::index::Cell;
use crate::object::{Effects, ObjectState};
use crate::part::Payload;
use crate::plan::DiskPlan;
use crate::read::{Origin, locate};
use crate::record::{Change, encode_object};
use crate::{BLOCK, Phys};
use sync::{ArcMutexGuard, RawMutex};

pub struct DiskTx<'a> {
    pub(crate) core: &'a Arc<Core>,
    cell: Arc<Cell>,
    pub(crate) state: ArcMutexGuard<RawMutex, ObjectState>,
    changes: Vec<Change>,
    pub(crate) payloads: SmallVec<[Arc<Payload>; 2]>,
    /// Blocks taken from the free space.
    pub(crate) fresh: Vec<Phys>,
    pub(crate) in_place: usize,
    payload_bytes: usize,
    /// References that copies added.
    copied: Vec<Phys>,
    fx: Effects<'a>,
    /// The object's usage before the first change.
    before: Option<Usage>,
    committed: bool,
}

impl<'a> DiskTx<'a> {
    pub fn begin(core: &'a Arc<Core>, object: &ObjectRef) -> Result<DiskTx<'a>> {
        core.check_open()?;
        let cell = core.index.cell(object);
        let mut state = cell.state.lock_arc();
        core.load(&cell, &mut state)?;
        Ok(DiskTx {
            core,
            cell,
            state,
            changes: Vec::new(),
            payloads: SmallVec::new(),
            fresh: Vec::new(),
            in_place: 0,
            payload_bytes: 0,
            copied: Vec::new(),
            fx: Effects::new(&core.catalog, true),
            before: None,
            committed: false,
        })
    }

    pub(crate) fn change(&mut self, change: Change) -> Result<()> {
        self.before.get_or_insert_with(|| self.state.usage());
        self.state.apply(&change, None, &mut self.fx)?;
        self.shared();
        self.changes.push(change);
        Ok(())
    }

    /// Blocks whose content is `payload`.
    pub(crate) fn place(&mut self, change: Change, payload: Arc<Payload>, bytes: usize) -> Result<()> {
        self.before.get_or_insert_with(|| self.state.usage());
        self.state.apply(&change, Some(&payload), &mut self.fx)?;
        if payload.in_place {
            self.in_place += bytes;
        }
        self.payload_bytes += bytes;
        self.payloads.push(payload);
        self.changes.push(change);
        Ok(())
    }

    /// Counts the references that a copy added.
    fn shared(&mut self) {
        if !self.fx.shared.is_empty() {
            self.core.space.share(self.fx.shared.iter().copied());
            self.copied.append(&mut self.fx.shared);
        }
    }

    fn within(&self, part: Part, off: u64, len: u64) -> Result<u64> {
        let size = self.state.part(part)?.size;
        Ok(len.min(size.saturating_sub(off)))
    }

    /// The allocated blocks of a part, by number.
    pub(crate) fn entry(&self, part: Part, block: u64) -> Result<crate::part::Entry> {
        Ok(self.state.part(part)?.map(&self.core.catalog)?.get(block))
    }

    /// One whole block as it is now.
    pub(crate) fn read_block(&self, part: Part, block: u64, into: &mut [u8]) -> Result<()> {
        struct Slice<'b>(&'b mut [u8]);
        impl Sink for Slice<'_> {
            fn capacity(&self) -> usize {
                self.0.len()
            }
            fn put(&mut self, at: usize, bytes: &[u8]) {
                if let Some(to) = self.0.get_mut(at..at + bytes.len()) {
                    to.copy_from_slice(bytes);
                }
            }
            fn zero(&mut self, at: usize, len: usize) {
                if let Some(to) = self.0.get_mut(at..at + len) {
                    to.fill(0);
                }
            }
        }
        let off = block * BLOCK as u64;
        let origin = Origin { object: &self.cell.object, part, off };
        for segment in locate(&self.state, part, off, BLOCK as u64, &self.core.catalog)? {
            self.core.fetch(&segment, &mut Slice(into), &origin)?;
        }
        Ok(())
    }
}

impl Drop for DiskTx<'_> {
    fn drop(&mut self) {
        if self.committed {
            return;
        }
        for undo in self.fx.undo.take().unwrap_or_default().into_iter().rev() {
            self.state.revert(undo);
        }
        let mut taken = std::mem::take(&mut self.fresh);
        taken.append(&mut self.copied);
        self.core.space.release(&mut taken);
        if !taken.is_empty() {
            self.core.space.free_all(&taken);
        }
    }
}

impl Tx for DiskTx<'_> {
    fn object(&self) -> &ObjectRef {
        &self.cell.object
    }

    fn parts(&self) -> Vec<Part> {
        self.state.parts.keys().copied().collect()
    }

    fn exists(&self, part: Part) -> bool {
        self.state.parts.contains_key(&part)
    }

    fn size(&self, part: Part) -> Result<u64> {
        Ok(self.state.part(part)?.size)
    }

    fn info(&self, part: Part) -> Result<&Info> {
        Ok(&self.state.part(part)?.info)
    }

    fn set_info(&mut self, part: Part, info: Info) -> Result<()> {
        self.change(Change::Info(part, info))
    }

    fn create(&mut self, part: Part) -> Result<()> {
        if self.exists(part) { Ok(()) } else { self.change(Change::Create(part)) }
    }

    fn remove(&mut self, part: Part) -> Result<()> {
        self.change(Change::Remove(part))
    }

    fn clone_part(&mut self, from: Part, to: Part) -> Result<()> {
        self.state.part(from)?;
        if from == to { Ok(()) } else { self.change(Change::Clone { from, to }) }
    }

    fn read(&self, part: Part, off: u64, len: u64, sink: &mut dyn Sink) -> Result<u64> {
        let len = self.within(part, off, len.min(sink.capacity() as u64))?;
        let origin = Origin { object: &self.cell.object, part, off };
        for segment in locate(&self.state, part, off, len, &self.core.catalog)? {
            self.core.fetch(&segment, sink, &origin)?;
        }
        Ok(len)
    }

    fn read_later(&self, part: Part, off: u64, len: u64) -> Result<Box<dyn ReadPlan>> {
        let len = self.within(part, off, len)?;
        let segments = locate(&self.state, part, off, len, &self.core.catalog)?;
        Ok(Box::new(DiskPlan::new(self.core, &self.cell.object, part, off, len, segments)))
    }

    fn extents(&self, part: Part, off: u64, len: u64) -> Result<Vec<(u64, u64)>> {
        self.allocated(part, off, len)
    }

    fn write(&mut self, part: Part, off: u64, data: &Bytes) -> Result<()> {
        self.write_data(part, off, data)
    }

    fn zero(&mut self, part: Part, off: u64, len: u64) -> Result<()> {
        self.zero_data(part, off, len)
    }

    fn truncate(&mut self, part: Part, size: u64) -> Result<()> {
        self.truncate_data(part, size)
    }

    fn attr(&self, part: Part, name: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.state.part(part)?.attrs.get(name).cloned())
    }

    fn attrs(&self, part: Part) -> Result<Vec<(Bytes, Bytes)>> {
        Ok(self.state.part(part)?.attrs.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn set_attr(&mut self, part: Part, name: Bytes, value: Bytes) -> Result<()> {
        self.change(Change::Attr(part, name, Some(value)))
    }

    fn remove_attr(&mut self, part: Part, name: &[u8]) -> Result<()> {
        if self.attr(part, name)?.is_none() {
            return Ok(());
        }
        self.change(Change::Attr(part, Bytes::copy_from_slice(name), None))
    }

    fn omap_header(&self, part: Part) -> Result<Bytes> {
        Ok(self.state.part(part)?.header.clone())
    }

    fn set_omap_header(&mut self, part: Part, data: Bytes) -> Result<()> {
        self.change(Change::OmapHeader(part, data))
    }

    fn omap_get(&self, part: Part, key: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.state.part(part)?.omap(&self.core.catalog)?.get(key).cloned())
    }

    fn omap_scan(
        &self,
        part: Part,
        from: Bound<&[u8]>,
        each: &mut dyn FnMut(&Bytes, &Bytes) -> bool,
    ) -> Result<()> {
        let omap = self.state.part(part)?.omap(&self.core.catalog)?;
        for (key, value) in omap.range::<[u8], _>((from, Bound::Unbounded)) {
            if !each(key, value) {
                break;
            }
        }
        Ok(())
    }

    fn omap_set(&mut self, part: Part, key: Bytes, value: Bytes) -> Result<()> {
        self.change(Change::Omap(part, key, Some(value)))
    }

    fn omap_remove(&mut self, part: Part, key: &[u8]) -> Result<()> {
        if self.omap_get(part, key)?.is_none() {
            return Ok(());
        }
        self.change(Change::Omap(part, Bytes::copy_from_slice(key), None))
    }

    fn omap_remove_range(&mut self, part: Part, from: &[u8], to: Option<&[u8]>) -> Result<()> {
        self.change(Change::OmapRange(part, Bytes::copy_from_slice(from), to.map(Bytes::copy_from_slice)))
    }

    fn commit(mut self: Box<Self>, durability: Durability, wait: Wait, done: OnDone) {
        let core = self.core;
        if self.changes.is_empty() {
            let seq = self.state.seq;
            drop(self);
            if durability == Durability::Relaxed {
                return done(Ok(()));
            }
            return core.when_durable(seq, wait, done);
        }
        if core.check_open().is_err() {
            // Dropping the hold takes the changes back.
            drop(self);
            return done(Err(Errno::EIO));
        }
        let record = encode_object(&self.cell.object, &self.changes);
        if record.len() as u64 + self.in_place as u64 > core.log.capacity() / 4 {
            drop(self);
            return done(Err(Errno::E2BIG));
        }
        self.committed = true;

        let before = self.before.take().unwrap_or_default();
        let mut freed = std::mem::take(&mut self.fx.released);
        core.space.release(&mut freed);
        let fresh = self.fresh.len() as u64;
        self.state.blocks = (self.state.blocks + fresh).saturating_sub(freed.len() as u64);
        let dead = std::mem::take(&mut self.fx.dead);
        self.state.dead.extend(dead);
        core.count(self.cell.object.pool, &before, &self.state.usage());
        self.cell.note_parts(&self.state);
        core.mark_dirty(&self.cell);

        let relaxed = durability == Durability::Relaxed;
        let (kept, now) = if relaxed { (None, Some(done)) } else { (Some(done), None) };
        let pending = Pending {
            seq: 0,
            bytes: record.len() + self.payload_bytes,
            record,
            payloads: std::mem::take(&mut self.payloads),
            freed,
            in_place: self.in_place,
            done: kept,
        };
        let seq = core.queue.push(pending, !relaxed);
        self.state.seq = seq;
        drop(self);
        core.pushed(seq, durability, wait);
        if let Some(done) = now {
            done(Ok(()));
        }
        core.committed();
    }
}
