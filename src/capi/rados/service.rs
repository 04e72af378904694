//! The cluster log, and daemons that register with the manager.

use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::Arc;

use ffi::{UserPtr, borrow, boundary, bytes_at, call_out, str_at};
use ops::{LogEntry, Result};

use super::handles::ClusterHandle;
use super::types::{rados_log_callback_t, rados_log_callback2_t, rados_t};

/// Hands the lines of the cluster log, from `level` on (`debug`, `info`, `sec`, `warn`, `error`), to `cb`, with `arg`, on
/// a thread of the library, beginning with the last one there was; the strings are good during the call. It takes the
/// place of what was set before; NULL ends that. An embedded store logs commands, as a monitor audits them, and changes of
/// its pools.
///
/// Returns 0, `-ENOTCONN`, or `-EINVAL` where there is no such level.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_monitor_log(
    cluster: rados_t,
    level: *const c_char,
    cb: rados_log_callback_t,
    arg: *mut c_void,
) -> c_int {
    let arg = UserPtr::new(arg);
    let call = cb.map(|cb| {
        move |line: &Line| {
            let [text, _, who, _, level, message] = line.texts();
            let (stamp, seq) = (line.entry.stamp, line.entry.seq);
            // SAFETY: the caller's function, with the arguments it was promised; the texts outlive the call.
            call_out(|| unsafe {
                cb(arg.get(), text, who, stamp.sec.into(), stamp.nsec.into(), seq, level, message)
            });
        }
    });
    // SAFETY: the header's contract.
    unsafe { monitor(cluster, level, call) }
}

/// Like `rados_monitor_log`, with the channel and the name of the entity.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_monitor_log2(
    cluster: rados_t,
    level: *const c_char,
    cb: rados_log_callback2_t,
    arg: *mut c_void,
) -> c_int {
    let arg = UserPtr::new(arg);
    let call = cb.map(|cb| {
        move |line: &Line| {
            let [text, channel, who, name, level, message] = line.texts();
            let (stamp, seq) = (line.entry.stamp, line.entry.seq);
            // SAFETY: the caller's function, with the arguments it was promised; the texts outlive the call.
            call_out(|| unsafe {
                let (sec, nsec) = (stamp.sec.into(), stamp.nsec.into());
                cb(arg.get(), text, channel, who, name, sec, nsec, seq, level, message)
            });
        }
    });
    // SAFETY: the header's contract.
    unsafe { monitor(cluster, level, call) }
}

/// A line of the log as C wants it.
struct Line {
    entry: LogEntry,
    /// The whole line, the channel, who it is from by number and address, by name, the level, the message.
    texts: [CString; 6],
}

impl Line {
    fn new(entry: LogEntry) -> Line {
        let LogEntry { stamp, name, rank, addrs, level, channel, text, .. } = &entry;
        let texts = [
            format!("{stamp} {name} {level} {text}"),
            channel.clone(),
            format!("{rank} {addrs}"),
            name.clone(),
            level.to_string(),
            text.clone(),
        ];
        // A NUL in a message ends it.
        let c = |text: String| CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default();
        Line { texts: texts.map(c), entry }
    }

    fn texts(&self) -> [*const c_char; 6] {
        self.texts.each_ref().map(|text| text.as_ptr())
    }
}

unsafe fn monitor(
    cluster: rados_t,
    level: *const c_char,
    call: Option<impl Fn(&Line) + Send + Sync + 'static>,
) -> c_int {
    boundary(|| {
        let cluster = borrow::<ClusterHandle>(cluster)?;
        let Some(call) = call else { return cluster.monitor_log(None) };
        // SAFETY: the header's contract.
        let level = unsafe { str_at(level)? };
        // Ceph looks at the connection first.
        cluster.store()?;
        cluster.monitor_log(Some((
            level.parse()?,
            Arc::new(move |entry: &LogEntry| call(&Line::new(entry.clone()))),
        )))
    })
}

/// Announces this client as daemon `daemon` of `service`. `metadata_dict` is keys and values by turns, each ended by a
/// NUL, and one more NUL at the end. Returns 0, `-EEXIST` where that was done already, `-EINVAL` where the service is one
/// of Ceph's own, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_service_register(
    cluster: rados_t,
    service: *const c_char,
    daemon: *const c_char,
    metadata_dict: *const c_char,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (service, daemon, metadata) =
            unsafe { (str_at(service)?, str_at(daemon)?, dictionary(metadata_dict)?) };
        borrow::<ClusterHandle>(cluster)?.service_register(service, daemon, metadata)
    })
}

/// Sets what the manager shows of this daemon: `status_dict` is as in `rados_service_register`. Returns 0 or a negative
/// errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_service_update_status(cluster: rados_t, status_dict: *const c_char) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let status = unsafe { dictionary(status_dict)? };
        borrow::<ClusterHandle>(cluster)?.service_update_status(status)
    })
}

unsafe fn dictionary(at: *const c_char) -> Result<Vec<(String, String)>> {
    let (mut at, mut pairs) = (at, Vec::new());
    let mut next = || -> Result<String> {
        // SAFETY: the header's contract: there is a string here, behind the NUL of the one before.
        unsafe {
            let text = bytes_at(at)?;
            at = at.add(text.len() + 1);
            Ok(String::from_utf8_lossy(text).into_owned())
        }
    };
    loop {
        let key = next()?;
        if key.is_empty() {
            return Ok(pairs);
        }
        pairs.push((key, next()?));
    }
}
