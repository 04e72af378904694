//! Any byte of any file of a store may be damaged: what clients then get is right or an error, never something else,
//! no thread panics or hangs, and a check says what it is.
//!
//! `SEPIOLA_ROUNDS` tries (`make soak`: 2,000), each from the printed seed and its own number.

mod world;

use std::collections::BTreeMap;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ops::*;
use store::offline;
use world::{Filled, Rng, World, copy, fill, list, open, rounds, run, see, seed, views};

const FILES: [&str; 4] = ["format", "log", "data", "meta.redb"];
const OBJECTS: u64 = 1000;
/// No try takes longer, however slow the machine is.
const PATIENCE: Duration = Duration::from_secs(600);

static PANICS: AtomicU64 = AtomicU64::new(0);

/// A store as it should be, closed or as a kill leaves it.
struct Case {
    name: &'static str,
    dir: tempfile::TempDir,
    /// What clients see; twice where the last frame of the log may be taken for one that a crash cut off.
    worlds: Vec<World>,
    lists: BTreeMap<i64, Vec<ListEntry>>,
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory")
}

fn lists(store: &dyn ObjectStore) -> BTreeMap<i64, Vec<ListEntry>> {
    store.pools().into_iter().map(|(pool, _)| (pool, list(store, pool).unwrap())).collect()
}

fn cases(rng: &mut Rng) -> (Filled, Vec<Case>) {
    let dir = directory();
    let filled = fill(dir.path(), rng, OBJECTS, &mut || {});
    let store = open(dir.path()).unwrap();
    let before = world::world(&*store, &filled);
    let closed = directory();
    store.shutdown();
    copy(dir.path(), closed.path());
    let closed =
        Case { name: "closed", dir: closed, worlds: vec![before], lists: lists(&*store_of(dir.path())) };

    // Some more changes, which are in the log only, and then one alone in the last frame.
    let store = open(dir.path()).unwrap();
    for number in 0..100 {
        let object = filled.objects[rng.below(OBJECTS) as usize].clone();
        run(&*store, Request::new(object, world::change(rng, number % 2)));
    }
    let last = filled.objects[0].clone();
    assert_eq!(run(&*store, Request::new(last.clone(), vec![Op::Create { exclusive: false }])).result, 0);
    let earlier = world::world(&*store, &filled);
    let ops = vec![Op::Append { data: "the last".into() }];
    assert_eq!(run(&*store, Request::new(last, ops)).result, 0);
    let killed = directory();
    copy(dir.path(), killed.path());
    let worlds = vec![world::world(&*store, &filled), earlier];
    let lists = lists(&*store);
    store.shutdown();
    let killed = Case { name: "killed", dir: killed, worlds, lists };
    (filled, vec![closed, killed])
}

fn store_of(dir: &Path) -> Arc<dyn ObjectStore> {
    open(dir).unwrap()
}

/// Mostly a byte that matters: of a sector that is not all zeroes.
fn pick(rng: &mut Rng, bytes: &[u8]) -> usize {
    for _ in 0..1000 {
        let at = rng.below(bytes.len() as u64) as usize;
        let sector = at / 512 * 512;
        let inside = &bytes[sector..bytes.len().min(sector + 512)];
        if inside.iter().any(|&byte| byte != 0) || rng.below(20) == 0 {
            return at;
        }
    }
    0
}

/// What a try did, for the sums at the end.
#[derive(Default)]
struct Outcome {
    refused: bool,
    errors: usize,
    findings: Vec<String>,
}

