//! Reading and writing, waiting for the end.

use std::ffi::{c_char, c_int, c_void};

use ffi::unsupported;

use super::types::*;

/// Reads `len` bytes at byte `ofs`. Returns the bytes read, less than `len` only at the end of the image;
/// `-EINVAL` beyond it.
#[unsafe(export_name = "__rbd_read")]
pub unsafe extern "C" fn rbd_read(image: rbd_image_t, ofs: u64, len: usize, buf: *mut c_char) -> isize {
    let _ = (image, ofs, len, buf);
    unsupported!()
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
    let _ = (image, ofs, len, buf, op_flags);
    unsupported!()
}

/// Older form of `rbd_read_iterate2` that returns the bytes read.
#[unsafe(export_name = "__rbd_read_iterate")]
pub unsafe extern "C" fn rbd_read_iterate(
    image: rbd_image_t,
    ofs: u64,
    len: usize,
    cb: Option<unsafe extern "C" fn(u64, usize, *const c_char, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> i64 {
    let _ = (image, ofs, len, cb, arg);
    unsupported!()
}

/// Calls `cb(ofs, len, buf, arg)` for each run of data, with `buf` NULL for a hole. A negative result of
/// `cb` stops it and is returned.
#[unsafe(export_name = "__rbd_read_iterate2")]
pub unsafe extern "C" fn rbd_read_iterate2(
    image: rbd_image_t,
    ofs: u64,
    len: u64,
    cb: Option<unsafe extern "C" fn(u64, usize, *const c_char, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    let _ = (image, ofs, len, cb, arg);
    unsupported!()
}

/// As `rbd_diff_iterate2`, including the parent, not whole objects.
#[unsafe(export_name = "__rbd_diff_iterate")]
pub unsafe extern "C" fn rbd_diff_iterate(
    image: rbd_image_t,
    fromsnapname: *const c_char,
    ofs: u64,
    len: u64,
    cb: Option<unsafe extern "C" fn(u64, usize, c_int, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    let _ = (image, fromsnapname, ofs, len, cb, arg);
    unsupported!()
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
    cb: Option<unsafe extern "C" fn(u64, usize, c_int, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    let _ = (image, fromsnapname, ofs, len, include_parent, whole_object, cb, arg);
    unsupported!()
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
    cb: Option<unsafe extern "C" fn(u64, usize, c_int, *mut c_void) -> c_int>,
    arg: *mut c_void,
) -> c_int {
    let _ = (image, from_snap_id, ofs, len, flags, cb, arg);
    unsupported!()
}

/// Writes `len` bytes at byte `ofs`. Returns the bytes written, less than `len` only at the end of the
/// image; `-EINVAL` beyond it, `-EROFS` on a read-only handle.
#[unsafe(export_name = "__rbd_write")]
pub unsafe extern "C" fn rbd_write(image: rbd_image_t, ofs: u64, len: usize, buf: *const c_char) -> isize {
    let _ = (image, ofs, len, buf);
    unsupported!()
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
    let _ = (image, ofs, len, buf, op_flags);
    unsupported!()
}

/// Gives back the space of `len` bytes at `ofs`, which then read as zeros; runs shorter than
/// `rbd_discard_granularity_bytes` may be left. Returns `len`; `-EINVAL` beyond the end or for more than
/// `INT_MAX` bytes.
#[unsafe(export_name = "__rbd_discard")]
pub unsafe extern "C" fn rbd_discard(image: rbd_image_t, ofs: u64, len: u64) -> c_int {
    let _ = (image, ofs, len);
    unsupported!()
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
    let _ = (image, ofs, len, buf, data_len, op_flags);
    unsupported!()
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
    let _ = (image, ofs, len, zero_flags, op_flags);
    unsupported!()
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
    let _ = (image, ofs, len, cmp_buf, buf, mismatch_off, op_flags);
    unsupported!()
}

/// Returns when all that was written and completed before is durable.
#[unsafe(export_name = "__rbd_flush")]
pub unsafe extern "C" fn rbd_flush(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}

/// Flushes, and drops what is cached of the image.
#[unsafe(export_name = "__rbd_invalidate_cache")]
pub unsafe extern "C" fn rbd_invalidate_cache(image: rbd_image_t) -> c_int {
    let _ = (image,);
    unsupported!()
}
