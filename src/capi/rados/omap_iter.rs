//! Iterators over what omap reads return.

use std::ffi::{c_char, c_int, c_uint};

use ffi::{Kind, Opaque, Out, borrow, boundary, boundary_or, boundary_void, close};

use super::pairs::Pairs;
use super::types::rados_omap_iter_t;

/// What a `rados_omap_iter_t` refers to. Filled when the read it belongs to is complete.
#[derive(Default)]
pub struct OmapIter(pub Pairs);

impl Opaque for OmapIter {
    const KIND: Kind = Kind::OmapIter;
}

/// The next entry: its key, NUL-terminated, and its value, which is NULL where it is empty or only keys were asked for.
/// All are NULL and 0 at the end. The memory is the iterator's. `val` and `len` may be NULL. Returns 0 or a negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_get_next(
    iter: rados_omap_iter_t,
    key: *mut *mut c_char,
    val: *mut *mut c_char,
    len: *mut usize,
) -> c_int {
    // SAFETY: the header's contract; NULL is allowed for a length that is not wanted.
    unsafe { rados_omap_get_next2(iter, key, val, std::ptr::null_mut(), len) }
}

/// Like `rados_omap_get_next`, for keys that hold NULs: `key_len` and `val_len` are the lengths of both, in bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_get_next2(
    iter: rados_omap_iter_t,
    key: *mut *mut c_char,
    val: *mut *mut c_char,
    key_len: *mut usize,
    val_len: *mut usize,
) -> c_int {
    boundary(|| {
        let iter = borrow::<OmapIter>(iter)?;
        let step = iter.0.next();
        // SAFETY: the header's contract.
        unsafe {
            Out::optional(key).set(step.key);
            Out::optional(val).set(step.value);
            Out::optional(key_len).set(step.key_len);
            Out::optional(val_len).set(step.value_len);
        }
        Ok(())
    })
}

/// How many entries the iterator holds in all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_iter_size(iter: rados_omap_iter_t) -> c_uint {
    boundary_or(0, || Ok(borrow::<OmapIter>(iter)?.0.len() as c_uint))
}

/// Ends a walk over entries and frees its memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_omap_get_end(iter: rados_omap_iter_t) {
    boundary_void(|| close::<OmapIter>(iter).map(drop))
}
