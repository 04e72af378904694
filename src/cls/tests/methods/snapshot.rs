use cls::rbd::client as rbd;
use cls::rbd::{Protection, SnapshotNamespace, features};
use ops::{Errno, SNAP_HEAD, SnapContext, Timespec};

use crate::bed::Bed;

const USER: SnapshotNamespace = SnapshotNamespace::User;

fn image() -> Bed {
    let mut bed = Bed::created();
    bed.call(rbd::create(100 << 20, 22, features::LAYERING, b"rbd_data.1", None)).unwrap();
    bed
}

/// The row Ceph 16.2 wrote for a snapshot of such an image.
#[test]
fn add_writes_the_row_of_ceph() {
    let mut bed = image();
    bed.now = Timespec { sec: 0x6b02_184e, nsec: 0x035d_650c };
    bed.call(rbd::snapshot_add(4, b"s1", &USER)).unwrap();
    assert_eq!(
        bed.row("snapshot_0000000000000004").unwrap(),
        "0808360000000400000000000000020000007331000040060000000000000000000000000001010400000000000000\
         4e18026b0c655d030000000000"
    );
    assert_eq!(bed.row("snap_seq").unwrap(), "0400000000000000");
}

#[test]
fn what_was_added_can_be_read() {
    let mut bed = image();
    bed.call(rbd::snapshot_add(4, b"s1", &USER)).unwrap();
    bed.call(rbd::set_size(7)).unwrap();
    bed.call(rbd::snapshot_add(9, b"s2", &USER)).unwrap();
    assert_eq!(bed.call(rbd::get_snapcontext()), Ok(SnapContext::new(9, &[9, 4]).unwrap()));
    let info = bed.call(rbd::snapshot_get(4)).unwrap();
    assert_eq!(
        (info.id, &info.name[..], info.image_size, info.timestamp),
        (4, &b"s1"[..], 100 << 20, bed.now)
    );
    assert_eq!(info.namespace, USER);
    assert_eq!(bed.call(rbd::get_size(9)).unwrap().size, 7);
    assert_eq!(bed.call(rbd::get_snapshot_name(9)).unwrap(), "s2");
    assert_eq!(bed.call(rbd::get_snapshot_timestamp(9)), Ok(bed.now));
    assert_eq!(bed.call(rbd::snapshot_get(5)), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::snapshot_get(SNAP_HEAD)), Err(Errno::EINVAL));
}

#[test]
fn more_snapshots_than_one_page() {
    let mut bed = image();
    for id in 1..=200 {
        bed.call(rbd::snapshot_add(id, format!("s{id}").as_bytes(), &USER)).unwrap();
    }
    let context = bed.call(rbd::get_snapcontext()).unwrap();
    assert_eq!(context.snaps.iter().copied().collect::<Vec<u64>>(), (1..=200).rev().collect::<Vec<u64>>());
}

#[test]
fn add_refuses() {
    let mut bed = image();
    bed.call(rbd::snapshot_add(4, b"s1", &USER)).unwrap();
    assert_eq!(bed.call(rbd::snapshot_add(5, b"s1", &USER)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::snapshot_add(4, b"s2", &USER)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::snapshot_add(3, b"s2", &USER)), Err(Errno::ESTALE));
    assert_eq!(bed.call(rbd::snapshot_add(SNAP_HEAD, b"s2", &USER)), Err(Errno::EINVAL));
    let unknown = SnapshotNamespace::Unknown { kind: 77, body: "x".into() };
    assert_eq!(bed.call(rbd::snapshot_add(6, b"s2", &unknown)), Err(Errno::EINVAL));
    assert_eq!(Bed::created().call(rbd::snapshot_add(6, b"s2", &USER)), Err(Errno::ENOENT));
    let group = SnapshotNamespace::Group(Default::default());
    assert_eq!(bed.call(rbd::snapshot_add(7, b"s1", &group)), Ok(()), "names are per namespace");
}

