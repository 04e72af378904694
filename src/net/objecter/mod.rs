//! Requests to OSDs: which one, on which connection, and again when that changes.

mod commands;
mod destination;
mod encode;
#[cfg(test)]
mod hostile;
mod linger;
mod list;
mod maps;
mod op;
mod reconnect;
mod service;
mod session;
mod submit;
mod target;
mod throttle;

#[cfg(feature = "fuzzing")]
pub use encode::answers;
pub use op::SharedMap;
pub use submit::Objecter;
