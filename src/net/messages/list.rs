//! Listing the objects of a placement group.

use denc::{Bytes, Reader};
use ops::{ListEntry, ListPage};

use super::hobject::HObject;

/// The namespace that stands for all of them.
pub const ALL_NAMESPACES: &[u8] = b"\x01";

/// The answer to one `pgnls`.
pub fn page(data: Bytes) -> denc::Result<ListPage> {
    Reader::new(data).envelope(1, |_, body| {
        let next: HObject = body.get()?;
        let count = body.count(12)?;
        let entries = (0..count)
            .map(|_| Ok(ListEntry { nspace: body.get()?, name: body.get()?, key: body.get()? }))
            .collect::<denc::Result<_>>()?;
        Ok(ListPage { entries, next: next.cursor() })
    })
}
