//! Snapshots of an image.

use std::sync::Arc;

use cls::rbd::client as class;
use cls::rbd::{Protection, SnapshotNamespace};
use ops::{Errno, Op, Result, SNAP_HEAD, Timespec};

use crate::features;
use crate::header::call;
use crate::image::Image;
use crate::throttle::{Progress, for_each, no_progress};
use crate::wait::wait;

/// `RBD_SNAP_REMOVE_*`.
pub const SNAP_REMOVE_UNPROTECT: u32 = 1;
pub const SNAP_REMOVE_FLATTEN: u32 = 2;

/// As `rbd_snap_list` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapInfo {
    pub id: u64,
    /// Of the image then, in bytes.
    pub size: u64,
    pub name: String,
}

impl Image {
    /// All snapshots, in the order of their ids.
    pub fn snap_list(&self) -> Result<Vec<SnapInfo>> {
        let view = self.current()?;
        let info = |(&id, snap): (&u64, &crate::header::Snap)| SnapInfo {
            id,
            size: snap.size,
            name: snap.name.clone(),
        };
        Ok(view.header.snaps.iter().map(info).collect())
    }

    pub fn snap_id(&self, name: &str) -> Result<u64> {
        self.current()?.header.user_snap(name)
    }

    pub fn snap_exists(&self, name: &str) -> Result<bool> {
        Ok(self.snap_id(name).is_ok())
    }

    pub fn snap_name(&self, id: u64) -> Result<String> {
        Ok(self.current()?.header.snap(id)?.name.clone())
    }

    pub fn snap_timestamp(&self, id: u64) -> Result<Timespec> {
        Ok(self.current()?.header.snap(id)?.timestamp)
    }

    /// `RBD_SNAP_NAMESPACE_TYPE_*`.
    pub fn snap_namespace_type(&self, id: u64) -> Result<u32> {
        Ok(self.current()?.header.snap(id)?.namespace.kind())
    }

