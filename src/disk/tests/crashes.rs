//! Crashes, kills and failing writes at any moment, on a disk that keeps as little as it may: whatever was acknowledged as
//! durable is there, every transaction is there wholly or not at all, and what is there is what some moment of the
//! order of commits looked like. `SEPIOLA_SEED` and `SEPIOLA_ROUNDS` choose the schedules.

mod history;
mod platter;
mod schedule;

use std::sync::{Arc, mpsc};
use std::time::Instant;

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, OpenOptions, ReadPlan};
use history::{History, World};
use ops::{Durability, Errno, ObjectRef, Result, Sink, VecSink, Wait};
use platter::{Call, Fate, Platter, tell};
use schedule::{Rng, Script, act, list, object, read, rounds, script, see, seed};

const OBJECTS: u64 = 12;
/// Bytes of an object.
const MAX: u64 = 60_000;
const SEGMENT: u32 = 64 << 10;
const FILES: [&str; 4] = ["data", "format", "log", "meta.redb"];

/// What the schedules came across.
#[derive(Debug, Default)]
struct Tally {
    openings: u64,
    commits: u64,
    acknowledged: u64,
    crashes: u64,
    /// Of them: while the store was made or opened.
    opening_crashes: u64,
    kills: u64,
    failures: u64,
    /// Steps that were not acknowledged: found after a crash, and not.
    kept: u64,
    dropped: u64,
    flips: u64,
}

fn options(rng: &mut Rng) -> OpenOptions {
    OpenOptions {
        log_capacity: 256 << 10 << rng.below(3),
        overlay_soft: 16 << 10 << rng.below(5),
        in_place_backlog: [0, u64::MAX][rng.below(2) as usize],
        cached: rng.below(10) as usize * 2048,
        dirty_objects: 1 + rng.below(12) as usize,
        reserve: 0,
        // Space that nobody uses is punched out at once, or seldom.
        spare: [0, 256 << 10, 64 << 20][rng.below(3) as usize],
        threads: false,
        ..OpenOptions::default()
    }
}

/// How a transaction ended.
enum End {
    /// It was not committed: nothing of it may ever be seen.
    Refused,
    Committed(Result<()>),
}

fn attempt(engine: &dyn Engine, script: &Script) -> End {
    let Ok(mut tx) = engine.begin(&script.object) else { return End::Refused };
    for one in &script.acts {
        match act(&mut *tx, one) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(_) => return End::Refused,
        }
    }
    if !script.commit {
        return End::Refused;
    }
    let (send, receive) = mpsc::channel();
    tx.commit(script.durability, script.wait, Box::new(move |result| send.send(result).unwrap()));
    End::Committed(receive.recv().unwrap())
}

/// A read whose hold has ended, and what it must deliver.
struct Late(Box<dyn ReadPlan>, Bytes);

/// One schedule: a disk, the lives of a store on it, and what it must have kept.
struct Life<'a> {
    rng: Rng,
    disk: Platter,
    history: History,
    tally: &'a mut Tally,
    context: String,
    /// A commit has failed: none may be acknowledged any more.
    poisoned: bool,
    late: Vec<Late>,
    /// How the lives before ended.
    past: String,
}

