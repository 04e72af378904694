//! What is done once for a batch of completions: waking a thread for each would cost more than the completions do.

use std::cell::RefCell;
use std::sync::Arc;

/// Somebody who does something for all completions of a batch.
pub trait AtBatchEnd: Send + Sync {
    /// Must not wait for anything.
    fn batch_ended(self: Arc<Self>);
}

type Noted = Vec<Arc<dyn AtBatchEnd>>;

sync::thread_local! {
    static NOTED: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

/// Runs what was noted, also where the batch unwinds.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        let noted = NOTED.try_with(|noted| noted.borrow_mut().take()).ok().flatten().unwrap_or_default();
        noted.into_iter().for_each(AtBatchEnd::batch_ended);
    }
}

/// Completes several requests on this thread. Within a batch it is part of that.
pub fn batch<R>(complete: impl FnOnce() -> R) -> R {
    let outermost = NOTED.with(|noted| {
        let mut noted = noted.borrow_mut();
        let outermost = noted.is_none();
        noted.get_or_insert_default();
        outermost
    });
    let _end = outermost.then(|| End);
    complete()
}

/// `who` is told when this thread's batch ends. `false`: there is none, so what is to be done must be done now.
pub fn at_batch_end(who: &Arc<impl AtBatchEnd + 'static>) -> bool {
    let noted = NOTED.try_with(|noted| {
        let mut noted = noted.borrow_mut();
        noted.as_mut().map(|noted| noted.push(Arc::<_>::clone(who) as Arc<dyn AtBatchEnd>))
    });
    matches!(noted, Ok(Some(())))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl AtBatchEnd for Count {
        fn batch_ended(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_outermost_batch_ends_once_also_by_a_panic() {
        let count = Arc::new(Count::default());
        assert!(!at_batch_end(&count), "no batch");
        batch(|| {
            assert!(at_batch_end(&count));
            batch(|| assert!(at_batch_end(&count)));
            assert_eq!(count.0.load(Ordering::Relaxed), 0, "told before the end");
        });
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        let unwound = std::panic::catch_unwind(|| {
            batch(|| {
                at_batch_end(&count);
                panic!("in a batch");
            })
        });
        assert!(unwound.is_err());
        assert_eq!(count.0.load(Ordering::Relaxed), 3, "forgotten by a panic");
        assert!(!at_batch_end(&count), "a batch that ended");
    }
}
