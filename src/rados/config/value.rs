//! Values of options: read and printed as Ceph's clients do.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ops::{Errno, Result};

use crate::options::{Check, Kind, OptionSpec};

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Str(String),
    Int(i64),
    Uint(u64),
    Float(f64),
    Bool(bool),
    Secs(u64),
    Millisecs(u64),
}

impl Value {
    pub(crate) fn parse(option: &OptionSpec, text: &str) -> Result<Value> {
        let value = match option.check {
            Some(check) => checked(check, option.kind, text)?,
            None => of_kind(option.kind, text)?,
        };
        let bound = |text| of_kind(option.kind, text).ok();
        if !option.min.is_empty() && bound(option.min).is_some_and(|min| value.below(&min)) {
            return Err(Errno::EINVAL);
        }
        if !option.max.is_empty() && bound(option.max).is_some_and(|max| max.below(&value)) {
            return Err(Errno::EINVAL);
        }
        if let Value::Str(text) = &value
            && !option.allowed.is_empty()
            && !option.allowed.contains(&text.as_str())
        {
            return Err(Errno::EINVAL);
        }
        Ok(value)
    }

    fn below(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Int(a), Value::Int(b)) => a < b,
            (Value::Float(a), Value::Float(b)) => a < b,
            (Value::Uint(a), Value::Uint(b))
            | (Value::Secs(a), Value::Secs(b))
            | (Value::Millisecs(a), Value::Millisecs(b)) => a < b,
            _ => false,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Integers, sizes in bytes, and times in their unit.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Uint(n) | Value::Secs(n) | Value::Millisecs(n) => Some(*n),
            Value::Int(n) => u64::try_from(*n).ok(),
            // Numbers that an option keeps as text, such as a feature mask.
            Value::Str(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            other => other.as_u64().and_then(|n| i64::try_from(n).ok()),
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(x) => Some(*x),
            other => other.as_i64().map(|n| n as f64),
        }
    }

    /// Seconds, milliseconds and floating-point seconds.
    pub fn as_duration(&self) -> Option<Duration> {
        match self {
            Value::Millisecs(n) => Some(Duration::from_millis(*n)),
            Value::Float(x) => Duration::try_from_secs_f64(*x).ok(),
            other => other.as_u64().map(Duration::from_secs),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Str(text) => f.write_str(text),
            Value::Int(n) => n.fmt(f),
            Value::Uint(n) | Value::Secs(n) | Value::Millisecs(n) => n.fmt(f),
            Value::Bool(flag) => flag.fmt(f),
            Value::Float(x) if x.is_nan() => f.write_str("nan"),
            Value::Float(x) => write!(f, "{x:.6}"),
        }
    }
}

fn of_kind(kind: Kind, text: &str) -> Result<Value> {
    Ok(match kind {
        Kind::Str => Value::Str(text.into()),
        Kind::Int => Value::Int(i64::try_from(decimal(text)?).map_err(|_| Errno::EINVAL)?),
        Kind::Uint => Value::Uint(u64::try_from(decimal(text)?).map_err(|_| Errno::EINVAL)?),
        Kind::Size => Value::Uint(size(text)?),
        Kind::Float => Value::Float(float(text)?),
        Kind::Bool => Value::Bool(boolean(text)?),
        Kind::Addr => Value::Str(addr(text)?),
        Kind::AddrVec => Value::Str(addr_vec(text)?),
        Kind::Uuid => Value::Str(uuid(text)?),
        Kind::Secs => Value::Secs(seconds(text)?),
        Kind::Millisecs => Value::Millisecs(leading_digits(text)?),
        Kind::Level => Value::Str(level(text)?),
    })
}

fn checked(check: Check, kind: Kind, text: &str) -> Result<Value> {
    Ok(match check {
        Check::Features => Value::Str(features(text)?.to_string()),
        Check::QosOps => Value::Str(qos_ops(text)?.to_string()),
        Check::PoolName if text.is_empty() || text.contains(['@', '/']) => Value::Str("rbd".into()),
        Check::PoolNameOrNone if text.contains(['@', '/']) => Value::Str(String::new()),
        Check::PoolName | Check::PoolNameOrNone => Value::Str(text.into()),
        Check::PowerOfTwo => match of_kind(kind, text)? {
            Value::Uint(n) if n.is_power_of_two() => Value::Uint(n),
            _ => return Err(Errno::EINVAL),
        },
    })
}

/// What `strtoll` takes in base 10, all of it, without its tolerance for leading blanks.
fn integer(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Errno::EINVAL)
}

/// An integer with an optional decimal suffix: `4K` is 4000.
fn decimal(text: &str) -> Result<i128> {
    let (digits, exponent) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 3),
        Some(b'M') => (&text[..text.len() - 1], 6),
        Some(b'G') => (&text[..text.len() - 1], 9),
        Some(b'T') => (&text[..text.len() - 1], 12),
        Some(b'P') => (&text[..text.len() - 1], 15),
        Some(b'E') => (&text[..text.len() - 1], 18),
        _ => (text, 0),
    };
    Ok(i128::from(integer(digits)?) * 10_i128.pow(exponent))
}

