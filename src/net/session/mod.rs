//! One connection's protocol, without its socket: bytes go in, bytes and events come out.

pub mod banner;
pub mod control;
#[cfg(feature = "fuzzing")]
mod fuzz;
mod handshake;
mod landing;
mod machine;

pub use control::Keepalive;
#[cfg(feature = "fuzzing")]
pub use fuzz::specimen;
pub use handshake::{Peer, SUPPORTED};
pub use landing::Landing;
pub use machine::{Event, Ready, Session, SessionError};

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
