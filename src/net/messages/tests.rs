//! What daemons send may be anything: reading it never panics.

use denc::Bytes;
use ops::Cursor;
use proptest::prelude::*;

use super::hobject::HObject;
use super::{InMessage, everything, osd};

fn read_everything(version: u16, front: Bytes, data: Bytes) {
    let message = InMessage { kind: 0, version, compat: 1, tid: 1, front, data, landed: 0 };
    everything::read_everything(&message);
}

fn object(hash: u32, name: &str) -> HObject {
    let name = Bytes::copy_from_slice(name.as_bytes());
    HObject::at(3, &Cursor::At { hash_reversed: hash, nspace: Bytes::new(), key: name.clone(), name })
}

fn an_answer() -> (Bytes, Bytes) {
    let mut front = denc::BytesMut::new();
    let pg = osdmap::Pg::new(3, 5);
    use denc::Encode;
    (Bytes::from_static(b"name"), pg, 0_i64, 7_i32, (9_u64, 1_u32)).encode(&mut front);
    (4_u32, 1_u32).encode(&mut front);
    let mut op = [0_u8; osd::WIRE_OP];
    op[osd::WIRE_OP - 4] = 4;
    front.extend_from_slice(&op);
    (2_i32, -5_i32, (9_u64, 1_u32), 77_u64, false).encode(&mut front);
    (0_u64, 0_u64, 0_u64).encode(&mut front);
    (front.freeze(), Bytes::from_static(b"data"))
}

#[test]
fn an_osds_answer() {
    let (front, data) = an_answer();
    let message = InMessage { kind: 43, version: 8, compat: 2, tid: 1, front, data, landed: 0 };
    let reply = osd::osd_op_reply(&message).expect("a good answer");
    assert_eq!((reply.result, reply.attempt, reply.version), (7, 2, 77));
    assert_eq!((reply.ops.len(), reply.ops[0].rval, &reply.ops[0].data[..]), (1, -5, &b"data"[..]));
    assert!(reply.redirect.is_none());
}

proptest! {
    #[test]
    fn garbage(version in 0_u16..10, front in proptest::collection::vec(any::<u8>(), 0..400), data in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_everything(version, front.into(), data.into());
    }

    /// Bytes that are nearly right reach further into a decoder than noise does.
    #[test]
    fn nearly_right(version in 0_u16..10, at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let (front, data) = an_answer();
        let mut front = front.to_vec();
        let at = at.index(front.len());
        front[at] = byte;
        read_everything(version, front.clone().into(), data.clone());
        front.truncate(cut.index(front.len()));
        read_everything(version, front.into(), data);
    }

    /// As OSDs order objects: by bit-reversed hash first.
    #[test]
    fn objects_keep_the_cursors_order(a: u32, b: u32, first in "[a-c]{0,3}", second in "[a-c]{0,3}") {
        let (one, other) = (object(a, &first), object(b, &second));
        prop_assert_eq!(one.cmp(&other), one.cursor().cmp(&other.cursor()));
        prop_assert_eq!(denc::decode::<HObject>(&denc::encode(&one)), Ok(one.clone()));
        prop_assert_eq!(HObject::at(3, &one.cursor()), one);
    }
}
