//! The exclusive lock: with the feature of that name, one handle at a time writes to an image.
//!
//! Until a handle owns the lock, its write gate is shut, so that writes cost nothing extra once it does. The
//! first write that the gate holds back has the lock taken on a thread of its own. An owner that is asked
//! lets go when its writes and its maintenance operation have ended.

mod acquire;
mod api;
mod notify;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cls::lock::client as class;
use ops::{Errno, Result};
use parking_lot::{Condvar, Mutex};

use crate::features;
use crate::header::call;
use crate::image::Image;
use crate::open::elsewhere;
use notify::ClientId;
pub(crate) use notify::LockMessage;

/// How long one that let go waits for the one that asked, before it asks in turn.
const COURTESY: Duration = Duration::from_millis(200);

#[derive(Default)]
pub(crate) struct ExclusiveLock {
    owned: AtomicBool,
    state: Mutex<State>,
    /// Told when another handle took the lock or let go of it.
    changed: Condvar,
    /// Held while the lock is taken or given back, after `Image::maintenance`.
    transition: Mutex<()>,
}

#[derive(Default)]
struct State {
    /// The image has the feature, and this handle may write.
    applies: bool,
    /// The gate is shut for want of the lock.
    shut: bool,
    acquiring: bool,
    releasing: bool,
    /// The program takes and gives the lock itself: writes do not take it, and others must wait.
    manual: bool,
    /// What the lock was taken with.
    cookie: Bytes,
    /// How often others let go of it, and took it.
    released: u64,
    acquired: u64,
    /// Somebody asked for it: until this moment, or until `acquired` is not this any more, it is theirs.
    promised: Option<(Instant, u64)>,
}

/// Fails a request on the header unless the lock is still held with this cookie.
pub(crate) fn assert_owned(cookie: Bytes) -> cls::Call<()> {
    class::assert_locked(&acquire::lock(cookie))
}

impl Image {
    pub(crate) fn lock_cookie(&self) -> Bytes {
        self.lock.state.lock().cookie.clone()
    }

    fn client_id(&self) -> ClientId {
        let watch = self.watch.lock().unwrap_or(0);
        ClientId { instance: self.io.store().identity().instance_id, watch }
    }

    pub(crate) fn owns_lock(&self) -> bool {
        self.lock.owned.load(Ordering::Acquire)
    }

    /// Shuts or opens the gate where the feature came or went.
    pub(crate) fn follow_features(&self) {
        let applies = !self.read_only && self.view.load().header.features & features::EXCLUSIVE_LOCK != 0;
        let mut state = self.lock.state.lock();
        if applies == state.applies {
            return;
        }
        state.applies = applies;
        if applies {
            if !self.owns_lock() {
                state.shut = true;
                self.tracker.shut();
            }
        } else if std::mem::take(&mut state.shut) {
            drop(state);
            self.tracker.open();
        }
    }

    /// Has the lock taken for the sake of a write that was held back.
    pub(crate) fn want_lock(self: &Arc<Self>) {
        let mut state = self.lock.state.lock();
        if !state.shut || state.acquiring {
            return;
        }
        if state.manual {
            drop(state);
            self.tracker.refuse_held_back(Errno::EROFS);
            return;
        }
        state.acquiring = true;
        drop(state);
        let image = Arc::clone(self);
        elsewhere(move || {
            let taken = image.take_lock();
            image.lock.state.lock().acquiring = false;
            match taken {
                // It may be gone again already.
                Ok(()) => image.want_lock_again(),
                Err(error) => {
                    tracing::error!(target: "rbd", "image {} cannot be locked for writing: {error}", image.id);
                    image.tracker.refuse_held_back(error);
                }
            }
        });
    }

    fn want_lock_again(self: &Arc<Self>) {
        if self.tracker.holds_back() {
            self.want_lock();
        }
    }

    /// Makes this handle the owner, where the image has the lock. For maintenance operations, which hold
    /// `maintenance`, so that nobody gets the lock until they are done.
    pub(crate) fn own_lock(&self) -> Result<()> {
        if !self.owns_lock() && self.lock.state.lock().manual {
            return Err(Errno::EROFS);
        }
        self.take_lock()
    }

    fn take_lock(&self) -> Result<()> {
        let _transition = self.lock.transition.lock();
        if self.owns_lock() || !self.lock.state.lock().applies {
            return Ok(());
        }
        self.keep_promise();
        let cookie = self.acquire_lock()?;
        let ready = self.refresh().and_then(|()| {
            // Without the feature nobody needs the lock.
            if self.lock.state.lock().applies { self.open_object_map() } else { Err(Errno::ECANCELED) }
        });
        if let Err(error) = ready {
            self.unlock_header(&cookie);
            self.tell(LockMessage::Released(self.client_id()));
            return if error == Errno::ECANCELED { Ok(()) } else { Err(error) };
        }
        let mut state = self.lock.state.lock();
        state.cookie = cookie;
        self.lock.owned.store(true, Ordering::Release);
        let shut = std::mem::take(&mut state.shut);
        drop(state);
        tracing::debug!(target: "rbd", "image {} is locked for writing", self.id);
        if shut {
            self.tracker.open();
        }
        self.tell(LockMessage::Acquired(self.client_id()));
        Ok(())
    }

