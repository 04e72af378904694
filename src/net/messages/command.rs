//! Commands to OSDs and managers.

use denc::Bytes;

use super::mon::Fsid;
use super::{InMessage, OutMessage, kind};

/// To an OSD; to a manager of Ceph 15 and later as [`kind::MGR_COMMAND`].
pub fn command(kind: u16, fsid: Fsid, tid: u64, command: &[String], input: Bytes) -> OutMessage {
    OutMessage::new(kind, (1, 1), tid, &(fsid, command)).with_data(input)
}

/// Result and status line; the output is the message's data.
pub fn reply(message: &InMessage) -> denc::Result<(i32, String)> {
    message.read(1, |_, from| {
        let result = from.get()?;
        let status: Bytes = from.get()?;
        Ok((result, String::from_utf8_lossy(&status).into_owned()))
    })
}

pub fn is_reply(message: &InMessage) -> bool {
    matches!(message.kind, kind::COMMAND_REPLY | kind::MGR_COMMAND_REPLY)
}
