//! The store as a whole: identity, health, space.

use ops::{ClusterStat, PoolStat};
use serde_json::{Value, json};

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
    Command { to: Daemon::Mon, prefix: "mon dump", args: &["epoch,CephInt,req=false"], run: mon_dump },
    Command { to: Daemon::Mgr, prefix: "pg dump_pools_json", args: &[], run: pool_counters },
];

fn fsid(call: &Call) -> Answer {
    let fsid = call.store.fsid();
    Output::new(json!({ "fsid": fsid }), format!("{fsid}\n"))
}

/// How full the file system is, by whomever, and what that means.
fn health_of(call: &Call) -> (&'static str, Value) {
    let (full, nearfull) = call.store.full_ratios();
    let space = call.store.engine().and_then(|engine| engine.space()).unwrap_or_default();
    let in_use = space.total.saturating_sub(space.available) as f64 / space.total.max(1) as f64;
    let (status, severity, name, what) = match in_use {
        in_use if in_use >= full => ("HEALTH_ERR", "HEALTH_ERR", "OSD_FULL", "1 full osd(s)"),
        in_use if in_use >= nearfull => ("HEALTH_WARN", "HEALTH_WARN", "OSD_NEARFULL", "1 nearfull osd(s)"),
        _ => return ("HEALTH_OK", json!({ "status": "HEALTH_OK", "checks": {}, "mutes": [] })),
    };
    let check = json!({ "severity": severity, "summary": { "message": what, "count": 1 }, "muted": false });
    let mut checks = serde_json::Map::new();
    checks.insert(name.into(), check);
    (status, json!({ "status": status, "checks": checks, "mutes": [] }))
}

fn health(call: &Call) -> Answer {
    let (status, json) = health_of(call);
    Output::new(json, format!("{status}\n"))
}

fn cluster_stat(call: &Call) -> Result<ClusterStat, (ops::Errno, String)> {
    stats::cluster(call.store).map_err(because("the store's space is not known"))
}

fn status(call: &Call) -> Answer {
    let stat = cluster_stat(call)?;
    let pools = call.store.pools().all();
    let pgs: u32 = pools.iter().map(|pool| pool.state().record.pg_num).sum();
    let by_state = if pgs > 0 { json!([{ "state_name": "active+clean", "count": pgs }]) } else { json!([]) };
    let fsid = call.store.fsid();
    let json = json!({
        "fsid": fsid,
        "health": health_of(call).1,
        "election_epoch": 1,
        "quorum": [0],
        "quorum_names": ["a"],
        "monmap": { "epoch": 1, "num_mons": 1 },
        "osdmap": { "epoch": 1, "num_osds": 1, "num_up_osds": 1, "num_in_osds": 1, "num_remapped_pgs": 0 },
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
        "servicemap": { "epoch": 1, "services": {} },
        "progress_events": {},
    });
    let text = format!(
        "  cluster:\n    id:     {fsid}\n    health: {}\n\n  data:\n    pools:   {} pools\n    objects: {}\n    usage:   {} KiB used, {} KiB / {} KiB avail\n",
        health_of(call).0,
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

fn pool_counters(call: &Call) -> Answer {
    let counters = |(pool, stat): (std::sync::Arc<Pool>, PoolStat)| {
        json!({
            "poolid": pool.id,
            "num_pg": pool.state().record.pg_num,
            "stat_sum": {
                "num_bytes": stat.num_user_bytes,
                "num_objects": stat.num_objects,
                "num_object_clones": stat.num_object_clones,
                "num_object_copies": stat.num_object_copies,
                "num_read": stat.num_rd,
                "num_read_kb": stat.num_rd_kb,
                "num_write": stat.num_wr,
                "num_write_kb": stat.num_wr_kb,
            },
        })
    };
    let all: Vec<_> = each_pool(call).into_iter().map(counters).collect();
    let json = json!({ "pool_stats": all });
    let text = json.to_string();
    Output::new(json, text)
}

fn versions(_: &Call) -> Answer {
    let one = json!({ version_text(): 1 });
    let json = json!({ "mon": one, "mgr": one, "osd": one, "overall": { version_text(): 3 } });
    let text = format!("{json:#}\n");
    Output::new(json, text)
}

fn mon_dump(call: &Call) -> Answer {
    let fsid = call.store.fsid();
    let addrs = json!({ "addrvec": [{ "type": "any", "addr": "127.0.0.1:0", "nonce": 0 }] });
    let json = json!({
        "epoch": 1,
        "fsid": fsid,
        "mons": [{
            "rank": 0, "name": "a", "public_addrs": addrs, "addr": "127.0.0.1:0/0", "public_addr": "127.0.0.1:0/0",
        }],
        "quorum": [0],
    });
    Output::new(json, format!("epoch 1\nfsid {fsid}\n0: 127.0.0.1:0/0 mon.a\n"))
}
