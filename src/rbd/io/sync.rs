//! The forms that wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::{self, Thread};

use bytes::Bytes;
use ops::{Errno, OpFlags, Result, SharedSink, Wait};

use super::write::{Change, Kind, Mismatch};
use super::writesame::check_pattern;
use crate::image::Image;

/// Waits on the calling thread for the one answer of an operation.
pub(crate) struct Waiter(Arc<Slot>);

struct Slot {
    thread: Thread,
    done: AtomicBool,
    result: AtomicI64,
}

impl Waiter {
    pub fn new() -> Waiter {
        let slot =
            Slot { thread: thread::current(), done: AtomicBool::new(false), result: AtomicI64::new(0) };
        Waiter(Arc::new(slot))
    }

    pub fn done(&self) -> impl FnOnce(i64) + Send + 'static {
        let slot = Arc::clone(&self.0);
        move |result| {
            slot.result.store(result, Ordering::Relaxed);
            slot.done.store(true, Ordering::Release);
            slot.thread.unpark();
        }
    }

    pub fn wait(self) -> Result<u64> {
        while !self.0.done.load(Ordering::Acquire) {
            thread::park();
        }
        match self.0.result.load(Ordering::Relaxed) {
            result @ 0.. => Ok(result as u64),
            error => Err(Errno(-error as i32)),
        }
    }
}

impl Image {
    /// Returns how many bytes were read; see [`Image::aio_read`].
    pub fn read(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        sink: Arc<dyn SharedSink>,
        flags: OpFlags,
    ) -> Result<u64> {
        let waiter = Waiter::new();
        self.read_with(off, len, sink, flags, Wait::Inline, waiter.done());
        waiter.wait()
    }

    /// Returns how many bytes were written; see [`Image::aio_write`].
    pub fn write(self: &Arc<Self>, off: u64, data: Bytes, flags: OpFlags) -> Result<u64> {
        let len = self.clipped(off, data.len() as u64)?;
        self.change_and_wait(Change { off, len, kind: Kind::Write(data), flags }, len)
    }

    /// Returns how many bytes were discarded; see [`Image::aio_discard`]. `-EINVAL` for more than
    /// `i32::MAX`.
    pub fn discard(self: &Arc<Self>, off: u64, len: u64) -> Result<u64> {
        check_length(len)?;
        let len = self.clipped(off, len)?;
        let waiter = Waiter::new();
        self.discard_with(off, len, self.settings.discard_granularity(), Wait::Inline, waiter.done());
        waiter.wait().map(|_| len)
    }

    /// Returns how many bytes were written; see [`Image::aio_writesame`]. `-EINVAL` for more than
    /// `i32::MAX`.
    pub fn writesame(self: &Arc<Self>, off: u64, len: u64, data: Bytes, flags: OpFlags) -> Result<u64> {
        check_pattern(len, &data)?;
        check_length(len)?;
        let len = self.clipped(off, len)?;
        let waiter = Waiter::new();
        self.writesame_with(off, len, data, flags, Wait::Inline, waiter.done());
        waiter.wait().map(|_| len)
    }

    /// Returns how many bytes were zeroed; see [`Image::aio_write_zeroes`].
    pub fn write_zeroes(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        zero_flags: u32,
        flags: OpFlags,
    ) -> Result<u64> {
        let len = self.clipped(off, len)?;
        let waiter = Waiter::new();
        self.write_zeroes_with(off, len, zero_flags, flags, Wait::Inline, waiter.done());
        waiter.wait().map(|_| len)
    }

    /// Returns how many bytes were written; see [`Image::aio_compare_and_write`].
    pub fn compare_and_write(
        self: &Arc<Self>,
        off: u64,
        compare: Bytes,
        data: Bytes,
        mismatch: Option<Mismatch>,
        flags: OpFlags,
    ) -> Result<u64> {
        if compare.len() != data.len() {
            return Err(Errno::EINVAL);
        }
        let len = self.clipped(off, data.len() as u64)?;
        self.change_and_wait(
            Change { off, len, kind: Kind::CompareAndWrite { compare, data, mismatch }, flags },
            len,
        )
    }

    /// Waits until all writes sent before are durable.
    pub fn flush(self: &Arc<Self>) -> Result<()> {
        let waiter = Waiter::new();
        self.aio_flush(waiter.done());
        waiter.wait().map(drop)
    }

    /// There is no cache that could hold something old.
    pub fn invalidate_cache(&self) -> Result<()> {
        self.refresh_if_stale()
    }

    /// Calls `each` with (offset from `off`, bytes) for the extent, one period of objects at a time. A
    /// negative answer stops the walk and is returned as the error. Returns how many bytes were read.
    pub fn read_iterate(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        mut each: impl FnMut(u64, &[u8]) -> i32,
    ) -> Result<u64> {
        let left = self.clipped(off, len)?;
        let period = self.layout.period();
        let mut total = 0;
        while total < left {
            let at = off + total;
            let part = (period - at % period).min(left - total);
            let data = self.read_bytes(at, part)?;
            if data.is_empty() {
                break;
            }
            Errno::check(each(total, &data))?;
            total += data.len() as u64;
        }
        Ok(total)
    }

    /// Reads into memory of its own.
    pub fn read_bytes(self: &Arc<Self>, off: u64, len: u64) -> Result<Bytes> {
        let len = self.clipped(off, len)?;
        let memory = Arc::new(Memory(parking_lot::Mutex::new(vec![0; len as usize])));
        let got = self.read(off, len, Arc::clone(&memory) as Arc<dyn SharedSink>, OpFlags::empty())?;
        let mut bytes = std::mem::take(&mut *memory.0.lock());
        bytes.truncate(got as usize);
        Ok(bytes.into())
    }

    pub(crate) fn clipped(&self, off: u64, len: u64) -> Result<u64> {
        self.refresh_if_stale()?;
        self.view.load().clip(off, len)
    }

    fn change_and_wait(self: &Arc<Self>, change: Change, len: u64) -> Result<u64> {
        let waiter = Waiter::new();
        self.change(change, Wait::Inline, waiter.done());
        waiter.wait().map(|_| len)
    }
}

fn check_length(len: u64) -> Result<()> {
    if len > i32::MAX as u64 { Err(Errno::EINVAL) } else { Ok(()) }
}

/// A shared sink in safe code: for management operations, not for the path of a guest's reads.
pub(crate) struct Memory(pub parking_lot::Mutex<Vec<u8>>);

impl SharedSink for Memory {
    fn capacity(&self) -> usize {
        self.0.lock().len()
    }

    fn put_at(&self, at: usize, bytes: &[u8]) {
        if let Some(part) = self.0.lock().get_mut(at..at + bytes.len()) {
            part.copy_from_slice(bytes);
        }
    }

    fn zero_at(&self, at: usize, len: usize) {
        if let Some(part) = self.0.lock().get_mut(at..at + len) {
            part.fill(0);
        }
    }

    fn fill_at(&self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        self.0.lock().get_mut(at..at + len).map_or(0, read)
    }
}
