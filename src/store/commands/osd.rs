//! The map of the cluster that a store looks like, and the blocklist.

use std::sync::Arc;
use std::time::Duration;

use ops::Errno;
use serde_json::{Value, json};

use super::{Answer, Call, Command, Daemon, Output, because};
use crate::pool::{Pool, SnapMode};

const SUBJECT: &str = "addr,CephString";
const EXPIRE: &str = "expire,CephFloat,req=false";

pub const COMMANDS: &[Command] = &[
    Command { to: Daemon::Mon, prefix: "osd dump", args: &["epoch,CephInt,req=false"], run: dump },
    Command { to: Daemon::Mon, prefix: "osd ls", args: &[], run: |_| Output::new(json!([0]), "0\n") },
    Command { to: Daemon::Mon, prefix: "osd stat", args: &[], run: stat },
    Command {
        to: Daemon::Mon,
        prefix: "osd blocklist",
        args: &["blocklistop,CephChoices,strings=add|rm", SUBJECT, EXPIRE],
        run: blocklist,
    },
    Command {
        to: Daemon::Mon,
        prefix: "osd blacklist",
        args: &["blacklistop,CephChoices,strings=add|rm", SUBJECT, EXPIRE],
        run: blocklist,
    },
    Command { to: Daemon::Mon, prefix: "osd blocklist ls", args: &[], run: blocklisted },
    Command { to: Daemon::Mon, prefix: "osd blacklist ls", args: &[], run: blocklisted },
    Command { to: Daemon::Mon, prefix: "osd blocklist clear", args: &[], run: clear },
    Command { to: Daemon::Mon, prefix: "osd blacklist clear", args: &[], run: clear },
];

/// A pool as `osd dump` and `osd pool ls detail` show it.
pub fn pool_json(call: &Call, pool: &Pool) -> Value {
    let of_this = |other: &Arc<Pool>| (other.state().record.tier_of == Some(pool.id)).then_some(other.id);
    let tiers: Vec<i64> = call.store.pools().all().iter().filter_map(of_this).collect();
    let state = pool.state();
    let record = &state.record;
    let snaps: Vec<_> = state.info.snaps.iter().map(|s| {
        json!({ "snapid": s.id, "stamp": format!("{}.{:09}", s.stamp.sec, s.stamp.nsec), "name": s.name })
    }).collect();
    let flags = match record.snap_mode {
        SnapMode::SelfManaged => "hashpspool,selfmanaged_snaps",
        SnapMode::Pool => "hashpspool,pool_snaps",
        SnapMode::Undecided => "hashpspool",
    };
    json!({
        "pool": pool.id,
        "pool_id": pool.id,
        "pool_name": record.name,
        "flags_names": flags,
        "type": 1,
        "size": 1,
        "min_size": 1,
        "crush_rule": record.crush_rule,
        "object_hash": 2,
        "pg_autoscale_mode": "off",
        "pg_num": record.pg_num,
        "pg_placement_num": record.pg_num,
        "snap_mode": if record.snap_mode == SnapMode::SelfManaged { "selfmanaged" } else { "pool" },
        "snap_seq": record.snap_seq,
        "pool_snaps": snaps,
        "removed_snaps": "[]",
        "quota_max_bytes": record.quota_bytes,
        "quota_max_objects": record.quota_objects,
        "tiers": tiers,
        "tier_of": record.tier_of.unwrap_or(-1),
        "read_tier": -1,
        "write_tier": -1,
        "cache_mode": if record.cache_mode.is_empty() { "none" } else { &record.cache_mode },
        "erasure_code_profile": "",
        "application_metadata": record.applications,
        "options": {},
    })
}

fn dump(call: &Call) -> Answer {
    let pools = call.store.pools().all();
    let (fsid, epoch) = (call.store.fsid(), call.store.epoch());
    let listed: serde_json::Map<_, _> =
        call.store.blocklist().entries().into_iter().map(|(addr, until)| (addr, json!(until))).collect();
    let json = json!({
        "epoch": epoch,
        "fsid": fsid,
        "flags": "sortbitwise,recovery_deletes,purged_snapdirs",
        "flags_set": ["purged_snapdirs", "recovery_deletes", "sortbitwise"],
        "crush_version": 1,
        "full_ratio": call.store.full_ratios().0,
        "backfillfull_ratio": 0.90,
        "nearfull_ratio": call.store.full_ratios().1,
        "pool_max": pools.last().map_or(0, |pool| pool.id),
        "max_osd": 1,
        "pools": pools.iter().map(|pool| pool_json(call, pool)).collect::<Vec<_>>(),
        "osds": [{ "osd": 0, "up": 1, "in": 1, "weight": 1.0, "state": ["exists", "up"] }],
        "blocklist": listed,
    });
    let mut text = format!("epoch {epoch}\nfsid {fsid}\n");
    for pool in &pools {
        let record = &pool.state().record;
        text += &format!(
            "pool {} '{}' replicated size 1 min_size 1 pg_num {}\n",
            pool.id, record.name, record.pg_num
        );
    }
    Output::new(json, text + "max_osd 1\nosd.0 up in weight 1\n")
}

fn stat(call: &Call) -> Answer {
    let json = json!({ "epoch": call.store.epoch(), "num_osds": 1, "num_up_osds": 1, "num_in_osds": 1, "num_remapped_pgs": 0 });
    Output::new(json, "1 osds: 1 up, 1 in\n")
}

fn blocklist(call: &Call) -> Answer {
    let what = call
        .optional("blocklistop")
        .or(call.optional("blacklistop"))
        .ok_or_else(|| super::missing("blocklistop"))?;
    let addr = call.text("addr")?;
    let engine = call.store.engine().map_err(because("the store is not initialised"))?;
    let list = call.store.blocklist();
    match what {
        "add" => {
            let expire =
                Duration::try_from_secs_f64(call.number("expire").unwrap_or(0.0)).unwrap_or(Duration::ZERO);
            let (addr, until) =
                list.add(engine, addr, expire).map_err(because(format!("cannot blocklist {addr}")))?;
            call.store.apply_blocklist();
            Output::status(format!("blocklisting {addr} until {until}"))
        }
        "rm" => {
            let was = list.remove(engine, addr).map_err(because(format!("{addr} is no address")))?;
            call.store.apply_blocklist();
            if was {
                Output::status(format!("un-blocklisting {addr}"))
            } else {
                Err((Errno::ENOENT, format!("{addr} isn't blocklisted")))
            }
        }
        other => Err((Errno::EINVAL, format!("'{other}' is neither add nor rm"))),
    }
}

fn blocklisted(call: &Call) -> Answer {
    let entries = call.store.blocklist().entries();
    let text = entries.iter().map(|(addr, until)| format!("{addr} {until}\n")).collect::<String>();
    let json = entries.iter().map(|(addr, until)| json!({ "addr": addr, "until": until })).collect();
    Ok(Output { json: Some(json), text, status: format!("listed {} entries", entries.len()) })
}

fn clear(call: &Call) -> Answer {
    let engine = call.store.engine().map_err(because("the store is not initialised"))?;
    call.store.blocklist().clear(engine).map_err(because("not stored"))?;
    call.store.apply_blocklist();
    Output::status(" removed all blocklist entries")
}
