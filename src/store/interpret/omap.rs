//! Operations on the key-value map of an object.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;
use disk::HEAD;
use ops::{OpOut, Result};

use super::Run;

/// `osd_max_omap_entries_per_request`.
const MAX_ENTRIES: u64 = 1024;

impl Run<'_> {
    pub(super) fn omap_set(&mut self, entries: BTreeMap<Bytes, Bytes>) -> Result<OpOut> {
        self.make()?;
        for (key, value) in entries {
            self.tx.omap_set(HEAD, key, value)?;
        }
        Ok(OpOut::None)
    }

    pub(super) fn omap_set_header(&mut self, data: Bytes) -> Result<OpOut> {
        self.make()?;
        self.tx.set_omap_header(HEAD, data)?;
        Ok(OpOut::None)
    }

    pub(super) fn omap_rm_keys(&mut self, keys: &[Bytes]) -> Result<OpOut> {
        self.here()?;
        self.touch()?;
        for key in keys {
            self.tx.omap_remove(HEAD, key)?;
        }
        Ok(OpOut::None)
    }

    pub(super) fn omap_rm_range(&mut self, from: &[u8], to: &[u8]) -> Result<OpOut> {
        self.here()?;
        self.touch()?;
        self.tx.omap_remove_range(HEAD, from, Some(to))?;
        Ok(OpOut::None)
    }

    /// Takes the header too.
    pub(super) fn omap_clear(&mut self) -> Result<OpOut> {
        self.here()?;
        self.touch()?;
        self.tx.omap_remove_range(HEAD, b"", None)?;
        self.tx.set_omap_header(HEAD, Bytes::new())?;
        Ok(OpOut::None)
    }

    pub(super) fn omap_get_header(&mut self) -> Result<OpOut> {
        let header = self.part.map_or(Ok(Bytes::new()), |part| self.tx.omap_header(part))?;
        self.read_bytes += header.len() as u64;
        Ok(OpOut::Data(header))
    }

    pub(super) fn omap_get_keys(&mut self, after: &[u8], max: u64) -> Result<OpOut> {
        let mut keys = Vec::new();
        let more = self.omap_page(after, b"", max.min(MAX_ENTRIES), &mut |key, _| keys.push(key.clone()))?;
        Ok(OpOut::Keys { keys, more })
    }

    pub(super) fn omap_get_vals(&mut self, after: &[u8], prefix: &[u8], max: u64) -> Result<OpOut> {
        let mut entries = BTreeMap::new();
        let more = self.omap_page(after, prefix, max.min(MAX_ENTRIES), &mut |key, value| {
            entries.insert(key.clone(), value.clone());
        })?;
        Ok(OpOut::Map { entries, more })
    }

    pub(super) fn omap_get_vals_by_keys(&mut self, keys: &[Bytes]) -> Result<OpOut> {
        let mut entries = BTreeMap::new();
        if let Some(part) = self.part {
            for key in keys {
                if let Some(value) = self.tx.omap_get(part, key)? {
                    entries.insert(key.clone(), value);
                }
            }
        }
        Ok(OpOut::Map { entries, more: false })
    }

    /// At most `max` entries after `after` whose keys begin with `prefix`. Says whether there are more.
    pub(super) fn omap_page(
        &self,
        after: &[u8],
        prefix: &[u8],
        max: u64,
        each: &mut dyn FnMut(&Bytes, &Bytes),
    ) -> Result<bool> {
        let Some(part) = self.part else { return Ok(false) };
        let from = if prefix > after { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let (mut count, mut more) = (0, false);
        self.tx.omap_scan(part, from, &mut |key, value| {
            if !key.starts_with(prefix) {
                return false;
            }
            if count == max {
                more = true;
                return false;
            }
            count += 1;
            each(key, value);
            true
        })?;
        Ok(more)
    }
}
