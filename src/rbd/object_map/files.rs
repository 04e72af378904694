//! The objects that maps are kept in, and whether they are to be trusted.

use std::sync::Arc;

use bytes::Bytes;
use cls::lock::client::{self as lock, Lock};
use cls::lock::{LockFlags, LockType};
use cls::rbd::client as class;
use cls::rbd::object_map::{MAX_OBJECTS, ObjectMap, state};
use ops::{Errno, OpEntry, Result, SNAP_HEAD, Timespec};
use rados::{IoCtx, Submit};

use super::HeadMap;
use crate::features;
use crate::header::call;
use crate::image::Image;
use crate::names;

/// The map of the head, or of a snapshot.
pub(super) fn name(id: &str, snap: u64) -> Bytes {
    super::object_name(id, snap)
}

/// The owner locks its map too, so that one who lost the image cannot change the map.
fn map_lock() -> Lock {
    let name = Bytes::from_static(names::LOCK.as_bytes());
    Lock { name, kind: LockType::Exclusive, cookie: Bytes::new(), tag: Bytes::new() }
}

pub(super) fn assert_locked() -> cls::Call<()> {
    lock::assert_locked(&map_lock())
}

/// Of an image that is no more.
pub(crate) fn remove_object_map(io: &IoCtx, id: &str) -> Result<()> {
    match io.remove(name(id, SNAP_HEAD)) {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    }
}

impl Image {
    /// Of the image's size at a snapshot, or now.
    pub(super) fn objects_at(&self, snap: u64) -> Result<u64> {
        let size = self.view.load().header.size_at(snap).ok_or(Errno::ENOENT)?;
        Ok(self.layout.num_objects(size))
    }

    pub(super) fn load_map(&self, snap: u64) -> Result<ObjectMap> {
        call(&self.io, name(&self.id, snap), &class::object_map_load())
    }

    pub(super) fn save_map(&self, snap: u64, map: &ObjectMap) -> Result<()> {
        let mut ops = Vec::new();
        if snap == SNAP_HEAD {
            ops.push(assert_locked().op());
        }
        ops.push(class::object_map_save(map).op());
        self.io.operate(name(&self.id, snap), ops).map(drop)
    }

    /// Takes the head's map into memory, where the image has one that is to be trusted. The exclusive lock
    /// is this handle's.
    pub(crate) fn open_object_map(&self) -> Result<()> {
        let header = Arc::clone(&self.view.load().header);
        if header.features & features::OBJECT_MAP == 0
            || header.flags & features::flag::OBJECT_MAP_INVALID != 0
        {
            self.object_map.store(None);
            return Ok(());
        }
        self.lock_map()?;
        let count = self.objects_at(SNAP_HEAD)?;
        let map = match self.load_map(SNAP_HEAD) {
            // An interrupted resize may have left it longer.
            Ok(map) if map.len() >= count => map,
            bad => {
                let why = bad.map_or_else(|error| error.to_string(), |map| format!("{} objects", map.len()));
                tracing::error!(target: "rbd", "object map of image {} with {count} objects: {why}", self.id);
                self.object_map.store(None);
                return self.invalidate_map(SNAP_HEAD);
            }
        };
        self.object_map.store(Some(Arc::new(HeadMap::new(&map))));
        Ok(())
    }

    pub(super) fn lock_map(&self) -> Result<()> {
        let object = name(&self.id, SNAP_HEAD);
        let take = lock::lock(&map_lock(), b"", Timespec::ZERO, LockFlags(0));
        loop {
            match call(&self.io, object.clone(), &take) {
                Ok(()) | Err(Errno::EEXIST) => return Ok(()),
                // Whoever has it does not own the image.
                Err(Errno::EBUSY) => {
                    let info = call(&self.io, object.clone(), &lock::get_info(names::LOCK.as_bytes()))?;
                    for id in info.lockers.keys() {
                        let broken = lock::break_lock(names::LOCK.as_bytes(), id.name, &id.cookie);
                        match call(&self.io, object.clone(), &broken) {
                            Ok(()) | Err(Errno::ENOENT) => {}
                            Err(error) => return Err(error),
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Lets go of the map with the exclusive lock. No writes are under way.
    pub(crate) fn close_object_map(&self) {
        self.note_all_removals();
        if self.object_map.swap(None).is_none() {
            return;
        }
        let unlock = lock::unlock(names::LOCK.as_bytes(), b"");
        match call(&self.io, name(&self.id, SNAP_HEAD), &unlock) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(error) => tracing::warn!(target: "rbd", "the map of image {} stays locked: {error}", self.id),
        }
    }

    /// Says in the header that nobody may trust a map any more.
    pub(super) fn invalidate_map(&self, snap: u64) -> Result<()> {
        let bad = features::flag::OBJECT_MAP_INVALID | features::flag::FAST_DIFF_INVALID;
        call(&self.io, self.header_object.clone(), &class::set_flags(snap, bad, bad))?;
        self.stale.store(true, std::sync::atomic::Ordering::Release);
        Ok(())
    }

    /// The same for the head, after an update of its map failed; `then` gets whether the write may go on.
    pub(super) fn distrust_object_map(
        self: &Arc<Self>,
        error: Errno,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        tracing::error!(target: "rbd", "object map of image {} cannot be updated: {error}", self.id);
        // The lock may be lost: then nothing may be written.
        let cookie = self.lock_cookie();
        let bad = features::flag::OBJECT_MAP_INVALID | features::flag::FAST_DIFF_INVALID;
        let ops: Vec<OpEntry> = vec![
            crate::exclusive_lock::assert_owned(cookie).op().into(),
            class::set_flags(SNAP_HEAD, bad, bad).op().into(),
        ];
        let image = Arc::clone(self);
        let done = move |reply: ops::Reply| match Errno::check(reply.result) {
            Ok(_) => {
                image.stale.store(true, std::sync::atomic::Ordering::Release);
                image.object_map.store(None);
                then(Ok(()));
            }
            Err(_) => then(Err(error)),
        };
        self.io.submit(self.header_object.clone(), ops, Submit::default(), Box::new(done));
    }
}

/// The map of a new image of that many objects. `-EINVAL` for more than a map can hold.
pub(crate) fn create_object_map(io: &IoCtx, id: &str, objects: u64) -> Result<()> {
    call(io, name(id, SNAP_HEAD), &class::object_map_resize(objects, state::NONEXISTENT))
}

pub(crate) fn check_object_count(objects: u64) -> Result<()> {
    if objects <= MAX_OBJECTS {
        return Ok(());
    }
    tracing::error!(target: "rbd", "{objects} objects are too many for an object map");
    Err(Errno::EINVAL)
}
