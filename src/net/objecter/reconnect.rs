//! Connections to OSDs: opened when there is something to send, and again when they break; and what OSDs do not want to be
//! asked for now.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use denc::DecodeError;
use ops::Errno;

use super::op::PendingOp;
use super::session::{
    FIRST_RETRY, LAST_RETRY, MOST_BACKLOG, MOST_BACKOFFS, MOST_FRUITLESS, OsdLink, OsdSession, SessionState,
};
use super::submit::{Core, Objecter};
use crate::auth::{self, ServiceAuth};
use crate::io::{Closed, Connection};
use crate::messages::backoff::{self, Backoff};
use crate::session::{Peer, SessionError};

impl Objecter {
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

    pub(super) fn retry_later(&self, session: &Arc<OsdSession>, state: &mut SessionState) {
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

    pub(super) fn backoff(
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
}

/// Requests of watches are not repeated as they are: the watch sends others.
fn take_lingering(state: &mut SessionState) -> Vec<PendingOp> {
    state.ops.extract_if(.., |_, op| op.linger.is_some()).map(|(_, op)| op).collect()
}
