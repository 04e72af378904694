//! The legacy single-level maps, and the versions they come in: programs linked since Ceph 14.2 ask for
//! `LIBRADOS_14.2.0`, where they are gone; older programs, and `dlsym`, get the base version, which still works.

use std::ffi::{c_char, c_int};

use ffi::{borrow, boundary, bytes_at, copy_in, fill};
use ops::{Op, OpOut};

use super::handles::IoCtxHandle;
use super::types::rados_ioctx_t;

/// Base version: changes a map by a list of commands. Returns 0 or a negative errno.
#[unsafe(export_name = "__rados_tmap_update_base")]
pub unsafe extern "C" fn rados_tmap_update_base(
    io: rados_ioctx_t,
    o: *const c_char,
    cmdbuf: *const c_char,
    cmdbuflen: usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the caller's contract.
        let (oid, commands) = unsafe { (bytes_at(o)?, copy_in(cmdbuf, cmdbuflen)?) };
        borrow::<IoCtxHandle>(io)?.write(oid, Op::TmapUpdate { commands })
    })
}

/// `-ENOTSUP`, as in Ceph.
#[unsafe(export_name = "__rados_tmap_update_14")]
pub unsafe extern "C" fn rados_tmap_update(
    _io: rados_ioctx_t,
    _o: *const c_char,
    _cmdbuf: *const c_char,
    _cmdbuflen: usize,
) -> c_int {
    -libc::ENOTSUP
}

/// Base version: replaces a map. Returns 0 or a negative errno.
#[unsafe(export_name = "__rados_tmap_put_base")]
pub unsafe extern "C" fn rados_tmap_put_base(
    io: rados_ioctx_t,
    o: *const c_char,
    buf: *const c_char,
    buflen: usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the caller's contract.
        let (oid, data) = unsafe { (bytes_at(o)?, copy_in(buf, buflen)?) };
        borrow::<IoCtxHandle>(io)?.write(oid, Op::TmapPut { data })
    })
}

/// `-ENOTSUP`, as in Ceph.
#[unsafe(export_name = "__rados_tmap_put_14")]
pub unsafe extern "C" fn rados_tmap_put(
    _io: rados_ioctx_t,
    _o: *const c_char,
    _buf: *const c_char,
    _buflen: usize,
) -> c_int {
    -libc::ENOTSUP
}

/// Base version: reads a map. Returns its length, `-ERANGE` where it does not fit, or another negative errno.
#[unsafe(export_name = "__rados_tmap_get_base")]
pub unsafe extern "C" fn rados_tmap_get_base(
    io: rados_ioctx_t,
    o: *const c_char,
    buf: *mut c_char,
    buflen: usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the caller's contract.
        let OpOut::Data(data) = borrow::<IoCtxHandle>(io)?.read(unsafe { bytes_at(o)? }, Op::TmapGet)? else {
            return Ok(0);
        };
        // SAFETY: the caller's contract.
        unsafe { fill(buf, buflen, &data)? };
        Ok(data.len() as i32)
    })
}

/// `-ENOTSUP`, as in Ceph.
#[unsafe(export_name = "__rados_tmap_get_14")]
pub unsafe extern "C" fn rados_tmap_get(
    _io: rados_ioctx_t,
    _o: *const c_char,
    _buf: *mut c_char,
    _buflen: usize,
) -> c_int {
    -libc::ENOTSUP
}

core::arch::global_asm!(
    ".symver __rados_tmap_update_base, rados_tmap_update@",
    ".symver __rados_tmap_update_14, rados_tmap_update@@LIBRADOS_14.2.0",
    ".symver __rados_tmap_put_base, rados_tmap_put@",
    ".symver __rados_tmap_put_14, rados_tmap_put@@LIBRADOS_14.2.0",
    ".symver __rados_tmap_get_base, rados_tmap_get@",
    ".symver __rados_tmap_get_14, rados_tmap_get@@LIBRADOS_14.2.0",
);
