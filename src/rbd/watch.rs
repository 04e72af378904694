//! Hearing of changes that others make to a header, and telling them of ours.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::thread::{self, ThreadId};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use denc::{Encode, Reader, envelope};
use ops::{Errno, NotifyEvent, Result, WatchHandler, WatchId};
use parking_lot::{Condvar, Mutex};

use crate::exclusive_lock::LockMessage;
use crate::image::Image;
use crate::wait::wait;

/// `librbd::watch_notify::NotifyOp`.
const HEADER_UPDATE: u32 = 3;
const QUIESCE: u32 = 18;
const UNQUIESCE: u32 = 19;
/// Who does not answer in this time is taken for dead.
pub(crate) const NOTIFY_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether a watch that was lost is being made again: the end of the image must not come in between, or a watch would be
/// left that nobody ends.
#[derive(Default)]
pub(crate) struct Rewatch {
    state: Mutex<RewatchState>,
    ended: Condvar,
}

#[derive(Default)]
struct RewatchState {
    running: bool,
    closed: bool,
}

impl Rewatch {
    /// `false`: the image is not to be watched any more.
    fn begin(&self) -> bool {
        let mut state = self.state.lock();
        state.running = !state.closed;
        state.running
    }

    fn end(&self) {
        self.state.lock().running = false;
        self.ended.notify_all();
    }

    /// No watch is made from here on.
    fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        while state.running {
            self.ended.wait(&mut state);
        }
    }
}

struct Handler(Weak<Image>);

impl WatchHandler for Handler {
    fn notify(&self, event: NotifyEvent) {
        let Some(image) = self.0.upgrade() else { return };
        let answer = match read_op(&event.payload) {
            // Refreshing before the answer lets whoever made the change rely on everybody seeing it.
            Ok(HEADER_UPDATE) => {
                image.header_changed();
                Bytes::new()
            }
            Ok(op @ (QUIESCE | UNQUIESCE)) => {
                tracing::debug!(target: "rbd", "nothing to quiesce (op {op})");
                response(0)
            }
            Ok(_) => match LockMessage::decode(&event.payload) {
                Ok(Some(message)) => image.lock_message(message).map_or_else(Bytes::new, response),
                Ok(None) => Bytes::new(),
                Err(_) => response(Errno::EINVAL.neg()),
            },
            Err(error) => {
                tracing::warn!(target: "rbd", "unreadable notification: {error}");
                response(Errno::EINVAL.neg())
            }
        };
        let object = image.io.object(image.header_object.clone());
        if let Err(error) = image.io.store().notify_ack(&object, event.notify_id, event.watch, answer) {
            tracing::debug!(target: "rbd", "notification came too late to be answered: {error}");
        }
    }

    fn error(&self, lost: WatchId, error: Errno) {
        let Some(image) = self.0.upgrade() else { return };
        if error == Errno::ENOENT {
            return;
        }
        tracing::warn!(target: "rbd", "watch on image {} lost: {error}", image.id);
        if !image.rewatch.begin() {
            return;
        }
        *image.watch.lock() = None;
        // Whatever is left of it.
        image.io.store().unwatch(lost, Box::new(drop));
        if let Err(error) = image.register_watch() {
            tracing::error!(target: "rbd", "image {} cannot be watched again: {error}", image.id);
        }
        image.rewatch.end();
        image.renew_lock();
        image.header_changed();
    }
}

fn read_op(payload: &Bytes) -> denc::Result<u32> {
    Reader::new(payload.clone()).envelope(u8::MAX, |_, body| body.get::<u32>())
}

fn header_update() -> Bytes {
    let mut out = BytesMut::new();
    envelope(&mut out, 7, 1, |out| HEADER_UPDATE.encode(out));
    out.freeze()
}

fn response(result: i32) -> Bytes {
    let mut out = BytesMut::new();
    envelope(&mut out, 1, 1, |out| result.encode(out));
    out.freeze()
}

impl Image {
    pub(crate) fn register_watch(self: &Arc<Self>) -> Result<()> {
        let handler = Arc::new(Handler(Arc::downgrade(self)));
        let object = self.io.object(self.header_object.clone());
        let watch = wait(|done| self.io.store().watch(object, None, handler, done))?;
        *self.watch.lock() = Some(watch);
        Ok(())
    }

    pub(crate) fn unregister_watch(&self) -> Result<()> {
        self.rewatch.close();
        let Some(watch) = self.watch.lock().take() else { return Ok(()) };
        match wait(|done| self.io.store().unwatch(watch, done)) {
            // The header, or the watch, went before us.
            Err(Errno::ENOENT | Errno::ENOTCONN) => Ok(()),
            other => other,
        }
    }

