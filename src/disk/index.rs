//! The objects in memory: found by name, loaded at first touch, pinned while the checkpoint lacks their changes.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use bytes::Bytes;
use ops::ObjectRef;

use crate::api::{HEAD, Part, Which};
use crate::object::ObjectState;
use crate::rows;
use sync::Mutex;
use sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

/// `Default` is there for arrays of up to 32.
const SHARDS: usize = 32;
/// Objects are weighed again whenever so many more of them are in memory.
const STEP: usize = 2048;

/// Which kinds of parts an object has; none where it does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    const HEAD: u8 = 1;
    const CLONES: u8 = 2;

    pub fn add(&mut self, part: Part) {
        self.0 |= if part == HEAD { Kinds::HEAD } else { Kinds::CLONES };
    }

    pub fn is(self, which: Which) -> bool {
        self.0
            & match which {
                Which::All => Kinds::HEAD | Kinds::CLONES,
                Which::Heads => Kinds::HEAD,
                Which::Cloned => Kinds::CLONES,
            }
            != 0
    }
}

pub struct Cell {
    pub object: ObjectRef,
    /// Its place in listings, and the key of its row.
    pub key: Bytes,
    /// What parts it had when the last transaction ended.
    kinds: AtomicU8,
    dirty: AtomicBool,
    /// Somebody asked for it since it was last weighed.
    used: AtomicBool,
    pub state: Arc<Mutex<ObjectState>>,
}

impl Cell {
    /// Call while holding the object.
    pub fn note_parts(&self, state: &ObjectState) {
        let mut kinds = Kinds::default();
        // The head is last.
        [state.parts.first_key_value(), state.parts.last_key_value()]
            .into_iter()
            .flatten()
            .for_each(|(&part, _)| kinds.add(part));
        self.kinds.store(kinds.0, Ordering::Release);
    }

    /// Nobody uses it, and its rows are up to date.
    fn idle(self: &Arc<Cell>) -> bool {
        // A hold keeps a count of the state.
        Arc::strong_count(self) == 1
            && !self.dirty.load(Ordering::Acquire)
            && Arc::strong_count(&self.state) == 1
            && self
                .state
                .try_lock()
                .is_some_and(|state| state.parts.values().all(|part| part.overlay.is_empty()))
    }

    /// Bytes of memory it takes, about.
    fn weight(&self) -> usize {
        let parts =
            self.state.try_lock().map_or(0, |state| state.parts.values().map(|part| part.weight()).sum());
        size_of::<Cell>() + size_of::<ObjectState>() + 4 * self.key.len() + parts
    }
}

pub type DirtySet = BTreeMap<Bytes, Arc<Cell>>;

#[derive(Default)]
struct Dirty {
    current: DirtySet,
    /// Being written by a checkpoint.
    writing: DirtySet,
}

#[derive(Default)]
pub struct Index {
    hasher: RandomState,
    shards: [Mutex<HashMap<ObjectRef, Arc<Cell>>>; SHARDS],
    len: AtomicUsize,
    /// So many are to be weighed again.
    weigh_at: AtomicUsize,
    dirty: Mutex<Dirty>,
    dirty_len: AtomicUsize,
}

impl Index {
    pub fn cell(&self, object: &ObjectRef) -> Arc<Cell> {
        let at = self.hasher.hash_one(object) as usize % SHARDS;
        let mut shard = self.shards[at].lock();
        if let Some(cell) = shard.get(object) {
            if !cell.used.load(Ordering::Relaxed) {
                cell.used.store(true, Ordering::Relaxed);
            }
            return cell.clone();
        }
        // Names are often slices of larger buffers, which must not live as long as the cell.
        let own = |bytes: &Bytes| Bytes::copy_from_slice(bytes);
        let object = ObjectRef {
            pool: object.pool,
            nspace: own(&object.nspace),
            name: own(&object.name),
            key: own(&object.key),
        };
        let cell = Arc::new(Cell {
            key: rows::object_key(&object),
            object: object.clone(),
            kinds: AtomicU8::new(0),
            dirty: AtomicBool::new(false),
            used: AtomicBool::new(true),
            state: Arc::default(),
        });
        shard.insert(object, cell.clone());
        self.len.fetch_add(1, Ordering::Relaxed);
        cell
    }

