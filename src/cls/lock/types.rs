//! What a lock's xattr holds, and what the methods take.

use std::collections::BTreeMap;

use denc::Bytes;
use ops::Timespec;

use crate::byte_enum::byte_enum;
use crate::entity::{EntityAddr, EntityName};

byte_enum! {
    LockType {
        /// Never held.
        None = 0,
        Exclusive = 1,
        Shared = 2,
        /// Exclusive; the object goes away with the lock.
        ExclusiveEphemeral = 3,
    }
}

impl LockType {
    pub fn is_exclusive(self) -> bool {
        matches!(self, LockType::Exclusive | LockType::ExclusiveEphemeral)
    }
}

/// `LIBRADOS_LOCK_FLAG_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockFlags(pub u8);

denc::plain!(LockFlags { 0: u8 });

impl LockFlags {
    /// Taking a lock one holds is no error.
    pub const MAY_RENEW: LockFlags = LockFlags(1);
    /// The lock must be held already.
    pub const MUST_RENEW: LockFlags = LockFlags(2);

    pub fn contains(self, flag: LockFlags) -> bool {
        self.0 & flag.0 == flag.0
    }
}

/// One holder: a client may hold a shared lock several times, with different cookies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockerId {
    pub name: EntityName,
    pub cookie: Bytes,
}

denc::versioned!(LockerId, 1, 1 { name: EntityName, cookie: Bytes });

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockerInfo {
    /// Zero: never.
    pub expiration: Timespec,
    pub addr: EntityAddr,
    pub description: Bytes,
}

denc::versioned!(LockerInfo, 1, 1 { expiration: Timespec, addr: EntityAddr, description: Bytes });

/// A lock: what the xattr holds and what `get_info` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockInfo {
    pub lockers: BTreeMap<LockerId, LockerInfo>,
    pub kind: LockType,
    /// All holders gave the same.
    pub tag: Bytes,
}

denc::versioned!(LockInfo, 1, 1 { lockers: BTreeMap<LockerId, LockerInfo>, kind: LockType, tag: Bytes });

impl Default for LockInfo {
    fn default() -> LockInfo {
        LockInfo { lockers: BTreeMap::new(), kind: LockType::None, tag: Bytes::new() }
    }
}

pub(crate) struct LockRequest {
    pub name: Bytes,
    pub kind: LockType,
    pub cookie: Bytes,
    pub tag: Bytes,
    pub description: Bytes,
    /// Zero: for ever.
    pub duration: Timespec,
    pub flags: LockFlags,
}

denc::versioned!(LockRequest, 1, 1 {
    name: Bytes,
    kind: LockType,
    cookie: Bytes,
    tag: Bytes,
    description: Bytes,
    duration: Timespec,
    flags: LockFlags,
});

pub(crate) struct UnlockRequest {
    pub name: Bytes,
    pub cookie: Bytes,
}

denc::versioned!(UnlockRequest, 1, 1 { name: Bytes, cookie: Bytes });

pub(crate) struct BreakRequest {
    pub name: Bytes,
    pub locker: EntityName,
    pub cookie: Bytes,
}

denc::versioned!(BreakRequest, 1, 1 { name: Bytes, locker: EntityName, cookie: Bytes });

/// Input of `get_info`, and an envelope around the answer of `list_locks`.
pub(crate) struct Named<T> {
    pub it: T,
}

denc::versioned!(Named<Bytes>, 1, 1 { it: Bytes });
denc::versioned!(Named<Vec<Bytes>>, 1, 1 { it: Vec<Bytes> });

pub(crate) struct AssertRequest {
    pub name: Bytes,
    pub kind: LockType,
    pub cookie: Bytes,
    pub tag: Bytes,
}

denc::versioned!(AssertRequest, 1, 1 { name: Bytes, kind: LockType, cookie: Bytes, tag: Bytes });

pub(crate) struct SetCookieRequest {
    pub name: Bytes,
    pub kind: LockType,
    pub cookie: Bytes,
    pub tag: Bytes,
    pub new_cookie: Bytes,
}

denc::versioned!(SetCookieRequest, 1, 1 {
    name: Bytes,
    kind: LockType,
    cookie: Bytes,
    tag: Bytes,
    new_cookie: Bytes,
});
