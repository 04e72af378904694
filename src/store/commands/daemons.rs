//! The daemons of the cluster that a store looks like (one monitor, one manager, one OSD, all this process), and the
//! services that clients have registered.

use ops::Errno;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Command, Daemon, Output, because};
use crate::services::{Registered, summary};
use crate::stats;

pub const COMMANDS: &[Command] = &[
    Command { to: Daemon::Mon, prefix: "quorum_status", args: &[], run: quorum },
    Command { to: Daemon::Mon, prefix: "mon_status", args: &[], run: mon_status },
    Command { to: Daemon::Mon, prefix: "mon stat", args: &[], run: mon_stat },
    Command { to: Daemon::Mon, prefix: "mon dump", args: &["epoch,CephInt,req=false"], run: mon_dump },
    Command { to: Daemon::Mon, prefix: "mgr dump", args: &["epoch,CephInt,req=false"], run: mgr_dump },
    Command { to: Daemon::Mon, prefix: "mgr stat", args: &[], run: mgr_stat },
    Command { to: Daemon::Mon, prefix: "mgr services", args: &[], run: |_| Output::new(json!({}), "{}\n") },
    Command { to: Daemon::Mon, prefix: "osd tree", args: &[], run: tree },
    Command { to: Daemon::Mon, prefix: "osd getmaxosd", args: &[], run: max_osd },
    Command { to: Daemon::Mon, prefix: "osd find", args: &["id,CephOsdName"], run: find },
    Command { to: Daemon::Mgr, prefix: "osd perf", args: &[], run: perf },
    Command { to: Daemon::Mgr, prefix: "osd df", args: &[], run: osd_df },
    Command {
        to: Daemon::Mon,
        prefix: "osd crush rule ls",
        args: &[],
        run: |_| Output::new(json!(["replicated_rule"]), "replicated_rule\n"),
    },
    Command { to: Daemon::Mon, prefix: "features", args: &[], run: features },
    Command { to: Daemon::Mgr, prefix: "service dump", args: &[], run: service_dump },
    Command { to: Daemon::Mgr, prefix: "service status", args: &[], run: service_status },
    Command { to: Daemon::Mon, prefix: "auth ls", args: &[], run: auth_list },
    Command { to: Daemon::Mon, prefix: "auth get", args: &["entity,CephString"], run: auth_get },
    Command { to: Daemon::Mon, prefix: "auth get-key", args: &["entity,CephString"], run: auth_key },
    Command { to: Daemon::Mon, prefix: "auth print-key", args: &["entity,CephString"], run: auth_key },
];

const ADDR: &str = "127.0.0.1:0/0";

fn mon_map(call: &Call) -> Value {
    let addrs = json!({ "addrvec": [{ "type": "any", "addr": "127.0.0.1:0", "nonce": 0 }] });
    json!({
        "epoch": 1,
        "fsid": call.store.fsid(),
        "mons": [{ "rank": 0, "name": "a", "public_addrs": addrs, "addr": ADDR, "public_addr": ADDR }],
        "quorum": [0],
    })
}

fn pretty(json: Value) -> Answer {
    let text = format!("{json:#}\n");
    Output::new(json, text)
}

fn quorum(call: &Call) -> Answer {
    pretty(json!({
        "election_epoch": 1,
        "quorum": [0],
        "quorum_names": ["a"],
        "quorum_leader_name": "a",
        "monmap": mon_map(call),
    }))
}

fn mon_status(call: &Call) -> Answer {
    pretty(json!({
        "name": "a",
        "rank": 0,
        "state": "leader",
        "election_epoch": 1,
        "quorum": [0],
        "monmap": mon_map(call),
    }))
}

fn mon_stat(_: &Call) -> Answer {
    let json = json!({ "epoch": 1, "num_mons": 1, "leader": "a", "quorum": [{ "rank": 0, "name": "a" }] });
    Output::new(json, format!("e1: 1 mons at {{a={ADDR}}}, election epoch 1, leader 0 a, quorum 0 a\n"))
}

