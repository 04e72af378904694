//! Many threads at once, with checkpoints, relocations and reads that outlive their hold all going on.

mod schedule;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, OpenOptions};
use ops::{Durability, ObjectRef, Sink, VecSink, Wait};
use schedule::{Rng, read, rounds, seed};

const BLOCK: usize = 4096;
const BLOCKS: u64 = 32;
const OBJECTS: u64 = 6;
const WRITERS: u64 = 4;

/// A block that says what it is: each of its words is `(block, version)`.
fn stamp(block: u64, version: u64) -> Vec<u8> {
    (block << 48 | version).to_le_bytes().repeat(BLOCK / 8)
}

fn version(context: &str, block: u64, bytes: &[u8]) -> u64 {
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
    let first = word(&bytes[..8]);
    assert!(bytes.chunks(8).all(|one| word(one) == first), "{context}: block {block} is of two versions");
    assert!(first == 0 || first >> 48 == block, "{context}: block {block} holds block {}", first >> 48);
    first & 0xffff_ffff_ffff
}

fn object(number: u64) -> ObjectRef {
    ObjectRef::new(1, format!("object {number}"))
}

fn work(engine: &DiskEngine, rng: &mut Rng, clock: &AtomicU64, acks: &mpsc::Sender<()>) -> u64 {
    let mut tx = engine.begin(&object(rng.below(OBJECTS))).unwrap();
    tx.create(HEAD).unwrap();
    if rng.chance(5) {
        tx.clone_part(HEAD, 1 + rng.below(2)).unwrap();
    }
    let (first, count) = if rng.chance(80) { (rng.below(BLOCKS), 1) } else { (0, BLOCKS) };
    let stamps: Vec<u8> = (first..first + count)
        .flat_map(|block| stamp(block, clock.fetch_add(1, Ordering::Relaxed)))
        .collect();
    tx.write(HEAD, first * BLOCK as u64, &Bytes::from(stamps)).unwrap();
    let relaxed = rng.chance(30);
    let wait = if rng.chance(50) { Wait::Inline } else { Wait::Deferred };
    let acks = acks.clone();
    let done = Box::new(move |result: ops::Result<()>| {
        result.unwrap();
        acks.send(()).unwrap();
    });
    tx.commit(if relaxed { Durability::Relaxed } else { Durability::Durable }, wait, done);
    1
}

fn look(engine: &DiskEngine, rng: &mut Rng, context: &str) {
    let tx = engine.begin(&object(rng.below(OBJECTS))).unwrap();
    let parts = tx.parts();
    if parts.is_empty() {
        return;
    }
    let part = parts[rng.below(parts.len() as u64) as usize];
    let before = read(&*tx, part, 0, BLOCKS * BLOCK as u64).unwrap();
    let plan = tx.read_later(part, 0, BLOCKS * BLOCK as u64).unwrap();
    drop(tx);
    if rng.chance(50) {
        std::thread::yield_now();
    }
    let (send, receive) = mpsc::channel();
    let done = move |mut sink: Box<dyn Sink>, result: ops::Result<u64>| {
        send.send(result.map(|count| sink.take(count as usize))).unwrap();
    };
    plan.start(Box::new(VecSink::new(BLOCKS as usize * BLOCK)), Wait::Deferred, Box::new(done));
    let after = receive.recv().unwrap().unwrap_or_else(|err| panic!("{context}: {err:?}"));
    assert!(before == after, "{context}: a read after its hold saw something else");
    for (block, bytes) in after.chunks(BLOCK).enumerate() {
        version(context, block as u64, bytes);
    }
}

fn round(seed: u64) {
    let mut rng = Rng::new(seed);
    let context = &format!("seed {seed}");
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions { segment: 256 << 10 }).unwrap();
    let options = OpenOptions {
        log_capacity: 2 << 20,
        overlay_soft: 16 << 10 << rng.below(4),
        backlog: 64 << 10 << rng.below(8),
        in_place_backlog: [0, 16 << 10, u64::MAX][rng.below(3) as usize],
        cached: rng.below(8) as usize * 2048,
        dirty_objects: 1 + rng.below(10) as usize,
        ..OpenOptions::default()
    };
    let mut last = vec![Bytes::new(); OBJECTS as usize];
    for life in 0..2 {
        let engine = DiskEngine::open(dir.path(), options).unwrap();
        for (number, last) in last.iter().enumerate() {
            let tx = engine.begin(&object(number as u64)).unwrap();
            if tx.exists(HEAD) {
                let found = read(&*tx, HEAD, 0, BLOCKS * BLOCK as u64).unwrap();
                assert!(found == *last, "{context}, life {life}: object {number} after reopening");
            }
        }
        let (clock, over) = (AtomicU64::new(1 + (life << 32)), AtomicBool::new(false));
        let (acks, acked) = mpsc::channel();
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|_| {
                    let (mut rng, engine, clock, acks) =
                        (Rng::new(rng.next()), &engine, &clock, acks.clone());
                    scope.spawn(move || (0..400).map(|_| work(engine, &mut rng, clock, &acks)).sum::<u64>())
                })
                .collect();
            for _ in 0..2 {
                let (mut rng, engine, over) = (Rng::new(rng.next()), &engine, &over);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        look(engine, &mut rng, context);
                    }
                });
            }
            let sent: u64 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
            for number in 0..sent {
                let wait = std::time::Duration::from_secs(30);
                acked
                    .recv_timeout(wait)
                    .unwrap_or_else(|_| panic!("{context}: {number} of {sent} acknowledged"));
            }
            over.store(true, Ordering::Relaxed);
        });
        for (number, last) in last.iter_mut().enumerate() {
            let tx = engine.begin(&object(number as u64)).unwrap();
            *last = read(&*tx, HEAD, 0, BLOCKS * BLOCK as u64).unwrap();
        }
        // A checkpoint under way holds blocks that are free.
        engine.checkpoint().unwrap();
        assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "{context}, life {life}");
    }
}

#[test]
fn agree() {
    let first = seed("threads agree");
    for number in 0..rounds(4) {
        round(first + number);
    }
}
