//! What an asynchronous operation leaves its result in, and who is told of it.

use std::sync::Arc;

use ops::{Errno, Result};
use sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering};
use sync::{Condvar, Mutex, broken};

use crate::finisher::Finisher;

pub type Callback = Box<dyn FnOnce() + Send>;

const PENDING: u8 = 0;
/// The result is there, and the callback is about to be queued: nobody is told before it is, because whoever knows of
/// the end may wait for the callbacks that are queued and then free what they use.
const SETTLED: u8 = 1;
const COMPLETE: u8 = 2;
/// Complete, and the callback, where there is one, has returned.
const FINISHED: u8 = 3;

/// One operation under way. Shared by whoever started it and whoever completes it.
pub struct Completion {
    state: AtomicU8,
    result: AtomicI64,
    version: AtomicU64,
    /// Somebody knows that it is complete; from then on the result does not change.
    seen: AtomicBool,
    cancelled: AtomicBool,
    callback: Mutex<Option<Callback>>,
    changed: Condvar,
}

impl Completion {
    /// `callback` runs once, on a [`Finisher`]'s thread, after the result can be read.
    pub fn new(callback: Option<Callback>) -> Arc<Completion> {
        Arc::new(Completion {
            state: AtomicU8::new(PENDING),
            result: AtomicI64::new(0),
            version: AtomicU64::new(0),
            seen: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            callback: Mutex::new(callback),
            changed: Condvar::new(),
        })
    }

    /// Attaches the callback, for closures that need the completion itself. `-EBUSY` where one is attached
    /// already or the operation is complete.
    pub fn set_callback(&self, callback: Callback) -> Result<()> {
        let mut slot = self.callback.lock();
        if slot.is_some() || self.reached(SETTLED) {
            return Err(Errno::EBUSY);
        }
        *slot = Some(callback);
        Ok(())
    }

    /// Stores the result, queues the callback, and wakes who waits for the result. Only the first call counts.
    pub fn complete(self: &Arc<Self>, result: i64, finisher: &Finisher) {
        if let Ok(Some(callback)) = self.settle(result, false) {
            let this = Arc::clone(self);
            finisher.queue(Box::new(move || this.call(callback)));
            self.tell();
        }
    }

    /// As `complete`, with a callback that was not attached: `queue` gets it, to be run once.
    pub fn complete_calling(
        self: &Arc<Self>,
        result: i64,
        callback: impl FnOnce() + Send + 'static,
        queue: impl FnOnce(Callback),
    ) {
        if self.settle(result, true).is_ok() {
            let this = Arc::clone(self);
            queue(Box::new(move || this.call(callback)));
            self.tell();
        }
    }

    /// Stores the result; where nobody is to be called, that is all. Returns the attached callback. `-EALREADY` but for the
    /// first call.
    fn settle(&self, result: i64, calls: bool) -> Result<Option<Callback>> {
        let mut slot = self.callback.lock();
        if self.reached(SETTLED) && !broken::is(broken::COMPLETES_TWICE) {
            return Err(Errno::EALREADY);
        }
        let cancelled = self.cancelled.load(Ordering::Relaxed);
        let result = if cancelled { Errno::ECANCELED.neg().into() } else { result };
        if !broken::is(broken::RESULT_LATE) {
            self.result.store(result, Ordering::Relaxed);
        }
        let callback = slot.take();
        let state = match calls || callback.is_some() {
            true if broken::is(broken::CALLBACK_LATE) => COMPLETE,
            true => SETTLED,
            false => FINISHED,
        };
        self.state.store(state, Ordering::Release);
        drop(slot);
        if broken::is(broken::RESULT_LATE) {
            self.result.store(result, Ordering::Relaxed);
        }
        if state != SETTLED {
            self.changed.notify_all();
        }
        Ok(callback)
    }

    /// The callback is queued, perhaps has run by now.
    fn tell(&self) {
        let slot = self.callback.lock();
        self.state.fetch_max(COMPLETE, Ordering::Release);
        drop(slot);
        self.changed.notify_all();
    }

    fn call(self: Arc<Self>, callback: impl FnOnce()) {
        // Marks the end also where the callback unwinds, or waiters would hang.
        let finished = Finished(self);
        let slot = finished.0.callback.lock();
        finished.0.state.fetch_max(COMPLETE, Ordering::Release);
        finished.0.seen.store(true, Ordering::Relaxed);
        drop(slot);
        callback();
    }

    /// Makes the result `-ECANCELED`, as long as nobody has seen another. As in Ceph that says nothing of whether the
    /// operation took effect. A pending one completes when the back end is done with it, because until then its
    /// buffers are in use. Returns whether it came in time.
    pub fn cancel(&self) -> bool {
        let _slot = self.callback.lock();
        if self.seen.load(Ordering::Relaxed) && !broken::is(broken::CANCELS_LATE) {
            return false;
        }
        self.cancelled.store(true, Ordering::Relaxed);
        if self.state.load(Ordering::Relaxed) != PENDING {
            self.result.store(Errno::ECANCELED.neg().into(), Ordering::Release);
        }
        true
    }

