//! Placement groups, and where things would lie: a store is one OSD that has them all.

use ops::{Errno, ObjectRef};
use serde_json::{Value, json};

use super::{Answer, Call, Command, Daemon, Output};
use crate::pool::Pool;
use crate::stats;

pub const COMMANDS: &[Command] = &[
    Command { to: Daemon::Mgr, prefix: "pg stat", args: &[], run: stat },
    Command {
        to: Daemon::Mgr,
        prefix: "pg ls",
        args: &["pool,CephInt,req=false", "states,CephString,n=N,req=false"],
        run: list,
    },
    Command {
        to: Daemon::Mgr,
        prefix: "pg ls-by-pool",
        args: &["poolstr,CephString", "states,CephString,n=N,req=false"],
        run: list,
    },
    Command {
        to: Daemon::Mgr,
        prefix: "pg dump",
        args: &[
            "dumpcontents,CephChoices,strings=all|summary|sum|delta|pools|osds|pgs|pgs_brief,n=N,req=false",
        ],
        run: dump,
    },
    Command { to: Daemon::Mgr, prefix: "pg dump_pools_json", args: &[], run: pool_counters },
    Command { to: Daemon::Mon, prefix: "pg map", args: &["pgid,CephPgid"], run: map },
    Command {
        to: Daemon::Mon,
        prefix: "osd map",
        args: &["pool,CephPoolname", "object,CephObjectname", "nspace,CephString,req=false"],
        run: object_map,
    },
    Command {
        to: Daemon::Osd,
        prefix: "pg",
        args: &["pgid,CephPgid", "cmd,CephChoices,strings=query"],
        run: query,
    },
    Command { to: Daemon::Osd, prefix: "query", args: &[], run: query },
];

fn state_of(call: &Call, pool: i64, group: u32) -> &'static str {
    if call.store.damaged_groups().contains(&(pool, group)) {
        "active+clean+inconsistent"
    } else {
        "active+clean"
    }
}

fn group_json(pool: i64, group: u32, state: &str) -> Value {
    json!({
        "pgid": format!("{pool}.{group:x}"),
        "state": state,
        "up": [0], "acting": [0], "up_primary": 0, "acting_primary": 0,
    })
}

/// What `pgid` names. `-ENOENT` where there is no such group.
fn named(call: &Call) -> Result<(i64, u32), (Errno, String)> {
    let pgid = match &call.group {
        Some(pgid) => pgid.as_str(),
        None => call.text("pgid")?,
    };
    let parts = pgid
        .split_once('.')
        .and_then(|(pool, group)| Some((pool.parse::<i64>().ok()?, u32::from_str_radix(group, 16).ok()?)));
    let (pool, group) = parts.ok_or_else(|| (Errno::EINVAL, format!("'{pgid}' is no placement group")))?;
    let groups = call.store.pools().get(pool).map(|pool| pool.state().record.pg_num);
    match groups {
        Ok(groups) if group < groups => Ok((pool, group)),
        Ok(_) => Err((Errno::ENOENT, format!("there is no placement group {pgid}"))),
        Err(_) => Err((Errno::ENOENT, "pool dne".into())),
    }
}

fn wanted_pools(call: &Call) -> Result<Vec<std::sync::Arc<Pool>>, (Errno, String)> {
    let pools = call.store.pools();
    if let Some(name) = call.optional("poolstr") {
        return pools
            .named(name)
            .map(|pool| vec![pool])
            .ok_or_else(|| (Errno::ENOENT, format!("unrecognized pool '{name}'")));
    }
    match call.number("pool") {
        Some(id) => {
            let pool = pools.get(id as i64);
            pool.map(|pool| vec![pool]).map_err(|errno| (errno, format!("pool {id} does not exist")))
        }
        None => Ok(pools.all()),
    }
}

fn groups(call: &Call) -> Result<Vec<Value>, (Errno, String)> {
    let states = call.words("states");
    let damaged = call.store.damaged_groups();
    let mut groups = Vec::new();
    for pool in wanted_pools(call)? {
        for group in 0..pool.state().record.pg_num {
            let hurt = damaged.contains(&(pool.id, group));
            let state = if hurt { "active+clean+inconsistent" } else { "active+clean" };
            if states.iter().all(|wanted| state.split('+').any(|one| one == *wanted)) {
                groups.push(group_json(pool.id, group, state));
            }
        }
    }
    Ok(groups)
}

