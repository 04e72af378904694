//! An open image: what its parts share, and what can be asked of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use bytes::Bytes;
use cls::rbd::client as class;
use ops::{Errno, OpOut, RequestFlags, Result, SNAP_HEAD, SnapContext, Timespec, WatchId, WatcherInfo};
use parking_lot::{Condvar, Mutex};
use rados::IoCtx;

use crate::events::EventQueue;
use crate::exclusive_lock::ExclusiveLock;
use crate::header::{Fixed, Header, call, text};
use crate::names;
use crate::object_map::HeadMap;
use crate::parent::Origin;
use crate::replicas::ReplicaReads;
use crate::settings::Settings;
use crate::striping::Layout;
use crate::tracker::Tracker;
use crate::watch::{Rewatch, Updates};

/// An open image. Shared by all threads that use it; every method may be called from any of them.
///
/// Reads and writes look at a [`View`], which a refresh replaces as a whole, so that they take no lock
/// that a maintenance operation may hold. They never refresh themselves: who hears of a change does it
/// before whoever made it goes on, and an asynchronous call may come from a thread that must not wait.
pub struct Image {
    pub(crate) io: IoCtx,
    pub(crate) settings: Settings,
    /// Without what the pool and the image override.
    pub(crate) common_settings: Settings,
    pub(crate) replicas: Mutex<ReplicaReads>,
    /// What the clone asks for that this image is open for.
    pub(crate) reads_for_child: RequestFlags,
    pub(crate) id: String,
    pub(crate) name: Mutex<String>,
    pub(crate) header_object: Bytes,
    pub(crate) fixed: Fixed,
    pub(crate) layout: Layout,
    /// Opened read-only.
    pub(crate) read_only: bool,
    /// Where data objects are; `None` where that pool is gone.
    pub(crate) data: Option<IoCtx>,
    pub(crate) view: ArcSwap<View>,
    /// Held while the header is read and the view replaced.
    pub(crate) refreshing: Mutex<()>,
    /// Held by one maintenance operation at a time.
    pub(crate) maintenance: Mutex<()>,
    /// The header changed and could not be read yet.
    pub(crate) stale: AtomicBool,
    /// While the image shrinks: no I/O past this.
    pub(crate) shrinking_to: AtomicU64,
    pub(crate) tracker: Tracker,
    pub(crate) reads: Reads,
    pub(crate) flushes: Flushes,
    pub(crate) stamps: Stamps,
    pub(crate) events: Arc<EventQueue>,
    pub(crate) updates: Arc<Updates>,
    pub(crate) watch: Mutex<Option<WatchId>>,
    pub(crate) rewatch: Rewatch,
    /// The image this one was cloned from, open at the snapshot.
    pub(crate) parent_image: Mutex<Option<Arc<Image>>>,
    pub(crate) lock: ExclusiveLock,
    /// The head's, where the image has one and this handle owns the exclusive lock.
    pub(crate) object_map: ArcSwapOption<HeadMap>,
    pub(crate) closed: AtomicBool,
}

/// What I/O needs to know, unchanging.
pub(crate) struct View {
    pub header: Arc<Header>,
    /// The snapshot looked at, or `SNAP_HEAD`.
    pub snap: u64,
    /// The size in bytes as of `snap`; `None` where the snapshot was removed.
    pub size: Option<u64>,
    /// What shows through where the image has no object of its own.
    pub origin: Option<Origin>,
    /// For reads, with the snapshot set; for writes, with the snap context. `None`: the pool is gone.
    pub data: Option<IoCtx>,
    /// Neither read-only nor at a snapshot.
    pub writable: bool,
}

/// Reads under way, which a close waits for.
#[derive(Default)]
pub(crate) struct Reads {
    pub count: AtomicUsize,
    pub closing: AtomicBool,
    pub lock: Mutex<()>,
    pub idle: Condvar,
}

