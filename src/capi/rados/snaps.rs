//! Snapshots of pools, and snapshots that the client manages itself. A pool has either the one kind or the other.

use std::ffi::{c_char, c_int};
use std::sync::Arc;

use ffi::{Out, borrow, boundary, boundary_void, bytes_at, fill_text, slice_at, slice_at_mut, str_at};
use libc::time_t;
use ops::{Errno, Op, Result, SnapContext};
use rados_room::IoCtx;

use super::completion::{AioCompletion, Finish};
use super::handles::IoCtxHandle;
use super::types::{rados_completion_t, rados_ioctx_t, rados_snap_t};

fn io(raw: rados_ioctx_t) -> Result<IoCtx> {
    Ok(borrow::<IoCtxHandle>(raw)?.io())
}

/// Takes a snapshot of the whole pool. Returns 0, `-EEXIST`, `-EINVAL` where the pool has self-managed snapshots, or
/// another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_create(io: rados_ioctx_t, snapname: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        self::io(io)?.snap_create(unsafe { str_at(snapname)? })
    })
}

/// Removes a snapshot of the pool. Returns 0, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_remove(io: rados_ioctx_t, snapname: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        self::io(io)?.snap_remove(unsafe { str_at(snapname)? })
    })
}

/// Makes an object what it was when a snapshot of the pool was taken; it is removed where it did not exist then. Returns
/// 0, `-ENOENT` where there is no such snapshot, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_rollback(
    io: rados_ioctx_t,
    oid: *const c_char,
    snapname: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, name) = unsafe { (bytes_at(oid)?, str_at(snapname)?) };
        let snap = self::io(io)?.snap_by_name(name)?;
        borrow::<IoCtxHandle>(io)?.write(oid, Op::Rollback { snap })
    })
}

/// The older name of `rados_ioctx_snap_rollback`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_rollback(
    io: rados_ioctx_t,
    oid: *const c_char,
    snapname: *const c_char,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { rados_ioctx_snap_rollback(io, oid, snapname) }
}

/// Lets reads made with the context see objects as they were at a snapshot; `LIBRADOS_SNAP_HEAD`: as they are. Writes
/// fail with `-EROFS` meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_set_read(io: rados_ioctx_t, snap: rados_snap_t) {
    boundary_void(|| {
        borrow::<IoCtxHandle>(io)?.change(|io| io.with_snap(snap));
        Ok(())
    })
}

/// Takes a new snapshot id for the pool. Objects know of it by the write context; see
/// `rados_ioctx_selfmanaged_snap_set_write_ctx`. Returns 0, `-EINVAL` where the pool has snapshots of its own, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_selfmanaged_snap_create(
    io: rados_ioctx_t,
    snapid: *mut rados_snap_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(snapid)? };
        out.set(self::io(io)?.selfmanaged_snap_create()?);
        Ok(())
    })
}

/// Starts `rados_ioctx_selfmanaged_snap_create`; `snapid` is set when the completion is complete with 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_ioctx_selfmanaged_snap_create(
    io: rados_ioctx_t,
    snapid: *mut rados_snap_t,
    completion: rados_completion_t,
) {
    boundary_void(|| {
        let (io, completion) = (borrow::<IoCtxHandle>(io)?, AioCompletion::begin(completion)?);
        // SAFETY: the header's contract.
        let (out, cluster) = (unsafe { Out::optional(snapid) }, Arc::clone(io.cluster()));
        let done = move |result: Result<u64>| {
            let result = result.map_or_else(Errno::neg, |id| {
                out.set(id);
                0
            });
            completion.finish(result, 0, cluster.finisher());
        };
        io.store().selfmanaged_snap_create(io.pool(), Box::new(done));
        Ok(())
    })
}

/// Gives a snapshot id up; what objects keep for it is freed. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_selfmanaged_snap_remove(
    io: rados_ioctx_t,
    snapid: rados_snap_t,
) -> c_int {
    boundary(|| self::io(io)?.selfmanaged_snap_remove(snapid))
}

