//! Feature bits of images (`rbd/features.h` of Ceph 16 to 20).

pub const LAYERING: u64 = 1 << 0;
pub const STRIPINGV2: u64 = 1 << 1;
pub const EXCLUSIVE_LOCK: u64 = 1 << 2;
pub const OBJECT_MAP: u64 = 1 << 3;
pub const FAST_DIFF: u64 = 1 << 4;
pub const DEEP_FLATTEN: u64 = 1 << 5;
pub const JOURNALING: u64 = 1 << 6;
pub const DATA_POOL: u64 = 1 << 7;
pub const OPERATIONS: u64 = 1 << 8;
pub const MIGRATING: u64 = 1 << 9;
pub const NON_PRIMARY: u64 = 1 << 10;
pub const DIRTY_CACHE: u64 = 1 << 11;

pub const ALL: u64 = (1 << 12) - 1;

/// Clients that lack one of these can neither read nor write the image.
pub const INCOMPATIBLE: u64 = LAYERING | STRIPINGV2 | DATA_POOL | DIRTY_CACHE;
/// Clients that lack one of these cannot write the image.
pub const RW_INCOMPATIBLE: u64 = ALL;
/// May be switched on and off.
pub const MUTABLE: u64 = EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | JOURNALING | NON_PRIMARY | DIRTY_CACHE;
/// Mutable, but not by users.
pub const MUTABLE_INTERNAL: u64 = NON_PRIMARY | DIRTY_CACHE;
/// May be switched off only.
pub const DISABLE_ONLY: u64 = DEEP_FLATTEN;
/// Need a single writer.
pub const SINGLE_CLIENT: u64 = EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | JOURNALING | DIRTY_CACHE;
/// Follow from something else the user asked for.
pub const IMPLICIT_ENABLE: u64 =
    STRIPINGV2 | DATA_POOL | FAST_DIFF | OPERATIONS | MIGRATING | NON_PRIMARY | DIRTY_CACHE;
/// Set by the class alone.
pub const INTERNAL: u64 = OPERATIONS | MIGRATING;

/// Operation features: what past operations left in an image.
pub mod operation {
    pub const CLONE_PARENT: u64 = 1 << 0;
    pub const CLONE_CHILD: u64 = 1 << 1;
    pub const GROUP: u64 = 1 << 2;
    pub const SNAP_TRASH: u64 = 1 << 3;
    pub const ALL: u64 = CLONE_PARENT | CLONE_CHILD | GROUP | SNAP_TRASH;
}