/// Bytes with an optional binary suffix: `4K`, `4Ki`, `4KB` and `4KiB` are 4096.
fn size(text: &str) -> Result<u64> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '-' && c != '+').unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let shift = match unit {
        "" | "B" => 0,
        "K" | "Ki" | "KB" | "KiB" => 10,
        "M" | "Mi" | "MB" | "MiB" => 20,
        "G" | "Gi" | "GB" | "GiB" => 30,
        "T" | "Ti" | "TB" | "TiB" => 40,
        "P" | "Pi" | "PB" | "PiB" => 50,
        "E" | "Ei" | "EB" | "EiB" => 60,
        _ => return Err(Errno::EINVAL),
    };
    let count = u64::try_from(integer(digits)?).map_err(|_| Errno::EINVAL)?;
    count.checked_mul(1 << shift).ok_or(Errno::EINVAL)
}

fn boolean(text: &str) -> Result<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Ok(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return Ok(false);
    }
    let number: i32 = text.trim_ascii_start().parse().map_err(|_| Errno::EINVAL)?;
    Ok(number != 0)
}

/// What `strtod` takes, all of it.
fn float(text: &str) -> Result<f64> {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let x = hex_float(hex)?;
        return Ok(if negative { -x } else { x });
    }
    let x: f64 = text.parse().map_err(|_| Errno::EINVAL)?;
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
    let overflow = numeric && x.is_infinite();
    let underflow = numeric && x == 0.0 && mantissa.contains(|c: char| ('1'..='9').contains(&c));
    if overflow || underflow { Err(Errno::EINVAL) } else { Ok(x) }
}

/// `1.8p3` and the like, behind its `0x`.
fn hex_float(text: &str) -> Result<f64> {
    let (mantissa, exponent) = match text.split_once(['p', 'P']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| Errno::EINVAL)?),
        None => (text, 0_i32),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(Errno::EINVAL);
    }
    let mut x = 0.0_f64;
    for c in whole.chars().chain(fraction.chars()) {
        x = x * 16.0 + f64::from(c.to_digit(16).ok_or(Errno::EINVAL)?);
    }
    Ok(x * 2.0_f64.powi(exponent.saturating_sub(4 * fraction.len() as i32)))
}

/// `90`, `90s`, `1h 30m`: numbers with units, whole seconds when without. Empty is 0.
fn seconds(text: &str) -> Result<u64> {
    let mut rest = text.trim_ascii_start();
    let mut total = 0_i64;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count: i64 = rest[..digits].parse().map_err(|_| Errno::EINVAL)?;
        rest = rest[digits..].trim_ascii_start();
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let unit = match &rest[..letters] {
            "" if rest.is_empty() => 1,
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "wk" | "week" | "weeks" => 7 * 86_400,
            "mo" | "month" | "months" => 30 * 86_400,
            "y" | "yr" | "year" | "years" => 365 * 86_400,
            _ => return Err(Errno::EINVAL),
        };
        let part = count.checked_mul(unit).ok_or(Errno::EINVAL)?;
        total = total.checked_add(part).ok_or(Errno::EINVAL)?;
        rest = rest[letters..].trim_ascii_start();
    }
    u64::try_from(total).map_err(|_| Errno::EINVAL)
}

/// Milliseconds: the number in front counts, whatever follows.
fn leading_digits(text: &str) -> Result<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text[..digits].parse().map_err(|_| Errno::EINVAL)
}

/// `N` becomes `N/N`; `N/M` stays as it was written.
fn level(text: &str) -> Result<String> {
    let (first, rest) = scan_int(text).ok_or(Errno::EINVAL)?;
    if !(0..=99).contains(&first) {
        return Err(Errno::ERANGE);
    }
    match rest.strip_prefix('/').and_then(scan_int) {
        Some((second, _)) if !(0..=99).contains(&second) => Err(Errno::ERANGE),
        Some(_) => Ok(text.into()),
        None => Ok(format!("{first}/{first}")),
    }
}

/// The two numbers of a level.
pub(crate) fn level_numbers(text: &str) -> (i64, i64) {
    let Some((first, rest)) = scan_int(text) else { return (0, 0) };
    let second = rest.strip_prefix('/').and_then(scan_int).map_or(first, |(n, _)| n);
    (first, second)
}

/// As `%d` scans: blanks, a sign, digits.
fn scan_int(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &digits[..digits.len() - rest.len()];
    if digits.is_empty() {
        return None;
    }
    let n = digits.parse::<i64>().unwrap_or(i64::MAX);
    Some((if negative { -n } else { n }, rest))
}

