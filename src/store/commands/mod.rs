//! Commands that a cluster's monitors, managers and OSDs would answer: a table, one file per subject.

mod cluster;
mod config;
mod daemons;
mod describe;
mod groups;
mod log;
mod osd;
mod pools;
mod quotas;
mod tiers;

use std::sync::Arc;

use bytes::Bytes;
use ops::{CommandReply, CommandTarget, Errno, LogLevel};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::store::Store;

/// Whom a command may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Daemon {
    Mon,
    Mgr,
    Osd,
}

impl Daemon {
    /// What each kind says of a command that it does not know; programs look for these words.
    fn unknown(self, prefix: &str) -> String {
        match self {
            Daemon::Mon => "command not known".into(),
            Daemon::Mgr => format!("No handler found for '{prefix}'"),
            Daemon::Osd => format!("unknown command prefix {prefix}"),
        }
    }
}

struct Command {
    to: Daemon,
    prefix: &'static str,
    /// `name,type[,req=false]` for each argument, as a cluster describes its commands.
    args: &'static [&'static str],
    run: fn(&Call) -> Answer,
}

/// What a command has to say: text or JSON, and a status line.
#[derive(Default)]
struct Output {
    json: Option<Value>,
    text: String,
    status: String,
}

type Answer = Result<Output, (Errno, String)>;

impl Output {
    /// The text form is what somebody reads who asked for no format.
    fn new(json: Value, text: impl Into<String>) -> Answer {
        Ok(Output { json: Some(json), text: text.into(), status: String::new() })
    }

    fn status(status: impl Into<String>) -> Answer {
        Ok(Output { status: status.into(), ..Output::default() })
    }
}

struct Call<'a> {
    store: &'a Arc<Store>,
    client: &'a Client,
    /// The placement group it was sent to.
    group: Option<String>,
    /// What came along with it.
    input: &'a [u8],
    args: Map<String, Value>,
}

/// Turns an errno into a failed answer with a status line.
fn because(status: impl Into<String>) -> impl FnOnce(Errno) -> (Errno, String) {
    move |errno| (errno, status.into())
}

fn missing(name: &str) -> (Errno, String) {
    (Errno::EINVAL, format!("missing required parameter {name}"))
}

impl Call<'_> {
    fn optional(&self, name: &str) -> Option<&str> {
        self.args.get(name).and_then(Value::as_str)
    }

    fn text(&self, name: &str) -> Result<&str, (Errno, String)> {
        self.optional(name).ok_or_else(|| missing(name))
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.args.get(name).and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()))
    }

    /// One word or several.
    fn words(&self, name: &str) -> Vec<&str> {
        match self.args.get(name) {
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(word)) => vec![word],
            _ => Vec::new(),
        }
    }

    /// A switch, given as a boolean or by the word that is its argument.
    fn is_set(&self, name: &str) -> bool {
        match self.args.get(name) {
            Some(Value::Bool(set)) => *set,
            Some(Value::String(word)) => word.trim_start_matches("--").replace('-', "_") == name,
            _ => false,
        }
    }
}

const TABLES: [&[Command]; 10] = [
    cluster::COMMANDS,
    config::COMMANDS,
    daemons::COMMANDS,
    describe::COMMANDS,
    groups::COMMANDS,
    log::COMMANDS,
    osd::COMMANDS,
    pools::COMMANDS,
    quotas::COMMANDS,
    tiers::COMMANDS,
];

/// What a command's name tells: whether it changes anything.
fn changes(prefix: &str) -> bool {
    const ACTS: [&str; 18] = [
        "add",
        "blacklist",
        "blocklist",
        "cache-mode",
        "clear",
        "create",
        "delete",
        "disable",
        "enable",
        "log",
        "mksnap",
        "remove",
        "remove-overlay",
        "rename",
        "rm",
        "rmsnap",
        "set",
        "set-quota",
    ];
    let last = prefix.rsplit(' ').next().unwrap_or_default();
    ACTS.contains(&last) || last == "set-overlay"
}

