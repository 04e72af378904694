//! Operations as OSDs read them, and what they return.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{BufMut, Bytes, BytesMut};
use denc::entity::{EntityAddr, EntityName};
use denc::{Decode, Encode, Reader, decode, encode};
use ops::{
    CloneInfo, CmpValue, Op, OpEntry, OpFlags, OpOut, OpReply, RequestFlags, Sink, SnapSetInfo, WatcherInfo,
};

use super::destination::Destination;
use crate::messages::Pieces;
use crate::messages::osd::{OpVector, OsdFlags, OsdOpResult, WIRE_OP};

/// `CEPH_OSD_OP_*`.
pub mod code {
    pub const READ: u16 = 0x1201;
    pub const STAT: u16 = 0x1202;
    pub const SPARSE_READ: u16 = 0x1205;
    pub const NOTIFY: u16 = 0x1206;
    pub const NOTIFY_ACK: u16 = 0x1207;
    pub const ASSERT_VER: u16 = 0x1208;
    pub const LIST_WATCHERS: u16 = 0x1209;
    pub const LIST_SNAPS: u16 = 0x120a;
    pub const TMAP_GET: u16 = 0x120c;
    pub const OMAP_GET_KEYS: u16 = 0x1211;
    pub const OMAP_GET_VALS: u16 = 0x1212;
    pub const OMAP_GET_HEADER: u16 = 0x1213;
    pub const OMAP_GET_VALS_BY_KEYS: u16 = 0x1214;
    pub const OMAP_CMP: u16 = 0x1219;
    pub const CHECKSUM: u16 = 0x121f;
    pub const CMPEXT: u16 = 0x1220;
    pub const WRITE: u16 = 0x2201;
    pub const WRITE_FULL: u16 = 0x2202;
    pub const TRUNCATE: u16 = 0x2203;
    pub const ZERO: u16 = 0x2204;
    pub const DELETE: u16 = 0x2205;
    pub const APPEND: u16 = 0x2206;
    pub const TMAP_PUT: u16 = 0x220b;
    pub const CREATE: u16 = 0x220d;
    pub const ROLLBACK: u16 = 0x220e;
    pub const WATCH: u16 = 0x220f;
    pub const OMAP_SET_VALS: u16 = 0x2215;
    pub const OMAP_SET_HEADER: u16 = 0x2216;
    pub const OMAP_CLEAR: u16 = 0x2217;
    pub const OMAP_RM_KEYS: u16 = 0x2218;
    pub const SET_ALLOC_HINT: u16 = 0x2223;
    pub const CACHE_PIN: u16 = 0x2224;
    pub const CACHE_UNPIN: u16 = 0x2225;
    pub const WRITE_SAME: u16 = 0x2226;
    pub const OMAP_RM_RANGE: u16 = 0x222c;
    pub const TMAP_UP: u16 = 0x320a;
    pub const GET_XATTR: u16 = 0x1301;
    pub const GET_XATTRS: u16 = 0x1302;
    pub const CMP_XATTR: u16 = 0x1303;
    pub const SET_XATTR: u16 = 0x2301;
    pub const RM_XATTR: u16 = 0x2304;
    pub const CALL: u16 = 0x1401;
    pub const PGNLS: u16 = 0x1505;
}

/// Collects operations in their wire form.
#[derive(Default)]
pub struct VectorBuilder {
    count: u16,
    ops: BytesMut,
    data: Pieces,
}

impl VectorBuilder {
    /// `fields`: the part of `ceph_osd_op` that differs by code, up to 28 bytes.
    pub fn op(
        &mut self,
        code: u16,
        flags: u32,
        fields: &(impl Encode + ?Sized),
        data: impl IntoIterator<Item = Bytes>,
    ) {
        let at = self.ops.len();
        (code, flags).encode(&mut self.ops);
        fields.encode(&mut self.ops);
        self.ops.resize(at + WIRE_OP - 4, 0);
        let mut len = 0;
        for piece in data.into_iter().filter(|piece| !piece.is_empty()) {
            len += piece.len();
            self.data.push(piece);
        }
        self.ops.put_u32_le(len as u32);
        self.count += 1;
    }

    pub fn finish(self) -> OpVector {
        OpVector { count: self.count, ops: self.ops.freeze(), data: self.data }
    }
}

/// What is made of an operation's answer.
pub enum Output {
    Nothing,
    Data,
    Into(Box<dyn Sink>),
    /// As `Into`, for data that may be there before its message is.
    Landing(Destination),
    Sparse,
    Stat,
    Xattrs,
    Keys,
    Vals,
    ValsByKeys,
    Snaps,
    Watchers,
}

