//! Naming one object.

use bytes::Bytes;

use crate::hash::rjenkins;

/// The live object, as opposed to a snapshot of it (`CEPH_NOSNAP`).
pub const SNAP_HEAD: u64 = u64::MAX - 1;
/// A read "at" this id sees the object's clones themselves (`CEPH_SNAPDIR`).
pub const SNAP_DIR: u64 = u64::MAX;

/// Prints a snapshot id, or `head`.
pub struct HeadOr(pub u64);

impl std::fmt::Display for HeadOr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == SNAP_HEAD { f.write_str("head") } else { write!(f, "{:x}", self.0) }
    }
}

/// One object with all its clones: pool, namespace, name and, where one was set, the locator key
/// that takes the name's place in placement.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    pub pool: i64,
    pub nspace: Bytes,
    pub name: Bytes,
    /// Empty: the name itself places the object.
    pub key: Bytes,
}

impl ObjectRef {
    pub fn new(pool: i64, name: impl Into<Bytes>) -> ObjectRef {
        ObjectRef { pool, nspace: Bytes::new(), name: name.into(), key: Bytes::new() }
    }

    /// The placement hash: of the locator key or the name, behind the namespace and a unit separator
    /// where there is a namespace.
    pub fn hash(&self) -> u32 {
        placement_hash(rjenkins, &self.nspace, if self.key.is_empty() { &self.name } else { &self.key })
    }
}

/// Hashes what places an object, its locator key or name, together with its namespace.
pub fn placement_hash(hash: impl Fn(&[u8]) -> u32, nspace: &[u8], placed: &[u8]) -> u32 {
    if nspace.is_empty() {
        return hash(placed);
    }
    hash(&[nspace, placed].join(&0x1f))
}

impl std::fmt::Debug for ObjectRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}:{}:{}:{}",
            self.pool,
            self.nspace.escape_ascii(),
            self.key.escape_ascii(),
            self.name.escape_ascii()
        )
    }
}
