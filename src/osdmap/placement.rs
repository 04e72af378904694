//! From an object's name to the OSDs that hold it.

use crush::{ITEM_NONE, Items, RuleKind, hash2};

use crate::flags::{PoolFlags, Release};
use crate::map::{DEFAULT_AFFINITY, OsdMap, index};
use crate::pg::Pg;
use crate::pool::Pool;

/// The OSDs of a placement group. Gaps, which only erasure-coded pools have, are [`ITEM_NONE`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpActing {
    /// Where the group belongs by this map.
    pub up: Items,
    pub up_primary: Option<i32>,
    /// Where it is served now: while data moves, OSDs ask for others than those it belongs to.
    pub acting: Items,
    /// Who takes requests; `None`: nobody is there.
    pub acting_primary: Option<i32>,
    /// The primary's shard in an erasure-coded pool.
    pub primary_shard: Option<u8>,
}

impl OsdMap {
    /// The object's hash as a group that is not folded yet. `None`: there is no such pool.
    pub fn object_to_raw_pg(&self, pool: i64, nspace: &[u8], key: &[u8], name: &[u8]) -> Option<Pg> {
        Some(Pg { pool, seed: self.pool(pool)?.hash(nspace, key, name) })
    }

    /// The group that holds what hashes to `raw`.
    pub fn raw_pg_to_pg(&self, raw: Pg) -> Option<Pg> {
        Some(Pg { seed: self.pool(raw.pool)?.fold(raw.seed), ..raw })
    }

    /// The group of an object.
    pub fn object_to_pg(&self, pool: i64, nspace: &[u8], key: &[u8], name: &[u8]) -> Option<Pg> {
        self.raw_pg_to_pg(self.object_to_raw_pg(pool, nspace, key, name)?)
    }

    /// What CRUSH alone says, without OSDs that are gone from the map.
    pub fn pg_to_raw(&self, pg: Pg) -> (Items, Option<i32>) {
        let Some(pool) = self.pool(pg.pool) else { return Default::default() };
        let osds = self.raw(pool, pg, pool.placement_seed(pg));
        let primary = first(&osds);
        (osds, primary)
    }

    /// The group's OSDs; a group beyond the pool's number of them is that which it is folded to.
    pub fn pg_to_up_acting(&self, pg: Pg) -> UpActing {
        let Some(pool) = self.pool(pg.pool) else { return UpActing::default() };
        let folded = Pg { seed: pool.fold(pg.seed), ..pg };
        let placement_seed = pool.placement_seed(pg);
        let mut up = self.raw(pool, pg, placement_seed);
        self.apply_upmaps(folded, &mut up);
        self.drop_or_clear(pool, &mut up, |osd| self.is_up(osd));
        let mut up_primary = first(&up);
        self.apply_affinity(pool, placement_seed, &mut up, &mut up_primary);

        let (temp, mut acting_primary) = self.temporary(pool, folded);
        let is_temporary = !temp.is_empty();
        let acting = if is_temporary {
            temp
        } else {
            acting_primary = acting_primary.or(up_primary);
            up.clone()
        };
        let primary_shard = acting_primary.and_then(|primary| {
            let leads = |shard: &usize| acting.get(*shard) == Some(&primary);
            let shards = || 0..acting.len();
            let preferred = shards().filter(|shard| !is_temporary || pool.may_lead(*shard)).find(leads);
            let shard = preferred.or_else(|| shards().find(leads))?;
            u8::try_from(shard).ok().filter(|_| pool.is_erasure())
        });
        UpActing { up, up_primary, acting, acting_primary, primary_shard }
    }

    fn raw(&self, pool: &Pool, pg: Pg, placement_seed: u32) -> Items {
        let rule = match self.require_osd_release {
            // Later releases take the rule's number as it is.
            Release(1..Release::QUINCY_NUMBER) => {
                self.crush.find_rule(pool.crush_rule, RuleKind(pool.kind.0), pool.size)
            }
            _ => Some(usize::from(pool.crush_rule)),
        };
        let Some(rule) = rule else { return Items::new() };
        let args = self.crush.choose_args(Some(pg.pool));
        let mut osds = self.crush.do_rule(rule, placement_seed, usize::from(pool.size), &self.weights, args);
        self.drop_or_clear(pool, &mut osds, |osd| self.exists(osd));
        osds
    }

