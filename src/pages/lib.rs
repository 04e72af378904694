//! Page-aligned memory for direct I/O, from a pool: fresh memory costs a page fault per 4 KiB, which is more than
//! copying the 4 KiB.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

/// Every buffer's address is a multiple of it.
pub const PAGE: usize = 4096;
/// The longest buffer there may be.
pub const MAX: usize = isize::MAX as usize - 2 * PAGE;

/// Size classes from one page to 4 MiB; larger blocks are not kept.
const CLASSES: usize = 11;
/// Blocks of the first classes are cut from slabs, which stay: an allocator that is asked for aligned pages one by one takes
/// two for each, and gives them back to the kernel just to fetch them again.
const SLAB_CLASSES: usize = 3;
/// A huge page of the kernel's.
const SLAB: usize = 2 << 20;
/// What all classes together may keep, in bytes: as much as an engine that writes all the time has of data on its way to
/// the disk, so that its memory never goes back and forth. Of blocks from slabs the address stays beyond that, and the
/// memory goes.
const KEPT: usize = 192 << 20;

struct Address(NonNull<u8>);

// SAFETY: a free block belongs to whoever takes it.
unsafe impl Send for Address {}

static HELD: AtomicUsize = AtomicUsize::new(0);
static POOL: [Mutex<Vec<Address>>; CLASSES] = [const { Mutex::new(Vec::new()) }; CLASSES];
/// Blocks of slabs whose memory the kernel has taken back.
static EMPTIED: [Mutex<Vec<Address>>; SLAB_CLASSES] = [const { Mutex::new(Vec::new()) }; SLAB_CLASSES];

/// Which class holds `len` bytes, and how large its blocks are.
fn class(len: usize) -> (usize, usize) {
    let size = len.next_power_of_two().max(PAGE);
    let class = (size / PAGE).trailing_zeros() as usize;
    // Beyond the classes only whole pages count.
    if class < CLASSES { (class, size) } else { (class, len.next_multiple_of(PAGE)) }
}

fn layout(size: usize) -> Layout {
    // SAFETY: a power of two, and `size` is a multiple of it bounded by `MAX`.
    unsafe { Layout::from_size_align_unchecked(size, PAGE) }
}

/// Gives memory that nobody uses back to the kernel, all but about `keep` bytes of it.
pub fn trim(keep: usize) {
    for (class, pool) in POOL.iter().enumerate() {
        let size = PAGE << class;
        let mut excess: Vec<Address> = {
            let mut blocks = pool.lock();
            let held = HELD.load(Ordering::Relaxed);
            let count = (held.saturating_sub(keep) / size).min(blocks.len());
            HELD.fetch_sub(count * size, Ordering::Relaxed);
            blocks.drain(..count).collect()
        };
        let Some(emptied) = EMPTIED.get(class) else {
            for address in excess {
                // SAFETY: allocated in `block` with this layout, and taken out of the pool.
                unsafe { dealloc(address.0.as_ptr(), layout(size)) };
            }
            continue;
        };
        excess.sort_unstable_by_key(|address| address.0);
        for run in excess.chunk_by(|a, b| a.0.addr().get() + size == b.0.addr().get()) {
            if let Some(first) = run.first() {
                // SAFETY: whole pages of mappings of ours that nobody uses; they read as zeroes afterwards.
                unsafe { libc::madvise(first.0.as_ptr().cast(), run.len() * size, libc::MADV_DONTNEED) };
            }
        }
        emptied.lock().append(&mut excess);
    }
}

