//! What changed between two states of an image, from their object maps and those in between.

use cls::rbd::client as class;
use cls::rbd::object_map::{ObjectMap, state};
use ops::{Errno, Result, SNAP_HEAD};

use crate::features::{self, flag};
use crate::header::{Header, call};
use crate::image::Image;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectDiff {
    Same,
    Updated,
    /// It existed, and does no more.
    Hole,
    /// The object must be asked.
    Unknown,
}

impl Image {
    /// One for each object, of `to`'s at least. `None` where the maps do not tell: the image has no
    /// fast-diff, or one of them is missing or not to be trusted. `from` 0: the beginning.
    pub(crate) fn object_diff(&self, header: &Header, from: u64, to: u64) -> Option<Vec<ObjectDiff>> {
        if header.features & features::FAST_DIFF == 0 {
            return None;
        }
        match self.diff_of_maps(header, from, to) {
            Ok(diff) => Some(diff),
            Err(error) => {
                tracing::debug!(target: "rbd", "image {}: no fast diff: {error}", self.id);
                None
            }
        }
    }

    fn diff_of_maps(&self, header: &Header, from: u64, to: u64) -> Result<Vec<ObjectDiff>> {
        let mut chain: Vec<u64> = header.snaps.range(from..=to).map(|(&id, _)| id).collect();
        if to == SNAP_HEAD {
            chain.push(SNAP_HEAD);
        }
        let mut chain = chain.into_iter();
        let mut before = match from {
            0 => ObjectMap::default(),
            _ => self.trusted_map(header, chain.next().filter(|&id| id == from).ok_or(Errno::ENOENT)?)?,
        };
        let (mut diff, first) = (Vec::new(), before.clone());
        for snap in chain {
            let map = self.trusted_map(header, snap)?;
            merge(&mut diff, &before, &map);
            before = map;
        }
        // What came and went in between is no change.
        for (object, diff) in (0..).zip(&mut diff) {
            if *diff == ObjectDiff::Hole && first.get(object) == state::NONEXISTENT {
                *diff = ObjectDiff::Same;
            }
        }
        // A snapshot taken meanwhile has made the head's map forget what was written before.
        let now = call(&self.io, self.header_object.clone(), &class::get_snapcontext())?;
        if to == SNAP_HEAD && now.seq != header.snapc.seq { Err(Errno::ESTALE) } else { Ok(diff) }
    }

    fn trusted_map(&self, header: &Header, snap: u64) -> Result<ObjectMap> {
        let flags = if snap == SNAP_HEAD { header.flags } else { header.snap(snap)?.flags };
        if flags & (flag::OBJECT_MAP_INVALID | flag::FAST_DIFF_INVALID) != 0 {
            return Err(Errno::EINVAL);
        }
        let count = self.layout.num_objects(header.size_at(snap).ok_or(Errno::ENOENT)?);
        let mut map = self.load_map(snap)?;
        if map.len() < count {
            return Err(Errno::EINVAL);
        }
        map.resize(count, state::NONEXISTENT);
        Ok(map)
    }
}

/// Adds what changed from one map to the next.
fn merge(diff: &mut Vec<ObjectDiff>, before: &ObjectMap, after: &ObjectMap) {
    let count = before.len().max(after.len());
    diff.resize(diff.len().max(count as usize), ObjectDiff::Same);
    for (object, diff) in (0..count).zip(diff) {
        *diff = match (before.get(object), after.get(object)) {
            _ if *diff == ObjectDiff::Unknown => ObjectDiff::Unknown,
            (state::PENDING, _) | (_, state::PENDING) => ObjectDiff::Unknown,
            (state::NONEXISTENT, state::NONEXISTENT) => *diff,
            (_, state::NONEXISTENT) => ObjectDiff::Hole,
            (state::EXISTS | state::EXISTS_CLEAN, state::EXISTS_CLEAN) => *diff,
            _ => ObjectDiff::Updated,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_add_up() {
        use ObjectDiff::{Hole, Same, Unknown, Updated};
        let map = |states: &[u8]| {
            let mut map = ObjectMap::new(states.len() as u64);
            (0..).zip(states).for_each(|(object, &state)| map.set(object, state));
            map
        };
        let mut diff = Vec::new();
        merge(&mut diff, &map(&[]), &map(&[0, 1, 1, 1, 2]));
        assert_eq!(diff, [Same, Updated, Updated, Updated, Unknown]);
        let mut diff = Vec::new();
        merge(&mut diff, &map(&[0, 0, 1, 1, 3, 3, 1, 2]), &map(&[0, 3, 1, 3, 3, 0, 0, 1, 1]));
        assert_eq!(diff, [Same, Updated, Updated, Same, Same, Hole, Hole, Unknown, Updated]);
        merge(&mut diff, &map(&[0, 3, 1, 3, 3, 0, 0, 1, 1]), &map(&[0, 0, 3, 3, 1, 1, 0, 1, 3]));
        assert_eq!(diff, [Same, Hole, Updated, Same, Updated, Updated, Hole, Unknown, Updated]);
    }
}
