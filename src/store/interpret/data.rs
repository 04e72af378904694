//! Operations that change an object's bytes, or make and remove it.

use bytes::{Bytes, BytesMut};
use disk::HEAD;
use ops::{Errno, OpOut, Result};

use super::{MAX_OBJECT_SIZE, Run};

/// How much of a `writesame` is laid out in memory at a time.
const SAME_CHUNK: usize = 1 << 20;

fn within_limit(off: u64, len: u64) -> Result<()> {
    let fits = off < MAX_OBJECT_SIZE && len <= MAX_OBJECT_SIZE - off;
    if fits { Ok(()) } else { Err(Errno::EFBIG) }
}

impl Run<'_> {
    pub(super) fn create(&mut self, exclusive: bool) -> Result<OpOut> {
        if exclusive && self.part.is_some() {
            return Err(Errno::EEXIST);
        }
        self.make().map(|()| OpOut::None)
    }

    /// Writing nothing past the end extends the object, as it does on an OSD.
    pub(super) fn write_at(&mut self, off: u64, data: &Bytes) -> Result<OpOut> {
        let len = data.len() as u64;
        within_limit(off, len)?;
        self.make()?;
        if len > 0 {
            self.tx.write(HEAD, off, data)?;
            self.modified(off, len);
            self.written_bytes += len;
        } else if off > self.tx.size(HEAD)? {
            self.tx.truncate(HEAD, off)?;
        }
        Ok(OpOut::None)
    }

    pub(super) fn write_full(&mut self, data: &Bytes) -> Result<OpOut> {
        let len = data.len() as u64;
        within_limit(0, len)?;
        self.make()?;
        let old = self.tx.size(HEAD)?;
        if len < old {
            self.tx.truncate(HEAD, len)?;
        }
        if len > 0 {
            self.tx.write(HEAD, 0, data)?;
        }
        self.modified(0, old.max(len));
        self.written_bytes += len;
        Ok(OpOut::None)
    }

    pub(super) fn write_same(&mut self, off: u64, len: u64, data: &Bytes) -> Result<OpOut> {
        if len == 0 {
            return Ok(OpOut::None);
        }
        if data.is_empty() || !len.is_multiple_of(data.len() as u64) {
            return Err(Errno::EINVAL);
        }
        within_limit(off, len)?;
        let copies = (SAME_CHUNK / data.len()).clamp(1, (len / data.len() as u64) as usize);
        let mut chunk = BytesMut::with_capacity(copies * data.len());
        (0..copies).for_each(|_| chunk.extend_from_slice(data));
        let chunk = chunk.freeze();
        let mut at = 0;
        while at < len {
            let now = (len - at).min(chunk.len() as u64);
            self.write_at(off + at, &chunk.slice(..now as usize))?;
            at += now;
        }
        Ok(OpOut::None)
    }

    pub(super) fn append(&mut self, data: &Bytes) -> Result<OpOut> {
        self.write_at(self.size()?, data)
    }

    /// A missing object stays missing.
    pub(super) fn truncate(&mut self, size: u64) -> Result<OpOut> {
        if self.part.is_none() {
            return Ok(OpOut::None);
        }
        within_limit(size, 0)?;
        self.touch()?;
        let old = self.tx.size(HEAD)?;
        if size != old {
            self.tx.truncate(HEAD, size)?;
            self.modified(size, old.saturating_sub(size));
        }
        Ok(OpOut::None)
    }

    /// Zeroing up to the end or past it cuts the object there, as an OSD does. A missing object stays
    /// missing.
    pub(super) fn zero(&mut self, off: u64, len: u64) -> Result<OpOut> {
        let size = self.size()?;
        if len == 0 {
            return Ok(OpOut::None);
        }
        if self.part.is_some() && off < MAX_OBJECT_SIZE && len <= MAX_OBJECT_SIZE && off + len >= size {
            return if off >= size { Ok(OpOut::None) } else { self.truncate(off) };
        }
        within_limit(off, len)?;
        if self.part.is_some() {
            self.touch()?;
            self.tx.zero(HEAD, off, len)?;
            self.modified(off, len);
        }
        Ok(OpOut::None)
    }

    pub(super) fn remove(&mut self) -> Result<OpOut> {
        self.here()?;
        self.touch()?;
        let size = self.tx.size(HEAD)?;
        self.tx.remove(HEAD)?;
        self.modified(0, size);
        self.part = None;
        self.removed = true;
        self.alloc_hint = None;
        Ok(OpOut::None)
    }

    pub(super) fn set_alloc_hint(&mut self, hint: (u64, u64, u32)) -> Result<OpOut> {
        self.make()?;
        self.alloc_hint = Some(hint);
        Ok(OpOut::None)
    }
}
