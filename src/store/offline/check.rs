//! Whether a store is whole: its files, its objects, and the records of pools and snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use disk::check::Counts;
use disk::{Engine, Finding, HEAD, Inspector, Progress, Tx};
use ops::{Errno, HeadOr, Result};

use super::Watcher;
use crate::extent_set::ExtentSet;
use crate::pool::{KEY_PREFIX, NEXT_ID, PoolRecord, SnapMode};
use crate::snapset::SnapSet;
use crate::store::{FSID, VERSION_MARK};

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is not, but worth knowing.
    pub notes: Vec<String>,
    pub counts: Counts,
    /// The objects were looked at too. `false`: the files are too damaged to open the store.
    pub complete: bool,
}

/// Looks a store over without changing it. `-ENOENT` where there is none, `-EBUSY` where somebody has it open,
/// `-EPROTONOSUPPORT` where it is of another version; damage is in the report.
pub fn check(dir: &Path, wait: Duration, progress: Watcher<'_>) -> Result<Report> {
    let mut report = Report::default();
    let inspector = match Inspector::open(dir, wait) {
        Ok(inspector) => inspector,
        Err(Errno::EIO) => {
            let what = "the file is damaged: without it nothing else can be checked";
            report.findings.push(Finding::of_file("format", None, what));
            return Ok(report);
        }
        Err(err) => return Err(err),
    };
    let whole = inspector.check_files(&mut report.findings, progress)?;
    let engine = match inspector.engine() {
        Ok(engine) => engine,
        Err(_) => {
            if whole {
                report.findings.push(Finding::of_store("the store cannot be opened"));
            }
            report.notes.push("the objects were not checked: the store cannot be opened".into());
            return Ok(report);
        }
    };
    let records = Records::read(&*engine, &mut report);
    report.counts = engine.check(
        &mut report.findings,
        &mut |tx: &dyn Tx, findings: &mut Vec<Finding>| {
            records.object(tx, findings);
            Ok(())
        },
        progress,
    )?;
    records.usage(&*engine, &mut report);
    report.complete = true;
    progress(Progress { stage: "done", done: 1, total: 1 });
    Ok(report)
}

/// The store's own records, as far as they can be read.
struct Records {
    pools: BTreeMap<i64, PoolRecord>,
    /// No version at or above it was given out.
    versions: u64,
}

impl Records {
    fn read(engine: &dyn Engine, report: &mut Report) -> Records {
        let mut wrong = |what: String| report.findings.push(Finding::of_store(what));
        match engine.meta_get(FSID) {
            Some(fsid) if fsid.len() == 36 && fsid.is_ascii() => {}
            Some(_) => wrong("record `fsid`: no UUID".into()),
            None => report.notes.push("the store has no fsid yet: nobody ever attached to it".into()),
        }
        let mut wrong = |what: String| report.findings.push(Finding::of_store(what));
        let mut number = |key: &[u8]| match engine.meta_get(key).map(|value| value.as_ref().try_into()) {
            Some(Ok(value)) => Some(u64::from_le_bytes(value)),
            Some(Err(_)) => {
                wrong(format!("record `{}`: not 8 bytes", key.escape_ascii()));
                None
            }
            None => None,
        };
        let versions = number(VERSION_MARK).unwrap_or(1);
        let next = number(NEXT_ID);
        let mut wrong = |what: String| report.findings.push(Finding::of_store(what));
        let mut pools = BTreeMap::new();
        let mut names = BTreeSet::new();
        for (key, value) in engine.meta_scan(KEY_PREFIX) {
            let name = key.escape_ascii();
            let Ok(pool) = PoolRecord::decode(&value) else {
                wrong(format!("record `{name}`: not a pool"));
                continue;
            };
            if PoolRecord::key(pool.id) != key {
                wrong(format!("record `{name}`: it says it is pool {}", pool.id));
            }
            if next.is_some_and(|next| pool.id as u64 >= next) {
                wrong(format!("record `{name}`: the next pool would get an id that is taken"));
            }
            if pool.deleted || pool.importing {
                let what = if pool.deleted { "deleting" } else { "importing" };
                let end = "the next opening removes what is left";
                report.notes.push(format!("{what} pool {} '{}' was cut short: {end}", pool.id, pool.name));
            } else if !names.insert(pool.name.clone()) {
                wrong(format!("record `{name}`: another pool is called '{}' too", pool.name));
            }
            snapshots(&pool, &mut |what| wrong(format!("pool {} '{}': {what}", pool.id, pool.name)));
            pools.insert(pool.id, pool);
        }
        if let Some(list) = engine.meta_get(crate::blocklist::KEY)
            && serde_json::from_slice::<BTreeMap<String, u64>>(&list).is_err()
        {
            wrong("record `blocklist`: not a list".into());
        }
        Records { pools, versions }
    }

