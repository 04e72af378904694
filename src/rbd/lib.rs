//! RBD images over RADOS: creating, opening, reading and writing them, snapshots and differences.
//!
//! [`Image`] is an open image. What concerns a pool of images ([`create`], [`list`], [`rename`],
//! [`remove`], namespaces) are functions that take the pool's [`rados::IoCtx`].

#![forbid(unsafe_code)]

mod children;
mod clone;
mod copy;
mod create;
mod diff;
mod directory;
mod events;
mod exclusive_lock;
pub mod features;
mod header;
mod image;
mod intervals;
mod io;
mod locks;
mod metadata;
mod names;
mod namespace;
mod object_map;
mod open;
mod options;
mod parent;
mod pool;
mod remove;
mod replicas;
mod resize;
mod settings;
mod snapshot;
mod striping;
mod throttle;
mod tracker;
mod trash;
mod wait;
mod watch;

pub use clone::{CloneSource, clone};
pub use create::create;
pub use diff::{DiffFrom, DiffOptions};
pub use directory::{ImageEntry, list, rename};
pub use events::{EventQueue, Wake};
pub use image::{ChildInfo, Image, ImageInfo, ParentInfo};
pub use io::{Mismatch, WRITE_ZEROES_THICK_PROVISION};
pub use locks::{Locker, Lockers};
pub use metadata::{
    Metadata, pool_metadata_get, pool_metadata_list, pool_metadata_remove, pool_metadata_set,
};
pub use namespace::{namespace_create, namespace_exists, namespace_list, namespace_remove};
pub use open::{ImageRef, OpenSpec, SnapRef};
pub use options::{ImageOption, ImageOptions};
pub use pool::pool_init;
pub use remove::remove;
pub use replicas::ReplicaReads;
pub use settings::Settings;
pub use snapshot::{SNAP_REMOVE_FLATTEN, SNAP_REMOVE_UNPROTECT, SnapInfo};
pub use striping::Layout;
pub use throttle::{Progress, no_progress};
pub use trash::{TrashInfo, trash_get, trash_list, trash_move, trash_purge, trash_remove, trash_restore};

/// `rbd_version`: of the interface this library has, Ceph 20.2's.
pub const VERSION: (i32, i32, i32) = (1, 20, 0);
