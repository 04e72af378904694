//! Compound writes: several operations on one object, of which all take effect or none. The functions that add an
//! operation return nothing: bad arguments (NULL where something is needed) make the operate call fail. Data is copied
//! when it is added. `prval`, where there is one, may be NULL; it gets the operation's own return value when the
//! request is complete, and must be good until then.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_int};
use std::sync::Arc;

use ffi::{Kind, Opaque, Out, borrow, boundary, boundary_void, bytes_at, close, copy_in, export, slice_at};
use libc::{time_t, timespec};
use ops::{Errno, Op, RequestFlags, Result, Timespec};
use rados_room::Submit;

use super::builder::{self, Builder};
use super::completion::AioCompletion;
use super::handles::IoCtxHandle;
use super::object::{same_data, write_data};
use super::types::{rados_completion_t, rados_ioctx_t, rados_write_op_t};

#[derive(Default)]
struct WriteOp(Builder);

impl Opaque for WriteOp {
    const KIND: Kind = Kind::WriteOp;
}

fn add(op: rados_write_op_t, make: impl FnOnce() -> Result<Op>) {
    boundary_void(|| borrow::<WriteOp>(op)?.0.add_plain(make));
}

fn add_prval(op: rados_write_op_t, prval: *mut c_int, make: impl FnOnce() -> Result<Op>) {
    // SAFETY: the header's contract.
    boundary_void(|| borrow::<WriteOp>(op)?.0.add(unsafe { Out::optional(prval) }, make));
}

/// Makes an empty compound write. Release it with `rados_release_write_op`. NULL where there is no memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_create_write_op() -> rados_write_op_t {
    boundary(|| export(Arc::new(WriteOp::default())))
}

/// Frees a compound write. Allowed as soon as an operate call has returned, also an asynchronous one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_release_write_op(write_op: rados_write_op_t) {
    boundary_void(|| close::<WriteOp>(write_op).map(drop))
}

/// Sets `LIBRADOS_OP_FLAG_*` on the operation that was added last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_set_flags(write_op: rados_write_op_t, flags: c_int) {
    boundary_void(|| borrow::<WriteOp>(write_op)?.0.set_flags(flags))
}

/// Adds: fail with `-ENOENT` where the object does not exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_assert_exists(write_op: rados_write_op_t) {
    add(write_op, || Ok(Op::AssertExists))
}

/// Adds: fail where the object's version is not `ver`, with `-ERANGE` where it is newer than that and `-EOVERFLOW` where
/// it is older.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_assert_version(write_op: rados_write_op_t, ver: u64) {
    add(write_op, || Ok(Op::AssertVersion(ver)))
}

/// Adds: fail with `-(MAX_ERRNO + n)` where byte `n` of the `cmp_len` bytes from `off` on differs from `cmp_buf`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_cmpext(
    write_op: rados_write_op_t,
    cmp_buf: *const c_char,
    cmp_len: usize,
    off: u64,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    add_prval(write_op, prval, || unsafe { builder::cmpext(cmp_buf, cmp_len, off) })
}

/// Adds: fail with `-ECANCELED` unless `value` compares with attribute `name` as `comparison_operator`
/// (`LIBRADOS_CMPXATTR_OP_*`) says, the given value standing on the left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_cmpxattr(
    write_op: rados_write_op_t,
    name: *const c_char,
    comparison_operator: u8,
    value: *const c_char,
    value_len: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || unsafe { builder::cmpxattr(name, comparison_operator, value, value_len) })
}

/// Adds: fail with `-ECANCELED` unless the omap value of `key` compares with `val` as `comparison_operator` says. A key
/// that does not exist compares as empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_cmp(
    write_op: rados_write_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    val_len: usize,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    add_prval(write_op, prval, || unsafe {
        builder::omap_cmp(builder::key(key)?, comparison_operator, val, val_len)
    })
}

/// Like `rados_write_op_omap_cmp`, for a key of `key_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_cmp2(
    write_op: rados_write_op_t,
    key: *const c_char,
    comparison_operator: u8,
    val: *const c_char,
    key_len: usize,
    val_len: usize,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    let make = || unsafe { builder::omap_cmp(copy_in(key, key_len)?, comparison_operator, val, val_len) };
    add_prval(write_op, prval, make)
}

/// Adds: set attribute `name` to `value_len` bytes from `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_setxattr(
    write_op: rados_write_op_t,
    name: *const c_char,
    value: *const c_char,
    value_len: usize,
) {
    add(write_op, || {
        // SAFETY: the header's contract.
        let (name, value) = unsafe { (builder::key(name)?, copy_in(value, value_len)?) };
        Ok(Op::SetXattr { name, value })
    })
}

