//! The engine's threads in orders that shuttle chooses: the commit queue, who leads a group commit, blocks that are read
//! while they are freed, and the log's hand-over from checkpoint to appends. Run by `make interleavings`;
//! `SEPIOLA_ROUNDS` says how many orders of each.
#![cfg(sepiola_shuttle)]

mod platter;
mod schedule;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, OpenOptions};
use ops::{Durability, ObjectRef, Sink, VecSink, Wait};
use platter::Platter;
use schedule::{read, rounds};
use shuttle::rand::{Rng, thread_rng};
use shuttle::{Config, Runner, sync::mpsc, thread};

const BLOCK: usize = 4096;

fn explore(work: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    // redb is deep.
    config.stack_size = 1 << 20;
    config.max_steps = shuttle::MaxSteps::FailAfter(20_000_000);
    let scheduler = shuttle::scheduler::RandomScheduler::new(rounds(20) as usize);
    Runner::new(scheduler, config).run(work);
}

fn options() -> OpenOptions {
    OpenOptions {
        log_capacity: 256 << 10,
        overlay_soft: 32 << 10,
        backlog: 32 << 10,
        cached: 0,
        reserve: 0,
        ..OpenOptions::default()
    }
}

fn object(n: u64) -> ObjectRef {
    ObjectRef::new(1, format!("object {n}"))
}

fn content(number: u64, blocks: usize) -> Bytes {
    number.to_le_bytes().repeat(blocks * BLOCK / 8).into()
}

/// Writes `number` all over an object; the call when that is done goes to `done`.
fn write(engine: &DiskEngine, of: u64, number: u64, blocks: usize, done: &mpsc::Sender<u64>) {
    let mut tx = engine.begin(&object(of)).unwrap();
    tx.create(HEAD).unwrap();
    tx.write(HEAD, 0, &content(number, blocks)).unwrap();
    let mut rng = thread_rng();
    let durability = if rng.gen_range(0..4) == 0 { Durability::Relaxed } else { Durability::Durable };
    let wait = if rng.gen_range(0..2) == 0 { Wait::Inline } else { Wait::Deferred };
    let done = done.clone();
    tx.commit(
        durability,
        wait,
        Box::new(move |result| {
            result.unwrap();
            done.send(number).unwrap();
        }),
    );
}

/// Writers with objects of their own and one that all share: each is called back once for each write, and the last
/// writes are there after the store was closed and opened.
fn commits(writers: u64, writes: u64, blocks: usize) {
    let disk = Platter::new(thread_rng().gen_range(0..u64::MAX));
    DiskEngine::create_on(&disk, CreateOptions { segment: 64 << 10 }).unwrap();
    let engine = DiskEngine::open_on(Arc::new(disk.clone()), options()).unwrap();
    let threads: Vec<_> = (0..writers)
        .map(|writer| {
            let engine = engine.clone();
            thread::spawn(move || {
                let (done, acks) = mpsc::channel();
                for n in 0..writes {
                    let number = 1 + writer * 100 + n;
                    write(&engine, 1 + writer, number, blocks, &done);
                    write(&engine, 0, number, 1, &done);
                }
                let mut acked: Vec<u64> = (0..2 * writes).map(|_| acks.recv().unwrap()).collect();
                acked.sort_unstable();
                let wanted: Vec<u64> = (0..2 * writes).map(|n| 1 + writer * 100 + n / 2).collect();
                assert_eq!(acked, wanted, "called back");
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let shared = read(&*engine.begin(&object(0)).unwrap(), HEAD, 0, BLOCK as u64).unwrap();
    engine.shutdown().unwrap();
    let options = OpenOptions { threads: false, ..options() };
    let engine = DiskEngine::open_on(Arc::new(disk), options).unwrap();
    for writer in 0..writers {
        let found =
            read(&*engine.begin(&object(1 + writer)).unwrap(), HEAD, 0, (blocks * BLOCK) as u64).unwrap();
        assert!(found == content(writer * 100 + writes, blocks), "the last write of writer {writer}");
    }
    let found = read(&*engine.begin(&object(0)).unwrap(), HEAD, 0, BLOCK as u64).unwrap();
    assert!(found == shared, "the shared object changed");
    assert_eq!(engine.audit().unwrap(), Vec::<String>::new());
}

#[test]
fn commits_are_called_back_and_kept() {
    explore(|| commits(3, 3, 1));
}

/// The log has four segments: appends wait for checkpoints.
#[test]
fn the_log_goes_round() {
    explore(|| commits(2, 8, 6));
}

/// What a read has pinned stays as it is, whoever overwrites, frees and takes blocks meanwhile.
#[test]
fn reads_outlive_their_hold() {
    explore(|| {
        let disk = Platter::new(thread_rng().gen_range(0..u64::MAX));
        DiskEngine::create_on(&disk, CreateOptions { segment: 64 << 10 }).unwrap();
        let engine = DiskEngine::open_on(Arc::new(disk), options()).unwrap();
        let clock = Arc::new(AtomicU64::new(1));
        let writers: Vec<_> = (0..2)
            .map(|_| {
                let (engine, clock) = (engine.clone(), clock.clone());
                thread::spawn(move || {
                    let (done, acks) = mpsc::channel();
                    for _ in 0..5 {
                        let blocks = [1, 6][thread_rng().gen_range(0..2)];
                        write(
                            &engine,
                            thread_rng().gen_range(0..2),
                            clock.fetch_add(1, Ordering::Relaxed),
                            blocks,
                            &done,
                        );
                        acks.recv().unwrap();
                    }
                })
            })
            .collect();
        let reader = {
            let engine = engine.clone();
            thread::spawn(move || {
                for _ in 0..6 {
                    let tx = engine.begin(&object(thread_rng().gen_range(0..2))).unwrap();
                    let Ok(size) = tx.size(HEAD) else { continue };
                    let before = read(&*tx, HEAD, 0, size).unwrap();
                    let plan = tx.read_later(HEAD, 0, size).unwrap();
                    drop(tx);
                    let (send, receive) = mpsc::channel();
                    let done = move |mut sink: Box<dyn Sink>, result: ops::Result<u64>| {
                        send.send(result.map(|count| sink.take(count as usize))).unwrap();
                    };
                    plan.start(Box::new(VecSink::new(size as usize)), Wait::Deferred, Box::new(done));
                    let after = receive.recv().unwrap().unwrap_or_else(|err| panic!("a late read: {err:?}"));
                    assert!(before == after, "a late read is not what it was");
                }
            })
        };
        for thread in writers.into_iter().chain([reader]) {
            thread.join().unwrap();
        }
        engine.shutdown().unwrap();
    });
}
