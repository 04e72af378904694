//! The monitors: where they are, and a session with one of them.

mod client;
mod hosts;
mod link;
mod monmap;
mod requests;

pub use client::{MonClient, MonListener};
pub use hosts::find_monitors;
#[cfg(feature = "fuzzing")]
pub use monmap::MonMap;
