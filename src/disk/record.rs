//! A transaction as the log keeps it: the object's name and the changes, in their order.

use bytes::Bytes;
use ops::{Errno, ObjectRef, Result};
use smallvec::SmallVec;

use crate::Phys;
use crate::api::{Info, Part};
use crate::codec::{Reader, Writer};

/// Consecutive blocks of a part, now at consecutive physical blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    pub part: Part,
    /// The first block of the part.
    pub first: u64,
    pub phys: Phys,
    /// The crc32c of each block.
    pub crcs: SmallVec<[u32; 4]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Create(Part),
    Remove(Part),
    Clone {
        from: Part,
        to: Part,
    },
    Size(Part, u64),
    Info(Part, Info),
    /// The content stands in the frame, or at its place already: the frame tells.
    Blocks(Extent),
    /// Blocks `from..to` become holes.
    Unmap {
        part: Part,
        from: u64,
        to: u64,
    },
    Attr(Part, Bytes, Option<Bytes>),
    OmapHeader(Part, Bytes),
    Omap(Part, Bytes, Option<Bytes>),
    /// Keys from `from` on, up to `to` exclusive.
    OmapRange(Part, Bytes, Option<Bytes>),
}

impl Change {
    pub fn encode(&self, w: &mut Writer) {
        match self {
            Change::Create(part) => {
                w.u8(1);
                w.u64(*part);
            }
            Change::Remove(part) => {
                w.u8(2);
                w.u64(*part);
            }
            Change::Clone { from, to } => {
                w.u8(3);
                w.u64(*from);
                w.u64(*to);
            }
            Change::Size(part, size) => {
                w.u8(4);
                w.u64(*part);
                w.u64(*size);
            }
            Change::Info(part, info) => {
                w.u8(5);
                w.u64(*part);
                w.info(info);
            }
            Change::Blocks(extent) => {
                w.u8(6);
                w.u64(extent.part);
                w.u64(extent.first);
                w.u32(extent.phys);
                w.u32(extent.crcs.len() as u32);
                extent.crcs.iter().for_each(|&crc| w.u32(crc));
            }
            Change::Unmap { part, from, to } => {
                w.u8(7);
                w.u64(*part);
                w.u64(*from);
                w.u64(*to);
            }
            Change::Attr(part, name, value) => {
                w.u8(8);
                w.u64(*part);
                w.bytes(name);
                w.option(value.as_ref());
            }
            Change::OmapHeader(part, data) => {
                w.u8(9);
                w.u64(*part);
                w.bytes(data);
            }
            Change::Omap(part, key, value) => {
                w.u8(10);
                w.u64(*part);
                w.bytes(key);
                w.option(value.as_ref());
            }
            Change::OmapRange(part, from, to) => {
                w.u8(11);
                w.u64(*part);
                w.bytes(from);
                w.option(to.as_ref());
            }
        }
    }

    pub fn decode(r: &mut Reader) -> Result<Change> {
        let tag = r.u8()?;
        let part = r.u64()?;
        Ok(match tag {
            1 => Change::Create(part),
            2 => Change::Remove(part),
            3 => Change::Clone { from: part, to: r.u64()? },
            4 => Change::Size(part, r.u64()?),
            5 => Change::Info(part, r.info()?),
            6 => {
                let (first, phys, count) = (r.u64()?, r.u32()?, r.u32()?);
                if count as usize > r.0.len() / 4 || phys == 0 || phys.checked_add(count).is_none() {
                    return Err(Errno::EIO);
                }
                let crcs = (0..count).map(|_| r.u32()).collect::<Result<_>>()?;
                Change::Blocks(Extent { part, first, phys, crcs })
            }
            7 => Change::Unmap { part, from: r.u64()?, to: r.u64()? },
            8 => Change::Attr(part, r.bytes()?, r.option()?),
            9 => Change::OmapHeader(part, r.bytes()?),
            10 => Change::Omap(part, r.bytes()?, r.option()?),
            11 => Change::OmapRange(part, r.bytes()?, r.option()?),
            _ => return Err(Errno::EIO),
        })
    }
}

/// What one sequence number of the log does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    Object(ObjectRef, Vec<Change>),
    Meta(Vec<(Bytes, Option<Bytes>)>),
}

pub fn encode_object(object: &ObjectRef, changes: &[Change]) -> Vec<u8> {
    let mut w = Writer::new();
    w.u8(1);
    w.u64(object.pool as u64);
    w.bytes(&object.nspace);
    w.bytes(&object.name);
    w.bytes(&object.key);
    changes.iter().for_each(|change| change.encode(&mut w));
    w.0
}

pub fn encode_meta(changes: &[(Bytes, Option<Bytes>)]) -> Vec<u8> {
    let mut w = Writer::new();
    w.u8(2);
    for (key, value) in changes {
        w.bytes(key);
        w.option(value.as_ref());
    }
    w.0
}

pub fn decode(bytes: Bytes) -> Result<Record> {
    let mut r = Reader(bytes);
    match r.u8()? {
        1 => {
            let pool = r.u64()? as i64;
            let object = ObjectRef { pool, nspace: r.bytes()?, name: r.bytes()?, key: r.bytes()? };
            let mut changes = Vec::new();
            while !r.is_empty() {
                changes.push(Change::decode(&mut r)?);
            }
            Ok(Record::Object(object, changes))
        }
        2 => {
            let mut changes = Vec::new();
            while !r.is_empty() {
                changes.push((r.bytes()?, r.option()?));
            }
            Ok(Record::Meta(changes))
        }
        _ => Err(Errno::EIO),
    }
}
