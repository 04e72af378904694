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
use bytes::Bytes;
use disk::Engine;
use ops::{Errno, ObjectRef, PoolInfo, Result, SnapContext};
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

/// Operations and bytes in the life of the pool. They are kept when the store is closed; what a process counted that
/// did not close it is lost.
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

const TRAFFIC: &[u8] = b"traffic/";

fn traffic_key(pool: i64) -> Bytes {
    [TRAFFIC, format!("{pool:016x}").as_bytes()].concat().into()
}

impl Traffic {
    fn counters(&self) -> [&AtomicU64; 4] {
        [&self.reads, &self.read_bytes, &self.writes, &self.written_bytes]
    }

    fn encode(&self) -> Bytes {
        let values = self.counters().map(|counter| counter.load(Ordering::Relaxed).to_le_bytes());
        values.concat().into()
    }

    fn restore(&self, stored: &[u8]) {
        for (counter, value) in self.counters().into_iter().zip(stored.chunks_exact(8)) {
            counter.store(u64::from_le_bytes(value.try_into().unwrap_or_default()), Ordering::Relaxed);
        }
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

    /// The placement group of an object.
    pub fn group_of(&self, object: &ObjectRef) -> u32 {
        let groups = self.state().record.pg_num.max(1);
        let (hash, mask) = (object.hash(), groups.next_power_of_two() - 1);
        if hash & mask < groups { hash & mask } else { hash & (mask >> 1) }
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
                let pool = Pool::new(record);
                if let Some(stored) = engine.meta_get(&traffic_key(pool.id)) {
                    pool.traffic.restore(&stored);
                }
                pools.insert(pool.id, pool);
            }
        }
        self.by_id.store(Arc::new(pools));
        Ok(unfinished)
    }

    /// Keeps the counters of all pools.
    pub fn save_traffic(&self, engine: &dyn Engine) -> Result<()> {
        let changed = |pool: &&Arc<Pool>| {
            let now = pool.traffic.encode();
            now.iter().any(|&byte| byte != 0) && engine.meta_get(&traffic_key(pool.id)).as_ref() != Some(&now)
        };
        let pools = self.all();
        let changes: Vec<_> = pools
            .iter()
            .filter(changed)
            .map(|pool| (traffic_key(pool.id), Some(pool.traffic.encode())))
            .collect();
        if changes.is_empty() { Ok(()) } else { engine.meta_update(changes) }
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
