use bytes::Bytes;
use cls::rbd::client::{self as rbd, OldSnapshot, OldSnapshots};
use denc::Encode;
use ops::Errno;

use crate::bed::Bed;

/// A header of format 1 for an image of 5000 bytes, without snapshots.
fn image() -> Bed {
    let mut out = bytes::BytesMut::zeroed(80);
    out[..33].copy_from_slice(b"<<< Rados Block Device Image >>>\n");
    (5000_u64, 0_u64, 0_u32, 0_u32, 0_u64).encode(&mut out);
    Bed { data: out.to_vec(), ..Bed::created() }
}

fn snapshot(id: u64, name: &'static str) -> OldSnapshot {
    OldSnapshot { id, image_size: 5000, name: name.into() }
}

#[test]
fn add_rename_remove() {
    let mut bed = image();
    let empty = bed.data.clone();
    bed.call(rbd::old_snap_add(b"one", 3)).unwrap();
    bed.call(rbd::old_snap_add(b"two", 4)).unwrap();
    assert_eq!(&bed.data[bed.data.len() - 8..], b"two\0one\0");
    assert_eq!(bed.data.len(), 112 + 2 * 16 + 8);
    let both = OldSnapshots { seq: 4, snapshots: vec![snapshot(4, "two"), snapshot(3, "one")] };
    assert_eq!(bed.call(rbd::old_snap_list()), Ok(both));
    assert_eq!(bed.call(rbd::old_snap_add(b"one", 9)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::old_snap_add(b"new", 2)), Err(Errno::ESTALE));
    assert_eq!(bed.call(rbd::old_snap_rename(3, b"two")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::old_snap_rename(7, b"new")), Err(Errno::ENOENT));
    bed.call(rbd::old_snap_rename(3, b"first")).unwrap();
    bed.call(rbd::old_snap_remove(b"two")).unwrap();
    assert_eq!(bed.call(rbd::old_snap_remove(b"two")), Err(Errno::ENOENT));
    assert_eq!(
        bed.call(rbd::old_snap_list()),
        Ok(OldSnapshots { seq: 4, snapshots: vec![snapshot(3, "first")] })
    );
    bed.call(rbd::old_snap_remove(b"first")).unwrap();
    bed.data[88] = 0;
    assert_eq!(bed.data, empty);
}

#[test]
fn limit() {
    let mut bed = image();
    bed.call(rbd::old_snap_add(b"one", 3)).unwrap();
    assert_eq!(bed.call(rbd::snapshot_set_limit(0)), Err(Errno::ERANGE));
    bed.call(rbd::snapshot_set_limit(1)).unwrap();
    assert_eq!(bed.call(rbd::old_snap_add(b"two", 4)), Err(Errno::EDQUOT));
}

#[test]
fn damaged_headers() {
    assert_eq!(Bed { data: vec![0; 111], ..Bed::created() }.call(rbd::old_snap_list()), Err(Errno::EINVAL));
    let mut bed = image();
    bed.data[96..100].fill(0xff);
    assert_eq!(bed.call(rbd::old_snap_list()), Err(Errno::EINVAL));
    let mut bed = image();
    bed.data[104..112].fill(0xff);
    assert_eq!(bed.call(rbd::old_snap_add(&Bytes::from_static(b"x"), 1)), Err(Errno::EINVAL));
}
