//! Reading and writing, waiting for the end.

use std::ffi::{c_char, c_int, c_void};
use std::sync::Arc;

use bytes::Bytes;
use ffi::{Out, RawSink, boundary, call_out, copy_in, str_at};
use ops::{Errno, Result};
use rbd_room::{DiffFrom, DiffOptions, Mismatch};

use super::handles::{image, op_flags};
use super::types::*;

/// The most bytes one call takes: what the synchronous ones can return.
const MAX_IO: usize = c_int::MAX as usize;

/// The caller's data. `-EINVAL` for more than a call takes.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes.
pub unsafe fn write_data(buf: *const c_char, len: usize) -> Result<Bytes> {
    if len > MAX_IO {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    unsafe { copy_in(buf, len) }
}

/// The caller's bytes to be repeated over `len`. `-EINVAL` where that leaves a remainder.
///
/// # Safety
/// `buf` is NULL or points to `data_len` bytes.
pub unsafe fn pattern(buf: *const c_char, data_len: usize, len: usize) -> Result<Bytes> {
    if data_len == 0 || !len.is_multiple_of(data_len) || len > MAX_IO {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    unsafe { write_data(buf, data_len) }
}

/// Where to read to. `-EINVAL` for more than a call takes.
///
/// # Safety
/// `buf` is NULL or good for writes of `len` bytes until the read is complete.
pub unsafe fn read_sink(buf: *mut c_char, len: usize) -> Result<Arc<RawSink>> {
    if len > MAX_IO {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's promise.
    Ok(Arc::new(unsafe { RawSink::new(buf, len)? }))
}

/// Where to tell of a mismatch; nowhere, where C gave NULL.
///
/// # Safety
/// `at` is NULL, or good for a write until the call is complete.
pub unsafe fn mismatch_to(at: *mut u64) -> Option<Mismatch> {
    // SAFETY: the caller's promise.
    let out = unsafe { Out::optional(at) };
    (!out.is_null()).then(|| Box::new(move |offset| out.set(offset)) as Mismatch)
}

unsafe fn read(image: rbd_image_t, ofs: u64, len: usize, buf: *mut c_char, flags: c_int) -> isize {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, sink) = (self::image(image)?, unsafe { read_sink(buf, len)? });
        Ok(image.read(ofs, len as u64, sink, op_flags(flags))? as isize)
    })
}

unsafe fn write(image: rbd_image_t, ofs: u64, len: usize, buf: *const c_char, flags: c_int) -> isize {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, data) = (self::image(image)?, unsafe { write_data(buf, len)? });
        Ok(image.write(ofs, data, op_flags(flags))? as isize)
    })
}

fn count(bytes: u64) -> Result<c_int> {
    c_int::try_from(bytes).map_err(|_| Errno::EINVAL)
}

type Piece = Option<unsafe extern "C-unwind" fn(u64, usize, *const c_char, *mut c_void) -> c_int>;
type Extent = Option<unsafe extern "C-unwind" fn(u64, usize, c_int, *mut c_void) -> c_int>;

fn read_iterate(image: rbd_image_t, ofs: u64, len: u64, cb: Piece, arg: *mut c_void) -> Result<u64> {
    let cb = cb.ok_or(Errno::EINVAL)?;
    // SAFETY: the caller's function, with the argument it gave and bytes that live until it returns.
    let each = |at: u64, data: &[u8]| call_out(|| unsafe { cb(at, data.len(), data.as_ptr().cast(), arg) });
    self::image(image)?.read_iterate(ofs, len, each)
}

/// A negative answer of the callback comes back as it is, whatever number it is.
fn diff(
    image: rbd_image_t,
    from: Result<DiffFrom<'_>>,
    ofs: u64,
    len: u64,
    options: DiffOptions,
    cb: Extent,
    arg: *mut c_void,
) -> c_int {
    boundary(|| {
        let (image, cb) = (self::image(image)?, cb.ok_or(Errno::EINVAL)?);
        // SAFETY: the caller's function, with the argument it gave.
        let mut each =
            |at, len, exists| call_out(|| unsafe { cb(at, len as usize, c_int::from(exists), arg) });
        image.diff_iterate(from?, ofs, len, options, &mut each)
    })
}

