//! A session with one of the monitors: authentication, subscriptions, requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use denc::entity::EntityAddr;
use denc::{Bytes, decode};
use ops::{Errno, LogHandler, LogLevel, Result};
use parking_lot::{Condvar, Mutex, MutexGuard};

use super::directed::AllAsked;
use super::link::MonLink;
use super::monmap::MonMap;
use super::order::Tried;
use super::requests::{OnAnswer, Requests, fail};
use crate::auth::{self, Method, MonAuth, Tickets};
use crate::crypto::CryptoKey;
use crate::io::{Closed, Connection, Handler, Reactor};
use crate::messages::log;
use crate::messages::mon::{self, Fsid, MgrMap, OsdMaps, Subscriptions};
use crate::messages::{InMessage, OutMessage, kind};
use crate::options::Options;
use crate::session::{Peer, Ready, SessionError};

/// Hears what monitors publish. It must not block.
pub trait MonListener: Send + Sync {
    fn osd_maps(&self, maps: OsdMaps);
    fn mgr_map(&self, map: MgrMap);
    fn config(&self, config: BTreeMap<String, String>);
}

pub struct MonClient {
    options: Arc<Options>,
    reactor: Arc<Reactor>,
    key: Option<CryptoKey>,
    nonce: u32,
    own: Weak<MonClient>,
    listener: Mutex<Option<Weak<dyn MonListener>>>,
    /// Shared with the connections to all other daemons.
    tickets: Arc<Mutex<Tickets>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    monmap: MonMap,
    /// Connections that are not authenticated yet.
    attempts: Vec<Arc<Connection>>,
    tried: Tried,
    /// Which round of attempts this is: timers of earlier ones mean nothing.
    round: u64,
    hunt_multiple: f64,
    active: Option<Arc<Connection>>,
    /// When that session began.
    opened: Option<Instant>,
    method: Option<Method>,
    own_addr: Option<EntityAddr>,
    global_seq: u64,
    subscriptions: Subscriptions,
    requests: Requests,
    asked: AllAsked,
    configured: bool,
    log: Option<LogWatch>,
    /// What a monitor of this round said to our key.
    denied: Option<Errno>,
    /// Why the first authentication failed.
    refused: Option<Errno>,
    down: bool,
}

/// As whom a connection is opened.
pub(super) struct Own {
    pub addr: Option<EntityAddr>,
    pub nonce: u32,
    pub global_seq: u64,
}

/// Who hears of the cluster's log.
struct LogWatch {
    subscription: &'static str,
    handler: LogHandler,
    /// Lines up to it were handed on.
    version: u64,
}

/// How often tickets, time-outs and signs of life are looked at.
const TICK: Duration = Duration::from_secs(1);
/// Where no monitor can be reached at all.
const RETRY: Duration = Duration::from_millis(200);

