//! I/O contexts: a pool, and how to address objects in it.

use std::ffi::{c_char, c_int, c_uint};

use ffi::unsupported;

use super::types::{rados_config_t, rados_ioctx_t, rados_pool_stat_t, rados_t};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_create(
    cluster: rados_t,
    pool_name: *const c_char,
    ioctx: *mut rados_ioctx_t,
) -> c_int {
    let _ = (cluster, pool_name, ioctx);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_create2(
    cluster: rados_t,
    pool_id: i64,
    ioctx: *mut rados_ioctx_t,
) -> c_int {
    let _ = (cluster, pool_id, ioctx);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_destroy(io: rados_ioctx_t) {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_cct(io: rados_ioctx_t) -> rados_config_t {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_cluster(io: rados_ioctx_t) -> rados_t {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(export_name = "__rados_ioctx_pool_stat_14")]
pub unsafe extern "C" fn rados_ioctx_pool_stat(io: rados_ioctx_t, stats: *mut rados_pool_stat_t) -> c_int {
    let _ = (io, stats);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_set_auid(io: rados_ioctx_t, auid: u64) -> c_int {
    let _ = (io, auid);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_get_auid(io: rados_ioctx_t, auid: *mut u64) -> c_int {
    let _ = (io, auid);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_requires_alignment(io: rados_ioctx_t) -> c_int {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_requires_alignment2(io: rados_ioctx_t, req: *mut c_int) -> c_int {
    let _ = (io, req);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_required_alignment(io: rados_ioctx_t) -> u64 {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_required_alignment2(
    io: rados_ioctx_t,
    alignment: *mut u64,
) -> c_int {
    let _ = (io, alignment);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_id(io: rados_ioctx_t) -> i64 {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_pool_name(
    io: rados_ioctx_t,
    buf: *mut c_char,
    maxlen: c_uint,
) -> c_int {
    let _ = (io, buf, maxlen);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_locator_set_key(io: rados_ioctx_t, key: *const c_char) {
    let _ = (io, key);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_set_namespace(io: rados_ioctx_t, nspace: *const c_char) {
    let _ = (io, nspace);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_namespace(
    io: rados_ioctx_t,
    buf: *mut c_char,
    maxlen: c_uint,
) -> c_int {
    let _ = (io, buf, maxlen);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_osdmap_full_try(io: rados_ioctx_t) {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unset_osdmap_full_try(io: rados_ioctx_t) {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_pool_full_try(io: rados_ioctx_t) {
    let _ = (io,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unset_pool_full_try(io: rados_ioctx_t) {
    let _ = (io,);
    unsupported!()
}

/// Base version, for programs linked before Ceph 14.2: the structure ends after `num_wr_kb`.
#[unsafe(export_name = "__rados_ioctx_pool_stat_base")]
pub unsafe extern "C" fn rados_ioctx_pool_stat_base(
    io: rados_ioctx_t,
    stats: *mut rados_pool_stat_t,
) -> c_int {
    let _ = (io, stats);
    unsupported!()
}

core::arch::global_asm!(
    ".symver __rados_ioctx_pool_stat_base, rados_ioctx_pool_stat@",
    ".symver __rados_ioctx_pool_stat_14, rados_ioctx_pool_stat@@LIBRADOS_14.2.0",
);
