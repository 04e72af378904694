//! Reading a whole map: an envelope with a crc around two more, the first with what clients use.

use std::sync::Arc;

use crush::CrushMap;
use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Decode, DecodeError, Reader, Result};
use ops::Timespec;

use crate::MapError;
use crate::blocklist::Blocklist;
use crate::flags::{MapFlags, OsdState, Release};
use crate::map::{Fsid, OsdMap};
use crate::pool::Pool;
use crate::seal::Sealed;
use crate::wire::{detached, detached_all, float, named_texts, skip, skip_node_flags, text};

/// Newest versions of the two parts whose meaning is known; later fields are passed over.
const CLIENT: u8 = 10;
const OSD_ONLY: u8 = 12;

impl OsdMap {
    /// A map as monitors send it, and as `ceph osd getmap` writes it.
    pub fn decode(input: &Bytes) -> std::result::Result<OsdMap, MapError> {
        let mut sealed = Sealed::open(input)?;
        let mut map = OsdMap::default();
        sealed.body.envelope(CLIENT, |version, body| map.decode_client(version, body))?;
        sealed.body.envelope(OSD_ONLY, |version, body| map.decode_osd_only(version, body))?;
        map.crc = sealed.check()?;
        map.index_pool_names();
        Ok(map)
    }

    fn decode_client(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        self.fsid = body.get()?;
        self.epoch = body.get()?;
        self.created = body.get()?;
        self.modified = body.get()?;
        let pools = body.count(8 + Pool::MIN)?;
        for _ in 0..pools {
            self.pools.insert(body.get()?, Arc::new(body.get()?));
        }
        let names = body.count(12)?;
        for _ in 0..names {
            self.pool_names.insert(body.get()?, text(body)?);
        }
        self.pool_max = i64::from(body.get::<i32>()?);
        self.flags = MapFlags::from_bits_retain(body.get()?);
        let max_osd = body.get::<u32>()? as usize;
        self.states = match version {
            5.. => body.get::<Vec<u32>>()?.into_iter().map(OsdState::from_bits_retain).collect(),
            _ => body.get::<Vec<u8>>()?.into_iter().map(|s| OsdState::from_bits_retain(s.into())).collect(),
        };
        self.weights = body.get()?;
        if self.states.len() != max_osd || self.weights.len() != max_osd {
            return Err(DecodeError::Malformed("number of OSDs"));
        }
        self.addrs = Arc::new(body.get::<Vec<EntityAddrs>>()?.into_iter().map(detached_all).collect());
        self.pg_temp = Arc::new(body.get()?);
        self.primary_temp = Arc::new(body.get()?);
        if version >= 2 {
            self.affinities = body.get()?;
        }
        self.crush = Arc::new(CrushMap::decode(&body.get::<Bytes>()?)?);
        if version >= 3 {
            self.erasure_code_profiles = Arc::new(named_texts(body)?);
        }
        if version >= 4 {
            self.pg_upmap = Arc::new(body.get()?);
            self.pg_upmap_items = Arc::new(body.get()?);
        }
        if version >= 6 {
            self.crush_version = body.get()?;
        }
        if version >= 7 {
            self.new_removed_snaps = body.get()?;
            self.new_purged_snaps = body.get()?;
        }
        if version >= 9 {
            self.last_up_change = body.get()?;
            self.last_in_change = body.get()?;
        }
        if version >= 10 {
            self.pg_upmap_primaries = Arc::new(body.get()?);
        }
        Ok(())
    }