/// The vector of a request, and per operation what comes back and whether it may fail.
pub fn vector(entries: Vec<OpEntry>) -> (OpVector, Vec<(Output, bool)>) {
    let mut out = VectorBuilder::default();
    let mut outputs = Vec::with_capacity(entries.len());
    for OpEntry { op, flags } in entries {
        let may_fail = flags.contains(OpFlags::FAILOK) || matches!(op, Op::SetAllocHint { .. });
        let flags = if may_fail { flags | OpFlags::FAILOK } else { flags };
        outputs.push((put(&mut out, op, flags.bits()), may_fail));
    }
    (out.finish(), outputs)
}

/// Name and value as attribute operations carry them.
fn named(name: &Bytes, value: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(name.len() + value.len());
    out.put_slice(name);
    out.put_slice(value);
    out.freeze()
}

fn put(out: &mut VectorBuilder, op: Op, flags: u32) -> Output {
    let len = |data: &Bytes| data.len() as u64;
    match op {
        Op::AssertExists => out.op(code::STAT, flags, &(), []),
        Op::AssertVersion(version) => out.op(code::ASSERT_VER, flags, &(0_u64, version), []),
        Op::CmpExt { off, data } => out.op(code::CMPEXT, flags, &(off, len(&data)), [data]),
        Op::CmpXattr(cmp) => {
            let (mode, value) = match &cmp.value {
                CmpValue::Bytes(bytes) => (1_u8, bytes.clone()),
                CmpValue::U64(number) => (2, encode(number)),
            };
            let fields = (cmp.name.len() as u32, value.len() as u32, cmp.mode.number(), mode);
            out.op(code::CMP_XATTR, flags, &fields, [named(&cmp.name, &value)]);
        }
        Op::OmapCmp { key, mode, value } => {
            let asserts = BTreeMap::from([(key, (value, i32::from(mode.number())))]);
            out.op(code::OMAP_CMP, flags, &(), [encode(&asserts)]);
        }
        Op::Create { exclusive } => {
            let flags = if exclusive { flags | OpFlags::EXCL.bits() } else { flags };
            out.op(code::CREATE, flags, &(), []);
        }
        Op::Write { off, data } => out.op(code::WRITE, flags, &(off, len(&data)), [data]),
        Op::WriteFull { data } => out.op(code::WRITE_FULL, flags, &(0_u64, len(&data)), [data]),
        Op::WriteSame { off, len: whole, data } => {
            out.op(code::WRITE_SAME, flags, &(off, whole, len(&data)), [data]);
        }
        Op::Append { data } => out.op(code::APPEND, flags, &(0_u64, len(&data)), [data]),
        Op::Truncate { size } => out.op(code::TRUNCATE, flags, &size, []),
        Op::Zero { off, len } => out.op(code::ZERO, flags, &(off, len), []),
        Op::Remove => out.op(code::DELETE, flags, &(), []),
        Op::SetAllocHint { object_size, write_size, flags: hint } => {
            out.op(code::SET_ALLOC_HINT, flags, &(object_size, write_size, hint), []);
        }
        Op::Rollback { snap } => out.op(code::ROLLBACK, flags, &snap, []),
        Op::SetXattr { name, value } => {
            let fields = (name.len() as u32, value.len() as u32);
            out.op(code::SET_XATTR, flags, &fields, [named(&name, &value)]);
        }
        Op::RmXattr { name } => out.op(code::RM_XATTR, flags, &(name.len() as u32), [name]),
        Op::OmapSet { entries } => out.op(code::OMAP_SET_VALS, flags, &(), [encode(&entries)]),
        Op::OmapRmKeys { keys } => {
            let keys: BTreeSet<Bytes> = keys.into_iter().collect();
            out.op(code::OMAP_RM_KEYS, flags, &(), [encode(&keys)]);
        }
        Op::OmapRmRange { from, to } => out.op(code::OMAP_RM_RANGE, flags, &(), [encode(&(from, to))]),
        Op::OmapClear => out.op(code::OMAP_CLEAR, flags, &(), []),
        Op::OmapSetHeader { data } => out.op(code::OMAP_SET_HEADER, flags, &(), [data]),
        Op::CachePin => out.op(code::CACHE_PIN, flags, &(), []),
        Op::CacheUnpin => out.op(code::CACHE_UNPIN, flags, &(), []),
        Op::TmapUpdate { commands } => out.op(code::TMAP_UP, flags, &(), [commands]),
        Op::TmapPut { data } => out.op(code::TMAP_PUT, flags, &(0_u64, len(&data)), [data]),
        other => return put_read(out, other, flags),
    }
    Output::Nothing
}

