//! Directories, names, sizes, snapshots' states, metadata, namespaces, locks, copies, timestamps.

mod cluster;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use cluster::{NONE, cluster_and_pool, create, open, options, read, wait};
use ops::{Errno, SNAP_HEAD};
use rbd::{Image, ImageOption, ImageOptions, OpenSpec, Settings, features, no_progress};

fn names(io: &rados::IoCtx) -> Vec<String> {
    rbd::list(io).expect("list").into_iter().map(|entry| entry.name).collect()
}

#[test]
fn objects_have_ceph_s_names() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 10 << 20);
    let image = open(&io, "image");
    let id = image.id().to_owned();
    image.write(4 << 20, Bytes::from_static(b"x"), NONE).expect("write");
    image.close().expect("close");
    for object in [
        "rbd_directory".into(),
        "rbd_info".into(),
        "rbd_id.image".into(),
        format!("rbd_header.{id}"),
        format!("rbd_data.{id}.0000000000000001"),
    ] {
        assert!(io.stat(object.clone()).is_ok(), "no object {object}");
    }
    let info = image.info().expect("info");
    assert_eq!((info.size, info.object_size, info.num_objects, info.order), (10 << 20, 4 << 20, 3, 22));
    assert_eq!(info.block_name_prefix, format!("rbd_data.{id}"));
    assert!(info.block_name_prefix.len() < 24, "{}", info.block_name_prefix);
    assert_eq!(rbd::list(&io).expect("list")[0].id, id);
    assert_eq!(image.data_pool_id(), io.pool());
}

#[test]
fn data_pool_holds_the_data() {
    let (cluster, io) = cluster_and_pool();
    let fast = cluster.pool("fast");
    let mut options = ImageOptions::new();
    options.set_text(ImageOption::DataPool, "fast").expect("option");
    rbd::create(&io, &Settings::default(), "image", 1 << 20, &mut options).expect("create");
    let image = open(&io, "image");
    image.write(0, Bytes::from_static(b"there"), NONE).expect("write");
    image.snap_create("s").expect("snap_create");
    image.write(0, Bytes::from_static(b"THERE"), NONE).expect("write");
    assert_eq!(image.data_pool_id(), fast.pool());
    assert_eq!(image.features(), Ok(features::DEFAULT | features::DATA_POOL));
    let prefix = format!("rbd_data.{}.{}", io.pool(), image.id());
    assert_eq!(image.block_name_prefix(), prefix);
    assert_eq!(fast.read(format!("{prefix}.0000000000000000"), 0, 0).expect("data"), "THERE");
    image.snap_set("s").expect("snap_set");
    assert_eq!(read(&image, 0, 5), "there");
}

#[test]
fn rename_and_remove() {
    let (_cluster, io) = cluster_and_pool();
    let settings = Settings::default();
    create(&io, "a", 20 << 20);
    create(&io, "b", 1 << 20);
    assert_eq!(rbd::rename(&io, &settings, "a", "b"), Err(Errno::EEXIST));
    assert_eq!(rbd::rename(&io, &settings, "none", "c"), Err(Errno::ENOENT));
    rbd::rename(&io, &settings, "a", "c").expect("rename");
    assert_eq!(names(&io), ["b", "c"]);

    let image = open(&io, "c");
    for off in [0, 8 << 20, 19 << 20] {
        image.write(off, Bytes::from_static(b"data"), NONE).expect("write");
    }
    assert_eq!(rbd::remove(&io, &settings, "c", &mut no_progress), Err(Errno::EBUSY), "open elsewhere");
    image.snap_create("s").expect("snap_create");
    image.close().expect("close");
    assert_eq!(rbd::remove(&io, &settings, "c", &mut no_progress), Err(Errno::ENOTEMPTY), "has a snapshot");
    open(&io, "c").snap_remove("s").expect("snap_remove");
    let mut seen = Vec::new();
    let mut progress = |done, total| {
        seen.push((done, total));
        0
    };
    rbd::remove(&io, &settings, "c", &mut progress).expect("remove");
    assert_eq!(seen, [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5)]);
    assert_eq!(rbd::remove(&io, &settings, "c", &mut no_progress), Err(Errno::ENOENT));
    rbd::remove(&io, &settings, "b", &mut no_progress).expect("remove");
    assert_eq!(names(&io), Vec::<String>::new());
    let (send, receive) = mpsc::channel();
    let listed = Box::new(move |page| send.send(page).expect("the test waits"));
    io.store().list(io.pool(), None, ops::Cursor::begin(), 100, listed);
    let left: Vec<_> =
        receive.recv().expect("a page").expect("a page").entries.into_iter().map(|e| e.name).collect();
    assert!(
        left.iter().all(|name| !name.starts_with(b"rbd_data.") && !name.starts_with(b"rbd_header.")),
        "{left:?}"
    );
}

