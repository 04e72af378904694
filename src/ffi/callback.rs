//! C callbacks and the pointer their owner wants back.

use std::ffi::c_void;

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
