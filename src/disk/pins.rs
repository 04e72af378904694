//! Which physical blocks somebody is reading or writing right now: a counting filter, so that pinning costs one atomic
//! operation per block and no lock. It may answer "pinned" for a block that shares its counter; never the reverse.

use crate::Phys;
use sync::atomic::{AtomicU32, Ordering};

/// Many more than the blocks a checkpoint has in hand: a block taken for pinned by mistake is moved when it is overwritten.
const COUNTERS: usize = 1 << 20;

pub struct Pins(Box<[AtomicU32]>);

impl Pins {
    pub fn new() -> Pins {
        Pins((0..COUNTERS).map(|_| AtomicU32::new(0)).collect())
    }

    fn counter(&self, block: Phys) -> &AtomicU32 {
        // Neighbours get different counters; the multiplier spreads strides.
        let at = (u64::from(block).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44) as usize;
        &self.0[at % COUNTERS]
    }

    pub fn pin(&self, block: Phys) {
        self.counter(block).fetch_add(1, Ordering::AcqRel);
    }

    pub fn unpin(&self, block: Phys) {
        self.counter(block).fetch_sub(1, Ordering::Release);
    }

    pub fn pinned(&self, block: Phys) -> bool {
        self.counter(block).load(Ordering::Acquire) != 0
    }
}