    fn header_changed(&self) {
        self.stale.store(true, Ordering::Release);
        if let Err(error) = self.refresh() {
            // The next call tries again, and reports it.
            tracing::debug!(target: "rbd", "refresh of image {} failed: {error}", self.id);
        }
        self.updates.tell();
    }

    /// After a change of ours: looks at the result and tells everybody, waiting until they have seen it.
    pub(crate) fn notify_update(&self) -> Result<()> {
        let refreshed = self.refresh();
        self.updates.tell();
        self.notify_others();
        refreshed
    }

    pub(crate) fn notify_others(&self) {
        let object = self.io.object(self.header_object.clone());
        let notified = wait(|done| {
            let done = Box::new(move |result, _| done(result));
            self.io.store().notify(object, header_update(), Some(NOTIFY_TIMEOUT), done);
        });
        if let Err(error) = notified {
            tracing::warn!(target: "rbd", "not everybody heard of a change of image {}: {error}", self.id);
        }
    }

    /// Calls `callback` after each change of the image, on a thread of the image's own. Returns a handle.
    pub fn update_watch(&self, callback: Box<dyn Fn() + Send + Sync>) -> u64 {
        self.updates.add(callback)
    }

    /// When it returns, the callback is not running and will not run. `-EINVAL` for an unknown handle.
    pub fn update_unwatch(&self, handle: u64) -> Result<()> {
        self.updates.remove(handle)
    }
}

type Callback = Box<dyn Fn() + Send + Sync>;

/// Who in this program wants to hear of changes.
#[derive(Default)]
pub(crate) struct Updates {
    next: AtomicU64,
    callbacks: Mutex<BTreeMap<u64, Arc<Callback>>>,
    /// Who runs callbacks now.
    runner: Mutex<Option<ThreadId>>,
    returned: Condvar,
    wake: Mutex<Option<mpsc::Sender<()>>>,
}

struct Returned<'a>(&'a Updates);

impl Drop for Returned<'_> {
    fn drop(&mut self) {
        self.0.returned();
    }
}

impl Updates {
    pub fn new() -> Arc<Updates> {
        Arc::default()
    }

    fn add(self: &Arc<Self>, callback: Callback) -> u64 {
        let handle = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.callbacks.lock().insert(handle, Arc::new(callback));
        let mut wake = self.wake.lock();
        if wake.is_none() {
            let (send, receive) = mpsc::channel();
            let this = Arc::clone(self);
            let run = move || {
                let own = Arc::downgrade(&this);
                ops::on_lost(move || {
                    if let Some(updates) = own.upgrade() {
                        updates.returned();
                    }
                });
                while receive.recv().is_ok() {
                    this.run();
                }
            };
            match thread::Builder::new().name("rbd-updates".into()).spawn(run) {
                Ok(_) => *wake = Some(send),
                Err(error) => tracing::error!(target: "rbd", "no thread for update callbacks: {error}"),
            }
        }
        handle
    }

    fn remove(&self, handle: u64) -> Result<()> {
        self.callbacks.lock().remove(&handle).ok_or(Errno::EINVAL)?;
        // Whatever is running may be it; a callback that removes itself cannot wait for its own end.
        let mut runner = self.runner.lock();
        while runner.is_some_and(|runner| runner != thread::current().id()) {
            self.returned.wait(&mut runner);
        }
        Ok(())
    }

    fn returned(&self) {
        *self.runner.lock() = None;
        self.returned.notify_all();
    }

    fn run(&self) {
        let _returned = Returned(self);
        *self.runner.lock() = Some(thread::current().id());
        let handles: Vec<u64> = self.callbacks.lock().keys().copied().collect();
        for handle in handles {
            let callback = self.callbacks.lock().get(&handle).cloned();
            if let Some(callback) = callback {
                callback();
            }
        }
    }

    fn tell(&self) {
        if let Some(wake) = &*self.wake.lock() {
            let _ = wake.send(());
        }
    }

    pub fn stop(&self) {
        *self.wake.lock() = None;
        self.callbacks.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_waits_for_a_watch_that_is_being_made_and_lets_no_other_begin() {
        let rewatch = Arc::new(Rewatch::default());
        assert!(rewatch.begin());
        let closer = {
            let rewatch = Arc::clone(&rewatch);
            thread::spawn(move || rewatch.close())
        };
        while !rewatch.state.lock().closed {
            thread::yield_now();
        }
        assert!(!closer.is_finished(), "closed while a watch is being made");
        rewatch.end();
        closer.join().expect("the closer");
        assert!(!rewatch.begin(), "made again after the end");
    }
}