    /// Waits until whoever asked has had the lock.
    fn keep_promise(&self) {
        let mut state = self.lock.state.lock();
        while let Some((until, acquired)) = state.promised
            && state.acquired == acquired
            && !self.lock.changed.wait_until(&mut state, until).timed_out()
        {}
        state.promised = None;
    }

    /// Gives the lock back after the writes under way. The caller holds `maintenance`, or is the last who
    /// knows the image.
    pub(crate) fn release_lock(&self) -> Result<()> {
        let _transition = self.lock.transition.lock();
        if !self.owns_lock() {
            return Ok(());
        }
        self.lock.state.lock().shut = true;
        self.tracker.shut();
        self.tracker.wait_until_idle();
        let flushed = self.flush_store();
        self.close_object_map();
        let mut state = self.lock.state.lock();
        let cookie = std::mem::take(&mut state.cookie);
        self.lock.owned.store(false, Ordering::Release);
        drop(state);
        self.unlock_header(&cookie);
        self.tell(LockMessage::Released(self.client_id()));
        tracing::debug!(target: "rbd", "image {} is no longer locked for writing", self.id);
        let mut state = self.lock.state.lock();
        if !state.applies && std::mem::take(&mut state.shut) {
            drop(state);
            self.tracker.open();
        }
        flushed
    }

    fn unlock_header(&self, cookie: &[u8]) {
        let unlock = class::unlock(crate::names::LOCK.as_bytes(), cookie);
        match call(&self.io, self.header_object.clone(), &unlock) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(error) => tracing::error!(target: "rbd", "the lock of image {} stays: {error}", self.id),
        }
    }

    /// Takes in what another handle says. Returns the result to answer with, where it asks for one.
    pub(crate) fn lock_message(self: &Arc<Self>, message: LockMessage) -> Option<i32> {
        if let LockMessage::Acquired(client) | LockMessage::Released(client) | LockMessage::Request(client) =
            message
            && client == self.client_id()
        {
            return None;
        }
        let mut state = self.lock.state.lock();
        match message {
            LockMessage::Acquired(_) => state.acquired += 1,
            LockMessage::Released(_) => state.released += 1,
            LockMessage::Request(_) | LockMessage::Operation if !self.owns_lock() => return None,
            LockMessage::Request(_) | LockMessage::Operation if state.manual => {
                return Some(Errno::EROFS.neg());
            }
            LockMessage::Request(_) | LockMessage::Operation => {
                if !std::mem::replace(&mut state.releasing, true) {
                    let image = Arc::clone(self);
                    elsewhere(move || image.yield_lock());
                }
                // Ceph's clients try to get the lock first, without asking for it. An operation that nobody answers
                // has them try again, and do it themselves.
                return matches!(message, LockMessage::Request(_)).then_some(0);
            }
        }
        drop(state);
        self.lock.changed.notify_all();
        None
    }

    fn yield_lock(self: &Arc<Self>) {
        {
            let _busy = self.maintenance.lock();
            let mut state = self.lock.state.lock();
            state.promised = Some((Instant::now() + COURTESY, state.acquired));
            drop(state);
            if let Err(error) = self.release_lock() {
                tracing::error!(target: "rbd", "image {}: writes are lost: {error}", self.id);
            }
            self.lock.state.lock().releasing = false;
        }
        self.want_lock_again();
    }

    /// After the watch, whose handle is in the lock's cookie, was lost and made anew.
    pub(crate) fn renew_lock(self: &Arc<Self>) {
        let image = Arc::clone(self);
        elsewhere(move || {
            let _transition = image.lock.transition.lock();
            if !image.owns_lock() {
                return;
            }
            let before = image.lock.state.lock().cookie.clone();
            let cookie = acquire::cookie(image.client_id().watch);
            let renew = class::set_cookie(&acquire::lock(before), &cookie);
            match call(&image.io, image.header_object.clone(), &renew) {
                Ok(()) => image.lock.state.lock().cookie = cookie,
                Err(error) => {
                    tracing::error!(target: "rbd", "image {} lost its lock: {error}", image.id);
                    image.object_map.store(None);
                    let mut state = image.lock.state.lock();
                    image.lock.owned.store(false, Ordering::Release);
                    state.shut = true;
                    drop(state);
                    image.tracker.shut();
                }
            }
        });
    }

    /// Tells all who have the image open; nobody waits for it.
    fn tell(&self, message: LockMessage) {
        let object = self.io.object(self.header_object.clone());
        let store = self.io.store();
        store.notify(object, message.encode(), Some(crate::watch::NOTIFY_TIMEOUT), Box::new(|_, _| ()));
    }
}
