//! Watching objects and notifying those who do.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ops::{Errno, NotifyReply, OnResult, Result, WatchHandler, WatchId, WatcherInfo};

use crate::cluster::wait;
use crate::ioctx::IoCtx;

impl IoCtx {
    /// Watches an object. `timeout`: how long the watch outlives a client that is gone; `None`: as the
    /// cluster has it. `-ENOENT` where there is no such object.
    pub fn watch(
        &self,
        name: impl Into<Bytes>,
        timeout: Option<Duration>,
        handler: Arc<dyn WatchHandler>,
    ) -> Result<WatchId> {
        wait(|done| self.watch_async(name, timeout, handler, done))
    }

    pub fn watch_async(
        &self,
        name: impl Into<Bytes>,
        timeout: Option<Duration>,
        handler: Arc<dyn WatchHandler>,
        done: OnResult<WatchId>,
    ) {
        self.store().watch(self.object(name), timeout, handler, done);
    }

    /// Ends a watch. The handler is not called after this returns.
    pub fn unwatch(&self, watch: WatchId) -> Result<()> {
        wait(|done| self.store().unwatch(watch, done))
    }

    /// Sends `payload` to all watchers and waits for their answers. With `-ETIMEDOUT` the reply names those
    /// that did not answer within `timeout` (`None`: as the configuration has it, 10 s).
    pub fn notify(
        &self,
        name: impl Into<Bytes>,
        payload: impl Into<Bytes>,
        timeout: Option<Duration>,
    ) -> (Result<()>, NotifyReply) {
        let (object, payload) = (self.object(name), payload.into());
        let answer = wait(|done| {
            let done = move |result, reply| done(Ok((result, reply)));
            self.store().notify(object, payload, timeout, Box::new(done));
        });
        answer.unwrap_or_else(|e| (Err(e), NotifyReply::default()))
    }

    /// Answers a notification.
    pub fn notify_ack(
        &self,
        name: impl Into<Bytes>,
        notify_id: u64,
        watch: WatchId,
        payload: impl Into<Bytes>,
    ) -> Result<()> {
        self.store().notify_ack(&self.object(name), notify_id, watch, payload.into())
    }

    /// Who watches an object.
    pub fn watchers(&self, name: impl Into<Bytes>) -> Result<Vec<WatcherInfo>> {
        match self.one(name, ops::Op::ListWatchers)? {
            ops::OpOut::Watchers(watchers) => Ok(watchers),
            _ => Err(Errno::EIO),
        }
    }
}
