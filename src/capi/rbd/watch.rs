//! Being told of changes to an image, and who else is watching.

use std::ffi::{c_int, c_void};

use ffi::{Out, UserPtr, boundary, call_out, unsupported};
use ops::{Errno, WatcherInfo};

use super::cleanup::clean_all;
use super::fill::{Strings, put_list};
use super::handles::image;
use super::types::*;

/// From here on, calls `watch_cb(arg)` when somebody changed the image's metadata. `*handle` is for
/// `rbd_update_unwatch`.
#[unsafe(export_name = "__rbd_update_watch")]
pub unsafe extern "C" fn rbd_update_watch(
    image: rbd_image_t,
    handle: *mut u64,
    watch_cb: rbd_update_callback_t,
    arg: *mut c_void,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (image, out) = (self::image(image)?, unsafe { Out::required(handle)? });
        let (callback, arg) = (watch_cb.ok_or(Errno::EINVAL)?, UserPtr::new(arg));
        // SAFETY: the caller's function, with the argument it gave.
        out.set(image.update_watch(Box::new(move || call_out(|| unsafe { callback(arg.get()) }))));
        Ok(())
    })
}

/// Ends a watch.
#[unsafe(export_name = "__rbd_update_unwatch")]
pub unsafe extern "C" fn rbd_update_unwatch(image: rbd_image_t, handle: u64) -> c_int {
    boundary(|| self::image(image)?.update_unwatch(handle))
}

/// Fills `watchers` with everybody that watches the image's header; `*max_watchers` is the capacity and
/// becomes the count. `-ERANGE`, with the count needed, if they do not fit. Free with
/// `rbd_watchers_list_cleanup`.
#[unsafe(export_name = "__rbd_watchers_list")]
pub unsafe extern "C" fn rbd_watchers_list(
    image: rbd_image_t,
    watchers: *mut rbd_image_watcher_t,
    max_watchers: *mut usize,
) -> c_int {
    boundary(|| {
        let list = self::image(image)?.watchers()?;
        let info = |watcher: &WatcherInfo, strings: &mut Strings| {
            let addr = strings.add(&watcher.addr)?;
            Ok(rbd_image_watcher_t { addr, id: watcher.client as i64, cookie: watcher.cookie })
        };
        // SAFETY: the header's contract.
        unsafe { put_list(watchers, max_watchers, &list, info) }
    })
}

/// Frees the strings of `num_watchers` watchers, not the array.
#[unsafe(export_name = "__rbd_watchers_list_cleanup")]
pub unsafe extern "C" fn rbd_watchers_list_cleanup(watchers: *mut rbd_image_watcher_t, num_watchers: usize) {
    // SAFETY: the header's contract.
    unsafe { clean_all(watchers, num_watchers) };
}

/// From here on, calls `quiesce_cb(arg)` before a snapshot is taken, which waits for
/// `rbd_quiesce_complete`, and `unquiesce_cb(arg)` afterwards.
#[unsafe(export_name = "__rbd_quiesce_watch")]
pub unsafe extern "C" fn rbd_quiesce_watch(
    image: rbd_image_t,
    quiesce_cb: rbd_update_callback_t,
    unquiesce_cb: rbd_update_callback_t,
    arg: *mut c_void,
    handle: *mut u64,
) -> c_int {
    let _ = (image, quiesce_cb, unquiesce_cb, arg, handle);
    unsupported!()
}

/// Tells that the quiesce asked for is done, with result `r`.
#[unsafe(export_name = "__rbd_quiesce_complete")]
pub unsafe extern "C" fn rbd_quiesce_complete(image: rbd_image_t, handle: u64, r: c_int) {
    let _ = (image, handle, r);
    unsupported!()
}

/// Ends a quiesce watch.
#[unsafe(export_name = "__rbd_quiesce_unwatch")]
pub unsafe extern "C" fn rbd_quiesce_unwatch(image: rbd_image_t, handle: u64) -> c_int {
    let _ = (image, handle);
    unsupported!()
}
