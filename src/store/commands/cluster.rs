//! The store as a whole: identity, health, space.

use ops::{ClusterStat, PoolStat};
use serde_json::{Value, json};

use super::daemons::{service_lines, service_map};
use super::describe::version_text;
use super::{Answer, Call, Command, Daemon, Output, because};
use crate::pool::Pool;
use crate::stats;

pub const COMMANDS: &[Command] = &[
    Command { to: Daemon::Mon, prefix: "fsid", args: &[], run: fsid },
    Command { to: Daemon::Mon, prefix: "status", args: &[], run: status },
    Command {
        to: Daemon::Mon,
        prefix: "health",
        args: &["detail,CephChoices,strings=detail,req=false"],
        run: health,
    },
    Command {
        to: Daemon::Mon,
        prefix: "df",
        args: &["detail,CephChoices,strings=detail,req=false"],
        run: df,
    },
    Command { to: Daemon::Mon, prefix: "versions", args: &[], run: versions },
];

fn fsid(call: &Call) -> Answer {
    let fsid = call.store.fsid();
    Output::new(json!({ "fsid": fsid }), format!("{fsid}\n"))
}

/// What is wrong, if anything: the status, a line on it, and the checks.
fn health_of(call: &Call) -> (String, Value) {
    let (full, nearfull) = call.store.full_ratios();
    let space = call.store.engine().and_then(|engine| engine.space()).unwrap_or_default();
    // How full the file system is, by whomever.
    let in_use = space.total.saturating_sub(space.available) as f64 / space.total.max(1) as f64;
    let mut checks = Vec::new();
    if in_use >= full {
        checks.push(("HEALTH_ERR", "OSD_FULL", "1 full osd(s)".to_owned(), Vec::new()));
    } else if in_use >= nearfull {
        checks.push(("HEALTH_WARN", "OSD_NEARFULL", "1 nearfull osd(s)".to_owned(), Vec::new()));
    }
    let damaged = call.store.damaged_groups();
    if !damaged.is_empty() {
        let group = |(pool, group): &(i64, u32)| format!("pg {pool}.{group:x} is inconsistent");
        let what = format!("Possible data damage: {} pg inconsistent", damaged.len());
        checks.push(("HEALTH_ERR", "PG_DAMAGED", what, damaged.iter().map(group).collect()));
    }
    // By chance the worst is also the first in the alphabet.
    let status = checks.iter().map(|check| check.0).min().unwrap_or("HEALTH_OK");
    let line = checks.iter().map(|check| check.2.as_str()).collect::<Vec<_>>().join("; ");
    let check = |(severity, name, what, detail): &(&str, &str, String, Vec<String>)| {
        let detail: Vec<_> = detail.iter().map(|line| json!({ "message": line })).collect();
        let summary = json!({ "message": what, "count": detail.len().max(1) });
        (
            name.to_string(),
            json!({ "severity": severity, "summary": summary, "detail": detail, "muted": false }),
        )
    };
    let json = json!({
        "status": status,
        "checks": checks.iter().map(check).collect::<serde_json::Map<_, _>>(),
        "mutes": [],
    });
    (format!("{status} {line}").trim_end().to_owned(), json)
}

fn health(call: &Call) -> Answer {
    let (text, json) = health_of(call);
    Output::new(json, text + "\n")
}

fn cluster_stat(call: &Call) -> Result<ClusterStat, (ops::Errno, String)> {
    stats::cluster(call.store).map_err(because("the store's space is not known"))
}

