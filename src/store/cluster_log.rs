//! The log of the cluster that a store looks like: who changed what. It lives in memory, as long as the store is open.

use std::collections::{HashMap, VecDeque};

use ops::{LogEntry, LogHandler, LogLevel, Timespec};
use parking_lot::Mutex;

/// How many lines are kept for those who ask later.
const KEPT: usize = 1000;

#[derive(Default)]
pub struct ClusterLog(Mutex<State>);

#[derive(Default)]
struct State {
    lines: VecDeque<LogEntry>,
    seq: u64,
    /// By the client's instance id.
    listeners: HashMap<u64, (LogLevel, LogHandler)>,
}

impl ClusterLog {
    /// A line of the monitor's.
    pub fn write(&self, level: LogLevel, channel: &str, text: String) {
        self.write_as("mon.a", "mon.0", "127.0.0.1:0/0", level, channel, text);
    }

    pub fn write_as(
        &self,
        name: &str,
        rank: &str,
        addrs: &str,
        level: LogLevel,
        channel: &str,
        text: String,
    ) {
        let (stamp, name, rank) = (Timespec::now(), name.to_owned(), rank.to_owned());
        let (addrs, channel) = (addrs.to_owned(), channel.to_owned());
        let mut state = self.0.lock();
        let entry = LogEntry { stamp, name, rank, addrs, seq: state.seq, level, channel, text };
        state.seq += 1;
        // Under the lock, so that everybody hears the lines in order; a handler only queues.
        for (from, handler) in state.listeners.values() {
            if level >= *from {
                handler(&entry);
            }
        }
        if state.lines.len() == KEPT {
            state.lines.pop_front();
        }
        state.lines.push_back(entry);
    }

    /// One listener per client. As a monitor does, it begins with the last line there was.
    pub fn listen(&self, client: u64, from: LogLevel, handler: LogHandler) {
        let mut state = self.0.lock();
        if let Some(last) = state.lines.iter().rev().find(|entry| entry.level >= from) {
            handler(last);
        }
        state.listeners.insert(client, (from, handler));
    }

    pub fn forget(&self, client: u64) {
        let gone = self.0.lock().listeners.remove(&client);
        drop(gone);
    }

    /// The last `count` lines from a level on, of one channel or all, oldest first.
    pub fn last(&self, count: usize, from: LogLevel, channel: Option<&str>) -> Vec<LogEntry> {
        let state = self.0.lock();
        let wanted =
            |entry: &&LogEntry| entry.level >= from && channel.is_none_or(|name| name == entry.channel);
        let mut lines: Vec<_> = state.lines.iter().rev().filter(wanted).take(count).cloned().collect();
        lines.reverse();
        lines
    }
}
