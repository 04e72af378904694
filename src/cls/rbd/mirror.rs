//! Mirroring of a pool and its images: what `rbd_mirroring` holds.

use denc::{Bytes, BytesMut, Decode, DecodeError, Encode, Reader, envelope};
use ops::Timespec;

use super::migration::MirrorImageMode;
use crate::byte_enum::byte_enum;

/// How a pool mirrors; travels as a u32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MirrorMode {
    Disabled = 0,
    /// Images one by one.
    Image = 1,
    /// Every image with journaling.
    Pool = 2,
}

impl Encode for MirrorMode {
    fn encode(&self, out: &mut BytesMut) {
        (*self as u32).encode(out);
    }
}

impl Decode for MirrorMode {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> denc::Result<MirrorMode> {
        match from.get::<u32>()? {
            0 => Ok(MirrorMode::Disabled),
            1 => Ok(MirrorMode::Image),
            2 => Ok(MirrorMode::Pool),
            _ => Err(DecodeError::Malformed("MirrorMode")),
        }
    }
}

byte_enum! {
    MirrorDirection { Receive = 0, Send = 1, Both = 2 }
}

byte_enum! {
    MirrorImageState { Disabling = 0, Enabled = 1, Disabled = 2, Creating = 3 }
}

/// Another cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorPeer {
    pub uuid: Bytes,
    pub direction: MirrorDirection,
    pub site_name: Bytes,
    /// Who to be there; needed to receive.
    pub client_name: Bytes,
    pub mirror_uuid: Bytes,
    pub last_seen: Timespec,
}

impl MirrorPeer {
    pub fn is_valid(&self) -> bool {
        let reachable = self.direction == MirrorDirection::Send || !self.client_name.is_empty();
        reachable && !self.uuid.is_empty() && !self.site_name.is_empty()
    }
}

impl Encode for MirrorPeer {
    fn encode(&self, out: &mut BytesMut) {
        const NO_POOL: i64 = -1;
        envelope(out, 2, 1, |out| {
            (&self.uuid, &self.site_name, &self.client_name, NO_POOL).encode(out);
            (self.direction, &self.mirror_uuid, self.last_seen).encode(out);
        });
    }
}

impl Decode for MirrorPeer {
    const MIN: usize = 26;

    fn decode(from: &mut Reader) -> denc::Result<MirrorPeer> {
        from.envelope(2, |version, body| {
            let (uuid, site_name, client_name, _pool): (Bytes, Bytes, Bytes, i64) = body.get()?;
            let (direction, mirror_uuid, last_seen) = if version >= 2 {
                body.get()?
            } else {
                (MirrorDirection::Both, Bytes::new(), Timespec::ZERO)
            };
            Ok(MirrorPeer { uuid, direction, site_name, client_name, mirror_uuid, last_seen })
        })
    }
}

/// An image that is mirrored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorImage {
    pub mode: MirrorImageMode,
    /// The same in all clusters.
    pub global_id: Bytes,
    pub state: MirrorImageState,
}

impl Encode for MirrorImage {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| (&self.global_id, self.state, self.mode).encode(out));
    }
}

impl Decode for MirrorImage {
    const MIN: usize = 11;

    fn decode(from: &mut Reader) -> denc::Result<MirrorImage> {
        from.envelope(2, |version, body| {
            let (global_id, state) = body.get()?;
            let mode = if version >= 2 { body.get()? } else { MirrorImageMode::Journal };
            Ok(MirrorImage { mode, global_id, state })
        })
    }
}
