//! Commands to monitors, managers, OSDs and placement groups. `cmd` is an array of `cmdlen` strings, as a rule one, of
//! JSON; `inbuf` is the input of commands that take one. `outbuf` gets the output and `outs` the status line, in memory
//! that `rados_buffer_free` frees, or NULL where empty; both are set on errors too. Any of the four may be NULL.

use std::ffi::{c_char, c_int};

use ffi::{Out, alloc_copy, borrow, boundary, bytes_at, copy_in, slice_at, str_at};
use ops::{CommandReply, CommandTarget, Errno, Result};

use super::handles::ClusterHandle;
use super::types::rados_t;

/// Where a reply goes.
struct ReplyTo {
    out: (Out<*mut c_char>, Out<usize>),
    status: (Out<*mut c_char>, Out<usize>),
}

impl ReplyTo {
    unsafe fn new(
        out: *mut *mut c_char,
        len: *mut usize,
        status: *mut *mut c_char,
        status_len: *mut usize,
    ) -> ReplyTo {
        // SAFETY: the header's contract.
        unsafe {
            ReplyTo {
                out: (Out::optional(out), Out::optional(len)),
                status: (Out::optional(status), Out::optional(status_len)),
            }
        }
    }

    fn set(self, reply: &CommandReply) -> Result<()> {
        for ((at, len), data) in [(self.out, &reply.out[..]), (self.status, reply.status.as_bytes())] {
            if !at.is_null() {
                at.set(alloc_copy(data)?);
            }
            len.set(data.len());
        }
        Ok(())
    }
}

unsafe fn run(
    cluster: rados_t,
    target: impl FnOnce() -> Result<CommandTarget>,
    cmd: (*mut *const c_char, usize),
    input: (*const c_char, usize),
    to: ReplyTo,
) -> Result<i32> {
    let cluster = borrow::<ClusterHandle>(cluster)?;
    // SAFETY: the header's contract.
    let (cmd, input) = unsafe { (slice_at(cmd.0.cast_const(), cmd.1)?, copy_in(input.0, input.1)?) };
    let text = |&at: &*const c_char| {
        // SAFETY: the header's contract.
        Ok(String::from_utf8_lossy(unsafe { bytes_at(at)? }).into_owned())
    };
    let command = cmd.iter().map(text).collect::<Result<_>>()?;
    let reply = cluster.command(target()?, command, input)?;
    to.set(&reply)?;
    Ok(reply.result)
}

/// Sends a command to a monitor. Returns what it answers: 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_mon_command(
    cluster: rados_t,
    cmd: *mut *const c_char,
    cmdlen: usize,
    inbuf: *const c_char,
    inbuflen: usize,
    outbuf: *mut *mut c_char,
    outbuflen: *mut usize,
    outs: *mut *mut c_char,
    outslen: *mut usize,
) -> c_int {
    boundary(|| unsafe {
        let to = ReplyTo::new(outbuf, outbuflen, outs, outslen);
        run(cluster, || Ok(CommandTarget::Mon), (cmd, cmdlen), (inbuf, inbuflen), to)
    })
}

/// Sends a command to the active manager. Returns what it answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_mgr_command(
    cluster: rados_t,
    cmd: *mut *const c_char,
    cmdlen: usize,
    inbuf: *const c_char,
    inbuflen: usize,
    outbuf: *mut *mut c_char,
    outbuflen: *mut usize,
    outs: *mut *mut c_char,
    outslen: *mut usize,
) -> c_int {
    boundary(|| unsafe {
        let to = ReplyTo::new(outbuf, outbuflen, outs, outslen);
        run(cluster, || Ok(CommandTarget::Mgr), (cmd, cmdlen), (inbuf, inbuflen), to)
    })
}

