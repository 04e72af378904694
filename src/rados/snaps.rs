//! Snapshots: of whole pools by name, and those that a program keeps by itself.

use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, Op, PoolInfo, PoolSnap, Result, SnapContext};

use crate::cluster::wait;
use crate::ioctx::IoCtx;

impl IoCtx {
    /// What the client knows of this pool. `-ENOENT` where it was deleted.
    pub fn pool_info(&self) -> Result<Arc<PoolInfo>> {
        self.store().pool(self.pool()).ok_or(Errno::ENOENT)
    }

    /// Takes a snapshot of the whole pool. `-EEXIST` where the name is taken.
    pub fn snap_create(&self, name: &str) -> Result<()> {
        wait(|done| self.store().pool_snap_create(self.pool(), name, done))
    }

    /// `-ENOENT` where there is no such snapshot.
    pub fn snap_remove(&self, name: &str) -> Result<()> {
        wait(|done| self.store().pool_snap_remove(self.pool(), name, done))
    }

    /// The pool's snapshots, in the order of their ids.
    pub fn snaps(&self) -> Result<Vec<PoolSnap>> {
        Ok(self.pool_info()?.snaps.clone())
    }

    /// `-ENOENT` where there is no such snapshot.
    pub fn snap_by_name(&self, name: &str) -> Result<u64> {
        self.pool_info()?.snaps.iter().find(|snap| snap.name == name).map(|snap| snap.id).ok_or(Errno::ENOENT)
    }

    /// `-ENOENT` where there is no such snapshot.
    pub fn snap_by_id(&self, id: u64) -> Result<PoolSnap> {
        self.pool_info()?.snaps.iter().find(|snap| snap.id == id).cloned().ok_or(Errno::ENOENT)
    }

    /// Makes an object what it was at a snapshot of the pool.
    pub fn rollback(&self, name: impl Into<Bytes>, snap: &str) -> Result<()> {
        let snap = self.snap_by_name(snap)?;
        self.selfmanaged_snap_rollback(name, snap)
    }

    /// A new snapshot id, newer than all before.
    pub fn selfmanaged_snap_create(&self) -> Result<u64> {
        wait(|done| self.store().selfmanaged_snap_create(self.pool(), done))
    }

    /// Gives a snapshot id up: what objects keep for it may go.
    pub fn selfmanaged_snap_remove(&self, snap: u64) -> Result<()> {
        wait(|done| self.store().selfmanaged_snap_remove(self.pool(), snap, done))
    }

    /// Makes an object what it was at a snapshot. The context's snap context must name it.
    pub fn selfmanaged_snap_rollback(&self, name: impl Into<Bytes>, snap: u64) -> Result<()> {
        self.one(name, Op::Rollback { snap }).map(drop)
    }

    /// Writes know of these snapshots from now on: `seq` the newest id ever, `snaps` those that exist,
    /// newest first. `-EINVAL` where they are not in that order.
    pub fn with_write_snaps(&self, seq: u64, snaps: &[u64]) -> Result<IoCtx> {
        Ok(self.with_snap_context(SnapContext::new(seq, snaps).ok_or(Errno::EINVAL)?))
    }
}
