//! Changing an image's size, and removing the objects that are past its end.

use std::sync::atomic::Ordering;

use cls::rbd::client as class;
use ops::{Durability, Errno, Op, Result, Wait};
use rados::{IoCtx, Submit};

use crate::header::call;
use crate::image::Image;
use crate::striping::ObjectExtents;
use crate::throttle::{Place, Progress, Throttle, for_each};

impl Image {
    /// `-EINVAL` where the size would shrink and `allow_shrink` is false, `-EROFS` where the image cannot
    /// be written to, `-EFBIG` where offsets would not fit 64 bits. Bytes that a later growth brings back
    /// are zeroes.
    pub fn resize(&self, size: u64, allow_shrink: bool, progress: Progress<'_>) -> Result<()> {
        self.refresh_if_stale()?;
        let _busy = self.maintenance.lock();
        self.resize_to(size, allow_shrink, progress)?;
        self.notify_update()
    }

    /// Without telling anybody.
    pub(crate) fn resize_to(&self, size: u64, allow_shrink: bool, progress: Progress<'_>) -> Result<()> {
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
        let written = call(&self.io, self.header_object.clone(), &class::set_size(size));
        self.shrinking_to.store(u64::MAX, Ordering::Release);
        written.and(self.refresh())
    }

    /// Removes what lies past `size`, and makes it durable. Whoever grows the image later must find
    /// nothing there.
    pub(crate) fn trim(&self, old: u64, size: u64, progress: Progress<'_>) -> Result<()> {
        let data = self.writing_ctx()?;
        let period = self.layout.period();
        let periods = size.div_ceil(period);
        let delete_to = (periods * period).min(old);
        let first = periods * self.layout.stripe_count;
        let removed = for_each(
            first..self.layout.num_objects(old),
            self.settings.concurrent_management_ops,
            progress,
            |object, place| self.send(&data, object, Op::Remove, place),
        );
        let boundary = removed.and_then(|()| {
            if delete_to > size { self.trim_boundary(&data, size, delete_to) } else { Ok(()) }
        });
        boundary.and(self.flush_store())
    }

    fn trim_boundary(&self, data: &IoCtx, size: u64, end: u64) -> Result<()> {
        let mut extents = ObjectExtents::new();
        self.layout.map(size, end - size, 0, &mut extents);
        let throttle = Throttle::new(self.settings.concurrent_management_ops);
        for mut extent in extents {
            if extent.off == 0 {
                // Nothing of it is left within the image.
                extent.len = self.layout.object_size;
            }
            self.send(data, extent.object, self.discard_op(&extent), throttle.start()?);
        }
        throttle.wait()
    }

    /// The data pool, with the snap context of now.
    pub(crate) fn writing_ctx(&self) -> Result<IoCtx> {
        let data = self.data.as_ref().ok_or(Errno(libc::ENODEV))?;
        Ok(data.with_snap_context(self.snap_context()))
    }

    /// Sends one op to one data object. Durable after `flush_store`.
    pub(crate) fn send(&self, data: &IoCtx, object: u64, op: Op, place: Place) {
        self.flushes.relaxed.fetch_add(1, Ordering::AcqRel);
        let with = Submit { durability: Durability::Relaxed, wait: Wait::Deferred, ..Submit::default() };
        data.submit(
            self.data_object(object),
            vec![op.into()],
            with,
            Box::new(move |reply| place.done_with(&reply)),
        );
    }
}
