//! Threads that a program's callback takes away.
//!
//! A callback may end the thread it runs on: Python's bindings do (`pthread_exit`) where the interpreter is being
//! torn down. The thread then never comes back to what it was doing, so whoever runs callbacks on a thread of its
//! own says here what has to happen when that thread is lost: nobody may wait for it any more.

use std::cell::RefCell;

type Told = Box<dyn FnOnce()>;

sync::thread_local! {
    static TOLD: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
}

/// `tell` runs if a callback takes this thread away. It must not wait for anything.
pub fn on_lost(tell: impl FnOnce() + 'static) {
    TOLD.with(|told| told.borrow_mut().push(Box::new(tell)));
}

/// This thread is about to stand still for good. The newest is told first.
pub fn lost() {
    let told = TOLD.try_with(|told| told.try_borrow_mut().map(|mut told| std::mem::take(&mut *told)));
    for tell in told.into_iter().flatten().flatten().rev() {
        tell();
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn the_newest_hears_of_it_first_and_once() {
        let heard = Rc::new(RefCell::new(Vec::new()));
        for who in 0..2 {
            let heard = Rc::clone(&heard);
            on_lost(move || heard.borrow_mut().push(who));
        }
        lost();
        lost();
        assert_eq!(*heard.borrow(), [1, 0]);
    }
}
