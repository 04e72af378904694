//! The engine under the embedded store: objects on a local disk, atomic, durable, checksummed.

#![deny(unsafe_code)]

mod aio;
pub mod api;
mod broken;
mod catalog;
pub mod check;
mod checkpoint;
mod codec;
mod commit;
mod core;
mod data;
mod direct;
mod engine;
mod format;
mod frame;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzz;
mod index;
mod lock;
mod log;
pub mod medium;
pub mod model;
mod object;
mod options;
mod overlay;
mod part;
mod pins;
mod plan;
mod prefetch;
mod read;
mod readers;
mod record;
mod recover;
mod rows;
mod sealed;
mod space;
mod tx;

pub use api::*;
pub use check::{Finding, Inspector, Progress};
pub use engine::DiskEngine;
pub use lock::StoreLock;
pub use model::ModelEngine;
pub use options::{CreateOptions, OpenOptions};
pub use pages::AlignedBuf;

/// Bytes of a block: what is checksummed, mapped and allocated.
pub(crate) const BLOCK: usize = 4096;
/// A block of the data file, by number. 0 is never given out.
pub(crate) type Phys = u32;