/// A block of a new slab; the pool gets the others.
fn cut_slab(class: usize, size: usize) -> NonNull<u8> {
    // Twice as much, so that there is a whole huge page in it; what is never touched is no memory.
    // SAFETY: a new anonymous mapping, which reads as zeroes.
    let map = unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        libc::mmap(std::ptr::null_mut(), 2 * SLAB, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0)
    };
    if map == libc::MAP_FAILED {
        handle_alloc_error(layout(size));
    }
    let skip = map.addr().next_multiple_of(SLAB) - map.addr();
    // SAFETY: within the mapping; the advice and the unmapping of what lies around the slab are of whole pages.
    let slab = unsafe {
        let slab = map.cast::<u8>().add(skip);
        if skip > 0 {
            libc::munmap(map, skip);
        }
        if skip < SLAB {
            libc::munmap(slab.add(SLAB).cast(), SLAB - skip);
        }
        libc::madvise(slab.cast(), SLAB, libc::MADV_HUGEPAGE);
        slab
    };
    // SAFETY: offsets within the slab, of which none is at address 0.
    let block = |index: usize| unsafe { NonNull::new_unchecked(slab.add(index * size)) };
    if let Some(blocks) = POOL.get(class) {
        blocks.lock().extend((1..SLAB / size).rev().map(|index| Address(block(index))));
        HELD.fetch_add(SLAB - size, Ordering::Relaxed);
    }
    block(0)
}

/// A buffer that starts on a page boundary.
pub struct AlignedBuf {
    at: NonNull<u8>,
    len: usize,
    /// Of the block; 0: there is none.
    size: usize,
}

// SAFETY: the memory is owned and has no interior mutability.
unsafe impl Send for AlignedBuf {}
// SAFETY: as above.
unsafe impl Sync for AlignedBuf {}

impl AlignedBuf {
    /// `len` bytes of anything: what a buffer before it held, or zeroes.
    ///
    /// # Panics
    /// Where `len` is more than [`MAX`].
    pub fn dirty(len: usize) -> AlignedBuf {
        AlignedBuf::block(len, alloc_zeroed)
    }

    /// Memory that `fresh` allocates where the pool has none.
    fn block(len: usize, fresh: unsafe fn(Layout) -> *mut u8) -> AlignedBuf {
        assert!(len <= MAX, "a buffer of {len} bytes");
        if len == 0 {
            return AlignedBuf { at: NonNull::dangling(), len, size: 0 };
        }
        let (class, size) = class(len);
        let at = match POOL.get(class).and_then(|blocks| blocks.lock().pop()) {
            Some(address) => {
                HELD.fetch_sub(size, Ordering::Relaxed);
                address.0
            }
            None if class < SLAB_CLASSES => {
                let emptied = EMPTIED.get(class).and_then(|blocks| blocks.lock().pop());
                emptied.map_or_else(|| cut_slab(class, size), |address| address.0)
            }
            None => {
                // SAFETY: the size is not zero.
                let at = unsafe { fresh(layout(size)) };
                NonNull::new(at).unwrap_or_else(|| handle_alloc_error(layout(size)))
            }
        };
        AlignedBuf { at, len, size }
    }

    /// Zeroes. `len` is rounded up to whole pages.
    pub fn zeroed(len: usize) -> AlignedBuf {
        let mut buf = AlignedBuf::dirty(len.next_multiple_of(PAGE));
        buf.fill(0);
        buf
    }

    /// A copy of `data` behind `head` zeroes and before as many as make whole pages.
    pub fn framing(head: usize, data: &[u8]) -> AlignedBuf {
        let end = head + data.len();
        let mut buf = AlignedBuf::dirty(end.next_multiple_of(PAGE));
        buf[..head].fill(0);
        buf[head..end].copy_from_slice(data);
        buf[end..].fill(0);
        buf
    }

    /// A copy of memory that others may be writing to: what they write meanwhile is in it or not, byte by byte.
    ///
    /// # Safety
    /// `at` points to `len` readable bytes.
    pub unsafe fn copy_of(at: *const u8, len: usize) -> AlignedBuf {
        let buf = AlignedBuf::block(len, alloc);
        // SAFETY: the caller's promise; the buffer is new and this long. What the block has beyond is initialised too:
        // whoever gets it from the pool may want all of it.
        unsafe {
            buf.at.as_ptr().copy_from_nonoverlapping(at, len);
            buf.at.as_ptr().add(len).write_bytes(0, buf.size - len);
        }
        buf
    }
}

