//! Watches and notifies: an object's watchers are told of a notify, and each answers it.

use std::ffi::{c_char, c_int};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ffi::{
    Out, UserPtr, alloc_array, alloc_copy, borrow, boundary, boundary_void, bytes_at, call_out, copy_in,
    slice_at,
};
use ops::{Errno, NotifyEvent, NotifyReply, ObjectRef, ObjectStore, Result, WatchHandler, WatchId};
use rados_room::notify as notify_reply;
use rados_room::wait;

use super::completion::{AioCompletion, Finish};
use super::handles::{ClusterHandle, IoCtxHandle};
use super::types::{
    notify_ack_t, notify_timeout_t, rados_completion_t, rados_ioctx_t, rados_t, rados_watchcb_t,
    rados_watchcb2_t, rados_watcherrcb_t,
};

/// Calls a watcher's functions.
struct Watcher {
    notified: rados_watchcb2_t,
    lost: rados_watcherrcb_t,
    arg: UserPtr,
}

impl WatchHandler for Watcher {
    fn notify(&self, event: NotifyEvent) {
        let Some(notified) = self.notified else { return };
        let (data, len) = (event.payload.as_ptr().cast_mut().cast(), event.payload.len());
        // SAFETY: the caller's function, with the arguments it was promised; the payload outlives the call.
        let (arg, id, watch, notifier) = (self.arg, event.notify_id, event.watch, event.notifier);
        call_out(|| unsafe { notified(arg.get(), id, watch, notifier, data, len) });
    }

    fn error(&self, watch: WatchId, err: Errno) {
        if let Some(lost) = self.lost {
            // SAFETY: the caller's function, with the arguments it was promised.
            let arg = self.arg;
            call_out(|| unsafe { lost(arg.get(), watch, err.neg()) });
        }
    }
}

/// A watcher of the first kind: it does not answer, so that is done for it.
struct PlainWatcher {
    notified: rados_watchcb_t,
    arg: UserPtr,
    store: Arc<dyn ObjectStore>,
    object: ObjectRef,
}

impl WatchHandler for PlainWatcher {
    fn notify(&self, event: NotifyEvent) {
        if let Some(notified) = self.notified {
            // SAFETY: the caller's function, with the arguments it was promised.
            let arg = self.arg;
            call_out(|| unsafe { notified(0, 0, arg.get()) });
        }
        if let Err(errno) = self.store.notify_ack(&self.object, event.notify_id, event.watch, Bytes::new()) {
            tracing::warn!(target: "rados", "{:?}: cannot answer a notify: {errno}", self.object);
        }
    }

    fn error(&self, _: WatchId, _: Errno) {}
}

fn seconds(timeout: u32) -> Option<Duration> {
    (timeout > 0).then(|| Duration::from_secs(timeout.into()))
}

/// Registers a watch on an object, which must exist. `watchcb` runs on a thread of the library for every notify, with
/// `arg`; the notify is answered when it returns. `ver` is not used. `cookie` gets the watch. Returns 0, `-ENOENT`, or
/// another negative errno.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_watch(
    io: rados_ioctx_t,
    o: *const c_char,
    ver: u64,
    cookie: *mut u64,
    watchcb: rados_watchcb_t,
    arg: *mut std::ffi::c_void,
) -> c_int {
    let _ = ver;
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, out) = unsafe { (bytes_at(o)?, Out::required(cookie)?) };
        let io = borrow::<IoCtxHandle>(io)?.io();
        let (store, object) = (Arc::clone(io.store()), io.object(oid.to_vec()));
        let watcher = PlainWatcher {
            notified: Some(watchcb.ok_or(Errno::EINVAL)?),
            arg: UserPtr::new(arg),
            store,
            object: object.clone(),
        };
        out.set(wait(|done| io.store().watch(object, None, Arc::new(watcher), done))?);
        Ok(())
    })
}

/// Like `rados_watch3`, with the default timeout.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_watch2(
    io: rados_ioctx_t,
    o: *const c_char,
    cookie: *mut u64,
    watchcb: rados_watchcb2_t,
    watcherrcb: rados_watcherrcb_t,
    arg: *mut std::ffi::c_void,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { rados_watch3(io, o, cookie, watchcb, watcherrcb, 0, arg) }
}

