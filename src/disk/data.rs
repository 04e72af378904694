//! A hold's data: which physical blocks a write goes to, partial blocks, holes.

use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, Result};
use pages::{AlignedBuf, PAGE};

use crate::api::Part;
use crate::part::Payload;
use crate::record::{Change, Extent};
use crate::space::Run;
use crate::tx::DiskTx;
use crate::{BLOCK, Phys};

const UNIT: u64 = BLOCK as u64;
/// Writes of up to this many blocks may overwrite blocks in their place, by way of the log.
const IN_PLACE_BLOCKS: u64 = 4;
/// What one transaction may overwrite in place.
const IN_PLACE_MAX: usize = 64 << 10;

/// Consecutive blocks with a common home.
struct Home {
    run: Run,
    in_place: bool,
}

impl DiskTx<'_> {
    pub(crate) fn write_data(&mut self, part: Part, off: u64, data: &Bytes) -> Result<()> {
        let size = self.state.part(part)?.size;
        let end = off.checked_add(data.len() as u64).ok_or(Errno::EFBIG)?;
        if !data.is_empty() {
            self.store(part, off, data)?;
        }
        if end > size { self.change(Change::Size(part, end)) } else { Ok(()) }
    }

    pub(crate) fn zero_data(&mut self, part: Part, off: u64, len: u64) -> Result<()> {
        let size = self.state.part(part)?.size;
        let end = off.saturating_add(len).min(size);
        if off >= end {
            return Ok(());
        }
        // The last block of the part counts as covered where the range reaches the part's end.
        let (first, last) = (off.div_ceil(UNIT), if end == size { end.div_ceil(UNIT) } else { end / UNIT });
        if !off.is_multiple_of(UNIT) {
            self.zero_within(part, off, end.min(first * UNIT))?;
        }
        if last >= first && last * UNIT < end {
            self.zero_within(part, last * UNIT, end)?;
        }
        self.unmap(part, first, last)
    }

    pub(crate) fn truncate_data(&mut self, part: Part, size: u64) -> Result<()> {
        let old = self.state.part(part)?.size;
        if size == old {
            return Ok(());
        }
        if size < old {
            if !size.is_multiple_of(UNIT) {
                // Bytes of the last block past the size are zeroes, always.
                self.zero_within(part, size, old.min(size.next_multiple_of(UNIT)))?;
            }
            self.unmap(part, size.div_ceil(UNIT), old.div_ceil(UNIT))?;
        }
        self.change(Change::Size(part, size))
    }

    pub(crate) fn allocated(&self, part: Part, off: u64, len: u64) -> Result<Vec<(u64, u64)>> {
        let state = self.state.part(part)?;
        let end = off.saturating_add(len).min(state.size);
        let mut found: Vec<(u64, u64)> = Vec::new();
        if off >= end {
            return Ok(found);
        }
        for (block, _) in state.map(&self.core.catalog)?.range(off / UNIT, end.div_ceil(UNIT)) {
            let (from, to) = ((block * UNIT).max(off), (block * UNIT + UNIT).min(end));
            match found.last_mut() {
                Some(last) if last.0 + last.1 == from => last.1 += to - from,
                _ => found.push((from, to - from)),
            }
        }
        Ok(found)
    }

    fn unmap(&mut self, part: Part, from: u64, to: u64) -> Result<()> {
        let map = self.state.part(part)?.map(&self.core.catalog)?;
        if from < to && map.range(from, to).next().is_some() {
            self.change(Change::Unmap { part, from, to })?;
        }
        Ok(())
    }

    /// Zeroes bytes of one block, unless it is a hole.
    fn zero_within(&mut self, part: Part, off: u64, end: u64) -> Result<()> {
        if off >= end || self.entry(part, off / UNIT)?.is_hole() {
            return Ok(());
        }
        static ZEROES: [u8; BLOCK] = [0; BLOCK];
        let zeroes = ZEROES.get(..(end - off) as usize).ok_or(Errno::EINVAL)?;
        self.store(part, off, &Bytes::from_static(zeroes))
    }

    /// Gives whole blocks new content: `data`, within what was there before.
    fn store(&mut self, part: Part, off: u64, data: &Bytes) -> Result<()> {
        let end = off + data.len() as u64;
        let (first, last) = (off / UNIT, (end - 1) / UNIT);
        let count = last - first + 1;
        if count > u64::from(u32::MAX) {
            return Err(Errno::EFBIG);
        }
        let (head, tail) = ((off - first * UNIT) as usize, (end - last * UNIT) as usize);
        // Whole blocks that direct I/O can take as they are need no copy.
        let whole = head == 0 && tail == BLOCK && data.as_ptr().addr().is_multiple_of(PAGE);
        let data = if whole { data.clone() } else { self.frame(part, off, data)? };

        let homes = self.homes(part, first, count)?;
        let mut at = 0;
        for Home { run, in_place } in homes {
            let bytes = run.len as usize * BLOCK;
            let content = data.slice(at..at + bytes);
            let crcs = content.chunks_exact(BLOCK).map(crc32c::crc32c).collect();
            let extent = Extent { part, first: first + (at / BLOCK) as u64, phys: run.start, crcs };
            let payload = Arc::new(Payload::new(run.start, in_place, content));
            self.place(Change::Blocks(extent), payload, bytes)?;
            at += bytes;
        }
        Ok(())
    }

    /// `data` within the whole blocks it lies in, as they were.
    fn frame(&mut self, part: Part, off: u64, data: &[u8]) -> Result<Bytes> {
        let end = off + data.len() as u64;
        let (first, last) = (off / UNIT, (end - 1) / UNIT);
        let (head, tail) = ((off - first * UNIT) as usize, (end - last * UNIT) as usize);
        let mut buf = AlignedBuf::framing(head, data);
        let mut old = [0; BLOCK];
        if head != 0 {
            self.read_block(part, first, &mut old)?;
            buf[..head].copy_from_slice(&old[..head]);
        }
        if tail != BLOCK {
            if head == 0 || first != last {
                old.fill(0);
                self.read_block(part, last, &mut old)?;
            }
            let at = buf.len() - BLOCK;
            buf[at + tail..].copy_from_slice(&old[tail..]);
        }
        Ok(Bytes::from_owner(buf))
    }

    /// Where the blocks' content shall live.
    fn homes(&mut self, part: Part, first: u64, count: u64) -> Result<Vec<Home>> {
        let small =
            count <= IN_PLACE_BLOCKS && self.core.queue.backlog() < self.core.options.in_place_backlog;
        let budget = IN_PLACE_MAX.min(self.core.log.max_frame() as usize / 8);
        let mut homes: Vec<Home> = Vec::with_capacity(1);
        let mut missing = 0;
        if small && self.in_place + count as usize * BLOCK <= budget {
            for block in first..first + count {
                let entry = self.entry(part, block)?;
                let stays = !entry.is_hole() && self.core.space.exclusive(entry.phys);
                match homes.last_mut() {
                    Some(last) if stays && last.in_place && last.run.start + last.run.len == entry.phys => {
                        last.run.len += 1;
                    }
                    Some(last) if !stays && !last.in_place => last.run.len += 1,
                    _ => homes.push(Home { run: Run { start: entry.phys, len: 1 }, in_place: stays }),
                }
                missing += u32::from(!stays);
            }
        } else {
            missing = count as u32;
            homes.push(Home { run: Run { start: 0, len: missing }, in_place: false });
        }
        if missing == 0 {
            return Ok(homes);
        }
        let mut runs = Vec::with_capacity(1);
        self.core.space.allocate(missing, &mut runs)?;
        self.fresh.extend(runs.iter().flat_map(|run| run.start..run.start + run.len as Phys));
        // Cut the fresh homes to the runs that were found.
        let mut cut = Vec::with_capacity(homes.len());
        let mut runs = runs.into_iter();
        let mut rest = Run { start: 0, len: 0 };
        for home in homes {
            let mut left = if home.in_place { 0 } else { home.run.len };
            if home.in_place {
                cut.push(home);
            }
            while left > 0 {
                if rest.len == 0 {
                    rest = runs.next().ok_or(Errno::EIO)?;
                }
                let len = left.min(rest.len);
                cut.push(Home { run: Run { start: rest.start, len }, in_place: false });
                rest = Run { start: rest.start + len, len: rest.len - len };
                left -= len;
            }
        }
        Ok(cut)
    }
}
