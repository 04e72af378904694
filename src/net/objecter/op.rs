//! A request under way.

use std::sync::Arc;
use std::time::Instant;

use ops::{OnReply, Reply, SnapContext, Timespec};

use super::encode::{Output, output};
use super::target::Target;
use super::throttle::Share;
use crate::messages::OutMessage;
use crate::messages::osd::{OpVector, OsdFlags, OsdOp, OsdOpReply, osd_op};
use crate::session::Landing;

/// Who hears of the answer: in the seam's terms, or of the message itself.
pub enum OnAnswer {
    Reply(Vec<(Output, bool)>, OnReply),
    Raw(Box<dyn FnOnce(Result<OsdOpReply, ops::Errno>) + Send>),
}

pub struct PendingOp {
    /// For life: it tells OSDs which requests they have seen before.
    pub tid: u64,
    pub target: Target,
    pub vector: OpVector,
    pub snap: u64,
    pub snapc: SnapContext,
    pub mtime: Timespec,
    /// How often it was sent.
    pub attempts: i32,
    pub deadline: Option<Instant>,
    pub submitted: Instant,
    /// Fail where the pool is missing in this or a later map.
    pub pool_gone_at: Option<u32>,
    /// Belongs to a watch or notify, which sends another one itself instead of this one again.
    pub linger: Option<u64>,
    /// Of what may be under way at a time; `None`: it does not count.
    pub share: Option<Share>,
    pub done: OnAnswer,
}

impl PendingOp {
    /// The message of its next sending.
    pub fn message(&mut self, epoch: u32) -> OutMessage {
        let mut flags = self.target.flags | OsdFlags::ONDISK | OsdFlags::KNOWN_REDIR;
        if self.attempts > 0 {
            flags |= OsdFlags::RETRY;
        }
        let locator = crate::messages::osd::Locator { pool: self.target.pool, ..self.target.locator.clone() };
        let message = osd_op(&OsdOp {
            tid: self.tid,
            pg: self.target.pg,
            hash: self.target.hash,
            epoch,
            flags,
            mtime: self.mtime,
            locator: &locator,
            name: &self.target.name,
            vector: &self.vector,
            snap: self.snap,
            snapc: &self.snapc,
            attempt: self.attempts,
        });
        self.attempts += 1;
        message
    }

    /// Where the data of its answer belongs.
    pub fn landing(&self, data: usize) -> Option<Box<dyn Landing>> {
        match &self.done {
            OnAnswer::Reply(outputs, _) => match &outputs[..] {
                [(Output::Landing(to), _)] => to.landing(data),
                _ => None,
            },
            OnAnswer::Raw(_) => None,
        }
    }

    pub fn answer(self, reply: OsdOpReply) {
        match self.done {
            OnAnswer::Raw(done) => done(Ok(reply)),
            OnAnswer::Reply(outputs, done) => done(seam_reply(outputs, reply)),
        }
    }

    pub fn fail(self, why: ops::Errno) {
        match self.done {
            OnAnswer::Raw(done) => done(Err(why)),
            OnAnswer::Reply(outputs, done) => {
                // From here on the memory of reads is the caller's again.
                drop(outputs);
                done(Reply::failed(why));
            }
        }
    }
}

fn seam_reply(outputs: Vec<(Output, bool)>, reply: OsdOpReply) -> Reply {
    let mut result = reply.result;
    let mut ops = Vec::with_capacity(outputs.len());
    for ((kind, may_fail), each) in outputs.into_iter().zip(reply.ops) {
        let each = output(kind, each);
        let failed = each.rval < 0 && !may_fail;
        if failed && result >= 0 {
            // An answer that could not be understood.
            result = each.rval;
        }
        ops.push(each);
        if failed {
            break;
        }
    }
    // An OSD that fails a request as a whole says nothing of its operations.
    if result < 0 && !ops.iter().any(|each| each.rval < 0) {
        ops.clear();
    }
    Reply { result, version: reply.version, ops }
}

/// A map and who is where in it, for as long as somebody uses it.
pub type SharedMap = Arc<osdmap::OsdMap>;
