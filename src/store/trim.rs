//! Taking removed snapshots out of the objects, in the background.
//!
//! A pool's record lists the snapshots that objects may still have clones for. They are taken off the
//! list when a walk over all objects is on stable storage, so a walk that a crash or a shutdown cuts
//! short begins anew when the store is opened again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use disk::{Engine, HEAD, Info, Which};
use ops::{Cursor, Durability, Errno, ObjectRef, Result, Wait};
use parking_lot::Mutex;

use crate::extent_set::ExtentSet;
use crate::pool::Pool;
use crate::snapset::SnapSet;
use crate::store::Store;

/// How many objects one look at the engine brings.
const STEP: usize = 256;

#[derive(Default)]
pub struct Trimmer {
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: Arc<AtomicBool>,
}

impl Trimmer {
    /// Begins a walk unless one is under way; that one will see the new work.
    pub fn kick(&self, store: &Arc<Store>) {
        let mut thread = self.thread.lock();
        if self.stop.load(Ordering::Relaxed) || pools_to_trim(store).is_empty() {
            return;
        }
        if let Some(running) = thread.as_ref() {
            running.thread().unpark();
            return;
        }
        let (weak, stop) = (Arc::downgrade(store), self.stop.clone());
        match thread::Builder::new().name("sepiola-trim".into()).spawn(move || run(&weak, &stop)) {
            Ok(started) => *thread = Some(started),
            Err(e) => tracing::warn!(target: "store", "removed snapshots stay until the next open: {e}"),
        }
    }

    /// The thread goes, unless there is new work.
    fn leave(&self, store: &Store) -> bool {
        let mut thread = self.thread.lock();
        let leaving = pools_to_trim(store).is_empty();
        if leaving {
            *thread = None;
        }
        leaving
    }

    /// Ends the walk, wherever it is.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        // Not joined under the lock, which the thread takes on its way out.
        let thread = self.thread.lock().take();
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn pools_to_trim(store: &Store) -> Vec<Arc<Pool>> {
    let mut pools = store.pools().all();
    pools.retain(|pool| !pool.state().record.trimming.is_empty());
    pools
}

/// How long the thread stays when there is nothing to do.
const LINGER: Duration = Duration::from_secs(2);
/// How long it waits after an error.
const RETRY: Duration = Duration::from_secs(60);

fn run(store: &Weak<Store>, stop: &AtomicBool) {
    let mut idle = false;
    while !stop.load(Ordering::Relaxed) {
        let Some(open) = store.upgrade() else { return };
        let pools = pools_to_trim(&open);
        if pools.is_empty() {
            if idle && open.trimmer().leave(&open) {
                return;
            }
            drop(open);
            idle = true;
            thread::park_timeout(LINGER);
            continue;
        }
        drop(open);
        idle = false;
        for pool in pools {
            match walk(store, &pool, stop) {
                Ok(()) => {}
                // The pool or the store is going away.
                Err(Errno::ENOENT | Errno::ESHUTDOWN) => {}
                Err(e) => {
                    tracing::error!(target: "store", "trimming pool {} failed: {e}", pool.id);
                    thread::park_timeout(RETRY);
                }
            }
        }
    }
}

fn walk(store: &Weak<Store>, pool: &Pool, stop: &AtomicBool) -> Result<()> {
    let gone = pool.state().record.trimming.clone();
    let (mut at, mut dropped) = (Cursor::begin(), 0);
    loop {
        // Between two steps the store may be closed.
        let store = store.upgrade().ok_or(Errno::ESHUTDOWN)?;
        let engine = store.engine()?;
        let objects = {
            let _entered = pool.enter()?;
            let (objects, next) = engine.list_some(pool.id, &at, STEP, Which::Cloned)?;
            at = next;
            objects
        };
        for object in objects {
            if stop.load(Ordering::Relaxed) {
                return Err(Errno::ESHUTDOWN);
            }
            let _entered = pool.enter()?;
            dropped += trim_object(engine, &object, &gone)?;
        }
        if at == Cursor::End {
            flush(engine)?;
            store.pools().trimmed(engine, pool.id, gone.ranges())?;
            tracing::debug!(target: "store", "pool {}: {dropped} clones of removed snapshots dropped", pool.id);
            return Ok(());
        }
    }
}

/// Returns how many clones went.
fn trim_object(engine: &dyn Engine, object: &ObjectRef, gone: &ExtentSet) -> Result<usize> {
    let mut tx = engine.begin(object)?;
    let parts = tx.parts();
    let Some(&last) = parts.last().filter(|_| parts != [HEAD]) else { return Ok(0) };
    let mut set = SnapSet::decode(&tx.info(last)?.snapset)?;
    let Some(dropped) = set.forget(|snap| gone.contains(snap)) else { return Ok(0) };
    for &clone in &dropped {
        if tx.exists(clone) {
            tx.remove(clone)?;
        }
    }
    if let Some(&last) = tx.parts().last() {
        let info = Info { snapset: set.encode(), ..tx.info(last)?.clone() };
        tx.set_info(last, info)?;
    }
    // Durable by the flush at the end of the walk.
    tx.commit(Durability::Relaxed, Wait::Inline, Box::new(|_| {}));
    Ok(dropped.len())
}

fn flush(engine: &dyn Engine) -> Result<()> {
    let (send, receive) = mpsc::sync_channel(1);
    engine.flush(Box::new(move |flushed| _ = send.send(flushed)));
    receive.recv().unwrap_or(Err(Errno::ESHUTDOWN))
}
