//! What is in a store, line by line.

use std::io::{self, Write};

use serde::Serialize;
use store::offline::{Dump, Error, ExtentDump, FrameDump, ObjectDump, PoolDump, RecordDump, StoreDump};

use crate::What;

/// Where the lines go, and in which form.
pub struct Out {
    pub json: bool,
    out: io::BufWriter<io::StdoutLock<'static>>,
    /// The first failure to write: a reader that went away is no error.
    failed: Option<io::Error>,
}

impl Out {
    pub fn new(json: bool) -> Out {
        Out { json, out: io::BufWriter::with_capacity(1 << 16, io::stdout().lock()), failed: None }
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        if self.failed.is_none()
            && let Err(err) = writeln!(self.out, "{text}")
        {
            self.failed = Some(err);
        }
    }

    /// One line of JSON.
    fn value(&mut self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(value) {
            self.line(format_args!("{text}"));
        }
    }

    pub fn finish(mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        match self.failed.map_or(flushed, Err) {
            Err(err) if err.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

pub fn show(dump: &Dump, what: &What, out: &mut Out) -> Result<(), Error> {
    match what {
        What::Store => {
            let store = dump.store()?;
            if out.json { out.value(&store) } else { store_lines(&store, out) }
        }
        What::Pools => {
            for pool in dump.pools()? {
                if out.json { out.value(&pool) } else { pool_lines(&pool, out) }
            }
        }
        What::Objects { pool, digests } => {
            dump.objects(pool.as_deref(), *digests, &mut |object| {
                if out.json { out.value(&object) } else { object_lines(&object, out) }
            })?;
        }
        What::Object { at, digests } => {
            let object = dump.object(&at.pool, &at.namespace, &at.locator, &at.name, *digests)?;
            if out.json { out.value(&object) } else { object_lines(&object, out) }
        }
        What::Extents { at } => {
            for extent in dump.extents(&at.pool, &at.namespace, &at.locator, &at.name)? {
                if out.json { out.value(&extent) } else { extent_line(&extent, out) }
            }
        }
        What::Log => {
            dump.log(&mut |frame| if out.json { out.value(&frame) } else { frame_lines(&frame, out) })?;
        }
        What::Records => {
            for RecordDump { key, value } in dump.records() {
                if out.json {
                    out.value(&RecordDump { key, value });
                } else {
                    out.line(format_args!("{key} = {value}"));
                }
            }
        }
    }
    Ok(())
}

fn store_lines(store: &StoreDump, out: &mut Out) {
    out.line(format_args!("format     version {}, id {}", store.version, store.id));
    out.line(format_args!("fsid       {}", store.fsid));
    out.line(format_args!("objects    {} and {} clones", store.objects, store.clones));
    out.line(format_args!("data       {} bytes kept for {}", store.allocated, store.logical));
    out.line(format_args!(
        "log        {} transactions in {} frames beyond the checkpoint",
        store.log_transactions, store.log_frames
    ));
    store.pools.iter().for_each(|pool| pool_lines(pool, out));
}

fn pool_lines(pool: &PoolDump, out: &mut Out) {
    let field = |name: &str| pool.record.get(name).cloned().unwrap_or_default();
    let PoolDump { objects, clones, logical, allocated, .. } = pool;
    out.line(format_args!(
        "pool {} {}: {objects} objects and {clones} clones, {allocated} bytes kept for {logical}",
        field("id"),
        field("name")
    ));
    for (name, empty) in [("snaps", "[]"), ("removed", "[]"), ("trimming", "[]"), ("applications", "{}")] {
        let value = field(name).to_string();
        if value != empty {
            out.line(format_args!("  {name} {value}"));
        }
    }
    if field("deleted") == true {
        out.line(format_args!("  is being deleted"));
    }
    out.line(format_args!("  snapshots {}, newest id {}", field("snap_mode"), field("snap_seq")));
}

fn object_lines(object: &ObjectDump, out: &mut Out) {
    let ObjectDump { pool, namespace, locator, name, .. } = object;
    let mut head = format!("object {pool} {name}");
    for (what, value) in [("namespace", namespace), ("locator", locator)] {
        if !value.is_empty() {
            head.push_str(&format!(" {what} {value}"));
        }
    }
    if object.snap_seq > 0 {
        head.push_str(&format!(" snap seq {}", object.snap_seq));
    }
    out.line(format_args!("{head}"));
    for part in &object.parts {
        let mut line = format!(
            "  {} size {} kept {} version {} mtime {}",
            part.part, part.size, part.allocated, part.version, part.mtime
        );
        if !part.attrs.is_empty() {
            let attrs: Vec<String> =
                part.attrs.iter().map(|attr| format!("{}({})", attr.name, attr.bytes)).collect();
            line.push_str(&format!(" attrs {}", attrs.join(" ")));
        }
        if part.omap_keys > 0 || part.omap_header > 0 {
            line.push_str(&format!(" omap {} keys, header of {}", part.omap_keys, part.omap_header));
        }
        if let Some(snaps) = &part.snaps {
            line.push_str(&format!(" serves {snaps:?}"));
        }
        if let Some(digests) = part.digests {
            line.push_str(&format!(
                " data {:08x} attrs {:08x} omap {:08x}",
                digests.data, digests.attrs, digests.omap
            ));
        }
        out.line(format_args!("{line}"));
    }
}

fn extent_line(extent: &ExtentDump, out: &mut Out) {
    let ExtentDump { part, off, len, place, shared } = extent;
    let shared = if *shared { " shared with the part before" } else { "" };
    out.line(format_args!("{part} {off}~{len} at {place}{shared}"));
}

fn frame_lines(frame: &FrameDump, out: &mut Out) {
    let FrameDump { position, offset, bytes, blocks, .. } = frame;
    out.line(format_args!("frame {position} at {offset}: {bytes} bytes, {blocks} blocks of data"));
    for (number, what) in &frame.transactions {
        out.line(format_args!("  {number} {what}"));
    }
}
