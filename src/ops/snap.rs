//! Snapshot contexts of writes.

use std::sync::Arc;

/// What a writer knows of the snapshots taken so far: `seq` is the newest id it has seen, `snaps` the
/// ones that still exist, newest first. The store clones an object before a write whose `seq` is
/// newer than the object's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapContext {
    pub seq: u64,
    pub snaps: Arc<[u64]>,
}

impl SnapContext {
    /// `snaps` must be strictly descending, none above `seq`, no id 0 (`rados_ioctx_selfmanaged_snap_set_write_ctx`
    /// answers `-EINVAL` otherwise).
    pub fn new(seq: u64, snaps: &[u64]) -> Option<SnapContext> {
        let good = is_ordered(seq, snaps) && snaps.last().is_none_or(|&oldest| oldest > 0);
        good.then(|| SnapContext { seq, snaps: snaps.into() })
    }

    /// Whether `snaps` are strictly descending and none is above `seq`, which a context that was not made by
    /// `new` may miss.
    pub fn is_ordered(&self) -> bool {
        is_ordered(self.seq, &self.snaps)
    }
}

fn is_ordered(seq: u64, snaps: &[u64]) -> bool {
    snaps.first().is_none_or(|&newest| newest <= seq) && snaps.windows(2).all(|pair| pair[0] > pair[1])
}
