//! Configuration.

use std::ffi::{c_char, c_int};

use ffi::{borrow, boundary, bytes_at, fill_text, slice_at, slice_at_mut, str_at, str_at_opt};
use ops::{Errno, Result};

use super::handles::ClusterHandle;
use super::types::rados_t;

/// Reads a configuration file: the first of `path`, names between commas, that exists. NULL: `$CEPH_CONF`, or else the
/// places where Ceph looks (`/etc/ceph/$cluster.conf`, `~/.ceph/$cluster.conf`, `$cluster.conf`). The sections `[global]`,
/// `[client]` and `[client.NAME]` are heard, the later before the earlier; then `CEPH_ARGS`.
///
/// Returns 0, `-ENOENT` where there is no such file, `-EINVAL` where it cannot be parsed, `-ENOSYS` where the handle is
/// connected, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_read_file(cluster: rados_t, path: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        borrow::<ClusterHandle>(cluster)?.config().read_file(unsafe { str_at_opt(path)? })
    })
}

/// A program's arguments as text. What is not UTF-8 cannot be an option of ours.
unsafe fn arguments<'a>(argv: &[*const c_char]) -> Result<Vec<&'a str>> {
    // SAFETY: the header's contract.
    argv.iter().map(|&at| Ok(str::from_utf8(unsafe { bytes_at(at)? }).unwrap_or("\u{fffd}"))).collect()
}

/// Sets options from a program's arguments, as `--option=value` or `--option value`. `argv[0]`, the program's name, is
/// passed over, and so is what is no option. Returns 0, `-EINVAL` where a value is bad or missing, or another negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_parse_argv(
    cluster: rados_t,
    argc: c_int,
    argv: *mut *const c_char,
) -> c_int {
    boundary(|| {
        let count = usize::try_from(argc).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the header's contract.
        let argv = unsafe { slice_at(argv.cast_const(), count)? };
        let args = unsafe { arguments(argv.get(1..).unwrap_or_default())? };
        borrow::<ClusterHandle>(cluster)?.config().parse_args(&args).map(drop)
    })
}

/// Like `rados_conf_parse_argv`, but from `argv[0]` on. The arguments that are no options of ours go to `remargv`, an array of
/// `argc`, and NULLs behind them. They point to the same strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_parse_argv_remainder(
    cluster: rados_t,
    argc: c_int,
    argv: *mut *const c_char,
    remargv: *mut *const c_char,
) -> c_int {
    boundary(|| {
        let count = usize::try_from(argc).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the header's contract. `remargv` may be `argv`, so the latter is copied.
        let argv = unsafe { slice_at(argv.cast_const(), count)? }.to_vec();
        let args = unsafe { arguments(&argv)? };
        let left = borrow::<ClusterHandle>(cluster)?.config().parse_args(&args)?;
        let left = left.into_iter().filter_map(|at| argv.get(at).copied());
        // SAFETY: the header's contract.
        let out = unsafe { slice_at_mut(remargv, count)? };
        let nulls = std::iter::repeat(std::ptr::null());
        out.iter_mut().zip(left.chain(nulls)).for_each(|(out, at)| *out = at);
        Ok(())
    })
}

/// Sets options from an environment variable that holds arguments; NULL: `CEPH_ARGS`. Returns 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_parse_env(cluster: rados_t, var: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        borrow::<ClusterHandle>(cluster)?.config().parse_env(unsafe { str_at_opt(var)? });
        Ok(())
    })
}

/// Sets an option. Spaces, dashes and underscores in its name mean the same. Most must be set before connecting.
///
/// Returns 0, `-ENOENT` where there is no such option, `-EINVAL` or another negative errno where the value does not suit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_set(
    cluster: rados_t,
    option: *const c_char,
    value: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (option, value) = unsafe { (str_at(option)?, str_at(value)?) };
        borrow::<ClusterHandle>(cluster)?.config().set(option, value)
    })
}

/// The value of an option, with its NUL, in `buf`.
///
/// Returns 0, `-ENAMETOOLONG` where it does not fit in `len` bytes, `-ENOENT` where there is no such option, or another
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_conf_get(
    cluster: rados_t,
    option: *const c_char,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let value = borrow::<ClusterHandle>(cluster)?.config().get(unsafe { str_at(option)? })?;
        if value.len() >= len {
            return Err(Errno::ENAMETOOLONG);
        }
        // SAFETY: the header's contract.
        unsafe { fill_text(buf, len, value.as_bytes()) }
    })
}