#[test]
fn interrupted_removal_can_be_finished() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "a", 1 << 20);
    let id = open(&io, "a").id().to_owned();
    io.remove(format!("rbd_header.{id}")).expect("remove the header");
    rbd::remove(&io, &Settings::default(), "a", &mut no_progress).expect("remove the rest");
    assert_eq!(names(&io), Vec::<String>::new());
    create(&io, "a", 1 << 20);
}

#[test]
fn shrinking_and_growing() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 1 << 20, &mut options(16, 0, 0)).expect("create");
    let image = open(&io, "image");
    image.write(0, Bytes::from(vec![1; 1 << 20]), NONE).expect("write");
    assert_eq!(image.resize(100, false, &mut no_progress), Err(Errno::EINVAL));
    let stopped = image.resize(100, true, &mut |_, _| -125);
    assert_eq!(stopped, Err(Errno(125)), "progress stops a resize");
    assert_eq!(image.size(), Ok(1 << 20), "a stopped resize changed the size");
    image.resize(100_000, true, &mut no_progress).expect("shrink");
    assert_eq!(image.write(100_000, Bytes::from_static(b"x"), NONE), Err(Errno::EINVAL));
    image.resize(1 << 20, false, &mut no_progress).expect("grow");
    let data = read(&image, 0, 1 << 20);
    assert!(data[100_000..].iter().all(|&byte| byte == 0), "old bytes came back");
    assert_eq!(image.resize(u64::MAX, true, &mut no_progress), Err(Errno::EFBIG));
    assert_eq!(image.resize(1 << 20, true, &mut no_progress), Ok(()), "the same size");
}

#[test]
fn handles_see_each_other() {
    let (cluster, io) = cluster_and_pool();
    let other_client = rados::IoCtx::new(cluster.store.client("client.other"), io.pool()).expect("pool");
    create(&io, "image", 1 << 20);
    let (one, two, three) = (open(&io, "image"), open(&io, "image"), open(&other_client, "image"));
    let (send, receive) = mpsc::channel();
    let handle = two.update_watch(Box::new(move || {
        let _ = send.send(());
    }));
    one.resize(2 << 20, true, &mut no_progress).expect("resize");
    assert_eq!((two.size(), three.size()), (Ok(2 << 20), Ok(2 << 20)));
    receive.recv_timeout(Duration::from_secs(10)).expect("no callback after a resize");
    two.update_unwatch(handle).expect("unwatch");
    assert_eq!(two.update_unwatch(handle), Err(Errno::EINVAL));

    one.write(0, Bytes::from_static(b"before"), NONE).expect("write");
    three.snap_create("s").expect("snap_create");
    assert!(one.snap_exists("s").expect("exists"));
    one.write(0, Bytes::from_static(b"AFTER!"), NONE).expect("write");
    two.snap_set("s").expect("snap_set");
    assert_eq!(read(&two, 0, 6), "before", "a write did not carry the other handle's snapshot");
    assert_eq!(one.watchers().expect("watchers").len(), 3);
    three.close().expect("close");
    assert_eq!(one.watchers().expect("watchers").len(), 2);
}

#[test]
fn a_snapshot_that_is_removed_under_a_handle() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let (one, two) = (open(&io, "image"), open(&io, "image"));
    one.snap_create("s").expect("snap_create");
    two.snap_set("s").expect("snap_set");
    one.snap_remove("s").expect("snap_remove");
    assert_eq!(two.read_bytes(0, 10), Err(Errno::ENOENT));
    two.snap_set("").expect("back to the head");
    assert_eq!(read(&two, 0, 3), vec![0; 3]);
}

