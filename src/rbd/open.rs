//! Opening and closing images, and keeping up with their headers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use cls::rbd::client as class;
use ops::{Errno, RequestFlags, Result, SNAP_HEAD};
use parking_lot::Mutex;
use rados::IoCtx;

use crate::header::{Fixed, Header, call, text};
use crate::image::{Image, Stamps, View};
use crate::metadata::overridden;
use crate::names;
use crate::parent::open_parent;
use crate::settings::Settings;
use crate::striping::Layout;
use crate::wait::wait;
use crate::watch::Updates;

/// Which image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageRef {
    Name(String),
    Id(String),
}

/// What to open, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSpec {
    pub image: ImageRef,
    pub snap: SnapRef,
    pub read_only: bool,
}

/// Which state of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SnapRef {
    #[default]
    Head,
    Name(String),
    Id(u64),
}

impl OpenSpec {
    pub fn name(name: &str) -> OpenSpec {
        OpenSpec { image: ImageRef::Name(name.to_owned()), snap: SnapRef::Head, read_only: false }
    }

    pub fn id(id: &str) -> OpenSpec {
        OpenSpec { image: ImageRef::Id(id.to_owned()), ..OpenSpec::name("") }
    }

    /// The empty name means none.
    pub fn at_snap(self, name: &str) -> OpenSpec {
        OpenSpec {
            snap: if name.is_empty() { SnapRef::Head } else { SnapRef::Name(name.to_owned()) },
            ..self
        }
    }

    pub fn read_only(self) -> OpenSpec {
        OpenSpec { read_only: true, ..self }
    }
}

impl Image {
    /// `-ENOENT` where there is no such image or snapshot, `-ENOSYS` where it has features that this
    /// engine must know to open it that way. `io`'s snapshot settings and locator are not used.
    pub fn open(io: &IoCtx, spec: &OpenSpec, settings: &Settings) -> Result<Arc<Image>> {
        Image::open_for(io, spec, settings, RequestFlags::empty())
    }

    /// For a clone that asks for `reads_for_child` of its parent.
    pub(crate) fn open_for(
        io: &IoCtx,
        spec: &OpenSpec,
        common_settings: &Settings,
        reads_for_child: RequestFlags,
    ) -> Result<Arc<Image>> {
        let io = plain(io);
        let (name, id) = identify(&io, &spec.image)?;
        let header_object = names::header_object(&id);
        let fixed = Fixed::read(&io, &header_object)?;
        let header = Arc::new(Header::read(&io, &header_object, spec.read_only)?);
        let settings = overridden(&io, &header_object, common_settings)?;
        let parent = open_parent(&io, common_settings, settings.replicas, &header, None)?;
        let data = match fixed.data_pool {
            None => Some(io.clone()),
            Some(pool) => match io.with_pool(pool) {
                Ok(data) => Some(data),
                Err(Errno::ENOENT) => None,
                Err(error) => return Err(error),
            },
        };
        let (size, snap) = (None, SNAP_HEAD);
        let known = Arc::clone(&header);
        let nothing = View { header: known, snap, size, origin: None, data: None, writable: false };
        let image = Arc::new(Image {
            layout: Layout::new(fixed.order, fixed.stripe_unit, fixed.stripe_count),
            stamps: Stamps::new(&fixed),
            io,
            replicas: Mutex::new(settings.replicas),
            settings,
            common_settings: common_settings.clone(),
            reads_for_child,
            id,
            name: Mutex::new(name),
            header_object,
            fixed,
            read_only: spec.read_only,
            data,
            view: ArcSwap::from_pointee(nothing),
            refreshing: Mutex::default(),
            maintenance: Mutex::default(),
            stale: AtomicBool::new(false),
            shrinking_to: AtomicU64::new(u64::MAX),
            tracker: Default::default(),
            reads: Default::default(),
            flushes: Default::default(),
            events: Default::default(),
            updates: Updates::new(),
            watch: Mutex::default(),
            rewatch: Default::default(),
            parent_image: Mutex::new(parent.clone()),
            lock: Default::default(),
            object_map: Default::default(),
            closed: AtomicBool::new(false),
        });
        if !spec.read_only {
            image.register_watch()?;
            // What changed between reading the header and watching it would go unseen.
            image.stale.store(true, Ordering::Release);
        }
        image.view.store(Arc::new(View::new(&image, header, SNAP_HEAD, parent)));
        image.follow_features();
        let placed = image.refresh_if_stale().and_then(|()| match &spec.snap {
            SnapRef::Head => Ok(()),
            SnapRef::Name(name) => image.snap_set(name),
            SnapRef::Id(id) => image.snap_set_by_id(*id),
        });
        if let Err(error) = placed {
            let _ = image.close();
            return Err(error);
        }
        Ok(image)
    }

    /// Opens on a thread of its own; `done` runs there.
    pub fn aio_open(
        io: &IoCtx,
        spec: OpenSpec,
        settings: &Settings,
        done: impl FnOnce(Result<Arc<Image>>) + Send + 'static,
    ) {
        let (io, settings) = (io.clone(), settings.clone());
        elsewhere(move || done(Image::open(&io, &spec, &settings)));
    }

