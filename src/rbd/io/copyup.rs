//! Writes to a clone's objects. The first change of an object that only the parent has brings the parent's
//! bytes along.

use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, Op, OpEntry, OpFlags, OpReply, Reply, Result, SnapContext};
use rados::{IoCtx, Submit};

use crate::image::Image;
use crate::parent::{Origin, Sparse};

/// One object's change, kept until it is known whether the object exists.
pub(crate) struct Guarded {
    pub io: IoCtx,
    pub object: u64,
    pub name: Bytes,
    pub origin: Origin,
    pub flags: OpFlags,
    pub with: Submit,
}

impl Guarded {
    /// Sends the ops that `ops` makes, after the parent's bytes where the object does not exist. `done`
    /// gets the reply without the ops that this adds.
    pub fn send(
        self,
        image: &Arc<Image>,
        ops: impl Fn() -> Vec<Op> + Send + 'static,
        done: impl FnOnce(Reply) + Send + 'static,
    ) {
        let mut guarded = vec![OpEntry::from(Op::AssertExists)];
        guarded.extend(entries(ops(), self.flags));
        let (io, name, with) = (self.io.clone(), self.name.clone(), self.with);
        let image = Arc::clone(image);
        let checked = move |reply: Reply| {
            if reply.result == Errno::ENOENT.neg() {
                self.copy_up(&image, ops, done);
            } else {
                done(without(reply, 1));
            }
        };
        io.submit(name, guarded, with, Box::new(checked));
    }

    fn copy_up(
        self,
        image: &Arc<Image>,
        ops: impl Fn() -> Vec<Op> + Send + 'static,
        done: impl FnOnce(Reply) + Send + 'static,
    ) {
        let layout = image.layout;
        let (origin, object, image) = (self.origin.clone(), self.object, Arc::clone(image));
        origin.read_object(&layout, object, move |data| {
            let data = match data {
                Ok(data) => data,
                Err(error) => return done(Reply::failed(error)),
            };
            let Some(data) = data else { return self.finish(Vec::new(), ops(), done) };
            let announced = Arc::clone(&image);
            announced.expect_copy_up(object, move |expected| match expected {
                Ok(()) => self.bring(data, ops, done),
                Err(error) => done(Reply::failed(error)),
            });
        });
    }

    fn bring(
        self,
        data: Sparse,
        ops: impl Fn() -> Vec<Op> + Send + 'static,
        done: impl FnOnce(Reply) + Send + 'static,
    ) {
        if self.io.snap_context().snaps.is_empty() {
            return self.finish(vec![data.copyup()], ops(), done);
        }
        // The snapshots of the clone see the parent's bytes too: they go into the object before the
        // change makes a copy for the snapshots.
        let before = self.io.with_snap_context(SnapContext::default());
        let (name, with) = (self.name.clone(), self.with);
        let copied = move |reply: Reply| match Errno::check(reply.result) {
            Ok(_) => self.finish(Vec::new(), ops(), done),
            Err(error) => done(Reply::failed(error)),
        };
        before.submit(name, vec![data.copyup().into()], with, Box::new(copied));
    }

    fn finish(self, first: Vec<Op>, ops: Vec<Op>, done: impl FnOnce(Reply) + Send + 'static) {
        let added = first.len();
        let mut all: Vec<OpEntry> = first.into_iter().map(OpEntry::from).collect();
        all.extend(entries(ops, self.flags));
        if all.is_empty() {
            return done(Reply::default());
        }
        self.io.submit(self.name, all, self.with, Box::new(move |reply| done(without(reply, added))));
    }
}

fn entries(ops: Vec<Op>, flags: OpFlags) -> impl Iterator<Item = OpEntry> {
    ops.into_iter().map(move |op| OpEntry { op, flags })
}

fn without(mut reply: Reply, added: usize) -> Reply {
    let _: Vec<OpReply> = reply.ops.drain(..added.min(reply.ops.len())).collect();
    reply
}

impl Image {
    /// Brings the parent's bytes into an object that does not exist yet.
    pub(crate) fn copy_up_object(
        self: &Arc<Self>,
        io: &IoCtx,
        origin: &Origin,
        object: u64,
        done: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let guarded = Guarded {
            io: io.clone(),
            object,
            name: self.data_object(object),
            origin: origin.clone(),
            flags: OpFlags::empty(),
            with: Submit::default(),
        };
        guarded.send(self, Vec::new, move |reply| done(Errno::check(reply.result).map(drop)));
    }
}
