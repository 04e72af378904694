//! A monitor that behaves, and OSDs that do as they are told.

use std::collections::BTreeMap;
use std::io::Result;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Encode, Reader, encode, envelope};
use ops::ObjectStore;
use osdmap::Pg;

use super::map_bytes::{MapBytes, PoolBytes};
use super::{Impostor, Post, front, options};
use crate::auth::kind;
use crate::messages::mon::Fsid;
use crate::messages::osd::{Locator, OsdFlags, ShardPg, WIRE_OP};
use crate::messages::{InMessage, kind as message};
use crate::{Options, connect};

/// Of the one group of the one pool.
pub const POOL: i64 = 1;
const EPOCH: u32 = 7;
const FSID: Fsid = Fsid([0x11; 16]);

/// A cluster with a pool of one placement group, on all of its OSDs.
pub struct Cluster {
    pub store: Arc<dyn ObjectStore>,
    mon: Post,
    pub osds: Vec<Post>,
}

impl Cluster {
    /// With monitors that behave.
    pub fn new(
        count: usize,
        change: impl FnOnce(&mut Options),
        behave: impl Fn(usize, &mut Impostor) -> Result<()> + Clone + Send + 'static,
    ) -> Cluster {
        Cluster::with_monitor(count, change, behave, |_, _| Ok(true))
    }

    /// `change` sees the options before the client connects; `behave` is one connection of an OSD, of that number, from where
    /// messages flow; `asked` is called before a monitor tells the newest version of a map, and says whether it is to go on as
    /// it should.
    pub fn with_monitor(
        count: usize,
        change: impl FnOnce(&mut Options),
        behave: impl Fn(usize, &mut Impostor) -> Result<()> + Clone + Send + 'static,
        asked: impl Fn(&mut Impostor, u64) -> Result<bool> + Clone + Send + 'static,
    ) -> Cluster {
        let osds: Vec<_> = (0..count)
            .map(|osd| {
                let behave = behave.clone();
                Post::new(kind::OSD, move |mut peer, _| {
                    peer.handshake()?;
                    behave(osd, &mut peer)
                })
            })
            .collect();
        let map = map(osds.iter().map(|osd| osd.port));
        let mon = Post::new(kind::MON, move |mut peer, _| {
            peer.handshake()?;
            serve(&mut peer, &map, &asked)
        });
        let mut options = options(mon.port);
        options.client_mount_timeout = Duration::from_secs(20);
        change(&mut options);
        let store = connect(|| options.clone(), Box::new(|_| ())).expect("a client of this cluster");
        Cluster { store, mon, osds }
    }

    pub fn end(self) {
        self.store.shutdown();
        drop(self.store);
        self.osds.into_iter().for_each(Post::end);
        self.mon.end();
    }
}

fn addr(port: u16) -> EntityAddr {
    EntityAddr::new(EntityAddr::MSGR2, ([127, 0, 0, 1], port).into(), 0)
}

pub fn map(ports: impl Iterator<Item = u16>) -> Bytes {
    let addrs: Vec<_> = ports.map(addr).collect();
    let (count, exists_and_up) = (addrs.len(), 3);
    let pool =
        PoolBytes { kind: 1, size: count as u8, rule: 0, pg_num: 1, pgp_num: 1, flags: 1, nonprimary: 0 };
    let mut map = MapBytes {
        release: 16,
        crush: encode(&(0x0001_0000_u32, (0_u32, 0_u32, 0_u32), (0_u32, 0_u32, 0_u32))),
        states: vec![exists_and_up; count],
        weights: vec![0x1_0000; count],
        addrs,
        ..MapBytes::default()
    };
    map.pools.push((POOL, pool));
    // Who serves it is said by exception: there is no CRUSH rule.
    map.pg_temp.insert(Pg::new(POOL, 0), (0..count as i32).collect());
    map.encode()
}

fn mon_map(port: u16) -> Bytes {
    let mut out = BytesMut::new();
    envelope(&mut out, 7, 6, |out| {
        (FSID, 1_u32, 0_u64, 0_u64).encode(out);
        for _ in 0..2 {
            envelope(out, 1, 1, |out| out.put_u64_le(0));
        }
        out.put_u32_le(1);
        "a".encode(out);
        envelope(out, 2, 1, |out| ("a", EntityAddrs(vec![addr(port)])).encode(out));
        vec!["a"].encode(out);
    });
    out.freeze()
}

