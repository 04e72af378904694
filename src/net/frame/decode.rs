//! Reading frames, in place.

use std::ops::Range;

use super::{
    CRC, CRC_EPILOGUE, FrameError, GCM_TAG, INLINE, MAX_SEGMENTS, PREAMBLE, SECURE_EPILOGUE, SECURE_HEAD,
    SEGMENT_SEED, STATUS_ABORTED, STATUS_COMPLETE, STATUS_MASK, Tag, padded,
};
use crate::crypto::GcmStream;

/// A whole frame at the front of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    pub tag: Tag,
    /// How many bytes of input the frame takes.
    pub len: usize,
    /// Where its segments are; those it does not have are empty.
    pub segments: [Range<usize>; MAX_SEGMENTS],
    /// The sender gave up while sending it: nothing in it counts.
    pub aborted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The input must be at least this long before it is worth asking again.
    Need(usize),
    Frame(FrameInfo),
}

/// Finds frames in what a peer sent. Secure frames are decrypted where they lie, so the same bytes must be handed in
/// again when more was needed.
pub struct Decoder {
    gcm: Option<GcmStream>,
    /// The largest frame accepted.
    limit: usize,
    /// Of the frame at the front, once it was read (and decrypted).
    preamble: Option<Preamble>,
}

#[derive(Clone, Copy, Debug)]
struct Preamble {
    tag: Tag,
    count: usize,
    lens: [usize; MAX_SEGMENTS],
}

impl Decoder {
    pub fn plain(limit: usize) -> Decoder {
        Decoder { gcm: None, limit, preamble: None }
    }

    pub fn secure(gcm: GcmStream, limit: usize) -> Decoder {
        Decoder { gcm: Some(gcm), limit, preamble: None }
    }

    /// Looks at the front of `input`, where a frame begins.
    pub fn step(&mut self, input: &mut [u8]) -> Result<Step, FrameError> {
        let head = if self.gcm.is_some() { SECURE_HEAD } else { PREAMBLE };
        let preamble = match self.preamble {
            Some(preamble) => preamble,
            None => {
                let Some(bytes) = input.get_mut(..head) else { return Ok(Step::Need(head)) };
                if let Some(gcm) = &mut self.gcm {
                    gcm.open(bytes)?;
                }
                let preamble = Preamble::read(bytes, self.limit)?;
                self.preamble = Some(preamble);
                preamble
            }
        };
        let len = if self.gcm.is_some() { preamble.secure_len() } else { preamble.plain_len() };
        let Some(bytes) = input.get_mut(..len) else { return Ok(Step::Need(len)) };
        self.preamble = None;
        let (segments, status) = match &mut self.gcm {
            None => preamble.check_plain(bytes)?,
            Some(gcm) => preamble.open(gcm, bytes)?,
        };
        let aborted = match status & STATUS_MASK {
            STATUS_COMPLETE => false,
            STATUS_ABORTED => true,
            other => return Err(FrameError::Epilogue(other)),
        };
        Ok(Step::Frame(FrameInfo { tag: preamble.tag, len, segments, aborted }))
    }
}

/// A frame with much data in its last segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Large {
    /// Where the data begins, and how much it is.
    pub head: usize,
    pub data: usize,
}

impl Large {
    /// What follows the data.
    pub const TAIL: usize = CRC_EPILOGUE;
}

impl Decoder {
    /// Whether the message at the front of the input, which is not all there, is one whose data may go elsewhere: of
    /// `least` bytes or more. Secure ones have to be decrypted first.
    pub fn large(&self, least: usize) -> Option<Large> {
        let preamble = self.preamble.filter(|preamble| {
            self.gcm.is_none() && preamble.tag == Tag::Message && preamble.count == MAX_SEGMENTS
        })?;
        let [first, front, middle, data] = preamble.lens;
        let head = PREAMBLE + if first > 0 { first + CRC } else { 0 } + front + middle;
        (data >= least).then_some(Large { head, data })
    }

    /// The segments of such a frame but for its data, which has the crc `sum`: `head` and `tail` are what was around it.
    pub fn finish_large(&mut self, head: &[u8], tail: &[u8], sum: u32) -> Result<FrameInfo, FrameError> {
        let Some(preamble) = self.preamble.take() else { return Err(FrameError::PreambleCrc) };
        let [first, front, middle, data] = preamble.lens;
        let status = tail.first().copied().unwrap_or_default();
        let check = |index: usize, range: Range<usize>, expected: u32| {
            let found = crc32c::ceph(SEGMENT_SEED, head.get(range.clone()).unwrap_or_default());
            if same(found, expected) { Ok(range) } else { Err(FrameError::SegmentCrc(index)) }
        };
        let aborted = match status & STATUS_MASK {
            STATUS_COMPLETE => false,
            STATUS_ABORTED => true,
            other => return Err(FrameError::Epilogue(other)),
        };
        let mut segments = Segments::default();
        let mut at = PREAMBLE;
        if first > 0 {
            segments[0] = check(0, at..at + first, read_u32(head, at + first))?;
            at += first + CRC;
        }
        if !aborted {
            segments[1] = check(1, at..at + front, read_u32(tail, 1))?;
            at += front;
            segments[2] = check(2, at..at + middle, read_u32(tail, 1 + CRC))?;
            if !same(sum, read_u32(tail, 1 + 2 * CRC)) {
                return Err(FrameError::SegmentCrc(3));
            }
        }
        Ok(FrameInfo { tag: preamble.tag, len: head.len() + data + tail.len(), segments, aborted })
    }
}

