//! Multi-step-retry rules (Ceph 19.2 and later): when a device fails, all steps above it are tried again, so that several
//! devices below one host can move to another host together.
//!
//! Such a rule is a few settings, then blocks of `take`, `choosemsr …`, `emit`. A block divides its places into as
//! many strides as its first step asks for, each stride again by the next step, down to single devices. What was chosen
//! for one stride is closed to the others.

use crate::choose::ITEM_UNDEFINED;
use crate::map::{Bucket, RuleKind, Step};
use crate::rule::{Items, Run};

/// More levels than any hierarchy has.
const MAX_STEPS: usize = 64;

struct Settings {
    /// Times that a block starts again from its root.
    descents: u32,
    /// Draws for one stride, until something is found that no other stride has.
    collision_tries: u32,
}

/// One `choosemsr` step.
#[derive(Clone, Copy)]
struct Level {
    strides: usize,
    kind: i32,
}

/// The work on one block.
struct Block {
    levels: Vec<Level>,
    /// By level: what is in use at each place.
    used: Vec<Items>,
    settings: Settings,
    size: usize,
    descent: u32,
}

/// A range of places under one bucket.
#[derive(Clone, Copy)]
struct Range<'a> {
    bucket: &'a Bucket,
    level: usize,
    /// Places that the levels from here on would fill; the result may be shorter.
    width: usize,
    start: usize,
    end: usize,
}

struct Output {
    items: Items,
    filled: usize,
    firstn: bool,
}

impl Output {
    fn emit(&mut self, place: usize, item: i32) {
        let at = if self.firstn { self.filled } else { place };
        if let Some(slot) = self.items.get_mut(at) {
            *slot = item;
            self.filled += 1;
        }
    }

    fn finish(mut self) -> Items {
        if self.firstn {
            self.items.truncate(self.filled);
        }
        self.items
    }
}

impl Block {
    /// Notes `item` in the first free place of the stride. False: it stands there already.
    fn push_used(&mut self, level: usize, start: usize, end: usize, item: i32) -> bool {
        let places = self.used.get_mut(level).and_then(|used| used.get_mut(start..end)).unwrap_or_default();
        for place in places {
            if *place == item {
                return false;
            }
            if *place == ITEM_UNDEFINED {
                *place = item;
                return true;
            }
        }
        false
    }

    /// Takes back the last one noted for the stride.
    fn pop_used(&mut self, level: usize, start: usize, end: usize) {
        let places = self.used.get_mut(level).and_then(|used| used.get_mut(start..end)).unwrap_or_default();
        if let Some(place) = places.iter_mut().rev().find(|place| **place != ITEM_UNDEFINED) {
            *place = ITEM_UNDEFINED;
        }
    }

    /// Whether the stride may have `item`: it has it already, or nothing in the range does.
    fn is_free(&self, range: &Range, stride: std::ops::Range<usize>, item: i32) -> bool {
        let places = self.used.get(range.level).and_then(|used| used.get(range.start..range.end));
        let user = places.and_then(|places| places.iter().position(|place| *place == item));
        user.is_none_or(|at| stride.contains(&(range.start + at)))
    }

    /// Whether every place of the stride has its device.
    fn is_complete(&self, stride: std::ops::Range<usize>) -> bool {
        let devices = self.used.last().and_then(|used| used.get(stride));
        devices.is_some_and(|devices| !devices.contains(&ITEM_UNDEFINED))
    }
}

