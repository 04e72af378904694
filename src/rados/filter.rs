//! Filters of listings: which of the objects are wanted.

use bytes::Bytes;
use denc::Reader;
use ops::{Errno, ListEntry, Op, OpOut, Result};

use crate::ioctx::IoCtx;

/// What an OSD's `plain` filter asks: that an attribute has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFilter {
    name: Bytes,
    value: Bytes,
}

impl ListFilter {
    /// From Ceph's encoding: the kind, then for `plain` the attribute's name as an OSD keeps it, with a leading `_`, and the
    /// value. `-EINVAL` for other kinds, as from an OSD that has none of them, and for what is no such encoding.
    pub fn decode(encoded: Bytes) -> Result<ListFilter> {
        let mut fields = Reader::new(encoded);
        let mut next = || fields.get::<Bytes>().map_err(|_| Errno::EINVAL);
        if next()? != "plain" {
            return Err(Errno::EINVAL);
        }
        Ok(ListFilter { name: next()?, value: next()? })
    }

    /// Whether an object that a listing returned is wanted. One that went away meanwhile is not.
    pub fn wants(&self, io: &IoCtx, entry: &ListEntry) -> Result<bool> {
        if self.name.is_empty() {
            return Ok(self.value.is_empty());
        }
        // What has no underscore is an OSD's own.
        let Some(name) = self.name.strip_prefix(b"_") else { return Ok(false) };
        let io = io.with_namespace(entry.nspace.clone()).with_locator(entry.key.clone());
        let op = Op::GetXattr { name: Bytes::copy_from_slice(name) };
        match io.one(entry.name.clone(), op) {
            Ok(OpOut::Data(value)) => Ok(value == self.value),
            Ok(_) | Err(Errno::ENODATA | Errno::ENOENT) => Ok(false),
            Err(e) => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let text = |parts: &[&str]| -> Bytes {
            let part = |part: &&str| [&(part.len() as u32).to_le_bytes()[..], part.as_bytes()].concat();
            parts.iter().flat_map(part).collect::<Vec<u8>>().into()
        };
        let filter = ListFilter { name: "_a".into(), value: "1".into() };
        assert_eq!(ListFilter::decode(text(&["plain", "_a", "1"])), Ok(filter));
        for bad in [text(&["plain", "_a"]), text(&["parent"]), text(&["cls.filter", "x"]), Bytes::from("zz")]
        {
            assert_eq!(ListFilter::decode(bad.clone()), Err(Errno::EINVAL), "{bad:?}");
        }
    }
}
