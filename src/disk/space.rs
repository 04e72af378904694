//! The space of the data file: which blocks are used, by how many references, and which come back when.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use ops::{Errno, Result};

use crate::medium::{Capacity, File, Medium};
use crate::options::OpenOptions;
use crate::pins::Pins;
use crate::{BLOCK, Phys};
use sync::Mutex;
use sync::atomic::{AtomicU64, Ordering};

pub const NAME: &str = "data";

const WORD: u64 = 64;
/// The file grows by a quarter, within these bounds (in blocks).
const GROW: std::ops::RangeInclusive<u64> = 1024..=(1 << 18);
/// How many gaps a search for a contiguous run tries before it gives up, from where it was last and from the start.
const PROBES: usize = 256;
/// The file system gets space back in pieces of this many blocks, 1 MiB.
const PIECE: u64 = 256;
/// The most pieces it gets at once, and the fewest worth looking for them.
const PIECES: std::ops::RangeInclusive<u64> = 16..=1024;
/// An allocation of this many blocks is worth space at the end of the file where no gap holds it: written to
/// gaps of single blocks, a megabyte takes 256 writes.
const LARGE: u64 = 16;
/// The file grows for that only while it has less than this many blocks, and those in use once more, to spare.
const SPARE: u64 = 1 << 16;

#[derive(Default)]
struct Blocks {
    /// A set bit is a block in use, or one that waits in `limbo`.
    bits: Vec<u64>,
    total: u64,
    used: u64,
    cursor: u64,
    /// Where the last allocation in one piece ended.
    pieces: u64,
    /// References of blocks that have more than one.
    shared: HashMap<Phys, u32>,
    /// Free, but still pinned.
    limbo: VecDeque<Phys>,
    /// Pieces of the file that the file system has back, or, where `false`, is about to get. Their bits are set, so that
    /// nobody takes a block of them.
    holes: BTreeMap<u32, bool>,
    holes_changed: bool,
}

/// A contiguous run of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub start: Phys,
    pub len: u32,
}

pub struct Space {
    pub file: Arc<dyn File>,
    medium: Arc<dyn Medium>,
    /// Bytes of the file system that data must leave for the log and the checkpoint, and its part that may be full.
    reserve: u64,
    full_ratio: f64,
    pub pins: Pins,
    /// Blocks before this one have been written some time: a synchronous write there changes no metadata of the file
    /// system. A guess, for speed only.
    written: AtomicU64,
    blocks: Mutex<Blocks>,
}

impl Space {
    /// `bits` as a checkpoint left them: block 0 is never given out.
    pub fn new(
        file: Arc<dyn File>,
        medium: Arc<dyn Medium>,
        options: OpenOptions,
        mut bits: Vec<u64>,
        shared: HashMap<Phys, u32>,
    ) -> Result<Space> {
        let total = (file.len()? / BLOCK as u64).min(u64::from(u32::MAX));
        let words = total.div_ceil(WORD) as usize;
        if bits.len() < words.max(1) {
            bits.resize(words.max(1), 0);
        }
        bits[0] |= 1;
        let written = bits.iter().rposition(|&word| word != 0).map_or(0, |last| (last as u64 + 1) * WORD);
        let used = bits.iter().map(|word| u64::from(word.count_ones())).sum();
        let blocks = Blocks {
            bits,
            total: total.max(1),
            used,
            cursor: 1,
            pieces: 1,
            shared,
            limbo: VecDeque::new(),
            holes: BTreeMap::new(),
            holes_changed: false,
        };
        let OpenOptions { reserve, full_ratio, .. } = options;
        let written = AtomicU64::new(written);
        Ok(Space {
            file,
            medium,
            reserve,
            full_ratio,
            pins: Pins::new(),
            written,
            blocks: Mutex::new(blocks),
        })
    }

    /// Blocks that could be given out without growing the file.
    pub fn free(&self) -> u64 {
        let blocks = self.blocks.lock();
        blocks.spare()
    }

    /// Whether blocks up to `end` (exclusive) have been written before.
    pub fn was_written(&self, end: u64) -> bool {
        end <= self.written.load(Ordering::Relaxed)
    }

