//! The checkpoint's file by itself: what redb holds of its own structure, every page and every row of every table.

use std::sync::Arc;

use ops::Result;
use redb::{Database, ReadableDatabase};

use super::Finding;
use crate::catalog::{Failure, NAME, Rows, TABLES, guard_text, open_text};
use crate::medium::File;
use crate::rows;
use crate::sealed::SealedFile;

/// What is wrong goes to `findings`.
pub fn check(file: Arc<dyn File>, findings: &mut Vec<Finding>) -> Result<()> {
    let sealed = SealedFile::new(file);
    let opened = open_text(&sealed);
    take_pages(&sealed, "redb's header or lists of free pages", findings);
    let mut db = match opened {
        Ok(db) => db,
        Err(text) => {
            findings.push(Finding::of_file(NAME, None, format!("the checkpoint cannot be opened: {text}")));
            return Ok(());
        }
    };
    for (name, table) in TABLES {
        let before = findings.len();
        let scanned = guard_text(|| scan(&db, name, table, findings));
        take_pages(&sealed, &format!("the table `{name}`"), findings);
        if let Err(text) = scanned {
            if findings.len() == before {
                findings.push(Finding::of_file(NAME, None, format!("table `{name}`: {text}")));
            }
            // redb refuses everything after an error.
            sealed.forget();
            drop(guard_text(|| {
                drop(db);
                Ok(())
            }));
            db = match open_text(&sealed) {
                Ok(db) => db,
                Err(_) => return Ok(()),
            };
        }
    }
    match guard_text(|| Ok(db.check_integrity()?)) {
        Ok(true) => {}
        // After a kill, redb's list of free pages is that of its last commit.
        Ok(false) => {}
        Err(text) => {
            let before = findings.len();
            take_pages(&sealed, "redb's own tables", findings);
            let known = findings.iter().any(|finding| finding.file == Some(NAME));
            if findings.len() == before && !known {
                findings.push(Finding::of_file(NAME, None, format!("redb's own checksums: {text}")));
            }
        }
    }
    drop(guard_text(|| {
        drop(db);
        Ok(())
    }));
    Ok(())
}

fn take_pages(sealed: &SealedFile, whose: &str, findings: &mut Vec<Finding>) {
    for at in sealed.take_damaged() {
        let what = format!("the page does not match its checksum; it belongs to {whose}");
        if !findings.iter().any(|known| known.file == Some(NAME) && known.offset == Some(at)) {
            findings.push(Finding::of_file(NAME, at, what));
        }
    }
}

fn scan(db: &Database, name: &str, table: Rows, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let txn = db.begin_read()?;
    for row in txn.open_table(table)?.range::<&[u8]>(..)? {
        let (key, row) = row?;
        let key = key.value();
        if rows::unseal(key, row.value()).is_err() {
            let what = format!("table `{name}`: the row of {} is damaged", describe(name, key));
            findings.push(Finding::of_file(NAME, None, what));
        }
    }
    Ok(())
}

/// A row's key, in words.
fn describe(table: &str, key: &[u8]) -> String {
    let word = |at: usize| {
        key.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(0, |word| u64::from_be_bytes(*word))
    };
    match table {
        "objects" | "gone" => match rows::object_of_key(key) {
            Ok(object) => format!("object {object:?}"),
            Err(_) => format!("the key {}", key.escape_ascii()),
        },
        "maps" => format!("the block map {}, row {}", word(0), word(8)),
        "omaps" => {
            format!("the omap {}, key {}", word(0), key.get(8..).unwrap_or_default().escape_ascii())
        }
        "space" => format!("the blocks from {} on", word(0) * 4096),
        _ => format!("{}", key.escape_ascii()),
    }
}