fn put_read(out: &mut VectorBuilder, op: Op, flags: u32) -> Output {
    match op {
        Op::Read { off, len, into } => {
            out.op(code::READ, flags, &(off, len), []);
            return match into {
                None => Output::Data,
                Some(sink) if len >= Destination::LEAST => Output::Landing(Destination::new(sink)),
                Some(sink) => Output::Into(sink),
            };
        }
        Op::SparseRead { off, len } => {
            out.op(code::SPARSE_READ, flags, &(off, len), []);
            return Output::Sparse;
        }
        Op::Stat => {
            out.op(code::STAT, flags, &(), []);
            return Output::Stat;
        }
        Op::GetXattr { name } => out.op(code::GET_XATTR, flags, &(name.len() as u32), [name]),
        Op::GetXattrs => {
            out.op(code::GET_XATTRS, flags, &(), []);
            return Output::Xattrs;
        }
        Op::OmapGetKeys { after, max } => {
            out.op(code::OMAP_GET_KEYS, flags, &(), [encode(&(after, max))]);
            return Output::Keys;
        }
        Op::OmapGetVals { after, prefix, max } => {
            out.op(code::OMAP_GET_VALS, flags, &(), [encode(&(after, max, prefix))]);
            return Output::Vals;
        }
        Op::OmapGetValsByKeys { keys } => {
            let keys: BTreeSet<Bytes> = keys.into_iter().collect();
            out.op(code::OMAP_GET_VALS_BY_KEYS, flags, &(), [encode(&keys)]);
            return Output::ValsByKeys;
        }
        Op::OmapGetHeader => out.op(code::OMAP_GET_HEADER, flags, &(), []),
        Op::Checksum { kind, init, off, len, chunk } => {
            let chunk = u32::try_from(chunk).unwrap_or(u32::MAX);
            out.op(code::CHECKSUM, flags, &(off, len, chunk, kind), [init]);
        }
        Op::ListSnaps => {
            out.op(code::LIST_SNAPS, flags, &(), []);
            return Output::Snaps;
        }
        Op::ListWatchers => {
            out.op(code::LIST_WATCHERS, flags, &(), []);
            return Output::Watchers;
        }
        Op::Exec { class, method, input } => {
            let fields = (class.len() as u8, method.len() as u8, 0_u8, input.len() as u32);
            out.op(code::CALL, flags, &fields, [named(&class, &method), input]);
        }
        Op::TmapGet => out.op(code::TMAP_GET, flags, &(), []),
        // The writes are `put`'s.
        _ => return Output::Nothing,
    }
    Output::Data
}

/// The flags of the message that a request's flags and operations ask for.
pub fn message_flags(flags: RequestFlags, ops: &[OpEntry]) -> OsdFlags {
    const TABLE: [(RequestFlags, OsdFlags); 11] = [
        (RequestFlags::BALANCE_READS, OsdFlags::BALANCE_READS),
        (RequestFlags::LOCALIZE_READS, OsdFlags::LOCALIZE_READS),
        (RequestFlags::ORDER_READS_WRITES, OsdFlags::RWORDERED),
        (RequestFlags::IGNORE_CACHE, OsdFlags::IGNORE_CACHE),
        (RequestFlags::SKIPRWLOCKS, OsdFlags::SKIPRWLOCKS),
        (RequestFlags::IGNORE_OVERLAY, OsdFlags::IGNORE_OVERLAY),
        (RequestFlags::FULL_TRY, OsdFlags::FULL_TRY),
        (RequestFlags::FULL_FORCE, OsdFlags::FULL_FORCE),
        (RequestFlags::IGNORE_REDIRECT, OsdFlags::IGNORE_REDIRECT),
        (RequestFlags::ORDERSNAP, OsdFlags::ORDERSNAP),
        (RequestFlags::RETURNVEC, OsdFlags::RETURNVEC),
    ];
    let writes = ops.iter().any(|entry| entry.op.is_write());
    let access = if writes { OsdFlags::WRITE } else { OsdFlags::READ };
    TABLE.iter().filter(|(asked, _)| flags.contains(*asked)).fold(access, |all, (_, flag)| all | *flag)
}

