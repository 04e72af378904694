//! The reply of a notify as bytes: a map from (client, watch) to what it answered, then the set of those that did not.
//! Numbers are little-endian; counts and lengths have 4 bytes, the others 8.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use ops::{NotifyAck, NotifyReply};

pub fn encode(reply: &NotifyReply) -> Bytes {
    let mut to = BytesMut::new();
    to.put_u32_le(reply.acks.len() as u32);
    for ack in &reply.acks {
        to.put_u64_le(ack.client);
        to.put_u64_le(ack.watch);
        to.put_u32_le(ack.payload.len() as u32);
        to.put_slice(&ack.payload);
    }
    to.put_u32_le(reply.timed_out.len() as u32);
    for &(client, watch) in &reply.timed_out {
        to.put_u64_le(client);
        to.put_u64_le(watch);
    }
    to.freeze()
}

/// `None` where the bytes end too early.
pub fn decode(bytes: &[u8]) -> Option<NotifyReply> {
    let (mut from, mut reply) = (bytes, NotifyReply::default());
    for _ in 0..from.try_get_u32_le().ok()? {
        let (client, watch) = (from.try_get_u64_le().ok()?, from.try_get_u64_le().ok()?);
        let len = from.try_get_u32_le().ok()? as usize;
        let (payload, rest) = from.split_at_checked(len)?;
        reply.acks.push(NotifyAck { client, watch, payload: Bytes::copy_from_slice(payload) });
        from = rest;
    }
    for _ in 0..from.try_get_u32_le().ok()? {
        reply.timed_out.push((from.try_get_u64_le().ok()?, from.try_get_u64_le().ok()?));
    }
    Some(reply)
}
