//! A request and its reply.

use bitflags::bitflags;

use crate::errno::Result;
use crate::object::{ObjectRef, SNAP_HEAD};
use crate::op::{Op, OpEntry, OpReply};
use crate::snap::SnapContext;
use crate::time::Timespec;

bitflags! {
    /// `LIBRADOS_OPERATION_*` of `librados.h`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct RequestFlags: u32 {
        const BALANCE_READS = 1;
        const LOCALIZE_READS = 2;
        const ORDER_READS_WRITES = 4;
        const IGNORE_CACHE = 8;
        const SKIPRWLOCKS = 16;
        const IGNORE_OVERLAY = 32;
        const FULL_TRY = 64;
        const FULL_FORCE = 128;
        const IGNORE_REDIRECT = 256;
        const ORDERSNAP = 512;
        /// Write ops report their return values and output data too.
        const RETURNVEC = 1024;
        const _ = !0;
    }
}

/// When a write may be acknowledged; for a read, whether it may show what is only visible yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// On stable storage.
    #[default]
    Durable,
    /// Visible now, on stable storage by the next flush (an RBD image whose cache is on).
    Relaxed,
}

/// Whether the submitting thread is about to wait for this very request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// No: return quickly, complete elsewhere.
    #[default]
    Deferred,
    /// Yes: the back end may do the work, and run the completion, on this thread.
    Inline,
}

#[derive(Debug)]
pub struct Request {
    pub object: ObjectRef,
    /// The snapshot reads look at; `SNAP_HEAD` for the live object. Writes need `SNAP_HEAD`.
    pub snap: u64,
    /// The write snap context.
    pub snapc: SnapContext,
    pub flags: RequestFlags,
    /// The modification time a write leaves; now, where none is given.
    pub mtime: Option<Timespec>,
    pub durability: Durability,
    pub wait: Wait,
    pub ops: Vec<OpEntry>,
}

impl Request {
    pub fn new(object: ObjectRef, ops: Vec<Op>) -> Request {
        Request {
            object,
            snap: SNAP_HEAD,
            snapc: SnapContext::default(),
            flags: RequestFlags::empty(),
            mtime: None,
            durability: Durability::Durable,
            wait: Wait::Deferred,
            ops: ops.into_iter().map(OpEntry::from).collect(),
        }
    }
}

#[derive(Debug, Default)]
pub struct Reply {
    /// What the first failing op returned (negative); else 0, or the last op's positive answer where it is a class
    /// method's or a comparison's. Reads that succeed leave their byte counts in `ops`.
    pub result: i32,
    /// The object's version: after a write, or as read.
    pub version: u64,
    /// One per op, up to and including the first that failed.
    pub ops: Vec<OpReply>,
}

impl Reply {
    pub fn failed(errno: crate::Errno) -> Reply {
        Reply { result: errno.neg(), ..Reply::default() }
    }

    pub fn check(self) -> Result<Reply> {
        crate::Errno::check(self.result).map(|_| self)
    }
}
