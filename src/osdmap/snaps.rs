//! Sets of snapshot ids as ranges (`interval_set<snapid_t>`).

use std::collections::BTreeMap;

use denc::{Decode, DecodeError, Reader, Result};

/// Ranges by start: one past their last id. They neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapSet(BTreeMap<u64, u64>);

impl SnapSet {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, id: u64) -> bool {
        self.0.range(..=id).next_back().is_some_and(|(_, end)| id < *end)
    }

    /// First id and number of ids of each range, in order.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|(start, end)| (*start, end - start))
    }

    pub fn insert(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let (mut start, mut end) = (start, end);
        while let Some((&from, &to)) = self.0.range(..=end).next_back()
            && to >= start
        {
            self.0.remove(&from);
            start = start.min(from);
            end = end.max(to);
        }
        self.0.insert(start, end);
    }

    pub fn remove(&mut self, start: u64, end: u64) {
        while start < end
            && let Some((&from, &to)) = self.0.range(..end).next_back()
            && to > start
        {
            self.0.remove(&from);
            if from < start {
                self.0.insert(from, start);
            }
            if to > end {
                self.0.insert(end, to);
            }
        }
    }

    pub fn insert_all(&mut self, other: &SnapSet) {
        other.0.iter().for_each(|(start, end)| self.insert(*start, *end));
    }

    pub fn remove_all(&mut self, other: &SnapSet) {
        other.0.iter().for_each(|(start, end)| self.remove(*start, *end));
    }
}

impl Decode for SnapSet {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> Result<SnapSet> {
        let count = from.count(16)?;
        let mut set = SnapSet::default();
        for _ in 0..count {
            let (start, len) = from.get::<(u64, u64)>()?;
            set.insert(start, start.checked_add(len).ok_or(DecodeError::Malformed("range of snapshots"))?);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_merge_and_divide() {
        let mut set = SnapSet::default();
        set.insert(5, 7);
        set.insert(9, 10);
        set.insert(7, 9);
        assert_eq!(set.ranges().collect::<Vec<_>>(), [(5, 5)]);
        set.remove(6, 8);
        assert_eq!(set.ranges().collect::<Vec<_>>(), [(5, 1), (8, 2)]);
        assert!(
            set.contains(5) && !set.contains(6) && !set.contains(7) && set.contains(9) && !set.contains(10)
        );
        set.insert(0, 20);
        assert_eq!(set.ranges().collect::<Vec<_>>(), [(0, 20)]);
        set.remove(0, 30);
        assert!(set.is_empty());
    }

    #[test]
    fn behaves_as_a_set_of_ids() {
        let seed = 0x1234_5678_u64;
        let mut state = seed;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut set = SnapSet::default();
        let mut model = [false; 64];
        for round in 0..5000 {
            let (start, len, add) = (next(60), next(8), next(2) == 0);
            let end = (start + len).min(64);
            if add {
                set.insert(start, end)
            } else {
                set.remove(start, end)
            }
            model.iter_mut().take(end as usize).skip(start as usize).for_each(|bit| *bit = add);
            for (id, bit) in model.iter().enumerate() {
                assert_eq!(set.contains(id as u64), *bit, "id {id} after round {round} of seed {seed:#x}");
            }
        }
    }
}
