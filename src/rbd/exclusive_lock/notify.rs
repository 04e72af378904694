//! What clients of an image tell each other about its exclusive lock, through notifies on the header.
//!
//! Encoded: an envelope around the u32 number of the message and its fields. A client is named by its
//! instance id and the handle of its watch.

use bytes::{Bytes, BytesMut};
use denc::{Decode, Encode, Reader, envelope};

const ACQUIRED: u32 = 0;
const RELEASED: u32 = 1;
const REQUEST: u32 = 2;
/// Flatten, resize, snapshots and so on, up to sparsify; then metadata.
const OPERATIONS: std::ops::RangeInclusive<u32> = 6..=17;
const METADATA: u32 = 20;
/// `librbd::watch_notify::NotifyMessage`.
const VERSION: u8 = 7;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientId {
    pub instance: u64,
    pub watch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockMessage {
    Acquired(ClientId),
    Released(ClientId),
    /// Asks the owner to let go.
    Request(ClientId),
    /// Asks the owner to do something that only an owner may.
    Operation,
}

impl LockMessage {
    /// Empty for what this client asks of nobody: it takes the lock instead.
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::new();
        let (op, client) = match self {
            LockMessage::Acquired(client) => (ACQUIRED, client),
            LockMessage::Released(client) => (RELEASED, client),
            LockMessage::Request(client) => (REQUEST, client),
            LockMessage::Operation => return Bytes::new(),
        };
        envelope(&mut out, VERSION, 1, |out| {
            (op, client.instance, client.watch).encode(out);
            if op == REQUEST {
                // Whether the owner is to be forced.
                0_u8.encode(out);
            }
        });
        out.freeze()
    }

    /// `None` for messages that concern something else.
    pub fn decode(payload: &Bytes) -> denc::Result<Option<LockMessage>> {
        Reader::new(payload.clone()).envelope(u8::MAX, |version, body| {
            let make = match body.get::<u32>()? {
                ACQUIRED => LockMessage::Acquired,
                RELEASED => LockMessage::Released,
                REQUEST => LockMessage::Request,
                METADATA => return Ok(Some(LockMessage::Operation)),
                op if OPERATIONS.contains(&op) => return Ok(Some(LockMessage::Operation)),
                _ => return Ok(None),
            };
            let client = match version {
                0 | 1 => ClientId::default(),
                _ => ClientId { instance: u64::decode(body)?, watch: u64::decode(body)? },
            };
            Ok(Some(make(client)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_ceph_s() {
        let client = ClientId { instance: 0x1122, watch: 3 };
        let acquired = b"\x07\x01\x14\0\0\0\0\0\0\0\x22\x11\0\0\0\0\0\0\x03\0\0\0\0\0\0\0";
        assert_eq!(LockMessage::Acquired(client).encode(), &acquired[..]);
        let request = b"\x07\x01\x15\0\0\0\x02\0\0\0\x22\x11\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0";
        assert_eq!(LockMessage::Request(client).encode(), &request[..]);
        for message in
            [LockMessage::Acquired(client), LockMessage::Released(client), LockMessage::Request(client)]
        {
            assert_eq!(LockMessage::decode(&message.encode()), Ok(Some(message)));
        }
        let snap_create = Bytes::from_static(b"\x07\x01\x08\0\0\0\x08\0\0\0\0\0\0\0");
        assert_eq!(LockMessage::decode(&snap_create), Ok(Some(LockMessage::Operation)));
        let header_update = Bytes::from_static(b"\x07\x01\x04\0\0\0\x03\0\0\0");
        assert_eq!(LockMessage::decode(&header_update), Ok(None));
        let first_version = Bytes::from_static(b"\x01\x01\x04\0\0\0\x01\0\0\0");
        assert_eq!(LockMessage::decode(&first_version), Ok(Some(LockMessage::Released(ClientId::default()))));
        assert!(LockMessage::decode(&Bytes::from_static(b"\x07\x01\x14\0\0\0\0\0\0\0\x22")).is_err());
    }
}
