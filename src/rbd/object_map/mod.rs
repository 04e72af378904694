//! The object map: which data objects exist, in two bits each, so that nobody needs to ask for them.
//!
//! The owner of the exclusive lock keeps the map of the image's head in memory. The map on disk may claim
//! objects that do not exist, after a crash too, but never lacks one that does: before the first write to
//! an object is sent, the map says durably that it exists; an object counts as pending until its removal is
//! done, and only then as nonexistent. Later writes find in memory that there is nothing to do.
//!
//! A write that saw an object as existing may be under way while the object is removed, and make it anew.
//! So a removal is noted only while no other write is under way; and a write looks at the state again when
//! it is done (`Image::settle_object`).

mod diff;
mod features;
mod files;
mod rebuild;
mod resize;
mod snapshots;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use bytes::Bytes;
use cls::rbd::client as class;
use cls::rbd::object_map::{ObjectMap, state};
use ops::{Errno, Reply, Result, Wait};
use parking_lot::Mutex;
use rados::Submit;

use crate::image::Image;

pub(crate) use diff::ObjectDiff;
pub(crate) use files::{check_object_count, create_object_map, remove_object_map};

/// The head's map, while this handle owns the lock.
pub(crate) struct HeadMap {
    count: u64,
    /// Two bits per object.
    bits: Box<[AtomicU8]>,
    /// Objects whose state is being changed on disk, and who waits for that.
    updating: Mutex<HashMap<u64, Vec<Waiter>>>,
    /// Objects that were removed and are still pending.
    removed: Mutex<BTreeSet<u64>>,
}

type Waiter = Box<dyn FnOnce() + Send>;

/// What a change does to the existence of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Makes,
    /// Changes an object that exists, and does nothing where there is none.
    Changes,
    Removes,
}

const PER_BYTE: u64 = 4;

impl HeadMap {
    pub fn new(map: &ObjectMap) -> HeadMap {
        let bits = (0..map.len().div_ceil(PER_BYTE)).map(|byte| {
            let states = (0..PER_BYTE).map(|i| map.get(byte * PER_BYTE + i) << (2 * i));
            AtomicU8::new(states.fold(0, |all, state| all | state))
        });
        HeadMap {
            count: map.len(),
            bits: bits.collect(),
            updating: Mutex::default(),
            removed: Mutex::default(),
        }
    }

    pub fn get(&self, object: u64) -> u8 {
        let byte = self.bits.get((object / PER_BYTE) as usize);
        byte.map_or(state::NONEXISTENT, |byte| byte.load(Ordering::Acquire) >> shift(object) & 3)
    }

    /// In a state that a write needs not change.
    pub fn exists(&self, object: u64) -> bool {
        self.get(object) == state::EXISTS
    }

    fn set(&self, object: u64, state: u8) {
        if object < self.count
            && let Some(byte) = self.bits.get((object / PER_BYTE) as usize)
        {
            let set = |byte: u8| Some(byte & !(3 << shift(object)) | state << shift(object));
            let _ = byte.fetch_update(Ordering::AcqRel, Ordering::Acquire, set);
        }
    }

    /// From one state to another, where it is in the first.
    fn set_if(&self, object: u64, from: u8, to: u8) {
        let Some(byte) = self.bits.get((object / PER_BYTE) as usize) else { return };
        let set = |byte: u8| {
            let is = object < self.count && byte >> shift(object) & 3 == from;
            is.then_some(byte & !(3 << shift(object)) | to << shift(object))
        };
        let _ = byte.fetch_update(Ordering::AcqRel, Ordering::Acquire, set);
    }

    pub fn snapshot(&self) -> ObjectMap {
        let mut map = ObjectMap::new(self.count);
        (0..self.count).for_each(|object| map.set(object, self.get(object)));
        map
    }
}

fn shift(object: u64) -> u64 {
    object % PER_BYTE * 2
}

/// Whether an object in state `before` needs to be changed in order to be `after`.
fn is_due(before: u8, after: u8) -> bool {
    match after {
        state::PENDING => before == state::EXISTS || before == state::EXISTS_CLEAN,
        state::NONEXISTENT => before == state::PENDING,
        state::EXISTS_CLEAN => before == state::NONEXISTENT || before == state::PENDING,
        _ => before != after,
    }
}

impl Image {
    /// Runs `then` when the map allows for a change of the object: at once, where it does already. `then`
    /// gets whether there is anything to change.
    pub(crate) fn prepare_object(
        self: &Arc<Self>,
        map: &Arc<HeadMap>,
        object: u64,
        effect: Effect,
        wait: Wait,
        then: impl FnOnce(Result<bool>, Wait) + Send + 'static,
    ) {
        let before = map.get(object);
        let after = match effect {
            Effect::Makes => state::EXISTS,
            Effect::Changes if before == state::NONEXISTENT => return then(Ok(false), wait),
            Effect::Changes => state::EXISTS,
            Effect::Removes if before == state::NONEXISTENT => return then(Ok(false), wait),
            Effect::Removes => state::PENDING,
        };
        if is_due(before, after) {
            self.update_object(
                map,
                object,
                after,
                wait,
                Box::new(move |result| {
                    then(result.map(|()| true), Wait::Deferred);
                }),
            );
        } else {
            then(Ok(true), wait);
        }
    }

