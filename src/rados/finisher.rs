//! The thread that runs callbacks, in order, with no lock of the library held.
//!
//! A callback may take the thread away (see [`ops::on_lost`]). Then the process is ending, and the callbacks that are
//! left, which would meet the same end, do not run; nobody waits for them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ops::AtBatchEnd;
use sync::thread::{self, JoinHandle, ThreadId};
use sync::{Condvar, Mutex, MutexGuard, broken};

use crate::completion::Callback;

/// Looks after callbacks that somebody else is expected to run: `false`, there is nothing to look after any more.
/// `true` is passed where the thread is about to end, and what is left must be run.
pub type Watch = Box<dyn FnMut(bool) -> bool + Send>;

/// How often a watch is called.
const TICK: Duration = Duration::from_millis(5);

/// Starts its thread with the first callback, so a program that never asks for callbacks has none.
pub struct Finisher {
    shared: Arc<Shared>,
}

struct Shared {
    name: &'static str,
    state: Mutex<State>,
    /// Work for the thread, or the order to stop.
    work: Condvar,
    /// The queue ran empty.
    drained: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Callback>,
    watches: Vec<Watch>,
    thread: Option<JoinHandle<()>>,
    /// The thread's, also after `shutdown` took its handle.
    id: Option<ThreadId>,
    /// A thread is there that will look at the queue again.
    alive: bool,
    sleeping: bool,
    running: bool,
    stopping: bool,
    /// A callback took the thread away.
    lost: bool,
}

impl Finisher {
    /// `name`: of the thread, 15 bytes at most.
    pub fn new(name: &'static str) -> Finisher {
        let shared = Shared { name, state: Mutex::default(), work: Condvar::new(), drained: Condvar::new() };
        Finisher { shared: Arc::new(shared) }
    }

    /// Runs `callback` after all those queued before it. Works after `shutdown` too: then a thread
    /// starts for what is queued and ends with it.
    pub fn queue(&self, callback: Callback) {
        let mut state = self.shared.state.lock();
        if state.lost {
            // Not dropped: what goes with it may be the last hold on this very object.
            std::mem::forget(callback);
            return;
        }
        state.queue.push_back(callback);
        self.rouse(state);
    }

    /// Calls `watch` every few milliseconds on the thread, from now until it says that it is done.
    pub fn watch(&self, watch: Watch) {
        let mut state = self.shared.state.lock();
        if state.lost {
            std::mem::forget(watch);
            return;
        }
        state.watches.push(watch);
        self.rouse(state);
    }

    /// Gets the thread to look at what was just added.
    fn rouse(&self, mut state: MutexGuard<'_, State>) {
        if state.alive {
            if state.sleeping {
                state.sleeping = false;
                drop(state);
                if !broken::is(broken::WORK_UNTOLD) && !ops::at_batch_end(&self.shared) {
                    self.shared.work.notify_one();
                }
            }
            return;
        }
        let shared = Arc::clone(&self.shared);
        match thread::Builder::new().name(self.shared.name.into()).spawn(move || run(&shared)) {
            Ok(handle) => {
                state.alive = true;
                state.id = Some(handle.thread().id());
                state.thread = Some(handle);
            }
            Err(e) => {
                // No thread to be had: late callbacks are worse than callbacks on this thread.
                tracing::error!(target: "rados", "cannot start the callback thread: {e}");
                let left = std::mem::take(&mut state.queue);
                let watches = std::mem::take(&mut state.watches);
                drop(state);
                left.into_iter().for_each(run_one);
                watches.into_iter().for_each(|mut watch| while watch(true) {});
            }
        }
    }

    /// Waits until every callback queued so far has returned. On the finisher's own thread it returns
    /// at once.
    pub fn drain(&self) {
        if self.is_own_thread() {
            return;
        }
        let mut state = self.shared.state.lock();
        while !state.lost && (!state.queue.is_empty() || state.running) {
            self.shared.drained.wait(&mut state);
        }
    }

    pub fn is_own_thread(&self) -> bool {
        self.shared.state.lock().id == Some(thread::current().id())
    }

    /// Lets what is queued run, then ends the thread and waits for its end. Called from a callback, it
    /// does not wait: the thread ends by itself.
    pub fn shutdown(&self) {
        let mut state = self.shared.state.lock();
        state.stopping = true;
        self.shared.work.notify_all();
        if state.id == Some(thread::current().id()) {
            return;
        }
        while state.alive && (!state.lost || broken::is(broken::WAITS_FOR_THE_LOST)) {
            self.shared.drained.wait(&mut state);
        }
        let thread = state.thread.take().filter(|_| !state.lost);
        drop(state);
        if let Some(thread) = thread {
            // Callbacks cannot unwind out of the thread: see `run_one`.
            let _ = thread.join();
        }
    }
}

impl Drop for Finisher {
    fn drop(&mut self) {
        self.shutdown();
    }
}

