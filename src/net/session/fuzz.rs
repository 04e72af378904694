//! The start of a conversation, for fuzz targets.

use denc::entity::EntityAddr;
use denc::{Bytes, encode};

use super::banner;
use super::control::{AuthDone, Hello, ServerIdent};
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
    encoder.control(Tag::ServerIdent, &encode(&ServerIdent::specimen(addr.clone())), &mut out);
    out.concat()
}
