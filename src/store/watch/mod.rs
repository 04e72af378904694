//! Watches and notifies among the clients of one store.

mod notify;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use ops::{Errno, NotifyEvent, ObjectRef, WatchHandler, WatchId, WatchQueue, WatcherInfo};
use parking_lot::Mutex;

pub use notify::{Notifies, OnNotified};

/// `osd_client_watch_timeout`: what list-watchers shows. Watchers within the process never time out.
pub const WATCH_TIMEOUT_SECONDS: u32 = 30;

/// Ceph's cookies are addresses; programs are known that take a small number for no watch at all.
const FIRST_ID: WatchId = 1 << 32;

/// One watch of one client.
pub struct Watch {
    pub id: WatchId,
    pub object: ObjectRef,
    pub client: u64,
    pub addr: String,
    pub timeout_seconds: u32,
    pub handler: Arc<dyn WatchHandler>,
    pub callbacks: Arc<WatchQueue>,
    /// Why it is gone; 0 while it stands.
    gone: AtomicI32,
    /// Its owner has ended it, and is not to be called any more.
    silent: AtomicBool,
}

impl Watch {
    pub fn new(
        id: WatchId,
        object: ObjectRef,
        (client, addr): (u64, String),
        timeout_seconds: u32,
        handler: Arc<dyn WatchHandler>,
        callbacks: Arc<WatchQueue>,
    ) -> Arc<Watch> {
        Arc::new(Watch {
            id,
            object,
            client,
            addr,
            timeout_seconds,
            handler,
            callbacks,
            gone: AtomicI32::new(0),
            silent: AtomicBool::new(false),
        })
    }

    pub fn check(&self) -> Result<(), Errno> {
        match self.gone.load(Ordering::Acquire) {
            0 => Ok(()),
            err => Err(Errno(err)),
        }
    }

    /// From here on no new call of the handler begins.
    pub fn silence(&self) {
        self.silent.store(true, Ordering::Release);
    }

    /// A watch that ended meanwhile is not called any more; nobody waits for its answer.
    fn notify(self: Arc<Watch>, event: NotifyEvent) {
        self.callbacks.clone().call(self.id, move || {
            if self.check().is_ok() {
                self.handler.notify(event);
            }
        });
    }

    fn tell_lost(self: Arc<Watch>) {
        self.callbacks.clone().call(self.id, move || {
            if !self.silent.load(Ordering::Acquire) {
                self.handler.error(self.id, Errno::ENOTCONN);
            }
        });
    }

    fn end(&self, err: Errno) {
        self.gone.store(err.0, Ordering::Release);
    }
}

/// Who watches what.
#[derive(Default)]
pub struct Watches {
    by_object: Mutex<HashMap<ObjectRef, Vec<Arc<Watch>>>>,
    next_id: AtomicU64,
    pub notifies: Arc<Notifies>,
}

impl Watches {
    pub fn next_id(&self) -> WatchId {
        FIRST_ID + self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// The caller holds the object, which exists.
    pub fn add(&self, watch: Arc<Watch>) {
        self.by_object.lock().entry(watch.object.clone()).or_default().push(watch);
    }

    /// Ends one watch; notifies under way no longer wait for it.
    pub fn remove(&self, watch: &Watch) {
        watch.end(Errno::ENOTCONN);
        {
            let mut by_object = self.by_object.lock();
            if let Some(list) = by_object.get_mut(&watch.object) {
                list.retain(|w| w.id != watch.id);
                if list.is_empty() {
                    by_object.remove(&watch.object);
                }
            }
        }
        self.notifies.forget(watch);
    }

    /// Takes all watches of an object that is being removed. The caller holds the object, and hands them
    /// to [`Watches::lost`] when it no longer does.
    pub fn detach(&self, object: &ObjectRef) -> Vec<Arc<Watch>> {
        self.by_object.lock().remove(object).unwrap_or_default()
    }

    /// Takes all watches of the objects that `doomed` picks.
    pub fn detach_where(&self, doomed: impl Fn(&Watch) -> bool) -> Vec<Arc<Watch>> {
        let (mut by_object, mut taken) = (self.by_object.lock(), Vec::new());
        by_object.retain(|_, list| {
            taken.extend(list.iter().filter(|w| doomed(w)).cloned());
            list.retain(|w| !doomed(w));
            !list.is_empty()
        });
        taken
    }

    /// Tells watchers that their watch is gone, as a cluster does: `-ENOTCONN`.
    pub fn lost(&self, watches: Vec<Arc<Watch>>) {
        for watch in watches {
            watch.end(Errno::ENOTCONN);
            self.notifies.forget(&watch);
            watch.tell_lost();
        }
    }

    pub fn any(&self, object: &ObjectRef) -> bool {
        self.by_object.lock().contains_key(object)
    }

    pub fn on(&self, object: &ObjectRef) -> Vec<Arc<Watch>> {
        self.by_object.lock().get(object).cloned().unwrap_or_default()
    }

    /// In the order in which they began.
    pub fn of(&self, object: &ObjectRef) -> Vec<WatcherInfo> {
        let info = |w: &Arc<Watch>| WatcherInfo {
            addr: w.addr.clone(),
            client: w.client,
            cookie: w.id,
            timeout_seconds: w.timeout_seconds,
        };
        self.by_object.lock().get(object).map(|list| list.iter().map(info).collect()).unwrap_or_default()
    }
}
