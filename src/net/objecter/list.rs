//! Listing the objects of a pool, one placement group after the other.

use denc::{Bytes, encode};
use ops::{Cursor, Errno, ListPage, OnResult};

use super::encode::{VectorBuilder, code};
use super::op::OnAnswer;
use super::submit::Objecter;
use super::target::Target;
use crate::messages::hobject::HObject;
use crate::messages::list;
use crate::messages::osd::{Locator, OsdFlags};

impl Objecter {
    pub fn list(&self, pool: i64, nspace: Option<Bytes>, from: Cursor, max: usize, done: OnResult<ListPage>) {
        let start = HObject::at(pool, &from);
        if start.max {
            return done(Ok(ListPage { entries: Vec::new(), next: Cursor::End }));
        }
        let epoch = self.core.read().epoch();
        let mut vector = VectorBuilder::default();
        vector.op(code::PGNLS, 0, &(max as u64, epoch), [encode(&start)]);
        let locator = Locator {
            pool,
            key: Bytes::new(),
            nspace: nspace.unwrap_or(Bytes::from_static(list::ALL_NAMESPACES)),
            hash: Some(start.hash),
        };
        let flags = OsdFlags::READ | OsdFlags::PGOP | OsdFlags::IGNORE_OVERLAY;
        let answer = move |answer: ops::Result<crate::messages::osd::OsdOpReply>| {
            done(answer.and_then(|reply| {
                Errno::check(reply.result)?;
                let data = reply.ops.into_iter().next().ok_or(Errno::EIO)?.data;
                Ok(list::page(data)?)
            }));
        };
        let mut op = self.new_op(Target::new(locator, Bytes::new(), flags), OnAnswer::Raw(Box::new(answer)));
        op.vector = vector.finish();
        self.submit_op(op);
    }
}
