//! Images in the trash.

mod cluster;

use bytes::Bytes;
use cluster::{NONE, cluster_and_pool, create, open, read};
use ops::Errno;
use rbd::{Settings, no_progress};

fn names(io: &rados::IoCtx) -> Vec<String> {
    rbd::list(io).expect("list").into_iter().map(|entry| entry.name).collect()
}

#[test]
fn there_and_back() {
    let (_cluster, io) = cluster_and_pool();
    let settings = Settings::default();
    assert_eq!(rbd::trash_list(&io), Ok(Vec::new()));
    assert_eq!(rbd::trash_move(&io, &settings, "image", 0), Err(Errno::ENOENT));
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    image.write(0, Bytes::from_static(b"kept"), NONE).expect("write");
    image.close().expect("close");
    let id = image.id();
    rbd::trash_move(&io, &settings, "image", 1000).expect("move");
    assert_eq!(names(&io), Vec::<String>::new());
    let info = rbd::trash_get(&io, id).expect("get");
    assert_eq!((info.name.as_str(), info.source), ("image", 0));
    assert_eq!(info.deferment_end_time - info.deletion_time, 1000);
    assert_eq!(rbd::trash_list(&io), Ok(vec![info]));
    assert_eq!(rbd::trash_get(&io, "none"), Err(Errno::ENOENT));
    assert_eq!(rbd::trash_remove(&io, &settings, id, false, &mut no_progress), Err(Errno::EPERM));
    create(&io, "image", 1 << 20);
    assert_eq!(rbd::trash_restore(&io, id, ""), Err(Errno::EEXIST));
    rbd::trash_restore(&io, id, "back").expect("restore");
    assert_eq!(names(&io), ["back", "image"]);
    assert_eq!(rbd::trash_list(&io), Ok(Vec::new()));
    assert_eq!(read(&open(&io, "back"), 0, 4), "kept");
}

#[test]
fn removed_for_good() {
    let (_cluster, io) = cluster_and_pool();
    let settings = Settings::default();
    for name in ["a", "b", "c"] {
        create(&io, name, 1 << 20);
    }
    let image = open(&io, "a");
    image.snap_create("s").expect("snap_create");
    rbd::trash_move(&io, &settings, "a", 0).expect("move");
    let remove = |force| rbd::trash_remove(&io, &settings, image.id(), force, &mut no_progress);
    assert_eq!(remove(false), Err(Errno::ENOTEMPTY));
    image.snap_remove("s").expect("snap_remove");
    assert_eq!(remove(false), Err(Errno::EBUSY), "open");
    image.close().expect("close");
    remove(false).expect("remove");
    assert_eq!(remove(true), Err(Errno::ENOENT));

    rbd::trash_move(&io, &settings, "b", 0).expect("move");
    rbd::trash_move(&io, &settings, "c", 5000).expect("move");
    rbd::trash_purge(&io, &settings, 0, -1.0, &mut no_progress).expect("purge");
    let left: Vec<_> = rbd::trash_list(&io).expect("list").into_iter().map(|info| info.name).collect();
    assert_eq!(left, ["c"], "what is deferred stays");
    assert_eq!(rbd::trash_purge(&io, &settings, 0, 2.0, &mut no_progress), Err(Errno::EINVAL));
}

#[test]
fn configured_instead_of_removal() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let settings = Settings { move_to_trash_on_remove: true, ..Settings::default() };
    rbd::remove(&io, &settings, "image", &mut no_progress).expect("remove");
    assert_eq!(names(&io), Vec::<String>::new());
    assert_eq!(rbd::trash_list(&io).expect("list")[0].name, "image");
}
