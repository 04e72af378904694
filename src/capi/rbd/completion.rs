//! Completions, and telling of them by a file descriptor.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use ffi::{
    EventFd, Kind, Opaque, Out, Ref, UserPtr, borrow, borrow_any, boundary, boundary_or, boundary_void,
    call_out, close, export,
};
use ops::{Errno, Result, Wait};
use rados_room::Completion;
use rbd_room::{EventQueue, Wake};

use super::handles::{ImageHandle, image};
use super::types::*;

/// A completion as C holds it. It stays usable until it is released and its operation is done with it.
pub struct RbdCompletion {
    inner: Arc<Completion>,
    callback: rbd_callback_t,
    arg: UserPtr,
    used: AtomicBool,
    /// Of the image whose operation it is, where somebody polls that.
    events: OnceLock<Arc<EventQueue>>,
}

impl Opaque for RbdCompletion {
    const KIND: Kind = Kind::RbdCompletion;
}

/// The completion of an operation that is about to start.
pub struct Pending {
    completion: Ref<RbdCompletion>,
    cluster: Arc<rados_room::Cluster>,
    wait: Wait,
}

impl Pending {
    /// `-EBUSY` where another operation has the completion already.
    pub fn new(raw: rbd_completion_t, cluster: &Arc<rados_room::Cluster>) -> Result<Pending> {
        let completion = borrow::<RbdCompletion>(raw)?;
        if completion.used.swap(true, Ordering::Relaxed) {
            return Err(Errno::EBUSY);
        }
        Ok(Pending { completion, cluster: Arc::clone(cluster), wait: Wait::Deferred })
    }

    /// For I/O of an image, which may be polled for.
    pub fn of_image(raw: rbd_completion_t, image: &Ref<ImageHandle>) -> Result<Pending> {
        let mut pending = Pending::new(raw, image.cluster())?;
        if image.events().is_armed() {
            let alone = image.events().begin();
            let _ = pending.completion.events.set(Arc::clone(image.events()));
            // A program that polls and has nothing else under way can only wait next, so the work may be
            // done on its thread, which spares it a hand-off. Its callback runs when it polls.
            if alone {
                pending.wait = Wait::Inline;
            }
        }
        Ok(pending)
    }

    /// Whether the operation may be done before its start returns.
    pub fn wait(&self) -> Wait {
        self.wait
    }

    /// Stores the result, then calls back, on the cluster's thread or where the image is polled, then tells who polls.
    pub fn finish(self, result: i64) {
        let Pending { completion, cluster, .. } = self;
        let inner = Arc::clone(&completion.inner);
        let events = completion.events.get().cloned();
        let token = completion.raw().addr();
        let Some(callback) = completion.callback else {
            inner.complete(result, cluster.finisher());
            return events.into_iter().for_each(|events| events.post(token));
        };
        let call = move || {
            // SAFETY: the caller's function, with the arguments it was promised.
            let (raw, arg) = (completion.raw(), completion.arg);
            call_out(|| unsafe { callback(raw, arg.get()) });
        };
        inner.complete_calling(result, call, |call| match events {
            Some(events) => events.post_calling(token, call),
            None => cluster.finisher().queue(call),
        });
    }

    pub fn finish_with(self, result: Result<()>) {
        self.finish(result.map_or_else(|error| error.neg().into(), |()| 0));
    }

    /// The operation never began: the completion can be used for another.
    pub fn give_up(self) {
        if let Some(events) = self.completion.events.get() {
            events.give_up();
        }
        self.completion.used.store(false, Ordering::Relaxed);
    }
}

/// Makes a completion in `*c`. `complete_cb(c, cb_arg)`, where not NULL, is called on a thread of the
/// library when the operation is done (but see `rbd_set_image_notification`); calls for one cluster come
/// one after the other. The callback may call the library, and may release the completion. Give it back
/// with `rbd_aio_release`.
#[unsafe(export_name = "__rbd_aio_create_completion")]
pub unsafe extern "C" fn rbd_aio_create_completion(
    cb_arg: *mut c_void,
    complete_cb: rbd_callback_t,
    c: *mut rbd_completion_t,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(c)? };
        let (inner, arg, used) = (Completion::new(None), UserPtr::new(cb_arg), AtomicBool::new(false));
        let events = OnceLock::new();
        out.set(export(Arc::new(RbdCompletion { inner, callback: complete_cb, arg, used, events }))?);
        Ok(())
    })
}

