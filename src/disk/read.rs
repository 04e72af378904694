//! Reading: from where a range's bytes come, and getting them, every block checked against its checksum.

use std::cell::RefCell;

use bytes::Bytes;
use ops::{Errno, HeadOr, ObjectRef, Result, Sink};
use pages::AlignedBuf;
use smallvec::SmallVec;

use crate::api::Part;
use crate::catalog::Catalog;
use crate::core::Core;
use crate::object::ObjectState;
use crate::prefetch::{Way, is_large};
use crate::{BLOCK, Phys, broken};

/// The most blocks that are read at once.
const RUN_MAX: usize = 256;

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

impl Segment {
    /// Nothing of it is wanted.
    pub fn is_empty(&self) -> bool {
        match self {
            Segment::Zero { len, .. } | Segment::Disk { len, .. } => *len == 0,
            Segment::Memory { bytes, .. } => bytes.is_empty(),
        }
    }
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

/// Consecutive physical blocks of a part; `off` is the first one's place in it.
struct Stretch<'a> {
    phys: Phys,
    crcs: &'a [u32],
    off: u64,
}

impl Stretch<'_> {
    fn place(&self) -> u64 {
        u64::from(self.phys) * BLOCK as u64
    }

    fn len(&self) -> usize {
        self.crcs.len() * BLOCK
    }

    /// The first block that is not what it should be.
    fn damaged(&self, bytes: &[u8]) -> Option<usize> {
        bytes
            .chunks_exact(BLOCK)
            .zip(self.crcs)
            .position(|(block, &crc)| crc32c::crc32c(block) != crc && !broken::SKIP_BLOCK_CRC)
    }

    /// `-EIO` and a line in the log where a block does not match its checksum.
    fn verify(&self, bytes: &[u8], origin: &Origin<'_>, core: &Core) -> Result<()> {
        let Some(index) = self.damaged(bytes) else { return Ok(()) };
        tracing::error!(
            target: "store",
            "{:?} {}: the block at offset {} does not match its checksum (block {} of the data file)",
            origin.object,
            HeadOr(origin.part),
            self.off + (index * BLOCK) as u64,
            self.phys as usize + index
        );
        core.damaged.lock().insert(origin.object.clone());
        Err(Errno::EIO)
    }
}

/// How to get at a piece of a read.
pub enum Access {
    /// It has been delivered.
    Done,
    Disk(Way),
}

impl Core {
    /// Delivers a piece of a read of `whole` blocks that needs no wait for the disk.
    pub fn fetch_cached(
        &self,
        segment: &Segment,
        whole: u64,
        sink: &mut dyn Sink,
        origin: &Origin<'_>,
    ) -> Result<Access> {
        let (phys, crcs) = match segment {
            Segment::Zero { at, len } => {
                sink.zero(*at, *len);
                return Ok(Access::Done);
            }
            Segment::Memory { at, bytes } => {
                sink.put(*at, bytes);
                return Ok(Access::Done);
            }
            Segment::Disk { phys, crcs, .. } => (u64::from(*phys), crcs.len()),
        };
        let place = phys * BLOCK as u64;
        let (file, count) = (&self.space.file, crcs as u64);
        if file.direct().is_some() && self.history.is_absent(phys, count) {
            return Ok(Access::Disk(self.history.miss(phys, count, whole)));
        }
        let cached = file.is_cached(place, (crcs * BLOCK) as u64);
        cached.into_iter().for_each(|found| self.history.asked(found));
        match cached {
            Some(false) => return Ok(Access::Disk(self.history.miss(phys, count, whole))),
            // So long a copy is no work for the submitter's thread.
            Some(true) if is_large(count) => return Ok(Access::Disk(Way::Cached)),
            Some(true) => self.history.hit(phys, count),
            None => {}
        }
        match self.deliver(segment, sink, origin, &|off, buf| self.space.file.read_cached(off, buf))? {
            true => Ok(Access::Done),
            // Without knowing what is in memory, reading past it would only be slower.
            false => Ok(Access::Disk(Way::Cached)),
        }
    }

    /// Delivers one piece, waiting for the disk where that is needed.
    pub fn fetch(&self, segment: &Segment, sink: &mut dyn Sink, origin: &Origin<'_>) -> Result<()> {
        let whole = match segment {
            Segment::Disk { crcs, .. } => crcs.len() as u64,
            _ => 0,
        };
        match self.fetch_cached(segment, whole, sink, origin)? {
            Access::Done => Ok(()),
            Access::Disk(way) => self.fetch_from_disk(segment, way, sink, origin),
        }
    }

    pub fn fetch_from_disk(
        &self,
        segment: &Segment,
        way: Way,
        sink: &mut dyn Sink,
        origin: &Origin<'_>,
    ) -> Result<()> {
        let file = &self.space.file;
        self.warm(way);
        self.deliver(segment, sink, origin, &|off, buf| {
            if way == Way::Cached { file.read(off, buf) } else { file.read_direct(off, buf) }.map(|()| true)
        })
        .map(|_| ())
    }

    /// What a read of this kind does besides.
    pub fn warm(&self, way: Way) {
        if let Way::Warm(first, count) = way {
            self.space.file.prefetch(first * BLOCK as u64, count * BLOCK as u64);
        }
    }

    /// Delivers a piece that `read` brings, or `Ok(false)` where it does not.
    fn deliver(
        &self,
        segment: &Segment,
        sink: &mut dyn Sink,
        origin: &Origin<'_>,
        read: &dyn Fn(u64, &mut [u8]) -> Result<bool>,
    ) -> Result<bool> {
        let Segment::Disk { at, skip, len, phys, crcs } = segment else { return Err(Errno::EIO) };
        let stretch = Stretch { phys: *phys, crcs, off: origin.off + *at as u64 - *skip as u64 };
        let get = |buf: &mut [u8]| {
            if !read(stretch.place(), buf)? {
                return Ok(false);
            }
            if stretch.damaged(buf).is_some() {
                // The page cache may have kept what a direct write replaced.
                self.space.file.read_direct(stretch.place(), buf)?;
                stretch.verify(buf, origin, self)?;
            }
            Ok(true)
        };
        if *skip == 0
            && *len == stretch.len()
            && let Some(result) = crate::direct::in_memory_of(sink, *at, *len, &get)
        {
            return result;
        }
        SCRATCH.with_borrow_mut(|scratch| {
            if scratch.len() < stretch.len() {
                *scratch = AlignedBuf::dirty(stretch.len().max(16 * BLOCK));
            }
            let buf = scratch.get_mut(..stretch.len()).ok_or(Errno::EIO)?;
            if !get(buf)? {
                return Ok(false);
            }
            sink.put(*at, buf.get(*skip..skip + len).ok_or(Errno::EIO)?);
            Ok(true)
        })
    }

    /// Checks what the disk brought for a piece.
    pub fn verify(&self, segment: &Segment, bytes: &[u8], origin: &Origin<'_>) -> Result<()> {
        let Segment::Disk { at, skip, phys, crcs, .. } = segment else { return Err(Errno::EIO) };
        Stretch { phys: *phys, crcs, off: origin.off + *at as u64 - *skip as u64 }.verify(bytes, origin, self)
    }
}
