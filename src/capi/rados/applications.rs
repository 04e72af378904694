//! Application tags of pools: which program uses a pool, with keys and values of its own.

use std::ffi::{c_char, c_int};
use std::sync::Arc;

use ffi::{borrow, boundary, str_at};
use ops::{Errno, PoolInfo, Result};
use rados_room::wait;

use super::handles::IoCtxHandle;
use super::strings::Strings;
use super::types::rados_ioctx_t;

fn pool(io: rados_ioctx_t) -> Result<Arc<PoolInfo>> {
    let io = borrow::<IoCtxHandle>(io)?;
    io.store().pool(io.pool()).ok_or(Errno::ENOENT)
}

fn metadata<'a>(pool: &'a PoolInfo, application: &str) -> Result<&'a [(String, String)]> {
    let found = pool.applications.iter().find(|(name, _)| name == application);
    found.map(|(_, metadata)| &metadata[..]).ok_or(Errno::ENOENT)
}

/// Says that application `app_name` uses the pool. Where another does already, that is `-EPERM` unless `force` is set.
/// Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_enable(
    io: rados_ioctx_t,
    app_name: *const c_char,
    force: c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (io, name) = (borrow::<IoCtxHandle>(io)?, unsafe { str_at(app_name)? });
        wait(|done| io.store().application_enable(io.pool(), name, force != 0, done))
    })
}

/// The pool's applications, each name ended by a NUL. `values_len` is the size of `values` in bytes, and gets what is
/// needed.
///
/// Returns 0, `-ERANGE` where they do not fit, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_list(
    io: rados_ioctx_t,
    values: *mut c_char,
    values_len: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Strings::new(values, values_len)? };
        let pool = pool(io)?;
        out.fill(pool.applications.iter().map(|(name, _)| name.as_bytes()))
    })
}

/// The value of an application's `key`, with a NUL. `value_len` is the size of `value` in bytes, and gets what is needed.
///
/// Returns 0, `-ERANGE` where it does not fit, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_get(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
    value: *mut c_char,
    value_len: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (name, key, out) = unsafe { (str_at(app_name)?, str_at(key)?, Strings::new(value, value_len)?) };
        let pool = pool(io)?;
        let (_, value) = metadata(&pool, name)?.iter().find(|(k, _)| k == key).ok_or(Errno::ENOENT)?;
        out.fill([value.as_bytes()].into_iter())
    })
}

fn set(
    io: rados_ioctx_t,
    app: *const c_char,
    key: *const c_char,
    value: Option<*const c_char>,
) -> Result<()> {
    // SAFETY: the header's contract.
    let (app, key) = unsafe { (str_at(app)?, str_at(key)?) };
    let value = value.map(|at| unsafe { str_at(at) }).transpose()?;
    let io = borrow::<IoCtxHandle>(io)?;
    wait(|done| io.store().application_set(io.pool(), app, key, value, done))
}

/// Sets an application's `key`. Returns 0, `-ENOENT` where the application is not enabled, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_set(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
    value: *const c_char,
) -> c_int {
    boundary(|| set(io, app_name, key, Some(value)))
}

/// Removes an application's `key`. Returns as `rados_application_metadata_set` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_remove(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
) -> c_int {
    boundary(|| set(io, app_name, key, None))
}

/// All keys and values of an application, each ended by a NUL. `key_len` and `vals_len` are the sizes of `keys` and
/// `values` in bytes, and get what is needed.
///
/// Returns 0, `-ERANGE` where one of them does not fit, `-ENOENT` where the application is not enabled, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_list(
    io: rados_ioctx_t,
    app_name: *const c_char,
    keys: *mut c_char,
    key_len: *mut usize,
    values: *mut c_char,
    vals_len: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (keys, values) = unsafe { (Strings::new(keys, key_len)?, Strings::new(values, vals_len)?) };
        let (name, pool) = (unsafe { str_at(app_name)? }, pool(io)?);
        let all = metadata(&pool, name)?;
        Strings::fill_all([
            (keys, all.iter().map(|(key, _)| key.as_bytes()).collect()),
            (values, all.iter().map(|(_, value)| value.as_bytes()).collect()),
        ])
    })
}