/// Adds: remove attribute `name`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_rmxattr(write_op: rados_write_op_t, name: *const c_char) {
    // SAFETY: the header's contract.
    add(write_op, || Ok(Op::RmXattr { name: unsafe { builder::key(name)? } }))
}

/// Adds: make the object. With `LIBRADOS_CREATE_EXCLUSIVE` an existing one is `-EEXIST`, with
/// `LIBRADOS_CREATE_IDEMPOTENT` it is left as it is. `category` is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_create(
    write_op: rados_write_op_t,
    exclusive: c_int,
    category: *const c_char,
) {
    let _ = category;
    add(write_op, || Ok(Op::Create { exclusive: exclusive != 0 }))
}

/// Adds: write `len` bytes from `buffer` at byte `offset`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_write(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    len: usize,
    offset: u64,
) {
    // SAFETY: the header's contract.
    add(write_op, || Ok(Op::Write { off: offset, data: unsafe { write_data(buffer, len)? } }))
}

/// Adds: replace the object's data by `len` bytes from `buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_write_full(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    len: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || Ok(Op::WriteFull { data: unsafe { write_data(buffer, len)? } }))
}

/// Adds: fill `write_len` bytes from `offset` on with repetitions of `data_len` bytes from `buffer`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_writesame(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    data_len: usize,
    write_len: usize,
    offset: u64,
) {
    add(write_op, || {
        // SAFETY: the header's contract.
        let data = unsafe { same_data(buffer, data_len, write_len)? };
        Ok(Op::WriteSame { off: offset, len: write_len as u64, data })
    })
}

/// Adds: write `len` bytes from `buffer` at the object's end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_append(
    write_op: rados_write_op_t,
    buffer: *const c_char,
    len: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || Ok(Op::Append { data: unsafe { write_data(buffer, len)? } }))
}

/// Adds: remove the object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_remove(write_op: rados_write_op_t) {
    add(write_op, || Ok(Op::Remove))
}

/// Adds: set the object's size to `offset` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_truncate(write_op: rados_write_op_t, offset: u64) {
    add(write_op, || Ok(Op::Truncate { size: offset }))
}

/// Adds: make `len` bytes from `offset` on read as zeroes, freeing the space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_zero(write_op: rados_write_op_t, offset: u64, len: u64) {
    add(write_op, || Ok(Op::Zero { off: offset, len }))
}

/// Adds: call a method of an object class, with `in_len` bytes of input. Its output is dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_exec(
    write_op: rados_write_op_t,
    cls: *const c_char,
    method: *const c_char,
    in_buf: *const c_char,
    in_len: usize,
    prval: *mut c_int,
) {
    // SAFETY: the header's contract.
    add_prval(write_op, prval, || unsafe { super::object::exec_op(cls, method, in_buf, in_len) })
}

/// Adds: set `num` omap entries. `keys` are NUL-terminated; `vals[i]` is `lens[i]` bytes long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_set(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    vals: *const *const c_char,
    lens: *const usize,
    num: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || unsafe { omap_set(keys, None, vals, lens, num) })
}

unsafe fn omap_set(
    keys: *const *const c_char,
    key_lens: Option<*const usize>,
    vals: *const *const c_char,
    val_lens: *const usize,
    num: usize,
) -> Result<Op> {
    // SAFETY: the header's contract.
    unsafe {
        let keys = builder::keys(keys, key_lens, num)?;
        let vals = slice_at(vals, num)?.iter().zip(slice_at(val_lens, num)?);
        let pair = |(key, (&at, &len))| Ok((key, copy_in(at, len)?));
        let entries: BTreeMap<_, _> = keys.into_iter().zip(vals).map(pair).collect::<Result<_>>()?;
        Ok(Op::OmapSet { entries })
    }
}

/// Like `rados_write_op_omap_set`, for keys of `key_lens[i]` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_set2(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    vals: *const *const c_char,
    key_lens: *const usize,
    val_lens: *const usize,
    num: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || unsafe { omap_set(keys, Some(key_lens), vals, val_lens, num) })
}

/// Adds: remove `keys_len` omap entries by their NUL-terminated keys. Keys that do not exist are no error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_rm_keys(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    keys_len: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || Ok(Op::OmapRmKeys { keys: unsafe { builder::keys(keys, None, keys_len)? } }))
}

/// Like `rados_write_op_omap_rm_keys`, for keys of `key_lens[i]` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_rm_keys2(
    write_op: rados_write_op_t,
    keys: *const *const c_char,
    key_lens: *const usize,
    keys_len: usize,
) {
    // SAFETY: the header's contract.
    add(write_op, || Ok(Op::OmapRmKeys { keys: unsafe { builder::keys(keys, Some(key_lens), keys_len)? } }))
}

