//! The cluster's log.

use ops::{Errno, LogEntry, LogLevel};
use serde_json::{Value, json};

use super::{Answer, Call, Command, Daemon, Output};

const LEVELS: &str = "level,CephChoices,strings=debug|info|sec|warn|error,req=false";

pub const COMMANDS: &[Command] = &[
    Command { to: Daemon::Mon, prefix: "log", args: &["logtext,CephString,n=N"], run: write },
    Command {
        to: Daemon::Mon,
        prefix: "log last",
        args: &["num,CephInt,req=false", LEVELS, "channel,CephChoices,strings=*|cluster|audit,req=false"],
        run: last,
    },
];

fn level(call: &Call) -> Result<LogLevel, (Errno, String)> {
    let name = call.optional("level").unwrap_or("info");
    name.parse().map_err(|errno| (errno, format!("'{name}' is no level")))
}

fn write(call: &Call) -> Answer {
    let text = call.words("logtext").join(" ");
    let channel = call.optional("channel").unwrap_or("cluster");
    let (client, rank) = (call.client, format!("client.{}", call.client.instance()));
    call.store.log().write_as(client.entity(), &rank, client.addr(), level(call)?, channel, text);
    Ok(Output::default())
}

fn line(entry: &LogEntry) -> String {
    let LogEntry { stamp, name, rank, seq, channel, level, text, .. } = entry;
    format!("{stamp} {name} ({rank}) {seq} : {channel} {level} {text}\n")
}

fn last(call: &Call) -> Answer {
    let channel =
        call.optional("channel").filter(|channel| *channel != "*").or(match call.optional("channel") {
            Some(_) => None,
            None => Some("cluster"),
        });
    let entries = call.store.log().last(call.number("num").unwrap_or(20.0) as usize, level(call)?, channel);
    let json = |entry: &LogEntry| {
        json!({
            "name": entry.name, "rank": entry.rank, "addrs": entry.addrs, "stamp": entry.stamp.to_string(),
            "seq": entry.seq, "channel": entry.channel, "priority": entry.level.to_string(), "message": entry.text,
        })
    };
    Output::new(
        Value::Array(entries.iter().map(json).collect()),
        entries.iter().map(line).collect::<String>(),
    )
}
