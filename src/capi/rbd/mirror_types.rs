//! The types of `rbd/librbd.h` about mirroring and groups. Names, sizes and values are Ceph's.

#![allow(non_camel_case_types, dead_code)] // The header has them all.

use std::ffi::c_char;

/// What is mirrored of a pool.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_mirror_mode_t {
    /// Nothing.
    RBD_MIRROR_MODE_DISABLED,
    /// The images it is enabled for.
    RBD_MIRROR_MODE_IMAGE,
    /// All images that have a journal.
    RBD_MIRROR_MODE_POOL,
    /// Nothing yet, but namespaces may be (default namespace only).
    RBD_MIRROR_MODE_INIT_ONLY,
}

/// Which way data flows between peers, seen from here.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_mirror_peer_direction_t {
    RBD_MIRROR_PEER_DIRECTION_RX = 0,
    RBD_MIRROR_PEER_DIRECTION_TX = 1,
    RBD_MIRROR_PEER_DIRECTION_RX_TX = 2,
}

/// A peer, as `rbd_mirror_peer_list` tells of it.
#[repr(C)]
pub struct rbd_mirror_peer_t {
    pub uuid: *mut c_char,
    pub cluster_name: *mut c_char,
    pub client_name: *mut c_char,
}

/// A peer; `last_seen` in seconds since 1970.
#[repr(C)]
pub struct rbd_mirror_peer_site_t {
    pub uuid: *mut c_char,
    pub direction: rbd_mirror_peer_direction_t,
    pub site_name: *mut c_char,
    pub mirror_uuid: *mut c_char,
    pub client_name: *mut c_char,
    pub last_seen: libc::time_t,
}

/// How an image is mirrored.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_mirror_image_mode_t {
    RBD_MIRROR_IMAGE_MODE_JOURNAL = 0,
    RBD_MIRROR_IMAGE_MODE_SNAPSHOT = 1,
}

/// Whether an image is mirrored.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_mirror_image_state_t {
    RBD_MIRROR_IMAGE_DISABLING = 0,
    RBD_MIRROR_IMAGE_ENABLED = 1,
    RBD_MIRROR_IMAGE_DISABLED = 2,
    RBD_MIRROR_IMAGE_CREATING = 3,
}

/// An image's mirroring.
#[repr(C)]
pub struct rbd_mirror_image_info_t {
    pub global_id: *mut c_char,
    pub state: rbd_mirror_image_state_t,
    pub primary: bool,
}

/// What a site does with a mirrored image.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_mirror_image_status_state_t {
    MIRROR_IMAGE_STATUS_STATE_UNKNOWN = 0,
    MIRROR_IMAGE_STATUS_STATE_ERROR = 1,
    MIRROR_IMAGE_STATUS_STATE_SYNCING = 2,
    MIRROR_IMAGE_STATUS_STATE_STARTING_REPLAY = 3,
    MIRROR_IMAGE_STATUS_STATE_REPLAYING = 4,
    MIRROR_IMAGE_STATUS_STATE_STOPPING_REPLAY = 5,
    MIRROR_IMAGE_STATUS_STATE_STOPPED = 6,
}

/// A mirrored image at the local site; `last_update` in seconds since 1970.
#[repr(C)]
pub struct rbd_mirror_image_status_t {
    pub name: *mut c_char,
    pub info: rbd_mirror_image_info_t,
    pub state: rbd_mirror_image_status_state_t,
    pub description: *mut c_char,
    pub last_update: libc::time_t,
    pub up: bool,
}

/// A mirrored image at one site; `last_update` in seconds since 1970.
#[repr(C)]
pub struct rbd_mirror_image_site_status_t {
    pub mirror_uuid: *mut c_char,
    pub state: rbd_mirror_image_status_state_t,
    pub description: *mut c_char,
    pub last_update: libc::time_t,
    pub up: bool,
}

/// A mirrored image at all sites.
#[repr(C)]
pub struct rbd_mirror_image_global_status_t {
    pub name: *mut c_char,
    pub info: rbd_mirror_image_info_t,
    pub site_statuses_count: u32,
    pub site_statuses: *mut rbd_mirror_image_site_status_t,
}

/// What a mirror snapshot is to its image.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_snap_mirror_state_t {
    RBD_SNAP_MIRROR_STATE_PRIMARY,
    RBD_SNAP_MIRROR_STATE_PRIMARY_DEMOTED,
    RBD_SNAP_MIRROR_STATE_NON_PRIMARY,
    RBD_SNAP_MIRROR_STATE_NON_PRIMARY_DEMOTED,
}

/// A mirror snapshot. `mirror_peer_uuids` is a run of NUL-terminated strings.
#[repr(C)]
pub struct rbd_snap_mirror_namespace_t {
    pub state: rbd_snap_mirror_state_t,
    pub mirror_peer_uuids_count: usize,
    pub mirror_peer_uuids: *mut c_char,
    pub complete: bool,
    pub primary_mirror_uuid: *mut c_char,
    pub primary_snap_id: u64,
    pub last_copied_object_number: u64,
}

/// Whether an image is wholly in its group.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_group_image_state_t {
    RBD_GROUP_IMAGE_STATE_ATTACHED,
    RBD_GROUP_IMAGE_STATE_INCOMPLETE,
}

/// An image of a group.
#[repr(C)]
pub struct rbd_group_image_info_t {
    pub name: *mut c_char,
    pub pool: i64,
    pub state: rbd_group_image_state_t,
}

/// A group, by name and pool.
#[repr(C)]
pub struct rbd_group_info_t {
    pub name: *mut c_char,
    pub pool: i64,
}

/// Whether a group snapshot has all its images' snapshots.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_group_snap_state_t {
    RBD_GROUP_SNAP_STATE_INCOMPLETE,
    RBD_GROUP_SNAP_STATE_COMPLETE,
}

/// What a group snapshot belongs to.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum rbd_group_snap_namespace_type_t {
    RBD_GROUP_SNAP_NAMESPACE_TYPE_USER = 0,
}

/// An image's snapshot within a group snapshot.
#[repr(C)]
pub struct rbd_group_image_snap_info_t {
    pub image_name: *mut c_char,
    pub pool_id: i64,
    pub snap_id: u64,
}

/// A group snapshot, as `rbd_group_snap_list` tells of it.
#[repr(C)]
pub struct rbd_group_snap_info_t {
    pub name: *mut c_char,
    pub state: rbd_group_snap_state_t,
}

/// A group snapshot with its images' snapshots.
#[repr(C)]
pub struct rbd_group_snap_info2_t {
    pub id: *mut c_char,
    pub name: *mut c_char,
    pub image_snap_name: *mut c_char,
    pub state: rbd_group_snap_state_t,
    pub namespace_type: rbd_group_snap_namespace_type_t,
    pub image_snaps_count: usize,
    pub image_snaps: *mut rbd_group_image_snap_info_t,
}
