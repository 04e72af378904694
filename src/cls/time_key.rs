//! Omap keys that sort by time, as the classes `log` and `timeindex` make them: `1_SECONDS.MICROSECONDS_`.

use ops::Timespec;

pub const PREFIX: &[u8] = b"1_";

/// What the key of an entry at that time begins with.
pub fn prefix(time: Timespec) -> String {
    format!("1_{:010}.{:06}_", time.sec, time.nsec / 1000)
}

/// Whether `key` stands at `bound` or after it, where only as many bytes count as `bound` has.
pub fn reaches(key: &[u8], bound: &[u8]) -> bool {
    key.get(..bound.len()).unwrap_or(key) >= bound
}
