//! What commands there are, in the form command-line tools ask for it.

use ops::Errno;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Command, Daemon, Output, changes, commands};

/// Tells the `ceph` tool to send it to the manager.
const FOR_MGR: u32 = 8;

pub const COMMANDS: &[Command] = &[
    Command {
        to: Daemon::Mon,
        prefix: "get_command_descriptions",
        args: &[],
        run: |_| descriptions(Daemon::Mon),
    },
    Command {
        to: Daemon::Mgr,
        prefix: "get_command_descriptions",
        args: &[],
        run: |_| descriptions(Daemon::Mgr),
    },
    Command {
        to: Daemon::Osd,
        prefix: "get_command_descriptions",
        args: &[],
        run: |_| descriptions(Daemon::Osd),
    },
    Command { to: Daemon::Mon, prefix: "version", args: &[], run: version },
    Command { to: Daemon::Osd, prefix: "version", args: &[], run: version },
    Command { to: Daemon::Mgr, prefix: "version", args: &[], run: version },
];

pub fn version_text() -> String {
    format!("sepiola version {}", env!("CARGO_PKG_VERSION"))
}

fn version(_: &Call) -> Answer {
    Output::new(json!({ "version": version_text() }), version_text() + "\n")
}

fn descriptions(to: Daemon) -> Answer {
    // A monitor tells of the manager's commands too, marked as such.
    let of = |command: &&Command| command.to == to || (to == Daemon::Mon && command.to == Daemon::Mgr);
    let listed = commands().filter(of).filter(|command| command.prefix != "get_command_descriptions");
    let described = listed.enumerate().map(|(n, command)| (format!("cmd{n:03}"), describe(command)));
    let all = Value::Object(described.collect());
    let text = serde_json::to_string(&all).map_err(|_| (Errno::EIO, String::new()))?;
    Output::new(all, text)
}

fn describe(command: &Command) -> Value {
    let words = command.prefix.split(' ').map(|word| json!(word));
    let args = command.args.iter().map(|arg| {
        let mut fields = arg.split(',');
        let mut described = Map::new();
        described.insert("name".into(), json!(fields.next()));
        described.insert("type".into(), json!(fields.next()));
        described.extend(fields.filter_map(|field| field.split_once('=')).map(|(key, value)| match value {
            "false" => (key.to_owned(), json!(false)),
            "N" => (key.to_owned(), json!("N")),
            value => (key.to_owned(), json!(value)),
        }));
        Value::Object(described)
    });
    let signature: Vec<Value> = words.chain(args).collect();
    let (perm, module) = (if changes(command.prefix) { "rw" } else { "r" }, command.prefix.split(' ').next());
    let flags = if command.to == Daemon::Mgr { FOR_MGR } else { 0 };
    json!({ "sig": signature, "help": "", "module": module, "perm": perm, "flags": flags })
}
