//! Clones: how they are made, listed, cut loose and removed.

mod cluster;

use bytes::Bytes;
use cluster::{NONE, cluster_and_pool, create, open, options, read};
use ops::{Errno, Op, OpOut};
use rbd::{
    CloneSource, DiffFrom, DiffOptions, ImageOption, ImageOptions, ImageRef, Settings, SnapRef, features,
    no_progress,
};

fn source(image: &str, snap: &str) -> CloneSource {
    CloneSource { image: ImageRef::Name(image.into()), snap: SnapRef::Name(snap.into()) }
}

fn clone(io: &rados::IoCtx, image: &str, snap: &str, name: &str, format: u64) -> Result<(), Errno> {
    let mut options = ImageOptions::new();
    if format > 0 {
        options.set_u64(ImageOption::CloneFormat, format).expect("option");
    }
    rbd::clone(io, &source(image, snap), io, &Settings::default(), name, &mut options)
}

fn children(image: &rbd::Image) -> Vec<String> {
    image.children().expect("children").into_iter().map(|child| child.image_name).collect()
}

#[test]
fn first_kind() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "parent", 8 << 20);
    let parent = open(&io, "parent");
    parent.write(0, Bytes::from_static(b"parent"), NONE).expect("write");
    parent.metadata_set("k", b"v").expect("metadata");
    parent.snap_create("s").expect("snap_create");
    assert_eq!(clone(&io, "parent", "s", "child", 0), Err(Errno::EINVAL), "not protected");
    parent.snap_protect("s").expect("protect");
    assert_eq!(clone(&io, "none", "s", "child", 0), Err(Errno::ENOENT));
    assert_eq!(clone(&io, "parent", "none", "child", 0), Err(Errno::ENOENT));
    assert_eq!(clone(&io, "parent", "s", "parent", 0), Err(Errno::EEXIST));
    clone(&io, "parent", "s", "child", 0).expect("clone");
    let child = open(&io, "child");
    assert_eq!((child.size(), child.overlap()), (Ok(8 << 20), Ok(8 << 20)));
    assert_eq!(child.features(), Ok(features::DEFAULT));
    assert_eq!(child.metadata_get("k").expect("metadata"), "v");
    let info = child.parent().expect("parent");
    assert_eq!(
        (info.image_name.as_str(), info.snap_name.as_str(), info.pool_name.as_str()),
        ("parent", "s", "rbd")
    );
    assert_eq!(children(&parent), ["child"]);
    assert_eq!(parent.snap_unprotect("s"), Err(Errno::EBUSY));
    assert_eq!(parent.snap_is_protected("s"), Ok(true));

    child.write(3, Bytes::from_static(b"CHILD"), NONE).expect("write");
    assert_eq!(read(&child, 0, 10), "parCHILD\0\0");
    assert_eq!(read(&parent, 0, 6), "parent");
    child.resize(4, true, &mut no_progress).expect("shrink");
    assert_eq!(child.overlap(), Ok(4));
    child.flatten(&mut no_progress).expect("flatten");
    assert_eq!(child.parent(), Err(Errno::ENOENT));
    assert_eq!(child.flatten(&mut no_progress), Err(Errno::EINVAL));
    assert_eq!(children(&parent), Vec::<String>::new());
    parent.snap_unprotect("s").expect("unprotect");
    parent.snap_remove("s").expect("snap_remove");
    assert_eq!(read(&child, 0, 4), "parC");
}

#[test]
fn second_kind() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "parent", 8 << 20);
    let parent = open(&io, "parent");
    parent.write(0, Bytes::from_static(b"parent"), NONE).expect("write");
    parent.snap_create("s").expect("snap_create");
    clone(&io, "parent", "s", "one", 2).expect("clone an unprotected snapshot");
    clone(&io, "parent", "s", "two", 2).expect("clone");
    assert_eq!(children(&parent), ["one", "two"]);
    assert_eq!(open(&io, "one").op_features(), Ok(features::operation::CLONE_CHILD));
    parent.snap_remove("s").expect("a cloned snapshot goes to the trash");
    assert_eq!(parent.snap_exists("s"), Ok(false));
    assert_eq!(parent.snap_list().expect("list").len(), 1);
    assert_eq!(read(&open(&io, "two"), 0, 6), "parent");
    open(&io, "one").flatten(&mut no_progress).expect("flatten");
    assert_eq!(children(&parent), ["two"]);
    rbd::remove(&io, &Settings::default(), "two", &mut no_progress).expect("remove the last clone");
    assert_eq!(parent.snap_list(), Ok(Vec::new()), "the snapshot stayed in the trash");
    assert_eq!(read(&open(&io, "one"), 0, 6), "parent");
}

/// As libvirt does: with the features of the image that is cloned, which has clones already.
#[test]
fn features_of_an_image_with_clones() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "parent", 1 << 20);
    let parent = open(&io, "parent");
    parent.snap_create("s").expect("snap_create");
    clone(&io, "parent", "s", "one", 2).expect("clone");
    let has = parent.features().expect("features");
    assert_eq!(has & features::OPERATIONS, features::OPERATIONS);
    for (name, format, want) in
        [("two", 2, Ok(())), ("zero", 0, Err(Errno::EINVAL)), ("three", 3, Err(Errno::EINVAL))]
    {
        let mut options = ImageOptions::new();
        options.set_u64(ImageOption::Features, has).expect("option");
        options.set_u64(ImageOption::CloneFormat, format).expect("option");
        let made = rbd::clone(&io, &source("parent", "s"), &io, &Settings::default(), name, &mut options);
        assert_eq!(made, want, "a clone of format {format}");
    }
    assert_eq!(open(&io, "two").features(), Ok(has));
}

