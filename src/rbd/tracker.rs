//! Writes under way: what a flush waits for, and the gate that holds writes back while a snapshot is
//! taken or the size changes.

use std::collections::VecDeque;

use ops::{Errno, Result};
use parking_lot::{Condvar, Mutex};

type Then = Box<dyn FnOnce() + Send>;
/// Gets the error where the gate will not open for it.
pub(crate) type Retry = Box<dyn FnOnce(Result<()>) + Send>;

/// All under one lock that is only ever held for a few instructions.
#[derive(Default)]
pub(crate) struct Tracker {
    state: Mutex<State>,
    idle: Condvar,
}

#[derive(Default)]
struct State {
    /// Writes in the order of the flushes between them. There is always a last group, to which new
    /// writes are added; the first one's number is `first`.
    groups: VecDeque<Group>,
    first: u64,
    in_flight: u64,
    /// How many have closed the gate.
    closed: u32,
    held_back: VecDeque<Retry>,
    /// Somebody is letting in what was held back.
    draining: bool,
}

#[derive(Default)]
struct Group {
    in_flight: u64,
    /// Run when this group and all before it have ended.
    then: Vec<Then>,
}

/// A write that passed the gate. Give it back with `Tracker::leave`.
#[must_use]
pub(crate) struct Ticket(u64);

impl Tracker {
    /// Lets a write in, unless the gate is closed.
    pub fn enter(&self) -> Option<Ticket> {
        let mut state = self.state.lock();
        (state.closed == 0).then(|| state.enter())
    }

    /// Runs `retry` when the gate opens: now, where it is open. In the order of the calls.
    pub fn hold_back(&self, retry: Retry) {
        let mut state = self.state.lock();
        if state.closed > 0 || state.draining {
            state.held_back.push_back(retry);
            return;
        }
        drop(state);
        retry(Ok(()));
    }

    /// Whether something waits for the gate.
    pub fn holds_back(&self) -> bool {
        let state = self.state.lock();
        state.draining || !state.held_back.is_empty()
    }

    /// Fails what waits for the gate.
    pub fn refuse_held_back(&self, error: Errno) {
        let held_back = std::mem::take(&mut self.state.lock().held_back);
        held_back.into_iter().for_each(|retry| retry(Err(error)));
    }

    /// Whether at most one write is under way.
    pub fn at_most_one(&self) -> bool {
        self.state.lock().in_flight <= 1
    }

    pub fn leave(&self, Ticket(number): Ticket) {
        let mut ready = Vec::new();
        let mut state = self.state.lock();
        state.in_flight -= 1;
        let index = (number - state.first) as usize;
        if let Some(group) = state.groups.get_mut(index) {
            group.in_flight -= 1;
        }
        while state.groups.len() > 1 && state.groups.front().is_some_and(|group| group.in_flight == 0) {
            state.first += 1;
            ready.extend(state.groups.pop_front().into_iter().flat_map(|group| group.then));
        }
        let quiet = state.in_flight == 0 && state.closed > 0;
        drop(state);
        if quiet {
            self.idle.notify_all();
        }
        ready.into_iter().for_each(|then| then());
    }

    /// Runs `then` when every write let in before has ended: now, where there is none.
    pub fn after_current(&self, then: Then) {
        let mut state = self.state.lock();
        if state.in_flight == 0 {
            drop(state);
            then();
            return;
        }
        if let Some(group) = state.groups.back_mut() {
            group.then.push(then);
        }
        state.groups.push_back(Group::default());
    }

    /// Closes the gate and waits for what is under way. Held-back writes run when the guard is dropped.
    pub fn close_gate(&self) -> ClosedGate<'_> {
        self.shut();
        self.wait_until_idle();
        ClosedGate(self)
    }

    /// Closes the gate until [`Tracker::open`], and waits for nothing.
    pub fn shut(&self) {
        self.state.lock().closed += 1;
    }

    /// Waits for what is under way behind a closed gate.
    pub fn wait_until_idle(&self) {
        let mut state = self.state.lock();
        while state.in_flight > 0 {
            self.idle.wait(&mut state);
        }
    }

    /// Takes back one `shut`. With the last one gone, what was held back runs here, in its order.
    pub fn open(&self) {
        let mut state = self.state.lock();
        state.closed -= 1;
        if state.draining {
            return;
        }
        while state.closed == 0
            && let Some(retry) = state.held_back.pop_front()
        {
            state.draining = true;
            drop(state);
            retry(Ok(()));
            state = self.state.lock();
        }
        state.draining = false;
    }
}

impl State {
    fn enter(&mut self) -> Ticket {
        if self.groups.is_empty() {
            self.groups.push_back(Group::default());
        }
        self.in_flight += 1;
        let number = self.first + self.groups.len() as u64 - 1;
        if let Some(group) = self.groups.back_mut() {
            group.in_flight += 1;
        }
        Ticket(number)
    }
}

pub(crate) struct ClosedGate<'a>(&'a Tracker);

impl Drop for ClosedGate<'_> {
    fn drop(&mut self) {
        self.0.open();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;

    fn counter() -> (Arc<AtomicU32>, impl Fn() -> Then) {
        let count = Arc::new(AtomicU32::new(0));
        let copy = Arc::clone(&count);
        (count, move || {
            let count = Arc::clone(&copy);
            Box::new(move || {
                count.fetch_add(1, Ordering::SeqCst);
            })
        })
    }

    #[test]
    fn a_flush_waits_for_earlier_writes_only() {
        let tracker = Tracker::default();
        let (ran, then) = counter();
        tracker.after_current(then());
        assert_eq!(ran.load(Ordering::SeqCst), 1, "nothing to wait for");
        let early = tracker.enter().expect("open");
        tracker.after_current(then());
        let late = tracker.enter().expect("open");
        tracker.after_current(then());
        tracker.leave(late);
        assert_eq!(ran.load(Ordering::SeqCst), 1, "an earlier write is under way");
        tracker.leave(early);
        assert_eq!(ran.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn a_closed_gate_holds_writes_back() {
        let tracker = Arc::new(Tracker::default());
        let (ran, then) = counter();
        let first = tracker.enter().expect("open");
        let closer = {
            let tracker = Arc::clone(&tracker);
            std::thread::spawn(move || {
                let gate = tracker.close_gate();
                std::thread::sleep(Duration::from_millis(30));
                drop(gate);
            })
        };
        while tracker.state.lock().closed == 0 {
            std::thread::yield_now();
        }
        assert!(tracker.enter().is_none(), "let in through a closed gate");
        let retry = || -> Retry {
            let then = then();
            Box::new(move |opened| {
                assert_eq!(opened, Ok(()));
                then();
            })
        };
        tracker.hold_back(retry());
        tracker.leave(first);
        assert_eq!(ran.load(Ordering::SeqCst), 0);
        closer.join().expect("closer");
        assert_eq!(ran.load(Ordering::SeqCst), 1, "held-back write did not run");
        tracker.hold_back(retry());
        assert_eq!(ran.load(Ordering::SeqCst), 2);
        tracker.shut();
        let refused = Arc::new(Mutex::new(None));
        let tell = Arc::clone(&refused);
        tracker.hold_back(Box::new(move |opened| *tell.lock() = Some(opened)));
        tracker.refuse_held_back(Errno::EROFS);
        assert_eq!(*refused.lock(), Some(Err(Errno::EROFS)));
    }
}