fn text_of(groups: &[Value]) -> String {
    let mut text = String::from("PG\tSTATE\tUP\tACTING\n");
    for group in groups {
        let field = |name: &str| group.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        text += &format!("{}\t{}\t[0]\t[0]\n", field("pgid"), field("state"));
    }
    text
}

fn list(call: &Call) -> Answer {
    let groups = groups(call)?;
    let text = text_of(&groups);
    Output::new(json!({ "pg_ready": true, "pg_stats": groups }), text)
}

fn dump(call: &Call) -> Answer {
    let groups = groups(call)?;
    let text = text_of(&groups);
    let map = json!({ "version": call.store.epoch(), "pg_stats": groups, "pool_stats": counters(call) });
    Output::new(json!({ "pg_ready": true, "pg_map": map }), text)
}

fn stat(call: &Call) -> Answer {
    let all: u32 = call.store.pools().all().iter().map(|pool| pool.state().record.pg_num).sum();
    let damaged = call.store.damaged_groups().len() as u32;
    let mut states = Vec::new();
    for (name, num) in [("active+clean", all - damaged.min(all)), ("active+clean+inconsistent", damaged)] {
        if num > 0 {
            states.push(json!({ "name": name, "num": num }));
        }
    }
    let json = json!({ "pg_ready": true, "pg_summary": { "num_pg_by_state": states, "num_pgs": all } });
    Output::new(json, format!("{all} pgs\n"))
}

fn map(call: &Call) -> Answer {
    let (pool, group) = named(call)?;
    let (epoch, pgid) = (call.store.epoch(), format!("{pool}.{group:x}"));
    let json = json!({ "epoch": epoch, "raw_pgid": pgid, "pgid": pgid, "up": [0], "acting": [0] });
    Output::new(json, format!("osdmap e{epoch} pg {pgid} ({pgid}) -> up [0] acting [0]\n"))
}

fn object_map(call: &Call) -> Answer {
    let (name, object) = (call.text("pool")?, call.text("object")?);
    let pool = call.store.pools().named(name);
    let pool = pool.ok_or_else(|| (Errno::ENOENT, format!("pool {name} does not exist")))?;
    let mut place = ObjectRef::new(pool.id, object.as_bytes().to_vec());
    place.nspace = call.optional("nspace").unwrap_or_default().as_bytes().to_vec().into();
    let raw = format!("{}.{:x}", pool.id, place.hash());
    let pgid = format!("{}.{:x}", pool.id, pool.group_of(&place));
    let epoch = call.store.epoch();
    let text = format!(
        "osdmap e{epoch} pool '{name}' ({}) object '{object}' -> pg {raw} ({pgid}) -> up ([0], p0) acting ([0], p0)\n",
        pool.id
    );
    let json = json!({
        "epoch": epoch, "pool": name, "pool_id": pool.id, "objname": object, "raw_pgid": raw, "pgid": pgid,
        "up": [0], "up_primary": 0, "acting": [0], "acting_primary": 0,
    });
    Output::new(json, text)
}

/// An OSD has many groups: the command names the one, besides being sent to it.
fn query(call: &Call) -> Answer {
    let (pool, group) = named(call)?;
    call.text("pgid")?;
    let state = state_of(call, pool, group);
    let json = json!({
        "state": state,
        "epoch": call.store.epoch(),
        "up": [0],
        "acting": [0],
        "info": { "pgid": format!("{pool}.{group:x}"), "stats": { "state": state, "up": [0], "acting": [0] } },
        "snap_trimq": "[]",
        "snap_trimq_len": 0,
        "recovery_state": [],
    });
    let text = format!("{json:#}\n");
    Output::new(json, text)
}

fn counters(call: &Call) -> Vec<Value> {
    let one = |pool: std::sync::Arc<Pool>| {
        let stat = stats::pool(call.store, pool.id).ok()?;
        Some(json!({
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
        }))
    };
    call.store.pools().all().into_iter().filter_map(one).collect()
}

fn pool_counters(call: &Call) -> Answer {
    let json = json!({ "pg_ready": true, "pool_stats": counters(call) });
    let text = json.to_string();
    Output::new(json, text)
}
