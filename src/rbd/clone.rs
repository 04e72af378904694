//! Clones: images that begin as what a snapshot of another one holds.

use std::sync::Arc;

use cls::rbd::client as class;
use cls::rbd::{ChildSpec, ParentSpec, Protection};
use ops::{Errno, Result};
use rados::IoCtx;

use crate::create::create_with_id;
use crate::features;
use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::open::{ImageRef, OpenSpec, SnapRef, plain};
use crate::options::{ImageOption, ImageOptions};
use crate::settings::Settings;
use crate::throttle::{Progress, for_each, no_progress};

/// Ceph's number of the first release whose clients know clones of snapshots that are not protected.
const MIMIC: u8 = 13;

/// A snapshot to be cloned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloneSource {
    pub image: ImageRef,
    pub snap: SnapRef,
}

/// Creates image `name` in `io` as a clone of a snapshot in `parent_io`. Without the option
/// `CloneFormat`, the snapshot must be protected (`-EINVAL`) and in the same namespace (`-EXDEV`), as
/// clones that every client can read need it.
pub fn clone(
    parent_io: &IoCtx,
    source: &CloneSource,
    io: &IoCtx,
    settings: &Settings,
    name: &str,
    options: &mut ImageOptions,
) -> Result<()> {
    let (parent_io, io) = (plain(parent_io), plain(io));
    if source.snap == SnapRef::Head || options.is_set(ImageOption::Flatten) {
        return Err(Errno::EINVAL);
    }
    if options.number(ImageOption::Format).is_some_and(|format| format < 2) {
        return Err(Errno::EINVAL);
    }
    if options.number(ImageOption::CloneFormat).is_some_and(|format| !(1..=2).contains(&format)) {
        return Err(Errno::EINVAL);
    }
    let knows_second = io.store().releases().client >= MIMIC;
    let clone_format = options
        .number(ImageOption::CloneFormat)
        .or(settings.default_clone_format)
        .unwrap_or(if knows_second { 2 } else { 1 });
    if clone_format == 1 && parent_io.namespace() != io.namespace() {
        tracing::error!(target: "rbd", "a clone of the first kind lies in its parent's namespace");
        return Err(Errno::EXDEV);
    }
    let spec = OpenSpec { image: source.image.clone(), snap: source.snap.clone(), read_only: true };
    let parent = Image::open(&parent_io, &spec, settings)?;
    let made = make(&parent, &io, settings, name, options, clone_format);
    let closed = parent.close();
    made.and(closed)
}

fn make(
    parent: &Arc<Image>,
    io: &IoCtx,
    settings: &Settings,
    name: &str,
    options: &mut ImageOptions,
    clone_format: u64,
) -> Result<()> {
    let view = parent.current()?;
    let snap = view.header.snap(view.snap)?;
    if view.header.features & features::LAYERING == 0 {
        tracing::error!(target: "rbd", "the parent has no layering");
        return Err(Errno::ENOSYS);
    }
    if clone_format == 1 && snap.protection != Protection::Protected {
        tracing::error!(target: "rbd", "the parent's snapshot {} is not protected", snap.name);
        return Err(Errno::EINVAL);
    }
    let inherited = view.header.features & !features::IMPLICIT_ENABLE & features::SUPPORTED;
    let asked = options.number(ImageOption::Features).unwrap_or(inherited);
    if asked & features::LAYERING == 0 {
        tracing::error!(target: "rbd", "a clone needs layering");
        return Err(Errno::ENOSYS);
    }
    let mut with = options.clone();
    with.unset(ImageOption::CloneFormat).or_else(absent)?;
    with.default_u64(ImageOption::Order, parent.fixed.order.into());
    with.default_u64(ImageOption::Features, asked);
    with.default_u64(ImageOption::StripeUnit, parent.layout.stripe_unit);
    with.default_u64(ImageOption::StripeCount, parent.layout.stripe_count);
    let id = create_with_id(io, settings, name, None, snap.size, &mut with)?;
    options.set_u64(ImageOption::Order, with.get_u64(ImageOption::Order)?)?;

    let spec = ParentSpec {
        pool: parent.io.pool(),
        nspace: parent.io.namespace().clone(),
        image_id: parent.id.clone().into(),
        snap: view.snap,
    };
    let linked = link(parent, io, &id, &spec, snap.size, clone_format);
    if let Err(error) = linked {
        tracing::error!(target: "rbd", "clone {name} cannot be linked to its parent: {error}");
        if let Err(kept) = crate::remove::remove(io, settings, name, &mut no_progress) {
            tracing::error!(target: "rbd", "clone {name} stays behind: {kept}");
        }
        return Err(error);
    }
    for (key, value) in parent.metadata_list("", 0)? {
        let pair = (key.into_bytes().into(), value);
        call(io, names::header_object(&id), &class::metadata_set(&[pair].into()))?;
    }
    Ok(())
}