impl MonClient {
    /// `key` `None`: cephx cannot be used.
    pub fn new(
        options: Arc<Options>,
        reactor: Arc<Reactor>,
        monmap: MonMap,
        key: Option<CryptoKey>,
        nonce: u32,
    ) -> Arc<MonClient> {
        let state = State { monmap, hunt_multiple: 1.0, ..State::default() };
        Arc::new_cyclic(|own| MonClient {
            options,
            reactor,
            key,
            nonce,
            own: own.clone(),
            listener: Mutex::new(None),
            tickets: Arc::default(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        })
    }

    pub fn listen(&self, listener: Weak<dyn MonListener>) {
        *self.listener.lock() = Some(listener);
    }

    /// Returns with a session, the map of the monitors and the central configuration, or with why there is none:
    /// `-ETIMEDOUT`, or what authentication failed with.
    pub fn connect(&self, timeout: Duration) -> Result<()> {
        let deadline = (!timeout.is_zero()).then(|| Instant::now() + timeout);
        let mut state = self.state.lock();
        for (name, start) in [("monmap", 0), ("config", 0), ("mgrmap", 0)] {
            state.subscriptions.insert(name.into(), (start, 0));
        }
        self.hunt(&mut state);
        self.tick_later();
        loop {
            if state.down {
                return Err(Errno::ESHUTDOWN);
            }
            if let Some(e) = state.refused {
                return Err(e);
            }
            if state.active.is_some() && state.monmap.epoch > 0 && state.configured {
                return Ok(());
            }
            match deadline {
                None => self.changed.wait(&mut state),
                Some(at) => {
                    if self.changed.wait_until(&mut state, at).timed_out() {
                        tracing::error!(target: "rados", "no monitor answered within {timeout:?}");
                        return Err(Errno::ETIMEDOUT);
                    }
                }
            }
        }
    }

    /// Takes over what may change after connecting.
    pub fn follow(&self, now: &Options) {
        self.options.follow(now);
    }

    pub fn tickets(&self) -> &Arc<Mutex<Tickets>> {
        &self.tickets
    }

    /// How this client proves who it is; known once it is connected.
    pub fn method(&self) -> Method {
        self.state.lock().method.unwrap_or(Method::Cephx)
    }

    pub fn global_id(&self) -> u64 {
        self.tickets.lock().global_id
    }

    pub fn own_addr(&self) -> Option<EntityAddr> {
        self.state.lock().own_addr.clone()
    }

    pub fn fsid(&self) -> Fsid {
        self.state.lock().monmap.fsid
    }

    /// Of the monitor of that name, or of that rank. `-ENOENT`: there is no such monitor; `-EPROTONOSUPPORT`: it has no v2
    /// address.
    pub(super) fn addr_of(&self, name: &str) -> Result<EntityAddr> {
        let state = self.state.lock();
        let by_rank = || name.parse().ok().and_then(|rank: usize| state.monmap.monitors.get(rank));
        let by_name = state.monmap.monitors.iter().find(|monitor| monitor.name == name);
        let monitor = by_name.or_else(by_rank).ok_or(Errno::ENOENT)?;
        monitor.v2().cloned().ok_or(Errno(libc::EPROTONOSUPPORT))
    }

    pub(super) fn weak(&self) -> Weak<MonClient> {
        self.own.clone()
    }

    pub(super) fn after(&self, wait: Duration, act: impl FnOnce() + Send + 'static) {
        self.reactor.after(wait, act);
    }

    pub(super) fn hunt_interval(&self) -> Duration {
        self.options.hunt_interval
    }

    /// Whether this client still runs; if so, `note` has.
    pub(super) fn note_asked(&self, note: impl FnOnce(&mut AllAsked)) -> bool {
        let mut state = self.state.lock();
        if !state.down {
            note(&mut state.asked);
        }
        !state.down
    }

    /// The next of a sequence that orders this client's connections.
    pub fn next_global_seq(&self) -> u64 {
        let mut state = self.state.lock();
        state.global_seq += 1;
        state.global_seq
    }

    /// Wants to hear of `what` from epoch `start` on.
    pub fn subscribe(&self, what: &str, start: u64) {
        let mut state = self.state.lock();
        let wanted = state.subscriptions.insert(what.into(), (start, 0));
        if wanted != Some((start, 0))
            && let Some(active) = &state.active
        {
            let only = [(what.to_owned(), (start, 0))].into();
            active.send(mon::subscribe(&only, ""));
        }
    }

    /// `handler` hears the lines from a level on, in place of the one before.
    pub fn watch_log(&self, wanted: Option<(LogLevel, LogHandler)>) {
        let mut state = self.state.lock();
        if let Some(before) = state.log.take() {
            state.subscriptions.remove(before.subscription);
        }
        let Some((level, handler)) = wanted else { return };
        let subscription = log::subscription(level);
        state.log = Some(LogWatch { subscription, handler, version: 0 });
        drop(state);
        self.subscribe(subscription, 0);
    }

    /// Notes that everything of `what` before `next` is known.
    pub fn received(&self, what: &str, next: u64) {
        if let Some((start, _)) = self.state.lock().subscriptions.get_mut(what) {
            *start = next.max(*start);
        }
    }

    /// Sends what `make` makes of the cluster's id and a transaction id; `done` gets the answer, `-ETIMEDOUT` after
    /// `rados_mon_op_timeout`, or `-ESHUTDOWN`.
    pub fn request(&self, make: impl FnOnce(Fsid, u64) -> OutMessage, done: OnAnswer) {
        let mut state = self.state.lock();
        if state.down {
            drop(state);
            return done(Err(Errno::ESHUTDOWN));
        }
        let tid = state.requests.next_tid();
        let message = make(state.monmap.fsid, tid);
        if let Some(active) = &state.active {
            active.send(message.clone());
        }
        state.requests.add(message, self.options.mon_timeout(), done);
    }

    /// The newest version of a map: `osdmap`, `monmap`.
    pub fn newest(&self, what: &'static str, done: impl FnOnce(Result<u64>) + Send + 'static) {
        self.request(
            |_, tid| mon::get_version(tid, what),
            Box::new(move |answer| done(answer.and_then(|answer| Ok(mon::version(&answer)?.newest)))),
        );
    }

    pub fn shutdown(&self) {
        let mut state = self.state.lock();
        state.down = true;
        let links: Vec<_> = state.attempts.drain(..).collect();
        let active = state.active.take();
        let waiting = state.requests.drain();
        let asked = std::mem::take(&mut state.asked);
        self.changed.notify_all();
        drop(state);
        links.iter().chain(&active).for_each(|connection| connection.close());
        asked.end(Errno::ESHUTDOWN);
        fail(waiting, Errno::ESHUTDOWN);
    }

    /// Tries some monitors at once; the first that takes us is the one.
    fn hunt(&self, state: &mut State) {
        if state.down || state.active.is_some() {
            return;
        }
        state.attempts.drain(..).for_each(|attempt| attempt.close());
        state.round += 1;
        state.denied = None;
        let monitors = &state.monmap.monitors;
        if monitors.iter().all(|monitor| monitor.v2().is_none()) && !monitors.is_empty() {
            tracing::error!(
                target: "rados",
                "every monitor's address is of the v1 protocol, which this client does not speak; give the v2 address (port 3300)"
            );
            state.refused.get_or_insert(Errno(libc::EPROTONOSUPPORT));
            self.changed.notify_all();
        }
        let parallel = self.options.hunt_parallel.max(1);
        for addr in state.tried.next(&state.monmap.monitors, parallel, random_below) {
            match self.attempt(state, &addr) {
                Ok(connection) => state.attempts.push(connection),
                Err(e) => tracing::debug!(target: "rados", "monitor at {addr}: {e}"),
            }
        }
        let wait = if state.attempts.is_empty() {
            RETRY
        } else {
            let wait = self.options.hunt_interval.mul_f64(state.hunt_multiple);
            state.hunt_multiple = (state.hunt_multiple * self.options.hunt_backoff)
                .clamp(1.0, self.options.hunt_max_multiple.max(1.0));
            wait
        };
        self.hunt_later(state.round, wait);
    }

    fn hunt_later(&self, round: u64, wait: Duration) {
        let own = self.own.clone();
        self.reactor.after(wait, move || {
            if let Some(client) = own.upgrade() {
                let mut state = client.state.lock();
                if state.round == round {
                    client.hunt(&mut state);
                }
            }
        });
    }

    fn attempt(&self, state: &mut State, addr: &EntityAddr) -> Result<Arc<Connection>> {
        let tickets = Arc::new(Mutex::new(self.tickets.lock().clone()));
        state.global_seq += 1;
        let own = Own { addr: state.own_addr.clone(), nonce: self.nonce, global_seq: state.global_seq };
        let link = MonLink { client: self.own.clone(), tickets: tickets.clone() };
        self.open(addr, own, tickets, Arc::new(link))
    }

    pub(super) fn open(
        &self,
        addr: &EntityAddr,
        own: Own,
        tickets: Arc<Mutex<Tickets>>,
        link: Arc<dyn Handler>,
    ) -> Result<Arc<Connection>> {
        let socket = addr.socket_addr().ok_or(Errno::EINVAL)?;
        let peer = Peer {
            kind: auth::kind::MON,
            addr: addr.clone(),
            own: own.addr,
            nonce: own.nonce,
            global_id: tickets.lock().global_id,
            global_seq: own.global_seq,
        };
        let mut methods = self.options.methods();
        if self.key.is_none() {
            methods.retain(|method| *method != Method::Cephx);
        }
        let how = MonAuth {
            entity: (auth::kind::CLIENT, self.options.id.clone()),
            key: self.key.clone(),
            methods,
            modes: self.options.mon_modes(),
            want: auth::kind::AUTH | auth::kind::MON | auth::kind::OSD | auth::kind::MGR,
            tickets,
            challenged: false,
        };
        Connection::open(&self.reactor, socket, peer, Box::new(how), link)
    }

    pub(super) fn session_opened(&self, connection: &Arc<Connection>, ready: Ready, tickets: Tickets) {
        let mut state = self.state.lock();
        let found = state.attempts.iter().position(|attempt| Arc::ptr_eq(attempt, connection));
        let Some(found) = found.filter(|_| state.active.is_none() && !state.down) else {
            drop(state);
            return connection.close();
        };
        let chosen = state.attempts.swap_remove(found);
        state.attempts.drain(..).for_each(|attempt| attempt.close());
        state.round += 1;
        state.tried.forget();
        state.hunt_multiple = (state.hunt_multiple / self.options.hunt_backoff.max(1.0)).max(1.0);
        state.method =
            Some(if tickets.get(auth::kind::AUTH).is_some() { Method::Cephx } else { Method::None });
        if state.own_addr.is_none() {
            state.own_addr = ready.own;
        }
        tracing::debug!(
            target: "rados",
            "session with the monitor at {}, as client.{}", connection.addr(), tickets.global_id
        );
        *self.tickets.lock() = tickets;
        chosen.send(mon::subscribe(&state.subscriptions, ""));
        for message in state.requests.again() {
            chosen.send(message);
        }
        state.active = Some(chosen);
        state.opened = Some(Instant::now());
        self.changed.notify_all();
    }

    pub(super) fn session_lost(&self, connection: &Arc<Connection>, why: Closed) {
        let mut state = self.state.lock();
        if state.active.as_ref().is_some_and(|active| Arc::ptr_eq(active, connection)) {
            tracing::info!(target: "rados", "the monitor at {} is gone: {why}", connection.addr());
            state.active = None;
            // Who takes us in and throws us out is not asked again at once.
            if state.opened.is_some_and(|opened| opened.elapsed() < TICK) {
                let round = state.round;
                self.hunt_later(round, RETRY);
            } else {
                self.hunt(&mut state);
            }
            return;
        }
        let before = state.attempts.len();
        state.attempts.retain(|attempt| !Arc::ptr_eq(attempt, connection));
        if state.attempts.len() == before {
            return;
        }
        if let Closed::Session(e) = why {
            tracing::error!(target: "rados", "monitor at {}: {e}", connection.addr());
        }
        if let Closed::Session(SessionError::Auth(e)) = why {
            state.denied = Some(e);
        }
        if state.attempts.is_empty() {
            // Nobody takes this key: waiting does not help who has just begun.
            if let Some(e) = state.denied
                && state.method.is_none()
            {
                state.refused = Some(e);
                self.changed.notify_all();
            }
            let round = state.round;
            self.hunt_later(round, RETRY);
        }
    }

    pub(super) fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        let state = self.state.lock();
        if state.active.as_ref().is_none_or(|active| !Arc::ptr_eq(active, connection)) {
            return;
        }
        if let Err(e) = self.dispatch(state, &message) {
            tracing::error!(
                target: "rados",
                "message {:#x} of the monitor at {}: {e}", message.kind, connection.addr()
            );
        }
    }

