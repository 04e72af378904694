//! Changing an image's size, and removing the objects that are past its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cls::rbd::client as class;
use ops::{Durability, Errno, Op, OpFlags, Result, Wait};
use rados::{IoCtx, Submit};

use crate::header::call;
use crate::image::{Image, View};
use crate::io::{Change, Kind, discard_op};
use crate::striping::{ObjectExtent, ObjectExtents};
use crate::throttle::{Place, Progress, Throttle, for_each, no_progress};

impl Image {
    /// `-EINVAL` where the size would shrink and `allow_shrink` is false, `-EROFS` where the image cannot
    /// be written to, `-EFBIG` where offsets would not fit 64 bits. Bytes that a later growth brings back
    /// are zeroes.
    pub fn resize(self: &Arc<Self>, size: u64, allow_shrink: bool, progress: Progress<'_>) -> Result<()> {
        if !self.current()?.writable {
            return Err(Errno::EROFS);
        }
        let _busy = self.owned()?;
        self.resize_to(size, allow_shrink, progress)?;
        self.notify_update()
    }

    /// Without telling anybody.
    pub(crate) fn resize_to(
        self: &Arc<Self>,
        size: u64,
        allow_shrink: bool,
        progress: Progress<'_>,
    ) -> Result<()> {
        let view = self.current()?;
        if !view.writable {
            return Err(Errno::EROFS);
        }
        let old = view.header.size;
        if size < old && !allow_shrink {
            tracing::error!(target: "rbd", "image {} may not shrink from {old} to {size}", self.id);
            return Err(Errno::EINVAL);
        }
        if size.checked_next_multiple_of(self.layout.period()).is_none() {
            return Err(Errno::EFBIG);
        }
        if size == old {
            return Ok(());
        }
        if size < old {
            // From now on nothing is read or written past the new end. Writes under way there must end
            // before their objects are removed.
            self.shrinking_to.store(size, Ordering::Release);
            self.renew_view();
            drop(self.tracker.close_gate());
            let trimmed = self.trim(old, size, progress);
            if let Err(error) = trimmed {
                self.shrinking_to.store(u64::MAX, Ordering::Release);
                self.renew_view();
                return Err(error);
            }
        }
        let _gate = self.tracker.close_gate();
        let objects = self.layout.num_objects(size);
        if size > old {
            self.resize_object_map(objects)?;
        }
        let written = call(&self.io, self.header_object.clone(), &class::set_size(size));
        self.shrinking_to.store(u64::MAX, Ordering::Release);
        written.and(self.refresh())?;
        if size < old { self.resize_object_map(objects) } else { Ok(()) }
    }

    /// Removes what lies past `size`, and makes it durable. Whoever grows the image later must find
    /// nothing there.
    pub(crate) fn trim(self: &Arc<Self>, old: u64, size: u64, progress: Progress<'_>) -> Result<()> {
        let view = self.view.load_full();
        let data = self.writing_ctx()?;
        let period = self.layout.period();
        let periods = size.div_ceil(period);
        let delete_to = (periods * period).min(old);
        let first = periods * self.layout.stripe_count;
        let len = self.layout.object_size;
        let limit = self.settings.concurrent_management_ops;
        let objects = first..self.layout.num_objects(old);
        let has_parent = |object| {
            view.origin.as_ref().is_some_and(|origin| origin.object_overlap(&self.layout, object) > 0)
        };
        if view.origin.is_some() && !data.snap_context().snaps.is_empty() {
            // What snapshots see of the parent has to come into the objects first.
            for_each(objects.clone(), limit, &mut no_progress, |object, place| {
                if has_parent(object) {
                    self.discard_covered(&view, &data, ObjectExtent::new(object, 0, len), place);
                }
            })?;
        }
        self.expect_removal(objects.clone())?;
        for_each(objects.clone(), limit, progress, |object, place| {
            self.send(&data, object, Op::Remove, place);
        })?;
        let mut removed = Vec::new();
        if delete_to > size {
            let mut extents = ObjectExtents::new();
            self.layout.map(size, delete_to - size, 0, &mut extents);
            let throttle = Throttle::new(limit);
            for mut extent in extents {
                if extent.off == 0 {
                    // Nothing of it is left within the image.
                    extent.len = len;
                }
                if has_parent(extent.object) {
                    self.discard_covered(&view, &data, extent, throttle.start()?);
                    continue;
                }
                let op = discard_op(&extent, &self.layout, false);
                if let Op::Remove = op {
                    self.expect_removal(extent.object..extent.object + 1)?;
                    removed.push(extent.object);
                } else {
                    self.expect_truncation(extent.object)?;
                }
                self.send(&data, extent.object, op, throttle.start()?);
            }
            throttle.wait()?;
        }
        self.flush_store()?;
        removed.into_iter().try_for_each(|object| self.note_removal(object..object + 1))?;
        self.note_removal(objects)
    }

    /// What is left of an object, or of its snapshots, may be the parent's.
    fn discard_covered(self: &Arc<Self>, view: &Arc<View>, data: &IoCtx, extent: ObjectExtent, place: Place) {
        self.flushes.relaxed.fetch_add(1, Ordering::AcqRel);
        let with = Submit { durability: Durability::Relaxed, ..Submit::default() };
        let kind = Kind::Discard { granularity: 0 };
        let mut change = Change { off: 0, len: extent.len, kind, flags: OpFlags::empty() };
        self.change_object(view, data, &mut change, &extent, with, move |result| place.done(result));
    }

    /// The data pool, with the snap context of now.
    pub(crate) fn writing_ctx(&self) -> Result<IoCtx> {
        let data = self.data.as_ref().ok_or(Errno(libc::ENODEV))?;
        Ok(data.with_snap_context(self.snap_context()))
    }

    /// Sends one op to one data object. Durable after `flush_store`.
    pub(crate) fn send(&self, data: &IoCtx, object: u64, op: Op, place: Place) {
        self.flushes.relaxed.fetch_add(1, Ordering::AcqRel);
        let with = Submit { durability: Durability::Relaxed, wait: Wait::Inline, ..Submit::default() };
        data.submit(
            self.data_object(object),
            vec![op.into()],
            with,
            Box::new(move |reply| place.done_with(&reply)),
        );
    }
}
