//! Every decoder of messages, on one message: for tests of what daemons may send.

use denc::decode;
use denc::entity::EntityAddr;

use super::{InMessage, backoff, command, list, log, mon, osd, pool_stats, watch};

pub fn read_everything(message: &InMessage) {
    let _ = mon::command_ack(message);
    let _ = mon::version(message);
    let _ = mon::pool_op_reply(message);
    let _ = mon::statfs_reply(message);
    let _ = mon::config(message);
    let _ = mon::auth_reply(message);
    let _ = mon::mgr_map(message);
    let _ = mon::osd_maps(message);
    let _ = log::lines(message);
    let _ = pool_stats::pool_stats(message);
    let _ = osd::osd_op_reply(message);
    let _ = backoff::Backoff::read(message);
    let _ = watch::watch_notify(message);
    let _ = watch::notify_reply(message.data.clone());
    let _ = command::reply(message);
    let _ = list::page(message.data.clone());
    let _ = decode::<EntityAddr>(&message.front);
}
