//! The messages a client sends and receives: one file per family.

use denc::{BufMut, Bytes, BytesMut, Decode, Encode, Reader};
use smallvec::SmallVec;

pub mod backoff;
#[cfg(any(test, feature = "fuzzing"))]
mod everything;
#[cfg(feature = "fuzzing")]
pub use everything::read_everything;
pub mod command;
pub mod hobject;
pub mod list;
pub mod log;
pub mod mon;
pub mod osd;
pub mod pool_stats;
pub mod service;
pub mod watch;

/// `CEPH_MSG_*` and `MSG_*`.
pub mod kind {
    pub const PING: u16 = 2;
    pub const MON_MAP: u16 = 4;
    pub const STATFS: u16 = 13;
    pub const STATFS_REPLY: u16 = 14;
    pub const MON_SUBSCRIBE: u16 = 15;
    pub const MON_SUBSCRIBE_ACK: u16 = 16;
    pub const AUTH: u16 = 17;
    pub const AUTH_REPLY: u16 = 18;
    pub const MON_GET_VERSION: u16 = 19;
    pub const MON_GET_VERSION_REPLY: u16 = 20;
    pub const OSD_MAP: u16 = 41;
    pub const OSD_OP: u16 = 42;
    pub const OSD_OP_REPLY: u16 = 43;
    pub const WATCH_NOTIFY: u16 = 44;
    pub const POOL_OP_REPLY: u16 = 48;
    pub const POOL_OP: u16 = 49;
    pub const MON_COMMAND: u16 = 50;
    pub const MON_COMMAND_ACK: u16 = 51;
    pub const LOG: u16 = 52;
    pub const GET_POOL_STATS: u16 = 58;
    pub const GET_POOL_STATS_REPLY: u16 = 59;
    pub const OSD_BACKOFF: u16 = 61;
    pub const CONFIG: u16 = 62;
    pub const COMMAND: u16 = 97;
    pub const COMMAND_REPLY: u16 = 98;
    pub const MGR_OPEN: u16 = 0x700;
    pub const MGR_REPORT: u16 = 0x702;
    pub const MGR_MAP: u16 = 0x704;
    pub const MGR_CLOSE: u16 = 0x708;
    pub const MGR_COMMAND: u16 = 0x709;
    pub const MGR_COMMAND_REPLY: u16 = 0x70a;
}

pub const PRIORITY_DEFAULT: u16 = 127;
/// `osd_client_op_priority`.
pub const PRIORITY_OSD_OP: u16 = 63;

/// Pieces of one segment.
pub type Pieces = SmallVec<[Bytes; 2]>;

/// A message to be sent. The sequence number comes with the connection.
#[derive(Clone, Debug)]
pub struct OutMessage {
    pub kind: u16,
    pub version: u16,
    /// The oldest version whose decoder can read it.
    pub compat: u16,
    pub priority: u16,
    pub tid: u64,
    pub front: Bytes,
    pub data: Pieces,
    /// Where in its object the data starts: a hint for the receiver's memory.
    pub data_off: u16,
}

impl OutMessage {
    pub fn new(
        kind: u16,
        (version, compat): (u16, u16),
        tid: u64,
        front: &(impl Encode + ?Sized),
    ) -> OutMessage {
        let front = denc::encode(front);
        OutMessage {
            kind,
            version,
            compat,
            priority: PRIORITY_DEFAULT,
            tid,
            front,
            data: Pieces::new(),
            data_off: 0,
        }
    }

    pub fn with_data(mut self, data: Bytes) -> OutMessage {
        if !data.is_empty() {
            self.data.push(data);
        }
        self
    }
}

/// A message as it came.
#[derive(Clone, Debug)]
pub struct InMessage {
    pub kind: u16,
    pub version: u16,
    pub compat: u16,
    pub tid: u64,
    pub front: Bytes,
    pub data: Bytes,
    /// How many bytes of data are where they belong already, and so not in `data`.
    pub landed: usize,
}

impl InMessage {
    pub fn new(header: &Header, front: Bytes, data: Bytes, landed: usize) -> InMessage {
        let &Header { kind, version, compat, tid, .. } = header;
        InMessage { kind, version, compat, tid, front, data, landed }
    }

    /// Reads the front. `known` is the newest version that the caller understands.
    pub fn read<T>(
        &self,
        known: u16,
        body: impl FnOnce(u16, &mut Reader) -> denc::Result<T>,
    ) -> denc::Result<T> {
        if self.compat > known {
            return Err(denc::DecodeError::TooNew { compat: self.compat as u8, known: known as u8 });
        }
        body(self.version, &mut Reader::new(self.front.clone()))
    }
}

/// `ceph_msg_header2`.
pub struct Header {
    pub seq: u64,
    pub tid: u64,
    pub kind: u16,
    pub priority: u16,
    pub version: u16,
    pub data_off: u16,
    pub ack_seq: u64,
    pub compat: u16,
}

impl Header {
    pub const LEN: usize = 41;

    pub fn bytes(&self) -> [u8; Header::LEN] {
        let mut out = BytesMut::with_capacity(Header::LEN);
        (self.seq, self.tid, self.kind, self.priority, self.version).encode(&mut out);
        // Padding in front of the data, then where the data starts.
        (0_u32, self.data_off, self.ack_seq).encode(&mut out);
        out.put_u8(0);
        (self.compat, 0_u16).encode(&mut out);
        out.as_ref().try_into().unwrap_or([0; Header::LEN])
    }
}

impl Decode for Header {
    const MIN: usize = Header::LEN;

    fn decode(from: &mut Reader) -> denc::Result<Header> {
        let (seq, tid, kind, priority, version) = from.get()?;
        let (_padding, data_off, ack_seq): (u32, u16, u64) = from.get()?;
        let (_flags, compat, _reserved): (u8, u16, u16) = from.get()?;
        Ok(Header { seq, tid, kind, priority, version, data_off, ack_seq, compat })
    }
}

#[cfg(test)]
mod tests;