fn status(call: &Call) -> Answer {
    let stat = cluster_stat(call)?;
    let pools = call.store.pools().all();
    let pgs: u32 = pools.iter().map(|pool| pool.state().record.pg_num).sum();
    let damaged = call.store.damaged_groups().len() as u32;
    let states = [("active+clean", pgs - damaged.min(pgs)), ("active+clean+inconsistent", damaged)];
    let by_state: Vec<_> = states
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| json!({ "state_name": name, "count": count }))
        .collect();
    let (health_text, health) = health_of(call);
    let epoch = call.store.epoch();
    let fsid = call.store.fsid();
    let json = json!({
        "fsid": fsid,
        "health": health,
        "election_epoch": 1,
        "quorum": [0],
        "quorum_names": ["a"],
        "monmap": { "epoch": 1, "num_mons": 1 },
        "osdmap": { "epoch": epoch, "num_osds": 1, "num_up_osds": 1, "num_in_osds": 1, "num_remapped_pgs": 0 },
        "pgmap": {
            "pgs_by_state": by_state,
            "num_pgs": pgs,
            "num_pools": pools.len(),
            "num_objects": stat.num_objects,
            "data_bytes": stored(call),
            "bytes_used": stat.kb_used * 1024,
            "bytes_avail": stat.kb_avail * 1024,
            "bytes_total": stat.kb * 1024,
        },
        "fsmap": { "epoch": 1, "by_rank": [], "up:standby": 0 },
        "mgrmap": { "available": true, "num_standbys": 0, "modules": [], "services": {} },
        "servicemap": service_map(call),
        "progress_events": {},
    });
    let text = format!(
        "  cluster:\n    id:     {fsid}\n    health: {health_text}\n\n  services:\n    mon: 1 daemons, quorum a\n    mgr: x(active)\n    osd: 1 osds: 1 up, 1 in\n{}\n  data:\n    pools:   {} pools\n    objects: {}\n    usage:   {} KiB used, {} KiB / {} KiB avail\n",
        service_lines(call),
        pools.len(),
        stat.num_objects,
        stat.kb_used,
        stat.kb_avail,
        stat.kb
    );
    Output::new(json, text)
}

fn stored(call: &Call) -> u64 {
    call.store.engine().map_or(0, |engine| engine.usage(None).logical)
}

fn each_pool(call: &Call) -> Vec<(std::sync::Arc<Pool>, PoolStat)> {
    let pools = call.store.pools().all().into_iter();
    pools.filter_map(|pool| stats::pool(call.store, pool.id).ok().map(|stat| (pool, stat))).collect()
}

fn df(call: &Call) -> Answer {
    let stat = cluster_stat(call)?;
    let (total, avail, used) = (stat.kb * 1024, stat.kb_avail * 1024, stat.kb_used * 1024);
    let ratio = used as f64 / total.max(1) as f64;
    let (mut pools, mut text) = (Vec::new(), String::from("POOL\tID\tSTORED\tOBJECTS\tUSED\tMAX AVAIL\n"));
    for (pool, stat) in each_pool(call) {
        let name = pool.state().record.name.clone();
        text += &format!(
            "{name}\t{}\t{}\t{}\t{}\t{avail}\n",
            pool.id, stat.num_user_bytes, stat.num_objects, stat.num_bytes
        );
        pools.push(json!({
            "name": name,
            "id": pool.id,
            "stats": {
                "stored": stat.num_user_bytes,
                "objects": stat.num_objects,
                "kb_used": stat.num_bytes.div_ceil(1024),
                "bytes_used": stat.num_bytes,
                "percent_used": stat.num_bytes as f64 / (stat.num_bytes + avail).max(1) as f64,
                "max_avail": avail,
                "rd": stat.num_rd,
                "rd_bytes": stat.num_rd_kb * 1024,
                "wr": stat.num_wr,
                "wr_bytes": stat.num_wr_kb * 1024,
            },
        }));
    }
    let json = json!({
        "stats": {
            "total_bytes": total,
            "total_avail_bytes": avail,
            "total_used_bytes": used,
            "total_used_raw_bytes": used,
            "total_used_raw_ratio": ratio,
            "num_osds": 1,
            "num_per_pool_osds": 1,
        },
        "stats_by_class": {},
        "pools": pools,
    });
    Output::new(json, format!("TOTAL\tAVAIL\tUSED\n{total}\t{avail}\t{used}\n\n{text}"))
}

fn versions(_: &Call) -> Answer {
    let one = json!({ version_text(): 1 });
    let json = json!({ "mon": one, "mgr": one, "osd": one, "overall": { version_text(): 3 } });
    let text = format!("{json:#}\n");
    Output::new(json, text)
}
