//! Frames of msgr2.1: what goes over a connection after the banner.
//!
//! A frame is a preamble of 32 bytes (tag, segment lengths, crc) and one to four segments. In crc mode the first
//! segment is followed by its crc, and the others by an epilogue with theirs. In secure mode the preamble and the
//! first 48 bytes of the first segment are one AES-GCM message, the rest of the first segment is another, and the
//! further segments with the epilogue a third.

use crate::crypto::GcmError;

mod decode;
mod encode;

pub use decode::{Decoder, FrameInfo, Large, Step};
pub use encode::Encoder;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    Hello = 1,
    AuthRequest,
    AuthBadMethod,
    AuthReplyMore,
    AuthRequestMore,
    AuthDone,
    AuthSignature,
    ClientIdent,
    ServerIdent,
    IdentMissingFeatures,
    SessionReconnect,
    SessionReset,
    SessionRetry,
    SessionRetryGlobal,
    SessionReconnectOk,
    Wait,
    Message,
    Keepalive2,
    Keepalive2Ack,
    Ack,
}

impl Tag {
    const ALL: [Tag; 20] = [
        Tag::Hello,
        Tag::AuthRequest,
        Tag::AuthBadMethod,
        Tag::AuthReplyMore,
        Tag::AuthRequestMore,
        Tag::AuthDone,
        Tag::AuthSignature,
        Tag::ClientIdent,
        Tag::ServerIdent,
        Tag::IdentMissingFeatures,
        Tag::SessionReconnect,
        Tag::SessionReset,
        Tag::SessionRetry,
        Tag::SessionRetryGlobal,
        Tag::SessionReconnectOk,
        Tag::Wait,
        Tag::Message,
        Tag::Keepalive2,
        Tag::Keepalive2Ack,
        Tag::Ack,
    ];

    fn from_wire(byte: u8) -> Option<Tag> {
        Tag::ALL.get(usize::from(byte).checked_sub(1)?).copied()
    }
}

/// Why the bytes of a peer are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    PreambleCrc,
    UnknownTag(u8),
    SegmentCount(u8),
    TooLong(u64),
    SegmentCrc(usize),
    Epilogue(u8),
    Authentication,
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FrameError::PreambleCrc => f.write_str("bad crc of a preamble"),
            FrameError::UnknownTag(tag) => write!(f, "unknown frame tag {tag}"),
            FrameError::SegmentCount(count) => write!(f, "frame of {count} segments"),
            FrameError::TooLong(len) => write!(f, "frame of {len} bytes"),
            FrameError::SegmentCrc(index) => write!(f, "bad crc of segment {index}"),
            FrameError::Epilogue(status) => write!(f, "bad late status {status:#x}"),
            FrameError::Authentication => f.write_str("frame fails authentication"),
        }
    }
}

impl From<GcmError> for FrameError {
    fn from(_: GcmError) -> FrameError {
        FrameError::Authentication
    }
}

pub const PREAMBLE: usize = 32;
/// How much of the first segment travels with the preamble in secure mode.
const INLINE: usize = 48;
const GCM_TAG: usize = 16;
const GCM_BLOCK: usize = 16;
const SECURE_HEAD: usize = PREAMBLE + INLINE + GCM_TAG;
const CRC: usize = 4;
const CRC_EPILOGUE: usize = 13;
const SECURE_EPILOGUE: usize = 16;
const MAX_SEGMENTS: usize = 4;
const STATUS_MASK: u8 = 0x0f;
const STATUS_COMPLETE: u8 = 0x0e;
const STATUS_ABORTED: u8 = 0x01;

const fn padded(len: usize) -> usize {
    len.next_multiple_of(GCM_BLOCK)
}

/// The crc of a segment that comes in portions.
#[derive(Clone, Copy)]
pub struct Checksum(u32);

impl Default for Checksum {
    fn default() -> Checksum {
        Checksum(SEGMENT_SEED)
    }
}

impl Checksum {
    pub fn add(&mut self, bytes: &[u8]) {
        self.0 = crc32c::ceph(self.0, bytes);
    }

    pub fn value(self) -> u32 {
        self.0
    }
}

/// The seed of segments; that of preambles is 0.
const SEGMENT_SEED: u32 = u32::MAX;

#[cfg(test)]
mod tests;
