//! A full disk: writers are told, reads and deletions work, and all goes on when there is room again.

mod platter;
mod schedule;

use std::sync::{Arc, mpsc};

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, OpenOptions};
use ops::{Durability, Errno, ObjectRef, Result, Wait};
use platter::{Call, Fate, Platter};
use schedule::{Rng, read, seed};

fn options(threads: bool) -> OpenOptions {
    OpenOptions {
        log_capacity: 1 << 20,
        overlay_soft: 64 << 10,
        reserve: 1 << 20,
        full_ratio: 1.0,
        threads,
        ..OpenOptions::default()
    }
}

fn store(seed: u64) -> Platter {
    let disk = Platter::new(seed);
    DiskEngine::create_on(&disk, CreateOptions { segment: 64 << 10 }).unwrap();
    disk
}

fn object(n: usize) -> ObjectRef {
    ObjectRef::new(1, format!("object {n}"))
}

fn content(n: usize) -> Bytes {
    Bytes::from(vec![n as u8 + 1; 100_000])
}

fn commit(tx: Box<dyn disk::Tx + '_>) -> Result<()> {
    let (send, receive) = mpsc::channel();
    tx.commit(Durability::Durable, Wait::Inline, Box::new(move |result| send.send(result).unwrap()));
    receive.recv().unwrap()
}

fn write(engine: &DiskEngine, n: usize) -> Result<()> {
    let mut tx = engine.begin(&object(n))?;
    tx.create(HEAD)?;
    tx.write(HEAD, 0, &content(n))?;
    commit(tx)
}

fn fill(threads: bool) {
    let disk = store(seed("full"));
    let engine = DiskEngine::open_on(Arc::new(disk.clone()), options(threads)).unwrap();
    write(&engine, 0).unwrap();
    disk.set_available(16 << 20);
    let failed = (1..1000).find_map(|n| write(&engine, n).err().map(|err| (n, err)));
    let Some((full, err)) = failed else { panic!("the disk never filled") };
    assert_eq!(err, Errno::ENOSPC, "object {full}");
    assert!(full > 50, "only {full} objects found room");
    for n in 0..full {
        let tx = engine.begin(&object(n)).unwrap();
        assert!(read(&*tx, HEAD, 0, 1 << 20).unwrap() == content(n), "object {n} on a full disk");
    }
    let tx = engine.begin(&object(full)).unwrap();
    assert!(!tx.exists(HEAD), "the write that failed left nothing");
    drop(tx);
    for n in 0..10 {
        let mut tx = engine.begin(&object(n)).unwrap();
        tx.remove(HEAD).unwrap();
        commit(tx).unwrap_or_else(|err| panic!("deleting object {n}: {err:?}"));
    }
    for n in 0..9 {
        write(&engine, n).unwrap_or_else(|err| panic!("object {n}, after deletions: {err:?}"));
    }
    engine.shutdown().unwrap();
    let engine = DiskEngine::open_on(Arc::new(disk), options(threads)).unwrap();
    assert_eq!(engine.audit().unwrap(), Vec::<String>::new());
}

#[test]
fn tells_writers() {
    fill(false);
}

#[test]
fn tells_writers_with_threads() {
    fill(true);
}

/// A checkpoint that finds no room is tried again; nothing is lost meanwhile.
#[test]
fn a_checkpoint_waits() {
    let seed = seed("a_checkpoint_waits");
    let mut rng = Rng::new(seed);
    for round in 0..60 {
        let context = format!("seed {seed}, round {round}");
        let disk = store(rng.next());
        let engine = DiskEngine::open_on(Arc::new(disk.clone()), options(false)).unwrap();
        for n in 0..3 {
            write(&engine, n).unwrap();
        }
        disk.doom_file("meta.redb", rng.below(20), Fate::Fail(Errno::ENOSPC));
        let first = engine.checkpoint();
        disk.spare();
        if disk.failed().is_some_and(|failure| failure.call == Call::Sync) {
            // Nobody knows what the disk has of it.
            assert_eq!(write(&engine, 3), Err(Errno::EIO), "{context}: a write after a sync that failed");
            continue;
        }
        write(&engine, 3).unwrap_or_else(|err| panic!("{context}: a write after {first:?}: {err:?}"));
        engine.checkpoint().unwrap_or_else(|err| panic!("{context}: the next checkpoint: {err:?}"));
        let found = if rng.chance(50) {
            engine.shutdown().unwrap();
            disk
        } else {
            disk.reboot()
        };
        let engine = DiskEngine::open_on(Arc::new(found), options(false)).unwrap();
        for n in 0..4 {
            let tx = engine.begin(&object(n)).unwrap();
            assert!(read(&*tx, HEAD, 0, 1 << 20).unwrap() == content(n), "{context}: object {n}");
        }
        assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "{context}");
    }
}
