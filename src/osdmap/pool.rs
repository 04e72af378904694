//! A pool as the map describes it (`pg_pool_t`).

use std::collections::{BTreeMap, BTreeSet};

use denc::{Decode, DecodeError, Reader, Result};
use ops::Timespec;

use crate::Epoch;
use crate::flags::PoolFlags;
use crate::pg::{Pg, stable_mod};
use crate::snaps::SnapSet;
use crate::wire::{named_texts, shard_set, skip, text, texts};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolKind(pub u8);

impl PoolKind {
    pub const REPLICATED: PoolKind = PoolKind(1);
    pub const ERASURE: PoolKind = PoolKind(3);
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolSnap {
    pub name: String,
    pub stamp: Timespec,
}

/// What the settings of cache tiers and hit sets say, is for OSDs and not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    pub kind: PoolKind,
    /// Replicas, or shards of an erasure code.
    pub size: u8,
    /// Fewer than these in the acting set, and requests wait.
    pub min_size: u8,
    pub crush_rule: u8,
    /// 1 linux, 2 rjenkins.
    pub object_hash: u8,
    pub pg_num: u32,
    /// Groups up to here have a place of their own, the others share that of the group they split from.
    pub pgp_num: u32,
    /// Where a change of the numbers under way is going.
    pub pg_num_target: u32,
    pub pgp_num_target: u32,
    /// Lower than `pg_num` while groups are about to be merged.
    pub pg_num_pending: u32,
    pub last_change: Epoch,
    /// Requests from before this epoch have to be sent again; the others are what older clients go by.
    pub last_force_resend: Epoch,
    pub last_force_resend_prenautilus: Epoch,
    pub last_force_resend_preluminous: Epoch,
    /// The newest snapshot id given out.
    pub snap_seq: u64,
    pub snap_epoch: Epoch,
    /// Pool snapshots by id.
    pub snaps: BTreeMap<u64, PoolSnap>,
    /// Ids that were removed, kept here by releases before 14 only.
    pub removed_snaps: SnapSet,
    pub flags: PoolFlags,
    /// 0: no limit.
    pub quota_max_bytes: u64,
    pub quota_max_objects: u64,
    pub auid: u64,
    /// Pools that are caches of this one.
    pub tiers: BTreeSet<u64>,
    pub tier_of: Option<i64>,
    /// Where reads and writes go instead.
    pub read_tier: Option<i64>,
    pub write_tier: Option<i64>,
    pub cache_mode: u8,
    pub erasure_code_profile: String,
    /// Bytes of a stripe of an erasure-coded pool: appends come in multiples of it.
    pub stripe_width: u32,
    pub expected_num_objects: u64,
    pub fast_read: bool,
    pub applications: BTreeMap<String, BTreeMap<String, String>>,
    pub create_time: Timespec,
    pub pg_autoscale_mode: u8,
    /// By bit: shards that cannot lead their group (Ceph 20, with optimised erasure coding).
    pub nonprimary_shards: u128,
}

impl Pool {
    pub fn is_erasure(&self) -> bool {
        self.kind == PoolKind::ERASURE
    }

    /// Whether OSDs of a group close up when one is missing; in erasure-coded pools each has its own shard.
    pub(crate) fn closes_gaps(&self) -> bool {
        !self.is_erasure()
    }

    /// Whether the shard at that place of an acting set may lead.
    pub fn may_lead(&self, shard: usize) -> bool {
        shard >= 128 || self.nonprimary_shards >> shard & 1 == 0
    }

    /// Whether writes have to be appends of whole stripes.
    pub fn requires_aligned_append(&self) -> bool {
        self.is_erasure() && !self.flags.contains(PoolFlags::EC_OVERWRITES)
    }

    pub fn supports_omap(&self) -> bool {
        !self.is_erasure()
    }

    /// The placement hash of an object, by its locator key where that is not empty.
    pub fn hash(&self, nspace: &[u8], key: &[u8], name: &[u8]) -> u32 {
        let hash = match self.object_hash {
            1 => ops::linux_hash,
            2 => ops::rjenkins,
            _ => |_: &[u8]| u32::MAX,
        };
        ops::placement_hash(hash, nspace, if key.is_empty() { name } else { key })
    }

    /// The group that holds hash `seed`.
    pub fn fold(&self, seed: u32) -> u32 {
        stable_mod(seed, self.pg_num)
    }

    /// What CRUSH places in the name of the group.
    pub(crate) fn placement_seed(&self, pg: Pg) -> u32 {
        let folded = stable_mod(pg.seed, self.pgp_num);
        match self.flags.contains(PoolFlags::HASHPSPOOL) {
            true => crush::hash2(folded, pg.pool as u32),
            false => folded.wrapping_add(pg.pool as u32),
        }
    }
}

impl Decode for PoolSnap {
    const MIN: usize = 26;

    fn decode(from: &mut Reader) -> Result<PoolSnap> {
        from.envelope_since(2, 2, 2, |_, body| {
            skip::<u64>(body)?;
            Ok(PoolSnap { stamp: body.get()?, name: text(body)? })
        })
    }
}

