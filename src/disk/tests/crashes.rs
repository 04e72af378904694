//! Crashes at any write, on a disk that keeps as little as it may: whatever was acknowledged as durable is there, every
//! transaction is there wholly or not at all, and what is there is what some moment of the order of commits looked like.

mod platter;
mod schedule;

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, ModelEngine, OpenOptions};
use ops::{Durability, Errno, ObjectRef, Wait};
use platter::{Fate, Platter};
use schedule::{Rng, Script, Seen, list, object, rounds, run, script, see, seed};

const OBJECTS: u64 = 12;

type World = BTreeMap<ObjectRef, Seen>;

fn world(engine: &dyn Engine, context: &str) -> World {
    let see = |object: ObjectRef| {
        let seen = see(engine, &object).unwrap_or_else(|err| panic!("{context}: {object:?}: {err:?}"));
        (object, seen)
    };
    list(engine, 5).unwrap_or_else(|err| panic!("{context}: listing: {err:?}")).into_iter().map(see).collect()
}

/// All transactions so far, the world after each, and from which on a crash may find it.
struct History {
    scripts: Vec<Script>,
    worlds: Vec<World>,
    floor: usize,
    model: ModelEngine,
}

impl History {
    fn new() -> History {
        History { scripts: Vec::new(), worlds: vec![World::new()], floor: 0, model: ModelEngine::new() }
    }

    fn push(&mut self, script: Script) {
        run(&self.model, &script).unwrap();
        let mut next = self.worlds.last().unwrap().clone();
        let seen = see(&self.model, &script.object).unwrap();
        if seen.is_empty() {
            next.remove(&script.object)
        } else {
            next.insert(script.object.clone(), seen)
        };
        self.worlds.push(next);
        self.scripts.push(script);
    }

    fn changed(&self) -> bool {
        matches!(&self.worlds[..], [.., before, after] if before != after)
    }

    fn acknowledge(&mut self) {
        self.floor = self.scripts.len();
    }

    /// The world as found after a crash: goes back to that moment.
    fn resume(&mut self, found: World, context: &str) {
        let matching = (self.floor..self.worlds.len()).rev().find(|&at| self.worlds[at] == found);
        let Some(at) = matching else {
            let wanted = &self.worlds[self.floor];
            for object in wanted.keys().chain(found.keys()) {
                let (ours, theirs) = (found.get(object), wanted.get(object));
                let later = self.worlds.len() - self.floor - 1;
                let what = format!("{context}: {object:?} ({later} later worlds do not fit either)");
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    schedule::compare_parts(ours, theirs, &what);
                }
                assert_eq!(ours, theirs, "{what}");
            }
            unreachable!("{context}");
        };
        self.scripts.truncate(at);
        self.worlds = vec![self.worlds[at].clone()];
        self.model = ModelEngine::new();
        for script in &self.scripts {
            run(&self.model, script).unwrap();
        }
        self.worlds = std::iter::repeat_with(World::new).take(at).chain(self.worlds.drain(..)).collect();
        self.floor = at;
    }
}

fn options(rng: &mut Rng) -> OpenOptions {
    OpenOptions {
        log_capacity: 1 << 20,
        overlay_soft: 16 << 10 << rng.below(4),
        in_place_backlog: [0, u64::MAX][rng.below(2) as usize],
        cached_objects: rng.below(10) as usize,
        reserve: 0,
        threads: false,
        ..OpenOptions::default()
    }
}

/// Opens the store, with crashes while it recovers.
fn reopen(disk: &mut Platter, rng: &mut Rng, context: &str) -> Arc<DiskEngine> {
    loop {
        *disk = disk.reboot();
        if rng.chance(40) {
            disk.doom(rng.below(30), Fate::Crash);
        }
        match DiskEngine::open_on(Arc::new(disk.clone()), options(rng)) {
            Ok(engine) if !disk.crashed() => {
                disk.spare();
                return engine;
            }
            Ok(_) => {}
            Err(err) => assert!(disk.crashed(), "{context}: open after a crash: {err:?}"),
        }
    }
}