/// 1 if the operation is done, else 0.
#[unsafe(export_name = "__rbd_aio_is_complete")]
pub unsafe extern "C" fn rbd_aio_is_complete(c: rbd_completion_t) -> c_int {
    boundary(|| Ok(i32::from(borrow_any::<RbdCompletion>(c)?.inner.is_complete())))
}

/// Waits until the operation is done and its callback has returned. Not to be called from that callback.
#[unsafe(export_name = "__rbd_aio_wait_for_complete")]
pub unsafe extern "C" fn rbd_aio_wait_for_complete(c: rbd_completion_t) -> c_int {
    boundary(|| {
        let completion = borrow_any::<RbdCompletion>(c)?;
        if let Some(events) = completion.events.get() {
            events.hurry();
        }
        completion.inner.wait_and_cb();
        Ok(())
    })
}

/// What the operation returned; 0 while it is not done.
#[unsafe(export_name = "__rbd_aio_get_return_value")]
pub unsafe extern "C" fn rbd_aio_get_return_value(c: rbd_completion_t) -> isize {
    boundary(|| Ok(borrow_any::<RbdCompletion>(c)?.inner.return_value() as isize))
}

/// The `cb_arg` it was made with.
#[unsafe(export_name = "__rbd_aio_get_arg")]
pub unsafe extern "C" fn rbd_aio_get_arg(c: rbd_completion_t) -> *mut c_void {
    boundary_or(std::ptr::null_mut(), || Ok(borrow_any::<RbdCompletion>(c)?.arg.get()))
}

/// Gives the completion back; allowed while the operation is under way and inside the callback.
#[unsafe(export_name = "__rbd_aio_release")]
pub unsafe extern "C" fn rbd_aio_release(c: rbd_completion_t) {
    boundary_void(|| close::<RbdCompletion>(c).map(drop))
}

/// From here on, whenever an operation that starts later is done, writes 8 bytes to `fd`, an eventfd
/// (`EVENT_TYPE_EVENTFD`) or a pipe (`EVENT_TYPE_PIPE`), which must stay open as long as the image is. An eventfd is
/// written to once for several operations that end together, with their number. Callbacks of such operations run in
/// `rbd_poll_io_events`, on its caller's thread; where that is not called for some milliseconds, on the library's.
/// `-EINVAL` for another type, for what is no open descriptor, and the second time.
#[unsafe(export_name = "__rbd_set_image_notification")]
pub unsafe extern "C" fn rbd_set_image_notification(
    image: rbd_image_t,
    fd: c_int,
    event_type: c_int,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        if event_type != EVENT_TYPE_PIPE && event_type != EVENT_TYPE_EVENTFD {
            return Err(Errno::EINVAL);
        }
        let fd = EventFd::new(fd)?;
        let wake: Wake = match event_type {
            EVENT_TYPE_PIPE => Box::new(move |count| fd.push(count)),
            _ => Box::new(move |count| fd.add(count)),
        };
        image.events().arm(wake, image.cluster().shared_finisher())
    })
}

/// Takes up to `numcomp` completions that are done, after their callbacks, which it may run itself, have returned;
/// returns how many. It does not wait. `-EINVAL` for a `numcomp` of 0 or less.
#[unsafe(export_name = "__rbd_poll_io_events")]
pub unsafe extern "C" fn rbd_poll_io_events(
    image: rbd_image_t,
    comps: *mut rbd_completion_t,
    numcomp: c_int,
) -> c_int {
    boundary(|| {
        let image = self::image(image)?;
        let room = usize::try_from(numcomp).ok().filter(|&room| room > 0).ok_or(Errno::EINVAL)?;
        // Written through the pointer only, because the array may be uninitialised.
        // SAFETY: the header's contract.
        let to = unsafe { ffi::slice_at_mut(comps.cast::<std::mem::MaybeUninit<usize>>(), room)? };
        let (mut tokens, mut count) = ([0; 64], 0);
        for part in to.chunks_mut(tokens.len()) {
            let got = image.events().poll(&mut tokens[..part.len()]);
            for (to, token) in part.iter_mut().zip(&tokens[..got]) {
                to.write(*token);
            }
            count += got as c_int;
            if got < part.len() {
                break;
            }
        }
        Ok(count)
    })
}
