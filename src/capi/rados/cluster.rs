//! Clusters: create, connect, shut down, and what is known of them.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::{rados_cluster_stat_t, rados_config_t, rados_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_version(major: *mut c_int, minor: *mut c_int, extra: *mut c_int) {
    let _ = (major, minor, extra);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create(cluster: *mut rados_t, id: *const c_char) -> c_int {
    let _ = (cluster, id);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create2(
    pcluster: *mut rados_t,
    clustername: *const c_char,
    name: *const c_char,
    flags: u64,
) -> c_int {
    let _ = (pcluster, clustername, name, flags);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create_with_context(cluster: *mut rados_t, cct: rados_config_t) -> c_int {
    let _ = (cluster, cct);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_connect(cluster: rados_t) -> c_int {
    let _ = (cluster,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_shutdown(cluster: rados_t) {
    let _ = (cluster,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cluster_stat(cluster: rados_t, result: *mut rados_cluster_stat_t) -> c_int {
    let _ = (cluster, result);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cluster_fsid(cluster: rados_t, buf: *mut c_char, len: usize) -> c_int {
    let _ = (cluster, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_wait_for_latest_osdmap(cluster: rados_t) -> c_int {
    let _ = (cluster,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cct(cluster: rados_t) -> rados_config_t {
    let _ = (cluster,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_instance_id(cluster: rados_t) -> u64 {
    let _ = (cluster,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_min_compatible_osd(
    cluster: rados_t,
    require_osd_release: *mut i8,
) -> c_int {
    let _ = (cluster, require_osd_release);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_min_compatible_client(
    cluster: rados_t,
    min_compat_client: *mut i8,
    require_min_compat_client: *mut i8,
) -> c_int {
    let _ = (cluster, min_compat_client, require_min_compat_client);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_blocklist_add(
    cluster: rados_t,
    client_address: *mut c_char,
    expire_seconds: u32,
) -> c_int {
    let _ = (cluster, client_address, expire_seconds);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_blacklist_add(
    cluster: rados_t,
    client_address: *mut c_char,
    expire_seconds: u32,
) -> c_int {
    let _ = (cluster, client_address, expire_seconds);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_getaddrs(cluster: rados_t, addrs: *mut *mut c_char) -> c_int {
    let _ = (cluster, addrs);
    unsupported!()
}