impl<'a> Run<'a> {
    pub fn multi_step_retry(&mut self, size: usize) -> Items {
        let map = self.map;
        let mut settings = (map.tunables.msr_descents, map.tunables.msr_collision_tries);
        let mut steps = self.rule.steps.iter();
        let mut output =
            Output { items: Self::gaps(size), filled: 0, firstn: self.rule.kind == RuleKind::MSR_FIRSTN };
        let mut start = 0;
        let mut blocks_begun = false;
        while let Some(step) = steps.next() {
            match *step {
                Step::SetMsrDescents(n) if !blocks_begun => settings.0 = n.cast_unsigned(),
                Step::SetMsrCollisionTries(n) if !blocks_begun => settings.1 = n.cast_unsigned(),
                Step::Take { item } => {
                    blocks_begun = true;
                    let levels = levels(&mut steps, size);
                    // A rule of another form maps to nothing.
                    let Some((levels, width)) = levels else { return Items::new() };
                    if item >= 0 {
                        if !levels.is_empty() {
                            return Items::new();
                        }
                        output.emit(start, item);
                        start += 1;
                        continue;
                    }
                    let (Some(bucket), false) = (map.bucket(item), levels.is_empty()) else {
                        return Items::new();
                    };
                    let used = vec![Items::from_elem(ITEM_UNDEFINED, size); levels.len()];
                    let settings = Settings { descents: settings.0, collision_tries: settings.1 };
                    let mut block = Block { levels, used, settings, size, descent: 0 };
                    let end = start.saturating_add(width).min(size);
                    let range = Range { bucket, level: 0, width, start, end };
                    let full = output.filled + end.saturating_sub(start);
                    while block.descent < block.settings.descents && output.filled < full && self.charge(0) {
                        self.choose_range(&mut block, &mut output, range);
                        block.descent += 1;
                    }
                    start = end;
                }
                _ => return Items::new(),
            }
        }
        output.finish()
    }

    /// Fills places of the range that are still open. Returns how many.
    fn choose_range(&mut self, block: &mut Block, output: &mut Output, range: Range<'a>) -> usize {
        let Some(level) = block.levels.get(range.level).copied() else { return 0 };
        let last = range.level + 1 == block.levels.len();
        let width = range.width / level.strides;
        if width == 0 {
            return 0;
        }
        // What led to no device stays closed to the other strides until all of them had their turn.
        let mut unused = Vec::new();
        let mut filled = 0;
        for (index, start) in (range.start..range.end).step_by(width).enumerate() {
            let stride = start..start.saturating_add(width).min(range.end);
            if block.is_complete(stride.clone()) {
                continue;
            }
            if !self.charge(0) {
                break;
            }
            let candidate = (0..block.settings.collision_tries).find_map(|attempt| {
                match self.descend(block, range.bucket, level.kind, attempt, index) {
                    Some(item) => block.is_free(&range, stride.clone(), item).then_some(Some(item)),
                    None => Some(None),
                }
            });
            let Some(Some(item)) = candidate else { continue };
            if level.kind == 0 {
                if width != 1 || !last || self.is_out(item) {
                    continue;
                }
                block.push_used(range.level, stride.start, stride.end, item);
                output.emit(stride.start, item);
                filled += 1;
                continue;
            }
            let (Some(bucket), false) = (self.map.bucket(item), last) else { continue };
            let below = Range { bucket, level: range.level + 1, width, start: stride.start, end: stride.end };
            let filled_below = self.choose_range(block, output, below);
            let pushed = block.push_used(range.level, stride.start, stride.end, item);
            if pushed && filled_below == 0 {
                unused.push(stride);
            } else {
                filled += filled_below;
            }
        }
        for stride in unused {
            block.pop_used(range.level, stride.start, stride.end);
        }
        filled
    }

    /// From the bucket down to an item of the kind, or to a device.
    fn descend(
        &mut self,
        block: &Block,
        mut bucket: &'a Bucket,
        kind: i32,
        attempt: u32,
        index: usize,
    ) -> Option<i32> {
        let total = block.descent.wrapping_mul(block.size as u32).wrapping_add(index as u32);
        let r = (total << 16).wrapping_add(attempt);
        loop {
            let item = self.draw(bucket, r, index)?;
            if item >= 0 {
                return Some(item);
            }
            bucket = self.map.bucket(item)?;
            if i32::from(bucket.kind) == kind {
                return Some(item);
            }
        }
    }
}

/// The `choosemsr` steps up to the block's `emit`, and how many places they make together.
fn levels(steps: &mut std::slice::Iter<Step>, size: usize) -> Option<(Vec<Level>, usize)> {
    let mut levels = Vec::new();
    let mut width = 1_usize;
    for step in steps {
        match *step {
            Step::Emit => return Some((levels, width)),
            Step::ChooseMsr { count, kind } if levels.len() < MAX_STEPS => {
                let strides = if count == 0 { size } else { usize::try_from(count).ok()? };
                width = width.checked_mul(strides)?;
                levels.push(Level { strides: (strides > 0).then_some(strides)?, kind });
            }
            _ => return None,
        }
    }
    None
}
