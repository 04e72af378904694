//! Calls on `rbd_trash`.

use std::collections::BTreeMap;

use denc::Bytes;

use super::call;
use crate::call::Call;
use crate::rbd::trash::{TrashSpec, TrashState};

pub fn trash_add(id: &[u8], spec: &TrashSpec) -> Call<()> {
    call("trash_add", (id, spec))
}

pub fn trash_remove(id: &[u8]) -> Call<()> {
    call("trash_remove", id)
}

/// At most `max` after the id `start`.
pub fn trash_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, TrashSpec>> {
    call("trash_list", (start, max))
}

pub fn trash_get(id: &[u8]) -> Call<TrashSpec> {
    call("trash_get", id)
}

/// `-ESTALE` where the image is in neither state.
pub fn trash_state_set(id: &[u8], to: TrashState, from: TrashState) -> Call<()> {
    call("trash_state_set", (id, to, from))
}
