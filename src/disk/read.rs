//! Reading: from where a range's bytes come, and getting them, every block checked against its checksum.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, HeadOr, ObjectRef, Result, Sink, Wait};
use parking_lot::{Condvar, Mutex};
use smallvec::SmallVec;

use crate::api::{OnRead, Part, ReadPlan};
use crate::catalog::Catalog;
use crate::core::Core;
use crate::direct::AlignedBuf;
use crate::object::ObjectState;
use crate::{BLOCK, Phys, broken};

/// The most blocks that are read at once.
const RUN_MAX: usize = 64;

/// A piece of a read; `at` counts from the read's first byte.
pub enum Segment {
    Zero {
        at: usize,
        len: usize,
    },
    Memory {
        at: usize,
        bytes: Bytes,
    },
    /// `len` bytes from `skip` on, in consecutive physical blocks.
    Disk {
        at: usize,
        skip: usize,
        len: usize,
        phys: Phys,
        crcs: SmallVec<[u32; 2]>,
    },
}

pub type Segments = SmallVec<[Segment; 1]>;

/// Where `len` bytes from `off` of a part are, which lie within its size.
pub fn locate(state: &ObjectState, part: Part, off: u64, len: u64, catalog: &Catalog) -> Result<Segments> {
    let state = state.part(part)?;
    let mut segments = Segments::new();
    if len == 0 {
        return Ok(segments);
    }
    let map = state.map(catalog)?;
    let unit = BLOCK as u64;
    let (end, mut block) = (off + len, off / unit);
    while block * unit < end {
        let from = (block * unit).max(off);
        let to = ((block + 1) * unit).min(end);
        let (at, len, skip) = ((from - off) as usize, (to - from) as usize, (from - block * unit) as usize);
        let entry = map.get(block);
        let memory = || state.overlay.get(&block).and_then(|overlay| overlay.data());
        match segments.last_mut() {
            Some(Segment::Zero { len: zeroes, .. }) if entry.is_hole() => *zeroes += len,
            _ if entry.is_hole() => segments.push(Segment::Zero { at, len }),
            last => match (memory(), last) {
                (Some(bytes), _) => {
                    segments.push(Segment::Memory { at, bytes: bytes.slice(skip..skip + len) })
                }
                (None, Some(Segment::Disk { len: had, phys, crcs, .. }))
                    if *phys as usize + crcs.len() == entry.phys as usize && crcs.len() < RUN_MAX =>
                {
                    *had += len;
                    crcs.push(entry.crc);
                }
                (None, _) => {
                    let crcs = SmallVec::from_slice(&[entry.crc]);
                    segments.push(Segment::Disk { at, skip, len, phys: entry.phys, crcs });
                }
            },
        }
        block += 1;
    }
    Ok(segments)
}

thread_local! {
    static SCRATCH: RefCell<AlignedBuf> = RefCell::new(AlignedBuf::zeroed(0));
}

/// Whom a damaged block belongs to.
pub struct Origin<'a> {
    pub object: &'a ObjectRef,
    pub part: Part,
    pub off: u64,
}

impl Core {
    /// Delivers one piece. `Ok(false)`: with `cached`, it would have to wait for the disk.
    pub fn fetch(
        &self,
        segment: &Segment,
        sink: &mut dyn Sink,
        origin: &Origin<'_>,
        cached: bool,
    ) -> Result<bool> {
        let (at, skip, len, phys, crcs) = match segment {
            Segment::Zero { at, len } => {
                sink.zero(*at, *len);
                return Ok(true);
            }
            Segment::Memory { at, bytes } => {
                sink.put(*at, bytes);
                return Ok(true);
            }
            Segment::Disk { at, skip, len, phys, crcs } => (*at, *skip, *len, *phys, crcs),
        };
        SCRATCH.with_borrow_mut(|scratch| {
            let want = crcs.len() * BLOCK;
            if scratch.len() < want {
                *scratch = AlignedBuf::zeroed(want.max(16 * BLOCK));
            }
            let buf = scratch.get_mut(..want).ok_or(Errno::EIO)?;
            let place = u64::from(phys) * BLOCK as u64;
            if cached {
                if !self.space.file.read_cached(place, buf)? {
                    return Ok(false);
                }
            } else {
                self.space.file.read(place, buf)?;
            }
            for (index, (block, &crc)) in buf.chunks_exact(BLOCK).zip(crcs).enumerate() {
                if crc32c::crc32c(block) != crc && !broken::SKIP_BLOCK_CRC {
                    let first = origin.off + at as u64 - skip as u64;
                    tracing::error!(
                        target: "store",
                        "{:?} {}: the block at offset {} does not match its checksum (block {} of the data file)",
                        origin.object,
                        HeadOr(origin.part),
                        first + (index * BLOCK) as u64,
                        phys as usize + index
                    );
                    return Err(Errno::EIO);
                }
            }
            sink.put(at, buf.get(skip..skip + len).ok_or(Errno::EIO)?);
            Ok(true)
        })
    }
}

