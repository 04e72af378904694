//! Calls that link clones and their parents.

use std::collections::BTreeSet;

use denc::Bytes;

use super::call;
use crate::call::Call;
use crate::rbd::parent::{ChildSpec, ParentSpec};

/// What `get_parent` answers: a parent in the same namespace, as clients before Ceph 14 see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyParent {
    /// -1: none.
    pub pool: i64,
    pub image_id: Bytes,
    pub snap: u64,
    /// Bytes of the image, from its start, that may come from the parent.
    pub overlap: u64,
}

denc::plain!(LegacyParent { pool: i64, image_id: Bytes, snap: u64, overlap: u64 });

/// The parent of the image; one with pool -1 where it has none.
pub fn parent_get() -> Call<ParentSpec> {
    call("parent_get", ())
}

/// `None`: the image (or its snapshot `snap`) has no parent any more.
pub fn parent_overlap_get(snap: u64) -> Call<Option<u64>> {
    call("parent_overlap_get", snap)
}

/// `-EEXIST` where there is a parent, unless `reattach`.
pub fn parent_attach(parent: &ParentSpec, overlap: u64, reattach: bool) -> Call<()> {
    call("parent_attach", (parent, overlap, reattach))
}

/// Snapshots keep their link unless the image has deep-flatten.
pub fn parent_detach() -> Call<()> {
    call("parent_detach", ())
}

/// `-EXDEV` where the parent is in another namespace.
pub fn get_parent(snap: u64) -> Call<LegacyParent> {
    call("get_parent", snap)
}

pub fn set_parent(parent: &LegacyParent) -> Call<()> {
    call("set_parent", parent)
}

pub fn remove_parent() -> Call<()> {
    call("remove_parent", ())
}

/// Notes a clone of the second kind at its parent's header.
pub fn child_attach(snap: u64, child: &ChildSpec) -> Call<()> {
    call("child_attach", (snap, child))
}

pub fn child_detach(snap: u64, child: &ChildSpec) -> Call<()> {
    call("child_detach", (snap, child))
}

/// `-ENOENT` where there are none.
pub fn children_list(snap: u64) -> Call<BTreeSet<ChildSpec>> {
    call("children_list", snap)
}

/// Notes a clone of the first kind in `rbd_children` of the clone's pool.
pub fn add_child(parent: &ParentSpec, child_id: &[u8]) -> Call<()> {
    call("add_child", (parent.pool, &parent.image_id, parent.snap, child_id))
}

pub fn remove_child(parent: &ParentSpec, child_id: &[u8]) -> Call<()> {
    call("remove_child", (parent.pool, &parent.image_id, parent.snap, child_id))
}

/// Ids of the clones in that pool. `-ENOENT` where there are none.
pub fn get_children(parent: &ParentSpec) -> Call<BTreeSet<Bytes>> {
    call("get_children", (parent.pool, &parent.image_id, parent.snap))
}
