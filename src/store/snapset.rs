//! An object's snap set: which clones it has, which snapshots each serves, what they share.
//!
//! It is kept in the [`disk::Info`] of the object's last part: the head, or the newest clone where
//! the head is gone. An empty record stands for an object that never saw a snapshot.
//!
//! | bytes | content |
//! |---|---|
//! | 1 | format, 1 |
//! | 8 | `seq`: the newest snapshot id a writer has told of |
//! | 4 | number of clones, then for each, ascending by id: |
//! | 8 + 8 | id; size in bytes |
//! | 4 + 8 n | the snapshots it serves, newest first |
//! | 4 + 1 + n | the extents it shares with the next newer clone or the head: their number, a shift, and for
//! | | each its distance from the end of the one before and its length, both shifted right, as varints |
//!
//! All integers little-endian. The extents are packed because every write that changes them writes them: an
//! object written to at random all over has hundreds, at two bytes each.

use bytes::{BufMut, Bytes, BytesMut};
use ops::{Errno, Result};

use crate::extent_set::ExtentSet;

const FORMAT: u8 = 1;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloneRecord {
    pub id: u64,
    pub size: u64,
    /// Newest first.
    pub snaps: Vec<u64>,
    pub overlap: ExtentSet,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapSet {
    pub seq: u64,
    /// Ascending by id.
    pub clones: Vec<CloneRecord>,
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or(Errno::EIO)?;
        self.0 = tail;
        Ok(*head)
    }

    fn u64(&mut self) -> Result<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// Seven bits to a byte, lowest first; the highest bit says that more follow.
    fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Errno::EIO)
    }

    fn overlap(&mut self) -> Result<ExtentSet> {
        let count = self.count(2)?;
        let [shift] = self.take()?;
        let (mut ranges, mut end) = (Vec::with_capacity(count), 0_u64);
        for at in 0..count {
            let (gap, len) = (self.varint()?, self.varint()?);
            let scaled = |value: u64| value.checked_shl(shift.into()).filter(|v| v >> shift == value);
            let (gap, len) = (scaled(gap).ok_or(Errno::EIO)?, scaled(len).ok_or(Errno::EIO)?);
            if len == 0 || (gap == 0 && at > 0) {
                return Err(Errno::EIO);
            }
            let start = end.checked_add(gap).ok_or(Errno::EIO)?;
            end = start.checked_add(len).ok_or(Errno::EIO)?;
            ranges.push((start, len));
        }
        Ok(ExtentSet::from_sorted(ranges))
    }

    /// A count of items of `size` bytes each, which must all be there.
    fn count(&mut self, size: usize) -> Result<usize> {
        let count = u32::from_le_bytes(self.take()?) as usize;
        if count.checked_mul(size).is_some_and(|bytes| bytes <= self.0.len()) {
            Ok(count)
        } else {
            Err(Errno::EIO)
        }
    }
}

fn put_varint(out: &mut BytesMut, mut value: u64) {
    while value >= 0x80 {
        out.put_u8(value as u8 | 0x80);
        value >>= 7;
    }
    out.put_u8(value as u8);
}

fn put_overlap(out: &mut BytesMut, overlap: &ExtentSet) {
    let ranges = overlap.ranges();
    let shift = ranges.iter().fold(0, |bits, (start, len)| bits | start | len).trailing_zeros().min(63);
    out.put_u32_le(ranges.len() as u32);
    out.put_u8(shift as u8);
    let mut end = 0;
    for &(start, len) in ranges {
        put_varint(out, (start - end) >> shift);
        put_varint(out, len >> shift);
        end = start + len;
    }
}

impl SnapSet {
    /// `-EIO` where the record is damaged or of a newer format.
    pub fn decode(record: &[u8]) -> Result<SnapSet> {
        if record.is_empty() {
            return Ok(SnapSet::default());
        }
        let mut input = Input(record);
        if input.take::<1>()? != [FORMAT] {
            return Err(Errno::EIO);
        }
        let seq = input.u64()?;
        let count = input.count(25)?;
        let mut clones = Vec::with_capacity(count);
        for _ in 0..count {
            let (id, size) = (input.u64()?, input.u64()?);
            let snaps = (0..input.count(8)?).map(|_| input.u64()).collect::<Result<_>>()?;
            clones.push(CloneRecord { id, size, snaps, overlap: input.overlap()? });
        }
        Ok(SnapSet { seq, clones })
    }

