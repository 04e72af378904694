//! Which reads go by way of the page cache. A block read once is read past it: that costs less, and leaves the cache
//! to what is read again. A block read a second time soon, and a stream of small reads, are worth a place in it, as long
//! as bringing them there keeps no others waiting.

use std::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// Blocks are remembered by fours.
const REGION: u64 = 4;
/// How many regions are remembered, about: 4 GiB of the file.
const SEEN: usize = 1 << 18;
/// How many streams are followed.
const STREAMS: usize = 16;
/// Reads of so many blocks need no read-ahead, and are not worth a place in the cache.
const LARGE: u64 = 32;
/// The kernel reads ahead of a stream about so far.
const AHEAD: u64 = 64;
/// What is in the page cache is remembered for so many regions, 32 GiB of the file; others share their places.
const REGIONS: u64 = 1 << 21;
/// After so many questions that found nothing in the page cache, only one in `RARELY` is asked.
const PATIENCE: u32 = 256;
const RARELY: usize = 16;
/// One region is warmed per so many blocks that were not in memory, with so many to begin with and saved up at most.
const WARM_COST: u32 = 16;
const WARM_SAVED: u32 = 4096;

pub fn is_large(count: u64) -> bool {
    count >= LARGE
}

/// How a read that is not in memory should be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Direct,
    /// Direct, and have these blocks (first, count) brought into memory for the next time.
    Warm(u64, u64),
    /// Through the page cache, with its read-ahead.
    Cached,
}

pub struct History {
    /// By a region's hash, another hash of it.
    seen: Box<[AtomicU16]>,
    /// Where reads ended.
    ends: [AtomicU64; STREAMS],
    next: AtomicUsize,
    /// A bit for each region that is not in the page cache, as far as is known.
    absent: Box<[AtomicU64]>,
    /// How many more questions may find nothing.
    patience: AtomicU32,
    skipped: AtomicUsize,
    /// What warming may cost.
    saved: AtomicU32,
}

impl Default for History {
    fn default() -> History {
        History {
            seen: (0..SEEN).map(|_| AtomicU16::new(0)).collect(),
            ends: Default::default(),
            next: AtomicUsize::new(0),
            absent: (0..REGIONS / 64).map(|_| AtomicU64::new(0)).collect(),
            patience: AtomicU32::new(PATIENCE),
            skipped: AtomicUsize::new(0),
            saved: AtomicU32::new(WARM_SAVED),
        }
    }
}

impl History {
    /// Whether the kernel need not be asked what of these blocks is in the page cache: nothing, most likely. Asking
    /// costs as much as all else that a cold read does in this process.
    pub fn is_absent(&self, first: u64, count: u64) -> bool {
        let mut unknown = 0;
        each_word(first, count, |word, mask| {
            unknown |= self.absent.get(word).map_or(mask, |bits| mask & !bits.load(Ordering::Relaxed));
        });
        if unknown == 0 {
            return true;
        }
        let ask = self.patience.load(Ordering::Relaxed) > 0
            || self.skipped.fetch_add(1, Ordering::Relaxed).is_multiple_of(RARELY);
        !ask
    }

    fn note(&self, first: u64, count: u64, absent: bool) {
        each_word(first, count, |word, mask| {
            let Some(bits) = self.absent.get(word) else { return };
            let had = bits.load(Ordering::Relaxed);
            if absent && had & mask != mask {
                bits.fetch_or(mask, Ordering::Relaxed);
            } else if !absent && had & mask != 0 {
                bits.fetch_and(!mask, Ordering::Relaxed);
            }
        });
    }

    /// The kernel was asked.
    pub fn asked(&self, found: bool) {
        if found {
            self.patience.store(PATIENCE, Ordering::Relaxed);
        } else {
            less(&self.patience, 1);
        }
    }

    /// Blocks were found in memory.
    pub fn hit(&self, first: u64, count: u64) {
        self.follow(first, count);
    }

