//! Mirroring of a pool: mode, site name, peers.

use std::ffi::{c_char, c_int};
use std::mem::MaybeUninit;

use ffi::unsupported;

use super::cleanup::clean_all;
use super::mirror_types::*;
use crate::rados::types::{rados_ioctx_t, rados_t};

/// Copies the cluster's site name into `name` of `*max_len` bytes. `-ERANGE`, with the bytes needed, if
/// it does not fit.
#[unsafe(export_name = "__rbd_mirror_site_name_get")]
pub unsafe extern "C" fn rbd_mirror_site_name_get(
    cluster: rados_t,
    name: *mut c_char,
    max_len: *mut usize,
) -> c_int {
    let _ = (cluster, name, max_len);
    unsupported!()
}

/// Sets the cluster's site name; empty takes it back.
#[unsafe(export_name = "__rbd_mirror_site_name_set")]
pub unsafe extern "C" fn rbd_mirror_site_name_set(cluster: rados_t, name: *const c_char) -> c_int {
    let _ = (cluster, name);
    unsupported!()
}

/// What is mirrored of this pool.
#[unsafe(export_name = "__rbd_mirror_mode_get")]
pub unsafe extern "C" fn rbd_mirror_mode_get(
    io_ctx: rados_ioctx_t,
    mirror_mode: *mut rbd_mirror_mode_t,
) -> c_int {
    let _ = (io_ctx, mirror_mode);
    unsupported!()
}

/// Sets what is mirrored of this pool.
#[unsafe(export_name = "__rbd_mirror_mode_set")]
pub unsafe extern "C" fn rbd_mirror_mode_set(
    io_ctx: rados_ioctx_t,
    mirror_mode: MaybeUninit<rbd_mirror_mode_t>,
) -> c_int {
    let _ = (io_ctx, mirror_mode);
    unsupported!()
}

/// Copies the name of the remote cluster's namespace into a buffer of `*max_len` bytes. `-ERANGE`, with
/// the bytes needed, if it does not fit.
#[unsafe(export_name = "__rbd_mirror_remote_namespace_get")]
pub unsafe extern "C" fn rbd_mirror_remote_namespace_get(
    io_ctx: rados_ioctx_t,
    remote_namespace: *mut c_char,
    max_len: *mut usize,
) -> c_int {
    let _ = (io_ctx, remote_namespace, max_len);
    unsupported!()
}

/// Sets the remote cluster's namespace; only while mirroring is disabled, and disabling resets it.
#[unsafe(export_name = "__rbd_mirror_remote_namespace_set")]
pub unsafe extern "C" fn rbd_mirror_remote_namespace_set(
    io_ctx: rados_ioctx_t,
    remote_namespace: *const c_char,
) -> c_int {
    let _ = (io_ctx, remote_namespace);
    unsupported!()
}

/// Copies the pool's mirror uuid into a buffer of `*max_len` bytes. `-ERANGE`, with the bytes needed, if
/// it does not fit.
#[unsafe(export_name = "__rbd_mirror_uuid_get")]
pub unsafe extern "C" fn rbd_mirror_uuid_get(
    io_ctx: rados_ioctx_t,
    uuid: *mut c_char,
    max_len: *mut usize,
) -> c_int {
    let _ = (io_ctx, uuid, max_len);
    unsupported!()
}

/// Makes a token that lets another cluster become a peer. `-ERANGE`, with the bytes needed, if it does
/// not fit.
#[unsafe(export_name = "__rbd_mirror_peer_bootstrap_create")]
pub unsafe extern "C" fn rbd_mirror_peer_bootstrap_create(
    io_ctx: rados_ioctx_t,
    token: *mut c_char,
    max_len: *mut usize,
) -> c_int {
    let _ = (io_ctx, token, max_len);
    unsupported!()
}

/// Makes the cluster that issued `token` a peer.
#[unsafe(export_name = "__rbd_mirror_peer_bootstrap_import")]
pub unsafe extern "C" fn rbd_mirror_peer_bootstrap_import(
    io_ctx: rados_ioctx_t,
    direction: MaybeUninit<rbd_mirror_peer_direction_t>,
    token: *const c_char,
) -> c_int {
    let _ = (io_ctx, direction, token);
    unsupported!()
}

