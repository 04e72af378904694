//! Requests to the monitors that wait for their answers. They outlive sessions: a new one gets them again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ops::{Errno, Result};

use crate::messages::{InMessage, OutMessage, kind};

pub type OnAnswer = Box<dyn FnOnce(Result<InMessage>) + Send>;

struct Request {
    message: OutMessage,
    deadline: Option<Instant>,
    done: OnAnswer,
}

#[derive(Default)]
pub struct Requests {
    last_tid: u64,
    waiting: BTreeMap<u64, Request>,
}

impl Requests {
    pub fn next_tid(&mut self) -> u64 {
        self.last_tid += 1;
        self.last_tid
    }

    /// `timeout` zero: none.
    pub fn add(&mut self, message: OutMessage, timeout: Duration, done: OnAnswer) {
        let deadline = (!timeout.is_zero()).then(|| Instant::now() + timeout);
        self.waiting.insert(message.tid, Request { message, deadline, done });
    }

    /// Whom a message of that kind answers.
    pub fn answered(&mut self, tid: u64, kind: u16) -> Option<OnAnswer> {
        self.waiting.get(&tid).filter(|request| answer_to(request.message.kind) == Some(kind))?;
        self.waiting.remove(&tid).map(|request| request.done)
    }

    /// For a new session, in the order of their making.
    pub fn again(&self) -> impl Iterator<Item = OutMessage> + '_ {
        self.waiting.values().map(|request| request.message.clone())
    }

    pub fn expired(&mut self, now: Instant) -> Vec<OnAnswer> {
        let late = self.waiting.extract_if(.., |_, request| request.deadline.is_some_and(|at| at <= now));
        late.map(|(_, request)| request.done).collect()
    }

    pub fn drain(&mut self) -> Vec<OnAnswer> {
        std::mem::take(&mut self.waiting).into_values().map(|request| request.done).collect()
    }
}

fn answer_to(request: u16) -> Option<u16> {
    match request {
        kind::STATFS => Some(kind::STATFS_REPLY),
        kind::MON_GET_VERSION => Some(kind::MON_GET_VERSION_REPLY),
        kind::POOL_OP => Some(kind::POOL_OP_REPLY),
        kind::MON_COMMAND => Some(kind::MON_COMMAND_ACK),
        kind::GET_POOL_STATS => Some(kind::GET_POOL_STATS_REPLY),
        _ => None,
    }
}

/// Ends all of them alike.
pub fn fail(requests: Vec<OnAnswer>, why: Errno) {
    requests.into_iter().for_each(|done| done(Err(why)));
}
