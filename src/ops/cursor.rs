//! Listing objects in Ceph's order.

use bytes::Bytes;

use crate::object::ObjectRef;

/// A position between objects. Ceph orders them by bit-reversed placement hash, then namespace, then
/// locator key or name, then name; a cursor names the first object not yet listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cursor {
    At { hash_reversed: u32, nspace: Bytes, key: Bytes, name: Bytes },
    End,
}

impl Cursor {
    pub fn begin() -> Cursor {
        Cursor::at_hash(0)
    }

    /// Just before every object whose bit-reversed hash is `hash_reversed`.
    pub fn at_hash(hash_reversed: u32) -> Cursor {
        Cursor::At { hash_reversed, nspace: Bytes::new(), key: Bytes::new(), name: Bytes::new() }
    }

    /// Just before `object`.
    pub fn of(object: &ObjectRef) -> Cursor {
        let placed = if object.key.is_empty() { &object.name } else { &object.key };
        Cursor::At {
            hash_reversed: object.hash().reverse_bits(),
            nspace: object.nspace.clone(),
            key: placed.clone(),
            name: object.name.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    pub nspace: Bytes,
    pub name: Bytes,
    /// The locator key; empty where none was set.
    pub key: Bytes,
}

/// Some objects in order, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    pub entries: Vec<ListEntry>,
    pub next: Cursor,
}