/// Reads `len` bytes at byte `ofs`. Returns the bytes read, less than `len` only at the end of the image;
/// `-EINVAL` beyond it.
#[unsafe(export_name = "__rbd_read")]
pub unsafe extern "C" fn rbd_read(image: rbd_image_t, ofs: u64, len: usize, buf: *mut c_char) -> isize {
    // SAFETY: the header's contract.
    unsafe { read(image, ofs, len, buf, 0) }
}

/// As `rbd_read`, with `LIBRADOS_OP_FLAG_*` hints.
#[unsafe(export_name = "__rbd_read2")]
pub unsafe extern "C" fn rbd_read2(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    buf: *mut c_char,
    op_flags: c_int,
) -> isize {
    // SAFETY: the header's contract.
    unsafe { read(image, ofs, len, buf, op_flags) }
}

/// Older form of `rbd_read_iterate2` that returns the bytes read.
#[unsafe(export_name = "__rbd_read_iterate")]
pub unsafe extern "C" fn rbd_read_iterate(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    cb: Option<unsafe extern "C-unwind" fn(u64, usize, *const c_char, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> i64 {
    boundary(|| Ok(read_iterate(image, ofs, len as u64, cb, arg)? as i64))
}

/// Calls `cb(ofs, len, buf, arg)` for each run of data, with `buf` NULL for a hole. A negative result of
/// `cb` stops it and is returned.
#[unsafe(export_name = "__rbd_read_iterate2")]
pub unsafe extern "C" fn rbd_read_iterate2(
    image: rbd_image_t,
    ofs: u64,
    len: u64,
    cb: Option<unsafe extern "C-unwind" fn(u64, usize, *const c_char, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    boundary(|| read_iterate(image, ofs, len, cb, arg).map(drop))
}

/// As `rbd_diff_iterate2`, including the parent, not whole objects.
#[unsafe(export_name = "__rbd_diff_iterate")]
pub unsafe extern "C" fn rbd_diff_iterate(
    image: rbd_image_t,
    fromsnapname: *const c_char,
    ofs: u64,
    len: u64,
    cb: Option<unsafe extern "C-unwind" fn(u64, usize, c_int, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe {
        let from = if fromsnapname.is_null() {
            Ok(DiffFrom::Beginning)
        } else {
            str_at(fromsnapname).map(DiffFrom::SnapName)
        };
        diff(image, from, ofs, len, DiffOptions { include_parent: true, whole_object: false }, cb, arg)
    }
}

/// Calls `cb(ofs, len, exists, arg)` for each run of bytes of [`ofs`, `ofs + len`) that changed since
/// `fromsnapname` (NULL: since the image was made): `exists` is 1 for data, 0 for a hole. A negative
/// result of `cb` stops it and is returned as it is.
#[unsafe(export_name = "__rbd_diff_iterate2")]
pub unsafe extern "C" fn rbd_diff_iterate2(
    image: rbd_image_t,
    fromsnapname: *const c_char,
    ofs: u64,
    len: u64,
    include_parent: u8,
    whole_object: u8,
    cb: Option<unsafe extern "C-unwind" fn(u64, usize, c_int, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: the header's contract.
    unsafe {
        let from = if fromsnapname.is_null() {
            Ok(DiffFrom::Beginning)
        } else {
            str_at(fromsnapname).map(DiffFrom::SnapName)
        };
        let options = DiffOptions { include_parent: include_parent != 0, whole_object: whole_object != 0 };
        diff(image, from, ofs, len, options, cb, arg)
    }
}

/// As `rbd_diff_iterate2`, from a snapshot id (0: since the image was made), with flags
/// (`RBD_DIFF_ITERATE_FLAG_*`).
#[unsafe(export_name = "__rbd_diff_iterate3")]
pub unsafe extern "C" fn rbd_diff_iterate3(
    image: rbd_image_t,
    from_snap_id: u64,
    ofs: u64,
    len: u64,
    flags: u32,
    cb: Option<unsafe extern "C-unwind" fn(u64, usize, c_int, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    let known = (RBD_DIFF_ITERATE_FLAG_INCLUDE_PARENT | RBD_DIFF_ITERATE_FLAG_WHOLE_OBJECT) as u32;
    if flags & !known != 0 {
        return Errno::EINVAL.neg();
    }
    let options = DiffOptions {
        include_parent: flags & RBD_DIFF_ITERATE_FLAG_INCLUDE_PARENT as u32 != 0,
        whole_object: flags & RBD_DIFF_ITERATE_FLAG_WHOLE_OBJECT as u32 != 0,
    };
    diff(image, Ok(DiffFrom::SnapId(from_snap_id)), ofs, len, options, cb, arg)
}

/// Writes `len` bytes at byte `ofs`. Returns the bytes written, less than `len` only at the end of the
/// image; `-EINVAL` beyond it, `-EROFS` on a read-only handle.
#[unsafe(export_name = "__rbd_write")]
pub unsafe extern "C" fn rbd_write(image: rbd_image_t, ofs: u64, len: usize, buf: *const c_char) -> isize {
    // SAFETY: the header's contract.
    unsafe { write(image, ofs, len, buf, 0) }
}

/// As `rbd_write`, with `LIBRADOS_OP_FLAG_*` hints.
#[unsafe(export_name = "__rbd_write2")]
pub unsafe extern "C" fn rbd_write2(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    buf: *const c_char,
    op_flags: c_int,
) -> isize {
    // SAFETY: the header's contract.
    unsafe { write(image, ofs, len, buf, op_flags) }
}

/// Gives back the space of `len` bytes at `ofs`, which then read as zeros; runs shorter than
/// `rbd_discard_granularity_bytes` may be left. Returns `len`; `-EINVAL` beyond the end or for more than
/// `INT_MAX` bytes.
#[unsafe(export_name = "__rbd_discard")]
pub unsafe extern "C" fn rbd_discard(image: rbd_image_t, ofs: u64, len: u64) -> c_int {
    boundary(|| count(self::image(image)?.discard(ofs, len)?))
}

/// Fills `len` bytes at `ofs` with repetitions of the `data_len` bytes of `buf`. Returns `len`; `-EINVAL`
/// if `data_len` does not divide `len`.
#[unsafe(export_name = "__rbd_writesame")]
pub unsafe extern "C" fn rbd_writesame(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    buf: *const c_char,
    data_len: usize,
    op_flags: c_int,
) -> isize {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let data = unsafe { pattern(buf, data_len, len)? };
        Ok(image.writesame(ofs, len as u64, data, self::op_flags(op_flags))? as isize)
    })
}

/// Makes `len` bytes at `ofs` read as zeros: given back, or with `RBD_WRITE_ZEROES_FLAG_THICK_PROVISION`
/// written. Returns `len`.
#[unsafe(export_name = "__rbd_write_zeroes")]
pub unsafe extern "C" fn rbd_write_zeroes(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    zero_flags: c_int,
    op_flags: c_int,
) -> isize {
    boundary(|| {
        let image = self::image(image)?;
        Ok(image.write_zeroes(ofs, len as u64, zero_flags as u32, self::op_flags(op_flags))? as isize)
    })
}

/// Writes `buf` if the `len` bytes at `ofs` equal `cmp_buf`; both within one stripe unit. Returns `len`;
/// `-EILSEQ`, with the offset of the first difference in `*mismatch_off`, if they differ.
#[unsafe(export_name = "__rbd_compare_and_write")]
pub unsafe extern "C" fn rbd_compare_and_write(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    cmp_buf: *const c_char,
    buf: *const c_char,
    mismatch_off: *mut u64,
    op_flags: c_int,
) -> isize {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let (compare, data) = unsafe { (write_data(cmp_buf, len)?, write_data(buf, len)?) };
        // SAFETY: the header's contract.
        let mismatch = unsafe { mismatch_to(mismatch_off) };
        Ok(image.compare_and_write(ofs, compare, data, mismatch, self::op_flags(op_flags))? as isize)
    })
}

/// Returns when all that was written and completed before is durable.
#[unsafe(export_name = "__rbd_flush")]
pub unsafe extern "C" fn rbd_flush(image: rbd_image_t) -> c_int {
    boundary(|| self::image(image)?.flush())
}

/// Flushes, and drops what is cached of the image.
#[unsafe(export_name = "__rbd_invalidate_cache")]
pub unsafe extern "C" fn rbd_invalidate_cache(image: rbd_image_t) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        image.flush()?;
        image.invalidate_cache()
    })
}
