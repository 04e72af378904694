//! The payloads of control frames.

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, plain};
use ops::Timespec;

pub struct Hello {
    pub kind: u8,
    /// The receiver's address as the sender sees it.
    pub addr: EntityAddr,
}
plain!(Hello { kind: u8, addr: EntityAddr });

pub struct AuthRequestFrame {
    pub method: u32,
    pub modes: Vec<u32>,
    pub payload: Bytes,
}
plain!(AuthRequestFrame { method: u32, modes: Vec<u32>, payload: Bytes });

pub struct AuthBadMethod {
    pub method: u32,
    pub result: i32,
    pub allowed: Vec<u32>,
    pub modes: Vec<u32>,
}
plain!(AuthBadMethod { method: u32, result: i32, allowed: Vec<u32>, modes: Vec<u32> });

pub struct AuthDone {
    pub global_id: u64,
    pub mode: u32,
    pub payload: Bytes,
}
plain!(AuthDone { global_id: u64, mode: u32, payload: Bytes });

pub struct ClientIdent {
    pub addrs: EntityAddrs,
    pub target: EntityAddr,
    pub global_id: i64,
    pub global_seq: u64,
    pub supported: u64,
    pub required: u64,
    pub flags: u64,
    pub cookie: u64,
}
plain!(ClientIdent {
    addrs: EntityAddrs,
    target: EntityAddr,
    global_id: i64,
    global_seq: u64,
    supported: u64,
    required: u64,
    flags: u64,
    cookie: u64,
});

pub struct ServerIdent {
    pub addrs: EntityAddrs,
    pub global_id: i64,
    pub global_seq: u64,
    pub supported: u64,
    pub required: u64,
    pub flags: u64,
    pub cookie: u64,
}
plain!(ServerIdent {
    addrs: EntityAddrs,
    global_id: i64,
    global_seq: u64,
    supported: u64,
    required: u64,
    flags: u64,
    cookie: u64,
});

#[cfg(any(test, feature = "fuzzing"))]
impl ServerIdent {
    /// Of a peer that asks for nothing special.
    pub fn specimen(addr: denc::entity::EntityAddr) -> ServerIdent {
        ServerIdent {
            addrs: EntityAddrs(vec![addr]),
            global_id: 0,
            global_seq: 1,
            supported: super::SUPPORTED,
            required: 0,
            flags: 1,
            cookie: 1,
        }
    }
}

/// A ping, and its answer, which carries the ping's time.
pub struct Keepalive {
    pub at: Timespec,
}
plain!(Keepalive { at: Timespec });
