//! What a CRUSH map says: buckets, rules, tunables, weight sets, names.

use std::collections::BTreeMap;

/// No device at this place of a result (`CRUSH_ITEM_NONE`).
pub const ITEM_NONE: i32 = 0x7fff_ffff;

/// Devices are items from 0 up, buckets have negative ids. The default value is an empty map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrushMap {
    /// Bucket -1 - i at index i; ids may be unused.
    pub(crate) buckets: Vec<Option<Box<Bucket>>>,
    pub(crate) rules: Vec<Option<Rule>>,
    /// One more than the highest device.
    pub(crate) max_devices: i32,
    pub tunables: Tunables,
    /// Of bucket types; 0 is a device.
    pub type_names: BTreeMap<i32, String>,
    pub item_names: BTreeMap<i32, String>,
    pub rule_names: BTreeMap<i32, String>,
    /// Device or bucket to class.
    pub classes: BTreeMap<i32, i32>,
    pub class_names: BTreeMap<i32, String>,
    /// The shadow of a bucket that holds only devices of one class: bucket, class, shadow.
    pub class_buckets: BTreeMap<i32, BTreeMap<i32, i32>>,
    pub(crate) choose_args: BTreeMap<i64, ChooseArgs>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    pub id: i32,
    /// Key of the type names.
    pub kind: u16,
    /// Anything but 0 makes every draw 0, as no other hash exists.
    pub hash: u8,
    /// 16.16 fixed point, as are all weights.
    pub weight: u32,
    pub items: Vec<i32>,
    pub weights: BucketWeights,
}

/// The algorithm of a bucket with what it needs to know of each item.
#[derive(Clone, Debug, PartialEq)]
pub enum BucketWeights {
    Uniform { each: u32 },
    List { weights: Vec<u32>, sums: Vec<u32> },
    Tree { nodes: Vec<u32> },
    Straw { weights: Vec<u32>, straws: Vec<u32> },
    Straw2 { weights: Vec<u32> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What pools before Ceph 17 named a rule by; equal to the rule's id since Ceph 12.
    pub ruleset: u8,
    pub kind: RuleKind,
    /// Sizes of pools the rule was for, before Ceph 17.
    pub min_size: u8,
    pub max_size: u8,
    pub steps: Vec<Step>,
}

/// The numbers are those of pool types as far as they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleKind(pub u8);

impl RuleKind {
    pub const REPLICATED: RuleKind = RuleKind(1);
    pub const ERASURE: RuleKind = RuleKind(3);
    pub const MSR_FIRSTN: RuleKind = RuleKind(4);
    pub const MSR_INDEP: RuleKind = RuleKind(5);
}

/// A step of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Take {
        item: i32,
    },
    /// `firstn` closes the gaps that failures leave, its absence (`indep`) keeps every item at its place; `leaf`: one
    /// device under each. `count` 0 or less is relative to the size asked for.
    Choose {
        firstn: bool,
        leaf: bool,
        count: i32,
        kind: i32,
    },
    ChooseMsr {
        count: i32,
        kind: i32,
    },
    Emit,
    SetChooseTries(i32),
    SetChooseleafTries(i32),
    SetChooseLocalTries(i32),
    SetChooseLocalFallbackTries(i32),
    SetChooseleafVaryR(i32),
    SetChooseleafStable(i32),
    SetMsrDescents(i32),
    SetMsrCollisionTries(i32),
    /// No operation, or one that is not known.
    Other {
        op: u32,
        arg1: i32,
        arg2: i32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tunables {
    pub choose_local_tries: u32,
    pub choose_local_fallback_tries: u32,
    /// One less than the tries made.
    pub choose_total_tries: u32,
    pub chooseleaf_descend_once: u32,
    pub chooseleaf_vary_r: u8,
    pub straw_calc_version: u8,
    pub allowed_bucket_algs: u32,
    pub chooseleaf_stable: u8,
    pub msr_descents: u32,
    pub msr_collision_tries: u32,
}

/// What holds for maps that say nothing: those of Ceph 0.48 (`legacy`, or `argonaut`).
impl Default for Tunables {
    fn default() -> Tunables {
        Tunables {
            choose_local_tries: 2,
            choose_local_fallback_tries: 5,
            choose_total_tries: 19,
            chooseleaf_descend_once: 0,
            chooseleaf_vary_r: 0,
            straw_calc_version: 0,
            // uniform, list, straw
            allowed_bucket_algs: 1 << 1 | 1 << 2 | 1 << 4,
            chooseleaf_stable: 0,
            msr_descents: 100,
            msr_collision_tries: 100,
        }
    }
}

/// Weights and ids that replace those of straw2 buckets, by index of the bucket, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChooseArgs(pub(crate) Vec<(u32, ChooseArg)>);

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChooseArg {
    /// Hashed in place of the items; empty: the items.
    pub ids: Vec<i32>,
    /// Weights by position in the result; the last serves the positions behind it. Empty: the bucket's own.
    pub weight_sets: Vec<Vec<u32>>,
}

impl ChooseArgs {
    /// Of the bucket with that id.
    pub fn get(&self, bucket: i32) -> Option<&ChooseArg> {
        let index = bucket_index(bucket)? as u32;
        let at = self.0.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        self.0.get(at).map(|(_, arg)| arg)
    }
}

/// `None` for devices.
pub(crate) fn bucket_index(item: i32) -> Option<usize> {
    usize::try_from(-1 - i64::from(item)).ok()
}

impl CrushMap {
    /// The weight sets that hold where a pool has none of its own.
    const DEFAULT_CHOOSE_ARGS: i64 = -1;

    /// The bucket with that (negative) id.
    pub fn bucket(&self, id: i32) -> Option<&Bucket> {
        self.buckets.get(bucket_index(id)?)?.as_deref()
    }

    pub fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        self.buckets.iter().filter_map(Option::as_deref)
    }

    pub fn rule(&self, id: usize) -> Option<&Rule> {
        self.rules.get(id)?.as_ref()
    }

    /// Rules with their ids.
    pub fn rules(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.rules.iter().enumerate().filter_map(|(id, rule)| Some((id, rule.as_ref()?)))
    }

    /// One more than the highest device that a bucket or a name mentions.
    pub fn max_devices(&self) -> i32 {
        self.max_devices
    }

    /// The first rule for pools of that ruleset, type and size, which is how Ceph before 17 looked for it.
    pub fn find_rule(&self, ruleset: u8, kind: RuleKind, size: u8) -> Option<usize> {
        let fits = |rule: &Rule| {
            rule.ruleset == ruleset && rule.kind == kind && (rule.min_size..=rule.max_size).contains(&size)
        };
        self.rules().find(|(_, rule)| fits(rule)).map(|(id, _)| id)
    }

    /// The weight sets for pool `id`, by `None` those for every pool without.
    pub fn choose_args(&self, id: Option<i64>) -> Option<&ChooseArgs> {
        let own = id.and_then(|id| self.choose_args.get(&id));
        own.or_else(|| self.choose_args.get(&CrushMap::DEFAULT_CHOOSE_ARGS))
    }

    /// Name of the device's class, for example `ssd`.
    pub fn class_of(&self, item: i32) -> Option<&str> {
        self.class_names.get(self.classes.get(&item)?).map(String::as_str)
    }
}
