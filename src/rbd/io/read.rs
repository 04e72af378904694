//! Reads: straight from the objects into the caller's buffer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ops::{Durability, Errno, Op, OpEntry, OpFlags, OpOut, Reply, Result, SharedSink, Sink, Wait};
use rados::{IoCtx, Submit};
use smallvec::SmallVec;

use super::gather::Gather;
use super::write::FADVISE;
use crate::image::{Image, View};
use crate::striping::{ObjectExtent, ObjectExtents};

/// A read under way. Close waits until it is dropped.
struct Reading(Arc<Image>);

impl Reading {
    fn start(image: &Arc<Image>) -> Reading {
        image.reads.count.fetch_add(1, Ordering::SeqCst);
        Reading(Arc::clone(image))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let reads = &self.0.reads;
        if reads.count.fetch_sub(1, Ordering::SeqCst) == 1 && reads.closing.load(Ordering::SeqCst) {
            drop(reads.lock.lock());
            reads.idle.notify_all();
        }
    }
}

impl Image {
    pub(crate) fn wait_for_reads(&self) {
        self.reads.closing.store(true, Ordering::SeqCst);
        let mut lock = self.reads.lock.lock();
        while self.reads.count.load(Ordering::SeqCst) > 0 {
            self.reads.idle.wait(&mut lock);
        }
    }

    /// An image whose writes need not be durable yet must not wait for them in its reads.
    pub(crate) fn read_durability(&self) -> Durability {
        if self.settings.cache { Durability::Relaxed } else { Durability::Durable }
    }

    /// Reads image bytes `off..off + len` to the front of `sink`. `done` gets the byte count, which is less
    /// than `len` where the image ends before, or a negative errno: `-EINVAL` where the extent begins past
    /// the end. Bytes never written read as zeroes.
    pub fn aio_read(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        sink: Arc<dyn SharedSink>,
        flags: OpFlags,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        self.read_with(off, len, sink, flags, Wait::Deferred, done);
    }

    /// As [`Image::aio_read`]; with [`Wait::Inline`] the work, and `done`, may be done on this thread.
    pub fn read_with(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        sink: Arc<dyn SharedSink>,
        flags: OpFlags,
        wait: Wait,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        let view = self.view.load();
        let (io, len) = match view.data().and_then(|io| Ok((io, view.clip(off, len)?))) {
            Ok((_, 0)) => return done(0),
            Ok(found) => found,
            Err(error) => return done(error.neg().into()),
        };
        if sink.capacity() < len as usize {
            return done(Errno::EINVAL.neg().into());
        }
        self.touch_access();
        let reading = Reading::start(self);
        let mut extents = ObjectExtents::new();
        self.layout.map(off, len, 0, &mut extents);
        let finish = move |result: Result<()>| {
            drop(reading);
            done(result.map_or_else(|error| error.neg().into(), |()| len as i64));
        };
        if extents.len() == 1 {
            if let Some(extent) = extents.pop() {
                self.read_object(&view, io, extent, sink, flags, wait, finish);
            }
            return;
        }
        let gather = Gather::new(extents.len(), finish);
        let last = extents.len() - 1;
        for (i, extent) in extents.into_iter().enumerate() {
            let gather = Arc::clone(&gather);
            let wait = if i == last { wait } else { Wait::Deferred };
            let part = move |result| gather.part(result);
            self.read_object(&view, io, extent, Arc::clone(&sink), flags, wait, part);
        }
    }

