//! How near devices are to a place.

use std::collections::{BTreeSet, HashMap};

use crate::map::{Bucket, CrushMap};

impl CrushMap {
    /// Of each device: the type of the lowest bucket over it that `place` names, which is pairs of type and name, as
    /// `("host", "node1")`. Devices over which there is none are missing.
    pub fn distances(&self, place: &[(String, String)]) -> HashMap<i32, u16> {
        let parents = self.parents();
        let is_named = |bucket: &Bucket| {
            let kind = self.type_names.get(&i32::from(bucket.kind));
            let name = self.item_names.get(&bucket.id);
            kind.zip(name).is_some_and(|(kind, name)| place.iter().any(|(k, n)| k == kind && n == name))
        };
        let nearest = |device: i32| {
            let over = std::iter::successors(parents.get(&device), |bucket| parents.get(&bucket.id));
            over.filter(|bucket| is_named(bucket)).map(|bucket| bucket.kind).min()
        };
        let devices = parents.keys().copied().filter(|item| *item >= 0);
        devices.filter_map(|device| Some((device, nearest(device)?))).collect()
    }

    /// The first bucket that holds an item. What stands for a bucket's devices of one class does not count.
    fn parents(&self) -> HashMap<i32, &Bucket> {
        let shadows: BTreeSet<i32> =
            self.class_buckets.values().flat_map(|shadows| shadows.values().copied()).collect();
        let mut parents = HashMap::new();
        for bucket in self.buckets().filter(|bucket| !shadows.contains(&bucket.id)) {
            for item in &bucket.items {
                parents.entry(*item).or_insert(bucket);
            }
        }
        parents
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::BucketWeights;

    fn bucket(id: i32, kind: u16, items: &[i32]) -> Option<Box<Bucket>> {
        let weights = BucketWeights::Straw2 { weights: vec![0x1_0000; items.len()] };
        Some(Box::new(Bucket { id, kind, hash: 0, weight: 0, items: items.to_vec(), weights }))
    }

    #[test]
    fn the_lowest_bucket_named_counts() {
        let names = |names: &[(i32, &str)]| names.iter().map(|(id, name)| (*id, (*name).into())).collect();
        let map = CrushMap {
            // The root, its shadow, two racks, three hosts.
            buckets: vec![
                bucket(-1, 11, &[-3, -4]),
                bucket(-2, 11, &[0, 1]),
                bucket(-3, 3, &[-5, -6]),
                bucket(-4, 3, &[-7]),
                bucket(-5, 1, &[0]),
                bucket(-6, 1, &[1]),
                bucket(-7, 1, &[2]),
            ],
            max_devices: 3,
            type_names: names(&[(0, "osd"), (1, "host"), (3, "rack"), (11, "root")]),
            item_names: names(&[
                (-1, "default"),
                (-2, "default~ssd"),
                (-3, "r1"),
                (-4, "r2"),
                (-5, "a"),
                (-6, "b"),
                (-7, "c"),
            ]),
            class_buckets: [(-1, [(0, -2)].into())].into(),
            ..CrushMap::default()
        };
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [(i32, u16)]);
        let cases: [Case<'_>; 5] = [
            (&[("host", "b"), ("rack", "r1"), ("root", "default")], &[(0, 3), (1, 1), (2, 11)]),
            (&[("rack", "r2"), ("root", "default")], &[(0, 11), (1, 11), (2, 3)]),
            (&[("host", "a"), ("host", "c")], &[(0, 1), (2, 1)]),
            (&[("rack", "a"), ("root", "default~ssd")], &[]),
            (&[], &[]),
        ];
        for (place, expected) in cases {
            let place: Vec<_> = place.iter().map(|(k, n)| ((*k).into(), (*n).into())).collect();
            let expected = expected.iter().copied().collect();
            assert_eq!(map.distances(&place), expected, "{place:?}");
        }
    }
}