    /// Blocks were not in memory, which are a part of a read of `whole` blocks.
    pub fn miss(&self, first: u64, count: u64, whole: u64) -> Way {
        if is_large(whole) {
            self.note(first, count, true);
            return Way::Direct;
        }
        let on = self.follow(first, count);
        if on {
            self.note(first, count + AHEAD, false);
            return Way::Cached;
        }
        let _ = self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |had| {
            (had < WARM_SAVED).then(|| (had + count as u32).min(WARM_SAVED))
        });
        if !self.again(first) || !less(&self.saved, WARM_COST) {
            self.note(first, count, true);
            return Way::Direct;
        }
        let start = first / REGION * REGION;
        let len = (first + count).next_multiple_of(REGION) - start;
        self.note(start, len, false);
        Way::Warm(start, len)
    }

    /// Whether a block of the region was read not long ago.
    fn again(&self, first: u64) -> bool {
        let hash = (first / REGION).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // 0 stands for nothing.
        let tag = (hash >> 16) as u16 | 1;
        self.seen.get((hash >> 46) as usize).is_some_and(|seen| seen.swap(tag, Ordering::Relaxed) == tag)
    }

    /// Whether it goes on where another read ended.
    fn follow(&self, first: u64, count: u64) -> bool {
        let end = first + count;
        let on =
            |at: &AtomicU64| at.compare_exchange(first, end, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if self.ends.iter().any(|at| at.load(Ordering::Relaxed) == first && on(at)) {
            return true;
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed) % STREAMS;
        if let Some(at) = self.ends.get(next) {
            at.store(end, Ordering::Relaxed);
        }
        false
    }
}

/// Takes so much off, where there is as much.
fn less(counter: &AtomicU32, by: u32) -> bool {
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |had| had.checked_sub(by)).is_ok()
}

/// Calls `each` with the words of the table of regions that blocks are in, and their bits.
fn each_word(first: u64, count: u64, mut each: impl FnMut(usize, u64)) {
    let end = (first + count).div_ceil(REGION);
    let mut at = first / REGION;
    while at < end {
        let (bit, next) = (at % 64, (at / 64 + 1) * 64);
        let bits = next.min(end) - at;
        let mask = if bits == 64 { u64::MAX } else { ((1 << bits) - 1) << bit };
        each((at % REGIONS / 64) as usize, mask);
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_reads_go_direct_until_the_second_time() {
        let history = History::default();
        assert_eq!(history.miss(1000, 1, 1), Way::Direct);
        assert_eq!(history.miss(5001, 2, 2), Way::Direct);
        assert_eq!(history.miss(1002, 1, 1), Way::Warm(1000, 4));
        assert_eq!(history.miss(9000, 1, 1), Way::Direct);
    }

    #[test]
    fn warming_takes_a_share_of_the_reads() {
        let history = History::default();
        let scattered = |round: u64| (0..100_000_u64).map(move |i| (i * 37 + round) % 100_000 * 8);
        let warmed =
            |round| scattered(round).filter(|&block| history.miss(block, 1, 1) != Way::Direct).count();
        // Some look alike.
        let first = warmed(0);
        assert!(first < 100, "{first} warmed at first sight");
        let warmed = warmed(1);
        let most = (100_000 + WARM_SAVED) / WARM_COST;
        assert!((most as usize / 2..=most as usize).contains(&warmed), "{warmed} of 100000 warmed");
    }

    #[test]
    fn the_kernel_is_not_asked_for_what_is_known() {
        let history = History::default();
        assert!(!history.is_absent(1000, 3), "unknown at first");
        assert_eq!(history.miss(1000, 3, 3), Way::Direct);
        assert!(history.is_absent(1000, 4) && !history.is_absent(1000, 5) && !history.is_absent(996, 8));
        assert!(matches!(history.miss(1001, 1, 1), Way::Warm(..)));
        assert!(!history.is_absent(1000, 1), "warmed");
        assert_eq!(history.miss(1 << 30, 4096, 4096), Way::Direct);
        assert!(history.is_absent(1 << 30, 4096) && !history.is_absent((1 << 30) - 1, 4096));
        (0..PATIENCE).for_each(|_| history.asked(false));
        let asked = (0..RARELY as u64 * 10).filter(|i| !history.is_absent(1 << 20 | i << 4, 1)).count();
        assert_eq!(asked, 10, "of questions that find nothing");
        history.asked(true);
        assert!(!history.is_absent(1 << 20, 1) && !history.is_absent(1 << 21, 1), "there is something");
    }

    #[test]
    fn streams_of_small_reads_use_the_read_ahead() {
        let history = History::default();
        assert_eq!(history.miss(100, 2, 2), Way::Direct);
        assert_eq!(history.miss(7000, 2, 2), Way::Direct);
        history.hit(102, 2);
        assert_eq!(history.miss(104, 2, 2), Way::Cached);
        assert_eq!(history.miss(2048, 256, 256), Way::Direct);
        assert_eq!(history.miss(2304, 256, 256), Way::Direct, "a large read needs no read-ahead");
    }
}