/// Adds a peer; its new uuid goes to `uuid` of `uuid_max_length` bytes. `-E2BIG` if that is less than 37.
#[unsafe(export_name = "__rbd_mirror_peer_site_add")]
pub unsafe extern "C" fn rbd_mirror_peer_site_add(
    io_ctx: rados_ioctx_t,
    uuid: *mut c_char,
    uuid_max_length: usize,
    direction: MaybeUninit<rbd_mirror_peer_direction_t>,
    site_name: *const c_char,
    client_name: *const c_char,
) -> c_int {
    let _ = (io_ctx, uuid, uuid_max_length, direction, site_name, client_name);
    unsupported!()
}

/// Changes a peer's site name. `-ENOENT` if there is no such peer.
#[unsafe(export_name = "__rbd_mirror_peer_site_set_name")]
pub unsafe extern "C" fn rbd_mirror_peer_site_set_name(
    io_ctx: rados_ioctx_t,
    uuid: *const c_char,
    site_name: *const c_char,
) -> c_int {
    let _ = (io_ctx, uuid, site_name);
    unsupported!()
}

/// Changes the client name used to reach a peer. `-ENOENT` if there is no such peer.
#[unsafe(export_name = "__rbd_mirror_peer_site_set_client_name")]
pub unsafe extern "C" fn rbd_mirror_peer_site_set_client_name(
    io_ctx: rados_ioctx_t,
    uuid: *const c_char,
    client_name: *const c_char,
) -> c_int {
    let _ = (io_ctx, uuid, client_name);
    unsupported!()
}

/// Changes a peer's direction. `-ENOENT` if there is no such peer.
#[unsafe(export_name = "__rbd_mirror_peer_site_set_direction")]
pub unsafe extern "C" fn rbd_mirror_peer_site_set_direction(
    io_ctx: rados_ioctx_t,
    uuid: *const c_char,
    direction: MaybeUninit<rbd_mirror_peer_direction_t>,
) -> c_int {
    let _ = (io_ctx, uuid, direction);
    unsupported!()
}

/// Removes a peer.
#[unsafe(export_name = "__rbd_mirror_peer_site_remove")]
pub unsafe extern "C" fn rbd_mirror_peer_site_remove(io_ctx: rados_ioctx_t, uuid: *const c_char) -> c_int {
    let _ = (io_ctx, uuid);
    unsupported!()
}

/// Fills `peers`; `*max_peers` is the capacity and becomes the count. `-ERANGE`, with the count needed,
/// if they do not fit. Free with `rbd_mirror_peer_site_list_cleanup`.
#[unsafe(export_name = "__rbd_mirror_peer_site_list")]
pub unsafe extern "C" fn rbd_mirror_peer_site_list(
    io_ctx: rados_ioctx_t,
    peers: *mut rbd_mirror_peer_site_t,
    max_peers: *mut c_int,
) -> c_int {
    let _ = (io_ctx, peers, max_peers);
    unsupported!()
}

/// Frees the strings of `max_peers` peers, not the array.
#[unsafe(export_name = "__rbd_mirror_peer_site_list_cleanup")]
pub unsafe extern "C" fn rbd_mirror_peer_site_list_cleanup(
    peers: *mut rbd_mirror_peer_site_t,
    max_peers: c_int,
) {
    // SAFETY: the header's contract.
    unsafe { clean_all(peers, usize::try_from(max_peers).unwrap_or(0)) };
}

/// Writes a peer's attributes as two runs of NUL-terminated strings, and how many there are. `-ERANGE`,
/// with the bytes needed, if they do not fit.
#[unsafe(export_name = "__rbd_mirror_peer_site_get_attributes")]
pub unsafe extern "C" fn rbd_mirror_peer_site_get_attributes(
    p: rados_ioctx_t,
    uuid: *const c_char,
    keys: *mut c_char,
    max_key_len: *mut usize,
    values: *mut c_char,
    max_value_len: *mut usize,
    key_value_count: *mut usize,
) -> c_int {
    let _ = (p, uuid, keys, max_key_len, values, max_value_len, key_value_count);
    unsupported!()
}