#[test]
fn limits() {
    let mut bed = image();
    assert_eq!(bed.call(rbd::snapshot_get_limit()), Ok(u64::MAX));
    bed.call(rbd::snapshot_add(1, b"a", &USER)).unwrap();
    bed.call(rbd::snapshot_add(2, b"b", &USER)).unwrap();
    assert_eq!(bed.call(rbd::snapshot_set_limit(1)), Err(Errno::ERANGE));
    bed.call(rbd::snapshot_set_limit(2)).unwrap();
    assert_eq!(bed.row("snap_limit").unwrap(), "0200000000000000");
    assert_eq!(bed.call(rbd::snapshot_add(3, b"c", &USER)), Err(Errno::EDQUOT));
    bed.call(rbd::snapshot_set_limit(u64::MAX)).unwrap();
    assert_eq!(bed.row("snap_limit"), None);
    assert_eq!(bed.call(rbd::snapshot_add(3, b"c", &USER)), Ok(()));
}

#[test]
fn rename() {
    let mut bed = image();
    bed.call(rbd::snapshot_add(1, b"a", &USER)).unwrap();
    bed.call(rbd::snapshot_add(2, b"b", &USER)).unwrap();
    bed.call(rbd::snapshot_add(3, b"g", &SnapshotNamespace::Group(Default::default()))).unwrap();
    assert_eq!(bed.call(rbd::snapshot_rename(1, b"b")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::snapshot_rename(8, b"c")), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::snapshot_rename(3, b"c")), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::snapshot_rename(1, b"g")), Ok(()));
    assert_eq!(bed.call(rbd::get_snapshot_name(1)).unwrap(), "g");
}

#[test]
fn remove_and_protection() {
    let mut bed = image();
    bed.call(rbd::snapshot_add(1, b"a", &USER)).unwrap();
    assert_eq!(bed.call(rbd::get_protection_status(1)), Ok(Protection::Unprotected));
    bed.call(rbd::set_protection_status(1, Protection::Protected)).unwrap();
    assert_eq!(bed.call(rbd::get_protection_status(1)), Ok(Protection::Protected));
    assert_eq!(bed.call(rbd::snapshot_remove(1)), Err(Errno::EBUSY));
    assert_eq!(bed.call(rbd::snapshot_trash_add(1)), Err(Errno::EBUSY));
    bed.call(rbd::set_protection_status(1, Protection::Unprotected)).unwrap();
    assert_eq!(bed.call(rbd::snapshot_remove(1)), Ok(()));
    assert_eq!(bed.call(rbd::snapshot_remove(1)), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::get_snapcontext()), Ok(SnapContext::new(1, &[]).unwrap()));
    assert_eq!(bed.call(rbd::set_protection_status(SNAP_HEAD, Protection::Protected)), Err(Errno::EINVAL));
    assert_eq!(bed.run("rbd", "set_protection_status", &denc::encode(&(1_u64, 3_u8))), Err(Errno::EINVAL));
}

#[test]
fn trash() {
    let mut bed = image();
    bed.call(rbd::snapshot_add(1, b"a", &USER)).unwrap();
    bed.call(rbd::snapshot_trash_add(1)).unwrap();
    let info = bed.call(rbd::snapshot_get(1)).unwrap();
    assert_eq!(info.namespace, SnapshotNamespace::Trash { original_name: "a".into(), original_kind: 0 });
    let uuid = String::from_utf8(info.name.to_vec()).unwrap();
    let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{uuid}");
    assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
    assert_eq!(bed.call(rbd::get_op_features()), Ok(features::operation::SNAP_TRASH));
    assert_eq!(bed.call(rbd::snapshot_trash_add(1)), Err(Errno::EEXIST));
    bed.call(rbd::snapshot_remove(1)).unwrap();
    assert_eq!(bed.call(rbd::get_op_features()), Ok(0));
}

#[test]
fn a_row_that_cannot_be_read() {
    let mut bed = image();
    bed.omap.insert("snapshot_0000000000000001".into(), "junk".into());
    assert_eq!(bed.call(rbd::snapshot_get(1)), Err(Errno::EIO));
    assert_eq!(bed.call(rbd::snapshot_remove(1)), Err(Errno::EIO));
    assert_eq!(bed.call(rbd::snapshot_add(5, b"x", &USER)), Err(Errno::EIO));
}