    pub fn encode(&self) -> Bytes {
        if self.seq == 0 && self.clones.is_empty() {
            return Bytes::new();
        }
        let mut out = BytesMut::with_capacity(16 + 64 * self.clones.len());
        out.put_u8(FORMAT);
        out.put_u64_le(self.seq);
        out.put_u32_le(self.clones.len() as u32);
        for clone in &self.clones {
            out.put_u64_le(clone.id);
            out.put_u64_le(clone.size);
            out.put_u32_le(clone.snaps.len() as u32);
            clone.snaps.iter().for_each(|&snap| out.put_u64_le(snap));
            put_overlap(&mut out, &clone.overlap);
        }
        out.freeze()
    }

    /// What a read at `snap` sees: `None` for the head, the clone's id, or `-ENOENT` where the object did
    /// not exist then or the snapshot is gone.
    pub fn at(&self, snap: u64) -> Result<Option<u64>> {
        if snap > self.seq {
            return Ok(None);
        }
        let clone = self.clones.iter().find(|clone| clone.id >= snap).ok_or(Errno::ENOENT)?;
        if clone.snaps.contains(&snap) { Ok(Some(clone.id)) } else { Err(Errno::ENOENT) }
    }

    /// Forgets snapshots: the clones left serving none are taken out and their ids returned; what they
    /// shared on both sides, their elder neighbours share with what follows. `None`: nothing changed.
    pub fn forget(&mut self, gone: impl Fn(u64) -> bool) -> Option<Vec<u64>> {
        let (mut dropped, mut changed) = (Vec::new(), false);
        for at in (0..self.clones.len()).rev() {
            let before = self.clones[at].snaps.len();
            self.clones[at].snaps.retain(|&snap| !gone(snap));
            changed |= self.clones[at].snaps.len() != before;
            if self.clones[at].snaps.is_empty() {
                let clone = self.clones.remove(at);
                if let Some(elder) = at.checked_sub(1).and_then(|i| self.clones.get_mut(i)) {
                    elder.overlap = elder.overlap.intersection(&clone.overlap);
                }
                dropped.push(clone.id);
                changed = true;
            }
        }
        changed.then_some(dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> SnapSet {
        let clone = |id, snaps: &[u64], ranges: &[(u64, u64)]| CloneRecord {
            id,
            size: 100,
            snaps: snaps.to_vec(),
            overlap: ExtentSet::from_ranges(ranges.iter().copied()),
        };
        SnapSet { seq: 9, clones: vec![clone(3, &[3, 2], &[(0, 50)]), clone(7, &[7, 5], &[(10, 90)])] }
    }

    #[test]
    fn survives_encoding() {
        let set = sample();
        assert_eq!(SnapSet::decode(&set.encode()), Ok(set));
        assert!(SnapSet::default().encode().is_empty());
    }

    #[test]
    fn overlaps_are_packed() {
        let every_other: Vec<_> = (0..512).map(|i| (i * 8192, 4096)).collect();
        for ranges in [every_other, vec![(1, 2), (700, 1), (1 << 40, 1 << 50)], vec![(0, 1)], vec![]] {
            let overlap = ExtentSet::from_ranges(ranges.iter().copied());
            let clone = CloneRecord { id: 4, size: 1, snaps: vec![4], overlap };
            let set = SnapSet { seq: 4, clones: vec![clone] };
            let record = set.encode();
            assert!(record.len() < 64 + 2 * ranges.len() + 12, "{} bytes", record.len());
            assert_eq!(SnapSet::decode(&record), Ok(set));
        }
    }

    #[test]
    fn damage_is_an_error_at_every_length() {
        let record = sample().encode();
        for len in 1..record.len() {
            assert_eq!(
                SnapSet::decode(&record[..len]),
                Err(Errno::EIO),
                "cut to {len} of {} bytes",
                record.len()
            );
        }
        let mut newer = record.to_vec();
        newer[0] = 2;
        assert_eq!(SnapSet::decode(&newer), Err(Errno::EIO), "a newer format");
    }

    #[test]
    fn a_snapshot_is_served_by_the_next_clone_that_lists_it() {
        let set = sample();
        let cases = [(1, Err(Errno::ENOENT)), (2, Ok(Some(3))), (3, Ok(Some(3))), (4, Err(Errno::ENOENT))];
        for (snap, served) in
            cases.into_iter().chain([(5, Ok(Some(7))), (8, Err(Errno::ENOENT)), (10, Ok(None))])
        {
            assert_eq!(set.at(snap), served, "snapshot {snap}");
        }
    }

    #[test]
    fn a_dropped_clone_hands_its_overlap_to_the_elder() {
        let mut set = sample();
        assert_eq!(set.forget(|snap| snap == 7), Some(vec![]));
        assert_eq!(set.forget(|snap| snap == 7), None);
        assert_eq!(set.forget(|snap| snap == 5), Some(vec![7]));
        assert_eq!(set.clones.len(), 1);
        assert_eq!(set.clones[0].overlap.ranges(), [(10, 40)]);
    }
}
