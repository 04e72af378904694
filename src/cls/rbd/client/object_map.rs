//! Calls on `rbd_object_map.ID` and `rbd_object_map.ID.SNAPSHOT`.

use std::ops::Range;

use super::call;
use crate::call::Call;
use crate::rbd::object_map::ObjectMap;

pub fn object_map_load() -> Call<ObjectMap> {
    call("object_map_load", ())
}

pub fn object_map_save(map: &ObjectMap) -> Call<()> {
    call("object_map_save", map)
}

/// Makes the map where there is none. `-ESTALE` where an object that is cut off is not in state `default`.
pub fn object_map_resize(count: u64, default: u8) -> Call<()> {
    call("object_map_resize", (count, default))
}

/// Moves those of `objects` that are in state `current` (any, where it is not given) to state `new`.
pub fn object_map_update(objects: Range<u64>, new: u8, current: Option<u8>) -> Call<()> {
    call("object_map_update", (objects.start, objects.end, new, current))
}

pub fn object_map_snap_add() -> Call<()> {
    call("object_map_snap_add", ())
}

/// `removed`: the map of the snapshot that goes.
pub fn object_map_snap_remove(removed: &ObjectMap) -> Call<()> {
    call("object_map_snap_remove", removed)
}