/// Sends a command to the manager of this name, or the active one where `name` is NULL. Returns what it answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_mgr_command_target(
    cluster: rados_t,
    name: *const c_char,
    cmd: *mut *const c_char,
    cmdlen: usize,
    inbuf: *const c_char,
    inbuflen: usize,
    outbuf: *mut *mut c_char,
    outbuflen: *mut usize,
    outs: *mut *mut c_char,
    outslen: *mut usize,
) -> c_int {
    boundary(|| unsafe {
        let target = || {
            let named = |name: &str| CommandTarget::MgrNamed(name.to_owned());
            Ok(ffi::str_at_opt(name)?.map_or(CommandTarget::Mgr, named))
        };
        let to = ReplyTo::new(outbuf, outbuflen, outs, outslen);
        run(cluster, target, (cmd, cmdlen), (inbuf, inbuflen), to)
    })
}

/// Sends a command to the monitor of this name, or of this rank where it is a number. Returns what it answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_mon_command_target(
    cluster: rados_t,
    name: *const c_char,
    cmd: *mut *const c_char,
    cmdlen: usize,
    inbuf: *const c_char,
    inbuflen: usize,
    outbuf: *mut *mut c_char,
    outbuflen: *mut usize,
    outs: *mut *mut c_char,
    outslen: *mut usize,
) -> c_int {
    boundary(|| unsafe {
        let target = || Ok(CommandTarget::MonNamed(str_at(name)?.to_owned()));
        let to = ReplyTo::new(outbuf, outbuflen, outs, outslen);
        run(cluster, target, (cmd, cmdlen), (inbuf, inbuflen), to)
    })
}

/// Frees memory that a function of this library returned in a `char **`. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_buffer_free(buf: *mut c_char) {
    // SAFETY: the header's contract.
    unsafe { ffi::free(buf) }
}

/// Sends a command to OSD `osdid`. Returns what it answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_osd_command(
    cluster: rados_t,
    osdid: c_int,
    cmd: *mut *const c_char,
    cmdlen: usize,
    inbuf: *const c_char,
    inbuflen: usize,
    outbuf: *mut *mut c_char,
    outbuflen: *mut usize,
    outs: *mut *mut c_char,
    outslen: *mut usize,
) -> c_int {
    boundary(|| unsafe {
        let to = ReplyTo::new(outbuf, outbuflen, outs, outslen);
        run(cluster, || Ok(CommandTarget::Osd(osdid)), (cmd, cmdlen), (inbuf, inbuflen), to)
    })
}

/// A pool's id and a group's number, in hexadecimal.
fn is_group(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(pool, group)| pool.parse::<i64>().is_ok() && u32::from_str_radix(group, 16).is_ok())
}

/// Sends a command to the primary OSD of placement group `pgstr`, for example `1.2f`. Returns what it answers; `-EINVAL`,
/// and no answers, where that names no group.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_pg_command(
    cluster: rados_t,
    pgstr: *const c_char,
    cmd: *mut *const c_char,
    cmdlen: usize,
    inbuf: *const c_char,
    inbuflen: usize,
    outbuf: *mut *mut c_char,
    outbuflen: *mut usize,
    outs: *mut *mut c_char,
    outslen: *mut usize,
) -> c_int {
    boundary(|| unsafe {
        let target = || match str_at(pgstr)? {
            group if is_group(group) => Ok(CommandTarget::Pg(group.to_owned())),
            _ => Err(Errno::EINVAL),
        };
        let to = ReplyTo::new(outbuf, outbuflen, outs, outslen);
        run(cluster, target, (cmd, cmdlen), (inbuf, inbuflen), to)
    })
}

/// Asks the monitor of this name for its state, also where the cluster has no quorum. `outstr` gets the answer, JSON, in
/// memory that `rados_buffer_free` frees. Returns 0, `-ENOENT` where there is no such monitor, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ping_monitor(
    cluster: rados_t,
    mon_id: *const c_char,
    outstr: *mut *mut c_char,
    outstrlen: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (name, none) = (unsafe { str_at(mon_id)? }, std::ptr::null_mut());
        if name.is_empty() {
            return Err(Errno::EINVAL);
        }
        let cluster = borrow::<ClusterHandle>(cluster)?;
        let target = CommandTarget::MonPing(name.to_owned());
        let reply = cluster.command(target, Vec::new(), Default::default())?;
        Errno::check(reply.result)?;
        // SAFETY: the header's contract.
        unsafe { ReplyTo::new(outstr, outstrlen, none, std::ptr::null_mut()) }.set(&reply)
    })
}
