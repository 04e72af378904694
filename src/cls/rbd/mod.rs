//! The `rbd` class: what an image's header, the pool's directory and their neighbours hold, and the methods
//! that change it. Key names, values and errors are those of Ceph's class, so that an object written by
//! either is read by the other.

pub mod client;
pub mod features;
mod group;
pub(crate) mod methods;
mod migration;
mod mirror;
mod mirror_status;
pub mod object_map;
mod parent;
mod snapshot;
mod sparse;
mod states;
mod trash;

pub use group::{
    GroupImage, GroupImageStatus, GroupLink, GroupSnapshot, GroupSnapshotState, GroupSpec, ImageSnapshotSpec,
};
pub use migration::{MigrationHeader, MigrationSpec, MigrationState, MirrorImageMode};
pub use mirror::{MirrorDirection, MirrorImage, MirrorImageState, MirrorMode, MirrorPeer};
pub use mirror_status::{
    MirrorImageMap, MirrorImageStatus, MirrorSiteStatus, MirrorStatusState, MirrorStatusSummary,
};
pub use object_map::{ObjectMap, state as object_state};
pub use parent::{ChildSpec, ParentRow, ParentSpec};
pub use snapshot::{
    GroupSnapshotNamespace, MirrorSnapshotNamespace, Protection, SnapshotInfo, SnapshotNamespace,
    SnapshotRow, snapshot_namespace_type,
};
pub use sparse::data_runs;
pub use states::{AssertSnapcSeq, DirectoryState};
pub use trash::{TrashSource, TrashSpec, TrashState};