impl Drop for AlignedBuf {
    fn drop(&mut self) {
        if self.size == 0 {
            return;
        }
        if let Some(blocks) = POOL.get(class(self.size).0) {
            if HELD.fetch_add(self.size, Ordering::Relaxed) + self.size <= KEPT {
                blocks.lock().push(Address(self.at));
                return;
            }
            HELD.fetch_sub(self.size, Ordering::Relaxed);
            if let Some(emptied) = EMPTIED.get(class(self.size).0) {
                // SAFETY: whole pages of a mapping of ours that nobody uses; they read as zeroes afterwards.
                unsafe { libc::madvise(self.at.as_ptr().cast(), self.size, libc::MADV_DONTNEED) };
                emptied.lock().push(Address(self.at));
                return;
            }
        }
        // SAFETY: allocated in `dirty` with this layout.
        unsafe { dealloc(self.at.as_ptr(), layout(self.size)) };
    }
}

impl Deref for AlignedBuf {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `len` initialised bytes are owned (a dangling pointer serves length 0).
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.len) }
    }
}

impl DerefMut for AlignedBuf {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.at.as_ptr(), self.len) }
    }
}

impl AsRef<[u8]> for AlignedBuf {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_what_it_is_asked_for() {
        for len in [1, 4096, 4097, 1 << 20, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 33 << 20] {
            let (class, size) = class(len);
            assert!(size >= len && size.is_multiple_of(PAGE), "{len}: {size}");
            assert!(class >= CLASSES || size == PAGE << class, "{len}: class {class} of {size}");
            assert_eq!(super::class(size).0.min(CLASSES), class.min(CLASSES), "{len}: back to another class");
        }
    }

    #[test]
    fn blocks_of_slabs_come_back_also_after_the_kernel_has_had_them() {
        let count = 2 * KEPT / PAGE;
        for round in 0..2_u8 {
            let buffers: Vec<AlignedBuf> = (0..count)
                .map(|index| {
                    // SAFETY: the array's own length.
                    unsafe { AlignedBuf::copy_of([index as u8 ^ round; 100].as_ptr(), 100) }
                })
                .collect();
            let own = |(index, buf): (usize, &AlignedBuf)| buf[..] == [index as u8 ^ round; 100];
            assert!(buffers.iter().enumerate().all(own), "two have the same memory, round {round}");
            drop(buffers);
            assert!(HELD.load(Ordering::Relaxed) <= KEPT + SLAB);
            trim(SLAB);
            let held = HELD.load(Ordering::Relaxed);
            // The other tests have a few buffers of their own.
            assert!(held <= KEPT / 2, "{held} bytes are held after trimming");
        }
    }

    #[test]
    fn buffers_are_aligned_and_hold_what_they_should() {
        for len in [1, 4095, 4096, 4097, 12_288, 100_000, 5 << 20] {
            let data: Vec<u8> = (0..len).map(|i| (i * 7) as u8 | 1).collect();
            // SAFETY: the vector's own length.
            let copy = unsafe { AlignedBuf::copy_of(data.as_ptr(), len) };
            assert!(copy[..] == data[..], "{len} bytes differ");
            assert_eq!(copy.as_ptr().addr() % PAGE, 0, "{len} bytes");
            drop(copy);
            let zeroes = AlignedBuf::zeroed(len);
            assert!(
                zeroes.len().is_multiple_of(PAGE) && zeroes.iter().all(|&byte| byte == 0),
                "{len} zeroes"
            );
            let framed = AlignedBuf::framing(3, &data);
            assert!(framed[..3] == [0; 3] && framed[3..3 + len] == data[..], "{len} framed");
            assert!(framed[3 + len..].iter().all(|&byte| byte == 0), "{len} framed");
        }
    }
}