fn mon_dump(call: &Call) -> Answer {
    let fsid = call.store.fsid();
    let text = format!("epoch 1\nfsid {fsid}\n0: {ADDR} mon.a\n");
    Ok(Output { json: Some(mon_map(call)), text, status: "dumped monmap epoch 1".into() })
}

fn mgr_dump(_: &Call) -> Answer {
    pretty(json!({
        "epoch": 1,
        "active_gid": 1,
        "active_name": "x",
        "active_addr": ADDR,
        "available": true,
        "standbys": [],
        "modules": [],
        "available_modules": [],
        "services": {},
        "always_on_modules": {},
    }))
}

fn mgr_stat(_: &Call) -> Answer {
    pretty(json!({ "epoch": 1, "available": true, "active_name": "x", "num_standby": 0 }))
}

fn tree(_: &Call) -> Answer {
    let osd = json!({
        "id": 0, "name": "osd.0", "type": "osd", "type_id": 0, "crush_weight": 1.0, "depth": 2,
        "exists": 1, "status": "up", "reweight": 1.0, "primary_affinity": 1.0,
    });
    let json = json!({
        "nodes": [
            { "id": -1, "name": "default", "type": "root", "type_id": 11, "children": [-2] },
            { "id": -2, "name": "localhost", "type": "host", "type_id": 1, "children": [0] },
            osd,
        ],
        "stray": [],
    });
    let text = "ID  WEIGHT   TYPE NAME          STATUS  REWEIGHT  PRI-AFF\n-1  1.00000  root default\n\
                -2  1.00000      host localhost\n 0  1.00000          osd.0   up  1.00000  1.00000\n";
    Output::new(json, text)
}

fn max_osd(call: &Call) -> Answer {
    let epoch = call.store.epoch();
    Output::new(json!({ "epoch": epoch, "max_osd": 1 }), format!("max_osd = 1 in epoch {epoch}\n"))
}

fn find(call: &Call) -> Answer {
    let id = call.optional("id").map(|id| id.trim_start_matches("osd.").parse::<i64>().unwrap_or(-1));
    if id.or(call.number("id").map(|id| id as i64)) != Some(0) {
        return Err((Errno::ENOENT, "a store is one OSD, osd.0".into()));
    }
    pretty(
        json!({ "osd": 0, "host": "localhost", "crush_location": { "host": "localhost", "root": "default" } }),
    )
}

fn perf(_: &Call) -> Answer {
    let infos = json!([{ "id": 0, "perf_stats": { "commit_latency_ms": 0, "apply_latency_ms": 0 } }]);
    let text = "osd  commit_latency(ms)  apply_latency(ms)\n  0                   0                  0\n";
    Output::new(json!({ "pg_ready": true, "osdstats": { "osd_perf_infos": infos } }), text)
}

fn osd_df(call: &Call) -> Answer {
    let stat = stats::cluster(call.store).map_err(because("the store's space is not known"))?;
    let used = stat.kb_used as f64 * 100.0 / stat.kb.max(1) as f64;
    let groups: u32 = call.store.pools().all().iter().map(|pool| pool.state().record.pg_num).sum();
    let json = json!({
        "nodes": [{
            "id": 0, "name": "osd.0", "type": "osd", "type_id": 0, "crush_weight": 1.0, "reweight": 1.0,
            "kb": stat.kb, "kb_used": stat.kb_used, "kb_avail": stat.kb_avail, "utilization": used, "var": 1.0,
            "pgs": groups, "status": "up",
        }],
        "stray": [],
        "summary": {
            "total_kb": stat.kb, "total_kb_used": stat.kb_used, "total_kb_avail": stat.kb_avail,
            "average_utilization": used,
        },
    });
    let text = format!(
        "ID  SIZE KiB  USED KiB  AVAIL KiB  %USE  PGS  STATUS\n 0  {}  {}  {}  {used:.2}  {groups}  up\n",
        stat.kb, stat.kb_used, stat.kb_avail
    );
    Output::new(json, text)
}

