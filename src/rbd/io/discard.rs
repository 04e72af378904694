//! Giving space back.

use std::sync::Arc;

use ops::{Op, OpFlags, Wait};

use super::write::{Change, Kind};
use crate::image::Image;
use crate::striping::{Layout, ObjectExtent, ObjectExtents};

impl Image {
    /// Drops an extent; it reads as zeroes afterwards, but for parts smaller than
    /// `rbd_discard_granularity_bytes`, which keep their bytes. `done` gets 0 or a negative errno.
    pub fn aio_discard(self: &Arc<Self>, off: u64, len: u64, done: impl FnOnce(i64) + Send + 'static) {
        let granularity = self.settings.discard_granularity();
        self.discard_with(off, len, granularity, Wait::Deferred, done);
    }

    pub(crate) fn discard_with(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        granularity: u64,
        wait: Wait,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        let change = Change { off, len, kind: Kind::Discard { granularity }, flags: OpFlags::empty() };
        self.change(change, wait, done);
    }

    /// Rounds object extents inward to multiples of the granularity. An extent to the end of an object is
    /// taken as it is where the granularity is the object.
    pub(super) fn prune_discard(&self, granularity: u64, extents: &mut ObjectExtents) {
        if granularity == 0 {
            return;
        }
        let size = self.layout.object_size;
        let granularity = granularity.min(size);
        extents.retain(|extent| {
            let end = extent.off + extent.len;
            if granularity < size || end < size {
                let begin = extent.off.next_multiple_of(granularity);
                let end = end - end % granularity;
                extent.off = begin;
                extent.len = end.saturating_sub(begin);
            }
            extent.len > 0
        });
    }
}

/// Drops an extent of one object. `covered`: a parent has bytes there too, which must not come back.
pub(crate) fn discard_op(extent: &ObjectExtent, layout: &Layout, covered: bool) -> Op {
    let (off, len) = (extent.off, extent.len);
    match off + len >= layout.object_size {
        true if off == 0 && !covered => Op::Remove,
        true => Op::Truncate { size: off },
        false => Op::Zero { off, len },
    }
}
