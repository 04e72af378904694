//! Runs callbacks, in order, with no lock of the library held.
//!
//! On a thread of its own; or on one of the back end's, at the end of a turn that completed something, where that
//! thread may stay away from the back end for so long (see [`ops::AfterTurn`]): a hand-over less for each.
//!
//! A callback may take the thread away (see [`ops::on_lost`]). Then the process is ending, and the callbacks that are
//! left, which would meet the same end, do not run; nobody waits for them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ops::{AfterTurn, AtBatchEnd};
use sync::thread::{self, JoinHandle, ThreadId};
use sync::{Condvar, Mutex, MutexGuard, broken};

use crate::completion::Callback;

/// Looks after callbacks that somebody else is expected to run: `false`, there is nothing to look after any more.
/// `true` is passed where the thread is about to end, and what is left must be run.
pub type Watch = Box<dyn FnMut(bool) -> bool + Send>;

/// How often a watch is called.
const TICK: Duration = Duration::from_millis(5);

/// Starts its thread with the first callback that needs it, so a program that never asks for callbacks has none.
pub struct Finisher {
    shared: Arc<Shared>,
}

struct Shared {
    name: &'static str,
    state: Mutex<State>,
    /// Work for the thread, or the order to stop.
    work: Condvar,
    /// The queue ran empty, or the thread ended.
    drained: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Callback>,
    watches: Vec<Watch>,
    thread: Option<JoinHandle<()>>,
    /// A thread is there that will look at the queue again.
    alive: bool,
    sleeping: bool,
    /// Who runs callbacks at present, and looks at the queue again afterwards.
    runner: Option<ThreadId>,
    /// A thread of the back end will look at the queue at the end of its turn.
    promised: bool,
    /// So many threads wait for the queue's end.
    waiting: usize,
    stopping: bool,
    /// A callback took the thread away.
    lost: bool,
}

impl State {
    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.runner.is_none()
    }

    fn runs_here(&self) -> bool {
        self.runner == Some(thread::current().id())
    }
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
        if state.runner.is_some() {
            return;
        }
        // Whoever waits may be who promised.
        if state.waiting == 0 {
            state.promised =
                state.promised || ops::after_turn(|| Arc::clone(&self.shared) as Arc<dyn AfterTurn>);
            if state.promised {
                return;
            }
        }
        rouse(&self.shared, state);
    }

    /// Calls `watch` every few milliseconds on the thread, from now until it says that it is done.
    pub fn watch(&self, watch: Watch) {
        let mut state = self.shared.state.lock();
        if state.lost {
            std::mem::forget(watch);
            return;
        }
        state.watches.push(watch);
        rouse(&self.shared, state);
    }

    /// Waits until every callback queued so far has returned. From a callback it returns at once.
    pub fn drain(&self) {
        let state = self.shared.state.lock();
        if state.runs_here() {
            return;
        }
        drop(self.wait_while(state, |state| !state.is_idle()));
    }

    /// Waits for what callbacks bring about.
    fn wait_while<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        condition: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        state.waiting += 1;
        if state.runner.is_none() && !state.queue.is_empty() && !state.lost {
            // This thread may have promised to run them; or to tell the other one, when its batch ends.
            rouse(&self.shared, state);
            if !broken::is(broken::WORK_UNTOLD) {
                self.shared.work.notify_one();
            }
            state = self.shared.state.lock();
        }
        while condition(&state) && (!state.lost || broken::is(broken::WAITS_FOR_THE_LOST)) {
            self.shared.drained.wait(&mut state);
        }
        state.waiting -= 1;
        state
    }

    /// Whether a callback asks.
    pub fn is_own_thread(&self) -> bool {
        self.shared.state.lock().runs_here()
    }

    /// Lets what is queued run, then ends the thread and waits for its end. Called from a callback, it
    /// does not wait: the thread ends by itself.
    pub fn shutdown(&self) {
        let mut state = self.shared.state.lock();
        state.stopping = true;
        self.shared.work.notify_all();
        if state.runs_here() {
            return;
        }
        let mut state = self.wait_while(state, |state| state.alive || !state.is_idle());
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

/// Gets the thread to look at what was just added.
fn rouse<'a>(shared: &'a Arc<Shared>, mut state: MutexGuard<'a, State>) {
    if state.alive {
        if state.sleeping {
            state.sleeping = false;
            drop(state);
            if !broken::is(broken::WORK_UNTOLD) && !ops::at_batch_end(shared) {
                shared.work.notify_one();
            }
        }
        return;
    }
    let own = Arc::clone(shared);
    match thread::Builder::new().name(shared.name.into()).spawn(move || run(&own)) {
        Ok(handle) => {
            state.alive = true;
            state.thread = Some(handle);
        }
        Err(e) => {
            // No thread to be had: late callbacks are worse than callbacks on this thread.
            tracing::error!(target: "rados", "cannot start the callback thread: {e}");
            while state.runner.is_none() && !state.queue.is_empty() {
                state = shared.work_off(state);
            }
            let watches = std::mem::take(&mut state.watches);
            drop(state);
            watches.into_iter().for_each(|mut watch| while watch(true) {});
        }
    }
}

