//! The file `format`: what a store is, and which version of its layout. Byte by byte in `docs/disk-format.md`.

use std::io::Read;

use bytes::Bytes;
use ops::{Errno, Result};

use crate::codec::{Reader, Writer};
use crate::medium::Medium;

pub const NAME: &str = "format";
const MAGIC: &[u8; 16] = b"sepiola store\n\0\0";
/// The newest layout this code reads and writes.
pub const VERSION: u32 = 2;
const LEN: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub uuid: [u8; 16],
    /// Bytes of a segment of the log.
    pub segment: u32,
}

impl Format {
    pub fn new(segment: u32) -> Result<Format> {
        let mut uuid = [0; 16];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut uuid)?;
        Ok(Format { uuid, segment })
    }

    /// Seeds the checksums of the log, so that another store's frames are not taken for this one's.
    pub fn seed(&self) -> u32 {
        crc32c::crc32c(&self.uuid)
    }

    pub fn write(&self, medium: &dyn Medium) -> Result<()> {
        let mut w = Writer(Vec::with_capacity(LEN));
        w.0.extend_from_slice(MAGIC);
        w.u32(VERSION);
        w.u32(crate::BLOCK as u32);
        w.0.extend_from_slice(&self.uuid);
        w.u32(self.segment);
        w.0.resize(LEN - 4, 0);
        w.u32(crc32c::crc32c(&w.0));
        medium.open(NAME, true)?.write(0, &[&w.0], true)
    }

    /// `-ENOENT` where there is none, `-EPROTONOSUPPORT` for a newer version, `-EIO` for damage.
    pub fn read(medium: &dyn Medium) -> Result<Format> {
        let file = medium.open(NAME, false)?;
        if file.is_empty()? {
            return Err(Errno::ENOENT);
        }
        let mut bytes = [0; LEN];
        file.read(0, &mut bytes)?;
        let mut r = Reader(Bytes::copy_from_slice(&bytes));
        let (body, crc) = bytes.split_at(LEN - 4);
        if r.0.split_to(MAGIC.len()) != MAGIC[..] || crc32c::crc32c(body).to_le_bytes() != crc {
            tracing::error!(target: "store", "the file `{NAME}` is damaged, or not of a sepiola store");
            return Err(Errno::EIO);
        }
        let version = r.u32()?;
        if version != VERSION {
            tracing::error!(target: "store", "the store has format {version}; this library knows format {VERSION}");
            return Err(Errno::EPROTONOSUPPORT);
        }
        if r.u32()? as usize != crate::BLOCK {
            return Err(Errno::EIO);
        }
        let mut uuid = [0; 16];
        uuid.copy_from_slice(&r.0.split_to(16));
        let segment = r.u32()?;
        if segment < 8 * crate::BLOCK as u32 || !segment.is_multiple_of(crate::BLOCK as u32) {
            return Err(Errno::EIO);
        }
        Ok(Format { uuid, segment })
    }
}
