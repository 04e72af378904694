//! What is asked of one monitor in particular, be it in the quorum or not: over a connection of its own, as nobody knows to
//! whom the session will be the next time.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use denc::Bytes;
use denc::entity::EntityAddr;
use ops::{Errno, Result};
use parking_lot::Mutex;

use super::client::{MonClient, Own};
use super::requests::OnAnswer;
use crate::auth::Tickets;
use crate::io::{Closed, Connection, Handler};
use crate::messages::mon::{self, Fsid};
use crate::messages::{InMessage, OutMessage, command, kind};
use crate::session::{Peer, Ready, SessionError};

/// `mon_client_directed_command_retry`
const TRIES: u32 = 2;

#[derive(Clone, Debug)]
pub enum Question {
    /// A command to the monitor as a daemon.
    Tell(Vec<String>, Bytes),
    /// For its state, whatever that is.
    Ping,
}

impl Question {
    fn message(&self, fsid: Fsid) -> OutMessage {
        match self {
            Question::Tell(words, input) => command::command(kind::COMMAND, fsid, 1, words, input.clone()),
            Question::Ping => mon::ping(),
        }
    }

    fn is_answer(&self, message: &InMessage) -> bool {
        match self {
            Question::Tell(..) => command::is_reply(message),
            Question::Ping => message.kind == kind::PING,
        }
    }
}

/// One question until its answer.
struct Asking {
    addr: EntityAddr,
    question: Question,
    /// What is left.
    tries: u32,
    deadline: Option<Instant>,
    done: OnAnswer,
}

struct DirectedLink {
    client: Weak<MonClient>,
    asking: Mutex<Option<Asking>>,
    ready: Mutex<bool>,
}

impl Handler for DirectedLink {
    fn ready(&self, _: &Arc<Connection>, _: Ready) {
        *self.ready.lock() = true;
    }

    fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        let mut asking = self.asking.lock();
        let answered = asking.take_if(|asking| asking.question.is_answer(&message));
        drop(asking);
        if let Some(answered) = answered {
            connection.close();
            (answered.done)(Ok(message));
        }
    }

    fn closed(&self, connection: &Arc<Connection>, why: Closed) {
        let asking = self.asking.lock().take();
        tracing::debug!(target: "rados", "the monitor at {}: {why}", connection.addr());
        match (asking, why) {
            (None, _) => {}
            (Some(asking), Closed::Session(SessionError::Auth(e))) => (asking.done)(Err(e)),
            (Some(asking), _) => self.again(asking),
        }
    }
}

/// The questions under way.
#[derive(Default)]
pub struct AllAsked(Vec<(Weak<DirectedLink>, Weak<Connection>)>);

impl AllAsked {
    fn add(&mut self, link: &Arc<DirectedLink>, connection: &Arc<Connection>) {
        self.0.retain(|(link, _)| link.strong_count() > 0);
        self.0.push((Arc::downgrade(link), Arc::downgrade(connection)));
    }

    pub fn end(self, why: Errno) {
        for (link, connection) in self.0 {
            if let (Some(link), Some(connection)) = (link.upgrade(), connection.upgrade()) {
                link.end(&connection, why);
            }
        }
    }
}

impl DirectedLink {
    fn end(&self, connection: &Connection, why: Errno) {
        let asking = self.asking.lock().take();
        connection.close();
        if let Some(asking) = asking {
            (asking.done)(Err(why));
        }
    }

    fn again(&self, asking: Asking) {
        match self.client.upgrade() {
            Some(client) => client.ask(asking),
            None => (asking.done)(Err(Errno::ESHUTDOWN)),
        }
    }
}

impl MonClient {
    /// Asks the monitor of that name, or, where it is a number, of that rank. `done` gets its message, or `-ENOENT`: there is
    /// no such monitor; `-ENXIO`: it cannot be reached; `-ETIMEDOUT`: it says nothing within `timeout`, where that is not
    /// zero; or why it does not take this client.
    pub fn ask_one(&self, name: &str, question: Question, timeout: Duration, done: OnAnswer) {
        let deadline = (!timeout.is_zero()).then(|| Instant::now() + timeout);
        match self.addr_of(name) {
            Ok(addr) => self.ask(Asking { addr, question, tries: TRIES, deadline, done }),
            Err(e) => done(Err(e)),
        }
    }

    fn ask(&self, mut asking: Asking) {
        if asking.tries == 0 {
            return (asking.done)(Err(Errno(libc::ENXIO)));
        }
        asking.tries -= 1;
        let message = asking.question.message(self.fsid());
        let (addr, deadline) = (asking.addr.clone(), asking.deadline);
        let link = Arc::new(DirectedLink {
            client: self.weak(),
            asking: Mutex::new(Some(asking)),
            ready: Mutex::new(false),
        });
        match self.connect_anew(&addr, link.clone()) {
            Ok(connection) => {
                connection.send(message);
                if self.note_asked(|all| all.add(&link, &connection)) {
                    self.watch_over(connection, link, deadline);
                } else {
                    link.end(&connection, Errno::ESHUTDOWN);
                }
            }
            Err(e) => {
                let asking = link.asking.lock().take();
                if let Some(asking) = asking {
                    (asking.done)(Err(e));
                }
            }
        }
    }

    /// Ends a try in which nobody answers at that address, and the last one when it is late.
    fn watch_over(&self, connection: Arc<Connection>, link: Arc<DirectedLink>, deadline: Option<Instant>) {
        let (weak, opening) = (Arc::downgrade(&link), Arc::downgrade(&connection));
        self.after(self.hunt_interval(), move || {
            let (Some(link), Some(connection)) = (weak.upgrade(), opening.upgrade()) else { return };
            let late = if *link.ready.lock() { None } else { link.asking.lock().take() };
            if let Some(asking) = late {
                connection.close();
                link.again(asking);
            }
        });
        let Some(deadline) = deadline else { return };
        let (link, connection) = (Arc::downgrade(&link), Arc::downgrade(&connection));
        self.after(deadline.saturating_duration_since(Instant::now()), move || {
            if let (Some(link), Some(connection)) = (link.upgrade(), connection.upgrade()) {
                link.end(&connection, Errno::ETIMEDOUT);
            }
        });
    }

    /// A connection of somebody without a past: it shares neither id nor address with the session's, which the monitor would
    /// end for it.
    fn connect_anew(&self, addr: &EntityAddr, link: Arc<DirectedLink>) -> Result<Arc<Connection>> {
        let own = Own { addr: None, nonce: Peer::fresh_nonce()?, global_seq: 1 };
        self.open(addr, own, Arc::new(Mutex::new(Tickets::default())), link)
    }
}