/// How many bytes a request moves, near enough.
pub fn budget(ops: &[OpEntry]) -> u64 {
    let of = |entry: &OpEntry| match &entry.op {
        Op::Write { data, .. }
        | Op::WriteFull { data }
        | Op::WriteSame { data, .. }
        | Op::Append { data } => data.len() as u64,
        Op::Read { len, .. } | Op::SparseRead { len, .. } => *len,
        Op::Exec { input, .. } => input.len() as u64,
        _ => 0,
    };
    ops.iter().map(of).fold(0, u64::saturating_add)
}

/// One operation's answer in the seam's terms. An answer that cannot be decoded is an error of that operation.
pub fn output(kind: Output, result: OsdOpResult) -> OpReply {
    let OsdOpResult { rval, data, landed } = result;
    if rval < 0 {
        return OpReply { rval, out: OpOut::None };
    }
    if landed > 0 {
        return OpReply { rval, out: OpOut::Filled(landed as u64) };
    }
    match shape(kind, data) {
        Ok(out) => OpReply { rval, out },
        Err(_) => OpReply { rval: -libc::EIO, out: OpOut::None },
    }
}

fn shape(kind: Output, data: Bytes) -> denc::Result<OpOut> {
    // Nothing there to be read is what a request without `RETURNVEC` gets.
    if data.is_empty() && !matches!(kind, Output::Data | Output::Into(_) | Output::Landing(_)) {
        return Ok(OpOut::None);
    }
    let mut from = Reader::new(data.clone());
    Ok(match kind {
        Output::Nothing => OpOut::None,
        Output::Data => OpOut::Data(data),
        Output::Into(sink) => filled(sink, &data),
        Output::Landing(to) => to.into_sink().map_or(OpOut::None, |sink| filled(sink, &data)),
        Output::Sparse => {
            let extents: BTreeMap<u64, u64> = from.get()?;
            OpOut::Sparse { extents: extents.into_iter().collect(), data: from.get()? }
        }
        Output::Stat => OpOut::Stat { size: from.get()?, mtime: from.get()? },
        Output::Xattrs | Output::ValsByKeys => OpOut::Map { entries: from.get()?, more: false },
        Output::Keys => {
            let keys: Vec<Bytes> = from.get()?;
            OpOut::Keys { keys, more: from.get_if_any()?.unwrap_or_default() }
        }
        Output::Vals => OpOut::Map { entries: from.get()?, more: from.get_if_any()?.unwrap_or_default() },
        Output::Snaps => OpOut::Snaps(decode::<Snaps>(&data)?.0),
        Output::Watchers => OpOut::Watchers(from.envelope(1, |_, body| {
            Ok(body.get::<Vec<Watcher>>()?.into_iter().map(|watcher| watcher.0).collect())
        })?),
    })
}

/// An answer of every kind.
#[cfg(feature = "fuzzing")]
pub fn answers(data: &Bytes) {
    use Output::*;
    for kind in [Nothing, Data, Sparse, Stat, Xattrs, Keys, Vals, ValsByKeys, Snaps, Watchers] {
        let _ = shape(kind, data.clone());
    }
}

fn filled(mut sink: Box<dyn Sink>, data: &Bytes) -> OpOut {
    // A sink may be smaller than what an OSD claims to have read.
    let len = data.len().min(sink.capacity());
    sink.put(0, data.get(..len).unwrap_or_default());
    OpOut::Filled(len as u64)
}

struct Watcher(WatcherInfo);

impl Decode for Watcher {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<Watcher> {
        from.envelope(2, |version, body| {
            let name: EntityName = body.get()?;
            let (cookie, timeout_seconds) = body.get()?;
            let addr: EntityAddr = if version >= 2 { body.get()? } else { EntityAddr::default() };
            let addr = addr.to_string();
            Ok(Watcher(WatcherInfo { addr, client: name.id.cast_unsigned(), cookie, timeout_seconds }))
        })
    }
}

struct Snaps(SnapSetInfo);

impl Decode for Snaps {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<Snaps> {
        from.envelope(2, |_, body| {
            let clones: Vec<Clone> = body.get()?;
            Ok(Snaps(SnapSetInfo {
                clones: clones.into_iter().map(|clone| clone.0).collect(),
                seq: body.get()?,
            }))
        })
    }
}

struct Clone(CloneInfo);

impl Decode for Clone {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<Clone> {
        from.envelope(1, |_, body| {
            Ok(Clone(CloneInfo {
                id: body.get()?,
                snaps: body.get()?,
                overlap: body.get()?,
                size: body.get()?,
            }))
        })
    }
}