    /// Runs `then` when the map says, durably, that an object is in a state.
    fn update_object(
        self: &Arc<Self>,
        map: &Arc<HeadMap>,
        object: u64,
        after: u8,
        wait: Wait,
        then: Box<dyn FnOnce(Result<()>) + Send>,
    ) {
        let mut updating = map.updating.lock();
        if let Some(waiters) = updating.get_mut(&object) {
            let (image, map) = (Arc::clone(self), Arc::clone(map));
            waiters.push(Box::new(move || image.update_object(&map, object, after, Wait::Deferred, then)));
            return;
        }
        let before = map.get(object);
        if !is_due(before, after) || object >= map.count {
            drop(updating);
            return then(Ok(()));
        }
        updating.insert(object, Vec::new());
        drop(updating);
        // Those that are to go must still be pending.
        let current = (after == state::NONEXISTENT).then_some(state::PENDING);
        let (image, map) = (Arc::clone(self), Arc::clone(map));
        let finish = move |result: Result<()>| {
            if result.is_ok() {
                map.set(object, after);
            }
            let waiters = map.updating.lock().remove(&object).unwrap_or_default();
            waiters.into_iter().for_each(|waiter| waiter());
            then(result);
        };
        let update = class::object_map_update(object..object + 1, after, current);
        let ops = vec![files::assert_locked().op().into(), update.op().into()];
        let name = files::name(&self.id, ops::SNAP_HEAD);
        let done = move |reply: Reply| match Errno::check(reply.result) {
            Ok(_) => finish(Ok(())),
            // A map that nobody may trust is no reason not to write.
            Err(error) => image.distrust_object_map(error, finish),
        };
        self.io.submit(name, ops, Submit { wait, ..Submit::default() }, Box::new(done));
    }

    /// When a change of an object is done, and before anybody is told: another one may have begun to remove
    /// it in between.
    pub(crate) fn settle_object(
        self: &Arc<Self>,
        object: u64,
        effect: Effect,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let map = self.object_map.load();
        let Some(map) = &*map else { return then(Ok(())) };
        if effect == Effect::Removes {
            let mut removed = map.removed.lock();
            removed.insert(object);
            // Writes that begin now see that it is pending.
            if !self.tracker.at_most_one() {
                drop(removed);
                return then(Ok(()));
            }
            let removed = std::mem::take(&mut *removed);
            return self.note_removals(map, removed, then);
        }
        if map.get(object) == state::EXISTS
            || effect == Effect::Changes && map.get(object) == state::NONEXISTENT
        {
            return then(Ok(()));
        }
        self.update_object(map, object, state::EXISTS, Wait::Deferred, Box::new(then));
    }

    /// The objects that are still pending are no more.
    fn note_removals(
        self: &Arc<Self>,
        map: &Arc<HeadMap>,
        removed: BTreeSet<u64>,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let removed: Vec<u64> =
            removed.into_iter().filter(|&object| map.get(object) == state::PENDING).collect();
        if removed.is_empty() {
            return then(Ok(()));
        }
        let gather = crate::io::Gather::new(removed.len(), then);
        for object in removed {
            let gather = Arc::clone(&gather);
            let done = Box::new(move |result| gather.part(result));
            self.update_object(map, object, state::NONEXISTENT, Wait::Deferred, done);
        }
    }

    /// The same for all that were left pending because writes were under way; there are none now.
    pub(crate) fn note_all_removals(&self) {
        let map = self.object_map.load_full();
        let Some(map) = map else { return };
        let removed = std::mem::take(&mut *map.removed.lock());
        for range in ranges(removed.into_iter().filter(|&object| map.get(object) == state::PENDING)) {
            if let Err(error) = self.update_range(&map, range, state::NONEXISTENT, state::PENDING) {
                tracing::warn!(target: "rbd", "object map of image {}: {error}", self.id);
            }
        }
    }

    /// The same where writes may be under way, which then end first.
    pub(crate) fn note_removals_left(&self) {
        let map = self.object_map.load_full();
        if map.is_some_and(|map| !map.removed.lock().is_empty()) {
            let _gate = self.tracker.close_gate();
            self.note_all_removals();
        }
    }

    /// Moves those objects of a range that are in state `current` to another. Existing ones may be clean.
    fn update_range(&self, map: &HeadMap, range: Range<u64>, after: u8, current: u8) -> Result<()> {
        let range = range.start..range.end.min(map.count);
        if range.is_empty() {
            return Ok(());
        }
        let update = class::object_map_update(range.clone(), after, Some(current));
        self.io
            .operate(files::name(&self.id, ops::SNAP_HEAD), vec![files::assert_locked().op(), update.op()])?;
        for object in range {
            map.set_if(object, current, after);
            if current == state::EXISTS {
                map.set_if(object, state::EXISTS_CLEAN, after);
            }
        }
        Ok(())
    }
}

fn ranges(objects: impl Iterator<Item = u64>) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for object in objects {
        match ranges.last_mut() {
            Some(last) if last.end == object => last.end += 1,
            _ => ranges.push(object..object + 1),
        }
    }
    ranges
}

/// For names.
fn object_name(id: &str, snap: u64) -> Bytes {
    match snap {
        ops::SNAP_HEAD => format!("rbd_object_map.{id}").into(),
        _ => format!("rbd_object_map.{id}.{snap:016x}").into(),
    }
}
