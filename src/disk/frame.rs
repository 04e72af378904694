//! The head of a frame of the log: one group commit, or a piece of a very large one.

use ops::{Errno, Result};

use crate::{BLOCK, broken};

pub const HEAD: usize = 64;
const MAGIC: u32 = u32::from_le_bytes(*b"sLog");
/// The meta bytes go on in the next frame.
const MORE: u32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub more: bool,
    /// Where in the endless log this frame stands, in bytes.
    pub pos: u64,
    pub meta_len: u32,
    pub payload_blocks: u32,
    /// The `id` of the frame before.
    pub prev: u32,
    pub meta_crc: u32,
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(Errno::EIO)
}

impl Head {
    /// The bytes, and the frame's id: its checksum.
    pub fn encode(&self, seed: u32) -> ([u8; HEAD], u32) {
        let mut out = [0; HEAD];
        out[0..4].copy_from_slice(&MAGIC.to_le_bytes());
        out[4..8].copy_from_slice(&u32::from(self.more).to_le_bytes());
        out[8..16].copy_from_slice(&self.pos.to_le_bytes());
        out[16..20].copy_from_slice(&self.meta_len.to_le_bytes());
        out[20..24].copy_from_slice(&self.payload_blocks.to_le_bytes());
        out[24..28].copy_from_slice(&self.prev.to_le_bytes());
        out[28..32].copy_from_slice(&self.meta_crc.to_le_bytes());
        let id = crc32c::crc32c_append(seed, &out[..HEAD - 4]);
        out[HEAD - 4..].copy_from_slice(&id.to_le_bytes());
        (out, id)
    }

    /// The head and its id; `None` where there is no intact head.
    pub fn decode(bytes: &[u8], seed: u32) -> Option<(Head, u32)> {
        let body = bytes.get(..HEAD - 4)?;
        let id = u32::from_le_bytes(field(bytes, HEAD - 4).ok()?);
        let word = |at| field(bytes, at).map(u32::from_le_bytes).ok();
        let intact = crc32c::crc32c_append(seed, body) == id || broken::SKIP_HEAD_CRC;
        if word(0)? != MAGIC || word(4)? & !MORE != 0 || !intact {
            return None;
        }
        let head = Head {
            more: word(4)? & MORE != 0,
            pos: u64::from_le_bytes(field(bytes, 8).ok()?),
            meta_len: word(16)?,
            payload_blocks: word(20)?,
            prev: word(24)?,
            meta_crc: word(28)?,
        };
        Some((head, id))
    }

    /// Bytes up to the payload, whole blocks.
    pub fn lead(&self) -> u64 {
        (HEAD as u64 + u64::from(self.meta_len)).next_multiple_of(BLOCK as u64)
    }

    /// Bytes of the whole frame.
    pub fn total(&self) -> u64 {
        self.lead() + u64::from(self.payload_blocks) * BLOCK as u64
    }
}
