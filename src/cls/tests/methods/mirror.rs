use std::collections::{BTreeMap, BTreeSet};

use cls::rbd::client as rbd;
use cls::rbd::{
    MirrorDirection, MirrorImage, MirrorImageMode, MirrorImageState, MirrorMode, MirrorPeer,
    MirrorSnapshotNamespace, SnapshotNamespace, features,
};
use ops::{Errno, Timespec};

use crate::bed::Bed;

fn peer(uuid: &str) -> MirrorPeer {
    MirrorPeer {
        uuid: uuid.to_owned().into(),
        direction: MirrorDirection::Both,
        site_name: format!("site {uuid}").into(),
        client_name: "client.mirror".into(),
        mirror_uuid: format!("cluster {uuid}").into(),
        last_seen: Timespec { sec: 5, nsec: 6 },
    }
}

fn pool() -> Bed {
    let mut bed = Bed::created();
    bed.call(rbd::mirror_uuid_set(b"here")).unwrap();
    bed.call(rbd::mirror_mode_set(MirrorMode::Image)).unwrap();
    bed
}

#[test]
fn mode_and_identity() {
    let mut bed = Bed::created();
    assert_eq!(bed.call(rbd::mirror_mode_get()), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::mirror_uuid_get()), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::mirror_mode_set(MirrorMode::Pool)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::mirror_uuid_set(b"")), Err(Errno::EINVAL));
    bed.call(rbd::mirror_uuid_set(b"here")).unwrap();
    bed.call(rbd::mirror_mode_set(MirrorMode::Pool)).unwrap();
    assert_eq!(bed.call(rbd::mirror_mode_get()), Ok(MirrorMode::Pool));
    assert_eq!(bed.call(rbd::mirror_uuid_get()).unwrap(), "here");
    assert_eq!(bed.call(rbd::mirror_uuid_set(b"there")), Err(Errno::EINVAL));
    bed.call(rbd::mirror_mode_set(MirrorMode::Disabled)).unwrap();
    assert_eq!(bed.keys().len(), 0);
}

#[test]
fn peers() {
    assert_eq!(Bed::created().call(rbd::mirror_peer_add(&peer("a"))), Err(Errno::EINVAL));
    let mut bed = pool();
    bed.call(rbd::mirror_peer_add(&peer("a"))).unwrap();
    assert_eq!(bed.call(rbd::mirror_peer_list()), Ok(vec![peer("a")]));
    let add = |changed: MirrorPeer| rbd::mirror_peer_add(&changed);
    assert_eq!(bed.call(add(peer("a"))), Err(Errno::ESTALE));
    assert_eq!(bed.call(add(peer("here"))), Err(Errno::EINVAL));
    assert_eq!(bed.call(add(MirrorPeer { site_name: "site a".into(), ..peer("b") })), Err(Errno::EEXIST));
    assert_eq!(
        bed.call(add(MirrorPeer { mirror_uuid: "cluster a".into(), ..peer("b") })),
        Err(Errno::EEXIST)
    );
    assert_eq!(bed.call(add(MirrorPeer { client_name: "".into(), ..peer("b") })), Err(Errno::EINVAL));
    assert_eq!(
        bed.call(add(MirrorPeer { direction: MirrorDirection::Send, ..peer("b") })),
        Err(Errno::EINVAL)
    );
    bed.call(add(peer("b"))).unwrap();
    assert_eq!(bed.call(rbd::mirror_peer_set_cluster(b"b", b"site a")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::mirror_peer_set_cluster(b"c", b"site c")), Err(Errno::ENOENT));
    bed.call(rbd::mirror_peer_set_cluster(b"b", b"site c")).unwrap();
    bed.call(rbd::mirror_peer_set_client(b"b", b"client.x")).unwrap();
    bed.call(rbd::mirror_peer_set_direction(b"b", MirrorDirection::Receive)).unwrap();
    let changed = MirrorPeer {
        site_name: "site c".into(),
        client_name: "client.x".into(),
        direction: MirrorDirection::Receive,
        ..peer("b")
    };
    assert_eq!(bed.call(rbd::mirror_peer_list()), Ok(vec![peer("a"), changed]));
    assert_eq!(bed.call(rbd::mirror_mode_set(MirrorMode::Disabled)), Err(Errno::EBUSY));
    bed.call(rbd::mirror_peer_remove(b"a")).unwrap();
    bed.call(rbd::mirror_peer_remove(b"a")).unwrap();
    assert_eq!(bed.call(rbd::mirror_peer_list()).unwrap().len(), 1);
}

