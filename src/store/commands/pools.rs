//! Pools and their applications.

use std::sync::Arc;

use ops::Errno;
use serde_json::{Value, json};

use super::osd::pool_json;
use super::{Answer, Call, Command, Daemon, Output, because};
use crate::pool::Pool;

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

fn named(call: &Call, arg: &str) -> Result<Arc<Pool>, (Errno, String)> {
    let name = call.text(arg)?;
    call.store.pools().named(name).ok_or_else(|| (Errno::ENOENT, format!("unrecognized pool '{name}'")))
}

fn engine<'a>(call: &Call<'a>) -> Result<&'a dyn disk::Engine, (Errno, String)> {
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
    let json = if detailed { pools.iter().map(|pool| pool_json(pool)).collect() } else { json!(names) };
    Output::new(json, text)
}

fn create(call: &Call) -> Answer {
    let name = call.text("pool")?;
    match call.store.create_pool(name, None) {
        Ok(_) => Output::status(format!("pool '{name}' created")),
        Err(Errno::EEXIST) => Output::status(format!("pool '{name}' already exists")),
        Err(errno) => Err((errno, format!("cannot create pool '{name}'"))),
    }
}

fn delete(call: &Call) -> Answer {
    let name = call.text("pool")?;
    let sure = call.is_set("yes_i_really_really_mean_it")
        || call.optional("sure") == Some("--yes-i-really-really-mean-it");
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
    call.store
        .pools()
        .rename(engine(call)?, from, to)
        .map_err(because(format!("cannot rename pool '{from}' to '{to}'")))?;
    Output::status(format!("pool '{from}' renamed to '{to}'"))
}

fn get(call: &Call) -> Answer {
    let pool = named(call, "pool")?;
    let var = call.text("var")?;
    let known = pool_json(&pool);
    let value = match var {
        "pgp_num" => known.get("pg_num"),
        "size" | "min_size" | "pg_num" | "crush_rule" | "pg_autoscale_mode" => known.get(var),
        _ => return Err((Errno::EINVAL, format!("invalid variable: '{var}'"))),
    };
    let value = value.cloned().unwrap_or_default();
    let text = format!("{var}: {}\n", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let json = json!({ "pool": pool.state().record.name, "pool_id": pool.id, var: value });
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
