//! Names of placement groups.

use std::fmt;
use std::str::FromStr;

use denc::{Decode, Encode, Reader, Result};

/// A placement group, or, with a seed that is not yet folded, the place of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pg {
    pub pool: i64,
    pub seed: u32,
}

/// `hash` folded to less than `count`, such that raising `count` splits groups and moves nothing between the others
/// (`ceph_stable_mod`).
pub fn stable_mod(hash: u32, count: u32) -> u32 {
    let mask = count.saturating_sub(1).checked_ilog2().map_or(0, |bit| u32::MAX >> (31 - bit));
    if hash & mask < count { hash & mask } else { hash & (mask >> 1) }
}

impl Pg {
    pub fn new(pool: i64, seed: u32) -> Pg {
        Pg { pool, seed }
    }

    /// Whether raising the number of groups divides this one.
    pub fn splits(self, old_count: u32, new_count: u32) -> bool {
        if self.seed >= old_count || new_count <= old_count {
            return false;
        }
        // Children have the bits of the parent, and more above them.
        let step = 1_u64 << old_count.ilog2();
        let first = u64::from(self.seed) | step;
        (first..u64::from(new_count))
            .step_by(step as usize)
            .filter(|child| *child >= u64::from(old_count))
            .any(|child| stable_mod(child as u32, old_count) == self.seed)
    }

    /// Whether lowering the number of groups merges this one with others, be it that it goes or that they come to it.
    pub fn merges(self, old_count: u32, new_count: u32) -> bool {
        (new_count..old_count).contains(&self.seed) || self.splits(new_count, old_count)
    }
}

/// `2.1f`: pool, seed in hexadecimal.
impl fmt::Display for Pg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:x}", self.pool, self.seed)
    }
}

/// The text is not the name of a placement group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPg;

impl FromStr for Pg {
    type Err = NotAPg;

    fn from_str(text: &str) -> Result<Pg, NotAPg> {
        let (pool, seed) = text.split_once('.').ok_or(NotAPg)?;
        let seed = u32::from_str_radix(seed, 16).map_err(|_| NotAPg)?;
        Ok(Pg { pool: pool.parse().map_err(|_| NotAPg)?, seed })
    }
}

impl Encode for Pg {
    fn encode(&self, out: &mut denc::BytesMut) {
        // The last number once named a preferred OSD.
        (1_u8, self.pool, self.seed, -1_i32).encode(out);
    }
}

impl Decode for Pg {
    const MIN: usize = 17;

    fn decode(from: &mut Reader) -> Result<Pg> {
        let (_version, pool, seed, _preferred) = from.get::<(u8, i64, u32, i32)>()?;
        Ok(Pg { pool, seed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_is_stable() {
        for count in 1..200_u32 {
            let mask = count.next_power_of_two() - 1;
            for hash in 0..1000 {
                let pg = stable_mod(hash, count);
                assert!(pg < count, "{hash} in {count} is {pg}");
                let expected = if hash & mask < count { hash & mask } else { hash & (mask >> 1) };
                assert_eq!(pg, expected, "{hash} in {count}");
            }
        }
        assert_eq!(stable_mod(u32::MAX, u32::MAX), u32::MAX >> 1);
        assert_eq!(stable_mod(7, 0), 0);
    }

    #[test]
    fn splits_are_those_that_move_objects() {
        for old in 1..40_u32 {
            for new in 1..80_u32 {
                for seed in 0..old {
                    let moved = (old..new).any(|child| stable_mod(child, old) == seed);
                    assert_eq!(Pg::new(1, seed).splits(old, new), moved, "{seed:x} from {old} to {new}");
                }
            }
        }
    }

    #[test]
    fn merges_are_those_that_move_objects() {
        for old in 1..60_u32 {
            for new in 1..old {
                for seed in 0..old {
                    let gains = (new..old).any(|gone| stable_mod(gone, new) == seed);
                    let merges = Pg::new(1, seed).merges(old, new);
                    assert_eq!(merges, seed >= new || gains, "{seed:x} from {old} to {new}");
                }
            }
        }
        assert!(!Pg::new(1, 0).merges(4, 8));
        // As quick for the most that a map could say.
        assert!(Pg::new(1, 5).merges(u32::MAX, 8));
    }

    #[test]
    fn names_read_back() {
        let pg = Pg::new(12, 0x1f);
        assert_eq!(pg.to_string(), "12.1f");
        assert_eq!("12.1f".parse(), Ok(pg));
        assert_eq!("12".parse::<Pg>(), Err(NotAPg));
        assert_eq!(denc::decode::<Pg>(&denc::encode(&pg)), Ok(pg));
    }
}
