//! One part of an object in memory: where its blocks are, and everything that is not data.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use ops::Result;
use parking_lot::Mutex;

use crate::api::Info;
use crate::catalog::Catalog;
use crate::{BLOCK, Phys};

/// Blocks per row of the map.
pub const CHUNK: u64 = 128;

/// Where a block is and what it hashes to; `phys` 0: a hole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub phys: Phys,
    pub crc: u32,
}

impl Entry {
    pub const HOLE: Entry = Entry { phys: 0, crc: 0 };

    pub fn is_hole(self) -> bool {
        self.phys == 0
    }
}

pub type Chunk = [Entry; CHUNK as usize];

/// The blocks of a part that are not holes.
#[derive(Clone, Default)]
pub struct BlockMap {
    pub chunks: BTreeMap<u64, Box<Chunk>>,
}

impl BlockMap {
    pub fn get(&self, block: u64) -> Entry {
        let chunk = self.chunks.get(&(block / CHUNK));
        chunk.and_then(|chunk| chunk.get((block % CHUNK) as usize)).copied().unwrap_or_default()
    }

    pub fn set(&mut self, block: u64, entry: Entry) {
        let at = block / CHUNK;
        if entry.is_hole() && !self.chunks.contains_key(&at) {
            return;
        }
        let chunk = self.chunks.entry(at).or_insert_with(|| Box::new([Entry::HOLE; CHUNK as usize]));
        chunk[(block % CHUNK) as usize] = entry;
    }

    /// Blocks of `from..to` that are not holes, ascending.
    pub fn range(&self, from: u64, to: u64) -> impl Iterator<Item = (u64, Entry)> + '_ {
        let last = to.div_ceil(CHUNK).max(from / CHUNK);
        self.chunks.range(from / CHUNK..last).flat_map(move |(&at, chunk)| {
            let base = at * CHUNK;
            let inside = (from.max(base) - base) as usize..(to.min(base + CHUNK) - base) as usize;
            let entries = chunk.get(inside.clone()).unwrap_or_default();
            let first = base + inside.start as u64;
            entries
                .iter()
                .zip(first..)
                .filter(|(entry, _)| !entry.is_hole())
                .map(|(&entry, block)| (block, entry))
        })
    }

    pub fn all(&self) -> impl Iterator<Item = (u64, Entry)> + '_ {
        self.range(0, u64::MAX)
    }
}

/// The content of consecutive physical blocks that may not be at its place yet.
pub struct Payload {
    pub phys: Phys,
    /// The blocks hold older content that still counts: the payload must go through the log.
    pub in_place: bool,
    data: Mutex<Option<Bytes>>,
}

impl Payload {
    pub fn new(phys: Phys, in_place: bool, data: Bytes) -> Payload {
        Payload { phys, in_place, data: Mutex::new(Some(data)) }
    }

    /// All of it; `None` once it is at its place.
    pub fn data(&self) -> Option<Bytes> {
        self.data.lock().clone()
    }

    pub fn block(&self, index: u32) -> Option<Bytes> {
        let at = index as usize * BLOCK;
        let data = self.data.lock();
        data.as_ref().filter(|data| at + BLOCK <= data.len()).map(|data| data.slice(at..at + BLOCK))
    }

    /// The content is at its place: memory of it is not needed any more.
    pub fn placed(&self) {
        *self.data.lock() = None;
    }
}

/// A block whose content may be found in memory.
#[derive(Clone)]
pub struct Overlay {
    pub payload: Arc<Payload>,
    pub index: u32,
}

impl Overlay {
    pub fn data(&self) -> Option<Bytes> {
        self.payload.block(self.index)
    }
}

