//! Everything at once: nothing hangs, nothing is lost.

mod cluster;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use cluster::{NONE, Random, cluster_and_pool, open, options, read, wait};
use rbd::{Image, Settings, no_progress};

const SIZE: u64 = 1 << 20;

/// Keeps one extent busy: each completion starts the next write, on whatever thread it runs.
fn keep_writing(image: Arc<Image>, off: u64, left: u64, ended: mpsc::Sender<u64>) {
    let data = Bytes::from(vec![left as u8; 3000]);
    let next = Arc::clone(&image);
    image.aio_write(off, data, NONE, move |result| {
        assert_eq!(result, 0);
        match left {
            0 => ended.send(off).expect("the test waits"),
            _ => keep_writing(next, off, left - 1, ended),
        }
    });
}

#[test]
fn maintenance_beside_writes() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", SIZE, &mut options(14, 0, 0)).expect("create");
    let (image, other) = (open(&io, "image"), open(&io, "image"));
    let (send, receive) = mpsc::channel();
    for i in 0..8 {
        keep_writing(Arc::clone(&image), i * 10_000, 127, send.clone());
    }
    drop(send);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut i = 0;
            while !stop.load(Ordering::Relaxed) {
                i += 1;
                let name = format!("s{i}");
                other.snap_create(&name).expect("snap_create");
                other.resize(SIZE + i % 2 * 50_000, true, &mut no_progress).expect("resize");
                other.snap_remove(&name).expect("snap_remove");
                other.metadata_set("round", name.as_bytes()).expect("metadata");
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                assert_eq!(wait(|done| image.aio_flush(done)), 0);
                image.snap_list().expect("list");
            }
        });
        for _ in 0..8 {
            receive.recv_timeout(Duration::from_secs(60)).expect("writes hang");
        }
        stop.store(true, Ordering::Relaxed);
    });
    for i in 0..8 {
        assert_eq!(read(&image, i * 10_000, 3000), vec![0; 3000], "the last write of {i}");
    }
    image.close().expect("close");
    other.close().expect("close");
}

#[test]
fn close_waits_for_what_is_under_way() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", SIZE, &mut options(14, 0, 0)).expect("create");
    let mut random = Random::new(7);
    for _ in 0..20 {
        let image = open(&io, "image");
        let ended = Arc::new(AtomicU64::new(0));
        for _ in 0..50 {
            let count = Arc::clone(&ended);
            let done = move |result: i64| {
                assert!(result >= 0, "{result}");
                count.fetch_add(1, Ordering::SeqCst);
            };
            let off = random.below(SIZE - 40_000);
            image.aio_write(off, random.bytes(40_000), NONE, done);
        }
        image.close().expect("close");
        // The last answer may still be on its way when the operation itself has ended.
        for _ in 0..1000 {
            if ended.load(Ordering::SeqCst) == 50 {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(ended.load(Ordering::SeqCst), 50);
    }
}

#[test]
fn a_completion_may_close_the_image() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", SIZE, &mut options(14, 0, 0)).expect("create");
    let image = open(&io, "image");
    let closing = Arc::clone(&image);
    let (send, receive) = mpsc::channel();
    let finisher = rados::Finisher::new("test");
    let queue = Arc::new(finisher);
    let own = Arc::clone(&queue);
    image.aio_write(0, Bytes::from_static(b"last"), NONE, move |result| {
        own.queue(Box::new(move || send.send((result, closing.close())).expect("the test waits")));
    });
    drop(image);
    assert_eq!(receive.recv_timeout(Duration::from_secs(30)), Ok((0, Ok(()))));
    assert_eq!(read(&open(&io, "image"), 0, 4), "last");
}
