//! Objects in the order OSDs keep them (`hobject_t`).

use std::cmp::Ordering;

use denc::{Bytes, BytesMut, Decode, Encode, Reader, envelope};
use ops::{Cursor, SNAP_HEAD};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HObject {
    /// Empty where the name places the object.
    pub key: Bytes,
    pub name: Bytes,
    pub snap: u64,
    pub hash: u32,
    /// Behind every object.
    pub max: bool,
    pub nspace: Bytes,
    pub pool: i64,
}

impl HObject {
    /// The position of a cursor in `pool`.
    pub fn at(pool: i64, cursor: &Cursor) -> HObject {
        match cursor {
            Cursor::End => HObject { max: true, pool: i64::MIN, ..HObject::default() },
            Cursor::At { hash_reversed, nspace, key, name } => HObject {
                key: if key == name { Bytes::new() } else { key.clone() },
                name: name.clone(),
                snap: SNAP_HEAD,
                hash: hash_reversed.reverse_bits(),
                max: false,
                nspace: nspace.clone(),
                pool,
            },
        }
    }

    pub fn cursor(&self) -> Cursor {
        if self.max {
            return Cursor::End;
        }
        Cursor::At {
            hash_reversed: self.hash.reverse_bits(),
            nspace: self.nspace.clone(),
            key: self.placed_by().clone(),
            name: self.name.clone(),
        }
    }

    fn placed_by(&self) -> &Bytes {
        if self.key.is_empty() { &self.name } else { &self.key }
    }

    fn order(&self) -> (bool, i64, u32, &Bytes, &Bytes, &Bytes, u64) {
        (self.max, self.pool, self.hash.reverse_bits(), &self.nspace, self.placed_by(), &self.name, self.snap)
    }
}

impl Ord for HObject {
    fn cmp(&self, other: &HObject) -> Ordering {
        if self.max && other.max {
            return Ordering::Equal;
        }
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for HObject {
    fn partial_cmp(&self, other: &HObject) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Encode for HObject {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 4, 3, |out| {
            (&self.key, &self.name, self.snap, self.hash, self.max).encode(out);
            (&self.nspace, self.pool).encode(out);
        });
    }
}

impl Decode for HObject {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<HObject> {
        from.envelope_since(4, 3, 3, |version, body| {
            if version < 4 {
                return Err(denc::DecodeError::Malformed("version of an object's name"));
            }
            Ok(HObject {
                key: body.get()?,
                name: body.get()?,
                snap: body.get()?,
                hash: body.get()?,
                max: body.get()?,
                nspace: body.get()?,
                pool: body.get()?,
            })
        })
    }
}
