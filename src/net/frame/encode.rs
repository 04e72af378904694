//! Writing frames.

use bytes::{BufMut, Bytes, BytesMut};

use super::{
    CRC, CRC_EPILOGUE, GCM_TAG, INLINE, MAX_SEGMENTS, PREAMBLE, SECURE_EPILOGUE, SEGMENT_SEED,
    STATUS_COMPLETE, Tag, padded,
};
use crate::crypto::GcmStream;

/// Pieces up to this size are copied next to their neighbours instead of getting an iovec of their own.
const COPY_BELOW: usize = 1024;

/// Turns segments into the bytes of frames: in crc mode, or in secure mode once it has a key.
#[derive(Default)]
pub struct Encoder {
    gcm: Option<GcmStream>,
}

impl Encoder {
    pub fn secure(gcm: GcmStream) -> Encoder {
        Encoder { gcm: Some(gcm) }
    }

    /// A frame of one segment.
    pub fn control(&mut self, tag: Tag, payload: &[u8], out: &mut impl Extend<Bytes>) {
        self.frame(tag, payload, [&[], &[], &[]], out);
    }

    /// A frame of `first` and up to three further segments, each in pieces. Trailing empty ones are left out.
    pub fn frame(&mut self, tag: Tag, first: &[u8], rest: [&[Bytes]; 3], out: &mut impl Extend<Bytes>) {
        let lens = rest.map(|pieces| pieces.iter().map(Bytes::len).sum::<usize>());
        let count = lens.iter().rposition(|&len| len > 0).map_or(1, |last| last + 2);
        let preamble = preamble(tag, count, first.len(), lens);
        match &mut self.gcm {
            None => plain(&preamble, first, &rest[..count - 1], out),
            Some(gcm) => secure(gcm, &preamble, first, &rest[..count - 1], out),
        }
    }
}

fn preamble(tag: Tag, count: usize, first: usize, rest: [usize; 3]) -> [u8; PREAMBLE] {
    // The last segment of a message is data; its alignment is a hint for the receiver's memory.
    const ALIGNMENTS: [u16; MAX_SEGMENTS] = [8, 8, 8, 4096];
    let mut out = [0_u8; PREAMBLE];
    out[0] = tag as u8;
    out[1] = count as u8;
    let lens = [first, rest[0], rest[1], rest[2]];
    for (index, (len, alignment)) in lens.into_iter().zip(ALIGNMENTS).take(count).enumerate() {
        let at = 2 + index * 6;
        out[at..at + 4].copy_from_slice(&(len as u32).to_le_bytes());
        out[at + 4..at + 6].copy_from_slice(&alignment.to_le_bytes());
    }
    let sum = crc32c::ceph(0, &out[..PREAMBLE - CRC]);
    out[PREAMBLE - CRC..].copy_from_slice(&sum.to_le_bytes());
    out
}

fn plain(preamble: &[u8; PREAMBLE], first: &[u8], rest: &[&[Bytes]], out: &mut impl Extend<Bytes>) {
    let copied: usize =
        rest.iter().flat_map(|pieces| pieces.iter()).map(Bytes::len).filter(|&len| len < COPY_BELOW).sum();
    let mut head = BytesMut::with_capacity(PREAMBLE + first.len() + CRC + copied + CRC_EPILOGUE);
    head.put_slice(preamble);
    if !first.is_empty() {
        head.put_slice(first);
        head.put_u32_le(crc32c::ceph(SEGMENT_SEED, first));
    }
    if rest.is_empty() {
        return out.extend([head.freeze()]);
    }
    let mut epilogue = [0_u8; CRC_EPILOGUE];
    epilogue[0] = STATUS_COMPLETE;
    for (index, pieces) in rest.iter().enumerate() {
        let mut sum = SEGMENT_SEED;
        for piece in pieces.iter() {
            sum = crc32c::ceph(sum, piece);
            if piece.len() < COPY_BELOW {
                head.put_slice(piece);
            } else {
                out.extend([head.split().freeze(), piece.clone()]);
            }
        }
        let at = 1 + index * CRC;
        epilogue[at..at + CRC].copy_from_slice(&sum.to_le_bytes());
    }
    head.put_slice(&epilogue);
    out.extend([head.freeze()]);
}

fn secure(
    gcm: &mut GcmStream,
    preamble: &[u8; PREAMBLE],
    first: &[u8],
    rest: &[&[Bytes]],
    out: &mut impl Extend<Bytes>,
) {
    let (inline, remainder) = first.split_at(first.len().min(INLINE));
    let tail: usize = rest.iter().map(|pieces| padded(pieces.iter().map(Bytes::len).sum())).sum();
    let mut sealed = BytesMut::with_capacity(
        PREAMBLE + INLINE + padded(remainder.len()) + tail + SECURE_EPILOGUE + 3 * GCM_TAG,
    );
    sealed.put_slice(preamble);
    sealed.put_slice(inline);
    sealed.put_bytes(0, INLINE - inline.len());
    seal(gcm, &mut sealed, 0);
    if !remainder.is_empty() {
        let from = sealed.len();
        sealed.put_slice(remainder);
        sealed.put_bytes(0, padded(remainder.len()) - remainder.len());
        seal(gcm, &mut sealed, from);
    }
    if !rest.is_empty() {
        let from = sealed.len();
        for pieces in rest {
            let start = sealed.len();
            pieces.iter().for_each(|piece| sealed.put_slice(piece));
            let len = sealed.len() - start;
            sealed.put_bytes(0, padded(len) - len);
        }
        sealed.put_u8(STATUS_COMPLETE);
        sealed.put_bytes(0, SECURE_EPILOGUE - 1);
        seal(gcm, &mut sealed, from);
    }
    out.extend([sealed.freeze()]);
}

fn seal(gcm: &mut GcmStream, buffer: &mut BytesMut, from: usize) {
    let tag = gcm.seal(&mut buffer[from..]);
    buffer.put_slice(&tag);
}