    fn object(&self, tx: &dyn Tx, findings: &mut Vec<Finding>) {
        let object = tx.object().clone();
        let mut wrong = |part: Option<u64>, what: String| {
            findings.push(Finding::of_object(&object, part, what));
        };
        let pool = self.pools.get(&object.pool);
        if pool.is_none() {
            wrong(None, format!("there is no pool {}", object.pool));
        }
        let parts = tx.parts();
        let Some(&last) = parts.last() else { return };
        for &part in &parts {
            let version = tx.info(part).map_or(0, |info| info.version);
            if version >= self.versions {
                let what = format!("version {version} was never given out (the next is {})", self.versions);
                wrong(Some(part), what);
            }
        }
        let Ok(set) = tx.info(last).and_then(|info| SnapSet::decode(&info.snapset)) else {
            wrong(Some(last), "its snap set is not one".into());
            return;
        };
        let listed: BTreeSet<u64> = set.clones.iter().map(|clone| clone.id).collect();
        for &part in parts.iter().filter(|&&part| part != HEAD && !listed.contains(&part)) {
            wrong(Some(part), "a clone that the snap set does not list".into());
        }
        if !set.clones.is_sorted_by(|a, b| a.id < b.id) {
            wrong(None, "the snap set's clones are out of order".into());
        }
        for (at, clone) in set.clones.iter().enumerate() {
            let id = Some(clone.id);
            let Ok(size) = tx.size(clone.id) else {
                wrong(id, "the snap set lists a clone that is not there".into());
                continue;
            };
            if size != clone.size {
                wrong(id, format!("the clone has {size} bytes, the snap set says {}", clone.size));
            }
            if clone.id > set.seq {
                wrong(id, format!("the clone is newer than the snap set, which is of {}", HeadOr(set.seq)));
            }
            let newer = set.clones.get(at + 1).map_or(HEAD, |next| next.id);
            let end = clone.overlap.ranges().last().map_or(0, |(start, len)| start.saturating_add(*len));
            let most = tx.size(newer).map_or(size, |other| size.max(other));
            if end > most {
                wrong(id, format!("what it shares with {} ends past both, at {end}", HeadOr(newer)));
            }
            let left = |snap: &u64| {
                pool.is_none_or(|pool| !pool.removed.contains(*snap) || pool.trimming.contains(*snap))
            };
            if clone.snaps.is_empty() {
                wrong(id, "the clone serves no snapshot".into());
            } else if !clone.snaps.iter().any(left) {
                wrong(
                    id,
                    "leaked: the clone serves removed snapshots only, and none is being trimmed".into(),
                );
            }
        }
    }

    /// Pools whose objects nobody can reach.
    fn usage(&self, engine: &dyn Engine, report: &mut Report) {
        let all = engine.usage(None);
        let known = self.pools.keys().map(|&id| engine.usage(Some(id)));
        let (heads, clones) = known.fold((0, 0), |sum, one| (sum.0 + one.heads, sum.1 + one.clones));
        if (heads, clones) != (all.heads, all.clones) {
            let lost = (all.heads + all.clones).wrapping_sub(heads + clones);
            report
                .findings
                .push(Finding::of_store(format!("{lost} objects count for pools that do not exist")));
        }
    }
}

fn snapshots(pool: &PoolRecord, wrong: &mut dyn FnMut(String)) {
    if !pool.snaps.is_sorted_by(|a, b| a.id < b.id) {
        wrong("its snapshots are out of order".into());
    }
    if pool.snaps.last().is_some_and(|snap| snap.id > pool.snap_seq) {
        wrong(format!("a snapshot is newer than {}, the newest id given out", pool.snap_seq));
    }
    for snap in pool.snaps.iter().filter(|snap| pool.removed.contains(snap.id)) {
        wrong(format!("snapshot {} '{}' is both there and removed", snap.id, snap.name));
    }
    if !pool.snaps.is_empty() && pool.snap_mode != SnapMode::Pool {
        wrong("it has snapshots of its own, but clients manage them".into());
    }
    let mut left = ExtentSet::clone(&pool.trimming);
    for &(start, len) in pool.removed.ranges() {
        left.subtract(start, len);
    }
    if !left.is_empty() {
        wrong("snapshots are being trimmed that were not removed".into());
    }
}
