//! Lists and texts for C, by librbd.h's rules: the caller says how much fits, and is told how much is needed.

use std::ffi::{c_char, c_int};

use ffi::{Out, alloc_text, fill};
use ops::{Errno, Result};

/// A count or length that goes both ways: how much fits, then how much there is.
pub trait Count: Copy {
    fn fits(self) -> usize;
    fn of(count: usize) -> Self;
}

impl Count for usize {
    fn fits(self) -> usize {
        self
    }
    fn of(count: usize) -> usize {
        count
    }
}

impl Count for c_int {
    fn fits(self) -> usize {
        usize::try_from(self).unwrap_or(0)
    }
    fn of(count: usize) -> c_int {
        c_int::try_from(count).unwrap_or(c_int::MAX)
    }
}

/// Tells how much is needed, and whether it fits. `-EINVAL` for NULL, `-ERANGE` where it does not fit.
///
/// # Safety
/// `size` is NULL or points to what fits.
pub unsafe fn measure<N: Count>(size: *mut N, needed: usize) -> Result<()> {
    // SAFETY: the caller's promise.
    let size = unsafe { Out::required(size)? };
    let fits = size.get().map_or(0, N::fits);
    size.set(N::of(needed));
    if needed > fits { Err(Errno::ERANGE) } else { Ok(()) }
}

/// As [`measure`], but `*size` changes only where it does not fit: so do most functions that tell the length
/// otherwise.
///
/// # Safety
/// As for [`measure`].
pub unsafe fn require<N: Count>(size: *mut N, needed: usize) -> Result<()> {
    // SAFETY: the caller's promise.
    let size = unsafe { Out::required(size)? };
    if needed > size.get().map_or(0, N::fits) {
        size.set(N::of(needed));
        return Err(Errno::ERANGE);
    }
    Ok(())
}

/// A text with its NUL into `*size` bytes; `*size` becomes the bytes it takes.
///
/// # Safety
/// `at` is NULL or good for writes of `*size` bytes.
pub unsafe fn text_in_out(at: *mut c_char, size: *mut usize, text: &[u8]) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        measure(size, text.len() + 1)?;
        put_all(at, [text])
    }
}

/// Texts, each with its NUL, one after the other.
///
/// # Safety
/// `at` is NULL or good for writes of them all.
pub unsafe fn put_all<'a>(at: *mut c_char, texts: impl IntoIterator<Item = &'a [u8]>) -> Result<()> {
    let mut run = Vec::new();
    for text in texts {
        run.extend_from_slice(text);
        run.push(0);
    }
    // SAFETY: the caller's promise.
    unsafe { fill(at, run.len(), &run) }
}

/// How many bytes [`put_all`] writes.
pub fn length_of<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> usize {
    texts.into_iter().map(|text| text.len() + 1).sum()
}

/// Pairs as two runs of texts, both lengths told in any case. `-ERANGE` where one does not fit.
///
/// # Safety
/// The buffers are NULL or as long as `*keys_len` and `*values_len` say.
pub unsafe fn put_pairs(
    pairs: &[(Vec<u8>, Vec<u8>)],
    keys: *mut c_char,
    keys_len: *mut usize,
    values: *mut c_char,
    values_len: *mut usize,
) -> Result<()> {
    let key = || pairs.iter().map(|(key, _)| key.as_slice());
    let value = || pairs.iter().map(|(_, value)| value.as_slice());
    // SAFETY: the caller's promise.
    unsafe {
        // Both are told, also where the first does not fit.
        let fits = (measure(keys_len, length_of(key())), measure(values_len, length_of(value())));
        fits.0.and(fits.1)?;
        put_all(keys, key())?;
        put_all(values, value())
    }
}

/// Strings that belong to the caller once all of them are there; freed where that fails.
#[derive(Default)]
pub struct Strings(Vec<*mut c_char>);

impl Strings {
    pub fn add(&mut self, text: &str) -> Result<*mut c_char> {
        let at = alloc_text(text.as_bytes())?;
        self.0.push(at);
        Ok(at)
    }

    /// They are the caller's now.
    pub fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Strings {
    fn drop(&mut self) {
        for at in self.0.drain(..) {
            // SAFETY: allocated by `add` and not handed out.
            unsafe { ffi::free(at) };
        }
    }
}

/// An array of structs with strings: `*count` says how many fit and becomes how many there are.
///
/// # Safety
/// `at` is NULL or good for writes of `*count` structs, `count` NULL or good for both.
pub unsafe fn put_list<T, S, N: Count>(
    at: *mut T,
    count: *mut N,
    list: &[S],
    convert: impl Fn(&S, &mut Strings) -> Result<T>,
) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        measure(count, list.len())?;
        put_array(at, list, convert)
    }
}

/// The array alone.
///
/// # Safety
/// `at` is NULL or good for writes of them all.
pub unsafe fn put_array<T, S>(
    at: *mut T,
    list: &[S],
    convert: impl Fn(&S, &mut Strings) -> Result<T>,
) -> Result<()> {
    if at.is_null() && !list.is_empty() {
        return Err(Errno::EINVAL);
    }
    let mut strings = Strings::default();
    let all = list.iter().map(|item| convert(item, &mut strings)).collect::<Result<Vec<T>>>()?;
    for (index, item) in all.into_iter().enumerate() {
        // SAFETY: the caller's promise; it may be uninitialised, so nothing is dropped.
        unsafe { at.add(index).write(item) };
    }
    strings.keep();
    Ok(())
}
