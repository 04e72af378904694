//! The types of `rbd/librbd.h` about images, their snapshots and their I/O; the constants beside them.
//! Names, sizes and values are Ceph's.

#![allow(non_camel_case_types, dead_code)] // The header has them all.

use std::ffi::{c_char, c_int, c_void};

/// An open image.
pub type rbd_image_t = *mut c_void;
/// A set of image options.
pub type rbd_image_options_t = *mut c_void;
/// A set of questions about a pool.
pub type rbd_pool_stats_t = *mut c_void;
/// The result of an operation under way.
pub type rbd_completion_t = *mut c_void;
/// The options that belong to an encryption format.
pub type rbd_encryption_options_t = *mut c_void;

/// Called when the operation of `cb` is done, with the argument the completion was made with.
pub type rbd_callback_t = Option<unsafe extern "C-unwind" fn(cb: rbd_completion_t, arg: *mut c_void)>;

/// Hears how far an operation got; a negative result asks it to stop.
pub type librbd_progress_fn_t =
    Option<unsafe extern "C-unwind" fn(offset: u64, total: u64, ptr: *mut c_void) -> c_int>;

/// Called when an image's metadata changed.
pub type rbd_update_callback_t = Option<unsafe extern "C-unwind" fn(arg: *mut c_void)>;

/// The object map does not tell the truth.
pub const RBD_FLAG_OBJECT_MAP_INVALID: c_int = 1 << 0;
/// The object map's record of changes does not tell the truth.
pub const RBD_FLAG_FAST_DIFF_INVALID: c_int = 1 << 1;

/// Bytes of an image name in `rbd_image_info_t`, with the NUL.
pub const RBD_MAX_IMAGE_NAME_SIZE: usize = 96;
/// Bytes of an object prefix in `rbd_image_info_t`, with the NUL.
pub const RBD_MAX_BLOCK_NAME_SIZE: usize = 24;

/// Take the snapshot without asking clients to quiesce.
pub const RBD_SNAP_CREATE_SKIP_QUIESCE: c_int = 1 << 0;
/// Take the snapshot even if a client failed to quiesce.
pub const RBD_SNAP_CREATE_IGNORE_QUIESCE_ERROR: c_int = 1 << 1;
/// Unprotect the snapshot first.
pub const RBD_SNAP_REMOVE_UNPROTECT: c_int = 1 << 0;
/// Flatten its clones first.
pub const RBD_SNAP_REMOVE_FLATTEN: c_int = 1 << 1;

/// The descriptor of `rbd_set_image_notification` is a pipe.
pub const EVENT_TYPE_PIPE: c_int = 1;
/// The descriptor of `rbd_set_image_notification` is an eventfd.
pub const EVENT_TYPE_EVENTFD: c_int = 2;

/// The image format: 1 or 2 (`uint64`).
pub const RBD_IMAGE_OPTION_FORMAT: c_int = 0;
/// The feature bits (`uint64`).
pub const RBD_IMAGE_OPTION_FEATURES: c_int = 1;
/// The log2 of the object size in bytes (`uint64`).
pub const RBD_IMAGE_OPTION_ORDER: c_int = 2;
/// Bytes of a stripe unit (`uint64`).
pub const RBD_IMAGE_OPTION_STRIPE_UNIT: c_int = 3;
/// How many objects a stripe covers (`uint64`).
pub const RBD_IMAGE_OPTION_STRIPE_COUNT: c_int = 4;
/// The log2 of the size of the journal's objects (`uint64`).
pub const RBD_IMAGE_OPTION_JOURNAL_ORDER: c_int = 5;
/// How many journal objects are written to in turn (`uint64`).
pub const RBD_IMAGE_OPTION_JOURNAL_SPLAY_WIDTH: c_int = 6;
/// The pool of the journal (text).
pub const RBD_IMAGE_OPTION_JOURNAL_POOL: c_int = 7;
/// Feature bits to add to the default (`uint64`).
pub const RBD_IMAGE_OPTION_FEATURES_SET: c_int = 8;
/// Feature bits to take from the default (`uint64`).
pub const RBD_IMAGE_OPTION_FEATURES_CLEAR: c_int = 9;
/// The pool of the data objects (text).
pub const RBD_IMAGE_OPTION_DATA_POOL: c_int = 10;
/// Whether a deep copy is flattened (`uint64`).
pub const RBD_IMAGE_OPTION_FLATTEN: c_int = 11;
/// The clone format: 1 or 2 (`uint64`).
pub const RBD_IMAGE_OPTION_CLONE_FORMAT: c_int = 12;
/// How the new image is mirrored (`uint64`).
pub const RBD_IMAGE_OPTION_MIRROR_IMAGE_MODE: c_int = 13;

