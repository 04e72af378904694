//! A read whose locations are pinned: what is in memory is delivered at once, the rest by the disk, all of it at the same
//! time.

use std::sync::Arc;

use ops::{ObjectRef, Result, Sink, Wait};
use pages::AlignedBuf;
use parking_lot::{Condvar, Mutex};
use smallvec::SmallVec;

use crate::aio::{Read, Slot, Target};
use crate::api::{OnRead, Part, ReadPlan};
use crate::commit::on_engine_thread;
use crate::core::Core;
use crate::prefetch::Way;
use crate::read::{Access, Origin, Segment, Segments};
use crate::readers::Job;
use crate::{BLOCK, Phys};

/// Holds the physical blocks it will read.
pub struct DiskPlan {
    core: Arc<Core>,
    object: ObjectRef,
    part: Part,
    off: u64,
    len: u64,
    segments: Segments,
}

/// Segments that are not in memory, by number.
pub type Cold = SmallVec<[(usize, Way); 1]>;

impl DiskPlan {
    /// Call while holding the object.
    pub fn new(
        core: &Arc<Core>,
        object: &ObjectRef,
        part: Part,
        off: u64,
        len: u64,
        segments: Segments,
    ) -> DiskPlan {
        let plan = DiskPlan { core: core.clone(), object: object.clone(), part, off, len, segments };
        plan.pins(|core, block| core.space.pins.pin(block));
        plan
    }

    fn pins(&self, each: impl Fn(&Core, Phys)) {
        for segment in &self.segments {
            if let Segment::Disk { phys, crcs, .. } = segment {
                (0..crcs.len()).for_each(|index| each(&self.core, *phys + index as Phys));
            }
        }
    }

    fn origin(&self) -> Origin<'_> {
        Origin { object: &self.object, part: self.part, off: self.off }
    }

    /// Cuts off what does not fit into a sink of `room` bytes.
    fn clip(&mut self, room: usize) {
        if self.len <= room as u64 {
            return;
        }
        // The pins are of the blocks of all segments, so these must stay; their lengths tell what is delivered.
        for segment in &mut self.segments {
            let (at, len) = match segment {
                Segment::Zero { at, len } | Segment::Disk { at, len, .. } => (*at, len),
                Segment::Memory { at, bytes } => {
                    bytes.truncate(room.saturating_sub(*at));
                    continue;
                }
            };
            *len = (*len).min(room.saturating_sub(at));
        }
    }

    /// Delivers what is in memory; the rest is noted in `cold`.
    fn deliver(&self, sink: &mut dyn Sink, cold: &mut Cold) -> Result<()> {
        for (index, segment) in self.segments.iter().enumerate() {
            if segment.is_empty() {
                continue;
            }
            if let Access::Disk(way) =
                self.core.fetch_cached(segment, self.len.div_ceil(BLOCK as u64), sink, &self.origin())?
            {
                cold.push((index, way));
            }
        }
        Ok(())
    }

    /// Delivers segments from the disk, one after the other.
    pub fn fetch(&self, sink: &mut dyn Sink, cold: &Cold) -> Result<()> {
        cold.iter().try_for_each(|&(index, way)| match self.segments.get(index) {
            Some(segment) => self.core.fetch_from_disk(segment, way, sink, &self.origin()),
            None => Ok(()),
        })
    }

    pub fn finish(self, sink: Box<dyn Sink>, result: Result<()>, done: OnRead) {
        let len = self.len.min(sink.capacity() as u64);
        drop(self);
        done(sink, result.map(|()| len));
    }

    /// The stretches of the disk that fill these segments; `None` where the kernel cannot read them by itself.
    fn slots(&self, sink: &mut dyn Sink, cold: &Cold) -> Option<SmallVec<[Slot; 1]>> {
        if !self.core.reads.available() || cold.iter().any(|(_, way)| *way == Way::Cached) {
            return None;
        }
        let direct = self.core.space.file.direct()?;
        let slot = |&(index, _): &(usize, Way)| {
            let Segment::Disk { at, skip, len, phys, crcs } = self.segments.get(index)? else { return None };
            let whole = crcs.len() * BLOCK;
            let memory = if *skip == 0 && *len == whole { sink.memory(*at, whole) } else { None };
            let target = match memory {
                Some(memory) if memory.addr().is_multiple_of(direct.align) => Target::Lent(memory, whole),
                _ => Target::Own(AlignedBuf::dirty(whole)),
            };
            Some(Slot::new(direct.fd, u64::from(*phys) * BLOCK as u64, index, target))
        };
        cold.iter().map(slot).collect()
    }
}

