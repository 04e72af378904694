//! The types of `librados.h`: handles, structures, callbacks.

#![allow(non_camel_case_types)]

use std::ffi::{c_char, c_int, c_uint, c_void};

pub use super::watch_types::{notify_ack_t, notify_timeout_t};

/// A cluster handle.
///
/// cbindgen:ignore
pub type rados_t = *mut c_void;

/// A configuration context: what `rados_cct` returns. Only this library's own mean something to it.
pub type rados_config_t = *mut c_void;

/// An I/O context: a pool, with the namespace, locator key and snapshot settings of the requests made with it. Those
/// settings apply to requests made after they are set; changing them while another thread makes requests with the
/// same context gives those either the old or the new ones.
pub type rados_ioctx_t = *mut c_void;

/// A walk over the objects of a pool. One thread at a time may use it.
pub type rados_list_ctx_t = *mut c_void;

/// A position in a pool's listing.
pub type rados_object_list_cursor = *mut c_void;

/// An object in a listing. The strings end in a NUL that the lengths do not count.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rados_object_list_item {
    /// Length of the object's name, in bytes.
    pub oid_length: usize,
    /// The object's name.
    pub oid: *mut c_char,
    /// Length of the namespace, in bytes.
    pub nspace_length: usize,
    /// The object's namespace.
    pub nspace: *mut c_char,
    /// Length of the locator key, in bytes.
    pub locator_length: usize,
    /// The object's locator key; NULL where it has none.
    pub locator: *mut c_char,
}

/// A snapshot's id.
pub type rados_snap_t = u64;

/// A walk over extended attributes.
pub type rados_xattrs_iter_t = *mut c_void;

/// A walk over omap entries.
pub type rados_omap_iter_t = *mut c_void;

/// Counters of a pool.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct rados_pool_stat_t {
    /// Space that data takes, in bytes.
    pub num_bytes: u64,
    /// The same in KiB.
    pub num_kb: u64,
    /// Objects, their clones included.
    pub num_objects: u64,
    /// Clones of objects that snapshots keep.
    pub num_object_clones: u64,
    /// Copies of all objects over all replicas.
    pub num_object_copies: u64,
    /// Objects that the primary of their placement group does not have.
    pub num_objects_missing_on_primary: u64,
    /// Objects that no reachable OSD has.
    pub num_objects_unfound: u64,
    /// Objects with fewer replicas than wanted.
    pub num_objects_degraded: u64,
    /// Read requests.
    pub num_rd: u64,
    /// Data read, in KiB.
    pub num_rd_kb: u64,
    /// Write requests.
    pub num_wr: u64,
    /// Data written, in KiB.
    pub num_wr_kb: u64,
    /// What users stored, in bytes.
    pub num_user_bytes: u64,
    /// Data that is stored compressed: size before, in bytes.
    pub compressed_bytes_orig: u64,
    /// The same: size after.
    pub compressed_bytes: u64,
    /// The same: space allocated.
    pub compressed_bytes_alloc: u64,
}

/// Space and objects of a cluster. Sizes are in KiB.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct rados_cluster_stat_t {
    /// Capacity.
    pub kb: u64,
    /// Space in use.
    pub kb_used: u64,
    /// Space left.
    pub kb_avail: u64,
    /// Objects in all pools.
    pub num_objects: u64,
}

/// A compound write.
pub type rados_write_op_t = *mut c_void;

/// A compound read.
pub type rados_read_op_t = *mut c_void;

/// The completion of an asynchronous call.
pub type rados_completion_t = *mut c_void;

/// One of `LIBRADOS_CHECKSUM_TYPE_*`.
///
/// cbindgen:ignore
pub type rados_checksum_type_t = c_uint;

/// Runs when an asynchronous call is complete, with the completion and the pointer given when it was created.
pub type rados_callback_t = Option<unsafe extern "C-unwind" fn(cb: rados_completion_t, arg: *mut c_void)>;

/// Tells of a notify to a watch made by `rados_watch`.
pub type rados_watchcb_t = Option<unsafe extern "C-unwind" fn(opcode: u8, ver: u64, arg: *mut c_void)>;

/// Tells of a notify: answer it with `rados_notify_ack`, here or later. `data` is good until the callback returns.
pub type rados_watchcb2_t = Option<
    unsafe extern "C-unwind" fn(
        arg: *mut c_void,
        notify_id: u64,
        handle: u64,
        notifier_id: u64,
        data: *mut c_void,
        data_len: usize,
    ),
>;

/// Tells that a watch is lost: `err` is `-ENOTCONN`, `-ETIMEDOUT`, or `-ENOENT` where the object is gone.
pub type rados_watcherrcb_t = Option<unsafe extern "C-unwind" fn(pre: *mut c_void, cookie: u64, err: c_int)>;

/// Gets the lines of the cluster log. The strings are good until the callback returns.
pub type rados_log_callback_t = Option<
    unsafe extern "C-unwind" fn(
        arg: *mut c_void,
        line: *const c_char,
        who: *const c_char,
        sec: u64,
        nsec: u64,
        seq: u64,
        level: *const c_char,
        msg: *const c_char,
    ),
>;

/// The same, with the channel and the name of the entity.
pub type rados_log_callback2_t = Option<
    unsafe extern "C-unwind" fn(
        arg: *mut c_void,
        line: *const c_char,
        channel: *const c_char,
        who: *const c_char,
        name: *const c_char,
        sec: u64,
        nsec: u64,
        seq: u64,
        level: *const c_char,
        msg: *const c_char,
    ),
>;
