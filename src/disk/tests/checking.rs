//! What a check of the files finds: nothing where nothing is wrong, and otherwise what and where.

mod schedule;

use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use disk::{CreateOptions, DiskEngine, Engine, Finding, HEAD, Inspector, OpenOptions};
use ops::{Durability, Errno, ObjectRef, Wait};
use schedule::{Rng, run, script, seed};

const OPTIONS: fn() -> OpenOptions = || OpenOptions { threads: false, ..OpenOptions::default() };

/// A store of random objects, part of which is in the log only unless `clean`.
fn fill(dir: &Path, rng: &mut Rng, clean: bool) {
    DiskEngine::create(dir, CreateOptions { segment: 64 << 10 }).unwrap();
    let engine = DiskEngine::open(dir, OPTIONS()).unwrap();
    for step in 0..200 {
        let mut script = script(rng, 40, 40_000);
        script.durability = Durability::Durable;
        run(&*engine, &script).unwrap();
        if step == 120 {
            engine.checkpoint().unwrap();
        }
    }
    if clean {
        engine.shutdown().unwrap();
    }
    // Not shut down: as a kill leaves it.
    std::mem::forget(engine);
}

fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for name in ["format", "log", "data", "meta.redb"] {
        std::fs::copy(from.join(name), to.path().join(name)).unwrap();
    }
    to
}

fn check(dir: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let inspector = match Inspector::open(dir, Duration::ZERO) {
        Ok(inspector) => inspector,
        Err(err) => return vec![Finding::of_file("format", None, err.to_string())],
    };
    if inspector.check_files(&mut findings, &mut |_| {}).unwrap() {
        let engine = inspector.engine().unwrap();
        engine.check(&mut findings, &mut |_, _| Ok(()), &mut |_| {}).unwrap();
    }
    findings
}

fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn flip(path: &Path, at: u64) {
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
}

#[test]
fn whole_stores_are_whole_and_stay_as_they_are() {
    let seed = seed("whole_stores_are_whole");
    for clean in [true, false] {
        let filled = tempfile::tempdir().unwrap();
        fill(filled.path(), &mut Rng::new(seed), clean);
        let dir = copy(filled.path());
        let before = contents(dir.path());
        assert_eq!(check(dir.path()), [], "seed {seed}, clean {clean}");
        assert!(before == contents(dir.path()), "seed {seed}, clean {clean}: the check changed a file");
    }
}

#[test]
fn keeps_owners_away_and_is_kept_away() {
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions::default()).unwrap();
    let engine = DiskEngine::open(dir.path(), OPTIONS()).unwrap();
    assert_eq!(Inspector::open(dir.path(), Duration::ZERO).err(), Some(Errno::EBUSY), "an owner has it");
    engine.shutdown().unwrap();
    let one = Inspector::open(dir.path(), Duration::ZERO).unwrap();
    let other = Inspector::open(dir.path(), Duration::ZERO).unwrap();
    assert_eq!(DiskEngine::open(dir.path(), OPTIONS()).err(), Some(Errno::EBUSY), "two look at it");
    drop((one, other));
    DiskEngine::open(dir.path(), OPTIONS()).unwrap();
}

#[test]
fn names_the_block_and_whose_it_is() {
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions::default()).unwrap();
    let engine = DiskEngine::open(dir.path(), OPTIONS()).unwrap();
    let object = ObjectRef::new(3, "an object");
    let mut tx = engine.begin(&object).unwrap();
    tx.create(HEAD).unwrap();
    tx.write(HEAD, 8192, &vec![7; 3 * 4096].into()).unwrap();
    tx.commit(Durability::Durable, Wait::Inline, Box::new(|result| result.unwrap()));
    engine.shutdown().unwrap();
    let data = std::fs::read(dir.path().join("data")).unwrap();
    let second = data.chunks(4096).enumerate().filter(|(_, block)| block[0] == 7).nth(1).unwrap().0 as u64;
    flip(&dir.path().join("data"), second * 4096 + 100);
    let found = check(dir.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].file, found[0].offset), (Some("data"), Some(second * 4096)));
    assert_eq!((found[0].object.as_ref(), found[0].part), (Some(&object), Some(HEAD)));
    assert!(found[0].what.contains("offset 12288"), "{}", found[0]);
}

#[test]
fn names_the_frame_of_the_log() {
    let seed = seed("names_the_frame_of_the_log");
    let filled = tempfile::tempdir().unwrap();
    fill(filled.path(), &mut Rng::new(seed), false);
    let mut frames = Vec::new();
    Inspector::open(copy(filled.path()).path(), Duration::ZERO)
        .unwrap()
        .log(&mut |frame| frames.push(frame))
        .unwrap();
    assert!(frames.len() > 10, "{} frames", frames.len());
    for frame in &frames[..frames.len() - 1] {
        let dir = copy(filled.path());
        flip(&dir.path().join("log"), frame.offset + 70);
        let found = check(dir.path());
        let context = format!("seed {seed}, {frame:?}: {found:?}");
        assert_eq!(found.len(), 1, "{context}");
        assert_eq!((found[0].file, found[0].offset), (Some("log"), Some(frame.offset)), "{context}");
    }
}

/// Enough objects that their rows take many pages: with one of them damaged, the rest is still looked at.
#[test]
fn a_damaged_page_of_rows_hides_no_others() {
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions::default()).unwrap();
    let engine = DiskEngine::open(dir.path(), OPTIONS()).unwrap();
    for number in 0..2000 {
        let mut tx = engine.begin(&ObjectRef::new(1, format!("object number {number}"))).unwrap();
        tx.create(HEAD).unwrap();
        tx.set_attr(HEAD, "name".into(), vec![b'x'; 100].into()).unwrap();
        tx.commit(Durability::Relaxed, Wait::Inline, Box::new(|result| result.unwrap()));
    }
    engine.shutdown().unwrap();
    let path = dir.path().join("meta.redb");
    let bytes = std::fs::read(&path).unwrap();
    let needle = b"object number 777";
    let places: Vec<u64> =
        (0..bytes.len()).filter(|&at| bytes[at..].starts_with(needle)).map(|at| at as u64).collect();
    // Freed pages still have such names in them, and may by now serve for something else.
    let mut found = None;
    for &at in &places {
        flip(&path, at);
        let mut findings = Vec::new();
        let inspector = Inspector::open(dir.path(), Duration::ZERO).unwrap();
        inspector.check_files(&mut findings, &mut |_| {}).unwrap();
        let page = findings.iter().find(|finding| finding.what.contains("`objects`"));
        if page.is_some_and(|page| page.offset == Some(at / 4096 * 4096)) {
            found = Some((inspector, findings));
            break;
        }
        flip(&path, at);
    }
    let (inspector, mut findings) = found.expect("one of the places is in a row");
    let engine = inspector.engine().unwrap_or_else(|err| panic!("{err}: {findings:?}"));
    let counts = engine.check(&mut findings, &mut |_, _| Ok(()), &mut |_| {}).unwrap();
    assert!((1900..2000).contains(&counts.objects), "{counts:?}: {findings:?}");
    assert!(engine.begin(&ObjectRef::new(1, "object number 777")).is_err(), "it must not seem to be missing");
    let absent = engine.begin(&ObjectRef::new(1, "object number 776")).is_ok();
    assert!(absent, "a neighbour by name is elsewhere");
}
