//! Pools: list, create, delete, look up.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::rados_t;

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_list(cluster: rados_t, buf: *mut c_char, len: usize) -> c_int {
    let _ = (cluster, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_inconsistent_pg_list(
    cluster: rados_t,
    pool: i64,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    let _ = (cluster, pool, buf, len);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_lookup(cluster: rados_t, pool_name: *const c_char) -> i64 {
    let _ = (cluster, pool_name);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_reverse_lookup(
    cluster: rados_t,
    id: i64,
    buf: *mut c_char,
    maxlen: usize,
) -> c_int {
    let _ = (cluster, id, buf, maxlen);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create(cluster: rados_t, pool_name: *const c_char) -> c_int {
    let _ = (cluster, pool_name);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create_with_auid(
    cluster: rados_t,
    pool_name: *const c_char,
    auid: u64,
) -> c_int {
    let _ = (cluster, pool_name, auid);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create_with_crush_rule(
    cluster: rados_t,
    pool_name: *const c_char,
    crush_rule_num: u8,
) -> c_int {
    let _ = (cluster, pool_name, crush_rule_num);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create_with_all(
    cluster: rados_t,
    pool_name: *const c_char,
    auid: u64,
    crush_rule_num: u8,
) -> c_int {
    let _ = (cluster, pool_name, auid, crush_rule_num);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_get_base_tier(cluster: rados_t, pool: i64, base_tier: *mut i64) -> c_int {
    let _ = (cluster, pool, base_tier);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_delete(cluster: rados_t, pool_name: *const c_char) -> c_int {
    let _ = (cluster, pool_name);
    unsupported!()
}
