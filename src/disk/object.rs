//! An object in memory, and how a change is made to it: the same code for a transaction and for the replay of one.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, Result};

use crate::Phys;
use crate::api::{HEAD, Info, Part, Usage};
use crate::catalog::Catalog;
use crate::part::{Entry, Overlay, PartState, Payload};
use crate::record::{Change, Extent};

#[derive(Default)]
pub struct ObjectState {
    /// The rows have been looked up.
    pub loaded: bool,
    /// The last transaction that changed it.
    pub seq: u64,
    /// Boxed: nearly every object has one, and a node of the map has room for eleven.
    pub parts: BTreeMap<Part, Box<PartState>>,
    /// Distinct physical blocks.
    pub blocks: u64,
    /// Parts whose rows the next checkpoint removes.
    pub dead: Vec<u64>,
}

impl ObjectState {
    pub fn usage(&self) -> Usage {
        let mut usage = Usage { allocated: self.blocks * crate::BLOCK as u64, ..Usage::default() };
        for (&part, state) in &self.parts {
            *(if part == HEAD { &mut usage.heads } else { &mut usage.clones }) += 1;
            usage.logical = usage.logical.wrapping_add(state.size);
        }
        usage
    }

    pub fn part(&self, part: Part) -> Result<&PartState> {
        self.parts.get(&part).map(|state| &**state).ok_or(Errno::ENOENT)
    }

    fn part_mut(&mut self, part: Part) -> Result<&mut PartState> {
        self.parts.get_mut(&part).map(|state| &mut **state).ok_or(Errno::ENOENT)
    }
}

/// How to take one change back.
pub enum Undo {
    Part(Part, Option<Box<PartState>>),
    Size(Part, u64),
    Info(Part, Info),
    Block(Part, u64, Entry, Option<Overlay>),
    Attr(Part, Bytes, Option<Bytes>),
    OmapHeader(Part, Bytes),
    Omap(Part, Bytes, Option<Bytes>),
}

/// What changes to one object leave behind for the one who makes them.
pub struct Effects<'a> {
    pub catalog: &'a Catalog,
    /// References to physical blocks that were dropped.
    pub released: Vec<Phys>,
    /// References that copies added.
    pub shared: Vec<Phys>,
    /// Parts that are gone, if they may have rows.
    pub dead: Vec<u64>,
    /// `None` in a replay.
    pub undo: Option<Vec<Undo>>,
}

impl<'a> Effects<'a> {
    pub fn new(catalog: &'a Catalog, undo: bool) -> Effects<'a> {
        Effects {
            catalog,
            released: Vec::new(),
            shared: Vec::new(),
            dead: Vec::new(),
            undo: undo.then(Vec::new),
        }
    }

    fn undo(&mut self, undo: impl FnOnce() -> Undo) {
        if let Some(list) = &mut self.undo {
            list.push(undo());
        }
    }

    /// A part goes away.
    fn drop_part(&mut self, part: Part, state: Box<PartState>) -> Result<()> {
        // The caller has loaded the map.
        if let Some(map) = state.loaded_map() {
            self.released.extend(map.all().map(|(_, entry)| entry.phys));
        }
        if state.persisted {
            self.dead.push(state.id);
        }
        self.undo(|| Undo::Part(part, Some(state)));
        Ok(())
    }
}

impl ObjectState {
    /// Makes one change. `payload` goes with [`Change::Blocks`], where the content is not at its place yet.
    /// An error leaves the object as it was.
    pub fn apply(
        &mut self,
        change: &Change,
        payload: Option<&Arc<Payload>>,
        fx: &mut Effects<'_>,
    ) -> Result<()> {
        match change {
            Change::Create(part) => {
                if !self.parts.contains_key(part) {
                    self.parts.insert(*part, Box::new(PartState::empty(fx.catalog.next_part())));
                    fx.undo(|| Undo::Part(*part, None));
                }
            }
            Change::Remove(part) => {
                self.part(*part)?.map(fx.catalog)?;
                if let Some(state) = self.parts.remove(part) {
                    fx.drop_part(*part, state)?;
                }
            }
            Change::Clone { from, to } => {
                let copy = self.part(*from)?.copy(fx.catalog.next_part(), fx.catalog)?;
                if from == to {
                    return Ok(());
                }
                if let Some(old) = self.parts.get(to) {
                    old.map(fx.catalog)?;
                }
                if let Some(map) = copy.loaded_map() {
                    fx.shared.extend(map.all().map(|(_, entry)| entry.phys));
                }
                match self.parts.insert(*to, Box::new(copy)) {
                    Some(old) => fx.drop_part(*to, old)?,
                    None => fx.undo(|| Undo::Part(*to, None)),
                }
            }
            Change::Size(part, size) => {
                let state = self.part_mut(*part)?;
                let old = std::mem::replace(&mut state.size, *size);
                fx.undo(|| Undo::Size(*part, old));
            }
            Change::Info(part, info) => {
                let state = self.part_mut(*part)?;
                let old = std::mem::replace(&mut state.info, info.clone());
                fx.undo(|| Undo::Info(*part, old));
            }
            Change::Blocks(extent) => self.place(extent, payload, fx)?,
            Change::Unmap { part, from, to } => self.unmap(*part, *from, *to, fx)?,
            Change::Attr(part, name, value) => {
                let state = self.part_mut(*part)?;
                let old = put(&mut state.attrs, name, value.as_ref());
                fx.undo(|| Undo::Attr(*part, name.clone(), old));
            }
            Change::OmapHeader(part, data) => {
                let state = self.part_mut(*part)?;
                let old = std::mem::replace(&mut state.header, data.clone());
                fx.undo(|| Undo::OmapHeader(*part, old));
            }
            Change::Omap(part, key, value) => {
                let state = self.part_mut(*part)?;
                let old = put(state.omap_mut(fx.catalog)?, key, value.as_ref());
                state.dirty_keys.insert(key.clone());
                fx.undo(|| Undo::Omap(*part, key.clone(), old));
            }
            Change::OmapRange(part, from, to) => {
                let state = self.part_mut(*part)?;
                if to.as_ref().is_some_and(|to| to <= from) {
                    return Ok(());
                }
                let omap = state.omap_mut(fx.catalog)?;
                let end = to.as_ref().map_or(Bound::Unbounded, |to| Bound::Excluded(to.clone()));
                let inside = omap.range((Bound::Included(from.clone()), end));
                let cut: Vec<(Bytes, Bytes)> =
                    inside.map(|(key, value)| (key.clone(), value.clone())).collect();
                for (key, _) in &cut {
                    omap.remove(key);
                }
                for (key, value) in cut {
                    state.dirty_keys.insert(key.clone());
                    fx.undo(|| Undo::Omap(*part, key, Some(value)));
                }
            }
        }
        Ok(())
    }

