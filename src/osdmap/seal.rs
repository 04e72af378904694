//! The outermost envelope of a map or difference: a crc in its middle that covers all the rest.

use denc::{Bytes, DecodeError, Reader};

use crate::MapError;

/// First version with a crc (Ceph 0.81). Earlier maps come only from monitors that no client here can talk to.
const SEALED: u8 = 8;

/// A map's bytes behind its checks.
pub(crate) struct Sealed {
    /// The parts in front of the crc.
    pub body: Reader,
    /// The whole envelope.
    input: Bytes,
}

fn crc32c(parts: [&[u8]; 2]) -> u32 {
    parts.into_iter().fold(u32::MAX, crc32c::ceph)
}

impl Sealed {
    pub fn open(input: &Bytes) -> Result<Sealed, MapError> {
        let mut reader = Reader::new(input.clone());
        let body = reader.open(SEALED)?;
        if body.version < SEALED {
            return Err(DecodeError::Malformed("OSD map of an old release").into());
        }
        let len = input.len() - reader.remaining();
        Ok(Sealed { body: body.fields, input: input.slice(..len) })
    }

    /// Reads the crc where the body stands, checks it, and leaves the body behind it. Returns the crc.
    pub fn check(&mut self) -> Result<u32, MapError> {
        let at = self.input.len() - self.body.remaining();
        let expected = self.body.get::<u32>()?;
        let front = self.input.get(..at).unwrap_or_default();
        let behind = self.input.get(at + 4..).unwrap_or_default();
        let actual = crc32c([front, behind]);
        if actual == expected || cfg!(feature = "fuzzing") {
            Ok(actual)
        } else {
            Err(MapError::Crc { expected, actual })
        }
    }
}
