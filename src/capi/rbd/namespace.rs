//! Namespaces of a pool.

use std::ffi::{c_char, c_int};

use ffi::{Out, boundary, str_at};
use ops::Errno;

use super::fill::{length_of, measure, put_all};
use super::handles::io_ctx;
use crate::rados::types::rados_ioctx_t;

/// Makes a namespace. `-EEXIST` if there is one, `-EINVAL` for an empty name.
#[unsafe(export_name = "__rbd_namespace_create")]
pub unsafe extern "C" fn rbd_namespace_create(io: rados_ioctx_t, namespace_name: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (io, name) = (io_ctx(io)?, unsafe { str_at(namespace_name)? });
        rbd_room::namespace_create(&io, name)
    })
}

/// Removes an empty namespace. `-EBUSY` if it holds images, `-ENOENT` if there is none.
#[unsafe(export_name = "__rbd_namespace_remove")]
pub unsafe extern "C" fn rbd_namespace_remove(io: rados_ioctx_t, namespace_name: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (io, name) = (io_ctx(io)?, unsafe { str_at(namespace_name)? });
        rbd_room::namespace_remove(&io, name)
    })
}

/// Writes the names of all namespaces, each ended by a NUL; returns the bytes written, and tells them in `*size` too.
/// `-ERANGE`, with the bytes needed in `*size`, if they do not fit.
#[unsafe(export_name = "__rbd_namespace_list")]
pub unsafe extern "C" fn rbd_namespace_list(
    io: rados_ioctx_t,
    namespace_names: *mut c_char,
    size: *mut usize,
) -> c_int {
    boundary(|| {
        let names = rbd_room::namespace_list(&io_ctx(io)?)?;
        let names_of = || names.iter().map(|name| name.as_bytes());
        let needed = length_of(names_of());
        // SAFETY: the header's contract.
        unsafe {
            measure(size, needed)?;
            put_all(namespace_names, names_of())?;
        }
        i32::try_from(needed).map_err(|_| Errno::ERANGE)
    })
}

/// Whether there is a namespace of this name.
#[unsafe(export_name = "__rbd_namespace_exists")]
pub unsafe extern "C" fn rbd_namespace_exists(
    io: rados_ioctx_t,
    namespace_name: *const c_char,
    exists: *mut bool,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (name, out) = unsafe { (str_at(namespace_name)?, Out::required(exists)?) };
        out.set(rbd_room::namespace_exists(&io_ctx(io)?, name)?);
        Ok(())
    })
}
