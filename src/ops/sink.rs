//! Where the bytes of a read go.

use bytes::{Bytes, BytesMut};

/// A destination of known size: the caller's own buffer, or memory of ours. A read writes each byte
/// of it at most once, and reports how many it delivered; bytes past that are untouched.
pub trait Sink: Send {
    /// How many bytes fit.
    fn capacity(&self) -> usize;
    /// Copies `bytes` to offset `at`. The range lies within `capacity`.
    fn put(&mut self, at: usize, bytes: &[u8]);
    /// Zeroes `len` bytes from offset `at`.
    fn zero(&mut self, at: usize, len: usize);
    /// The memory of a range, where it is contiguous, for a reader that fills it by other means than `put`. It is good
    /// for writes as long as the sink lives; what is written there counts as put.
    fn memory(&mut self, at: usize, len: usize) -> Option<*mut u8> {
        let _ = (at, len);
        None
    }
    /// Has `read` fill memory from offset `at` on, no more than `len` bytes of it, and returns what `read` returns: how
    /// many it has put there. A sink whose memory cannot be lent copies.
    fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        copied(len, read, |bytes| self.put(at, bytes))
    }
    /// The first `len` bytes, from a sink that owns its memory; empty from all others. The sink is spent.
    fn take(&mut self, len: usize) -> Bytes {
        let _ = len;
        Bytes::new()
    }
}

/// A destination that several reads fill at the same time, each its own part: what an image read gives its object
/// reads. No two calls write the same byte.
pub trait SharedSink: Send + Sync {
    /// How many bytes fit.
    fn capacity(&self) -> usize;
    /// Copies `bytes` to offset `at`. The range lies within `capacity`.
    fn put_at(&self, at: usize, bytes: &[u8]);
    /// Zeroes `len` bytes from offset `at`.
    fn zero_at(&self, at: usize, len: usize);
    /// As [`Sink::memory`].
    fn memory_at(&self, at: usize, len: usize) -> Option<*mut u8> {
        let _ = (at, len);
        None
    }
    /// As [`Sink::fill`].
    fn fill_at(&self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        copied(len, read, |bytes| self.put_at(at, bytes))
    }
}

fn copied(len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize, put: impl FnOnce(&[u8])) -> usize {
    let mut memory = vec![0; len];
    let got = read(&mut memory).min(len);
    put(&memory[..got]);
    got
}

/// Collects a read into memory of its own.
pub struct VecSink(BytesMut);

impl VecSink {
    pub fn new(capacity: usize) -> VecSink {
        VecSink(BytesMut::zeroed(capacity))
    }

    /// The first `len` bytes.
    pub fn into_bytes(mut self, len: usize) -> Bytes {
        self.0.truncate(len);
        self.0.freeze()
    }
}

impl Sink for VecSink {
    fn capacity(&self) -> usize {
        self.0.len()
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn zero(&mut self, at: usize, len: usize) {
        self.0[at..at + len].fill(0);
    }

    fn memory(&mut self, at: usize, len: usize) -> Option<*mut u8> {
        self.0.get_mut(at..at.checked_add(len)?).map(<[u8]>::as_mut_ptr)
    }

    fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        self.0.get_mut(at..at.saturating_add(len)).map_or(0, read)
    }

    fn take(&mut self, len: usize) -> Bytes {
        let mut bytes = std::mem::take(&mut self.0);
        bytes.truncate(len);
        bytes.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has `put` and `zero` alone.
    struct Plain(Vec<u8>);

    impl Sink for Plain {
        fn capacity(&self) -> usize {
            self.0.len()
        }

        fn put(&mut self, at: usize, bytes: &[u8]) {
            self.0[at..at + bytes.len()].copy_from_slice(bytes);
        }

        fn zero(&mut self, at: usize, len: usize) {
            self.0[at..at + len].fill(0);
        }
    }

    #[test]
    fn a_sink_that_lends_no_memory_is_filled_all_the_same() {
        let mut sink = Plain(vec![0; 4]);
        let got = sink.fill(1, 3, &mut |memory| {
            memory[..2].fill(7);
            2
        });
        assert_eq!((got, &sink.0[..]), (2, &[0, 7, 7, 0][..]));
    }
}
