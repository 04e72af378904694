//! The map itself, and what may be asked of it but placement.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crush::CrushMap;
use denc::entity::EntityAddrs;
use ops::Timespec;

use crate::Epoch;
use crate::blocklist::Blocklist;
use crate::flags::{MapFlags, OsdState, Release};
use crate::pg::Pg;
use crate::pool::Pool;
use crate::snaps::SnapSet;

/// A cluster's identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fsid(pub [u8; 16]);

impl fmt::Display for Fsid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

/// How full OSDs may be, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ratios {
    pub full: f32,
    pub backfillfull: f32,
    pub nearfull: f32,
}

/// One epoch of a cluster's OSD map. Cloning is cheap next to the map's size: the next epoch shares what did not change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OsdMap {
    pub(crate) fsid: Fsid,
    pub(crate) epoch: Epoch,
    pub(crate) created: Timespec,
    pub(crate) modified: Timespec,
    pub(crate) pools: BTreeMap<i64, Arc<Pool>>,
    pub(crate) pool_names: BTreeMap<i64, String>,
    pub(crate) pool_ids: BTreeMap<String, i64>,
    pub(crate) pool_max: i64,
    pub(crate) flags: MapFlags,
    /// By OSD, all of one length.
    pub(crate) states: Vec<OsdState>,
    pub(crate) weights: Vec<u32>,
    pub(crate) addrs: Arc<Vec<EntityAddrs>>,
    pub(crate) up_from: Vec<Epoch>,
    pub(crate) features: Vec<u64>,
    /// Empty while every OSD has the default.
    pub(crate) affinities: Vec<u32>,
    pub(crate) pg_temp: Arc<BTreeMap<Pg, Vec<i32>>>,
    pub(crate) primary_temp: Arc<BTreeMap<Pg, i32>>,
    pub(crate) pg_upmap: Arc<BTreeMap<Pg, Vec<i32>>>,
    pub(crate) pg_upmap_items: Arc<BTreeMap<Pg, Vec<(i32, i32)>>>,
    pub(crate) pg_upmap_primaries: Arc<BTreeMap<Pg, i32>>,
    pub(crate) crush: Arc<CrushMap>,
    pub(crate) crush_version: u32,
    pub(crate) erasure_code_profiles: Arc<BTreeMap<String, BTreeMap<String, String>>>,
    pub(crate) new_removed_snaps: BTreeMap<i64, SnapSet>,
    pub(crate) new_purged_snaps: BTreeMap<i64, SnapSet>,
    pub(crate) removed_snaps_queue: Arc<BTreeMap<i64, SnapSet>>,
    pub(crate) last_up_change: Timespec,
    pub(crate) last_in_change: Timespec,
    pub(crate) blocklist: Arc<Blocklist>,
    pub(crate) ratios: Ratios,
    pub(crate) require_min_compat_client: Release,
    pub(crate) require_osd_release: Release,
    pub(crate) crc: u32,
}

/// An OSD that is in the map.
#[derive(Clone, Copy, Debug)]
pub struct Osd<'a> {
    pub id: i32,
    pub state: OsdState,
    /// Share of what CRUSH gives it that it keeps, in 16.16; 0: out.
    pub weight: u32,
    /// Chance to lead its groups, in 16.16.
    pub primary_affinity: u32,
    /// For clients (the public network).
    pub addrs: &'a EntityAddrs,
    /// When it last came up: an OSD that was restarted in between has another.
    pub up_from: Epoch,
    /// Feature bits it announced when it came up; 0: not known.
    pub features: u64,
}

impl Osd<'_> {
    pub fn is_up(&self) -> bool {
        self.state.contains(OsdState::UP)
    }

    pub fn is_in(&self) -> bool {
        self.weight != 0
    }
}

pub(crate) const DEFAULT_AFFINITY: u32 = 0x1_0000;

/// The number of an OSD as an index; `None` for gaps and other nonsense.
pub(crate) fn index(osd: i32) -> Option<usize> {
    usize::try_from(osd).ok()
}

impl OsdMap {
    pub fn fsid(&self) -> Fsid {
        self.fsid
    }

    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub fn created(&self) -> Timespec {
        self.created
    }

    pub fn modified(&self) -> Timespec {
        self.modified
    }

    /// The crc32c of the monitors' own encoding of this epoch.
    pub fn crc(&self) -> u32 {
        self.crc
    }

    pub fn flags(&self) -> MapFlags {
        self.flags
    }

    pub fn is_full(&self) -> bool {
        self.flags.contains(MapFlags::FULL)
    }

    pub fn pauses_reads(&self) -> bool {
        self.flags.contains(MapFlags::PAUSERD)
    }

    pub fn pauses_writes(&self) -> bool {
        self.flags.contains(MapFlags::PAUSEWR)
    }

