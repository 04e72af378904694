//! What is not there says so.

use std::ffi::c_void;

/// What a function of this return type answers when there is nothing behind it.
pub trait Unsupported {
    const ANSWER: Self;
}

macro_rules! answers {
    ($($t:ty: $answer:expr),* $(,)?) => {
        $(impl Unsupported for $t { const ANSWER: $t = $answer; })*
    };
}

answers! {
    (): (),
    i32: -libc::EOPNOTSUPP,
    i64: -(libc::EOPNOTSUPP as i64),
    isize: -(libc::EOPNOTSUPP as isize),
    u32: 0,
    u64: 0,
    *mut c_void: std::ptr::null_mut(),
}

/// The body of a function that is not implemented: `-EOPNOTSUPP`, NULL or 0. `docs/MATRIX.md` lists the functions
/// that use it.
#[macro_export]
macro_rules! unsupported {
    () => {
        $crate::Unsupported::ANSWER
    };
}
