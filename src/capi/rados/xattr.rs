//! Extended attributes.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_int};
use std::sync::Arc;

use bytes::Bytes;
use ffi::{Kind, Opaque, Out, borrow, boundary, boundary_void, bytes_at, close, copy_in, export, fill};
use ops::{Errno, Op, OpOut, Result};

use super::handles::IoCtxHandle;
use super::pairs::Pairs;
use super::types::{rados_ioctx_t, rados_xattrs_iter_t};

/// What a `rados_xattrs_iter_t` refers to.
#[derive(Default)]
pub struct XattrIter(pub Pairs);

impl Opaque for XattrIter {
    const KIND: Kind = Kind::XattrIter;
}

impl XattrIter {
    pub fn export(entries: BTreeMap<Bytes, Bytes>) -> Result<rados_xattrs_iter_t> {
        let iter = XattrIter::default();
        iter.0.fill(entries);
        export(Arc::new(iter))
    }
}

pub unsafe fn xattr_op(name: *const c_char) -> Result<Op> {
    // SAFETY: the header's contract.
    Ok(Op::GetXattr { name: unsafe { bytes_at(name)? }.to_vec().into() })
}

/// Reads attribute `name` of an object into `buf`.
///
/// Returns its length in bytes, `-ERANGE` where that is more than `len`, `-ENODATA` where there is no such attribute,
/// or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_getxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, op) = unsafe { (bytes_at(o)?, xattr_op(name)?) };
        match io.read(oid, op)? {
            OpOut::Data(value) => {
                // SAFETY: the header's contract.
                unsafe { fill(buf, len, &value)? };
                Ok(value.len() as i32)
            }
            _ => Ok(0),
        }
    })
}

/// Sets attribute `name` of an object to `len` bytes from `buf`. The object is made if needed. Returns 0 or a negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_setxattr(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    buf: *const c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, name, value) = unsafe { (bytes_at(o)?, bytes_at(name)?, copy_in(buf, len)?) };
        io.write(oid, Op::SetXattr { name: name.to_vec().into(), value })
    })
}

/// Removes attribute `name` of an object. Returns 0, `-ENODATA` where there is none, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_rmxattr(io: rados_ioctx_t, o: *const c_char, name: *const c_char) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, name) = unsafe { (bytes_at(o)?, bytes_at(name)?) };
        io.write(oid, Op::RmXattr { name: name.to_vec().into() })
    })
}

/// Reads all attributes of an object. Walk over them with `rados_getxattrs_next`, then end the walk with
/// `rados_getxattrs_end`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_getxattrs(
    io: rados_ioctx_t,
    oid: *const c_char,
    iter: *mut rados_xattrs_iter_t,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?;
        // SAFETY: the header's contract.
        let (oid, iter) = unsafe { (bytes_at(oid)?, Out::required(iter)?) };
        let OpOut::Map { entries, .. } = io.read(oid, Op::GetXattrs)? else { return Err(Errno::EIO) };
        iter.set(XattrIter::export(entries)?);
        Ok(())
    })
}

/// The next attribute: its name, NUL-terminated, and its value, which is NULL where it is empty. All three are NULL and
/// 0 at the end. The memory is the iterator's. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_getxattrs_next(
    iter: rados_xattrs_iter_t,
    name: *mut *const c_char,
    val: *mut *const c_char,
    len: *mut usize,
) -> c_int {
    boundary(|| {
        let iter = borrow::<XattrIter>(iter)?;
        // SAFETY: the header's contract.
        let (name, val, len) = unsafe { (Out::required(name)?, Out::required(val)?, Out::required(len)?) };
        let step = iter.0.next();
        name.set(step.key.cast_const());
        val.set(step.value.cast_const());
        len.set(step.value_len);
        Ok(())
    })
}

/// Ends a walk over attributes and frees its memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_getxattrs_end(iter: rados_xattrs_iter_t) {
    boundary_void(|| close::<XattrIter>(iter).map(drop))
}
