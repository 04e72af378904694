//! Submitting requests, and what happens to them until they are answered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use denc::DecodeError;
use ops::{Errno, OnReply, OnResult, Op, OpEntry, Request, Timespec};
use parking_lot::{Mutex, RwLock};

use super::encode::{budget, message_flags, vector};
use super::linger::Lingers;
use super::op::{OnAnswer, PendingOp, SharedMap};
use super::service::Announcement;
use super::session::OsdSession;
use super::target::{Placements, Recalc, Target};
use super::throttle::Throttle;
use crate::io::{Closed, Connection, Reactor};
use crate::messages::backoff::Backoff;
use crate::messages::mon::MgrMap;
use crate::messages::osd::{Locator, OsdFlags, OsdOpReply, osd_op_reply};
use crate::messages::{InMessage, kind, mon};
use crate::mon::MonClient;
use crate::options::Options;
use crate::session::SessionError;

pub struct Objecter {
    pub(super) options: Arc<Options>,
    pub(super) reactor: Arc<Reactor>,
    pub(super) mon: Arc<MonClient>,
    pub(super) own: Weak<Objecter>,
    pub(super) nonce: u32,
    /// Of every read (`rados_replica_read_policy`).
    read_flags: OsdFlags,
    pub(super) mgr: Mutex<MgrMap>,
    /// Read by every submission; written while a new map is worked in.
    pub(super) core: RwLock<Core>,
    /// Held by who works in new maps.
    pub(super) updating: Mutex<()>,
    pub(super) waiters: Mutex<Vec<(u32, OnResult<()>)>>,
    last_tid: AtomicU64,
    pub(super) lingers: Lingers,
    throttle: Arc<Throttle>,
    pub(super) announcement: Announcement,
    pub(super) down: AtomicBool,
}

pub struct Core {
    /// `None` before the first.
    pub map: Option<SharedMap>,
    pub placements: Placements,
    pub sessions: HashMap<i32, Arc<OsdSession>>,
    /// Of requests whose group nobody serves.
    pub homeless: Arc<OsdSession>,
}

impl Core {
    pub fn epoch(&self) -> u32 {
        self.map.as_ref().map_or(0, |map| map.epoch())
    }
}

const TICK: Duration = Duration::from_secs(1);
/// A request that waits longer makes us look whether the OSD is still there (`objecter_timeout`).
const LAGGY: Duration = Duration::from_secs(10);

impl Objecter {
    pub fn new(
        options: Arc<Options>,
        reactor: Arc<Reactor>,
        mon: Arc<MonClient>,
        nonce: u32,
    ) -> Arc<Objecter> {
        let read_flags = options.read_flags();
        let core = Core {
            map: None,
            placements: Placements::new(&osdmap::OsdMap::default(), options.place().unwrap_or_default()),
            sessions: HashMap::new(),
            homeless: OsdSession::new(None),
        };
        let throttle = Throttle::new(options.inflight_ops, options.inflight_bytes);
        Arc::new_cyclic(|own| Objecter {
            options,
            reactor,
            mon,
            own: own.clone(),
            nonce,
            read_flags,
            mgr: Mutex::default(),
            core: RwLock::new(core),
            updating: Mutex::new(()),
            waiters: Mutex::default(),
            last_tid: AtomicU64::new(0),
            lingers: Lingers::default(),
            throttle,
            announcement: Announcement::default(),
            down: AtomicBool::new(false),
        })
    }

    pub fn start(&self) {
        self.mon.subscribe("osdmap", 0);
        self.tick_later();
    }

    pub fn new_mgr_map(&self, map: MgrMap) {
        *self.mgr.lock() = map;
        self.manager_changed();
    }

    pub fn map(&self) -> Option<SharedMap> {
        self.core.read().map.clone()
    }

