//! CRUSH: which devices hold an input, computed from a map of devices and buckets and a rule.
//!
//! [`CrushMap`] decodes what the monitors send (Ceph 0.94 to 20.2) and maps with it: [`CrushMap::do_rule`]. The results are
//! Ceph's to the last device, as every client and daemon must compute the same. A map comes from the network: decoding
//! allocates in proportion to the input, a map whose buckets contain themselves is refused, and one placement
//! does a bounded amount of work whatever the map's tunables ask for.

#![forbid(unsafe_code)]

mod bucket;
mod choose;
mod decode;
mod hash;
mod ln;
mod location;
mod map;
mod msr;
mod rule;

pub use hash::{hash2, hash3, hash4};
pub use map::{
    Bucket, BucketWeights, ChooseArg, ChooseArgs, CrushMap, ITEM_NONE, Rule, RuleKind, Step, Tunables,
};
pub use rule::Items;
