//! What object maps say, compared with the objects; and what is answered from them.

mod cluster;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cls::rbd::{ObjectMap, client as class, object_state as state};
use cluster::{NONE, Random, cluster_and_pool, open, options, read, seed};
use ops::{Errno, SNAP_HEAD};
use rados::IoCtx;
use rbd::{DiffFrom, DiffOptions, Image, ImageOption, OpenSpec, Settings, SnapRef, features, no_progress};

const OBJECT: u64 = 1 << 16;
const WHOLE: DiffOptions = DiffOptions { include_parent: true, whole_object: true };

fn image(io: &IoCtx, name: &str, objects: u64, bits: u64) -> Arc<Image> {
    let mut options = options(16, 0, 0);
    options.set_u64(ImageOption::Features, bits).expect("features");
    rbd::create(io, &Settings::default(), name, objects * OBJECT, &mut options).expect("create");
    open(io, name)
}

fn map_name(image: &Image, snap: u64) -> String {
    match snap {
        SNAP_HEAD => format!("rbd_object_map.{}", image.id()),
        _ => format!("rbd_object_map.{}.{snap:016x}", image.id()),
    }
}

fn map(io: &IoCtx, image: &Image, snap: u64) -> Result<ObjectMap, Errno> {
    let load = class::object_map_load();
    let reply = io.operate(map_name(image, snap), vec![load.op()])?;
    load.answer(&reply.ops[0])
}

fn states(io: &IoCtx, image: &Image, snap: u64) -> Vec<u8> {
    let map = map(io, image, snap).expect("a map");
    (0..map.len()).map(|object| map.get(object)).collect()
}

fn exists(io: &IoCtx, image: &Image, object: u64, snap: u64) -> bool {
    let name = format!("{}.{object:016x}", image.block_name_prefix());
    match io.with_snap(snap).stat(name) {
        Ok(_) => true,
        Err(Errno::ENOENT) => false,
        Err(error) => panic!("stat: {error}"),
    }
}

/// Every object that exists, and no other, is so in the map.
fn check_map(io: &IoCtx, image: &Image, snap: u64, log: &[String]) {
    let map = map(io, image, snap).unwrap_or_else(|error| panic!("map {snap:#x}: {error}\n{log:#?}"));
    for object in 0..map.len() {
        let (state, exists) = (map.get(object), exists(io, image, object, snap));
        assert_eq!(state != state::NONEXISTENT, exists, "object {object} at {snap:#x} is {state}\n{log:#?}");
    }
}

type Diff = Vec<(u64, u64, bool)>;

fn diff(image: &Arc<Image>, from: u64) -> Diff {
    let mut found = Vec::new();
    let mut each = |off, len, exists| {
        found.push((off, len, exists));
        0
    };
    let size = image.size().expect("size");
    image.diff_iterate(DiffFrom::SnapId(from), 0, size, WHOLE, &mut each).expect("diff");
    found
}

/// The same with the flags that forbid to use the maps.
fn slow_diff(io: &IoCtx, image: &Image, from: u64, to: u64) -> Diff {
    let header = format!("rbd_header.{}", image.id());
    let set = |flags| {
        let snaps = image.snap_list().expect("list").into_iter().map(|snap| snap.id);
        for snap in snaps.chain([SNAP_HEAD]) {
            io.operate(header.clone(), vec![class::set_flags(snap, flags, 3).op()]).expect("set_flags");
        }
    };
    set(3);
    let found = diff(&at(io, image, to), from);
    set(0);
    found
}

fn at(io: &IoCtx, image: &Image, snap: u64) -> Arc<Image> {
    let spec = OpenSpec::id(image.id()).read_only();
    let snap = if snap == SNAP_HEAD { SnapRef::Head } else { SnapRef::Id(snap) };
    Image::open(io, &OpenSpec { snap, ..spec }, &Settings::default()).expect("open")
}

