//! Replay: what the log has beyond the checkpoint is done again, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ops::{Errno, Result};

use crate::codec::Reader;
use crate::frame::{HEAD, Head};
use crate::log::Position;
use crate::medium::File;
use crate::record::{self, Change, Record};
use crate::{BLOCK, broken};

/// The segments of a log file.
pub struct Scan {
    file: Arc<dyn File>,
    seed: u32,
    segment: u64,
    /// Where each segment of the endless log lives.
    pub slots: BTreeMap<u64, usize>,
    /// Slots that start with something else than a head or zeroes.
    odd: Vec<usize>,
}

/// One transaction of the log. A block's content, where the frame has it, in the order of the extents.
pub struct Replayed {
    pub seq: u64,
    pub record: Record,
    pub contents: Vec<Option<Bytes>>,
}

/// Where the frames of a log end, as a check sees it.
pub struct Stop {
    pub at: Position,
    /// Where in the file the next frame would be.
    pub offset: u64,
    /// What is there instead.
    pub why: &'static str,
    /// The position of an intact frame behind it: then the end is damage.
    pub later: Option<u64>,
    /// What the damaged frame says it holds, where that can be read.
    pub records: Vec<(u64, Record)>,
}

/// Gets a frame's head, its place in the file, and the transactions that end in it.
type EachFrame<'a> = dyn FnMut(&Head, u64, &[(u64, Record)]) + 'a;

struct Frame {
    head: Head,
    id: u32,
    meta: Bytes,
    payload: Bytes,
}

impl Scan {
    pub fn new(file: Arc<dyn File>, seed: u32, segment: u64) -> Result<Scan> {
        // The last slot may be cut short: what a file system that lost the rest of its length left.
        let total = file.len()?.div_ceil(segment) as usize;
        let mut scan = Scan { file, seed, segment, slots: BTreeMap::new(), odd: Vec::new() };
        for slot in 0..total {
            let first = scan.file.read_buf(slot as u64 * segment, BLOCK)?;
            match Head::decode(&first, seed) {
                Some((head, _)) if head.pos.is_multiple_of(segment) => {
                    scan.slots.insert(head.pos / segment, slot);
                }
                _ if first.iter().all(|&byte| byte == 0) => {}
                _ => scan.odd.push(slot),
            }
        }
        Ok(scan)
    }

    fn frame(&self, pos: u64, prev: u32) -> Result<Option<Frame>> {
        let Some(&slot) = self.slots.get(&(pos / self.segment)) else { return Ok(None) };
        let inside = pos % self.segment;
        let off = slot as u64 * self.segment + inside;
        let first = self.file.read_buf(off, BLOCK)?;
        let Some((head, id)) = Head::decode(&first, self.seed) else { return Ok(None) };
        if head.pos != pos || head.prev != prev || inside + head.total() > self.segment {
            return Ok(None);
        }
        let all = Bytes::from_owner(self.file.read_buf(off, head.total() as usize)?);
        let meta = all.slice(HEAD..HEAD + head.meta_len as usize);
        if crc32c::crc32c_append(self.seed, &meta) != head.meta_crc && !broken::SKIP_FRAME_CRC {
            return Ok(None);
        }
        let payload = all.slice(head.lead() as usize..);
        Ok(Some(Frame { head, id, meta, payload }))
    }

    /// Hands out every transaction from `at` on; returns where the log ends, and how many there were.
    pub fn replay(
        &self,
        at: Position,
        each: &mut dyn FnMut(Replayed) -> Result<()>,
    ) -> Result<(Position, u64)> {
        let (mut at, mut count) = (at, 0);
        // Where the pieces of an unfinished large commit began.
        let mut pieces = BytesMut::new();
        let mut reached = at;
        loop {
            let next_segment = at.pos.next_multiple_of(self.segment);
            let frame = match self.frame(at.pos, at.chain)? {
                None if next_segment != at.pos => self.frame(next_segment, at.chain)?,
                found => found,
            };
            let Some(frame) = frame else { break };
            let end = Position { pos: frame.head.pos + frame.head.total(), chain: frame.id };
            pieces.extend_from_slice(&frame.meta);
            if frame.head.more {
                at = end;
                continue;
            }
            let meta = std::mem::take(&mut pieces).freeze();
            let Some(transactions) = decode(meta, frame.payload)? else { break };
            for transaction in transactions {
                each(transaction)?;
                count += 1;
            }
            at = end;
            reached = end;
        }
        self.check_end(at)?;
        Ok((reached, count))
    }