    /// What is told from here on can no longer be changed.
    fn show(&self, done: bool) -> bool {
        if done && !self.seen.load(Ordering::Relaxed) {
            let _slot = (!broken::is(broken::SEEN_UNLOCKED)).then(|| self.callback.lock());
            self.seen.store(true, Ordering::Relaxed);
        }
        done
    }

    /// Completes with an errno where there is one, with 0 otherwise.
    pub fn complete_with(self: &Arc<Self>, result: Result<()>, finisher: &Finisher) {
        self.complete(result.map_or_else(|e| e.neg().into(), |()| 0), finisher);
    }

    fn reached(&self, state: u8) -> bool {
        self.state.load(Ordering::Acquire) >= state
    }

    pub fn is_complete(&self) -> bool {
        self.show(self.reached(COMPLETE))
    }

    /// Complete, and the callback has returned.
    pub fn is_complete_and_cb(&self) -> bool {
        self.show(self.reached(FINISHED))
    }

    pub fn wait(&self) {
        self.wait_until(COMPLETE);
    }

    pub fn wait_and_cb(&self) {
        self.wait_until(FINISHED);
    }

    fn wait_until(&self, state: u8) {
        if !self.reached(state) {
            let mut slot = self.callback.lock();
            while !self.reached(state) {
                self.changed.wait(&mut slot);
            }
        }
        self.show(true);
    }

    /// 0 until the operation is complete.
    pub fn return_value(&self) -> i64 {
        if !self.show(self.reached(COMPLETE)) {
            return 0;
        }
        self.result.load(Ordering::Acquire)
    }

    /// The object's version the operation saw or left.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// To be set before `complete`.
    pub fn set_version(&self, version: u64) {
        self.version.store(version, Ordering::Release);
    }
}

struct Finished(Arc<Completion>);

impl Drop for Finished {
    fn drop(&mut self) {
        let slot = self.0.callback.lock();
        self.0.state.store(FINISHED, Ordering::Release);
        drop(slot);
        if !broken::is(broken::END_UNTOLD) {
            self.0.changed.notify_all();
        }
    }
}

#[cfg(all(test, not(sepiola_shuttle)))]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    #[test]
    fn result_is_stored_before_the_callback_runs() {
        let finisher = Finisher::new("test");
        let (send, receive) = mpsc::channel();
        let completion = Completion::new(None);
        let seen = Arc::clone(&completion);
        completion
            .set_callback(Box::new(move || {
                let state =
                    (seen.is_complete(), seen.is_complete_and_cb(), seen.return_value(), seen.version());
                send.send(state).expect("the test waits");
            }))
            .expect("first callback");
        completion.set_version(7);
        completion.complete(-2, &finisher);
        assert_eq!(receive.recv_timeout(SOON), Ok((true, false, -2, 7)));
        completion.wait_and_cb();
        assert!(completion.is_complete_and_cb());
    }

    #[test]
    fn waiters_wake_without_a_callback() {
        let finisher = Finisher::new("test");
        let completion = Completion::new(None);
        let waiter = {
            let completion = Arc::clone(&completion);
            std::thread::spawn(move || {
                completion.wait();
                completion.wait_and_cb();
                completion.return_value()
            })
        };
        std::thread::sleep(Duration::from_millis(20));
        completion.complete(4096, &finisher);
        assert_eq!(waiter.join().expect("waiter"), 4096);
    }

    #[test]
    fn callback_attaches_once_and_not_late() {
        let finisher = Finisher::new("test");
        let completion = Completion::new(Some(Box::new(|| ())));
        assert_eq!(completion.set_callback(Box::new(|| ())), Err(Errno::EBUSY), "second callback");
        let completion = Completion::new(None);
        completion.complete(0, &finisher);
        assert_eq!(completion.set_callback(Box::new(|| ())), Err(Errno::EBUSY), "late callback");
    }

    #[test]
    fn only_the_first_result_counts() {
        let finisher = Finisher::new("test");
        let completion = Completion::new(None);
        completion.complete(1, &finisher);
        completion.complete(2, &finisher);
        assert_eq!(completion.return_value(), 1);
    }

    #[test]
    fn cancelling_comes_in_time_until_somebody_has_seen_the_result() {
        let finisher = Finisher::new("test");
        let [pending, unseen, seen] = [(); 3].map(|()| Completion::new(None));
        assert!(pending.cancel());
        assert!(!pending.is_complete(), "its buffers are still in use");
        for completion in [&pending, &unseen, &seen] {
            completion.complete(7, &finisher);
        }
        assert!(unseen.cancel());
        assert_eq!(seen.return_value(), 7);
        assert!(!seen.cancel());
        let cancelled = i64::from(Errno::ECANCELED.neg());
        let results = [&pending, &unseen, &seen].map(|completion| completion.return_value());
        assert_eq!(results, [cancelled, cancelled, 7]);
    }

    #[test]
    fn callback_that_panics_does_not_hang_waiters() {
        let finisher = Finisher::new("test");
        let completion = Completion::new(Some(Box::new(|| std::panic::resume_unwind(Box::new("wanted")))));
        completion.complete(0, &finisher);
        completion.wait_and_cb();
        let next = Completion::new(Some(Box::new(|| ())));
        next.complete(0, &finisher);
        next.wait_and_cb();
    }
}
