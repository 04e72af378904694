//! Going from one epoch to the next.

use std::sync::Arc;

use crush::CrushMap;
use denc::Bytes;
use denc::entity::EntityAddrs;

use crate::MapError;
use crate::flags::{MapFlags, OsdState, Release};
use crate::incremental::Incremental;
use crate::map::{DEFAULT_AFFINITY, OsdMap, index};

/// Ten times what the largest clusters have: a few bytes must not make the map grow to gigabytes.
const MOST_OSDS: i32 = 1 << 17;

impl OsdMap {
    /// Makes this map that of the next epoch. On an error it is as before.
    pub fn apply_incremental(&mut self, bytes: &Bytes) -> Result<(), MapError> {
        self.apply(Incremental::decode(bytes)?)
    }

    /// The same with a difference that was decoded before.
    pub fn apply(&mut self, inc: Incremental) -> Result<(), MapError> {
        if inc.epoch != 1 && inc.fsid != self.fsid {
            return Err(MapError::OtherCluster { have: self.fsid, got: inc.fsid });
        }
        if self.epoch.checked_add(1) != Some(inc.epoch) {
            return Err(MapError::Epoch { have: self.epoch, got: inc.epoch });
        }
        if !inc.full_map.is_empty() {
            let map = OsdMap::decode(&inc.full_map)?;
            if map.epoch != inc.epoch {
                return Err(MapError::Epoch { have: inc.epoch, got: map.epoch });
            }
            *self = map;
            return Ok(());
        }
        self.check_osds(&inc)?;
        let crush = match inc.crush.is_empty() {
            true => None,
            false => Some(CrushMap::decode(&inc.crush)?),
        };
        self.fsid = inc.fsid;
        self.epoch = inc.epoch;
        self.modified = inc.modified;
        self.crc = inc.full_crc;
        self.apply_flags(&inc);
        self.apply_osds(&inc);
        self.apply_snaps(&inc);
        self.apply_exceptions(&inc);
        self.apply_blocklist(&inc);
        self.apply_settings(&inc);
        self.apply_pools(inc);
        if let Some(crush) = crush {
            self.crush = Arc::new(crush);
            if self.require_osd_release >= Release::LUMINOUS {
                self.crush_version = self.crush_version.wrapping_add(1);
            }
        }
        Ok(())
    }

    /// Every OSD that is spoken of has to be below the map's end.
    fn check_osds(&self, inc: &Incremental) -> Result<(), MapError> {
        let max = inc.max_osd.unwrap_or(self.max_osd());
        if max > MOST_OSDS.max(self.max_osd()) {
            return Err(MapError::NoSuchOsd(max));
        }
        let by_bits = inc.new_weight.keys().chain(inc.new_state.keys()).chain(inc.new_affinity.keys());
        let mut named = by_bits.chain(inc.new_up.keys()).chain(inc.new_features.keys());
        match named.find(|osd| !(0..max).contains(*osd)) {
            Some(osd) => Err(MapError::NoSuchOsd(*osd)),
            None => Ok(()),
        }
    }

    fn apply_flags(&mut self, inc: &Incremental) {
        let Some(flags) = inc.flags else { return };
        self.flags = MapFlags::from_bits_retain(flags);
        let implied = match self.flags {
            flags if flags.contains(MapFlags::REQUIRE_KRAKEN) => Release::KRAKEN,
            flags if flags.contains(MapFlags::REQUIRE_JEWEL) => Release::JEWEL,
            _ => Release::default(),
        };
        self.require_osd_release = self.require_osd_release.max(implied);
    }

    fn resize(&mut self, max_osd: i32) {
        let count = index(max_osd).unwrap_or(0);
        self.states.resize(count, OsdState::default());
        self.weights.resize(count, 0);
        self.up_from.resize(count, 0);
        self.features.resize(count, 0);
        self.own_addrs().resize(count, EntityAddrs::default());
        if !self.affinities.is_empty() {
            self.affinities.resize(count, DEFAULT_AFFINITY);
        }
    }

    fn own_addrs(&mut self) -> &mut Vec<EntityAddrs> {
        Arc::make_mut(&mut self.addrs)
    }

    fn set_affinity(&mut self, at: usize, affinity: u32) {
        if self.affinities.is_empty() {
            self.affinities = vec![DEFAULT_AFFINITY; self.states.len()];
        }
        set(&mut self.affinities, at, affinity);
    }

    fn apply_osds(&mut self, inc: &Incremental) {
        if let Some(max_osd) = inc.max_osd {
            self.resize(max_osd);
        }
        for (&osd, &weight) in &inc.new_weight {
            let Some(at) = index(osd) else { continue };
            set(&mut self.weights, at, weight);
            if weight != 0
                && let Some(state) = self.states.get_mut(at)
            {
                // Marked in.
                state.insert(OsdState::EXISTS);
                state.remove(OsdState::AUTOOUT | OsdState::NEW);
            }
        }
        for (&osd, &affinity) in &inc.new_affinity {
            index(osd).into_iter().for_each(|at| self.set_affinity(at, affinity));
        }
        for (&osd, &bits) in &inc.new_state {
            let Some((at, state)) = index(osd).and_then(|at| Some((at, self.states.get_mut(at)?))) else {
                continue;
            };
            // No bits at all once meant down.
            let bits = if bits == 0 { OsdState::UP } else { OsdState::from_bits_retain(bits) };
            if (*state & bits).contains(OsdState::EXISTS) {
                *state = OsdState::default();
                set(&mut self.up_from, at, 0);
                set(&mut self.features, at, 0);
                set(self.own_addrs(), at, EntityAddrs::default());
                self.set_affinity(at, DEFAULT_AFFINITY);
            } else {
                *state ^= bits;
            }
        }
        for (&osd, addrs) in &inc.new_up {
            let Some((at, state)) = index(osd).and_then(|at| Some((at, self.states.get_mut(at)?))) else {
                continue;
            };
            state.insert(OsdState::EXISTS | OsdState::UP);
            state.remove(OsdState::STOP);
            set(self.own_addrs(), at, addrs.clone());
            set(&mut self.up_from, at, inc.epoch);
        }
        for (&osd, &features) in &inc.new_features {
            index(osd).into_iter().for_each(|at| set(&mut self.features, at, features));
        }
    }

