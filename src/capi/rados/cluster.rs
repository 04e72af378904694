//! Clusters: create, connect, shut down, and what is known of them.

use std::ffi::{c_char, c_int};
use std::sync::Arc;
use std::time::Duration;

use ffi::{
    Out, alloc_text, borrow, boundary, boundary_or, boundary_void, close, export, fill_text, str_at,
    str_at_opt,
};
use ops::Result;
use rados_room::Cluster;

use super::handles::{ClusterHandle, ConfigHandle};
use super::types::{rados_cluster_stat_t, rados_config_t, rados_t};

/// The version of the interface, as `LIBRADOS_VER_*`. Each pointer may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_version(major: *mut c_int, minor: *mut c_int, extra: *mut c_int) {
    // SAFETY: the header's contract.
    unsafe {
        Out::optional(major).set(3);
        Out::optional(minor).set(0);
        Out::optional(extra).set(0);
    }
}

fn create(out: *mut rados_t, cluster: impl FnOnce() -> Result<Arc<Cluster>>) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(out)? };
        out.set(export(Arc::new(ClusterHandle(cluster()?)))?);
        Ok(())
    })
}

/// Makes a handle for user `client.ID`; NULL stands for `admin`. Configure it (`rados_conf_read_file`, `rados_conf_set`), then
/// connect. Give it up with `rados_shutdown`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create(cluster: *mut rados_t, id: *const c_char) -> c_int {
    // SAFETY: the header's contract.
    create(cluster, || Ok(Cluster::create(unsafe { str_at_opt(id)? })))
}

/// Like `rados_create`, with the name of the cluster (NULL: `ceph`) and the full name of the user, for example
/// `client.admin`. `flags` is not used. Returns 0, `-EINVAL` where the name is bad, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create2(
    pcluster: *mut rados_t,
    clustername: *const c_char,
    name: *const c_char,
    flags: u64,
) -> c_int {
    let _ = flags;
    create(pcluster, || {
        // SAFETY: the header's contract.
        let (clustername, name) = unsafe { (str_at_opt(clustername)?, str_at(name)?) };
        Cluster::create2(clustername.unwrap_or_default(), name)
    })
}

/// Makes a handle with a configuration that exists: what `rados_cct` returned. A pointer from elsewhere (Ceph's C++ tools
/// have contexts of their own) is not looked into: the handle then is configured from `CEPH_CONF` and the default places, as
/// `rados_create` and `rados_conf_read_file` with NULLs do. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create_with_context(cluster: *mut rados_t, cct: rados_config_t) -> c_int {
    create(cluster, || {
        if let Ok(config) = borrow::<ConfigHandle>(cct) {
            return Ok(Cluster::with_config(Arc::clone(&config.0)));
        }
        let cluster = Cluster::create(None);
        if let Err(errno) = cluster.config().read_file(None) {
            tracing::warn!(target: "rados", "a foreign configuration context, and no configuration file: {errno}");
        }
        Ok(cluster)
    })
}

/// Connects. How is up to the configuration: `sepiola store` names a directory on the local disk, `mon host` the monitors
/// of a cluster.
///
/// Returns 0, `-ENOENT` where neither is set or there is no such directory, `-EINVAL` where both are, `-EBUSY` where another
/// process has the store for longer than `client_mount_timeout`, `-EISCONN` where it is connected already, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_connect(cluster: rados_t) -> c_int {
    boundary(|| borrow::<ClusterHandle>(cluster)?.connect())
}

/// Ends a connection and gives the handle up; without a connection it only does the latter. I/O contexts must be destroyed
/// before. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_shutdown(cluster: rados_t) {
    boundary_void(|| {
        if !cluster.is_null() {
            close::<ClusterHandle>(cluster)?.shutdown();
        }
        Ok(())
    })
}

/// The handle's configuration, for `rados_create_with_context`. It means nothing to other functions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cct(cluster: rados_t) -> rados_config_t {
    boundary(|| ConfigHandle::of(&borrow::<ClusterHandle>(cluster)?.0))
}

