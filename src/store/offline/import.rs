//! A stream becomes a pool.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use bytes::Bytes;
use disk::{DiskEngine, Engine, OpenOptions, Part, Progress, Tx};
use ops::{Durability, Errno, ObjectRef, Wait};

use super::stream::{Reader, Record, Totals};
use super::{Error, Result, Watcher, pools};
use crate::pool::{NEXT_ID, PoolRecord};
use crate::store::{FSID, VERSION_MARK};

/// Bytes of changes that are committed together.
const BATCH: usize = 8 << 20;

/// What an import did.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Imported {
    pub pool: String,
    pub id: i64,
    /// The id in the stream. Images that are clones name their parent's pool by id.
    pub exported_id: i64,
    #[serde(flatten)]
    pub totals: Totals,
}

/// Makes the stream's content the pool `name`, which must be new or empty. All of it is there and durable when this
/// returns; where it fails, or the process ends on the way, nothing is. `total` are the bytes of the stream, where that
/// is known: for the progress.
pub fn import(
    dir: &Path,
    wait: Duration,
    name: &str,
    input: impl Read,
    total: Option<u64>,
    progress: Watcher<'_>,
) -> Result<Imported> {
    let mut reader = Reader::new(input)?;
    let Record::Pool { json, .. } = reader.next()? else {
        return Err(Error::Stream("it does not begin with a pool".into()));
    };
    let exported = PoolRecord::decode(&json).map_err(|_| Error::Stream("its pool cannot be read".into()))?;
    if name.is_empty() {
        return Err(Error::Refused("a pool needs a name".into()));
    }
    let engine = DiskEngine::open(dir, OpenOptions { lock_timeout: wait, ..OpenOptions::default() })?;
    let result = into(&engine, name, exported, &mut reader, &mut |at| {
        progress(Progress { stage: "import", done: at, total: total.unwrap_or(0) });
    });
    let closed = engine.shutdown();
    let imported = result?;
    closed?;
    Ok(imported)
}

pub(crate) fn into<R: Read>(
    engine: &Arc<DiskEngine>,
    name: &str,
    exported: PoolRecord,
    reader: &mut Reader<R>,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported> {
    let exported_id = exported.id;
    let (target, mut hidden) = target(&**engine, name, &exported)?;
    let id = target.id;
    let key = PoolRecord::key(id);
    engine.meta_update(std::mem::take(&mut hidden))?;
    let mut import = Import { engine, pool: id, totals: Totals::default(), newest: 0, held: 0 };
    match import.all(reader, progress) {
        Ok(()) => {
            let record = PoolRecord { id, name: name.to_owned(), ..exported };
            let record = PoolRecord { deleted: false, importing: false, ..record };
            let mark = engine.meta_get(VERSION_MARK).and_then(|mark| mark.as_ref().try_into().ok());
            let mark = mark.map_or(1, u64::from_le_bytes).max(import.newest + 1);
            engine.meta_update(vec![
                (key, Some(record.encode()?)),
                (Bytes::from_static(VERSION_MARK), Some(Bytes::copy_from_slice(&mark.to_le_bytes()))),
            ])?;
            Ok(Imported { pool: name.to_owned(), id, exported_id, totals: import.totals })
        }
        Err(err) => {
            // As the next opening would do where this fails.
            engine.remove_pool(id)?;
            let back = if target.importing { Some(PoolRecord { importing: false, ..target }) } else { None };
            engine.meta_update(vec![(key, back.map(|record| record.encode()).transpose()?)])?;
            Err(err)
        }
    }
}

type Changes = Vec<(Bytes, Option<Bytes>)>;

/// The pool's record for as long as its objects are coming, which keeps everybody from seeing it, and the changes that
/// write it.
fn target(engine: &dyn Engine, name: &str, exported: &PoolRecord) -> Result<(PoolRecord, Changes)> {
    let mut changes = Changes::new();
    let mut pools = pools(engine)?;
    for gone in pools.iter().filter(|pool| pool.deleted) {
        engine.remove_pool(gone.id)?;
        changes.push((PoolRecord::key(gone.id), None));
    }
    pools.retain(|pool| !pool.deleted);
    if engine.meta_get(FSID).is_none() {
        changes.push((Bytes::from_static(FSID), Some(crate::fsid::generate()?.into())));
    }
    if let Some(found) = pools.iter().find(|pool| pool.name == name) {
        let usage = engine.usage(Some(found.id));
        if usage.heads + usage.clones > 0 && !found.importing {
            return Err(Error::Refused(format!("there is a pool '{name}', and it is not empty")));
        }
        if found.importing {
            engine.remove_pool(found.id)?;
        }
        let record = PoolRecord { importing: true, ..found.clone() };
        changes.push((PoolRecord::key(record.id), Some(record.encode()?)));
        return Ok((record, changes));
    }
    let next = match engine.meta_get(NEXT_ID) {
        Some(next) => i64::from_le_bytes(next.as_ref().try_into().map_err(|_| Errno::EIO)?),
        None => 1,
    };
    let free = |id: i64| id > 0 && id < i64::MAX && pools.iter().all(|pool| pool.id != id);
    // Clones of images name their parent's pool by its id: where it can be kept, it is.
    let id = if free(exported.id) && engine.usage(Some(exported.id)) == disk::Usage::default() {
        exported.id
    } else {
        next
    };
    let next = next.max(id + 1);
    changes.push((Bytes::from_static(NEXT_ID), Some(Bytes::copy_from_slice(&next.to_le_bytes()))));
    let record = PoolRecord { id, name: name.to_owned(), deleted: true, ..exported.clone() };
    changes.push((PoolRecord::key(id), Some(record.encode()?)));
    Ok((record, changes))
}

struct Import<'a> {
    engine: &'a Arc<DiskEngine>,
    pool: i64,
    totals: Totals,
    /// The newest version of an object.
    newest: u64,
    /// Bytes of changes not committed yet.
    held: usize,
}

