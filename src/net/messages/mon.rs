//! Messages between a client and the monitors.

use std::collections::BTreeMap;

use denc::entity::EntityAddrs;
use denc::{BufMut, Bytes, BytesMut, Decode, Encode, Reader, plain};
use ops::ClusterStat;

use super::{InMessage, OutMessage, kind};

/// The id of a cluster, 16 bytes without a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fsid(pub [u8; 16]);

impl Encode for Fsid {
    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(&self.0);
    }
}

impl Decode for Fsid {
    const MIN: usize = 16;

    fn decode(from: &mut Reader) -> denc::Result<Fsid> {
        from.array().map(Fsid)
    }
}

/// `8-4-4-4-12` hexadecimal digits.
impl std::fmt::Display for Fsid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// In front of what monitors keep by consensus: a version, and a session that no one looks at any more.
const PAXOS: (u64, i16, u64) = (0, -1, 0);

/// Skips that prefix in what monitors send.
fn skip_paxos(from: &mut Reader) -> denc::Result<()> {
    from.get::<(u64, i16, u64)>().map(|_| ())
}

/// What a client wants to hear of, from which epoch on; flag 1: only once.
pub type Subscriptions = BTreeMap<String, (u64, u8)>;

pub fn subscribe(what: &Subscriptions, hostname: &str) -> OutMessage {
    let what: BTreeMap<&str, (u64, u8)> = what.iter().map(|(name, want)| (name.as_str(), *want)).collect();
    OutMessage::new(kind::MON_SUBSCRIBE, (3, 1), 0, &(what, hostname))
}

pub fn command(fsid: Fsid, tid: u64, command: &[String], input: Bytes) -> OutMessage {
    OutMessage::new(kind::MON_COMMAND, (1, 1), tid, &(PAXOS, fsid, command)).with_data(input)
}

/// Result and status line; the output is the message's data.
pub fn command_ack(message: &InMessage) -> denc::Result<(i32, String)> {
    message.read(1, |_, from| {
        skip_paxos(from)?;
        let result = from.get()?;
        let status: Bytes = from.get()?;
        Ok((result, String::from_utf8_lossy(&status).into_owned()))
    })
}

/// Asks a monitor for its state, whatever that is.
pub fn ping() -> OutMessage {
    OutMessage::new(kind::PING, (1, 1), 0, &())
}

/// JSON.
pub fn ping_reply(message: &InMessage) -> denc::Result<Bytes> {
    message.read(1, |_, from| from.get())
}

pub fn get_version(handle: u64, what: &str) -> OutMessage {
    OutMessage::new(kind::MON_GET_VERSION, (1, 1), handle, &(handle, what))
}

pub struct Version {
    pub handle: u64,
    pub newest: u64,
}

pub fn version(message: &InMessage) -> denc::Result<Version> {
    message.read(2, |_, from| Ok(Version { handle: from.get()?, newest: from.get()? }))
}

/// `POOL_OP_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum PoolOp {
    Create = 0x01,
    Delete = 0x02,
    CreateSnap = 0x11,
    DeleteSnap = 0x12,
    CreateUnmanagedSnap = 0x21,
    DeleteUnmanagedSnap = 0x22,
}

pub fn pool_op(
    fsid: Fsid,
    tid: u64,
    pool: u32,
    op: PoolOp,
    snap: u64,
    name: &str,
    crush_rule: i16,
) -> OutMessage {
    let auid = 0_u64;
    let mut front = BytesMut::new();
    (PAXOS, fsid, pool, op as u32, auid, snap).encode(&mut front);
    (name, 0_u8, crush_rule).encode(&mut front);
    OutMessage { front: front.freeze(), ..OutMessage::new(kind::POOL_OP, (4, 2), tid, &()) }
}

pub struct PoolOpReply {
    pub result: i32,
    /// The map in which it has taken effect.
    pub epoch: u32,
    pub data: Option<Bytes>,
}

pub fn pool_op_reply(message: &InMessage) -> denc::Result<PoolOpReply> {
    message.read(1, |_, from| {
        skip_paxos(from)?;
        let _fsid: Fsid = from.get()?;
        let (result, epoch) = from.get()?;
        Ok(PoolOpReply { result, epoch, data: from.get()? })
    })
}

/// Of one pool, or of the cluster.
pub fn statfs(fsid: Fsid, tid: u64, pool: Option<i64>) -> OutMessage {
    OutMessage::new(kind::STATFS, (2, 1), tid, &(PAXOS, fsid, pool))
}

pub fn statfs_reply(message: &InMessage) -> denc::Result<ClusterStat> {
    message.read(1, |_, from| {
        let (_fsid, _version): (Fsid, u64) = from.get()?;
        let (kb, kb_used, kb_avail, num_objects) = from.get()?;
        Ok(ClusterStat { kb, kb_used, kb_avail, num_objects })
    })
}

pub fn get_pool_stats(fsid: Fsid, tid: u64, pools: &[String]) -> OutMessage {
    OutMessage::new(kind::GET_POOL_STATS, (1, 1), tid, &(PAXOS, fsid, pools))
}

pub fn config(message: &InMessage) -> denc::Result<BTreeMap<String, String>> {
    message.read(1, |_, from| from.get())
}

/// A new request for tickets within a session.
pub fn auth(payload: Bytes) -> OutMessage {
    let cephx = 2_u32;
    OutMessage::new(kind::AUTH, (1, 1), 0, &(PAXOS, cephx, payload, 0_u32))
}

pub struct AuthReply {
    pub result: i32,
    pub payload: Bytes,
}

pub fn auth_reply(message: &InMessage) -> denc::Result<AuthReply> {
    message.read(1, |_, from| {
        let _protocol: u32 = from.get()?;
        let result = from.get()?;
        let _global_id: u64 = from.get()?;
        Ok(AuthReply { result, payload: from.get()? })
    })
}

/// Which manager serves.
#[derive(Clone, Debug, Default)]
pub struct MgrMap {
    pub epoch: u32,
    pub addrs: EntityAddrs,
    pub available: bool,
}

pub fn mgr_map(message: &InMessage) -> denc::Result<MgrMap> {
    message.read(1, |_, from| {
        from.envelope(u8::MAX, |_, body| {
            let (epoch, addrs) = (body.get()?, body.get()?);
            let _gid: u64 = body.get()?;
            Ok(MgrMap { epoch, addrs, available: body.get()? })
        })
    })
}

/// Maps of the OSDs: increments and whole ones, by epoch.
pub struct OsdMaps {
    pub fsid: Fsid,
    pub incremental: BTreeMap<u32, Bytes>,
    pub full: BTreeMap<u32, Bytes>,
    pub oldest: u32,
    pub newest: u32,
}
plain!(OsdMaps {
    fsid: Fsid,
    incremental: BTreeMap<u32, Bytes>,
    full: BTreeMap<u32, Bytes>,
    oldest: u32,
    newest: u32,
});

pub fn osd_maps(message: &InMessage) -> denc::Result<OsdMaps> {
    message.read(4, |_, from| from.get())
}
