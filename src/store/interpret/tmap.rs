//! The legacy map of very old clients: header and sorted entries, encoded into the object's data.

use std::collections::BTreeMap;

use bytes::Bytes;
use denc::Reader;
use ops::{Errno, OpOut, Result};

use super::Run;

/// `CEPH_OSD_TMAP_*`.
const HEADER: u8 = b'h';
const SET: u8 = b's';
const CREATE: u8 = b'c';
const REMOVE: u8 = b'r';
const REMOVE_SLOPPY: u8 = b'R';

type Map = (Bytes, BTreeMap<Bytes, Bytes>);

fn decode(data: Bytes) -> Result<Map> {
    denc::decode(&data).map_err(|_| Errno::EINVAL)
}

impl Run<'_> {
    pub(super) fn tmap_get(&mut self) -> Result<OpOut> {
        self.read_now(0, 0, None)
    }

    /// Entries may come in any order; they are kept sorted.
    pub(super) fn tmap_put(&mut self, data: &Bytes) -> Result<OpOut> {
        let map = decode(data.clone())?;
        self.write_full(&denc::encode(&map))
    }

    pub(super) fn tmap_update(&mut self, commands: &Bytes) -> Result<OpOut> {
        if commands.is_empty() {
            return Ok(OpOut::None);
        }
        let stored = match self.part {
            Some(part) => self.bytes(part, 0, self.size()?)?,
            None => Bytes::new(),
        };
        let mut map = if stored.is_empty() { Map::default() } else { decode(stored)? };
        let mut commands = Reader::new(commands.clone());
        let invalid = |_| Errno::EINVAL;
        while !commands.is_empty() {
            let command: u8 = commands.get().map_err(invalid)?;
            let key: Bytes = commands.get().map_err(invalid)?;
            match command {
                HEADER => map.0 = key,
                SET => {
                    map.1.insert(key, commands.get().map_err(invalid)?);
                }
                CREATE if map.1.contains_key(&key) => return Err(Errno::EEXIST),
                CREATE => {
                    map.1.insert(key, commands.get().map_err(invalid)?);
                }
                REMOVE => {
                    map.1.remove(&key).ok_or(Errno::ENOENT)?;
                }
                REMOVE_SLOPPY => {
                    map.1.remove(&key);
                }
                _ => return Err(Errno::EINVAL),
            }
        }
        self.write_full(&denc::encode(&map))
    }
}
