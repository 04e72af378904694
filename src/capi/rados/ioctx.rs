//! I/O contexts: a pool, and how to address objects in it.

use std::ffi::{c_char, c_int, c_uint};
use std::sync::Arc;

use ffi::{
    Out, borrow, boundary, boundary_or, boundary_void, bytes_at_opt, close, export, fill_text, str_at,
};
use ops::{PoolInfo, Result};
use rados_room::{Cluster, IoCtx};

use super::handles::{ClusterHandle, ConfigHandle, IoCtxHandle};
use super::types::{rados_config_t, rados_ioctx_t, rados_pool_stat_t, rados_t};

fn create(
    cluster: rados_t,
    io: impl FnOnce(&Cluster) -> Result<IoCtx>,
    out: *mut rados_ioctx_t,
) -> Result<()> {
    // SAFETY: the header's contract.
    let out = unsafe { Out::required(out)? };
    let cluster = borrow::<ClusterHandle>(cluster)?;
    let io = io(&cluster)?;
    out.set(export(Arc::new(IoCtxHandle::new(&cluster, io)))?);
    Ok(())
}

/// Makes an I/O context for the pool of this name. Release it with `rados_ioctx_destroy`. Returns 0, `-ENOENT`,
/// `-ENOTCONN` where the cluster is not connected, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_create(
    cluster: rados_t,
    pool_name: *const c_char,
    ioctx: *mut rados_ioctx_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let name = unsafe { str_at(pool_name)? };
        create(cluster, |cluster| cluster.ioctx(name), ioctx)
    })
}

/// Like `rados_ioctx_create`, for the pool with this id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_create2(
    cluster: rados_t,
    pool_id: i64,
    ioctx: *mut rados_ioctx_t,
) -> c_int {
    boundary(|| create(cluster, |cluster| cluster.ioctx_by_id(pool_id), ioctx))
}

/// Gives up an I/O context. Requests under way go on, and complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_destroy(io: rados_ioctx_t) {
    boundary_void(|| close::<IoCtxHandle>(io).map(drop))
}

/// The configuration of the cluster handle that the context belongs to; see `rados_cct`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_cct(io: rados_ioctx_t) -> rados_config_t {
    boundary(|| ConfigHandle::of(borrow::<IoCtxHandle>(io)?.cluster()))
}

/// The cluster handle that the context was made from. It stays its owner's: it is not to be shut down for the
/// context's sake.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_cluster(io: rados_ioctx_t) -> rados_t {
    boundary(|| Ok(borrow::<IoCtxHandle>(io)?.cluster_raw()))
}

fn pool_stat(io: rados_ioctx_t) -> Result<rados_pool_stat_t> {
    let io = borrow::<IoCtxHandle>(io)?;
    let stat = io.cluster().pool_stat(io.pool())?;
    Ok(rados_pool_stat_t {
        num_bytes: stat.num_bytes,
        num_kb: stat.num_bytes.div_ceil(1024),
        num_objects: stat.num_objects,
        num_object_clones: stat.num_object_clones,
        num_object_copies: stat.num_object_copies,
        num_rd: stat.num_rd,
        num_rd_kb: stat.num_rd_kb,
        num_wr: stat.num_wr,
        num_wr_kb: stat.num_wr_kb,
        num_user_bytes: stat.num_user_bytes,
        compressed_bytes_orig: stat.compressed_bytes_orig,
        compressed_bytes: stat.compressed_bytes,
        compressed_bytes_alloc: stat.compressed_bytes_alloc,
        ..rados_pool_stat_t::default()
    })
}

/// Counters of the pool. Returns 0 or a negative errno.
#[unsafe(export_name = "__rados_ioctx_pool_stat_14")]
pub unsafe extern "C" fn rados_ioctx_pool_stat(io: rados_ioctx_t, stats: *mut rados_pool_stat_t) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(stats)? };
        out.set(pool_stat(io)?);
        Ok(())
    })
}

/// How many bytes of the structure programs linked before Ceph 14.2 know: up to and with `num_wr_kb`.
const BASE_STAT: usize = std::mem::offset_of!(rados_pool_stat_t, num_user_bytes);
const _: () = assert!(BASE_STAT == 96 && size_of::<rados_pool_stat_t>() == 128);

/// Base version, for programs linked before Ceph 14.2: the structure ends after `num_wr_kb`.
#[unsafe(export_name = "__rados_ioctx_pool_stat_base")]
pub unsafe extern "C" fn rados_ioctx_pool_stat_base(
    io: rados_ioctx_t,
    stats: *mut rados_pool_stat_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract, for the bytes of the old structure.
        let out = unsafe { Out::required(stats.cast::<[u8; BASE_STAT]>())? };
        let stat = pool_stat(io)?;
        // SAFETY: all of the structure's leading bytes are integers.
        out.set(unsafe { (&raw const stat).cast::<[u8; BASE_STAT]>().read() });
        Ok(())
    })
}