#[test]
fn states_of_an_object() {
    let (_cluster, io) = cluster_and_pool();
    let image = image(&io, "image", 6, features::DEFAULT);
    assert_eq!(states(&io, &image, SNAP_HEAD), [0; 6]);
    let data = || Bytes::from(vec![1; 100]);
    image.write(OBJECT, data(), NONE).expect("write");
    image.write(2 * OBJECT, data(), NONE).expect("write");
    image.write(3 * OBJECT - 50, data(), NONE).expect("write into two objects");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 1, 1, 1, 0, 0]);
    image.snap_create("s").expect("snap_create");
    let snap = image.snap_id("s").expect("id");
    assert_eq!(states(&io, &image, snap), [0, 1, 1, 1, 0, 0]);
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 3, 3, 3, 0, 0]);
    image.write(OBJECT, data(), NONE).expect("write");
    image.discard(2 * OBJECT, OBJECT).expect("discard");
    image.discard(4 * OBJECT, OBJECT).expect("discard nothing");
    image.write_zeroes(5 * OBJECT, 10, 0, NONE).expect("zero nothing");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 1, 0, 3, 0, 0]);
    image.resize(8 * OBJECT, true, &mut no_progress).expect("grow");
    image.write(7 * OBJECT, data(), NONE).expect("write");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 1, 0, 3, 0, 0, 0, 1]);
    image.resize(3 * OBJECT, true, &mut no_progress).expect("shrink");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 1, 0]);
    image.snap_rollback("s", &mut no_progress).expect("rollback");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 1, 1, 1, 0, 0]);
    image.snap_create("t").expect("snap_create");
    image.snap_remove("t").expect("snap_remove");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 1, 1, 1, 0, 0], "as if the snapshot had not been");
    image.snap_remove("s").expect("snap_remove");
    assert_eq!(map(&io, &image, snap), Err(Errno::ENOENT));
    let id = image.id().to_owned();
    image.close().expect("close");
    rbd::remove(&io, &Settings::default(), "image", &mut no_progress).expect("remove");
    assert_eq!(io.stat(format!("rbd_object_map.{id}")).map(drop), Err(Errno::ENOENT));
}

#[test]
fn maps_and_diffs_of_random_histories() {
    histories(false);
}

/// The store knows which bytes a rollback did not change; a map does not.
#[test]
fn maps_and_diffs_of_random_histories_with_rollbacks() {
    histories(true);
}

/// By object.
fn by_object(diff: &Diff) -> BTreeMap<u64, bool> {
    let objects = |&(off, len, exists): &(u64, u64, bool)| {
        (off / OBJECT..(off + len) / OBJECT).map(move |object| (object, exists))
    };
    diff.iter().flat_map(objects).collect()
}

fn histories(rollbacks: bool) {
    let seed = seed();
    let mut random = Random::new(seed);
    let (_cluster, io) = cluster_and_pool();
    let image = image(&io, "image", 8, features::DEFAULT);
    let mut log = vec![format!("SEED={seed}")];
    let mut snaps: BTreeMap<u64, String> = BTreeMap::new();
    for step in 0..400 {
        let objects = image.size().expect("size") / OBJECT;
        let object = random.below(objects);
        let done = match random.below(20) {
            0..=8 => {
                let off = object * OBJECT + random.below(OBJECT - 200);
                image.write(off, random.bytes(200), NONE).expect("write");
                format!("write {object}")
            }
            9..=12 => {
                image.discard(object * OBJECT, OBJECT).expect("discard");
                format!("discard {object}")
            }
            13 | 14 => {
                let size = 1 + random.below(12);
                image.resize(size * OBJECT, true, &mut no_progress).expect("resize");
                format!("resize {size}")
            }
            15 | 16 if snaps.len() < 6 => {
                let name = format!("s{step}");
                image.snap_create(&name).expect("snap_create");
                snaps.insert(image.snap_id(&name).expect("id"), name.clone());
                format!("snap_create {name}")
            }
            17 | 18 if !snaps.is_empty() => {
                let id = *snaps.keys().nth(random.below(snaps.len() as u64) as usize).expect("one of them");
                let name = snaps[&id].clone();
                if !rollbacks || random.below(2) == 0 {
                    image.snap_remove(&name).expect("snap_remove");
                    snaps.remove(&id);
                    format!("snap_remove {name}")
                } else {
                    image.snap_rollback(&name, &mut no_progress).expect("rollback");
                    format!("rollback {name}")
                }
            }
            19 => {
                image.rebuild_object_map(&mut no_progress).expect("rebuild");
                "rebuild".into()
            }
            _ => continue,
        };
        log.push(done);
        if step % 10 != 9 {
            continue;
        }
        let states: Vec<u64> = snaps.keys().copied().chain([SNAP_HEAD]).collect();
        for (i, &to) in states.iter().enumerate() {
            check_map(&io, &image, to, &log);
            for from in std::iter::once(0).chain(states.iter().copied().take(i)) {
                let fast = diff(&at(&io, &image, to), from);
                let slow = slow_diff(&io, &image, from, to);
                let mut fast_objects = by_object(&fast);
                if rollbacks {
                    let slow_objects = by_object(&slow);
                    fast_objects.retain(|object, exists| !*exists || slow_objects.contains_key(object));
                    assert_eq!(fast_objects, slow_objects, "from {from:#x} to {to:#x}\n{log:#?}");
                    continue;
                }
                assert_eq!(fast, slow, "from {from:#x} to {to:#x}, maps and objects\n{log:#?}");
            }
        }
    }
    assert_eq!(image.flags(), Ok(0), "a map was given up\n{log:#?}");
}

