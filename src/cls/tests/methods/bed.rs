//! One object in memory, with an OSD's rules: a failing method changes nothing, reads of what does not exist
//! answer `-ENOENT`, writes create.

use std::collections::BTreeMap;

use bytes::Bytes;
use cls::{Call, ObjectContext, Origin, Page};
use ops::{Errno, Result, Timespec, WatcherInfo};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bed {
    pub exists: bool,
    pub data: Vec<u8>,
    pub xattrs: BTreeMap<Bytes, Bytes>,
    pub omap: BTreeMap<Bytes, Bytes>,
    pub header: Bytes,
    pub snapset_seq: u64,
    pub client: u64,
    pub now: Timespec,
    /// The client itself watches the object.
    pub watching: bool,
}

impl Bed {
    pub fn new() -> Bed {
        Bed { client: 4123, now: Timespec { sec: 1_000, nsec: 5 }, ..Bed::default() }
    }

    /// An object that exists and is empty.
    pub fn created() -> Bed {
        Bed { exists: true, ..Bed::new() }
    }

    /// Runs a method by its table entry, as a back end does.
    pub fn run(&mut self, class: &str, method: &str, input: &Bytes) -> Result<Bytes> {
        let entry = cls::find(class.as_bytes(), method.as_bytes()).ok_or(Errno::EOPNOTSUPP)?;
        let before = self.clone();
        let answer = (entry.run)(self, input);
        if answer.is_err() || !entry.writes {
            assert!(
                answer.is_err() || *self == before,
                "{class}.{method} only reads, but changed the object"
            );
            *self = before;
        }
        answer.map(|answer| answer.out)
    }

    pub fn call<R>(&mut self, call: Call<R>) -> Result<R> {
        let out = self.run(call.class, call.method, &call.input)?;
        call.decode(&out)
    }

    /// The omap row as hexadecimal digits.
    pub fn row(&self, key: &str) -> Option<String> {
        self.omap.get(key.as_bytes()).map(|value| to_hex(value))
    }

    pub fn keys(&self) -> Vec<String> {
        self.omap.keys().map(|key| String::from_utf8_lossy(key).into_owned()).collect()
    }

    fn there(&self) -> Result<()> {
        if self.exists { Ok(()) } else { Err(Errno::ENOENT) }
    }
}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// From hexadecimal digits; white space is skipped.
pub fn hex(text: &str) -> Bytes {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<u8>>().into()
}

impl ObjectContext for Bed {
    fn stat(&self) -> Result<(u64, Timespec)> {
        self.there().map(|()| (self.data.len() as u64, self.now))
    }

    fn create(&mut self, exclusive: bool) -> Result<()> {
        if self.exists && exclusive {
            return Err(Errno::EEXIST);
        }
        self.exists = true;
        Ok(())
    }

    fn remove(&mut self) -> Result<()> {
        self.there()?;
        let Bed { client, now, snapset_seq, .. } = *self;
        *self = Bed { client, now, snapset_seq, ..Bed::default() };
        Ok(())
    }

    fn read(&self, off: u64, len: u64) -> Result<Bytes> {
        self.there()?;
        let start = self.data.len().min(off as usize);
        let end = if len == 0 { self.data.len() } else { self.data.len().min(start + len as usize) };
        Ok(Bytes::copy_from_slice(&self.data[start..end]))
    }

    fn write(&mut self, off: u64, data: &Bytes) -> Result<()> {
        self.exists = true;
        let end = off as usize + data.len();
        if self.data.len() < end {
            self.data.resize(end, 0);
        }
        self.data[off as usize..end].copy_from_slice(data);
        Ok(())
    }

    fn write_full(&mut self, data: &Bytes) -> Result<()> {
        self.exists = true;
        self.data = data.to_vec();
        Ok(())
    }

    fn truncate(&mut self, size: u64) -> Result<()> {
        self.data.resize(size as usize, 0);
        Ok(())
    }

    fn zero(&mut self, off: u64, len: u64) -> Result<()> {
        self.write(off, &Bytes::from(vec![0; len as usize]))
    }

    fn xattr(&self, name: &[u8]) -> Result<Bytes> {
        self.there()?;
        self.xattrs.get(name).cloned().ok_or(Errno::ENODATA)
    }

    fn xattrs(&self) -> Result<BTreeMap<Bytes, Bytes>> {
        self.there().map(|()| self.xattrs.clone())
    }

    fn set_xattr(&mut self, name: &[u8], value: Bytes) -> Result<()> {
        self.exists = true;
        self.xattrs.insert(Bytes::copy_from_slice(name), value);
        Ok(())
    }

    fn remove_xattr(&mut self, name: &[u8]) -> Result<()> {
        self.xattrs.remove(name).map(|_| ()).ok_or(Errno::ENODATA)
    }

    fn omap_header(&self) -> Result<Bytes> {
        self.there().map(|()| self.header.clone())
    }

    fn set_omap_header(&mut self, data: Bytes) -> Result<()> {
        self.exists = true;
        self.header = data;
        Ok(())
    }

    fn omap_get(&self, key: &[u8]) -> Result<Bytes> {
        self.omap.get(key).cloned().ok_or(Errno::ENOENT)
    }

    fn omap_entries(&self, after: &[u8], prefix: &[u8], max: u64) -> Result<Page<Vec<(Bytes, Bytes)>>> {
        self.there()?;
        let mut found: Vec<_> = self
            .omap
            .iter()
            .filter(|(key, _)| &key[..] > after && key.starts_with(prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let more = found.len() as u64 > max;
        found.truncate(max as usize);
        Ok((found, more))
    }

    fn omap_set(&mut self, key: Bytes, value: Bytes) -> Result<()> {
        self.exists = true;
        self.omap.insert(key, value);
        Ok(())
    }

    fn omap_remove(&mut self, key: &[u8]) -> Result<()> {
        self.there()?;
        self.omap.remove(key);
        Ok(())
    }

    fn omap_remove_range(&mut self, from: &[u8], to: &[u8]) -> Result<()> {
        self.there()?;
        self.omap.retain(|key, _| &key[..] < from || &key[..] >= to);
        Ok(())
    }

    fn omap_clear(&mut self) -> Result<()> {
        self.there()?;
        self.omap.clear();
        Ok(())
    }

    fn version(&self) -> u64 {
        1
    }

    fn snapset_seq(&self) -> u64 {
        self.snapset_seq
    }

    fn watchers(&self) -> Result<Vec<WatcherInfo>> {
        let Origin { client, addr } = self.origin();
        let watcher = WatcherInfo { addr, client, cookie: 1, timeout_seconds: 30 };
        Ok(self.watching.then_some(watcher).into_iter().collect())
    }

    fn origin(&self) -> Origin {
        Origin { client: self.client, addr: "127.0.0.1:0/1532344100".into() }
    }

    fn now(&self) -> Timespec {
        self.now
    }
}
