//! Keys and values as the iterators of the C API hand them out.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::ptr;

use bytes::Bytes;
use parking_lot::Mutex;

/// A walk over pairs that may still be on their way. Pointers into it are good until it is ended.
#[derive(Default)]
pub struct Pairs(Mutex<State>);

#[derive(Default)]
struct State {
    pairs: Vec<Pair>,
    next: usize,
}

struct Pair {
    /// With a NUL behind it.
    key: Box<[u8]>,
    value: Bytes,
}

/// What one step yields: nothing but NULLs at the end. An empty value is a NULL pointer too.
pub struct Step {
    pub key: *mut c_char,
    pub key_len: usize,
    pub value: *mut c_char,
    pub value_len: usize,
}

impl Pairs {
    pub fn fill(&self, entries: BTreeMap<Bytes, Bytes>) {
        let pair = |(key, value): (Bytes, Bytes)| Pair { key: [&key[..], b"\0"].concat().into(), value };
        self.0.lock().pairs.extend(entries.into_iter().map(pair));
    }

    pub fn next(&self) -> Step {
        let mut state = self.0.lock();
        let at = state.next;
        let Some(pair) = state.pairs.get(at) else {
            return Step { key: ptr::null_mut(), key_len: 0, value: ptr::null_mut(), value_len: 0 };
        };
        let value = if pair.value.is_empty() { ptr::null() } else { pair.value.as_ptr() };
        let step = Step {
            key: pair.key.as_ptr().cast_mut().cast(),
            key_len: pair.key.len() - 1,
            value: value.cast_mut().cast(),
            value_len: pair.value.len(),
        };
        state.next += 1;
        step
    }

    pub fn len(&self) -> usize {
        self.0.lock().pairs.len()
    }
}
