//! The log: an endless sequence of frames, kept in a ring of segments of one file.
//!
//! A frame's position counts bytes since the store was made. Segment `pos / segment` of the endless log lives in one
//! slot of the file; which one, the first frame of the slot tells. Slots are written with zeroes before their first
//! use: appending to written blocks is what makes a synchronous write cheap.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ops::{Errno, Result};
use pages::AlignedBuf;

use crate::frame::{HEAD, Head};
use crate::medium::File;
use crate::{BLOCK, broken};
use sync::{Condvar, Mutex};

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
    /// The file system had no room for another slot.
    stunted: bool,
}

pub struct Log {
    file: Arc<dyn File>,
    seed: u32,
    segment: u64,
    max_slots: usize,
    /// How long to wait for a checkpoint when the ring is full. The checkpoint may itself wait for what is to be
    /// appended: then the ring grows beyond its size.
    patience: Duration,
    growing: Mutex<()>,
    tail: Mutex<Tail>,
    room: Condvar,
}

/// How long an append waits for room before it looks again whether the store still lives.
const ROOM_POLL: Duration = Duration::from_millis(20);
/// On a full disk, how long until an append fails.
const GIVE_UP: Duration = Duration::from_secs(20);

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
        patience: Duration,
    ) -> Result<Log> {
        // The last slot may be cut short: what a file system that lost the rest of its length left.
        let total = file.len()?.div_ceil(segment) as usize;
        let free = (0..total).rev().filter(|slot| !slots.values().any(|used| used == slot)).collect();
        let tail = Mutex::new(Tail { at, start, slots, free, total, stunted: false });
        let max_slots = ((capacity / segment) as usize).max(4);
        Ok(Log {
            file,
            seed,
            segment,
            max_slots,
            patience,
            growing: Mutex::new(()),
            tail,
            room: Condvar::new(),
        })
    }

    pub fn position(&self) -> Position {
        self.tail.lock().at
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

    /// So much of it is in use that a checkpoint should make room.
    pub fn crowded(&self) -> bool {
        let tail = self.tail.lock();
        let slots = if tail.stunted { tail.total.min(self.max_slots) } else { self.max_slots };
        tail.at.pos.saturating_sub(tail.start) >= slots as u64 * self.segment / 2
    }

    /// The most bytes a frame may have.
    pub fn max_frame(&self) -> u64 {
        self.segment
    }

    /// Whether the next segments have no slot yet.
    pub fn wants_slots(&self) -> bool {
        let tail = self.tail.lock();
        !tail.stunted && tail.free.len() < (tail.total / 4).max(2) && tail.total < self.max_slots
    }

    /// Adds a slot, zero-written, where the ring may still grow.
    pub fn grow(&self) -> Result<bool> {
        self.add_slot(&|tail| tail.total < self.max_slots)
    }

    /// Adds a slot, unless, once it is our turn, `wanted` says no.
    fn add_slot(&self, wanted: &dyn Fn(&Tail) -> bool) -> Result<bool> {
        // One at a time: the zeroes of a second one would hit what is written into the slot of the first.
        let _turn = self.growing.lock();
        let slot = {
            let tail = self.tail.lock();
            if !wanted(&tail) {
                return Ok(false);
            }
            tail.total
        };
        let result = self.write_slot(slot);
        let mut tail = self.tail.lock();
        tail.stunted = result.is_err();
        if result.is_ok() {
            tail.total += 1;
            tail.free.push(slot);
            self.room.notify_all();
        }
        result.map(|()| true)
    }

    fn write_slot(&self, slot: usize) -> Result<()> {
        let zeroes = AlignedBuf::zeroed((self.segment as usize).min(1 << 20));
        let base = slot as u64 * self.segment;
        self.file.allocate(base + self.segment)?;
        let mut done = 0;
        while done < self.segment {
            let len = zeroes.len().min((self.segment - done) as usize);
            self.file.write(base + done, &[&zeroes[..len]], false)?;
            done += len as u64;
        }
        self.file.sync()
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
        let since = Instant::now();
        let slot = loop {
            if let Some(&slot) = tail.slots.get(&index) {
                break slot;
            }
            if let Some(slot) = tail.free.pop() {
                tail.slots.insert(index, slot);
                break slot;
            }
            if !alive() {
                return Err(Errno::EIO);
            }
            let waited = since.elapsed();
            if (tail.total < self.max_slots && !tail.stunted) || waited >= self.patience {
                drop(tail);
                if let Err(err) = self.add_slot(&|tail| tail.free.is_empty())
                    && (err != Errno::ENOSPC || waited >= GIVE_UP || self.patience.is_zero())
                {
                    return Err(err);
                }
                tail = self.tail.lock();
                if !tail.stunted {
                    continue;
                }
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
        self.file.write(off, &bufs, !broken::SKIP_LOG_SYNC)?;
        self.tail.lock().at = Position { pos: pos + head.total(), chain: id };
        Ok(())
    }
}
