//! Requests under way that end in a program's completion: a shutdown waits for them, so that no callback comes after it.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use sync::{Condvar, Mutex};

use crate::cluster::Cluster;

/// A back end ends them when it is shut down; one that does not is waited for no longer.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Count {
    requests: AtomicUsize,
    awaited: AtomicBool,
    lock: Mutex<()>,
    none: Condvar,
}

impl Count {
    fn begin(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    fn end(&self) {
        // Either this sees that somebody waits, or who waits sees that this has ended.
        if self.requests.fetch_sub(1, Ordering::SeqCst) == 1 && self.awaited.load(Ordering::SeqCst) {
            let _lock = self.lock.lock();
            self.none.notify_all();
        }
    }

    pub fn wait_for_none(&self) {
        self.awaited.store(true, Ordering::SeqCst);
        let (mut lock, until) = (self.lock.lock(), Instant::now() + LIMIT);
        while self.requests.load(Ordering::SeqCst) > 0 {
            if Instant::now() >= until {
                let left = self.requests.load(Ordering::SeqCst);
                tracing::error!(target: "rados", "{left} requests are still under way when their client ends");
                return;
            }
            self.none.wait_for(&mut lock, LIMIT);
        }
    }
}

/// One of them, from before its submit until its completion was told.
pub struct UnderWay(Arc<Cluster>);

impl UnderWay {
    pub fn new(cluster: Arc<Cluster>) -> UnderWay {
        cluster.under_way.begin();
        UnderWay(cluster)
    }
}

impl Deref for UnderWay {
    type Target = Cluster;
    fn deref(&self) -> &Cluster {
        &self.0
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.end();
    }
}