fn run(shared: &Arc<Shared>) {
    let own = Arc::downgrade(shared);
    ops::on_lost(move || {
        if let Some(shared) = own.upgrade() {
            shared.state.lock().lost = true;
            shared.drained.notify_all();
        }
    });
    shared.run();
}

impl AtBatchEnd for Shared {
    fn batch_ended(self: Arc<Self>) {
        self.work.notify_one();
    }
}

impl Shared {
    fn run(&self) {
        let mut state = self.state.lock();
        let (mut looked, mut looked_last) = (Instant::now(), false);
        loop {
            let last = state.stopping && !looked_last;
            if !state.watches.is_empty() && (last || looked.elapsed() >= TICK) {
                looked_last = state.stopping;
                state = self.look(state);
                looked = Instant::now();
                continue;
            }
            let batch = std::mem::take(&mut state.queue);
            if batch.is_empty() {
                let ends = state.stopping && state.watches.is_empty();
                state.alive = !ends;
                self.drained.notify_all();
                if ends {
                    return;
                }
                state.sleeping = true;
                if state.watches.is_empty() {
                    while state.sleeping && !state.stopping {
                        self.work.wait(&mut state);
                    }
                    looked = Instant::now();
                } else {
                    self.work.wait_for(&mut state, TICK.saturating_sub(looked.elapsed()));
                }
                state.sleeping = false;
                continue;
            }
            state.running = true;
            drop(state);
            batch.into_iter().for_each(run_one);
            state = self.state.lock();
            state.running = false;
        }
    }

    /// Calls the watches.
    fn look<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let mut watches = std::mem::take(&mut state.watches);
        let all = state.stopping;
        drop(state);
        watches.retain_mut(|watch| watch(all));
        let mut state = self.state.lock();
        watches.append(&mut state.watches);
        state.watches = watches;
        state
    }
}

/// Runs a callback, which cannot unwind any further.
pub fn run_one(callback: Callback) {
    if catch_unwind(AssertUnwindSafe(callback)).is_err() {
        tracing::error!(target: "rados", "a callback panicked");
    }
}

#[cfg(all(test, not(sepiola_shuttle)))]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    #[test]
    fn runs_in_order_on_one_thread() {
        let finisher = Finisher::new("test");
        let (send, receive) = mpsc::channel();
        for n in 0..1000 {
            let send = send.clone();
            finisher.queue(Box::new(move || {
                let _ = send.send((n, thread::current().id()));
            }));
        }
        drop(send);
        let got: Vec<_> = receive.iter().collect();
        let order: Vec<_> = got.iter().map(|(n, _)| *n).collect();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
        assert!(got.iter().all(|(_, id)| *id == got[0].1), "more than one thread ran callbacks");
        assert_ne!(got[0].1, thread::current().id(), "callbacks ran on the caller's thread");
    }

    #[test]
    fn shutdown_runs_what_is_queued() {
        let finisher = Finisher::new("test");
        let (send, receive) = mpsc::channel();
        finisher.queue(Box::new(|| thread::sleep(Duration::from_millis(30))));
        finisher.queue(Box::new(move || send.send(()).unwrap_or_default()));
        finisher.shutdown();
        assert_eq!(receive.try_recv(), Ok(()));
    }

    #[test]
    fn shutdown_from_a_callback_returns() {
        let finisher = Arc::new(Finisher::new("test"));
        let (send, receive) = mpsc::channel();
        let own = Arc::clone(&finisher);
        finisher.queue(Box::new(move || {
            own.shutdown();
            own.drain();
            drop(own);
            send.send(()).expect("the test waits");
        }));
        assert_eq!(receive.recv_timeout(SOON), Ok(()));
    }

    #[test]
    fn last_handle_may_be_dropped_by_a_callback() {
        let finisher = Arc::new(Finisher::new("test"));
        let (send, receive) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let own = Arc::clone(&finisher);
        finisher.queue(Box::new(move || {
            let _ = wait.recv();
            drop(own);
            send.send(()).expect("the test waits");
        }));
        drop(finisher);
        go.send(()).expect("the callback waits");
        assert_eq!(receive.recv_timeout(SOON), Ok(()));
    }

    #[test]
    fn queue_after_shutdown_still_runs() {
        let finisher = Finisher::new("test");
        finisher.queue(Box::new(|| ()));
        finisher.shutdown();
        let (send, receive) = mpsc::channel();
        finisher.queue(Box::new(move || send.send(()).unwrap_or_default()));
        assert_eq!(receive.recv_timeout(SOON), Ok(()));
    }

    #[test]
    fn drain_waits_for_the_running_callback() {
        let finisher = Finisher::new("test");
        let (send, receive) = mpsc::channel();
        finisher.queue(Box::new(move || {
            thread::sleep(Duration::from_millis(30));
            let _ = send.send(());
        }));
        finisher.drain();
        assert_eq!(receive.try_recv(), Ok(()));
    }
}
