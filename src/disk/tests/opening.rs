//! Making and opening stores: what is refused, and how; who owns one; what a crash leaves.

mod schedule;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use disk::{CreateOptions, DiskEngine, Engine, HEAD, ModelEngine, OpenOptions};
use ops::{Durability, Errno, ObjectRef, Wait};
use schedule::{Rng, compare, run, script, seed};

fn create(dir: &Path) -> Result<(), Errno> {
    DiskEngine::create(dir, CreateOptions::default())
}

fn open(dir: &Path) -> Result<Arc<DiskEngine>, Errno> {
    DiskEngine::open(dir, OpenOptions::default())
}

#[test]
fn refuses_what_is_no_store() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    assert_eq!(open(&missing).err(), Some(Errno::ENOENT), "missing directory");
    assert_eq!(create(&missing).err(), Some(Errno::ENOENT), "creating in a missing directory");
    assert_eq!(open(dir.path()).err(), Some(Errno::ENOENT), "empty directory");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "a failed open leaves nothing behind");
    let file = dir.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    assert_eq!(open(&file).err(), Some(Errno::ENOTDIR), "a file");
    assert_eq!(create(&file).err(), Some(Errno::ENOTDIR), "creating in a file");
    assert_eq!(create(dir.path()).err(), Some(Errno::ENOTEMPTY), "creating in a directory with other things");
}

#[test]
fn is_created_once_and_quickly() {
    let dir = tempfile::tempdir().unwrap();
    let start = Instant::now();
    create(dir.path()).unwrap();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(2), "creating took {took:?}");
    assert_eq!(create(dir.path()).err(), Some(Errno::EEXIST));
}

#[test]
fn refuses_a_newer_format() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path()).unwrap();
    let path = dir.path().join("format");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[16] += 1;
    let crc = crc32c::crc32c(&bytes[..60]);
    bytes[60..].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(open(dir.path()).err(), Some(Errno(libc::EPROTONOSUPPORT)));
}

#[test]
fn has_one_owner() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path()).unwrap();
    let first = open(dir.path()).unwrap();
    let start = Instant::now();
    let wait = OpenOptions { lock_timeout: Duration::from_millis(100), ..OpenOptions::default() };
    assert_eq!(DiskEngine::open(dir.path(), wait).err(), Some(Errno::EBUSY));
    assert!(start.elapsed() >= Duration::from_millis(100), "it waited {:?}", start.elapsed());
    let owner = std::fs::read_to_string(dir.path().join("lock")).unwrap();
    assert_eq!(owner.trim(), std::process::id().to_string(), "the lock file names the owner");
    first.shutdown().unwrap();
    assert_eq!(first.begin(&ObjectRef::new(1, "x")).err(), Some(Errno::ESHUTDOWN));
    open(dir.path()).unwrap();
}

/// The files as they are while the store is open are what a killed process leaves.
#[test]
fn survives_a_kill() {
    let seed = seed("survives_a_kill");
    let mut rng = Rng::new(seed);
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions { segment: 64 << 10 }).unwrap();
    let model = ModelEngine::new();
    let options = OpenOptions { threads: false, overlay_soft: 256 << 10, ..OpenOptions::default() };
    let mut engine = DiskEngine::open(dir.path(), options).unwrap();
    let mut dirs = vec![dir];
    for life in 0..20 {
        for _ in 0..rng.below(60) {
            let mut script = script(&mut rng, 20, 60_000);
            script.durability = Durability::Durable;
            run(&*engine, &script).unwrap();
            run(&model, &script).unwrap();
        }
        let copy = tempfile::tempdir().unwrap();
        for name in ["format", "log", "data", "meta.redb"] {
            std::fs::copy(dirs.last().unwrap().path().join(name), copy.path().join(name)).unwrap();
        }
        dirs.push(copy);
        engine = DiskEngine::open(dirs.last().unwrap().path(), options).unwrap();
        let context = format!("seed {seed}, life {life}");
        compare(&*engine, &model, 5, &context);
        assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "{context}");
    }
}

#[test]
fn relaxed_is_durable_after_a_flush() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path()).unwrap();
    let engine = open(dir.path()).unwrap();
    let object = ObjectRef::new(1, "x");
    let mut tx = engine.begin(&object).unwrap();
    tx.create(HEAD).unwrap();
    let (send, receive) = std::sync::mpsc::channel();
    tx.commit(Durability::Relaxed, Wait::Deferred, Box::new(|result| result.unwrap()));
    engine.flush(Box::new(move |result| send.send(result).unwrap()));
    receive.recv().unwrap().unwrap();
    let copy = tempfile::tempdir().unwrap();
    for name in ["format", "log", "data", "meta.redb"] {
        std::fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let engine = open(copy.path()).unwrap();
    assert!(engine.begin(&object).unwrap().exists(HEAD), "flushed, then killed");
}
