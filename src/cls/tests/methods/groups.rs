use cls::rbd::client as rbd;
use cls::rbd::{
    GroupImage, GroupImageStatus, GroupLink, GroupSnapshot, GroupSnapshotState, GroupSpec, ImageSnapshotSpec,
    features,
};
use ops::Errno;

use crate::bed::Bed;

fn image(id: &str) -> GroupImage {
    GroupImage { image_id: id.to_owned().into(), pool: 3 }
}

/// Key and value as Ceph 16.2 wrote them.
#[test]
fn images() {
    let mut bed = Bed::created();
    let status = GroupImageStatus { image: image("102d95420007"), link: GroupLink::Attached };
    bed.call(rbd::group_image_set(&status)).unwrap();
    assert_eq!(bed.keys(), ["image_0000000000000003_102d95420007"]);
    assert_eq!(bed.row("image_0000000000000003_102d95420007").unwrap(), "00");
    let other = GroupImageStatus { image: image("2"), link: GroupLink::Incomplete };
    bed.call(rbd::group_image_set(&other)).unwrap();
    let listed = bed.call(rbd::group_image_list(&GroupImage::default(), 10));
    assert_eq!(listed, Ok(vec![status.clone(), other.clone()]));
    assert_eq!(bed.call(rbd::group_image_list(&status.image, 10)), Ok(vec![other.clone()]));
    bed.call(rbd::group_image_remove(&status.image)).unwrap();
    assert_eq!(bed.call(rbd::group_image_list(&GroupImage::default(), 10)), Ok(vec![other]));
}

/// The row Ceph 16.2 wrote.
#[test]
fn snapshots() {
    let mut bed = Bed::created();
    let image = ImageSnapshotSpec { pool: 3, image_id: "102d95420007".into(), snap: 8 };
    let complete = GroupSnapshot {
        id: "104d6b8b4567".into(),
        name: "gs1".into(),
        state: GroupSnapshotState::Complete,
        snaps: vec![image],
    };
    let started = GroupSnapshot { state: GroupSnapshotState::Incomplete, ..complete.clone() };
    bed.call(rbd::group_snap_set(&started)).unwrap();
    assert_eq!(bed.call(rbd::group_snap_set(&started)), Err(Errno::EEXIST));
    bed.call(rbd::group_snap_set(&complete)).unwrap();
    assert_eq!(
        bed.row("snapshot_104d6b8b4567").unwrap(),
        "0101420000000c00000031303464366238623435363703000000677331010100000001012000000003000000000000\
         000c0000003130326439353432303030370800000000000000"
    );
    let clash = GroupSnapshot { id: "2".into(), ..complete.clone() };
    assert_eq!(bed.call(rbd::group_snap_set(&clash)), Err(Errno::EEXIST));
    let nameless = GroupSnapshot { name: "".into(), ..complete.clone() };
    assert_eq!(bed.call(rbd::group_snap_set(&nameless)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::group_snap_get_by_id(b"104d6b8b4567")), Ok(complete.clone()));
    assert_eq!(bed.call(rbd::group_snap_list(&GroupSnapshot::default(), 9)), Ok(vec![complete]));
    bed.call(rbd::group_snap_remove(b"104d6b8b4567")).unwrap();
    assert_eq!(bed.call(rbd::group_snap_get_by_id(b"104d6b8b4567")), Err(Errno::ENOENT));
}

/// The row Ceph 16.2 wrote.
#[test]
fn reference_from_an_image() {
    let mut bed = Bed::created();
    bed.call(rbd::create(1, 20, features::LAYERING, b"p", None)).unwrap();
    let group = GroupSpec { pool: 3, group_id: "10476b8b4567".into() };
    let other = GroupSpec { pool: 4, ..group.clone() };
    assert_eq!(bed.call(rbd::image_group_get()), Ok(GroupSpec::default()));
    assert_eq!(bed.call(rbd::image_group_remove(&group)), Err(Errno::ENOENT));
    bed.call(rbd::image_group_add(&group)).unwrap();
    assert_eq!(
        bed.row("rbd_group_ref").unwrap(),
        "01011800000003000000000000000c000000313034373662386234353637"
    );
    assert_eq!(bed.call(rbd::get_op_features()), Ok(features::operation::GROUP));
    assert_eq!(bed.call(rbd::image_group_add(&group)), Ok(()));
    assert_eq!(bed.call(rbd::image_group_add(&other)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::image_group_get()), Ok(group.clone()));
    assert_eq!(bed.call(rbd::image_group_remove(&other)), Err(Errno::EBADF));
    bed.call(rbd::image_group_remove(&group)).unwrap();
    assert_eq!(bed.call(rbd::get_op_features()), Ok(0));
}

#[test]
fn directory() {
    let mut bed = Bed::new();
    bed.call(rbd::group_dir_add(b"g1", b"10476b8b4567")).unwrap();
    assert_eq!(bed.row("id_10476b8b4567").unwrap(), "020000006731");
    assert_eq!(bed.call(rbd::group_dir_list(b"", 9)).unwrap().len(), 1);
    bed.call(rbd::group_dir_rename(b"g1", b"g2", b"10476b8b4567")).unwrap();
    bed.call(rbd::group_dir_remove(b"g2", b"10476b8b4567")).unwrap();
    assert_eq!(bed.keys().len(), 0);
}
