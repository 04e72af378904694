//! How much may be under way at a time (`objecter_inflight_ops`, `objecter_inflight_op_bytes`). Who submits more waits,
//! as in Ceph's own client, save for the I/O threads, which everybody else waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::{Condvar, Mutex};

use crate::io;

pub struct Throttle {
    max_ops: u64,
    max_bytes: u64,
    ops: AtomicU64,
    bytes: AtomicU64,
    waiting: AtomicUsize,
    lock: Mutex<()>,
    freed: Condvar,
}

/// A request's share, given back when it is dropped.
pub struct Share {
    throttle: Arc<Throttle>,
    bytes: u64,
}

impl Throttle {
    /// 0: no limit.
    pub fn new(max_ops: u64, max_bytes: u64) -> Arc<Throttle> {
        let limit = |max: u64| if max == 0 { u64::MAX } else { max };
        Arc::new(Throttle {
            max_ops: limit(max_ops),
            max_bytes: limit(max_bytes),
            ops: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            lock: Mutex::new(()),
            freed: Condvar::new(),
        })
    }

    /// One request may always be under way, however large it is.
    fn is_full(&self, bytes: u64) -> bool {
        let ops = self.ops.load(Ordering::SeqCst);
        ops > 0
            && (ops >= self.max_ops
                || self.bytes.load(Ordering::SeqCst).saturating_add(bytes) > self.max_bytes)
    }

    /// Waits until there is room.
    pub fn take(self: &Arc<Self>, bytes: u64) -> Share {
        if self.is_full(bytes) && !io::on_io_thread() {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let mut guard = self.lock.lock();
            while self.is_full(bytes) {
                self.freed.wait(&mut guard);
            }
            drop(guard);
            self.waiting.fetch_sub(1, Ordering::SeqCst);
        }
        self.ops.fetch_add(1, Ordering::SeqCst);
        self.bytes.fetch_add(bytes, Ordering::SeqCst);
        Share { throttle: self.clone(), bytes }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.throttle.ops.fetch_sub(1, Ordering::SeqCst);
        self.throttle.bytes.fetch_sub(self.bytes, Ordering::SeqCst);
        if self.throttle.waiting.load(Ordering::SeqCst) > 0 {
            // Whoever has just looked is inside its wait when the lock is had.
            drop(self.throttle.lock.lock());
            self.throttle.freed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_third_waits_for_one_of_two() {
        let throttle = Throttle::new(2, 100);
        let first = throttle.take(10);
        let _second = throttle.take(10);
        let third = thread::spawn({
            let throttle = throttle.clone();
            move || drop(throttle.take(10))
        });
        thread::sleep(Duration::from_millis(50));
        assert!(!third.is_finished(), "a third request did not wait");
        drop(first);
        third.join().expect("the third request");
    }

    #[test]
    fn one_may_be_larger_than_all() {
        let throttle = Throttle::new(0, 100);
        drop(throttle.take(1000));
        assert_eq!(throttle.bytes.load(Ordering::SeqCst), 0);
    }
}