/// Sets a peer's attributes from two runs of `key_value_count` NUL-terminated strings.
#[unsafe(export_name = "__rbd_mirror_peer_site_set_attributes")]
pub unsafe extern "C" fn rbd_mirror_peer_site_set_attributes(
    p: rados_ioctx_t,
    uuid: *const c_char,
    keys: *const c_char,
    values: *const c_char,
    key_value_count: usize,
) -> c_int {
    let _ = (p, uuid, keys, values, key_value_count);
    unsupported!()
}

/// Older name of `rbd_mirror_peer_site_add`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_add")]
pub unsafe extern "C" fn rbd_mirror_peer_add(
    io_ctx: rados_ioctx_t,
    uuid: *mut c_char,
    uuid_max_length: usize,
    cluster_name: *const c_char,
    client_name: *const c_char,
) -> c_int {
    let _ = (io_ctx, uuid, uuid_max_length, cluster_name, client_name);
    unsupported!()
}

/// Older name of `rbd_mirror_peer_site_remove`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_remove")]
pub unsafe extern "C" fn rbd_mirror_peer_remove(io_ctx: rados_ioctx_t, uuid: *const c_char) -> c_int {
    let _ = (io_ctx, uuid);
    unsupported!()
}

/// Older form of `rbd_mirror_peer_site_list`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_list")]
pub unsafe extern "C" fn rbd_mirror_peer_list(
    io_ctx: rados_ioctx_t,
    peers: *mut rbd_mirror_peer_t,
    max_peers: *mut c_int,
) -> c_int {
    let _ = (io_ctx, peers, max_peers);
    unsupported!()
}

/// Frees the strings of `max_peers` peers, not the array.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_list_cleanup")]
pub unsafe extern "C" fn rbd_mirror_peer_list_cleanup(peers: *mut rbd_mirror_peer_t, max_peers: c_int) {
    // SAFETY: the header's contract.
    unsafe { clean_all(peers, usize::try_from(max_peers).unwrap_or(0)) };
}

/// Older name of `rbd_mirror_peer_site_set_client_name`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_set_client")]
pub unsafe extern "C" fn rbd_mirror_peer_set_client(
    io_ctx: rados_ioctx_t,
    uuid: *const c_char,
    client_name: *const c_char,
) -> c_int {
    let _ = (io_ctx, uuid, client_name);
    unsupported!()
}

/// Older name of `rbd_mirror_peer_site_set_name`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_set_cluster")]
pub unsafe extern "C" fn rbd_mirror_peer_set_cluster(
    io_ctx: rados_ioctx_t,
    uuid: *const c_char,
    cluster_name: *const c_char,
) -> c_int {
    let _ = (io_ctx, uuid, cluster_name);
    unsupported!()
}

/// Older name of `rbd_mirror_peer_site_get_attributes`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_get_attributes")]
pub unsafe extern "C" fn rbd_mirror_peer_get_attributes(
    p: rados_ioctx_t,
    uuid: *const c_char,
    keys: *mut c_char,
    max_key_len: *mut usize,
    values: *mut c_char,
    max_value_len: *mut usize,
    key_value_count: *mut usize,
) -> c_int {
    let _ = (p, uuid, keys, max_key_len, values, max_value_len, key_value_count);
    unsupported!()
}

/// Older name of `rbd_mirror_peer_site_set_attributes`.
#[deprecated]
#[unsafe(export_name = "__rbd_mirror_peer_set_attributes")]
pub unsafe extern "C" fn rbd_mirror_peer_set_attributes(
    p: rados_ioctx_t,
    uuid: *const c_char,
    keys: *const c_char,
    values: *const c_char,
    key_value_count: usize,
) -> c_int {
    let _ = (p, uuid, keys, values, key_value_count);
    unsupported!()
}