fn run(shared: &Arc<Shared>) {
    let own = Arc::downgrade(shared);
    ops::on_lost(move || {
        if let Some(shared) = own.upgrade() {
            shared.lost();
        }
    });
    shared.run();
}

impl AtBatchEnd for Shared {
    fn batch_ended(self: Arc<Self>) {
        self.work.notify_one();
    }
}

impl AfterTurn for Shared {
    fn run_here(&self) {
        let mut state = self.state.lock();
        state.promised = false;
        while state.runner.is_none() && !state.queue.is_empty() {
            state = self.work_off(state);
        }
    }

    fn run_elsewhere(self: Arc<Self>) {
        let mut state = self.state.lock();
        state.promised = false;
        if state.runner.is_none() && !state.queue.is_empty() {
            rouse(&self, state);
        }
    }

    fn lost(&self) {
        self.state.lock().lost = true;
        self.drained.notify_all();
    }
}

impl Shared {
    fn run(&self) {
        let mut state = self.state.lock();
        let (mut looked, mut looked_last) = (Instant::now(), false);
        loop {
            // While another thread runs callbacks, it runs those that come, too.
            if state.runner.is_none() {
                let last = state.stopping && !looked_last;
                if !state.watches.is_empty() && (last || looked.elapsed() >= TICK) {
                    looked_last = state.stopping;
                    state = self.look(state);
                    looked = Instant::now();
                    continue;
                }
                if !state.queue.is_empty() {
                    state = self.work_off(state);
                    continue;
                }
            }
            if state.stopping && state.watches.is_empty() {
                state.alive = false;
                self.drained.notify_all();
                return;
            }
            state.sleeping = true;
            if state.watches.is_empty() {
                while state.sleeping && !state.stopping {
                    self.work.wait(&mut state);
                }
                looked = Instant::now();
            } else {
                let rest = if state.runner.is_some() { TICK } else { TICK.saturating_sub(looked.elapsed()) };
                self.work.wait_for(&mut state, rest);
            }
            state.sleeping = false;
        }
    }

    /// Runs `act` as the one thread that runs callbacks.
    fn as_runner<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        act: impl FnOnce(),
    ) -> MutexGuard<'a, State> {
        state.runner = Some(thread::current().id());
        drop(state);
        act();
        let mut state = self.state.lock();
        state.runner = None;
        if state.queue.is_empty() {
            self.drained.notify_all();
        }
        state
    }

    /// Runs the callbacks that are queued now. Nobody else may be running any.
    fn work_off<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let batch = std::mem::take(&mut state.queue);
        self.as_runner(state, || batch.into_iter().for_each(run_one))
    }

    /// Calls the watches.
    fn look<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let mut watches = std::mem::take(&mut state.watches);
        let all = state.stopping;
        let mut state = self.as_runner(state, || watches.retain_mut(|watch| watch(all)));
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
