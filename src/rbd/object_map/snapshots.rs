//! Maps of snapshots: how they come, go, and become the head's.

use std::sync::Arc;

use cls::rbd::client as class;
use cls::rbd::object_map::{ObjectMap, state};
use ops::{Errno, Reply, Result, SNAP_HEAD};
use rados::Submit;

use super::diff::ObjectDiff;
use super::{HeadMap, files};
use crate::features::{self, flag};
use crate::header::Header;
use crate::image::Image;
use crate::io::Gather;

impl Image {
    /// Before a snapshot is added: its map is the head's. No writes are under way.
    pub(crate) fn add_snap_map(&self, snap: u64) -> Result<()> {
        self.note_all_removals();
        match self.object_map.load_full() {
            Some(map) => self.save_map(snap, &map.snapshot()),
            None => Ok(()),
        }
    }

    /// After a snapshot was added: nothing was written since.
    pub(crate) fn mark_all_clean(&self) -> Result<()> {
        let map = self.object_map.load_full();
        let Some(map) = map.filter(|_| self.has_fast_diff()) else { return Ok(()) };
        let ops = vec![files::assert_locked().op(), class::object_map_snap_add().op()];
        if let Err(error) = self.io.operate(files::name(&self.id, SNAP_HEAD), ops) {
            tracing::error!(target: "rbd", "object map of image {} after a snapshot: {error}", self.id);
            self.object_map.store(None);
            return self.invalidate_map(SNAP_HEAD);
        }
        (0..map.count).for_each(|object| map.set_if(object, state::EXISTS, state::EXISTS_CLEAN));
        Ok(())
    }

    pub(crate) fn drop_snap_map(&self, snap: u64) -> Result<()> {
        match self.io.remove(files::name(&self.id, snap)) {
            Err(Errno::ENOENT) => Ok(()),
            other => other,
        }
    }

