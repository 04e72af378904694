//! Whatever is encoded decodes to itself; whatever is not an encoding is refused, quickly.

use std::collections::{BTreeMap, BTreeSet};

use denc::{Bytes, BytesMut, Decode, DecodeError, Encode, Reader, decode, encode, envelope};
use ops::Timespec;
use proptest::prelude::*;

#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    id: u64,
    name: Bytes,
    maybe: Option<u16>,
}

denc::versioned!(Row, 3, 1 { id: u64, name: Bytes, maybe: Option<u16> });

fn bytes() -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

fn row() -> impl Strategy<Value = Row> {
    (any::<u64>(), bytes(), any::<Option<u16>>()).prop_map(|(id, name, maybe)| Row { id, name, maybe })
}

/// The value comes back, all of its bytes were read, and every cut of them is refused.
fn check<T: Encode + Decode + PartialEq + std::fmt::Debug>(value: &T) {
    let coded = encode(value);
    let mut reader = Reader::new(coded.clone());
    assert_eq!(reader.get::<T>().as_ref(), Ok(value));
    assert_eq!(reader.remaining(), 0, "bytes left of {value:?}");
    assert!(coded.len() >= T::MIN, "{value:?} takes {} bytes, fewer than MIN {}", coded.len(), T::MIN);
    for cut in 0..coded.len() {
        assert!(decode::<T>(&coded.slice(..cut)).is_err(), "{cut} of {} bytes decoded", coded.len());
    }
}

proptest! {
    #[test]
    fn numbers(v in any::<(u8, u16, u32, u64, i32, i64)>()) { check(&v) }

    #[test]
    fn flags(v in any::<bool>()) { check(&v) }

    #[test]
    fn strings(v in any::<String>()) { check(&v) }

    #[test]
    fn byte_strings(v in bytes()) { check(&v) }

    #[test]
    fn times(sec in any::<u32>(), nsec in any::<u32>()) { check(&Timespec { sec, nsec }) }

    #[test]
    fn lists(v in proptest::collection::vec((bytes(), any::<Option<u64>>()), 0..20)) { check(&v) }

    #[test]
    fn maps(v in proptest::collection::btree_map(bytes(), row(), 0..8)) { check(&v) }

    #[test]
    fn sets(v in proptest::collection::btree_set(any::<u64>(), 0..20)) { check(&v) }

    #[test]
    fn structs(v in row()) { check(&v) }

    /// Random input never panics, whatever it is taken for.
    #[test]
    fn noise(v in proptest::collection::vec(any::<u8>(), 0..64)) {
        let input = Bytes::from(v);
        let _ = decode::<Vec<Row>>(&input);
        let _ = decode::<BTreeMap<Bytes, Vec<u64>>>(&input);
        let _ = decode::<BTreeSet<String>>(&input);
        let _ = decode::<Option<(Timespec, Row)>>(&input);
    }
}

#[test]
fn a_count_beyond_the_input_is_refused_before_memory_is_set_aside() {
    let input = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 1, 2, 3]);
    assert_eq!(decode::<Vec<u64>>(&input), Err(DecodeError::Short));
    assert_eq!(decode::<Bytes>(&input), Err(DecodeError::Short));
    assert_eq!(decode::<BTreeMap<u64, u64>>(&input), Err(DecodeError::Short));
}

#[test]
fn a_newer_struct_is_read_without_its_tail() {
    let mut out = BytesMut::new();
    let row = Row { id: 7, name: Bytes::from_static(b"seven"), maybe: Some(1) };
    envelope(&mut out, 9, 3, |out| (row.id, &row.name, row.maybe, "news").encode(out));
    0xabcd_u16.encode(&mut out);
    let mut reader = Reader::new(out.freeze());
    assert_eq!(reader.get::<Row>(), Ok(row));
    assert_eq!(reader.get::<u16>(), Ok(0xabcd));
}

#[test]
fn a_struct_that_needs_a_newer_decoder_is_refused() {
    let mut out = BytesMut::new();
    envelope(&mut out, 9, 4, |_| {});
    assert_eq!(decode::<Row>(&out.freeze()), Err(DecodeError::TooNew { compat: 4, known: 3 }));
}

#[test]
fn a_body_may_not_read_past_its_envelope() {
    let mut out = BytesMut::new();
    envelope(&mut out, 3, 1, |out| 7_u64.encode(out));
    (Bytes::from_static(b"outside"), Some(1_u16)).encode(&mut out);
    assert_eq!(decode::<Row>(&out.freeze()), Err(DecodeError::Short));
}

#[test]
fn versions_without_length_read_on() {
    let coded = Bytes::from_static(&[1, 5, 0, 0, 0]);
    let read = Reader::new(coded).envelope_since(2, 2, 2, |version, body| Ok((version, body.get::<u32>()?)));
    assert_eq!(read, Ok((1, 5)));
}

#[test]
fn known_bytes() {
    let row = Row { id: 0x0102, name: Bytes::from_static(b"ab"), maybe: None };
    assert_eq!(&encode(&row)[..], [3, 1, 15, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, b'a', b'b', 0]);
    assert_eq!(&encode(&Timespec { sec: 1, nsec: 2 })[..], [1, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(&encode("é")[..], [2, 0, 0, 0, 0xc3, 0xa9]);
}