type Segments = [Range<usize>; MAX_SEGMENTS];

/// Fuzz targets get past checksums.
fn same(found: u32, expected: u32) -> bool {
    found == expected || cfg!(feature = "fuzzing")
}

fn read_u32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).map_or(0, |word| u32::from_le_bytes(*word))
}

impl Preamble {
    /// `bytes` is at least a preamble long.
    fn read(bytes: &[u8], limit: usize) -> Result<Preamble, FrameError> {
        let fields = bytes.get(..PREAMBLE - CRC).unwrap_or_default();
        if !same(crc32c::ceph(0, fields), read_u32(bytes, PREAMBLE - CRC)) {
            return Err(FrameError::PreambleCrc);
        }
        let [tag, count, ..] = *fields else { return Err(FrameError::PreambleCrc) };
        let tag = Tag::from_wire(tag).ok_or(FrameError::UnknownTag(tag))?;
        let counted = usize::from(count);
        if counted == 0 || counted > MAX_SEGMENTS {
            return Err(FrameError::SegmentCount(count));
        }
        let mut lens = [0; MAX_SEGMENTS];
        for (index, len) in lens.iter_mut().enumerate().take(counted) {
            *len = read_u32(bytes, 2 + index * 6) as usize;
        }
        let total: u64 = lens.iter().map(|&len| len as u64).sum();
        if total > limit as u64 {
            return Err(FrameError::TooLong(total));
        }
        Ok(Preamble { tag, count: counted, lens })
    }

    fn rest(&self) -> impl Iterator<Item = usize> + '_ {
        self.lens.iter().copied().take(self.count).skip(1)
    }

    fn plain_len(&self) -> usize {
        let first = if self.lens[0] > 0 { self.lens[0] + CRC } else { 0 };
        let tail = if self.count > 1 { self.rest().sum::<usize>() + CRC_EPILOGUE } else { 0 };
        PREAMBLE + first + tail
    }

    fn secure_len(&self) -> usize {
        let remainder = match self.lens[0].saturating_sub(INLINE) {
            0 => 0,
            len => padded(len) + GCM_TAG,
        };
        let tail = if self.count > 1 {
            self.rest().map(padded).sum::<usize>() + SECURE_EPILOGUE + GCM_TAG
        } else {
            0
        };
        SECURE_HEAD + remainder + tail
    }

    /// Checks the crcs of a frame that is all there. Returns also its late status.
    fn check_plain(&self, bytes: &[u8]) -> Result<(Segments, u8), FrameError> {
        let mut segments = Segments::default();
        let mut at = PREAMBLE;
        let check = |index: usize, range: Range<usize>, sum_at: usize| {
            let data = bytes.get(range.clone()).unwrap_or_default();
            if same(crc32c::ceph(SEGMENT_SEED, data), read_u32(bytes, sum_at)) {
                Ok(range)
            } else {
                Err(FrameError::SegmentCrc(index))
            }
        };
        if self.lens[0] > 0 {
            let end = at + self.lens[0];
            segments[0] = check(0, at..end, end)?;
            at = end + CRC;
        }
        if self.count == 1 {
            return Ok((segments, STATUS_COMPLETE));
        }
        let epilogue = at + self.rest().sum::<usize>();
        let status = bytes.get(epilogue).copied().unwrap_or_default();
        for (index, len) in self.rest().enumerate() {
            let end = at + len;
            // The sums of an aborted frame mean nothing.
            segments[index + 1] = match status & STATUS_MASK {
                STATUS_ABORTED => at..end,
                _ => check(index + 1, at..end, epilogue + 1 + index * CRC)?,
            };
            at = end;
        }
        Ok((segments, status))
    }

    /// Decrypts a frame that is all there and whose head was decrypted before.
    fn open(&self, gcm: &mut GcmStream, bytes: &mut [u8]) -> Result<(Segments, u8), FrameError> {
        let mut segments = Segments::default();
        let mut at = SECURE_HEAD;
        let remainder = self.lens[0].saturating_sub(INLINE);
        if remainder == 0 {
            segments[0] = PREAMBLE..PREAMBLE + self.lens[0];
        } else {
            let end = at + padded(remainder) + GCM_TAG;
            gcm.open(bytes.get_mut(at..end).unwrap_or_default())?;
            // The tag lies between the two halves of the segment: close the gap.
            bytes.copy_within(PREAMBLE..PREAMBLE + INLINE, PREAMBLE + GCM_TAG);
            segments[0] = PREAMBLE + GCM_TAG..at + remainder;
            at = end;
        }
        if self.count == 1 {
            return Ok((segments, STATUS_COMPLETE));
        }
        gcm.open(bytes.get_mut(at..).unwrap_or_default())?;
        for (index, len) in self.rest().enumerate() {
            segments[index + 1] = at..at + len;
            at += padded(len);
        }
        Ok((segments, bytes.get(at).copied().unwrap_or_default()))
    }
}
