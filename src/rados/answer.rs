//! Waiting for one value that a closure delivers.

use std::sync::Arc;

use sync::{Condvar, Mutex};

enum State<T> {
    Open,
    Given(T),
    /// The closure was dropped without being called.
    Lost,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// Gives the value; goes into the closure.
pub(crate) struct Giver<T>(Arc<Shared<T>>);

pub(crate) struct Answer<T>(Arc<Shared<T>>);

pub(crate) fn answer<T>() -> (Giver<T>, Answer<T>) {
    let shared = Arc::new(Shared { state: Mutex::new(State::Open), changed: Condvar::new() });
    (Giver(Arc::clone(&shared)), Answer(shared))
}

impl<T> Giver<T> {
    pub fn give(self, value: T) {
        *self.0.state.lock() = State::Given(value);
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        if matches!(*state, State::Open) {
            *state = State::Lost;
        }
        drop(state);
        self.0.changed.notify_one();
    }
}

impl<T> Answer<T> {
    /// `None` where no value will come.
    pub fn wait(self) -> Option<T> {
        let mut state = self.0.state.lock();
        loop {
            match std::mem::replace(&mut *state, State::Open) {
                State::Given(value) => return Some(value),
                State::Lost => return None,
                State::Open => self.0.changed.wait(&mut state),
            }
        }
    }
}

#[cfg(all(test, not(sepiola_shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn value_given_before_or_while_waiting() {
        let (giver, before) = answer();
        giver.give(1);
        assert_eq!(before.wait(), Some(1));
        let (giver, during) = answer();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            giver.give(2);
        });
        assert_eq!(during.wait(), Some(2));
        thread.join().expect("the giver");
    }

    #[test]
    fn dropped_giver_ends_the_wait() {
        let (giver, lost) = answer::<u32>();
        drop(giver);
        assert_eq!(lost.wait(), None);
    }
}
