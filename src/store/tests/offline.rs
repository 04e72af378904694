//! The tools: a check that finds nothing where nothing is wrong, and pools that go from one store to another.

mod world;

use std::path::Path;
use std::time::Duration;

use ops::*;
use store::offline::{self, Dump, Error, Imported};
use tempfile::TempDir;
use world::{Filled, Rng, fill, list, open, run, seed, wait, world as all};

const NOW: Duration = Duration::ZERO;

fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory")
}

fn filled(name: &str, count: u64) -> (TempDir, Filled, u64) {
    let seed = seed(name);
    let dir = directory();
    let filled = fill(dir.path(), &mut Rng::new(seed), count, &mut || {});
    (dir, filled, seed)
}

fn check(dir: &Path, context: &str) {
    let report = offline::check(dir, NOW, &mut |_| {}).unwrap();
    assert_eq!(report.findings, [], "{context}");
    assert!(report.complete, "{context}");
}

fn export(dir: &Path, pool: &str) -> Vec<u8> {
    let mut stream = Vec::new();
    offline::export(dir, NOW, pool, &mut stream, &mut |_| {}).unwrap();
    stream
}

fn import(dir: &Path, pool: &str, stream: &[u8]) -> Result<Imported, Error> {
    offline::import(dir, NOW, pool, stream, Some(stream.len() as u64), &mut |_| {})
}

/// All objects with checksums of all they hold, and the pools' records.
fn dump(dir: &Path) -> (Vec<String>, Vec<String>) {
    let dump = Dump::open(dir, NOW).unwrap();
    let mut objects = Vec::new();
    dump.objects(None, true, &mut |object| objects.push(serde_json::to_string(&object).unwrap())).unwrap();
    let pools = dump.pools().unwrap();
    (objects, pools.iter().map(|pool| serde_json::to_string(pool).unwrap()).collect())
}

fn assert_same(ours: &[String], theirs: &[String], context: &str) {
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours, theirs, "{context}");
    }
    assert_eq!(ours.len(), theirs.len(), "{context}");
}

#[test]
fn pools_come_over_whole() {
    let (dir, filled, seed) = filled("pools_come_over_whole", 300);
    let context = format!("seed {seed}");
    check(dir.path(), &context);
    let (images, files) = (export(dir.path(), "images"), export(dir.path(), "files"));
    let copy = directory();
    store::initialise(copy.path()).unwrap();
    // In another order, so that ids are not kept by chance.
    for (pool, stream) in [("files", &files), ("images", &images)] {
        let imported = import(copy.path(), pool, stream).unwrap_or_else(|err| panic!("{context}: {err}"));
        assert_eq!(imported.id, imported.exported_id, "{context}: {pool}");
    }
    check(copy.path(), &format!("{context}, imported"));
    let (ours, theirs) = (dump(copy.path()), dump(dir.path()));
    assert_same(&ours.0, &theirs.0, &format!("{context}: objects"));
    assert_same(&ours.1, &theirs.1, &format!("{context}: pools"));
    assert!(export(copy.path(), "images") == images, "{context}: exported again, the stream differs");

    // What clients see, and that they can go on.
    let (before, after) = (open(dir.path()).unwrap(), open(copy.path()).unwrap());
    let (wanted, found) = (all(&*before, &filled), all(&*after, &filled));
    for (view, wanted) in &wanted {
        assert_eq!(found.get(view), Some(wanted), "{context}: {view:?}");
    }
    for pool in before.pools() {
        assert_eq!(after.pool(pool.0), before.pool(pool.0), "{context}");
        assert_eq!(list(&*after, pool.0), list(&*before, pool.0), "{context}: listing");
    }
    let newest = wanted.values().map(|seen| seen.1).max().unwrap();
    let object = filled.objects[1].clone();
    let ops = vec![Op::Append { data: "more".into() }];
    let snap = wait(|done| after.selfmanaged_snap_create(object.pool, done)).unwrap();
    assert!(filled.snaps[&object.pool].iter().all(|&older| older < snap), "{context}: snapshot {snap}");
    let snapc = SnapContext::new(snap, &[snap]).unwrap();
    let reply = run(&*after, Request { snapc, ..Request::new(object, ops) });
    assert_eq!(reply.result, 0, "{context}");
    assert!(reply.version > newest, "{context}: version {} after {newest}", reply.version);
}

#[test]
fn a_stream_with_an_error_leaves_nothing() {
    let (dir, _, seed) = filled("a_stream_with_an_error_leaves_nothing", 40);
    let stream = export(dir.path(), "images");
    let mut rng = Rng::new(seed);
    let copy = directory();
    store::initialise(copy.path()).unwrap();
    let mut tries: Vec<(String, Vec<u8>)> = Vec::new();
    for _ in 0..30 {
        let cut = rng.below(stream.len() as u64) as usize;
        tries.push((format!("cut at {cut}"), stream[..cut].to_vec()));
        let at = rng.below(stream.len() as u64) as usize;
        let mut flipped = stream.clone();
        flipped[at] ^= 1 << rng.below(8);
        tries.push((format!("flipped at {at}"), flipped));
    }
    tries.push(("empty".into(), Vec::new()));
    tries.push(("something behind it".into(), [&stream[..], b"x"].concat()));
    for (what, stream) in tries {
        let context = format!("seed {seed}: {what}");
        match import(copy.path(), "images", &stream) {
            Err(Error::Stream(_)) => {}
            other => panic!("{context}: {other:?}"),
        }
        let store = open(copy.path()).unwrap();
        assert_eq!(store.pools(), [], "{context}");
        assert_eq!(wait(|done| store.cluster_stat(done)).unwrap().num_objects, 0, "{context}");
        store.shutdown();
        check(copy.path(), &context);
    }
    import(copy.path(), "images", &stream).unwrap();
}