    pub fn submit(&self, request: Request, done: OnReply) {
        let mut flags = message_flags(request.flags, &request.ops);
        if !self.read_flags.is_empty() && !flags.contains(OsdFlags::WRITE) && self.may_spread(&request.ops) {
            flags |= self.read_flags;
        }
        let share = self.throttle.take(budget(&request.ops));
        let (vector, outputs) = vector(request.ops);
        let object = request.object;
        let locator = Locator { pool: object.pool, key: object.key, nspace: object.nspace, hash: None };
        let mut op = self.new_op(Target::new(locator, object.name, flags), OnAnswer::Reply(outputs, done));
        op.share = Some(share);
        op.vector = vector;
        op.snap = request.snap;
        op.snapc = request.snapc;
        op.mtime = match request.mtime {
            Some(mtime) => mtime,
            None if flags.contains(OsdFlags::READ) => Timespec::ZERO,
            None => Timespec::now(),
        };
        self.submit_op(op);
    }

    /// Methods of classes are not asked of replicas unless that is said.
    fn may_spread(&self, ops: &[OpEntry]) -> bool {
        self.options.replica_read_policy_on_objclass
            || !ops.iter().any(|entry| matches!(entry.op, Op::Exec { .. }))
    }

    pub(super) fn new_op(&self, target: Target, done: OnAnswer) -> PendingOp {
        let submitted = Instant::now();
        let timeout = self.options.osd_timeout();
        PendingOp {
            tid: 0,
            target,
            vector: Default::default(),
            snap: ops::SNAP_HEAD,
            snapc: Default::default(),
            mtime: Timespec::ZERO,
            attempts: 0,
            deadline: (!timeout.is_zero()).then(|| submitted + timeout),
            submitted,
            pool_gone_at: None,
            linger: None,
            share: None,
            done,
        }
    }

    /// Sends it when and where the map says. Returns its transaction id, which it gets where it has none.
    pub(super) fn submit_op(&self, mut op: PendingOp) -> u64 {
        if self.down.load(Ordering::Acquire) {
            op.fail(Errno::ESHUTDOWN);
            return 0;
        }
        loop {
            let core = self.core.read();
            let recalc = match &core.map {
                Some(map) => op.target.recalc(map, &core.placements),
                None => Recalc::Same,
            };
            let session = match op.target.osd {
                Some(osd) => core.sessions.get(&osd),
                None => Some(&core.homeless),
            };
            let Some(session) = session else {
                drop(core);
                self.add_session(op.target.osd.unwrap_or_default());
                continue;
            };
            let mut state = session.state.lock();
            if op.tid == 0 {
                op.tid = self.last_tid.fetch_add(1, Ordering::Relaxed) + 1;
            }
            let tid = op.tid;
            let mut queued = None;
            if session.osd.is_some() {
                self.ensure_connection(session, &mut state, &core);
                queued = state.queue(&mut op, core.epoch()).cloned();
            }
            state.ops.insert(tid, op);
            drop(state);
            let look_again = recalc == Recalc::PoolGone && core.map.is_some();
            drop(core);
            if let Some(connection) = queued {
                connection.flush();
            }
            if self.down.load(Ordering::Acquire) {
                self.fail_all(Errno::ESHUTDOWN);
            } else if look_again {
                self.check_missing_pools();
            }
            return tid;
        }
    }

    fn add_session(&self, osd: i32) {
        self.core.write().sessions.entry(osd).or_insert_with(|| OsdSession::new(Some(osd)));
    }

    pub(super) fn message(
        &self,
        session: &Arc<OsdSession>,
        connection: &Arc<Connection>,
        message: InMessage,
    ) {
        let understood = match message.kind {
            kind::OSD_OP_REPLY => osd_op_reply(&message)
                .and_then(|reply| self.answered(session, connection, message.tid, reply)),
            kind::OSD_MAP => mon::osd_maps(&message).map(|maps| self.new_maps(maps)),
            kind::OSD_BACKOFF => {
                Backoff::read(&message).and_then(|backoff| self.backoff(session, connection, backoff))
            }
            kind::WATCH_NOTIFY => self.watch_notify(&message),
            kind::COMMAND_REPLY => Ok(()),
            other => {
                tracing::debug!(target: "rados", "an OSD sends message {other:#x}");
                Ok(())
            }
        };
        if let Err(e) = understood {
            // Whoever sends this cannot be trusted with the rest: start over.
            tracing::error!(
                target: "rados",
                "message {:#x} of the OSD at {}: {e}", message.kind, connection.addr()
            );
            connection.close();
            self.connection_lost(session, connection, Closed::Session(SessionError::Decode(e)));
        }
    }