fn absent(error: Errno) -> Result<()> {
    if error == Errno::ENOENT { Ok(()) } else { Err(error) }
}

/// Links child and parent both ways.
fn link(
    parent: &Image,
    io: &IoCtx,
    id: &str,
    spec: &ParentSpec,
    overlap: u64,
    clone_format: u64,
) -> Result<()> {
    let header = names::header_object(id);
    call(io, header.clone(), &class::parent_attach(spec, overlap, false))?;
    if clone_format == 1 {
        call(io, names::CHILDREN, &class::add_child(spec, id.as_bytes()))?;
        // Had somebody unprotected it before seeing the new child, it would be unprotected now.
        let status =
            call(&parent.io, parent.header_object.clone(), &class::get_protection_status(spec.snap))?;
        if status != Protection::Protected {
            return Err(Errno::EINVAL);
        }
        return Ok(());
    }
    let child = features::operation::CLONE_CHILD;
    call(io, header, &class::set_op_features(child, child))?;
    let child = ChildSpec { pool: io.pool(), nspace: io.namespace().clone(), image_id: id.to_owned().into() };
    call(&parent.io, parent.header_object.clone(), &class::child_attach(spec.snap, &child))?;
    parent.notify_others();
    Ok(())
}

impl Image {
    /// Copies what the image still has from its parent, and cuts the link. `-EINVAL` without a parent.
    pub fn flatten(self: &Arc<Self>, progress: Progress<'_>) -> Result<()> {
        let _busy = self.owned()?;
        let view = self.current()?;
        let Some(parent) = &view.header.parent else { return Err(Errno::EINVAL) };
        if !view.writable {
            return Err(Errno::EROFS);
        }
        if let Some(origin) = &view.origin {
            let data = view.data()?;
            let objects = 0..self.layout.num_objects(origin.overlap.min(view.header.size));
            for_each(objects, self.settings.concurrent_management_ops, progress, |object, place| {
                self.copy_up_object(data, origin, object, move |result| place.done(result));
            })?;
        }
        // With the feature, the class cuts the snapshots' links too: they have got the parent's bytes.
        if view.header.snaps.is_empty() || view.header.features & features::DEEP_FLATTEN != 0 {
            self.detach_from(&parent.spec, view.header.op_features)?;
        }
        match call(&self.io, self.header_object.clone(), &class::parent_detach()) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(error),
        }
        self.notify_update()
    }

    /// Takes this image out of its parent's list of children. A snapshot in the trash goes with its last
    /// child.
    pub(crate) fn detach_from(&self, spec: &ParentSpec, op_features: u64) -> Result<()> {
        if op_features & features::operation::CLONE_CHILD == 0 {
            return call(&self.io, names::CHILDREN, &class::remove_child(spec, self.id.as_bytes()))
                .or_else(absent);
        }
        let io = self.io.with_pool(spec.pool)?.with_namespace(spec.nspace.clone());
        let header = names::header_object(&text(&spec.image_id));
        let child = ChildSpec {
            pool: self.io.pool(),
            nspace: self.io.namespace().clone(),
            image_id: self.id.clone().into(),
        };
        call(&io, header.clone(), &class::child_detach(spec.snap, &child)).or_else(absent)?;
        let left = call(&io, header, &class::snapshot_get(spec.snap));
        if left.is_ok_and(|snap| snap.namespace.is_trash() && snap.child_count == 0) {
            let parent = OpenSpec::id(&text(&spec.image_id));
            let removed = Image::open(&io, &parent, &self.settings).and_then(|parent| {
                let removed = parent.snap_remove_by_id(spec.snap);
                parent.close().and(removed)
            });
            if let Err(error) = removed {
                tracing::warn!(target: "rbd", "a parent's snapshot stays in the trash: {error}");
            }
        }
        Ok(())
    }
}
