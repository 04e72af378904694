//! What the mirroring daemons of each site report of an image.

use std::collections::BTreeMap;

use denc::{Bytes, BytesMut, Decode, Encode, Reader, envelope};
use ops::Timespec;

use crate::byte_enum::byte_enum;
use crate::entity::EntityInst;

byte_enum! {
    MirrorStatusState {
        Unknown = 0,
        Error = 1,
        Syncing = 2,
        StartingReplay = 3,
        Replaying = 4,
        StoppingReplay = 5,
        Stopped = 6,
    }
}

/// How many images are in each state.
pub type MirrorStatusSummary = BTreeMap<MirrorStatusState, i32>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorSiteStatus {
    /// Empty: this site.
    pub mirror_uuid: Bytes,
    pub state: MirrorStatusState,
    pub description: Bytes,
    pub last_update: Timespec,
    /// Whether the daemon is alive.
    pub up: bool,
}

impl Default for MirrorSiteStatus {
    fn default() -> MirrorSiteStatus {
        MirrorSiteStatus {
            mirror_uuid: Bytes::new(),
            state: MirrorStatusState::Unknown,
            description: Bytes::new(),
            last_update: Timespec::ZERO,
            up: false,
        }
    }
}

impl MirrorSiteStatus {
    pub fn is_local(&self) -> bool {
        self.mirror_uuid.is_empty()
    }

    fn encode_fields(&self, out: &mut BytesMut) {
        (self.state, &self.description, self.last_update, self.up).encode(out);
    }

    /// Version 1 was before other sites reported here.
    fn decode_fields(version: u8, from: &mut Reader) -> denc::Result<MirrorSiteStatus> {
        let mirror_uuid = if version >= 2 { from.get()? } else { Bytes::new() };
        let (state, description, last_update, up) = from.get()?;
        Ok(MirrorSiteStatus { mirror_uuid, state, description, last_update, up })
    }
}

impl Encode for MirrorSiteStatus {
    fn encode(&self, out: &mut BytesMut) {
        let version = if self.is_local() { 1 } else { 2 };
        envelope(out, version, version, |out| {
            if !self.is_local() {
                self.mirror_uuid.encode(out);
            }
            self.encode_fields(out);
        });
    }
}

impl Decode for MirrorSiteStatus {
    const MIN: usize = 20;

    fn decode(from: &mut Reader) -> denc::Result<MirrorSiteStatus> {
        from.envelope(2, MirrorSiteStatus::decode_fields)
    }
}

/// All sites' reports of an image, this site's first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirrorImageStatus {
    pub sites: Vec<MirrorSiteStatus>,
}

impl MirrorImageStatus {
    pub fn local(&self) -> Option<&MirrorSiteStatus> {
        self.sites.iter().find(|site| site.is_local())
    }

    pub fn remote(&self) -> impl Iterator<Item = &MirrorSiteStatus> {
        self.sites.iter().filter(|site| !site.is_local())
    }
}

impl Encode for MirrorImageStatus {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| {
            let local = self.local();
            local.cloned().unwrap_or_default().encode_fields(out);
            local.is_some().encode(out);
            (self.remote().count() as u32).encode(out);
            for site in self.remote() {
                site.mirror_uuid.encode(out);
                site.encode_fields(out);
            }
        });
    }
}

impl Decode for MirrorImageStatus {
    const MIN: usize = 20;

    fn decode(from: &mut Reader) -> denc::Result<MirrorImageStatus> {
        from.envelope(2, |version, body| {
            let local = MirrorSiteStatus::decode_fields(1, body)?;
            let mut sites = Vec::new();
            if version < 2 || body.get::<bool>()? {
                sites.push(local);
            }
            if version >= 2 {
                for _ in 0..body.count(18)? {
                    sites.push(MirrorSiteStatus::decode_fields(version, body)?);
                }
            }
            Ok(MirrorImageStatus { sites })
        })
    }
}

/// A row `status_global_ID` or `remote_status_global_ID_SITE`: the site stands in the key.
pub(crate) struct StatusRow {
    /// Who reported, in an envelope of its own so that it can be read alone.
    pub origin: Origin,
    pub status: MirrorSiteStatus,
}

denc::plain!(StatusRow { origin: Origin, status: MirrorSiteStatus });

pub(crate) struct Origin {
    pub inst: EntityInst,
}

denc::versioned!(Origin, 1, 1 { inst: EntityInst });

/// Which daemon takes care of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorImageMap {
    pub instance_id: Bytes,
    pub mapped: Timespec,
    pub data: Bytes,
}

denc::versioned!(MirrorImageMap, 1, 1 { instance_id: Bytes, mapped: Timespec, data: Bytes });
