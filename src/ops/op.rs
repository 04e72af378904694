//! The operations a request is made of, and what each returns.

use std::collections::BTreeMap;
use std::fmt;

use bitflags::bitflags;
use bytes::Bytes;

use crate::sink::Sink;
use crate::time::Timespec;

bitflags! {
    /// `LIBRADOS_OP_FLAG_*` of `librados.h`, valid for the one op they are set on.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct OpFlags: u32 {
        /// A create fails where the object exists; a pre-existing xattr's set likewise.
        const EXCL = 0x1;
        /// The request goes on when this op fails; its return value still tells.
        const FAILOK = 0x2;
        const FADVISE_RANDOM = 0x4;
        const FADVISE_SEQUENTIAL = 0x8;
        const FADVISE_WILLNEED = 0x10;
        const FADVISE_DONTNEED = 0x20;
        const FADVISE_NOCACHE = 0x40;
        const FADVISE_FUA = 0x80;
        const _ = !0;
    }
}

/// `LIBRADOS_CMPXATTR_OP_*`: the stored value stands on the right, the given one on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpMode {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    /// What no OSD knows either: `-EINVAL`, once the operation's turn comes.
    Other(u8),
}

impl CmpMode {
    const NAMED: [(u8, CmpMode); 6] = [
        (1, CmpMode::Eq),
        (2, CmpMode::Ne),
        (3, CmpMode::Gt),
        (4, CmpMode::Gte),
        (5, CmpMode::Lt),
        (6, CmpMode::Lte),
    ];

    /// The number that stands for it in the C API and on the wire.
    pub fn number(self) -> u8 {
        match self {
            CmpMode::Other(number) => number,
            named => CmpMode::NAMED.iter().find(|(_, mode)| *mode == named).map_or(0, |(number, _)| *number),
        }
    }
}

impl From<u8> for CmpMode {
    fn from(number: u8) -> CmpMode {
        let named = CmpMode::NAMED.iter().find(|(named, _)| *named == number);
        named.map_or(CmpMode::Other(number), |(_, mode)| *mode)
    }
}

