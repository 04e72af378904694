//! What the store keeps about a pool on the disk: a JSON document under `pool/` and its id.

use std::collections::BTreeMap;

use bytes::Bytes;
use ops::{Errno, PoolInfo, PoolSnap, Result, SnapContext, Timespec};
use serde::{Deserialize, Serialize};

use crate::extent_set::ExtentSet;

pub const KEY_PREFIX: &[u8] = b"pool/";
/// Under it stands the id the next pool gets (little-endian).
pub const NEXT_ID: &[u8] = b"pools/next";

/// Who makes the snapshots of a pool: once one of the two began, the other may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SnapMode {
    #[default]
    Undecided,
    Pool,
    SelfManaged,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SnapRecord {
    pub id: u64,
    pub name: String,
    pub sec: u32,
    pub nsec: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PoolRecord {
    pub id: i64,
    pub name: String,
    pub crush_rule: u8,
    pub pg_num: u32,
    pub snap_mode: SnapMode,
    /// The newest snapshot id given out.
    pub snap_seq: u64,
    /// Pool snapshots, in the order of their ids.
    pub snaps: Vec<SnapRecord>,
    /// Snapshot ids that were removed.
    pub removed: ExtentSet,
    /// Removed ones that objects may still have clones for.
    pub trimming: ExtentSet,
    pub applications: BTreeMap<String, BTreeMap<String, String>>,
    /// Limits, 0: none.
    #[serde(default)]
    pub quota_objects: u64,
    #[serde(default)]
    pub quota_bytes: u64,
    /// The pool may not be deleted.
    #[serde(default)]
    pub nodelete: bool,
    /// The pool that this is a tier of, and how (empty: not set).
    #[serde(default)]
    pub tier_of: Option<i64>,
    #[serde(default)]
    pub cache_mode: String,
    /// Set while the objects of a deleted pool are being removed.
    #[serde(default)]
    pub deleted: bool,
    /// Set while the objects of an empty pool are being imported.
    #[serde(default)]
    pub importing: bool,
}

impl PoolRecord {
    pub fn new(id: i64, name: &str, crush_rule: u8) -> PoolRecord {
        PoolRecord {
            id,
            name: name.to_owned(),
            crush_rule,
            pg_num: 32,
            snap_mode: SnapMode::Undecided,
            snap_seq: 0,
            snaps: Vec::new(),
            removed: ExtentSet::default(),
            trimming: ExtentSet::default(),
            applications: BTreeMap::new(),
            quota_objects: 0,
            quota_bytes: 0,
            nodelete: false,
            tier_of: None,
            cache_mode: String::new(),
            deleted: false,
            importing: false,
        }
    }

    pub fn key(id: i64) -> Bytes {
        [KEY_PREFIX, format!("{id:016x}").as_bytes()].concat().into()
    }

    pub fn decode(value: &[u8]) -> Result<PoolRecord> {
        serde_json::from_slice(value).map_err(|e| {
            tracing::error!(target: "store", "a pool's record is damaged: {e}");
            Errno::EIO
        })
    }

    pub fn encode(&self) -> Result<Bytes> {
        serde_json::to_vec(self).map(Bytes::from).map_err(|_| Errno::EIO)
    }

    pub fn info(&self) -> PoolInfo {
        let snap = |s: &SnapRecord| PoolSnap {
            id: s.id,
            name: s.name.clone(),
            stamp: Timespec { sec: s.sec, nsec: s.nsec },
        };
        let pairs =
            |keys: &BTreeMap<String, String>| keys.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        PoolInfo {
            id: self.id,
            name: self.name.clone(),
            snaps: self.snaps.iter().map(snap).collect(),
            snap_seq: self.snap_seq,
            required_alignment: 0,
            base_tier: self.tier_of,
            pg_num: self.pg_num,
            applications: self.applications.iter().map(|(app, keys)| (app.clone(), pairs(keys))).collect(),
        }
    }

    /// The context of every write while the pool makes the snapshots.
    pub fn snap_context(&self) -> Option<SnapContext> {
        let newest_first = self.snaps.iter().rev().map(|s| s.id).collect();
        (self.snap_mode == SnapMode::Pool).then_some(SnapContext { seq: self.snap_seq, snaps: newest_first })
    }
}
