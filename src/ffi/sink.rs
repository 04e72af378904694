//! Reads straight into the caller's memory: one buffer, or an array of them.

use std::ffi::c_char;

use ops::{Errno, Result, SharedSink, Sink};

/// One buffer of the caller's. Shared, it takes writes from several threads: C's contract is that the
/// buffer is the library's until the call completes, and the writers keep to disjoint ranges.
#[derive(Clone, Copy, Debug)]
pub struct RawSink {
    at: *mut u8,
    len: usize,
}

// SAFETY: the buffer is the library's until the call completes; see the writers' contract in `SharedSink`.
unsafe impl Send for RawSink {}
unsafe impl Sync for RawSink {}

impl RawSink {
    /// `-EINVAL` for NULL with a length, or a length no buffer can have.
    ///
    /// # Safety
    /// `at` is NULL, or good for writes of `len` bytes until the call it belongs to is complete.
    pub unsafe fn new(at: *mut c_char, len: usize) -> Result<RawSink> {
        if (at.is_null() && len > 0) || len > isize::MAX as usize {
            return Err(Errno::EINVAL);
        }
        Ok(RawSink { at: at.cast(), len })
    }

    /// Where `len` bytes from `at` on lie. A range that does not fit is an engine's error.
    fn range(&self, at: usize, len: usize) -> *mut u8 {
        assert!(
            at.checked_add(len).is_some_and(|end| end <= self.len),
            "{at}~{len} of a buffer of {}",
            self.len
        );
        // SAFETY: within the buffer.
        unsafe { self.at.add(at) }
    }
}

impl SharedSink for RawSink {
    fn capacity(&self) -> usize {
        self.len
    }

    fn put_at(&self, at: usize, bytes: &[u8]) {
        if !bytes.is_empty() {
            // SAFETY: `range` checks; the caller's buffer cannot overlap memory of ours.
            unsafe {
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.range(at, bytes.len()), bytes.len())
            };
        }
    }

    fn zero_at(&self, at: usize, len: usize) {
        if len > 0 {
            // SAFETY: `range` checks.
            unsafe { self.range(at, len).write_bytes(0, len) };
        }
    }

    fn memory_at(&self, at: usize, len: usize) -> Option<*mut u8> {
        Some(self.range(at, len))
    }

    fn fill_at(&self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        if len == 0 {
            return 0;
        }
        // SAFETY: `range` checks. The buffer is the library's alone, and the writers keep to disjoint ranges; that C may
        // not have written to it yet is no matter to who only writes.
        read(unsafe { std::slice::from_raw_parts_mut(self.range(at, len), len) })
    }
}

/// The caller's `struct iovec` array; its own memory is not used after the call.
#[derive(Clone, Debug)]
pub struct IovecSink {
    /// Each buffer with the offset of its first byte.
    parts: Vec<(usize, RawSink)>,
    len: usize,
}

/// An iovec array of C's, whose total length is checked. `-EINVAL` for NULL, none, or an overflow.
///
/// # Safety
/// `at` is NULL or points to `count` iovecs that live for `'a`.
pub unsafe fn iovecs<'a>(at: *const libc::iovec, count: i32) -> Result<&'a [libc::iovec]> {
    if count <= 0 {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    let list = unsafe { crate::slice_at(at, count as usize)? };
    iovecs_len(list)?;
    Ok(list)
}

/// The bytes of all. `-EINVAL` where that overflows.
pub fn iovecs_len(list: &[libc::iovec]) -> Result<usize> {
    let total = list.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.iov_len));
    total.filter(|&total| total <= isize::MAX as usize).ok_or(Errno::EINVAL)
}

impl IovecSink {
    /// # Safety
    /// Every buffer is good for writes until the call it belongs to is complete.
    pub unsafe fn new(list: &[libc::iovec]) -> Result<IovecSink> {
        let len = iovecs_len(list)?;
        let mut at = 0;
        let mut parts = Vec::with_capacity(list.len());
        for part in list.iter().filter(|part| part.iov_len > 0) {
            // SAFETY: the caller's promise.
            parts.push((at, unsafe { RawSink::new(part.iov_base.cast(), part.iov_len)? }));
            at += part.iov_len;
        }
        Ok(IovecSink { parts, len })
    }

