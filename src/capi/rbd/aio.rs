//! Reading and writing with completions. `buf` must stay as it is until the completion.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::*;

/// Starts `rbd_write`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_write")]
pub unsafe extern "C" fn rbd_aio_write(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *const c_char,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, off, len, buf, c);
    unsupported!()
}

/// As `rbd_aio_write`, with `LIBRADOS_OP_FLAG_*` hints.
#[unsafe(export_name = "__rbd_aio_write2")]
pub unsafe extern "C" fn rbd_aio_write2(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *const c_char,
    c: rbd_completion_t,
    op_flags: c_int,
) -> c_int {
    let _ = (image, off, len, buf, c, op_flags);
    unsupported!()
}

/// As `rbd_aio_write2`, with the crc32c of `buf`, computed from -1, which saves computing it.
#[unsafe(export_name = "__rbd_aio_write_with_crc32c")]
pub unsafe extern "C" fn rbd_aio_write_with_crc32c(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *const c_char,
    precomputed_crc32c: u32,
    c: rbd_completion_t,
    op_flags: c_int,
) -> c_int {
    let _ = (image, off, len, buf, precomputed_crc32c, c, op_flags);
    unsupported!()
}

/// As `rbd_aio_write`, from `iovcnt` buffers one after the other. `-EINVAL` for a count of 0 or less, or
/// a length that overflows.
#[unsafe(export_name = "__rbd_aio_writev")]
pub unsafe extern "C" fn rbd_aio_writev(
    image: rbd_image_t,
    iov: *const libc::iovec,
    iovcnt: c_int,
    off: u64,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, iov, iovcnt, off, c);
    unsupported!()
}

/// Starts `rbd_read`. The completion's value is the bytes read.
#[unsafe(export_name = "__rbd_aio_read")]
pub unsafe extern "C" fn rbd_aio_read(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *mut c_char,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, off, len, buf, c);
    unsupported!()
}

/// As `rbd_aio_read`, with `LIBRADOS_OP_FLAG_*` hints.
#[unsafe(export_name = "__rbd_aio_read2")]
pub unsafe extern "C" fn rbd_aio_read2(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *mut c_char,
    c: rbd_completion_t,
    op_flags: c_int,
) -> c_int {
    let _ = (image, off, len, buf, c, op_flags);
    unsupported!()
}

/// As `rbd_aio_read`, into `iovcnt` buffers one after the other. `-EINVAL` for a count of 0 or less, or a
/// length that overflows.
#[unsafe(export_name = "__rbd_aio_readv")]
pub unsafe extern "C" fn rbd_aio_readv(
    image: rbd_image_t,
    iov: *const libc::iovec,
    iovcnt: c_int,
    off: u64,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, iov, iovcnt, off, c);
    unsupported!()
}

/// Starts `rbd_discard`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_discard")]
pub unsafe extern "C" fn rbd_aio_discard(
    image: rbd_image_t,
    off: u64,
    len: u64,
    c: rbd_completion_t,
) -> c_int {
    let _ = (image, off, len, c);
    unsupported!()
}

/// Starts `rbd_writesame`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_writesame")]
pub unsafe extern "C" fn rbd_aio_writesame(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *const c_char,
    data_len: usize,
    c: rbd_completion_t,
    op_flags: c_int,
) -> c_int {
    let _ = (image, off, len, buf, data_len, c, op_flags);
    unsupported!()
}

/// Starts `rbd_write_zeroes`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_write_zeroes")]
pub unsafe extern "C" fn rbd_aio_write_zeroes(
    image: rbd_image_t,
    off: u64,
    len: usize,
    c: rbd_completion_t,
    zero_flags: c_int,
    op_flags: c_int,
) -> c_int {
    let _ = (image, off, len, c, zero_flags, op_flags);
    unsupported!()
}

/// Starts `rbd_compare_and_write`. The completion's value is 0; `*mismatch_off` must stay valid until
/// then.
#[unsafe(export_name = "__rbd_aio_compare_and_write")]
pub unsafe extern "C" fn rbd_aio_compare_and_write(
    image: rbd_image_t,
    off: u64,
    len: usize,
    cmp_buf: *const c_char,
    buf: *const c_char,
    c: rbd_completion_t,
    mismatch_off: *mut u64,
    op_flags: c_int,
) -> isize {
    let _ = (image, off, len, cmp_buf, buf, c, mismatch_off, op_flags);
    unsupported!()
}

/// As `rbd_aio_compare_and_write`, with buffers in pieces. `-EINVAL` if the two are not equally long.
#[unsafe(export_name = "__rbd_aio_compare_and_writev")]
pub unsafe extern "C" fn rbd_aio_compare_and_writev(
    image: rbd_image_t,
    off: u64,
    cmp_iov: *const libc::iovec,
    cmp_iovcnt: c_int,
    iov: *const libc::iovec,
    iovcnt: c_int,
    c: rbd_completion_t,
    mismatch_off: *mut u64,
    op_flags: c_int,
) -> isize {
    let _ = (image, off, cmp_iov, cmp_iovcnt, iov, iovcnt, c, mismatch_off, op_flags);
    unsupported!()
}

/// Starts `rbd_flush`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_flush")]
pub unsafe extern "C" fn rbd_aio_flush(image: rbd_image_t, c: rbd_completion_t) -> c_int {
    let _ = (image, c);
    unsupported!()
}
