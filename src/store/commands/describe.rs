//! What commands there are, in the form command-line tools ask for it.

use ops::Errno;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Command, Daemon, Output, commands};

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
    let listed =
        commands().filter(|command| command.to == to && command.prefix != "get_command_descriptions");
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
            value => (key.to_owned(), json!(value)),
        }));
        Value::Object(described)
    });
    let signature: Vec<Value> = words.chain(args).collect();
    json!({ "sig": signature, "help": "", "module": "mon", "perm": "rw", "flags": 0 })
}
