//! Memory that C frees: `rados_buffer_free`, `free`, and the `*_cleanup` functions all end in libc's `free`, so
//! that is where it comes from.

use std::ffi::{c_char, c_void};

use ops::{Errno, Result};

/// A block of `len` bytes, uninitialised. NULL for 0.
pub fn alloc_bytes(len: usize) -> Result<*mut c_char> {
    if len == 0 {
        return Ok(std::ptr::null_mut());
    }
    // SAFETY: any size may be asked for.
    let at = unsafe { libc::malloc(len) };
    if at.is_null() { Err(Errno::ENOMEM) } else { Ok(at.cast()) }
}

/// A copy of `data`; NULL where it is empty.
pub fn alloc_copy(data: &[u8]) -> Result<*mut c_char> {
    let at = alloc_bytes(data.len())?;
    if !at.is_null() {
        // SAFETY: just allocated with this length.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), at.cast(), data.len()) };
    }
    Ok(at)
}

/// A NUL-terminated copy of `text`.
pub fn alloc_text(text: &[u8]) -> Result<*mut c_char> {
    let at = alloc_bytes(text.len() + 1)?;
    // SAFETY: just allocated with room for both.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), at.cast(), text.len());
        at.add(text.len()).write(0);
    }
    Ok(at)
}

/// An array with these values; NULL where there are none.
pub fn alloc_array<T: Copy>(values: &[T]) -> Result<*mut T> {
    let at: *mut T = alloc_bytes(size_of_val(values))?.cast();
    if !at.is_null() {
        // SAFETY: just allocated with this size; malloc aligns for every C type.
        unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), at, values.len()) };
    }
    Ok(at)
}

/// # Safety
/// `at` is NULL or came from one of the functions above, and is not used again.
pub unsafe fn free<T>(at: *mut T) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(at.cast::<c_void>()) };
}
