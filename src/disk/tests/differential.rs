//! The engine against the reference model: random transactions on both, everything compared, also after reopening.

mod schedule;

use std::sync::Arc;

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, ModelEngine, OpenOptions};
use schedule::{Rng, compare, rounds, run, script, seed};

fn options(rng: &mut Rng) -> OpenOptions {
    OpenOptions {
        log_capacity: 1 << 20,
        overlay_soft: 64 << 10,
        in_place_backlog: [0, u64::MAX][rng.below(2) as usize],
        cached: rng.below(20) as usize * 2048,
        dirty_objects: 1 + rng.below(40) as usize,
        threads: rng.chance(70),
        ..OpenOptions::default()
    }
}

fn round(seed: u64) {
    let mut rng = Rng::new(seed);
    let dir = tempfile::tempdir().unwrap();
    DiskEngine::create(dir.path(), CreateOptions { segment: 64 << 10 }).unwrap();
    let model = ModelEngine::new();
    let mut engine: Arc<DiskEngine> = DiskEngine::open(dir.path(), options(&mut rng)).unwrap();
    for step in 0..400 {
        let context = format!("seed {seed}, step {step}");
        let script = script(&mut rng, 30, 100_000);
        let (ours, theirs) = (run(&*engine, &script).unwrap(), run(&model, &script).unwrap());
        assert_eq!(ours, theirs, "{context}: {script:?}");
        if rng.chance(5) {
            let key = Bytes::from(format!("meta{}", rng.below(5)));
            let value = rng.chance(60).then(|| rng.bytes(20));
            for engine in [&*engine as &dyn Engine, &model] {
                engine.meta_update(vec![(key.clone(), value.clone())]).unwrap();
            }
        }
        if rng.chance(1) {
            engine.checkpoint().unwrap();
        }
        if rng.chance(1) {
            for engine in [&*engine as &dyn Engine, &model] {
                engine.remove_pool(2).unwrap();
            }
        }
        if rng.chance(2) {
            compare(&*engine, &model, 1 + rng.below(9) as usize, &context);
        }
        if rng.chance(2) {
            if rng.chance(50) {
                // A checkpoint under way holds blocks that are free.
                engine.checkpoint().unwrap();
                assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "{context}");
            }
            drop(engine);
            engine = DiskEngine::open(dir.path(), options(&mut rng)).unwrap();
            compare(&*engine, &model, 7, &format!("{context}, reopened"));
        }
    }
    compare(&*engine, &model, 7, &format!("seed {seed}, end"));
    engine.checkpoint().unwrap();
    assert_eq!(engine.audit().unwrap(), Vec::<String>::new(), "seed {seed}, end");
}

#[test]
fn equals_the_model() {
    let first = seed("equals_the_model");
    for number in 0..rounds(12) {
        round(first + number);
    }
}