    pub fn note_written(&self, end: u64) {
        self.written.fetch_max(end, Ordering::Relaxed);
    }

    /// Blocks in use.
    pub fn used(&self) -> u64 {
        self.blocks.lock().used
    }

    pub fn capacity(&self) -> Result<Capacity> {
        self.medium.capacity()
    }

    /// Bytes the data file may still take from the file system.
    fn growth(&self) -> Result<u64> {
        let Capacity { total, available } = self.capacity()?;
        let full = (total as f64 * (1.0 - self.full_ratio).clamp(0.0, 1.0)) as u64;
        Ok(available.saturating_sub(self.reserve.max(full)))
    }

    /// Adds `count` blocks to `runs`, as contiguous as may be. `-ENOSPC`: nothing is taken.
    pub fn allocate(&self, count: u32, runs: &mut Vec<Run>) -> Result<()> {
        let mut blocks = self.blocks.lock();
        if blocks.spare() < u64::from(count) {
            self.reap(&mut blocks);
            self.refill(&mut blocks, u64::from(count))?;
            let missing = u64::from(count).saturating_sub(blocks.spare());
            if missing > 0 {
                self.grow(&mut blocks, missing)?;
            }
        }
        let want = u64::from(count);
        if want > 1 && blocks.take_whole(want, runs) {
            return Ok(());
        }
        let spare = blocks.spare();
        if want >= LARGE && self.refill(&mut blocks, spare + want).is_ok() && blocks.take_whole(want, runs) {
            return Ok(());
        }
        let end = blocks.total;
        if want >= LARGE && self.may_spread(&blocks) && self.grow(&mut blocks, want).is_ok() {
            blocks.pieces = end;
            if blocks.take_whole(want, runs) {
                return Ok(());
            }
        }
        blocks.take(count, runs);
        Ok(())
    }

    /// Whether the file may grow although it has free blocks, for the sake of contiguous ones.
    fn may_spread(&self, blocks: &Blocks) -> bool {
        let spare = blocks.spare();
        let roomy = || self.growth().is_ok_and(|bytes| bytes / BLOCK as u64 > blocks.total.max(SPARE));
        spare < blocks.used + SPARE && roomy()
    }

    fn grow(&self, blocks: &mut Blocks, missing: u64) -> Result<()> {
        let unit = BLOCK as u64;
        let may = self.growth()? / unit;
        let most = u64::from(u32::MAX) - blocks.total;
        let want = (blocks.total / 4).clamp(*GROW.start(), *GROW.end()).max(missing).min(may).min(most);
        if want < missing {
            return Err(Errno::ENOSPC);
        }
        let total = blocks.total + want;
        self.file.allocate(total * unit)?;
        blocks.total = total;
        let words = total.div_ceil(WORD) as usize;
        if blocks.bits.len() < words {
            blocks.bits.resize(words, 0);
        }
        Ok(())
    }

    /// Takes holes back until there are `wanted` free blocks, as far as there are holes.
    fn refill(&self, blocks: &mut Blocks, wanted: u64) -> Result<()> {
        while blocks.spare() < wanted {
            let Some((&piece, _)) = blocks.holes.iter().find(|&(_, punched)| *punched) else { break };
            let (off, len) = (u64::from(piece) * PIECE * BLOCK as u64, PIECE * BLOCK as u64);
            if self.growth()? < len {
                return Err(Errno::ENOSPC);
            }
            self.file.fill(off, len)?;
            blocks.holes.remove(&piece);
            blocks.holes_changed = true;
            blocks.piece_mut(piece).fill(0);
        }
        Ok(())
    }

    /// Chooses pieces that nobody uses for the file system to have back, so that about `keep` free blocks stay. Nobody
    /// gets their blocks from now on.
    pub fn surplus(&self, keep: u64) -> Vec<u32> {
        let mut blocks = self.blocks.lock();
        let surplus = blocks.spare().saturating_sub(keep.max(blocks.used / 4)) / PIECE;
        let mut chosen = Vec::new();
        if surplus < *PIECES.start() {
            return chosen;
        }
        let wanted = surplus.min(*PIECES.end()) as usize;
        // From the end, where a file is easiest to keep short.
        for piece in (0..(blocks.total / PIECE) as u32).rev() {
            if chosen.len() == wanted {
                break;
            }
            let bits = blocks.piece_mut(piece);
            if bits.iter().all(|&word| word == 0) && !bits.is_empty() {
                bits.fill(u64::MAX);
                blocks.holes.insert(piece, false);
                blocks.holes_changed = true;
                chosen.push(piece);
            }
        }
        chosen
    }

