//! The start of a conversation, for fuzz targets.

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, encode};

use super::control::{AuthDone, Hello, ServerIdent};
use super::{SUPPORTED, banner};
use crate::auth::kind;
use crate::frame::{Encoder, Tag};

/// What a monitor at `addr` says to a client that asks for no authentication, until messages may flow.
pub fn specimen(addr: &EntityAddr, encoder: &mut Encoder) -> Vec<u8> {
    let mut out = vec![Bytes::from(banner::banner())];
    let hello = Hello { kind: kind::MON as u8, addr: addr.clone() };
    encoder.control(Tag::Hello, &encode(&hello), &mut out);
    let done = AuthDone { global_id: 7, mode: 1, payload: Bytes::new() };
    encoder.control(Tag::AuthDone, &encode(&done), &mut out);
    encoder.control(Tag::AuthSignature, &[0; 32], &mut out);
    let ident = ServerIdent {
        addrs: EntityAddrs(vec![addr.clone()]),
        global_id: 0,
        global_seq: 1,
        supported: SUPPORTED,
        required: 0,
        flags: 1,
        cookie: 1,
    };
    encoder.control(Tag::ServerIdent, &encode(&ident), &mut out);
    out.concat()
}