/// `rbd_write_zeroes`: write zeros rather than give the space back.
pub const RBD_WRITE_ZEROES_FLAG_THICK_PROVISION: c_int = 1 << 0;
/// `rbd_diff_iterate3`: count what shows through from the parent.
pub const RBD_DIFF_ITERATE_FLAG_INCLUDE_PARENT: c_int = 1 << 0;
/// `rbd_diff_iterate3`: report whole objects.
pub const RBD_DIFF_ITERATE_FLAG_WHOLE_OBJECT: c_int = 1 << 1;

/// What a snapshot belongs to.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_snap_namespace_type_t {
    RBD_SNAP_NAMESPACE_TYPE_USER = 0,
    RBD_SNAP_NAMESPACE_TYPE_GROUP = 1,
    RBD_SNAP_NAMESPACE_TYPE_TRASH = 2,
    RBD_SNAP_NAMESPACE_TYPE_MIRROR = 3,
}

/// An image of a list.
#[repr(C)]
pub struct rbd_image_spec_t {
    pub id: *mut c_char,
    pub name: *mut c_char,
}

/// A parent or a clone.
#[repr(C)]
pub struct rbd_linked_image_spec_t {
    pub pool_id: i64,
    pub pool_name: *mut c_char,
    pub pool_namespace: *mut c_char,
    pub image_id: *mut c_char,
    pub image_name: *mut c_char,
    pub trash: bool,
}

/// A snapshot a clone was made from.
#[repr(C)]
pub struct rbd_snap_spec_t {
    pub id: u64,
    pub namespace_type: rbd_snap_namespace_type_t,
    pub name: *mut c_char,
}

/// A snapshot of a list; `size` in bytes.
#[repr(C)]
pub struct rbd_snap_info_t {
    pub id: u64,
    pub size: u64,
    pub name: *const c_char,
}

/// A clone, as `rbd_list_children2` tells of it.
#[repr(C)]
pub struct rbd_child_info_t {
    pub pool_name: *const c_char,
    pub image_name: *const c_char,
    pub image_id: *const c_char,
    pub trash: bool,
}

/// What `rbd_stat` tells: sizes in bytes, `order` the log2 of `obj_size`. `block_name_prefix` may be cut
/// short; the parent fields are no longer filled (-1, empty).
#[repr(C)]
pub struct rbd_image_info_t {
    pub size: u64,
    pub obj_size: u64,
    pub num_objs: u64,
    pub order: c_int,
    pub block_name_prefix: [c_char; RBD_MAX_BLOCK_NAME_SIZE],
    pub parent_pool: i64,
    pub parent_name: [c_char; RBD_MAX_IMAGE_NAME_SIZE],
}

/// The group a snapshot was taken of.
#[repr(C)]
pub struct rbd_snap_group_namespace_t {
    pub group_pool: i64,
    pub group_name: *mut c_char,
    pub group_snap_name: *mut c_char,
}

/// What a snapshot in the trash was.
#[repr(C)]
pub struct rbd_snap_trash_namespace_t {
    pub original_namespace_type: rbd_snap_namespace_type_t,
    pub original_name: *mut c_char,
}

/// How the exclusive lock is taken.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_lock_mode_t {
    RBD_LOCK_MODE_EXCLUSIVE = 0,
    RBD_LOCK_MODE_SHARED = 1,
    RBD_LOCK_MODE_EXCLUSIVE_TRANSIENT = 2,
}

/// Somebody that watches an image's header.
#[repr(C)]
pub struct rbd_image_watcher_t {
    pub addr: *mut c_char,
    pub id: i64,
    pub cookie: u64,
}

/// Why an image is in the trash.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_trash_image_source_t {
    RBD_TRASH_IMAGE_SOURCE_USER = 0,
    RBD_TRASH_IMAGE_SOURCE_MIRRORING = 1,
    RBD_TRASH_IMAGE_SOURCE_MIGRATION = 2,
    RBD_TRASH_IMAGE_SOURCE_REMOVING = 3,
    RBD_TRASH_IMAGE_SOURCE_USER_PARENT = 4,
}

