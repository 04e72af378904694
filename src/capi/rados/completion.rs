//! Completions of asynchronous calls.

use std::ffi::{c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ffi::{
    Kind, Opaque, Out, Ref, UserPtr, borrow_any, boundary, boundary_or, boundary_void, call_out, close,
    export,
};
use ops::{Errno, Result};
use rados_room::{Completion, Finisher};

use super::types::{rados_callback_t, rados_completion_t};

/// A completion as C holds it. It stays usable until it is released and its call is done with it.
pub struct AioCompletion {
    inner: Arc<Completion>,
    complete: rados_callback_t,
    safe: rados_callback_t,
    arg: UserPtr,
    used: AtomicBool,
}

impl Opaque for AioCompletion {
    const KIND: Kind = Kind::Completion;
}

impl AioCompletion {
    /// The completion of a call that is about to start. `-EBUSY` where another call has it already.
    pub fn begin(raw: rados_completion_t) -> Result<Ref<AioCompletion>> {
        let completion = ffi::borrow::<AioCompletion>(raw)?;
        if completion.used.swap(true, Ordering::Relaxed) { Err(Errno::EBUSY) } else { Ok(completion) }
    }

    /// Gives up the call that has it.
    pub fn cancel(&self) {
        if self.used.load(Ordering::Relaxed) {
            self.inner.cancel();
        }
    }
}

/// What the end of a call does to its completion.
pub trait Finish {
    fn finish(self, result: i32, version: u64, finisher: &Finisher);
}

impl Finish for Ref<AioCompletion> {
    fn finish(self, result: i32, version: u64, finisher: &Finisher) {
        let inner = Arc::clone(&self.inner);
        inner.set_version(version);
        if self.complete.is_none() && self.safe.is_none() {
            // Before anybody who waits can wake up: a release is the end of the handle then.
            drop(self);
        } else {
            let callback = move || {
                let (raw, arg) = (self.raw(), self.arg);
                for callback in [self.complete, self.safe].into_iter().flatten() {
                    // SAFETY: the caller's function, with the arguments it was promised.
                    call_out(|| unsafe { callback(raw, arg.get()) });
                }
            };
            return inner.complete_calling(result.into(), callback, |callback| finisher.queue(callback));
        }
        inner.complete(result.into(), finisher);
    }
}

fn create(
    arg: *mut c_void,
    complete: rados_callback_t,
    safe: rados_callback_t,
    pc: *mut rados_completion_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(pc)? };
        let inner = Completion::new(None);
        let used = AtomicBool::new(false);
        out.set(export(Arc::new(AioCompletion { inner, complete, safe, arg: UserPtr::new(arg), used }))?);
        Ok(())
    })
}

/// Makes a completion for one asynchronous call. `cb_complete` and `cb_safe`, both of which may be NULL, run one
/// after the other when the call is complete, on a thread of the library, with the completion and `cb_arg`. They may
/// call the library, and may release the completion.
///
/// Since Ceph 12 a write is acknowledged only when it is safe, so that the two callbacks mean the same.
///
/// Release it with `rados_aio_release`. Returns 0, or `-EINVAL` where `pc` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_create_completion(
    cb_arg: *mut c_void,
    cb_complete: rados_callback_t,
    cb_safe: rados_callback_t,
    pc: *mut rados_completion_t,
) -> c_int {
    create(cb_arg, cb_complete, cb_safe, pc)
}

/// Like `rados_aio_create_completion`, with one callback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_create_completion2(
    cb_arg: *mut c_void,
    cb_complete: rados_callback_t,
    pc: *mut rados_completion_t,
) -> c_int {
    create(cb_arg, cb_complete, None, pc)
}

fn wait(c: rados_completion_t, wait: fn(&Completion)) -> c_int {
    boundary(|| {
        wait(&borrow_any::<AioCompletion>(c)?.inner);
        Ok(())
    })
}

fn ask(c: rados_completion_t, ask: fn(&Completion) -> bool) -> c_int {
    boundary(|| Ok(i32::from(ask(&borrow_any::<AioCompletion>(c)?.inner))))
}

/// Waits until the call is complete. The callback may not have run yet. Returns 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_complete(c: rados_completion_t) -> c_int {
    wait(c, Completion::wait)
}

/// The same as `rados_aio_wait_for_complete`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_safe(c: rados_completion_t) -> c_int {
    wait(c, Completion::wait)
}

/// Whether the call is complete: 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_complete(c: rados_completion_t) -> c_int {
    ask(c, Completion::is_complete)
}

/// The same as `rados_aio_is_complete`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_safe(c: rados_completion_t) -> c_int {
    ask(c, Completion::is_complete)
}

/// Waits until the call is complete and its callback has returned. Not to be called from that callback. Returns 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_complete_and_cb(c: rados_completion_t) -> c_int {
    wait(c, Completion::wait_and_cb)
}

/// The same as `rados_aio_wait_for_complete_and_cb`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_wait_for_safe_and_cb(c: rados_completion_t) -> c_int {
    wait(c, Completion::wait_and_cb)
}

/// Whether the call is complete and its callback has returned: 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_complete_and_cb(c: rados_completion_t) -> c_int {
    ask(c, Completion::is_complete_and_cb)
}

/// The same as `rados_aio_is_complete_and_cb`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_is_safe_and_cb(c: rados_completion_t) -> c_int {
    ask(c, Completion::is_complete_and_cb)
}

/// What the call returned: for reads the number of bytes, otherwise 0, or a negative errno. 0 while it is not
/// complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_get_return_value(c: rados_completion_t) -> c_int {
    boundary(|| Ok(borrow_any::<AioCompletion>(c)?.inner.return_value() as i32))
}

/// The version of the object that the call saw or left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_get_version(c: rados_completion_t) -> u64 {
    boundary_or(0, || Ok(borrow_any::<AioCompletion>(c)?.inner.version()))
}

/// Gives the completion up. May be called before the call is complete: the callback still runs, and may use the
/// completion until it returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_aio_release(c: rados_completion_t) {
    boundary_void(|| close::<AioCompletion>(c).map(drop))
}