    /// An intact frame beyond the end means that the end is damage, not a write that a crash cut off.
    fn check_end(&self, at: Position) -> Result<()> {
        let Some(later) = self.later(at)? else { return Ok(()) };
        tracing::error!(
            target: "store",
            "the log is damaged: it breaks off at {}, but has a frame at {later}",
            at.pos
        );
        Err(Errno::EIO)
    }

    /// The position of an intact frame beyond the end.
    fn later(&self, at: Position) -> Result<Option<u64>> {
        let torn = self.slots.get(&(at.pos / self.segment)).map(|&slot| (slot, at.pos % self.segment));
        let next = at.pos.div_ceil(self.segment);
        // The frame that was cut off may be the first of the next segment.
        let behind = self.slots.get(&next).filter(|_| next * self.segment != at.pos).map(|&slot| (slot, 0));
        let odd = self.odd.iter().map(|&slot| (slot, 0));
        for (slot, from) in torn.into_iter().chain(behind).chain(odd) {
            let mut inside = from;
            while inside < self.segment {
                let head = self.file.read_buf(slot as u64 * self.segment + inside, BLOCK)?;
                if let Some((head, _)) = Head::decode(&head, self.seed)
                    && head.pos > at.pos
                    && head.pos % self.segment == inside
                    // Not the cut-off frame itself.
                    && (head.pos != next * self.segment || head.prev != at.chain)
                {
                    return Ok(Some(head.pos));
                }
                inside += BLOCK as u64;
            }
        }
        // The segment behind the next one has no frame, whole or not.
        match self.slots.last_key_value() {
            Some((&last, _)) if last > next => Ok(Some(last * self.segment)),
            _ => Ok(None),
        }
    }

    /// Hands out every whole frame from `at` on. For looking only: nothing is done again.
    pub fn walk(&self, at: Position, each: &mut EachFrame<'_>) -> Result<Stop> {
        let mut at = at;
        let mut pieces = BytesMut::new();
        loop {
            let next_segment = at.pos.next_multiple_of(self.segment);
            let frame = match self.frame(at.pos, at.chain)? {
                None if next_segment != at.pos => self.frame(next_segment, at.chain)?,
                found => found,
            };
            let Some(frame) = frame else { return self.stop(at, pieces) };
            let mut whole = pieces.clone();
            whole.extend_from_slice(&frame.meta);
            let mut records = Vec::new();
            if !frame.head.more {
                if !matches!(decode(whole.clone().freeze(), frame.payload), Ok(Some(_))) {
                    return self.stop(at, pieces);
                }
                records = read_records(&mut Reader(whole.split().freeze()))?;
            }
            pieces = whole;
            each(&frame.head, self.place(frame.head.pos).unwrap_or(0), &records);
            at = Position { pos: frame.head.pos + frame.head.total(), chain: frame.id };
        }
    }

    fn place(&self, pos: u64) -> Option<u64> {
        let slot = self.slots.get(&(pos / self.segment))?;
        Some(*slot as u64 * self.segment + pos % self.segment)
    }

