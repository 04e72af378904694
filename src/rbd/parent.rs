//! What a clone sees of the snapshot it was made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use cls::rbd::{client as class, data_runs};
use ops::{Op, OpFlags, Result, SharedSink, Wait};
use parking_lot::Mutex;
use rados::IoCtx;
use smallvec::SmallVec;

use crate::header::{Header, text};
use crate::image::Image;
use crate::io::{Gather, Memory};
use crate::open::{ImageRef, OpenSpec, SnapRef};
use crate::replicas::ReplicaReads;
use crate::settings::Settings;
use crate::striping::Layout;

/// The parent, opened at the snapshot, and how much of it is visible.
#[derive(Clone)]
pub(crate) struct Origin {
    pub image: Arc<Image>,
    /// In bytes from the image's beginning.
    pub overlap: u64,
}

/// Boxed, because a chain of clones is a chain of reads.
type Done = Box<dyn FnOnce(Result<()>) + Send>;

/// Opens the parent that a header names, unless it is open already.
pub(crate) fn open_parent(
    io: &IoCtx,
    settings: &Settings,
    replicas: ReplicaReads,
    header: &Header,
    before: Option<&Arc<Image>>,
) -> Result<Option<Arc<Image>>> {
    let Some(parent) = &header.parent else { return Ok(None) };
    let spec = &parent.spec;
    let same = |image: &&Arc<Image>| {
        let view = image.view.load();
        (image.io.pool(), image.io.namespace(), image.id.as_bytes(), view.snap)
            == (spec.pool, &spec.nspace, &spec.image_id[..], spec.snap)
            && image.reads_for_child == replicas.of_parents()
    };
    if let Some(image) = before.filter(same) {
        return Ok(Some(Arc::clone(image)));
    }
    let io = io.with_pool(spec.pool)?.with_namespace(spec.nspace.clone());
    let open =
        OpenSpec { image: ImageRef::Id(text(&spec.image_id)), snap: SnapRef::Id(spec.snap), read_only: true };
    Image::open_for(&io, &open, settings, replicas.of_parents()).map(Some)
}

impl Origin {
    /// The image extents of an object's extent that the parent covers: a prefix of it.
    fn visible(&self, layout: &Layout, object: u64, off: u64, len: u64) -> SmallVec<[(u64, u64); 1]> {
        let mut extents = layout.unmap(object, off, len);
        extents.retain(|extent| {
            extent.1 = extent.1.min(self.overlap.saturating_sub(extent.0));
            extent.1 > 0
        });
        extents
    }

    /// How many bytes of an object the parent covers.
    pub fn object_overlap(&self, layout: &Layout, object: u64) -> u64 {
        self.visible(layout, object, 0, layout.object_size).iter().map(|extent| extent.1).sum()
    }

    /// Reads what the parent has of an object extent into the front of `sink`, and zeroes the rest.
    pub fn read(
        &self,
        layout: &Layout,
        object: u64,
        off: u64,
        len: u64,
        sink: Arc<dyn SharedSink>,
        done: Done,
    ) {
        let extents = self.visible(layout, object, off, len);
        let covered: u64 = extents.iter().map(|extent| extent.1).sum();
        if covered < len {
            sink.zero_at(covered as usize, (len - covered) as usize);
        }
        if extents.is_empty() {
            return done(Ok(()));
        }
        let gather = Gather::new(extents.len(), done);
        let mut base = 0;
        for (image_off, part) in extents {
            let window = Window { sink: Arc::clone(&sink), base, len: part as usize };
            base += part as usize;
            let (gather, rest) = (Arc::clone(&gather), Arc::new(window));
            let into: Arc<dyn SharedSink> = Arc::clone(&rest) as _;
            let finish = move |result: i64| {
                if result >= 0 && (result as usize) < rest.len {
                    rest.zero_at(result as usize, rest.len - result as usize);
                }
                gather.part(if result < 0 { Err(ops::Errno(-result as i32)) } else { Ok(()) });
            };
            self.image.read_with(image_off, part, into, OpFlags::empty(), Wait::Deferred, finish);
        }
    }

