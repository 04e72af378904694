//! The thread that calls a client's watch handlers, one call after the other.
//!
//! A handler may take the thread away (see [`crate::on_lost`]). What it belongs to is being torn down then, so no
//! handler is called any more; whoever waits for handlers is told that they are through.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use sync::thread::{self, JoinHandle, ThreadId};
use sync::{Condvar, Mutex, broken};

use crate::store::{OnResult, WatchId};

type Call = Box<dyn FnOnce() + Send>;

enum Event {
    Call(WatchId, Call),
    Barrier(OnResult<()>),
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    thread: Option<JoinHandle<()>>,
    thread_id: Option<ThreadId>,
    /// Whose handler is running.
    current: Option<WatchId>,
    /// To be done when that handler has returned.
    after_current: Vec<Call>,
    closed: bool,
    /// A handler took a thread away: no more handlers are called.
    mute: bool,
    /// The thread has not ended.
    alive: bool,
}

/// Begins its thread with the first call.
#[derive(Default)]
pub struct WatchQueue {
    state: Mutex<State>,
    wake: Condvar,
    ended: Condvar,
}

impl WatchQueue {
    /// Runs `call` for the handler of `watch`, after all that were queued before; never, where the queue closes first.
    pub fn call(self: &Arc<Self>, watch: WatchId, call: impl FnOnce() + Send + 'static) {
        self.push(Event::Call(watch, Box::new(call)));
    }

    /// `done` runs when every call queued so far has returned; at once on the queue's own thread, which would wait
    /// for itself.
    pub fn flush(self: &Arc<Self>, done: OnResult<()>) {
        let state = self.state.lock();
        let idle = state.events.is_empty() && state.current.is_none();
        if idle || state.closed || state.thread_id == Some(thread::current().id()) {
            drop(state);
            return done(Ok(()));
        }
        drop(state);
        self.push(Event::Barrier(done));
    }

    /// `act` runs when the handler of this watch is not running any more; at once on the queue's own thread. Calls that
    /// are queued stay: they have to see for themselves that the watch has ended.
    pub fn after(&self, watch: WatchId, act: impl FnOnce() + Send + 'static) {
        let mut state = self.state.lock();
        let running = state.current == Some(watch) && !broken::is(broken::UNWATCH_EARLY);
        if running && state.thread_id != Some(thread::current().id()) {
            state.after_current.push(Box::new(act));
            return;
        }
        drop(state);
        act();
    }

    /// Drops what is queued and waits for the running handler, unless called by it. No handler runs afterwards.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        let dropped = std::mem::take(&mut state.events);
        let own = state.thread_id == Some(thread::current().id());
        self.wake.notify_all();
        drop(state);
        pass(dropped);
        if own {
            return;
        }
        let mut state = self.state.lock();
        while state.alive && !broken::is(broken::CLOSE_EARLY) {
            self.ended.wait(&mut state);
        }
        let thread = state.thread.take().filter(|_| !broken::is(broken::CLOSE_EARLY));
        drop(state);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    fn push(self: &Arc<Self>, event: Event) {
        let mut state = self.state.lock();
        if !state.closed {
            state.events.push_back(event);
            if self.start(&mut state) {
                self.wake.notify_one();
                return;
            }
        } else {
            state.events = VecDeque::from([event]);
        }
        let dropped = std::mem::take(&mut state.events);
        drop(state);
        pass(dropped);
    }

    /// Whether there is a thread now.
    fn start(self: &Arc<Self>, state: &mut State) -> bool {
        if state.alive {
            return true;
        }
        let (own, weak) = (self.clone(), Arc::downgrade(self));
        let run = move || {
            crate::on_lost(move || {
                if let Some(queue) = weak.upgrade() {
                    queue.lose_thread();
                }
            });
            own.run();
        };
        match thread::Builder::new().name("rados-watch".into()).spawn(run) {
            Ok(thread) => {
                state.alive = true;
                state.thread_id = Some(thread.thread().id());
                state.thread = Some(thread);
            }
            Err(e) => tracing::error!(target: "rados", "no thread for watch callbacks: {e}"),
        }
        state.alive
    }

    /// A handler took the thread away. Another one goes on with what is not a call.
    fn lose_thread(self: &Arc<Self>) {
        let mut state = self.state.lock();
        (state.thread, state.thread_id, state.current, state.alive) = (None, None, None, false);
        state.mute = !broken::is(broken::LOUD);
        let waiting = std::mem::take(&mut state.after_current);
        let stays = state.events.is_empty() || self.start(&mut state);
        let dropped = if stays { VecDeque::new() } else { std::mem::take(&mut state.events) };
        drop(state);
        self.ended.notify_all();
        waiting.into_iter().for_each(|act| act());
        pass(dropped);
    }

    fn run(&self) {
        let mut state = self.state.lock();
        loop {
            let Some(event) = state.events.pop_front() else {
                if state.closed {
                    break;
                }
                self.wake.wait(&mut state);
                continue;
            };
            state.current = match &event {
                Event::Call(watch, _) => Some(*watch),
                Event::Barrier(_) => None,
            };
            let mute = state.mute;
            drop(state);
            match event {
                Event::Call(..) if mute => {}
                Event::Call(_, call) => guarded(call),
                Event::Barrier(done) => guarded(|| done(Ok(()))),
            }
            state = self.state.lock();
            state.current = None;
            let waiting = std::mem::take(&mut state.after_current);
            if !waiting.is_empty() {
                drop(state);
                waiting.into_iter().for_each(guarded);
                state = self.state.lock();
            }
        }
        state.alive = false;
        self.ended.notify_all();
    }
}

/// One that panics takes nobody with it.
fn guarded(call: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(call)).is_err() {
        tracing::error!(target: "rados", "a watch callback panicked");
    }
}

/// What is not run any more: calls are dropped, and whoever waits for them is told so.
fn pass(events: VecDeque<Event>) {
    for event in events {
        if let Event::Barrier(done) = event {
            done(Ok(()));
        }
    }
}

#[cfg(all(test, not(sepiola_shuttle)))]
#[path = "watch_queue_tests.rs"]
mod tests;
