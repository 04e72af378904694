//! Counters of pools and of the whole store.

use std::sync::atomic::Ordering;

use ops::{ClusterStat, Errno, PoolStat, Result};

use crate::store::Store;

pub fn pool(store: &Store, id: i64) -> Result<PoolStat> {
    let pool = store.pools().get(id)?;
    let usage = store.engine()?.usage(Some(id));
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let objects = usage.heads + usage.clones;
    Ok(PoolStat {
        num_bytes: usage.allocated,
        num_objects: objects,
        num_object_clones: usage.clones,
        num_object_copies: objects,
        num_rd: count(&pool.traffic.reads),
        num_rd_kb: count(&pool.traffic.read_bytes).div_ceil(1024),
        num_wr: count(&pool.traffic.writes),
        num_wr_kb: count(&pool.traffic.written_bytes).div_ceil(1024),
        num_user_bytes: usage.logical,
        ..PoolStat::default()
    })
}

pub fn cluster(store: &Store) -> Result<ClusterStat> {
    let engine = match store.engine() {
        Ok(engine) => engine,
        Err(Errno::ENOENT) => return Ok(ClusterStat::default()),
        Err(e) => return Err(e),
    };
    let (space, usage) = (engine.space()?, engine.usage(None));
    Ok(ClusterStat {
        kb: space.total / 1024,
        kb_used: space.used / 1024,
        kb_avail: space.available / 1024,
        num_objects: usage.heads + usage.clones,
    })
}
