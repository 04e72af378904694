use std::collections::BTreeSet;

use bytes::Bytes;
use cls::rbd::client::{self as rbd, LegacyParent};
use cls::rbd::features::{self, operation};
use cls::rbd::{ChildSpec, ParentRow, ParentSpec, SnapshotNamespace};
use ops::{Errno, SNAP_HEAD};

use crate::bed::{Bed, to_hex};

const USER: SnapshotNamespace = SnapshotNamespace::User;
const SIZE: u64 = 100 << 20;

fn image(features: u64) -> Bed {
    let mut bed = Bed::created();
    bed.call(rbd::create(SIZE, 22, features, b"rbd_data.1", None)).unwrap();
    bed
}

fn parent() -> ParentSpec {
    ParentSpec { pool: 3, nspace: Bytes::new(), image_id: "102b6ae1c3f6".into(), snap: 4 }
}

/// The row Ceph 16.2 wrote for such a clone.
#[test]
fn attach_writes_the_row_of_ceph() {
    let mut bed = image(features::LAYERING);
    bed.call(rbd::parent_attach(&parent(), SIZE, false)).unwrap();
    assert_eq!(
        bed.row("parent").unwrap(),
        "02022d0000000300000000000000000000000c000000313032623661653163336636040000000000000001\
         0000400600000000"
    );
    assert_eq!(bed.call(rbd::parent_get()), Ok(parent()));
    assert_eq!(bed.call(rbd::parent_overlap_get(SNAP_HEAD)), Ok(Some(SIZE)));
    let legacy = LegacyParent { pool: 3, image_id: "102b6ae1c3f6".into(), snap: 4, overlap: SIZE };
    assert_eq!(bed.call(rbd::get_parent(SNAP_HEAD)), Ok(legacy));
}

#[test]
fn attach_refuses() {
    let mut plain = image(0);
    assert_eq!(plain.call(rbd::parent_attach(&parent(), 5, false)), Err(Errno(8)));
    assert_eq!(plain.call(rbd::parent_get()), Ok(ParentSpec::default()));
    assert_eq!(plain.call(rbd::parent_overlap_get(SNAP_HEAD)), Ok(None));
    let mut bed = image(features::LAYERING);
    assert_eq!(bed.call(rbd::parent_attach(&ParentSpec::default(), 5, false)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::parent_attach(&parent(), 0, false)), Err(Errno::EINVAL));
    bed.call(rbd::parent_attach(&parent(), 5, false)).unwrap();
    assert_eq!(bed.call(rbd::parent_attach(&parent(), 5, false)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::parent_attach(&parent(), 9, true)), Ok(()));
    assert_eq!(bed.call(rbd::parent_overlap_get(SNAP_HEAD)), Ok(Some(9)));
}

#[test]
fn overlap_never_exceeds_the_image_and_shrinks_with_it() {
    let mut bed = image(features::LAYERING);
    bed.call(rbd::parent_attach(&parent(), SIZE * 2, false)).unwrap();
    assert_eq!(bed.call(rbd::parent_overlap_get(SNAP_HEAD)), Ok(Some(SIZE)));
    bed.call(rbd::set_size(5)).unwrap();
    bed.call(rbd::set_size(SIZE)).unwrap();
    assert_eq!(bed.call(rbd::parent_overlap_get(SNAP_HEAD)), Ok(Some(5)));
}

#[test]
fn a_flattened_image_keeps_the_link_for_its_snapshots() {
    let mut bed = image(features::LAYERING);
    bed.call(rbd::parent_attach(&parent(), SIZE, false)).unwrap();
    bed.call(rbd::set_op_features(operation::CLONE_CHILD, operation::CLONE_CHILD)).unwrap();
    bed.call(rbd::snapshot_add(6, b"c1", &USER)).unwrap();
    bed.call(rbd::parent_detach()).unwrap();
    assert_eq!(bed.call(rbd::parent_get()), Ok(parent()));
    assert_eq!(bed.call(rbd::parent_overlap_get(SNAP_HEAD)), Ok(None));
    assert_eq!(bed.call(rbd::parent_overlap_get(6)), Ok(Some(SIZE)));
    assert_eq!(bed.call(rbd::get_parent(6)).unwrap().overlap, SIZE);
    assert_eq!(bed.call(rbd::parent_detach()), Err(Errno::ENOENT));
    bed.call(rbd::snapshot_remove(6)).unwrap();
    assert_eq!(bed.row("parent"), None);
    assert_eq!(bed.call(rbd::get_op_features()), Ok(0));
}

#[test]
fn deep_flatten_frees_snapshots_too() {
    let mut bed = image(features::LAYERING | features::DEEP_FLATTEN);
    bed.call(rbd::parent_attach(&parent(), SIZE, false)).unwrap();
    bed.call(rbd::snapshot_add(6, b"c1", &USER)).unwrap();
    bed.call(rbd::parent_detach()).unwrap();
    assert_eq!(bed.row("parent"), None);
    assert_eq!(bed.call(rbd::parent_overlap_get(6)), Ok(None));
    assert_eq!(bed.call(rbd::parent_detach()), Err(Errno::ENOENT));
}