    fn listener(&self) -> Option<Arc<dyn MonListener>> {
        self.listener.lock().as_ref().and_then(Weak::upgrade)
    }

    fn dispatch(&self, mut state: MutexGuard<'_, State>, message: &InMessage) -> Result<()> {
        match message.kind {
            kind::MON_MAP => {
                let map: MonMap = decode(&message.read(1, |_, from| from.get::<Bytes>())?)?;
                if map.epoch > state.monmap.epoch {
                    state.subscriptions.insert("monmap".into(), (u64::from(map.epoch) + 1, 0));
                    state.monmap = map;
                    self.changed.notify_all();
                }
            }
            kind::CONFIG => {
                let config = mon::config(message)?;
                drop(state);
                if let Some(listener) = self.listener() {
                    listener.config(config);
                }
                self.state.lock().configured = true;
                self.changed.notify_all();
            }
            kind::OSD_MAP => {
                drop(state);
                let maps = mon::osd_maps(message)?;
                if let Some(listener) = self.listener() {
                    listener.osd_maps(maps);
                }
            }
            kind::MGR_MAP => {
                let map = mon::mgr_map(message)?;
                state.subscriptions.insert("mgrmap".into(), (u64::from(map.epoch) + 1, 0));
                drop(state);
                if let Some(listener) = self.listener() {
                    listener.mgr_map(map);
                }
            }
            kind::LOG => {
                let log = log::lines(message)?;
                let Some(watch) = state.log.as_mut().filter(|watch| watch.version < log.version) else {
                    return Ok(());
                };
                watch.version = log.version;
                let (subscription, handler) = (watch.subscription, watch.handler.clone());
                state.subscriptions.insert(subscription.into(), (log.version + 1, 0));
                drop(state);
                log.lines.iter().for_each(|line| handler(line));
            }
            kind::AUTH_REPLY => {
                drop(state);
                self.renewed(message)?;
            }
            kind::MON_COMMAND_ACK
            | kind::MON_GET_VERSION_REPLY
            | kind::POOL_OP_REPLY
            | kind::STATFS_REPLY
            | kind::GET_POOL_STATS_REPLY => {
                let tid = match message.kind {
                    kind::MON_GET_VERSION_REPLY => mon::version(message)?.handle,
                    _ => message.tid,
                };
                let done = state.requests.answered(tid, message.kind);
                drop(state);
                if let Some(done) = done {
                    done(Ok(message.clone()));
                }
            }
            kind::MON_SUBSCRIBE_ACK => {}
            other => tracing::debug!(target: "rados", "the monitor sends message {other:#x}"),
        }
        Ok(())
    }

