//! The Ceph client: everything between the seam and the sockets of a real cluster.
//!
//! `io` owns sockets and threads, and knows no message. `session` is one connection's protocol without its socket:
//! banner, authentication (`auth`), identification, then messages in frames (`frame`). `mon` keeps a session with one
//! of the monitors; `objecter` finds the OSD of each request and sends it again when that changes. [`connect`] puts
//! them behind the seam.

#![forbid(unsafe_code)]

mod auth;
mod client;
mod crypto;
mod frame;
#[cfg(feature = "fuzzing")]
pub mod fuzz;
#[cfg(test)]
mod impostor;
mod io;
mod messages;
mod mon;
mod objecter;
mod options;
mod session;

pub use client::{Client, OnConfig, connect};
pub use options::{Later, Options};
