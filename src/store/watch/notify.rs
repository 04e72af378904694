//! Notifies under way: who still has to answer, who did, and until when.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::{Errno, NotifyAck, NotifyEvent, NotifyReply, Result, WatchId};
use parking_lot::{Condvar, Mutex};

use super::Watch;

pub type OnNotified = Box<dyn FnOnce(Result<()>, NotifyReply) + Send>;

/// How long the timer's thread stays when no notify is under way.
const LINGER: Duration = Duration::from_secs(5);

struct Pending {
    notifier: u64,
    /// (client, watch) of those that have not answered.
    waiting: Vec<(u64, WatchId)>,
    acks: Vec<NotifyAck>,
    deadline: Instant,
    done: OnNotified,
}

impl Pending {
    fn finish(self, result: Result<()>) {
        (self.done)(result, NotifyReply { acks: self.acks, timed_out: self.waiting });
    }
}

#[derive(Default)]
struct State {
    pending: HashMap<u64, Pending>,
    timer_runs: bool,
    closed: bool,
}

#[derive(Default)]
pub struct Notifies {
    state: Mutex<State>,
    timer: Condvar,
    next_id: AtomicU64,
}

impl Notifies {
    /// Calls every watcher; `done` runs when all have answered or the time is over.
    pub fn start(
        self: &Arc<Notifies>,
        notifier: u64,
        watchers: Vec<Arc<Watch>>,
        payload: Bytes,
        timeout: Duration,
        done: OnNotified,
    ) {
        if watchers.is_empty() {
            return done(Ok(()), NotifyReply::default());
        }
        let notify_id = self.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        let waiting = watchers.iter().map(|w| (w.client, w.id)).collect();
        let deadline = Instant::now() + timeout;
        let mut state = self.state.lock();
        if state.closed {
            drop(state);
            return done(Err(Errno::ESHUTDOWN), NotifyReply::default());
        }
        state.pending.insert(notify_id, Pending { notifier, waiting, acks: Vec::new(), deadline, done });
        self.run_timer(&mut state);
        drop(state);
        for watch in watchers {
            if watch.check().is_err() {
                // It ended after the list was made; nobody else will take it out.
                self.forget(&watch);
                continue;
            }
            let event = NotifyEvent { notify_id, watch: watch.id, notifier, payload: payload.clone() };
            watch.notify(event);
        }
    }

    /// An answer to a notify that is over is ignored, as an OSD does.
    pub fn ack(&self, notify_id: u64, client: u64, watch: WatchId, payload: Bytes) {
        let mut state = self.state.lock();
        let Some(pending) = state.pending.get_mut(&notify_id) else { return };
        let before = pending.waiting.len();
        pending.waiting.retain(|&w| w != (client, watch));
        if pending.waiting.len() == before {
            return;
        }
        pending.acks.push(NotifyAck { client, watch, payload });
        if pending.waiting.is_empty()
            && let Some(complete) = state.pending.remove(&notify_id)
        {
            drop(state);
            complete.finish(Ok(()));
        }
    }

    /// No notify waits for this watch any more.
    pub fn forget(&self, watch: &Watch) {
        let who = (watch.client, watch.id);
        let mut complete = Vec::new();
        let mut state = self.state.lock();
        for (&id, pending) in state.pending.iter_mut() {
            let before = pending.waiting.len();
            pending.waiting.retain(|&w| w != who);
            if pending.waiting.is_empty() && before > 0 {
                complete.push(id);
            }
        }
        let complete: Vec<_> = complete.iter().filter_map(|id| state.pending.remove(id)).collect();
        drop(state);
        complete.into_iter().for_each(|pending| pending.finish(Ok(())));
    }

    /// Fails what a client that goes away has under way.
    pub fn abandon(&self, notifier: u64) {
        self.fail_where(|pending| pending.notifier == notifier, Errno::ESHUTDOWN);
    }

    pub fn close(&self) {
        self.state.lock().closed = true;
        self.timer.notify_all();
        self.fail_where(|_| true, Errno::ESHUTDOWN);
    }

    fn fail_where(&self, doomed: impl Fn(&Pending) -> bool, err: Errno) {
        let failed: Vec<_> = {
            let mut state = self.state.lock();
            let ids: Vec<u64> = state.pending.iter().filter(|(_, p)| doomed(p)).map(|(&id, _)| id).collect();
            ids.iter().filter_map(|id| state.pending.remove(id)).collect()
        };
        failed.into_iter().for_each(|pending| pending.finish(Err(err)));
    }

    fn run_timer(self: &Arc<Notifies>, state: &mut State) {
        if state.timer_runs {
            self.timer.notify_one();
            return;
        }
        let own = self.clone();
        match thread::Builder::new().name("sepiola-notify".into()).spawn(move || own.time()) {
            Ok(_) => state.timer_runs = true,
            Err(e) => tracing::error!(target: "store", "no thread for notify timeouts: {e}"),
        }
    }

    fn time(&self) {
        let mut state = self.state.lock();
        loop {
            let now = Instant::now();
            let late: Vec<u64> =
                state.pending.iter().filter(|(_, p)| p.deadline <= now).map(|(&id, _)| id).collect();
            let late: Vec<_> = late.iter().filter_map(|id| state.pending.remove(id)).collect();
            if !late.is_empty() {
                drop(state);
                late.into_iter().for_each(|pending| pending.finish(Err(Errno::ETIMEDOUT)));
                state = self.state.lock();
                continue;
            }
            let next = state.pending.values().map(|p| p.deadline).min();
            let woken = !self.timer.wait_until(&mut state, next.unwrap_or(now + LINGER)).timed_out();
            if state.closed || (next.is_none() && !woken && state.pending.is_empty()) {
                state.timer_runs = false;
                return;
            }
        }
    }
}
