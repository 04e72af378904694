//! Options among a program's arguments, and in the environment.

use ops::{Errno, Result};

use super::{Inner, Level};
use crate::options::{self, Kind, OptionSpec};

/// See [`super::Config::parse_args`].
pub(super) fn parse(inner: &mut Inner, args: &[&str], level: Level) -> Result<Vec<usize>> {
    let mut left = Vec::new();
    let mut at = 0;
    while at < args.len() {
        let arg = args[at];
        if arg == "--" {
            left.extend(at..args.len());
            break;
        }
        match one(inner, arg, args.get(at + 1).copied(), level) {
            Ok(0) => {
                left.push(at);
                at += 1;
            }
            Ok(taken) => at += taken,
            Err(e) => {
                tracing::error!(target: "rados", "argument {arg}: {e:?}");
                return Err(e);
            }
        }
    }
    Ok(left)
}

/// See [`super::Config::parse_env`].
pub(super) fn environment(inner: &mut Inner, var: &str) {
    let mut put = |name, text: &str| {
        if let Some(option) = options::find(name) {
            let _ = inner.put(option, Level::Env, text);
        }
    };
    if let Ok(keyring) = std::env::var("CEPH_KEYRING") {
        put("keyring", &keyring);
    }
    if let Ok(dir) = std::env::var("CEPH_LIB") {
        for name in ["erasure_code_dir", "plugin_dir", "osd_class_dir"] {
            put(name, &dir);
        }
    }
    if let Ok(args) = std::env::var(var) {
        let args: Vec<&str> = args.split(' ').filter(|arg| !arg.is_empty()).collect();
        // Logged where it fails; what follows the bad one is dropped, as in Ceph.
        let _ = parse(inner, &args, Level::Env);
    }
}

/// How many arguments the option in `arg` took: 0 where it is none of ours.
fn one(inner: &mut Inner, arg: &str, next: Option<&str>, level: Level) -> Result<usize> {
    let (name, inline) = match arg.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (arg, None),
    };
    let short = match name {
        "-m" => "--mon_host",
        "-M" => "--monmap",
        "-k" => "--keyring",
        "-K" => "--keyfile",
        "-r" => "--client_mountpoint",
        "-f" => "--foreground",
        _ => name,
    };
    let Some(long) = short.strip_prefix("--").map(|name| name.replace('-', "_")) else {
        return if arg == "-d" { debug_mode(inner).map(|()| 1) } else { Ok(0) };
    };
    let with_value = || match (inline, next) {
        (Some(value), _) => Ok((value.to_owned(), 1)),
        (None, Some(value)) => Ok((value.to_owned(), 2)),
        (None, None) => Err(Errno::EINVAL),
    };
    let mut force = |name: &str, text: &str| set(inner, name, Level::Override, text);
    match long.as_str() {
        "no_mon_config" | "mon_config" if inline.is_none() => return Ok(1),
        "foreground" if inline.is_none() => return force("daemonize", "false").map(|()| 1),
        "mon_host" | "monmap" | "keyring" | "client_mountpoint" => {
            let (value, taken) = with_value()?;
            return force(&long, &value).map(|()| taken);
        }
        "bind" => {
            let (value, taken) = with_value()?;
            return force("public_addr", &value).map(|()| taken);
        }
        "keyfile" => {
            let (path, taken) = with_value()?;
            match std::fs::read_to_string(&path) {
                Ok(key) => force("key", key.trim_ascii_end())?,
                Err(e) => tracing::error!(target: "rados", "cannot read keyfile {path}: {e}"),
            }
            return Ok(taken);
        }
        _ => {}
    }
    if let Some(option) = options::find(&long) {
        if option.kind == Kind::Bool {
            return flag(inner, option, inline, next, level);
        }
        let (value, taken) = with_value()?;
        return inner.put(option, level, &value).map(|()| taken);
    }
    if let Some(option) = long.strip_prefix("default_").and_then(options::find) {
        let (value, taken) = with_value()?;
        return inner.put(option, Level::Default, &value).map(|()| taken);
    }
    match long.strip_prefix("no_").and_then(options::find) {
        Some(option) if option.kind == Kind::Bool && inline.is_none() => {
            inner.put(option, level, "false").map(|()| 1)
        }
        _ => Ok(0),
    }
}

/// `--flag`, `--flag=BOOL`, or `--flag BOOL` where the next argument is one.
fn flag(
    inner: &mut Inner,
    option: &'static OptionSpec,
    inline: Option<&str>,
    next: Option<&str>,
    level: Level,
) -> Result<usize> {
    let spelled = |text: &str| match text {
        "true" | "1" => Some("true"),
        "false" | "0" => Some("false"),
        _ => None,
    };
    let (value, taken) = match (inline, next.and_then(spelled)) {
        (Some(text), _) => (spelled(text).ok_or(Errno::EINVAL)?, 1),
        (None, Some(value)) => (value, 2),
        (None, None) => ("true", 1),
    };
    inner.put(option, level, value).map(|()| taken)
}

fn debug_mode(inner: &mut Inner) -> Result<()> {
    let settings = [
        ("daemonize", "false"),
        ("log_file", ""),
        ("log_to_stderr", "true"),
        ("err_to_stderr", "true"),
        ("log_to_syslog", "false"),
    ];
    settings.into_iter().try_for_each(|(name, text)| set(inner, name, Level::Override, text))
}

fn set(inner: &mut Inner, name: &str, level: Level, text: &str) -> Result<()> {
    options::find(name).map_or(Ok(()), |option| inner.put(option, level, text))
}