/// Registers a watch on an object, which must exist. For every notify `watchcb` runs, with `arg`, on a thread of the
/// library; the notifier waits until `rados_notify_ack` answers. `watcherrcb`, which may be NULL, runs when the watch is
/// lost: then register anew. A client that is not heard of for `timeout` seconds (0: the default, 30) loses it. `cookie`
/// gets the watch; end it with `rados_unwatch2`.
///
/// Returns 0, `-ENOENT`, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_watch3(
    io: rados_ioctx_t,
    o: *const c_char,
    cookie: *mut u64,
    watchcb: rados_watchcb2_t,
    watcherrcb: rados_watcherrcb_t,
    timeout: u32,
    arg: *mut std::ffi::c_void,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, out) = unsafe { (bytes_at(o)?, Out::required(cookie)?) };
        let io = borrow::<IoCtxHandle>(io)?.io();
        let notified = Some(watchcb.ok_or(Errno::EINVAL)?);
        let watcher = Arc::new(Watcher { notified, lost: watcherrcb, arg: UserPtr::new(arg) });
        let object = io.object(oid.to_vec());
        out.set(wait(|done| io.store().watch(object, seconds(timeout), watcher, done))?);
        Ok(())
    })
}

/// Like `rados_aio_watch2`, with the default timeout.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_watch(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    handle: *mut u64,
    watchcb: rados_watchcb2_t,
    watcherrcb: rados_watcherrcb_t,
    arg: *mut std::ffi::c_void,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { rados_aio_watch2(io, o, completion, handle, watchcb, watcherrcb, 0, arg) }
}

/// Starts `rados_watch3`; `handle` is set when the completion is complete with 0. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_watch2(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    handle: *mut u64,
    watchcb: rados_watchcb2_t,
    watcherrcb: rados_watcherrcb_t,
    timeout: u32,
    arg: *mut std::ffi::c_void,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, out) = unsafe { (bytes_at(o)?, Out::required(handle)?) };
        let io = borrow::<IoCtxHandle>(io)?;
        let notified = Some(watchcb.ok_or(Errno::EINVAL)?);
        let watcher = Arc::new(Watcher { notified, lost: watcherrcb, arg: UserPtr::new(arg) });
        let (object, cluster) = (io.io().object(oid.to_vec()), Arc::clone(io.cluster()));
        let completion = AioCompletion::begin(completion)?;
        let done = move |result: Result<WatchId>| {
            let result = result.map_or_else(Errno::neg, |watch| {
                out.set(watch);
                0
            });
            completion.finish(result, 0, cluster.finisher());
        };
        io.store().watch(object, seconds(timeout), watcher, Box::new(done));
        Ok(())
    })
}

/// How many milliseconds ago a watch was last confirmed, or why it is lost, as a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_watch_check(io: rados_ioctx_t, cookie: u64) -> c_int {
    boundary(|| {
        let since = borrow::<IoCtxHandle>(io)?.store().watch_check(cookie)?;
        // Ceph adds one, so that a watch confirmed just now does not look like 0, "no answer".
        Ok(i32::try_from(since.as_millis() + 1).unwrap_or(i32::MAX))
    })
}

/// Ends a watch of `rados_watch`. `o` is not used. Returns 0 or a negative errno.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unwatch(io: rados_ioctx_t, o: *const c_char, cookie: u64) -> c_int {
    let _ = o;
    // SAFETY: no pointers.
    unsafe { rados_unwatch2(io, cookie) }
}

/// Ends a watch: when this has returned, its callbacks do not run any more. Not to be called from them. Returns 0 or a
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_unwatch2(io: rados_ioctx_t, cookie: u64) -> c_int {
    boundary(|| {
        let store = borrow::<IoCtxHandle>(io)?.store();
        wait(|done| store.unwatch(cookie, done))
    })
}

/// Starts `rados_unwatch2`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_unwatch(
    io: rados_ioctx_t,
    cookie: u64,
    completion: rados_completion_t,
) -> c_int {
    boundary(|| {
        let (io, completion) = (borrow::<IoCtxHandle>(io)?, AioCompletion::begin(completion)?);
        let cluster = Arc::clone(io.cluster());
        let done = move |result: Result<()>| {
            completion.finish(result.map_or_else(Errno::neg, |()| 0), 0, cluster.finisher());
        };
        io.store().unwatch(cookie, Box::new(done));
        Ok(())
    })
}