impl Life<'_> {
    fn create(&mut self) {
        loop {
            if self.rng.chance(30) {
                self.disk.doom(self.rng.below(40), Fate::Crash);
            }
            match DiskEngine::create_on(&self.disk, CreateOptions { segment: SEGMENT }) {
                Ok(()) => break,
                Err(err) => assert!(self.disk.crashed(), "{}: creating: {err:?}", self.context),
            }
            self.tally.opening_crashes += 1;
            self.fall();
        }
        self.disk.spare();
    }

    /// The machine goes down and comes up again, or the process does.
    fn fall(&mut self) {
        if self.rng.chance(30) {
            self.tally.kills += 1;
            self.past.push_str("; killed");
            self.disk = self.disk.restart();
        } else {
            self.past.push_str("; down");
            self.disk = self.disk.reboot();
        }
    }

    /// Opens the store, with crashes while it recovers, and looks at what it has kept.
    fn open(&mut self) -> Arc<DiskEngine> {
        let engine = loop {
            if self.rng.chance(40) {
                self.disk.doom(self.rng.below(40), Fate::Crash);
            }
            match DiskEngine::open_on(Arc::new(self.disk.clone()), options(&mut self.rng)) {
                Ok(engine) if !self.disk.crashed() => {
                    self.disk.spare();
                    break engine;
                }
                Ok(_) => {}
                Err(err) => assert!(self.disk.crashed(), "{}: opening: {err:?}", self.context),
            }
            self.tally.opening_crashes += 1;
            self.fall();
        };
        self.tally.openings += 1;
        let found = World::of(&*engine, &self.context);
        let (kept, dropped) = self.history.resume(&found, &self.context);
        self.tally.kept += kept as u64;
        self.tally.dropped += dropped as u64;
        assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "{}", self.context);
        self.poisoned = false;
        engine
    }

    /// Chooses what is to befall the disk, within about `within` writes.
    fn doom(&mut self, within: u64) {
        let after = self.rng.below(within);
        match self.rng.below(20) {
            0..12 => self.disk.doom(after, Fate::Crash),
            12..17 => {
                let file = ["log", "data", "meta.redb"][self.rng.below(3) as usize];
                let err = if self.rng.chance(30) { Errno::ENOSPC } else { Errno::EIO };
                self.disk.doom_file(file, after / 3, Fate::Fail(err));
            }
            _ => {}
        }
    }

    fn acknowledged(&mut self, what: &str) {
        assert!(!self.poisoned, "{}: {what} acknowledged after a failure", self.context);
        self.tally.acknowledged += 1;
    }

    fn failed(&mut self) {
        self.poisoned = true;
    }

    fn transaction(&mut self, engine: &DiskEngine) {
        let script = script(&mut self.rng, OBJECTS, MAX);
        let end = attempt(engine, &script);
        let End::Committed(result) = end else { return };
        self.tally.commits += 1;
        let changed = self.history.push(&script);
        match result {
            Err(_) => self.failed(),
            Ok(()) if script.durability == Durability::Relaxed => {}
            Ok(()) => {
                self.acknowledged("a transaction");
                if changed {
                    self.history.acknowledge();
                } else {
                    // What it has seen is durable; that says nothing of other objects.
                    self.history.acknowledge_object(&script.object);
                }
            }
        }
    }

    fn update_meta(&mut self, engine: &DiskEngine) {
        let change = |rng: &mut Rng| {
            let len = rng.below(1500) as usize;
            (Bytes::from(format!("meta {}", rng.below(6))), rng.chance(70).then(|| rng.bytes(len)))
        };
        let changes: Vec<_> = (0..1 + self.rng.below(3)).map(|_| change(&mut self.rng)).collect();
        let result = engine.meta_update(changes.clone());
        self.history.push_meta(&changes);
        match result {
            Ok(()) => {
                self.acknowledged("a meta record");
                self.history.acknowledge();
            }
            Err(_) => self.failed(),
        }
    }

    fn flush(&mut self, engine: &DiskEngine) {
        let (send, receive) = mpsc::channel();
        engine.flush(Box::new(move |result| send.send(result).unwrap()));
        match receive.recv().unwrap() {
            Ok(()) => {
                self.acknowledged("a flush");
                self.history.acknowledge();
            }
            Err(_) => self.failed(),
        }
    }

    fn remove_pool(&mut self, engine: &DiskEngine) {
        let pool = 1 + self.rng.below(2) as i64;
        let result = engine.remove_pool(pool);
        self.history.push_pool_removal(pool);
        // Where not, it may be reading that failed.
        if result.is_ok() {
            self.acknowledged("a pool's removal");
            self.history.acknowledge();
        }
    }

    fn look(&mut self, engine: &DiskEngine) {
        let object = object(&mut self.rng, OBJECTS);
        let Ok(seen) = see(engine, &object) else {
            assert!(self.disk.crashed() || self.disk.failed().is_some(), "{}: {object:?}", self.context);
            return;
        };
        let expected = self.history.world.objects.get(&object);
        let empty = schedule::Seen::new();
        let expected = expected.map_or(&empty, |seen| &**seen);
        schedule::compare_parts(&seen, expected, &format!("{}: {object:?} while running", self.context));
        let Some((&part, state)) = seen.iter().next_back() else { return };
        if let Ok(tx) = engine.begin(&object)
            && let Ok(plan) = tx.read_later(part, 0, state.data.len() as u64)
        {
            self.late.push(Late(plan, state.data.clone()));
        }
    }

    fn read_late(&mut self) {
        let Some(Late(plan, expected)) = self.late.pop() else { return };
        let (send, receive) = mpsc::channel();
        let done = move |mut sink: Box<dyn Sink>, result: Result<u64>| {
            send.send(result.map(|count| sink.take(count as usize))).unwrap();
        };
        plan.start(Box::new(VecSink::new(expected.len())), Wait::Deferred, Box::new(done));
        match receive.recv().unwrap() {
            Ok(bytes) => assert!(bytes == expected, "{}: a late read is not what it was", self.context),
            Err(err) => assert!(self.disk.crashed(), "{}: a late read: {err:?}", self.context),
        }
    }

    fn step(&mut self, engine: &DiskEngine) {
        match self.rng.below(100) {
            0..3 => {
                let _ = engine.checkpoint();
            }
            3..7 => self.flush(engine),
            7..10 => self.update_meta(engine),
            10 => self.remove_pool(engine),
            11..17 => self.look(engine),
            17..20 => self.read_late(),
            _ => self.transaction(engine),
        }
    }

    fn live(&mut self) {
        let engine = self.open();
        self.doom(100);
        for _ in 0..self.rng.below(60) {
            if self.disk.crashed() {
                break;
            }
            self.step(&engine);
            if let Some(failure) = self.disk.failed() {
                self.after(&engine, &failure);
                break;
            }
        }
        self.late.clear();
        if self.rng.chance(25) && !self.disk.crashed() {
            self.disk.doom(self.rng.below(60), Fate::Crash);
            if engine.shutdown().is_ok() {
                assert!(!self.poisoned, "{}: closed well after a failure", self.context);
                self.history.acknowledge();
            }
        }
        let crashed = self.disk.crashed();
        if let Some(failure) = self.disk.failed() {
            self.past.push_str(&format!("; {failure:?}"));
        }
        self.tally.crashes += u64::from(crashed);
        self.fall();
    }

    /// A write or sync failed: nothing is acknowledged any more, unless the checkpoint can be written another time.
    fn after(&mut self, engine: &DiskEngine, failure: &platter::Failure) {
        self.tally.failures += 1;
        match failure.call {
            Call::Sync => self.failed(),
            Call::Write if failure.file != "meta.redb" => self.failed(),
            _ => {}
        }
        if self.rng.chance(50) {
            self.disk.doom(self.rng.below(120), Fate::Crash);
        }
        for _ in 0..self.rng.below(20) {
            if self.disk.crashed() {
                break;
            }
            self.step(engine);
            if self.rng.chance(20) {
                let _ = engine.checkpoint();
            }
        }
    }

    /// Bits of a closed store are flipped: what is read is right, or an error.
    fn decay(&mut self) {
        let engine = self.open();
        if engine.shutdown().is_err() {
            return;
        }
        drop(engine);
        let file = FILES[self.rng.below(4) as usize];
        let mut context = format!("{}: bits flipped in {file} at", self.context);
        for _ in 0..1 + self.rng.below(8) {
            self.tally.flips += 1;
            context.push_str(&format!(" {}", self.disk.decay(file, &mut self.rng)));
        }
        let Ok(engine) = DiskEngine::open_on(Arc::new(self.disk.clone()), options(&mut self.rng)) else {
            return;
        };
        if let Ok(listed) = list(&*engine, 100) {
            assert!(
                listed.iter().all(|found| self.history.world.objects.contains_key(found)),
                "{context}: listing"
            );
            assert_eq!(listed.len(), self.history.world.objects.len(), "{context}: listing");
        }
        for (object, expected) in &self.history.world.objects {
            if let Ok(seen) = see(&*engine, object) {
                schedule::compare_parts(&seen, expected, &format!("{context}: {object:?}"));
            }
        }
    }
}

