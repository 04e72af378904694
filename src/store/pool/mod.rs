//! Pools as the store holds them in memory.

mod admin;
mod apps;
mod record;
mod snaps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use disk::Engine;
use ops::{Errno, PoolInfo, Result, SnapContext};
use parking_lot::{RecursiveRwLock, RecursiveRwLockReadGuard};

pub use record::{KEY_PREFIX, NEXT_ID, PoolRecord, SnapMode};

/// What requests look at, replaced as a whole by every change.
pub struct PoolState {
    pub record: PoolRecord,
    pub info: Arc<PoolInfo>,
    pub snap_context: Option<SnapContext>,
}

impl PoolState {
    fn new(record: PoolRecord) -> PoolState {
        PoolState { info: Arc::new(record.info()), snap_context: record.snap_context(), record }
    }
}

/// Operations and KiB since the store was opened.
#[derive(Default)]
pub struct Traffic {
    pub reads: AtomicU64,
    pub read_bytes: AtomicU64,
    pub writes: AtomicU64,
    pub written_bytes: AtomicU64,
}

impl Traffic {
    pub fn read(&self, bytes: u64) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.read_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn wrote(&self, bytes: u64) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.written_bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

pub type StateGuard = arc_swap::Guard<Arc<PoolState>>;
/// As long as it lives, the pool's objects may be held.
pub type Entered<'a> = RecursiveRwLockReadGuard<'a, bool>;

pub struct Pool {
    pub id: i64,
    state: ArcSwap<PoolState>,
    pub traffic: Traffic,
    /// Whether the pool is deleted. Held shared while an object of the pool is; a completion that runs
    /// under it may submit again.
    gate: RecursiveRwLock<bool>,
}

impl Pool {
    fn new(record: PoolRecord) -> Arc<Pool> {
        let (id, gate) = (record.id, RecursiveRwLock::new(record.deleted));
        let state = ArcSwap::from_pointee(PoolState::new(record));
        Arc::new(Pool { id, state, traffic: Traffic::default(), gate })
    }

    pub fn state(&self) -> StateGuard {
        self.state.load()
    }

    /// Must be held while one of the pool's objects is. `-ENOENT` where the pool is deleted.
    pub fn enter(&self) -> Result<Entered<'_>> {
        let gate = self.gate.read();
        if *gate { Err(Errno::ENOENT) } else { Ok(gate) }
    }
}

/// All pools by id.
#[derive(Default)]
pub struct Pools {
    by_id: ArcSwap<BTreeMap<i64, Arc<Pool>>>,
    /// Serialises changes. Requests never take it.
    changing: parking_lot::Mutex<()>,
}

impl Pools {
    /// Reads the pools of an opened store. Returns those whose deletion was interrupted. A pool whose import was, is
    /// empty again.
    pub fn load(&self, engine: &dyn Engine) -> Result<Vec<i64>> {
        let (mut pools, mut unfinished) = (BTreeMap::new(), Vec::new());
        for (_, value) in engine.meta_scan(record::KEY_PREFIX) {
            let mut record = PoolRecord::decode(&value)?;
            if record.importing {
                engine.remove_pool(record.id)?;
                record.importing = false;
                engine.meta_update(vec![(PoolRecord::key(record.id), Some(record.encode()?))])?;
            }
            if record.deleted {
                unfinished.push(record.id);
            } else {
                pools.insert(record.id, Pool::new(record));
            }
        }
        self.by_id.store(Arc::new(pools));
        Ok(unfinished)
    }

    pub fn get(&self, id: i64) -> Result<Arc<Pool>> {
        self.by_id.load().get(&id).cloned().ok_or(Errno::ENOENT)
    }

    pub fn all(&self) -> Vec<Arc<Pool>> {
        self.by_id.load().values().cloned().collect()
    }

    pub fn named(&self, name: &str) -> Option<Arc<Pool>> {
        self.by_id.load().values().find(|pool| pool.state().record.name == name).cloned()
    }
}
