//! Where a large read's data belongs, so that it can go there from the socket.

use std::sync::Arc;

use ops::Sink;
use parking_lot::Mutex;

use crate::session::Landing;

/// Held by the request. When it is dropped nothing is written to the memory any more: whoever gave it may have it back.
pub struct Destination(Arc<Mutex<Slot>>);

struct Slot {
    sink: Option<Box<dyn Sink>>,
    /// Which answer is filling it. An earlier one, over a connection that is gone, must not go on.
    answer: u64,
}

impl Destination {
    /// Reads that are smaller are not worth it.
    pub const LEAST: u64 = 32 << 10;

    pub fn new(sink: Box<dyn Sink>) -> Destination {
        Destination(Arc::new(Mutex::new(Slot { sink: Some(sink), answer: 0 })))
    }

    /// For the next answer, of `data` bytes; `None` where it does not fit.
    pub fn landing(&self, data: usize) -> Option<Box<dyn Landing>> {
        let mut slot = self.0.lock();
        slot.sink.as_ref().filter(|sink| sink.capacity() >= data)?;
        slot.answer += 1;
        Some(Box::new(Flight { slot: self.0.clone(), answer: slot.answer }))
    }

    pub fn into_sink(self) -> Option<Box<dyn Sink>> {
        self.0.lock().sink.take()
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        let sink = self.0.lock().sink.take();
        drop(sink);
    }
}

struct Flight {
    slot: Arc<Mutex<Slot>>,
    answer: u64,
}

impl Landing for Flight {
    fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> Option<usize> {
        // Held while it is written to: the request cannot end in between.
        let mut slot = self.slot.lock();
        let wanted = slot.answer == self.answer;
        Some(slot.sink.as_mut().filter(|_| wanted)?.fill(at, len, read))
    }
}

#[cfg(test)]
mod tests {
    use ops::VecSink;

    use super::*;

    fn put(landing: &mut Box<dyn Landing>, at: usize) -> Option<usize> {
        landing.fill(at, 2, &mut |memory| {
            memory.fill(1);
            memory.len()
        })
    }

    #[test]
    fn only_the_newest_answer_fills_it_and_nobody_after_its_end() {
        let to = Destination::new(Box::new(VecSink::new(4)));
        assert!(to.landing(5).is_none(), "it does not fit");
        let mut first = to.landing(4).expect("it fits");
        assert_eq!(put(&mut first, 0), Some(2));
        let mut second = to.landing(4).expect("it fits");
        assert_eq!((put(&mut first, 2), put(&mut second, 2)), (None, Some(2)));
        drop(to);
        assert_eq!(put(&mut second, 0), None);
    }
}