fn schedule_of(seed: u64, tally: &mut Tally) {
    let mut rng = Rng::new(seed);
    let disk = Platter::new(rng.next());
    let lives = 1 + rng.below(5);
    let mut life = Life {
        rng,
        disk,
        history: History::new(),
        tally,
        context: format!("seed {seed}, creation"),
        poisoned: false,
        late: Vec::new(),
        past: String::new(),
    };
    life.create();
    for number in 0..lives {
        life.context = format!("seed {seed}, life {number}{}", life.past);
        life.live();
    }
    life.context = format!("seed {seed}, at the end{}", life.past);
    if life.rng.chance(50) {
        life.decay();
    } else {
        drop(life.open());
    }
}

#[test]
fn keep_what_was_acknowledged() {
    tell();
    let (first, rounds) = (seed("keep_what_was_acknowledged"), rounds(300));
    let (start, mut tally) = (Instant::now(), Tally::default());
    for number in 0..rounds {
        // A failure's message comes before: the panic goes on.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            schedule_of(first + number, &mut tally)
        }));
        if let Err(panic) = done {
            eprintln!("caught by seed {}, after {} schedules", first + number, number + 1);
            std::panic::resume_unwind(panic);
        }
        if (number + 1) % 5000 == 0 {
            eprintln!("{} schedules so far", number + 1);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{rounds} schedules in {seconds:.1} s, seeds {first}..{}: {tally:?}", first + rounds);
}

/// After a failed write nothing is acknowledged, until the store is opened anew.
#[test]
fn a_failed_write_poisons() {
    let seed = seed("a_failed_write_poisons");
    let mut rng = Rng::new(seed);
    for round in 0..40 {
        let context = format!("seed {seed}, round {round}");
        let disk = Platter::new(rng.next());
        DiskEngine::create_on(&disk, CreateOptions { segment: SEGMENT }).unwrap();
        let engine = DiskEngine::open_on(Arc::new(disk.clone()), options(&mut rng)).unwrap();
        let write = |engine: &DiskEngine, len: usize| -> Result<()> {
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
        let tx = engine.begin(&ObjectRef::new(1, "x")).unwrap();
        assert_eq!(read(&*tx, HEAD, 0, 4096).unwrap(), vec![7; 4096], "{context}");
    }
}
