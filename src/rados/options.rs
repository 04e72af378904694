//! The table of options a client knows: name, type, default, bounds.
//!
//! Names, types, defaults and bounds are those that Ceph 20.2 reports; options that only 16.2 or 18.2 know
//! are here too, and where the releases disagree the newest one's default stands. Defaults are written as
//! `rados_conf_get` prints them.

use std::collections::HashMap;
use std::sync::LazyLock;

use ops::Result;

use crate::config::Value;

mod auth;
mod client;
mod debug;
mod log;
mod messenger;
mod mon;
mod process;
mod rados;
mod rbd;

const TABLES: &[&[OptionSpec]] = &[
    rbd::RBD,
    rados::RADOS,
    client::CLIENT,
    mon::MON,
    messenger::MESSENGER,
    auth::AUTH,
    log::LOG,
    debug::DEBUG,
    process::PROCESS,
];

/// What an option's text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Str,
    Int,
    Uint,
    /// Bytes, with binary suffixes.
    Size,
    Float,
    Bool,
    Addr,
    AddrVec,
    Uuid,
    Secs,
    Millisecs,
    /// `LEVEL/GATHER` of a `debug_*` option.
    Level,
}

/// A rule for values beyond the type's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Image features by number or names; kept as a number.
    Features,
    /// Operations exempt from quality of service, by number or names; kept as a number.
    QosOps,
    /// A bad name becomes `rbd`.
    PoolName,
    /// A bad name becomes empty.
    PoolNameOrNone,
    PowerOfTwo,
}

#[derive(Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub kind: Kind,
    pub default: &'static str,
    /// Bounds, inclusive, in the option's own notation; empty: none.
    pub min: &'static str,
    pub max: &'static str,
    /// The values allowed, where they are few.
    pub allowed: &'static [&'static str],
    /// Whether it may change once the cluster is connected.
    pub runtime: bool,
    pub(crate) check: Option<Check>,
}

impl OptionSpec {
    const fn new(name: &'static str, kind: Kind, default: &'static str) -> OptionSpec {
        OptionSpec { name, kind, default, min: "", max: "", allowed: &[], runtime: true, check: None }
    }

    const fn within(mut self, min: &'static str, max: &'static str) -> OptionSpec {
        self.min = min;
        self.max = max;
        self
    }

    const fn one_of(mut self, allowed: &'static [&'static str]) -> OptionSpec {
        self.allowed = allowed;
        self
    }

    const fn fixed(mut self) -> OptionSpec {
        self.runtime = false;
        self
    }

    const fn checked(mut self, check: Check) -> OptionSpec {
        self.check = Some(check);
        self
    }

    /// Reads a value as `rados_conf_set` does: `-EINVAL`, or `-ERANGE` for a debug level, where it does not
    /// fit.
    pub fn parse(&self, text: &str) -> Result<Value> {
        Value::parse(self, text)
    }

    pub fn default_value(&self) -> Value {
        // A test parses every default.
        self.parse(self.default).unwrap_or_else(|_| Value::Str(self.default.into()))
    }
}

const fn text(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Str, default)
}
const fn int(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Int, default)
}
const fn uint(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Uint, default)
}
const fn size(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Size, default)
}
const fn float(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Float, default)
}
const fn flag(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Bool, default)
}
const fn addr(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Addr, default)
}
const fn addrvec(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::AddrVec, default)
}
const fn uuid(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Uuid, default)
}
const fn secs(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Secs, default)
}
const fn millis(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Millisecs, default)
}
const fn level(name: &'static str, default: &'static str) -> OptionSpec {
    OptionSpec::new(name, Kind::Level, default)
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static OptionSpec>> =
    LazyLock::new(|| all().map(|option| (option.name, option)).collect());

/// Every option, in no useful order.
pub fn all() -> impl Iterator<Item = &'static OptionSpec> {
    TABLES.iter().copied().flatten()
}

/// Finds an option by its name in the table's own spelling.
pub fn find(name: &str) -> Option<&'static OptionSpec> {
    BY_NAME.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        assert_eq!(BY_NAME.len(), all().count());
    }

    #[test]
    fn defaults_parse_and_print_as_written() {
        for option in all() {
            if option.kind == Kind::AddrVec && option.default.is_empty() {
                continue;
            }
            match option.parse(option.default) {
                Ok(value) => assert_eq!(value.to_string(), option.default, "{}", option.name),
                Err(e) => panic!("{} = {:?}: {e:?}", option.name, option.default),
            }
        }
    }
}