    /// Leaves only OSDs to `keep`, in their places where places matter.
    fn drop_or_clear(&self, pool: &Pool, osds: &mut Items, keep: impl Fn(i32) -> bool) {
        if pool.closes_gaps() {
            osds.retain(|osd| keep(*osd));
        } else {
            osds.iter_mut().filter(|osd| !keep(**osd)).for_each(|osd| *osd = ITEM_NONE);
        }
    }

    /// An OSD of the map that is out: no exception sends data there.
    fn is_marked_out(&self, osd: i32) -> bool {
        index(osd).and_then(|at| self.weights.get(at)) == Some(&0)
    }

    /// What operators and the balancer decided against CRUSH.
    fn apply_upmaps(&self, pg: Pg, osds: &mut Items) {
        if let Some(upmap) = self.pg_upmap.get(&pg) {
            if upmap.iter().any(|osd| self.is_marked_out(*osd)) {
                return;
            }
            *osds = Items::from_slice(upmap);
        }
        for &(from, to) in self.pg_upmap_items.get(&pg).into_iter().flatten() {
            if osds.contains(&to) || self.is_marked_out(to) {
                continue;
            }
            if let Some(osd) = osds.iter_mut().find(|osd| **osd == from) {
                *osd = to;
            }
        }
        if let Some(&primary) = self.pg_upmap_primaries.get(&pg)
            && index(primary).and_then(|at| self.weights.get(at)).is_some_and(|weight| *weight != 0)
            && let Some(at) = osds.iter().skip(1).position(|osd| *osd == primary)
        {
            osds.swap(0, at + 1);
        }
    }

    /// Lets OSDs of low affinity lead fewer groups.
    fn apply_affinity(&self, pool: &Pool, seed: u32, osds: &mut Items, primary: &mut Option<i32>) {
        let affinity = |osd: i32| index(osd).map_or(DEFAULT_AFFINITY, |at| self.affinity(at));
        if self.affinities.is_empty() || osds.iter().all(|osd| affinity(*osd) == DEFAULT_AFFINITY) {
            return;
        }
        let candidates = || osds.iter().enumerate().filter(|(_, osd)| **osd != ITEM_NONE);
        let willing = candidates().find(|(_, osd)| {
            let affinity = affinity(**osd);
            affinity >= DEFAULT_AFFINITY || hash2(seed, osd.cast_unsigned()) >> 16 < affinity
        });
        let Some((at, &osd)) = willing.or_else(|| candidates().next()) else { return };
        *primary = Some(osd);
        if pool.closes_gaps()
            && let Some(front) = osds.get_mut(..=at)
        {
            front.rotate_right(1);
        }
    }

    /// What stands in for the up set while data moves, and its primary. The set is empty where there is none.
    fn temporary(&self, pool: &Pool, pg: Pg) -> (Items, Option<i32>) {
        let mut osds = self.pg_temp.get(&pg).map(|osds| Items::from_slice(osds)).unwrap_or_default();
        self.drop_or_clear(pool, &mut osds, |osd| self.is_up(osd));
        let primary = self.primary_temp.get(&pg).copied().filter(|osd| *osd != -1);
        let primary = primary.or_else(|| first(&osds));
        if pool.flags.contains(PoolFlags::EC_OPTIMIZATIONS) {
            osds = in_shard_order(pool, &osds);
        }
        (osds, primary)
    }
}

/// Who leads unless something else is said.
fn first(osds: &[i32]) -> Option<i32> {
    osds.iter().copied().find(|osd| *osd != ITEM_NONE)
}

/// In pools with optimised erasure coding, temporary sets list the shards that may lead before the others, so that
/// clients which know nothing of it pick a right primary.
fn in_shard_order(pool: &Pool, listed: &[i32]) -> Items {
    let (mut leaders, mut others): (Vec<usize>, Vec<usize>) =
        (0..listed.len()).partition(|shard| pool.may_lead(*shard));
    leaders.append(&mut others);
    let mut osds = Items::from_elem(ITEM_NONE, listed.len());
    for (shard, osd) in leaders.into_iter().zip(listed) {
        if let Some(slot) = osds.get_mut(shard) {
            *slot = *osd;
        }
    }
    osds
}