/// Adds: remove the omap entries from `key_begin` (inclusive) to `key_end` (exclusive).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_rm_range2(
    write_op: rados_write_op_t,
    key_begin: *const c_char,
    key_begin_len: usize,
    key_end: *const c_char,
    key_end_len: usize,
) {
    add(write_op, || {
        // SAFETY: the header's contract.
        let (from, to) = unsafe { (copy_in(key_begin, key_begin_len)?, copy_in(key_end, key_end_len)?) };
        Ok(Op::OmapRmRange { from, to })
    })
}

/// Adds: remove all omap entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_omap_clear(write_op: rados_write_op_t) {
    add(write_op, || Ok(Op::OmapClear))
}

/// Adds: what `rados_set_alloc_hint` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_set_alloc_hint(
    write_op: rados_write_op_t,
    expected_object_size: u64,
    expected_write_size: u64,
) {
    let (object_size, write_size) = (expected_object_size, expected_write_size);
    add(write_op, || Ok(Op::SetAllocHint { object_size, write_size, flags: 0 }))
}

/// Adds: what `rados_set_alloc_hint2` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_set_alloc_hint2(
    write_op: rados_write_op_t,
    expected_object_size: u64,
    expected_write_size: u64,
    flags: u32,
) {
    let (object_size, write_size) = (expected_object_size, expected_write_size);
    add(write_op, || Ok(Op::SetAllocHint { object_size, write_size, flags }))
}

fn with(flags: c_int, mtime: Option<Timespec>) -> Submit {
    Submit { flags: RequestFlags::from_bits_retain(flags as u32), mtime, ..Submit::default() }
}

/// Times before 1970 and after 2106 cannot be stored.
fn seconds(time: time_t) -> Result<Timespec> {
    Ok(Timespec { sec: u32::try_from(time).map_err(|_| Errno::EINVAL)?, nsec: 0 })
}

fn nanoseconds(time: timespec) -> Result<Timespec> {
    let nsec = u32::try_from(time.tv_nsec).ok().filter(|&nsec| nsec < 1_000_000_000).ok_or(Errno::EINVAL)?;
    Ok(Timespec { nsec, ..seconds(time.tv_sec)? })
}

fn operate(op: rados_write_op_t, io: rados_ioctx_t, oid: *const c_char, with: Submit) -> Result<i32> {
    let (op, io) = (borrow::<WriteOp>(op)?, borrow::<IoCtxHandle>(io)?);
    // SAFETY: the header's contract.
    let oid = unsafe { bytes_at(oid)? };
    io.check_writable()?;
    let (ops, finish) = op.0.take()?.split();
    if ops.is_empty() { Ok(0) } else { Ok(finish(io.run(oid, ops, with))) }
}

fn start(
    op: rados_write_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    with: Submit,
) -> Result<()> {
    let (op, io) = (borrow::<WriteOp>(op)?, borrow::<IoCtxHandle>(io)?);
    // SAFETY: the header's contract.
    let oid = unsafe { bytes_at(oid)? };
    io.check_writable()?;
    let completion = AioCompletion::begin(completion)?;
    let (ops, finish) = op.0.take()?.split();
    io.start_write(oid, ops, with, completion, finish)
}

/// Runs a compound write on an object and waits for it. `mtime`, in seconds, becomes the object's modification time; NULL
/// means now. `flags` are `LIBRADOS_OPERATION_*`. The operations are used up by this.
///
/// Returns 0, or what the first operation that failed returned. 0 too where there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_operate(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    oid: *const c_char,
    mtime: *mut time_t,
    flags: c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let mtime = unsafe { Out::optional(mtime) }.get().map(seconds).transpose()?;
        operate(write_op, io, oid, with(flags, mtime))
    })
}

/// Like `rados_write_op_operate`, with nanoseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_write_op_operate2(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    oid: *const c_char,
    mtime: *mut timespec,
    flags: c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let mtime = unsafe { Out::optional(mtime) }.get().map(nanoseconds).transpose()?;
        operate(write_op, io, oid, with(flags, mtime))
    })
}

/// Starts `rados_write_op_operate`; the result goes to the completion. Returns 0 where it was started.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write_op_operate(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    mtime: *mut time_t,
    flags: c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let mtime = unsafe { Out::optional(mtime) }.get().map(seconds).transpose()?;
        start(write_op, io, completion, oid, with(flags, mtime))
    })
}

/// Like `rados_aio_write_op_operate`, with nanoseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_write_op_operate2(
    write_op: rados_write_op_t,
    io: rados_ioctx_t,
    completion: rados_completion_t,
    oid: *const c_char,
    mtime: *mut timespec,
    flags: c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let mtime = unsafe { Out::optional(mtime) }.get().map(nanoseconds).transpose()?;
        start(write_op, io, completion, oid, with(flags, mtime))
    })
}
