//! Object class methods: they run inside the request's transaction, over [`cls::ObjectContext`].

use std::collections::BTreeMap;

use bytes::Bytes;
use cls::{ObjectContext, Origin, Page};
use disk::HEAD;
use ops::{Errno, OpOut, Result, Timespec, WatcherInfo};

use super::{Answer, Run};

/// Whether the method exists (`-EOPNOTSUPP` else), and whether it makes its request a write.
pub fn has_method(class: &[u8], method: &[u8]) -> Result<bool> {
    cls::find(class, method).map(|found| found.writes).ok_or(Errno::EOPNOTSUPP)
}

impl Run<'_> {
    pub(super) fn exec(&mut self, class: &[u8], method: &[u8], input: &Bytes) -> Result<Answer> {
        let method = cls::find(class, method).ok_or(Errno::EOPNOTSUPP)?;
        let answer = (method.run)(&mut Context { run: self, writes: method.writes }, input)?;
        Ok((answer.value.max(0), OpOut::Data(answer.out)))
    }
}

struct Context<'r, 'a> {
    run: &'r mut Run<'a>,
    writes: bool,
}

impl<'a> Context<'_, 'a> {
    /// A method that is not declared to write must not.
    fn writer(&mut self) -> Result<&mut Run<'a>> {
        if self.writes { Ok(self.run) } else { Err(Errno::EIO) }
    }
}

impl ObjectContext for Context<'_, '_> {
    fn stat(&self) -> Result<(u64, Timespec)> {
        let part = self.run.here()?;
        Ok((self.run.tx.size(part)?, self.run.tx.info(part)?.mtime))
    }

    fn create(&mut self, exclusive: bool) -> Result<()> {
        self.writer()?.create(exclusive).map(drop)
    }

    fn remove(&mut self) -> Result<()> {
        self.writer()?.remove().map(drop)
    }

    fn read(&self, off: u64, len: u64) -> Result<Bytes> {
        let Some(part) = self.run.part else { return Ok(Bytes::new()) };
        let size = self.run.tx.size(part)?;
        let len = if len == 0 { size } else { len }.min(size.saturating_sub(off));
        if len == 0 { Ok(Bytes::new()) } else { self.run.bytes(part, off, len) }
    }

    fn write(&mut self, off: u64, data: &Bytes) -> Result<()> {
        self.writer()?.write_at(off, data).map(drop)
    }

    fn write_full(&mut self, data: &Bytes) -> Result<()> {
        self.writer()?.write_full(data).map(drop)
    }

    fn truncate(&mut self, size: u64) -> Result<()> {
        self.writer()?.truncate(size).map(drop)
    }

    fn zero(&mut self, off: u64, len: u64) -> Result<()> {
        self.writer()?.zero(off, len).map(drop)
    }

    fn xattr(&self, name: &[u8]) -> Result<Bytes> {
        self.run.tx.attr(self.run.here()?, name)?.ok_or(Errno::ENODATA)
    }

    fn xattrs(&self) -> Result<BTreeMap<Bytes, Bytes>> {
        Ok(self.run.tx.attrs(self.run.here()?)?.into_iter().collect())
    }

    fn set_xattr(&mut self, name: &[u8], value: Bytes) -> Result<()> {
        self.writer()?.set_xattr(Bytes::copy_from_slice(name), value).map(drop)
    }

    fn remove_xattr(&mut self, name: &[u8]) -> Result<()> {
        self.writer()?.rm_xattr(name).map(drop)
    }

    fn omap_header(&self) -> Result<Bytes> {
        self.run.part.map_or(Ok(Bytes::new()), |part| self.run.tx.omap_header(part))
    }

    fn set_omap_header(&mut self, data: Bytes) -> Result<()> {
        self.writer()?.omap_set_header(data).map(drop)
    }

    fn omap_get(&self, key: &[u8]) -> Result<Bytes> {
        self.run.tx.omap_get(self.run.here()?, key)?.ok_or(Errno::ENOENT)
    }

    fn omap_entries(&self, after: &[u8], prefix: &[u8], max: u64) -> Result<Page<Vec<(Bytes, Bytes)>>> {
        let mut entries = Vec::new();
        let more = self.run.omap_page(after, prefix, max, &mut |key, value| {
            entries.push((key.clone(), value.clone()));
        })?;
        Ok((entries, more))
    }

    fn omap_set(&mut self, key: Bytes, value: Bytes) -> Result<()> {
        let run = self.writer()?;
        run.make()?;
        run.tx.omap_set(HEAD, key, value)
    }

    fn omap_remove(&mut self, key: &[u8]) -> Result<()> {
        let run = self.writer()?;
        run.here()?;
        run.touch()?;
        run.tx.omap_remove(HEAD, key)
    }

    fn omap_remove_range(&mut self, from: &[u8], to: &[u8]) -> Result<()> {
        self.writer()?.omap_rm_range(from, to).map(drop)
    }

    fn omap_clear(&mut self) -> Result<()> {
        self.writer()?.omap_clear().map(drop)
    }

    fn version(&self) -> u64 {
        self.run.version
    }

    fn snapset_seq(&self) -> u64 {
        self.run.load_snapset().map_or(0, |set| set.seq)
    }

    fn watchers(&self) -> Result<Vec<WatcherInfo>> {
        Ok(self.run.client.store().watches().of(self.run.tx.object()))
    }

    fn origin(&self) -> Origin {
        self.run.client.origin()
    }

    fn now(&self) -> Timespec {
        Timespec::now()
    }
}
