//! A message's data on its way from the socket to where it belongs, past the session's buffer.

use std::cell::Cell;
use std::mem;

use crate::frame::{Checksum, Large};

/// Memory that a message's data goes to.
pub trait Landing: Send {
    /// Has `read` fill what lies from `at` on, at most `len` bytes of it, and returns what `read` returns. `None`: nobody
    /// wants the data any more.
    fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> Option<usize>;
}

/// Less data than this is better copied.
pub const LEAST: usize = 32 << 10;
/// What is read at once: it is still in the cache when its checksum is made.
const PORTION: usize = 256 << 10;

/// Of a frame whose data lands.
pub struct Approach {
    pub frame: Large,
    to: Option<Box<dyn Landing>>,
    /// How much of the data is here.
    at: usize,
    sum: Checksum,
    /// Takes what nobody wants.
    waste: Vec<u8>,
}

impl Approach {
    pub fn new(frame: Large, to: Box<dyn Landing>) -> Approach {
        Approach { frame, to: Some(to), at: 0, sum: Checksum::default(), waste: Vec::new() }
    }

    pub fn is_done(&self) -> bool {
        self.at == self.frame.data
    }

    pub fn sum(&self) -> u32 {
        self.sum.value()
    }

    /// Has `read` put the next bytes where they belong; it returns how many those are, and is asked no more than once.
    pub fn receive(&mut self, mut read: impl FnMut(&mut [u8]) -> usize) {
        let len = (self.frame.data - self.at).min(PORTION);
        let asked = Cell::new(false);
        let sum = &mut self.sum;
        let mut summed = |memory: &mut [u8]| {
            asked.set(true);
            let got = read(memory).min(memory.len());
            sum.add(memory.get(..got).unwrap_or_default());
            got
        };
        let got = self.to.as_mut().and_then(|to| to.fill(self.at, len, &mut summed));
        let got = match got {
            Some(got) if asked.get() => got,
            // The rest of it goes nowhere.
            _ => {
                self.to = None;
                self.waste.resize(len, 0);
                summed(&mut self.waste)
            }
        };
        self.at += got;
    }

    /// The same for bytes that are here already.
    pub fn put(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.is_done() {
            self.receive(|memory| {
                let len = memory.len().min(bytes.len());
                let (now, rest) = bytes.split_at(len);
                memory[..len].copy_from_slice(now);
                bytes = rest;
                len
            });
        }
        mem::take(&mut self.waste);
    }
}
