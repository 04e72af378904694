//! The legacy single-level maps, and the four functions that exist in two versions.
//!
//! Programs linked since Ceph 14.2 ask for the version `LIBRADOS_14.2.0`; older ones, and `dlsym`, get the base.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::rados_ioctx_t;

/// Base version: changes a map by a list of commands.
#[unsafe(export_name = "__rados_tmap_update_base")]
pub unsafe extern "C" fn rados_tmap_update_base(
    io: rados_ioctx_t,
    o: *const c_char,
    cmdbuf: *const c_char,
    cmdbuflen: usize,
) -> c_int {
    let _ = (io, o, cmdbuf, cmdbuflen);
    unsupported!()
}

#[unsafe(export_name = "__rados_tmap_update_14")]
pub unsafe extern "C" fn rados_tmap_update(
    _io: rados_ioctx_t,
    _o: *const c_char,
    _cmdbuf: *const c_char,
    _cmdbuflen: usize,
) -> c_int {
    -libc::ENOTSUP
}

#[unsafe(export_name = "__rados_tmap_put_base")]
pub unsafe extern "C" fn rados_tmap_put_base(
    io: rados_ioctx_t,
    o: *const c_char,
    buf: *const c_char,
    buflen: usize,
) -> c_int {
    let _ = (io, o, buf, buflen);
    unsupported!()
}

#[unsafe(export_name = "__rados_tmap_put_14")]
pub unsafe extern "C" fn rados_tmap_put(
    _io: rados_ioctx_t,
    _o: *const c_char,
    _buf: *const c_char,
    _buflen: usize,
) -> c_int {
    -libc::ENOTSUP
}

#[unsafe(export_name = "__rados_tmap_get_base")]
pub unsafe extern "C" fn rados_tmap_get_base(
    io: rados_ioctx_t,
    o: *const c_char,
    buf: *mut c_char,
    buflen: usize,
) -> c_int {
    let _ = (io, o, buf, buflen);
    unsupported!()
}

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