/// Where a notify's reply goes.
#[derive(Clone, Copy)]
struct ReplyTo {
    buffer: Out<*mut c_char>,
    len: Out<usize>,
}

impl ReplyTo {
    unsafe fn new(buffer: *mut *mut c_char, len: *mut usize) -> ReplyTo {
        // SAFETY: the header's contract.
        unsafe { ReplyTo { buffer: Out::optional(buffer), len: Out::optional(len) } }
    }

    /// Written with errors too: who did answer is worth knowing after a timeout. Where nobody was asked, NULL and 0.
    fn set(self, result: &Result<()>, reply: &NotifyReply) -> Result<()> {
        if self.buffer.is_null() && self.len.is_null() {
            return Ok(());
        }
        if result.is_err() && *reply == NotifyReply::default() {
            self.buffer.set(std::ptr::null_mut());
            self.len.set(0);
            return Ok(());
        }
        let bytes = notify_reply::encode(reply);
        if !self.buffer.is_null() {
            self.buffer.set(alloc_copy(&bytes)?);
        }
        self.len.set(bytes.len());
        Ok(())
    }
}

unsafe fn payload(buf: *const c_char, len: c_int) -> Result<Bytes> {
    if buf.is_null() {
        return Ok(Bytes::new());
    }
    // SAFETY: the header's contract.
    unsafe { copy_in(buf, usize::try_from(len).map_err(|_| Errno::EINVAL)?) }
}

fn milliseconds(timeout: u64) -> Option<Duration> {
    // The wire counts whole seconds, and 0 stands for the default.
    (timeout > 0).then(|| Duration::from_millis(timeout))
}

unsafe fn notify(
    io: rados_ioctx_t,
    o: *const c_char,
    buf: *const c_char,
    len: c_int,
    timeout: Option<Duration>,
    to: ReplyTo,
) -> Result<()> {
    // SAFETY: the header's contract.
    let (oid, payload) = unsafe { (bytes_at(o)?, payload(buf, len)?) };
    let (result, reply) = borrow::<IoCtxHandle>(io)?.io().notify(oid.to_vec(), payload, timeout);
    to.set(&result, &reply)?;
    result
}

/// Notifies an object's watchers, with `buf_len` bytes from `buf`, and waits until all have answered. `ver` is not used.
/// Returns 0, `-ETIMEDOUT` where one did not answer, or another negative errno.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_notify(
    io: rados_ioctx_t,
    o: *const c_char,
    ver: u64,
    buf: *const c_char,
    buf_len: c_int,
) -> c_int {
    let _ = ver;
    let none = std::ptr::null_mut;
    // SAFETY: the header's contract.
    boundary(|| unsafe { notify(io, o, buf, buf_len, None, ReplyTo::new(none(), std::ptr::null_mut())) })
}

/// Starts `rados_notify2`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_notify(
    io: rados_ioctx_t,
    o: *const c_char,
    completion: rados_completion_t,
    buf: *const c_char,
    buf_len: c_int,
    timeout_ms: u64,
    reply_buffer: *mut *mut c_char,
    reply_buffer_len: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, payload) = unsafe { (bytes_at(o)?, payload(buf, buf_len)?) };
        let to = unsafe { ReplyTo::new(reply_buffer, reply_buffer_len) };
        let (io, completion) = (borrow::<IoCtxHandle>(io)?, AioCompletion::begin(completion)?);
        let cluster = Arc::clone(io.cluster());
        let done = move |result: Result<()>, reply: NotifyReply| {
            let result = to.set(&result, &reply).and(result);
            completion.finish(result.map_or_else(Errno::neg, |()| 0), 0, cluster.finisher());
        };
        let object = io.io().object(oid.to_vec());
        io.store().notify(object, payload, milliseconds(timeout_ms), Box::new(done));
        Ok(())
    })
}

/// Notifies an object's watchers, with `buf_len` bytes from `buf`, and waits until all have answered, or `timeout_ms`
/// milliseconds (0: the default, 10 s) are over. `reply_buffer`, where not NULL, gets what they answered, in memory that
/// `rados_buffer_free` frees, also after a timeout; `rados_decode_notify_response` reads it.
///
/// Returns 0, `-ETIMEDOUT` where one did not answer, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_notify2(
    io: rados_ioctx_t,
    o: *const c_char,
    buf: *const c_char,
    buf_len: c_int,
    timeout_ms: u64,
    reply_buffer: *mut *mut c_char,
    reply_buffer_len: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let to = unsafe { ReplyTo::new(reply_buffer, reply_buffer_len) };
        unsafe { notify(io, o, buf, buf_len, milliseconds(timeout_ms), to) }
    })
}

