//! Advisory locks on objects: they keep nobody from writing, unless all ask for them. A lock has a name; a client may
//! hold a shared one several times, with different cookies.

use std::ffi::{c_char, c_int};
use std::time::Duration;

use bytes::Bytes;
use cls::Call;
use cls::lock::client::{self, Lock};
use cls::lock::{LockFlags, LockType};
use ffi::{Out, borrow, boundary, bytes_at, bytes_at_opt, str_at};
use libc::{ssize_t, timeval};
use ops::{Errno, Result, Timespec};

use super::completion::AioCompletion;
use super::handles::IoCtxHandle;
use super::strings::Strings;
use super::types::{rados_completion_t, rados_ioctx_t};

unsafe fn owned(at: *const c_char) -> Result<Bytes> {
    // SAFETY: the header's contract.
    Ok(unsafe { bytes_at(at)? }.to_vec().into())
}

/// NULL, or zero: for ever.
unsafe fn duration(at: *mut timeval) -> Result<Timespec> {
    // SAFETY: the header's contract.
    let Some(time) = unsafe { Out::optional(at) }.get() else { return Ok(Timespec::ZERO) };
    let seconds = u32::try_from(time.tv_sec).map_err(|_| Errno::EINVAL)?;
    // Ceph's Python binding sets the seconds only: what stands in the microseconds may be anything.
    let micros = u32::try_from(time.tv_usec).ok().filter(|&us| us < 1_000_000).unwrap_or(0);
    Ok(Duration::new(seconds.into(), micros * 1000).into())
}

unsafe fn take(
    io: rados_ioctx_t,
    oid: *const c_char,
    lock: impl FnOnce() -> Result<Lock>,
    desc: *const c_char,
    until: *mut timeval,
    flags: u8,
) -> Result<()> {
    // SAFETY: the header's contract.
    let (oid, description, duration) =
        unsafe { (bytes_at(oid)?, bytes_at_opt(desc)?.unwrap_or_default(), duration(until)?) };
    let call = client::lock(&lock()?, description, duration, LockFlags(flags));
    borrow::<IoCtxHandle>(io)?.write(oid, call.op())
}

/// Takes lock `name` on an object for this client alone. `cookie` tells this hold from others of the same client; `desc`
/// is for people. After `duration` the lock is free again; NULL, or zero: never. `flags` are `LIBRADOS_LOCK_FLAG_*`.
///
/// Returns 0, `-EBUSY` where others hold it, `-EEXIST` where this client does and no flag allows to renew, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_lock_exclusive(
    io: rados_ioctx_t,
    oid: *const c_char,
    name: *const c_char,
    cookie: *const c_char,
    desc: *const c_char,
    duration: *mut timeval,
    flags: u8,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let lock = || unsafe {
            Ok(Lock {
                name: owned(name)?,
                kind: LockType::Exclusive,
                cookie: owned(cookie)?,
                tag: Bytes::new(),
            })
        };
        unsafe { take(io, oid, lock, desc, duration, flags) }
    })
}

/// Takes lock `name` on an object together with others that give the same `tag`. Otherwise as `rados_lock_exclusive`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_lock_shared(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    cookie: *const c_char,
    tag: *const c_char,
    desc: *const c_char,
    duration: *mut timeval,
    flags: u8,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let lock = || unsafe {
            Ok(Lock { name: owned(name)?, kind: LockType::Shared, cookie: owned(cookie)?, tag: owned(tag)? })
        };
        unsafe { take(io, o, lock, desc, duration, flags) }
    })
}

unsafe fn unlock(name: *const c_char, cookie: *const c_char) -> Result<Call<()>> {
    // SAFETY: the header's contract.
    Ok(unsafe { client::unlock(bytes_at(name)?, bytes_at(cookie)?) })
}

/// Gives up this client's hold with this cookie. Returns 0, `-ENOENT` where it has none, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unlock(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    cookie: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, call) = unsafe { (bytes_at(o)?, unlock(name, cookie)?) };
        borrow::<IoCtxHandle>(io)?.write(oid, call.op())
    })
}

/// Starts `rados_unlock`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_unlock(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    cookie: *const c_char,
    completion: rados_completion_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, call) = unsafe { (bytes_at(o)?, unlock(name, cookie)?) };
        let io = borrow::<IoCtxHandle>(io)?;
        io.check_writable()?;
        let completion = AioCompletion::begin(completion)?;
        io.start_write(oid, vec![call.op().into()], Default::default(), completion, |reply| reply.result)
    })
}

/// Who holds lock `name` on an object. `exclusive` gets 1 or 0, `tag` the tag; `clients` (as `client.4123`), `cookies`
/// and `addrs` get a string for each holder, ended by a NUL. The lengths are sizes in bytes, and get what is needed.
///
/// Returns the number of holders, 0 where nobody holds it, `-ERANGE` where a buffer is too small, or another negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_list_lockers(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    exclusive: *mut c_int,
    tag: *mut c_char,
    tag_len: *mut usize,
    clients: *mut c_char,
    clients_len: *mut usize,
    cookies: *mut c_char,
    cookies_len: *mut usize,
    addrs: *mut c_char,
    addrs_len: *mut usize,
) -> ssize_t {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, call, exclusive) =
            unsafe { (bytes_at(o)?, client::get_info(bytes_at(name)?), Out::required(exclusive)?) };
        // SAFETY: the header's contract.
        let out = unsafe {
            let (tag, clients) = (Strings::new(tag, tag_len)?, Strings::new(clients, clients_len)?);
            [tag, clients, Strings::new(cookies, cookies_len)?, Strings::new(addrs, addrs_len)?]
        };
        let reply =
            borrow::<IoCtxHandle>(io)?.run(oid, vec![call.op().into()], Default::default()).check()?;
        let info = call.answer(reply.ops.first().ok_or(Errno::EIO)?)?;
        let names: Vec<_> = info.lockers.keys().map(|id| id.name.to_string()).collect();
        let addresses: Vec<_> = info.lockers.values().map(|held| held.addr.to_string()).collect();
        let texts = [
            vec![&info.tag[..]],
            names.iter().map(String::as_bytes).collect(),
            info.lockers.keys().map(|id| &id.cookie[..]).collect(),
            addresses.iter().map(String::as_bytes).collect(),
        ];
        let mut texts = texts.into_iter();
        Strings::fill_all(out.map(|out| (out, texts.next().unwrap_or_default())))?;
        exclusive.set(info.kind.is_exclusive().into());
        Ok(info.lockers.len() as isize)
    })
}

/// Takes lock `name` away from `client` (as `client.4123`), which holds it with `cookie`. Returns 0, `-ENOENT` where it does
/// not, `-EINVAL` where that is no client's name, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_break_lock(
    io: rados_ioctx_t,
    o: *const c_char,
    name: *const c_char,
    client: *const c_char,
    cookie: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, locker) = unsafe { (bytes_at(o)?, str_at(client)?) };
        let locker = locker.parse().map_err(|_| Errno::EINVAL)?;
        // SAFETY: the header's contract.
        let call = unsafe { self::client::break_lock(bytes_at(name)?, locker, bytes_at(cookie)?) };
        borrow::<IoCtxHandle>(io)?.write(oid, call.op())
    })
}
