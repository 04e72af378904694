//! A client of a Ceph cluster, from its configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use ops::{ObjectStore, Result};

use crate::config::{Config, Level};

/// Connects to the cluster that the configuration names, or else the DNS. What its monitors have configured for this client takes
/// effect below everything that was set here.
pub fn connect(config: &Arc<Config>) -> Result<Arc<dyn ObjectStore>> {
    let weak = Arc::downgrade(config);
    let on_config = move |values: BTreeMap<String, String>| {
        if let Some(config) = weak.upgrade() {
            config.replace(Level::Mon, &values);
        }
    };
    let client = net::connect(|| options(config), Box::new(on_config))?;
    let weak = Arc::downgrade(&client);
    config.observe(move |config| {
        if let Some(client) = weak.upgrade() {
            client.follow(&options(config));
        }
    });
    client.follow(&options(config));
    Ok(client)
}

fn options(config: &Config) -> net::Options {
    let text = |name| config.text(name);
    let supported = text("auth_supported");
    let number = |name| usize::try_from(config.number(name)).unwrap_or(usize::MAX);
    let seconds = |name| std::time::Duration::try_from_secs_f64(config.float(name)).unwrap_or_default();
    net::Options {
        entity: config.name().kind().into(),
        id: config.name().id().into(),
        mon_host_override: text("mon_host_override"),
        monmap: text("monmap"),
        mon_host: text("mon_host"),
        mon_dns_srv_name: text("mon_dns_srv_name"),
        key: text("key"),
        keyfile: text("keyfile"),
        keyring: text("keyring"),
        auth_methods: if supported.is_empty() { text("auth_client_required") } else { supported },
        ms_client_mode: text("ms_client_mode"),
        ms_mon_client_mode: text("ms_mon_client_mode"),
        client_mount_timeout: config.duration("client_mount_timeout"),
        mon_op_timeout: config.duration("rados_mon_op_timeout"),
        osd_op_timeout: config.duration("rados_osd_op_timeout"),
        hunt_parallel: number("mon_client_hunt_parallel"),
        hunt_interval: seconds("mon_client_hunt_interval"),
        hunt_backoff: config.float("mon_client_hunt_interval_backoff"),
        hunt_max_multiple: config.float("mon_client_hunt_interval_max_multiple"),
        mon_ping_interval: seconds("mon_client_ping_interval"),
        mon_ping_timeout: seconds("mon_client_ping_timeout"),
        inflight_ops: config.number("objecter_inflight_ops"),
        inflight_bytes: config.number("objecter_inflight_op_bytes"),
        notify_timeout: std::time::Duration::from_secs(config.number("client_notify_timeout")),
        crush_location: text("crush_location"),
        replica_read_policy: text("rados_replica_read_policy"),
        replica_read_policy_on_objclass: config.flag("rados_replica_read_policy_on_objclass"),
        later: net::Later::default(),
    }
}