/// What a comparison compares as: bytes, or a number that both sides spell in decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CmpValue {
    Bytes(Bytes),
    U64(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XattrCmp {
    pub name: Bytes,
    pub mode: CmpMode,
    pub value: CmpValue,
}

/// One operation. Reads see the object as the operations before them in the vector left it.
/// Offsets and lengths are bytes.
pub enum Op {
    // Guards
    /// `-ENOENT` where the object does not exist.
    AssertExists,
    /// `-ERANGE` where the object's version is newer than the given one, `-EOVERFLOW` where it is older
    /// (a missing object has version 0), `-EINVAL` for 0.
    AssertVersion(u64),
    /// `-(MAX_ERRNO + n)` where byte `n` of the extent differs; past the end reads as zeroes.
    CmpExt {
        off: u64,
        data: Bytes,
    },
    CmpXattr(XattrCmp),
    /// `-ECANCELED` where an entry does not compare; a missing key compares as empty.
    OmapCmp {
        key: Bytes,
        mode: CmpMode,
        value: Bytes,
    },

    // Data
    Create {
        exclusive: bool,
    },
    Write {
        off: u64,
        data: Bytes,
    },
    WriteFull {
        data: Bytes,
    },
    /// `data` repeated to fill `len`, a multiple of its length.
    WriteSame {
        off: u64,
        len: u64,
        data: Bytes,
    },
    Append {
        data: Bytes,
    },
    Truncate {
        size: u64,
    },
    Zero {
        off: u64,
        len: u64,
    },
    Remove,
    SetAllocHint {
        object_size: u64,
        write_size: u64,
        flags: u32,
    },
    /// Makes the head what the object was at a snapshot.
    Rollback {
        snap: u64,
    },

    // Attributes and omap
    SetXattr {
        name: Bytes,
        value: Bytes,
    },
    RmXattr {
        name: Bytes,
    },
    OmapSet {
        entries: BTreeMap<Bytes, Bytes>,
    },
    OmapRmKeys {
        keys: Vec<Bytes>,
    },
    /// Keys from `from` inclusive to `to` exclusive.
    OmapRmRange {
        from: Bytes,
        to: Bytes,
    },
    OmapClear,
    OmapSetHeader {
        data: Bytes,
    },

    // Reads
    /// Into `into` where given (the reply then carries only the count), else into the reply.
    /// `len` 0 reads to the end. A short object gives a short read.
    Read {
        off: u64,
        len: u64,
        into: Option<Box<dyn Sink>>,
    },
    /// Like `Read`; the reply also carries which extents hold data. Bytes between them are absent
    /// from the data.
    SparseRead {
        off: u64,
        len: u64,
    },
    Stat,
    GetXattr {
        name: Bytes,
    },
    GetXattrs,
    /// Up to `max` keys after `after` (exclusive).
    OmapGetKeys {
        after: Bytes,
        max: u64,
    },
    OmapGetVals {
        after: Bytes,
        prefix: Bytes,
        max: u64,
    },
    OmapGetValsByKeys {
        keys: Vec<Bytes>,
    },
    OmapGetHeader,
    /// `LIBRADOS_CHECKSUM_TYPE_*`; `init` is the seed (4 or 8 bytes); `chunk` 0 means one checksum over all.
    Checksum {
        kind: u8,
        init: Bytes,
        off: u64,
        len: u64,
        chunk: u64,
    },
    ListSnaps,
    ListWatchers,

    /// An object class's method: runs within the request's transaction.
    Exec {
        class: Bytes,
        method: Bytes,
        input: Bytes,
    },

    /// Cache tiering hints: `-EINVAL` in a pool that is no cache tier.
    CachePin,
    CacheUnpin,
    /// Legacy single-level map (`rados_tmap_*`), for objects written by very old clients.
    TmapUpdate {
        commands: Bytes,
    },
    TmapPut {
        data: Bytes,
    },
    TmapGet,
}

impl Op {
    /// Whether this op alone makes the request a write. `Exec` may be either: the class method says.
    pub fn is_write(&self) -> bool {
        use Op::*;
        matches!(
            self,
            Create { .. }
                | Write { .. }
                | WriteFull { .. }
                | WriteSame { .. }
                | Append { .. }
                | Truncate { .. }
                | Zero { .. }
                | Remove
                | SetAllocHint { .. }
                | Rollback { .. }
                | SetXattr { .. }
                | RmXattr { .. }
                | OmapSet { .. }
                | OmapRmKeys { .. }
                | OmapRmRange { .. }
                | OmapClear
                | OmapSetHeader { .. }
                | CachePin
                | CacheUnpin
                | TmapUpdate { .. }
                | TmapPut { .. }
        )
    }

    /// The name in log lines.
    pub fn name(&self) -> &'static str {
        use Op::*;
        match self {
            AssertExists => "assert-exists",
            AssertVersion(_) => "assert-version",
            CmpExt { .. } => "cmpext",
            CmpXattr(_) => "cmpxattr",
            OmapCmp { .. } => "omap-cmp",
            Create { .. } => "create",
            Write { .. } => "write",
            WriteFull { .. } => "writefull",
            WriteSame { .. } => "writesame",
            Append { .. } => "append",
            Truncate { .. } => "truncate",
            Zero { .. } => "zero",
            Remove => "delete",
            SetAllocHint { .. } => "set-alloc-hint",
            Rollback { .. } => "rollback",
            SetXattr { .. } => "setxattr",
            RmXattr { .. } => "rmxattr",
            OmapSet { .. } => "omap-set-vals",
            OmapRmKeys { .. } => "omap-rm-keys",
            OmapRmRange { .. } => "omap-rm-key-range",
            OmapClear => "omap-clear",
            OmapSetHeader { .. } => "omap-set-header",
            Read { .. } => "read",
            SparseRead { .. } => "sparse-read",
            Stat => "stat",
            GetXattr { .. } => "getxattr",
            GetXattrs => "getxattrs",
            OmapGetKeys { .. } => "omap-get-keys",
            OmapGetVals { .. } => "omap-get-vals",
            OmapGetValsByKeys { .. } => "omap-get-vals-by-keys",
            OmapGetHeader => "omap-get-header",
            Checksum { .. } => "checksum",
            ListSnaps => "list-snaps",
            ListWatchers => "list-watchers",
            Exec { .. } => "call",
            CachePin => "cache-pin",
            CacheUnpin => "cache-unpin",
            TmapUpdate { .. } => "tmapup",
            TmapPut { .. } => "tmapput",
            TmapGet => "tmapget",
        }
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Write { off, data } => write!(f, "write {off}~{}", data.len()),
            Op::Read { off, len, .. } => write!(f, "read {off}~{len}"),
            Op::Zero { off, len } => write!(f, "zero {off}~{len}"),
            Op::Exec { class, method, .. } => {
                write!(f, "call {}.{}", class.escape_ascii(), method.escape_ascii())
            }
            other => f.write_str(other.name()),
        }
    }
}

#[derive(Debug)]
pub struct OpEntry {
    pub op: Op,
    pub flags: OpFlags,
}

impl From<Op> for OpEntry {
    fn from(op: Op) -> OpEntry {
        OpEntry { op, flags: OpFlags::empty() }
    }
}

/// A watcher as `list-watchers` reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatcherInfo {
    /// The address of the client, as `127.0.0.1:0/123`.
    pub addr: String,
    /// The instance id of the client (`client.ID`).
    pub client: u64,
    pub cookie: u64,
    pub timeout_seconds: u32,
}

/// One clone of an object, or its head (`id` = `SNAP_HEAD`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloneInfo {
    pub id: u64,
    /// The snapshots this clone serves, ascending.
    pub snaps: Vec<u64>,
    /// The extents it shares with the next newer one.
    pub overlap: Vec<(u64, u64)>,
    pub size: u64,
}

/// What `list-snaps` returns: clones ascending, the head last where it exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapSetInfo {
    pub seq: u64,
    pub clones: Vec<CloneInfo>,
}

/// What one op returned besides its return value.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum OpOut {
    #[default]
    None,
    /// Data of a read, an xattr's value, a class method's output, checksums (a le32 count, then the values).
    Data(Bytes),
    /// A read into the caller's buffer: how many bytes arrived.
    Filled(u64),
    Sparse {
        extents: Vec<(u64, u64)>,
        data: Bytes,
    },
    Stat {
        size: u64,
        mtime: Timespec,
    },
    Map {
        entries: BTreeMap<Bytes, Bytes>,
        more: bool,
    },
    Keys {
        keys: Vec<Bytes>,
        more: bool,
    },
    Watchers(Vec<WatcherInfo>),
    Snaps(SnapSetInfo),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct OpReply {
    /// 0, a class method's non-negative answer, or a negative errno.
    pub rval: i32,
    pub out: OpOut,
}
