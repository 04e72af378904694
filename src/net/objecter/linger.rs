//! Requests that stay: watches and notifies. They are made again when the OSD changes or the connection breaks.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use denc::{Bytes, encode};
use ops::{
    Errno, NotifyEvent, NotifyReply, ObjectRef, OnResult, Result, Timespec, WatchHandler, WatchId, WatchQueue,
};
use parking_lot::Mutex;

use super::encode::{VectorBuilder, code};
use super::op::OnAnswer;
use super::submit::Objecter;
use super::target::{Recalc, Target};
use crate::messages::InMessage;
use crate::messages::osd::{Locator, OpVector, OsdFlags, OsdOpReply};
use crate::messages::watch::{self, notify_reply, watch_notify};

/// `CEPH_OSD_WATCH_OP_*`
mod watch_op {
    pub const UNWATCH: u8 = 0;
    pub const WATCH: u8 = 3;
    pub const RECONNECT: u8 = 5;
    pub const PING: u8 = 7;
}

/// Programs tell cookies from small numbers of their own: Ceph's are addresses.
const FIRST_ID: WatchId = 1 << 20;

/// How often an OSD hears that a watcher is there (`objecter_tick_interval`).
const PING: Duration = Duration::from_secs(5);

pub type OnNotified = Box<dyn FnOnce(Result<()>, NotifyReply) + Send>;

enum What {
    Watch { handler: Arc<dyn WatchHandler>, timeout: u32 },
    Notify { vector: OpVector },
}

struct Linger {
    id: WatchId,
    what: What,
    state: Mutex<LingerState>,
}

struct LingerState {
    target: Target,
    /// The OSD has it.
    registered: bool,
    /// Which registration this is: answers to earlier ones mean nothing.
    generation: u32,
    tid: u64,
    /// Until when the OSD certainly had it.
    confirmed: Instant,
    pinged: Instant,
    error: Option<Errno>,
    /// Its owner has ended it, and is not to be called any more.
    ended: bool,
    notify_id: u64,
    on_watch: Option<OnResult<WatchId>>,
    on_notified: Option<OnNotified>,
}

#[derive(Default)]
pub struct Lingers {
    ids: AtomicU64,
    all: Mutex<HashMap<WatchId, Arc<Linger>>>,
    callbacks: Arc<WatchQueue>,
}

impl Lingers {
    fn get(&self, id: WatchId) -> Option<Arc<Linger>> {
        self.all.lock().get(&id).cloned()
    }

    fn list(&self) -> Vec<Arc<Linger>> {
        self.all.lock().values().cloned().collect()
    }

    pub fn any_on(&self, osd: Option<i32>) -> bool {
        self.list().iter().any(|linger| linger.state.lock().target.osd == osd)
    }

    /// The OSD is another process now: whoever was there has to come again.
    pub fn forget_osd(&self, osd: i32) {
        for linger in self.list() {
            let mut state = linger.state.lock();
            if state.target.osd == Some(osd) {
                state.target.forget();
            }
        }
    }
}

fn target(object: ObjectRef, flags: OsdFlags) -> Target {
    let locator = Locator { pool: object.pool, key: object.key, nspace: object.nspace, hash: None };
    let mut target = Target::new(locator, object.name, flags);
    target.of_watch = true;
    target
}

fn watch_vector(id: WatchId, op: u8, generation: u32, timeout: u32) -> OpVector {
    let mut vector = VectorBuilder::default();
    let version = 0_u64;
    vector.op(code::WATCH, 0, &(id, version, op, generation, timeout), []);
    vector.finish()
}

impl Objecter {
    fn add_linger(
        &self,
        what: What,
        target: Target,
        on_watch: Option<OnResult<WatchId>>,
        on_notified: Option<OnNotified>,
    ) {
        let id = FIRST_ID + self.lingers.ids.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let state = LingerState {
            target,
            registered: false,
            generation: 0,
            tid: 0,
            confirmed: now,
            pinged: now,
            error: None,
            ended: false,
            notify_id: 0,
            on_watch,
            on_notified,
        };
        let linger = Arc::new(Linger { id, what, state: Mutex::new(state) });
        self.lingers.all.lock().insert(id, linger.clone());
        self.register(&linger);
    }

