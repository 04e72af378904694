//! A store full of everything a store can hold, from a seed, and all that can be seen of it.
#![allow(dead_code, unused_imports)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

pub use ::seed::{Rng, rounds, seed};
use bytes::Bytes;
use ops::*;
use store::{AttachOptions, attach, initialise};

pub fn open(dir: &Path) -> Result<Arc<dyn ObjectStore>> {
    attach(
        dir,
        &AttachOptions {
            wait: Duration::from_secs(5),
            entity: "client.test".into(),
            full_ratio: 1.0,
            ..AttachOptions::default()
        },
    )
}

pub fn wait<T: Send + 'static>(call: impl FnOnce(OnResult<T>)) -> Result<T> {
    let (send, receive) = mpsc::channel();
    call(Box::new(move |result| drop(send.send(result))));
    receive.recv_timeout(Duration::from_secs(600)).expect("a completion that never came")
}

pub fn run(store: &dyn ObjectStore, request: Request) -> Reply {
    let (send, receive) = mpsc::channel();
    store.submit(Request { wait: Wait::Inline, ..request }, Box::new(move |reply| drop(send.send(reply))));
    receive.recv_timeout(Duration::from_secs(600)).expect("a completion that never came")
}

/// What a client may ask of one object at one snapshot.
pub type Seen = (i32, u64, Vec<OpReply>);
pub type World = BTreeMap<(ObjectRef, u64), Seen>;

pub struct Filled {
    pub objects: Vec<ObjectRef>,
    /// By pool.
    pub snaps: BTreeMap<i64, Vec<u64>>,
}

/// Fills a new store: two pools, one whose clients manage snapshots and one with snapshots of its own. `turn` runs when
/// half of it is there.
pub fn fill(dir: &Path, rng: &mut Rng, count: u64, turn: &mut dyn FnMut()) -> Filled {
    initialise(dir).unwrap();
    let store = open(dir).unwrap();
    let images = wait(|done| store.pool_create("images", None, done)).unwrap();
    let files = wait(|done| store.pool_create("files", None, done)).unwrap();
    wait(|done| store.application_enable(images, "rbd", false, done)).unwrap();
    let mut objects = Vec::new();
    for number in 0..count {
        let pool = if number % 3 == 0 { files } else { images };
        let mut object = ObjectRef::new(pool, format!("object {number}"));
        if number % 7 == 0 {
            object.nspace = "space".into();
        }
        if number % 11 == 0 {
            object.key = format!("locator {}", number % 5).into();
        }
        objects.push(object);
    }
    let mut snaps: BTreeMap<i64, Vec<u64>> = BTreeMap::from([(images, vec![]), (files, vec![])]);
    for round in 0..3 {
        let newest_first: Vec<u64> = snaps[&images].iter().rev().copied().collect();
        let snapc = SnapContext::new(newest_first.first().copied().unwrap_or(0), &newest_first).unwrap();
        for object in &objects {
            if round > 0 && rng.below(10) >= 4 {
                continue;
            }
            let snapc = if object.pool == images { snapc.clone() } else { SnapContext::default() };
            let request = Request::new(object.clone(), change(rng, round));
            let durability = if rng.below(8) == 0 { Durability::Durable } else { Durability::Relaxed };
            let reply = run(&*store, Request { snapc, durability, ..request });
            let missing = reply.result == Errno::ENOENT.neg();
            assert!(reply.result == 0 || missing, "filling {object:?}: {}", reply.result);
        }
        if round == 1 {
            wait(|done| store.flush(done)).unwrap();
            turn();
        }
        if round < 2 {
            let snap = wait(|done| store.selfmanaged_snap_create(images, done)).unwrap();
            snaps.get_mut(&images).unwrap().push(snap);
            wait(|done| store.pool_snap_create(files, &format!("snap {round}"), done)).unwrap();
            let snap = store.pool(files).unwrap().snaps.last().unwrap().id;
            snaps.get_mut(&files).unwrap().push(snap);
        }
    }
    wait(|done| store.flush(done)).unwrap();
    store.shutdown();
    Filled { objects, snaps }
}

pub fn change(rng: &mut Rng, round: u64) -> Vec<Op> {
    let mut ops = Vec::new();
    let at = |rng: &mut Rng| if rng.below(2) == 0 { rng.below(8) * 4096 } else { rng.below(30_000) };
    match rng.below(10) {
        0 if round > 0 => return vec![Op::Remove],
        1 => ops.push(Op::Truncate { size: rng.below(20_000) }),
        2 => ops.push(Op::Zero { off: at(rng), len: rng.below(9000) }),
        3 => ops.push(Op::Create { exclusive: false }),
        _ => {
            let len = 1 + rng.below(9000);
            ops.push(Op::Write { off: at(rng), data: rng.bytes(len as usize) });
        }
    }
    if rng.below(3) == 0 {
        let name = format!("attribute {}", rng.below(3));
        ops.push(Op::SetXattr { name: name.into(), value: rng.bytes(40) });
    }
    if rng.below(3) == 0 {
        let entries = (0..rng.below(6)).map(|_| (format!("key {}", rng.below(20)).into(), rng.bytes(60)));
        ops.push(Op::OmapSet { entries: entries.collect() });
        ops.push(Op::OmapSetHeader { data: rng.bytes(20) });
    }
    ops
}

/// `None`: something of it could not be read (`-EIO`).
pub fn see(store: &dyn ObjectStore, object: &ObjectRef, snap: u64) -> Option<Seen> {
    let all = u64::MAX;
    let ops = match snap {
        SNAP_DIR => vec![Op::ListSnaps],
        _ => vec![
            Op::Stat,
            Op::Read { off: 0, len: 0, into: None },
            Op::GetXattrs,
            Op::OmapGetHeader,
            Op::OmapGetVals { after: Bytes::new(), prefix: Bytes::new(), max: all },
        ],
    };
    let reply = run(store, Request { snap, ..Request::new(object.clone(), ops) });
    let damaged = reply.result == Errno::EIO.neg() || reply.ops.iter().any(|op| op.rval == Errno::EIO.neg());
    (!damaged).then_some((reply.result, reply.version, reply.ops))
}

/// Everything that can be seen.
pub fn world(store: &dyn ObjectStore, filled: &Filled) -> World {
    let mut world = World::new();
    for object in &filled.objects {
        for snap in views(filled, object) {
            let seen = see(store, object, snap).unwrap_or_else(|| panic!("{object:?} at {snap}: EIO"));
            world.insert((object.clone(), snap), seen);
        }
    }
    world
}

/// The snapshots of an object's pool, the head, and the list of its clones.
pub fn views(filled: &Filled, object: &ObjectRef) -> Vec<u64> {
    let mut views = filled.snaps[&object.pool].clone();
    views.extend([SNAP_HEAD, SNAP_DIR]);
    views
}

/// The listing of a pool.
pub fn list(store: &dyn ObjectStore, pool: i64) -> Result<Vec<ListEntry>> {
    let (mut from, mut found) = (Cursor::begin(), Vec::new());
    while from != Cursor::End {
        let page = wait(|done| store.list(pool, None, from.clone(), 100, done))?;
        found.extend(page.entries);
        from = page.next;
    }
    Ok(found)
}

/// The files of a store, as they are.
pub fn copy(from: &Path, to: &Path) {
    for name in ["format", "log", "data", "meta.redb"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}
