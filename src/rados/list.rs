//! Walking over the objects of a pool.
//!
//! Objects come in the order of their bit-reversed placement hash, so that a position stays good when the
//! pool gets more placement groups.

use std::collections::VecDeque;

use bytes::Bytes;
use ops::{Cursor, Errno, ListEntry, ListPage, ObjectRef, Result};

use crate::cluster::wait;
use crate::filter::ListFilter;
use crate::ioctx::IoCtx;

/// `LIBRADOS_ALL_NSPACES`: as an I/O context's namespace it means, in listings, all of them.
pub const ALL_NAMESPACES: &[u8] = b"\x01";

/// How many objects are asked for at a time.
const PAGE: usize = 1024;

impl IoCtx {
    /// The namespace that listings look at; `None` for all.
    fn listed_namespace(&self) -> Option<Bytes> {
        (self.namespace() != ALL_NAMESPACES).then(|| self.namespace().clone())
    }

    /// One page of objects from `from` on; it may be empty before the end.
    pub fn list_page(&self, from: &Cursor, max: usize) -> Result<ListPage> {
        let (nspace, from) = (self.listed_namespace(), from.clone());
        wait(|done| self.store().list(self.pool(), nspace, from, max.min(PAGE), done))
    }

    /// Objects from `start` up to `finish` that `filter` wants, at most `max`, and where to go on.
    pub fn list_range(
        &self,
        start: &Cursor,
        finish: &Cursor,
        max: usize,
        filter: Option<&ListFilter>,
    ) -> Result<ListPage> {
        let mut entries = Vec::new();
        let mut at = start.clone();
        while entries.len() < max && at < *finish && at != Cursor::End {
            let page = self.list_page(&at, max - entries.len())?;
            for entry in page.entries {
                let here = self.cursor_of(&entry);
                if here >= *finish {
                    return Ok(ListPage { entries, next: finish.clone() });
                }
                if filter.map_or(Ok(true), |filter| filter.wants(self, &entry))? {
                    entries.push(entry);
                }
            }
            at = page.next;
        }
        Ok(ListPage { entries, next: at.min(finish.clone()) })
    }

    /// The position just before an object that a listing returned.
    pub fn cursor_of(&self, entry: &ListEntry) -> Cursor {
        Cursor::of(&self.listed_object(entry))
    }

    fn listed_object(&self, entry: &ListEntry) -> ObjectRef {
        let ListEntry { nspace, name, key } = entry.clone();
        ObjectRef { pool: self.pool(), nspace, name, key }
    }

    /// The placement group of a position, as the pool is now; 0 at the end.
    pub fn position_of(&self, cursor: &Cursor) -> u32 {
        match cursor {
            Cursor::At { hash_reversed, .. } => self.placement_group(hash_reversed.reverse_bits()),
            Cursor::End => 0,
        }
    }

    /// The placement group of a hash, as the pool is now.
    fn placement_group(&self, hash: u32) -> u32 {
        let groups = self.store().pool(self.pool()).map_or(1, |pool| pool.pg_num.max(1));
        let mask = groups.next_power_of_two() - 1;
        if hash & mask < groups { hash & mask } else { hash & (mask >> 1) }
    }
}

/// Part `n` of `m` of the objects between two positions. `-EINVAL` where there is no such part.
pub fn slice(start: &Cursor, finish: &Cursor, n: usize, m: usize) -> Result<(Cursor, Cursor)> {
    if n >= m {
        return Err(Errno::EINVAL);
    }
    let Cursor::At { hash_reversed: first, .. } = start else { return Ok((Cursor::End, Cursor::End)) };
    let past = match finish {
        Cursor::At { hash_reversed, .. } => u64::from(*hash_reversed),
        Cursor::End => 1 << 32,
    };
    let first = u64::from(*first);
    let span = u128::from(past.saturating_sub(first));
    let boundary = |n: usize| {
        let hash = u128::from(first) + span * n as u128 / m as u128;
        u32::try_from(hash).map_or(Cursor::End, Cursor::at_hash)
    };
    let from = if n == 0 { start.clone() } else { boundary(n) };
    let to = if n + 1 == m { finish.clone() } else { boundary(n + 1) };
    Ok((from, to))
}

/// An open listing: `rados_nobjects_list_*`.
pub struct ObjectList {
    io: IoCtx,
    fetched: VecDeque<ListEntry>,
    /// Where the next page starts.
    after: Cursor,
}

impl ObjectList {
    /// Lists the context's namespace, or all of them (see [`ALL_NAMESPACES`]), from the start.
    pub fn new(io: IoCtx) -> ObjectList {
        ObjectList { io, fetched: VecDeque::new(), after: Cursor::begin() }
    }

    fn fill(&mut self) -> Result<()> {
        while self.fetched.is_empty() && self.after != Cursor::End {
            let page = self.io.list_page(&self.after, PAGE)?;
            self.fetched = page.entries.into();
            self.after = page.next;
        }
        Ok(())
    }

    /// The next object; `None` at the end.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<ListEntry>> {
        self.fill()?;
        Ok(self.fetched.pop_front())
    }

    /// Just before the next object.
    pub fn cursor(&self) -> Cursor {
        self.fetched.front().map_or_else(|| self.after.clone(), |entry| self.io.cursor_of(entry))
    }

    /// The placement group that the listing has come to.
    pub fn position(&self) -> u32 {
        self.io.position_of(&self.cursor())
    }

    /// Goes on with the objects of placement hash `hash`. Returns where it is then.
    pub fn seek(&mut self, hash: u32) -> u32 {
        self.seek_cursor(Cursor::at_hash(hash.reverse_bits()));
        hash
    }

    /// Goes on at a position. Returns its placement group.
    pub fn seek_cursor(&mut self, cursor: Cursor) -> u32 {
        self.fetched.clear();
        self.after = cursor;
        self.position()
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
