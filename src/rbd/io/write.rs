//! Writes of all kinds: from an image extent to one request per object.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::{Bytes, BytesMut};
use cls::rbd::client as class;
use ops::{Durability, Errno, MAX_ERRNO, Op, OpEntry, OpFlags, Reply, Result, Timespec, Wait};
use rados::{IoCtx, Submit};
use smallvec::SmallVec;

use super::copyup::Guarded;
use super::discard::discard_op;
use super::gather::Gather;
use crate::image::{Image, View};
use crate::object_map::{Effect, HeadMap};
use crate::striping::{Layout, ObjectExtent, ObjectExtents};

/// What a caller may say of an extent; other flags of ops mean something else.
pub(super) const FADVISE: OpFlags = OpFlags::from_bits_retain(0xfc);

pub(crate) type ObjectOps = SmallVec<[Op; 2]>;

/// A change of an image extent.
pub(crate) struct Change {
    pub off: u64,
    pub len: u64,
    pub kind: Kind,
    pub flags: OpFlags,
}

pub(crate) enum Kind {
    Write(Bytes),
    /// Only whole multiples of `granularity` (0: bytes) are dropped.
    Discard {
        granularity: u64,
    },
    WriteSame(Bytes),
    /// `mismatch` gets the image offset of the first byte that differs.
    CompareAndWrite {
        compare: Bytes,
        data: Bytes,
        mismatch: Option<Mismatch>,
    },
}

impl Kind {
    /// Whether it reads before it writes.
    fn looks(&self) -> bool {
        matches!(self, Kind::CompareAndWrite { .. })
    }

    /// The same bytes, for a second try.
    fn share(&self) -> Kind {
        match self {
            Kind::Write(data) => Kind::Write(data.clone()),
            Kind::Discard { granularity } => Kind::Discard { granularity: *granularity },
            Kind::WriteSame(data) => Kind::WriteSame(data.clone()),
            Kind::CompareAndWrite { compare, data, .. } => {
                Kind::CompareAndWrite { compare: compare.clone(), data: data.clone(), mismatch: None }
            }
        }
    }
}

/// What a change does to one object.
fn object_ops(kind: &Kind, extent: &ObjectExtent, layout: &Layout, covered: bool) -> ObjectOps {
    let mut ops = ObjectOps::new();
    match kind {
        Kind::Write(data) => write_ops(data, extent, &mut ops),
        Kind::Discard { .. } => ops.push(discard_op(extent, layout, covered)),
        Kind::WriteSame(data) => super::writesame::ops(data, extent, &mut ops),
        Kind::CompareAndWrite { compare, data, .. } => {
            ops.push(Op::CmpExt { off: extent.off, data: compare.slice(..extent.len as usize) });
            write_ops(data, extent, &mut ops);
        }
    }
    ops
}

/// A change of one object, kept until the object map allows for it.
struct Prepared {
    view: Arc<View>,
    io: IoCtx,
    kind: Kind,
    flags: OpFlags,
    extent: ObjectExtent,
    with: Submit,
}

/// What a change does to the existence of one object.
fn effect(kind: &Kind, extent: &ObjectExtent, layout: &Layout, covered: bool) -> Effect {
    match kind {
        Kind::Discard { .. } if covered => Effect::Makes,
        Kind::Discard { .. } => match discard_op(extent, layout, false) {
            Op::Remove => Effect::Removes,
            _ => Effect::Changes,
        },
        _ => Effect::Makes,
    }
}

pub type Mismatch = Box<dyn FnOnce(u64) + Send>;

impl Image {
    /// Writes `data` at `off`, cut off at the image's end. `done` gets 0 or a negative errno: `-EINVAL`
    /// past the end, `-EROFS` where the image cannot be written to.
    pub fn aio_write(
        self: &Arc<Self>,
        off: u64,
        data: Bytes,
        flags: OpFlags,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        self.write_with(off, data, flags, Wait::Deferred, done);
    }

    /// As [`Image::aio_write`]; with [`Wait::Inline`] the work, and `done`, may be done on this thread.
    pub fn write_with(
        self: &Arc<Self>,
        off: u64,
        data: Bytes,
        flags: OpFlags,
        wait: Wait,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        let change = Change { off, len: data.len() as u64, kind: Kind::Write(data), flags };
        self.change(change, wait, done);
    }

    /// Writes `data` where the image reads as `compare`, which is as long. Both must lie within one
    /// stripe unit (`-EINVAL`). `-EILSEQ` on a mismatch, whose image offset `mismatch` gets first.
    pub fn aio_compare_and_write(
        self: &Arc<Self>,
        off: u64,
        compare: Bytes,
        data: Bytes,
        mismatch: Option<Mismatch>,
        flags: OpFlags,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        if compare.len() != data.len() {
            return done(Errno::EINVAL.neg().into());
        }
        let len = data.len() as u64;
        let change = Change { off, len, kind: Kind::CompareAndWrite { compare, data, mismatch }, flags };
        self.change(change, Wait::Deferred, done);
    }

