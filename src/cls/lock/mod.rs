//! The `lock` class: advisory locks on an object, each in an xattr `lock.NAME`.

pub mod client;
pub(crate) mod methods;
mod types;

pub(crate) use types::{AssertRequest, BreakRequest, LockRequest, SetCookieRequest, UnlockRequest};
pub use types::{LockFlags, LockInfo, LockType, LockerId, LockerInfo};
