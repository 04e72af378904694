//! What the parts of the engine share.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, ObjectRef, Result};
use smallvec::SmallVec;

use crate::aio::Reads;
use crate::api::Usage;
use crate::catalog::{Catalog, add, sub};
use crate::checkpoint::Capture;
use crate::commit::{Pending, Queue};
use crate::index::{Cell, Index};
use crate::log::Log;
use crate::object::ObjectState;
use crate::options::OpenOptions;
use crate::plan::Asked;
use crate::prefetch::History;
use crate::readers::ReaderPool;
use crate::space::Space;
use sync::atomic::{AtomicBool, AtomicU64, Ordering};
use sync::{Condvar, Mutex};

#[derive(Default)]
pub struct Meta {
    pub records: BTreeMap<Bytes, Bytes>,
    /// The last transaction that changed them.
    pub seq: u64,
    pub dirty: bool,
}

/// What wakes the checkpoint thread.
#[derive(Default)]
pub struct Kick {
    pub wanted: bool,
    pub stop: bool,
}

pub struct Core {
    pub options: OpenOptions,
    pub catalog: Catalog,
    pub space: Space,
    pub log: Log,
    pub index: Index,
    pub queue: Queue,
    pub readers: ReaderPool,
    pub reads: Reads<Asked>,
    pub history: History,
    pub meta: Mutex<Meta>,
    pub usage: Mutex<BTreeMap<i64, Usage>>,
    /// One checkpoint at a time; one that could not be written waits here to be tried again.
    pub checkpoint: Mutex<Option<Capture>>,
    pub kick: Mutex<Kick>,
    pub kicked: Condvar,
    /// Bytes of payload in the log that no checkpoint has put in its place.
    overlay: AtomicU64,
    /// What reads found to be damaged.
    pub damaged: Mutex<HashSet<ObjectRef>>,
    poisoned: AtomicBool,
    stopping: AtomicBool,
    closed: AtomicBool,
}

impl Core {
    pub fn new(options: OpenOptions, catalog: Catalog, space: Space, log: Log, seq: u64) -> Core {
        let reads = Reads::new(options.threads && space.file.direct().is_some());
        Core {
            options,
            catalog,
            space,
            log,
            index: Index::default(),
            queue: Queue::new(seq),
            readers: ReaderPool::default(),
            reads,
            history: History::default(),
            meta: Mutex::default(),
            usage: Mutex::default(),
            checkpoint: Mutex::default(),
            kick: Mutex::default(),
            kicked: Condvar::new(),
            overlay: AtomicU64::new(0),
            damaged: Mutex::default(),
            poisoned: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    /// After a write or sync that failed, what is on the disk is unknown: nothing is acknowledged any more.
    pub fn poison(&self, what: &str) {
        if !self.poisoned.swap(true, Ordering::AcqRel) {
            tracing::error!(target: "store", "{what} failed: the store refuses all requests until it is opened anew");
        }
    }

    pub fn poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Acquire)
    }

    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// `false`: it was already.
    pub fn close(&self) -> bool {
        !self.closed.swap(true, Ordering::AcqRel)
    }

    pub fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Errno::ESHUTDOWN);
        }
        if self.poisoned() { Err(Errno::EIO) } else { Ok(()) }
    }

    /// Payload went into the log.
    pub fn overlaid(&self, bytes: u64) {
        let sum = self.overlay.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let due = sum >= self.options.overlay_soft || self.log.crowded();
        if due || self.log.wants_slots() {
            self.kick_checkpoint();
        }
    }

    /// More waits for a checkpoint than memory should hold.
    pub fn overfull(&self) -> bool {
        self.overlay.load(Ordering::Relaxed) >= self.options.overlay_soft * 2
            || self.index.dirty() >= self.options.dirty_objects.saturating_mul(4)
    }

    /// How close writers are to waiting for the checkpoint that is being written, in percent: from when enough has come
    /// for the next one.
    pub fn pressure(&self) -> usize {
        let soft = self.options.overlay_soft.max(1);
        let beyond = self.overlay.load(Ordering::Relaxed).saturating_sub(soft);
        (beyond.min(soft) * 100 / soft) as usize
    }

    /// What a checkpoint now takes charge of.
    pub fn take_overlay(&self) -> u64 {
        self.overlay.swap(0, Ordering::Relaxed)
    }

    pub fn checkpoint_due(&self) -> bool {
        self.overlay.load(Ordering::Relaxed) >= self.options.overlay_soft
            || self.log.crowded()
            || self.index.dirty() >= self.options.dirty_objects
    }

    /// Call while holding the object, before its transaction is queued.
    pub fn mark_dirty(&self, cell: &Arc<Cell>) {
        self.index.mark_dirty(cell);
        if self.index.dirty() == self.options.dirty_objects {
            self.kick_checkpoint();
        }
    }

    pub fn kick_checkpoint(&self) {
        let mut kick = self.kick.lock();
        if !kick.wanted {
            kick.wanted = true;
            self.kicked.notify_one();
        }
    }

    /// Queues a record that is not an object's.
    pub fn queue_record(&self, record: Vec<u8>) -> u64 {
        let bytes = record.len();
        let pending = Pending {
            seq: 0,
            record,
            payloads: SmallVec::new(),
            freed: Vec::new(),
            bytes,
            in_place: 0,
            done: None,
        };
        self.queue.push(pending, true)
    }

    /// Bytes of the store's files that are in use.
    pub fn used(&self) -> Result<u64> {
        let files = self.log.file_len()? + self.catalog.file_len()?;
        Ok(files + self.space.used() * crate::BLOCK as u64)
    }

    pub fn count(&self, pool: i64, before: &Usage, after: &Usage) {
        if before == after {
            return;
        }
        let mut usage = self.usage.lock();
        let sum = usage.entry(pool).or_default();
        add(sum, after);
        sub(sum, before);
        if *sum == Usage::default() {
            usage.remove(&pool);
        }
    }

    /// A row names a transaction that there has been: nobody would see the end of a wait for another one.
    pub fn check_seq(&self, seq: u64) -> Result<()> {
        if seq > self.queue.last_seq() {
            tracing::error!(target: "store", "a row of the checkpoint is of transaction {seq}, which never was");
            return Err(Errno::EIO);
        }
        Ok(())
    }

    /// Looks the object's rows up, at first touch.
    pub fn load(&self, cell: &Cell, state: &mut ObjectState) -> Result<()> {
        if !state.loaded {
            if let Some(found) = self.catalog.load_object(&cell.key)? {
                self.check_seq(found.seq)?;
                *state = found;
            }
            state.loaded = true;
            cell.note_parts(state);
            if self.index.crowded() {
                self.kick_checkpoint();
            }
        }
        Ok(())
    }
}