/// What a flush has to do.
#[derive(Default)]
pub(crate) struct Flushes {
    /// The program flushed once, so it knows how to.
    pub seen: AtomicBool,
    /// How many writes were sent that are acknowledged before they are durable.
    pub relaxed: AtomicU64,
    /// How many of them are known to be durable.
    pub durable: AtomicU64,
}

/// When the image was last used, in seconds since 1970.
pub(crate) struct Stamps {
    pub accessed: AtomicU64,
    pub modified: AtomicU64,
}

/// As `rbd_stat` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    pub size: u64,
    pub object_size: u64,
    pub num_objects: u64,
    pub order: u8,
    /// The C struct takes its first 23 bytes.
    pub block_name_prefix: String,
}

/// Where a clone comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentInfo {
    pub pool_id: i64,
    pub pool_name: String,
    pub pool_namespace: String,
    pub image_id: String,
    pub image_name: String,
    /// The parent is in the trash.
    pub trash: bool,
    pub snap_id: u64,
    pub snap_name: String,
    /// `RBD_SNAP_NAMESPACE_TYPE_*`.
    pub snap_namespace: u32,
}

/// A clone of a snapshot, as `rbd_list_children3` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildInfo {
    pub pool_id: i64,
    pub pool_name: String,
    pub pool_namespace: String,
    pub image_id: String,
    pub image_name: String,
    pub trash: bool,
}

impl View {
    pub fn new(image: &Image, header: Arc<Header>, snap: u64, parent: Option<Arc<Image>>) -> View {
        let overlap = header.overlap_at(snap);
        let origin = parent.filter(|_| overlap > 0).map(|image| Origin { image, overlap });
        let mut size = header.size_at(snap);
        if snap == SNAP_HEAD {
            size = size.map(|size| size.min(image.shrinking_to.load(Ordering::Acquire)));
        }
        let flags = image.replicas.lock().flags(snap, image.reads_for_child);
        let data = image.data.as_ref().map(|data| data.with_read_flags(flags)).map(|data| {
            if snap == SNAP_HEAD {
                data.with_snap_context(header.snapc.clone())
            } else {
                data.with_snap(snap)
            }
        });
        View { snap, size, origin, data, writable: !image.read_only && snap == SNAP_HEAD, header }
    }

    /// How much of an extent lies within the image. An empty one is always fine; `-EINVAL` where it
    /// begins past the end, `-ENOENT` where the snapshot is gone.
    pub fn clip(&self, off: u64, len: u64) -> Result<u64> {
        let size = self.size.ok_or(Errno::ENOENT)?;
        match size.checked_sub(off) {
            _ if len == 0 => Ok(0),
            None | Some(0) => Err(Errno::EINVAL),
            Some(left) => Ok(len.min(left)),
        }
    }

    /// `-ENODEV` where the data pool is gone.
    pub fn data(&self) -> Result<&IoCtx> {
        self.data.as_ref().ok_or(Errno(libc::ENODEV))
    }
}

impl Image {
    /// The view, after a refresh where one is due.
    pub(crate) fn current(&self) -> Result<Arc<View>> {
        self.refresh_if_stale()?;
        Ok(self.view.load_full())
    }

