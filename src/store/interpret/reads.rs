//! Operations that read data and what is known about it.

use disk::{Part, ReadPlan};
use ops::{CloneInfo, Op, OpOut, OpReply, Result, SNAP_HEAD, Sink, SnapSetInfo, VecSink};

use bytes::{Bytes, BytesMut};

use super::Run;

/// A read that waits for the hold on its object to end.
pub struct Deferred {
    pub plan: Box<dyn ReadPlan>,
    pub sink: Box<dyn Sink>,
    pub shape: Shape,
}

/// What becomes of the bytes.
pub enum Shape {
    /// They are in the caller's memory.
    Filled,
    /// They go into the reply.
    Data,
    /// They go into the reply with a map of where they were.
    Sparse(Vec<(u64, u64)>),
}

impl Shape {
    pub fn reply(self, mut sink: Box<dyn Sink>, delivered: u64) -> OpReply {
        let out = match self {
            Shape::Filled => OpOut::Filled(delivered),
            Shape::Data => OpOut::Data(sink.take(delivered as usize)),
            Shape::Sparse(extents) => {
                let len = extents.iter().map(|&(_, len)| len as usize).sum();
                OpOut::Sparse { extents, data: sink.take(len) }
            }
        };
        OpReply { rval: 0, out }
    }
}

impl Run<'_> {
    /// Where a read begins and how long it is within the object; length 0 asks for all of it.
    fn clip(&self, off: u64, len: u64) -> Result<u64> {
        let size = self.size()?;
        let len = if len == 0 { size } else { len };
        Ok(len.min(size.saturating_sub(off)))
    }

    pub(super) fn read_now(&mut self, off: u64, len: u64, into: Option<Box<dyn Sink>>) -> Result<OpOut> {
        let len = self.clip(off, len)?;
        self.read_bytes += len;
        let Some(part) = self.part.filter(|_| len > 0) else {
            return Ok(if into.is_some() { OpOut::Filled(0) } else { OpOut::Data(Bytes::new()) });
        };
        match into {
            Some(mut sink) => self.tx.read(part, off, len, &mut *sink).map(OpOut::Filled),
            None => self.bytes(part, off, len).map(OpOut::Data),
        }
    }

    /// `len` bytes that lie within the part.
    pub(super) fn bytes(&self, part: Part, off: u64, len: u64) -> Result<Bytes> {
        let mut sink = VecSink::new(len as usize);
        let delivered = self.tx.read(part, off, len, &mut sink)?;
        Ok(sink.into_bytes(delivered as usize))
    }

    pub(super) fn sparse_read(&mut self, off: u64, len: u64) -> Result<OpOut> {
        let part = self.here()?;
        let extents = self.tx.extents(part, off, len)?;
        let mut data = BytesMut::with_capacity(extents.iter().map(|&(_, len)| len as usize).sum());
        for &(at, len) in &extents {
            data.extend_from_slice(&self.bytes(part, at, len)?);
        }
        self.read_bytes += data.len() as u64;
        Ok(OpOut::Sparse { extents, data: data.freeze() })
    }

    /// The request's last op, where it reads data: answered at once where there is nothing to read,
    /// else to be done when the hold has ended.
    pub fn read_last(&mut self, op: Op) -> Result<std::result::Result<Deferred, OpReply>> {
        let part = self.here()?;
        match op {
            Op::Read { off, len, into } => {
                let len = self.clip(off, len)?;
                self.read_bytes += len;
                if len == 0 {
                    let out = if into.is_some() { OpOut::Filled(0) } else { OpOut::Data(Bytes::new()) };
                    return Ok(Err(OpReply { rval: 0, out }));
                }
                let (sink, shape) = match into {
                    Some(sink) => (sink, Shape::Filled),
                    None => (Box::new(VecSink::new(len as usize)) as Box<dyn Sink>, Shape::Data),
                };
                Ok(Ok(Deferred { plan: self.tx.read_later(part, off, len)?, sink, shape }))
            }
            Op::SparseRead { off, len } => {
                let extents = self.tx.extents(part, off, len)?;
                let (Some(&(first, _)), Some(&(last, last_len))) = (extents.first(), extents.last()) else {
                    return Ok(Err(OpReply { rval: 0, out: OpOut::Sparse { extents, data: Bytes::new() } }));
                };
                let span = last + last_len - first;
                self.read_bytes += span;
                let plan = self.tx.read_later(part, first, span)?;
                let sink = Box::new(PackedSink::new(first, span as usize, &extents));
                Ok(Ok(Deferred { plan, sink, shape: Shape::Sparse(extents) }))
            }
            _ => Err(ops::Errno::EOPNOTSUPP),
        }
    }

    pub(super) fn stat(&self) -> Result<OpOut> {
        let part = self.here()?;
        Ok(OpOut::Stat { size: self.tx.size(part)?, mtime: self.tx.info(part)?.mtime })
    }

    pub(super) fn list_snaps(&mut self) -> Result<OpOut> {
        let head = match self.part {
            Some(disk::HEAD) => Some(self.tx.size(disk::HEAD)?),
            _ => None,
        };
        let set = self.load_snapset()?;
        let mut clones: Vec<_> = set
            .clones
            .into_iter()
            .map(|clone| CloneInfo {
                id: clone.id,
                snaps: clone.snaps.into_iter().rev().collect(),
                overlap: clone.overlap.ranges().to_vec(),
                size: clone.size,
            })
            .collect();
        if let Some(size) = head {
            clones.push(CloneInfo { id: SNAP_HEAD, snaps: Vec::new(), overlap: Vec::new(), size });
        }
        Ok(OpOut::Snaps(SnapSetInfo { seq: set.seq, clones }))
    }

    pub(super) fn list_watchers(&self) -> Result<OpOut> {
        self.here()?;
        Ok(OpOut::Watchers(self.client.store().watches().of(self.tx.object())))
    }
}