/// Starts `rados_ioctx_selfmanaged_snap_remove`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_ioctx_selfmanaged_snap_remove(
    io: rados_ioctx_t,
    snapid: rados_snap_t,
    completion: rados_completion_t,
) {
    boundary_void(|| {
        let (io, completion) = (borrow::<IoCtxHandle>(io)?, AioCompletion::begin(completion)?);
        let cluster = Arc::clone(io.cluster());
        let done = move |result: Result<()>| {
            completion.finish(result.map_or_else(Errno::neg, |()| 0), 0, cluster.finisher());
        };
        io.store().selfmanaged_snap_remove(io.pool(), snapid, Box::new(done));
        Ok(())
    })
}

/// Makes an object what it was at a self-managed snapshot. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_selfmanaged_snap_rollback(
    io: rados_ioctx_t,
    oid: *const c_char,
    snapid: rados_snap_t,
) -> c_int {
    // SAFETY: the header's contract.
    boundary(|| borrow::<IoCtxHandle>(io)?.write(unsafe { bytes_at(oid)? }, Op::Rollback { snap: snapid }))
}

/// Sets what writes made with the context know of snapshots: `seq`, the newest id, and the `num_snaps` ids in `snaps`
/// that still exist, newest first. An object that has not been written since the newest is copied before a write.
/// Returns 0, or `-EINVAL` where the ids are not in that order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_selfmanaged_snap_set_write_ctx(
    io: rados_ioctx_t,
    seq: rados_snap_t,
    snaps: *mut rados_snap_t,
    num_snaps: c_int,
) -> c_int {
    boundary(|| {
        let count = usize::try_from(num_snaps).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the header's contract.
        let snaps = unsafe { slice_at(snaps.cast_const(), count)? };
        let context = SnapContext::new(seq, snaps).ok_or(Errno::EINVAL)?;
        borrow::<IoCtxHandle>(io)?.change(|io| io.with_snap_context(context));
        Ok(())
    })
}

/// The ids of the pool's snapshots in `snaps`, an array of `maxlen`. Returns how many there are, `-ERANGE` where they do
/// not fit, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_list(
    io: rados_ioctx_t,
    snaps: *mut rados_snap_t,
    maxlen: c_int,
) -> c_int {
    boundary(|| {
        let all = self::io(io)?.snaps()?;
        usize::try_from(maxlen).ok().filter(|&room| room >= all.len()).ok_or(Errno::ERANGE)?;
        // SAFETY: the header's contract, for as many as are written.
        let out = unsafe { slice_at_mut(snaps, all.len())? };
        for (out, snap) in out.iter_mut().zip(&all) {
            *out = snap.id;
        }
        Ok(all.len() as i32)
    })
}

/// The id of the pool's snapshot of this name. Returns 0, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_lookup(
    io: rados_ioctx_t,
    name: *const c_char,
    id: *mut rados_snap_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (name, out) = unsafe { (str_at(name)?, Out::required(id)?) };
        out.set(self::io(io)?.snap_by_name(name)?);
        Ok(())
    })
}

/// The name of the pool's snapshot with this id, with its NUL, in `name`. Returns 0, `-ERANGE` where it does not fit in
/// `maxlen` bytes, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_get_name(
    io: rados_ioctx_t,
    id: rados_snap_t,
    name: *mut c_char,
    maxlen: c_int,
) -> c_int {
    boundary(|| {
        let snap = self::io(io)?.snap_by_id(id)?;
        // SAFETY: the header's contract.
        unsafe { fill_text(name, usize::try_from(maxlen).unwrap_or(0), snap.name.as_bytes()) }
    })
}

/// When the pool's snapshot with this id was taken, in seconds since 1970. Returns 0, `-ENOENT`, or another negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ioctx_snap_get_stamp(
    io: rados_ioctx_t,
    id: rados_snap_t,
    t: *mut time_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(t)? };
        out.set(self::io(io)?.snap_by_id(id)?.stamp.sec.into());
        Ok(())
    })
}
