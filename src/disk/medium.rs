//! What the engine asks of a disk, small enough that a test can put a lying one in its place.
//!
//! A write is durable only after a `sync` of the same file, or where it was made with `sync = true`; nothing is
//! assumed about the order in which unsynced writes reach the disk.

use std::os::fd::RawFd;
use std::sync::Arc;

use ops::Result;
use pages::AlignedBuf;

/// A descriptor that the kernel reads into memory by itself.
#[derive(Clone, Copy, Debug)]
pub struct Direct {
    pub fd: RawFd,
    /// What the memory's address must be a multiple of; offset and length must be whole blocks.
    pub align: usize,
}

/// One file of a store. All methods may be called from any thread.
pub trait File: Send + Sync {
    /// Fills `buf` from `off`; bytes past the end of the file are zeroes.
    fn read(&self, off: u64, buf: &mut [u8]) -> Result<()>;
    /// The same where that needs no wait for the disk; `false`: it does, and `buf` is as good as undefined.
    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool>;
    /// Whether a range is in memory, so that `read_cached` of it will do; `None`: who knows.
    fn is_cached(&self, off: u64, len: u64) -> Option<bool> {
        let _ = (off, len);
        None
    }
    /// As `read`, from the disk itself and leaving nothing in memory, where that can be.
    fn read_direct(&self, off: u64, buf: &mut [u8]) -> Result<()> {
        self.read(off, buf)
    }
    /// Begins to bring a range into memory, for later reads.
    fn prefetch(&self, off: u64, len: u64) {
        let _ = (off, len);
    }
    /// For asynchronous direct reads.
    fn direct(&self) -> Option<Direct> {
        None
    }
    /// Writes the buffers one behind the other from `off` on. With `sync` they are durable on return.
    fn write(&self, off: u64, bufs: &[&[u8]], sync: bool) -> Result<()>;
    /// Writes each list of buffers to its offset, in no order; as durable as `write` without `sync`. The higher
    /// the `pressure`, asked in percent, the more the disk may be loaded, at the cost of others who write.
    fn write_scattered(&self, pieces: &[(u64, Vec<&[u8]>)], pressure: &dyn Fn() -> usize) -> Result<()> {
        let _ = pressure;
        pieces.iter().try_for_each(|(off, bufs)| self.write(*off, bufs, false))
    }
    fn sync(&self) -> Result<()>;
    fn len(&self) -> Result<u64>;
    fn set_len(&self, len: u64) -> Result<()>;
    /// Extends the file to `len`, with space behind every byte of it. `-ENOSPC` leaves it as it was.
    fn allocate(&self, len: u64) -> Result<()>;
    /// Puts space behind every byte of a range that was punched. `-ENOSPC` leaves it as it was.
    fn fill(&self, off: u64, len: u64) -> Result<()>;
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
