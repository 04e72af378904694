//! What is under way to one OSD.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use super::op::PendingOp;
use super::submit::Objecter;
use crate::io::{Closed, Connection, Handler};
use crate::messages::InMessage;
use crate::messages::backoff::Backoff;
use crate::session::{Landing, Ready};

/// `ms_initial_backoff` and `ms_max_backoff`.
pub const FIRST_RETRY: Duration = Duration::from_millis(200);
pub const LAST_RETRY: Duration = Duration::from_secs(15);
/// So often an OSD that takes us in and breaks the connection is asked again at once.
pub const MOST_FRUITLESS: u32 = 8;
/// More than an OSD has groups, and requests of ours to it. One that asks for more is not to be believed.
pub const MOST_BACKOFFS: usize = 1 << 13;
/// Who has so many pieces to read, and sends what asks for more of them, is not to be believed either.
pub const MOST_BACKLOG: usize = 1 << 18;

pub struct OsdSession {
    /// `None`: for requests that nobody serves now.
    pub osd: Option<i32>,
    pub state: Mutex<SessionState>,
}

#[derive(Default)]
pub struct SessionState {
    pub connection: Option<Arc<Connection>>,
    /// Messages may flow over it.
    pub ready: bool,
    /// How many connections in a row were made and brought no answer.
    pub fruitless: u32,
    /// When the last connection did not come about: how long to wait before the next.
    pub retry: Duration,
    /// A timer will open the next connection.
    pub waiting: bool,
    /// Which timer: earlier ones mean nothing.
    pub retries: u64,
    pub ops: BTreeMap<u64, PendingOp>,
    pub backoffs: Vec<Backoff>,
    /// Nobody may use this session any more.
    pub closed: bool,
}

impl OsdSession {
    pub fn new(osd: Option<i32>) -> Arc<OsdSession> {
        Arc::new(OsdSession { osd, state: Mutex::default() })
    }
}

impl SessionState {
    /// Sends it, unless there is no connection, or the OSD asked not to be asked. It is one of `ops`, or about to be.
    pub fn send(&self, op: &mut PendingOp, epoch: u32) {
        if let Some(connection) = self.queue(op, epoch) {
            connection.flush();
        }
    }

    /// Like `send`, but for the system call: the returned connection is to be flushed when no lock is held.
    #[must_use]
    pub fn queue(&self, op: &mut PendingOp, epoch: u32) -> Option<&Arc<Connection>> {
        let connection = self.connection.as_ref()?;
        if op.target.paused {
            return None;
        }
        if !self.backoffs.is_empty() {
            let object = op.target.hobject();
            if self.backoffs.iter().any(|backoff| backoff.pg == op.target.pg && backoff.covers(&object)) {
                return None;
            }
        }
        connection.queue(op.message(epoch));
        Some(connection)
    }

    /// All of them again, in the order of their submission.
    pub fn send_all(&mut self, epoch: u32) {
        let mut ops = std::mem::take(&mut self.ops);
        for op in ops.values_mut() {
            self.send(op, epoch);
        }
        self.ops = ops;
    }

    pub fn close(&mut self) {
        self.backoffs.clear();
        self.ready = false;
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
    }

    pub fn is_current(&self, connection: &Arc<Connection>) -> bool {
        self.connection.as_ref().is_some_and(|current| Arc::ptr_eq(current, connection))
    }
}

/// What one connection to an OSD reports.
pub struct OsdLink {
    pub objecter: Weak<Objecter>,
    pub session: Arc<OsdSession>,
}

impl Handler for OsdLink {
    fn ready(&self, connection: &Arc<Connection>, _: Ready) {
        let mut state = self.session.state.lock();
        if state.is_current(connection) {
            state.ready = true;
            if state.fruitless < MOST_FRUITLESS {
                state.retry = Duration::ZERO;
            }
        }
    }

    fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        if let Some(objecter) = self.objecter.upgrade() {
            objecter.message(&self.session, connection, message);
        }
    }

    fn landing(&self, connection: &Arc<Connection>, tid: u64, data: usize) -> Option<Box<dyn Landing>> {
        let state = self.session.state.lock();
        if !state.is_current(connection) {
            return None;
        }
        state.ops.get(&tid)?.landing(data)
    }

    fn closed(&self, connection: &Arc<Connection>, why: Closed) {
        if let Some(objecter) = self.objecter.upgrade() {
            objecter.connection_lost(&self.session, connection, why);
        }
    }
}