    pub fn io_ctx(&self) -> &IoCtx {
        &self.io
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn events(&self) -> &Arc<EventQueue> {
        &self.events
    }

    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    pub fn name(&self) -> String {
        self.name.lock().clone()
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn info(&self) -> Result<ImageInfo> {
        let size = self.size()?;
        Ok(ImageInfo {
            size,
            object_size: self.layout.object_size,
            num_objects: self.layout.num_objects(size),
            order: self.fixed.order,
            block_name_prefix: self.fixed.object_prefix.clone(),
        })
    }

    /// In bytes, as of the snapshot that is set.
    pub fn size(&self) -> Result<u64> {
        Ok(self.current()?.size.unwrap_or(0))
    }

    pub fn features(&self) -> Result<u64> {
        Ok(self.current()?.header.features)
    }

    pub fn op_features(&self) -> Result<u64> {
        Ok(self.current()?.header.op_features)
    }

    /// `RBD_FLAG_*`, as of the snapshot that is set.
    pub fn flags(&self) -> Result<u64> {
        let view = self.current()?;
        if view.snap == SNAP_HEAD {
            Ok(view.header.flags)
        } else {
            view.header.snap(view.snap).map(|snap| snap.flags)
        }
    }

    /// How many bytes of the parent the image sees; 0 without one.
    pub fn overlap(&self) -> Result<u64> {
        let view = self.current()?;
        if view.size.is_none() {
            return Err(Errno::ENOENT);
        }
        Ok(view.header.overlap_at(view.snap))
    }

    /// In bytes.
    pub fn stripe_unit(&self) -> u64 {
        self.layout.stripe_unit
    }

    pub fn stripe_count(&self) -> u64 {
        self.layout.stripe_count
    }

    pub fn order(&self) -> u8 {
        self.fixed.order
    }

    pub fn block_name_prefix(&self) -> &str {
        &self.fixed.object_prefix
    }

    pub fn data_pool_id(&self) -> i64 {
        self.fixed.data_pool.unwrap_or_else(|| self.io.pool())
    }

    pub fn create_timestamp(&self) -> Timespec {
        self.fixed.created
    }

    pub fn access_timestamp(&self) -> Timespec {
        self.stamps.accessed(self.fixed.accessed)
    }

    pub fn modify_timestamp(&self) -> Timespec {
        self.stamps.modified(self.fixed.modified)
    }

    /// `-ENOENT` where there is none.
    pub fn parent(&self) -> Result<ParentInfo> {
        let view = self.current()?;
        let spec = &view.header.parent.as_ref().ok_or(Errno::ENOENT)?.spec;
        let io = self.io.with_pool(spec.pool)?.with_namespace(spec.nspace.clone());
        let snap = call(&io, names::header_object(&text(&spec.image_id)), &class::snapshot_get(spec.snap))?;
        let name = match call(&io, names::DIRECTORY, &class::dir_get_name(&spec.image_id)) {
            Ok(name) => Some(text(&name)),
            Err(Errno::ENOENT) => None,
            Err(error) => return Err(error),
        };
        Ok(ParentInfo {
            pool_id: spec.pool,
            pool_name: io.store().pool(spec.pool).map(|pool| pool.name.clone()).unwrap_or_default(),
            pool_namespace: text(&spec.nspace),
            image_id: text(&spec.image_id),
            trash: name.is_none(),
            image_name: name.unwrap_or_default(),
            snap_id: spec.snap,
            snap_name: text(&snap.name),
            snap_namespace: snap.namespace.kind(),
        })
    }

    /// Who watches the header: everybody who has the image open for writing.
    pub fn watchers(&self) -> Result<Vec<WatcherInfo>> {
        let reply = self.io.operate(self.header_object.clone(), vec![ops::Op::ListWatchers])?;
        match reply.ops.into_iter().next().map(|op| op.out) {
            Some(OpOut::Watchers(watchers)) => Ok(watchers),
            _ => Err(Errno::EIO),
        }
    }

    pub(crate) fn snap_context(&self) -> SnapContext {
        self.view.load().header.snapc.clone()
    }

    pub(crate) fn data_object(&self, object: u64) -> Bytes {
        names::data_object(&self.fixed.object_prefix, object)
    }
}

impl Stamps {
    pub fn new(fixed: &Fixed) -> Stamps {
        Stamps {
            accessed: AtomicU64::new(fixed.accessed.sec.into()),
            modified: AtomicU64::new(fixed.modified.sec.into()),
        }
    }

    fn accessed(&self, at_open: Timespec) -> Timespec {
        newest(at_open, self.accessed.load(Ordering::Relaxed))
    }

    fn modified(&self, at_open: Timespec) -> Timespec {
        newest(at_open, self.modified.load(Ordering::Relaxed))
    }
}

fn newest(at_open: Timespec, seconds: u64) -> Timespec {
    if u64::from(at_open.sec) == seconds { at_open } else { Timespec { sec: seconds as u32, nsec: 0 } }
}
