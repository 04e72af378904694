//! The reference model: an [`Engine`] that keeps everything in memory and is simple enough to be
//! believed. Crash and conformance tests compare the real engine with it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ops::{Cursor, Durability, Errno, ObjectRef, Result, Sink, Wait};
use parking_lot::{ArcMutexGuard, Mutex, RawMutex};

use crate::api::{Engine, HEAD, Info, OnDone, OnRead, Part, ReadPlan, Space, Tx, Usage, Which};
use crate::index::Kinds;

const BLOCK: u64 = 4096;

#[derive(Clone, Default)]
struct PartState {
    info: Info,
    data: BytesMut,
    /// Which blocks hold data rather than a hole.
    allocated: BTreeMap<u64, ()>,
    attrs: BTreeMap<Bytes, Bytes>,
    header: Bytes,
    omap: BTreeMap<Bytes, Bytes>,
}

type Parts = BTreeMap<Part, PartState>;
type Objects = BTreeMap<(i64, Cursor, ObjectRef), Arc<Mutex<Parts>>>;

#[derive(Default)]
pub struct ModelEngine {
    objects: Mutex<Objects>,
    meta: Mutex<BTreeMap<Bytes, Bytes>>,
}

impl ModelEngine {
    pub fn new() -> ModelEngine {
        ModelEngine::default()
    }
}

impl Engine for ModelEngine {
    fn begin(&self, object: &ObjectRef) -> Result<Box<dyn Tx + '_>> {
        let key = (object.pool, Cursor::of(object), object.clone());
        let cell = self.objects.lock().entry(key).or_default().clone();
        let parts = cell.lock_arc();
        Ok(Box::new(ModelTx { object: object.clone(), staged: parts.clone(), parts }))
    }

    fn flush(&self, done: OnDone) {
        done(Ok(()));
    }

    fn list_some(
        &self,
        pool: i64,
        from: &Cursor,
        max: usize,
        which: Which,
    ) -> Result<(Vec<ObjectRef>, Cursor)> {
        let objects: Vec<_> =
            self.objects.lock().iter().map(|(key, cell)| (key.clone(), cell.clone())).collect();
        let mut found = Vec::new();
        for ((in_pool, at, object), cell) in objects {
            let mut kinds = Kinds::default();
            cell.lock().keys().for_each(|&part| kinds.add(part));
            if in_pool != pool || at < *from || !kinds.is(which) {
                continue;
            }
            if found.len() == max {
                return Ok((found, at));
            }
            found.push(object);
        }
        Ok((found, Cursor::End))
    }

    fn remove_pool(&self, pool: i64) -> Result<()> {
        self.objects.lock().retain(|key, _| key.0 != pool);
        Ok(())
    }

    fn meta_get(&self, key: &[u8]) -> Option<Bytes> {
        self.meta.lock().get(key).cloned()
    }

    fn meta_scan(&self, prefix: &[u8]) -> Vec<(Bytes, Bytes)> {
        let meta = self.meta.lock();
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let rows = meta.range::<[u8], _>(from).take_while(|(key, _)| key.starts_with(prefix));
        rows.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    fn meta_update(&self, changes: Vec<(Bytes, Option<Bytes>)>) -> Result<()> {
        let mut meta = self.meta.lock();
        for (key, value) in changes {
            match value {
                Some(value) => meta.insert(key, value),
                None => meta.remove(&key),
            };
        }
        Ok(())
    }

    fn usage(&self, pool: Option<i64>) -> Usage {
        let mut usage = Usage::default();
        for ((in_pool, ..), cell) in self.objects.lock().iter() {
            if pool.is_some_and(|wanted| wanted != *in_pool) {
                continue;
            }
            for (&part, state) in cell.lock().iter() {
                if part == HEAD {
                    usage.heads += 1;
                } else {
                    usage.clones += 1;
                }
                usage.logical += state.data.len() as u64;
                usage.allocated += state.allocated.len() as u64 * BLOCK;
            }
        }
        usage
    }

    fn space(&self) -> Result<Space> {
        let used = self.usage(None).allocated;
        Ok(Space { total: 1 << 40, available: (1 << 40) - used, used })
    }

    fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}

struct ModelTx {
    object: ObjectRef,
    staged: Parts,
    parts: ArcMutexGuard<RawMutex, Parts>,
}

impl ModelTx {
    fn part(&self, part: Part) -> Result<&PartState> {
        self.staged.get(&part).ok_or(Errno::ENOENT)
    }

    fn part_mut(&mut self, part: Part) -> Result<&mut PartState> {
        self.staged.get_mut(&part).ok_or(Errno::ENOENT)
    }

    fn slice(&self, part: Part, off: u64, len: u64) -> Result<&[u8]> {
        let data = &self.part(part)?.data;
        let from = off.min(data.len() as u64) as usize;
        let to = off.saturating_add(len).min(data.len() as u64) as usize;
        Ok(&data[from..to])
    }
}

impl Tx for ModelTx {
    fn object(&self) -> &ObjectRef {
        &self.object
    }

    fn parts(&self) -> Vec<Part> {
        self.staged.keys().copied().collect()
    }

    fn exists(&self, part: Part) -> bool {
        self.staged.contains_key(&part)
    }

    fn size(&self, part: Part) -> Result<u64> {
        Ok(self.part(part)?.data.len() as u64)
    }

    fn info(&self, part: Part) -> Result<&Info> {
        Ok(&self.part(part)?.info)
    }

    fn set_info(&mut self, part: Part, info: Info) -> Result<()> {
        self.part_mut(part)?.info = info;
        Ok(())
    }

