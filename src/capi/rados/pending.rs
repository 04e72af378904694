//! The asynchronous writes under way in one I/O context, in the order they were started.

use std::collections::VecDeque;

use parking_lot::Mutex;

type Waiter = Box<dyn FnOnce() + Send>;

/// Which writes are not complete. A flush waits for those that were started before it.
#[derive(Default)]
pub struct Pending {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the first write in `done`.
    first: u64,
    /// From `first` on: whether the write is complete. The first one, where there is one, is not.
    done: VecDeque<bool>,
    /// Whom to tell once all writes below a number are complete, ascending.
    waiters: VecDeque<(u64, Waiter)>,
}

impl Pending {
    /// A write starts; its number goes to [`Pending::end`].
    pub fn begin(&self) -> u64 {
        let mut state = self.state.lock();
        state.done.push_back(false);
        state.first + state.done.len() as u64 - 1
    }

    pub fn end(&self, number: u64) {
        let mut state = self.state.lock();
        let at = (number - state.first) as usize;
        if let Some(done) = state.done.get_mut(at) {
            *done = true;
        }
        while state.done.front() == Some(&true) {
            state.done.pop_front();
            state.first += 1;
        }
        let mut ready = Vec::new();
        while state.waiters.front().is_some_and(|(below, _)| *below <= state.first) {
            ready.extend(state.waiters.pop_front().map(|(_, waiter)| waiter));
        }
        drop(state);
        ready.into_iter().for_each(|waiter| waiter());
    }

    /// Calls `waiter` once every write started so far is complete: at once, where none is under way.
    pub fn when_done(&self, waiter: Waiter) {
        let mut state = self.state.lock();
        if state.done.is_empty() {
            drop(state);
            return waiter();
        }
        let below = state.first + state.done.len() as u64;
        state.waiters.push_back((below, waiter));
    }
}
