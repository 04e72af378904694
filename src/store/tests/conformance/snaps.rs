//! Snapshots: clones, reads in the past, rollback, removal.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::*;

use crate::bench::{Bench, last, neg, wait, write};

fn create(t: &Bench) -> u64 {
    wait(|done| t.store.selfmanaged_snap_create(t.pool, done)).expect("a new snapshot id")
}

fn write_under(t: &Bench, name: &str, snaps: &[u64], ops: Vec<Op>) -> Reply {
    let seq = snaps.first().copied().unwrap_or(0);
    let snapc = SnapContext::new(seq, snaps).expect("a valid snap context");
    t.send(Request { snapc, ..t.request(name, ops) })
}

fn at(t: &Bench, name: &str, snap: u64, op: Op) -> Result<OpOut> {
    t.send(Request { snap, ..t.request(name, vec![op]) }).check().map(last)
}

fn read_at(t: &Bench, name: &str, snap: u64) -> Result<Bytes> {
    match at(t, name, snap, Op::Read { off: 0, len: 0, into: None })? {
        OpOut::Data(data) => Ok(data),
        other => panic!("a read answered {other:?}"),
    }
}

fn list(t: &Bench, name: &str) -> Result<SnapSetInfo> {
    match at(t, name, SNAP_DIR, Op::ListSnaps)? {
        OpOut::Snaps(set) => Ok(set),
        other => panic!("list-snaps answered {other:?}"),
    }
}

pub fn clones_keep_the_past(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "0123456789")]), 0);
    let one = create(t);
    assert_eq!(read_at(t, "o", one), Ok("0123456789".into()), "no write since: the head serves it");
    assert_eq!(
        write_under(
            t,
            "o",
            &[one],
            vec![write(2, "ab"), Op::SetXattr { name: "x".into(), value: "1".into() }]
        )
        .result,
        0
    );
    assert_eq!(read_at(t, "o", one), Ok("0123456789".into()));
    assert_eq!(at(t, "o", one, Op::GetXattrs), Ok(OpOut::Map { entries: BTreeMap::new(), more: false }));
    assert_eq!(t.read("o", 0, 0), Ok("01ab456789".into()));
    let (two, three) = (create(t), create(t));
    assert_eq!(write_under(t, "o", &[three, two, one], vec![Op::Append { data: "+".into() }]).result, 0);
    assert_eq!(write_under(t, "o", &[three, two, one], vec![Op::Truncate { size: 5 }]).result, 0);
    assert_eq!(read_at(t, "o", two), Ok("01ab456789".into()));
    assert_eq!(read_at(t, "o", three), Ok("01ab456789".into()));
    let set = list(t, "o").unwrap();
    let clone = |id, snaps: &[u64], overlap: &[(u64, u64)], size| CloneInfo {
        id,
        snaps: snaps.into(),
        overlap: overlap.into(),
        size,
    };
    let clones = vec![
        clone(one, &[one], &[(0, 2), (4, 6)], 10),
        clone(three, &[two, three], &[(0, 5)], 10),
        clone(SNAP_HEAD, &[], &[], 5),
    ];
    assert_eq!(set, SnapSetInfo { seq: three, clones });

    let in_the_past = Request { snap: one, ..t.request("o", vec![write(0, "x")]) };
    assert_eq!(t.send(in_the_past).result, neg(Errno::EINVAL), "a write at a snapshot");
    let wild = SnapContext { seq: 1, snaps: vec![3, 9].into() };
    assert_eq!(
        t.send(Request { snapc: wild, ..t.request("o", vec![write(0, "x")]) }).result,
        neg(Errno::EINVAL)
    );
    let late = SnapContext::new(one, &[one]).unwrap();
    let ordered =
        Request { snapc: late, flags: RequestFlags::ORDERSNAP, ..t.request("o", vec![write(0, "x")]) };
    assert_eq!(t.send(ordered).result, -85, "EOLDSNAPC");
}

