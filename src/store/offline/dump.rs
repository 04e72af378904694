//! What is in a store, for people and programs to read. Nothing is changed.

use std::path::Path;
use std::time::Duration;

use disk::check::LogFrame;
use disk::{Engine, HEAD, Part, Tx};
use ops::{Cursor, ObjectRef, Sink};
use serde::Serialize;

use super::{Error, Opened, Result, find_pool, pools};
use crate::pool::PoolRecord;
use crate::snapset::SnapSet;
use crate::store::FSID;

/// Objects listed at once.
const PAGE: usize = 512;
const STEP: u64 = 1 << 20;

/// The whole of it.
#[derive(Clone, Debug, Serialize)]
pub struct StoreDump {
    /// Of the layout on the disk.
    pub version: u32,
    /// The random id of the files.
    pub id: String,
    /// Empty where nobody ever attached to the store.
    pub fsid: String,
    pub objects: u64,
    pub clones: u64,
    /// Bytes of the objects' sizes, and bytes of data kept for them.
    pub logical: u64,
    pub allocated: u64,
    /// Frames and transactions of the log that the checkpoint does not have.
    pub log_frames: u64,
    pub log_transactions: u64,
    pub pools: Vec<PoolDump>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PoolDump {
    #[serde(flatten)]
    pub record: serde_json::Value,
    pub objects: u64,
    pub clones: u64,
    pub logical: u64,
    pub allocated: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ObjectDump {
    pub pool: i64,
    pub namespace: String,
    pub locator: String,
    pub name: String,
    /// The newest snapshot id a writer has told of.
    pub snap_seq: u64,
    pub parts: Vec<PartDump>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PartDump {
    /// `head`, or the id of the clone.
    pub part: String,
    pub size: u64,
    pub version: u64,
    pub mtime: String,
    pub alloc_hint: (u64, u64, u32),
    /// Of a clone: the snapshots it serves, newest first, and what it shares with the next newer part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snaps: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<Vec<(u64, u64)>>,
    /// Bytes of its blocks, also of those it shares.
    pub allocated: u64,
    pub attrs: Vec<AttrDump>,
    pub omap_header: u64,
    pub omap_keys: u64,
    /// crc32c of the data, attributes and omap; only where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digests: Option<Digests>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Digests {
    pub data: u32,
    pub attrs: u32,
    pub omap: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct AttrDump {
    pub name: String,
    pub bytes: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtentDump {
    pub part: String,
    pub off: u64,
    pub len: u64,
    /// Bytes into the file `data`.
    pub place: u64,
    /// The very same blocks as the part before it has.
    pub shared: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct FrameDump {
    pub position: u64,
    /// Bytes into the file `log`.
    pub offset: u64,
    pub bytes: u64,
    pub blocks: u32,
    pub transactions: Vec<(u64, String)>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RecordDump {
    pub key: String,
    pub value: String,
}

/// A store that is being read. While it lives, nobody can open the store to change it.
pub struct Dump(Opened);

fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => bytes.escape_ascii().to_string(),
    }
}

fn part_name(part: Part) -> String {
    if part == HEAD { "head".into() } else { part.to_string() }
}

impl Dump {
    /// `-ENOENT` where there is no store, `-EBUSY` where somebody has it open, `-EIO` where it is too damaged to open.
    pub fn open(dir: &Path, wait: Duration) -> Result<Dump> {
        Ok(Dump(Opened::open(dir, wait)?))
    }

    pub fn store(&self) -> Result<StoreDump> {
        let engine = &*self.0.engine;
        let (version, id) = self.0.inspector.format();
        let usage = engine.usage(None);
        let (mut log_frames, mut log_transactions) = (0, 0);
        self.log(&mut |frame| {
            log_frames += 1;
            log_transactions += frame.transactions.len() as u64;
        })?;
        Ok(StoreDump {
            version,
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            fsid: engine.meta_get(FSID).map(|fsid| text(&fsid)).unwrap_or_default(),
            objects: usage.heads,
            clones: usage.clones,
            logical: usage.logical,
            allocated: usage.allocated,
            log_frames,
            log_transactions,
            pools: self.pools()?,
        })
    }

    pub fn pools(&self) -> Result<Vec<PoolDump>> {
        let engine = &*self.0.engine;
        let dump = |pool: PoolRecord| {
            let usage = engine.usage(Some(pool.id));
            Ok(PoolDump {
                record: serde_json::to_value(&pool).map_err(|err| Error::Refused(err.to_string()))?,
                objects: usage.heads,
                clones: usage.clones,
                logical: usage.logical,
                allocated: usage.allocated,
            })
        };
        pools(engine)?.into_iter().map(dump).collect()
    }

    /// Every object of a pool (`None`: of all pools) in listing order. With `digests`, all of it is read.
    pub fn objects(&self, pool: Option<&str>, digests: bool, each: &mut dyn FnMut(ObjectDump)) -> Result<()> {
        let engine = &*self.0.engine;
        let pools = match pool {
            Some(pool) => vec![find_pool(engine, pool)?],
            None => pools(engine)?,
        };
        for pool in pools {
            let mut from = Cursor::begin();
            while from != Cursor::End {
                let (objects, next) = engine.list(pool.id, &from, PAGE)?;
                for object in objects {
                    each(self.dump_object(&object, digests)?);
                }
                engine.shed();
                from = next;
            }
        }
        Ok(())
    }

    fn named(&self, pool: &str, nspace: &str, locator: &str, name: &str) -> Result<ObjectRef> {
        let pool = find_pool(&*self.0.engine, pool)?.id;
        let own = |text: &str| bytes::Bytes::copy_from_slice(text.as_bytes());
        let object = ObjectRef { pool, nspace: own(nspace), name: own(name), key: own(locator) };
        if self.0.engine.begin(&object)?.parts().is_empty() {
            return Err(Error::Refused(format!("there is no object '{name}'")));
        }
        Ok(object)
    }

    pub fn object(
        &self,
        pool: &str,
        nspace: &str,
        locator: &str,
        name: &str,
        digests: bool,
    ) -> Result<ObjectDump> {
        let object = self.named(pool, nspace, locator, name)?;
        self.dump_object(&object, digests)
    }

    /// Where in the data file an object's bytes are.
    pub fn extents(&self, pool: &str, nspace: &str, locator: &str, name: &str) -> Result<Vec<ExtentDump>> {
        let object = self.named(pool, nspace, locator, name)?;
        let layouts = self.0.engine.layout(&object)?;
        let mut extents = Vec::new();
        for (at, layout) in layouts.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| layouts.get(at));
            let same = before.map(|before| layout.shared_with(before)).unwrap_or_default();
            for extent in &layout.extents {
                // Cut where sharing begins or ends.
                let end = extent.off + extent.len;
                let mut cuts: Vec<u64> = same.iter().flat_map(|&(off, len)| [off, off + len]).collect();
                cuts.retain(|&cut| cut > extent.off && cut < end);
                cuts.push(end);
                let mut off = extent.off;
                for cut in cuts {
                    let shared = same.iter().any(|&(from, len)| from <= off && off < from + len);
                    let place = extent.place + (off - extent.off);
                    let part = part_name(layout.part);
                    extents.push(ExtentDump { part, off, len: cut - off, place, shared });
                    off = cut;
                }
            }
        }
        Ok(extents)
    }

    /// The frames of the log that the checkpoint does not have, in their order.
    pub fn log(&self, each: &mut dyn FnMut(FrameDump)) -> Result<()> {
        Ok(self.0.inspector.log(&mut |frame: LogFrame| {
            let LogFrame { position, offset, bytes, blocks, transactions, .. } = frame;
            each(FrameDump { position, offset, bytes, blocks, transactions });
        })?)
    }

    /// The store's own records.
    pub fn records(&self) -> Vec<RecordDump> {
        let records = self.0.engine.meta_scan(b"");
        records.iter().map(|(key, value)| RecordDump { key: text(key), value: text(value) }).collect()
    }

    fn dump_object(&self, object: &ObjectRef, digests: bool) -> Result<ObjectDump> {
        let layouts = self.0.engine.layout(object)?;
        let tx = self.0.engine.begin(object)?;
        let parts = tx.parts();
        let set = match parts.last() {
            Some(&last) => SnapSet::decode(&tx.info(last)?.snapset)?,
            None => SnapSet::default(),
        };
        let allocated = |part| {
            let layout = layouts.iter().find(|layout| layout.part == part);
            layout.map_or(0, |layout| layout.extents.iter().map(|extent| extent.len).sum())
        };
        let parts = parts.iter().map(|&part| dump_part(&*tx, part, &set, allocated(part), digests));
        Ok(ObjectDump {
            pool: object.pool,
            namespace: text(&object.nspace),
            locator: text(&object.key),
            name: text(&object.name),
            snap_seq: set.seq,
            parts: parts.collect::<ops::Result<_>>()?,
        })
    }
}

fn dump_part(tx: &dyn Tx, part: Part, set: &SnapSet, allocated: u64, digests: bool) -> ops::Result<PartDump> {
    let info = tx.info(part)?;
    let clone = set.clones.iter().find(|clone| clone.id == part);
    let mut omap_keys = 0;
    tx.omap_scan(part, std::ops::Bound::Unbounded, &mut |_, _| {
        omap_keys += 1;
        true
    })?;
    let attrs = tx.attrs(part)?;
    Ok(PartDump {
        part: part_name(part),
        size: tx.size(part)?,
        version: info.version,
        mtime: format!("{}.{:09}", info.mtime.sec, info.mtime.nsec),
        alloc_hint: info.alloc_hint,
        snaps: clone.map(|clone| clone.snaps.clone()),
        overlap: clone.map(|clone| clone.overlap.ranges().to_vec()),
        allocated,
        attrs: attrs
            .iter()
            .map(|(name, value)| AttrDump { name: text(name), bytes: value.len() as u64 })
            .collect(),
        omap_header: tx.omap_header(part)?.len() as u64,
        omap_keys,
        digests: if digests { Some(digest(tx, part)?) } else { None },
    })
}

/// Data goes through the checksum in order: reads deliver it that way.
struct Checksum {
    crc: u32,
    room: usize,
}

impl Sink for Checksum {
    fn capacity(&self) -> usize {
        self.room
    }

    fn put(&mut self, _: usize, bytes: &[u8]) {
        self.crc = crc32c::crc32c_append(self.crc, bytes);
    }

    fn zero(&mut self, _: usize, len: usize) {
        let zeroes = [0; 4096];
        let mut left = len;
        while left > 0 {
            let piece = left.min(zeroes.len());
            self.crc = crc32c::crc32c_append(self.crc, &zeroes[..piece]);
            left -= piece;
        }
    }
}

fn digest(tx: &dyn Tx, part: Part) -> ops::Result<Digests> {
    // Holes count by their bounds: they may be of any size.
    let mut data = tx.size(part)? as u32;
    for (off, len) in tx.extents(part, 0, u64::MAX)? {
        data = crc32c::crc32c_append(data, &off.to_le_bytes());
        let mut at = off;
        while at < off + len {
            let piece = STEP.min(off + len - at);
            let mut sink = Checksum { crc: data, room: piece as usize };
            tx.read(part, at, piece, &mut sink)?;
            data = sink.crc;
            at += piece;
        }
    }
    let append = |crc: u32, text: &[u8]| {
        crc32c::crc32c_append(crc32c::crc32c_append(crc, &(text.len() as u64).to_le_bytes()), text)
    };
    let attrs = tx.attrs(part)?;
    let attrs = attrs.iter().fold(0, |crc, (name, value)| append(append(crc, name), value));
    let mut omap = append(0, &tx.omap_header(part)?);
    tx.omap_scan(part, std::ops::Bound::Unbounded, &mut |key, value| {
        omap = append(append(omap, key), value);
        true
    })?;
    Ok(Digests { data, attrs, omap })
}
