//! Why a map, or a difference between maps, is not taken.

use std::fmt;

use denc::DecodeError;

use crate::{Epoch, Fsid};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapError {
    Decode(DecodeError),
    /// The bytes are not those that were sent.
    Crc {
        expected: u32,
        actual: u32,
    },
    /// Differences apply to the map just before them only.
    Epoch {
        have: Epoch,
        got: Epoch,
    },
    OtherCluster {
        have: Fsid,
        got: Fsid,
    },
    /// An OSD beyond the map's end, or an end beyond any cluster's.
    NoSuchOsd(i32),
}

impl From<DecodeError> for MapError {
    fn from(e: DecodeError) -> MapError {
        MapError::Decode(e)
    }
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MapError::Decode(e) => write!(f, "OSD map: {e}"),
            MapError::Crc { expected, actual } => {
                write!(f, "OSD map: crc is {actual:#010x}, should be {expected:#010x}")
            }
            MapError::Epoch { have, got } => {
                write!(f, "OSD map: difference for epoch {got} on top of {have}")
            }
            MapError::OtherCluster { have, got } => {
                write!(f, "OSD map: of cluster {got}, this client's is {have}")
            }
            MapError::NoSuchOsd(osd) => write!(f, "OSD map: osd.{osd} is out of range"),
        }
    }
}

impl std::error::Error for MapError {}

impl From<MapError> for ops::Errno {
    fn from(_: MapError) -> ops::Errno {
        ops::Errno::EIO
    }
}