    /// Reads all that the parent has of an object. `done` gets nothing where that is zeroes.
    pub fn read_object(
        &self,
        layout: &Layout,
        object: u64,
        done: impl FnOnce(Result<Option<Sparse>>) + Send + 'static,
    ) {
        let len = self.object_overlap(layout, object);
        let memory = Arc::new(Memory(Mutex::new(vec![0; len as usize])));
        let buffer = Arc::clone(&memory);
        let finish = move |result: Result<()>| {
            let data = std::mem::take(&mut *buffer.0.lock());
            done(result.map(|()| Sparse::of(data.into())));
        };
        self.read(layout, object, 0, len, memory, Box::new(finish));
    }
}

/// What an object's data is without its runs of zeroes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sparse {
    /// Offset and length.
    extents: BTreeMap<u64, u64>,
    /// Of all of them, one after the other.
    data: Bytes,
}

impl Sparse {
    /// What OSDs allocate by.
    const STEP: usize = 4096;

    /// `None`: there are only zeroes.
    fn of(data: Bytes) -> Option<Sparse> {
        let runs = data_runs(&data, Self::STEP);
        let extents = runs.iter().map(|run| (run.start as u64, run.len() as u64)).collect();
        let data = match &runs[..] {
            [] => return None,
            [run] => data.slice(run.clone()),
            runs => {
                let mut all = BytesMut::with_capacity(runs.iter().map(|run| run.len()).sum());
                runs.iter().for_each(|run| all.extend_from_slice(&data[run.clone()]));
                all.freeze()
            }
        };
        Some(Sparse { extents, data })
    }

    /// Writes it to an object that does not exist yet.
    pub fn copyup(self) -> Op {
        match self.extents.first_key_value() {
            Some((0, len)) if *len == self.data.len() as u64 => class::copyup(self.data).op(),
            _ => class::sparse_copyup(&self.extents, &self.data).op(),
        }
    }
}

/// A part of a sink.
struct Window {
    sink: Arc<dyn SharedSink>,
    base: usize,
    len: usize,
}

impl SharedSink for Window {
    fn capacity(&self) -> usize {
        self.len
    }

    fn put_at(&self, at: usize, bytes: &[u8]) {
        self.sink.put_at(self.base + at, bytes);
    }

    fn zero_at(&self, at: usize, len: usize) {
        self.sink.zero_at(self.base + at, len);
    }

    fn memory_at(&self, at: usize, len: usize) -> Option<*mut u8> {
        self.sink.memory_at(self.base + at, len)
    }

    fn fill_at(&self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        self.sink.fill_at(self.base + at, len, read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeroes_are_left_out() {
        let mut data = vec![0; 3 * Sparse::STEP];
        assert_eq!(Sparse::of(data.clone().into()), None);
        data[2 * Sparse::STEP] = 1;
        let last = Sparse::of(data.clone().into()).expect("a byte");
        assert_eq!(last.extents, BTreeMap::from([(2 * 4096, 4096)]));
        assert_eq!(last.data[..], data[2 * Sparse::STEP..]);
        data[0] = 2;
        let both = Sparse::of(data.clone().into()).expect("two bytes");
        assert_eq!(both.extents, BTreeMap::from([(0, 4096), (2 * 4096, 4096)]));
        assert_eq!(both.data[..], [&data[..Sparse::STEP], &data[2 * Sparse::STEP..]].concat());
    }

    #[test]
    fn a_part_of_a_sink_is_filled_where_it_lies() {
        let whole = Arc::new(Memory(Mutex::new(vec![0; 6])));
        let part = Window { sink: Arc::clone(&whole) as _, base: 2, len: 4 };
        let got = part.fill_at(1, 3, &mut |memory| {
            memory.fill(7);
            memory.len()
        });
        assert_eq!((got, &whole.0.lock()[..]), (3, &[0, 0, 0, 7, 7, 7][..]));
    }
}
