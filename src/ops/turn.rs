//! Turns of a back end's threads, and work that waits for their end.
//!
//! A thread that has just heard from the network or the disk can run the program's callbacks itself, which spares a hand-over to
//! another thread for each of them. But a callback may block, and wait for what only the back end brings: so it runs
//! only when the turn is over, no lock is held, and another thread serves the back end meanwhile.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// Work that a turn brought up.
pub trait AfterTurn: Send + Sync {
    /// Does it now, on this thread. It may block.
    fn run_here(&self);
    /// Has it done by another thread.
    fn run_elsewhere(self: Arc<Self>);
    /// The thread that runs it stands still for good (see [`crate::on_lost`]).
    fn lost(&self);
}

sync::thread_local! {
    static IN_TURN: Cell<bool> = const { Cell::new(false) };
    static WORK: RefCell<Vec<Arc<dyn AfterTurn>>> = const { RefCell::new(Vec::new()) };
    static RUNNING: RefCell<Option<Arc<dyn AfterTurn>>> = const { RefCell::new(None) };
}

/// Leaves `work` to the end of this thread's turn. `false`: it has none.
pub fn after_turn(work: impl FnOnce() -> Arc<dyn AfterTurn>) -> bool {
    let waits = IN_TURN.with(Cell::get);
    if waits {
        WORK.with(|all| all.borrow_mut().push(work()));
    }
    waits
}

/// A thread's turn: `act`, and then what it brought up: the first here if `may_stay`, the others elsewhere.
pub fn turn(act: impl FnOnce(), may_stay: impl FnOnce(&mut dyn FnMut()) -> bool) {
    IN_TURN.with(|in_turn| in_turn.set(true));
    act();
    IN_TURN.with(|in_turn| in_turn.set(false));
    let work = WORK.with(RefCell::take);
    if work.is_empty() {
        return;
    }
    let mut left = work.into_iter();
    let stayed = may_stay(&mut || {
        let Some(first) = left.next() else { return };
        // What runs here may wait for what the others do.
        left.by_ref().for_each(AfterTurn::run_elsewhere);
        RUNNING.with(|running| running.replace(Some(Arc::clone(&first))));
        first.run_here();
        RUNNING.with(RefCell::take);
    });
    if !stayed {
        left.for_each(AfterTurn::run_elsewhere);
    }
}

/// To be called by a thread that is lost: tells the work that it runs.
pub fn turn_lost() {
    if let Ok(Some(running)) = RUNNING.try_with(|running| running.take()) {
        running.lost();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Log(Mutex<Vec<&'static str>>);

    impl AfterTurn for Log {
        fn run_here(&self) {
            self.0.lock().unwrap().push("here");
            assert!(!after_turn(|| unreachable!("the turn is over")));
        }

        fn run_elsewhere(self: Arc<Self>) {
            self.0.lock().unwrap().push("elsewhere");
        }

        fn lost(&self) {
            self.0.lock().unwrap().push("lost");
        }
    }

    #[test]
    fn work_waits_for_the_end_of_the_turn() {
        let log = Arc::new(Log::default());
        let bring_up = || {
            let work = Arc::clone(&log);
            assert!(after_turn(|| work));
            log.0.lock().unwrap().push("turn");
        };
        turn(bring_up, |run| {
            run();
            true
        });
        turn(bring_up, |_| false);
        turn(|| (), |_| unreachable!("there is nothing to do"));
        assert_eq!(*log.0.lock().unwrap(), ["turn", "here", "turn", "elsewhere"]);
    }

    #[test]
    fn the_first_waits_for_nothing_that_is_left_to_the_same_thread() {
        let logs = [(); 3].map(|()| Arc::new(Log::default()));
        let bring_up = || logs.iter().for_each(|log| assert!(after_turn(|| Arc::<Log>::clone(log))));
        turn(bring_up, |run| {
            run();
            true
        });
        let done = logs.each_ref().map(|log| log.0.lock().unwrap().clone());
        assert_eq!(done, [["here"], ["elsewhere"], ["elsewhere"]]);
    }
}