pub fn removed_heads_keep_their_clones(t: &Bench) {
    let one = create(t);
    assert_eq!(write_under(t, "young", &[one], vec![write(0, "new")]).result, 0);
    assert_eq!(read_at(t, "young", one), Err(Errno::ENOENT), "it did not exist yet");
    assert_eq!(t.go("o", vec![write(0, "data")]), 0);
    assert_eq!(write_under(t, "o", &[one], vec![Op::Remove]).result, 0);
    assert_eq!(t.size("o"), Err(Errno::ENOENT));
    assert_eq!(write_under(t, "o", &[one], vec![Op::Remove]).result, neg(Errno::ENOENT));
    assert_eq!(read_at(t, "o", one), Ok("data".into()));
    assert_eq!(list(t, "o").map(|set| set.clones.len()), Ok(1), "a clone and no head");
    let page = wait(|done| t.store.list(t.pool, None, Cursor::begin(), 99, done)).unwrap();
    let names: Vec<_> = page.entries.into_iter().map(|e| e.name).collect();
    assert_eq!(names, ["young"], "what only snapshots see is not listed");

    let two = create(t);
    assert_eq!(
        write_under(t, "o", &[two, one], vec![Op::Create { exclusive: true }, write(0, "again")]).result,
        0
    );
    assert_eq!(read_at(t, "o", two), Err(Errno::ENOENT), "it did not exist then");
    assert_eq!(read_at(t, "o", one), Ok("data".into()));
    assert_eq!(write_under(t, "o", &[two, one], vec![Op::Rollback { snap: one }]).result, 0);
    assert_eq!(t.read("o", 0, 0), Ok("data".into()));
    assert_eq!(write_under(t, "o", &[two, one], vec![Op::Rollback { snap: two }]).result, 0);
    assert_eq!(t.size("o"), Err(Errno::ENOENT), "rolled back to where it was not");
}

pub fn pool_snapshots(t: &Bench) {
    let snap = |name: &str| wait(|done| t.store.pool_snap_create(t.pool, name, done));
    assert_eq!(t.go("o", vec![write(0, "one")]), 0);
    assert_eq!((snap("a"), snap("a")), (Ok(()), Err(Errno::EEXIST)));
    assert_eq!(
        wait(|done| t.store.selfmanaged_snap_create(t.pool, done)),
        Err(Errno::EINVAL),
        "never both in one pool"
    );
    assert_eq!(t.go("o", vec![write(0, "two")]), 0, "the pool's own snap context applies");
    let info = t.store.pool(t.pool).unwrap();
    let names: Vec<_> = info.snaps.iter().map(|s| &s.name[..]).collect();
    assert_eq!(names, ["a"]);
    let id = info.snaps[0].id;
    assert_eq!(read_at(t, "o", id), Ok("one".into()));
    assert_eq!(wait(|done| t.store.pool_snap_remove(t.pool, "a", done)), Ok(()));
    assert_eq!(wait(|done| t.store.pool_snap_remove(t.pool, "a", done)), Err(Errno::ENOENT));
    assert_eq!(read_at(t, "o", id), Err(Errno::ENOENT), "gone at once, whatever is trimmed when");
    let managed = wait(|done| t.store.pool_create("managed", None, done)).unwrap();
    assert_eq!(wait(|done| t.store.selfmanaged_snap_create(managed, done)), Ok(2), "the first id");
    assert_eq!(wait(|done| t.store.pool_snap_create(managed, "a", done)), Err(Errno::EINVAL));
    let remove = |snap| wait(|done| t.store.selfmanaged_snap_remove(managed, snap, done));
    assert_eq!(
        (remove(9), remove(2), remove(2)),
        (Err(Errno::ENOENT), Ok(()), Ok(())),
        "removing twice is no error"
    );
}

