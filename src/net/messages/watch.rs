//! What OSDs tell watchers and notifiers.

use std::collections::BTreeMap;

use denc::{Bytes, Reader};
use ops::{NotifyAck, NotifyReply};

use super::InMessage;

/// `CEPH_WATCH_EVENT_*`
pub const NOTIFY: u8 = 1;
pub const COMPLETE: u8 = 2;
pub const DISCONNECT: u8 = 3;

pub struct WatchNotify {
    pub event: u8,
    pub cookie: u64,
    pub notify_id: u64,
    pub payload: Bytes,
    /// With the last event of a notify: who answered.
    pub answers: Bytes,
    pub result: i32,
    pub notifier: u64,
}

pub fn watch_notify(message: &InMessage) -> denc::Result<WatchNotify> {
    message.read(3, |version, from| {
        let (_version, event, cookie, _object_version): (u8, u8, u64, u64) = from.get()?;
        let (notify_id, payload) = from.get()?;
        let result = if version >= 2 { from.get()? } else { 0 };
        let notifier = if version >= 3 { from.get()? } else { 0 };
        Ok(WatchNotify { event, cookie, notify_id, payload, answers: message.data.clone(), result, notifier })
    })
}

/// Who answered a notify, and who did not.
pub fn notify_reply(payload: Bytes) -> denc::Result<NotifyReply> {
    let mut from = Reader::new(payload);
    let acks: BTreeMap<(u64, u64), Bytes> = from.get()?;
    let timed_out = from.get()?;
    let acks = acks.into_iter().map(|((client, watch), payload)| NotifyAck { client, watch, payload });
    Ok(NotifyReply { acks: acks.collect(), timed_out })
}
