//! Lists of strings in the caller's memory, each ended by a NUL, with a length that goes in and comes out.

use std::ffi::c_char;

use ffi::Out;
use ops::{Errno, Result};

/// A buffer and the pointer to its size.
pub struct Strings {
    at: *mut c_char,
    capacity: usize,
    len: Out<usize>,
}

impl Strings {
    /// `-EINVAL` where there is no size.
    ///
    /// # Safety
    /// `at` is NULL or good for writes of `*len` bytes.
    pub unsafe fn new(at: *mut c_char, len: *mut usize) -> Result<Strings> {
        // SAFETY: the header's contract.
        let len = unsafe { Out::required(len)? };
        let capacity = len.get().unwrap_or(0);
        Ok(Strings { at, capacity, len })
    }

    /// Writes the strings, and what they take to the size. `-ERANGE` where they do not fit.
    pub fn fill<'a>(self, strings: impl Iterator<Item = &'a [u8]>) -> Result<()> {
        Strings::fill_all([(self, strings.collect())])
    }

    /// Fills several buffers, or none of them; the sizes are written in both cases.
    pub fn fill_all<const N: usize>(lists: [(Strings, Vec<&[u8]>); N]) -> Result<()> {
        let mut fits = true;
        for (out, strings) in &lists {
            let needed = strings.iter().map(|string| string.len() + 1).sum();
            out.len.set(needed);
            fits &= needed <= out.capacity;
        }
        if !fits {
            return Err(Errno::ERANGE);
        }
        if lists.iter().any(|(out, strings)| out.at.is_null() && !strings.is_empty()) {
            return Err(Errno::EINVAL);
        }
        for (out, strings) in lists {
            let (mut at, mut room) = (out.at, out.capacity);
            for string in strings {
                // SAFETY: promised in `new`, and it fits.
                unsafe {
                    ffi::fill_text(at, room, string)?;
                    at = at.add(string.len() + 1);
                }
                room -= string.len() + 1;
            }
        }
        Ok(())
    }
}
