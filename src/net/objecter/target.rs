//! Whom a request goes to, by the map.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use denc::Bytes;
use osdmap::{OsdMap, Pg, Pool, PoolFlags, UpActing};

use crate::messages::hobject::HObject;
use crate::messages::osd::{Locator, OsdFlags, Redirect, ShardPg};

/// Where this client is: pairs of CRUSH types and names (`crush_location`).
pub type Place = Arc<[(String, String)]>;

/// The OSDs of groups, and how far those are, worked out once per map.
pub struct Placements {
    groups: HashMap<i64, Box<[OnceLock<Arc<UpActing>>]>>,
    place: Place,
    distances: OnceLock<HashMap<i32, u16>>,
}

impl Placements {
    pub fn new(map: &OsdMap, place: Place) -> Placements {
        let slots = |pool: &Pool| (0..pool.pg_num).map(|_| OnceLock::new()).collect();
        let groups = map.pools().map(|(id, pool)| (id, slots(pool))).collect();
        Placements { groups, place, distances: OnceLock::new() }
    }

    /// From another map to this one: with what the client is.
    pub fn stay(&mut self, before: &Placements) {
        self.place = before.place.clone();
    }

    pub fn move_to(&mut self, place: Place) {
        if self.place != place {
            self.place = place;
            self.distances = OnceLock::new();
        }
    }

    /// The first of the nearest.
    fn nearest(&self, map: &OsdMap, osds: &[i32]) -> Option<i32> {
        let distances = self.distances.get_or_init(|| map.crush().distances(&self.place));
        let distance = |osd: &i32| distances.get(osd).copied().unwrap_or(u16::MAX);
        osds.iter().copied().min_by_key(distance)
    }

