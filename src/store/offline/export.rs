//! A pool becomes a stream.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use disk::check::Layout;
use disk::{DiskEngine, Engine, Part, Progress, Tx};
use ops::{Cursor, ObjectRef, VecSink};

use super::stream::{Record, Totals, Writer};
use super::{Opened, Result, Watcher, find_pool};

/// Bytes of data or omap per record.
const PIECE: u64 = 1 << 20;
/// Objects listed at once.
const PAGE: usize = 512;

/// Writes a pool, by name or id, with all that is in it. The store is not changed. `-EIO` where something of it is
/// damaged: the stream is then cut short, and no import takes it.
pub fn export(
    dir: &Path,
    wait: Duration,
    pool: &str,
    out: impl Write,
    progress: Watcher<'_>,
) -> Result<Totals> {
    let opened = Opened::open(dir, wait)?;
    let engine = &*opened.engine;
    let pool = find_pool(engine, pool)?;
    let usage = engine.usage(Some(pool.id));
    let total = usage.allocated;
    let mut writer = Writer::new(out)?;
    writer.put(&Record::Pool { json: pool.encode()?, parts: usage.heads + usage.clones, bytes: total })?;
    let mut totals = Totals::default();
    let mut from = Cursor::begin();
    while from != Cursor::End {
        let (objects, next) = engine.list(pool.id, &from, PAGE)?;
        for object in objects {
            one(engine, &object, &mut writer, &mut totals)?;
            progress(Progress { stage: "export", done: totals.bytes, total: total.max(totals.bytes) });
        }
        engine.shed();
        from = next;
    }
    writer.put(&Record::End(totals))?;
    writer.finish()?;
    Ok(totals)
}

fn one<W: Write>(
    engine: &DiskEngine,
    object: &ObjectRef,
    writer: &mut Writer<W>,
    totals: &mut Totals,
) -> Result<()> {
    let layouts = engine.layout(object)?;
    let tx = engine.begin(object)?;
    totals.objects += 1;
    let (nspace, locator, name) = (object.nspace.clone(), object.key.clone(), object.name.clone());
    writer.put(&Record::Object { nspace, locator, name })?;
    let mut before: Option<&Layout> = None;
    for layout in &layouts {
        totals.parts += 1;
        part(&*tx, layout, before, writer, totals)?;
        before = Some(layout);
    }
    writer.put(&Record::ObjectEnd)
}

fn part<W: Write>(
    tx: &dyn Tx,
    layout: &Layout,
    before: Option<&Layout>,
    writer: &mut Writer<W>,
    totals: &mut Totals,
) -> Result<()> {
    let part: Part = layout.part;
    let (size, info) = (tx.size(part)?, tx.info(part)?.clone());
    writer.put(&Record::Part { part, size, info, omap_header: tx.omap_header(part)? })?;
    let same = before.map(|before| layout.shared_with(before)).unwrap_or_default();
    if !same.is_empty() {
        writer.put(&Record::Same(same.clone()))?;
    }
    for (off, len) in without(tx.extents(part, 0, size)?, &same) {
        let mut off = off;
        let end = off + len;
        while off < end {
            let len = PIECE.min(end - off);
            let mut sink = VecSink::new(len as usize);
            let count = tx.read(part, off, len, &mut sink)?;
            let bytes = sink.into_bytes(count as usize);
            totals.bytes += count;
            writer.put(&Record::Data { off, bytes })?;
            off += len;
        }
    }
    for (name, value) in tx.attrs(part)? {
        totals.attrs += 1;
        writer.put(&Record::Attr { name, value })?;
    }
    let mut failed = Ok(());
    let mut entries: Vec<(Bytes, Bytes)> = Vec::new();
    let mut held = 0;
    tx.omap_scan(part, std::ops::Bound::Unbounded, &mut |key, value| {
        held += (key.len() + value.len()) as u64;
        entries.push((key.clone(), value.clone()));
        totals.omap_keys += 1;
        if held >= PIECE {
            held = 0;
            failed = writer.put(&Record::Omap(std::mem::take(&mut entries)));
        }
        failed.is_ok()
    })?;
    failed?;
    if !entries.is_empty() {
        writer.put(&Record::Omap(entries))?;
    }
    Ok(())
}

/// What of ascending extents is not in `cut`, ascending too.
fn without(extents: Vec<(u64, u64)>, cut: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut left = Vec::new();
    let mut cut = cut.iter().copied().peekable();
    for (off, len) in extents {
        let (mut from, end) = (off, off + len);
        while cut.next_if(|&(start, len)| start + len <= from).is_some() {}
        while let Some(&(start, len)) = cut.peek().filter(|&&(start, _)| start < end) {
            if start > from {
                left.push((from, start - from));
            }
            from = from.max(start + len);
            if start + len >= end {
                break;
            }
            cut.next();
        }
        if from < end {
            left.push((from, end - from));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn what_is_left_of_extents() {
        type Ranges = &'static [(u64, u64)];
        let cases: [(Ranges, Ranges, Ranges); 6] = [
            (&[(0, 10)], &[], &[(0, 10)]),
            (&[(0, 10)], &[(0, 10)], &[]),
            (&[(0, 10)], &[(3, 2)], &[(0, 3), (5, 5)]),
            (&[(0, 10), (20, 10)], &[(5, 20)], &[(0, 5), (25, 5)]),
            (&[(0, 10), (20, 10)], &[(0, 2), (8, 14), (29, 9)], &[(2, 6), (22, 7)]),
            (&[(5, 5)], &[(0, 2), (12, 3)], &[(5, 5)]),
        ];
        for (extents, cut, left) in cases {
            assert_eq!(without(extents.to_vec(), cut), left, "{extents:?} without {cut:?}");
        }
    }
}
