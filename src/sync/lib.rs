//! Locks, atomics and threads: the usual ones, or, with `--cfg sepiola_shuttle`, ones whose order shuttle decides
//! (`tests/interleavings.rs` of the rooms that have them). What is locked only around work that takes no other lock stays
//! with `parking_lot`: what shuttle cannot interrupt is one step to it.

#![cfg_attr(not(sepiola_shuttle), forbid(unsafe_code))]

pub mod broken;

#[cfg(sepiola_shuttle)]
mod interleaved;

#[cfg(sepiola_shuttle)]
pub use interleaved::*;

#[cfg(not(sepiola_shuttle))]
pub use parking_lot::{ArcMutexGuard, Condvar, Mutex, MutexGuard, RawMutex};
#[cfg(not(sepiola_shuttle))]
pub use std::{sync::atomic, thread, thread_local};
