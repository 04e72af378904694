//! The embedded object store: interprets requests inside one transaction of the engine.

#![forbid(unsafe_code)]

mod blocklist;
mod client;
mod cluster_log;
mod commands;
mod counter;
mod extent_set;
mod fsid;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzz;
mod interpret;
mod list;
mod mount;
pub mod offline;
mod pool;
mod request;
mod services;
mod snapset;
mod stats;
mod store;
mod trim;
mod watch;

pub use store::Store;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ops::{ObjectStore, Result};

/// How a client attaches to a store.
#[derive(Clone, Debug)]
pub struct AttachOptions {
    /// How long to wait for another process to let go of the store.
    pub wait: Duration,
    /// Entity name, `client.admin`.
    pub entity: String,
    /// So much of the file system may be in use, by whomever, before writers get `-ENOSPC`; as `mon osd full ratio`.
    pub full_ratio: f64,
    /// So much, before `health` warns.
    pub nearfull_ratio: f64,
}

impl Default for AttachOptions {
    fn default() -> AttachOptions {
        AttachOptions {
            wait: Duration::ZERO,
            entity: "client.admin".into(),
            full_ratio: 0.95,
            nearfull_ratio: 0.85,
        }
    }
}

/// Attaches a client to the store in `dir`, which all clients of this process share. `-ENOENT` where the
/// directory is missing, `-EINVAL` where it holds something else, `-EBUSY` where another process owns the
/// store past the waiting time. An existing, empty directory is an uninitialised store: it has no pools,
/// and the first pool created initialises it.
pub fn attach(dir: &Path, options: &AttachOptions) -> Result<Arc<dyn ObjectStore>> {
    Ok(mount::attach(dir, options)?)
}

/// Initialises a store in an existing, empty directory. `-EEXIST` where there is one already, `-ENOTEMPTY`
/// where the directory holds something else.
pub fn initialise(dir: &Path) -> Result<()> {
    mount::create(dir)
}
