//! What the engine asks of a disk, small enough that a test can put a lying one in its place.
//!
//! A write is durable only after a `sync` of the same file, or where it was made with `sync = true`; nothing is
//! assumed about the order in which unsynced writes reach the disk.

use std::sync::Arc;

use ops::Result;

use crate::direct::AlignedBuf;

/// One file of a store. All methods may be called from any thread.
pub trait File: Send + Sync {
    /// Fills `buf` from `off`; bytes past the end of the file are zeroes.
    fn read(&self, off: u64, buf: &mut [u8]) -> Result<()>;
    /// The same where that needs no wait for the disk; `false`: it does, and `buf` is as good as undefined.
    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool>;
    /// Writes the buffers one behind the other from `off` on. With `sync` they are durable on return.
    fn write(&self, off: u64, bufs: &[&[u8]], sync: bool) -> Result<()>;
    /// Writes each list of buffers to its offset, in no order; as durable as `write` without `sync`.
    fn write_scattered(&self, pieces: &[(u64, Vec<&[u8]>)]) -> Result<()> {
        pieces.iter().try_for_each(|(off, bufs)| self.write(*off, bufs, false))
    }
    fn sync(&self) -> Result<()>;
    fn len(&self) -> Result<u64>;
    fn set_len(&self, len: u64) -> Result<()>;
    /// Extends the file to `len`, with space behind every byte of it. `-ENOSPC` leaves it as it was.
    fn allocate(&self, len: u64) -> Result<()>;
    /// Gives the space of a range back; it reads as zeroes afterwards. Best effort.
    fn punch(&self, off: u64, len: u64) -> Result<()>;

    fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads into a fresh buffer of `len` bytes, a multiple of the block size.
    fn read_buf(&self, off: u64, len: usize) -> Result<AlignedBuf> {
        let mut buf = AlignedBuf::zeroed(len);
        self.read(off, &mut buf)?;
        Ok(buf)
    }
}

/// Bytes of the file system a store lives on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capacity {
    pub total: u64,
    pub available: u64,
}

/// A directory of files.
pub trait Medium: Send + Sync {
    /// `-ENOENT` where the file is missing and not to be created. A created file survives a crash.
    fn open(&self, name: &str, create: bool) -> Result<Arc<dyn File>>;
    fn capacity(&self) -> Result<Capacity>;
}