#[test]
fn pings() {
    let mut bed = pool();
    bed.call(rbd::mirror_peer_add(&peer("a"))).unwrap();
    assert_eq!(bed.call(rbd::mirror_peer_ping(b"", b"cluster a")), Err(Errno::EINVAL));
    bed.call(rbd::mirror_peer_ping(b"renamed", b"cluster a")).unwrap();
    let seen = MirrorPeer { site_name: "renamed".into(), last_seen: bed.now, ..peer("a") };
    assert_eq!(bed.call(rbd::mirror_peer_list()), Ok(vec![seen]));
    bed.call(rbd::mirror_peer_ping(b"new", b"cluster n")).unwrap();
    let peers = bed.call(rbd::mirror_peer_list()).unwrap();
    let new = peers.iter().find(|peer| peer.site_name == "new").unwrap();
    assert_eq!((new.direction, &new.mirror_uuid[..]), (MirrorDirection::Send, &b"cluster n"[..]));
}

#[test]
fn images() {
    let mut bed = pool();
    let image = |global_id: &str, state| MirrorImage {
        mode: MirrorImageMode::Snapshot,
        global_id: global_id.to_owned().into(),
        state,
    };
    let enabled = image("g1", MirrorImageState::Enabled);
    let disabling = image("g1", MirrorImageState::Disabling);
    assert_eq!(bed.call(rbd::mirror_image_set(b"1", &disabling)), Err(Errno::ENOENT));
    bed.call(rbd::mirror_image_set(b"1", &enabled)).unwrap();
    assert_eq!(bed.row("image_1").unwrap(), "02010800000002000000673101 01".replace(' ', ""));
    assert_eq!(bed.row("global_g1").unwrap(), "0100000031");
    assert_eq!(bed.call(rbd::mirror_image_set(b"2", &enabled)), Err(Errno::EEXIST));
    let other = image("g2", MirrorImageState::Enabled);
    assert_eq!(bed.call(rbd::mirror_image_set(b"1", &other)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::mirror_image_get(b"1")), Ok(enabled));
    assert_eq!(bed.call(rbd::mirror_image_get(b"2")), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::mirror_image_get_image_id(b"g1")).unwrap(), "1");
    assert_eq!(bed.call(rbd::mirror_image_list(b"", 9)), Ok(BTreeMap::from([("1".into(), "g1".into())])));
    assert_eq!(bed.call(rbd::mirror_image_remove(b"1")), Err(Errno::EBUSY));
    bed.call(rbd::mirror_image_set(b"1", &disabling)).unwrap();
    bed.omap.insert("status_global_g1".into(), "".into());
    bed.omap.insert("remote_status_global_g1_site".into(), "".into());
    bed.call(rbd::mirror_image_remove(b"1")).unwrap();
    assert_eq!(bed.keys(), ["mirror_mode", "mirror_uuid"]);
}

#[test]
fn snapshots() {
    let mut bed = Bed::created();
    bed.call(rbd::create(1, 20, features::LAYERING, b"p", None)).unwrap();
    let mirror = MirrorSnapshotNamespace {
        state: 2,
        peer_uuids: BTreeSet::from(["a".into(), "b".into()]),
        ..MirrorSnapshotNamespace::default()
    };
    let namespace = SnapshotNamespace::Mirror(Box::new(mirror));
    bed.call(rbd::snapshot_add(1, b"m1", &namespace)).unwrap();
    bed.call(rbd::snapshot_add(2, b"user", &SnapshotNamespace::User)).unwrap();
    let unlink = rbd::mirror_image_snapshot_unlink_peer;
    assert_eq!(bed.call(unlink(2, b"a")), Err(Errno::EINVAL));
    assert_eq!(bed.call(unlink(9, b"a")), Err(Errno::ENOENT));
    assert_eq!(bed.call(unlink(1, b"x")), Err(Errno::ENOENT));
    bed.call(unlink(1, b"a")).unwrap();
    bed.call(rbd::snapshot_add(3, b"m2", &namespace)).unwrap();
    bed.call(unlink(1, b"b")).unwrap();
    bed.call(unlink(3, b"a")).unwrap();
    bed.call(unlink(3, b"b")).unwrap();
    bed.call(rbd::mirror_image_snapshot_set_copy_progress(3, true, 77)).unwrap();
    let SnapshotNamespace::Mirror(stored) = bed.call(rbd::snapshot_get(3)).unwrap().namespace else {
        panic!("the namespace changed");
    };
    assert_eq!((stored.complete, stored.last_copied_object, stored.peer_uuids.len()), (true, 77, 0));
}