    /// Sends a change, or keeps it until the gate opens.
    pub(crate) fn change(
        self: &Arc<Self>,
        mut change: Change,
        wait: Wait,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        let Some(ticket) = self.tracker.enter() else {
            if !self.view.load().writable {
                return done(Errno::EROFS.neg().into());
            }
            let image = Arc::clone(self);
            self.tracker.hold_back(Box::new(move |opened| match opened {
                Ok(()) => image.change(change, Wait::Deferred, done),
                Err(error) => done(error.neg().into()),
            }));
            return self.want_lock();
        };
        // Only behind the gate does the view stay right until the change is done.
        let view = self.view.load();
        let checked = view.clip(change.off, change.len).and_then(|len| {
            let io = view.data()?;
            if view.writable { Ok((io, len)) } else { Err(Errno::EROFS) }
        });
        let (io, len) = match checked {
            Ok((io, len)) if len > 0 => (io, len),
            other => {
                self.tracker.leave(ticket);
                return done(other.map_or_else(|error| error.neg().into(), |_| 0));
            }
        };
        change.len = len;
        let mut extents = ObjectExtents::new();
        self.layout.map(change.off, len, 0, &mut extents);
        if let Err(error) = self.prune(&mut change, &mut extents) {
            self.tracker.leave(ticket);
            return done(error.neg().into());
        }
        if extents.is_empty() {
            self.tracker.leave(ticket);
            return done(0);
        }
        self.touch_modify();
        let durability = self.durability(change.flags);
        let image = Arc::clone(self);
        let finish = move |result: Result<()>| {
            image.tracker.leave(ticket);
            drop(image);
            done(result.map_or_else(|error| error.neg().into(), |()| 0));
        };
        if extents.len() == 1 {
            if let Some(extent) = extents.pop() {
                let with = Submit { durability, wait, ..Submit::default() };
                self.change_object(&view, io, &mut change, &extent, with, finish);
            }
            return;
        }
        let gather = Gather::new(extents.len(), finish);
        let last = extents.len() - 1;
        for (i, extent) in extents.iter().enumerate() {
            let gather = Arc::clone(&gather);
            let wait = if i == last { wait } else { Wait::Deferred };
            let with = Submit { durability, wait, ..Submit::default() };
            self.change_object(&view, io, &mut change, extent, with, move |result| gather.part(result));
        }
    }

    /// Takes out what need not, or must not, be sent.
    fn prune(&self, change: &mut Change, extents: &mut ObjectExtents) -> Result<()> {
        match &change.kind {
            Kind::Write(_) | Kind::WriteSame(_) => {}
            Kind::Discard { granularity } => self.prune_discard(*granularity, extents),
            Kind::CompareAndWrite { .. } => {
                let unit = self.layout.stripe_unit;
                let fits = matches!(extents.as_slice(), [only] if only.off % unit + only.len <= unit);
                if !fits {
                    return Err(Errno::EINVAL);
                }
            }
        }
        Ok(())
    }

    /// Changes one object, after the object map was told where that is needed.
    pub(crate) fn change_object(
        self: &Arc<Self>,
        view: &Arc<View>,
        io: &IoCtx,
        change: &mut Change,
        extent: &ObjectExtent,
        with: Submit,
        done: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let on_mismatch = match &mut change.kind {
            Kind::CompareAndWrite { mismatch, .. } => mismatch.take(),
            _ => None,
        };
        let flags = change.flags & FADVISE;
        let map = self.object_map.load();
        let Some(map) = &*map else {
            return self.send_change(view, io, &change.kind, flags, on_mismatch, extent, with, done);
        };
        let object = extent.object;
        let covered =
            view.origin.as_ref().is_some_and(|origin| origin.object_overlap(&self.layout, object) > 0);
        let effect = effect(&change.kind, extent, &self.layout, covered);
        let image = Arc::clone(self);
        let done = move |result: Result<()>| match result {
            Ok(()) => image.settle_object(object, effect, done),
            Err(error) => done(Err(error)),
        };
        // The map must not forget an object whose removal a crash undoes.
        let durability = if effect == Effect::Removes { Durability::Durable } else { with.durability };
        let with = Submit { durability, ..with };
        if effect == Effect::Makes && map.exists(object) {
            return self.send_change(view, io, &change.kind, flags, on_mismatch, extent, with, done);
        }
        let prepared = Prepared {
            view: Arc::clone(view),
            io: io.clone(),
            kind: change.kind.share(),
            flags,
            extent: extent.clone(),
            with,
        };
        self.prepare_change(map, effect, prepared, on_mismatch, done);
    }

    /// Not part of the usual way of a write, which keeps its frame small.
    #[inline(never)]
    fn prepare_change(
        self: &Arc<Self>,
        map: &Arc<HeadMap>,
        effect: Effect,
        change: Prepared,
        on_mismatch: Option<Mismatch>,
        done: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let image = Arc::clone(self);
        let (object, wait) = (change.extent.object, change.with.wait);
        self.prepare_object(map, object, effect, wait, move |prepared, wait| match prepared {
            Ok(true) => {
                let Prepared { view, io, kind, flags, extent, with } = change;
                let with = Submit { wait, ..with };
                image.send_change(&view, &io, &kind, flags, on_mismatch, &extent, with, done);
            }
            Ok(false) => done(Ok(())),
            Err(error) => done(Err(error)),
        });
    }

