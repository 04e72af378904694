use std::collections::BTreeMap;

use bytes::Bytes;
use cls::rbd::AssertSnapcSeq;
use cls::rbd::client as rbd;
use ops::Errno;

use crate::bed::{Bed, to_hex};

#[test]
fn ids() {
    let mut bed = Bed::new();
    assert_eq!(bed.call(rbd::set_id(b"102b6ae1c3f6")), Err(Errno::ENOENT));
    bed.exists = true;
    assert_eq!(bed.call(rbd::get_id()), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::set_id(b"10/2")), Err(Errno::EINVAL));
    bed.call(rbd::set_id(b"102b6ae1c3f6")).unwrap();
    assert_eq!(to_hex(&bed.data), "0c000000313032623661653163336636");
    assert_eq!(bed.call(rbd::get_id()).unwrap(), "102b6ae1c3f6");
    assert_eq!(bed.call(rbd::set_id(b"1")), Err(Errno::EEXIST));
    bed.data = b"junk".to_vec();
    assert_eq!(bed.call(rbd::get_id()), Err(Errno::EIO));
}

#[test]
fn copyup_writes_once() {
    let mut bed = Bed::new();
    bed.call(rbd::copyup("parent".into())).unwrap();
    assert_eq!(bed.data, b"parent");
    bed.call(rbd::copyup("later".into())).unwrap();
    assert_eq!(bed.data, b"parent");
}

#[test]
fn sparse_copyup() {
    let extents = BTreeMap::from([(4, 2), (10, 3)]);
    let data = Bytes::from_static(b"abcde");
    let mut bed = Bed::new();
    bed.call(rbd::sparse_copyup(&extents, &data)).unwrap();
    assert_eq!(bed.data, b"\0\0\0\0ab\0\0\0\0cde");
    bed.call(rbd::sparse_copyup(&BTreeMap::from([(0, 1)]), &data)).unwrap();
    assert_eq!(bed.data, b"\0\0\0\0ab\0\0\0\0cde");
    let mut empty = Bed::new();
    empty.call(rbd::sparse_copyup(&BTreeMap::new(), &Bytes::new())).unwrap();
    assert!(empty.exists && empty.data.is_empty());
    let beyond = rbd::sparse_copyup(&BTreeMap::from([(0, 6)]), &data);
    assert_eq!(Bed::new().call(beyond), Err(Errno::EINVAL));
}

#[test]
fn sparsify() {
    let mut bed = Bed { data: b"ab\0\0\0\0cd\0\0".to_vec(), ..Bed::created() };
    bed.call(rbd::sparsify(2, true)).unwrap();
    assert_eq!(bed.data, b"ab\0\0\0\0cd");
    let mut zeros = Bed { data: vec![0; 9], ..Bed::created() };
    let mut kept = zeros.clone();
    kept.call(rbd::sparsify(4, false)).unwrap();
    assert!(kept.exists && kept.data.is_empty());
    zeros.call(rbd::sparsify(4, true)).unwrap();
    assert!(!zeros.exists);
    assert_eq!(zeros.call(rbd::sparsify(4, true)), Err(Errno::ENOENT));
}

#[test]
fn snapshot_sequence() {
    use AssertSnapcSeq::{Greater, LessOrEqual};
    let mut bed = Bed { snapset_seq: 5, ..Bed::created() };
    assert_eq!(bed.call(rbd::assert_snapc_seq(6, Greater)), Ok(()));
    assert_eq!(bed.call(rbd::assert_snapc_seq(5, Greater)), Err(Errno::ERANGE));
    assert_eq!(bed.call(rbd::assert_snapc_seq(5, LessOrEqual)), Ok(()));
    assert_eq!(bed.call(rbd::assert_snapc_seq(6, LessOrEqual)), Err(Errno::ERANGE));
    assert_eq!(bed.run("rbd", "assert_snapc_seq", &denc::encode(&(1_u64, 9_u8))), Err(Errno::EOPNOTSUPP));
    let mut none = Bed { snapset_seq: 5, ..Bed::new() };
    assert_eq!(none.call(rbd::assert_snapc_seq(1, Greater)), Ok(()));
    assert_eq!(none.call(rbd::assert_snapc_seq(1, LessOrEqual)), Err(Errno::ERANGE));
}
