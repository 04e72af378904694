//! Wall-clock times as Ceph stores them: seconds and nanoseconds since 1970, 32 bits each.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timespec {
    pub sec: u32,
    pub nsec: u32,
}

impl Timespec {
    pub const ZERO: Timespec = Timespec { sec: 0, nsec: 0 };

    pub fn now() -> Timespec {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().into()
    }

    pub fn since_epoch(self) -> Duration {
        Duration::new(self.sec.into(), self.nsec)
    }
}

impl From<Duration> for Timespec {
    fn from(d: Duration) -> Timespec {
        Timespec { sec: d.as_secs() as u32, nsec: d.subsec_nanos() }
    }
}

impl fmt::Display for Timespec {
    /// In UTC, to the microsecond, as Ceph prints its stamps: `2026-01-31T23:59:58.123456+0000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.sec / 86400, self.sec % 86400);
        // Counted from the first of March of the year 0, so that a leap day is a year's last.
        let days = days + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + u32::from(month <= 2);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let micros = self.nsec / 1000;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+0000")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_read_as_date_prints_them() {
        let cases = [
            (0, "1970-01-01T00:00:00.000005+0000"),
            (951_782_399, "2000-02-28T23:59:59.000005+0000"),
            (951_868_800, "2000-03-01T00:00:00.000005+0000"),
            (1_709_164_800, "2024-02-29T00:00:00.000005+0000"),
            (1_795_311_712, "2026-11-22T01:41:52.000005+0000"),
        ];
        for (sec, text) in cases {
            assert_eq!(Timespec { sec, nsec: 5999 }.to_string(), text);
        }
    }
}