    fn answered(
        &self,
        session: &Arc<OsdSession>,
        connection: &Arc<Connection>,
        tid: u64,
        reply: OsdOpReply,
    ) -> denc::Result<()> {
        let mut state = session.state.lock();
        if !state.is_current(connection) {
            return Ok(());
        }
        let Some(found) = state.ops.get(&tid) else { return Ok(()) };
        // An answer to an earlier sending of the same request: the last one's will come.
        if reply.attempt >= 0 && reply.attempt != found.attempts - 1 {
            return Ok(());
        }
        if reply.name != found.target.name {
            return Err(DecodeError::Malformed("answer about another object"));
        }
        (state.fruitless, state.retry) = (0, Duration::ZERO);
        let Some(mut op) = state.ops.remove(&tid) else { return Ok(()) };
        drop(state);
        if let Some(redirect) = reply.redirect {
            op.target.redirect(redirect);
            op.tid = 0;
            op.attempts = 0;
            self.submit_op(op);
        } else if reply.result == -libc::EAGAIN {
            op.target.flags -= OsdFlags::BALANCE_READS | OsdFlags::LOCALIZE_READS;
            op.target.forget();
            op.tid = 0;
            op.attempts = 0;
            self.submit_op(op);
        } else {
            op.answer(reply);
        }
        Ok(())
    }

    fn tick_later(&self) {
        let own = self.own.clone();
        let exact = !self.options.osd_timeout().is_zero();
        self.reactor.after(if exact { TICK / 4 } else { TICK }, move || {
            if let Some(objecter) = own.upgrade()
                && !objecter.down.load(Ordering::Acquire)
            {
                objecter.tick();
                objecter.tick_later();
            }
        });
    }

    fn tick(&self) {
        let now = Instant::now();
        let core = self.core.read();
        let mut late = Vec::new();
        for session in core.sessions.values().chain([&core.homeless]) {
            let mut state = session.state.lock();
            let expired = |op: &mut PendingOp| op.deadline.is_some_and(|at| at <= now);
            late.extend(state.ops.extract_if(.., |_, op| expired(op)).map(|(_, op)| op));
            let laggy = state.ops.values().next().is_some_and(|op| now - op.submitted > LAGGY);
            if let Some(connection) = state.connection.as_ref().filter(|_| state.ready && laggy) {
                connection.ping();
            }
        }
        drop(core);
        late.into_iter().for_each(|op| op.fail(Errno::ETIMEDOUT));
        self.tick_lingers(now);
    }

    fn fail_all(&self, why: Errno) {
        let core = self.core.read();
        let mut left = Vec::new();
        for session in core.sessions.values().chain([&core.homeless]) {
            left.extend(std::mem::take(&mut session.state.lock().ops).into_values());
        }
        drop(core);
        left.into_iter().for_each(|op| op.fail(why));
    }

    pub fn shutdown(&self) {
        if self.down.swap(true, Ordering::AcqRel) {
            return;
        }
        let sessions: Vec<_> = {
            let core = self.core.read();
            core.sessions.values().chain([&core.homeless]).cloned().collect()
        };
        let mut left = Vec::new();
        for session in sessions {
            let mut state = session.state.lock();
            state.closed = true;
            state.close();
            left.extend(std::mem::take(&mut state.ops).into_values());
        }
        left.into_iter().for_each(|op| op.fail(Errno::ESHUTDOWN));
        let waiters = std::mem::take(&mut *self.waiters.lock());
        waiters.into_iter().for_each(|(_, done)| done(Err(Errno::ESHUTDOWN)));
        self.end_lingers();
        self.end_announcement();
    }

    pub(super) fn is_down(&self) -> bool {
        self.down.load(Ordering::Acquire)
    }
}
