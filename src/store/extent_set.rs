//! Sets of byte ranges: what a clone still shares with its successor, which snapshots were removed.

use serde::{Deserialize, Serialize};

/// Disjoint, non-adjacent `(start, length)` ranges in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExtentSet(Vec<(u64, u64)>);

impl ExtentSet {
    pub fn whole(len: u64) -> ExtentSet {
        let mut set = ExtentSet::default();
        set.insert(0, len);
        set
    }

    /// From ranges that are as they must be: ascending, apart, none empty.
    pub fn from_sorted(ranges: Vec<(u64, u64)>) -> ExtentSet {
        ExtentSet(ranges)
    }

    /// From ranges in any order; overlapping ones are merged.
    #[cfg(test)]
    pub fn from_ranges(ranges: impl IntoIterator<Item = (u64, u64)>) -> ExtentSet {
        let mut set = ExtentSet::default();
        for (start, len) in ranges {
            set.insert(start, len);
        }
        set
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn ranges(&self) -> &[(u64, u64)] {
        &self.0
    }

    pub fn contains(&self, at: u64) -> bool {
        let after = self.0.partition_point(|&(start, _)| start <= at);
        after.checked_sub(1).and_then(|i| self.0.get(i)).is_some_and(|&(start, len)| at - start < len)
    }

    pub fn insert(&mut self, start: u64, len: u64) {
        if len == 0 {
            return;
        }
        let (mut from, mut to) = (start, start.saturating_add(len));
        let first = self.0.partition_point(|&(s, l)| s.saturating_add(l) < from);
        let last = self.0.partition_point(|&(s, _)| s <= to);
        for &(s, l) in self.0.get(first..last).unwrap_or_default() {
            from = from.min(s);
            to = to.max(s.saturating_add(l));
        }
        self.0.splice(first..last.max(first), [(from, to - from)]);
    }

    /// Takes a range out. Says whether anything of it was in the set.
    pub fn subtract(&mut self, start: u64, len: u64) -> bool {
        let end = start.saturating_add(len);
        let first = self.0.partition_point(|&(s, l)| s.saturating_add(l) <= start);
        let last = self.0.partition_point(|&(s, _)| s < end);
        if len == 0 || first >= last {
            return false;
        }
        let mut rest = Vec::with_capacity(2);
        for &(s, l) in self.0.get(first..last).unwrap_or_default() {
            if s < start {
                rest.push((s, start - s));
            }
            if s.saturating_add(l) > end {
                rest.push((end, s.saturating_add(l) - end));
            }
        }
        self.0.splice(first..last, rest);
        true
    }

    pub fn intersection(&self, other: &ExtentSet) -> ExtentSet {
        let mut both = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(&(a, a_len)), Some(&(b, b_len))) = (self.0.get(i), other.0.get(j)) {
            let (a_end, b_end) = (a.saturating_add(a_len), b.saturating_add(b_len));
            let (from, to) = (a.max(b), a_end.min(b_end));
            if from < to {
                both.push((from, to - from));
            }
            if a_end <= b_end {
                i += 1;
            } else {
                j += 1;
            }
        }
        ExtentSet(both)
    }
}

#[cfg(test)]
mod tests {
    use super::ExtentSet;

    #[test]
    fn agrees_with_a_bitmap() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |bound: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed % bound
        };
        let (mut set, mut bits) = (ExtentSet::default(), [false; 64]);
        for step in 0..4000 {
            let (start, len) = (next(60), next(5));
            let insert = next(2) == 0;
            if insert {
                set.insert(start, len);
            } else {
                let hit = (start..start + len).any(|i| bits[i as usize]);
                assert_eq!(set.subtract(start, len), hit, "step {step}: subtract {start}~{len} of {set:?}");
            }
            (start..start + len).for_each(|i| bits[i as usize] = insert);
            for at in 0..64 {
                assert_eq!(set.contains(at), bits[at as usize], "step {step}: {at} in {set:?}");
            }
            let apart = set.ranges().windows(2).all(|w| w[0].0 + w[0].1 < w[1].0);
            assert!(apart, "step {step}: ranges touch or overlap: {set:?}");
        }
    }

    #[test]
    fn intersection_keeps_what_both_have() {
        let a = ExtentSet::from_ranges([(0, 10), (20, 10), (40, 1)]);
        let b = ExtentSet::from_ranges([(5, 20), (29, 20)]);
        assert_eq!(a.intersection(&b).ranges(), [(5, 5), (20, 5), (29, 1), (40, 1)]);
        assert_eq!(b.intersection(&a), a.intersection(&b));
    }
}
