//! Completions that wait to be polled (`rbd_set_image_notification`, `rbd_poll_io_events`).

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ops::{Errno, Result};
use parking_lot::Mutex;

pub type Wake = Box<dyn Fn() + Send + Sync>;

/// Completed operations of an image, for programs that poll. A token stands for a completion; what it
/// means is the caller's business.
#[derive(Default)]
pub struct EventQueue {
    wake: OnceLock<Wake>,
    done: Mutex<VecDeque<usize>>,
    /// Operations begun and not yet polled.
    open: AtomicUsize,
}

impl EventQueue {
    /// From now on `wake` is called for each token. `-EINVAL` the second time.
    pub fn arm(&self, wake: Wake) -> Result<()> {
        self.wake.set(wake).map_err(|_| Errno::EINVAL)
    }

    pub fn is_armed(&self) -> bool {
        self.wake.get().is_some()
    }

    /// Counts an operation that will be posted. Whether it is the only one: the program, which has polled
    /// all others, is about to wait for it.
    pub fn begin(&self) -> bool {
        self.open.fetch_add(1, Ordering::Relaxed) == 0
    }

    /// The operation will not be posted after all.
    pub fn give_up(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Queues a token, then wakes. Nothing happens where nobody polls.
    pub fn post(&self, token: usize) {
        if let Some(wake) = self.wake.get() {
            self.done.lock().push_back(token);
            wake();
        }
    }

    /// Moves tokens into `into`, oldest first, and returns how many.
    pub fn poll(&self, into: &mut [usize]) -> usize {
        let mut done = self.done.lock();
        let mut count = 0;
        for slot in into {
            let Some(token) = done.pop_front() else { break };
            *slot = token;
            count += 1;
        }
        self.open.fetch_sub(count, Ordering::Relaxed);
        count
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn tokens_come_back_in_order() {
        let queue = EventQueue::default();
        assert!(queue.begin() && !queue.begin());
        assert!((0..3).all(|_| !queue.begin()), "others are open");
        queue.give_up();
        queue.post(1);
        let woken = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&woken);
        queue
            .arm(Box::new(move || {
                count.fetch_add(1, Ordering::SeqCst);
            }))
            .expect("first");
        assert_eq!(queue.arm(Box::new(|| ())), Err(Errno::EINVAL));
        (2..6).for_each(|token| queue.post(token));
        let mut two = [0; 2];
        assert_eq!((queue.poll(&mut two), two), (2, [2, 3]));
        let mut five = [0; 5];
        assert_eq!((queue.poll(&mut five), five), (2, [4, 5, 0, 0, 0]));
        assert_eq!(woken.load(Ordering::SeqCst), 4);
        assert!(queue.begin(), "all were polled");
    }
}
