//! `parking_lot`'s interface over shuttle's scheduler.
#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::lock_api;
use shuttle::rand::Rng;
pub use shuttle::sync::atomic;
pub use shuttle::{thread, thread_local};

/// All threads of shuttle's are one thread of the system's: plain atomics with a chance to switch before each.
pub struct RawMutex(AtomicBool);

// SAFETY: only who has changed it from false to true holds it.
unsafe impl lock_api::RawMutex for RawMutex {
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: RawMutex = RawMutex(AtomicBool::new(false));
    type Guard = ();

    fn lock(&self) {
        thread::yield_now();
        while self.0.swap(true, Ordering::SeqCst) {
            thread::yield_now();
        }
    }

    fn try_lock(&self) -> Option<()> {
        thread::yield_now();
        (!self.0.swap(true, Ordering::SeqCst)).then_some(())
    }

    unsafe fn unlock(&self, (): ()) {
        self.0.store(false, Ordering::SeqCst);
    }

    fn is_locked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

pub type Mutex<T> = lock_api::Mutex<RawMutex, T>;
pub type MutexGuard<'a, T> = lock_api::MutexGuard<'a, RawMutex, T>;
pub type ArcMutexGuard<R, T> = lock_api::ArcMutexGuard<R, T>;

struct Waiter {
    called: AtomicBool,
    thread: thread::Thread,
}

/// Where a wait has a limit, it now and then ends by that; where it has none, a call that never comes is a deadlock,
/// which shuttle reports.
#[derive(Default)]
pub struct Condvar(std::sync::Mutex<VecDeque<Arc<Waiter>>>);

/// One in so many looks finds the time over.
const PATIENCE: u32 = 200;

impl Condvar {
    pub fn new() -> Condvar {
        Condvar::default()
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Waiter>>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn notify_one(&self) -> bool {
        let waiter = self.queue().pop_front();
        if let Some(waiter) = &waiter {
            waiter.called.store(true, Ordering::SeqCst);
            waiter.thread.unpark();
        }
        waiter.is_some()
    }

    pub fn notify_all(&self) -> usize {
        let mut count = 0;
        while self.notify_one() {
            count += 1;
        }
        count
    }

    fn enter(&self) -> Arc<Waiter> {
        let waiter = Arc::new(Waiter { called: AtomicBool::new(false), thread: thread::current() });
        self.queue().push_back(waiter.clone());
        waiter
    }

    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let waiter = self.enter();
        MutexGuard::unlocked(guard, || {
            while !waiter.called.load(Ordering::SeqCst) {
                thread::park();
            }
        });
    }

    pub fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _: Duration) {
        let waiter = self.enter();
        MutexGuard::unlocked(guard, || {
            while !waiter.called.load(Ordering::SeqCst)
                && shuttle::rand::thread_rng().gen_range(0..PATIENCE) != 0
            {
                thread::yield_now();
            }
        });
        self.queue().retain(|other| !Arc::ptr_eq(other, &waiter));
    }
}
