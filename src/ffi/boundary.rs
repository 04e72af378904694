//! The panic boundary: errors become return values, panics become errors, nothing unwinds into C.

use std::any::Any;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ops::{Errno, Result};

/// What a C function returns for a success of this type, and for an error.
pub trait Returned {
    type C;
    fn returned(self) -> Self::C;
    fn failed(errno: Errno) -> Self::C;
}

macro_rules! returned_as_number {
    ($($from:ty => $c:ty),* $(,)?) => {$(
        impl Returned for $from {
            type C = $c;
            fn returned(self) -> $c {
                self
            }
            fn failed(errno: Errno) -> $c {
                <$c>::from(errno.neg())
            }
        }
    )*};
}

returned_as_number!(i32 => i32, i64 => i64);

impl Returned for isize {
    type C = isize;
    fn returned(self) -> isize {
        self
    }
    fn failed(errno: Errno) -> isize {
        errno.neg() as isize
    }
}

impl Returned for () {
    type C = c_int;
    fn returned(self) -> c_int {
        0
    }
    fn failed(errno: Errno) -> c_int {
        errno.neg()
    }
}

impl Returned for *mut c_void {
    type C = *mut c_void;
    fn returned(self) -> *mut c_void {
        self
    }
    fn failed(_: Errno) -> *mut c_void {
        std::ptr::null_mut()
    }
}

unsafe extern "C" {
    fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int;
}

/// `PTHREAD_CANCEL_ENABLE` and `PTHREAD_CANCEL_DISABLE` of glibc's and musl's `<pthread.h>`.
const CANCEL_ENABLE: c_int = 0;
const CANCEL_DISABLE: c_int = 1;

/// While it lives, nobody's `pthread_cancel` takes effect on this thread: reads, writes and waits in here would act on it,
/// and the unwinding would end the process at our frames, or leave locks behind. It stays pending.
struct Uncancelled(c_int);

impl Uncancelled {
    fn begin() -> Uncancelled {
        let mut old = CANCEL_DISABLE;
        // SAFETY: a number to be filled; with these arguments it cannot fail.
        unsafe { pthread_setcancelstate(CANCEL_DISABLE, &mut old) };
        Uncancelled(old)
    }
}

impl Drop for Uncancelled {
    fn drop(&mut self) {
        if self.0 == CANCEL_ENABLE {
            // SAFETY: NULL is allowed. A pending cancellation acts later, where the program next waits.
            unsafe { pthread_setcancelstate(CANCEL_ENABLE, std::ptr::null_mut()) };
        }
    }
}

fn caught<T>(f: impl FnOnce() -> Result<T>) -> Result<T> {
    let _uncancelled = Uncancelled::begin();
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| {
        report(payload);
        Err(Errno::EIO)
    })
}

#[cold]
fn report(payload: Box<dyn Any + Send>) {
    let what = payload.downcast_ref::<&str>().copied();
    let what =
        what.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("of unknown kind");
    tracing::error!(target: "rados", "internal error (panic): {what}");
    // Its destructor is the panicking code's own, and may panic again.
    std::mem::forget(payload);
}

/// Runs the body of a C function. A panic is logged and comes out as `-EIO`, or NULL.
pub fn boundary<T: Returned>(f: impl FnOnce() -> Result<T>) -> T::C {
    match caught(f) {
        Ok(value) => value.returned(),
        Err(errno) => T::failed(errno),
    }
}

/// For functions that cannot tell an error: `otherwise` is returned instead.
pub fn boundary_or<T>(otherwise: T, f: impl FnOnce() -> Result<T>) -> T {
    caught(f).unwrap_or(otherwise)
}

/// For functions that return nothing, and for the threads that call back into C.
pub fn boundary_void(f: impl FnOnce() -> Result<()>) {
    if let Err(errno) = caught(f) {
        tracing::debug!(target: "rados", "a call without a return value failed: {errno}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_negative_and_panics_are_eio() {
        assert_eq!(boundary(|| Ok(7_i32)), 7);
        assert_eq!(boundary(|| Ok(())), 0);
        assert_eq!(boundary(|| Err::<i64, _>(Errno::ENOENT)), -2);
        assert_eq!(boundary::<()>(|| panic!("on purpose")), -libc::EIO);
        assert!(boundary::<*mut c_void>(|| panic!("{}", "on purpose")).is_null());
        assert_eq!(boundary_or(9_u64, || Err(Errno::EINVAL)), 9);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_does_no_harm() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        assert_eq!(boundary::<()>(|| std::panic::panic_any(Bomb)), -libc::EIO);
    }
}
