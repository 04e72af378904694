//! Replay: what the log has beyond the checkpoint is done again, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ops::{Errno, Result};

use crate::BLOCK;
use crate::codec::Reader;
use crate::frame::{HEAD, Head};
use crate::log::Position;
use crate::medium::File;
use crate::record::{self, Change, Record};

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

struct Frame {
    head: Head,
    id: u32,
    meta: Bytes,
    payload: Bytes,
}

impl Scan {
    pub fn new(file: Arc<dyn File>, seed: u32, segment: u64) -> Result<Scan> {
        let total = (file.len()? / segment) as usize;
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
        if crc32c::crc32c_append(self.seed, &meta) != head.meta_crc {
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
        let later = |pos: u64| {
            tracing::error!(
                target: "store",
                "the log is damaged: it breaks off at {}, but has a frame at {pos}",
                at.pos
            );
            Err(Errno::EIO)
        };
        let torn = self.slots.get(&(at.pos / self.segment)).map(|&slot| (slot, at.pos % self.segment));
        let odd = self.odd.iter().map(|&slot| (slot, 0));
        for (slot, from) in torn.into_iter().chain(odd) {
            let mut inside = from;
            while inside < self.segment {
                let head = self.file.read_buf(slot as u64 * self.segment + inside, BLOCK)?;
                if let Some((head, _)) = Head::decode(&head, self.seed)
                    && head.pos > at.pos
                    && head.pos % self.segment == inside
                {
                    return later(head.pos);
                }
                inside += BLOCK as u64;
            }
        }
        // The next segment may hold a frame that was cut off; one after that, none.
        match self.slots.last_key_value() {
            Some((&last, _)) if last > at.pos.div_ceil(self.segment) => later(last * self.segment),
            _ => Ok(()),
        }
    }

    /// A segment that no frame, intact or not, is in.
    pub fn fresh_segment(&self, end: u64) -> u64 {
        let last = self.slots.last_key_value().map_or(0, |(&last, _)| last + 1);
        last.max(end.div_ceil(self.segment)) * self.segment
    }
}

/// The transactions of a commit; `None` where its payload is not what its records say.
fn decode(meta: Bytes, payload: Bytes) -> Result<Option<Vec<Replayed>>> {
    let mut r = Reader(meta);
    let mut records = Vec::new();
    for _ in 0..r.u32()? {
        records.push((r.u64()?, record::decode(r.bytes()?)?));
    }
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
                        if !intact {
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