pub fn removal_trims_the_clones(t: &Bench) {
    let (mut snaps, mut ids) = (Vec::new(), Vec::new());
    for round in 0..4 {
        for i in 0..300 {
            let data = Bytes::from(format!("round {round} of {i}"));
            assert_eq!(write_under(t, &format!("o{i}"), &snaps, vec![Op::WriteFull { data }]).result, 0);
        }
        ids.push(create(t));
        snaps.insert(0, ids[round]);
    }
    assert_eq!(wait(|done| t.store.pool_stat(t.pool, done)).unwrap().num_object_clones, 900);
    for &id in &ids {
        assert_eq!(wait(|done| t.store.selfmanaged_snap_remove(t.pool, id, done)), Ok(()));
    }
    assert_eq!(read_at(t, "o1", ids[1]), Err(Errno::ENOENT));
    let begin = Instant::now();
    while wait(|done| t.store.pool_stat(t.pool, done)).unwrap().num_object_clones > 0 {
        assert!(begin.elapsed() < Duration::from_secs(20), "clones of removed snapshots stay");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(t.read("o299", 0, 0), Ok("round 3 of 299".into()));
    // A writer that has not heard of the removals does not bring the clones back.
    assert_eq!(write_under(t, "o1", &snaps, vec![write(0, "late")]).result, 0);
    assert_eq!(wait(|done| t.store.pool_stat(t.pool, done)).unwrap().num_object_clones, 0);
}

/// What an object is at one time.
type State = Option<(Vec<u8>, BTreeMap<Bytes, Bytes>)>;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

const OBJECTS: usize = 4;
const SPAN: u64 = 40_000;

/// Random operations on a few objects, beside a model that keeps whole copies.
pub fn like_a_naive_model(t: &Bench) {
    let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(Timespec::now().nsec) << 16 | 1);
    println!("SEED={seed}");
    let mut random = Random(seed);
    let mut heads: Vec<State> = vec![None; OBJECTS];
    let mut past: BTreeMap<u64, Vec<State>> = BTreeMap::new();
    for step in 0..1500 {
        let snaps: Vec<u64> = past.keys().rev().copied().collect();
        let i = random.below(OBJECTS as u64) as usize;
        let name = format!("o{i}");
        match random.below(20) {
            0 if past.len() < 6 => {
                past.insert(create(t), heads.clone());
            }
            1 if !past.is_empty() => {
                let snap = snaps[random.below(snaps.len() as u64) as usize];
                past.remove(&snap);
                assert_eq!(wait(|done| t.store.selfmanaged_snap_remove(t.pool, snap, done)), Ok(()));
            }
            2 | 3 if !snaps.is_empty() => {
                let snap = snaps[random.below(snaps.len() as u64) as usize];
                let reply = write_under(t, &name, &snaps, vec![Op::Rollback { snap }]);
                assert_eq!(reply.result, 0, "step {step}: rollback of {name} to {snap}");
                heads[i] = past[&snap][i].clone();
            }
            4 => {
                let expected = if heads[i].is_some() { 0 } else { neg(Errno::ENOENT) };
                assert_eq!(
                    write_under(t, &name, &snaps, vec![Op::Remove]).result,
                    expected,
                    "step {step}: remove {name}"
                );
                heads[i] = None;
            }
            _ => change(t, &mut random, &name, &snaps, &mut heads[i], step),
        }
        if step % 10 == 0 {
            compare(t, &heads, &past, step);
        }
    }
    compare(t, &heads, &past, 1500);
}

