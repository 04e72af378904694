//! Telling the manager of the daemon that this client says it is: again and again, and to each manager that comes.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use ops::ServiceDaemon;
use parking_lot::{Condvar, Mutex};

use super::submit::Objecter;
use crate::auth;
use crate::io::{Closed, Connection, Handler, on_io_thread};
use crate::messages::{InMessage, kind, service};
use crate::session::Ready;

/// Managers forget a daemon that they have not heard of for a minute.
const PERIOD: Duration = Duration::from_secs(5);

/// How long the end waits for the manager to hear of it (`mgr_client_service_daemon_unregister_timeout`).
const PARTING: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Announcement {
    state: Mutex<State>,
    /// The manager knows of the end, or is not there any more.
    parted: Condvar,
}

#[derive(Default)]
struct State {
    daemon: Option<ServiceDaemon>,
    connection: Option<Arc<Connection>>,
    /// Messages flow on it.
    ready: bool,
    /// The timer runs.
    ticking: bool,
}

struct ServiceLink {
    objecter: Weak<Objecter>,
}

impl ServiceLink {
    /// Does something with the state of `connection`, where that is still the manager's.
    fn on(&self, connection: &Arc<Connection>, act: impl FnOnce(&Announcement, &mut State)) {
        let Some(objecter) = self.objecter.upgrade() else { return };
        let announcement = &objecter.announcement;
        let mut state = announcement.state.lock();
        if state.connection.as_ref().is_some_and(|current| Arc::ptr_eq(current, connection)) {
            act(announcement, &mut state);
        }
    }
}

impl Handler for ServiceLink {
    fn ready(&self, connection: &Arc<Connection>, _: Ready) {
        self.on(connection, |_, state| state.ready = true);
    }

    /// Which counters the manager would like: there are none. Or that it knows of the end.
    fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        if message.kind == kind::MGR_CLOSE {
            self.on(connection, |announcement, state| {
                state.ready = false;
                announcement.parted.notify_all();
            });
        }
    }

    fn closed(&self, connection: &Arc<Connection>, why: Closed) {
        self.on(connection, |announcement, state| {
            tracing::debug!(target: "rados", "the manager at {}: {why}", connection.addr());
            state.connection = None;
            state.ready = false;
            announcement.parted.notify_all();
        });
    }
}

impl Objecter {
    /// The manager hears of it as soon as there is one.
    pub fn announce(&self, daemon: ServiceDaemon) {
        let mut state = self.announcement.state.lock();
        let known = state.daemon.replace(daemon.clone());
        let same = known.is_some_and(|known| {
            (&known.service, &known.daemon, &known.metadata)
                == (&daemon.service, &daemon.daemon, &daemon.metadata)
        });
        if !same && let Some(connection) = state.connection.take() {
            connection.close();
        }
        self.tell_manager(&mut state);
        if !std::mem::replace(&mut state.ticking, true) {
            self.announce_later();
        }
    }

    fn announce_later(&self) {
        let own = self.own.clone();
        self.reactor.after(PERIOD, move || {
            if let Some(objecter) = own.upgrade()
                && !objecter.is_down()
            {
                objecter.tell_manager(&mut objecter.announcement.state.lock());
                objecter.announce_later();
            }
        });
    }

    /// After a new map of the managers.
    pub(super) fn manager_changed(&self) {
        let mut state = self.announcement.state.lock();
        if state.daemon.is_some() {
            self.tell_manager(&mut state);
        }
    }

    fn tell_manager(&self, state: &mut State) {
        let (Some(daemon), Ok((_, addr))) = (&state.daemon, self.mgr_addr()) else { return };
        if let Some(connection) = &state.connection {
            if Some(connection.addr()) == addr.socket_addr() {
                return connection.send(service::report(daemon));
            }
            connection.close();
            state.connection = None;
        }
        state.ready = false;
        let link = Arc::new(ServiceLink { objecter: self.own.clone() });
        match self.connect_for(auth::kind::MGR, &addr, link, service::open(daemon)) {
            Ok(connection) => state.connection = Some(connection),
            Err(e) => tracing::debug!(target: "rados", "the manager at {addr}: {e}"),
        }
    }

    pub(super) fn end_announcement(&self) {
        let mut state = self.announcement.state.lock();
        if let (Some(connection), Some(daemon), true) = (&state.connection, &state.daemon, state.ready) {
            connection.send(service::close(daemon));
            let end = Instant::now() + PARTING;
            let mut waits = !on_io_thread();
            while waits && state.ready {
                waits = !self.announcement.parted.wait_until(&mut state, end).timed_out();
            }
        }
        let connection = std::mem::take(&mut *state).connection;
        drop(state);
        if let Some(connection) = connection {
            connection.close();
        }
    }
}
