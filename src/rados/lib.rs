//! RADOS for Rust callers: clusters, I/O contexts, configuration, locks. What the C API of `librados.h`
//! and the RBD engine are written on.

#![forbid(unsafe_code)]

mod answer;
mod applications;
mod cluster;
mod completion;
pub mod config;
mod filter;
mod finisher;
mod ioctx;
mod list;
mod lock;
mod log;
mod network;
pub mod notify;
pub mod options;
mod service;
mod snaps;
mod under_way;
mod watch;

pub use cluster::{Cluster, wait};
pub use completion::{Callback, Completion};
pub use config::{Config, EntityName};
pub use filter::ListFilter;
pub use finisher::{Finisher, run_one};
pub use ioctx::{IoCtx, Submit};
pub use list::{ALL_NAMESPACES, ObjectList, slice};
pub use lock::{LockTerms, Locker, Lockers};
pub use ops;
pub use under_way::UnderWay;

#[cfg(test)]
mod tests;
