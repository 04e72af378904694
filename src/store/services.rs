//! Clients that have registered as daemons of services (`rados_service_register`), while they are connected.

use std::collections::{BTreeMap, BTreeSet};

use ops::{ServiceDaemon, Timespec};
use parking_lot::Mutex;

#[derive(Clone)]
pub struct Registered {
    pub daemon: ServiceDaemon,
    pub addr: String,
    pub since: Timespec,
    pub last_heard: Timespec,
}

#[derive(Default)]
pub struct Services(Mutex<BTreeMap<u64, Registered>>);

impl Services {
    /// `client` says what it is, or how it is by now.
    pub fn report(&self, client: u64, addr: &str, daemon: ServiceDaemon) {
        let now = Timespec::now();
        let mut registered = self.0.lock();
        let since = registered.get(&client).map_or(now, |before| before.since);
        let addr = addr.to_owned();
        registered.insert(client, Registered { daemon, addr, since, last_heard: now });
    }

    pub fn forget(&self, client: u64) {
        self.0.lock().remove(&client);
    }

    /// By service, then by the client's instance id.
    pub fn all(&self) -> BTreeMap<String, Vec<(u64, Registered)>> {
        let mut services: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (&client, registered) in self.0.lock().iter() {
            services.entry(registered.daemon.service.clone()).or_default().push((client, registered.clone()));
        }
        services
    }
}

/// One line on a service's daemons, as `ceph status` has it: `2 daemons active (1 hosts)`.
pub fn summary(daemons: &[(u64, Registered)]) -> String {
    let mut kind = "daemon".to_owned();
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, registered) in daemons {
        let metadata = &registered.daemon.metadata;
        if let Some(own) = metadata.get("daemon_type") {
            kind.clone_from(own);
        }
        for (group, key) in [("zone", "zone_id"), ("host", "hostname")] {
            if let Some(value) = metadata.get(key) {
                groups.entry(group).or_default().insert(value);
            }
        }
    }
    let plural = if daemons.len() > 1 { "s" } else { "" };
    let groups: Vec<_> =
        groups.iter().map(|(group, members)| format!("{} {group}s", members.len())).collect();
    let groups = if groups.is_empty() { String::new() } else { format!(" ({})", groups.join(", ")) };
    format!("{} {kind}{plural} active{groups}", daemons.len())
}
