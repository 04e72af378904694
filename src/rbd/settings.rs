//! The `rbd_*` configuration options this engine follows.

use crate::replicas::ReplicaReads;

/// Read once when an image is opened or created; those of `replicas` again whenever its header is.
#[derive(Clone, Debug)]
pub struct Settings {
    pub default_features: u64,
    /// `rbd_default_features` was left at the option's own default: whatever is supported is meant.
    pub default_features_untouched: bool,
    pub default_format: u64,
    pub default_order: u64,
    pub default_stripe_unit: u64,
    pub default_stripe_count: u64,
    pub default_data_pool: String,
    /// 1: the parent's snapshot must be protected; 2: it need not. `None`: the second where every client that the
    /// cluster lets in knows it.
    pub default_clone_format: Option<u64>,
    pub validate_pool: bool,
    pub cache: bool,
    pub cache_writethrough_until_flush: bool,
    /// `writeback`, `writearound`, or `writethrough`.
    pub cache_writethrough: bool,
    pub cache_max_dirty: u64,
    pub skip_partial_discard: bool,
    pub discard_granularity_bytes: u64,
    pub discard_on_zeroed_write_same: bool,
    pub concurrent_management_ops: u64,
    /// Seconds; 0 turns the timestamp off.
    pub mtime_update_interval: u64,
    pub atime_update_interval: u64,
    pub blocklist_on_break_lock: bool,
    pub blocklist_expire_seconds: u64,
    pub move_to_trash_on_remove: bool,
    pub sparse_read_threshold_bytes: u64,
    pub replicas: ReplicaReads,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            default_features: crate::features::DEFAULT,
            default_features_untouched: true,
            default_format: 2,
            default_order: 22,
            default_stripe_unit: 0,
            default_stripe_count: 0,
            default_data_pool: String::new(),
            default_clone_format: None,
            validate_pool: true,
            cache: true,
            cache_writethrough_until_flush: true,
            cache_writethrough: false,
            cache_max_dirty: 24 << 20,
            skip_partial_discard: true,
            discard_granularity_bytes: 64 << 10,
            discard_on_zeroed_write_same: true,
            concurrent_management_ops: 10,
            mtime_update_interval: 60,
            atime_update_interval: 60,
            blocklist_on_break_lock: true,
            blocklist_expire_seconds: 0,
            move_to_trash_on_remove: false,
            sparse_read_threshold_bytes: 64 << 10,
            replicas: ReplicaReads::default(),
        }
    }
}

impl Settings {
    /// `get` looks an option up by its name and answers its value as text; what it does not know keeps
    /// the default. Values that do not parse keep the default too: whoever stored them has checked them.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Settings {
        let mut settings = Settings::default();
        settings.apply(get);
        settings
    }

    /// The same on top of these settings, for overrides of a pool or an image.
    pub fn apply(&mut self, get: impl Fn(&str) -> Option<String>) {
        let number = |name: &str, value: &mut u64| {
            if let Some(given) = get(name).and_then(|text| size(&text)) {
                *value = given;
            }
        };
        number("rbd_default_format", &mut self.default_format);
        number("rbd_default_order", &mut self.default_order);
        number("rbd_default_stripe_unit", &mut self.default_stripe_unit);
        number("rbd_default_stripe_count", &mut self.default_stripe_count);
        number("rbd_cache_max_dirty", &mut self.cache_max_dirty);
        number("rbd_discard_granularity_bytes", &mut self.discard_granularity_bytes);
        number("rbd_concurrent_management_ops", &mut self.concurrent_management_ops);
        number("rbd_mtime_update_interval", &mut self.mtime_update_interval);
        number("rbd_atime_update_interval", &mut self.atime_update_interval);
        number("rbd_blocklist_expire_seconds", &mut self.blocklist_expire_seconds);
        number("rbd_sparse_read_threshold_bytes", &mut self.sparse_read_threshold_bytes);
        let flag = |name: &str, value: &mut bool| {
            if let Some(given) = get(name).and_then(|text| boolean(&text)) {
                *value = given;
            }
        };
        flag("rbd_validate_pool", &mut self.validate_pool);
        flag("rbd_cache", &mut self.cache);
        flag("rbd_cache_writethrough_until_flush", &mut self.cache_writethrough_until_flush);
        flag("rbd_skip_partial_discard", &mut self.skip_partial_discard);
        flag("rbd_discard_on_zeroed_write_same", &mut self.discard_on_zeroed_write_same);
        flag("rbd_blocklist_on_break_lock", &mut self.blocklist_on_break_lock);
        flag("rbd_move_to_trash_on_remove", &mut self.move_to_trash_on_remove);
        flag("rbd_balance_snap_reads", &mut self.replicas.balance_snaps);
        flag("rbd_localize_snap_reads", &mut self.replicas.localize_snaps);
        flag("rbd_balance_parent_reads", &mut self.replicas.balance_parents);
        flag("rbd_localize_parent_reads", &mut self.replicas.localize_parents);
        if let Some(policy) = get("rbd_cache_policy") {
            self.cache_writethrough = policy == "writethrough";
        }
        if let Some(policy) = get("rbd_read_from_replica_policy") {
            self.replicas.set_policy(&policy);
        }
        if let Some(format) = get("rbd_default_clone_format") {
            self.default_clone_format = format.parse().ok();
        }
        if let Some(pool) = get("rbd_default_data_pool") {
            self.default_data_pool = pool;
        }
        if let Some(text) = get("rbd_default_features") {
            self.default_features = crate::features::from_text(&text);
            self.default_features_untouched = self.default_features == crate::features::DEFAULT;
        }
    }

    /// Discards smaller than this, or the parts of larger ones that stick out of its multiples, are
    /// dropped; 0: none.
    pub(crate) fn discard_granularity(&self) -> u64 {
        if self.skip_partial_discard { self.discard_granularity_bytes } else { 0 }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A number with an optional binary suffix: `64K`, `4_M`, `1Gi`.
fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let shift = match suffix.trim_start_matches('_').trim_end_matches(['i', 'B']) {
        "" => 0,
        "K" | "k" => 10,
        "M" | "m" => 20,
        "G" | "g" => 30,
        "T" | "t" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_override_defaults() {
        let settings = Settings::read(|name| match name {
            "rbd_cache" => Some("false".into()),
            "rbd_default_features" => Some("layering".into()),
            "rbd_discard_granularity_bytes" => Some("4K".into()),
            "rbd_default_order" => Some("what".into()),
            _ => None,
        });
        assert!(!settings.cache);
        assert_eq!(settings.default_features, crate::features::LAYERING);
        assert!(!settings.default_features_untouched);
        assert_eq!(settings.discard_granularity_bytes, 4096);
        assert_eq!(settings.default_order, 22);
    }
}