fn uuid(text: &str) -> Result<String> {
    let inner = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}').ok_or(Errno::EINVAL)?,
        None => text,
    };
    let dashed = inner.len() == 36;
    let mut digits = String::with_capacity(36);
    for (at, c) in inner.chars().enumerate() {
        if dashed && matches!(at, 8 | 13 | 18 | 23) {
            if c != '-' {
                return Err(Errno::EINVAL);
            }
            continue;
        }
        if !c.is_ascii_hexdigit() {
            return Err(Errno::EINVAL);
        }
        if matches!(digits.len(), 8 | 13 | 18 | 23) {
            digits.push('-');
        }
        digits.push(c.to_ascii_lowercase());
    }
    if digits.len() == 36 { Ok(digits) } else { Err(Errno::EINVAL) }
}

/// `-`, or `[v1:|v2:|any:]IP[:PORT][/NONCE]`; printed in full.
fn addr(text: &str) -> Result<String> {
    match take_addr(text)? {
        (printed, "") => Ok(printed),
        _ => Err(Errno::EINVAL),
    }
}

fn take_addr(text: &str) -> Result<(String, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        return Ok(("-".into(), rest));
    }
    let (kind, rest) = match (text.strip_prefix("v1:"), text.strip_prefix("v2:"), text.strip_prefix("any:")) {
        (Some(rest), ..) => ("v1:", rest),
        (_, Some(rest), _) => ("v2:", rest),
        (_, _, Some(rest)) => ("", rest),
        _ => ("v2:", text),
    };
    let (ip, rest) = if let Some(inner) = rest.strip_prefix('[') {
        let (ip, rest) = inner.split_once(']').ok_or(Errno::EINVAL)?;
        let ip: Ipv6Addr = ip.parse().map_err(|_| Errno::EINVAL)?;
        (format!("[{ip}]"), rest)
    } else {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        if let Ok(ip) = rest[..end].parse::<Ipv4Addr>() {
            (ip.to_string(), &rest[end..])
        } else {
            let end = rest.find(|c: char| !c.is_ascii_hexdigit() && c != ':').unwrap_or(rest.len());
            let ip: Ipv6Addr = rest[..end].parse().map_err(|_| Errno::EINVAL)?;
            (format!("[{ip}]"), &rest[end..])
        }
    };
    let (port, rest) = match rest.strip_prefix(':') {
        Some(rest) => take_number(rest),
        None => (0, rest),
    };
    let (nonce, rest) = match rest.strip_prefix('/') {
        Some(rest) => take_number(rest),
        None => (0, rest),
    };
    if port > u64::from(u16::MAX) || nonce > u64::from(u32::MAX) {
        return Err(Errno::EINVAL);
    }
    Ok((format!("{kind}{ip}:{port}/{nonce}"), rest))
}

fn take_number(text: &str) -> (u64, &str) {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - rest.len()];
    (if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }, rest)
}

fn addr_vec(text: &str) -> Result<String> {
    if let Ok(one) = addr(text) {
        return Ok(one);
    }
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).ok_or(Errno::EINVAL)?;
    let all: Vec<String> = inner.split(',').map(addr).collect::<Result<_>>()?;
    Ok(format!("[{}]", all.join(",")))
}

const FEATURE_NAMES: &[(&str, u64)] = &[
    ("layering", 1),
    ("striping", 1 << 1),
    ("exclusive-lock", 1 << 2),
    ("object-map", 1 << 3),
    ("fast-diff", 1 << 4),
    ("deep-flatten", 1 << 5),
    ("journaling", 1 << 6),
    ("data-pool", 1 << 7),
    ("operations", 1 << 8),
    ("migrating", 1 << 9),
    ("non-primary", 1 << 10),
    ("dirty-cache", 1 << 11),
];

/// Image features by number or by names between commas; empty means the default ones. Numbers may name
/// only the features a user sets.
pub fn features(text: &str) -> Result<u64> {
    const DEFAULT: u64 = 61;
    const NUMERIC: u64 = 0xff;
    match text.trim_ascii() {
        "" => Ok(DEFAULT),
        text => match text.parse::<u64>() {
            Ok(mask) if mask & !NUMERIC == 0 => Ok(mask),
            Ok(_) => Err(Errno::EINVAL),
            Err(_) => names(FEATURE_NAMES, text),
        },
    }
}

/// Operations by number or by names between commas.
fn qos_ops(text: &str) -> Result<u64> {
    const NAMES: &[(&str, u64)] =
        &[("read", 1), ("write", 2), ("discard", 4), ("write_same", 8), ("compare_and_write", 16)];
    match text.trim_ascii() {
        "" => Ok(0),
        text => text.parse().or_else(|_| names(NAMES, text)),
    }
}

fn names(table: &[(&str, u64)], text: &str) -> Result<u64> {
    text.split(',')
        .map(str::trim_ascii)
        .map(|name| table.iter().find(|(known, _)| *known == name).map(|(_, bit)| bit).ok_or(Errno::EINVAL))
        .try_fold(0, |mask, bit| Ok(mask | bit?))
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