    pub fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// Call while holding the object, before its transaction is queued.
    pub fn mark_dirty(&self, cell: &Arc<Cell>) {
        if !cell.dirty.swap(true, Ordering::AcqRel) {
            let mut dirty = self.dirty.lock();
            dirty.current.insert(cell.key.clone(), cell.clone());
            self.dirty_len.store(dirty.current.len(), Ordering::Relaxed);
        }
    }

    /// Objects that no checkpoint has taken charge of.
    pub fn dirty(&self) -> usize {
        self.dirty_len.load(Ordering::Relaxed)
    }

    /// The objects a checkpoint is to write. They stay in listings until `written`.
    pub fn take_dirty(&self) -> Vec<Arc<Cell>> {
        let mut dirty = self.dirty.lock();
        let taken = std::mem::take(&mut dirty.current);
        self.dirty_len.store(0, Ordering::Relaxed);
        let cells: Vec<Arc<Cell>> = taken.values().cloned().collect();
        for cell in &cells {
            cell.dirty.store(false, Ordering::Release);
        }
        dirty.writing.extend(taken);
        cells
    }

    /// The checkpoint has the rows of all that was taken.
    pub fn written(&self) {
        let written = std::mem::take(&mut self.dirty.lock().writing);
        drop(written);
    }

    /// Every object that is in memory.
    pub fn loaded(&self) -> Vec<(Bytes, ObjectRef)> {
        let cells = self.shards.iter().flat_map(|shard| shard.lock().values().cloned().collect::<Vec<_>>());
        cells.map(|cell| (cell.key.clone(), cell.object.clone())).collect()
    }

    /// Objects with keys in a range whose rows may be stale, with the parts they have.
    pub fn unwritten(&self, prefix: &[u8], from: &[u8]) -> BTreeMap<Bytes, (ObjectRef, Kinds)> {
        let dirty = self.dirty.lock();
        let mut found = BTreeMap::new();
        for set in [&dirty.writing, &dirty.current] {
            let range = set.range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded));
            for (key, cell) in range.take_while(|(key, _)| key.starts_with(prefix)) {
                found.insert(key.clone(), (cell.object.clone(), Kinds(cell.kinds.load(Ordering::Acquire))));
            }
        }
        found
    }

    /// There are many more than when they were last weighed.
    pub fn crowded(&self) -> bool {
        self.len() >= self.weigh_at.load(Ordering::Relaxed).max(STEP)
    }

    /// Forgets objects that nobody holds and whose rows are up to date, first those that nobody has asked for since the
    /// last time, until the rest takes no more than `budget` bytes.
    pub fn evict(&self, budget: usize) {
        let weigh = |shard: &Mutex<HashMap<_, Arc<Cell>>>| {
            shard.lock().values().map(|cell| cell.weight()).sum::<usize>()
        };
        let mut weight: usize = self.shards.iter().map(weigh).sum();
        if weight > budget {
            let goal = budget - budget / 8;
            // What was used is passed over once.
            for shard in self.shards.iter().chain(&self.shards) {
                if weight <= goal {
                    break;
                }
                let mut shard = shard.lock();
                let before = shard.len();
                shard.retain(|_, cell| {
                    if weight <= goal || cell.used.swap(false, Ordering::Relaxed) || !cell.idle() {
                        return true;
                    }
                    weight = weight.saturating_sub(cell.weight());
                    false
                });
                self.len.fetch_sub(before - shard.len(), Ordering::Relaxed);
            }
        }
        self.weigh_at.store(self.len() + STEP, Ordering::Relaxed);
    }

    /// The same where it is called often: all is weighed once in a while only, not at each step of a walk over all objects.
    pub fn shed(&self, budget: usize) {
        if self.crowded() {
            self.evict(budget);
        }
    }
}