    fn create(&mut self, part: Part) -> Result<()> {
        self.staged.entry(part).or_default();
        Ok(())
    }

    fn remove(&mut self, part: Part) -> Result<()> {
        self.staged.remove(&part).map(|_| ()).ok_or(Errno::ENOENT)
    }

    fn clone_part(&mut self, from: Part, to: Part) -> Result<()> {
        let copy = self.part(from)?.clone();
        self.staged.insert(to, copy);
        Ok(())
    }

    fn read(&self, part: Part, off: u64, len: u64, sink: &mut dyn Sink) -> Result<u64> {
        let bytes = self.slice(part, off, len.min(sink.capacity() as u64))?;
        sink.put(0, bytes);
        Ok(bytes.len() as u64)
    }

    fn read_later(&self, part: Part, off: u64, len: u64) -> Result<Box<dyn ReadPlan>> {
        Ok(Box::new(ModelPlan(Bytes::copy_from_slice(self.slice(part, off, len)?))))
    }

    fn extents(&self, part: Part, off: u64, len: u64) -> Result<Vec<(u64, u64)>> {
        let state = self.part(part)?;
        let end = off.saturating_add(len).min(state.data.len() as u64);
        let mut found: Vec<(u64, u64)> = Vec::new();
        for &block in state.allocated.keys() {
            let (from, to) = ((block * BLOCK).max(off), ((block + 1) * BLOCK).min(end));
            if from >= to {
                continue;
            }
            match found.last_mut() {
                Some(last) if last.0 + last.1 == from => last.1 += to - from,
                _ => found.push((from, to - from)),
            }
        }
        Ok(found)
    }

    fn write(&mut self, part: Part, off: u64, data: &Bytes) -> Result<()> {
        let state = self.part_mut(part)?;
        let end = off.checked_add(data.len() as u64).ok_or(Errno::EFBIG)?;
        if state.data.len() < end as usize {
            state.data.resize(end as usize, 0);
        }
        state.data[off as usize..end as usize].copy_from_slice(data);
        if !data.is_empty() {
            state.allocated.extend((off / BLOCK..=(end - 1) / BLOCK).map(|block| (block, ())));
        }
        Ok(())
    }

    fn zero(&mut self, part: Part, off: u64, len: u64) -> Result<()> {
        let state = self.part_mut(part)?;
        let end = off.saturating_add(len).min(state.data.len() as u64);
        if off < end {
            state.data[off as usize..end as usize].fill(0);
            // The last block of the part counts as covered where the range reaches the part's end.
            let last = if end == state.data.len() as u64 { end.div_ceil(BLOCK) } else { end / BLOCK };
            state.allocated.retain(|&block, ()| block < off.div_ceil(BLOCK) || block >= last);
        }
        Ok(())
    }

    fn truncate(&mut self, part: Part, size: u64) -> Result<()> {
        let state = self.part_mut(part)?;
        state.data.resize(size as usize, 0);
        state.allocated.retain(|&block, ()| block < size.div_ceil(BLOCK));
        Ok(())
    }

    fn attr(&self, part: Part, name: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.part(part)?.attrs.get(name).cloned())
    }

    fn attrs(&self, part: Part) -> Result<Vec<(Bytes, Bytes)>> {
        Ok(self.part(part)?.attrs.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn set_attr(&mut self, part: Part, name: Bytes, value: Bytes) -> Result<()> {
        self.part_mut(part)?.attrs.insert(name, value);
        Ok(())
    }

    fn remove_attr(&mut self, part: Part, name: &[u8]) -> Result<()> {
        self.part_mut(part)?.attrs.remove(name);
        Ok(())
    }

    fn omap_header(&self, part: Part) -> Result<Bytes> {
        Ok(self.part(part)?.header.clone())
    }

    fn set_omap_header(&mut self, part: Part, data: Bytes) -> Result<()> {
        self.part_mut(part)?.header = data;
        Ok(())
    }

    fn omap_get(&self, part: Part, key: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.part(part)?.omap.get(key).cloned())
    }

    fn omap_scan(
        &self,
        part: Part,
        from: Bound<&[u8]>,
        each: &mut dyn FnMut(&Bytes, &Bytes) -> bool,
    ) -> Result<()> {
        for (key, value) in self.part(part)?.omap.range::<[u8], _>((from, Bound::Unbounded)) {
            if !each(key, value) {
                break;
            }
        }
        Ok(())
    }

    fn omap_set(&mut self, part: Part, key: Bytes, value: Bytes) -> Result<()> {
        self.part_mut(part)?.omap.insert(key, value);
        Ok(())
    }

    fn omap_remove(&mut self, part: Part, key: &[u8]) -> Result<()> {
        self.part_mut(part)?.omap.remove(key);
        Ok(())
    }

    fn omap_remove_range(&mut self, part: Part, from: &[u8], to: Option<&[u8]>) -> Result<()> {
        let inside = |key: &[u8]| key >= from && to.is_none_or(|to| key < to);
        self.part_mut(part)?.omap.retain(|key, _| !inside(key));
        Ok(())
    }

    fn commit(mut self: Box<Self>, _: Durability, _: Wait, done: OnDone) {
        *self.parts = std::mem::take(&mut self.staged);
        drop(self);
        done(Ok(()));
    }
}

struct ModelPlan(Bytes);

impl ReadPlan for ModelPlan {
    fn start(self: Box<Self>, mut sink: Box<dyn Sink>, _: Wait, done: OnRead) {
        let len = self.0.len().min(sink.capacity());
        sink.put(0, &self.0[..len]);
        done(sink, Ok(len as u64));
    }
}
