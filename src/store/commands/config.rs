//! Settings kept in the store: options by whom they are for, and the free keys of `config-key`.

use bytes::Bytes;
use ops::Errno;
use serde_json::{Value, json};

use super::{Answer, Call, Command, Daemon, Output, because};

pub const COMMANDS: &[Command] = &[
    Command {
        to: Daemon::Mon,
        prefix: "config get",
        args: &["who,CephString", "key,CephString,req=false"],
        run: get,
    },
    Command {
        to: Daemon::Mon,
        prefix: "config set",
        args: &["who,CephString", "name,CephString", "value,CephString"],
        run: set,
    },
    Command {
        to: Daemon::Mon,
        prefix: "config rm",
        args: &["who,CephString", "name,CephString"],
        run: remove,
    },
    Command { to: Daemon::Mon, prefix: "config dump", args: &[], run: dump },
    Command { to: Daemon::Mon, prefix: "config-key get", args: &["key,CephString"], run: key_get },
    Command {
        to: Daemon::Mon,
        prefix: "config-key set",
        args: &["key,CephString", "val,CephString,req=false"],
        run: key_set,
    },
    Command { to: Daemon::Mon, prefix: "config-key rm", args: &["key,CephString"], run: key_remove },
    Command { to: Daemon::Mon, prefix: "config-key exists", args: &["key,CephString"], run: key_exists },
    Command { to: Daemon::Mon, prefix: "config-key ls", args: &[], run: key_list },
];

const OPTIONS: &str = "config/";
const KEYS: &str = "config-key/";

fn option_key(call: &Call, name: &str) -> Result<String, (Errno, String)> {
    // Spaces, dashes and underscores are alike in option names.
    Ok(format!("{OPTIONS}{}/{}", call.text("who")?, call.text(name)?.replace(['-', ' '], "_")))
}

fn free_key(call: &Call) -> Result<String, (Errno, String)> {
    Ok(format!("{KEYS}{}", call.text("key")?))
}

fn read(call: &Call, key: &str) -> Result<String, (Errno, String)> {
    let value = call.store.engine().ok().and_then(|engine| engine.meta_get(key.as_bytes()));
    let value = value.ok_or_else(|| (Errno::ENOENT, String::new()))?;
    Ok(String::from_utf8_lossy(&value).into_owned())
}

fn change(call: &Call, key: String, value: Option<String>) -> Answer {
    let change = vec![(Bytes::from(key), value.map(Bytes::from))];
    call.store.engine().and_then(|engine| engine.meta_update(change)).map_err(because("not stored"))?;
    Ok(Output::default())
}

/// (name, value) of all records below a prefix.
fn all(call: &Call, prefix: &str) -> Vec<(String, String)> {
    let Ok(engine) = call.store.engine() else { return Vec::new() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let strip = |key: &[u8]| text(key.get(prefix.len()..).unwrap_or_default());
    engine.meta_scan(prefix.as_bytes()).iter().map(|(key, value)| (strip(key), text(value))).collect()
}

fn get(call: &Call) -> Answer {
    if call.optional("key").is_some() {
        let value = read(call, &option_key(call, "key")?)?;
        return Output::new(json!(value), format!("{value}\n"));
    }
    let found = all(call, &format!("{OPTIONS}{}/", call.text("who")?));
    let json = found.iter().map(|(name, value)| (name.clone(), json!({ "value": value }))).collect();
    Output::new(
        Value::Object(json),
        found.iter().map(|(name, value)| format!("{name} {value}\n")).collect::<String>(),
    )
}

fn set(call: &Call) -> Answer {
    let value = call.args.get("value").ok_or_else(|| super::missing("value"))?;
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    change(call, option_key(call, "name")?, Some(value))
}

fn remove(call: &Call) -> Answer {
    change(call, option_key(call, "name")?, None)
}

fn dump(call: &Call) -> Answer {
    let found = all(call, OPTIONS);
    let split = |(key, value): &(String, String)| {
        let (who, name) = key.split_once('/').unwrap_or(("global", key));
        json!({ "section": who, "name": name, "value": value, "level": "advanced", "mask": "" })
    };
    let text =
        found.iter().map(|(key, value)| format!("{} {value}\n", key.replace('/', " "))).collect::<String>();
    Output::new(Value::Array(found.iter().map(split).collect()), text)
}

fn key_get(call: &Call) -> Answer {
    let value = read(call, &free_key(call)?)?;
    // The bare value whatever the format, as a monitor answers.
    Ok(Output { json: None, text: value, status: String::new() })
}

fn key_set(call: &Call) -> Answer {
    // As an argument, or as what came along.
    let given = String::from_utf8_lossy(call.input);
    let value = call.optional("val").unwrap_or(&given).to_owned();
    change(call, free_key(call)?, Some(value))?;
    Output::status(format!("set {}", call.text("key")?))
}

fn key_remove(call: &Call) -> Answer {
    let key = free_key(call)?;
    if read(call, &key).is_err() {
        return Output::status(format!("no such key '{}'", call.text("key")?));
    }
    change(call, key, None)?;
    Output::status("key deleted")
}

fn key_exists(call: &Call) -> Answer {
    let key = call.text("key")?;
    read(call, &free_key(call)?).map_err(|_| (Errno::ENOENT, format!("key '{key}' doesn't exist")))?;
    Output::status(format!("key '{key}' exists"))
}

fn key_list(call: &Call) -> Answer {
    let names: Vec<_> = all(call, KEYS).into_iter().map(|(name, _)| name).collect();
    let json = json!(names);
    let text = format!("{json:#}\n");
    Output::new(json, text)
}
