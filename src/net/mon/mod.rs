//! The monitors: where they are, and a session with one of them.

mod client;
mod directed;
mod hosts;
mod link;
mod monmap;
#[cfg(test)]
mod newcomer;
mod order;
mod requests;
mod srv;

pub use client::{MonClient, MonListener};
pub use directed::Question;
pub use hosts::first_monitors;
#[cfg(feature = "fuzzing")]
pub use monmap::MonMap;
#[cfg(feature = "fuzzing")]
pub use srv::answer as name_server_answer;