#[test]
fn legacy_calls_do_not_see_namespaces() {
    let mut bed = image(features::LAYERING);
    bed.call(rbd::parent_attach(&ParentSpec { nspace: "ns".into(), ..parent() }, 5, false)).unwrap();
    assert_eq!(bed.call(rbd::get_parent(SNAP_HEAD)), Err(Errno::EXDEV));
    assert_eq!(bed.call(rbd::remove_parent()), Err(Errno::EXDEV));
    let mut bed = image(features::LAYERING);
    let legacy = LegacyParent { pool: 3, image_id: "102b6ae1c3f6".into(), snap: 4, overlap: 9 };
    bed.call(rbd::set_parent(&legacy)).unwrap();
    assert_eq!(bed.call(rbd::parent_get()), Ok(parent()));
    bed.call(rbd::remove_parent()).unwrap();
    assert_eq!(bed.call(rbd::get_parent(SNAP_HEAD)).unwrap().pool, -1);
}

/// Version 6 of the row, as Ceph before 14 wrote it: features, and the parent in its first version.
#[test]
fn rows_before_ceph_14_are_read_and_converted() {
    let mut bed = image(features::LAYERING);
    let mut old_parent = bytes::BytesMut::new();
    denc::envelope(&mut old_parent, 1, 1, |out| {
        denc::Encode::encode(&(3_i64, "102b6ae1c3f6", 4_u64, SIZE), out);
    });
    let mut row = bytes::BytesMut::new();
    denc::envelope(&mut row, 6, 1, |out| {
        denc::Encode::encode(&(7_u64, "old", SIZE, features::LAYERING), out);
        out.extend_from_slice(&old_parent);
        denc::Encode::encode(&(0_u8, 0_u64, &USER, ops::Timespec { sec: 9, nsec: 0 }), out);
    });
    bed.omap.insert("snapshot_0000000000000007".into(), row.freeze());

    assert_eq!(bed.call(rbd::parent_get()), Ok(parent()));
    assert_eq!(bed.call(rbd::parent_overlap_get(7)), Ok(Some(SIZE)));
    assert_eq!(bed.row("parent"), None);
    bed.call(rbd::snapshot_rename(7, b"new")).unwrap();
    let moved = ParentRow { spec: parent(), head_overlap: None };
    assert_eq!(bed.row("parent").unwrap(), to_hex(&denc::encode(&moved)));
    assert_eq!(bed.row("snapshot_0000000000000007").unwrap().get(..4), Some("0808"));
    assert_eq!(bed.call(rbd::parent_overlap_get(7)), Ok(Some(SIZE)));
    assert_eq!(bed.call(rbd::get_snapshot_name(7)).unwrap(), "new");
}

/// The row Ceph 16.2 wrote for a clone of the second kind.
#[test]
fn children_of_the_second_kind() {
    let mut bed = image(features::LAYERING);
    bed.call(rbd::snapshot_add(5, b"s2", &USER)).unwrap();
    let child = ChildSpec { pool: 3, nspace: Bytes::new(), image_id: "103d51d5f0a4".into() };
    assert_eq!(bed.call(rbd::children_list(5)), Err(Errno::ENOENT));
    bed.call(rbd::child_attach(5, &child)).unwrap();
    assert_eq!(
        bed.row("snap_children_0000000000000005").unwrap(),
        "0100000002011c00000003000000000000000c00000031303364353164356630613400000000"
    );
    assert_eq!(bed.call(rbd::child_attach(5, &child)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::snapshot_get(5)).unwrap().child_count, 1);
    assert_eq!(bed.call(rbd::children_list(5)), Ok(BTreeSet::from([child.clone()])));
    assert_eq!(bed.call(rbd::get_op_features()), Ok(operation::CLONE_PARENT));
    assert_eq!(bed.call(rbd::snapshot_remove(5)), Err(Errno::EBUSY));

    let other = ChildSpec { image_id: "x".into(), ..child.clone() };
    assert_eq!(bed.call(rbd::child_detach(5, &other)), Err(Errno::ENOENT));
    bed.call(rbd::child_detach(5, &child)).unwrap();
    assert_eq!(bed.row("snap_children_0000000000000005"), None);
    assert_eq!(bed.call(rbd::get_op_features()), Ok(0));
    assert_eq!(bed.call(rbd::snapshot_remove(5)), Ok(()));
}

#[test]
fn a_snapshot_in_the_trash_takes_no_children() {
    let mut bed = image(features::LAYERING);
    bed.call(rbd::snapshot_add(5, b"s2", &USER)).unwrap();
    bed.call(rbd::snapshot_trash_add(5)).unwrap();
    let child = ChildSpec { pool: 3, nspace: Bytes::new(), image_id: "1".into() };
    assert_eq!(bed.call(rbd::child_attach(5, &child)), Err(Errno::ENOENT));
}

/// Key and value Ceph 16.2 wrote into `rbd_children`.
#[test]
fn children_of_the_first_kind() {
    let mut bed = Bed::new();
    bed.call(rbd::add_child(&parent(), b"103b8e469e1c")).unwrap();
    let (key, value) = bed.omap.first_key_value().unwrap();
    assert_eq!(to_hex(key), "03000000000000000c0000003130326236616531633366360400000000000000");
    assert_eq!(to_hex(value), "010000000c000000313033623865343639653163");
    assert_eq!(bed.call(rbd::add_child(&parent(), b"103b8e469e1c")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::get_children(&parent())), Ok(BTreeSet::from(["103b8e469e1c".into()])));
    assert_eq!(bed.call(rbd::remove_child(&parent(), b"x")), Err(Errno::ENOENT));
    bed.call(rbd::remove_child(&parent(), b"103b8e469e1c")).unwrap();
    assert_eq!(bed.keys().len(), 0);
    assert_eq!(bed.call(rbd::get_children(&parent())), Err(Errno::ENOENT));
}
