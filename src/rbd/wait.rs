//! Waiting for one answer of the store.

use std::sync::mpsc;

use ops::{Errno, OnResult, Result};

/// Hands `start` the closure to call, and waits for the call.
pub(crate) fn wait<T: Send + 'static>(start: impl FnOnce(OnResult<T>)) -> Result<T> {
    let (send, receive) = mpsc::sync_channel(1);
    start(Box::new(move |result| {
        // Nobody listens any more only where the thread below died.
        let _ = send.send(result);
    }));
    receive.recv().unwrap_or(Err(Errno::ESHUTDOWN))
}
