//! Drawing one item of a bucket, by the bucket's algorithm.

use crate::hash::{hash3, hash4};
use crate::ln::log;
use crate::map::{Bucket, BucketWeights, ChooseArg};

/// The start of a permutation of a bucket's items for one input, longer the more of it is asked for.
#[derive(Debug)]
pub(crate) struct Permutation {
    bucket: i32,
    /// How many places are settled.
    settled: usize,
    order: Vec<u32>,
}

impl Bucket {
    /// The item for input `x` at try `r`, `None` only where the map is malformed or the bucket empty. `position` is
    /// the place in the result that picks a weight set.
    pub(crate) fn draw(
        &self,
        permutations: &mut Vec<Permutation>,
        x: u32,
        r: u32,
        arg: Option<&ChooseArg>,
        position: usize,
    ) -> Option<i32> {
        match &self.weights {
            BucketWeights::Uniform { .. } => self.draw_permuted(permutations, x, r),
            BucketWeights::List { weights, sums } => self.draw_list(weights, sums, x, r),
            BucketWeights::Tree { nodes } => self.draw_tree(nodes, x, r),
            BucketWeights::Straw { straws, .. } => self.draw_straw(straws, x, r),
            BucketWeights::Straw2 { weights } => {
                let set = arg.and_then(|arg| arg.weight_sets.get(position).or(arg.weight_sets.last()));
                let ids =
                    arg.map_or(&self.items, |arg| if arg.ids.is_empty() { &self.items } else { &arg.ids });
                self.draw_straw2(set.unwrap_or(weights), ids, x, r)
            }
        }
    }

    fn hash3(&self, a: u32, b: i32, c: u32) -> u32 {
        if self.hash == 0 { hash3(a, b.cast_unsigned(), c) } else { 0 }
    }

    fn hash4(&self, a: u32, b: u32, c: u32) -> u32 {
        if self.hash == 0 { hash4(a, b, c, self.id.cast_unsigned()) } else { 0 }
    }

    /// The item at place `r` of a permutation that `x` decides. Weights play no part.
    pub(crate) fn draw_permuted(&self, permutations: &mut Vec<Permutation>, x: u32, r: u32) -> Option<i32> {
        let size = u32::try_from(self.items.len()).ok()?;
        let place = r.checked_rem(size)? as usize;
        let known = permutations.iter().position(|p| p.bucket == self.id);
        let at = known.unwrap_or_else(|| {
            permutations.push(Permutation { bucket: self.id, settled: 0, order: (0..size).collect() });
            permutations.len() - 1
        });
        let permutation = permutations.get_mut(at)?;
        while permutation.settled <= place {
            let settled = permutation.settled as u32;
            // The last place has nothing to swap with.
            if settled + 1 < size {
                let ahead = self.hash3(x, self.id, settled) % (size - settled);
                permutation.order.swap(permutation.settled, (settled + ahead) as usize);
            }
            permutation.settled += 1;
        }
        self.items.get(*permutation.order.get(place)? as usize).copied()
    }

    fn draw_list(&self, weights: &[u32], sums: &[u32], x: u32, r: u32) -> Option<i32> {
        let newest_first = self.items.iter().zip(weights).zip(sums).rev();
        for ((&item, &weight), &sum) in newest_first {
            let draw = u64::from(self.hash4(x, item.cast_unsigned(), r) & 0xffff);
            if (draw * u64::from(sum)) >> 16 < u64::from(weight) {
                return Some(item);
            }
        }
        self.items.first().copied()
    }

    /// A binary tree in an array: items at odd places, the root in the middle, half as far to each child as to the parent.
    fn draw_tree(&self, nodes: &[u32], x: u32, r: u32) -> Option<i32> {
        let mut node = nodes.len() >> 1;
        while node & 1 == 0 {
            let weight = u64::from(*nodes.get(node)?);
            let draw = (u64::from(self.hash4(x, node as u32, r)) * weight) >> 32;
            // A node at 0 stands in no tree.
            let half = 1_usize.checked_shl(node.trailing_zeros().checked_sub(1)?)?;
            let left = node.checked_sub(half)?;
            node = if draw < u64::from(*nodes.get(left)?) { left } else { node + half };
        }
        self.items.get(node >> 1).copied()
    }

    fn draw_straw(&self, straws: &[u32], x: u32, r: u32) -> Option<i32> {
        let mut longest = None;
        for (&item, &straw) in self.items.iter().zip(straws) {
            let draw = u64::from(self.hash3(x, item, r) & 0xffff) * u64::from(straw);
            if longest.is_none_or(|(length, _)| draw > length) {
                longest = Some((draw, item));
            }
        }
        longest.map(|(_, item)| item)
    }

    /// The lengths are exponentially distributed, with the weight as rate: a change of one item's weight moves nothing
    /// between the others.
    fn draw_straw2(&self, weights: &[u32], ids: &[i32], x: u32, r: u32) -> Option<i32> {
        let mut longest = None;
        for (index, (&item, &id)) in self.items.iter().zip(ids).enumerate() {
            // A set too short has no weight for the items behind its end.
            let weight = weights.get(index).copied().unwrap_or(0);
            let draw = match i64::from(weight.cast_signed()) {
                0 => i64::MIN,
                weight => (log(self.hash3(x, id, r) as u16) - (1 << 48)) / weight,
            };
            if longest.is_none_or(|(length, _)| draw > length) {
                longest = Some((draw, item));
            }
        }
        longest.map(|(_, item)| item)
    }
}
