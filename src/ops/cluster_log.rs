//! The cluster's log, and what daemons of services say of themselves.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::errno::Errno;
use crate::time::Timespec;

/// Ceph's levels, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Debug,
    Info,
    Security,
    Warning,
    Error,
}

impl FromStr for LogLevel {
    type Err = Errno;

    /// By the names `rados_monitor_log` takes; `-EINVAL` for others.
    fn from_str(name: &str) -> Result<LogLevel, Errno> {
        Ok(match name {
            "debug" => LogLevel::Debug,
            "info" => LogLevel::Info,
            "sec" => LogLevel::Security,
            "warn" | "warning" => LogLevel::Warning,
            "err" | "error" => LogLevel::Error,
            _ => return Err(Errno::EINVAL),
        })
    }
}

impl fmt::Display for LogLevel {
    /// As it stands in a line of the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LogLevel::Debug => "[DBG]",
            LogLevel::Info => "[INF]",
            LogLevel::Security => "[SEC]",
            LogLevel::Warning => "[WRN]",
            LogLevel::Error => "[ERR]",
        })
    }
}

/// One line of the cluster's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub stamp: Timespec,
    /// Whose line it is: by name (`mon.a`), by rank or number (`mon.0`), and its addresses.
    pub name: String,
    pub rank: String,
    pub addrs: String,
    /// Counts the lines of one writer.
    pub seq: u64,
    pub level: LogLevel,
    /// `cluster`, `audit`, …
    pub channel: String,
    pub text: String,
}

/// Hears lines of the log. It must not wait for anything.
pub type LogHandler = Arc<dyn Fn(&LogEntry) + Send + Sync>;

/// What a client says of itself as a daemon of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceDaemon {
    pub service: String,
    pub daemon: String,
    pub metadata: BTreeMap<String, String>,
    pub status: BTreeMap<String, String>,
}