fn schedule_of(seed: u64) {
    let mut rng = Rng::new(seed);
    let mut disk = Platter::new(rng.next());
    loop {
        if rng.chance(30) {
            disk.doom(rng.below(20), Fate::Crash);
        }
        match DiskEngine::create_on(&disk, CreateOptions { segment: 64 << 10 }) {
            Ok(()) => break,
            Err(err) => assert!(disk.crashed(), "seed {seed}: creating: {err:?}"),
        }
        disk = disk.reboot();
    }
    let mut history = History::new();
    for life in 0..4 {
        let context = format!("seed {seed}, life {life}");
        let engine = reopen(&mut disk, &mut rng, &context);
        history.resume(world(&*engine, &context), &context);
        assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "{context}");
        if rng.chance(80) {
            disk.doom(rng.below(120), Fate::Crash);
        }
        for _ in 0..rng.below(60) {
            if disk.crashed() {
                break;
            }
            let mut script = script(&mut rng, OBJECTS, 60_000);
            script.commit = true;
            let durable = script.durability == Durability::Durable;
            let result = run(&*engine, &script);
            history.push(script);
            // A commit of no changes says nothing of other objects.
            let whole = result.is_ok_and(|answers| !answers.contains(&Err(Errno::EIO)));
            if whole && durable && history.changed() {
                history.acknowledge();
            }
            if rng.chance(4) {
                let _ = engine.checkpoint();
            }
            if rng.chance(4) {
                let (send, receive) = mpsc::channel();
                engine.flush(Box::new(move |result| send.send(result).unwrap()));
                if receive.recv().unwrap().is_ok() {
                    history.acknowledge();
                }
            }
        }
        if rng.chance(20) && engine.shutdown().is_ok() {
            history.acknowledge();
        }
    }
}

#[test]
fn keep_what_was_acknowledged() {
    let first = seed("keep_what_was_acknowledged");
    for number in 0..rounds(300) {
        schedule_of(first + number);
    }
}

/// After a failed write nothing is acknowledged, until the store is opened anew.
#[test]
fn a_failed_write_poisons() {
    let seed = seed("a_failed_write_poisons");
    let mut rng = Rng::new(seed);
    for round in 0..40 {
        let context = format!("seed {seed}, round {round}");
        let disk = Platter::new(rng.next());
        DiskEngine::create_on(&disk, CreateOptions { segment: 64 << 10 }).unwrap();
        let engine = DiskEngine::open_on(Arc::new(disk.clone()), options(&mut rng)).unwrap();
        let write = |engine: &DiskEngine, len: usize| -> Result<(), Errno> {
            let object = ObjectRef::new(1, "x");
            let mut tx = engine.begin(&object)?;
            tx.create(HEAD)?;
            tx.write(HEAD, 0, &Bytes::from(vec![7; len]))?;
            let (send, receive) = mpsc::channel();
            tx.commit(Durability::Durable, Wait::Inline, Box::new(move |result| send.send(result).unwrap()));
            receive.recv().unwrap()
        };
        write(&engine, 4096).unwrap();
        write(&engine, 64 << 10).unwrap();
        let big = round % 2 == 0;
        disk.doom(rng.below(if big { 2 } else { 1 }), Fate::Fail(Errno::EIO));
        assert_eq!(
            write(&engine, if big { 64 << 10 } else { 4096 }),
            Err(Errno::EIO),
            "{context}: the write that failed"
        );
        disk.spare();
        assert_eq!(write(&engine, 4096), Err(Errno::EIO), "{context}: a later write");
        assert_eq!(engine.begin(&object(&mut rng, 3)).err(), Some(Errno::EIO), "{context}: a later read");
        drop(engine);
        let engine = DiskEngine::open_on(Arc::new(disk.reboot()), options(&mut rng)).unwrap();
        write(&engine, 4096).unwrap_or_else(|err| panic!("{context}: after reopening: {err:?}"));
    }
}