    fn read_object(
        &self,
        view: &View,
        io: &IoCtx,
        extent: ObjectExtent,
        sink: Arc<dyn SharedSink>,
        flags: OpFlags,
        wait: Wait,
        done: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let (off, len, number) = (extent.off, extent.len, extent.object);
        let parts = Parts { sink, pieces: extent.buffer, len: len as usize };
        let rest = parts.clone();
        let (store, pool) = (Arc::clone(io.store()), io.pool());
        // An object that is not there reads as zeroes; in a pool that is not there, nothing does.
        let gone = move |reply: &Reply| {
            reply.result == Errno::ENOENT.neg() && reply.ops.is_empty() && store.pool(pool).is_none()
        };
        let op = OpEntry { op: Op::Read { off, len, into: Some(Box::new(parts)) }, flags: flags & FADVISE };
        let object = self.data_object(number);
        let with = Submit { wait, durability: self.read_durability(), ..Submit::default() };
        let Some(origin) = view.origin.clone() else {
            let read = move |reply| match gone(&reply) {
                true => done(Err(Errno::ENOENT)),
                false => done(rest.complete(reply)),
            };
            return io.submit(object, vec![op], with, Box::new(read));
        };
        let layout = self.layout;
        let read = move |reply: Reply| {
            if gone(&reply) {
                done(Err(Errno::ENOENT));
            } else if reply.result == Errno::ENOENT.neg() {
                origin.read(&layout, number, off, len, Arc::new(rest), Box::new(done));
            } else {
                done(rest.complete(reply));
            }
        };
        io.submit(object, vec![op], with, Box::new(read));
    }
}

/// Where the bytes of one object extent belong in the caller's buffer.
#[derive(Clone)]
struct Parts {
    sink: Arc<dyn SharedSink>,
    pieces: SmallVec<[(u64, u64); 1]>,
    len: usize,
}

impl Parts {
    /// Calls `each` for the pieces of the caller's buffer that `at..at + len` of the object extent make
    /// up: (offset in the buffer, offset from `at`, length).
    fn split(&self, at: usize, len: usize, mut each: impl FnMut(usize, usize, usize)) {
        let end = at + len;
        let mut from = 0;
        for &(buffer, part) in &self.pieces {
            let to = from + part as usize;
            let (begin, stop) = (at.max(from), end.min(to));
            if begin < stop {
                each(buffer as usize + begin - from, begin - at, stop - begin);
            }
            from = to;
            if from >= end {
                break;
            }
        }
    }

    /// Zeroes what the object did not have.
    fn complete(self, reply: Reply) -> Result<()> {
        let got = match Errno::check(reply.result) {
            Ok(_) => match reply.ops.into_iter().next().map(|op| op.out) {
                Some(OpOut::Filled(count)) => count as usize,
                Some(OpOut::Data(data)) => {
                    let count = data.len().min(self.len);
                    self.split(0, count, |to, from, len| {
                        if let Some(part) = data.get(from..from + len) {
                            self.sink.put_at(to, part);
                        }
                    });
                    count
                }
                _ => return Err(Errno::EIO),
            },
            Err(Errno::ENOENT) => 0,
            Err(error) => return Err(error),
        };
        if got < self.len {
            self.split(got, self.len - got, |to, _, len| self.sink.zero_at(to, len));
        }
        Ok(())
    }
}

impl SharedSink for Parts {
    fn capacity(&self) -> usize {
        self.len
    }

    fn put_at(&self, at: usize, bytes: &[u8]) {
        self.split(at, bytes.len(), |to, from, len| {
            if let Some(part) = bytes.get(from..from + len) {
                self.sink.put_at(to, part);
            }
        });
    }

    fn zero_at(&self, at: usize, len: usize) {
        self.split(at, len, |to, _, len| self.sink.zero_at(to, len));
    }

    fn fill_at(&self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        let mut first = None;
        self.split(at, len, |to, _, now| {
            first.get_or_insert((to, now));
        });
        first.map_or(0, |(to, now)| self.sink.fill_at(to, now, read))
    }

    fn memory_at(&self, at: usize, len: usize) -> Option<*mut u8> {
        let mut whole = None;
        self.split(at, len, |to, _, now| whole = (now == len).then_some(to));
        self.sink.memory_at(whole?, len)
    }
}

impl Sink for Parts {
    fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> usize {
        self.fill_at(at, len, read)
    }

    fn capacity(&self) -> usize {
        self.len
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.put_at(at, bytes);
    }

    fn zero(&mut self, at: usize, len: usize) {
        self.zero_at(at, len);
    }

    fn memory(&mut self, at: usize, len: usize) -> Option<*mut u8> {
        self.memory_at(at, len)
    }
}