/// The map on disk has every object before the object is there, whoever looks and whenever.
#[test]
fn no_object_is_ahead_of_the_map() {
    const OBJECTS: u64 = 400;
    let (_cluster, io) = cluster_and_pool();
    let image = image(&io, "image", OBJECTS, features::DEFAULT);
    image.write(0, Bytes::from_static(b"x"), NONE).expect("write");
    image.flush().expect("from now on writes are relaxed");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3_u64)
            .map(|thread| {
                let image = &image;
                scope.spawn(move || {
                    for i in 0..OBJECTS {
                        let object = (i * 7 + thread * 131) % OBJECTS;
                        image
                            .write(object * OBJECT + thread * 512, Bytes::from(vec![7; 512]), NONE)
                            .expect("write");
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let there: Vec<u64> =
                    (0..OBJECTS).filter(|&object| exists(&io, &image, object, SNAP_HEAD)).collect();
                let map = map(&io, &image, SNAP_HEAD).expect("a map");
                for object in there {
                    assert_eq!(map.get(object), state::EXISTS, "object {object}");
                }
            }
        });
        writers.into_iter().for_each(|writer| writer.join().expect("writer"));
        done.store(true, Ordering::Release);
    });
}

/// Removals and writes of the same objects from many threads.
#[test]
fn writes_beside_removals() {
    const OBJECTS: u64 = 4;
    let seed = seed();
    let (_cluster, io) = cluster_and_pool();
    let image = image(&io, "image", OBJECTS, features::DEFAULT);
    for round in 0..20 {
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let image = &image;
                scope.spawn(move || {
                    let mut random = Random::new(seed + thread + round * 10);
                    for _ in 0..60 {
                        let object = random.below(OBJECTS);
                        if random.below(3) == 0 {
                            image.discard(object * OBJECT, OBJECT).expect("discard");
                        } else {
                            image.write(object * OBJECT, random.bytes(10), NONE).expect("write");
                        }
                    }
                });
            }
        });
        let map = map(&io, &image, SNAP_HEAD).expect("a map");
        for object in 0..OBJECTS {
            let forgotten = map.get(object) == state::NONEXISTENT && exists(&io, &image, object, SNAP_HEAD);
            assert!(!forgotten, "object {object} is not in the map: SEED={seed}");
        }
    }
    image.close().expect("close");
    let states = states(&io, &image, SNAP_HEAD);
    assert!(!states.contains(&state::PENDING), "pending after the lock was released: {states:?}");
}

#[test]
fn features_come_and_go() {
    let (_cluster, io) = cluster_and_pool();
    let image = image(&io, "image", 4, features::LAYERING);
    let maps = features::OBJECT_MAP | features::FAST_DIFF;
    image.write(OBJECT, Bytes::from_static(b"one"), NONE).expect("write");
    image.snap_create("s").expect("snap_create");
    let snap = image.snap_id("s").expect("id");
    image.write(2 * OBJECT, Bytes::from_static(b"two"), NONE).expect("write");
    assert_eq!(image.rebuild_object_map(&mut no_progress), Err(Errno::EINVAL), "no map");
    assert_eq!(image.update_features(features::OBJECT_MAP, true), Err(Errno::EINVAL), "no exclusive lock");
    assert_eq!(image.update_features(features::LAYERING, false), Err(Errno::EINVAL));
    assert_eq!(image.update_features(features::DEEP_FLATTEN, true), Err(Errno::EINVAL));
    assert_eq!(image.update_features(features::JOURNALING, true), Err(Errno::ENOSYS));
    let other = open(&io, "image");
    image.update_features(features::EXCLUSIVE_LOCK, true).expect("exclusive-lock");
    other.write(3 * OBJECT, Bytes::from_static(b"three"), NONE).expect("write");
    assert!(other.is_exclusive_lock_owner(), "another handle did not notice");
    image.update_features(features::OBJECT_MAP, true).expect("object-map");
    assert_eq!(image.features(), Ok(features::LAYERING | features::EXCLUSIVE_LOCK | maps));
    assert_eq!(image.update_features(maps, true), Err(Errno::EINVAL), "there already");
    assert_eq!(image.flags(), Ok(3), "the new map is not to be trusted");
    assert_eq!(diff(&image, 0).len(), 3, "without the map");
    image.write(0, Bytes::from_static(b"zero"), NONE).expect("write");
    image.rebuild_object_map(&mut no_progress).expect("rebuild");
    assert_eq!(image.flags(), Ok(0));
    assert_eq!(states(&io, &image, snap), [0, 1, 0, 0]);
    assert_eq!(states(&io, &image, SNAP_HEAD), [1, 3, 1, 1]);
    other.discard(0, OBJECT).expect("discard");
    assert_eq!(states(&io, &image, SNAP_HEAD), [0, 3, 1, 1]);
    image.update_features(features::OBJECT_MAP, false).expect("disable");
    assert_eq!(map(&io, &image, SNAP_HEAD), Err(Errno::ENOENT));
    assert_eq!(image.features(), Ok(features::LAYERING | features::EXCLUSIVE_LOCK));
    image.update_features(features::EXCLUSIVE_LOCK, false).expect("disable");
    assert!(!image.is_exclusive_lock_owner());
    assert!(image.list_lockers().expect("list").lockers.is_empty());
    for handle in [&image, &other] {
        handle.write(0, Bytes::from_static(b"free"), NONE).expect("write");
    }
    assert_eq!(read(&image, 0, 4), "free");
}

