//! What one connection to a monitor reports to the client.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::client::MonClient;
use crate::auth::Tickets;
use crate::io::{Closed, Connection, Handler};
use crate::messages::InMessage;
use crate::session::Ready;

pub struct MonLink {
    pub client: Weak<MonClient>,
    /// What this connection's authentication starts from, and in the end has.
    pub tickets: Arc<Mutex<Tickets>>,
}

impl Handler for MonLink {
    fn ready(&self, connection: &Arc<Connection>, ready: Ready) {
        if let Some(client) = self.client.upgrade() {
            client.session_opened(connection, ready, self.tickets.lock().clone());
        }
    }

    fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        if let Some(client) = self.client.upgrade() {
            client.message(connection, message);
        }
    }

    fn closed(&self, connection: &Arc<Connection>, why: Closed) {
        if let Some(client) = self.client.upgrade() {
            client.session_lost(connection, why);
        }
    }
}
