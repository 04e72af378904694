//! What a client is told before it connects: values of options, and its name. And of that, what may change later.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::auth::{ConMode, Method};
use crate::messages::osd::OsdFlags;

#[derive(Clone, Debug)]
pub struct Options {
    /// `client`, and the id behind the dot.
    pub entity: String,
    pub id: String,
    /// Of the following, the first that is not empty tells the monitors.
    pub mon_host_override: String,
    /// A file.
    pub monmap: String,
    pub mon_host: String,
    /// Asked of the DNS where the others are empty.
    pub mon_dns_srv_name: String,
    pub key: String,
    pub keyfile: String,
    pub keyring: String,
    /// `auth_client_required`, or `auth_supported` where that is set.
    pub auth_methods: String,
    pub ms_client_mode: String,
    pub ms_mon_client_mode: String,
    pub client_mount_timeout: Duration,
    /// Zero: wait for ever. Likewise the next.
    pub mon_op_timeout: Duration,
    pub osd_op_timeout: Duration,
    pub hunt_parallel: usize,
    pub hunt_interval: Duration,
    pub hunt_backoff: f64,
    pub hunt_max_multiple: f64,
    pub mon_ping_interval: Duration,
    pub mon_ping_timeout: Duration,
    pub inflight_ops: u64,
    pub inflight_bytes: u64,
    pub notify_timeout: Duration,
    /// `type=name`, several of them between blanks, commas or semicolons; empty: this host's name, and the root `default`.
    pub crush_location: String,
    /// `default`, `balance` or `localize`.
    pub replica_read_policy: String,
    pub replica_read_policy_on_objclass: bool,
    pub later: Later,
}

/// What has changed since.
#[derive(Debug, Default)]
pub struct Later {
    mon_op_timeout: LaterTime,
    osd_op_timeout: LaterTime,
}

/// In milliseconds and one more; 0: it has not changed.
#[derive(Debug, Default)]
struct LaterTime(AtomicU64);

impl LaterTime {
    fn set(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.0.store(millis.saturating_add(1), Ordering::Relaxed);
    }

    fn get(&self) -> Option<Duration> {
        self.0.load(Ordering::Relaxed).checked_sub(1).map(Duration::from_millis)
    }
}

impl Clone for Later {
    /// Of other options.
    fn clone(&self) -> Later {
        Later::default()
    }
}

impl Options {
    /// Takes over what may change after connecting. Requests that are under way keep their time-outs.
    pub(crate) fn follow(&self, now: &Options) {
        self.later.mon_op_timeout.set(now.mon_op_timeout);
        self.later.osd_op_timeout.set(now.osd_op_timeout);
    }

    pub(crate) fn mon_timeout(&self) -> Duration {
        self.later.mon_op_timeout.get().unwrap_or(self.mon_op_timeout)
    }

    pub(crate) fn osd_timeout(&self) -> Duration {
        self.later.osd_op_timeout.get().unwrap_or(self.osd_op_timeout)
    }

    pub(crate) fn methods(&self) -> Vec<Method> {
        Method::list(&self.auth_methods)
    }

    pub(crate) fn modes(&self) -> Vec<ConMode> {
        ConMode::list(&self.ms_client_mode)
    }

    /// Where this client is in the CRUSH hierarchy. `None`, if that cannot be read.
    pub(crate) fn place(&self) -> Option<Arc<[(String, String)]>> {
        let words = self.crush_location.split([';', ',', ' ', '\t']).filter(|word| !word.is_empty());
        let pair = |word: &str| {
            let (kind, name) = word.split_once('=').filter(|(_, name)| !name.is_empty())?;
            Some((kind.to_owned(), name.to_owned()))
        };
        let place: Option<Vec<_>> = words.map(pair).collect();
        match place {
            Some(place) if place.is_empty() => {
                let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
                let host = host.trim().split('.').next().unwrap_or_default().to_owned();
                Some([("host".to_owned(), host), ("root".to_owned(), "default".to_owned())].into())
            }
            Some(place) => Some(place.into()),
            None => {
                tracing::error!(target: "rados", "crush_location: {:?} cannot be read", self.crush_location);
                None
            }
        }
    }

    /// What reads that do not say so are to have.
    pub(crate) fn read_flags(&self) -> OsdFlags {
        match self.replica_read_policy.as_str() {
            "balance" => OsdFlags::BALANCE_READS,
            "localize" => OsdFlags::LOCALIZE_READS,
            _ => OsdFlags::empty(),
        }
    }

    pub(crate) fn mon_modes(&self) -> Vec<ConMode> {
        ConMode::list(&self.ms_mon_client_mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impostor::options;

    #[test]
    fn time_outs_may_change_later() {
        let first = options(1);
        assert_eq!((first.mon_timeout(), first.osd_timeout()), (Duration::ZERO, Duration::ZERO));
        let mut now = first.clone();
        for seconds in [5, 0] {
            (now.mon_op_timeout, now.osd_op_timeout) =
                (Duration::from_secs(seconds), Duration::from_secs(2 * seconds));
            first.follow(&now);
            assert_eq!(
                (first.mon_timeout(), first.osd_timeout()),
                (Duration::from_secs(seconds), Duration::from_secs(2 * seconds))
            );
        }
    }

    #[test]
    fn places_are_pairs() {
        let mut options = options(1);
        for (text, expected) in [
            ("host=a", Some(vec![("host", "a")])),
            (" root=default;rack=r1,\thost=a b=c ", {
                Some(vec![("root", "default"), ("rack", "r1"), ("host", "a"), ("b", "c")])
            }),
            ("host", None),
            ("host=", None),
        ] {
            options.crush_location = text.into();
            let expected: Option<Vec<_>> = expected.map(|pairs| {
                pairs.into_iter().map(|(kind, name)| (kind.to_owned(), name.to_owned())).collect()
            });
            assert_eq!(options.place().map(|place| place.to_vec()), expected, "{text:?}");
        }
    }
}
