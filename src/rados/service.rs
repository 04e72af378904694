//! What a client says of itself as a daemon of some service.

use std::collections::BTreeMap;

use ops::{Errno, Result};

/// A service of Ceph's own cannot be registered for.
const RESERVED: &[&str] = &["osd", "mds", "client", "mon", "mgr"];

#[derive(Debug)]
pub(crate) struct Service {
    name: String,
    daemon: String,
    metadata: BTreeMap<String, String>,
    status: BTreeMap<String, String>,
}

impl Service {
    pub fn new(
        name: &str,
        daemon: &str,
        metadata: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Service> {
        if name.is_empty() || daemon.is_empty() || RESERVED.contains(&name) {
            return Err(Errno::EINVAL);
        }
        let metadata: BTreeMap<_, _> = metadata.into_iter().collect();
        tracing::info!(target: "rados", "registered as {name}.{daemon}");
        Ok(Service { name: name.into(), daemon: daemon.into(), metadata, status: BTreeMap::new() })
    }

    pub fn set_status(&mut self, status: impl IntoIterator<Item = (String, String)>) {
        self.status = status.into_iter().collect();
        let (name, daemon) = (&self.name, &self.daemon);
        tracing::debug!(target: "rados", "{name}.{daemon}: {:?} {:?}", self.status, self.metadata);
    }
}
