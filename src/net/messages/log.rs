//! Lines of the cluster's log, as monitors send them to who subscribed to it.

use denc::entity::{EntityAddrs, EntityName};
use denc::{Bytes, Decode, DecodeError, Reader};
use ops::{LogEntry, LogLevel};

use super::InMessage;
use super::mon::Fsid;

pub struct LogLines {
    /// Counts the log's changes.
    pub version: u64,
    pub lines: Vec<LogEntry>,
}

pub fn lines(message: &InMessage) -> denc::Result<LogLines> {
    message.read(1, |_, from| {
        let (version, _, _): (u64, i16, u64) = from.get()?;
        let _fsid: Fsid = from.get()?;
        let lines: Vec<Line> = from.get()?;
        Ok(LogLines { version, lines: lines.into_iter().map(|line| line.0).collect() })
    })
}

/// The subscription to lines of that level and those above.
pub fn subscription(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "log-debug",
        LogLevel::Info => "log-info",
        LogLevel::Security => "log-sec",
        LogLevel::Warning => "log-warn",
        LogLevel::Error => "log-error",
    }
}

/// The entry of version 5, which Ceph has had since 14.
struct Line(LogEntry);

impl Decode for Line {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<Line> {
        from.envelope(5, |version, body| {
            if version < 5 {
                return Err(DecodeError::Malformed("version of a log entry"));
            }
            let (kind, id): (u32, Bytes) = body.get()?;
            let rank: EntityName = body.get()?;
            let addrs: EntityAddrs = body.get()?;
            let (stamp, seq) = (body.get()?, body.get()?);
            let level = match body.get::<u16>()? {
                0 => LogLevel::Debug,
                1 => LogLevel::Info,
                2 => LogLevel::Security,
                3 => LogLevel::Warning,
                _ => LogLevel::Error,
            };
            let (text, channel): (Bytes, Bytes) = (body.get()?, body.get()?);
            let readable = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
            let kind = u8::try_from(kind).ok().and_then(EntityName::kind_name).unwrap_or("unknown");
            Ok(Line(LogEntry {
                stamp,
                name: format!("{kind}.{}", readable(&id)),
                rank: rank.to_string(),
                addrs: addrs.to_string(),
                seq,
                level,
                channel: readable(&channel),
                text: readable(&text),
            }))
        })
    }
}