/// Holds the physical blocks it will read.
pub struct DiskPlan {
    core: Arc<Core>,
    object: ObjectRef,
    part: Part,
    off: u64,
    len: u64,
    segments: Segments,
}

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

    /// Fetches from the segment `from` on; the index of the first that was not in memory, with `cached`.
    fn run(&self, sink: &mut dyn Sink, from: usize, cached: bool) -> Result<Option<usize>> {
        let origin = Origin { object: &self.object, part: self.part, off: self.off };
        let room = sink.capacity();
        for (index, segment) in self.segments.iter().enumerate().skip(from) {
            let Some(cut) = clip(segment, room) else { continue };
            if !self.core.fetch(cut.as_ref().unwrap_or(segment), sink, &origin, cached)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn finish(self, sink: Box<dyn Sink>, result: Result<()>, done: OnRead) {
        let len = self.len.min(sink.capacity() as u64);
        drop(self);
        done(sink, result.map(|()| len));
    }
}

/// What of a segment fits into a sink: nothing, all (`Some(None)`), or a front of it.
fn clip(segment: &Segment, room: usize) -> Option<Option<Segment>> {
    let (at, had) = match segment {
        Segment::Zero { at, len } | Segment::Disk { at, len, .. } => (*at, *len),
        Segment::Memory { at, bytes } => (*at, bytes.len()),
    };
    if at >= room {
        return None;
    }
    if at + had <= room {
        return Some(None);
    }
    let fits = room - at;
    Some(Some(match segment {
        Segment::Zero { at, .. } => Segment::Zero { at: *at, len: fits },
        Segment::Memory { at, bytes } => Segment::Memory { at: *at, bytes: bytes.slice(..fits) },
        Segment::Disk { at, skip, phys, crcs, .. } => {
            let blocks = (skip + fits).div_ceil(BLOCK).min(crcs.len());
            let crcs = SmallVec::from_slice(crcs.get(..blocks).unwrap_or_default());
            Segment::Disk { at: *at, skip: *skip, len: fits, phys: *phys, crcs }
        }
    }))
}

impl Drop for DiskPlan {
    fn drop(&mut self) {
        self.pins(|core, block| core.space.pins.unpin(block));
    }
}

impl ReadPlan for DiskPlan {
    fn start(self: Box<Self>, mut sink: Box<dyn Sink>, wait: Wait, done: OnRead) {
        let defer = wait == Wait::Deferred && self.core.options.threads;
        match self.run(&mut *sink, 0, defer) {
            Ok(None) => self.finish(sink, Ok(()), done),
            Err(err) => self.finish(sink, Err(err), done),
            Ok(Some(from)) => {
                let core = self.core.clone();
                if let Some(job) = core.readers.push(Job { plan: *self, sink, from, done }) {
                    job.run();
                }
            }
        }
    }
}

/// A read that waits for the disk.
pub struct Job {
    plan: DiskPlan,
    sink: Box<dyn Sink>,
    from: usize,
    done: OnRead,
}

impl Job {
    fn run(mut self) {
        let result = self.plan.run(&mut *self.sink, self.from, false).map(|_| ());
        self.plan.finish(self.sink, result, self.done);
    }
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    idle: usize,
    stop: bool,
}

/// Threads that wait for the disk in place of the submitters.
#[derive(Default)]
pub struct ReaderPool {
    jobs: Mutex<Jobs>,
    wake: Condvar,
}

impl ReaderPool {
    /// The job comes back where the readers have ended.
    fn push(&self, job: Job) -> Option<Job> {
        let mut jobs = self.jobs.lock();
        if jobs.stop {
            return Some(job);
        }
        jobs.waiting.push_back(job);
        if jobs.idle > 0 {
            self.wake.notify_one();
        }
        None
    }

    /// The readers end when nothing waits any more.
    pub fn stop(&self) {
        self.jobs.lock().stop = true;
        self.wake.notify_all();
    }

    /// A reader thread.
    pub fn run(&self) {
        crate::commit::mark_engine_thread();
        let mut jobs = self.jobs.lock();
        loop {
            if let Some(job) = jobs.waiting.pop_front() {
                drop(jobs);
                job.run();
                jobs = self.jobs.lock();
                continue;
            }
            if jobs.stop {
                return;
            }
            jobs.idle += 1;
            self.wake.wait(&mut jobs);
            jobs.idle -= 1;
        }
    }
}
