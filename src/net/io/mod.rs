//! Sockets and the threads that serve them.

mod connection;
mod reactor;

pub use connection::{Closed, Connection, Handler};
pub use reactor::{Reactor, on_io_thread};