impl Drop for DiskPlan {
    fn drop(&mut self) {
        self.pins(|core, block| core.space.pins.unpin(block));
    }
}

/// A read that the kernel does, with what it will complete.
pub struct Asked {
    plan: DiskPlan,
    sink: Box<dyn Sink>,
    done: OnRead,
}

/// Checks and delivers what a read brought, on whatever thread reaped it.
pub fn complete(read: Read<Asked>) {
    let Read { mut slots, owner: Asked { plan, mut sink, done }, .. } = read;
    let file = &plan.core.space.file;
    let result = slots.iter_mut().try_for_each(|slot| {
        let Some(segment @ Segment::Disk { at, skip, len, .. }) = plan.segments.get(slot.index) else {
            return Ok(());
        };
        let lent = slot.is_lent();
        let bytes = slot.bytes(&|off, buf| file.read_direct(off, buf))?;
        plan.core.verify(segment, bytes, &plan.origin())?;
        if !lent && let Some(bytes) = bytes.get(*skip..skip + len) {
            sink.put(*at, bytes);
        }
        Ok(())
    });
    drop(slots);
    plan.finish(sink, result, done);
}

impl ReadPlan for DiskPlan {
    fn start(mut self: Box<Self>, mut sink: Box<dyn Sink>, wait: Wait, done: OnRead) {
        self.clip(sink.capacity());
        let mut cold = Cold::new();
        if let Err(err) = self.deliver(&mut *sink, &mut cold) {
            return self.finish(sink, Err(err), done);
        }
        let core = self.core.clone();
        let here = wait == Wait::Inline || !core.options.threads;
        // A thread of the engine must not wait for another, which may be itself.
        if cold.is_empty() || (here && (cold.len() == 1 || on_engine_thread())) {
            let result = self.fetch(&mut *sink, &cold);
            return self.finish(sink, result, done);
        }
        let slots = self.slots(&mut *sink, &cold);
        match slots {
            Some(slots) => {
                cold.iter().for_each(|(_, way)| core.warm(*way));
                if here {
                    return wait_for(&core, slots, *self, sink, done);
                }
                begin(&core, slots, Asked { plan: *self, sink, done });
            }
            None if here => {
                let result = self.fetch(&mut *sink, &cold);
                self.finish(sink, result, done);
            }
            None => {
                if let Some(job) = core.readers.push(Job { plan: *self, sink, cold, done }) {
                    job.run();
                }
            }
        }
    }
}

fn begin(core: &Arc<Core>, slots: SmallVec<[Slot; 1]>, asked: Asked) {
    if let Some(refused) = core.reads.begin(Read::new(slots, asked)) {
        complete(*refused);
    }
}

/// Begins the read and runs `done` on this thread, when all is there.
fn wait_for(core: &Arc<Core>, slots: SmallVec<[Slot; 1]>, plan: DiskPlan, sink: Box<dyn Sink>, done: OnRead) {
    type Outcome = Option<(Box<dyn Sink>, Result<u64>)>;
    let here: Arc<(Mutex<Outcome>, Condvar)> = Arc::default();
    let there = here.clone();
    let tell: OnRead = Box::new(move |sink, result| {
        *there.0.lock() = Some((sink, result));
        there.1.notify_one();
    });
    begin(core, slots, Asked { plan, sink, done: tell });
    let mut outcome = here.0.lock();
    loop {
        if let Some((sink, result)) = outcome.take() {
            drop(outcome);
            return done(sink, result);
        }
        here.1.wait(&mut outcome);
    }
}
