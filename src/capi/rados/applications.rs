//! Application tags of pools: which program uses a pool, with keys and values of its own.

use std::ffi::{c_char, c_int};

use ffi::{borrow, boundary, str_at};
use ops::Result;
use rados_room::IoCtx;

use super::handles::IoCtxHandle;
use super::strings::Strings;
use super::types::rados_ioctx_t;

fn io(raw: rados_ioctx_t) -> Result<IoCtx> {
    Ok(borrow::<IoCtxHandle>(raw)?.io())
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
        self::io(io)?.application_enable(unsafe { str_at(app_name)? }, force != 0)
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
        let all = self::io(io)?.applications()?;
        out.fill(all.iter().map(String::as_bytes))
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
        let value = self::io(io)?.application_get(name, key)?;
        out.fill([value.as_bytes()].into_iter())
    })
}

/// Sets an application's `key`. Returns 0, `-ENOENT` where the application is not enabled, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_set(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
    value: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (name, key, value) = unsafe { (str_at(app_name)?, str_at(key)?, str_at(value)?) };
        self::io(io)?.application_set(name, key, value)
    })
}

/// Removes an application's `key`. Returns as `rados_application_metadata_set` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_application_metadata_remove(
    io: rados_ioctx_t,
    app_name: *const c_char,
    key: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (name, key) = unsafe { (str_at(app_name)?, str_at(key)?) };
        self::io(io)?.application_remove(name, key)
    })
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
        let all = self::io(io)?.application_metadata(unsafe { str_at(app_name)? })?;
        Strings::fill_all([
            (keys, all.iter().map(|(key, _)| key.as_bytes()).collect()),
            (values, all.iter().map(|(_, value)| value.as_bytes()).collect()),
        ])
    })
}
