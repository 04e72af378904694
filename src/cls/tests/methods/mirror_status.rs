use std::collections::BTreeMap;

use cls::rbd::client as rbd;
use cls::rbd::{
    MirrorDirection, MirrorImage, MirrorImageMap, MirrorImageMode, MirrorImageState, MirrorPeer,
    MirrorSiteStatus, MirrorStatusState,
};
use ops::{Errno, Timespec};

use crate::bed::Bed;

fn report(site: &'static str, state: MirrorStatusState) -> MirrorSiteStatus {
    MirrorSiteStatus {
        mirror_uuid: site.into(),
        state,
        description: "so".into(),
        ..MirrorSiteStatus::default()
    }
}

fn pool() -> Bed {
    let mut bed = Bed::created();
    let image = MirrorImage {
        mode: MirrorImageMode::Journal,
        global_id: "g1".into(),
        state: MirrorImageState::Enabled,
    };
    bed.call(rbd::mirror_image_set(b"1", &image)).unwrap();
    bed
}

#[test]
fn reports() {
    let mut bed = pool();
    assert_eq!(bed.call(rbd::mirror_image_status_get(b"g1")), Err(Errno::ENOENT));
    let local = report("", MirrorStatusState::Replaying);
    let remote = report("site", MirrorStatusState::Stopped);
    bed.call(rbd::mirror_image_status_set(b"g1", &local)).unwrap();
    bed.call(rbd::mirror_image_status_set(b"g1", &remote)).unwrap();
    assert_eq!(bed.keys(), ["global_g1", "image_1", "remote_status_global_g1_site", "status_global_g1"]);
    let now = bed.now;
    let expected = [local, remote].map(|site| MirrorSiteStatus { last_update: now, ..site });
    let status = bed.call(rbd::mirror_image_status_get(b"g1")).unwrap();
    assert_eq!(status.sites, expected);
    let (images, statuses) = bed.call(rbd::mirror_image_status_list(b"", 9)).unwrap();
    assert_eq!((images.len(), statuses), (1, BTreeMap::from([("1".into(), status)])));
    assert_eq!(bed.call(rbd::mirror_image_instance_get(b"g1")), Err(Errno::ESTALE));
    assert_eq!(bed.call(rbd::mirror_image_instance_list(b"", 9)), Ok(BTreeMap::new()));
    bed.call(rbd::mirror_image_status_remove_down()).unwrap();
    assert_eq!(bed.call(rbd::mirror_image_status_get(b"g1")), Err(Errno::ENOENT));
}

#[test]
fn a_daemon_that_watches_is_up() {
    let mut bed = pool();
    bed.watching = true;
    bed.call(rbd::mirror_image_status_set(b"g1", &report("", MirrorStatusState::Replaying))).unwrap();
    assert!(bed.call(rbd::mirror_image_status_get(b"g1")).unwrap().sites[0].up);
    assert_eq!(bed.call(rbd::mirror_image_instance_get(b"g1")).unwrap().name.to_string(), "client.4123");
    bed.call(rbd::mirror_image_status_remove_down()).unwrap();
    assert_eq!(
        bed.call(rbd::mirror_image_status_get_summary(&[])),
        Ok(BTreeMap::from([(MirrorStatusState::Replaying, 1)]))
    );
    let sender = MirrorPeer {
        uuid: "u".into(),
        direction: MirrorDirection::Both,
        site_name: "s".into(),
        client_name: "c".into(),
        mirror_uuid: "site".into(),
        last_seen: Timespec::ZERO,
    };
    let summary = rbd::mirror_image_status_get_summary(std::slice::from_ref(&sender));
    let unknown = BTreeMap::from([(MirrorStatusState::Unknown, 1)]);
    assert_eq!(bed.call(summary.clone()), Ok(unknown), "the other site has not reported");
    bed.call(rbd::mirror_image_status_set(b"g1", &report("site", MirrorStatusState::Syncing))).unwrap();
    assert_eq!(bed.call(summary), Ok(BTreeMap::from([(MirrorStatusState::Syncing, 1)])));
    bed.call(rbd::mirror_image_status_remove(b"g1")).unwrap();
    assert_eq!(bed.keys(), ["global_g1", "image_1"]);
}

#[test]
fn daemons_and_their_images() {
    let mut bed = Bed::created();
    bed.call(rbd::mirror_instances_add(b"4")).unwrap();
    bed.call(rbd::mirror_instances_add(b"5")).unwrap();
    bed.call(rbd::mirror_instances_remove(b"4")).unwrap();
    assert_eq!(bed.call(rbd::mirror_instances_list()), Ok(vec!["5".into()]));
    let map =
        MirrorImageMap { instance_id: "5".into(), mapped: Timespec { sec: 5, nsec: 6 }, data: "d".into() };
    bed.call(rbd::mirror_image_map_update(b"g1", &map)).unwrap();
    assert_eq!(bed.call(rbd::mirror_image_map_list(b"", 9)), Ok(BTreeMap::from([("g1".into(), map)])));
    bed.call(rbd::mirror_image_map_remove(b"g1")).unwrap();
    assert_eq!(bed.call(rbd::mirror_image_map_list(b"", 9)), Ok(BTreeMap::new()));
}
