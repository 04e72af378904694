//! Wall-clock times as Ceph stores them: seconds and nanoseconds since 1970, 32 bits each.

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