fn features(call: &Call) -> Answer {
    let of = |num: usize| json!([{ "features": "0x0", "release": "unknown", "num": num }]);
    pretty(json!({ "mon": of(1), "osd": of(1), "client": of(call.store.client_count()), "mgr": of(1) }))
}

fn daemon_json(client: u64, registered: &Registered) -> Value {
    json!({
        "start_stamp": registered.since.to_string(),
        "gid": client,
        "addr": registered.addr,
        "metadata": registered.daemon.metadata,
        "task_status": {},
    })
}

/// The `servicemap` of `status`, and of `service dump`.
pub fn service_map(call: &Call) -> Value {
    let mut services = Map::new();
    for (service, daemons) in call.store.services().all() {
        let mut by_name = Map::new();
        by_name.insert("summary".into(), json!(""));
        for (client, registered) in &daemons {
            by_name.insert(registered.daemon.daemon.clone(), daemon_json(*client, registered));
        }
        services.insert(service, json!({ "daemons": by_name }));
    }
    json!({ "epoch": call.store.epoch(), "services": services })
}

/// A line per service, for the text of `status`.
pub fn service_lines(call: &Call) -> String {
    let services = call.store.services().all();
    services.iter().map(|(name, daemons)| format!("    {name}: {}\n", summary(daemons))).collect()
}

fn service_dump(call: &Call) -> Answer {
    pretty(service_map(call))
}

fn service_status(call: &Call) -> Answer {
    let mut services = Map::new();
    for (service, daemons) in call.store.services().all() {
        let one = |(_, registered): &(u64, Registered)| {
            let status = &registered.daemon.status;
            (
                registered.daemon.daemon.clone(),
                json!({ "last_beacon": registered.last_heard.to_string(), "status": status }),
            )
        };
        services.insert(service, Value::Object(daemons.iter().map(one).collect()));
    }
    pretty(Value::Object(services))
}

/// The key that programs are given which cannot do without. Nothing ever checks it: who may open the directory may do
/// everything. It is Ceph's form of a key (kind 1, no date, 16 bytes), its bytes those of the store's id.
fn admin_key(call: &Call) -> String {
    let digits: Vec<u8> =
        call.store.fsid().bytes().filter_map(|b| (b as char).to_digit(16)).map(|d| d as u8).collect();
    let bytes = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit));
    let mut key = vec![1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0];
    key.extend(bytes);
    base64(&key)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            text.push(if digit > chunk.len() { '=' } else { char::from(DIGITS[value as usize]) });
        }
    }
    text
}

const CAPS: [&str; 4] = ["mds", "mgr", "mon", "osd"];

fn entity(call: &Call) -> Value {
    let caps: Map<_, _> = CAPS.iter().map(|&daemon| (daemon.to_owned(), json!("allow *"))).collect();
    json!({ "entity": "client.admin", "key": admin_key(call), "caps": caps })
}

fn keyring(call: &Call) -> String {
    let caps = CAPS.map(|daemon| format!("\tcaps {daemon} = \"allow *\"\n")).concat();
    format!("[client.admin]\n\tkey = {}\n{caps}", admin_key(call))
}

fn admin_only(call: &Call) -> Result<(), (Errno, String)> {
    match call.text("entity")? {
        "client.admin" => Ok(()),
        other => Err((Errno::ENOENT, format!("failed to find {other} in keyring"))),
    }
}

fn auth_list(call: &Call) -> Answer {
    Output::new(json!({ "auth_dump": [entity(call)] }), keyring(call))
}

fn auth_get(call: &Call) -> Answer {
    admin_only(call)?;
    Output::new(json!([entity(call)]), keyring(call))
}

fn auth_key(call: &Call) -> Answer {
    admin_only(call)
        .map_err(|(errno, _)| (errno, format!("don't have {}", call.optional("entity").unwrap_or(""))))?;
    let key = admin_key(call);
    Output::new(json!({ "key": key }), key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_everybody_has_it() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
