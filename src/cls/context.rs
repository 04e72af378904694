//! What a class method may do to its object.

use std::collections::BTreeMap;

use bytes::Bytes;
use ops::{Result, Timespec, WatcherInfo};

/// The client a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// `client.ID`: the instance id.
    pub client: u64,
    /// Its address as `127.0.0.1:0/123`.
    pub addr: String,
}

/// Some entries, and whether there are more after them.
pub type Page<T> = (T, bool);

/// One object within the request's transaction. Writes are seen by later reads of the same method. Names
/// follow the OSD's class interface.
///
/// In a method that writes, the object may not exist: then `stat`, attributes and single omap keys answer
/// `-ENOENT`, while data, omap header and entries read as empty, as on an OSD; writes create it.
pub trait ObjectContext {
    /// Size in bytes and modification time.
    fn stat(&self) -> Result<(u64, Timespec)>;
    fn create(&mut self, exclusive: bool) -> Result<()>;
    fn remove(&mut self) -> Result<()>;

    /// A short object gives a short read; `len` 0 reads to the end.
    fn read(&self, off: u64, len: u64) -> Result<Bytes>;
    fn write(&mut self, off: u64, data: &Bytes) -> Result<()>;
    fn write_full(&mut self, data: &Bytes) -> Result<()>;
    fn truncate(&mut self, size: u64) -> Result<()>;
    fn zero(&mut self, off: u64, len: u64) -> Result<()>;

    /// `-ENODATA` where there is no such attribute.
    fn xattr(&self, name: &[u8]) -> Result<Bytes>;
    fn xattrs(&self) -> Result<BTreeMap<Bytes, Bytes>>;
    fn set_xattr(&mut self, name: &[u8], value: Bytes) -> Result<()>;
    fn remove_xattr(&mut self, name: &[u8]) -> Result<()>;

    fn omap_header(&self) -> Result<Bytes>;
    fn set_omap_header(&mut self, data: Bytes) -> Result<()>;
    /// `-ENOENT` where there is no such key.
    fn omap_get(&self, key: &[u8]) -> Result<Bytes>;
    /// Entries whose keys come after `after` and begin with `prefix`, at most `max`.
    fn omap_entries(&self, after: &[u8], prefix: &[u8], max: u64) -> Result<Page<Vec<(Bytes, Bytes)>>>;
    fn omap_set(&mut self, key: Bytes, value: Bytes) -> Result<()>;
    /// Removing a key that is not there is no error.
    fn omap_remove(&mut self, key: &[u8]) -> Result<()>;
    fn omap_remove_range(&mut self, from: &[u8], to: &[u8]) -> Result<()>;
    fn omap_clear(&mut self) -> Result<()>;

    /// The object's version before this request.
    fn version(&self) -> u64;
    /// The sequence number of the object's snap set.
    fn snapset_seq(&self) -> u64;
    fn watchers(&self) -> Result<Vec<WatcherInfo>>;
    fn origin(&self) -> Origin;
    fn now(&self) -> Timespec;
}
