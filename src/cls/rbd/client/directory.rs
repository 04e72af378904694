//! Calls on `rbd_directory`, and on `rbd_namespace`.

use std::collections::BTreeMap;

use denc::Bytes;

use super::call;
use crate::call::Call;
use crate::rbd::states::DirectoryState;

/// The id of the image of that name.
pub fn dir_get_id(name: &[u8]) -> Call<Bytes> {
    call("dir_get_id", name)
}

pub fn dir_get_name(id: &[u8]) -> Call<Bytes> {
    call("dir_get_name", id)
}

/// Names and ids of at most `max` images after `start`, in the order of their names.
pub fn dir_list(start: &[u8], max: u64) -> Call<BTreeMap<Bytes, Bytes>> {
    call("dir_list", (start, max))
}

/// `-EEXIST` for a name in use, `-EBADF` for an id in use.
pub fn dir_add_image(name: &[u8], id: &[u8]) -> Call<()> {
    call("dir_add_image", (name, id))
}

/// `-ESTALE` where name and id do not belong together.
pub fn dir_remove_image(name: &[u8], id: &[u8]) -> Call<()> {
    call("dir_remove_image", (name, id))
}

pub fn dir_rename_image(from: &[u8], to: &[u8], id: &[u8]) -> Call<()> {
    call("dir_rename_image", (from, to, id))
}

/// `-ENOENT` where the directory is not in that state.
pub fn dir_state_assert(state: DirectoryState) -> Call<()> {
    call("dir_state_assert", state)
}

/// `-EBUSY` to close a directory that has images.
pub fn dir_state_set(state: DirectoryState) -> Call<()> {
    call("dir_state_set", state)
}

pub fn namespace_add(name: &[u8]) -> Call<()> {
    call("namespace_add", name)
}

pub fn namespace_remove(name: &[u8]) -> Call<()> {
    call("namespace_remove", name)
}

/// At most `max` names after `start`.
pub fn namespace_list(start: &[u8], max: u64) -> Call<Vec<Bytes>> {
    call("namespace_list", (start, max))
}
