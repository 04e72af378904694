//! Which reads go by way of the page cache. A block read once is read past it: that costs less, and leaves the cache
//! to what is read again. A block read a second time soon, and a stream of small reads, are worth a place in it.

use std::sync::atomic::{AtomicU16, AtomicU64, AtomicUsize, Ordering};

/// Blocks are remembered by fours.
const REGION: u64 = 4;
/// How many regions are remembered, about: 4 GiB of the file.
const SEEN: usize = 1 << 18;
/// How many streams are followed.
const STREAMS: usize = 16;
/// Reads of so many blocks need no read-ahead, and are not worth a place in the cache.
const LARGE: u64 = 32;

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
}

impl Default for History {
    fn default() -> History {
        History {
            seen: (0..SEEN).map(|_| AtomicU16::new(0)).collect(),
            ends: Default::default(),
            next: AtomicUsize::new(0),
        }
    }
}

impl History {
    /// Blocks were found in memory.
    pub fn hit(&self, first: u64, count: u64) {
        self.follow(first, count);
    }

    /// Blocks were not in memory.
    pub fn miss(&self, first: u64, count: u64) -> Way {
        if self.follow(first, count) && !is_large(count) {
            return Way::Cached;
        }
        if is_large(count) {
            return Way::Direct;
        }
        let region = first / REGION;
        let hash = region.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // 0 stands for nothing.
        let tag = (hash >> 16) as u16 | 1;
        let Some(seen) = self.seen.get((hash >> 46) as usize) else { return Way::Direct };
        if seen.swap(tag, Ordering::Relaxed) != tag {
            return Way::Direct;
        }
        seen.store(0, Ordering::Relaxed);
        let end = (first + count).next_multiple_of(REGION);
        Way::Warm(region * REGION, end - region * REGION)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_reads_go_direct_until_the_second_time() {
        let history = History::default();
        assert_eq!(history.miss(1000, 1), Way::Direct);
        assert_eq!(history.miss(5001, 2), Way::Direct);
        assert_eq!(history.miss(1002, 1), Way::Warm(1000, 4));
        assert_eq!(history.miss(9000, 1), Way::Direct);
        assert_eq!(history.miss(1000, 1), Way::Direct, "remembered after it was warmed");
    }

    #[test]
    fn streams_of_small_reads_use_the_read_ahead() {
        let history = History::default();
        assert_eq!(history.miss(100, 2), Way::Direct);
        assert_eq!(history.miss(7000, 2), Way::Direct);
        history.hit(102, 2);
        assert_eq!(history.miss(104, 2), Way::Cached);
        assert_eq!(history.miss(2048, 256), Way::Direct);
        assert_eq!(history.miss(2304, 256), Way::Direct, "a large read needs no read-ahead");
    }
}
