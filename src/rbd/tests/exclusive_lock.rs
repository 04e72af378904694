//! Several handles of one image, of one client and of several, and who of them may write.

mod cluster;

use std::sync::Arc;

use bytes::Bytes;
use cluster::{Cluster, NONE, Random, cluster_and_pool, open, options, read, seed, wait};
use ops::{Errno, ObjectStore, OpFlags};
use rados::IoCtx;
use rbd::{Image, OpenSpec, Settings, features, no_progress};

const LOCK: u64 = features::LAYERING | features::EXCLUSIVE_LOCK;

fn image(io: &IoCtx, bits: u64) {
    let mut options = options(16, 0, 0);
    options.set_u64(rbd::ImageOption::Features, bits).expect("features");
    rbd::create(io, &Settings::default(), "image", 4 << 20, &mut options).expect("create");
}

/// Another program that uses the same pool.
fn other_client(cluster: &Cluster, io: &IoCtx) -> (Arc<dyn ObjectStore>, IoCtx) {
    let client = cluster.store.client("client.other");
    let io = IoCtx::new(Arc::clone(&client), io.pool()).expect("the pool");
    (client, io)
}

#[test]
fn the_first_write_takes_it() {
    let (cluster, io) = cluster_and_pool();
    image(&io, LOCK);
    let (a, b) = (open(&io, "image"), open(&io, "image"));
    assert_eq!(read(&a, 0, 4), "\0\0\0\0");
    assert!(!a.is_exclusive_lock_owner(), "a read took the lock");
    assert_eq!(a.lock_owners(), Err(Errno::ENOENT));
    a.write(0, Bytes::from_static(b"aaaa"), NONE).expect("write");
    assert!(a.is_exclusive_lock_owner());
    let address = cluster.client.identity().addrs;
    assert_eq!(b.lock_owners(), Ok((0, vec![address])));
    let lockers = b.list_lockers().expect("list");
    assert_eq!((lockers.exclusive, lockers.tag.as_str(), lockers.lockers.len()), (true, "internal", 1));
    assert!(lockers.lockers[0].cookie.starts_with("auto "), "{lockers:?}");
    b.write(2, Bytes::from_static(b"bb"), NONE).expect("write");
    assert_eq!((a.is_exclusive_lock_owner(), b.is_exclusive_lock_owner()), (false, true));
    assert_eq!(read(&a, 0, 4), "aabb");
    b.close().expect("close");
    assert_eq!(a.lock_owners(), Err(Errno::ENOENT), "not released by close");
    a.close().expect("close");
}

#[test]
fn handed_back_and_forth() {
    let (cluster, io) = cluster_and_pool();
    image(&io, features::DEFAULT);
    let (client, other) = other_client(&cluster, &io);
    let seed = seed();
    let handles = [open(&io, "image"), open(&io, "image"), open(&other, "image")];
    std::thread::scope(|scope| {
        for (i, image) in handles.iter().enumerate() {
            scope.spawn(move || {
                let mut random = Random::new(seed + i as u64);
                let base = (i as u64) << 20;
                let mut model = vec![0_u8; 1 << 20];
                for round in 0..40 {
                    let off = random.below((1 << 20) - 9000);
                    let len = 1 + random.below(9000);
                    let data = random.bytes(len);
                    let range = off as usize..off as usize + data.len();
                    model[range.clone()].copy_from_slice(&data);
                    assert_eq!(image.write(base + off, data, NONE), Ok(len), "round {round}");
                    assert_eq!(read(image, base + off, len), model[range], "round {round}");
                }
                image.flush().expect("flush");
                assert_eq!(read(image, base, 1 << 20), model);
            });
        }
    });
    let owners = handles.iter().filter(|image| image.is_exclusive_lock_owner()).count();
    assert_eq!(owners, 1);
    handles.iter().for_each(|image| image.close().expect("close"));
    client.shutdown();
}

#[test]
fn maintenance_beside_writes() {
    let (_cluster, io) = cluster_and_pool();
    image(&io, features::DEFAULT);
    let (writer, keeper) = (open(&io, "image"), open(&io, "image"));
    std::thread::scope(|scope| {
        let writes = scope.spawn(|| {
            for i in 0..300_u64 {
                writer.write((i % 16) << 16, Bytes::from(vec![i as u8; 5000]), NONE).expect("write");
            }
        });
        for i in 0..5 {
            keeper.snap_create(&format!("s{i}")).expect("snap_create");
            keeper.resize((5 + i) << 20, true, &mut no_progress).expect("resize");
        }
        keeper.snap_remove("s2").expect("snap_remove");
        writes.join().expect("writes");
    });
    assert_eq!(writer.size(), Ok(9 << 20));
    assert_eq!(writer.snap_list().expect("list").len(), 4);
}