    /// All holes, if they are others than at the last call: first piece and count.
    pub fn changed_holes(&self) -> Option<Vec<(u32, u32)>> {
        let mut blocks = self.blocks.lock();
        std::mem::take(&mut blocks.holes_changed).then(|| pieces(blocks.holes.keys().copied()))
    }

    /// Gives pieces back that `surplus` chose. The catalog knows of them: after a crash nobody will take them for space.
    pub fn punch(&self, chosen: &[u32]) {
        for (first, count) in pieces(chosen.iter().rev().copied()) {
            let unit = PIECE * BLOCK as u64;
            if let Err(err) = self.file.punch(u64::from(first) * unit, u64::from(count) * unit) {
                tracing::debug!(target: "store", "punching a hole: {err}");
            }
        }
        let mut blocks = self.blocks.lock();
        for piece in chosen {
            blocks.holes.insert(*piece, true);
        }
    }

    /// What the catalog says of holes, after the log has been done again. One in which something lives was taken back
    /// after the checkpoint.
    pub fn apply_holes(&self, holes: &[(u32, u32)]) -> Result<()> {
        let mut blocks = self.blocks.lock();
        for piece in holes.iter().flat_map(|&(first, count)| first..first.saturating_add(count)) {
            if u64::from(piece) >= blocks.total / PIECE {
                tracing::error!(target: "store", "a hole beyond the end of the data file");
                return Err(Errno::EIO);
            }
            let bits = blocks.piece_mut(piece);
            if bits.iter().all(|&word| word == 0) {
                bits.fill(u64::MAX);
                blocks.holes.insert(piece, true);
            } else {
                self.file.fill(u64::from(piece) * PIECE * BLOCK as u64, PIECE * BLOCK as u64)?;
                blocks.holes_changed = true;
            }
        }
        Ok(())
    }

    /// One more reference; `true` where it is the first.
    pub fn acquire(&self, block: Phys) -> Result<bool> {
        let mut blocks = self.blocks.lock();
        let word = (u64::from(block) / WORD) as usize;
        if word >= blocks.bits.len() {
            blocks.bits.resize(word + 1, 0);
        }
        let mask = 1 << (u64::from(block) % WORD);
        if blocks.bits[word] & mask != 0 {
            blocks.share(block);
            return Ok(false);
        }
        blocks.bits[word] |= mask;
        blocks.used += 1;
        if u64::from(block) >= blocks.total {
            let total = u64::from(block) + 1;
            self.file.allocate(total * BLOCK as u64)?;
            blocks.total = total;
        }
        Ok(true)
    }

    pub fn share(&self, list: impl Iterator<Item = Phys>) {
        let mut blocks = self.blocks.lock();
        for block in list {
            blocks.share(block);
        }
    }

    /// Drops one reference of each; keeps in `list` those that had their last one. They stay in use until `free_all`.
    pub fn release(&self, list: &mut Vec<Phys>) {
        let mut blocks = self.blocks.lock();
        list.retain(|block| match blocks.shared.get_mut(block) {
            None => true,
            Some(count) => {
                *count -= 1;
                if *count == 1 {
                    blocks.shared.remove(block);
                }
                false
            }
        });
    }

    /// Whether the block has one reference and nobody reads or writes it.
    pub fn exclusive(&self, block: Phys) -> bool {
        !self.pins.pinned(block) && !self.blocks.lock().shared.contains_key(&block)
    }

    /// Makes released blocks available, those that are pinned as soon as they are not.
    pub fn free_all(&self, list: &[Phys]) {
        let mut blocks = self.blocks.lock();
        if !blocks.limbo.is_empty() {
            self.reap(&mut blocks);
        }
        for &block in list {
            if self.pins.pinned(block) {
                blocks.limbo.push_back(block);
            } else {
                blocks.clear(block);
            }
        }
    }

