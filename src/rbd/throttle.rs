//! Many requests, a few at a time: what resizing, removing, rolling back and copying are made of.

use std::sync::Arc;

use ops::{Errno, Reply, Result};
use parking_lot::{Condvar, Mutex};

/// Called with what is done and what there is in all; a negative answer stops the operation, which then
/// fails with it.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> i32;

/// Progress that nobody looks at.
pub fn no_progress(_: u64, _: u64) -> i32 {
    0
}

/// Lets at most `limit` requests be under way; remembers the first error.
pub(crate) struct Throttle {
    shared: Arc<Shared>,
    limit: u64,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    in_flight: u64,
    error: Option<Errno>,
}

impl Throttle {
    pub fn new(limit: u64) -> Throttle {
        Throttle { shared: Arc::default(), limit: limit.max(1) }
    }

    /// Waits for a free place and returns it. Fails with the first error met so far.
    pub fn start(&self) -> Result<Place> {
        let mut state = self.shared.state.lock();
        while state.in_flight >= self.limit {
            self.shared.changed.wait(&mut state);
        }
        if let Some(error) = state.error {
            return Err(error);
        }
        state.in_flight += 1;
        Ok(Place(Arc::clone(&self.shared)))
    }

    /// Waits for all that were started.
    pub fn wait(&self) -> Result<()> {
        let mut state = self.shared.state.lock();
        while state.in_flight > 0 {
            self.shared.changed.wait(&mut state);
        }
        state.error.map_or(Ok(()), Err)
    }
}

/// One request under way; dropping it frees the place.
pub(crate) struct Place(Arc<Shared>);

impl Place {
    pub fn done(self, result: Result<()>) {
        if let Err(error) = result {
            self.0.state.lock().error.get_or_insert(error);
        }
    }

    /// Ends with a reply; a missing object is no error.
    pub fn done_with(self, reply: &Reply) {
        match Errno::check(reply.result) {
            Ok(_) | Err(Errno::ENOENT) => {}
            Err(error) => self.done(Err(error)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state.lock().in_flight -= 1;
        self.0.changed.notify_all();
    }
}

/// Starts `op` for each number, at most `limit` at a time, reporting progress as each is started, and
/// waits for them.
pub(crate) fn for_each(
    numbers: std::ops::Range<u64>,
    limit: u64,
    progress: Progress<'_>,
    mut op: impl FnMut(u64, Place),
) -> Result<()> {
    let throttle = Throttle::new(limit);
    let total = numbers.end;
    for number in numbers {
        let Ok(place) = throttle.start() else { break };
        op(number, place);
        if let Err(error) = Errno::check(progress(number, total)) {
            throttle.wait()?;
            return Err(error);
        }
    }
    throttle.wait()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_at_an_error_and_at_progress() {
        let mut started = 0;
        let result = for_each(0..100, 3, &mut no_progress, |number, place| {
            started += 1;
            place.done(if number == 5 { Err(Errno::EIO) } else { Ok(()) });
        });
        assert_eq!((result, started), (Err(Errno::EIO), 6));
        let mut stop_at_7 = |number, _| if number == 7 { -125 } else { 0 };
        assert_eq!(for_each(0..100, 3, &mut stop_at_7, |_, place| place.done(Ok(()))), Err(Errno(125)));
    }

    #[test]
    fn keeps_to_the_limit() {
        let throttle = Throttle::new(2);
        let (a, _b) = (throttle.start().expect("a"), throttle.start().expect("b"));
        std::thread::scope(|scope| {
            let third = scope.spawn(|| throttle.start().map(drop));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!third.is_finished(), "a third one started");
            drop(a);
            assert_eq!(third.join().expect("third"), Ok(()));
        });
    }
}
