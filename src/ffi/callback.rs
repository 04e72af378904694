//! Calls out to C: the pointer a callback's owner wants back, and callbacks that do not come back.
//!
//! A callback may end the thread it was called on. CPython up to 3.13 does: whoever asks for the interpreter's lock
//! while the interpreter is being torn down gets `pthread_exit`. glibc then unwinds the stack by force, and the first
//! `catch_unwind` or destructor of ours in its way would abort the process. So the unwinding is stopped before it
//! reaches any: the thread tells those who wait for it ([`ops::lost`]) and stands still until the process ends,
//! with its frames untouched. Newer Pythons let such threads stand still themselves.
//!
//! When the interpreter is gone altogether and the process is about to end, nobody does: CPython would look for its
//! lock in memory that is freed. From then on threads stand still before they call (see `python`).

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::python;

/// The user's pointer that goes with a callback. The library never looks behind it.
#[derive(Clone, Copy, Debug)]
pub struct UserPtr(*mut c_void);

// SAFETY: it is only handed back. That the callback may run on another thread is part of the C API's contract.
unsafe impl Send for UserPtr {}
unsafe impl Sync for UserPtr {}

impl UserPtr {
    pub fn new(at: *mut c_void) -> UserPtr {
        UserPtr(at)
    }

    pub fn get(self) -> *mut c_void {
        self.0
    }
}

/// `struct _pthread_cleanup_buffer` of glibc's `<pthread.h>`.
#[repr(C)]
struct Cleanup {
    routine: *const c_void,
    arg: *mut c_void,
    cancel_type: c_int,
    before: *mut Cleanup,
}

unsafe extern "C" {
    fn _pthread_cleanup_push(
        buffer: *mut Cleanup,
        routine: unsafe extern "C" fn(*mut c_void),
        arg: *mut c_void,
    );
    fn _pthread_cleanup_pop(buffer: *mut Cleanup, execute: c_int);
}

/// Calls a C function, of a type that may unwind (`extern "C-unwind"`). Where it ends the thread instead of returning,
/// `call_out` does not return either.
///
/// A forced unwinding asks, before it looks at a frame, for the cleanups registered in the frames it has passed. Ours
/// stands in the frame of this function, so it runs when the unwinding has passed this frame and before it touches
/// the caller's. What it passes, this frame and the closure's, must be free of destructors, hence `Copy` on all that
/// is here; and this must be a frame of its own.
#[inline(never)]
pub fn call_out<R: Copy>(call: impl FnOnce() -> R + Copy) -> R {
    if python::is_gone() {
        stand_still();
    }
    let mut cleanup = MaybeUninit::<Cleanup>::uninit();
    let at = cleanup.as_mut_ptr();
    // SAFETY: the buffer lives until it is popped below, or for good: `taken_away` does not return.
    unsafe { _pthread_cleanup_push(at, taken_away, std::ptr::null_mut()) };
    let answer = call();
    // SAFETY: pushed above, on this thread, and what the callback pushed is popped.
    unsafe { _pthread_cleanup_pop(at, 0) };
    answer
}

/// Where a thread ends that a callback wanted to end.
unsafe extern "C" fn taken_away(_: *mut c_void) {
    stand_still();
}

fn stand_still() -> ! {
    let _ = catch_unwind(AssertUnwindSafe(ops::lost));
    // Signals for the process go to threads that are there for them.
    // SAFETY: plain calls; a zeroed set is one to be filled.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &all, std::ptr::null_mut());
        loop {
            libc::pause();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    unsafe extern "C-unwind" {
        fn pthread_exit(value: *mut c_void) -> !;
    }

    struct Dropped(mpsc::Sender<&'static str>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.send("dropped");
        }
    }

    #[test]
    fn a_callback_that_ends_its_thread_touches_nothing_of_ours() {
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let tell = send.clone();
            ops::on_lost(move || tell.send("lost").unwrap_or_default());
            let _guard = Dropped(send);
            let called = catch_unwind(|| {
                // SAFETY: this thread has nothing that would miss it.
                call_out(|| unsafe { pthread_exit(std::ptr::null_mut()) });
            });
            assert!(called.is_ok());
        });
        assert_eq!(receive.recv_timeout(Duration::from_secs(10)), Ok("lost"));
        assert_eq!(receive.recv_timeout(Duration::from_millis(50)), Err(mpsc::RecvTimeoutError::Timeout));
    }

    #[test]
    fn answers_come_back() {
        assert_eq!(call_out(|| call_out(|| 7)), 7);
    }
}