/// Space and number of objects. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cluster_stat(cluster: rados_t, result: *mut rados_cluster_stat_t) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(result)? };
        let stat = borrow::<ClusterHandle>(cluster)?.cluster_stat()?;
        let (kb, kb_used, kb_avail, num_objects) = (stat.kb, stat.kb_used, stat.kb_avail, stat.num_objects);
        out.set(rados_cluster_stat_t { kb, kb_used, kb_avail, num_objects });
        Ok(())
    })
}

/// The id of the cluster, 36 characters and a NUL, in `buf`; all zeros while not connected. Returns 36, or `-ERANGE` where
/// `len` is less than 37.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_cluster_fsid(cluster: rados_t, buf: *mut c_char, len: usize) -> c_int {
    boundary(|| {
        let nobody = || "00000000-0000-0000-0000-000000000000".into();
        let fsid = borrow::<ClusterHandle>(cluster)?.identity().map_or_else(|_| nobody(), |own| own.fsid);
        // SAFETY: the header's contract.
        unsafe { fill_text(buf, len, fsid.as_bytes())? };
        Ok(fsid.len() as i32)
    })
}

/// Waits until this client knows of everything the monitors know at the time of the call. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_wait_for_latest_osdmap(cluster: rados_t) -> c_int {
    boundary(|| borrow::<ClusterHandle>(cluster)?.wait_for_latest_map())
}

/// A number that no other connection to this cluster has. 0 while not connected.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_instance_id(cluster: rados_t) -> u64 {
    boundary_or(0, || Ok(borrow::<ClusterHandle>(cluster)?.instance_id()))
}

/// The oldest release whose clients can use what it stores: 12, Luminous.
const OLDEST_CLIENT: i8 = 12;

/// The oldest release of OSDs that may join, as a number: 16 is Pacific. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_min_compatible_osd(
    cluster: rados_t,
    require_osd_release: *mut i8,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(require_osd_release)? };
        let releases = borrow::<ClusterHandle>(cluster)?.store()?.releases();
        out.set(releases.osd.cast_signed());
        Ok(())
    })
}

/// The oldest release of clients that can use what the cluster stores, and the oldest one that is let in, as numbers.
/// Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_get_min_compatible_client(
    cluster: rados_t,
    min_compat_client: *mut i8,
    require_min_compat_client: *mut i8,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (min, required) =
            unsafe { (Out::required(min_compat_client)?, Out::required(require_min_compat_client)?) };
        let releases = borrow::<ClusterHandle>(cluster)?.store()?.releases();
        min.set(OLDEST_CLIENT);
        required.set(releases.client.cast_signed());
        Ok(())
    })
}

fn blocklist(cluster: rados_t, address: *mut c_char, expire_seconds: u32) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let address = unsafe { str_at(address.cast_const())? };
        let expire = Duration::from_secs(expire_seconds.into());
        borrow::<ClusterHandle>(cluster)?.blocklist_add(address, expire)
    })
}

/// Shuts a client out by its address (as `rados_getaddrs` prints it) for `expire_seconds`; 0: the default, an hour. Returns 0
/// or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_blocklist_add(
    cluster: rados_t,
    client_address: *mut c_char,
    expire_seconds: u32,
) -> c_int {
    blocklist(cluster, client_address, expire_seconds)
}

/// The older name of `rados_blocklist_add`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_blacklist_add(
    cluster: rados_t,
    client_address: *mut c_char,
    expire_seconds: u32,
) -> c_int {
    blocklist(cluster, client_address, expire_seconds)
}

/// The addresses of this client, in memory that `rados_buffer_free` (or `free`) frees. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_getaddrs(cluster: rados_t, addrs: *mut *mut c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(addrs)? };
        let identity = borrow::<ClusterHandle>(cluster)?.identity()?;
        out.set(alloc_text(identity.addrs.as_bytes())?);
        Ok(())
    })
}
