//! Copies of the caller's data, aligned so that the store can write them with `O_DIRECT` as they are.
//!
//! A submit must copy: the caller may change or free the buffer as soon as the call returns. Blocks of a page and
//! more come from a pool, because fresh memory costs a page fault per 4 KiB.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ffi::c_char;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use ops::{Errno, Result};
use parking_lot::Mutex;

/// Alignment of large copies, and the size from which they are aligned.
pub const PAGE: usize = 4096;

/// Size classes from one page to 4 MiB; larger blocks are not kept.
const CLASSES: usize = 11;
/// What all classes together may keep, in bytes: as much as an engine keeps of data on its way to the disk.
const KEPT: usize = 64 << 20;

struct Address(NonNull<u8>);

// SAFETY: a free block belongs to whoever takes it.
unsafe impl Send for Address {}

static HELD: AtomicUsize = AtomicUsize::new(0);
static POOL: [Mutex<Vec<Address>>; CLASSES] = [const { Mutex::new(Vec::new()) }; CLASSES];

/// Which class holds `len` bytes, and how large its blocks are.
fn class(len: usize) -> (usize, usize) {
    let size = len.next_power_of_two().max(PAGE);
    let class = (size / PAGE).trailing_zeros() as usize;
    // Beyond the classes only whole pages count.
    if class < CLASSES { (class, size) } else { (class, len.next_multiple_of(PAGE)) }
}

struct Block {
    at: NonNull<u8>,
    size: usize,
    class: usize,
    len: usize,
}

// SAFETY: it owns its memory, and gives out shared slices only.
unsafe impl Send for Block {}
unsafe impl Sync for Block {}

impl Block {
    /// The memory is initialised up to `len` by `init`, which gets its address.
    fn new(len: usize, init: impl FnOnce(*mut u8)) -> Block {
        let (class, size) = class(len);
        let kept = POOL.get(class).and_then(|blocks| blocks.lock().pop());
        let at = match kept {
            Some(address) => {
                HELD.fetch_sub(size, Ordering::Relaxed);
                address.0
            }
            None => {
                let layout = Block::layout(size);
                // SAFETY: the size is not zero.
                NonNull::new(unsafe { alloc(layout) }).unwrap_or_else(|| handle_alloc_error(layout))
            }
        };
        init(at.as_ptr());
        Block { at, size, class, len }
    }

    fn layout(size: usize) -> Layout {
        // SAFETY: a power of two, and `size` is a multiple of it that `slice_at` bounded by isize::MAX.
        unsafe { Layout::from_size_align_unchecked(size, PAGE) }
    }
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: initialised up to `len` when it was made.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.len) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Some(blocks) = POOL.get(self.class) {
            if HELD.fetch_add(self.size, Ordering::Relaxed) + self.size <= KEPT {
                blocks.lock().push(Address(self.at));
                return;
            }
            HELD.fetch_sub(self.size, Ordering::Relaxed);
        }
        // SAFETY: allocated in `new` with this layout.
        unsafe { dealloc(self.at.as_ptr(), Block::layout(self.size)) };
    }
}

/// A copy of the caller's bytes, page-aligned from a page on. `-EINVAL` for NULL with a length, or a length that
/// no buffer can have.
///
/// # Safety
/// `at` is NULL or points to `len` readable bytes.
pub unsafe fn copy_in(at: *const c_char, len: usize) -> Result<Bytes> {
    if len == 0 {
        return Ok(Bytes::new());
    }
    if at.is_null() || len > isize::MAX as usize - 2 * PAGE {
        return Err(Errno::EINVAL);
    }
    if len < PAGE {
        // SAFETY: the caller's promise.
        return Ok(Bytes::copy_from_slice(unsafe { std::slice::from_raw_parts(at.cast(), len) }));
    }
    // SAFETY: the caller's promise; the block is at least this long and new.
    Ok(Bytes::from_owner(Block::new(len, |to| unsafe { to.copy_from_nonoverlapping(at.cast(), len) })))
}

/// `len` aligned bytes that `write` fills; it gets them zeroed.
pub fn zeroed(len: usize, write: impl FnOnce(&mut [u8])) -> Result<Bytes> {
    if len > isize::MAX as usize - 2 * PAGE {
        return Err(Errno::EINVAL);
    }
    Ok(Bytes::from_owner(Block::new(len, |to| {
        // SAFETY: the block is at least this long and nobody else's.
        unsafe {
            to.write_bytes(0, len);
            write(std::slice::from_raw_parts_mut(to, len));
        }
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_aligned_and_equal() {
        for len in [1, 4095, 4096, 4097, 12_288, 100_000, 5 << 20] {
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

    #[test]
    fn a_class_holds_what_it_is_asked_for() {
        for len in [1, 4096, 4097, 1 << 20, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 33 << 20] {
            let (class, size) = class(len);
            assert!(size >= len && size % PAGE == 0, "{len}: {size}");
            assert!(class >= CLASSES || size == PAGE << class, "{len}: class {class} of {size}");
        }
    }

    /// Run by hand: `cargo test --release -p sepiola-ffi -- --ignored --nocapture cost`.
    #[test]
    #[ignore]
    fn cost_of_a_copy() {
        for len in [4096, 65_536, 1 << 20] {
            let data = vec![1_u8; len];
            let start = std::time::Instant::now();
            let rounds = (1_u32 << 30) / len as u32;
            for _ in 0..rounds {
                // SAFETY: the vector's own length.
                drop(std::hint::black_box(unsafe { copy_in(data.as_ptr().cast(), len) }));
            }
            println!("{len} bytes: {:?} each, pooled", start.elapsed() / rounds);
            let start = std::time::Instant::now();
            for _ in 0..rounds {
                drop(std::hint::black_box(Bytes::copy_from_slice(&data)));
            }
            println!("{len} bytes: {:?} each, malloc", start.elapsed() / rounds);
        }
    }
}