#[derive(Clone, Default)]
pub struct PartState {
    /// Names the part's rows in the checkpoint; never used again.
    pub id: u64,
    /// There may be rows.
    pub persisted: bool,
    pub info: Info,
    pub size: u64,
    pub attrs: BTreeMap<Bytes, Bytes>,
    pub header: Bytes,
    /// Loaded at first use.
    map: OnceCell<BlockMap>,
    omap: OnceCell<BTreeMap<Bytes, Bytes>>,
    /// Rows of the map, and keys of the omap, as the checkpoint has them.
    pub map_rows: u64,
    pub omap_rows: u64,
    pub overlay: BTreeMap<u64, Overlay>,
    pub dirty_chunks: BTreeSet<u64>,
    pub dirty_keys: BTreeSet<Bytes>,
}

impl PartState {
    pub fn empty(id: u64) -> PartState {
        PartState {
            id,
            map: OnceCell::from(BlockMap::default()),
            omap: OnceCell::from(BTreeMap::new()),
            ..Default::default()
        }
    }

    /// A copy with rows of its own to be written.
    pub fn copy(&self, id: u64, catalog: &Catalog) -> Result<PartState> {
        let (map, omap) = (self.map(catalog)?, self.omap(catalog)?);
        let dirty_chunks = map.chunks.keys().copied().collect();
        let dirty_keys = omap.keys().cloned().collect();
        Ok(PartState {
            id,
            persisted: false,
            map_rows: 0,
            omap_rows: 0,
            dirty_chunks,
            dirty_keys,
            info: self.info.clone(),
            size: self.size,
            attrs: self.attrs.clone(),
            header: self.header.clone(),
            map: OnceCell::from(map.clone()),
            omap: OnceCell::from(omap.clone()),
            overlay: self.overlay.clone(),
        })
    }

    pub fn map(&self, catalog: &Catalog) -> Result<&BlockMap> {
        if self.map.get().is_none() {
            let _ = self.map.set(catalog.load_map(self.id, self.map_rows)?);
        }
        Ok(self.map.get_or_init(BlockMap::default))
    }

    pub fn map_mut(&mut self, catalog: &Catalog) -> Result<&mut BlockMap> {
        self.map(catalog)?;
        self.map.get_mut().ok_or(ops::Errno::EIO)
    }

    /// The map, where it has been loaded.
    pub fn loaded_map(&self) -> Option<&BlockMap> {
        self.map.get()
    }

    pub fn loaded_map_mut(&mut self) -> Option<&mut BlockMap> {
        self.map.get_mut()
    }

    pub fn omap(&self, catalog: &Catalog) -> Result<&BTreeMap<Bytes, Bytes>> {
        if self.omap.get().is_none() {
            let _ = self.omap.set(catalog.load_omap(self.id, self.omap_rows)?);
        }
        Ok(self.omap.get_or_init(BTreeMap::new))
    }

    pub fn omap_mut(&mut self, catalog: &Catalog) -> Result<&mut BTreeMap<Bytes, Bytes>> {
        self.omap(catalog)?;
        self.omap.get_mut().ok_or(ops::Errno::EIO)
    }

    pub fn loaded_omap(&self) -> Option<&BTreeMap<Bytes, Bytes>> {
        self.omap.get()
    }

    /// Bytes of memory it takes, about: a node of a map has room for more than it holds.
    pub fn weight(&self) -> usize {
        let maps = |map: &BTreeMap<Bytes, Bytes>| map.len() * 4 * size_of::<Bytes>();
        let chunks = self.loaded_map().map_or(0, |map| map.chunks.len() * (size_of::<Chunk>() + 32));
        let omap = self.loaded_omap().map_or(0, |omap| {
            // Of many keys the first few tell.
            let some: usize = omap.iter().take(16).map(|(key, value)| key.len() + value.len()).sum();
            maps(omap) + some * omap.len().div_ceil(16)
        });
        size_of::<PartState>() + chunks + omap + maps(&self.attrs)
    }

    pub fn loaded_omap_mut(&mut self) -> Option<&mut BTreeMap<Bytes, Bytes>> {
        self.omap.get_mut()
    }
}
