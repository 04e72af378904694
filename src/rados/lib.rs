//! RADOS for Rust callers: clusters, I/O contexts, configuration, locks. What the C API of `librados.h`
//! and the RBD engine are written on.

#![forbid(unsafe_code)]

mod completion;
pub mod config;
mod finisher;
mod ioctx;
pub mod options;

pub use completion::{Callback, Completion};
pub use config::{Config, EntityName};
pub use finisher::Finisher;
pub use ioctx::{IoCtx, Submit};
pub use ops;
