//! Running a rule.

use smallvec::SmallVec;

use crate::bucket::Permutation;
use crate::choose::{Descent, Tries};
use crate::hash::hash2;
use crate::map::{Bucket, ChooseArgs, CrushMap, ITEM_NONE, Rule, RuleKind, Step};

/// Devices in the order of a result.
pub type Items = SmallVec<[i32; 8]>;

/// Items that one placement may look at, to stop a map that was made to waste time: a quarter of a second. Rules that work
/// stay far below; a search in vain for twenty devices in one bucket of 10,000, a hundred times each, needs half of it.
const BUDGET: u64 = 1 << 25;

/// One placement under way.
pub(crate) struct Run<'a> {
    pub map: &'a CrushMap,
    pub rule: &'a Rule,
    /// In 16.16, by device: the share of inputs that a device keeps.
    weights: &'a [u32],
    pub x: u32,
    args: Option<&'a ChooseArgs>,
    permutations: Vec<Permutation>,
    budget: u64,
}

impl CrushMap {
    /// Up to `size` devices for input `x`, fewer where the map has no more to give; [`ITEM_NONE`] stands for a gap where the
    /// rule keeps places. `weights` has each device's reweight in 16.16 (devices behind its end are out).
    pub fn do_rule(
        &self,
        rule: usize,
        x: u32,
        size: usize,
        weights: &[u32],
        choose_args: Option<&ChooseArgs>,
    ) -> Items {
        let Some(rule) = self.rule(rule) else {
            return Items::new();
        };
        let args = choose_args;
        let mut run = Run { map: self, rule, weights, x, args, permutations: Vec::new(), budget: BUDGET };
        match rule.kind {
            RuleKind::MSR_FIRSTN | RuleKind::MSR_INDEP => run.multi_step_retry(size),
            _ => run.step_by_step(size),
        }
    }
}

impl<'a> Run<'a> {
    /// False when the placement has had more work than any sensible one.
    pub fn charge(&mut self, work: usize) -> bool {
        self.budget = self.budget.saturating_sub(1 + work as u64);
        self.budget > 0
    }

    pub fn draw(&mut self, bucket: &Bucket, r: u32, position: usize) -> Option<i32> {
        if !self.charge(bucket.items.len()) {
            return None;
        }
        let arg = self.args.and_then(|args| args.get(bucket.id));
        bucket.draw(&mut self.permutations, self.x, r, arg, position)
    }

    pub fn draw_permuted(&mut self, bucket: &Bucket, r: u32) -> Option<i32> {
        if !self.charge(bucket.items.len()) {
            return None;
        }
        bucket.draw_permuted(&mut self.permutations, self.x, r)
    }

    /// Devices without weight take nothing, those below 1 their share.
    pub fn is_out(&self, item: i32) -> bool {
        let weight = usize::try_from(item).ok().and_then(|device| self.weights.get(device));
        match weight {
            None | Some(0) => true,
            Some(0x1_0000..) => false,
            Some(weight) => hash2(self.x, item.cast_unsigned()) & 0xffff >= *weight,
        }
    }

    /// Steps in order, each working on what the one before it chose.
    fn step_by_step(&mut self, size: usize) -> Items {
        let tunables = &self.map.tunables;
        let mut tries = Tries {
            total: tunables.choose_total_tries.saturating_add(1),
            leaf: None,
            local: tunables.choose_local_tries,
            local_fallback: tunables.choose_local_fallback_tries,
            vary_r: u32::from(tunables.chooseleaf_vary_r),
            stable: tunables.chooseleaf_stable != 0,
        };
        let mut result = Items::new();
        let mut working = Items::new();
        for step in &self.rule.steps {
            match *step {
                Step::Take { item } => {
                    let known =
                        (0..self.map.max_devices()).contains(&item) || self.map.bucket(item).is_some();
                    if known && size > 0 {
                        working = Items::from_slice(&[item]);
                    }
                }
                Step::Choose { firstn, leaf, count, kind } => {
                    let count = match usize::try_from(count) {
                        Ok(count) if count > 0 => count,
                        _ => size.saturating_sub(count.unsigned_abs() as usize),
                    };
                    let mut chosen = Items::new();
                    for from in working.iter().filter(|_| count > 0) {
                        // Gaps and devices have nothing below them.
                        let Some(bucket) = self.map.bucket(*from) else { continue };
                        let descent = Descent { bucket, kind, leaf, count, room: size - chosen.len(), tries };
                        if firstn {
                            self.firstn(&descent, &mut chosen);
                        } else {
                            self.indep(&descent, &mut chosen);
                        }
                    }
                    if !working.is_empty() {
                        working = chosen;
                    }
                }
                Step::Emit => {
                    result.extend(working.drain(..).take(size - result.len()));
                    working.clear();
                }
                Step::SetChooseTries(n @ 1..) => tries.total = n.cast_unsigned(),
                Step::SetChooseleafTries(n @ 1..) => tries.leaf = Some(n.cast_unsigned()),
                Step::SetChooseLocalTries(n @ 0..) => tries.local = n.cast_unsigned(),
                Step::SetChooseLocalFallbackTries(n @ 0..) => tries.local_fallback = n.cast_unsigned(),
                Step::SetChooseleafVaryR(n @ 0..) => tries.vary_r = n.cast_unsigned(),
                Step::SetChooseleafStable(n @ 0..) => tries.stable = n != 0,
                _ => {}
            }
        }
        result
    }

    /// A result of gaps only.
    pub fn gaps(size: usize) -> Items {
        SmallVec::from_elem(ITEM_NONE, size)
    }
}
