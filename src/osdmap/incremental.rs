//! The difference between one epoch and the next.

use std::collections::{BTreeMap, BTreeSet};

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Decode, Reader, Result};
use ops::Timespec;

use crate::decode::{OsdExtra, stamped_addrs};
use crate::flags::Release;
use crate::map::Fsid;
use crate::pg::Pg;
use crate::pool::Pool;
use crate::seal::Sealed;
use crate::snaps::SnapSet;
use crate::wire::{detached_all, float, named_texts, skip, skip_node_flags, text};
use crate::{Epoch, MapError};

const CLIENT: u8 = 9;
const OSD_ONLY: u8 = 12;

/// What changed with epoch [`Incremental::epoch`].
#[derive(Clone, Debug, Default)]
pub struct Incremental {
    pub(crate) fsid: Fsid,
    pub(crate) epoch: Epoch,
    pub(crate) modified: Timespec,
    /// A whole map in place of the differences; empty: none.
    pub(crate) full_map: Bytes,
    pub(crate) crush: Bytes,
    pub(crate) pool_max: Option<i64>,
    pub(crate) flags: Option<u32>,
    pub(crate) max_osd: Option<i32>,
    pub(crate) new_pools: BTreeMap<i64, Pool>,
    pub(crate) new_pool_names: BTreeMap<i64, String>,
    pub(crate) old_pools: BTreeSet<i64>,
    pub(crate) new_up: BTreeMap<i32, EntityAddrs>,
    /// Bits that change.
    pub(crate) new_state: BTreeMap<i32, u32>,
    pub(crate) new_weight: BTreeMap<i32, u32>,
    pub(crate) new_affinity: BTreeMap<i32, u32>,
    /// Empty: taken back.
    pub(crate) new_pg_temp: BTreeMap<Pg, Vec<i32>>,
    /// -1: taken back.
    pub(crate) new_primary_temp: BTreeMap<Pg, i32>,
    pub(crate) new_profiles: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) old_profiles: Vec<String>,
    pub(crate) new_pg_upmap: BTreeMap<Pg, Vec<i32>>,
    pub(crate) old_pg_upmap: BTreeSet<Pg>,
    pub(crate) new_pg_upmap_items: BTreeMap<Pg, Vec<(i32, i32)>>,
    pub(crate) old_pg_upmap_items: BTreeSet<Pg>,
    pub(crate) new_pg_upmap_primaries: BTreeMap<Pg, i32>,
    pub(crate) old_pg_upmap_primaries: BTreeSet<Pg>,
    pub(crate) new_removed_snaps: BTreeMap<i64, SnapSet>,
    pub(crate) new_purged_snaps: BTreeMap<i64, SnapSet>,
    pub(crate) new_last_up_change: Timespec,
    pub(crate) new_last_in_change: Timespec,
    pub(crate) new_blocklist: Vec<(EntityAddr, Timespec)>,
    pub(crate) old_blocklist: Vec<EntityAddr>,
    pub(crate) new_ranges: Vec<(EntityAddr, Timespec)>,
    pub(crate) old_ranges: Vec<EntityAddr>,
    pub(crate) new_features: BTreeMap<i32, u64>,
    /// Negative: unchanged.
    pub(crate) nearfull: f32,
    pub(crate) full: f32,
    pub(crate) backfillfull: f32,
    pub(crate) require_min_compat_client: Option<Release>,
    pub(crate) require_osd_release: Option<Release>,
    /// What the crc of the map is once this is applied.
    pub(crate) full_crc: u32,
}

/// A number of which negative values say that nothing changes.
fn changed<T: Decode + PartialOrd + Default>(from: &mut Reader) -> Result<Option<T>> {
    Ok(Some(from.get::<T>()?).filter(|value| *value >= T::default()))
}

fn addrs_by_osd(from: &mut Reader) -> Result<BTreeMap<i32, EntityAddrs>> {
    let addrs = from.get::<BTreeMap<i32, EntityAddrs>>()?;
    Ok(addrs.into_iter().map(|(osd, addrs)| (osd, detached_all(addrs))).collect())
}

