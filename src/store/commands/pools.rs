//! Pools and their applications.

use std::sync::Arc;

use ops::Errno;
use serde_json::{Value, json};

use super::osd::pool_json;
use super::{Answer, Call, Command, Daemon, Output, because};
use crate::pool::{Pool, PoolRecord};

/// Of one pool, as a monitor has it by default.
pub const MAX_GROUPS: u32 = 65536;

const POOL: &str = "pool,CephPoolname";
const APP: &str = "app,CephString";
const SURE: &str = "yes_i_really_mean_it,CephBool,req=false";

const fn mon(prefix: &'static str, args: &'static [&'static str], run: fn(&Call) -> Answer) -> Command {
    Command { to: Daemon::Mon, prefix, args, run }
}

pub const COMMANDS: &[Command] = &[
    mon("osd lspools", &[], lspools),
    mon("osd pool ls", &["detail,CephChoices,strings=detail,req=false"], list),
    mon("osd pool create", &[POOL, "pg_num,CephInt,req=false", "pgp_num,CephInt,req=false"], create),
    mon(
        "osd pool delete",
        &[POOL, "pool2,CephPoolname,req=false", "yes_i_really_really_mean_it,CephBool,req=false"],
        delete,
    ),
    mon(
        "osd pool rm",
        &[POOL, "pool2,CephPoolname,req=false", "yes_i_really_really_mean_it,CephBool,req=false"],
        delete,
    ),
    mon("osd pool rename", &["srcpool,CephPoolname", "destpool,CephPoolname"], rename),
    mon("osd pool get", &[POOL, "var,CephString"], get),
    mon("osd pool application enable", &[POOL, APP, SURE], enable),
    mon("osd pool application disable", &[POOL, APP, SURE], disable),
    mon("osd pool application set", &[POOL, APP, "key,CephString", "value,CephString"], set),
    mon("osd pool application rm", &[POOL, APP, "key,CephString"], unset),
    mon(
        "osd pool application get",
        &["pool,CephPoolname,req=false", "app,CephString,req=false", "key,CephString,req=false"],
        show,
    ),
];

pub fn named(call: &Call, arg: &str) -> Result<Arc<Pool>, (Errno, String)> {
    let name = call.text(arg)?;
    call.store.pools().named(name).ok_or_else(|| (Errno::ENOENT, format!("unrecognized pool '{name}'")))
}

pub fn engine<'a>(call: &Call<'a>) -> Result<&'a dyn disk::Engine, (Errno, String)> {
    call.store.engine().map_err(because("the store is not initialised"))
}

fn lspools(call: &Call) -> Answer {
    let (mut json, mut text) = (Vec::new(), String::new());
    for pool in call.store.pools().all() {
        let name = &pool.state().record.name;
        json.push(json!({ "poolnum": pool.id, "poolname": name }));
        text += &format!("{} {name}\n", pool.id);
    }
    Output::new(Value::Array(json), text)
}

fn list(call: &Call) -> Answer {
    let pools = call.store.pools().all();
    let names: Vec<_> = pools.iter().map(|pool| pool.state().record.name.clone()).collect();
    let text = names.iter().map(|name| format!("{name}\n")).collect::<String>();
    let detailed = call.optional("detail").is_some();
    let json = if detailed { pools.iter().map(|pool| pool_json(call, pool)).collect() } else { json!(names) };
    Output::new(json, text)
}

fn create(call: &Call) -> Answer {
    let name = call.text("pool")?;
    let groups = call.number("pg_num").map(|groups| groups as u32).filter(|&groups| groups > 0);
    if groups.is_some_and(|groups| groups > MAX_GROUPS) {
        return Err((Errno::ERANGE, format!("'pg_num' must be at most {MAX_GROUPS}")));
    }
    match call.store.create_pool(name, None) {
        Ok(id) => {
            if let Some(groups) = groups {
                let edit = |record: &mut PoolRecord| {
                    record.pg_num = groups;
                    Ok(())
                };
                call.store
                    .pools()
                    .change(engine(call)?, id, edit)
                    .map_err(because("pg_num is not stored"))?;
            }
            Output::status(format!("pool '{name}' created"))
        }
        Err(Errno::EEXIST) => Output::status(format!("pool '{name}' already exists")),
        Err(errno) => Err((errno, format!("cannot create pool '{name}'"))),
    }
}

fn delete(call: &Call) -> Answer {
    let name = call.text("pool")?;
    if call.store.pools().named(name).is_none() {
        return Output::status(format!("pool '{name}' does not exist"));
    }
    let sure = call.is_set("yes_i_really_really_mean_it")
        || call.is_set("yes_i_really_really_mean_it_not_faking")
        || call.optional("sure").is_some_and(|sure| sure.starts_with("--yes-i-really-really-mean-it"));
    if call.optional("pool2") != Some(name) || !sure {
        let advice = "this destroys all its data: name the pool twice and give yes_i_really_really_mean_it";
        return Err((Errno::EPERM, format!("WARNING: {advice}")));
    }
    match call.store.delete_pool(name) {
        Ok(()) => Output::status(format!("pool '{name}' removed")),
        Err(Errno::ENOENT) => Output::status(format!("pool '{name}' does not exist")),
        Err(errno) => Err((errno, format!("cannot remove pool '{name}'"))),
    }
}

