//! Groups of images, and their snapshots.

use denc::Bytes;

use crate::byte_enum::byte_enum;

byte_enum! {
    /// Whether an image's header points back at the group yet (or still).
    GroupLink { Attached = 0, Incomplete = 1 }
}

byte_enum! {
    GroupSnapshotState { Incomplete = 0, Complete = 1 }
}

/// The group an image is in. Pool -1: none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSpec {
    pub pool: i64,
    pub group_id: Bytes,
}

denc::versioned!(GroupSpec, 1, 1 { pool: i64, group_id: Bytes });

impl Default for GroupSpec {
    fn default() -> GroupSpec {
        GroupSpec { pool: -1, group_id: Bytes::new() }
    }
}

impl GroupSpec {
    pub fn exists(&self) -> bool {
        self.pool != -1 && !self.group_id.is_empty()
    }
}

/// An image in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupImage {
    pub image_id: Bytes,
    pub pool: i64,
}

denc::versioned!(GroupImage, 1, 1 { image_id: Bytes, pool: i64 });

impl Default for GroupImage {
    fn default() -> GroupImage {
        GroupImage { image_id: Bytes::new(), pool: -1 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupImageStatus {
    pub image: GroupImage,
    pub link: GroupLink,
}

denc::versioned!(GroupImageStatus, 1, 1 { image: GroupImage, link: GroupLink });

/// The snapshot of one image within a group's snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSnapshotSpec {
    pub pool: i64,
    pub image_id: Bytes,
    pub snap: u64,
}

denc::versioned!(ImageSnapshotSpec, 1, 1 { pool: i64, image_id: Bytes, snap: u64 });

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSnapshot {
    pub id: Bytes,
    pub name: Bytes,
    pub state: GroupSnapshotState,
    pub snaps: Vec<ImageSnapshotSpec>,
}

denc::versioned!(GroupSnapshot, 1, 1 {
    id: Bytes,
    name: Bytes,
    state: GroupSnapshotState,
    snaps: Vec<ImageSnapshotSpec>,
});

impl Default for GroupSnapshot {
    fn default() -> GroupSnapshot {
        GroupSnapshot {
            id: Bytes::new(),
            name: Bytes::new(),
            state: GroupSnapshotState::Incomplete,
            snaps: Vec::new(),
        }
    }
}
