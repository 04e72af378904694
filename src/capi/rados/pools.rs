//! Pools: list, create, delete, look up.

use std::ffi::{c_char, c_int};

use ffi::{Out, borrow, boundary, fill_text, slice_at_mut, str_at};
use ops::{Errno, Result};

use super::handles::ClusterHandle;
use super::types::rados_t;

/// The only owner id that Ceph still accepts: none.
const NO_AUID: u64 = u64::MAX;

/// Writes names one after another, each with a NUL, as far as whole ones fit, and NULs behind them. Returns the bytes
/// that all names and one more NUL need.
unsafe fn fill_names<'a>(buf: *mut c_char, len: usize, names: impl Iterator<Item = &'a str>) -> Result<i32> {
    // SAFETY: the header's contract.
    let buf = unsafe { slice_at_mut(buf.cast::<u8>(), len)? };
    buf.fill(0);
    let (mut at, mut needed, mut full) = (0, 1, false);
    for name in names {
        let with_nul = name.len() + 1;
        needed += with_nul;
        full |= at + with_nul > buf.len();
        if !full && let Some(room) = buf.get_mut(at..at + name.len()) {
            room.copy_from_slice(name.as_bytes());
            at += with_nul;
        }
    }
    i32::try_from(needed).map_err(|_| Errno::EOVERFLOW)
}

/// The names of all pools, each ended by a NUL and the last followed by another, in `buf`. Names that do not fit whole
/// in `len` bytes are left out. `buf` may be NULL where `len` is 0, to ask for the size.
///
/// Returns the number of bytes that a buffer for all names needs, or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_list(cluster: rados_t, buf: *mut c_char, len: usize) -> c_int {
    boundary(|| {
        let pools = borrow::<ClusterHandle>(cluster)?.pools()?;
        // SAFETY: the header's contract.
        unsafe { fill_names(buf, len, pools.iter().map(|(_, name)| name.as_str())) }
    })
}

/// The placement groups of a pool that are known to hold damaged objects, in the form of `rados_pool_list`. An embedded
/// store knows of an object when a read has met a wrong checksum, until the store is closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_inconsistent_pg_list(
    cluster: rados_t,
    pool: i64,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let groups = borrow::<ClusterHandle>(cluster)?.inconsistent_groups(pool)?;
        // SAFETY: the header's contract.
        unsafe { fill_names(buf, len, groups.iter().map(String::as_str)) }
    })
}

/// The id of a pool. Returns it, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_lookup(cluster: rados_t, pool_name: *const c_char) -> i64 {
    boundary(|| {
        // SAFETY: the header's contract.
        let name = unsafe { str_at(pool_name)? };
        borrow::<ClusterHandle>(cluster)?.pool_id(name)
    })
}

/// The name of a pool, with its NUL, in `buf`.
///
/// Returns the length of the name, `-ERANGE` where it does not fit in `maxlen` bytes, `-ENOENT`, or another negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_reverse_lookup(
    cluster: rados_t,
    id: i64,
    buf: *mut c_char,
    maxlen: usize,
) -> c_int {
    boundary(|| {
        let pool = borrow::<ClusterHandle>(cluster)?.pool(id)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(buf, maxlen, pool.name.as_bytes())? };
        Ok(pool.name.len() as i32)
    })
}

fn create(cluster: rados_t, name: *const c_char, auid: u64, crush_rule: Option<u8>) -> Result<()> {
    // SAFETY: the header's contract.
    let name = unsafe { str_at(name)? };
    if auid != NO_AUID {
        return Err(Errno::EINVAL);
    }
    borrow::<ClusterHandle>(cluster)?.pool_create(name, crush_rule).map(drop)
}

/// Makes a pool with default settings. Returns 0, `-EEXIST`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create(cluster: rados_t, pool_name: *const c_char) -> c_int {
    boundary(|| create(cluster, pool_name, NO_AUID, None))
}

/// Like `rados_pool_create`. `auid` must be `(uint64_t)-1`; all others are `-EINVAL`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create_with_auid(
    cluster: rados_t,
    pool_name: *const c_char,
    auid: u64,
) -> c_int {
    boundary(|| create(cluster, pool_name, auid, None))
}

/// Like `rados_pool_create`, placed by CRUSH rule `crush_rule_num`. An embedded store does not place.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create_with_crush_rule(
    cluster: rados_t,
    pool_name: *const c_char,
    crush_rule_num: u8,
) -> c_int {
    boundary(|| create(cluster, pool_name, NO_AUID, Some(crush_rule_num)))
}

/// `rados_pool_create_with_auid` and `rados_pool_create_with_crush_rule` in one.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_create_with_all(
    cluster: rados_t,
    pool_name: *const c_char,
    auid: u64,
    crush_rule_num: u8,
) -> c_int {
    boundary(|| create(cluster, pool_name, auid, Some(crush_rule_num)))
}

/// The pool that `pool` is a cache of; `pool` itself where it is no cache. Returns 0, `-ENOENT`, or another negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_get_base_tier(cluster: rados_t, pool: i64, base_tier: *mut i64) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(base_tier)? };
        let info = borrow::<ClusterHandle>(cluster)?.pool(pool)?;
        out.set(info.base_tier.unwrap_or(pool));
        Ok(())
    })
}

/// Deletes a pool with all that is in it. Returns 0, `-ENOENT`, `-EPERM` where the monitors do not allow it, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pool_delete(cluster: rados_t, pool_name: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let name = unsafe { str_at(pool_name)? };
        borrow::<ClusterHandle>(cluster)?.pool_delete(name)
    })
}