    /// Before a snapshot is removed: what was written since the one before it counts as written since then
    /// for the next one, too.
    pub(crate) fn merge_snap_map(&self, header: &Header, snap: u64) -> Result<()> {
        if header.features & features::OBJECT_MAP == 0 {
            return Ok(());
        }
        let next = header.snaps.range(snap + 1..).next().map_or(SNAP_HEAD, |(&id, _)| id);
        let map = self.object_map.load_full();
        if header.features & features::FAST_DIFF != 0 && (next != SNAP_HEAD || map.is_some()) {
            // Without the map, everything may have been written.
            let removed = self.load_map(snap).unwrap_or_default();
            let mut ops = Vec::new();
            if next == SNAP_HEAD {
                ops.push(files::assert_locked().op());
            }
            ops.push(class::object_map_snap_remove(&removed).op());
            match self.io.operate(files::name(&self.id, next), ops) {
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(target: "rbd", "object map {next:#x} of image {}: {error}", self.id);
                    if next == SNAP_HEAD {
                        self.object_map.store(None);
                    }
                    self.invalidate_map(next)?;
                }
            }
            if let (SNAP_HEAD, Some(map)) = (next, map) {
                let dirty = |&object: &u64| object >= removed.len() || removed.get(object) == state::EXISTS;
                (0..map.count)
                    .filter(dirty)
                    .for_each(|object| map.set_if(object, state::EXISTS_CLEAN, state::EXISTS));
            }
        }
        self.drop_snap_map(snap)
    }

    /// Before the head becomes what a snapshot is: the map allows for both. Returns the map for afterwards.
    /// No writes are under way, and the sizes are the same.
    pub(crate) fn expect_rollback(&self, header: &Header, snap: u64) -> Result<Option<ObjectMap>> {
        self.note_all_removals();
        let Some(map) = self.object_map.load_full() else { return Ok(None) };
        let current = map.snapshot();
        let trusted = header.snap(snap)?.flags & flag::OBJECT_MAP_INVALID == 0;
        let target = self.load_map(snap).ok().filter(|target| trusted && target.len() >= current.len());
        let Some(target) = target else {
            self.object_map.store(None);
            self.invalidate_map(SNAP_HEAD)?;
            return Ok(None);
        };
        let diff = self.object_diff(header, snap, SNAP_HEAD);
        let (mut meanwhile, mut after) = (current.clone(), current.clone());
        for object in 0..current.len() {
            let same = diff.as_ref().is_some_and(|diff| diff.get(object as usize) == Some(&ObjectDiff::Same));
            if same {
                continue;
            }
            let existed = target.get(object) != state::NONEXISTENT;
            after.set(object, if existed { state::EXISTS } else { state::NONEXISTENT });
            if existed || current.get(object) != state::NONEXISTENT {
                meanwhile.set(object, state::EXISTS);
            }
        }
        self.save_map(SNAP_HEAD, &meanwhile)?;
        self.object_map.store(Some(Arc::new(HeadMap::new(&meanwhile))));
        Ok(Some(after))
    }

    pub(crate) fn note_rollback(&self, after: Option<ObjectMap>) -> Result<()> {
        let Some(after) = after else { return Ok(()) };
        self.save_map(SNAP_HEAD, &after)?;
        self.object_map.store(Some(Arc::new(HeadMap::new(&after))));
        Ok(())
    }

    /// Before a parent's bytes are brought into an object, which the snapshots will see too.
    pub(crate) fn expect_copy_up(
        self: &Arc<Self>,
        object: u64,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let header = Arc::clone(&self.view.load().header);
        if header.features & features::OBJECT_MAP == 0 {
            return then(Ok(()));
        }
        let Some(map) = self.object_map.load_full() else {
            return self.add_to_snap_maps(&header, object, then);
        };
        // For the snapshots, it was there all the time.
        let clean = header.features & features::FAST_DIFF != 0 && !header.snaps.is_empty();
        let after = if clean { state::EXISTS_CLEAN } else { state::EXISTS };
        let image = Arc::clone(self);
        let updated = move |result: Result<()>| match result {
            Ok(()) => image.add_to_snap_maps(&header, object, then),
            Err(error) => then(Err(error)),
        };
        self.update_object(&map, object, after, ops::Wait::Deferred, Box::new(updated));
    }

    fn add_to_snap_maps(
        self: &Arc<Self>,
        header: &Header,
        object: u64,
        then: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let seeing = header.snaps.iter().filter(|(_, snap)| {
            object < self.layout.num_objects(snap.size) && snap.flags & flag::OBJECT_MAP_INVALID == 0
        });
        let seeing: Vec<u64> = seeing.map(|(&id, _)| id).collect();
        if seeing.is_empty() {
            return then(Ok(()));
        }
        let gather = Gather::new(seeing.len(), then);
        for (i, snap) in seeing.into_iter().enumerate() {
            // It came with the oldest, and was not changed since.
            let clean = i > 0 && header.features & features::FAST_DIFF != 0;
            let after = if clean { state::EXISTS_CLEAN } else { state::EXISTS };
            let update = class::object_map_update(object..object + 1, after, None);
            let (image, gather) = (Arc::clone(self), Arc::clone(&gather));
            let done = move |reply: Reply| match Errno::check(reply.result) {
                Ok(_) => gather.part(Ok(())),
                Err(error) => {
                    tracing::error!(target: "rbd", "object map {snap:#x} of image {}: {error}", image.id);
                    let bad = flag::OBJECT_MAP_INVALID | flag::FAST_DIFF_INVALID;
                    let flags = class::set_flags(snap, bad, bad).op();
                    let done = Box::new(move |reply: Reply| {
                        gather.part(Errno::check(reply.result).map(drop));
                    });
                    image.io.submit(image.header_object.clone(), vec![flags.into()], Submit::default(), done);
                }
            };
            let name = files::name(&self.id, snap);
            self.io.submit(name, vec![update.op().into()], Submit::default(), Box::new(done));
        }
    }

    pub(super) fn has_fast_diff(&self) -> bool {
        self.view.load().header.features & features::FAST_DIFF != 0
    }
}
