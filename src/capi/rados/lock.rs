//! Advisory locks on objects: they keep nobody from writing, unless all ask for them. A lock has a name; a client may
//! hold a shared one several times, with different cookies.

use std::ffi::{c_char, c_int};
use std::time::Duration;

use cls::lock::client;
use ffi::{Out, borrow, boundary, bytes_at, bytes_at_opt, str_at};
use libc::{ssize_t, timeval};
use ops::{Errno, Result};
use rados_room::{IoCtx, LockTerms, Submit};

use super::completion::AioCompletion;
use super::handles::IoCtxHandle;
use super::strings::Strings;
use super::types::{rados_completion_t, rados_ioctx_t};

/// What is said when a lock is taken. NULL, or zero, for the time: for ever.
unsafe fn terms<'a>(desc: *const c_char, duration: *mut timeval, flags: u8) -> Result<LockTerms<'a>> {
    // SAFETY: the header's contract.
    let (description, time) =
        unsafe { (bytes_at_opt(desc)?.unwrap_or_default(), Out::optional(duration).get()) };
    let length = |time: timeval| -> Result<Duration> {
        let seconds = u32::try_from(time.tv_sec).map_err(|_| Errno::EINVAL)?;
        // Ceph's Python binding sets the seconds only, and leaves the microseconds to chance.
        let micros = u32::try_from(time.tv_usec).ok().filter(|&us| us < 1_000_000).unwrap_or(0);
        Ok(Duration::new(seconds.into(), micros * 1000))
    };
    Ok(LockTerms { description, duration: time.map(length).transpose()?.unwrap_or_default(), flags })
}

fn writable(io: rados_ioctx_t) -> Result<IoCtx> {
    let io = borrow::<IoCtxHandle>(io)?;
    io.check_writable()?;
    Ok(io.io())
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
        let (oid, name, cookie, terms) =
            unsafe { (bytes_at(oid)?, bytes_at(name)?, bytes_at(cookie)?, terms(desc, duration, flags)?) };
        writable(io)?.lock_exclusive(oid.to_vec(), name.to_vec(), cookie.to_vec(), &terms)
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
        let (oid, name, cookie) = unsafe { (bytes_at(o)?, bytes_at(name)?, bytes_at(cookie)?) };
        let (tag, terms) = unsafe { (bytes_at(tag)?, terms(desc, duration, flags)?) };
        writable(io)?.lock_shared(oid.to_vec(), name.to_vec(), cookie.to_vec(), tag.to_vec(), &terms)
    })
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
        let (oid, name, cookie) = unsafe { (bytes_at(o)?, bytes_at(name)?, bytes_at(cookie)?) };
        writable(io)?.unlock(oid.to_vec(), name, cookie)
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
        let (oid, name, cookie) = unsafe { (bytes_at(o)?, bytes_at(name)?, bytes_at(cookie)?) };
        let io = borrow::<IoCtxHandle>(io)?;
        io.check_writable()?;
        let completion = AioCompletion::begin(completion)?;
        let op = client::unlock(name, cookie).op();
        io.start_write(oid, vec![op.into()], Submit::default(), completion, |reply| reply.result)
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
        let (oid, name, exclusive) = unsafe { (bytes_at(o)?, bytes_at(name)?, Out::required(exclusive)?) };
        // SAFETY: the header's contract.
        let (tag, clients, cookies, addrs) = unsafe {
            let (tag, clients) = (Strings::new(tag, tag_len)?, Strings::new(clients, clients_len)?);
            (tag, clients, Strings::new(cookies, cookies_len)?, Strings::new(addrs, addrs_len)?)
        };
        let lock = borrow::<IoCtxHandle>(io)?.io().lockers(oid.to_vec(), name)?;
        Strings::fill_all([
            (tag, vec![&lock.tag[..]]),
            (clients, lock.lockers.iter().map(|held| held.client.as_bytes()).collect()),
            (cookies, lock.lockers.iter().map(|held| &held.cookie[..]).collect()),
            (addrs, lock.lockers.iter().map(|held| held.addr.as_bytes()).collect()),
        ])?;
        exclusive.set(lock.exclusive.into());
        Ok(lock.lockers.len() as isize)
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
        let (oid, name) = unsafe { (bytes_at(o)?, bytes_at(name)?) };
        let (client, cookie) = unsafe { (str_at(client)?, bytes_at(cookie)?) };
        writable(io)?.break_lock(oid.to_vec(), name, client, cookie)
    })
}
