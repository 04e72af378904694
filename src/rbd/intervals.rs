//! Sets of byte ranges.

/// Disjoint ranges in ascending order, none empty, none touching the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals(Vec<(u64, u64)>);

impl Intervals {
    /// `begin..end`, or nothing.
    pub fn of(begin: u64, end: u64) -> Intervals {
        Intervals(if begin < end { vec![(begin, end)] } else { Vec::new() })
    }

    /// From (offset, length) pairs in any order.
    pub fn from_extents(extents: &[(u64, u64)]) -> Intervals {
        let mut ranges: Vec<_> = extents.iter().map(|&(off, len)| (off, off.saturating_add(len))).collect();
        ranges.retain(|(begin, end)| begin < end);
        ranges.sort_unstable();
        Intervals::merged(ranges)
    }

    fn merged(sorted: Vec<(u64, u64)>) -> Intervals {
        let mut out: Vec<(u64, u64)> = Vec::with_capacity(sorted.len());
        for (begin, end) in sorted {
            match out.last_mut() {
                Some(last) if begin <= last.1 => last.1 = last.1.max(end),
                _ => out.push((begin, end)),
            }
        }
        Intervals(out)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// (begin, end) of each range.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().copied()
    }

    pub fn union(mut self, other: &Intervals) -> Intervals {
        self.0.extend_from_slice(&other.0);
        self.0.sort_unstable();
        Intervals::merged(self.0)
    }

    pub fn subtract(&self, other: &Intervals) -> Intervals {
        let mut out = Vec::new();
        for (mut begin, end) in self.iter() {
            for (cut, to) in other.iter() {
                if cut >= end || to <= begin {
                    continue;
                }
                if cut > begin {
                    out.push((begin, cut));
                }
                begin = begin.max(to);
            }
            if begin < end {
                out.push((begin, end));
            }
        }
        Intervals(out)
    }

    /// What lies within `begin..end`.
    pub fn clip(&self, begin: u64, end: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.iter().map(move |(from, to)| (from.max(begin), to.min(end))).filter(|(from, to)| from < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(set: &Intervals) -> Vec<(u64, u64)> {
        set.iter().collect()
    }

    #[test]
    fn set_operations() {
        let set = Intervals::from_extents(&[(10, 5), (0, 4), (15, 5), (30, 0), (2, 4)]);
        assert_eq!(list(&set), [(0, 6), (10, 20)]);
        assert_eq!(list(&set.clone().union(&Intervals::of(5, 11))), [(0, 20)]);
        assert_eq!(list(&set.subtract(&Intervals::of(3, 12))), [(0, 3), (12, 20)]);
        let holes = Intervals::from_extents(&[(1, 1), (4, 1), (12, 1)]);
        assert_eq!(list(&set.subtract(&holes)), [(0, 1), (2, 4), (5, 6), (10, 12), (13, 20)]);
        assert_eq!(set.clip(5, 11).collect::<Vec<_>>(), [(5, 6), (10, 11)]);
        assert!(Intervals::of(4, 4).is_empty());
    }
}