    /// (type and name of what was moved to the trash). `-EINVAL` for a snapshot that is not in the trash.
    pub fn snap_trash_namespace(&self, id: u64) -> Result<(u32, String)> {
        match &self.current()?.header.snap(id)?.namespace {
            SnapshotNamespace::Trash { original_name, original_kind } => {
                Ok((*original_kind, crate::header::text(original_name)))
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// `-EROFS` where the image was opened read-only, `-EEXIST` where the name is taken, `-EDQUOT` past the
    /// limit. Writes acknowledged before are in the snapshot, those sent later are not.
    pub fn snap_create(&self, name: &str) -> Result<()> {
        self.snap_create_with(name, 0, &mut no_progress)
    }

    /// `flags`: `RBD_SNAP_CREATE_*`, which concern programs that can quiesce; others are `-EINVAL`, and so
    /// is the empty name.
    pub fn snap_create_with(&self, name: &str, flags: u32, _progress: Progress<'_>) -> Result<()> {
        if flags & !3 != 0 || name.is_empty() {
            return Err(Errno::EINVAL);
        }
        let _busy = self.owned()?;
        if self.current()?.header.user_snap(name).is_ok() {
            return Err(Errno::EEXIST);
        }
        {
            let _gate = self.tracker.close_gate();
            self.flush_store()?;
            self.add_snap(name)?;
            self.mark_all_clean()?;
            // Writes behind the gate must carry the new snapshot.
            self.refresh()?;
        }
        self.notify_update()
    }

    fn add_snap(&self, name: &str) -> Result<()> {
        let data = self.data.as_ref().ok_or(Errno(libc::ENODEV))?;
        loop {
            let id = wait(|done| data.store().selfmanaged_snap_create(data.pool(), done))?;
            let add = class::snapshot_add(id, name.as_bytes(), &SnapshotNamespace::User);
            let added = self.add_snap_map(id).and_then(|()| call(&self.io, self.header_object.clone(), &add));
            let Err(error) = added else { return Ok(()) };
            if let Err(kept) = self.drop_snap_map(id) {
                tracing::warn!(target: "rbd", "the object map of snapshot {id} stays behind: {kept}");
            }
            // Somebody else took a newer id and was faster.
            if error == Errno::ESTALE {
                continue;
            }
            if let Err(kept) = wait(|done| data.store().selfmanaged_snap_remove(data.pool(), id, done)) {
                tracing::warn!(target: "rbd", "snapshot id {id} is not given back: {kept}");
            }
            return Err(error);
        }
    }

    /// `-EBUSY` where it is protected.
    pub fn snap_remove(&self, name: &str) -> Result<()> {
        self.snap_remove_with(name, 0, &mut no_progress)
    }

    /// `flags`: `SNAP_REMOVE_*`.
    pub fn snap_remove_with(&self, name: &str, flags: u32, progress: Progress<'_>) -> Result<()> {
        if flags & SNAP_REMOVE_FLATTEN != 0 {
            self.flatten_children(self.snap_id(name)?, progress)?;
        }
        if self.snap_is_protected(name)? && flags & SNAP_REMOVE_UNPROTECT != 0 {
            self.snap_unprotect(name)?;
        }
        let _busy = self.owned()?;
        let id = self.current()?.header.user_snap(name)?;
        self.drop_snap(id)
    }

    /// `-ENOENT` where there is no such snapshot.
    pub fn snap_remove_by_id(&self, id: u64) -> Result<()> {
        let _busy = self.owned()?;
        self.drop_snap(id)
    }

    fn drop_snap(&self, id: u64) -> Result<()> {
        let view = self.current()?;
        let snap = view.header.snap(id)?;
        if snap.protection == Protection::Protected {
            tracing::error!(target: "rbd", "snapshot {} of image {} is protected", snap.name, self.id);
            return Err(Errno::EBUSY);
        }
        if snap.child_count > 0 {
            if snap.namespace.is_trash() {
                return Err(Errno::EBUSY);
            }
            // It stays, without a name, until its last clone is gone.
            call(&self.io, self.header_object.clone(), &class::snapshot_trash_add(id))?;
            return self.notify_update();
        }
        let last_with_parent = view.header.parent.as_ref().filter(|parent| {
            let others = view.header.snaps.iter().filter(|(other, _)| **other != id);
            let still_seen = others.map(|(_, snap)| snap).any(|snap| snap.parent_overlap.is_some());
            snap.parent_overlap.is_some() && parent.overlap.is_none() && !still_seen
        });
        if let Some(parent) = last_with_parent {
            self.detach_from(&parent.spec, view.header.op_features)?;
        }
        self.merge_snap_map(&view.header, id)?;
        if let Some(data) = &self.data {
            match wait(|done| data.store().selfmanaged_snap_remove(data.pool(), id, done)) {
                Ok(()) | Err(Errno::ENOENT) => {}
                Err(error) => return Err(error),
            }
        }
        call(&self.io, self.header_object.clone(), &class::snapshot_remove(id))?;
        self.notify_update()
    }

    /// `-EEXIST` where the new name is taken.
    pub fn snap_rename(&self, from: &str, to: &str) -> Result<()> {
        if to.is_empty() {
            return Err(Errno::EINVAL);
        }
        let _busy = self.changeable()?;
        let view = self.current()?;
        let id = view.header.user_snap(from)?;
        if view.header.user_snap(to).is_ok() {
            return Err(Errno::EEXIST);
        }
        call(&self.io, self.header_object.clone(), &class::snapshot_rename(id, to.as_bytes()))?;
        self.notify_update()
    }

    /// Neither removable nor without the claim to be a parent: also while it is being unprotected.
    pub fn snap_is_protected(&self, name: &str) -> Result<bool> {
        let view = self.current()?;
        let id = view.header.user_snap(name)?;
        Ok(view.header.snap(id)?.protection != Protection::Unprotected)
    }

    /// `-EBUSY` where it is already, `-ENOSYS` without the layering feature.
    pub fn snap_protect(&self, name: &str) -> Result<()> {
        if self.read_only {
            return Err(Errno::EROFS);
        }
        if self.view.load().header.features & features::LAYERING == 0 {
            tracing::error!(target: "rbd", "image {} has no layering", self.id);
            return Err(Errno::ENOSYS);
        }
        let _busy = self.changeable()?;
        let view = self.current()?;
        let id = view.header.user_snap(name)?;
        if view.header.snap(id)?.protection == Protection::Protected {
            return Err(Errno::EBUSY);
        }
        self.set_protection(id, Protection::Protected)?;
        self.notify_update()
    }

    /// `-EINVAL` where it is not protected, `-EBUSY` where it has clones.
    pub fn snap_unprotect(&self, name: &str) -> Result<()> {
        let _busy = self.changeable()?;
        let view = self.current()?;
        let id = view.header.user_snap(name)?;
        if view.header.snap(id)?.protection == Protection::Unprotected {
            return Err(Errno::EINVAL);
        }
        // In between, nobody can make a clone while it is made sure that there is none.
        self.set_protection(id, Protection::Unprotecting)?;
        let cloned = self.legacy_children(id).map(|children| !children.is_empty());
        let next = if cloned == Ok(false) { Protection::Unprotected } else { Protection::Protected };
        self.set_protection(id, next)?;
        self.notify_update()?;
        if cloned? {
            tracing::error!(target: "rbd", "snapshot {name} of image {} has clones", self.id);
            return Err(Errno::EBUSY);
        }
        Ok(())
    }

    fn set_protection(&self, id: u64, status: Protection) -> Result<()> {
        call(&self.io, self.header_object.clone(), &class::set_protection_status(id, status))
    }

    /// Makes the image what it was. Writes wait meanwhile.
    pub fn snap_rollback(self: &Arc<Self>, name: &str, progress: Progress<'_>) -> Result<()> {
        self.refresh_if_stale()?;
        let view = self.view.load_full();
        view.size.ok_or(Errno::ENOENT)?;
        if !view.writable {
            return Err(Errno::EROFS);
        }
        let _busy = self.owned()?;
        let view = self.current()?;
        let id = view.header.user_snap(name)?;
        let size = view.header.snap(id)?.size;
        {
            let _gate = self.tracker.close_gate();
            self.resize_to(size, true, &mut no_progress)?;
            let map = self.expect_rollback(&self.current()?.header, id)?;
            let data = self.writing_ctx()?;
            let objects = 0..self.layout.num_objects(size);
            let limit = self.settings.concurrent_management_ops;
            for_each(objects, limit, progress, |object, place| {
                self.send(&data, object, Op::Rollback { snap: id }, place);
            })?;
            self.flush_store()?;
            self.note_rollback(map)?;
        }
        self.notify_update()
    }

    /// The most snapshots the image may have; `u64::MAX`: no limit.
    pub fn snap_limit(&self) -> Result<u64> {
        match call(&self.io, self.header_object.clone(), &class::snapshot_get_limit()) {
            Err(Errno::EOPNOTSUPP) => Ok(u64::MAX),
            other => other,
        }
    }

    /// `-ERANGE` where the image has more already.
    pub fn snap_set_limit(&self, limit: u64) -> Result<()> {
        let _busy = self.changeable()?;
        call(&self.io, self.header_object.clone(), &class::snapshot_set_limit(limit))
    }

    /// Keeps other maintenance operations out. `-EROFS` where the image was opened read-only.
    pub(crate) fn changeable(&self) -> Result<parking_lot::MutexGuard<'_, ()>> {
        if self.read_only {
            return Err(Errno::EROFS);
        }
        self.refresh_if_stale()?;
        Ok(self.maintenance.lock())
    }

    /// The same, and makes this handle the owner of the exclusive lock until the operation is done.
    pub(crate) fn owned(&self) -> Result<parking_lot::MutexGuard<'_, ()>> {
        let busy = self.changeable()?;
        self.own_lock()?;
        Ok(busy)
    }

    /// The snapshot that is set.
    pub fn current_snap(&self) -> Option<u64> {
        Some(self.view.load().snap).filter(|&snap| snap != SNAP_HEAD)
    }
}
