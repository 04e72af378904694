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
use super::session::{
    FIRST_RETRY, LAST_RETRY, MOST_BACKLOG, MOST_BACKOFFS, MOST_FRUITLESS, OsdLink, OsdSession, SessionState,
};
use super::target::{Place, Placements, Recalc, Target};
use super::throttle::Throttle;
use crate::auth::{self, ServiceAuth};
use crate::io::{Closed, Connection, Reactor};
use crate::messages::backoff::{self, Backoff};
use crate::messages::mon::MgrMap;
use crate::messages::osd::{Locator, OsdFlags, OsdOpReply, osd_op_reply};
use crate::messages::{InMessage, kind, mon};
use crate::mon::MonClient;
use crate::options::Options;
use crate::session::{Peer, SessionError};

pub struct Objecter {
    pub(super) options: Arc<Options>,
    pub(super) reactor: Arc<Reactor>,
    pub(super) mon: Arc<MonClient>,
    pub(super) own: Weak<Objecter>,
    pub(super) nonce: u32,
    pub(super) place: Place,
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
        let (place, read_flags) = (options.place(), options.read_flags());
        let core = Core {
            map: None,
            placements: Placements::new(&osdmap::OsdMap::default(), place.clone()),
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
            place,
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
        let timeout = self.options.osd_op_timeout;
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

    /// Opens a connection where there is none and nothing speaks against it.
    pub(super) fn ensure_connection(&self, session: &Arc<OsdSession>, state: &mut SessionState, core: &Core) {
        if state.connection.is_some() || state.waiting || state.closed {
            return;
        }
        let (Some(osd), Some(map)) = (session.osd, &core.map) else { return };
        let Some(found) = map.osd(osd).filter(|osd| osd.is_up()) else { return };
        let Some(addr) = found.addrs.of_kind(denc::entity::EntityAddr::MSGR2) else {
            tracing::error!(target: "rados", "osd.{osd} has no v2 address: {}", found.addrs);
            return;
        };
        let opened = addr.socket_addr().ok_or(Errno::EINVAL).and_then(|socket| {
            let peer = Peer {
                kind: auth::kind::OSD,
                addr: addr.clone(),
                own: self.mon.own_addr(),
                nonce: self.nonce,
                global_id: self.mon.global_id(),
                global_seq: self.mon.next_global_seq(),
            };
            let link = OsdLink { objecter: self.own.clone(), session: session.clone() };
            let how = self.service_auth(auth::kind::OSD);
            Connection::open(&self.reactor, socket, peer, Box::new(how), Arc::new(link))
        });
        match opened {
            Ok(connection) => {
                state.ready = false;
                state.connection = Some(connection);
            }
            Err(e) => {
                tracing::debug!(target: "rados", "osd.{osd} at {addr}: {e}");
                self.retry_later(session, state);
            }
        }
    }

    pub(super) fn service_auth(&self, service: u32) -> ServiceAuth {
        ServiceAuth {
            method: self.mon.method(),
            entity: (auth::kind::CLIENT, self.options.id.clone()),
            service,
            modes: self.options.modes(),
            tickets: self.mon.tickets().clone(),
            authorizer: None,
        }
    }

    fn retry_later(&self, session: &Arc<OsdSession>, state: &mut SessionState) {
        state.retry = (state.retry * 2).clamp(FIRST_RETRY, LAST_RETRY);
        state.waiting = true;
        state.retries += 1;
        let (own, session, number) = (self.own.clone(), session.clone(), state.retries);
        self.reactor.after(state.retry, move || {
            if let Some(objecter) = own.upgrade() {
                objecter.reopen(&session, number);
            }
        });
    }

    /// Connects again and repeats everything that is not answered.
    fn reopen(&self, session: &Arc<OsdSession>, number: u64) {
        let core = self.core.read();
        let mut state = session.state.lock();
        if state.retries != number {
            return;
        }
        state.waiting = false;
        if state.connection.is_some() || self.down.load(Ordering::Acquire) {
            return;
        }
        let orphans = self.repeat(session, &mut state, &core);
        drop(state);
        drop(core);
        self.relinger(session.osd);
        drop(orphans);
    }

    /// Returns what watches will send anew, to be dropped when no lock is held.
    #[must_use]
    fn repeat(&self, session: &Arc<OsdSession>, state: &mut SessionState, core: &Core) -> Vec<PendingOp> {
        let orphans = take_lingering(state);
        if !state.ops.is_empty() || self.lingers.any_on(session.osd) {
            self.ensure_connection(session, state, core);
            state.send_all(core.epoch());
        }
        orphans
    }

    pub(super) fn connection_lost(
        &self,
        session: &Arc<OsdSession>,
        connection: &Arc<Connection>,
        why: Closed,
    ) {
        let core = self.core.read();
        let mut state = session.state.lock();
        if !state.is_current(connection) {
            return;
        }
        let was_ready = state.ready;
        // Until it answers.
        state.fruitless = state.fruitless.saturating_add(was_ready.into());
        // Who says what nobody understands, or nothing time and again, is not asked again at once.
        let at_once = was_ready && state.fruitless <= MOST_FRUITLESS && matches!(why, Closed::Io(_));
        state.close();
        let mut orphans = take_lingering(&mut state);
        if let Closed::Session(SessionError::Auth(e)) = why {
            tracing::error!(target: "rados", "osd at {}: {why}", connection.addr());
            // A ticket that is not taken is of no use.
            if e != Errno::EACCES || self.mon.tickets().lock().is_valid(auth::kind::OSD, Instant::now()) {
                self.mon.tickets().lock().invalidate(auth::kind::OSD);
            }
        }
        if was_ready {
            tracing::info!(target: "rados", "osd at {} is gone: {why}", connection.addr());
        }
        let again = at_once && !self.down.load(Ordering::Acquire);
        if again {
            // Under the same lock: a new request that came in between would open the connection, and overtake these.
            orphans.extend(self.repeat(session, &mut state, &core));
        } else {
            self.retry_later(session, &mut state);
        }
        drop(state);
        drop(core);
        if again {
            self.relinger(session.osd);
        }
        drop(orphans);
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

    fn backoff(
        &self,
        session: &Arc<OsdSession>,
        connection: &Arc<Connection>,
        backoff: Backoff,
    ) -> denc::Result<()> {
        let core = self.core.read();
        let mut state = session.state.lock();
        if !state.is_current(connection) {
            return Ok(());
        }
        match backoff.op {
            backoff::BLOCK => {
                state.backoffs.retain(|known| known.pg != backoff.pg || known.begin != backoff.begin);
                if state.backoffs.len() >= MOST_BACKOFFS || connection.backlog() > MOST_BACKLOG {
                    return Err(DecodeError::Malformed("number of backoffs"));
                }
                state.backoffs.push(backoff.clone());
                connection.send(backoff.acknowledge());
            }
            backoff::UNBLOCK => {
                let Some(at) = state.backoffs.iter().position(|known| known.id == backoff.id) else {
                    return Ok(());
                };
                let lifted = state.backoffs.swap_remove(at);
                let mut ops = std::mem::take(&mut state.ops);
                for op in ops.values_mut() {
                    if op.target.pg == lifted.pg && lifted.covers(&op.target.hobject()) {
                        state.send(op, core.epoch());
                    }
                }
                state.ops = ops;
            }
            _ => {}
        }
        Ok(())
    }

    fn tick_later(&self) {
        let own = self.own.clone();
        let exact = !self.options.osd_op_timeout.is_zero();
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

/// Requests of watches are not repeated as they are: the watch sends others.
pub(super) fn take_lingering(state: &mut SessionState) -> Vec<PendingOp> {
    state.ops.extract_if(.., |_, op| op.linger.is_some()).map(|(_, op)| op).collect()
}
