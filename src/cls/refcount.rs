//! The `refcount` class: named references in an xattr. The object goes away with the last one.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use denc::{BytesMut, Decode, Encode, Reader, envelope};
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::method::methods;
use crate::rows;

methods! { "refcount" {
    rw "get" => get,
    rw "put" => put,
    rw "set" => set,
    r "read" => read,
}}

const XATTR: &[u8] = b"refcount";

/// The reference that an object without the xattr counts as having, where the caller asks for that.
const WILDCARD: &[u8] = b"";

#[derive(Default)]
struct References {
    held: BTreeMap<Bytes, bool>,
    /// Given up before: a repeated `put` must not take somebody else's.
    retired: BTreeSet<Bytes>,
}

impl Encode for References {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| {
            self.held.encode(out);
            self.retired.encode(out);
        });
    }
}

impl Decode for References {
    const MIN: usize = 10;

    fn decode(from: &mut Reader) -> denc::Result<References> {
        from.envelope(2, |version, body| {
            Ok(References {
                held: body.get()?,
                retired: if version >= 2 { body.get()? } else { BTreeSet::new() },
            })
        })
    }
}

/// Input of `get` and `put`.
pub struct Reference {
    pub tag: Bytes,
    /// An object without references has the wildcard one.
    pub implicit: bool,
}

denc::versioned!(Reference, 1, 1 { tag: Bytes, implicit: bool });

/// Input of `set`, answer of `read`.
pub struct Tags {
    pub tags: Vec<Bytes>,
}

denc::versioned!(Tags, 1, 1 { tags: Vec<Bytes> });

pub struct ReadRequest {
    pub implicit: bool,
}

denc::versioned!(ReadRequest, 1, 1 { implicit: bool });

fn load(ctx: &dyn ObjectContext, implicit: bool) -> Result<References> {
    match ctx.xattr(XATTR) {
        Ok(value) => rows::parse(XATTR, &value),
        Err(Errno::ENODATA) => {
            let mut references = References::default();
            if implicit {
                references.held.insert(Bytes::from_static(WILDCARD), true);
            }
            Ok(references)
        }
        Err(err) => Err(err),
    }
}

fn store(ctx: &mut dyn ObjectContext, references: &References) -> Result<()> {
    ctx.set_xattr(XATTR, denc::encode(references))
}

fn get(ctx: &mut dyn ObjectContext, input: Reference) -> Result<()> {
    let mut references = load(ctx, input.implicit)?;
    references.held.insert(input.tag, true);
    store(ctx, &references)
}

fn put(ctx: &mut dyn ObjectContext, Reference { tag, implicit }: Reference) -> Result<()> {
    let mut references = load(ctx, implicit)?;
    if references.held.is_empty() {
        return Err(Errno::EINVAL);
    }
    let key: &[u8] = if references.held.contains_key(&tag) || !implicit { &tag } else { WILDCARD };
    if references.retired.contains(&tag) || references.held.remove(key).is_none() {
        return Ok(());
    }
    references.retired.insert(tag);
    if references.held.is_empty() { ctx.remove() } else { store(ctx, &references) }
}

fn set(ctx: &mut dyn ObjectContext, input: Tags) -> Result<()> {
    if input.tags.is_empty() {
        return ctx.remove();
    }
    let held = input.tags.into_iter().map(|tag| (tag, true)).collect();
    store(ctx, &References { held, ..References::default() })
}

fn read(ctx: &dyn ObjectContext, input: ReadRequest) -> Result<Tags> {
    Ok(Tags { tags: load(ctx, input.implicit)?.held.into_keys().collect() })
}
