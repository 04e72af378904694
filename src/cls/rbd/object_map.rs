//! Object maps: two bits per data object of an image.
//!
//! Encoded: a u32 length and the header (an envelope around the u64 number of objects); the bits, four
//! objects to a byte, the first in the highest two; a u32 length and the footer, which is empty or holds the
//! crc32c of the header, a u32 count, and the crc32c of each 4096 bytes of bits. The crcs start from 0 and
//! are not inverted.

use std::ops::Range;

use denc::{BufMut, Bytes, BytesMut, Decode, DecodeError, Encode, Reader, envelope};

/// The most objects a map may have.
pub const MAX_OBJECTS: u64 = 256_000_000;

/// Bytes of bits that share a crc.
const BLOCK: usize = 4096;
const PER_BYTE: u64 = 4;
/// Length, envelope, number of objects.
pub(crate) const HEADER_LEN: usize = 18;

/// States of an object.
pub mod state {
    pub const NONEXISTENT: u8 = 0;
    pub const EXISTS: u8 = 1;
    pub const PENDING: u8 = 2;
    /// Exists, and was not written since the newest snapshot.
    pub const EXISTS_CLEAN: u8 = 3;
}

pub(crate) fn crc(bytes: &[u8]) -> u32 {
    crc32c::ceph(0, bytes)
}

/// Bytes that `count` objects take.
pub(crate) fn data_len(count: u64) -> u64 {
    count.div_ceil(PER_BYTE)
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectMap {
    count: u64,
    bits: Vec<u8>,
}

impl ObjectMap {
    /// `count` objects that do not exist.
    pub fn new(count: u64) -> ObjectMap {
        ObjectMap { count, bits: vec![0; data_len(count) as usize] }
    }

    /// How many objects it covers.
    pub fn len(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The state of an object; nonexistent beyond the end.
    pub fn get(&self, object: u64) -> u8 {
        let byte = self.bits.get((object / PER_BYTE) as usize).copied().unwrap_or(0);
        if object < self.count { byte >> shift(object) & 3 } else { state::NONEXISTENT }
    }

    /// Beyond the end: does nothing.
    pub fn set(&mut self, object: u64, state: u8) {
        if object < self.count
            && let Some(byte) = self.bits.get_mut((object / PER_BYTE) as usize)
        {
            *byte = *byte & !(3 << shift(object)) | (state & 3) << shift(object);
        }
    }

    /// New objects get `state`.
    pub fn resize(&mut self, count: u64, state: u8) {
        let before = self.count;
        self.bits.resize(data_len(count) as usize, 0);
        self.count = count;
        for object in before..count {
            self.set(object, state);
        }
    }

    fn header(&self) -> Bytes {
        let mut header = BytesMut::with_capacity(HEADER_LEN);
        envelope(&mut header, 1, 1, |out| self.count.encode(out));
        header.freeze()
    }

    /// The bits of these bytes, for a part of a map that was read by itself.
    pub(crate) fn part(bits: Vec<u8>) -> ObjectMap {
        ObjectMap { count: bits.len() as u64 * PER_BYTE, bits }
    }

    pub(crate) fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// As it is stored: with crcs.
    pub fn encode_stored(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(HEADER_LEN + self.bits.len() + 16 + self.bits.len() / 1024);
        let header = self.header();
        header.encode(&mut out);
        out.put_slice(&self.bits);
        let crcs: Vec<u32> = self.bits.chunks(BLOCK).map(crc).collect();
        let mut footer = BytesMut::new();
        (crc(&header), crcs).encode(&mut footer);
        footer.freeze().encode(&mut out);
        out.freeze()
    }
}

fn shift(object: u64) -> u64 {
    (PER_BYTE - 1 - object % PER_BYTE) * 2
}

/// The blocks of bits that hold these objects.
pub(crate) fn blocks(objects: Range<u64>) -> Range<u64> {
    let block = PER_BYTE * BLOCK as u64;
    objects.start / block..objects.end.div_ceil(block)
}

/// The number of objects, from the header at the front of a map.
pub(crate) fn decode_header(from: &mut Reader) -> denc::Result<(u64, u32)> {
    let header: Bytes = from.get()?;
    let count = Reader::new(header.clone()).envelope(1, |_, body| body.get())?;
    Ok((count, crc(&header)))
}

/// As it travels: without crcs.
impl Encode for ObjectMap {
    fn encode(&self, out: &mut BytesMut) {
        self.header().encode(out);
        out.put_slice(&self.bits);
        out.put_u32_le(0);
    }
}

impl Decode for ObjectMap {
    const MIN: usize = HEADER_LEN + 4;

    /// Checks crcs where there are any.
    fn decode(from: &mut Reader) -> denc::Result<ObjectMap> {
        let (count, header_crc) = decode_header(from)?;
        let bits = from.take(usize::try_from(data_len(count)).map_err(|_| DecodeError::Short)?)?;
        let footer: Bytes = from.get()?;
        if !footer.is_empty() {
            let (stored_crc, crcs): (u32, Vec<u32>) = denc::decode(&footer)?;
            if stored_crc != header_crc || !bits.chunks(BLOCK).map(crc).eq(crcs) {
                return Err(DecodeError::Malformed("object map's crc"));
            }
        }
        Ok(ObjectMap { count, bits: bits.into() })
    }
}
