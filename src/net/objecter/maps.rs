//! New maps, and what they change for the requests under way.

use std::collections::BTreeMap;
use std::sync::Arc;

use denc::Bytes;
use ops::{Errno, OnResult};
use osdmap::OsdMap;

use super::op::PendingOp;
use super::session::OsdSession;
use super::submit::{Core, Objecter};
use super::target::{Place, Placements, Recalc};
use crate::messages::mon::OsdMaps;
use crate::options::Options;

impl Objecter {
    /// Takes over what may change after connecting. A location that cannot be read, or none, changes nothing.
    pub fn follow(&self, now: &Options) {
        self.options.follow(now);
        if !now.crush_location.is_empty()
            && let Some(place) = now.place()
        {
            self.core.write().placements.move_to(place);
        }
    }

    pub fn new_maps(&self, maps: OsdMaps) {
        let _updating = self.updating.lock();
        if maps.fsid != self.mon.fsid() {
            tracing::error!(target: "rados", "maps of another cluster, {}", maps.fsid);
            return;
        }
        let mut current = self.map();
        loop {
            let known = current.as_ref().map_or(0, |map| map.epoch());
            let (next, skipped) = match next_map(current.as_deref(), &maps) {
                Next::Map(next, skipped) => (*next, skipped),
                Next::None if known > 0 => {
                    self.mon.received("osdmap", u64::from(known) + 1);
                    break;
                }
                Next::None => break,
                // From the start: that is, the newest as a whole.
                Next::Unreadable => {
                    self.mon.subscribe("osdmap", 0);
                    break;
                }
            };
            if next.epoch() <= known {
                break;
            }
            let next = Arc::new(next);
            self.install(next.clone(), skipped && known > 0);
            current = Some(next);
        }
    }

    /// `skipped`: epochs are missing between this map and the one before.
    fn install(&self, map: Arc<OsdMap>, skipped: bool) {
        let epoch = map.epoch();
        let mut placements = Placements::new(&map, Place::default());
        let mut gone = Vec::new();
        let mut look_again = false;
        let mut dropped = Vec::new();
        {
            let mut core = self.core.write();
            let core = &mut *core;
            let before = core.map.replace(map.clone());
            placements.stay(&core.placements);
            core.placements = placements;
            self.check_sessions(core, before.as_deref());
            let mut resend = BTreeMap::new();
            for session in core.sessions.values().chain([&core.homeless]) {
                let mut state = session.state.lock();
                let ops = std::mem::take(&mut state.ops);
                for (tid, mut op) in ops {
                    match op.target.recalc(&map, &core.placements) {
                        Recalc::Same if !skipped => {
                            state.ops.insert(tid, op);
                        }
                        // Whoever lingers is looked at afterwards, and sends another one.
                        Recalc::Same | Recalc::Resend if op.linger.is_some() => dropped.push(op),
                        Recalc::Same | Recalc::Resend => {
                            resend.insert(tid, op);
                        }
                        Recalc::PoolGone
                            if op.target.pool_existed || op.pool_gone_at.is_some_and(|at| epoch >= at) =>
                        {
                            gone.push(op);
                        }
                        Recalc::PoolGone => {
                            look_again = true;
                            resend.insert(tid, op);
                        }
                    }
                }
            }
            for (tid, op) in resend {
                self.assign(core, tid, op);
            }
        }
        tracing::debug!(target: "rados", "osdmap {epoch}");
        gone.into_iter().for_each(|op| op.fail(Errno::ENOENT));
        drop(dropped);
        self.map_changed(skipped);
        if look_again {
            self.check_missing_pools();
        }
        let reached: Vec<_> = self.waiters.lock().extract_if(.., |(at, _)| *at <= epoch).collect();
        reached.into_iter().for_each(|(_, done)| done(Ok(())));
    }

    /// Ends sessions with OSDs that are down, and with those that are back as another process.
    fn check_sessions(&self, core: &mut Core, before: Option<&OsdMap>) {
        let Some(map) = core.map.clone() else { return };
        for (osd, session) in &core.sessions {
            let now = map.osd(*osd);
            let was = before.and_then(|before| before.osd(*osd));
            let same = now.as_ref().map(|osd| (osd.addrs, osd.up_from))
                == was.as_ref().map(|osd| (osd.addrs, osd.up_from));
            let up = now.is_some_and(|osd| osd.is_up());
            if up && same {
                continue;
            }
            let mut state = session.state.lock();
            state.close();
            // Whoever waits to try again would wait for one that is gone.
            (state.retry, state.waiting, state.fruitless) = (Default::default(), false, 0);
            state.retries += 1;
            // What was on its way is sent again, wherever it belongs now.
            state.ops.values_mut().for_each(|op| op.target.forget());
            drop(state);
            self.lingers.forget_osd(*osd);
        }
    }

