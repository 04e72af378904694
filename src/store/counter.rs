//! Numbers that are never given out twice in the life of a store: object versions, client ids.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use disk::Engine;
use ops::{Errno, Result};
use parking_lot::Mutex;

/// Counts in memory; on the disk stands a mark that is always above, moved up in steps. After a crash
/// counting goes on from the mark, after a clean shutdown from the exact value.
pub struct Counter {
    key: &'static [u8],
    step: u64,
    next: AtomicU64,
    /// Numbers below may be given out.
    mark: AtomicU64,
    raising: Mutex<()>,
}

impl Counter {
    /// For a store that is not initialised yet: `first` is the first number.
    pub fn new(key: &'static [u8], step: u64, first: u64) -> Counter {
        Counter {
            key,
            step,
            next: AtomicU64::new(first),
            mark: AtomicU64::new(first),
            raising: Mutex::new(()),
        }
    }

    /// Goes on from what the engine has; never back.
    pub fn resume(&self, engine: &dyn Engine) -> Result<()> {
        if let Some(stored) = engine.meta_get(self.key) {
            let stored = u64::from_le_bytes(stored.as_ref().try_into().map_err(|_| Errno::EIO)?);
            let before = self.next.fetch_max(stored, Ordering::Relaxed);
            self.mark.store(stored.max(before), Ordering::Release);
        }
        Ok(())
    }

    /// The next number. `engine` is `None` only while the store is not initialised: such numbers are
    /// unique in this process.
    pub fn take(&self, engine: Option<&dyn Engine>) -> Result<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if number >= self.mark.load(Ordering::Acquire)
            && let Some(engine) = engine
        {
            self.raise(engine, number)?;
        }
        Ok(number)
    }

    /// The number that comes next.
    pub fn peek(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    #[cold]
    fn raise(&self, engine: &dyn Engine, number: u64) -> Result<()> {
        let _one = self.raising.lock();
        if number >= self.mark.load(Ordering::Acquire) {
            let mark = number + self.step;
            self.save(engine, mark)?;
            self.mark.store(mark, Ordering::Release);
        }
        Ok(())
    }

    fn save(&self, engine: &dyn Engine, value: u64) -> Result<()> {
        let value = Bytes::copy_from_slice(&value.to_le_bytes());
        engine.meta_update(vec![(Bytes::from_static(self.key), Some(value))])
    }

    /// Writes the exact value; nothing may be taken afterwards.
    pub fn close(&self, engine: &dyn Engine) -> Result<()> {
        self.save(engine, self.next.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_comes_twice_over_crashes_and_clean_ends() {
        let engine = disk::ModelEngine::new();
        let mut last = 0;
        for round in 0..6 {
            let counter = Counter::new(b"counter/test", 10, 1);
            counter.resume(&engine).unwrap();
            for _ in 0..25 {
                let number = counter.take(Some(&engine)).unwrap();
                assert!(number > last, "round {round}: {number} after {last}");
                last = number;
            }
            if round % 2 == 0 {
                counter.close(&engine).unwrap();
            }
        }
        assert!(last < 200, "a clean end leaves no gap: {last}");
    }
}