    fn decode_osd_only(&mut self, version: u8, body: &mut Reader) -> Result<()> {
        skip::<Vec<EntityAddrs>>(body)?;
        self.up_from = body.get::<Vec<OsdInfo>>()?.into_iter().map(|info| info.up_from).collect();
        let entries = stamped_addrs(body)?.into_iter().collect();
        let mut blocklist = Blocklist { entries, ..Blocklist::default() };
        skip::<Vec<EntityAddrs>>(body)?;
        // A snapshot of the cluster, a feature that is long gone: epoch, name.
        skip::<(u32, Bytes)>(body)?;
        skip::<Vec<Fsid>>(body)?;
        self.features = body.get::<Vec<OsdExtra>>()?.into_iter().map(|extra| extra.features).collect();
        skip::<Vec<EntityAddrs>>(body)?;
        if version >= 2 {
            self.ratios.nearfull = float(body)?;
            self.ratios.full = float(body)?;
        }
        if version >= 3 {
            self.ratios.backfillfull = float(body)?;
        }
        if version == 4 {
            skip::<Bytes>(body)?;
        }
        if version >= 5 {
            self.require_min_compat_client = body.get()?;
            self.require_osd_release = body.get()?;
            self.release_implies_flags();
        } else {
            self.flags_imply_release();
        }
        if version >= 6 {
            self.removed_snaps_queue = Arc::new(body.get()?);
        }
        skip_node_flags(version, body)?;
        if version >= 10 {
            // Stretch mode.
            skip::<bool>(body)?;
            skip::<(u32, u32, u32, u32)>(body)?;
        }
        if version >= 11 {
            blocklist.ranges = stamped_addrs(body)?.into_iter().collect();
        }
        blocklist.set_release(self.require_osd_release);
        self.blocklist = Arc::new(blocklist);
        Ok(())
    }

    pub(crate) fn release_implies_flags(&mut self) {
        if self.require_osd_release >= Release::LUMINOUS {
            self.flags.remove(MapFlags::LEGACY_REQUIRE);
            self.flags |= MapFlags::RECOVERY_DELETES;
        }
        if self.require_osd_release >= Release::NAUTILUS {
            self.flags |= MapFlags::PGLOG_HARDLIMIT;
        }
    }

    fn flags_imply_release(&mut self) {
        self.require_osd_release = match self.flags {
            flags if flags.contains(MapFlags::REQUIRE_LUMINOUS) => Release::LUMINOUS,
            flags if flags.contains(MapFlags::REQUIRE_KRAKEN) => Release::KRAKEN,
            flags if flags.contains(MapFlags::REQUIRE_JEWEL) => Release::JEWEL,
            _ => Release::default(),
        };
        self.release_implies_flags();
    }
}

pub(crate) fn stamped_addrs(body: &mut Reader) -> Result<Vec<(EntityAddr, Timespec)>> {
    let addrs = body.get::<Vec<(EntityAddr, Timespec)>>()?;
    Ok(addrs.into_iter().map(|(addr, until)| (detached(addr), until)).collect())
}

impl Decode for Fsid {
    const MIN: usize = 16;

    fn decode(from: &mut Reader) -> Result<Fsid> {
        from.array().map(Fsid)
    }
}

/// `osd_info_t`, of which `up_from` says which run of the OSD is meant.
struct OsdInfo {
    up_from: u32,
}

impl Decode for OsdInfo {
    const MIN: usize = 25;

    fn decode(from: &mut Reader) -> Result<OsdInfo> {
        let (_version, _clean_begin, _clean_end) = from.get::<(u8, u32, u32)>()?;
        let up_from = from.get()?;
        let (_up_thru, _down_at, _lost_at) = from.get::<(u32, u32, u32)>()?;
        Ok(OsdInfo { up_from })
    }
}

/// `osd_xinfo_t`, of which clients need the features.
pub(crate) struct OsdExtra {
    pub features: u64,
}

impl Decode for OsdExtra {
    const MIN: usize = 22;

    fn decode(from: &mut Reader) -> Result<OsdExtra> {
        from.envelope(4, |version, body| {
            let (_down_stamp, _laggy, _interval) = body.get::<(Timespec, u32, u32)>()?;
            Ok(OsdExtra { features: if version >= 2 { body.get()? } else { 0 } })
        })
    }
}
