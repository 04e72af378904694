//! Removing images.

use std::sync::Arc;

use cls::rbd::client as class;
use ops::{Errno, Result};
use rados::IoCtx;

use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::open::{OpenSpec, plain};
use crate::settings::Settings;
use crate::throttle::Progress;

/// `-ENOENT` where there is no such image, `-ENOTEMPTY` where it has snapshots, `-EBUSY` where somebody
/// has it open for writing. Interrupted, the image stays listed and can be removed again.
pub fn remove(io: &IoCtx, settings: &Settings, name: &str, progress: Progress<'_>) -> Result<()> {
    let io = plain(io);
    match Image::open(&io, &OpenSpec::name(name), settings) {
        Ok(image) => {
            let id = image.id.clone();
            let emptied = image.check_removable().and_then(|()| {
                let _gate = image.tracker.close_gate();
                let header = Arc::clone(&image.view.load().header);
                image.trim(header.size, 0, progress)?;
                match &header.parent {
                    Some(parent) => image.detach_from(&parent.spec, header.op_features),
                    None => Ok(()),
                }
            });
            let closed = image.close();
            emptied?;
            closed?;
            forget(&io, name, &id)
        }
        // What an interrupted removal left.
        Err(Errno::ENOENT) => {
            let id = call(&io, names::DIRECTORY, &class::dir_get_id(name.as_bytes()))?;
            forget(&io, name, &text(&id))
        }
        Err(error) => Err(error),
    }
}

/// Removes header, id object and directory entry, in this order.
fn forget(io: &IoCtx, name: &str, id: &str) -> Result<()> {
    let gone = |result| match result {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    };
    gone(io.remove(names::header_object(id)))?;
    gone(io.remove(names::id_object(name)))?;
    call(io, names::DIRECTORY, &class::dir_remove_image(name.as_bytes(), id.as_bytes()))
}

impl Image {
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
        Ok(())
    }
}
