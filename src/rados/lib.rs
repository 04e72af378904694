//! RADOS for Rust callers: clusters, I/O contexts, configuration, locks. What the C API of `librados.h`
//! and the RBD engine are written on.

#![forbid(unsafe_code)]

mod completion;
mod finisher;
mod ioctx;

pub use completion::{Callback, Completion};
pub use finisher::Finisher;
pub use ioctx::{IoCtx, Submit};
pub use ops;
