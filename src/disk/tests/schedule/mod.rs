//! Random transactions from a seed, and everything that can be seen of an engine, to compare two of them.
#![allow(dead_code, unused_imports)]

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::mpsc;

pub use ::seed::{Rng, rounds, seed};
use bytes::Bytes;
use disk::{Engine, HEAD, Info, Part, Tx, Which};
use ops::{Cursor, Durability, ObjectRef, Result, Sink, Timespec, VecSink, Wait};

#[derive(Clone, Debug)]
pub enum Act {
    Create(Part),
    Remove(Part),
    Clone(Part, Part),
    Write(Part, u64, Bytes),
    Zero(Part, u64, u64),
    Truncate(Part, u64),
    Info(Part, Info),
    Attr(Part, Bytes, Option<Bytes>),
    Header(Part, Bytes),
    Omap(Part, Bytes, Option<Bytes>),
    OmapRange(Part, Bytes, Option<Bytes>),
}

/// A transaction: on which object, what, and how it ends.
#[derive(Clone, Debug)]
pub struct Script {
    pub object: ObjectRef,
    pub acts: Vec<Act>,
    pub commit: bool,
    pub durability: Durability,
    pub wait: Wait,
}

pub fn object(rng: &mut Rng, objects: u64) -> ObjectRef {
    let n = rng.below(objects);
    let mut object = ObjectRef::new(1 + (n % 2) as i64, format!("object {n}"));
    if n.is_multiple_of(3) {
        object.nspace = Bytes::from_static(b"space");
    }
    if n.is_multiple_of(5) {
        object.key = Bytes::from_static(b"k\0ey");
    }
    object
}

fn part(rng: &mut Rng) -> Part {
    if rng.chance(70) { HEAD } else { 1 + rng.below(3) }
}

fn extent(rng: &mut Rng, max: u64) -> (u64, u64) {
    let off = if rng.chance(50) { rng.below(max) / 4096 * 4096 } else { rng.below(max) };
    let len = match rng.below(10) {
        0 => 0,
        1..4 => 4096,
        4..7 => 1 + rng.below(9000),
        7..9 => 4096 * (1 + rng.below(4)),
        _ => rng.below(max),
    };
    (off, len)
}

/// Content of a write: now and then what could be taken for frames of a log, as in a store that is kept in an image of
/// another one.
fn content(rng: &mut Rng, off: u64, len: u64) -> Bytes {
    let bytes = rng.bytes(len as usize);
    if len < 4096 || !rng.chance(10) {
        return bytes;
    }
    let mut bytes = bytes.to_vec();
    for at in ((off.next_multiple_of(4096) - off) as usize..bytes.len()).step_by(4096) {
        let head = [u64::from(u32::from_le_bytes(*b"sLog")), rng.below(1 << 14) * 4096, 1, 2, 3, 4, 5];
        let head: Vec<u8> = head.iter().flat_map(|word| word.to_le_bytes()).collect();
        let len = head.len().min(bytes.len() - at);
        bytes[at..at + len].copy_from_slice(&head[..len]);
    }
    bytes.into()
}

fn value(rng: &mut Rng) -> Bytes {
    let len = [40, 40, 40, 600, 3000][rng.below(5) as usize];
    rng.bytes(len)
}

pub fn script(rng: &mut Rng, objects: u64, max: u64) -> Script {
    let object = object(rng, objects);
    let count = rng.below(5);
    let mut acts = Vec::new();
    if rng.chance(70) {
        acts.push(Act::Create(HEAD));
    }
    for _ in 0..count {
        let part = part(rng);
        let key = |rng: &mut Rng| Bytes::from(format!("key{}", rng.below(12)));
        acts.push(match rng.below(24) {
            0 => Act::Create(part),
            1 => Act::Remove(part),
            2 => Act::Clone(HEAD, 1 + rng.below(3)),
            3 => Act::Clone(part, HEAD),
            4..12 => {
                let (off, len) = extent(rng, max);
                Act::Write(part, off, content(rng, off, len))
            }
            12..14 => {
                let (off, len) = extent(rng, max);
                Act::Zero(part, off, len)
            }
            14..16 => Act::Truncate(part, rng.below(max)),
            16 => {
                let info = Info {
                    version: rng.next(),
                    mtime: Timespec { sec: rng.next() as u32, nsec: 5 },
                    alloc_hint: (rng.next(), 2, 3),
                    snapset: rng.bytes(9),
                };
                Act::Info(part, info)
            }
            17 => Act::Attr(part, key(rng), Some(value(rng))),
            18 => Act::Attr(part, key(rng), None),
            19 => Act::Header(part, rng.bytes(17)),
            20..22 => Act::Omap(part, key(rng), Some(value(rng))),
            22 => Act::Omap(part, key(rng), None),
            _ => Act::OmapRange(part, key(rng), rng.chance(60).then(|| key(rng))),
        });
    }
    Script {
        object,
        acts,
        commit: rng.chance(90),
        durability: if rng.chance(25) { Durability::Relaxed } else { Durability::Durable },
        wait: if rng.chance(50) { Wait::Inline } else { Wait::Deferred },
    }
}

