//! Requests to OSDs and their answers.

use denc::entity::EntityName;
use denc::{BufMut, Bytes, BytesMut, Decode, Encode, Reader, envelope};
use ops::{SnapContext, Timespec};
use osdmap::Pg;
use smallvec::SmallVec;

use super::{InMessage, OutMessage, PRIORITY_OSD_OP, Pieces, kind};
use crate::session::SUPPORTED;

bitflags::bitflags! {
    /// `CEPH_OSD_FLAG_*` of a request.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct OsdFlags: u32 {
        const ONDISK = 0x4;
        const RETRY = 0x8;
        const READ = 0x10;
        const WRITE = 0x20;
        const ORDERSNAP = 0x40;
        const BALANCE_READS = 0x100;
        const PGOP = 0x400;
        const LOCALIZE_READS = 0x2000;
        const RWORDERED = 0x4000;
        const IGNORE_CACHE = 0x8000;
        const SKIPRWLOCKS = 0x1_0000;
        const IGNORE_OVERLAY = 0x2_0000;
        const REDIRECTED = 0x20_0000;
        const KNOWN_REDIR = 0x40_0000;
        const FULL_TRY = 0x80_0000;
        const FULL_FORCE = 0x100_0000;
        const IGNORE_REDIRECT = 0x200_0000;
        const RETURNVEC = 0x400_0000;
    }
}

/// The operations of a request as they go over the wire: the same each time it is sent.
#[derive(Clone, Debug, Default)]
pub struct OpVector {
    pub count: u16,
    /// `ceph_osd_op`, one after the other.
    pub ops: Bytes,
    /// What they bring along, one after the other.
    pub data: Pieces,
}

/// `spg_t`: a placement group and, in erasure-coded pools, a shard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShardPg {
    pub pg: Pg,
    /// -1: no shards.
    pub shard: i8,
}

impl Encode for ShardPg {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 1, 1, |out| (self.pg, self.shard).encode(out));
    }
}

impl Decode for ShardPg {
    const MIN: usize = 24;

    fn decode(from: &mut Reader) -> denc::Result<ShardPg> {
        from.envelope(1, |_, body| Ok(ShardPg { pg: body.get()?, shard: body.get()? }))
    }
}

/// Where an object is placed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locator {
    pub pool: i64,
    pub key: Bytes,
    pub nspace: Bytes,
    /// Set in requests to a whole placement group.
    pub hash: Option<u32>,
}

impl Encode for Locator {
    fn encode(&self, out: &mut BytesMut) {
        let compat = if self.hash.is_some() { 6 } else { 3 };
        envelope(out, 6, compat, |out| {
            let preferred = -1_i32;
            (self.pool, preferred, &self.key, &self.nspace, self.hash.map_or(-1, i64::from)).encode(out);
        });
    }
}

impl Decode for Locator {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<Locator> {
        from.envelope_since(6, 3, 3, |version, body| {
            if version < 5 {
                return Err(denc::DecodeError::Malformed("object locator"));
            }
            let (pool, _preferred): (i64, i32) = body.get()?;
            let (key, nspace) = body.get()?;
            let hash: i64 = if version >= 6 { body.get()? } else { -1 };
            Ok(Locator { pool, key, nspace, hash: u32::try_from(hash).ok() })
        })
    }
}

/// One sending of a request.
pub struct OsdOp<'a> {
    pub tid: u64,
    pub pg: ShardPg,
    pub hash: u32,
    pub epoch: u32,
    pub flags: OsdFlags,
    pub mtime: Timespec,
    pub locator: &'a Locator,
    pub name: &'a Bytes,
    pub vector: &'a OpVector,
    pub snap: u64,
    pub snapc: &'a SnapContext,
    /// 0 the first time.
    pub attempt: i32,
}

/// `MOSDOp` of version 8, which every OSD since Ceph 12 takes.
pub fn osd_op(op: &OsdOp<'_>) -> OutMessage {
    let vector = op.vector;
    let names = op.name.len() + op.locator.key.len() + op.locator.nspace.len();
    let mut front = BytesMut::with_capacity(256 + names + vector.ops.len() + op.snapc.snaps.len() * 8);
    (op.pg, op.hash, op.epoch, op.flags.bits()).encode(&mut front);
    // The sender's name and the message's transaction id are meant where none is given.
    envelope(&mut front, 2, 2, |out| (EntityName { kind: 0, id: 0 }, 0_u64, 0_i32).encode(out));
    // No tracing.
    (0_u64, 0_u64, 0_u64).encode(&mut front);
    let incarnation = 0_u32;
    (incarnation, op.mtime).encode(&mut front);
    (op.locator, op.name, vector.count).encode(&mut front);
    front.put_slice(&vector.ops);
    (op.snap, op.snapc.seq, &op.snapc.snaps[..], op.attempt, SUPPORTED).encode(&mut front);
    OutMessage {
        kind: kind::OSD_OP,
        version: 8,
        compat: 3,
        priority: PRIORITY_OSD_OP,
        tid: op.tid,
        front: front.freeze(),
        data: vector.data.clone(),
        data_off: 0,
    }
}

/// The object is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    pub locator: Locator,
    /// Empty: the same.
    pub name: Bytes,
}

impl Decode for Redirect {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<Redirect> {
        from.envelope(1, |_, body| Ok(Redirect { locator: body.get()?, name: body.get()? }))
    }
}

/// What one operation returned.
#[derive(Clone, Debug)]
pub struct OsdOpResult {
    pub rval: i32,
    pub data: Bytes,
    /// How many bytes are where they belong already, instead of in `data`.
    pub landed: usize,
}

#[derive(Clone, Debug)]
pub struct OsdOpReply {
    /// Of the object that was asked about.
    pub name: Bytes,
    pub result: i32,
    /// Of which sending this is the answer; -1: not known.
    pub attempt: i32,
    pub version: u64,
    pub redirect: Option<Redirect>,
    pub ops: SmallVec<[OsdOpResult; 2]>,
}

/// `sizeof(struct ceph_osd_op)`; its last four bytes are the length of its part of the data.
pub const WIRE_OP: usize = 38;

pub fn osd_op_reply(message: &InMessage) -> denc::Result<OsdOpReply> {
    message.read(8, |version, from| {
        if version < 7 {
            return Err(denc::DecodeError::Malformed("version of an OSD's reply"));
        }
        let name = from.get()?;
        let _pg: Pg = from.get()?;
        let (_flags, result): (i64, i32) = from.get()?;
        let _old_version: (u64, u32) = from.get()?;
        let _epoch: u32 = from.get()?;
        let count = from.count(WIRE_OP)?;
        let mut lens: SmallVec<[u32; 2]> = SmallVec::new();
        for _ in 0..count {
            let op: [u8; WIRE_OP] = from.array()?;
            lens.push(op.last_chunk::<4>().map_or(0, |len| u32::from_le_bytes(*len)));
        }
        let attempt = from.get()?;
        let mut data = Reader::new(message.data.clone());
        let mut ops = SmallVec::new();
        let mut landed = message.landed;
        for len in lens {
            // The lengths are of the segment behind: no more than there is.
            let len = (len as usize).min(data.remaining());
            // Only what a single operation returns lands by itself.
            ops.push(OsdOpResult {
                rval: from.get()?,
                data: data.take(len)?,
                landed: std::mem::take(&mut landed),
            });
        }
        let _replay_version: (u64, u32) = from.get()?;
        let version = from.get()?;
        let redirect = if from.get()? { Some(from.get()?) } else { None };
        Ok(OsdOpReply { name, result, attempt, version, redirect, ops })
    })
}
