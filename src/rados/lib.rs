//! RADOS for Rust callers: clusters, I/O contexts, configuration, locks. What the C API of `librados.h`
//! and the RBD engine are written on.

#![forbid(unsafe_code)]

mod cluster;
mod completion;
pub mod config;
mod finisher;
mod ioctx;
mod log;
pub mod options;
mod service;

pub use cluster::{Cluster, wait};
pub use completion::{Callback, Completion};
pub use config::{Config, EntityName};
pub use finisher::Finisher;
pub use ioctx::{IoCtx, Submit};
pub use ops;
