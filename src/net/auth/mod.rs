//! How a client and a daemon prove to each other who they are.
//!
//! With monitors the client starts from its own key ([`MonAuth`]) and gets tickets; with all other daemons it presents
//! a ticket ([`ServiceAuth`]). Either drives the authentication phase of one connection.

use denc::Bytes;
use ops::{Errno, Result};

use crate::crypto::CryptoKey;

mod cephx;
mod keyring;
mod mon;
mod service;
mod tickets;

pub use cephx::{read_tickets, ticket_request};
pub use keyring::find_key;
pub use mon::MonAuth;
pub use service::ServiceAuth;
pub use tickets::{Tickets, kind};

/// `CEPH_AUTH_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Method {
    None = 1,
    Cephx = 2,
}

impl Method {
    /// A list as `auth_client_required` holds it; names that are not known are passed over.
    pub fn list(text: &str) -> Vec<Method> {
        words(text)
            .filter_map(|word| match word {
                "none" => Some(Method::None),
                "cephx" => Some(Method::Cephx),
                _ => None,
            })
            .collect()
    }
}

/// `CEPH_CON_MODE_*`: how frames are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ConMode {
    Crc = 1,
    Secure = 2,
}

impl ConMode {
    /// A list as `ms_client_mode` holds it, the preferred one first.
    pub fn list(text: &str) -> Vec<ConMode> {
        words(text)
            .filter_map(|word| match word {
                "crc" => Some(ConMode::Crc),
                "secure" => Some(ConMode::Secure),
                _ => None,
            })
            .collect()
    }

    pub fn from_wire(mode: u32) -> Option<ConMode> {
        [ConMode::Crc, ConMode::Secure].into_iter().find(|known| *known as u32 == mode)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', ';', '=', '\t']).filter(|word| !word.is_empty())
}

/// What the first request of a connection carries.
pub struct AuthRequest {
    pub method: Method,
    pub modes: Vec<ConMode>,
    pub payload: Bytes,
}

/// What a connection gets out of authentication.
#[derive(Default)]
pub struct Secrets {
    /// Signs what was said before; `None` without cephx.
    pub session_key: Option<CryptoKey>,
    /// Keys of the secure mode; empty in crc mode.
    pub connection: Bytes,
}

/// One side's part in the authentication of one connection. Errors end the connection.
pub trait Authenticator: Send {
    fn request(&mut self) -> Result<AuthRequest>;
    /// The answer to a challenge.
    fn more(&mut self, payload: Bytes) -> Result<Bytes>;
    fn done(&mut self, global_id: u64, mode: ConMode, payload: Bytes) -> Result<Secrets>;
    /// The peer does not take the method or what was said with it. `Ok` where another method is to be tried.
    fn refused(&mut self, result: i32, allowed: &[u32]) -> Result<()>;
}

/// The errno in a peer's negative result.
fn errno(result: i32) -> Errno {
    if result < 0 { Errno(result.checked_neg().unwrap_or(libc::EIO)) } else { Errno::EACCES }
}