#[test]
fn clones_of_clones() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "a", 8 << 20);
    let mut name = "a".to_owned();
    for next in ["b", "c", "d"] {
        let image = open(&io, &name);
        image.write(next.as_bytes()[0].into(), Bytes::from(next.to_owned()), NONE).expect("write");
        image.snap_create("s").expect("snap_create");
        image.snap_protect("s").expect("protect");
        clone(&io, &name, "s", next, 0).expect("clone");
        name = next.into();
    }
    let image = open(&io, "d");
    assert_eq!(read(&image, b'a'.into(), 4), "\0bcd");
    image.flatten(&mut no_progress).expect("flatten");
    assert_eq!(read(&image, b'a'.into(), 4), "\0bcd");
    assert_eq!(children(&open(&io, "b")), ["c"]);
}

#[test]
fn another_pool() {
    let (cluster, io) = cluster_and_pool();
    let other = cluster.pool("other");
    create(&io, "parent", 1 << 20);
    let parent = open(&io, "parent");
    parent.snap_create("s").expect("snap_create");
    parent.snap_protect("s").expect("protect");
    let make = |to: &rados::IoCtx, name| {
        rbd::clone(&io, &source("parent", "s"), to, &Settings::default(), name, &mut ImageOptions::new())
    };
    make(&other, "child").expect("clone");
    assert_eq!(parent.children().expect("children")[0].pool_name, "other");
    assert_eq!(parent.snap_unprotect("s"), Err(Errno::EBUSY));
    assert_eq!(make(&io.with_namespace("n"), "child"), Err(Errno::EXDEV));
    rbd::remove(&other, &Settings::default(), "child", &mut no_progress).expect("remove");
    parent.snap_unprotect("s").expect("unprotect");
}

#[test]
fn differences_include_the_parent() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "parent", 4 << 16, &mut options(16, 0, 0)).expect("create");
    let parent = open(&io, "parent");
    parent.write(65536, Bytes::from(vec![1; 100]), NONE).expect("write");
    parent.snap_create("s").expect("snap_create");
    parent.snap_protect("s").expect("protect");
    clone(&io, "parent", "s", "child", 0).expect("clone");
    let child = open(&io, "child");
    child.write(3 << 16, Bytes::from(vec![2; 10]), NONE).expect("write");
    let diff = |include_parent| {
        let mut found = Vec::new();
        let mut each = |off, len, exists| {
            found.push((off, len, exists));
            0
        };
        let options = DiffOptions { include_parent, whole_object: false };
        child.diff_iterate(DiffFrom::Beginning, 0, 4 << 16, options, &mut each).expect("diff");
        found
    };
    assert_eq!(diff(true), [(65536, 100, true), (3 << 16, 10, true)]);
    assert_eq!(diff(false), [(3 << 16, 10, true)]);
}

#[test]
fn removing_a_snapshot_flattens_where_asked() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "parent", 1 << 20);
    let parent = open(&io, "parent");
    parent.write(0, Bytes::from_static(b"parent"), NONE).expect("write");
    parent.snap_create("s").expect("snap_create");
    parent.snap_protect("s").expect("protect");
    clone(&io, "parent", "s", "child", 0).expect("clone");
    let all = rbd::SNAP_REMOVE_FLATTEN | rbd::SNAP_REMOVE_UNPROTECT;
    parent.snap_remove_with("s", all, &mut no_progress).expect("snap_remove");
    assert_eq!(parent.snap_list(), Ok(Vec::new()));
    assert_eq!(read(&open(&io, "child"), 0, 6), "parent");
}

#[test]
fn zeroes_of_the_parent_stay_where_they_are() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "parent", 8 << 20);
    let parent = open(&io, "parent");
    parent.write(0, Bytes::from_static(b"first"), NONE).expect("write");
    parent.write(2 << 20, Bytes::from_static(b"second"), NONE).expect("write");
    parent.write((8 << 20) - 1, Bytes::from_static(b"0"), NONE).expect("write");
    parent.snap_create("s").expect("snap_create");
    clone(&io, "parent", "s", "child", 2).expect("clone");
    let child = open(&io, "child");
    child.write(100, Bytes::from_static(b"own"), NONE).expect("write");
    child.flatten(&mut no_progress).expect("flatten");
    assert_eq!((read(&child, 0, 5), read(&child, 100, 3), read(&child, 2 << 20, 6)), {
        let bytes = Bytes::from_static;
        (bytes(b"first"), bytes(b"own"), bytes(b"second"))
    });
    let data = |object: u64| format!("{}.{object:016x}", child.block_name_prefix());
    assert_eq!(io.stat(data(0)).expect("object 0").0, (2 << 20) + 4096);
    let extents = |object: u64| {
        let reply =
            io.operate(data(object), vec![Op::SparseRead { off: 0, len: 4 << 20 }]).expect("sparse read");
        match &reply.ops[0].out {
            OpOut::Sparse { extents, .. } => extents.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(extents(0), [(0, 4096), (2 << 20, 4096)]);
    assert_eq!(extents(1), [((4 << 20) - 4096, 4096)]);
}
