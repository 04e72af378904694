//! What `rados_notify2` hands back: the answers of watchers and the list of those that gave none, in Ceph's
//! encoding.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Bytes, BytesMut};
use denc::{Decode, Encode, Reader};
use ops::{Errno, NotifyAck, NotifyReply, Result};

/// Clients and their watches, in the order of their numbers.
type Acks = BTreeMap<(u64, u64), Bytes>;

/// For the program, which reads it with [`decode`].
pub fn encode(reply: &NotifyReply) -> Bytes {
    let acks: Acks = reply.acks.iter().map(|ack| ((ack.client, ack.watch), ack.payload.clone())).collect();
    let timed_out: BTreeSet<(u64, u64)> = reply.timed_out.iter().copied().collect();
    let mut out = BytesMut::new();
    acks.encode(&mut out);
    timed_out.encode(&mut out);
    out.freeze()
}

/// `-EINVAL` where it is not such a reply.
pub fn decode(bytes: &Bytes) -> Result<NotifyReply> {
    let mut from = Reader::new(bytes.clone());
    let mut read = || -> denc::Result<(Acks, BTreeSet<(u64, u64)>)> {
        Ok((Acks::decode(&mut from)?, BTreeSet::decode(&mut from)?))
    };
    let (acks, timed_out) = read().map_err(|_| Errno::EINVAL)?;
    let acks = acks.into_iter().map(|((client, watch), payload)| NotifyAck { client, watch, payload });
    Ok(NotifyReply { acks: acks.collect(), timed_out: timed_out.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_that_of_the_header() {
        let reply = NotifyReply {
            acks: vec![NotifyAck { client: 4121, watch: 0x1122, payload: Bytes::from_static(b"ok") }],
            timed_out: vec![(4122, 7)],
        };
        let want: Vec<u8> = [
            &1_u32.to_le_bytes()[..],
            &4121_u64.to_le_bytes(),
            &0x1122_u64.to_le_bytes(),
            &2_u32.to_le_bytes(),
            b"ok",
            &1_u32.to_le_bytes(),
            &4122_u64.to_le_bytes(),
            &7_u64.to_le_bytes(),
        ]
        .concat();
        let encoded = encode(&reply);
        assert_eq!(encoded, want);
        assert_eq!(decode(&encoded), Ok(reply));
    }

    #[test]
    fn nobody_is_eight_zeroes() {
        assert_eq!(encode(&NotifyReply::default()), [0; 8][..]);
    }

    #[test]
    fn cut_short_is_refused() {
        let reply = NotifyReply {
            acks: vec![NotifyAck { client: 1, watch: 2, payload: Bytes::new() }],
            timed_out: vec![],
        };
        let encoded = encode(&reply);
        for len in 0..encoded.len() {
            assert_eq!(decode(&encoded.slice(..len)), Err(Errno::EINVAL), "{len} bytes");
        }
    }
}
