//! Settings, quotas and snapshots of pools.

use ops::Errno;
use serde_json::{Value, json};

use super::pools::{MAX_GROUPS, engine, named};
use super::{Answer, Call, Command, Daemon, Output, because};
use crate::pool::{Pool, PoolRecord};
use crate::stats;

const POOL: &str = "pool,CephPoolname";

pub const COMMANDS: &[Command] = &[
    Command {
        to: Daemon::Mon,
        prefix: "osd pool set",
        args: &[POOL, "var,CephString", "val,CephString", "yes_i_really_mean_it,CephBool,req=false"],
        run: set,
    },
    Command { to: Daemon::Mon, prefix: "osd pool get-quota", args: &[POOL], run: get_quota },
    Command {
        to: Daemon::Mon,
        prefix: "osd pool set-quota",
        args: &[POOL, "field,CephChoices,strings=max_objects|max_bytes", "val,CephString"],
        run: set_quota,
    },
    Command {
        to: Daemon::Mgr,
        prefix: "osd pool stats",
        args: &["pool_name,CephPoolname,req=false"],
        run: activity,
    },
    Command { to: Daemon::Mon, prefix: "osd pool mksnap", args: &[POOL, "snap,CephString"], run: make_snap },
    Command {
        to: Daemon::Mon,
        prefix: "osd pool rmsnap",
        args: &[POOL, "snap,CephString"],
        run: remove_snap,
    },
];

fn edit(call: &Call, pool: &Pool, edit: impl FnOnce(&mut PoolRecord)) -> Result<(), (Errno, String)> {
    let edit = |record: &mut PoolRecord| {
        edit(record);
        Ok(())
    };
    call.store.pools().change(engine(call)?, pool.id, edit).map_err(because("not stored"))
}

fn value(call: &Call) -> Result<String, (Errno, String)> {
    let value = call.args.get("val").ok_or_else(|| super::missing("val"))?;
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn set(call: &Call) -> Answer {
    let (pool, var, val) = (named(call, "pool")?, call.text("var")?, value(call)?);
    let bad = || (Errno::EINVAL, format!("'{val}' is no value for {var}"));
    match var {
        "pg_num" | "pgp_num" | "pg_num_actual" => {
            let groups =
                val.parse::<u32>().ok().filter(|groups| (1..=MAX_GROUPS).contains(groups)).ok_or_else(bad)?;
            if var == "pg_num" {
                edit(call, &pool, |record| record.pg_num = groups)?;
            } else if groups != pool.state().record.pg_num {
                return Err((Errno::EINVAL, format!("{var} is always what pg_num is")));
            }
        }
        // One OSD has one copy.
        "size" | "min_size" if val == "1" => {}
        "size" | "min_size" => return Err((Errno::EINVAL, "a store has one copy of everything".into())),
        "pg_autoscale_mode" if val == "off" => {}
        "nodelete" => {
            let on = match val.as_str() {
                "1" | "true" | "yes" => true,
                "0" | "false" | "no" => false,
                _ => return Err(bad()),
            };
            edit(call, &pool, |record| record.nodelete = on)?;
        }
        _ => return Err((Errno::EINVAL, format!("'{var}' cannot be set in a store"))),
    }
    Output::status(format!("set pool {} {var} to {val}", pool.id))
}

fn get_quota(call: &Call) -> Answer {
    let pool = named(call, "pool")?;
    let (state, stat) = (pool.state(), stats::pool(call.store, pool.id).map_err(because("no counters"))?);
    let (name, objects, bytes) = (&state.record.name, state.record.quota_objects, state.record.quota_bytes);
    let json = json!({
        "pool_name": name, "pool_id": pool.id,
        "quota_max_objects": objects, "current_num_objects": stat.num_objects,
        "quota_max_bytes": bytes, "current_num_bytes": stat.num_user_bytes,
    });
    let show = |limit: u64, unit: &str| if limit == 0 { "N/A".to_owned() } else { format!("{limit} {unit}") };
    let (max_objects, max_bytes) = (show(objects, "objects"), show(bytes, "B"));
    Output::new(
        json,
        format!("quotas for pool '{name}':\n  max objects: {max_objects}\n  max bytes  : {max_bytes}\n"),
    )
}

/// A number, with `K`, `M`, `G` or `T` for powers of 1024 (of 1000 where `thousand`).
fn amount(text: &str, thousand: u64) -> Option<u64> {
    let text = text.trim_end_matches(['B', 'i']);
    let digits = text.trim_end_matches(['K', 'M', 'G', 'T', 'k']);
    let power = match text.get(digits.len()..)? {
        "" => 0,
        "K" | "k" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(thousand.pow(power))
}

fn set_quota(call: &Call) -> Answer {
    let (pool, field, val) = (named(call, "pool")?, call.text("field")?, value(call)?);
    let bad = || (Errno::EINVAL, format!("error parsing value '{val}'"));
    match field {
        "max_objects" => {
            let max = amount(&val, 1000).ok_or_else(bad)?;
            edit(call, &pool, |record| record.quota_objects = max)?;
        }
        "max_bytes" => {
            let max = amount(&val, 1024).ok_or_else(bad)?;
            edit(call, &pool, |record| record.quota_bytes = max)?;
        }
        _ => return Err((Errno::EINVAL, format!("unrecognized field '{field}'"))),
    }
    Output::status(format!("set-quota {field} = {val} for pool {}", pool.state().record.name))
}

fn activity(call: &Call) -> Answer {
    let pools = match call.optional("pool_name") {
        Some(_) => vec![named(call, "pool_name")?],
        None => call.store.pools().all(),
    };
    let mut text = String::new();
    let one = |pool: &std::sync::Arc<Pool>| {
        let name = pool.state().record.name.clone();
        text += &format!("pool {name} id {}\n  nothing is going on\n\n", pool.id);
        json!({ "pool_name": name, "pool_id": pool.id, "recovery": {}, "recovery_rate": {}, "client_io_rate": {} })
    };
    let json = Value::Array(pools.iter().map(one).collect());
    Output::new(json, text)
}

fn make_snap(call: &Call) -> Answer {
    let (pool, snap) = (named(call, "pool")?, call.text("snap")?);
    let name = pool.state().record.name.clone();
    match call.store.pools().snap_create(engine(call)?, pool.id, snap) {
        Ok(()) => Output::status(format!("created pool {name} snap {snap}")),
        Err(Errno::EEXIST) => Output::status(format!("pool {name} snap {snap} already exists")),
        Err(Errno::EINVAL) => Err((Errno::EINVAL, format!("pool {name} is in selfmanaged snaps mode"))),
        Err(errno) => Err((errno, format!("cannot create snapshot {snap} of pool {name}"))),
    }
}

fn remove_snap(call: &Call) -> Answer {
    let (pool, snap) = (named(call, "pool")?, call.text("snap")?);
    let name = pool.state().record.name.clone();
    match call.store.pools().snap_remove(engine(call)?, pool.id, snap) {
        Ok(()) => {
            call.store.trimmer().kick(call.store);
            Output::status(format!("removed pool {name} snap {snap}"))
        }
        Err(Errno::ENOENT) => Output::status(format!("pool {name} snap {snap} does not exist")),
        Err(errno) => Err((errno, format!("cannot remove snapshot {snap} of pool {name}"))),
    }
}
