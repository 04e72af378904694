//! Out-parameters and the caller's arrays. Nothing is written before the call has succeeded.

use std::ffi::c_char;

use ops::{Errno, Result};

/// Where one value goes. Check it before the work, set it after.
pub struct Out<T>(*mut T);

// SAFETY: only the address moves between threads; C guarantees that it stays good until the call completes.
unsafe impl<T> Send for Out<T> {}

impl<T> Clone for Out<T> {
    fn clone(&self) -> Out<T> {
        *self
    }
}

impl<T> Copy for Out<T> {}

impl<T> Out<T> {
    /// `-EINVAL` for NULL.
    ///
    /// # Safety
    /// `at` is NULL, or good for a write until the call it belongs to is complete.
    pub unsafe fn required(at: *mut T) -> Result<Out<T>> {
        if at.is_null() { Err(Errno::EINVAL) } else { Ok(Out(at)) }
    }

    /// NULL means that the caller does not want it.
    ///
    /// # Safety
    /// As for [`Out::required`].
    pub unsafe fn optional(at: *mut T) -> Out<T> {
        Out(at)
    }

    pub fn set(self, value: T) {
        if !self.0.is_null() {
            // SAFETY: promised when this was made.
            unsafe { self.0.write(value) };
        }
    }

    /// What the caller put there.
    pub fn get(self) -> Option<T>
    where
        T: Copy,
    {
        // SAFETY: promised when this was made; the caller initialised an in-out parameter.
        (!self.0.is_null()).then(|| unsafe { self.0.read() })
    }

    pub fn is_null(self) -> bool {
        self.0.is_null()
    }
}

/// The caller's array. `-EINVAL` for NULL with a length, or a length no array can have.
///
/// # Safety
/// `at` is NULL or points to `len` values that live for `'a`.
pub unsafe fn slice_at<'a, T>(at: *const T, len: usize) -> Result<&'a [T]> {
    if len == 0 {
        return Ok(&[]);
    }
    if at.is_null() || len.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(at, len) })
}

/// Like [`slice_at`], to write to.
///
/// # Safety
/// `at` is NULL or points to `len` initialised values that live for `'a` and that nobody else uses.
pub unsafe fn slice_at_mut<'a, T>(at: *mut T, len: usize) -> Result<&'a mut [T]> {
    if len == 0 {
        return Ok(&mut []);
    }
    if at.is_null() || len.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts_mut(at, len) })
}

/// Copies `data` to the caller's buffer. `-ERANGE`, and nothing written, where it does not fit.
///
/// # Safety
/// `at` is NULL or good for writes of `len` bytes.
pub unsafe fn fill(at: *mut c_char, len: usize, data: &[u8]) -> Result<()> {
    if data.len() > len {
        return Err(Errno::ERANGE);
    }
    if data.is_empty() {
        return Ok(());
    }
    if at.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise, and it fits.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), at.cast(), data.len()) };
    Ok(())
}

/// Copies `text` and a NUL to the caller's buffer. `-ERANGE`, and nothing written, where both do not fit.
///
/// # Safety
/// `at` is NULL or good for writes of `len` bytes.
pub unsafe fn fill_text(at: *mut c_char, len: usize, text: &[u8]) -> Result<()> {
    if text.len() >= len {
        return Err(Errno::ERANGE);
    }
    if at.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise, and it fits with its NUL.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), at.cast(), text.len());
        at.add(text.len()).write(0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_needs_room_for_its_nul() {
        let mut buf = [b'x' as c_char; 4];
        // SAFETY: the buffer's own length.
        unsafe {
            assert_eq!(fill_text(buf.as_mut_ptr(), 3, b"abc"), Err(Errno::ERANGE));
            assert_eq!(buf[0], b'x' as c_char, "nothing written");
            assert_eq!(fill_text(buf.as_mut_ptr(), 4, b"abc"), Ok(()));
            assert_eq!(buf[3], 0);
            assert_eq!(fill_text(std::ptr::null_mut(), 4, b"abc"), Err(Errno::EINVAL));
            assert_eq!(slice_at::<u64>(std::ptr::dangling(), usize::MAX / 4).err(), Some(Errno::EINVAL));
        }
    }
}
