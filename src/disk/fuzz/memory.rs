//! A directory in memory, cheap to copy.

use std::collections::BTreeMap;
use std::sync::Arc;

use ops::{Errno, Result};
use parking_lot::Mutex;

use crate::medium::{Capacity, File, Medium};

/// Files may not grow beyond this: a length that nobody has checked shows here.
const MOST: usize = 64 << 20;

type Bytes = Arc<Mutex<Arc<Vec<u8>>>>;

#[derive(Default)]
pub struct Memory(Mutex<BTreeMap<String, Bytes>>);

impl Memory {
    /// Another directory with the same files.
    pub fn copy(&self) -> Memory {
        let files = self.0.lock();
        let copies = files.iter().map(|(name, bytes)| {
            let bytes = Arc::new(Mutex::new(bytes.lock().clone()));
            (name.clone(), bytes)
        });
        Memory(Mutex::new(copies.collect()))
    }

    /// Changes one byte of a file that has it.
    pub fn flip(&self, name: &str, at: u64, by: u8) {
        if let Some(bytes) = self.0.lock().get(name) {
            let mut bytes = bytes.lock();
            let at = (at as usize).checked_rem(bytes.len());
            if let Some(byte) = at.and_then(|at| Arc::make_mut(&mut bytes).get_mut(at)) {
                *byte ^= by;
            }
        }
    }
}

struct MemoryFile(Bytes);

impl File for MemoryFile {
    fn read(&self, off: u64, buf: &mut [u8]) -> Result<()> {
        let bytes = self.0.lock();
        let from = usize::try_from(off).ok().and_then(|off| bytes.get(off..)).unwrap_or_default();
        let len = from.len().min(buf.len());
        buf[..len].copy_from_slice(&from[..len]);
        buf[len..].fill(0);
        Ok(())
    }

    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool> {
        self.read(off, buf).map(|()| true)
    }

    fn write(&self, off: u64, bufs: &[&[u8]], _: bool) -> Result<()> {
        let data = bufs.concat();
        let off = usize::try_from(off).map_err(|_| Errno::EFBIG)?;
        let end = off.checked_add(data.len()).filter(|&end| end <= MOST).ok_or(Errno::EFBIG)?;
        let mut bytes = self.0.lock();
        let bytes = Arc::make_mut(&mut bytes);
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[off..end].copy_from_slice(&data);
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        Ok(self.0.lock().len() as u64)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        let len = usize::try_from(len).ok().filter(|&len| len <= MOST).ok_or(Errno::EFBIG)?;
        Arc::make_mut(&mut self.0.lock()).resize(len, 0);
        Ok(())
    }

    fn allocate(&self, len: u64) -> Result<()> {
        if self.len()? < len { self.set_len(len) } else { Ok(()) }
    }

    fn fill(&self, _: u64, _: u64) -> Result<()> {
        Ok(())
    }

    fn punch(&self, off: u64, len: u64) -> Result<()> {
        let len = len.min(self.len()?.saturating_sub(off));
        self.write(off, &[&vec![0; len as usize]], false)
    }
}

impl Medium for Memory {
    fn open(&self, name: &str, create: bool) -> Result<Arc<dyn File>> {
        let mut files = self.0.lock();
        if !create && !files.contains_key(name) {
            return Err(Errno::ENOENT);
        }
        Ok(Arc::new(MemoryFile(files.entry(name.into()).or_default().clone())))
    }

    fn capacity(&self) -> Result<Capacity> {
        Ok(Capacity { total: 1 << 32, available: 1 << 32 })
    }
}
