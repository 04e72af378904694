//! Namespaces of a pool.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use crate::rados::types::rados_ioctx_t;

/// Makes a namespace. `-EEXIST` if there is one, `-EINVAL` for an empty name.
#[unsafe(export_name = "__rbd_namespace_create")]
pub unsafe extern "C" fn rbd_namespace_create(io: rados_ioctx_t, namespace_name: *const c_char) -> c_int {
    let _ = (io, namespace_name);
    unsupported!()
}

/// Removes an empty namespace. `-EBUSY` if it holds images, `-ENOENT` if there is none.
#[unsafe(export_name = "__rbd_namespace_remove")]
pub unsafe extern "C" fn rbd_namespace_remove(io: rados_ioctx_t, namespace_name: *const c_char) -> c_int {
    let _ = (io, namespace_name);
    unsupported!()
}

/// Writes the names of all namespaces, each ended by a NUL; returns the bytes written. `-ERANGE`, with
/// the bytes needed in `*size`, if they do not fit.
#[unsafe(export_name = "__rbd_namespace_list")]
pub unsafe extern "C" fn rbd_namespace_list(
    io: rados_ioctx_t,
    namespace_names: *mut c_char,
    size: *mut usize,
) -> c_int {
    let _ = (io, namespace_names, size);
    unsupported!()
}

/// Whether there is a namespace of this name.
#[unsafe(export_name = "__rbd_namespace_exists")]
pub unsafe extern "C" fn rbd_namespace_exists(
    io: rados_ioctx_t,
    namespace_name: *const c_char,
    exists: *mut bool,
) -> c_int {
    let _ = (io, namespace_name, exists);
    unsupported!()
}
