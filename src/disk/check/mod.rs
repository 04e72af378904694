//! Looking a store over without changing it: every checksum, every reference to a block, every counter.

mod layout;
mod log;
mod objects;
mod tables;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ops::{Errno, HeadOr, ObjectRef, Result};

pub use layout::{Layout, Placed};
pub use log::LogFrame;
pub use objects::{Counts, Visit};

use crate::api::Part;
use crate::catalog::{self, Catalog};
use crate::engine::DiskEngine;
use crate::format::{self, Format};
use crate::lock::StoreLock;
use crate::log as ring;
use crate::medium::{File, Medium};
use crate::options::OpenOptions;
use crate::overlay::Overlay;
use crate::recover::Scan;
use crate::space;

/// Something that is wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file of the store, where it is one file's trouble.
    pub file: Option<&'static str>,
    /// Bytes into it.
    pub offset: Option<u64>,
    pub object: Option<ObjectRef>,
    pub part: Option<Part>,
    /// What is wrong, in words.
    pub what: String,
}

impl Finding {
    pub fn of_file(file: &'static str, offset: impl Into<Option<u64>>, what: impl Into<String>) -> Finding {
        Finding { file: Some(file), offset: offset.into(), object: None, part: None, what: what.into() }
    }

    pub fn of_object(object: &ObjectRef, part: impl Into<Option<Part>>, what: impl Into<String>) -> Finding {
        Finding {
            file: None,
            offset: None,
            object: Some(object.clone()),
            part: part.into(),
            what: what.into(),
        }
    }

    /// Of the store's own records.
    pub fn of_store(what: impl Into<String>) -> Finding {
        Finding { file: None, offset: None, object: None, part: None, what: what.into() }
    }

    fn at(mut self, file: &'static str, offset: impl Into<Option<u64>>) -> Finding {
        self.file = Some(file);
        self.offset = offset.into();
        self
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = self.file {
            write!(f, "{file}")?;
            if let Some(offset) = self.offset {
                write!(f, " at {offset}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(object) = &self.object {
            write!(f, "object {object:?}")?;
            if let Some(part) = self.part {
                write!(f, " {}", HeadOr(part))?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.what)
    }
}

/// How far a check is. `total` may be 0: not known.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub stage: &'static str,
    pub done: u64,
    pub total: u64,
}

/// A store that is looked at. While it lives, nobody can open the store to change it.
pub struct Inspector {
    dir: std::path::PathBuf,
    format: Format,
    _lock: Option<StoreLock>,
}

impl Inspector {
    /// `-ENOENT` where there is no store, `-EBUSY` where somebody has it open, `-EIO` where the file `format` is
    /// damaged, `-EPROTONOSUPPORT` for another version.
    pub fn open(dir: &Path, wait: Duration) -> Result<Inspector> {
        let format = Format::read(&Overlay::new(dir)?)?;
        let lock = StoreLock::share(dir, wait)?;
        Ok(Inspector { dir: dir.to_owned(), format, _lock: lock })
    }

    /// The version of the layout, and the random id of the store.
    pub fn format(&self) -> (u32, [u8; 16]) {
        (format::VERSION, self.format.uuid)
    }

    fn file(&self, name: &str) -> Result<Arc<dyn File>> {
        Overlay::new(&self.dir)?.open(name, false)
    }

    /// Looks the checkpoint and the log over; true where nothing keeps the store from being opened.
    pub fn check_files(
        &self,
        findings: &mut Vec<Finding>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<bool> {
        let mut missing = false;
        for name in [ring::NAME, space::NAME, catalog::NAME] {
            if let Err(err) = self.file(name) {
                missing = true;
                let what = if err == Errno::ENOENT { "the file is missing".into() } else { format!("{err}") };
                findings.push(Finding::of_file(name, None, what));
            }
        }
        if missing {
            return Ok(false);
        }
        progress(Progress { stage: "checkpoint", done: 0, total: 0 });
        let before = findings.len();
        tables::check(self.file(catalog::NAME)?, findings)?;
        let Ok((catalog, loaded)) = Catalog::open(self.file(catalog::NAME)?) else {
            if findings.len() == before {
                findings.push(Finding::of_file(catalog::NAME, None, "the checkpoint cannot be read"));
            }
            return Ok(false);
        };
        catalog.close();
        progress(Progress { stage: "log", done: 0, total: 0 });
        let before = findings.len();
        log::check(&self.scan()?, loaded.state.at, findings)?;
        Ok(findings.len() == before)
    }

    fn scan(&self) -> Result<Scan> {
        Scan::new(self.file(ring::NAME)?, self.format.seed(), u64::from(self.format.segment))
    }

    /// Hands out the frames of the log that the checkpoint does not have.
    pub fn log(&self, each: &mut dyn FnMut(LogFrame)) -> Result<()> {
        let (catalog, loaded) = Catalog::open(self.file(catalog::NAME)?)?;
        catalog.close();
        log::frames(&self.scan()?, loaded.state.at, each).map(|_| ())
    }

    /// The store as it would be opened. What an engine of it changes stays in memory.
    pub fn engine(&self) -> Result<Arc<DiskEngine>> {
        let options = OpenOptions { look: true, threads: false, reserve: 0, ..OpenOptions::default() };
        DiskEngine::open_on(Arc::new(Overlay::new(&self.dir)?), options)
    }
}

impl DiskEngine {
    /// Reads everything; what is wrong, in words, an entry each. Nothing else may use the store meanwhile.
    pub fn audit(&self) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        self.check(&mut findings, &mut |_, _| Ok(()), &mut |_| {})?;
        Ok(findings.iter().map(Finding::to_string).collect())
    }
}