fn attempt(
    dir: PathBuf,
    filled: Arc<Filled>,
    case: Arc<Case>,
    file: &'static str,
    context: String,
) -> Outcome {
    let report = offline::check(&dir, Duration::ZERO, &mut |_| {})
        .unwrap_or_else(|err| panic!("{context}: the check failed: {err}"));
    let findings: Vec<String> = report.findings.iter().map(|finding| finding.to_string()).collect();
    let context = format!("{context}; found {findings:#?}");
    if !findings.is_empty() {
        let named = report.findings.iter().any(|finding| finding.file == Some(file));
        assert!(named, "{context}: the damage is in `{file}`");
    }
    let mut outcome = Outcome { findings, ..Outcome::default() };
    let store = match open(&dir) {
        Ok(store) => store,
        Err(err) => {
            assert!(!outcome.findings.is_empty(), "{context}: refused with {err}, but nothing was found");
            outcome.refused = true;
            return outcome;
        }
    };
    let mut fits = vec![true; case.worlds.len()];
    for object in &filled.objects {
        let mut failed = false;
        for snap in views(&filled, object) {
            let Some(seen) = see(&*store, object, snap) else {
                failed = true;
                continue;
            };
            let view = (object.clone(), snap);
            for (fits, world) in fits.iter_mut().zip(&case.worlds) {
                *fits &= world[&view] == seen;
            }
            // Only the log's last frame may be missing.
            let allowed = if file == "log" { case.worlds.len() } else { 1 };
            let right = case.worlds[..allowed].iter().any(|world| world[&view] == seen);
            assert!(right, "{context}: {view:?} is wrong: {seen:?} in place of {:?}", case.worlds[0][&view]);
        }
        if failed {
            outcome.errors += 1;
            let named = report.findings.iter().any(|finding| {
                finding.object.as_ref() == Some(object) || finding.what.contains("cannot be listed")
            });
            assert!(named, "{context}: {object:?} cannot be read, but is not named");
        }
    }
    for (&pool, wanted) in &case.lists {
        if let Ok(found) = list(&*store, pool) {
            assert_eq!(&found, wanted, "{context}: listing of pool {pool}");
        }
    }
    // One moment of the whole store, not some of each.
    let whole = outcome.errors > 0 || fits.contains(&true);
    assert!(whole, "{context}: what is seen is of no one moment");
    store.shutdown();
    outcome
}

#[test]
fn a_damaged_byte_is_noticed_or_does_not_matter() {
    let seed = seed("corruption");
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        hook(info);
    }));
    let mut rng = Rng::new(seed);
    let (filled, cases) = cases(&mut rng);
    let filled = Arc::new(filled);
    let cases: Vec<Arc<Case>> = cases.into_iter().map(Arc::new).collect();
    for case in &cases {
        let sizes = FILES.map(|file| case.dir.path().join(file).metadata().unwrap().len() >> 10);
        eprintln!("{}: KiB {sizes:?} of {FILES:?}", case.name);
        let report = offline::check(case.dir.path(), Duration::ZERO, &mut |_| {}).unwrap();
        assert_eq!(report.findings, [], "seed {seed}: {} before any damage", case.name);
    }
    let tries = rounds(60);
    let mut sums: BTreeMap<(&str, &str), [u64; 4]> = BTreeMap::new();
    for number in 0..tries {
        let case = cases[number as usize % cases.len()].clone();
        let mut rng = Rng::new(seed ^ number.wrapping_mul(0x9e37_79b9));
        let file = FILES[(number as usize / cases.len()) % FILES.len()];
        let broken = directory();
        copy(case.dir.path(), broken.path());
        let path = broken.path().join(file);
        let bytes = std::fs::read(&path).unwrap();
        let at = pick(&mut rng, &bytes);
        let mask = 1 + rng.below(255) as u8;
        let damaged = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        damaged.write_all_at(&[bytes[at] ^ mask], at as u64).unwrap();
        let name = case.name;
        let context = format!("seed {seed}, try {number}: {name}, {file} at {at} ^ {mask:#x}");
        let (send, receive) = mpsc::channel();
        let (dir, filled, text) = (broken.path().to_owned(), filled.clone(), context.clone());
        std::thread::spawn(move || send.send(attempt(dir, filled, case, file, text)));
        let outcome = match receive.recv_timeout(PATIENCE) {
            Ok(outcome) => outcome,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{context}: it hangs"),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{context}: see above"),
        };
        assert_eq!(PANICS.load(Ordering::Relaxed), 0, "{context}: a thread panicked");
        let sum = sums.entry((name, file)).or_default();
        sum[0] += 1;
        sum[1] += u64::from(!outcome.findings.is_empty());
        sum[2] += u64::from(outcome.refused);
        sum[3] += u64::from(outcome.errors > 0);
    }
    for ((name, file), [tries, found, refused, errors]) in sums {
        eprintln!(
            "{name} {file}: of {tries} tries the check found {found}; {refused} stores were refused, {errors} had \
             objects with errors"
        );
    }
}