fn tier(from: &mut Reader) -> Result<Option<i64>> {
    Ok(Some(from.get::<i64>()?).filter(|pool| *pool >= 0))
}

/// Version 29 is that of Ceph 14 to 18; 30 and 31 came with stretch clusters, 32 with Ceph 20.
impl Decode for Pool {
    const MIN: usize = 60;

    fn decode(from: &mut Reader) -> Result<Pool> {
        from.envelope_since(32, 5, 5, |version, body| {
            if version < 5 {
                return Err(DecodeError::Malformed("pool of an old release"));
            }
            let mut pool = Pool::default();
            pool.base(version, body)?;
            pool.tiering(version, body)?;
            pool.resends(version, body)?;
            if version >= 28 {
                pool.pg_num_target = body.get()?;
                pool.pgp_num_target = body.get()?;
                pool.pg_num_pending = body.get()?;
                skip::<u64>(body)?;
                pool.last_force_resend = body.get()?;
                pool.pg_autoscale_mode = body.get()?;
            } else {
                pool.pg_num_target = pool.pg_num;
                pool.pgp_num_target = pool.pgp_num;
                pool.pg_num_pending = pool.pg_num;
                pool.last_force_resend = pool.last_force_resend_prenautilus;
                pool.pg_autoscale_mode = 1;
            }
            if version >= 29 {
                body.open(1)?;
            }
            if version == 30 {
                body.take(16)?;
            }
            if version >= 31 && body.get()? {
                body.take(16)?;
            }
            if version >= 32 {
                pool.nonprimary_shards = shard_set(body)?;
            }
            Ok(pool)
        })
    }
}

impl Pool {
    fn base(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        self.kind = PoolKind(body.get()?);
        self.size = body.get()?;
        self.crush_rule = body.get()?;
        self.object_hash = body.get()?;
        self.pg_num = body.get()?;
        self.pgp_num = body.get()?;
        // Groups of preferred OSDs, which are no more.
        skip::<u64>(body)?;
        self.last_change = body.get()?;
        self.snap_seq = body.get()?;
        self.snap_epoch = body.get()?;
        self.snaps = body.get()?;
        self.removed_snaps = body.get()?;
        self.auid = body.get()?;
        self.flags = PoolFlags::from_bits_retain(body.get()?);
        let _crash_replay_interval: u32 = body.get()?;
        if self.snap_seq > 0 && !self.flags.intersects(PoolFlags::SELFMANAGED_SNAPS | PoolFlags::POOL_SNAPS) {
            self.flags |= match self.removed_snaps.is_empty() {
                true => PoolFlags::POOL_SNAPS,
                false => PoolFlags::SELFMANAGED_SNAPS,
            };
        }
        self.min_size = if version >= 7 { body.get()? } else { self.size - self.size / 2 };
        if version >= 8 {
            self.quota_max_bytes = body.get()?;
            self.quota_max_objects = body.get()?;
        }
        Ok(())
    }

    fn tiering(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        if version >= 9 {
            self.tiers = body.get()?;
            self.tier_of = tier(body)?;
            self.cache_mode = body.get()?;
            self.read_tier = tier(body)?;
            self.write_tier = tier(body)?;
        }
        if version >= 10 {
            texts(body)?;
        }
        if version >= 11 {
            // Hit sets: kind, period, count.
            body.open(1)?;
            skip::<u64>(body)?;
        }
        if version >= 12 {
            self.stripe_width = body.get()?;
        }
        if version >= 13 {
            // Targets in bytes and objects; ratios; ages.
            skip::<(u64, u64)>(body)?;
            skip::<(u32, u32, u32, u32)>(body)?;
        }
        if version >= 14 {
            self.erasure_code_profile = text(body)?;
        }
        Ok(())
    }

    fn resends(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        if version >= 15 {
            self.last_force_resend_preluminous = body.get()?;
        }
        if version >= 16 {
            let _min_read_recency: u32 = body.get()?;
        }
        if version >= 17 {
            self.expected_num_objects = body.get()?;
        }
        if version >= 19 {
            let _dirty_high_ratio: u32 = body.get()?;
        }
        if version >= 20 {
            let _min_write_recency: u32 = body.get()?;
        }
        if version >= 21 {
            let _hit_sets_by_gmt: bool = body.get()?;
        }
        if version >= 22 {
            self.fast_read = body.get()?;
        }
        if version >= 23 {
            // Decay of hit sets, and how many are searched.
            skip::<u64>(body)?;
        }
        if version >= 24 {
            // Options, of which none is for clients.
            body.open(2)?;
        }
        self.last_force_resend_prenautilus =
            if version >= 25 { body.get()? } else { self.last_force_resend_preluminous };
        if version >= 26 {
            self.applications = named_texts(body)?;
        }
        if version >= 27 {
            self.create_time = body.get()?;
        }
        Ok(())
    }
}