fn change(t: &Bench, random: &mut Random, name: &str, snaps: &[u64], head: &mut State, step: usize) {
    let (off, len) = (random.below(SPAN), 1 + random.below(SPAN / 3));
    let fill = random.below(255) as u8 + 1;
    let data = vec![fill; len as usize];
    let op = match random.below(6) {
        0 | 1 => Op::Write { off, data: data.into() },
        2 => Op::WriteFull { data: data.into() },
        3 => Op::Zero { off, len },
        4 => Op::Truncate { size: off },
        _ => Op::SetXattr { name: format!("x{}", fill % 3).into(), value: format!("{step}").into() },
    };
    let makes = !matches!(op, Op::Zero { .. } | Op::Truncate { .. });
    if makes && head.is_none() {
        *head = Some(Default::default());
    }
    if let Some((bytes, xattrs)) = head {
        let end = (off + len) as usize;
        match &op {
            Op::Write { data, .. } => {
                bytes.resize(bytes.len().max(end), 0);
                bytes[off as usize..end].copy_from_slice(data);
            }
            Op::WriteFull { data } => *bytes = data.to_vec(),
            Op::Zero { .. } if (off as usize) < bytes.len() && end >= bytes.len() => {
                bytes.truncate(off as usize)
            }
            Op::Zero { .. } if end < bytes.len() => bytes[off as usize..end].fill(0),
            Op::Truncate { .. } => bytes.resize(off as usize, 0),
            Op::SetXattr { name, value } => drop(xattrs.insert(name.clone(), value.clone())),
            _ => {}
        }
    }
    assert_eq!(write_under(t, name, snaps, vec![op]).result, 0, "step {step}: a change of {name}");
}

fn compare(t: &Bench, heads: &[State], past: &BTreeMap<u64, Vec<State>>, step: usize) {
    let times = past.iter().map(|(&snap, states)| (snap, &states[..])).chain([(SNAP_HEAD, heads)]);
    for (snap, states) in times {
        for (i, state) in states.iter().enumerate() {
            let name = format!("o{i}");
            let place = format!("step {step}: {name} at {}", HeadOr(snap));
            let data = read_at(t, &name, snap);
            let Some((bytes, xattrs)) = state else {
                assert_eq!(data.map(|d| d.len()), Err(Errno::ENOENT), "{place} does not exist");
                continue;
            };
            let data = data.unwrap_or_else(|e| panic!("{place}: {e}"));
            assert_eq!(data.len(), bytes.len(), "{place}: size");
            let differs = data.iter().zip(bytes).position(|(a, b)| a != b);
            assert_eq!(differs, None, "{place}: first byte that differs");
            let expected = OpOut::Map { entries: xattrs.clone(), more: false };
            assert_eq!(at(t, &name, snap, Op::GetXattrs), Ok(expected), "{place}: attributes");
        }
    }
    (0..heads.len()).for_each(|i| check_overlaps(t, &format!("o{i}"), heads[i].is_some(), past, step));
}

/// What the snap set says is shared must be equal on both sides.
fn check_overlaps(t: &Bench, name: &str, has_head: bool, past: &BTreeMap<u64, Vec<State>>, step: usize) {
    let Ok(set) = list(t, name) else { return };
    let has = set.clones.last().is_some_and(|clone| clone.id == SNAP_HEAD);
    assert_eq!(has, has_head, "step {step}: {name}: a head is listed");
    let living = |clone: &CloneInfo| {
        let snap = clone.snaps.iter().find(|snap| past.contains_key(snap));
        if clone.id == SNAP_HEAD { Some(SNAP_HEAD) } else { snap.copied() }
    };
    for pair in set.clones.windows(2) {
        let (Some(a), Some(b)) = (living(&pair[0]), living(&pair[1])) else { continue };
        let (older, newer) = (read_at(t, name, a).unwrap(), read_at(t, name, b).unwrap());
        assert_eq!(older.len() as u64, pair[0].size, "step {step}: {name}: size of clone {}", pair[0].id);
        for &(off, len) in &pair[0].overlap {
            let range = off as usize..(off + len) as usize;
            let same = older.get(range.clone()) == newer.get(range) && off + len <= older.len() as u64;
            assert!(
                same,
                "step {step}: {name}: {off}~{len} differs between {} and {}",
                pair[0].id,
                HeadOr(pair[1].id)
            );
        }
    }
}
