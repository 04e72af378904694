//! Checksums over an object's data, one or a run of them.

use bytes::{BufMut, BytesMut};
use ops::{Errno, OpOut, Result};
use xxhash_rust::{xxh32::xxh32, xxh64::xxh64};

use super::Run;

/// `LIBRADOS_CHECKSUM_TYPE_*`.
const XXHASH32: u8 = 0;
const XXHASH64: u8 = 1;
const CRC32C: u8 = 2;

impl Run<'_> {
    /// Offset and length both 0 cover the whole object. Anything else past its end gives no checksum.
    pub(super) fn checksum(
        &mut self,
        kind: u8,
        init: &[u8],
        off: u64,
        len: u64,
        chunk: u64,
    ) -> Result<OpOut> {
        if chunk > 0 && (len == 0 || !len.is_multiple_of(chunk)) {
            return Err(Errno::EINVAL);
        }
        let size = self.size()?;
        let len = match (off, len) {
            (0, 0) => size,
            _ if off >= size => return Ok(OpOut::None),
            (off, len) => len.min(size - off),
        };
        if chunk > 0 && !len.is_multiple_of(chunk) {
            return Err(Errno::EINVAL);
        }
        let seed = match kind {
            XXHASH32 | CRC32C => init.first_chunk().map(|b| u64::from(u32::from_le_bytes(*b))),
            XXHASH64 => init.first_chunk().map(|b| u64::from_le_bytes(*b)),
            _ => None,
        };
        let seed = seed.ok_or(Errno::EINVAL)?;
        let data = match self.part {
            Some(part) if len > 0 => self.bytes(part, off, len)?,
            _ => Default::default(),
        };
        self.read_bytes += data.len() as u64;
        let chunk = if chunk > 0 { chunk as usize } else { data.len() };
        let mut out = BytesMut::with_capacity(4 + 8);
        out.put_u32_le(data.len().checked_div(chunk).unwrap_or(0) as u32);
        for piece in data.chunks(chunk.max(1)) {
            match kind {
                XXHASH32 => out.put_u32_le(xxh32(piece, seed as u32)),
                XXHASH64 => out.put_u64_le(xxh64(piece, seed)),
                _ => out.put_u32_le(crc32c::ceph(seed as u32, piece)),
            }
        }
        Ok(OpOut::Data(out.freeze()))
    }
}