/// Takes a span of an object and keeps only the extents that hold data, one after the other.
struct PackedSink {
    /// (offset within the span, length, offset in `packed`), ascending.
    extents: Vec<(usize, usize, usize)>,
    span: usize,
    packed: BytesMut,
}

impl PackedSink {
    fn new(first: u64, span: usize, extents: &[(u64, u64)]) -> PackedSink {
        let mut at = 0;
        let place = |&(off, len): &(u64, u64)| {
            let placed = ((off - first) as usize, len as usize, at);
            at += len as usize;
            placed
        };
        let extents: Vec<_> = extents.iter().map(place).collect();
        PackedSink { extents, span, packed: BytesMut::zeroed(at) }
    }

    /// Calls `each` with the piece of `packed` and of the given range for every extent they meet in.
    fn meet(&mut self, at: usize, len: usize, mut each: impl FnMut(&mut [u8], std::ops::Range<usize>)) {
        let first = self.extents.partition_point(|&(off, size, _)| off + size <= at);
        for &(off, size, packed_at) in self.extents.iter().skip(first) {
            let (from, to) = (off.max(at), (off + size).min(at + len));
            if from >= to {
                break;
            }
            let place = packed_at + (from - off)..packed_at + (to - off);
            if let Some(piece) = self.packed.get_mut(place) {
                each(piece, from - at..to - at);
            }
        }
    }
}

impl Sink for PackedSink {
    fn capacity(&self) -> usize {
        self.span
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.meet(at, bytes.len(), |piece, range| piece.copy_from_slice(&bytes[range]));
    }

    fn zero(&mut self, at: usize, len: usize) {
        self.meet(at, len, |piece, _| piece.fill(0));
    }

    fn take(&mut self, len: usize) -> Bytes {
        let mut bytes = std::mem::take(&mut self.packed);
        bytes.truncate(len);
        bytes.freeze()
    }
}
