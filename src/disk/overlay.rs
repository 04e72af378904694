//! A store's directory that is only read: what is written stays in memory. So a store can be opened, recovered and
//! looked at without a byte of it being changed.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ops::{Errno, Result};
use parking_lot::Mutex;

use crate::BLOCK;
use crate::direct::Directory;
use crate::medium::{Capacity, File, Medium};

const UNIT: u64 = BLOCK as u64;

/// Every `Overlay` begins with the files as they are.
pub struct Overlay {
    path: PathBuf,
    directory: Directory,
    /// Files that are open share what was written.
    files: Mutex<HashMap<String, Arc<OverlayFile>>>,
}

impl Overlay {
    /// `-ENOENT`, `-ENOTDIR`, `-EACCES` as the path deserves.
    pub fn new(path: &Path) -> Result<Overlay> {
        Ok(Overlay { path: path.to_owned(), directory: Directory::new(path)?, files: Mutex::default() })
    }
}

impl Medium for Overlay {
    fn open(&self, name: &str, create: bool) -> Result<Arc<dyn File>> {
        if let Some(file) = self.files.lock().get(name) {
            return Ok(file.clone());
        }
        let under = match std::fs::File::open(self.path.join(name)) {
            Ok(file) => Some(file),
            Err(err) if create && err.kind() == std::io::ErrorKind::NotFound => None,
            Err(err) => return Err(err.into()),
        };
        let len = under.as_ref().map(|file| file.metadata()).transpose()?.map_or(0, |found| found.len());
        let written = Mutex::new(Written { len, kept: len, pages: BTreeMap::new() });
        let file = Arc::new(OverlayFile { under, written });
        self.files.lock().insert(name.to_owned(), file.clone());
        Ok(file)
    }

    fn capacity(&self) -> Result<Capacity> {
        self.directory.capacity()
    }
}

struct Written {
    len: u64,
    /// What of the file underneath still shows.
    kept: u64,
    pages: BTreeMap<u64, Box<[u8; BLOCK]>>,
}

struct OverlayFile {
    under: Option<std::fs::File>,
    written: Mutex<Written>,
}

impl OverlayFile {
    fn read_under(&self, off: u64, buf: &mut [u8], kept: u64) -> Result<()> {
        let inside = kept.saturating_sub(off).min(buf.len() as u64) as usize;
        let (mut front, rest) = buf.split_at_mut(inside);
        rest.fill(0);
        let Some(file) = &self.under else {
            front.fill(0);
            return Ok(());
        };
        let mut off = off;
        while !front.is_empty() {
            match file.read_at(front, off) {
                Ok(0) => {
                    front.fill(0);
                    return Ok(());
                }
                Ok(done) => {
                    off += done as u64;
                    front = front.get_mut(done..).ok_or(Errno::EIO)?;
                }
                Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
                Err(err) => return Err(err.into()),
            }
        }
        Ok(())
    }
}

/// Splits a range at page boundaries: page, where in it, and where in the buffer.
fn pages(off: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = off + done as u64;
        let inside = (at % UNIT) as usize;
        let piece = (BLOCK - inside).min(len - done);
        let range = done..done + piece;
        done += piece;
        (piece > 0).then_some((at / UNIT, inside, range))
    })
}

impl File for OverlayFile {
    fn read(&self, off: u64, buf: &mut [u8]) -> Result<()> {
        let written = self.written.lock();
        self.read_under(off, buf, written.kept)?;
        if written.pages.range(off / UNIT..=(off + buf.len() as u64) / UNIT).next().is_none() {
            return Ok(());
        }
        for (page, inside, range) in pages(off, buf.len()) {
            if let Some(bytes) = written.pages.get(&page) {
                let to = buf.get_mut(range).ok_or(Errno::EIO)?;
                to.copy_from_slice(bytes.get(inside..inside + to.len()).ok_or(Errno::EIO)?);
            }
        }
        Ok(())
    }

    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool> {
        self.read(off, buf).map(|()| true)
    }

    fn write(&self, off: u64, bufs: &[&[u8]], _sync: bool) -> Result<()> {
        let mut written = self.written.lock();
        let mut off = off;
        for buf in bufs {
            for (page, inside, range) in pages(off, buf.len()) {
                let from = buf.get(range).ok_or(Errno::EIO)?;
                let kept = written.kept;
                let bytes = match written.pages.entry(page) {
                    std::collections::btree_map::Entry::Occupied(found) => found.into_mut(),
                    std::collections::btree_map::Entry::Vacant(empty) => {
                        let mut bytes = Box::new([0; BLOCK]);
                        self.read_under(page * UNIT, &mut bytes[..], kept)?;
                        empty.insert(bytes)
                    }
                };
                bytes.get_mut(inside..inside + from.len()).ok_or(Errno::EIO)?.copy_from_slice(from);
            }
            off += buf.len() as u64;
        }
        written.len = written.len.max(off);
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        Ok(self.written.lock().len)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        let mut written = self.written.lock();
        if len < written.len {
            written.kept = written.kept.min(len);
            let mut cut = written.pages.split_off(&(len / UNIT));
            if let Some(mut last) = cut.remove(&(len / UNIT))
                && let Some(rest) = last.get_mut((len % UNIT) as usize..)
            {
                rest.fill(0);
                written.pages.insert(len / UNIT, last);
            }
        }
        written.len = len;
        Ok(())
    }

    fn allocate(&self, len: u64) -> Result<()> {
        let mut written = self.written.lock();
        written.len = written.len.max(len);
        Ok(())
    }

    fn fill(&self, _: u64, _: u64) -> Result<()> {
        Ok(())
    }

    fn punch(&self, off: u64, len: u64) -> Result<()> {
        let zeroes = [0; BLOCK];
        for (page, inside, range) in pages(off, len as usize) {
            self.write(page * UNIT + inside as u64, &[&zeroes[..range.len()]], false)?;
        }
        Ok(())
    }
}
