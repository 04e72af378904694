//! Copies of the caller's data, aligned so that the store can write them with `O_DIRECT` as they are.
//!
//! A submit must copy: the caller may change or free the buffer as soon as the call returns.

use std::ffi::c_char;

use bytes::Bytes;
use ops::{Errno, Result};
pub use pages::PAGE;
use pages::{AlignedBuf, MAX};

/// A copy of the caller's bytes, page-aligned from a page on. `-EINVAL` for NULL with a length, or a length that
/// no buffer can have.
///
/// # Safety
/// `at` is NULL or points to `len` readable bytes.
pub unsafe fn copy_in(at: *const c_char, len: usize) -> Result<Bytes> {
    if len == 0 {
        return Ok(Bytes::new());
    }
    if at.is_null() || len > MAX {
        return Err(Errno::EINVAL);
    }
    if len < PAGE {
        // SAFETY: the caller's promise.
        return Ok(Bytes::copy_from_slice(unsafe { std::slice::from_raw_parts(at.cast(), len) }));
    }
    // SAFETY: the caller's promise.
    Ok(Bytes::from_owner(unsafe { AlignedBuf::copy_of(at.cast(), len) }))
}

/// `len` aligned bytes that `write` fills; it gets them with anything in them.
pub fn filled(len: usize, write: impl FnOnce(&mut [u8])) -> Result<Bytes> {
    if len > MAX {
        return Err(Errno::EINVAL);
    }
    let mut buf = AlignedBuf::dirty(len);
    write(&mut buf);
    Ok(Bytes::from_owner(buf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_aligned_and_equal() {
        for len in [1, 4095, 4096, 4097, 100_000] {
            let data: Vec<u8> = (0..len).map(|i| (i * 7) as u8).collect();
            // SAFETY: the vector's own length.
            let copy = unsafe { copy_in(data.as_ptr().cast(), len) }.unwrap();
            assert!(copy == data, "{len} bytes differ");
            assert!(len < PAGE || copy.as_ptr().addr() % PAGE == 0, "{len} bytes at {:p}", copy.as_ptr());
        }
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { copy_in(std::ptr::null(), 1) }.err(), Some(Errno::EINVAL));
        assert_eq!(unsafe { copy_in(std::ptr::dangling(), usize::MAX) }.err(), Some(Errno::EINVAL));
    }
}