#[test]
fn only_into_a_pool_that_is_new_or_empty() {
    let (dir, filled, _) = filled("only_into_a_pool_that_is_new_or_empty", 20);
    let stream = export(dir.path(), "images");
    let refused = import(dir.path(), "files", &stream);
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let store = open(dir.path()).unwrap();
    let empty = wait(|done| store.pool_create("empty", None, done)).unwrap();
    store.shutdown();
    assert_eq!(import(dir.path(), "empty", &stream).unwrap().id, empty, "an empty pool keeps its id");
    let other = import(dir.path(), "other", &stream).unwrap();
    assert!(other.id > empty, "the exported id is taken: {other:?}");
    check(dir.path(), "three times the same");
    let store = open(dir.path()).unwrap();
    let images = store.pool_id("images").unwrap();
    assert_eq!(list(&*store, empty).unwrap(), list(&*store, images).unwrap());
    assert_eq!(store.pool(empty).unwrap().applications, store.pool(images).unwrap().applications);
    assert_eq!(store.pool(empty).unwrap().name, "empty");
    drop(filled);
}

/// The files as they are in the middle of an import are what a killed one leaves.
#[test]
fn an_import_cut_short_leaves_nothing() {
    let (dir, _, seed) = filled("an_import_cut_short_leaves_nothing", 200);
    let stream = export(dir.path(), "images");
    for existing in [false, true] {
        let copy = directory();
        store::initialise(copy.path()).unwrap();
        if existing {
            let store = open(copy.path()).unwrap();
            wait(|done| store.pool_create("images", None, done)).unwrap();
            store.shutdown();
        }
        let (killed, mut steps) = (directory(), 0);
        offline::import(copy.path(), NOW, "images", &stream[..], None, &mut |_| {
            steps += 1;
            if steps == 100 {
                world::copy(copy.path(), killed.path());
            }
        })
        .unwrap();
        let context = format!("seed {seed}, existing {existing}");
        check(killed.path(), &context);
        let store = open(killed.path()).unwrap();
        let pools: Vec<String> = store.pools().into_iter().map(|(_, name)| name).collect();
        assert_eq!(pools, if existing { vec!["images"] } else { vec![] }, "{context}");
        assert_eq!(wait(|done| store.cluster_stat(done)).unwrap().num_objects, 0, "{context}");
        store.shutdown();
        check(killed.path(), &format!("{context}, opened"));
        import(killed.path(), "images", &stream).unwrap();
        check(killed.path(), &format!("{context}, imported after all"));
    }
}

#[test]
fn records_that_do_not_fit_are_named() {
    use bytes::Bytes;
    use disk::{DiskEngine, Engine, HEAD, Info, OpenOptions};
    let (dir, filled, _) = filled("records_that_do_not_fit_are_named", 30);
    let engine = DiskEngine::open(dir.path(), OpenOptions::default()).unwrap();
    let change = |object: &ObjectRef, edit: &dyn Fn(&mut dyn disk::Tx)| {
        let mut tx = engine.begin(object).unwrap();
        edit(&mut *tx);
        tx.commit(Durability::Durable, Wait::Inline, Box::new(|result| result.unwrap()));
    };
    // A clone nobody lists, an object of no pool, a version never given out.
    let stray = ObjectRef::new(1, "stray clone");
    change(&stray, &|tx| {
        tx.create(HEAD).unwrap();
        tx.create(7).unwrap();
    });
    let homeless = ObjectRef::new(77, "homeless");
    change(&homeless, &|tx| tx.create(HEAD).unwrap());
    let early = ObjectRef::new(1, "early");
    change(&early, &|tx| {
        tx.create(HEAD).unwrap();
        tx.set_info(HEAD, Info { version: 1 << 40, ..Info::default() }).unwrap();
    });
    // A clone that is gone.
    let clones = |object: &&ObjectRef| engine.begin(object).unwrap().parts().len() > 1;
    let cloned = filled.objects.iter().find(clones).unwrap();
    let gone = engine.begin(cloned).unwrap().parts()[0];
    change(cloned, &|tx| tx.remove(gone).unwrap());
    engine.meta_update(vec![("pool/zzz".into(), Some(Bytes::from_static(b"{}")))]).unwrap();
    engine.shutdown().unwrap();
    let report = offline::check(dir.path(), NOW, &mut |_| {}).unwrap();
    let text: Vec<String> = report.findings.iter().map(|finding| finding.to_string()).collect();
    for (object, what) in [
        (&stray, "does not list"),
        (&homeless, "no pool 77"),
        (&early, "never given out"),
        (cloned, "not there"),
    ] {
        let named = report
            .findings
            .iter()
            .any(|finding| finding.object.as_ref() == Some(object) && finding.to_string().contains(what));
        assert!(named, "{object:?}, {what}: {text:#?}");
    }
    assert!(text.iter().any(|text| text.contains("pool/zzz")), "{text:#?}");
}
