//! Making the maps anew from the objects.

use std::sync::Arc;

use cls::rbd::client as class;
use cls::rbd::object_map::{ObjectMap, state};
use ops::{Errno, Op, OpOut, Reply, Result, SNAP_DIR, SNAP_HEAD, SnapSetInfo};
use parking_lot::Mutex;
use rados::Submit;

use super::files;
use crate::diff::Delta;
use crate::features::{self, flag};
use crate::header::call;
use crate::image::Image;
use crate::throttle::{Progress, for_each};

/// The maps of the snapshots, from old to new, and of the head, by snapshot id.
type Maps = Vec<(u64, ObjectMap)>;

impl Image {
    /// Makes the maps of the head and of all snapshots anew, and trusts them again. Writes wait meanwhile.
    /// `-EINVAL` without the object-map feature, `-EROFS` where the image was opened read-only.
    pub fn rebuild_object_map(self: &Arc<Self>, progress: Progress<'_>) -> Result<()> {
        {
            let _busy = self.owned()?;
            let header = Arc::clone(&self.current()?.header);
            if header.features & features::OBJECT_MAP == 0 {
                return Err(Errno::EINVAL);
            }
            let _gate = self.tracker.close_gate();
            self.object_map.store(None);
            self.lock_map()?;
            let mut maps: Maps = Vec::new();
            for snap in header.snaps.keys().copied().chain([SNAP_HEAD]) {
                let objects = self.objects_at(snap)?;
                files::check_object_count(objects)?;
                maps.push((snap, ObjectMap::new(objects)));
            }
            for (snap, map) in self.look_at_objects(maps, progress)? {
                self.save_map(snap, &map)?;
                let bad = flag::OBJECT_MAP_INVALID | flag::FAST_DIFF_INVALID;
                call(&self.io, self.header_object.clone(), &class::set_flags(snap, 0, bad))?;
            }
            self.refresh()?;
            self.open_object_map()?;
        }
        self.notify_update()
    }

    fn look_at_objects(&self, maps: Maps, progress: Progress<'_>) -> Result<Maps> {
        let data = self.data.as_ref().ok_or(Errno(libc::ENODEV))?.with_snap(SNAP_DIR);
        let objects = maps.iter().map(|(_, map)| map.len()).max().unwrap_or(0);
        let maps = Arc::new(Mutex::new(maps));
        let limit = self.settings.concurrent_management_ops;
        for_each(0..objects, limit, progress, |object, place| {
            let maps = Arc::clone(&maps);
            let done = move |reply: Reply| match reply.check() {
                Ok(reply) => match reply.ops.into_iter().next().map(|op| op.out) {
                    Some(OpOut::Snaps(set)) => enter(&mut maps.lock(), object, &set),
                    _ => place.done(Err(Errno::EIO)),
                },
                Err(Errno::ENOENT) => {}
                Err(error) => place.done(Err(error)),
            };
            data.submit(
                self.data_object(object),
                vec![Op::ListSnaps.into()],
                Submit::default(),
                Box::new(done),
            );
        })?;
        Ok(std::mem::take(&mut *maps.lock()))
    }
}

/// Enters one object into all maps.
fn enter(maps: &mut Maps, object: u64, set: &SnapSetInfo) {
    let mut from = 0;
    for (snap, map) in maps {
        let delta = Delta::between(set, from, *snap);
        if delta.exists {
            let clean = !delta.is_change() && from != 0;
            map.set(object, if clean { state::EXISTS_CLEAN } else { state::EXISTS });
        }
        from = *snap;
    }
}