    fn get(&self, map: &OsdMap, pg: Pg) -> Arc<UpActing> {
        let slot = self.groups.get(&pg.pool).and_then(|groups| groups.get(pg.seed as usize));
        match slot {
            Some(slot) => slot.get_or_init(|| Arc::new(map.pg_to_up_acting(pg))).clone(),
            None => Arc::new(map.pg_to_up_acting(pg)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recalc {
    Same,
    /// Whatever was sent so far, send it (again).
    Resend,
    PoolGone,
}

/// An object, or a placement group as a whole, and where it is.
#[derive(Clone, Debug)]
pub struct Target {
    pub locator: Locator,
    pub name: Bytes,
    pub flags: OsdFlags,
    /// The pool that serves it: another one where a cache tier overlays its own.
    pub pool: i64,
    pub hash: u32,
    pub pg: ShardPg,
    /// `None`: nobody serves the group now.
    pub osd: Option<i32>,
    /// The map's flags forbid it for now.
    pub paused: bool,
    pub pool_existed: bool,
    /// Any change of the group's OSDs is one to who has this: with each the primary forgets who watches.
    pub of_watch: bool,
    interval: Option<(Arc<UpActing>, u8, u8)>,
    primary: Option<i32>,
    pg_num: u32,
    last_force_resend: u32,
    placed: bool,
}

impl Target {
    pub fn new(locator: Locator, name: Bytes, flags: OsdFlags) -> Target {
        Target {
            pool: locator.pool,
            pg: ShardPg { pg: Pg::new(locator.pool, 0), shard: -1 },
            locator,
            name,
            flags,
            hash: 0,
            osd: None,
            paused: false,
            pool_existed: false,
            of_watch: false,
            interval: None,
            primary: None,
            pg_num: 0,
            last_force_resend: 0,
            placed: false,
        }
    }

    /// As OSDs order it.
    pub fn hobject(&self) -> HObject {
        HObject {
            key: self.locator.key.clone(),
            name: self.name.clone(),
            snap: ops::SNAP_HEAD,
            hash: self.hash,
            max: false,
            nspace: self.locator.nspace.clone(),
            pool: self.pool,
        }
    }

    /// Forgets the group, so that the next calculation asks for a new sending.
    pub fn forget(&mut self) {
        self.placed = false;
    }

    pub fn redirect(&mut self, redirect: Redirect) {
        self.locator = Locator { hash: None, ..redirect.locator };
        if !redirect.name.is_empty() {
            self.name = redirect.name;
        }
        self.flags |= OsdFlags::REDIRECTED | OsdFlags::IGNORE_CACHE | OsdFlags::IGNORE_OVERLAY;
        self.placed = false;
    }

    fn respects_full(&self) -> bool {
        self.flags.intersects(OsdFlags::WRITE | OsdFlags::RWORDERED)
            && !self.flags.intersects(OsdFlags::FULL_TRY | OsdFlags::FULL_FORCE)
    }

    fn should_pause(&self, map: &OsdMap, pool: &Pool) -> bool {
        let full = || map.is_full() || pool.flags.contains(PoolFlags::FULL);
        let no_writes = map.pauses_writes() || (self.respects_full() && full());
        (self.flags.contains(OsdFlags::READ) && map.pauses_reads())
            || (self.flags.contains(OsdFlags::WRITE) && no_writes)
    }

    /// Looks the target up in a map.
    pub fn recalc(&mut self, map: &OsdMap, placements: &Placements) -> Recalc {
        let Some(base) = map.pool(self.locator.pool) else {
            self.osd = None;
            return Recalc::PoolGone;
        };
        self.pool_existed = true;
        let mut forced = false;
        if map.epoch() == base.last_force_resend && self.last_force_resend < base.last_force_resend {
            self.last_force_resend = base.last_force_resend;
            forced = self.placed;
        }
        self.pool = self.locator.pool;
        if !self.flags.contains(OsdFlags::IGNORE_OVERLAY) {
            let read_tier = base.read_tier.filter(|_| self.flags.contains(OsdFlags::READ));
            let write_tier = base.write_tier.filter(|_| self.flags.contains(OsdFlags::WRITE));
            self.pool = write_tier.or(read_tier).unwrap_or(self.pool);
        }
        let Some(pool) = map.pool(self.pool) else {
            self.osd = None;
            return Recalc::PoolGone;
        };
        let locator = &self.locator;
        let hash = locator.hash.unwrap_or_else(|| pool.hash(&locator.nspace, &locator.key, &self.name));
        let pg = Pg::new(self.pool, pool.fold(hash));
        let placed = placements.get(map, pg);
        let shard = placed.primary_shard.map_or(-1, |shard| i8::try_from(shard).unwrap_or(-1));
        let actual = ShardPg { pg, shard };

        let should_pause = self.should_pause(map, base);
        let unpaused = self.paused && !should_pause;
        self.paused = should_pause;

        let moved = !self.placed
            || self.primary != placed.acting_primary
            || self.pg.shard != shard
            || self.pg.pg.pool != pg.pool
            || (self.used_replica() && self.osd.is_some_and(|osd| !placed.acting.contains(&osd)));
        let moved = moved || (self.of_watch && self.interval_ends(pool, &placed));
        let old = Pg::new(self.pool, osdmap::stable_mod(hash, self.pg_num));
        let split = self.placed
            && self.pg_num != pool.pg_num
            && (self.pg.pg != pg
                || old.splits(self.pg_num, pool.pg_num)
                || old.merges(self.pg_num, pool.pg_num));
        if moved || split || forced {
            self.hash = hash;
            self.pg = actual;
            self.primary = placed.acting_primary;
            self.pg_num = pool.pg_num;
            self.placed = true;
            self.osd = self.choose(map, pool, placements, &placed);
        }
        if moved || split || forced || unpaused { Recalc::Resend } else { Recalc::Same }
    }

    /// Whether the group has begun a new interval since the last calculation.
    fn interval_ends(&mut self, pool: &Pool, placed: &Arc<UpActing>) -> bool {
        let now = (placed.clone(), pool.size, pool.min_size);
        self.interval.replace(now.clone()) != Some(now)
    }

    fn used_replica(&self) -> bool {
        self.osd != self.primary
    }

    /// The primary, or another that has the data where the request allows it.
    fn choose(&self, map: &OsdMap, pool: &Pool, placements: &Placements, placed: &UpActing) -> Option<i32> {
        let spread = OsdFlags::BALANCE_READS | OsdFlags::LOCALIZE_READS;
        if !self.flags.intersects(spread) || self.flags.contains(OsdFlags::WRITE) || pool.is_erasure() {
            return placed.acting_primary;
        }
        let chosen = if self.flags.contains(OsdFlags::BALANCE_READS) {
            static TURN: AtomicUsize = AtomicUsize::new(0);
            let turn = TURN.fetch_add(1, Ordering::Relaxed);
            turn.checked_rem(placed.acting.len()).and_then(|pick| placed.acting.get(pick).copied())
        } else {
            placements.nearest(map, &placed.acting)
        };
        chosen.or(placed.acting_primary)
    }
}
