//! `rbd/features.h`: the feature bits of images, their names, and the sets Ceph makes of them.

#![allow(dead_code)] // The header has them all.

/// The image may have a parent.
pub const RBD_FEATURE_LAYERING: u64 = 1 << 0;
/// The image is striped over its objects.
pub const RBD_FEATURE_STRIPINGV2: u64 = 1 << 1;
/// One client at a time writes, under a lock.
pub const RBD_FEATURE_EXCLUSIVE_LOCK: u64 = 1 << 2;
/// There is a map of which objects exist.
pub const RBD_FEATURE_OBJECT_MAP: u64 = 1 << 3;
/// The object map tells what changed since the last snapshot.
pub const RBD_FEATURE_FAST_DIFF: u64 = 1 << 4;
/// Flattening reaches the snapshots too.
pub const RBD_FEATURE_DEEP_FLATTEN: u64 = 1 << 5;
/// Changes are written to a journal first.
pub const RBD_FEATURE_JOURNALING: u64 = 1 << 6;
/// The data objects are in another pool.
pub const RBD_FEATURE_DATA_POOL: u64 = 1 << 7;
/// There are operation features.
pub const RBD_FEATURE_OPERATIONS: u64 = 1 << 8;
/// The image is the source or the destination of a migration.
pub const RBD_FEATURE_MIGRATING: u64 = 1 << 9;
/// The image is the copy of a primary one.
pub const RBD_FEATURE_NON_PRIMARY: u64 = 1 << 10;
/// A client's persistent cache holds data that is not in the image yet.
pub const RBD_FEATURE_DIRTY_CACHE: u64 = 1 << 11;

/// What a new image has where nothing else is said.
pub const RBD_FEATURES_DEFAULT: u64 = RBD_FEATURE_LAYERING
    | RBD_FEATURE_EXCLUSIVE_LOCK
    | RBD_FEATURE_OBJECT_MAP
    | RBD_FEATURE_FAST_DIFF
    | RBD_FEATURE_DEEP_FLATTEN;

/// A client that does not know one of these may not open the image at all.
pub const RBD_FEATURES_INCOMPATIBLE: u64 =
    RBD_FEATURE_LAYERING | RBD_FEATURE_STRIPINGV2 | RBD_FEATURE_DATA_POOL | RBD_FEATURE_DIRTY_CACHE;

/// A client that does not know one of these may not write to the image.
pub const RBD_FEATURES_RW_INCOMPATIBLE: u64 = RBD_FEATURES_INCOMPATIBLE
    | RBD_FEATURE_EXCLUSIVE_LOCK
    | RBD_FEATURE_OBJECT_MAP
    | RBD_FEATURE_FAST_DIFF
    | RBD_FEATURE_DEEP_FLATTEN
    | RBD_FEATURE_JOURNALING
    | RBD_FEATURE_OPERATIONS
    | RBD_FEATURE_MIGRATING
    | RBD_FEATURE_NON_PRIMARY;

/// All there are.
pub const RBD_FEATURES_ALL: u64 = RBD_FEATURE_LAYERING
    | RBD_FEATURE_STRIPINGV2
    | RBD_FEATURE_EXCLUSIVE_LOCK
    | RBD_FEATURE_OBJECT_MAP
    | RBD_FEATURE_FAST_DIFF
    | RBD_FEATURE_DEEP_FLATTEN
    | RBD_FEATURE_JOURNALING
    | RBD_FEATURE_DATA_POOL
    | RBD_FEATURE_OPERATIONS
    | RBD_FEATURE_MIGRATING
    | RBD_FEATURE_NON_PRIMARY
    | RBD_FEATURE_DIRTY_CACHE;

/// Those that can be turned on and off later.
pub const RBD_FEATURES_MUTABLE: u64 = RBD_FEATURE_EXCLUSIVE_LOCK
    | RBD_FEATURE_OBJECT_MAP
    | RBD_FEATURE_FAST_DIFF
    | RBD_FEATURE_JOURNALING
    | RBD_FEATURE_NON_PRIMARY
    | RBD_FEATURE_DIRTY_CACHE;

/// Those of the mutable ones that only the library itself turns on and off.
pub const RBD_FEATURES_MUTABLE_INTERNAL: u64 = RBD_FEATURE_NON_PRIMARY | RBD_FEATURE_DIRTY_CACHE;

/// Those that can be turned off later, but not on.
pub const RBD_FEATURES_DISABLE_ONLY: u64 = RBD_FEATURE_DEEP_FLATTEN;

/// Those that only work while one client writes.
pub const RBD_FEATURES_SINGLE_CLIENT: u64 = RBD_FEATURE_EXCLUSIVE_LOCK
    | RBD_FEATURE_OBJECT_MAP
    | RBD_FEATURE_FAST_DIFF
    | RBD_FEATURE_JOURNALING
    | RBD_FEATURE_DIRTY_CACHE;

/// Those that come with something else that was asked for.
pub const RBD_FEATURES_IMPLICIT_ENABLE: u64 = RBD_FEATURE_STRIPINGV2
    | RBD_FEATURE_DATA_POOL
    | RBD_FEATURE_FAST_DIFF
    | RBD_FEATURE_OPERATIONS
    | RBD_FEATURE_MIGRATING
    | RBD_FEATURE_NON_PRIMARY
    | RBD_FEATURE_DIRTY_CACHE;

/// Those that nobody may ask for.
pub const RBD_FEATURES_INTERNAL: u64 = RBD_FEATURE_OPERATIONS | RBD_FEATURE_MIGRATING;

/// The image has clones of format 2.
pub const RBD_OPERATION_FEATURE_CLONE_PARENT: u64 = 1 << 0;
/// The image is a clone of format 2.
pub const RBD_OPERATION_FEATURE_CLONE_CHILD: u64 = 1 << 1;
/// The image is in a group.
pub const RBD_OPERATION_FEATURE_GROUP: u64 = 1 << 2;
/// The image has snapshots in the trash.
pub const RBD_OPERATION_FEATURE_SNAP_TRASH: u64 = 1 << 3;

/// All operation features there are.
pub const RBD_OPERATION_FEATURES_ALL: u64 = RBD_OPERATION_FEATURE_CLONE_PARENT
    | RBD_OPERATION_FEATURE_CLONE_CHILD
    | RBD_OPERATION_FEATURE_GROUP
    | RBD_OPERATION_FEATURE_SNAP_TRASH;