/// What a monitor does, for as long as the client stays.
pub fn serve(
    peer: &mut Impostor,
    map: &Bytes,
    asked_version: &impl Fn(&mut Impostor, u64) -> Result<bool>,
) -> Result<()> {
    let port = peer.port()?;
    loop {
        let asked = peer.receive()?;
        match asked.kind {
            message::MON_SUBSCRIBE => {
                let wanted: BTreeMap<Bytes, (u64, u8)> = front(&asked);
                for (what, (start, _)) in wanted {
                    match &what[..] {
                        b"monmap" => peer.send((message::MON_MAP, 1), 0, &mon_map(port), b"")?,
                        b"config" => peer.send((message::CONFIG, 1), 0, &0_u32, b"")?,
                        b"osdmap" if start <= EPOCH.into() => {
                            let full = BTreeMap::from([(EPOCH, map.clone())]);
                            let none = BTreeMap::<u32, Bytes>::new();
                            peer.send((message::OSD_MAP, 4), 0, &(FSID, none, full, (1_u32, EPOCH)), b"")?;
                        }
                        _ => {}
                    }
                }
            }
            message::MON_GET_VERSION => {
                let (handle, _): (u64, Bytes) = front(&asked);
                if asked_version(peer, handle)? {
                    let bytes = version(peer, handle);
                    peer.put(&bytes)?;
                }
            }
            _ => {}
        }
    }
}

/// The right answer.
pub fn version(peer: &mut Impostor, handle: u64) -> Vec<u8> {
    let answer = encode(&(handle, u64::from(EPOCH), 1_u64));
    peer.message((message::MON_GET_VERSION_REPLY, 2), handle, &answer, b"")
}

/// A request as an OSD sees it.
pub struct Asked {
    pub tid: u64,
    pub name: Bytes,
    pub flags: OsdFlags,
    pub locator: Locator,
    pub attempt: i32,
    ops: u16,
}

impl Asked {
    fn read(asked: &InMessage) -> denc::Result<Asked> {
        let mut from = Reader::new(asked.front.clone());
        let (_pg, _hash, _epoch, flags): (ShardPg, u32, u32, u32) = from.get()?;
        from.envelope(2, |_, _| Ok(()))?;
        let _trace: (u64, u64, u64) = from.get()?;
        let _when: (u32, u64) = from.get()?;
        let (locator, name, ops): (Locator, Bytes, u16) = from.get()?;
        for _ in 0..ops {
            from.array::<WIRE_OP>()?;
        }
        let (_snap, _seq, _snaps): (u64, u64, Vec<u64>) = from.get()?;
        let attempt = from.get()?;
        let flags = OsdFlags::from_bits_retain(flags);
        Ok(Asked { tid: asked.tid, name, flags, locator, attempt, ops })
    }

    /// The front of an answer, where nothing is said to be wrong: each operation returns `len` bytes.
    pub fn answer(&self, len: usize) -> Answer {
        let (name, ops) = (self.name.clone(), usize::from(self.ops));
        Answer { name, result: 0, attempt: self.attempt, lens: vec![len as u32; ops], redirect: None }
    }
}

pub struct Answer {
    pub name: Bytes,
    pub result: i32,
    pub attempt: i32,
    /// Of the data that operations return.
    pub lens: Vec<u32>,
    /// To the object of that name.
    pub redirect: Option<Bytes>,
}

impl Answer {
    pub fn front(&self) -> Bytes {
        let mut out = BytesMut::new();
        (&self.name, Pg::new(POOL, 0), 0_i64, self.result).encode(&mut out);
        ((0_u64, 0_u32), EPOCH, self.lens.len() as u32).encode(&mut out);
        for len in &self.lens {
            out.put_bytes(0, WIRE_OP - 4);
            out.put_u32_le(*len);
        }
        self.attempt.encode(&mut out);
        self.lens.iter().for_each(|_| out.put_i32_le(0));
        ((0_u64, 0_u32), 5_u64, self.redirect.is_some()).encode(&mut out);
        if let Some(name) = &self.redirect {
            let locator = Locator { pool: POOL, key: Bytes::new(), nspace: Bytes::new(), hash: None };
            envelope(&mut out, 1, 1, |out| (locator, name, 0_u32).encode(out));
        }
        out.freeze()
    }
}

/// Of messages with an answer.
pub const REPLY: (u16, u16) = (message::OSD_OP_REPLY, 8);

/// The next request to this OSD.
pub fn asked(peer: &mut Impostor) -> Result<Asked> {
    loop {
        let found = peer.receive()?;
        if found.kind == message::OSD_OP {
            return Ok(Asked::read(&found).expect("our own request"));
        }
    }
}
