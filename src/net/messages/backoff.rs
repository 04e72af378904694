//! An OSD asks not to be sent requests for some objects for a while.

use super::hobject::HObject;
use super::osd::ShardPg;
use super::{InMessage, OutMessage, PRIORITY_OSD_OP, kind};

pub const BLOCK: u8 = 1;
pub const ACK_BLOCK: u8 = 2;
pub const UNBLOCK: u8 = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub pg: ShardPg,
    pub epoch: u32,
    pub op: u8,
    pub id: u64,
    /// From here, inclusive, to `end`, exclusive; both the same: that object.
    pub begin: HObject,
    pub end: HObject,
}
denc::plain!(Backoff { pg: ShardPg, epoch: u32, op: u8, id: u64, begin: HObject, end: HObject });

impl Backoff {
    pub fn read(message: &InMessage) -> denc::Result<Backoff> {
        message.read(1, |_, from| from.get())
    }

    pub fn covers(&self, object: &HObject) -> bool {
        *object >= self.begin && (*object < self.end || *object == self.begin)
    }

    /// The OSD may count on it from now on. It overtakes no request.
    pub fn acknowledge(self) -> OutMessage {
        let ack = Backoff { op: ACK_BLOCK, ..self };
        OutMessage { priority: PRIORITY_OSD_OP, ..OutMessage::new(kind::OSD_BACKOFF, (1, 1), 0, &ack) }
    }
}
