//! Requests to the monitors that wait for their answers. They outlive sessions: a new one gets them again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ops::{Errno, Result};

use crate::messages::{InMessage, OutMessage};

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

    pub fn answered(&mut self, tid: u64) -> Option<OnAnswer> {
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

/// Ends all of them alike.
pub fn fail(requests: Vec<OnAnswer>, why: Errno) {
    requests.into_iter().for_each(|done| done(Err(why)));
}
