//! What the engine promises to the store above it.
//!
//! The engine keeps *objects*: each has *parts* — the head and, by snapshot id, its clones — and a part
//! has data, attributes, omap and one opaque [`Info`] record. It knows nothing of operations, classes,
//! pools' names or watchers. It makes a transaction on one object atomic, durable and checksummed.

use std::ops::Bound;

use bytes::Bytes;
use ops::{Cursor, Durability, ObjectRef, Result, Sink, Timespec, Wait};

/// The head, or the id of the snapshot a clone was made for.
pub type Part = u64;
pub use ops::SNAP_HEAD as HEAD;

/// What the engine keeps per part for the store above, besides the data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// The object's version as `rados_get_last_version` reports it.
    pub version: u64,
    pub mtime: Timespec,
    pub alloc_hint: (u64, u64, u32),
    /// On the head (or on the oldest surviving part where the head is gone): the snap set, encoded by
    /// the store. Opaque here.
    pub snapset: Bytes,
}

pub type OnDone = Box<dyn FnOnce(Result<()>) + Send>;
/// Gets the sink back, and how many bytes were delivered.
pub type OnRead = Box<dyn FnOnce(Box<dyn Sink>, Result<u64>) + Send>;

/// Which objects a listing has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    /// Those that have a head.
    Heads,
    /// Those that have clones.
    Cloned,
}

/// Allocated bytes and counts, of the whole store or of one pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub heads: u64,
    pub clones: u64,
    /// Bytes of the parts' sizes.
    pub logical: u64,
    /// Bytes of the data file they occupy (shared extents once).
    pub allocated: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// Bytes on the file system: all, and what the store may still take.
    pub total: u64,
    pub available: u64,
    /// What the store's files occupy.
    pub used: u64,
}

/// A durable set of objects. All methods may be called from any thread.
pub trait Engine: Send + Sync {
    /// Takes exclusive hold of one object, waiting for whoever holds it. Holds on different objects are
    /// independent. `-EIO` where the object's records are damaged, or the store was poisoned by a failed
    /// sync.
    fn begin(&self, object: &ObjectRef) -> Result<Box<dyn Tx + '_>>;

    /// `done` runs when everything committed so far is on stable storage.
    fn flush(&self, done: OnDone);

    /// Objects of a pool in cursor order from `from` on, at most `max`, with the next position. Sees
    /// every transaction committed before the call, durable or not.
    fn list(&self, pool: i64, from: &Cursor, max: usize) -> Result<(Vec<ObjectRef>, Cursor)> {
        self.list_some(pool, from, max, Which::All)
    }

    /// The same of some of them; others are not loaded for it.
    fn list_some(
        &self,
        pool: i64,
        from: &Cursor,
        max: usize,
        which: Which,
    ) -> Result<(Vec<ObjectRef>, Cursor)>;

    /// Removes every object of a pool; durable on return. No hold on an object of the pool may be open.
    fn remove_pool(&self, pool: i64) -> Result<()>;

    /// Store-wide records (pools, snapshot ids, fsid, configuration): small, all in memory.
    fn meta_get(&self, key: &[u8]) -> Option<Bytes>;
    fn meta_scan(&self, prefix: &[u8]) -> Vec<(Bytes, Bytes)>;
    /// Atomic, durable on return. `None` removes.
    fn meta_update(&self, changes: Vec<(Bytes, Option<Bytes>)>) -> Result<()>;

    /// `None`: all pools.
    fn usage(&self, pool: Option<i64>) -> Usage;
    fn space(&self) -> Result<Space>;
    /// Objects of which a read has met a wrong checksum since the store was opened.
    fn damaged(&self) -> Vec<ObjectRef> {
        Vec::new()
    }

    /// Makes everything durable, checkpoints, stops the engine's threads and releases its files. Later
    /// calls answer `-ESHUTDOWN`. Idempotent.
    fn shutdown(&self) -> Result<()>;
}

/// Exclusive hold on one object. Changes are seen by later calls on the same hold at once, by others
/// after `commit`. Dropping it undoes them.
///
/// Every change of a part that does not exist is a caller's error (`-ENOENT`), except `create`.
pub trait Tx {
    fn object(&self) -> &ObjectRef;

