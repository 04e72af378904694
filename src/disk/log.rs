//! The log: an endless sequence of frames, kept in a ring of segments of one file.
//!
//! A frame's position counts bytes since the store was made. Segment `pos / segment` of the endless log lives in one
//! slot of the file; which one, the first frame of the slot tells. Slots are written with zeroes before their first
//! use: appending to written blocks is what makes a synchronous write cheap.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ops::{Errno, Result};
use parking_lot::{Condvar, Mutex};

use crate::BLOCK;
use crate::direct::AlignedBuf;
use crate::frame::{HEAD, Head};
use crate::medium::File;

pub const NAME: &str = "log";

/// Between two frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub pos: u64,
    /// The id of the frame before.
    pub chain: u32,
}

struct Tail {
    at: Position,
    /// Everything before this may be overwritten.
    start: u64,
    slots: BTreeMap<u64, usize>,
    free: Vec<usize>,
    total: usize,
}

pub struct Log {
    file: Arc<dyn File>,
    seed: u32,
    segment: u64,
    max_slots: usize,
    tail: Mutex<Tail>,
    room: Condvar,
}

/// How long an append waits for room before it looks again whether the store still lives.
const ROOM_POLL: Duration = Duration::from_millis(20);

impl Log {
    /// `slots`: where the segments from `at` on live, as the replay found them.
    pub fn new(
        file: Arc<dyn File>,
        seed: u32,
        segment: u64,
        capacity: u64,
        at: Position,
        start: u64,
        slots: BTreeMap<u64, usize>,
    ) -> Result<Log> {
        let total = (file.len()? / segment) as usize;
        let free = (0..total).rev().filter(|slot| !slots.values().any(|used| used == slot)).collect();
        let tail = Mutex::new(Tail { at, start, slots, free, total });
        let max_slots = ((capacity / segment) as usize).max(4);
        Ok(Log { file, seed, segment, max_slots, tail, room: Condvar::new() })
    }

    pub fn position(&self) -> Position {
        self.tail.lock().at
    }

    /// Bytes between the start and the end.
    pub fn used(&self) -> u64 {
        let tail = self.tail.lock();
        tail.at.pos.saturating_sub(tail.start)
    }

    pub fn start(&self) -> u64 {
        self.tail.lock().start
    }

    pub fn file_len(&self) -> Result<u64> {
        self.file.len()
    }

    pub fn capacity(&self) -> u64 {
        self.max_slots as u64 * self.segment
    }

    /// The most bytes a frame may have.
    pub fn max_frame(&self) -> u64 {
        self.segment
    }

    /// Whether the next segments have no slot yet.
    pub fn wants_slots(&self) -> bool {
        let tail = self.tail.lock();
        tail.free.len() < (tail.total / 4).max(2) && tail.total < self.max_slots
    }

    /// Adds a slot, zero-written, where the ring may still grow.
    pub fn grow(&self) -> Result<bool> {
        let slot = self.tail.lock().total;
        if slot >= self.max_slots {
            return Ok(false);
        }
        let zeroes = AlignedBuf::zeroed((self.segment as usize).min(1 << 20));
        let base = slot as u64 * self.segment;
        self.file.allocate(base + self.segment)?;
        let mut done = 0;
        while done < self.segment {
            let len = zeroes.len().min((self.segment - done) as usize);
            self.file.write(base + done, &[&zeroes[..len]], false)?;
            done += len as u64;
        }
        self.file.sync()?;
        let mut tail = self.tail.lock();
        if tail.total == slot {
            tail.total += 1;
            tail.free.push(slot);
            self.room.notify_all();
        }
        Ok(true)
    }

    /// Frees the segments before `start`.
    pub fn trim(&self, start: u64) {
        let mut tail = self.tail.lock();
        tail.start = start;
        let keep = tail.slots.split_off(&(start / self.segment));
        let freed = std::mem::replace(&mut tail.slots, keep);
        tail.free.extend(freed.into_values());
        self.room.notify_all();
    }

    /// Where in the file the next `len` bytes go. Waits for room as long as `alive`.
    fn reserve(&self, len: u64, alive: &dyn Fn() -> bool) -> Result<(u64, u64)> {
        let mut tail = self.tail.lock();
        let mut pos = tail.at.pos;
        if pos % self.segment + len > self.segment {
            pos = pos.next_multiple_of(self.segment);
        }
        let index = pos / self.segment;
        let slot = loop {
            if let Some(&slot) = tail.slots.get(&index) {
                break slot;
            }
            if let Some(slot) = tail.free.pop() {
                tail.slots.insert(index, slot);
                break slot;
            }
            if tail.total < self.max_slots {
                drop(tail);
                self.grow()?;
                tail = self.tail.lock();
                continue;
            }
            if !alive() {
                return Err(Errno::EIO);
            }
            self.room.wait_for(&mut tail, ROOM_POLL);
        };
        Ok((pos, slot as u64 * self.segment + pos % self.segment))
    }

    /// Appends `meta` with its payload blocks, durable on return. One caller at a time.
    pub fn append(&self, meta: &[u8], payload: &[&[u8]], alive: &dyn Fn() -> bool) -> Result<()> {
        let blocks: usize = payload.iter().map(|block| block.len() / BLOCK).sum();
        let room = self.segment as usize - HEAD - blocks * BLOCK;
        let mut rest = meta;
        while rest.len() > room {
            // A piece with no payload takes a whole segment.
            let (piece, behind) = rest.split_at(self.segment as usize - HEAD);
            self.append_frame(piece, &[], 0, true, alive)?;
            rest = behind;
        }
        self.append_frame(rest, payload, blocks as u32, false, alive)
    }

    fn append_frame(
        &self,
        meta: &[u8],
        payload: &[&[u8]],
        payload_blocks: u32,
        more: bool,
        alive: &dyn Fn() -> bool,
    ) -> Result<()> {
        let mut head = Head {
            more,
            pos: 0,
            meta_len: meta.len() as u32,
            payload_blocks,
            prev: self.tail.lock().at.chain,
            meta_crc: crc32c::crc32c_append(self.seed, meta),
        };
        let (pos, off) = self.reserve(head.total(), alive)?;
        head.pos = pos;
        let (bytes, id) = head.encode(self.seed);
        let mut lead = AlignedBuf::zeroed(head.lead() as usize);
        lead[..HEAD].copy_from_slice(&bytes);
        lead[HEAD..HEAD + meta.len()].copy_from_slice(meta);
        let mut bufs: Vec<&[u8]> = Vec::with_capacity(1 + payload.len());
        bufs.push(&lead);
        bufs.extend_from_slice(payload);
        self.file.write(off, &bufs, true)?;
        self.tail.lock().at = Position { pos: pos + head.total(), chain: id };
        Ok(())
    }
}
