//! An OSD map's encoding, as monitors write it for clients of the release.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Encode, envelope};
use osdmap::Pg;

#[derive(Clone, Default)]
pub struct MapBytes {
    pub release: u8,
    pub crush: Bytes,
    pub states: Vec<u32>,
    pub weights: Vec<u32>,
    /// Where the OSDs are; those behind the end are nowhere.
    pub addrs: Vec<EntityAddr>,
    pub affinities: Vec<u32>,
    pub pools: Vec<(i64, PoolBytes)>,
    pub pg_temp: BTreeMap<Pg, Vec<i32>>,
    pub primary_temp: BTreeMap<Pg, i32>,
    pub pg_upmap: BTreeMap<Pg, Vec<i32>>,
    pub pg_upmap_items: BTreeMap<Pg, Vec<(i32, i32)>>,
    pub pg_upmap_primaries: BTreeMap<Pg, i32>,
}

#[derive(Clone)]
pub struct PoolBytes {
    pub kind: u8,
    pub size: u8,
    pub rule: u8,
    pub pg_num: u32,
    pub pgp_num: u32,
    pub flags: u64,
    pub nonprimary: u128,
}

const NO_TIME: (u32, u32) = (0, 0);

impl MapBytes {
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::new();
        let mut crc_at = 0;
        envelope(&mut out, 8, 7, |out| {
            envelope(out, if self.release >= 18 { 10 } else { 9 }, 1, |out| self.client(out));
            envelope(out, 9, 1, |out| self.osd_only(out));
            crc_at = out.len();
            out.put_u32_le(0);
        });
        let crc = !crc32c::crc32c(&out[..crc_at]);
        out[crc_at..crc_at + 4].copy_from_slice(&crc.to_le_bytes());
        out.freeze()
    }

    fn client(&self, out: &mut BytesMut) {
        out.put_bytes(0x11, 16);
        (7_u32, NO_TIME, NO_TIME).encode(out);
        (self.pools.len() as u32).encode(out);
        for (id, pool) in &self.pools {
            id.encode(out);
            pool.encode(self.release, out);
        }
        let names: BTreeMap<i64, String> =
            self.pools.iter().map(|(id, _)| (*id, format!("pool{id}"))).collect();
        names.encode(out);
        (self.pools.last().map_or(-1, |(id, _)| *id as i32), 0_u32, self.states.len() as u32).encode(out);
        self.states.encode(out);
        self.weights.encode(out);
        self.addrs(out);
        self.pg_temp.encode(out);
        self.primary_temp.encode(out);
        self.affinities.encode(out);
        self.crush.encode(out);
        0_u32.encode(out);
        self.pg_upmap.encode(out);
        self.pg_upmap_items.encode(out);
        // Version of the CRUSH map; snapshots removed and purged; last changes.
        (1_u32, 0_u32, 0_u32).encode(out);
        (NO_TIME, NO_TIME).encode(out);
        if self.release >= 18 {
            self.pg_upmap_primaries.encode(out);
        }
    }

    fn addrs(&self, out: &mut BytesMut) {
        let nowhere = EntityAddr::new(EntityAddr::MSGR2, ([127, 0, 0, 1], 6800).into(), 0);
        let addr = |osd: usize| self.addrs.get(osd).unwrap_or(&nowhere).clone();
        let addrs: Vec<_> = (0..self.states.len()).map(|osd| EntityAddrs(vec![addr(osd)])).collect();
        addrs.encode(out);
    }

    fn osd_only(&self, out: &mut BytesMut) {
        let count = self.states.len();
        self.addrs(out);
        (count as u32).encode(out);
        for _ in 0..count {
            out.put_u8(1);
            out.put_bytes(0, 24);
        }
        0_u32.encode(out);
        self.addrs(out);
        (0_u32, 0_u32).encode(out);
        (count as u32).encode(out);
        out.put_bytes(7, 16 * count);
        (count as u32).encode(out);
        for _ in 0..count {
            envelope(out, 4, 1, |out| {
                (NO_TIME, 0_u32, 0_u32).encode(out);
                (0_u64, 0_u32, NO_TIME, 0_u32).encode(out);
            });
        }
        self.addrs(out);
        for ratio in [0.85_f32, 0.95, 0.90] {
            out.put_f32_le(ratio);
        }
        (12_u8, self.release).encode(out);
        // Removed snapshots; flags of CRUSH nodes and device classes.
        (0_u32, 0_u32, 0_u32).encode(out);
    }
}

impl PoolBytes {
    fn encode(&self, release: u8, out: &mut BytesMut) {
        let version = if release >= 20 { 32 } else { 29 };
        envelope(out, version, 5, |out| {
            out.put_slice(&[self.kind, self.size, self.rule, 2]);
            (self.pg_num, self.pgp_num, 0_u32, 0_u32, 1_u32).encode(out);
            // Snapshots: the newest, its epoch, list, removed; owner.
            (0_u64, 0_u32, 0_u32, 0_u32, 0_u64).encode(out);
            (self.flags, 0_u32, 1_u8).encode(out);
            // Quotas; tiers.
            (0_u64, 0_u64, 0_u32, -1_i64, 0_u8).encode(out);
            (-1_i64, -1_i64, 0_u32).encode(out);
            envelope(out, 1, 1, |out| out.put_u8(0));
            // Hit sets; stripe width; targets; profile; resends.
            (0_u32, 0_u32, 4096_u32).encode(out);
            out.put_bytes(0, 16 + 16);
            (0_u32, 0_u32, 0_u32, 0_u64, 0_u32, 0_u32).encode(out);
            (0_u8, 0_u8, 0_u32, 0_u32).encode(out);
            envelope(out, 2, 1, |out| 0_u32.encode(out));
            // Resend, applications, creation.
            (0_u32, 0_u32, NO_TIME).encode(out);
            (self.pg_num, self.pgp_num, self.pg_num, 0_u64, 0_u32, 0_u8).encode(out);
            envelope(out, 1, 1, |out| {
                Pg::new(0, 0).encode(out);
                out.put_bytes(0, 12 + 2 * 12);
            });
            if version >= 32 {
                out.put_u8(0);
                for word in [self.nonprimary as u64, (self.nonprimary >> 64) as u64] {
                    varint(word, out);
                }
            }
        });
    }
}

fn varint(mut word: u64, out: &mut BytesMut) {
    while word >= 0x80 {
        out.put_u8(word as u8 | 0x80);
        word >>= 7;
    }
    out.put_u8(word as u8);
}
