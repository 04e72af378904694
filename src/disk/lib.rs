//! The engine under the embedded store: objects on a local disk, atomic, durable, checksummed.

pub mod api;
pub mod model;

pub use api::*;
pub use model::ModelEngine;
