//! The cluster log, and daemons that register with the manager.

use std::ffi::{c_char, c_int, c_void};

use ffi::{borrow, boundary, bytes_at, str_at};
use ops::{Errno, Result};

use super::handles::ClusterHandle;
use super::types::{rados_log_callback_t, rados_log_callback2_t, rados_t};

/// Hands the lines of the cluster log, from `level` on (`debug`, `info`, `sec`, `warn`, `error`), to `cb`, with `arg`.
/// NULL ends that. Returns 0, or `-EINVAL` where there is no such level.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_monitor_log(
    cluster: rados_t,
    level: *const c_char,
    cb: rados_log_callback_t,
    arg: *mut c_void,
) -> c_int {
    let _ = arg;
    // SAFETY: the header's contract.
    unsafe { monitor(cluster, level, cb.is_some()) }
}

/// Like `rados_monitor_log`, with the channel and the name of the entity.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_monitor_log2(
    cluster: rados_t,
    level: *const c_char,
    cb: rados_log_callback2_t,
    arg: *mut c_void,
) -> c_int {
    let _ = arg;
    // SAFETY: the header's contract.
    unsafe { monitor(cluster, level, cb.is_some()) }
}

/// Checks the arguments. An embedded store has no monitors that write a cluster log, so nothing ever calls back.
unsafe fn monitor(cluster: rados_t, level: *const c_char, wanted: bool) -> c_int {
    boundary(|| {
        borrow::<ClusterHandle>(cluster)?.store()?;
        if !wanted {
            return Ok(());
        }
        // SAFETY: the header's contract.
        match unsafe { str_at(level)? } {
            "debug" | "info" | "sec" | "warn" | "warning" | "err" | "error" => Ok(()),
            _ => Err(Errno::EINVAL),
        }
    })
}

/// Announces this client as daemon `daemon` of `service`. `metadata_dict` is keys and values by turns, each ended by a
/// NUL, and one more NUL at the end. Returns 0, `-EEXIST` where that was done already, `-EINVAL` where the service is one
/// of Ceph's own, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_service_register(
    cluster: rados_t,
    service: *const c_char,
    daemon: *const c_char,
    metadata_dict: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (service, daemon, metadata) =
            unsafe { (str_at(service)?, str_at(daemon)?, dictionary(metadata_dict)?) };
        borrow::<ClusterHandle>(cluster)?.service_register(service, daemon, metadata)
    })
}

/// Sets what the manager shows of this daemon: `status_dict` is as in `rados_service_register`. Returns 0 or a negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_service_update_status(cluster: rados_t, status_dict: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let status = unsafe { dictionary(status_dict)? };
        borrow::<ClusterHandle>(cluster)?.service_update_status(status)
    })
}

unsafe fn dictionary(at: *const c_char) -> Result<Vec<(String, String)>> {
    let (mut at, mut pairs) = (at, Vec::new());
    let mut next = || -> Result<String> {
        // SAFETY: the header's contract: there is a string here, behind the NUL of the one before.
        unsafe {
            let text = bytes_at(at)?;
            at = at.add(text.len() + 1);
            Ok(String::from_utf8_lossy(text).into_owned())
        }
    };
    loop {
        let key = next()?;
        if key.is_empty() {
            return Ok(pairs);
        }
        pairs.push((key, next()?));
    }
}