    /// Gives a request that is to be sent (again) to the session of its OSD.
    fn assign(&self, core: &mut Core, tid: u64, mut op: PendingOp) {
        let session = match op.target.osd {
            None => core.homeless.clone(),
            Some(osd) => core.sessions.entry(osd).or_insert_with(|| OsdSession::new(Some(osd))).clone(),
        };
        let mut state = session.state.lock();
        if session.osd.is_some() {
            self.ensure_connection(&session, &mut state, core);
            state.send(&mut op, core.epoch());
        }
        state.ops.insert(tid, op);
    }

    /// A pool that this map does not have may be in the newest one.
    pub(super) fn check_missing_pools(&self) {
        let own = self.own.clone();
        self.mon.newest("osdmap", move |newest| {
            let (Some(objecter), Ok(newest)) = (own.upgrade(), newest) else { return };
            let newest = u32::try_from(newest).unwrap_or(u32::MAX);
            let core = objecter.core.read();
            let mut state = core.homeless.state.lock();
            let missing = |op: &PendingOp| {
                core.map.as_ref().is_some_and(|map| map.pool(op.target.locator.pool).is_none())
            };
            for op in state.ops.values_mut().filter(|op| missing(op)) {
                op.pool_gone_at = Some(op.pool_gone_at.map_or(newest, |at| at.min(newest)));
            }
            let epoch = core.epoch();
            let gone: Vec<_> = state
                .ops
                .extract_if(.., |_, op| missing(op) && op.pool_gone_at.is_some_and(|at| epoch >= at))
                .map(|(_, op)| op)
                .collect();
            drop(state);
            drop(core);
            gone.into_iter().for_each(|op| op.fail(Errno::ENOENT));
        });
    }

    /// `done` runs when the map is at least of epoch `at`.
    pub fn wait_for_epoch(&self, at: u32, done: OnResult<()>) {
        {
            let core = self.core.read();
            if core.epoch() < at && !self.down.load(std::sync::atomic::Ordering::Acquire) {
                return self.waiters.lock().push((at, done));
            }
        }
        done(Ok(()));
    }

    pub fn wait_for_latest(&self, done: OnResult<()>) {
        let own = self.own.clone();
        self.mon.newest("osdmap", move |newest| match (own.upgrade(), newest) {
            (Some(objecter), Ok(newest)) => {
                objecter.wait_for_epoch(u32::try_from(newest).unwrap_or(u32::MAX), done);
            }
            (None, _) => done(Err(Errno::ESHUTDOWN)),
            (_, Err(e)) => done(Err(e)),
        });
    }
}

/// The map that comes next.
enum Next {
    /// And whether others between it and the current one are missing.
    Map(Box<OsdMap>, bool),
    None,
    Unreadable,
}

fn next_map(current: Option<&OsdMap>, maps: &OsdMaps) -> Next {
    let understood = |epoch: u32, map: Result<OsdMap, osdmap::MapError>| {
        map.inspect_err(|e| tracing::error!(target: "rados", "osdmap {epoch}: {e}")).ok()
    };
    let whole = |found: Option<(&u32, &Bytes)>, expected: u32| match found {
        None => Next::None,
        Some((epoch, bytes)) => match understood(*epoch, OsdMap::decode(bytes)) {
            Some(map) => Next::Map(Box::new(map), *epoch > expected),
            None => Next::Unreadable,
        },
    };
    let Some(current) = current else { return whole(maps.full.last_key_value(), u32::MAX) };
    let Some(epoch) = current.epoch().checked_add(1) else { return Next::None };
    let Some(bytes) = maps.incremental.get(&epoch) else {
        return whole(maps.full.range(epoch..).next(), epoch);
    };
    let mut next = current.clone();
    match understood(epoch, next.apply_incremental(bytes).map(|()| OsdMap::default())) {
        Some(_) => Next::Map(Box::new(next), false),
        None => match whole(maps.full.range(epoch..).next(), epoch) {
            Next::None => Next::Unreadable,
            other => other,
        },
    }
}
