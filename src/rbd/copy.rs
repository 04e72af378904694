//! Copying an image's data and metadata into a new image.

use std::sync::Arc;

use bytes::Bytes;
use cls::rbd::data_runs;
use ops::{Errno, OpFlags, Result};
use parking_lot::Mutex;
use rados::IoCtx;

use crate::create::create;
use crate::features;
use crate::image::Image;
use crate::io::Memory;
use crate::open::OpenSpec;
use crate::options::{ImageOption, ImageOptions};
use crate::settings::Settings;
use crate::throttle::{Progress, Throttle};

impl Image {
    /// Creates image `name` and copies what this image holds as of the snapshot that is set. Snapshots
    /// are not copied. Runs of `sparse_size` zeroes (0: of an object's size) are left out.
    pub fn copy(
        self: &Arc<Self>,
        to: &IoCtx,
        settings: &Settings,
        name: &str,
        options: &mut ImageOptions,
        sparse_size: u64,
        progress: Progress<'_>,
    ) -> Result<()> {
        let view = self.current()?;
        options.default_u64(ImageOption::Format, 2);
        options.default_u64(ImageOption::StripeUnit, self.layout.stripe_unit);
        options.default_u64(ImageOption::StripeCount, self.layout.stripe_count);
        options.default_u64(ImageOption::Order, self.fixed.order.into());
        let kept = view.header.features & features::SUPPORTED & !features::INTERNAL;
        options.default_u64(ImageOption::Features, kept);
        create(to, settings, name, view.size.ok_or(Errno::ENOENT)?, options)?;
        let target = Image::open(to, &OpenSpec::name(name), settings)?;
        let copied = self.copy_to(&target, sparse_size, progress);
        let closed = target.close();
        copied.and(closed)
    }

    /// The same into an image that exists and is at least as large (`-EINVAL`).
    pub fn copy_to(
        self: &Arc<Self>,
        target: &Arc<Image>,
        sparse_size: u64,
        progress: Progress<'_>,
    ) -> Result<()> {
        let size = self.size()?;
        if target.size()? < size {
            tracing::error!(target: "rbd", "image {} is smaller than what is to be copied", target.id);
            return Err(Errno::EINVAL);
        }
        for (key, value) in self.metadata_list("", 0)? {
            target.metadata_set(&key, &value)?;
        }
        // Sizes of zero runs are powers of two at least of a sector.
        let sparse = if sparse_size < 512 { target.layout.object_size } else { sparse_size };
        let period = self.layout.period();
        let throttle = Throttle::new(self.settings.concurrent_management_ops);
        let mut off = 0;
        while off < size {
            let Ok(place) = throttle.start() else { break };
            let len = period.min(size - off);
            let memory = Arc::new(Memory(Mutex::new(vec![0; len as usize])));
            let (target, buffer) = (Arc::clone(target), Arc::clone(&memory));
            self.aio_read(off, len, memory, OpFlags::FADVISE_SEQUENTIAL, move |result| {
                if result < 0 {
                    return place.done(Err(Errno(-result as i32)));
                }
                let data = Bytes::from(std::mem::take(&mut *buffer.0.lock()));
                let place = Arc::new(Mutex::new(Some(place)));
                for run in data_runs(&data, sparse as usize) {
                    let place = Arc::clone(&place);
                    target.aio_write(
                        off + run.start as u64,
                        data.slice(run),
                        OpFlags::FADVISE_DONTNEED,
                        move |result| {
                            if result < 0
                                && let Some(place) = place.lock().take()
                            {
                                place.done(Err(Errno(-result as i32)));
                            }
                        },
                    );
                }
            });
            if let Err(error) = Errno::check(progress(off, size)) {
                throttle.wait()?;
                return Err(error);
            }
            off += len;
        }
        throttle.wait()?;
        Errno::check(progress(size, size))?;
        target.flush()
    }
}
