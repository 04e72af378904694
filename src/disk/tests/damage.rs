//! Any flipped byte of any file: an error or the right answer, never wrong bytes, never a panic.

mod schedule;

use std::os::unix::fs::FileExt;
use std::path::Path;

use disk::{CreateOptions, DiskEngine, Engine, ModelEngine, OpenOptions};
use ops::{Durability, ObjectRef};
use schedule::{Rng, list, rounds, run, script, see, seed};

const FILES: [&str; 4] = ["format", "log", "data", "meta.redb"];

fn copy(from: &Path, to: &Path) {
    for name in FILES {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// A byte that is likely to matter: of a sector that is not all zeroes.
fn pick(rng: &mut Rng, bytes: &[u8]) -> usize {
    for _ in 0..1000 {
        let at = rng.below(bytes.len() as u64) as usize;
        let sector = at / 512 * 512;
        if bytes[sector..bytes.len().min(sector + 512)].iter().any(|&byte| byte != 0) {
            return at;
        }
    }
    0
}

/// What may be seen of a store with one damaged byte; `clean`: nothing was in the log only.
fn inspect(dir: &Path, model: &ModelEngine, objects: &[ObjectRef], clean: bool, context: &str) -> bool {
    let options = OpenOptions { threads: false, ..OpenOptions::default() };
    let Ok(engine) = DiskEngine::open(dir, options) else { return true };
    let mut noticed = false;
    match list(&*engine, 100) {
        Ok(listed) if clean => assert_eq!(listed, objects, "{context}: listing"),
        Ok(_) => {}
        Err(_) => noticed = true,
    }
    for object in objects {
        match see(&*engine, object) {
            Ok(seen) if clean => assert_eq!(seen, see(model, object).unwrap(), "{context}: {object:?}"),
            Ok(_) => {}
            Err(_) => noticed = true,
        }
    }
    noticed
}

fn flip_bytes(name: &str, clean: bool, tries: u64) {
    let seed = seed(name);
    let mut rng = Rng::new(seed);
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions { segment: 64 << 10 }).unwrap();
    let model = ModelEngine::new();
    let options = OpenOptions { threads: false, ..OpenOptions::default() };
    let engine = DiskEngine::open(dir.path(), options).unwrap();
    for step in 0..300 {
        let mut script = script(&mut rng, 60, 40_000);
        script.durability = Durability::Durable;
        run(&*engine, &script).unwrap();
        run(&model, &script).unwrap();
        if step == 150 {
            engine.checkpoint().unwrap();
        }
    }
    let objects = list(&model, 1000).unwrap();
    if clean {
        engine.shutdown().unwrap();
    }
    let mut noticed = [0; FILES.len()];
    for number in 0..tries {
        let which = rng.below(FILES.len() as u64) as usize;
        let broken = tempfile::tempdir().unwrap();
        copy(dir.path(), broken.path());
        let path = broken.path().join(FILES[which]);
        let bytes = std::fs::read(&path).unwrap();
        let at = pick(&mut rng, &bytes);
        let mask = 1 << rng.below(8);
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&[bytes[at] ^ mask], at as u64).unwrap();
        let context = format!("seed {seed}, try {number}: {} at {at} ^ {mask:#x}", FILES[which]);
        noticed[which] +=
            u64::from(inspect(broken.path(), &model, &objects, clean || FILES[which] != "log", &context));
    }
    eprintln!("{name}: noticed {noticed:?} of {tries}, by file {FILES:?}");
    assert!(tries < 100 || noticed[0] > 0 && noticed[2] > 0 && noticed[3] > 0, "{name}: {noticed:?}");
}

#[test]
fn of_a_closed_store() {
    flip_bytes("of_a_closed_store", true, rounds(200));
}

/// The log's last frame may be lost with its checksum; damage before it is an error.
#[test]
fn of_a_killed_store() {
    flip_bytes("of_a_killed_store", false, rounds(100));
}
