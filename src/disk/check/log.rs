//! The log by itself: the frames the checkpoint does not have, and whether their chain ends where it may.

use ops::Result;

use super::Finding;
use crate::log::{NAME, Position};
use crate::record::{Change, Record};
use crate::recover::{Scan, Stop};

/// One group commit in the log.
#[derive(Clone, Debug)]
pub struct LogFrame {
    /// Position in the endless log.
    pub position: u64,
    /// Bytes into the file.
    pub offset: u64,
    pub bytes: u64,
    /// Blocks of data that the frame carries.
    pub blocks: u32,
    /// A piece of a commit too large for one frame: the rest follows.
    pub more: bool,
    /// Number of each transaction, and what it does.
    pub transactions: Vec<(u64, String)>,
}

/// Hands out all whole frames from `at` on; where they end, and why.
pub fn frames(scan: &Scan, at: Position, each: &mut dyn FnMut(LogFrame)) -> Result<Stop> {
    scan.walk(at, &mut |frame, offset, records| {
        each(LogFrame {
            position: frame.pos,
            offset,
            bytes: frame.total(),
            blocks: frame.payload_blocks,
            more: frame.more,
            transactions: records.iter().map(|(seq, record)| (*seq, describe(record))).collect(),
        });
    })
}

pub fn check(scan: &Scan, at: Position, findings: &mut Vec<Finding>) -> Result<()> {
    let stop = frames(scan, at, &mut |_| {})?;
    let Some(later) = stop.later else { return Ok(()) };
    let mut what = format!(
        "the frame at position {} is damaged ({}); the log goes on at position {later}",
        stop.at.pos, stop.why
    );
    if !stop.records.is_empty() {
        let all: Vec<String> = stop.records.iter().map(|(_, record)| describe(record)).collect();
        what = format!("{what}. It holds {}", all.join("; "));
    }
    findings.push(Finding::of_file(NAME, stop.offset, what));
    Ok(())
}

fn describe(record: &Record) -> String {
    match record {
        Record::Object(object, changes) => {
            let blocks: usize = changes
                .iter()
                .map(|change| if let Change::Blocks(extent) = change { extent.crcs.len() } else { 0 })
                .sum();
            let count = changes.len();
            format!("object {object:?}: {count} changes, {blocks} blocks")
        }
        Record::Meta(changes) => {
            let keys: Vec<String> = changes.iter().map(|(key, _)| key.escape_ascii().to_string()).collect();
            format!("records {}", keys.join(", "))
        }
    }
}