/// Reads a reply of `rados_notify2`: who answered what, and who did not in time. Free both arrays with
/// `rados_free_notify_response`. `acks` and `nr_acks`, or `timeouts` and `nr_timeouts`, may be NULL. Returns 0, or
/// `-EINVAL` where it is no such reply.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_decode_notify_response(
    reply_buffer: *mut c_char,
    reply_buffer_len: usize,
    acks: *mut *mut notify_ack_t,
    nr_acks: *mut usize,
    timeouts: *mut *mut notify_timeout_t,
    nr_timeouts: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let bytes = unsafe { copy_in(reply_buffer.cast_const(), reply_buffer_len)? };
        let reply = notify_reply::decode(&bytes)?;
        // SAFETY: the header's contract.
        let (acks, timeouts) = unsafe { (Out::optional(acks), Out::optional(timeouts)) };
        if !acks.is_null() {
            acks.set(ack_array(&reply)?);
        }
        if !timeouts.is_null() {
            let timeout = |&(notifier_id, cookie): &(u64, u64)| notify_timeout_t { notifier_id, cookie };
            timeouts.set(alloc_array(&reply.timed_out.iter().map(timeout).collect::<Vec<_>>())?);
        }
        // SAFETY: the header's contract.
        unsafe {
            Out::optional(nr_acks).set(reply.acks.len());
            Out::optional(nr_timeouts).set(reply.timed_out.len());
        }
        Ok(())
    })
}

fn ack_array(reply: &NotifyReply) -> Result<*mut notify_ack_t> {
    let ack = |ack: &ops::NotifyAck| {
        let (payload, payload_len) = (alloc_copy(&ack.payload)?, ack.payload.len() as u64);
        Ok(notify_ack_t { notifier_id: ack.client, cookie: ack.watch, payload, payload_len })
    };
    alloc_array(&reply.acks.iter().map(ack).collect::<Result<Vec<_>>>()?)
}

/// Frees what `rados_decode_notify_response` made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_free_notify_response(
    acks: *mut notify_ack_t,
    nr_acks: usize,
    timeouts: *mut notify_timeout_t,
) {
    boundary_void(|| {
        // SAFETY: the header's contract; all of it was allocated for C.
        unsafe {
            if !acks.is_null() {
                slice_at(acks.cast_const(), nr_acks)?.iter().for_each(|ack| ffi::free(ack.payload));
            }
            ffi::free(acks);
            ffi::free(timeouts);
        }
        Ok(())
    })
}

/// Answers a notify, with `buf_len` bytes from `buf`: from the callback or later, from any thread. Returns 0 or a
/// negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_notify_ack(
    io: rados_ioctx_t,
    o: *const c_char,
    notify_id: u64,
    cookie: u64,
    buf: *const c_char,
    buf_len: c_int,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (oid, payload) = unsafe { (bytes_at(o)?, payload(buf, buf_len)?) };
        let io = borrow::<IoCtxHandle>(io)?.io();
        // Ceph tells nothing of acks that came too late.
        if let Err(errno) = io.notify_ack(oid.to_vec(), notify_id, cookie, payload) {
            tracing::debug!(target: "rados", "answer to notify {notify_id}: {errno}");
        }
        Ok(())
    })
}

/// Waits until every watch callback that was started has returned. Worth a call after `rados_unwatch2`, before memory
/// that the callbacks use is freed. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_watch_flush(cluster: rados_t) -> c_int {
    boundary(|| borrow::<ClusterHandle>(cluster)?.watch_flush())
}

/// Starts `rados_watch_flush`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_watch_flush(cluster: rados_t, completion: rados_completion_t) -> c_int {
    boundary(|| {
        let handle = borrow::<ClusterHandle>(cluster)?;
        let (store, cluster) = (handle.store()?, Arc::clone(&handle.0));
        let completion = AioCompletion::begin(completion)?;
        let done = move |result: Result<()>| {
            completion.finish(result.map_or_else(Errno::neg, |()| 0), 0, cluster.finisher());
        };
        store.watch_flush(Box::new(done));
        Ok(())
    })
}
