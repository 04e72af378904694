//! Object classes: functions that run next to an object, inside the request's transaction, and the types
//! their callers share with them.

#![forbid(unsafe_code)]

mod byte_enum;
mod call;
mod context;
pub use denc::entity;
mod hello;
pub mod lock;
pub mod log;
mod method;
mod numops;
mod random;
pub mod rbd;
pub mod refcount;
mod rows;
mod time_key;
pub mod timeindex;
pub mod version;

pub use call::{Call, EBADMSG};
pub use context::{ObjectContext, Origin, Page};
pub use method::{Answer, Method, Run};

/// The methods of a class; none where there is no such class.
pub fn methods(class: &[u8]) -> &'static [Method] {
    match class {
        b"rbd" => rbd::methods::METHODS,
        b"lock" => lock::methods::METHODS,
        b"log" => log::METHODS,
        b"timeindex" => timeindex::METHODS,
        b"hello" => hello::METHODS,
        b"numops" => numops::METHODS,
        b"refcount" => refcount::METHODS,
        b"version" => version::METHODS,
        _ => &[],
    }
}

/// `None`: an OSD answers `-EOPNOTSUPP`.
pub fn find(class: &[u8], method: &[u8]) -> Option<&'static Method> {
    methods(class).iter().find(|entry| entry.name.as_bytes() == method)
}
