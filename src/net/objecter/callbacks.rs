//! The thread that calls a client's watch handlers, one event after the other. It starts with the first.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::{self, JoinHandle, ThreadId};

use ops::{OnResult, WatchId};
use parking_lot::{Condvar, Mutex};

type Call = Box<dyn FnOnce() + Send>;

enum Event {
    Call(WatchId, Call),
    Barrier(OnResult<()>),
}

#[derive(Default)]
struct Queue {
    events: VecDeque<Event>,
    thread: Option<JoinHandle<()>>,
    thread_id: Option<ThreadId>,
    /// Whose handler is running.
    current: Option<WatchId>,
    /// To be done when that handler has returned.
    after_current: Vec<Call>,
    closed: bool,
}

#[derive(Default)]
pub struct Callbacks {
    queue: Mutex<Queue>,
    wake: Condvar,
}

impl Callbacks {
    /// Runs `call` for the handler of `watch`, after all that were queued before.
    pub fn call(self: &Arc<Self>, watch: WatchId, call: impl FnOnce() + Send + 'static) {
        self.push(Event::Call(watch, Box::new(call)));
    }

    /// `done` runs when every event queued so far was handled; at once on the thread that would wait for itself.
    pub fn flush(self: &Arc<Self>, done: OnResult<()>) {
        let queue = self.queue.lock();
        let idle = queue.events.is_empty() && queue.current.is_none();
        if idle || queue.closed || queue.thread_id == Some(thread::current().id()) {
            drop(queue);
            return done(Ok(()));
        }
        drop(queue);
        self.push(Event::Barrier(done));
    }

    /// `act` runs when the handler of this watch, which has ended, is not running any more.
    pub fn after(&self, watch: WatchId, act: Call) {
        let mut queue = self.queue.lock();
        if queue.current == Some(watch) && queue.thread_id != Some(thread::current().id()) {
            queue.after_current.push(act);
            return;
        }
        drop(queue);
        act();
    }

    /// Drops what is queued and waits for the running handler, unless called by it.
    pub fn close(&self) {
        let mut queue = self.queue.lock();
        queue.closed = true;
        let dropped = std::mem::take(&mut queue.events);
        let thread = queue.thread.take();
        let own = queue.thread_id == Some(thread::current().id());
        self.wake.notify_all();
        drop(queue);
        for event in dropped {
            if let Event::Barrier(done) = event {
                done(Ok(()));
            }
        }
        if let Some(thread) = thread.filter(|_| !own) {
            let _ = thread.join();
        }
    }

    fn push(self: &Arc<Self>, event: Event) {
        let mut queue = self.queue.lock();
        if queue.closed {
            drop(queue);
            if let Event::Barrier(done) = event {
                done(Ok(()));
            }
            return;
        }
        queue.events.push_back(event);
        if queue.thread.is_none() {
            let own = self.clone();
            match thread::Builder::new().name("rados-watch".into()).spawn(move || own.run()) {
                Ok(thread) => {
                    queue.thread_id = Some(thread.thread().id());
                    queue.thread = Some(thread);
                }
                Err(e) => tracing::error!(target: "rados", "no thread for watch callbacks: {e}"),
            }
        }
        self.wake.notify_one();
    }

    fn run(&self) {
        let mut queue = self.queue.lock();
        loop {
            let Some(event) = queue.events.pop_front() else {
                if queue.closed {
                    return;
                }
                self.wake.wait(&mut queue);
                continue;
            };
            queue.current = match &event {
                Event::Call(watch, _) => Some(*watch),
                Event::Barrier(_) => None,
            };
            drop(queue);
            match event {
                Event::Call(_, call) => call(),
                Event::Barrier(done) => done(Ok(())),
            }
            queue = self.queue.lock();
            queue.current = None;
            let waiting = std::mem::take(&mut queue.after_current);
            if !waiting.is_empty() {
                drop(queue);
                waiting.into_iter().for_each(|act| act());
                queue = self.queue.lock();
            }
        }
    }
}
