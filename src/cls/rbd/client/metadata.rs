//! Calls on the metadata of an image (its header) or of a pool (`rbd_info`).

use std::collections::BTreeMap;

use denc::Bytes;

use super::call;
use crate::call::Call;

pub fn metadata_get(key: &[u8]) -> Call<Bytes> {
    call("metadata_get", key)
}

pub fn metadata_set(pairs: &BTreeMap<Bytes, Bytes>) -> Call<()> {
    call("metadata_set", pairs)
}

/// Removing a key that is not there is no error.
pub fn metadata_remove(key: &[u8]) -> Call<()> {
    call("metadata_remove", key)
}

/// At most `max` pairs after the key `start`; 0: at most 64.
pub fn metadata_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, Bytes>> {
    call("metadata_list", (start, max))
}
