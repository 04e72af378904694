//! The thread that calls a client's watch handlers, one event after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::{self, JoinHandle, ThreadId};

use ops::{Errno, NotifyEvent, OnResult, WatchId};
use parking_lot::{Condvar, Mutex};

use super::Watch;

enum Event {
    Notify(Arc<Watch>, NotifyEvent),
    Lost(Arc<Watch>),
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
    after_current: Vec<OnResult<()>>,
    closed: bool,
    /// A handler took a thread away: no more handlers are called.
    mute: bool,
    /// The thread has not ended.
    alive: bool,
}

/// Begins its thread with the first event.
#[derive(Default)]
pub struct Dispatcher {
    queue: Mutex<Queue>,
    wake: Condvar,
    ended: Condvar,
}

/// Says that the thread is at its end, also where a handler panicked.
struct Ended(Arc<Dispatcher>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.queue.lock().alive = false;
        self.0.ended.notify_all();
    }
}

impl Dispatcher {
    pub fn notify(self: Arc<Dispatcher>, watch: Arc<Watch>, event: NotifyEvent) {
        self.push(Event::Notify(watch, event));
    }

    pub fn lost(self: Arc<Dispatcher>, watch: Arc<Watch>) {
        self.push(Event::Lost(watch));
    }

    /// `done` runs when every event queued so far was handled; at once on the dispatcher's own thread,
    /// which would wait for itself.
    pub fn flush(self: Arc<Dispatcher>, done: OnResult<()>) {
        let queue = self.queue.lock();
        let idle = queue.events.is_empty() && queue.current.is_none();
        if idle || queue.closed || queue.thread_id == Some(thread::current().id()) {
            drop(queue);
            return done(Ok(()));
        }
        drop(queue);
        self.push(Event::Barrier(done));
    }

    /// `done` runs when the handler of this watch, which has ended, is not running any more; at once on
    /// the dispatcher's own thread.
    pub fn after(&self, watch: WatchId, done: OnResult<()>) {
        let mut queue = self.queue.lock();
        if queue.current == Some(watch) && queue.thread_id != Some(thread::current().id()) {
            queue.after_current.push(done);
            return;
        }
        drop(queue);
        done(Ok(()));
    }

    /// Drops what is queued and waits for the running handler, unless called by it.
    pub fn close(&self) {
        let mut queue = self.queue.lock();
        queue.closed = true;
        let dropped = std::mem::take(&mut queue.events);
        let own = queue.thread_id == Some(thread::current().id());
        self.wake.notify_all();
        drop(queue);
        for event in dropped {
            if let Event::Barrier(done) = event {
                done(Ok(()));
            }
        }
        if own {
            return;
        }
        let mut queue = self.queue.lock();
        while queue.alive {
            self.ended.wait(&mut queue);
        }
        let thread = queue.thread.take();
        drop(queue);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    fn push(self: Arc<Dispatcher>, event: Event) {
        let mut queue = self.queue.lock();
        if queue.closed {
            drop(queue);
            if let Event::Barrier(done) = event {
                done(Ok(()));
            }
            return;
        }
        queue.events.push_back(event);
        self.start(&mut queue);
        self.wake.notify_one();
    }

    fn start(self: &Arc<Dispatcher>, queue: &mut Queue) {
        if queue.alive {
            return;
        }
        let (own, weak) = (self.clone(), Arc::downgrade(self));
        let run = move || {
            ops::on_lost(move || {
                if let Some(dispatcher) = weak.upgrade() {
                    dispatcher.lose_thread();
                }
            });
            let ended = Ended(own);
            ended.0.run();
        };
        match thread::Builder::new().name("sepiola-watch".into()).spawn(run) {
            Ok(thread) => {
                queue.alive = true;
                queue.thread_id = Some(thread.thread().id());
                queue.thread = Some(thread);
            }
            Err(e) => tracing::error!(target: "store", "no thread for watch callbacks: {e}"),
        }
    }

    /// A handler took the thread away: what it belongs to is being torn down, and must not be called any more. Another
    /// thread goes on with what is not a call.
    fn lose_thread(self: &Arc<Dispatcher>) {
        let mut queue = self.queue.lock();
        (queue.thread, queue.thread_id, queue.current, queue.alive) = (None, None, None, false);
        queue.mute = true;
        let waiting = std::mem::take(&mut queue.after_current);
        if !queue.closed && !queue.events.is_empty() {
            self.start(&mut queue);
        }
        drop(queue);
        self.ended.notify_all();
        waiting.into_iter().for_each(|done| done(Ok(())));
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
                Event::Notify(watch, _) | Event::Lost(watch) => Some(watch.id),
                Event::Barrier(_) => None,
            };
            let mute = queue.mute;
            drop(queue);
            match event {
                Event::Notify(..) | Event::Lost(_) if mute => {}
                // A watch that ended meanwhile is not called any more; nobody waits for its answer.
                Event::Notify(watch, event) if watch.check().is_ok() => watch.handler.notify(event),
                Event::Notify(..) => {}
                Event::Lost(watch) => watch.handler.error(watch.id, Errno::ENOTCONN),
                Event::Barrier(done) => done(Ok(())),
            }
            queue = self.queue.lock();
            queue.current = None;
            let waiting = std::mem::take(&mut queue.after_current);
            if !waiting.is_empty() {
                drop(queue);
                waiting.into_iter().for_each(|done| done(Ok(())));
                queue = self.queue.lock();
            }
        }
    }
}
