//! Space that nobody uses goes back to the file system, and comes from there again.

mod platter;
mod schedule;

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, mpsc};

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, OpenOptions};
use ops::{Durability, ObjectRef, Wait};
use platter::Platter;
use schedule::{read, seed};

const OBJECTS: usize = 40;
const SIZE: usize = 2 << 20;

fn options() -> OpenOptions {
    OpenOptions {
        spare: 4 << 20,
        reserve: 1 << 20,
        full_ratio: 1.0,
        threads: false,
        ..OpenOptions::default()
    }
}

fn object(n: usize) -> ObjectRef {
    ObjectRef::new(1, format!("object {n}"))
}

fn content(n: usize) -> Bytes {
    Bytes::from(vec![n as u8 + 1; SIZE])
}

fn change(engine: &DiskEngine, n: usize, change: impl FnOnce(&mut dyn disk::Tx)) {
    let mut tx = engine.begin(&object(n)).unwrap();
    change(&mut *tx);
    let (send, receive) = mpsc::channel();
    tx.commit(Durability::Durable, Wait::Inline, Box::new(move |result| send.send(result).unwrap()));
    assert_eq!(receive.recv(), Ok(Ok(())), "object {n}");
}

fn write(engine: &DiskEngine, n: usize) {
    change(engine, n, |tx| {
        tx.create(HEAD).unwrap();
        tx.write(HEAD, 0, &content(n)).unwrap();
    });
}

fn stored(engine: &DiskEngine, n: usize) -> Bytes {
    let tx = engine.begin(&object(n)).unwrap();
    read(&*tx, HEAD, 0, SIZE as u64).unwrap()
}

fn remove_most(engine: &DiskEngine) {
    (1..OBJECTS).for_each(|n| change(engine, n, |tx| tx.remove(HEAD).unwrap()));
    engine.checkpoint().unwrap();
    engine.checkpoint().unwrap();
}

fn occupied(dir: &Path) -> u64 {
    std::fs::metadata(dir.join("data")).unwrap().blocks() * 512
}

fn open(dir: &Path) -> Arc<DiskEngine> {
    DiskEngine::open(dir, options()).unwrap()
}

#[test]
fn removed_objects_leave_the_file_system() {
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions::default()).unwrap();
    let engine = open(dir.path());
    (0..OBJECTS).for_each(|n| write(&engine, n));
    let full = occupied(dir.path());
    assert!(full >= (OBJECTS * SIZE) as u64, "{full} bytes occupied by {OBJECTS} objects");
    remove_most(&engine);
    let left = occupied(dir.path());
    assert!(left < full / 4, "{left} of {full} bytes still occupied");
    engine.shutdown().unwrap();

    let engine = open(dir.path());
    assert!(stored(&engine, 0) == content(0), "what was not removed");
    (1..OBJECTS).for_each(|n| write(&engine, n));
    let again = occupied(dir.path());
    assert!(again >= (OBJECTS * SIZE) as u64, "{again} bytes occupied by {OBJECTS} objects again");
    for n in 0..OBJECTS {
        assert!(stored(&engine, n) == content(n), "object {n}");
    }
}

#[test]
fn a_crash_takes_no_hole_for_space() {
    let disk = Platter::new(seed("holes"));
    DiskEngine::create_on(&disk, CreateOptions { segment: 1 << 20 }).unwrap();
    let engine = DiskEngine::open_on(Arc::new(disk.clone()), options()).unwrap();
    (0..OBJECTS).for_each(|n| write(&engine, n));
    remove_most(&engine);
    // Holes are taken back, which no checkpoint knows of.
    (1..OBJECTS / 2).for_each(|n| write(&engine, n));
    let disk = disk.reboot();
    drop(engine);
    let engine = DiskEngine::open_on(Arc::new(disk.clone()), options()).unwrap();
    for n in 0..OBJECTS / 2 {
        assert!(stored(&engine, n) == content(n), "object {n}");
    }
    // The file system has nothing to give: what is not in the file cannot be written.
    disk.set_available(0);
    let mut room = 0;
    for n in OBJECTS / 2..OBJECTS * 4 {
        let mut tx = engine.begin(&object(n)).unwrap();
        tx.create(HEAD).unwrap();
        if tx.write(HEAD, 0, &content(n)).is_err() {
            break;
        }
        room += SIZE;
    }
    assert!(room <= 16 << 20, "{room} bytes were taken from what the file system has back");
}