    fn apply_snaps(&mut self, inc: &Incremental) {
        self.new_removed_snaps = inc.new_removed_snaps.clone();
        self.new_purged_snaps = inc.new_purged_snaps.clone();
        if inc.new_removed_snaps.is_empty() && inc.new_purged_snaps.is_empty() {
            return;
        }
        let queue = Arc::make_mut(&mut self.removed_snaps_queue);
        for (pool, snaps) in &inc.new_removed_snaps {
            queue.entry(*pool).or_default().insert_all(snaps);
        }
        for (pool, snaps) in &inc.new_purged_snaps {
            queue.entry(*pool).or_default().remove_all(snaps);
        }
        queue.retain(|_, snaps| !snaps.is_empty());
    }

    fn apply_exceptions(&mut self, inc: &Incremental) {
        merge(&mut self.pg_temp, &inc.new_pg_temp, |osds| !osds.is_empty(), &[]);
        merge(&mut self.primary_temp, &inc.new_primary_temp, |osd| *osd != -1, &[]);
        merge(&mut self.pg_upmap, &inc.new_pg_upmap, |_| true, &inc.old_pg_upmap);
        merge(&mut self.pg_upmap_items, &inc.new_pg_upmap_items, |_| true, &inc.old_pg_upmap_items);
        merge(
            &mut self.pg_upmap_primaries,
            &inc.new_pg_upmap_primaries,
            |_| true,
            &inc.old_pg_upmap_primaries,
        );
        if !inc.new_profiles.is_empty() || !inc.old_profiles.is_empty() {
            let profiles = Arc::make_mut(&mut self.erasure_code_profiles);
            profiles.retain(|name, _| !inc.old_profiles.contains(name));
            profiles.extend(inc.new_profiles.clone());
        }
    }

    fn apply_blocklist(&mut self, inc: &Incremental) {
        let changed = [inc.new_blocklist.is_empty(), inc.new_ranges.is_empty()] != [true; 2]
            || [inc.old_blocklist.is_empty(), inc.old_ranges.is_empty()] != [true; 2];
        if changed {
            let list = Arc::make_mut(&mut self.blocklist);
            // As in Ceph, an entry that is there keeps its time.
            inc.new_blocklist.iter().cloned().for_each(|(addr, until)| {
                list.entries.entry(addr).or_insert(until);
            });
            inc.old_blocklist.iter().for_each(|addr| {
                list.entries.remove(addr);
            });
            inc.new_ranges.iter().cloned().for_each(|(addr, until)| {
                list.ranges.entry(addr).or_insert(until);
            });
            inc.old_ranges.iter().for_each(|addr| {
                list.ranges.remove(addr);
            });
        }
    }

    fn apply_settings(&mut self, inc: &Incremental) {
        if inc.new_last_up_change != Default::default() {
            self.last_up_change = inc.new_last_up_change;
        }
        if inc.new_last_in_change != Default::default() {
            self.last_in_change = inc.new_last_in_change;
        }
        let ratios = &mut self.ratios;
        for (ratio, new) in [
            (&mut ratios.nearfull, inc.nearfull),
            (&mut ratios.full, inc.full),
            (&mut ratios.backfillfull, inc.backfillfull),
        ] {
            if new >= 0.0 {
                *ratio = new;
            }
        }
        self.require_min_compat_client =
            inc.require_min_compat_client.unwrap_or(self.require_min_compat_client);
        if let Some(release) = inc.require_osd_release {
            self.require_osd_release = release;
            self.release_implies_flags();
            if self.blocklist.since_nautilus != (release >= Release::NAUTILUS) {
                Arc::make_mut(&mut self.blocklist).set_release(release);
            }
        }
    }

    fn apply_pools(&mut self, inc: Incremental) {
        self.pool_max = inc.pool_max.unwrap_or(self.pool_max);
        for (id, mut pool) in inc.new_pools {
            pool.last_change = inc.epoch;
            self.pools.insert(id, Arc::new(pool));
        }
        if inc.new_pool_names.is_empty() && inc.old_pools.is_empty() {
            return;
        }
        self.pool_names.extend(inc.new_pool_names);
        for id in &inc.old_pools {
            self.pools.remove(id);
            self.pool_names.remove(id);
        }
        self.index_pool_names();
    }
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}

type ByPg<V> = std::collections::BTreeMap<crate::Pg, V>;

/// Takes over new entries, as far as they are `kept`, and removes old ones.
fn merge<'a, V: Clone>(
    map: &mut Arc<ByPg<V>>,
    new: &ByPg<V>,
    kept: impl Fn(&V) -> bool,
    old: impl IntoIterator<Item = &'a crate::Pg>,
) {
    let mut old = old.into_iter().peekable();
    if new.is_empty() && old.peek().is_none() {
        return;
    }
    let map = Arc::make_mut(map);
    for (pg, value) in new {
        if kept(value) {
            map.insert(*pg, value.clone());
        } else {
            map.remove(pg);
        }
    }
    for pg in old {
        map.remove(pg);
    }
}