#[test]
fn snapshots_and_their_states() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    image.snap_create("a").expect("snap_create");
    image.resize(2 << 20, true, &mut no_progress).expect("resize");
    image.snap_create("b").expect("snap_create");
    assert_eq!(image.snap_create("a"), Err(Errno::EEXIST));
    let list = image.snap_list().expect("list");
    let rows: Vec<_> = list.iter().map(|snap| (snap.name.as_str(), snap.size)).collect();
    assert_eq!(rows, [("a", 1 << 20), ("b", 2 << 20)]);
    let id = list[0].id;
    assert_eq!(image.snap_id("a"), Ok(id));
    assert_eq!(image.snap_name(id), Ok("a".into()));
    assert_eq!(image.snap_namespace_type(id), Ok(0));
    let age = ops::Timespec::now().since_epoch() - image.snap_timestamp(id).expect("timestamp").since_epoch();
    assert!(age < Duration::from_secs(100), "{age:?}");
    for missing in
        [image.snap_id("none"), image.snap_name(77).map(|_| 0), image.snap_timestamp(77).map(|_| 0)]
    {
        assert_eq!(missing, Err(Errno::ENOENT));
    }

    assert_eq!(image.snap_is_protected("a"), Ok(false));
    assert_eq!(image.snap_unprotect("a"), Err(Errno::EINVAL));
    image.snap_protect("a").expect("protect");
    assert_eq!(image.snap_protect("a"), Err(Errno::EBUSY));
    assert_eq!(image.snap_protect("none"), Err(Errno::ENOENT));
    assert_eq!(image.snap_remove("a"), Err(Errno::EBUSY));
    image.snap_rename("a", "c").expect("rename");
    assert_eq!(image.snap_rename("c", "b"), Err(Errno::EEXIST));
    assert_eq!(image.snap_rename("a", "d"), Err(Errno::ENOENT));
    assert_eq!(image.snap_is_protected("c"), Ok(true), "renaming lost the protection");
    image.snap_remove_with("c", rbd::SNAP_REMOVE_UNPROTECT, &mut no_progress).expect("remove");
    assert_eq!(image.snap_remove("c"), Err(Errno::ENOENT));
    image.snap_remove_by_id(list[1].id).expect("remove by id");
    assert_eq!(image.snap_remove_by_id(list[1].id), Err(Errno::ENOENT));

    assert_eq!(image.snap_limit(), Ok(u64::MAX));
    image.snap_set_limit(1).expect("limit");
    image.snap_create("x").expect("snap_create");
    assert_eq!(image.snap_create("y"), Err(Errno::EDQUOT));
    assert_eq!(image.snap_set_limit(0), Err(Errno::ERANGE));
    assert_eq!(image.snap_limit(), Ok(1));
    assert_eq!(image.parent(), Err(Errno::ENOENT));
    assert_eq!(image.children(), Ok(Vec::new()));
}

#[test]
fn opening_by_id_and_at_snapshots() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    image.write(0, Bytes::from_static(b"old"), NONE).expect("write");
    image.snap_create("s").expect("snap_create");
    image.write(0, Bytes::from_static(b"new"), NONE).expect("write");
    let by_id = Image::open(&io, &OpenSpec::id(image.id()).at_snap("s"), &Settings::default()).expect("open");
    assert_eq!((by_id.name().as_str(), read(&by_id, 0, 3)), ("image", Bytes::from_static(b"old")));
    by_id.snap_set_by_id(SNAP_HEAD).expect("head");
    assert_eq!(read(&by_id, 0, 3), "new");
    assert_eq!(by_id.write(0, Bytes::from_static(b"NEW"), NONE), Ok(3), "writable again at the head");
    let (send, receive) = mpsc::channel();
    Image::aio_open(&io, OpenSpec::name("image"), &Settings::default(), move |opened| {
        send.send(opened).expect("the test waits");
    });
    let opened: Arc<Image> = receive.recv().expect("an answer").expect("open");
    assert_eq!(read(&opened, 0, 3), "NEW");
    assert_eq!(wait(|done| opened.aio_close(move |result| done(result.map_or(-1, |()| 0)))), 0);
    opened.close().expect("closing twice does nothing");
}

