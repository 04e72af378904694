//! Snapshot ids: of whole pools, and those that clients manage themselves.

use disk::Engine;
use ops::{Errno, Result, Timespec};

use super::Pools;
use super::record::{PoolRecord, SnapMode, SnapRecord};

fn settle(record: &mut PoolRecord, mode: SnapMode) -> Result<()> {
    if record.snap_mode != SnapMode::Undecided && record.snap_mode != mode {
        return Err(Errno::EINVAL);
    }
    record.snap_mode = mode;
    Ok(())
}

/// The id counts as removed and is queued for trimming. Every removal also uses up an id, as a
/// monitor's does.
fn retire(record: &mut PoolRecord, snap: u64) {
    record.removed.insert(snap, 1);
    record.trimming.insert(snap, 1);
    record.snap_seq += 1;
}

impl Pools {
    /// `-EEXIST` where the name is taken; `-EINVAL` where clients manage the pool's snapshots.
    pub fn snap_create(&self, engine: &dyn Engine, pool: i64, name: &str) -> Result<()> {
        self.change(engine, pool, |record| {
            settle(record, SnapMode::Pool)?;
            if record.snaps.iter().any(|snap| snap.name == name) {
                return Err(Errno::EEXIST);
            }
            record.snap_seq += 1;
            let now = Timespec::now();
            let (id, name) = (record.snap_seq, name.to_owned());
            record.snaps.push(SnapRecord { id, name, sec: now.sec, nsec: now.nsec });
            Ok(())
        })
    }

    pub fn snap_remove(&self, engine: &dyn Engine, pool: i64, name: &str) -> Result<()> {
        self.change(engine, pool, |record| {
            if record.snap_mode == SnapMode::SelfManaged {
                return Err(Errno::EINVAL);
            }
            let at = record.snaps.iter().position(|snap| snap.name == name).ok_or(Errno::ENOENT)?;
            let snap = record.snaps.remove(at);
            retire(record, snap.id);
            Ok(())
        })
    }

    /// The first id of a pool is 2, as on a cluster.
    pub fn selfmanaged_create(&self, engine: &dyn Engine, pool: i64) -> Result<u64> {
        self.change(engine, pool, |record| {
            settle(record, SnapMode::SelfManaged)?;
            record.snap_seq = record.snap_seq.max(1) + 1;
            Ok(record.snap_seq)
        })
    }

    /// Removing an id again is no error; `-ENOENT` for one never given out.
    pub fn selfmanaged_remove(&self, engine: &dyn Engine, pool: i64, snap: u64) -> Result<()> {
        if self.get(pool)?.state().record.removed.contains(snap) {
            return Ok(());
        }
        self.change(engine, pool, |record| {
            if record.snap_mode == SnapMode::Pool {
                return Err(Errno::EINVAL);
            }
            if snap == 0 || snap > record.snap_seq {
                return Err(Errno::ENOENT);
            }
            retire(record, snap);
            Ok(())
        })
    }

    /// Snapshots of the pool no object has clones for any more.
    pub fn trimmed(&self, engine: &dyn Engine, pool: i64, done: &[(u64, u64)]) -> Result<()> {
        self.change(engine, pool, |record| {
            for &(start, len) in done {
                record.trimming.subtract(start, len);
            }
            Ok(())
        })
    }
}