/// An image in the trash; times in seconds since 1970.
#[repr(C)]
pub struct rbd_trash_image_info_t {
    pub id: *mut c_char,
    pub name: *mut c_char,
    pub source: rbd_trash_image_source_t,
    pub deletion_time: libc::time_t,
    pub deferment_end_time: libc::time_t,
}

/// Where a migration stands.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_image_migration_state_t {
    RBD_IMAGE_MIGRATION_STATE_UNKNOWN = -1,
    RBD_IMAGE_MIGRATION_STATE_ERROR = 0,
    RBD_IMAGE_MIGRATION_STATE_PREPARING = 1,
    RBD_IMAGE_MIGRATION_STATE_PREPARED = 2,
    RBD_IMAGE_MIGRATION_STATE_EXECUTING = 3,
    RBD_IMAGE_MIGRATION_STATE_EXECUTED = 4,
    RBD_IMAGE_MIGRATION_STATE_ABORTING = 5,
}

/// A migration: from where, to where, how far.
#[repr(C)]
pub struct rbd_image_migration_status_t {
    pub source_pool_id: i64,
    pub source_pool_namespace: *mut c_char,
    pub source_image_name: *mut c_char,
    pub source_image_id: *mut c_char,
    pub dest_pool_id: i64,
    pub dest_pool_namespace: *mut c_char,
    pub dest_image_name: *mut c_char,
    pub dest_image_id: *mut c_char,
    pub state: rbd_image_migration_state_t,
    pub state_description: *mut c_char,
}

/// Where the value of an option comes from.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_config_source_t {
    RBD_CONFIG_SOURCE_CONFIG = 0,
    RBD_CONFIG_SOURCE_POOL = 1,
    RBD_CONFIG_SOURCE_IMAGE = 2,
}

/// A configuration option of a pool or an image.
#[repr(C)]
pub struct rbd_config_option_t {
    pub name: *mut c_char,
    pub value: *mut c_char,
    pub source: rbd_config_source_t,
}

/// What can be asked about a pool; sizes in bytes, `MAX` over all snapshots.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_pool_stat_option_t {
    RBD_POOL_STAT_OPTION_IMAGES,
    RBD_POOL_STAT_OPTION_IMAGE_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_IMAGE_MAX_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_IMAGE_SNAPSHOTS,
    RBD_POOL_STAT_OPTION_TRASH_IMAGES,
    RBD_POOL_STAT_OPTION_TRASH_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_TRASH_MAX_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_TRASH_SNAPSHOTS,
}

/// How an image is encrypted; `LUKS` is either, found out at load.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_encryption_format_t {
    RBD_ENCRYPTION_FORMAT_LUKS1 = 0,
    RBD_ENCRYPTION_FORMAT_LUKS2 = 1,
    RBD_ENCRYPTION_FORMAT_LUKS = 2,
}

/// The cipher of an encrypted image.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_encryption_algorithm_t {
    RBD_ENCRYPTION_ALGORITHM_AES128 = 0,
    RBD_ENCRYPTION_ALGORITHM_AES256 = 1,
}

/// An encryption format and the options that belong to it.
#[repr(C)]
pub struct rbd_encryption_spec_t {
    pub format: rbd_encryption_format_t,
    pub opts: rbd_encryption_options_t,
    pub opts_size: usize,
}

/// The options of LUKS1; the passphrase is bytes and needs no NUL.
#[repr(C)]
pub struct rbd_encryption_luks1_format_options_t {
    pub alg: rbd_encryption_algorithm_t,
    pub passphrase: *const c_char,
    pub passphrase_size: usize,
}

/// The options of LUKS2; the passphrase is bytes and needs no NUL.
#[repr(C)]
pub struct rbd_encryption_luks2_format_options_t {
    pub alg: rbd_encryption_algorithm_t,
    pub passphrase: *const c_char,
    pub passphrase_size: usize,
}

/// The options for loading either; the passphrase is bytes and needs no NUL.
#[repr(C)]
pub struct rbd_encryption_luks_format_options_t {
    pub passphrase: *const c_char,
    pub passphrase_size: usize,
}