    /// The ids of all existing parts, ascending (so the head is last).
    fn parts(&self) -> Vec<Part>;
    fn exists(&self, part: Part) -> bool;
    /// Size in bytes.
    fn size(&self, part: Part) -> Result<u64>;
    fn info(&self, part: Part) -> Result<&Info>;
    fn set_info(&mut self, part: Part, info: Info) -> Result<()>;

    /// Creates an empty part; nothing happens where it exists.
    fn create(&mut self, part: Part) -> Result<()>;
    fn remove(&mut self, part: Part) -> Result<()>;
    /// Makes `to` a copy of `from`: data (shared, not copied), attributes, omap and info. Replaces `to`.
    fn clone_part(&mut self, from: Part, to: Part) -> Result<()>;

    /// Delivers bytes from `off`, at most `len` or the sink's capacity, up to the part's size; holes are
    /// zeroed. Returns the count. `-EIO` on a checksum mismatch.
    fn read(&self, part: Part, off: u64, len: u64, sink: &mut dyn Sink) -> Result<u64>;
    /// What `read` would do, to be done after the hold has ended: it delivers the bytes as they are now,
    /// whatever is written meanwhile.
    fn read_later(&self, part: Part, off: u64, len: u64) -> Result<Box<dyn ReadPlan>>;
    /// The allocated extents within a range, ascending, merged, clipped to the range and the size.
    fn extents(&self, part: Part, off: u64, len: u64) -> Result<Vec<(u64, u64)>>;

    /// Extends the part where the extent ends past its size.
    fn write(&mut self, part: Part, off: u64, data: &Bytes) -> Result<()>;
    /// Zeroes a range without changing the size; blocks wholly inside it are freed.
    fn zero(&mut self, part: Part, off: u64, len: u64) -> Result<()>;
    /// Cuts or extends (with a hole).
    fn truncate(&mut self, part: Part, size: u64) -> Result<()>;

    fn attr(&self, part: Part, name: &[u8]) -> Result<Option<Bytes>>;
    /// In the order of their names.
    fn attrs(&self, part: Part) -> Result<Vec<(Bytes, Bytes)>>;
    fn set_attr(&mut self, part: Part, name: Bytes, value: Bytes) -> Result<()>;
    fn remove_attr(&mut self, part: Part, name: &[u8]) -> Result<()>;

    fn omap_header(&self, part: Part) -> Result<Bytes>;
    fn set_omap_header(&mut self, part: Part, data: Bytes) -> Result<()>;
    fn omap_get(&self, part: Part, key: &[u8]) -> Result<Option<Bytes>>;
    /// Calls `each` on entries from `from` on in key order until it answers `false`.
    fn omap_scan(
        &self,
        part: Part,
        from: Bound<&[u8]>,
        each: &mut dyn FnMut(&Bytes, &Bytes) -> bool,
    ) -> Result<()>;
    fn omap_set(&mut self, part: Part, key: Bytes, value: Bytes) -> Result<()>;
    fn omap_remove(&mut self, part: Part, key: &[u8]) -> Result<()>;
    /// Removes keys from `from` (inclusive) to `to` (exclusive; `None`: to the end).
    fn omap_remove_range(&mut self, part: Part, from: &[u8], to: Option<&[u8]>) -> Result<()>;

    /// Ends the hold and keeps the changes. `done` runs when they are on stable storage
    /// ([`Durability::Relaxed`]: when they are visible, that is at once). Without changes, it runs when
    /// everything this hold could have seen is on stable storage (relaxed: at once). With [`Wait::Inline`] the disk work
    /// may be done, and `done` run, before this returns; else `done` runs on a thread of the engine, unless
    /// there is nothing to wait for: then it also runs before this returns.
    ///
    /// Transactions on one object take effect, and survive a crash, in the order of their commits; a
    /// crash keeps a prefix of all durable-acknowledged ones at least.
    fn commit(self: Box<Self>, durability: Durability, wait: Wait, done: OnDone);
}

/// A read whose locations are pinned.
pub trait ReadPlan: Send {
    /// With [`Wait::Inline`], or where the bytes are in memory, `done` runs before this returns.
    fn start(self: Box<Self>, sink: Box<dyn Sink>, wait: Wait, done: OnRead);
}