pub fn act(tx: &mut dyn Tx, act: &Act) -> Result<()> {
    match act.clone() {
        Act::Create(part) => tx.create(part),
        Act::Remove(part) => tx.remove(part),
        Act::Clone(from, to) => tx.clone_part(from, to),
        Act::Write(part, off, data) => tx.write(part, off, &data),
        Act::Zero(part, off, len) => tx.zero(part, off, len),
        Act::Truncate(part, size) => tx.truncate(part, size),
        Act::Info(part, info) => tx.set_info(part, info),
        Act::Attr(part, name, Some(value)) => tx.set_attr(part, name, value),
        Act::Attr(part, name, None) => tx.remove_attr(part, &name),
        Act::Header(part, data) => tx.set_omap_header(part, data),
        Act::Omap(part, key, Some(value)) => tx.omap_set(part, key, value),
        Act::Omap(part, key, None) => tx.omap_remove(part, &key),
        Act::OmapRange(part, from, to) => tx.omap_remove_range(part, &from, to.as_deref()),
    }
}

/// Runs a script; what each act answered. `done` is waited for.
pub fn run(engine: &dyn Engine, script: &Script) -> Result<Vec<Result<()>>> {
    let mut tx = engine.begin(&script.object)?;
    let answers = script.acts.iter().map(|one| act(&mut *tx, one)).collect();
    if script.commit {
        let (send, receive) = mpsc::channel();
        tx.commit(script.durability, script.wait, Box::new(move |result| send.send(result).unwrap()));
        receive.recv().expect("commit calls back")?;
    }
    Ok(answers)
}

pub fn read(tx: &dyn Tx, part: Part, off: u64, len: u64) -> Result<Bytes> {
    let mut sink = VecSink::new(len as usize);
    let count = tx.read(part, off, len, &mut sink)?;
    Ok(sink.into_bytes(count as usize))
}

pub fn read_later(tx: &dyn Tx, part: Part, off: u64, len: u64, wait: Wait) -> Result<Bytes> {
    let (send, receive) = mpsc::channel();
    let done = move |mut sink: Box<dyn Sink>, result: Result<u64>| {
        send.send(result.map(|count| sink.take(count as usize))).unwrap()
    };
    tx.read_later(part, off, len)?.start(Box::new(VecSink::new(len as usize)), wait, Box::new(done));
    receive.recv().expect("a read calls back")
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPart {
    pub data: Bytes,
    pub extents: Vec<(u64, u64)>,
    pub info: Info,
    pub attrs: Vec<(Bytes, Bytes)>,
    pub header: Bytes,
    pub omap: Vec<(Bytes, Bytes)>,
}

pub type Seen = BTreeMap<Part, SeenPart>;

pub fn see(engine: &dyn Engine, object: &ObjectRef) -> Result<Seen> {
    let tx = engine.begin(object)?;
    let mut seen = Seen::new();
    for part in tx.parts() {
        let size = tx.size(part)?;
        let mut omap = Vec::new();
        tx.omap_scan(part, Bound::Unbounded, &mut |key, value| {
            omap.push((key.clone(), value.clone()));
            true
        })?;
        let data = read(&*tx, part, 0, size)?;
        assert_eq!(data, read_later(&*tx, part, 0, size, Wait::Deferred)?, "{object:?} read twice");
        seen.insert(
            part,
            SeenPart {
                data,
                extents: tx.extents(part, 0, u64::MAX)?,
                info: tx.info(part)?.clone(),
                attrs: tx.attrs(part)?,
                header: tx.omap_header(part)?,
                omap,
            },
        );
    }
    Ok(seen)
}

/// All objects of both pools, in listing order.
pub fn list(engine: &dyn Engine, page: usize) -> Result<Vec<ObjectRef>> {
    let mut all = Vec::new();
    for pool in [1, 2] {
        let mut from = Cursor::begin();
        while from != Cursor::End {
            let (objects, next) = engine.list(pool, &from, page)?;
            all.extend(objects);
            from = next;
        }
    }
    Ok(all)
}

/// Fails with the first difference of one object.
pub fn compare_parts(ours: &Seen, theirs: &Seen, context: &str) {
    for part in theirs.keys().chain(ours.keys()) {
        let (ours, theirs) = (ours.get(part), theirs.get(part));
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            assert_eq!(ours.data.len(), theirs.data.len(), "{context} {part}: size");
            let differs = ours.data.iter().zip(&theirs.data).position(|(a, b)| a != b);
            assert_eq!(differs, None, "{context} {part}: first byte that differs");
            assert_eq!(ours.extents, theirs.extents, "{context} {part}: extents");
        }
        assert_eq!(ours, theirs, "{context} {part}");
    }
}

/// Fails with the first difference.
pub fn compare(engine: &dyn Engine, model: &dyn Engine, page: usize, context: &str) {
    let objects = list(model, 1000).unwrap();
    assert_eq!(list(engine, page).unwrap(), objects, "{context}: listing");
    for (pool, which) in [(1, Which::Heads), (1, Which::Cloned), (2, Which::Heads), (2, Which::Cloned)] {
        let some = |engine: &dyn Engine| engine.list_some(pool, &Cursor::begin(), page, which).unwrap();
        assert_eq!(some(engine), some(model), "{context}: listing of pool {pool}, {which:?}");
    }
    for object in &objects {
        let (ours, theirs) = (see(engine, object).unwrap(), see(model, object).unwrap());
        compare_parts(&ours, &theirs, &format!("{context}: {object:?}"));
    }
    for pool in [None, Some(1), Some(2), Some(3)] {
        let (ours, theirs) = (engine.usage(pool), model.usage(pool));
        assert_eq!(
            (ours.heads, ours.clones, ours.logical),
            (theirs.heads, theirs.clones, theirs.logical),
            "{context}: usage of {pool:?}"
        );
        assert!(ours.allocated <= theirs.allocated, "{context}: {ours:?} {theirs:?}");
    }
    assert_eq!(engine.meta_scan(b""), model.meta_scan(b""), "{context}: meta");
}
