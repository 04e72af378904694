//! The map of the monitors.

use std::collections::BTreeMap;

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Decode, Reader};
use ops::Timespec;

use crate::messages::mon::Fsid;

/// A monitor and its addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    pub name: String,
    pub addrs: EntityAddrs,
    /// Those with lower ones are tried first.
    pub priority: u16,
}

impl Monitor {
    /// Where it speaks the second protocol.
    pub fn v2(&self) -> Option<&EntityAddr> {
        self.addrs.of_kind(EntityAddr::MSGR2)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonMap {
    pub fsid: Fsid,
    /// 0: not from a monitor, but from the configuration.
    pub epoch: u32,
    /// By rank.
    pub monitors: Vec<Monitor>,
}

impl Decode for MonMap {
    const MIN: usize = 22;

    fn decode(from: &mut Reader) -> denc::Result<MonMap> {
        from.envelope(u8::MAX, |version, body| {
            let (fsid, epoch) = (body.get()?, body.get()?);
            if version < 6 {
                // Of releases before 14.
                return Err(denc::DecodeError::Malformed("monmap version"));
            }
            let (_changed, _created): (Timespec, Timespec) = body.get()?;
            for _ in 0..2 {
                // Features, persistent and optional.
                body.envelope(u8::MAX, |_, _| Ok(()))?;
            }
            let mut infos: BTreeMap<Bytes, MonInfo> = body.get()?;
            let ranks: Vec<Bytes> = body.get()?;
            let monitors = ranks.iter().filter_map(|name| infos.remove(name)).map(|info| info.0).collect();
            Ok(MonMap { fsid, epoch, monitors })
        })
    }
}

/// `mon_info_t`
struct MonInfo(Monitor);

impl Decode for MonInfo {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<MonInfo> {
        from.envelope(u8::MAX, |_, body| {
            Ok(MonInfo(Monitor {
                name: body.get()?,
                addrs: body.get()?,
                priority: body.get_if_any()?.unwrap_or_default(),
            }))
        })
    }
}