fn commands() -> impl Iterator<Item = &'static Command> {
    TABLES.into_iter().flatten()
}

/// A monitor passes on what is for the manager.
fn find(to: Daemon, prefix: &str) -> Option<&'static Command> {
    let of = |to: Daemon| commands().find(move |command| command.to == to && command.prefix == prefix);
    of(to).or_else(|| if to == Daemon::Mon { of(Daemon::Mgr) } else { None })
}

/// `command` is one JSON document, in one piece or several.
pub fn run(client: &Client, target: &CommandTarget, command: &[String], input: &[u8]) -> CommandReply {
    let ping = [r#"{"prefix": "mon_status", "format": "json"}"#.to_owned()];
    let command = if let CommandTarget::MonPing(_) = target { &ping } else { command };
    let store = client.store();
    let answer = addressee(target).and_then(|to| {
        let args = parse(to, command)?;
        let group = if let CommandTarget::Pg(group) = target { Some(group.clone()) } else { None };
        let call = Call { store, client, group, input, args };
        let prefix =
            call.optional("prefix").ok_or_else(|| (Errno::EINVAL, "command prefix not found".into()))?;
        let found = find(to, prefix).ok_or_else(|| (Errno::EINVAL, to.unknown(prefix)))?;
        let audit = |what: &str, level| {
            let who =
                format!("from='client.{} {}' entity='{}'", client.instance(), client.addr(), client.entity());
            store.log().write(level, "audit", format!("{who} cmd={what}"));
        };
        let (text, changes) = (command.concat(), changes(prefix));
        audit(&format!("[{text}]: dispatch"), if changes { LogLevel::Info } else { LogLevel::Debug });
        let output = (found.run)(&call)?;
        if changes {
            if prefix.starts_with("osd ") {
                store.map_changed();
            }
            audit(&format!("'[{text}]': finished"), LogLevel::Info);
        }
        Ok((output, call.optional("format").map(str::to_owned)))
    });
    match answer {
        Ok((output, format)) => {
            CommandReply { result: 0, out: render(&output, format.as_deref()), status: output.status }
        }
        Err((errno, status)) => CommandReply { result: errno.neg(), out: Bytes::new(), status },
    }
}

fn parse(to: Daemon, command: &[String]) -> Result<Map<String, Value>, (Errno, String)> {
    let text = command.concat();
    match serde_json::from_str(&text) {
        Ok(Value::Object(args)) => Ok(args),
        _ if to == Daemon::Osd => Err((Errno::EINVAL, "invalid json".into())),
        _ => Err((Errno::EINVAL, format!("unparseable JSON {text}"))),
    }
}

fn addressee(target: &CommandTarget) -> Result<Daemon, (Errno, String)> {
    match target {
        CommandTarget::Mon => Ok(Daemon::Mon),
        // By its name or its rank.
        CommandTarget::MonNamed(name) | CommandTarget::MonPing(name) if name == "a" || name == "0" => {
            Ok(Daemon::Mon)
        }
        CommandTarget::MonNamed(name) | CommandTarget::MonPing(name) => {
            Err((Errno::ENOENT, format!("no monitor '{name}'")))
        }
        CommandTarget::Mgr | CommandTarget::MgrNamed(_) => Ok(Daemon::Mgr),
        CommandTarget::Osd(0) | CommandTarget::Pg(_) => Ok(Daemon::Osd),
        CommandTarget::Osd(..0) => Err((Errno::EINVAL, String::new())),
        CommandTarget::Osd(_) => Err((Errno::ENOENT, "osd dne".into())),
    }
}

fn render(output: &Output, format: Option<&str>) -> Bytes {
    let text = match (&output.json, format) {
        (Some(json), Some("json-pretty")) => serde_json::to_string_pretty(json).map(|text| text + "\n"),
        (Some(json), Some(format)) if format.starts_with("json") => serde_json::to_string(json),
        _ => Ok(output.text.clone()),
    };
    text.unwrap_or_default().into()
}
