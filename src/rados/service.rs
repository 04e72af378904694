//! What a client says of itself as a daemon of some service.

use std::collections::BTreeMap;

use ops::{Errno, Result, ServiceDaemon};

/// A service of Ceph's own cannot be registered for.
const RESERVED: &[&str] = &["osd", "mds", "client", "mon", "mgr"];

/// What is registered: what the caller says, and of the system what Ceph adds to it. `-EINVAL`: a bad name, or a service
/// that is Ceph's own.
pub(crate) fn daemon(
    service: &str,
    daemon: &str,
    metadata: impl IntoIterator<Item = (String, String)>,
) -> Result<ServiceDaemon> {
    if service.is_empty() || daemon.is_empty() || RESERVED.contains(&service) {
        return Err(Errno::EINVAL);
    }
    let mut metadata: BTreeMap<_, _> = metadata.into_iter().collect();
    for (key, file) in SYSTEM {
        if let Ok(text) = std::fs::read_to_string(file) {
            metadata.insert(key.to_owned(), text.trim().to_owned());
        }
    }
    metadata.insert("arch".into(), std::env::consts::ARCH.into());
    metadata.insert("pid".into(), std::process::id().to_string());
    tracing::info!(target: "rados", "registered as {service}.{daemon}");
    let (service, daemon) = (service.to_owned(), daemon.to_owned());
    Ok(ServiceDaemon { service, daemon, metadata, status: BTreeMap::new() })
}

const SYSTEM: [(&str, &str); 3] = [
    ("hostname", "/proc/sys/kernel/hostname"),
    ("kernel_version", "/proc/sys/kernel/osrelease"),
    ("kernel_description", "/proc/sys/kernel/version"),
];
