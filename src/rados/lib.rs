//! RADOS for Rust callers: clusters, I/O contexts, configuration, locks. What the C API of `librados.h`
//! and the RBD engine are written on.

#![forbid(unsafe_code)]

mod ioctx;

pub use ioctx::{IoCtx, Submit};
pub use ops;