#[test]
fn a_dead_owner_loses_it() {
    let (cluster, io) = cluster_and_pool();
    image(&io, features::DEFAULT);
    let (client, other) = other_client(&cluster, &io);
    let dead = open(&other, "image");
    dead.write(0, Bytes::from_static(b"dead"), NONE).expect("write");
    client.shutdown();
    let image = open(&io, "image");
    assert_eq!(image.lock_owners().map(|owners| owners.1.len()), Ok(1), "nothing to break");
    image.write(4, Bytes::from_static(b" man"), NONE).expect("write");
    assert!(image.is_exclusive_lock_owner());
    assert_eq!(read(&image, 0, 8), "dead man");
}

#[test]
fn a_program_may_keep_it() {
    let (_cluster, io) = cluster_and_pool();
    image(&io, features::DEFAULT);
    let (a, b) = (open(&io, "image"), open(&io, "image"));
    let data = || Bytes::from_static(b"data");
    assert_eq!(a.lock_acquire(1), Err(Errno::EOPNOTSUPP));
    assert_eq!(a.lock_release(), Err(Errno::EINVAL));
    b.write(0, data(), NONE).expect("write");
    a.lock_acquire(0).expect("b lets go");
    assert!(a.is_exclusive_lock_owner());
    assert_eq!(b.write(0, data(), NONE), Err(Errno::EROFS));
    assert_eq!(b.snap_create("s"), Err(Errno::EROFS));
    assert_eq!(wait(|done| b.aio_write(0, data(), NONE, done)), i64::from(Errno::EROFS.neg()));
    a.write(0, data(), NONE).expect("write");
    a.lock_release().expect("release");
    assert_eq!(a.write(0, data(), NONE), Err(Errno::EROFS), "not taken again by itself");
    b.write(0, data(), NONE).expect("write");
    a.lock_acquire(0).expect("acquire");
    let (_, owners) = b.lock_owners().expect("owners");
    assert_eq!(b.lock_break(0, "127.0.0.1:0/1"), Err(Errno::EBUSY));
    b.lock_break(0, &owners[0]).expect("break");
    assert_eq!(b.lock_break(0, &owners[0]), Err(Errno::ENOENT));
}

#[test]
fn without_it_nothing_is_locked() {
    let (_cluster, io) = cluster_and_pool();
    image(&io, features::LAYERING);
    let image = open(&io, "image");
    image.write(0, Bytes::from_static(b"data"), NONE).expect("write");
    assert!(!image.is_exclusive_lock_owner());
    assert_eq!(image.lock_acquire(0), Err(Errno::EINVAL));
    assert_eq!(image.lock_owners(), Err(Errno::EINVAL));
    assert!(image.list_lockers().expect("list").lockers.is_empty());
}

#[test]
fn writes_that_wait_for_it_do_not_block_and_are_flushed() {
    let (_cluster, io) = cluster_and_pool();
    image(&io, features::DEFAULT);
    let (a, b) = (open(&io, "image"), open(&io, "image"));
    a.write(0, Bytes::from_static(b"a"), NONE).expect("write");
    let (send, receive) = std::sync::mpsc::channel();
    for i in 0..50_u64 {
        let send = send.clone();
        let data = Bytes::from(vec![i as u8 + 1; 4096]);
        b.aio_write(i * 4096, data, OpFlags::empty(), move |result| send.send(result).expect("listening"));
    }
    b.flush().expect("flush");
    let results: Vec<i64> = receive.try_iter().collect();
    assert_eq!(results, [0; 50], "a flush ends after the writes before it");
    drop(a);
    for i in 0..50_u64 {
        let data = Bytes::from(vec![9; 4096]);
        b.aio_write(i * 4096, data, NONE, |result| assert_eq!(result, 0));
    }
    b.close().expect("close ends after the writes before it");
    assert_eq!(read(&open(&io, "image"), 49 * 4096, 3), [9; 3][..]);
}

#[test]
fn opened_read_only_it_is_left_alone() {
    let (_cluster, io) = cluster_and_pool();
    image(&io, features::DEFAULT);
    let reader = Image::open(&io, &OpenSpec::name("image").read_only(), &Settings::default()).expect("open");
    assert_eq!(reader.write(0, Bytes::from_static(b"x"), NONE), Err(Errno::EROFS));
    assert_eq!(reader.lock_acquire(0), Err(Errno::EINVAL));
    let image = open(&io, "image");
    image.snap_create("s").expect("snap_create");
    image.snap_set("s").expect("snap_set");
    assert_eq!(image.write(0, Bytes::from_static(b"x"), NONE), Err(Errno::EROFS));
}
