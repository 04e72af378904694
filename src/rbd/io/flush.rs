//! Making writes durable.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ops::Result;

use crate::image::Image;

impl Image {
    /// `done` gets 0, or a negative errno, when all writes sent before are durable.
    pub fn aio_flush(self: &Arc<Self>, done: impl FnOnce(i64) + Send + 'static) {
        self.flushes.seen.store(true, Ordering::Relaxed);
        if !self.tracker.holds_back() {
            return self.flush_current(done);
        }
        // Writes sent before wait for the gate.
        let image = Arc::clone(self);
        self.tracker.hold_back(Box::new(move |opened| match opened {
            Ok(()) => image.flush_current(done),
            Err(error) => done(error.neg().into()),
        }));
    }

    fn flush_current(self: &Arc<Self>, done: impl FnOnce(i64) + Send + 'static) {
        let image = Arc::clone(self);
        self.tracker.after_current(Box::new(move || {
            let target = image.flushes.relaxed.load(Ordering::Acquire);
            if image.flushes.durable.load(Ordering::Acquire) >= target {
                return done(0);
            }
            let store = Arc::clone(image.io.store());
            store.flush(Box::new(move |result: Result<()>| {
                if result.is_ok() {
                    image.flushes.durable.fetch_max(target, Ordering::AcqRel);
                }
                drop(image);
                done(result.map_or_else(|error| error.neg().into(), |()| 0));
            }));
        }));
    }
}
