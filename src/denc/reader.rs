//! A position in the input.

use bytes::Bytes;

use crate::codec::Decode;
use crate::error::{DecodeError, Result};

/// Hands out the input from front to back. What it hands out shares the input's memory.
#[derive(Clone, Debug)]
pub struct Reader {
    rest: Bytes,
}

impl Reader {
    pub fn new(input: Bytes) -> Reader {
        Reader { rest: input }
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<Bytes> {
        if len > self.rest.len() {
            return Err(DecodeError::Short);
        }
        Ok(self.rest.split_to(len))
    }

    /// The next `N` bytes, copied.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let array = *self.rest.first_chunk::<N>().ok_or(DecodeError::Short)?;
        bytes::Buf::advance(&mut self.rest, N);
        Ok(array)
    }

    /// Whatever is left.
    pub fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.rest)
    }

    pub fn get<T: Decode>(&mut self) -> Result<T> {
        T::decode(self)
    }

    /// The next value where there is input left, as Ceph adds arguments to existing calls.
    pub fn get_if_any<T: Decode>(&mut self) -> Result<Option<T>> {
        if self.is_empty() { Ok(None) } else { self.get().map(Some) }
    }

    /// A u32 count of items that take at least `min` bytes each.
    pub fn count(&mut self, min: usize) -> Result<usize> {
        let count = self.get::<u32>()? as usize;
        if count.checked_mul(min.max(1)).is_none_or(|least| least > self.remaining()) {
            return Err(DecodeError::Short);
        }
        Ok(count)
    }
}