    pub fn pool(&self, id: i64) -> Option<&Arc<Pool>> {
        self.pools.get(&id)
    }

    pub fn pool_by_name(&self, name: &str) -> Option<i64> {
        self.pool_ids.get(name).copied()
    }

    pub fn pool_name(&self, id: i64) -> Option<&str> {
        self.pool_names.get(&id).map(String::as_str)
    }

    /// In the order of their ids.
    pub fn pools(&self) -> impl Iterator<Item = (i64, &Arc<Pool>)> {
        self.pools.iter().map(|(id, pool)| (*id, pool))
    }

    /// The highest id a pool ever had; -1 before the first.
    pub fn pool_max(&self) -> i64 {
        self.pool_max
    }

    /// One more than the highest OSD there may be.
    pub fn max_osd(&self) -> i32 {
        self.states.len() as i32
    }

    /// `None` where no such OSD exists.
    pub fn osd(&self, id: i32) -> Option<Osd<'_>> {
        static NONE: EntityAddrs = EntityAddrs(Vec::new());
        let at = index(id)?;
        let state = *self.states.get(at)?;
        state.contains(OsdState::EXISTS).then(|| Osd {
            id,
            state,
            weight: self.weights.get(at).copied().unwrap_or(0),
            primary_affinity: self.affinity(at),
            addrs: self.addrs.get(at).unwrap_or(&NONE),
            up_from: self.up_from.get(at).copied().unwrap_or(0),
            features: self.features.get(at).copied().unwrap_or(0),
        })
    }

    /// Those that exist.
    pub fn osds(&self) -> impl Iterator<Item = Osd<'_>> {
        (0..self.max_osd()).filter_map(|id| self.osd(id))
    }

    pub fn exists(&self, osd: i32) -> bool {
        self.state(osd).contains(OsdState::EXISTS)
    }

    pub fn is_up(&self, osd: i32) -> bool {
        self.state(osd).contains(OsdState::EXISTS | OsdState::UP)
    }

    pub fn is_in(&self, osd: i32) -> bool {
        self.exists(osd) && index(osd).and_then(|at| self.weights.get(at)).is_some_and(|weight| *weight != 0)
    }

    pub(crate) fn state(&self, osd: i32) -> OsdState {
        index(osd).and_then(|at| self.states.get(at)).copied().unwrap_or_default()
    }

    pub(crate) fn affinity(&self, at: usize) -> u32 {
        self.affinities.get(at).copied().unwrap_or(DEFAULT_AFFINITY)
    }

    pub fn crush(&self) -> &Arc<CrushMap> {
        &self.crush
    }

    pub fn crush_version(&self) -> u32 {
        self.crush_version
    }

    pub fn erasure_code_profile(&self, name: &str) -> Option<&BTreeMap<String, String>> {
        self.erasure_code_profiles.get(name)
    }

    pub fn blocklist(&self) -> &Blocklist {
        &self.blocklist
    }

    /// Snapshots by pool whose removal this epoch brought: they drop out of snap contexts.
    pub fn new_removed_snaps(&self) -> &BTreeMap<i64, SnapSet> {
        &self.new_removed_snaps
    }

    pub fn new_purged_snaps(&self) -> &BTreeMap<i64, SnapSet> {
        &self.new_purged_snaps
    }

    /// Snapshots by pool that are removed and not yet trimmed everywhere.
    pub fn removed_snaps_queue(&self) -> &BTreeMap<i64, SnapSet> {
        &self.removed_snaps_queue
    }

    pub fn last_up_change(&self) -> Timespec {
        self.last_up_change
    }

    pub fn last_in_change(&self) -> Timespec {
        self.last_in_change
    }

    pub fn ratios(&self) -> Ratios {
        self.ratios
    }

    pub fn require_min_compat_client(&self) -> Release {
        self.require_min_compat_client
    }

    pub fn require_osd_release(&self) -> Release {
        self.require_osd_release
    }

    /// The sets of OSDs that stand in for CRUSH's, by group.
    pub fn pg_temp(&self) -> &BTreeMap<Pg, Vec<i32>> {
        &self.pg_temp
    }

    pub fn primary_temp(&self) -> &BTreeMap<Pg, i32> {
        &self.primary_temp
    }

    pub fn pg_upmap(&self) -> &BTreeMap<Pg, Vec<i32>> {
        &self.pg_upmap
    }

    pub fn pg_upmap_items(&self) -> &BTreeMap<Pg, Vec<(i32, i32)>> {
        &self.pg_upmap_items
    }

    pub fn pg_upmap_primaries(&self) -> &BTreeMap<Pg, i32> {
        &self.pg_upmap_primaries
    }

    /// After any change of the names.
    pub(crate) fn index_pool_names(&mut self) {
        self.pool_ids = self.pool_names.iter().map(|(id, name)| (name.clone(), *id)).collect();
    }
}
