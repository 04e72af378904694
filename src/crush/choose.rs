//! The two ways in which a rule's step chooses items of a kind below a bucket.

use crate::map::{Bucket, BucketWeights, ITEM_NONE};
use crate::rule::{Items, Run};

/// A place of a result that is still to be filled (`CRUSH_ITEM_UNDEF`).
pub(crate) const ITEM_UNDEFINED: i32 = 0x7fff_fffe;

/// How often to try again, and how, as tunables and the rule's own steps say.
#[derive(Clone, Copy)]
pub(crate) struct Tries {
    pub total: u32,
    /// Of the inner descent to a device, where the rule says so.
    pub leaf: Option<u32>,
    /// Within the bucket where items collided.
    pub local: u32,
    /// By permutation of such a bucket.
    pub local_fallback: u32,
    /// 0: the inner descent starts alike for all; else by how many bits less one the outer try is shifted for it.
    pub vary_r: u32,
    /// The inner descent starts at the same place for every replica.
    pub stable: bool,
}

/// One bucket's part in a step.
pub(crate) struct Descent<'a> {
    pub bucket: &'a Bucket,
    pub kind: i32,
    pub leaf: bool,
    pub count: usize,
    /// Places left in the result.
    pub room: usize,
    pub tries: Tries,
}

/// Where a descent ended.
enum Found<'a> {
    Device(i32),
    Bucket(&'a Bucket),
}

impl Found<'_> {
    fn item(&self) -> i32 {
        match self {
            Found::Device(item) => *item,
            Found::Bucket(bucket) => bucket.id,
        }
    }
}

/// Places of a result that are filled together.
struct Places {
    /// Where in the result they begin.
    first: usize,
    items: Items,
}

/// One try for one place.
#[derive(Clone, Copy)]
struct Attempt {
    /// The place itself, at which counting starts.
    r: u32,
    /// Where the outer descent was, for an inner one.
    parent_r: u32,
    failed: u32,
}

/// What an inner descent to a device starts from.
#[derive(Clone, Copy)]
struct Inner {
    /// Try number of the outer descent.
    r: u32,
    place: usize,
}

