//! Commands to monitors, managers, OSDs and placement groups.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::rados_t;

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_ping_monitor(
    cluster: rados_t,
    mon_id: *const c_char,
    outstr: *mut *mut c_char,
    outstrlen: *mut usize,
) -> c_int {
    let _ = (cluster, mon_id, outstr, outstrlen);
    unsupported!()
}

/// TODO
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
    let _ = (cluster, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
    unsupported!()
}

/// TODO
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
    let _ = (cluster, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
    unsupported!()
}

/// TODO
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
    let _ = (cluster, name, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
    unsupported!()
}

/// TODO
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
    let _ = (cluster, name, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_buffer_free(buf: *mut c_char) {
    let _ = (buf,);
    unsupported!()
}

/// TODO
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
    let _ = (cluster, osdid, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
    unsupported!()
}

/// TODO
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
    let _ = (cluster, pgstr, cmd, cmdlen, inbuf, inbuflen, outbuf, outbuflen, outs, outslen);
    unsupported!()
}
