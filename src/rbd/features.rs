//! Feature bits of images and their names.

pub use cls::rbd::features::*;

/// What `rbd_default_features` means where it is empty.
pub const DEFAULT: u64 = LAYERING | EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | DEEP_FLATTEN;
/// What this engine does. An image with more opens read-only at most.
pub const SUPPORTED: u64 =
    LAYERING | STRIPINGV2 | EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | DEEP_FLATTEN | DATA_POOL | OPERATIONS;

/// `RBD_FLAG_*`.
pub mod flag {
    pub const OBJECT_MAP_INVALID: u64 = 1;
    pub const FAST_DIFF_INVALID: u64 = 2;
}

/// In the order of their names, which is the order they are printed in.
const NAMES: [(&str, u64); 12] = [
    ("data-pool", DATA_POOL),
    ("deep-flatten", DEEP_FLATTEN),
    ("dirty-cache", DIRTY_CACHE),
    ("exclusive-lock", EXCLUSIVE_LOCK),
    ("fast-diff", FAST_DIFF),
    ("journaling", JOURNALING),
    ("layering", LAYERING),
    ("migrating", MIGRATING),
    ("non-primary", NON_PRIMARY),
    ("object-map", OBJECT_MAP),
    ("operations", OPERATIONS),
    ("striping", STRIPINGV2),
];

/// The names of the set bits, separated by commas, and the bits that have no name.
pub fn to_text(features: u64) -> (String, u64) {
    let named: Vec<_> = NAMES.iter().filter(|(_, bit)| features & bit != 0).collect();
    let text = named.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    (text, features & !ALL)
}

/// A decimal number or a list of names; the empty text means the default features. Unknown names and
/// bits, and bits that a program cannot set, are left out.
pub fn from_text(text: &str) -> u64 {
    let text = text.trim();
    if text.is_empty() {
        return DEFAULT;
    }
    if let Ok(bits) = text.parse::<u64>() {
        return bits & ALL & !(INTERNAL | MUTABLE_INTERNAL);
    }
    let bit = |name: &str| NAMES.iter().find(|(known, _)| *known == name).map_or(0, |(_, bit)| *bit);
    text.split(',').map(|name| bit(name.trim())).fold(0, |all, bit| all | bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bits() {
        assert_eq!(to_text(61), ("deep-flatten,exclusive-lock,fast-diff,layering,object-map".into(), 0));
        assert_eq!(to_text(1 << 40 | 1), ("layering".into(), 1 << 40));
        assert_eq!(from_text("layering, striping"), LAYERING | STRIPINGV2);
        assert_eq!(from_text(""), 61);
        assert_eq!(from_text(" 3 "), 3);
        assert_eq!(from_text("layering,nonsense"), LAYERING);
        assert_eq!(from_text("256"), 0, "operations cannot be asked for");
    }
}
