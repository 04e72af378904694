//! Strings from C. RADOS names are bytes: they need not be UTF-8.

use std::ffi::c_char;

use ops::{Errno, Result};

/// Where the search for a string's end is given up. Object names end at 2048 bytes and image names at 4096
/// in the store; commands and configuration values may be longer.
pub const MAX_TEXT: usize = 1 << 20;

/// The bytes before the NUL. `-EINVAL` for a NULL pointer, `-ENAMETOOLONG` where no end is in sight.
///
/// # Safety
/// `at` is NULL or points to a NUL-terminated string that outlives `'a`.
pub unsafe fn bytes_at<'a>(at: *const c_char) -> Result<&'a [u8]> {
    if at.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    let len = unsafe { libc::strnlen(at, MAX_TEXT) };
    if len == MAX_TEXT {
        return Err(Errno::ENAMETOOLONG);
    }
    // SAFETY: strnlen has read these bytes.
    Ok(unsafe { std::slice::from_raw_parts(at.cast(), len) })
}

/// `None` for a NULL pointer.
///
/// # Safety
/// As for [`bytes_at`].
pub unsafe fn bytes_at_opt<'a>(at: *const c_char) -> Result<Option<&'a [u8]>> {
    // SAFETY: the caller's promise.
    if at.is_null() { Ok(None) } else { unsafe { bytes_at(at) }.map(Some) }
}

/// For what must be text: names of pools, options, applications. `-EINVAL` for what is not UTF-8.
///
/// # Safety
/// As for [`bytes_at`].
pub unsafe fn str_at<'a>(at: *const c_char) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    std::str::from_utf8(unsafe { bytes_at(at)? }).map_err(|_| Errno::EINVAL)
}

/// `None` for a NULL pointer.
///
/// # Safety
/// As for [`bytes_at`].
pub unsafe fn str_at_opt<'a>(at: *const c_char) -> Result<Option<&'a str>> {
    // SAFETY: the caller's promise.
    if at.is_null() { Ok(None) } else { unsafe { str_at(at) }.map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_at_their_nul() {
        // SAFETY: C string literals.
        unsafe {
            assert_eq!(bytes_at(c"abc".as_ptr()).unwrap(), b"abc");
            assert_eq!(bytes_at(c"\xff".as_ptr()).unwrap(), b"\xff");
            assert_eq!(str_at(c"\xff".as_ptr()).err(), Some(Errno::EINVAL));
            assert_eq!(bytes_at(std::ptr::null()).err(), Some(Errno::EINVAL));
            assert_eq!(str_at_opt(std::ptr::null()).unwrap(), None);
        }
        let endless = vec![b'x'; MAX_TEXT];
        // SAFETY: not read beyond MAX_TEXT.
        assert_eq!(unsafe { bytes_at(endless.as_ptr().cast()) }.err(), Some(Errno::ENAMETOOLONG));
    }
}