/// What an owner that died in the middle leaves.
#[test]
fn maps_that_do_not_fit_are_given_up() {
    let (_cluster, io) = cluster_and_pool();
    let image = image(&io, "image", 4, features::DEFAULT);
    image.write(0, Bytes::from_static(b"data"), NONE).expect("write");
    image.close().expect("close");
    let longer = ObjectMap::new(9);
    io.operate(map_name(&image, SNAP_HEAD), vec![class::object_map_save(&longer).op()]).expect("save");
    let again = open(&io, "image");
    again.write(0, Bytes::from_static(b"data"), NONE).expect("write");
    assert_eq!(again.flags(), Ok(0), "an interrupted shrink is no harm");
    again.close().expect("close");
    for damage in [Bytes::new(), Bytes::from_static(b"damage"), denc::encode(&ObjectMap::new(3))] {
        io.write_full(map_name(&image, SNAP_HEAD), damage).expect("damage");
        let again = open(&io, "image");
        again.write(OBJECT, Bytes::from_static(b"data"), NONE).expect("writes go on");
        assert_eq!(again.flags(), Ok(3));
        assert_eq!(diff(&again, 0).len(), 2, "not from the map");
        again.rebuild_object_map(&mut no_progress).expect("rebuild");
        assert_eq!(again.flags(), Ok(0));
        assert_eq!(states(&io, &again, SNAP_HEAD), [1, 1, 0, 0]);
        again.close().expect("close");
    }
}

#[test]
fn clones_keep_maps_of_what_they_copy() {
    let (_cluster, io) = cluster_and_pool();
    let parent = image(&io, "parent", 4, features::DEFAULT);
    for object in 0..3 {
        parent.write(object * OBJECT, Bytes::from(vec![5; 100]), NONE).expect("write");
    }
    parent.snap_create("s").expect("snap_create");
    parent.snap_protect("s").expect("protect");
    let source =
        rbd::CloneSource { image: rbd::ImageRef::Name("parent".into()), snap: SnapRef::Name("s".into()) };
    let mut with = options(16, 0, 0);
    rbd::clone(&io, &source, &io, &Settings::default(), "child", &mut with).expect("clone");
    let child = open(&io, "child");
    assert_eq!(child.features(), Ok(features::DEFAULT));
    assert_eq!(diff(&child, 0), slow_diff(&io, &child, 0, SNAP_HEAD), "all from the parent");
    child.snap_create("a").expect("snap_create");
    child.snap_create("b").expect("snap_create");
    let (a, b) = (child.snap_id("a").expect("id"), child.snap_id("b").expect("id"));
    child.write(OBJECT + 10, Bytes::from_static(b"new"), NONE).expect("write");
    assert_eq!(states(&io, &child, a), [0, 1, 0, 0]);
    assert_eq!(states(&io, &child, b), [0, 3, 0, 0]);
    assert_eq!(states(&io, &child, SNAP_HEAD), [0, 1, 0, 0]);
    child.resize(2 * OBJECT, true, &mut no_progress).expect("shrink");
    child.resize(4 * OBJECT, true, &mut no_progress).expect("grow");
    child.flatten(&mut no_progress).expect("flatten");
    assert_eq!(child.flags(), Ok(0));
    for snap in [a, b, SNAP_HEAD] {
        check_map(&io, &child, snap, &[]);
    }
    assert_eq!(diff(&child, 0), slow_diff(&io, &child, 0, SNAP_HEAD));
    assert_eq!(diff(&child, a), slow_diff(&io, &child, a, SNAP_HEAD));
    parent.snap_unprotect("s").expect("snapshots of the child need the parent no more");
    assert_eq!(read(&at(&io, &child, a), 2 * OBJECT, 3), [5; 3][..]);
    assert_eq!(read(&at(&io, &child, a), OBJECT, 3), [5; 3][..]);
}