fn bad(what: &str) -> Error {
    Error::Stream(what.into())
}

impl<'a> Import<'a> {
    fn all<R: Read>(&mut self, reader: &mut Reader<R>, progress: &mut dyn FnMut(u64)) -> Result<()> {
        loop {
            match reader.next()? {
                Record::Object { nspace, locator, name } => {
                    let object = ObjectRef { pool: self.pool, nspace, name, key: locator };
                    self.object(&object, reader)?;
                    progress(reader.at);
                }
                Record::End(totals) if totals == self.totals => break,
                Record::End(_) => return Err(bad("it does not hold what its end says")),
                _ => return Err(bad("a record is out of place")),
            }
        }
        reader.end()?;
        let (send, receive) = mpsc::sync_channel(1);
        self.engine.flush(Box::new(move |flushed| _ = send.send(flushed)));
        receive.recv().unwrap_or(Err(Errno::ESHUTDOWN))?;
        Ok(())
    }

    fn object<R: Read>(&mut self, object: &ObjectRef, reader: &mut Reader<R>) -> Result<()> {
        let mut tx = self.engine.begin(object)?;
        if !tx.parts().is_empty() {
            return Err(bad("an object comes twice"));
        }
        self.totals.objects += 1;
        self.held = 0;
        let mut part: Option<Part> = None;
        let mut fresh = false;
        loop {
            let record = reader.next()?;
            // What is the same as in the part before comes before everything else, if at all.
            let first = std::mem::replace(&mut fresh, matches!(record, Record::Part { .. }));
            match (record, part) {
                (Record::Part { part: next, size, info, omap_header }, before) => {
                    if before.is_some_and(|before| before >= next) {
                        return Err(bad("parts are out of order"));
                    }
                    self.totals.parts += 1;
                    self.newest = self.newest.max(info.version);
                    part = Some(next);
                    tx.create(next)?;
                    tx.truncate(next, size)?;
                    tx.set_info(next, info)?;
                    if !omap_header.is_empty() {
                        tx.set_omap_header(next, omap_header)?;
                    }
                }
                (Record::Same(ranges), Some(part)) if first => self.share(&mut *tx, part, &ranges)?,
                (Record::Data { off, bytes }, Some(part)) => {
                    let end = off.checked_add(bytes.len() as u64);
                    if end.is_none_or(|end| end > tx.size(part).unwrap_or(0)) {
                        return Err(bad("data lies past the end of an object"));
                    }
                    self.totals.bytes += bytes.len() as u64;
                    self.held += bytes.len();
                    tx.write(part, off, &bytes)?;
                }
                (Record::Attr { name, value }, Some(part)) => {
                    self.totals.attrs += 1;
                    self.held += name.len() + value.len();
                    tx.set_attr(part, name, value)?;
                }
                (Record::Omap(entries), Some(part)) => {
                    self.totals.omap_keys += entries.len() as u64;
                    for (key, value) in entries {
                        self.held += key.len() + value.len();
                        tx.omap_set(part, key, value)?;
                    }
                }
                (Record::ObjectEnd, Some(_)) => return self.commit(tx),
                _ => return Err(bad("a record is out of place")),
            }
            if self.held >= BATCH {
                self.commit(tx)?;
                tx = self.engine.begin(object)?;
            }
        }
    }

    /// Durable by the flush at the end.
    fn commit(&mut self, tx: Box<dyn Tx + '_>) -> Result<()> {
        self.held = 0;
        let (send, receive) = mpsc::sync_channel(1);
        tx.commit(Durability::Relaxed, Wait::Inline, Box::new(move |result| _ = send.send(result)));
        Ok(receive.recv().unwrap_or(Err(Errno::ESHUTDOWN))?)
    }

    /// The part, which is empty so far, gets the blocks that it shares with the part before it.
    fn share(&mut self, tx: &mut dyn Tx, part: Part, ranges: &[(u64, u64)]) -> Result<()> {
        let before = tx.parts().into_iter().rfind(|&other| other < part);
        let before = before.ok_or_else(|| bad("a first part refers to one before it"))?;
        let (size, info, header) = (tx.size(part)?, tx.info(part)?.clone(), tx.omap_header(part)?);
        tx.clone_part(before, part)?;
        let had = tx.size(part)?;
        let mut at = 0;
        for &(off, len) in ranges {
            let end = off.checked_add(len).filter(|&end| off >= at && end > off);
            let end = end.ok_or_else(|| bad("shared ranges are out of order"))?;
            tx.zero(part, at, off - at)?;
            at = end;
        }
        if at < had {
            // What a cut drops, a cut drops wholly.
            tx.truncate(part, at)?;
        }
        tx.truncate(part, size)?;
        for (name, _) in tx.attrs(part)? {
            tx.remove_attr(part, &name)?;
        }
        tx.omap_remove_range(part, &[], None)?;
        tx.set_omap_header(part, header)?;
        tx.set_info(part, info)?;
        Ok(())
    }
}
