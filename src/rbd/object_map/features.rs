//! Features that come and go while an image is in use.

use std::sync::Arc;

use cls::rbd::client as class;
use ops::{Errno, Result, SNAP_HEAD};

use super::files;
use crate::features::{self, flag};
use crate::header::{Header, call};
use crate::image::Image;

impl Image {
    /// Turns features on or off. Object maps are not to be trusted afterwards, until they are rebuilt.
    /// Object-map and fast-diff come and go together. `-EINVAL` for features that cannot be changed, that
    /// are as asked for already, or that need one that is missing; `-ENOSYS` for journaling; `-EROFS`
    /// where the image was opened read-only.
    pub fn update_features(self: &Arc<Self>, asked: u64, enable: bool) -> Result<()> {
        if self.read_only {
            return Err(Errno::EROFS);
        }
        let allowed = features::MUTABLE & !features::MUTABLE_INTERNAL;
        let allowed = if enable { allowed } else { allowed | features::DISABLE_ONLY };
        if asked == 0 || asked & !allowed != 0 {
            tracing::error!(target: "rbd", "features {asked:#x} cannot be changed");
            return Err(Errno::EINVAL);
        }
        if asked & features::JOURNALING != 0 && enable {
            return Err(Errno::ENOSYS);
        }
        let busy = self.owned()?;
        let header = Arc::clone(&self.current()?.header);
        let maps = features::OBJECT_MAP | features::FAST_DIFF;
        let missing_maps = maps & !header.features;
        let together = if enable {
            asked & maps != 0 && missing_maps == maps
        } else {
            asked & features::OBJECT_MAP != 0 && missing_maps == 0
        };
        let asked = if together { asked | maps } else { asked };
        let already = if enable { asked & header.features } else { asked & !header.features };
        if already != 0 {
            tracing::error!(target: "rbd", "features {already:#x} of image {} are so already", self.id);
            return Err(Errno::EINVAL);
        }
        let next = if enable { header.features | asked } else { header.features & !asked };
        let dependent = maps | features::JOURNALING;
        if next & dependent != 0 && next & features::EXCLUSIVE_LOCK == 0 {
            tracing::error!(target: "rbd", "features of image {} that need exclusive-lock", self.id);
            return Err(Errno::EINVAL);
        }
        {
            let _gate = self.tracker.close_gate();
            let changed = if enable { self.enable(&header, asked) } else { self.disable(&header, asked) };
            self.refresh()?;
            changed?;
            if self.owns_lock() && next & features::EXCLUSIVE_LOCK == 0 {
                self.release_lock()?;
            }
        }
        drop(busy);
        self.notify_update()
    }

    fn enable(&self, header: &Header, asked: u64) -> Result<()> {
        let states = header.snaps.keys().copied().chain([SNAP_HEAD]);
        let mut bad = 0;
        if asked & features::OBJECT_MAP != 0 {
            bad |= flag::OBJECT_MAP_INVALID;
        }
        if asked & features::FAST_DIFF != 0 {
            bad |= flag::FAST_DIFF_INVALID;
        }
        if bad != 0 {
            files::check_object_count(self.objects_at(SNAP_HEAD)?)?;
            for snap in states.clone() {
                call(&self.io, self.header_object.clone(), &class::set_flags(snap, bad, bad))?;
            }
        }
        if asked & features::OBJECT_MAP != 0 {
            for snap in states {
                let resize = class::object_map_resize(self.objects_at(snap)?, 0);
                call(&self.io, files::name(&self.id, snap), &resize)?;
            }
        }
        call(&self.io, self.header_object.clone(), &class::set_features(asked, asked))
    }

    fn disable(&self, header: &Header, asked: u64) -> Result<()> {
        if asked & features::OBJECT_MAP != 0 {
            self.object_map.store(None);
        }
        call(&self.io, self.header_object.clone(), &class::set_features(0, asked))?;
        let mut good = 0;
        if asked & features::OBJECT_MAP != 0 {
            good |= flag::OBJECT_MAP_INVALID;
        }
        if asked & features::FAST_DIFF != 0 {
            good |= flag::FAST_DIFF_INVALID;
        }
        for snap in header.snaps.keys().copied().chain([SNAP_HEAD]) {
            if good != 0 {
                call(&self.io, self.header_object.clone(), &class::set_flags(snap, 0, good))?;
            }
            if asked & features::OBJECT_MAP != 0 {
                self.drop_snap_map(snap)?;
            }
        }
        Ok(())
    }
}