    fn place(&mut self, extent: &Extent, payload: Option<&Arc<Payload>>, fx: &mut Effects<'_>) -> Result<()> {
        let state = self.part_mut(extent.part)?;
        state.map_mut(fx.catalog)?;
        extent.first.checked_add(extent.crcs.len() as u64).ok_or(Errno::EIO)?;
        for (index, &crc) in extent.crcs.iter().enumerate() {
            let block = extent.first + index as u64;
            let entry = Entry { phys: extent.phys + index as Phys, crc };
            let overlay = payload.map(|payload| Overlay { payload: payload.clone(), index: index as u32 });
            let (old, hidden) = state.swap(block, entry, overlay);
            if !old.is_hole() && old.phys != entry.phys {
                fx.released.push(old.phys);
            }
            fx.undo(|| Undo::Block(extent.part, block, old, hidden));
        }
        Ok(())
    }

    fn unmap(&mut self, part: Part, from: u64, to: u64, fx: &mut Effects<'_>) -> Result<()> {
        if from >= to {
            return Ok(());
        }
        let state = self.part_mut(part)?;
        let blocks: Vec<(u64, Entry)> = state.map(fx.catalog)?.range(from, to).collect();
        for (block, entry) in blocks {
            let (_, hidden) = state.swap(block, Entry::HOLE, None);
            fx.released.push(entry.phys);
            fx.undo(|| Undo::Block(part, block, entry, hidden));
        }
        Ok(())
    }

    pub fn revert(&mut self, undo: Undo) {
        let part = match &undo {
            Undo::Part(part, _)
            | Undo::Size(part, _)
            | Undo::Info(part, _)
            | Undo::Block(part, ..)
            | Undo::Attr(part, ..)
            | Undo::OmapHeader(part, _)
            | Undo::Omap(part, ..) => *part,
        };
        if let Undo::Part(_, old) = undo {
            match old {
                Some(old) => self.parts.insert(part, old),
                None => self.parts.remove(&part),
            };
            return;
        }
        let Some(state) = self.parts.get_mut(&part) else { return };
        match undo {
            Undo::Part(..) => {}
            Undo::Size(_, size) => state.size = size,
            Undo::Info(_, info) => state.info = info,
            Undo::Block(_, block, entry, overlay) => {
                state.swap(block, entry, overlay);
            }
            Undo::Attr(_, name, value) => {
                put(&mut state.attrs, &name, value.as_ref());
            }
            Undo::OmapHeader(_, data) => state.header = data,
            Undo::Omap(_, key, value) => {
                if let Some(omap) = state.loaded_omap_mut() {
                    put(omap, &key, value.as_ref());
                }
            }
        }
    }
}

impl PartState {
    /// Replaces one block of the map, which is loaded.
    fn swap(&mut self, block: u64, entry: Entry, overlay: Option<Overlay>) -> (Entry, Option<Overlay>) {
        let Some(map) = self.loaded_map_mut() else { return (Entry::HOLE, None) };
        let old = map.get(block);
        map.set(block, entry);
        self.dirty_chunks.insert(block / crate::part::CHUNK);
        let hidden = match overlay {
            Some(overlay) => self.overlay.insert(block, overlay),
            None => self.overlay.remove(&block),
        };
        (old, hidden)
    }
}

fn put(map: &mut BTreeMap<Bytes, Bytes>, key: &Bytes, value: Option<&Bytes>) -> Option<Bytes> {
    match value {
        Some(value) => map.insert(key.clone(), value.clone()),
        None => map.remove(key),
    }
}