    /// Calls `each` with the pieces of `at~len`: the buffer, the offset in it, the offset in the range, the length.
    fn pieces(&self, at: usize, len: usize, mut each: impl FnMut(&RawSink, usize, usize, usize)) {
        assert!(
            at.checked_add(len).is_some_and(|end| end <= self.len),
            "{at}~{len} of buffers of {}",
            self.len
        );
        let mut index = self.parts.partition_point(|(start, part)| start + part.len <= at);
        let mut done = 0;
        while done < len {
            let Some((start, part)) = self.parts.get(index) else { return };
            let within = at + done - start;
            let now = (part.len - within).min(len - done);
            each(part, within, done, now);
            done += now;
            index += 1;
        }
    }
}

impl SharedSink for IovecSink {
    fn capacity(&self) -> usize {
        self.len
    }

    fn put_at(&self, at: usize, bytes: &[u8]) {
        self.pieces(at, bytes.len(), |part, within, from, len| part.put_at(within, &bytes[from..from + len]));
    }

    fn zero_at(&self, at: usize, len: usize) {
        self.pieces(at, len, |part, within, _, len| part.zero_at(within, len));
    }

    fn fill_at(&self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        let mut first = None;
        self.pieces(at, len, |part, within, _, now| {
            first.get_or_insert((*part, within, now));
        });
        first.map_or(0, |(part, within, now)| part.fill_at(within, now, read))
    }

    fn memory_at(&self, at: usize, len: usize) -> Option<*mut u8> {
        let mut whole = None;
        self.pieces(at, len, |part, within, _, now| whole = (now == len).then(|| part.range(within, now)));
        whole
    }
}

macro_rules! sink_of_a_shared_one {
    ($($sink:ty)*) => {$(
        impl Sink for $sink {
            fn capacity(&self) -> usize {
                SharedSink::capacity(self)
            }

            fn put(&mut self, at: usize, bytes: &[u8]) {
                self.put_at(at, bytes);
            }

            fn zero(&mut self, at: usize, len: usize) {
                self.zero_at(at, len);
            }

            fn memory(&mut self, at: usize, len: usize) -> Option<*mut u8> {
                self.memory_at(at, len)
            }

            fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
                self.fill_at(at, len, read)
            }
        }
    )*};
}

sink_of_a_shared_one!(RawSink IovecSink);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_spreads_over_the_buffers() {
        let (mut a, mut b, mut c) = ([1_u8; 3], [1_u8; 1], [1_u8; 4]);
        let part = |buf: &mut [u8]| libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
        let list = [part(&mut a), part(&mut []), part(&mut b), part(&mut c)];
        // SAFETY: the buffers outlive the sink.
        let sink = unsafe { IovecSink::new(&list) }.unwrap();
        assert_eq!(SharedSink::capacity(&sink), 8);
        sink.put_at(2, b"wxyz");
        sink.zero_at(6, 2);
        sink.put_at(8, b"");
        assert_eq!((a, b, c), ([1, 1, b'w'], [b'x'], [b'y', b'z', 0, 0]));
        let mut read = |memory: &mut [u8]| {
            memory.fill(b'f');
            memory.len()
        };
        assert_eq!((sink.fill_at(1, 6, &mut read), sink.fill_at(4, 2, &mut read)), (2, 2));
        assert_eq!((a, b, c), ([1, b'f', b'f'], [b'x'], [b'f', b'f', 0, 0]));
    }

    #[test]
    fn lengths_that_overflow_are_refused() {
        let part = |len| libc::iovec { iov_base: std::ptr::dangling_mut::<u64>().cast(), iov_len: len };
        assert_eq!(iovecs_len(&[part(usize::MAX), part(1)]).err(), Some(Errno::EINVAL));
        assert_eq!(iovecs_len(&[part(isize::MAX as usize), part(1)]).err(), Some(Errno::EINVAL));
        // SAFETY: refused before use.
        unsafe {
            assert_eq!(iovecs(std::ptr::null(), 1).err(), Some(Errno::EINVAL));
            assert_eq!(iovecs(std::ptr::null(), -1).err(), Some(Errno::EINVAL));
            assert!(RawSink::new(std::ptr::null_mut(), 1).is_err());
        }
    }

    #[test]
    #[should_panic(expected = "2~3 of a buffer of 4")]
    fn an_engine_that_writes_too_far_is_stopped() {
        let mut buf = [0_u8; 4];
        // SAFETY: the buffer's own length.
        unsafe { RawSink::new(buf.as_mut_ptr().cast(), 4) }.unwrap().put_at(2, b"abc");
    }
}
