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
/// `ms_initial_backoff`
const RETRY: Duration = Duration::from_millis(200);

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

/// What is left to do of a question.
struct Asking {
    question: Question,
    /// Beside the one under way.
    tries: u32,
    done: OnAnswer,
}

struct State {
    /// None: it is done with.
    asking: Option<Asking>,
    /// Until when a monitor that hangs up before it knows who asks is called again.
    try_ends: Instant,
    /// Counts the connections: what an earlier one does is of no interest.
    number: u64,
    connection: Weak<Connection>,
    ready: bool,
}

/// One question until its answer, over one connection after the other.
struct Asked {
    client: Weak<MonClient>,
    addr: EntityAddr,
    state: Mutex<State>,
}

struct DirectedLink {
    asked: Arc<Asked>,
    number: u64,
}

impl Handler for DirectedLink {
    fn ready(&self, _: &Arc<Connection>, _: Ready) {
        let mut state = self.asked.state.lock();
        if state.number == self.number {
            state.ready = true;
        }
    }

    fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        let mut state = self.asked.state.lock();
        let answered = state.asking.take_if(|asking| asking.question.is_answer(&message));
        drop(state);
        if let Some(answered) = answered {
            connection.close();
            (answered.done)(Ok(message));
        }
    }

    fn closed(&self, connection: &Arc<Connection>, why: Closed) {
        tracing::debug!(target: "rados", "the monitor at {}: {why}", connection.addr());
        let state = self.asked.state.lock();
        let current = state.asking.as_ref().filter(|_| state.number == self.number);
        let Some(tries) = current.map(|asking| asking.tries) else { return };
        // A monitor that has just joined has no ids to give yet, and hangs up.
        let same_try = !state.ready && Instant::now() + RETRY < state.try_ends;
        drop(state);
        match (why, self.asked.client.upgrade()) {
            (Closed::Session(SessionError::Auth(e)), _) => self.asked.end(e),
            (_, None) => self.asked.end(Errno::ESHUTDOWN),
            (_, Some(client)) if same_try => {
                let (asked, number) = (self.asked.clone(), self.number);
                client.after(RETRY, move || asked.open(number));
            }
            (_, Some(client)) => client.next_try(&self.asked, tries),
        }
    }
}

/// The questions under way.
#[derive(Default)]
pub struct AllAsked(Vec<Weak<Asked>>);

impl AllAsked {
    fn add(&mut self, asked: &Arc<Asked>) {
        self.0.retain(|asked| asked.strong_count() > 0);
        self.0.push(Arc::downgrade(asked));
    }

    pub fn end(self, why: Errno) {
        for asked in self.0 {
            if let Some(asked) = asked.upgrade() {
                asked.end(why);
            }
        }
    }
}

impl Asked {
    fn end(&self, why: Errno) {
        let mut state = self.state.lock();
        let (asking, connection) = (state.asking.take(), state.connection.upgrade());
        drop(state);
        if let Some(connection) = connection {
            connection.close();
        }
        if let Some(asking) = asking {
            (asking.done)(Err(why));
        }
    }

    /// Puts the question over another connection, where the last one is that of this number.
    fn open(self: &Arc<Self>, last: u64) {
        let Some(client) = self.client.upgrade() else { return self.end(Errno::ESHUTDOWN) };
        let mut state = self.state.lock();
        let Some(asking) = state.asking.as_ref().filter(|_| state.number == last) else { return };
        let message = asking.question.message(client.fsid());
        state.number += 1;
        state.ready = false;
        let link = DirectedLink { asked: self.clone(), number: state.number };
        drop(state);
        match client.connect_anew(&self.addr, Arc::new(link)) {
            Ok(connection) => {
                connection.send(message);
                let mut state = self.state.lock();
                state.connection = Arc::downgrade(&connection);
                let over = state.asking.is_none();
                drop(state);
                if over {
                    connection.close();
                }
            }
            Err(e) => self.end(e),
        }
    }
}

impl MonClient {
    /// Asks the monitor of that name, or, where it is a number, of that rank. `done` gets its message, or `-ENOENT`: there is
    /// no such monitor; `-ENXIO`: it cannot be reached; `-ETIMEDOUT`: it says nothing within `timeout`, where that is not
    /// zero; or why it does not take this client.
    pub fn ask_one(&self, name: &str, question: Question, timeout: Duration, done: OnAnswer) {
        let addr = match self.addr_of(name) {
            Ok(addr) => addr,
            Err(e) => return done(Err(e)),
        };
        let state = State {
            asking: Some(Asking { question, tries: TRIES, done }),
            try_ends: Instant::now(),
            number: 0,
            connection: Weak::new(),
            ready: false,
        };
        let asked = Arc::new(Asked { client: self.weak(), addr, state: Mutex::new(state) });
        if !self.note_asked(|all| all.add(&asked)) {
            return asked.end(Errno::ESHUTDOWN);
        }
        if !timeout.is_zero() {
            let late = Arc::downgrade(&asked);
            self.after(timeout, move || {
                if let Some(asked) = late.upgrade() {
                    asked.end(Errno::ETIMEDOUT);
                }
            });
        }
        self.next_try(&asked, TRIES);
    }

    /// Tries once more, where so many tries are left.
    fn next_try(&self, asked: &Arc<Asked>, left: u32) {
        let mut state = asked.state.lock();
        let (last, old) = (state.number, state.connection.upgrade());
        let Some(asking) = state.asking.as_mut().filter(|asking| asking.tries == left) else { return };
        if left == 0 {
            drop(state);
            return asked.end(Errno(libc::ENXIO));
        }
        asking.tries -= 1;
        state.try_ends = Instant::now() + self.hunt_interval();
        drop(state);
        asked.open(last);
        if let Some(old) = old {
            old.close();
        }
        let silent = Arc::downgrade(asked);
        self.after(self.hunt_interval(), move || {
            let Some(asked) = silent.upgrade() else { return };
            let ready = asked.state.lock().ready;
            match asked.client.upgrade() {
                Some(client) if !ready => client.next_try(&asked, left - 1),
                _ => {}
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