#[test]
fn metadata() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    for i in 0..150 {
        image.metadata_set(&format!("key{i:03}"), format!("value{i}").as_bytes()).expect("set");
    }
    assert_eq!(image.metadata_get("key007").expect("get"), "value7");
    assert_eq!(image.metadata_get("none"), Err(Errno::ENOENT));
    assert_eq!(image.metadata_list("", 0).expect("list").len(), 150);
    let page: Vec<_> =
        image.metadata_list("key147", 10).expect("list").into_iter().map(|(key, _)| key).collect();
    assert_eq!(page, ["key148", "key149"]);
    assert_eq!(image.metadata_list("", 70).expect("list").len(), 70);
    image.metadata_remove("key007").expect("remove");
    assert_eq!(image.metadata_remove("key007"), Err(Errno::ENOENT));
    rbd::pool_metadata_set(&io, "k", b"v").expect("pool set");
    assert_eq!(rbd::pool_metadata_get(&io, "k").expect("pool get"), "v");
    assert_eq!(rbd::pool_metadata_list(&io, "", 0), Ok(vec![("k".into(), Bytes::from_static(b"v"))]));
    rbd::pool_metadata_remove(&io, "k").expect("pool remove");
    assert_eq!(rbd::pool_metadata_remove(&io, "k"), Err(Errno::ENOENT));
}

#[test]
fn metadata_overrides_options() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    assert!(image.settings().cache);
    rbd::pool_metadata_set(&io, "conf_rbd_cache", b"false").expect("pool");
    rbd::pool_metadata_set(&io, "conf_rbd_discard_granularity_bytes", b"4096").expect("pool");
    image.metadata_set("conf_rbd_discard_granularity_bytes", b"8192").expect("image");
    image.metadata_set("confused", b"no option").expect("image");
    assert_eq!(image.metadata_set("conf_mon_host", b"x"), Err(Errno::EINVAL));
    let again = open(&io, "image");
    assert!(!again.settings().cache, "the pool's override");
    assert_eq!(again.settings().discard_granularity_bytes, 8192, "the image's own wins");
}

#[test]
fn namespaces() {
    let (_cluster, io) = cluster_and_pool();
    assert_eq!(rbd::namespace_list(&io), Ok(Vec::new()));
    rbd::namespace_create(&io, "blue").expect("create");
    rbd::namespace_create(&io, "red").expect("create");
    assert_eq!(rbd::namespace_create(&io, "red"), Err(Errno::EEXIST));
    assert_eq!(rbd::namespace_create(&io, ""), Err(Errno::EINVAL));
    assert_eq!(rbd::namespace_list(&io), Ok(vec!["blue".into(), "red".into()]));
    assert_eq!((rbd::namespace_exists(&io, "red"), rbd::namespace_exists(&io, "x")), (Ok(true), Ok(false)));
    let (red, none) = (io.with_namespace("red"), io.with_namespace("none"));
    create(&red, "image", 1 << 20);
    let missing = rbd::create(&none, &Settings::default(), "image", 1, &mut ImageOptions::new());
    assert_eq!(missing, Err(Errno::ENOENT), "a namespace that does not exist");
    assert_eq!((names(&red), names(&io)), (vec!["image".to_owned()], vec![]));
    let image = open(&red, "image");
    image.write(5, Bytes::from_static(b"x"), NONE).expect("write");
    image.close().expect("close");
    assert_eq!(rbd::namespace_remove(&io, "red"), Err(Errno::EBUSY));
    rbd::remove(&red, &Settings::default(), "image", &mut no_progress).expect("remove");
    rbd::namespace_remove(&io, "red").expect("remove");
    assert_eq!(rbd::namespace_remove(&io, "red"), Err(Errno::ENOENT));
}

