//! Whether there is still a Python to call back.
//!
//! A Python program that ends first tears down its interpreter and then leaves `main`, and until the process is gone
//! threads of ours may bring callbacks. Ceph's bindings ask for the interpreter's lock in them, and CPython 3.11 then
//! follows a pointer that it has freed.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::atomic::{AtomicU8, Ordering};

const UNKNOWN: u8 = 0;
/// We shall hear of the end.
const WATCHED: u8 = 1;
const GONE: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);

thread_local! {
    /// The thread that ends the process must get there.
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

/// The process is ending, and had a Python interpreter that it has no more.
pub fn is_gone() -> bool {
    match STATE.load(Ordering::Acquire) {
        GONE => !ENDS.get(),
        UNKNOWN => {
            // Whoever comes second registers once more, which does no harm.
            STATE.store(WATCHED, Ordering::Release);
            // SAFETY: the function stays for as long as the library does: `atexit` knows of `dlclose`.
            unsafe { libc::atexit(at_exit) };
            false
        }
        _ => false,
    }
}

extern "C" fn at_exit() {
    // SAFETY: the name ends with a zero. A function of that name without arguments is CPython's.
    let is_initialized: Option<unsafe extern "C" fn() -> c_int> =
        unsafe { std::mem::transmute(libc::dlsym(libc::RTLD_DEFAULT, c"Py_IsInitialized".as_ptr())) };
    // SAFETY: it may be called at any time, from any thread.
    if is_initialized.is_some_and(|ask| unsafe { ask() } == 0) {
        ENDS.set(true);
        STATE.store(GONE, Ordering::Release);
    }
}
