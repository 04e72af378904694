//! Reading and writing with completions. `buf` must stay as it is until the completion.

use std::ffi::{c_char, c_int};
use std::sync::Arc;

use bytes::Bytes;
use ffi::{IovecSink, RawSink, Ref, boundary, filled, iovecs, iovecs_len};
use ops::{Errno, OpFlags, Result, SharedSink};

use super::completion::Pending;
use super::handles::{ImageHandle, image, op_flags};
use super::io::{mismatch_to, pattern, read_sink, write_data};
use super::types::*;

/// The caller's buffers as one. `-EINVAL` for none, or a length no call takes.
unsafe fn gather(iov: *const libc::iovec, count: c_int) -> Result<Bytes> {
    // SAFETY: the header's contract.
    let list = unsafe { iovecs(iov, count)? };
    if let [part] = list {
        // SAFETY: the header's contract.
        return unsafe { write_data(part.iov_base.cast(), part.iov_len) };
    }
    let len = total(list)?;
    // SAFETY: the header's contract, for each.
    unsafe { copy_parts(list, len) }
}

/// Copies them one after the other.
unsafe fn copy_parts(list: &[libc::iovec], len: usize) -> Result<Bytes> {
    // Checked before anything is copied.
    // SAFETY: the caller's promise.
    let parts = list.iter().map(|part| unsafe { ffi::slice_at(part.iov_base.cast::<u8>(), part.iov_len) });
    let parts = parts.collect::<Result<Vec<&[u8]>>>()?;
    filled(len, |mut to| {
        for part in parts {
            let (now, rest) = to.split_at_mut(part.len());
            now.copy_from_slice(part);
            to = rest;
        }
    })
}

/// Where to read to. `-EINVAL` as for [`gather`].
unsafe fn scatter(iov: *const libc::iovec, count: c_int) -> Result<(Arc<dyn SharedSink>, u64)> {
    // SAFETY: the header's contract.
    let list = unsafe { iovecs(iov, count)? };
    let len = total(list)?;
    // SAFETY: the header's contract, for each.
    let sink: Arc<dyn SharedSink> = match list {
        [part] => Arc::new(unsafe { RawSink::new(part.iov_base.cast(), part.iov_len)? }),
        _ => Arc::new(unsafe { IovecSink::new(list)? }),
    };
    Ok((sink, len as u64))
}

fn total(list: &[libc::iovec]) -> Result<usize> {
    iovecs_len(list).ok().filter(|&len| len <= c_int::MAX as usize).ok_or(Errno::EINVAL)
}

/// Every plain write starts here.
fn start_write(
    image: &Ref<ImageHandle>,
    off: u64,
    data: Bytes,
    flags: OpFlags,
    c: rbd_completion_t,
) -> Result<()> {
    let pending = Pending::of_image(c, image)?;
    let wait = pending.wait();
    image.write_with(off, data, flags, wait, move |result| pending.finish(result));
    Ok(())
}

/// Every read starts here.
fn start_read(
    image: &Ref<ImageHandle>,
    off: u64,
    len: u64,
    sink: Arc<dyn SharedSink>,
    flags: OpFlags,
    c: rbd_completion_t,
) -> Result<()> {
    let pending = Pending::of_image(c, image)?;
    let wait = pending.wait();
    image.read_with(off, len, sink, flags, wait, move |result| pending.finish(result));
    Ok(())
}

/// Starts `rbd_write`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_write")]
pub unsafe extern "C" fn rbd_aio_write(
    image: rbd_image_t,
    off: u64,
    len: usize,
    buf: *const c_char,
    c: rbd_completion_t,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let data = unsafe { write_data(buf, len)? };
        start_write(&image, off, data, OpFlags::empty(), c)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let data = unsafe { write_data(buf, len)? };
        start_write(&image, off, data, self::op_flags(op_flags), c)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let data = unsafe { write_data(buf, len)? };
        if !crc32c::crc32c(&data) != precomputed_crc32c {
            return Err(Errno::EINVAL);
        }
        start_write(&image, off, data, self::op_flags(op_flags), c)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let data = unsafe { gather(iov, iovcnt)? };
        start_write(&image, off, data, OpFlags::empty(), c)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let sink = unsafe { read_sink(buf, len)? };
        start_read(&image, off, len as u64, sink, OpFlags::empty(), c)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let sink = unsafe { read_sink(buf, len)? };
        start_read(&image, off, len as u64, sink, self::op_flags(op_flags), c)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let (sink, len) = unsafe { scatter(iov, iovcnt)? };
        start_read(&image, off, len, sink, OpFlags::empty(), c)
    })
}

/// Starts `rbd_discard`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_discard")]
pub unsafe extern "C" fn rbd_aio_discard(
    image: rbd_image_t,
    off: u64,
    len: u64,
    c: rbd_completion_t,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        let pending = Pending::of_image(c, &image)?;
        image.aio_discard(off, len, move |result| pending.finish(result));
        Ok(())
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let data = unsafe { pattern(buf, data_len, len)? };
        let pending = Pending::of_image(c, &image)?;
        image.aio_writesame(off, len as u64, data, self::op_flags(op_flags), move |result| {
            pending.finish(result)
        });
        Ok(())
    })
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
    boundary(|| {
        let image = self::image(image)?;
        let pending = Pending::of_image(c, &image)?;
        image.aio_write_zeroes(off, len as u64, zero_flags as u32, self::op_flags(op_flags), move |result| {
            pending.finish(result)
        });
        Ok(())
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let (compare, data) = unsafe { (write_data(cmp_buf, len)?, write_data(buf, len)?) };
        // SAFETY: the header's contract.
        let mismatch = unsafe { mismatch_to(mismatch_off) };
        let pending = Pending::of_image(c, &image)?;
        image.aio_compare_and_write(off, compare, data, mismatch, self::op_flags(op_flags), move |result| {
            pending.finish(result)
        });
        Ok(0_isize)
    })
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
    boundary(|| {
        let image = self::image(image)?;
        // SAFETY: the header's contract.
        let (compare, data) = unsafe { (gather(cmp_iov, cmp_iovcnt)?, gather(iov, iovcnt)?) };
        if compare.len() != data.len() {
            return Err(Errno::EINVAL);
        }
        // SAFETY: the header's contract.
        let mismatch = unsafe { mismatch_to(mismatch_off) };
        let pending = Pending::of_image(c, &image)?;
        image.aio_compare_and_write(off, compare, data, mismatch, self::op_flags(op_flags), move |result| {
            pending.finish(result)
        });
        Ok(0_isize)
    })
}

/// Starts `rbd_flush`. The completion's value is 0.
#[unsafe(export_name = "__rbd_aio_flush")]
pub unsafe extern "C" fn rbd_aio_flush(image: rbd_image_t, c: rbd_completion_t) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        let pending = Pending::of_image(c, &image)?;
        image.aio_flush(move |result| pending.finish(result));
        Ok(())
    })
}
