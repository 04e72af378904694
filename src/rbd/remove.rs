//! Removing images.

use std::sync::Arc;

use cls::rbd::TrashSource;
use cls::rbd::client as class;
use ops::{Errno, Result};
use rados::IoCtx;

use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::object_map::remove_object_map;
use crate::open::{OpenSpec, plain};
use crate::settings::Settings;
use crate::throttle::Progress;
use crate::trash;

/// `-ENOENT` where there is no such image, `-ENOTEMPTY` where it has snapshots, `-EBUSY` where somebody
/// has it open for writing, `-EMLINK` where it is in a group. Interrupted, the image stays listed and can
/// be removed again. Where `rbd_move_to_trash_on_remove` says so, it goes to the trash instead.
pub fn remove(io: &IoCtx, settings: &Settings, name: &str, progress: Progress<'_>) -> Result<()> {
    let io = plain(io);
    let id = match call(&io, names::DIRECTORY, &class::dir_get_id(name.as_bytes())) {
        Ok(id) => text(&id),
        Err(Errno::ENOENT) => return finish_in_trash(&io, settings, name, progress),
        Err(error) => return Err(error),
    };
    if settings.move_to_trash_on_remove {
        return trash::trash_move(&io, settings, name, 0);
    }
    remove_content(&io, settings, &id, progress)?;
    gone(io.remove(names::id_object(name)))?;
    call(&io, names::DIRECTORY, &class::dir_remove_image(name.as_bytes(), id.as_bytes()))
}

/// Other clients move an image to the trash before they begin to remove it.
fn finish_in_trash(io: &IoCtx, settings: &Settings, name: &str, progress: Progress<'_>) -> Result<()> {
    let begun = |info: &trash::TrashInfo| info.name == name && info.source == TrashSource::Removing as u8;
    match trash::all(io)?.into_iter().find(begun) {
        Some(info) => trash::trash_remove(io, settings, &info.id, true, progress),
        None => Err(Errno::ENOENT),
    }
}

/// Removes an image's data and header, but not the entries that lead to it.
pub(crate) fn remove_content(
    io: &IoCtx,
    settings: &Settings,
    id: &str,
    progress: Progress<'_>,
) -> Result<()> {
    match Image::open(io, &OpenSpec::id(id), settings) {
        Ok(image) => {
            let emptied = image.empty(progress);
            image.close().and(emptied)?;
        }
        // What an interrupted removal left.
        Err(Errno::ENOENT) => {}
        Err(error) => return Err(error),
    }
    remove_object_map(io, id)?;
    gone(io.remove(names::header_object(id)))
}

pub(crate) fn gone(result: Result<()>) -> Result<()> {
    match result {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    }
}

impl Image {
    fn empty(self: &Arc<Self>, progress: Progress<'_>) -> Result<()> {
        self.check_removable()?;
        self.own_lock()?;
        // It may claim what is gone already, should this be interrupted.
        self.object_map.store(None);
        let _gate = self.tracker.close_gate();
        let header = Arc::clone(&self.view.load().header);
        if self.data.is_some() {
            self.trim(header.size, 0, progress)?;
        }
        match &header.parent {
            Some(parent) => self.detach_from(&parent.spec, header.op_features),
            None => Ok(()),
        }
    }

    fn check_removable(&self) -> Result<()> {
        let view = self.current()?;
        if !view.header.snaps.is_empty() {
            tracing::error!(target: "rbd", "image {} has snapshots and is not removed", self.id);
            return Err(Errno::ENOTEMPTY);
        }
        let own = (self.io.store().identity().instance_id, *self.watch.lock());
        let mut watchers = self.watchers()?.into_iter();
        if let Some(watcher) = watchers.find(|watcher| (watcher.client, Some(watcher.cookie)) != own) {
            tracing::error!(target: "rbd", "image {} is open elsewhere and is not removed: {watcher:?}", self.id);
            return Err(Errno::EBUSY);
        }
        match call(&self.io, self.header_object.clone(), &class::image_group_get()) {
            Ok(group) if group.pool != -1 => {
                tracing::error!(target: "rbd", "image {} is in a group and is not removed", self.id);
                Err(Errno(libc::EMLINK))
            }
            Ok(_) | Err(Errno::EOPNOTSUPP) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