    #[allow(clippy::too_many_arguments)]
    fn send_change(
        self: &Arc<Self>,
        view: &View,
        io: &IoCtx,
        kind: &Kind,
        flags: OpFlags,
        on_mismatch: Option<Mismatch>,
        extent: &ObjectExtent,
        with: Submit,
        done: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let (layout, object, name) = (self.layout, extent.object, self.data_object(extent.object));
        let creates = matches!(kind, Kind::Write(_) | Kind::WriteSame(_));
        let done = move |reply: Reply| {
            let result = reply.result;
            if result <= -MAX_ERRNO {
                let offset = i64::from(-result) - i64::from(MAX_ERRNO);
                if let (Some(tell), Some(at)) = (on_mismatch, layout.unmap(object, offset as u64, 1).first())
                {
                    tell(at.0);
                }
                return done(Err(Errno::EILSEQ));
            }
            done(match Errno::check(result) {
                // There was nothing to discard.
                Err(Errno::ENOENT) if !creates => Ok(()),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            });
        };
        let covered = view.origin.as_ref().filter(|origin| origin.object_overlap(&layout, object) > 0);
        let whole = extent.off == 0 && extent.len == layout.object_size;
        let ops = object_ops(kind, extent, &layout, covered.is_some());
        match covered {
            // A new whole object needs nothing of the parent, unless snapshots or a comparison look at it.
            Some(origin) if !whole || kind.looks() || !io.snap_context().snaps.is_empty() => {
                let guarded = Guarded { io: io.clone(), object, name, origin: origin.clone(), flags, with };
                let (kind, extent) = (kind.share(), extent.clone());
                let again = move || object_ops(&kind, &extent, &layout, true).into_vec();
                guarded.send(self, again, done);
            }
            _ => {
                let mut entries: Vec<OpEntry> = Vec::with_capacity(ops.len() + 1);
                if covered.is_some() && matches!(kind, Kind::Discard { .. }) {
                    // An empty object hides the parent's.
                    entries.push(Op::Create { exclusive: false }.into());
                }
                entries.extend(ops.into_iter().map(|op| OpEntry { op, flags }));
                io.submit(name, entries, with, Box::new(done));
            }
        }
    }

    /// Whether a write may be acknowledged before it is durable: with the cache on, once the program has
    /// shown that it flushes.
    fn durability(&self, flags: OpFlags) -> Durability {
        let settings = &self.settings;
        let cached = settings.cache && !settings.cache_writethrough && settings.cache_max_dirty > 0;
        let trusted = !settings.cache_writethrough_until_flush || self.flushes.seen.load(Ordering::Relaxed);
        if cached && trusted && !flags.contains(OpFlags::FADVISE_FUA) {
            self.flushes.relaxed.fetch_add(1, Ordering::AcqRel);
            Durability::Relaxed
        } else {
            Durability::Durable
        }
    }

    /// Notes the time of a write in the header, once in a while.
    fn touch_modify(&self) {
        let now = Timespec::now().sec.into();
        if due(&self.stamps.modified, now, self.settings.mtime_update_interval) {
            self.touch(class::set_modify_timestamp());
        }
    }

    pub(crate) fn touch_access(&self) {
        let now = Timespec::now().sec.into();
        if !self.read_only && due(&self.stamps.accessed, now, self.settings.atime_update_interval) {
            self.touch(class::set_access_timestamp());
        }
    }

    /// Nobody waits for it, and nobody minds where it fails.
    fn touch(&self, call: cls::Call<()>) {
        let with = Submit { durability: Durability::Relaxed, ..Submit::default() };
        self.io.submit(self.header_object.clone(), vec![call.op().into()], with, Box::new(|_| ()));
    }
}

/// Whether `interval` seconds have passed since `last`, which then becomes `now`.
fn due(last: &std::sync::atomic::AtomicU64, now: u64, interval: u64) -> bool {
    let seen = last.load(Ordering::Relaxed);
    interval != 0
        && now >= seen.saturating_add(interval)
        && last.compare_exchange(seen, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}

/// The pieces of the caller's bytes that go into one object extent, without copying.
fn write_ops(data: &Bytes, extent: &ObjectExtent, ops: &mut ObjectOps) {
    let mut off = extent.off;
    for &(from, len) in &extent.buffer {
        ops.push(Op::Write { off, data: data.slice(from as usize..(from + len) as usize) });
        off += len;
    }
}

/// `len` bytes of the endless repetition of `data`, from `from` on.
pub(crate) fn repeat(data: &Bytes, from: u64, len: u64) -> Bytes {
    let skip = (from % data.len() as u64) as usize;
    let mut out = BytesMut::with_capacity(len as usize);
    out.extend_from_slice(data.get(skip..).unwrap_or_default());
    while out.len() < len as usize {
        out.extend_from_slice(data);
    }
    out.truncate(len as usize);
    out.freeze()
}