impl Incremental {
    pub fn decode(input: &Bytes) -> std::result::Result<Incremental, MapError> {
        let mut sealed = Sealed::open(input)?;
        let unchanged =
            Incremental { nearfull: -1.0, full: -1.0, backfillfull: -1.0, ..Incremental::default() };
        let mut inc = unchanged;
        sealed.body.envelope(CLIENT, |version, body| inc.decode_client(version, body))?;
        sealed.body.envelope(OSD_ONLY, |version, body| inc.decode_osd_only(version, body))?;
        sealed.check()?;
        inc.full_crc = sealed.body.get()?;
        Ok(inc)
    }

    /// The epoch that it makes out of the one before.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub fn fsid(&self) -> Fsid {
        self.fsid
    }

    fn decode_client(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        self.fsid = body.get()?;
        self.epoch = body.get()?;
        self.modified = body.get()?;
        self.pool_max = changed(body)?;
        self.flags = changed::<i32>(body)?.map(i32::cast_unsigned);
        self.full_map = body.get()?;
        self.crush = body.get()?;
        self.max_osd = changed(body)?;
        self.new_pools = body.get()?;
        let names = body.count(12)?;
        for _ in 0..names {
            self.new_pool_names.insert(body.get()?, text(body)?);
        }
        self.old_pools = body.get()?;
        self.new_up = addrs_by_osd(body)?;
        self.new_state = match version {
            5.. => body.get()?,
            _ => body.get::<BTreeMap<i32, u8>>()?.into_iter().map(|(osd, bits)| (osd, bits.into())).collect(),
        };
        self.new_weight = body.get()?;
        self.new_pg_temp = body.get()?;
        self.new_primary_temp = body.get()?;
        if version >= 2 {
            self.new_affinity = body.get()?;
        }
        if version >= 3 {
            self.new_profiles = named_texts(body)?;
            let count = body.count(4)?;
            self.old_profiles = (0..count).map(|_| text(body)).collect::<Result<_>>()?;
        }
        if version >= 4 {
            self.new_pg_upmap = body.get()?;
            self.old_pg_upmap = body.get()?;
            self.new_pg_upmap_items = body.get()?;
            self.old_pg_upmap_items = body.get()?;
        }
        if version >= 6 {
            self.new_removed_snaps = body.get()?;
            self.new_purged_snaps = body.get()?;
        }
        if version >= 8 {
            self.new_last_up_change = body.get()?;
            self.new_last_in_change = body.get()?;
        }
        if version >= 9 {
            self.new_pg_upmap_primaries = body.get()?;
            self.old_pg_upmap_primaries = body.get()?;
        }
        Ok(())
    }

    fn decode_osd_only(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        skip::<BTreeMap<i32, EntityAddrs>>(body)?;
        // By OSD: up to where it was up, a clean interval, an epoch it was lost at.
        skip::<Vec<(i32, u32)>>(body)?;
        skip::<Vec<(i32, u32, u32)>>(body)?;
        skip::<Vec<(i32, u32)>>(body)?;
        self.new_blocklist = stamped_addrs(body)?;
        self.old_blocklist = body.get()?;
        skip::<BTreeMap<i32, EntityAddrs>>(body)?;
        skip::<Bytes>(body)?;
        skip::<Vec<(i32, Fsid)>>(body)?;
        let extras = body.get::<Vec<(i32, OsdExtra)>>()?;
        self.new_features = extras.into_iter().map(|(osd, extra)| (osd, extra.features)).collect();
        skip::<BTreeMap<i32, EntityAddrs>>(body)?;
        if version >= 2 {
            let _encode_features: u64 = body.get()?;
        }
        if version >= 3 {
            self.nearfull = float(body)?;
            self.full = float(body)?;
        }
        if version >= 4 {
            self.backfillfull = float(body)?;
        }
        if version == 5 {
            skip::<Bytes>(body)?;
        }
        if version >= 6 {
            self.require_min_compat_client = release(body)?.filter(|release| *release > Release::default());
            self.require_osd_release = release(body)?;
        }
        skip_node_flags(version, body)?;
        if version >= 10 {
            // Stretch mode.
            skip::<bool>(body)?;
            skip::<(u32, u32, u32, u32)>(body)?;
            skip::<bool>(body)?;
        }
        if version >= 11 {
            self.new_ranges = stamped_addrs(body)?;
            self.old_ranges = body.get()?;
        }
        Ok(())
    }
}

/// Negative: unchanged.
fn release(from: &mut Reader) -> Result<Option<Release>> {
    Ok(changed::<i8>(from)?.map(|number| Release(number.unsigned_abs())))
}