#[test]
fn advisory_locks() {
    let (cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    image.lock_exclusive("mine").expect("lock");
    assert_eq!(image.lock_exclusive("mine"), Err(Errno::EEXIST));
    assert_eq!(image.lock_exclusive("other"), Err(Errno::EBUSY));
    let held = image.list_lockers().expect("list");
    assert!(held.exclusive);
    assert_eq!(held.lockers[0].client, format!("client.{}", cluster.client.identity().instance_id));
    assert_eq!(held.lockers[0].cookie, "mine");
    assert_eq!(image.unlock("other"), Err(Errno::ENOENT));
    image.unlock("mine").expect("unlock");
    image.lock_shared("a", "tag").expect("lock");
    image.lock_shared("b", "tag").expect("lock");
    assert_eq!(image.lock_shared("c", "other"), Err(Errno::EBUSY));
    let held = image.list_lockers().expect("list");
    assert_eq!((held.exclusive, held.tag.as_str(), held.lockers.len()), (false, "tag", 2));
    assert_eq!(image.break_lock("nobody", "a"), Err(Errno::EINVAL));
    assert_eq!(image.break_lock("client.1", "a"), Err(Errno::ENOENT));
    assert_eq!(image.lock_acquire(0), Err(Errno::EBUSY), "a program's own lock");
}

#[test]
fn copies() {
    let (_cluster, io) = cluster_and_pool();
    let settings = Settings::default();
    rbd::create(&io, &settings, "image", 300_000, &mut options(16, 4096, 3)).expect("create");
    let image = open(&io, "image");
    image.write(100_000, Bytes::from(vec![5; 50_000]), NONE).expect("write");
    image.metadata_set("k", b"v").expect("metadata");
    image.snap_create("s").expect("snap_create");
    image.write(0, Bytes::from_static(b"later"), NONE).expect("write");
    image.snap_set("s").expect("snap_set");
    let mut last = (0, 0);
    let mut progress = |done, total| {
        last = (done, total);
        0
    };
    image.copy(&io, &settings, "copy", &mut ImageOptions::new(), 4096, &mut progress).expect("copy");
    assert_eq!(last, (300_000, 300_000));
    let copy = open(&io, "copy");
    assert_eq!((copy.stripe_unit(), copy.stripe_count(), copy.order()), (4096, 3, 16));
    assert!(read(&copy, 0, 300_000) == read(&image, 0, 300_000), "contents differ");
    assert_eq!(copy.metadata_get("k").expect("metadata"), "v");
    assert_eq!(copy.snap_list(), Ok(Vec::new()));
    let again = image.copy(&io, &settings, "copy", &mut ImageOptions::new(), 0, &mut no_progress);
    assert_eq!(again, Err(Errno::EEXIST));
}

#[test]
fn timestamps() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    let created = image.create_timestamp();
    assert!(created.sec > 1_600_000_000, "{created:?}");
    assert!(image.modify_timestamp() >= created && image.access_timestamp() >= created);
    let every_time = Settings { mtime_update_interval: 0, atime_update_interval: 0, ..Settings::default() };
    let never = Image::open(&io, &OpenSpec::name("image"), &every_time).expect("open");
    never.write(0, Bytes::from_static(b"x"), NONE).expect("write");
    assert_eq!(never.modify_timestamp(), image.modify_timestamp(), "an interval of 0 turns it off");
}

#[test]
fn walking_a_read() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 200_000, &mut options(16, 0, 0)).expect("create");
    let image = open(&io, "image");
    image.write(65_000, Bytes::from(vec![9; 1000]), NONE).expect("write");
    let mut parts = Vec::new();
    let total = image.read_iterate(60_000, 200_000, |off, data| {
        parts.push((off, data.len()));
        0
    });
    assert_eq!(total, Ok(140_000));
    assert_eq!(parts, [(0, 5536), (5536, 65536), (71_072, 65536), (136_608, 3392)]);
    assert_eq!(image.read_iterate(0, 100, |_, _| -9000), Err(Errno(9000)));
}

#[test]
fn pool_init_marks_the_pool() {
    let (_cluster, io) = cluster_and_pool();
    rbd::pool_init(&io, &Settings::default(), false).expect("init");
    let applications = io.store().pool(io.pool()).expect("pool").applications.clone();
    assert_eq!(applications, [("rbd".to_owned(), vec![])]);
    assert_eq!(io.read("rbd_info", 0, 0).expect("note"), "overwrite validated");
}
