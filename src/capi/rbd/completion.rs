//! Completions, and telling of them by a file descriptor.

use std::ffi::{c_int, c_void};

use ffi::unsupported;

use super::types::*;

/// Makes a completion in `*c`. `complete_cb(c, cb_arg)`, where not NULL, is called on a thread of the
/// library when the operation is done. Give it back with `rbd_aio_release`.
#[unsafe(export_name = "__rbd_aio_create_completion")]
pub unsafe extern "C" fn rbd_aio_create_completion(
    cb_arg: *mut c_void,
    complete_cb: rbd_callback_t,
    c: *mut rbd_completion_t,
) -> c_int {
    let _ = (cb_arg, complete_cb, c);
    unsupported!()
}

/// 1 if the operation is done, else 0.
#[unsafe(export_name = "__rbd_aio_is_complete")]
pub unsafe extern "C" fn rbd_aio_is_complete(c: rbd_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// Waits until the operation is done, though not for its callback.
#[unsafe(export_name = "__rbd_aio_wait_for_complete")]
pub unsafe extern "C" fn rbd_aio_wait_for_complete(c: rbd_completion_t) -> c_int {
    let _ = (c,);
    unsupported!()
}

/// What the operation returned; meaningful once it is done.
#[unsafe(export_name = "__rbd_aio_get_return_value")]
pub unsafe extern "C" fn rbd_aio_get_return_value(c: rbd_completion_t) -> isize {
    let _ = (c,);
    unsupported!()
}

/// The `cb_arg` it was made with.
#[unsafe(export_name = "__rbd_aio_get_arg")]
pub unsafe extern "C" fn rbd_aio_get_arg(c: rbd_completion_t) -> *mut c_void {
    let _ = (c,);
    unsupported!()
}

/// Gives the completion back; allowed while the operation is under way and inside the callback.
#[unsafe(export_name = "__rbd_aio_release")]
pub unsafe extern "C" fn rbd_aio_release(c: rbd_completion_t) {
    let _ = (c,);
    unsupported!()
}

/// From here on, whenever an operation is done, writes to `fd`: an eventfd (`EVENT_TYPE_EVENTFD`) or a
/// pipe (`EVENT_TYPE_PIPE`).
#[unsafe(export_name = "__rbd_set_image_notification")]
pub unsafe extern "C" fn rbd_set_image_notification(
    image: rbd_image_t,
    fd: c_int,
    event_type: c_int,
) -> c_int {
    let _ = (image, fd, event_type);
    unsupported!()
}

/// Takes up to `numcomp` completions that are done; returns how many. It does not wait.
#[unsafe(export_name = "__rbd_poll_io_events")]
pub unsafe extern "C" fn rbd_poll_io_events(
    image: rbd_image_t,
    comps: *mut rbd_completion_t,
    numcomp: c_int,
) -> c_int {
    let _ = (image, comps, numcomp);
    unsupported!()
}
