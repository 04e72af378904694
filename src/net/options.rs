//! What a client is told before it connects: values of options, and its name.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::{ConMode, Method};
use crate::messages::osd::OsdFlags;

#[derive(Clone, Debug)]
pub struct Options {
    /// `client`, and the id behind the dot.
    pub entity: String,
    pub id: String,
    pub mon_host: String,
    /// Asked of the DNS where `mon_host` is empty.
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
}

impl Options {
    pub(crate) fn methods(&self) -> Vec<Method> {
        Method::list(&self.auth_methods)
    }

    pub(crate) fn modes(&self) -> Vec<ConMode> {
        ConMode::list(&self.ms_client_mode)
    }

    /// Where this client is in the CRUSH hierarchy. Nowhere, if that cannot be read.
    pub(crate) fn place(&self) -> Arc<[(String, String)]> {
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
                [("host".to_owned(), host), ("root".to_owned(), "default".to_owned())].into()
            }
            Some(place) => place.into(),
            None => {
                tracing::error!(target: "rados", "crush_location: {:?} cannot be read", self.crush_location);
                Arc::default()
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