fn rename(call: &Call) -> Answer {
    let (from, to) = (call.text("srcpool")?, call.text("destpool")?);
    let pools = call.store.pools();
    if pools.named(from).is_none() && pools.named(to).is_some() {
        // Sent twice.
        let there = format!("pool '{from}' does not exist; pool '{to}' does -- assuming successful rename");
        return Output::status(there);
    }
    call.store
        .pools()
        .rename(engine(call)?, from, to)
        .map_err(because(format!("cannot rename pool '{from}' to '{to}'")))?;
    Output::status(format!("pool '{from}' renamed to '{to}'"))
}

fn get(call: &Call) -> Answer {
    let pool = named(call, "pool")?;
    let var = call.text("var")?;
    let (mut json, mut text) =
        (json!({ "pool": pool.state().record.name, "pool_id": pool.id }), String::new());
    let record = pool.state().record.clone();
    let all = [
        ("size", json!(1)),
        ("min_size", json!(1)),
        ("pg_num", json!(record.pg_num)),
        ("pgp_num", json!(record.pg_num)),
        ("crush_rule", json!("replicated_rule")),
        ("hashpspool", json!(true)),
        ("nodelete", json!(record.nodelete)),
        ("pg_autoscale_mode", json!("off")),
    ];
    for (name, value) in all.into_iter().filter(|(name, _)| var == "all" || var == *name) {
        text += &format!("{name}: {}\n", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        json[name] = value;
    }
    if text.is_empty() {
        return Err((Errno::EINVAL, format!("invalid variable: '{var}'")));
    }
    Output::new(json, text)
}

fn enable(call: &Call) -> Answer {
    let (pool, app) = (named(call, "pool")?, call.text("app")?);
    let name = pool.state().record.name.clone();
    let enabled = call.store.pools().application_enable(
        engine(call)?,
        pool.id,
        app,
        call.is_set("yes_i_really_mean_it"),
    );
    enabled.map_err(because(format!(
        "pool '{name}' already has an application, or '{app}' is no valid name for one"
    )))?;
    Output::status(format!("enabled application '{app}' on pool '{name}'"))
}

fn disable(call: &Call) -> Answer {
    let (pool, app) = (named(call, "pool")?, call.text("app")?);
    if !call.is_set("yes_i_really_mean_it") {
        return Err((
            Errno::EPERM,
            "disabling an application may make its data unusable: give yes_i_really_mean_it".into(),
        ));
    }
    call.store.pools().application_disable(engine(call)?, pool.id, app).map_err(because("not stored"))?;
    Output::status(format!("disabled application '{app}' on pool '{}'", pool.state().record.name))
}

fn set(call: &Call) -> Answer {
    let (pool, app, key, value) =
        (named(call, "pool")?, call.text("app")?, call.text("key")?, call.text("value")?);
    let set = call.store.pools().application_set(engine(call)?, pool.id, app, key, Some(value));
    set.map_err(because(format!("cannot set '{key}' of application '{app}'")))?;
    Output::status(format!(
        "set application '{app}' key '{key}' to '{value}' on pool '{}'",
        pool.state().record.name
    ))
}

fn unset(call: &Call) -> Answer {
    let (pool, app, key) = (named(call, "pool")?, call.text("app")?, call.text("key")?);
    let removed = call.store.pools().application_set(engine(call)?, pool.id, app, key, None);
    removed.map_err(because(format!("cannot remove '{key}' of application '{app}'")))?;
    Output::status(format!("removed application '{app}' key '{key}' on pool '{}'", pool.state().record.name))
}

fn show(call: &Call) -> Answer {
    let apps = |pool: &Pool| json!(pool.state().record.applications);
    let json = if call.optional("pool").is_none() {
        let pools = call.store.pools().all();
        Value::Object(pools.iter().map(|pool| (pool.state().record.name.clone(), apps(pool))).collect())
    } else {
        let mut found = apps(&*named(call, "pool")?);
        for (arg, what) in [("app", "application"), ("key", "key")] {
            if let Some(name) = call.optional(arg) {
                found =
                    found.get(name).cloned().ok_or_else(|| (Errno::ENOENT, format!("no {what} '{name}'")))?;
            }
        }
        found
    };
    let text = match &json {
        Value::String(value) => format!("{value}\n"),
        json => format!("{json:#}\n"),
    };
    Output::new(json, text)
}