    /// Waits for what is under way, makes it durable and lets go of the header. Further calls do nothing.
    pub fn close(&self) -> Result<()> {
        if self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.wait_for_reads();
        if self.tracker.holds_back() {
            // Writes wait for the exclusive lock.
            let _ = wait(|done| self.tracker.hold_back(Box::new(done)));
        }
        let released = self.release_lock();
        // Reads and writes that come now find a closed image; those before have ended with the gate.
        let gate = self.tracker.close_gate();
        let flushed = self.flush_store();
        drop(gate);
        let unwatched = self.unregister_watch();
        self.updates.stop();
        released.and(flushed).and(unwatched)
    }

    /// Closes on a thread of its own; `done` runs there.
    pub fn aio_close(self: &Arc<Self>, done: impl FnOnce(Result<()>) + Send + 'static) {
        let image = Arc::clone(self);
        elsewhere(move || done(image.close()));
    }

    /// Reads the header where it is known to have changed.
    pub(crate) fn refresh_if_stale(&self) -> Result<()> {
        if self.stale.load(Ordering::Acquire) { self.refresh() } else { Ok(()) }
    }

    /// Reads the header and replaces the view.
    pub(crate) fn refresh(&self) -> Result<()> {
        let refreshing = self.refreshing.lock();
        // Changes from here on make it stale again.
        self.stale.store(false, Ordering::Release);
        let snap = self.view.load().snap;
        let read = || -> Result<_> {
            let header = Header::read(&self.io, &self.header_object, self.read_only || snap != SNAP_HEAD)?;
            let replicas = overridden(&self.io, &self.header_object, &self.common_settings)?.replicas;
            let before = self.parent_image.lock().clone();
            let parent = open_parent(&self.io, &self.common_settings, replicas, &header, before.as_ref())?;
            Ok((header, parent, replicas))
        };
        let (header, parent, replicas) = read().inspect_err(|_| self.stale.store(true, Ordering::Release))?;
        *self.parent_image.lock() = parent.clone();
        *self.replicas.lock() = replicas;
        self.view.store(Arc::new(View::new(self, Arc::new(header), snap, parent)));
        drop(refreshing);
        self.follow_features();
        Ok(())
    }

    /// Replaces the view by one of the same header, after something beside it changed.
    pub(crate) fn renew_view(&self) {
        let _refreshing = self.refreshing.lock();
        let view = self.view.load_full();
        self.view.store(Arc::new(View::new(
            self,
            Arc::clone(&view.header),
            view.snap,
            self.parent_image.lock().clone(),
        )));
    }

    /// Looks at a snapshot from now on; the empty name means the head.
    pub fn snap_set(&self, name: &str) -> Result<()> {
        // A failed refresh must not keep anybody from leaving a snapshot that is gone.
        let _ = self.refresh_if_stale();
        let id = if name.is_empty() { SNAP_HEAD } else { self.view.load().header.user_snap(name)? };
        self.snap_set_by_id(id)
    }

    pub fn snap_set_by_id(&self, id: u64) -> Result<()> {
        let _ = self.refresh_if_stale();
        let _gate = self.tracker.close_gate();
        let _refreshing = self.refreshing.lock();
        let header = Arc::clone(&self.view.load().header);
        if id != SNAP_HEAD {
            header.snap(id)?;
        }
        self.view.store(Arc::new(View::new(self, header, id, self.parent_image.lock().clone())));
        Ok(())
    }

    /// Makes acknowledged writes durable and waits for it.
    pub(crate) fn flush_store(&self) -> Result<()> {
        let target = self.flushes.relaxed.load(Ordering::Acquire);
        if self.flushes.durable.load(Ordering::Acquire) >= target {
            return Ok(());
        }
        wait(|done| self.io.store().flush(done))?;
        self.flushes.durable.fetch_max(target, Ordering::AcqRel);
        Ok(())
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = self.close();
    }
}

/// The pool and namespace only.
pub(crate) fn plain(io: &IoCtx) -> IoCtx {
    io.with_snap(SNAP_HEAD).with_snap_context(Default::default()).with_locator("")
}

/// (name, id)
fn identify(io: &IoCtx, image: &ImageRef) -> Result<(String, String)> {
    match image {
        ImageRef::Name(name) => match call(io, names::id_object(name), &class::get_id()) {
            Ok(id) => Ok((name.clone(), text(&id))),
            Err(Errno::ENOENT) => match io.stat(names::old_header_object(name)) {
                Ok(_) => {
                    tracing::error!(target: "rbd", "image {name} has format 1, which is not supported yet");
                    Err(Errno::EOPNOTSUPP)
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        },
        ImageRef::Id(id) => {
            let name = match call(io, names::DIRECTORY, &class::dir_get_name(id.as_bytes())) {
                // A parent may be in the trash.
                Err(Errno::ENOENT) => call(io, names::TRASH, &class::trash_get(id.as_bytes()))?.name,
                found => found?,
            };
            Ok((text(&name), id.clone()))
        }
    }
}

/// Runs something that blocks on a thread of its own.
pub(crate) fn elsewhere(work: impl FnOnce() + Send + 'static) {
    let work = Arc::new(Mutex::new(Some(work)));
    let copy = Arc::clone(&work);
    let run = move || {
        let work = copy.lock().take();
        if let Some(work) = work {
            work();
        }
    };
    // Writes that waited for the lock run here, and what their completions start.
    let thread = std::thread::Builder::new().name("rbd-open".into()).stack_size(8 << 20);
    if let Err(error) = thread.spawn(run) {
        tracing::warn!(target: "rbd", "no thread for what blocks, so the caller waits: {error}");
        let work = work.lock().take();
        if let Some(work) = work {
            work();
        }
    }
}