impl<'a> Run<'a> {
    /// The thing that `item` names; `None`: nothing of this map.
    fn find(&self, item: i32) -> Option<Found<'a>> {
        if item >= 0 {
            return (item < self.map.max_devices()).then_some(Found::Device(item));
        }
        self.map.bucket(item).map(Found::Bucket)
    }

    fn kind_of(found: &Found) -> i32 {
        match found {
            Found::Device(_) => 0,
            Found::Bucket(bucket) => i32::from(bucket.kind),
        }
    }

    /// Appends up to `count` distinct items, without gaps.
    pub fn firstn(&mut self, descent: &Descent<'a>, out: &mut Items) {
        let start = out.len();
        let mut leaves = Items::new();
        let mut chosen = Items::new();
        let mut replica = 0;
        while replica < descent.count && chosen.len() < descent.room {
            let place = chosen.len();
            let item = self.firstn_one(descent, replica as u32, 0, place, &chosen, Some(&mut leaves));
            match item {
                Some(item) => chosen.push(item),
                None if !self.charge(0) => break,
                None => {}
            }
            replica += 1;
        }
        out.extend(if descent.leaf { leaves } else { chosen });
        debug_assert!(out.len() - start <= descent.room);
    }

    /// One item that is none of `chosen`. `leaves` receives the device below it, where one is asked for.
    fn firstn_one(
        &mut self,
        descent: &Descent<'a>,
        replica: u32,
        parent_r: u32,
        place: usize,
        chosen: &[i32],
        mut leaves: Option<&mut Items>,
    ) -> Option<i32> {
        let tries = descent.tries;
        let mut failed_total = 0_u32;
        'descent: loop {
            let mut inside = descent.bucket;
            let mut failed_local = 0_u32;
            loop {
                let r = replica.wrapping_add(parent_r).wrapping_add(failed_total);
                let size = inside.items.len() as u64;
                let mut collision = false;
                if inside.items.is_empty() {
                    if !self.charge(0) {
                        return None;
                    }
                } else {
                    let exhaustive = tries.local_fallback > 0
                        && u64::from(failed_local) >= size >> 1
                        && failed_local > tries.local_fallback;
                    let item =
                        if exhaustive { self.draw_permuted(inside, r) } else { self.draw(inside, r, place) };
                    let found = self.find(item?)?;
                    if Self::kind_of(&found) != descent.kind {
                        match found {
                            Found::Device(_) => return None,
                            Found::Bucket(bucket) => inside = bucket,
                        }
                        continue;
                    }
                    let item = found.item();
                    collision = chosen.contains(&item);
                    if !collision && self.accepts(descent, found, Inner { r, place }, leaves.as_deref_mut()) {
                        return Some(item);
                    }
                }
                failed_total = failed_total.saturating_add(1);
                failed_local = failed_local.saturating_add(1);
                let stay = collision && failed_local <= tries.local
                    || tries.local_fallback > 0
                        && u64::from(failed_local) <= size + u64::from(tries.local_fallback);
                if stay {
                    continue;
                }
                if failed_total < tries.total {
                    continue 'descent;
                }
                return None;
            }
        }
    }

    /// Whether an item of the kind asked for takes the input: a device that is in, a bucket below which such a device is free.
    fn accepts(
        &mut self,
        descent: &Descent<'a>,
        found: Found<'a>,
        inner: Inner,
        leaves: Option<&mut Items>,
    ) -> bool {
        let item = found.item();
        if descent.leaf
            && let Some(leaves) = leaves
        {
            let device = match found {
                Found::Device(device) => Some(device),
                Found::Bucket(bucket) => self.firstn_leaf(descent, bucket, inner, leaves),
            };
            let Some(device) = device else { return false };
            if descent.kind == 0 && self.is_out(item) {
                return false;
            }
            leaves.push(device);
            return true;
        }
        descent.kind != 0 || !self.is_out(item)
    }

    fn firstn_leaf(
        &mut self,
        descent: &Descent<'a>,
        bucket: &'a Bucket,
        outer: Inner,
        leaves: &[i32],
    ) -> Option<i32> {
        let tries = descent.tries;
        let total = match tries.leaf {
            Some(total) => total,
            None if self.map.tunables.chooseleaf_descend_once != 0 => 1,
            None => tries.total,
        };
        let r = match tries.vary_r {
            0 => 0,
            shift => outer.r.checked_shr(shift - 1).unwrap_or(0),
        };
        let tries = Tries { total, leaf: None, ..tries };
        let below = Descent { bucket, kind: 0, leaf: false, count: 1, room: 1, tries };
        let replica = if tries.stable { 0 } else { outer.place as u32 };
        self.firstn_one(&below, replica, r, outer.place, leaves, None)
    }

    /// Appends `count` places, as far as there is room, each with an item or a gap: what fails at one place changes no other.
    pub fn indep(&mut self, descent: &Descent<'a>, out: &mut Items) {
        let places = descent.count.min(descent.room);
        let mut chosen = Places { first: 0, items: Items::from_elem(ITEM_UNDEFINED, places) };
        let mut leaves = Items::from_elem(ITEM_UNDEFINED, places);
        self.indep_places(descent, 0, &mut chosen, &mut leaves);
        out.extend(if descent.leaf { leaves } else { chosen.items });
    }

    /// Settles every undefined place of `chosen`, and of `leaves` where devices below are asked for.
    fn indep_places(
        &mut self,
        descent: &Descent<'a>,
        parent_r: u32,
        chosen: &mut Places,
        leaves: &mut Items,
    ) {
        for failed in 0..descent.tries.total {
            if !chosen.items.contains(&ITEM_UNDEFINED) || !self.charge(0) {
                break;
            }
            for index in 0..chosen.items.len() {
                if chosen.items.get(index) != Some(&ITEM_UNDEFINED) {
                    continue;
                }
                let attempt = Attempt { r: (chosen.first + index) as u32, parent_r, failed };
                let settled = self.indep_one(descent, attempt, chosen, leaves.get_mut(index));
                if let (Some(item), Some(slot)) = (settled, chosen.items.get_mut(index)) {
                    *slot = item;
                }
            }
        }
        for slot in chosen.items.iter_mut().chain(leaves) {
            if *slot == ITEM_UNDEFINED {
                *slot = ITEM_NONE;
            }
        }
    }

    /// What belongs at one place: an item, or a gap for good where the map leads nowhere. `None`: not found this time.
    fn indep_one(
        &mut self,
        descent: &Descent<'a>,
        attempt: Attempt,
        chosen: &Places,
        leaf: Option<&mut i32>,
    ) -> Option<i32> {
        let count = descent.count as u32;
        let r = attempt.r.wrapping_add(attempt.parent_r);
        let mut inside = descent.bucket;
        loop {
            if inside.items.is_empty() {
                return None;
            }
            // Every failure moves on by the count; in a permuted bucket that the count divides, one further, or the same
            // items would come again.
            let uniform = matches!(inside.weights, BucketWeights::Uniform { .. });
            let stride = match uniform && inside.items.len().is_multiple_of(descent.count) {
                true => count.wrapping_add(1),
                false => count,
            };
            let r = r.wrapping_add(stride.wrapping_mul(attempt.failed));
            let found = self.draw(inside, r, chosen.first).and_then(|item| self.find(item));
            let found = match found {
                Some(Found::Bucket(bucket)) if i32::from(bucket.kind) != descent.kind => {
                    inside = bucket;
                    continue;
                }
                Some(found) if Self::kind_of(&found) == descent.kind => found,
                _ => {
                    if let Some(leaf) = leaf {
                        *leaf = ITEM_NONE;
                    }
                    return Some(ITEM_NONE);
                }
            };
            let item = found.item();
            if chosen.items.contains(&item) {
                return None;
            }
            if descent.leaf
                && let Some(leaf) = leaf
            {
                *leaf = match found {
                    Found::Device(device) => device,
                    Found::Bucket(bucket) => self.indep_leaf(descent, bucket, attempt.r, r),
                };
                if *leaf == ITEM_NONE {
                    return None;
                }
            }
            return (descent.kind != 0 || !self.is_out(item)).then_some(item);
        }
    }

    fn indep_leaf(&mut self, descent: &Descent<'a>, bucket: &'a Bucket, place: u32, r: u32) -> i32 {
        let tries = Tries { total: descent.tries.leaf.unwrap_or(1), leaf: None, ..descent.tries };
        let below = Descent { bucket, kind: 0, leaf: false, count: descent.count, room: 1, tries };
        let mut chosen = Places { first: place as usize, items: Items::from_elem(ITEM_UNDEFINED, 1) };
        self.indep_places(&below, r, &mut chosen, &mut Items::new());
        chosen.items.first().copied().unwrap_or(ITEM_NONE)
    }
}
