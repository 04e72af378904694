//! Several object requests, one answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use ops::{Errno, Result};
use parking_lot::Mutex;

/// Runs its closure when the last part is in, with the first error where there was one.
pub(crate) struct Gather<F> {
    left: AtomicUsize,
    /// A positive errno; 0: none so far.
    error: AtomicI32,
    done: Mutex<Option<F>>,
}

impl<F: FnOnce(Result<()>)> Gather<F> {
    /// `parts` calls of `part` will follow.
    pub fn new(parts: usize, done: F) -> Arc<Gather<F>> {
        Arc::new(Gather {
            left: AtomicUsize::new(parts),
            error: AtomicI32::new(0),
            done: Mutex::new(Some(done)),
        })
    }

    pub fn part(&self, result: Result<()>) {
        if let Err(error) = result {
            let _ = self.error.compare_exchange(0, error.0, Ordering::AcqRel, Ordering::Relaxed);
        }
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1
            && let Some(done) = self.done.lock().take()
        {
            let error = self.error.load(Ordering::Acquire);
            done(if error == 0 { Ok(()) } else { Err(Errno(error)) });
        }
    }
}