    fn reap(&self, blocks: &mut Blocks) {
        for _ in 0..blocks.limbo.len() {
            let Some(block) = blocks.limbo.pop_front() else { break };
            if self.pins.pinned(block) {
                blocks.limbo.push_back(block);
            } else {
                blocks.clear(block);
            }
        }
    }

    /// Which blocks are used, and those used more than once: for tests and checks.
    pub fn snapshot(&self) -> (Vec<u64>, HashMap<Phys, u32>) {
        let mut blocks = self.blocks.lock();
        self.reap(&mut blocks);
        let mut all = blocks.bits.clone();
        for piece in blocks.holes.keys() {
            let from = *piece as usize * (PIECE / WORD) as usize;
            if let Some(bits) = all.get_mut(from..from + (PIECE / WORD) as usize) {
                bits.fill(0);
            }
        }
        (all, blocks.shared.clone())
    }
}

/// Ascending numbers as runs.
fn pieces(numbers: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((first, count)) if *first + *count == number => *count += 1,
            _ => runs.push((number, 1)),
        }
    }
    runs
}

impl Blocks {
    /// Free blocks that can be given out.
    fn spare(&self) -> u64 {
        self.total.saturating_sub(self.used + self.holes.len() as u64 * PIECE)
    }

    /// The bits of a piece; none past the end.
    fn piece_mut(&mut self, piece: u32) -> &mut [u64] {
        let words = (PIECE / WORD) as usize;
        let from = piece as usize * words;
        self.bits.get_mut(from..from + words).unwrap_or_default()
    }

    /// One more reference to a block that has some.
    fn share(&mut self, block: Phys) {
        let count = self.shared.entry(block).or_insert(1);
        // A damaged store may count as many as there can be.
        *count = count.saturating_add(1);
    }

    fn clear(&mut self, block: Phys) {
        let mask = 1 << (u64::from(block) % WORD);
        if let Some(word) = self.bits.get_mut((u64::from(block) / WORD) as usize)
            && *word & mask != 0
        {
            *word &= !mask;
            self.used -= 1;
        }
    }

    /// The first free run at or after `from`, up to `want` blocks long, looking no further than `to`.
    fn find(&self, from: u64, to: u64, want: u64) -> Option<(u64, u64)> {
        let mut at = from;
        while at < to {
            let word = self.bits[(at / WORD) as usize] >> (at % WORD);
            if word & 1 == 0 {
                let start = at;
                while at < to && at - start < want {
                    let word = self.bits[(at / WORD) as usize] >> (at % WORD);
                    let zeroes = u64::from(word.trailing_zeros()).min(WORD - at % WORD);
                    if zeroes == 0 {
                        break;
                    }
                    at += zeroes;
                }
                return Some((start, at.min(to).min(start + want) - start));
            }
            at += u64::from((!word).trailing_zeros()).min(WORD - at % WORD).max(1);
        }
        None
    }

    fn mark(&mut self, start: u64, len: u64, runs: &mut Vec<Run>) {
        for block in start..start + len {
            self.bits[(block / WORD) as usize] |= 1 << (block % WORD);
        }
        self.used += len;
        runs.push(Run { start: start as Phys, len: len as u32 });
    }

    /// One run for all, where a few probes find one.
    fn take_whole(&mut self, want: u64, runs: &mut Vec<Run>) -> bool {
        for from in [self.pieces, 1] {
            let mut at = from;
            for _ in 0..PROBES {
                let Some((start, len)) = self.find(at, self.total, want) else { break };
                at = start + len;
                if len == want {
                    self.mark(start, len, runs);
                    self.pieces = at;
                    return true;
                }
            }
        }
        false
    }

    /// The caller has seen that `count` blocks are free.
    fn take(&mut self, count: u32, runs: &mut Vec<Run>) {
        let mut left = u64::from(count);
        while left > 0 {
            let found = self.find(self.cursor, self.total, left).or_else(|| self.find(1, self.total, left));
            let Some((start, len)) = found else { break };
            self.mark(start, len, runs);
            self.cursor = start + len;
            left -= len;
        }
    }
}
