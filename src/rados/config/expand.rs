//! `$name` and its kin within values, filled in when a value is read.

use super::{Inner, Value};
use crate::options::{self, OptionSpec};

/// The value of `option`, filled in. `stack` holds the options being expanded: one that refers to itself
/// stands for `$itself`.
pub(super) fn value(inner: &Inner, option: &'static OptionSpec, stack: &mut Vec<&'static str>) -> Value {
    match inner.raw(option) {
        Value::Str(text) if text.contains('$') => {
            stack.push(option.name);
            let text = expand(inner, &text, stack);
            stack.pop();
            Value::Str(text)
        }
        other => other,
    }
}

/// Fills in `$var` and `${var}`; unknown variables stay as they are.
pub(super) fn expand(inner: &Inner, text: &str, stack: &mut Vec<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let (braced, body) = match behind.strip_prefix('{') {
            Some(body) => (true, body),
            None => (false, behind),
        };
        let end = body.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(body.len());
        let closed = !braced || body[end..].starts_with('}');
        let var = &body[..end];
        let whole = 1 + usize::from(braced) + end + usize::from(braced && closed);
        if var.is_empty() || !closed {
            out.push('$');
            rest = behind;
            continue;
        }
        match variable(inner, var, stack) {
            Some(text) => out.push_str(&text),
            None => out.push_str(&rest[at..at + whole]),
        }
        rest = &rest[at + whole..];
    }
    out.push_str(rest);
    out
}

fn variable(inner: &Inner, var: &str, stack: &mut Vec<&'static str>) -> Option<String> {
    Some(match var {
        "type" => inner.name.kind().into(),
        "id" | "num" => inner.name.id().into(),
        "name" => inner.name.to_string(),
        "cluster" => inner.cluster.clone(),
        "host" => {
            let host = options::find("host").map(|option| inner.raw(option).to_string()).unwrap_or_default();
            let host = if host.is_empty() { hostname() } else { host };
            host.split('.').next().unwrap_or_default().into()
        }
        "pid" => std::process::id().to_string(),
        "cctid" => inner.id.to_string(),
        "home" => std::env::var("HOME").unwrap_or_default(),
        _ => {
            let option = options::find(var)?;
            if stack.contains(&option.name) {
                return Some(format!("${var}"));
            }
            value(inner, option, stack).to_string()
        }
    })
}

pub(super) fn hostname() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}