core::arch::global_asm!(
    ".symver __rados_ioctx_pool_stat_base, rados_ioctx_pool_stat@",
    ".symver __rados_ioctx_pool_stat_14, rados_ioctx_pool_stat@@LIBRADOS_14.2.0",
);

/// Ceph has no pool owners any more: `-EOPNOTSUPP`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_set_auid(io: rados_ioctx_t, auid: u64) -> c_int {
    let _ = (io, auid);
    -libc::EOPNOTSUPP
}

/// Ceph has no pool owners any more: `-EOPNOTSUPP`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_get_auid(io: rados_ioctx_t, auid: *mut u64) -> c_int {
    let _ = (io, auid);
    -libc::EOPNOTSUPP
}

fn pool(io: rados_ioctx_t) -> Result<Arc<PoolInfo>> {
    borrow::<IoCtxHandle>(io)?.io().pool_info()
}

/// Whether appends must come in multiples of some number of bytes: 1, 0, or a negative errno. Only erasure-coded pools
/// ask for that.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_requires_alignment(io: rados_ioctx_t) -> c_int {
    boundary(|| Ok(i32::from(pool(io)?.required_alignment != 0)))
}

/// Like `rados_ioctx_pool_requires_alignment`, with the answer in `req`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_requires_alignment2(io: rados_ioctx_t, req: *mut c_int) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::optional(req) };
        out.set((pool(io)?.required_alignment != 0).into());
        Ok(())
    })
}

/// What appends must be a multiple of, in bytes; 0 where there is no such rule.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_required_alignment(io: rados_ioctx_t) -> u64 {
    boundary_or(0, || Ok(pool(io)?.required_alignment))
}

/// Like `rados_ioctx_pool_required_alignment`, with the answer in `alignment`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_pool_required_alignment2(
    io: rados_ioctx_t,
    alignment: *mut u64,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(alignment)? };
        out.set(pool(io)?.required_alignment);
        Ok(())
    })
}

/// The id of the pool, or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_id(io: rados_ioctx_t) -> i64 {
    boundary(|| Ok(borrow::<IoCtxHandle>(io)?.pool()))
}

/// The name of the pool, with its NUL, in `buf`.
///
/// Returns the length of the name, `-ERANGE` where it does not fit in `maxlen` bytes, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_pool_name(
    io: rados_ioctx_t,
    buf: *mut c_char,
    maxlen: c_uint,
) -> c_int {
    boundary(|| {
        let pool = pool(io)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(buf, maxlen as usize, pool.name.as_bytes())? };
        Ok(pool.name.len() as i32)
    })
}

/// Sets the key that places objects instead of their names: objects with the same key lie together, and must be addressed
/// with it ever after. NULL or empty: by name again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_locator_set_key(io: rados_ioctx_t, key: *const c_char) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let key = unsafe { bytes_at_opt(key)? }.unwrap_or_default().to_vec();
        borrow::<IoCtxHandle>(io)?.change(|io| io.with_locator(key));
        Ok(())
    })
}

/// Sets the namespace of the objects that the context addresses. NULL or empty: the default one.
/// `LIBRADOS_ALL_NSPACES` is for listing only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_set_namespace(io: rados_ioctx_t, nspace: *const c_char) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        let nspace = unsafe { bytes_at_opt(nspace)? }.unwrap_or_default().to_vec();
        borrow::<IoCtxHandle>(io)?.change(|io| io.with_namespace(nspace));
        Ok(())
    })
}

/// The namespace of the context, with its NUL, in `buf`. Returns its length, `-ERANGE` where it does not fit in `maxlen`
/// bytes, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_get_namespace(
    io: rados_ioctx_t,
    buf: *mut c_char,
    maxlen: c_uint,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?.io();
        // SAFETY: the header's contract.
        unsafe { fill_text(buf, maxlen as usize, io.namespace())? };
        Ok(io.namespace().len() as i32)
    })
}

fn full_try(io: rados_ioctx_t, on: bool) {
    boundary_void(|| {
        borrow::<IoCtxHandle>(io)?.set_full_try(on);
        Ok(())
    })
}

/// The older name of `rados_set_pool_full_try`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_osdmap_full_try(io: rados_ioctx_t) {
    full_try(io, true)
}

/// The older name of `rados_unset_pool_full_try`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unset_osdmap_full_try(io: rados_ioctx_t) {
    full_try(io, false)
}

/// Lets writes to a full pool fail with `-ENOSPC` or `-EDQUOT` instead of waiting for room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_set_pool_full_try(io: rados_ioctx_t) {
    full_try(io, true)
}

/// Lets writes to a full pool wait for room, as is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unset_pool_full_try(io: rados_ioctx_t) {
    full_try(io, false)
}
