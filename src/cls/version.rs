//! The `version` class: a version number in an xattr, for optimistic updates.

use bytes::Bytes;
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::method::methods;
use crate::{random, rows};

methods! { "version" {
    rw "set" => set,
    rw "inc" => increment,
    rw "inc_conds" => increment,
    r "read" => read,
    r "check_conds" => check,
}}

const XATTR: &[u8] = b"ceph.objclass.version";
const TAG_LEN: usize = 24;

/// A version within the line of versions that the tag names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectVersion {
    pub number: u64,
    pub tag: Bytes,
}

denc::versioned!(ObjectVersion, 1, 1 { number: u64, tag: Bytes });

/// `VER_COND_*`; values beyond these always hold.
pub mod condition {
    pub const NONE: u32 = 0;
    pub const EQ: u32 = 1;
    pub const GT: u32 = 2;
    pub const GE: u32 = 3;
    pub const LT: u32 = 4;
    pub const LE: u32 = 5;
    pub const TAG_EQ: u32 = 6;
    pub const TAG_NE: u32 = 7;
}

/// How the stored version must stand to this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub version: ObjectVersion,
    /// One of [`condition`].
    pub kind: u32,
}

denc::versioned!(Condition, 1, 1 { version: ObjectVersion, kind: u32 });

impl Condition {
    fn holds(&self, stored: &ObjectVersion) -> bool {
        let (number, other) = (stored.number, self.version.number);
        match self.kind {
            condition::EQ => *stored == self.version,
            condition::GT => number > other,
            condition::GE => number >= other,
            condition::LT => number < other,
            condition::LE => number <= other,
            condition::TAG_EQ => stored.tag == self.version.tag,
            condition::TAG_NE => stored.tag != self.version.tag,
            _ => true,
        }
    }
}

/// Input of `set`, answer of `read`.
pub struct Versioned {
    pub version: ObjectVersion,
}

denc::versioned!(Versioned, 1, 1 { version: ObjectVersion });

/// Input of `inc`, `inc_conds` and `check_conds`.
pub struct Conditions {
    /// Not looked at.
    pub version: ObjectVersion,
    pub conditions: Vec<Condition>,
}

denc::versioned!(Conditions, 1, 1 { version: ObjectVersion, conditions: Vec<Condition> });

fn find(ctx: &dyn ObjectContext) -> Result<Option<ObjectVersion>> {
    match ctx.xattr(XATTR) {
        Ok(value) => rows::parse(XATTR, &value).map(Some),
        Err(Errno::ENOENT | Errno::ENODATA) => Ok(None),
        Err(err) => Err(err),
    }
}

fn check_all(conditions: &[Condition], stored: &ObjectVersion) -> Result<()> {
    if conditions.iter().all(|condition| condition.holds(stored)) { Ok(()) } else { Err(Errno::ECANCELED) }
}

fn set(ctx: &mut dyn ObjectContext, input: Versioned) -> Result<()> {
    ctx.set_xattr(XATTR, denc::encode(&input.version))
}

fn increment(ctx: &mut dyn ObjectContext, input: Conditions) -> Result<()> {
    let first = || ObjectVersion { number: 1, tag: random::base64(TAG_LEN) };
    let mut version = find(ctx)?.unwrap_or_else(first);
    check_all(&input.conditions, &version)?;
    version.number = version.number.wrapping_add(1);
    ctx.set_xattr(XATTR, denc::encode(&version))
}

fn read(ctx: &dyn ObjectContext, (): ()) -> Result<Versioned> {
    Ok(Versioned { version: find(ctx)?.unwrap_or_default() })
}

fn check(ctx: &dyn ObjectContext, input: Conditions) -> Result<()> {
    check_all(&input.conditions, &find(ctx)?.unwrap_or_default())
}