    fn renewed(&self, message: &InMessage) -> Result<()> {
        let reply = mon::auth_reply(message)?;
        let key = self.key.as_ref().ok_or(Errno::EACCES)?;
        if reply.result < 0 {
            tracing::error!(target: "rados", "the monitor does not renew tickets: {}", Errno(-reply.result));
            return Ok(());
        }
        auth::read_tickets(&mut self.tickets.lock(), key, reply.payload).map(|_| ())
    }

    fn tick_later(&self) {
        let own = self.own.clone();
        self.reactor.after(TICK, move || {
            if let Some(client) = own.upgrade() {
                client.tick();
            }
        });
    }

    fn tick(&self) {
        let now = Instant::now();
        let mut state = self.state.lock();
        if state.down {
            return;
        }
        let late = state.requests.expired(now);
        if let Some(active) = state.active.clone() {
            let silent = active.silent_for();
            if silent > self.options.mon_ping_timeout {
                tracing::info!(target: "rados", "the monitor at {} is silent for {silent:?}", active.addr());
                active.close();
                state.active = None;
                self.hunt(&mut state);
            } else {
                if silent > self.options.mon_ping_interval {
                    active.ping();
                }
                if state.method == Some(Method::Cephx) {
                    self.renew(&active, now);
                }
            }
        }
        drop(state);
        fail(late, Errno::ETIMEDOUT);
        self.tick_later();
    }

    fn renew(&self, active: &Connection, now: Instant) {
        let want = auth::kind::AUTH | auth::kind::MON | auth::kind::OSD | auth::kind::MGR;
        let tickets = self.tickets.lock();
        let needed = tickets.needed(want, now);
        // A monitor may have nothing for managers; that alone is no reason to ask for ever.
        if needed == 0 || needed == auth::kind::MGR {
            return;
        }
        match auth::ticket_request(&tickets, needed) {
            Ok(payload) => active.send(mon::auth(payload)),
            Err(e) => tracing::error!(target: "rados", "cannot ask for tickets: {e}"),
        }
    }
}

/// So that the order differs from client to client.
fn random_below(most: u64) -> u64 {
    let mut bytes = [0; 8];
    let filled = aws_lc_rs::rand::fill(&mut bytes).is_ok();
    if filled { u64::from_le_bytes(bytes) % most.max(1) } else { 0 }
}