    fn stop(&self, at: Position, pieces: BytesMut) -> Result<Stop> {
        let later = self.later(at)?;
        // Where a segment has no slot, its first frame may be what is damaged.
        let lost = self.odd.first().map(|&slot| slot as u64 * self.segment);
        let mut offset =
            self.place(at.pos).or(lost.map(|at_slot| at_slot + at.pos % self.segment)).unwrap_or(0);
        let mut first = self.file.read_buf(offset, BLOCK)?;
        // What follows a segment that is full is the first frame of the next one.
        let fits = Head::decode(&first, self.seed).is_some_and(|(head, _)| head.pos == at.pos);
        let next = at.pos.next_multiple_of(self.segment);
        if !fits
            && next != at.pos
            && let Some(there) = self.place(next).or(lost).filter(|_| later.is_some())
        {
            let bytes = self.file.read_buf(there, BLOCK)?;
            if Head::decode(&bytes, self.seed).is_none_or(|(head, _)| head.prev == at.chain) {
                (offset, first) = (there, bytes);
            }
        }
        let mut records = Vec::new();
        let why = match Head::decode(&first, self.seed) {
            None if first.iter().all(|&byte| byte == 0) => "there is none",
            None => "its head does not match its checksum",
            Some((head, _)) if head.pos != at.pos && head.pos != next => "an older frame is in its place",
            Some((head, _)) if head.prev != at.chain => "it does not follow the frame before it",
            Some((head, _)) if head.pos % self.segment + head.total() > self.segment => "it is too long",
            Some((head, _)) => {
                let all = Bytes::from_owner(self.file.read_buf(offset, head.total() as usize)?);
                let meta = all.slice(HEAD..HEAD + head.meta_len as usize);
                if crc32c::crc32c_append(self.seed, &meta) == head.meta_crc {
                    let mut whole = pieces;
                    whole.extend_from_slice(&meta);
                    records = read_records(&mut Reader(whole.freeze())).unwrap_or_default();
                    "its data does not match its checksums"
                } else {
                    "its records do not match their checksum"
                }
            }
        };
        Ok(Stop { at, offset, why, later, records })
    }

    /// Whether a commit was begun at the end that did not get there. It must not be left behind, in front of what comes
    /// next: that need not be written over it, where the next frame wants a segment of its own.
    pub fn begun(&self, end: Position) -> Result<bool> {
        let Some(at) = self.place(end.pos) else { return Ok(false) };
        let first = self.file.read_buf(at, BLOCK)?;
        Ok(Head::decode(&first, self.seed)
            .is_some_and(|(head, _)| head.pos == end.pos && head.prev == end.chain))
    }

    /// A segment that no frame, intact or not, is in.
    pub fn fresh_segment(&self, end: u64) -> u64 {
        let last = self.slots.last_key_value().map_or(0, |(&last, _)| last + 1);
        last.max(end.div_ceil(self.segment)) * self.segment
    }
}

fn read_records(r: &mut Reader) -> Result<Vec<(u64, Record)>> {
    let count = r.u32()?;
    (0..count).map(|_| Ok((r.u64()?, record::decode(r.bytes()?)?))).collect()
}

/// The transactions of a commit; `None` where its payload is not what its records say.
pub fn decode(meta: Bytes, payload: Bytes) -> Result<Option<Vec<Replayed>>> {
    let mut r = Reader(meta);
    let records = read_records(&mut r)?;
    let mut payload = payload;
    let mut found = Vec::with_capacity(records.len());
    for (seq, record) in records {
        let mut contents = Vec::new();
        if let Record::Object(_, changes) = &record {
            for change in changes {
                let Change::Blocks(extent) = change else { continue };
                let content = match r.u8()? {
                    0 => None,
                    _ => {
                        let len = extent.crcs.len() * BLOCK;
                        if payload.len() < len {
                            return Err(Errno::EIO);
                        }
                        let content = payload.split_to(len);
                        let intact = content
                            .chunks_exact(BLOCK)
                            .zip(&extent.crcs)
                            .all(|(block, &crc)| crc32c::crc32c(block) == crc);
                        if !intact && !broken::SKIP_PAYLOAD_CRC {
                            return Ok(None);
                        }
                        Some(content)
                    }
                };
                contents.push(content);
            }
        }
        found.push(Replayed { seq, record, contents });
    }
    Ok(Some(found))
}