    pub fn watch(
        &self,
        object: ObjectRef,
        timeout: Option<Duration>,
        handler: Arc<dyn WatchHandler>,
        done: OnResult<WatchId>,
    ) {
        let timeout = timeout.map_or(0, |timeout| u32::try_from(timeout.as_secs()).unwrap_or(u32::MAX));
        let target = target(object, OsdFlags::READ | OsdFlags::WRITE);
        self.add_linger(What::Watch { handler, timeout }, target, Some(done), None);
    }

    pub fn notify(&self, object: ObjectRef, payload: Bytes, timeout: Option<Duration>, done: OnNotified) {
        let timeout = timeout.filter(|timeout| !timeout.is_zero()).unwrap_or(self.options.notify_timeout);
        let seconds = u32::try_from(timeout.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        let mut vector = VectorBuilder::default();
        let input = encode(&(1_u32, seconds, payload));
        // The cookie follows when the request is registered.
        vector.op(code::NOTIFY, 0, &0_u64, [input]);
        let what = What::Notify { vector: vector.finish() };
        self.add_linger(what, target(object, OsdFlags::READ), None, Some(done));
    }

    /// Makes it known to the OSD that has the object now.
    fn register(&self, linger: &Arc<Linger>) {
        // In this order everywhere: the map, then the linger.
        let core = self.core.read();
        let mut state = linger.state.lock();
        if state.error.is_some() {
            return;
        }
        if let Some(map) = &core.map {
            state.target.recalc(map, &core.placements);
        }
        drop(core);
        state.generation += 1;
        let generation = state.generation;
        let vector = match &linger.what {
            What::Watch { timeout, .. } => {
                let op = if state.registered { watch_op::RECONNECT } else { watch_op::WATCH };
                watch_vector(linger.id, op, generation, *timeout)
            }
            What::Notify { vector } => with_cookie(vector, linger.id),
        };
        let (own, again, sent) = (self.own.clone(), linger.clone(), Instant::now());
        let done = move |answer| {
            if let Some(objecter) = own.upgrade() {
                objecter.registered(&again, generation, sent, answer);
            }
        };
        let mut op = self.new_op(state.target.clone(), OnAnswer::Raw(Box::new(done)));
        op.target.forget();
        op.vector = vector;
        op.linger = Some(linger.id);
        op.mtime = Timespec::now();
        let before = std::mem::take(&mut state.tid);
        drop(state);
        if before != 0 {
            self.forget_op(before);
        }
        let tid = self.submit_op(op);
        let mut state = linger.state.lock();
        if state.generation == generation {
            state.tid = tid;
        }
    }

    /// Drops an earlier registration that is not answered.
    fn forget_op(&self, tid: u64) {
        let core = self.core.read();
        let sessions = core.sessions.values().chain([&core.homeless]);
        let found: Vec<_> = sessions.filter_map(|session| session.state.lock().ops.remove(&tid)).collect();
        drop(core);
        drop(found);
    }

    fn registered(&self, linger: &Arc<Linger>, generation: u32, sent: Instant, answer: Result<OsdOpReply>) {
        let answer = answer.and_then(|reply| Errno::check(reply.result).map(|_| reply));
        let mut state = linger.state.lock();
        if state.generation != generation {
            return;
        }
        state.tid = 0;
        match answer {
            Ok(reply) => {
                state.registered = true;
                state.confirmed = sent;
                let id = reply.ops.first().and_then(|op| denc::decode::<u64>(&op.data).ok());
                state.notify_id = id.unwrap_or_default();
                let done = state.on_watch.take();
                drop(state);
                if let Some(done) = done {
                    done(Ok(linger.id));
                }
            }
            Err(e) => {
                state.error = Some(if state.registered { Errno::ENOTCONN } else { e });
                let first = (state.on_watch.take(), state.on_notified.take());
                let told = state.registered;
                drop(state);
                if !told {
                    self.lingers.all.lock().remove(&linger.id);
                }
                match first {
                    (Some(done), _) => done(Err(e)),
                    (_, Some(done)) => done(Err(e), NotifyReply::default()),
                    _ if told => self.lost(linger, Errno::ENOTCONN),
                    _ => {}
                }
            }
        }
    }

    /// Tells the handler that its watch is gone.
    fn lost(&self, linger: &Arc<Linger>, why: Errno) {
        linger.state.lock().error = Some(why);
        if let What::Watch { handler, .. } = &linger.what {
            let (handler, id, still) = (handler.clone(), linger.id, linger.clone());
            self.lingers.callbacks.call(id, move || {
                let wanted = !still.state.lock().ended;
                if wanted {
                    handler.error(id, why);
                }
            });
        }
    }

    pub fn unwatch(&self, id: WatchId, done: OnResult<()>) {
        let Some(linger) = self.lingers.all.lock().remove(&id) else { return done(Err(Errno::ENOTCONN)) };
        let mut state = linger.state.lock();
        state.error.get_or_insert(Errno::ENOTCONN);
        state.ended = true;
        state.generation += 1;
        let mut target = state.target.clone();
        drop(state);
        target.forget();
        let callbacks = self.lingers.callbacks.clone();
        let finish = move |answer: Result<OsdOpReply>| {
            let answer = answer.and_then(|reply| Errno::check(reply.result).map(|_| ()));
            callbacks.after(id, move || done(answer));
        };
        let mut op = self.new_op(target, OnAnswer::Raw(Box::new(finish)));
        op.vector = watch_vector(id, watch_op::UNWATCH, 0, 0);
        op.mtime = Timespec::now();
        self.submit_op(op);
    }

    pub fn watch_check(&self, id: WatchId) -> Result<Duration> {
        let linger = self.lingers.get(id).ok_or(Errno::ENOTCONN)?;
        let state = linger.state.lock();
        match state.error {
            Some(e) => Err(e),
            None => Ok(state.confirmed.elapsed()),
        }
    }

    pub fn notify_ack(&self, object: &ObjectRef, notify_id: u64, watch: WatchId, payload: Bytes) {
        let mut vector = VectorBuilder::default();
        vector.op(code::NOTIFY_ACK, 0, &(), [encode(&(notify_id, watch, payload))]);
        let ignore = |answer: Result<OsdOpReply>| {
            if let Err(e) = answer.and_then(|reply| Errno::check(reply.result)) {
                tracing::debug!(target: "rados", "answer to a notify: {e}");
            }
        };
        let mut op = self.new_op(target(object.clone(), OsdFlags::READ), OnAnswer::Raw(Box::new(ignore)));
        op.vector = vector.finish();
        self.submit_op(op);
    }

    pub fn watch_flush(&self, done: OnResult<()>) {
        self.lingers.callbacks.flush(done);
    }

    pub(super) fn watch_notify(&self, message: &InMessage) -> denc::Result<()> {
        let event = watch_notify(message)?;
        let Some(linger) = self.lingers.get(event.cookie) else { return Ok(()) };
        match (&linger.what, event.event) {
            (What::Watch { handler, .. }, watch::NOTIFY) => {
                let handler = handler.clone();
                let told = NotifyEvent {
                    notify_id: event.notify_id,
                    watch: linger.id,
                    notifier: event.notifier,
                    payload: event.payload,
                };
                let still = linger.clone();
                self.lingers.callbacks.call(linger.id, move || {
                    let wanted = still.state.lock().error.is_none();
                    if wanted {
                        handler.notify(told);
                    }
                });
            }
            (What::Watch { .. }, watch::DISCONNECT) => {
                let before = linger.state.lock().error;
                if before.is_none() {
                    self.lost(&linger, Errno::ENOTCONN);
                }
            }
            (What::Notify { .. }, watch::COMPLETE) => {
                let mut state = linger.state.lock();
                // Of an earlier sending of the same notify.
                if state.notify_id != 0 && state.notify_id != event.notify_id {
                    return Ok(());
                }
                let done = state.on_notified.take();
                state.generation += 1;
                drop(state);
                self.lingers.all.lock().remove(&linger.id);
                if let Some(done) = done {
                    let reply = notify_reply(event.answers).unwrap_or_default();
                    done(Errno::check(event.result).map(|_| ()), reply);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// After the connection to `osd` was made again.
    pub(super) fn relinger(&self, osd: Option<i32>) {
        for linger in self.lingers.list() {
            let here = linger.state.lock().target.osd == osd;
            if here {
                self.register(&linger);
            }
        }
    }

    /// After a new map.
    pub(super) fn map_changed(&self, skipped: bool) {
        for linger in self.lingers.list() {
            let core = self.core.read();
            let Some(map) = &core.map else { return };
            let mut state = linger.state.lock();
            let recalc = state.target.recalc(map, &core.placements);
            let known = state.error.is_some();
            let registered = state.registered;
            drop(state);
            drop(core);
            match recalc {
                _ if known => {}
                // As Ceph has it, a watch is disconnected, whatever became of its object.
                Recalc::PoolGone if registered => self.lost(&linger, Errno::ENOTCONN),
                Recalc::PoolGone => {}
                Recalc::Same if !skipped => {}
                Recalc::Same | Recalc::Resend => self.register(&linger),
            }
        }
    }

    pub(super) fn tick_lingers(&self, now: Instant) {
        for linger in self.lingers.list() {
            if !matches!(linger.what, What::Watch { .. }) {
                continue;
            }
            let mut state = linger.state.lock();
            if !state.registered || state.error.is_some() || now - state.pinged < PING {
                continue;
            }
            state.pinged = now;
            let generation = state.generation;
            let (own, again) = (self.own.clone(), linger.clone());
            let done = move |answer: Result<OsdOpReply>| {
                let Some(objecter) = own.upgrade() else { return };
                let mut state = again.state.lock();
                if state.generation != generation || state.error.is_some() {
                    return;
                }
                match answer.and_then(|reply| Errno::check(reply.result)) {
                    Ok(_) => state.confirmed = state.confirmed.max(now),
                    // It may have overtaken a registration over a new connection: that one's answer is what counts.
                    Err(_) => {
                        drop(state);
                        objecter.register(&again);
                    }
                }
            };
            let mut op = self.new_op(state.target.clone(), OnAnswer::Raw(Box::new(done)));
            drop(state);
            op.target.forget();
            op.vector = watch_vector(linger.id, watch_op::PING, generation, 0);
            op.linger = Some(linger.id);
            self.submit_op(op);
        }
    }

    pub(super) fn end_lingers(&self) {
        let all: Vec<_> = self.lingers.all.lock().drain().collect();
        for (_, linger) in all {
            let mut state = linger.state.lock();
            state.generation += 1;
            let (on_watch, on_notified) = (state.on_watch.take(), state.on_notified.take());
            drop(state);
            if let Some(done) = on_watch {
                done(Err(Errno::ESHUTDOWN));
            }
            if let Some(done) = on_notified {
                done(Err(Errno::ESHUTDOWN), NotifyReply::default());
            }
        }
        self.lingers.callbacks.close();
    }
}

/// The vector of a notify, whose one operation starts with the cookie behind code and flags.
fn with_cookie(vector: &OpVector, id: WatchId) -> OpVector {
    let mut ops = vector.ops.to_vec();
    if let Some(cookie) = ops.get_mut(6..14) {
        cookie.copy_from_slice(&id.to_le_bytes());
    }
    OpVector { ops: ops.into(), ..vector.clone() }
}
