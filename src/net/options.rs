//! What a client is told before it connects: values of options, and its name.

use std::time::Duration;

use crate::auth::{ConMode, Method};

#[derive(Clone, Debug)]
pub struct Options {
    /// `client`, and the id behind the dot.
    pub entity: String,
    pub id: String,
    pub mon_host: String,
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
}

impl Options {
    pub(crate) fn methods(&self) -> Vec<Method> {
        Method::list(&self.auth_methods)
    }

    pub(crate) fn modes(&self) -> Vec<ConMode> {
        ConMode::list(&self.ms_client_mode)
    }

    pub(crate) fn mon_modes(&self) -> Vec<ConMode> {
        ConMode::list(&self.ms_mon_client_mode)
    }
}
