//! The checkpoint: rows in a redb file, read one object at a time, written one transaction per checkpoint.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use bytes::Bytes;
use ops::{Errno, ObjectRef, Result};
use parking_lot::RwLock;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use crate::Phys;
use crate::api::{Usage, Which};
use crate::codec::{Reader, Writer};
use crate::log::Position;
use crate::medium::File;
use crate::object::ObjectState;
use crate::part::{BlockMap, CHUNK, Chunk, Entry};
use crate::rows::{self, seal, unseal};
use crate::sealed::SealedFile;

pub const NAME: &str = "meta.redb";

pub type Rows = TableDefinition<'static, &'static [u8], &'static [u8]>;
const OBJECTS: Rows = TableDefinition::new("objects");
const MAPS: Rows = TableDefinition::new("maps");
const OMAPS: Rows = TableDefinition::new("omaps");
/// Objects that are gone, while the log may still speak of them.
const GONE: Rows = TableDefinition::new("gone");
const META: Rows = TableDefinition::new("meta");
/// Words of the bitmap of used blocks.
const SPACE: Rows = TableDefinition::new("space");
/// Blocks with more than one reference.
const SHARED: Rows = TableDefinition::new("shared");
const USAGE: Rows = TableDefinition::new("usage");
const STATE: Rows = TableDefinition::new("state");
const STATE_KEY: &[u8] = b"state";
/// Stretches of the data file that the file system has back.
const HOLES_KEY: &[u8] = b"holes";
/// All of them, with their names.
pub const TABLES: [(&str, Rows); 9] = [
    ("state", STATE),
    ("meta", META),
    ("space", SPACE),
    ("shared", SHARED),
    ("usage", USAGE),
    ("gone", GONE),
    ("objects", OBJECTS),
    ("maps", MAPS),
    ("omaps", OMAPS),
];

/// Bytes of the bitmap per row: 4096 blocks each.
const SPACE_ROW: usize = 512;
const CACHE: usize = 32 << 20;
/// One write may fail because somebody else's read met with damage; so many do not.
const HOPELESS: u32 = 4;

fn failed(err: redb::Error) -> Errno {
    tracing::error!(target: "store", "checkpoint: {err}");
    match err {
        redb::Error::Io(err) => err.into(),
        _ => Errno::EIO,
    }
}

/// Runs a piece of work on redb: damage it did not expect is `-EIO`, also where it panics.
fn guard<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T> {
    match std::panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Failure::Ours(err))) => Err(err),
        Ok(Err(Failure::Redb(err))) => Err(failed(err)),
        Err(_) => {
            tracing::error!(target: "store", "checkpoint: `{NAME}` is damaged");
            Err(Errno::EIO)
        }
    }
}

/// The same, with the trouble in words.
pub fn guard_text<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, String> {
    match std::panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Failure::Ours(err))) => Err(err.to_string()),
        Ok(Err(Failure::Redb(err))) => Err(err.to_string()),
        Err(_) => Err("redb does not understand it".into()),
    }
}

pub enum Failure {
    Redb(redb::Error),
    Ours(Errno),
}

impl From<Errno> for Failure {
    fn from(err: Errno) -> Failure {
        Failure::Ours(err)
    }
}

macro_rules! from_redb {
    ($($kind:ident)*) => {
        $(impl From<redb::$kind> for Failure {
            fn from(err: redb::$kind) -> Failure {
                Failure::Redb(err.into())
            }
        })*
    };
}

from_redb! { DatabaseError TransactionError TableError StorageError CommitError SetDurabilityError }

/// Where the replay starts, and the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub at: Position,
    pub next_part: u64,
    pub next_seq: u64,
    /// The last transaction that changed a meta record.
    pub meta_seq: u64,
    pub meta_rows: u64,
}

/// One object's part of a checkpoint.
#[derive(Default)]
pub struct ObjectRows {
    pub key: Bytes,
    pub pool: i64,
    pub seq: u64,
    /// `None`: the object is gone.
    pub row: Option<Vec<u8>>,
    pub dead: Vec<u64>,
    pub chunks: Vec<(u64, u64, Option<Box<Chunk>>)>,
    pub omap: Vec<(u64, Bytes, Option<Bytes>)>,
    pub after: Usage,
}

/// All that one checkpoint writes.
#[derive(Default)]
pub struct Batch {
    pub objects: Vec<ObjectRows>,
    pub meta: Option<BTreeMap<Bytes, Bytes>>,
    /// All holes of the data file, where they are others than before: first piece and count of pieces.
    pub holes: Option<Vec<(u32, u32)>>,
    pub state: State,
}

/// What an open finds besides the objects.
#[derive(Default)]
pub struct Loaded {
    pub state: State,
    pub meta: BTreeMap<Bytes, Bytes>,
    pub bits: Vec<u64>,
    pub shared: HashMap<Phys, u32>,
    pub usage: BTreeMap<i64, Usage>,
    pub gone: Vec<(Bytes, u64)>,
    pub holes: Vec<(u32, u32)>,
}

pub struct Catalog {
    db: RwLock<Option<Database>>,
    file: Arc<dyn File>,
    sealed: SealedFile,
    closed: AtomicBool,
    /// How many writes in a row met with damage.
    failures: AtomicU32,
    next_part: AtomicU64,
}

fn word64(row: &[u8]) -> Result<u64> {
    row.first_chunk::<8>().map(|word| u64::from_le_bytes(*word)).ok_or(Errno::EIO)
}

fn word32(row: &[u8]) -> Result<u32> {
    row.first_chunk::<4>().map(|word| u32::from_le_bytes(*word)).ok_or(Errno::EIO)
}

fn build(file: &SealedFile) -> Result<Database, Failure> {
    Ok(Database::builder().set_cache_size(CACHE).create_with_backend(file.clone())?)
}

fn open(file: &SealedFile) -> Result<Database> {
    guard(|| build(file))
}

pub fn open_text(file: &SealedFile) -> Result<Database, String> {
    guard_text(|| build(file))
}

impl Catalog {
    pub fn create(file: Arc<dyn File>) -> Result<()> {
        let catalog = Catalog::over(file)?;
        catalog.write(&Batch {
            state: State { next_part: 1, next_seq: 1, ..State::default() },
            ..Batch::default()
        })?;
        catalog.close();
        Ok(())
    }

    fn over(file: Arc<dyn File>) -> Result<Catalog> {
        let sealed = SealedFile::new(file.clone());
        let db = RwLock::new(Some(open(&sealed)?));
        Ok(Catalog {
            db,
            file,
            sealed,
            closed: AtomicBool::new(false),
            failures: AtomicU32::new(0),
            next_part: AtomicU64::new(1),
        })
    }

    pub fn open(file: Arc<dyn File>) -> Result<(Catalog, Loaded)> {
        if file.is_empty()? {
            tracing::error!(target: "store", "`{NAME}` is empty");
            return Err(Errno::EIO);
        }
        let catalog = Catalog::over(file)?;
        let loaded = catalog.load()?;
        catalog.next_part.store(loaded.state.next_part, Ordering::Relaxed);
        Ok((catalog, loaded))
    }

    /// Later calls answer `-ESHUTDOWN`.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let db = self.db.write().take();
        let _ = guard(|| {
            drop(db);
            Ok(())
        });
    }

    /// After a read or write that failed redb wants to be opened anew.
    fn reopen(&self) -> Result<()> {
        let mut db = self.db.write();
        if self.closed.load(Ordering::Acquire) {
            return Err(Errno::ESHUTDOWN);
        }
        let old = db.take();
        let _ = guard(|| {
            drop(old);
            Ok(())
        });
        // What was not synced counts for nothing, neither pages nor their checksums.
        self.sealed.forget();
        *db = Some(open(&self.sealed)?);
        Ok(())
    }

    /// A sync has failed: which checkpoint the disk has, nobody knows.
    pub fn unsure(&self) -> bool {
        self.sealed.unsure()
    }

    /// Writes meet with damage again and again: what is in the log only can never be checkpointed.
    pub fn beyond_repair(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= HOPELESS
    }

    pub fn file_len(&self) -> Result<u64> {
        self.file.len()
    }

    /// A number that names a part's rows.
    pub fn next_part(&self) -> u64 {
        self.next_part.fetch_add(1, Ordering::Relaxed)
    }

    pub fn peek_part(&self) -> u64 {
        self.next_part.load(Ordering::Relaxed)
    }

    fn gone(&self) -> Errno {
        if self.closed.load(Ordering::Acquire) { Errno::ESHUTDOWN } else { Errno::EIO }
    }

    fn read<T>(&self, work: impl FnOnce(&redb::ReadTransaction) -> Result<T, Failure>) -> Result<T> {
        let result = {
            let db = self.db.read();
            let db = db.as_ref().ok_or_else(|| self.gone())?;
            guard(|| work(&db.begin_read()?))
        };
        // A damaged page is one object's trouble; redb would refuse all the others too.
        if result.is_err() && self.sealed.take_failed() {
            self.reopen()?;
        }
        result
    }

    fn load(&self) -> Result<Loaded> {
        self.read(|txn| {
            let mut loaded = Loaded::default();
            let states = txn.open_table(STATE)?;
            let row = states.get(STATE_KEY)?.ok_or(Errno::EIO)?;
            let mut r = Reader(Bytes::copy_from_slice(unseal(STATE_KEY, row.value())?));
            loaded.state = State {
                at: Position { pos: r.u64()?, chain: r.u32()? },
                next_part: r.u64()?,
                next_seq: r.u64()?,
                meta_seq: r.u64()?,
                meta_rows: r.u64()?,
            };
            if let Some(row) = states.get(HOLES_KEY)? {
                let mut r = Reader(Bytes::copy_from_slice(unseal(HOLES_KEY, row.value())?));
                while !r.0.is_empty() {
                    loaded.holes.push((r.u32()?, r.u32()?));
                }
            }
            for row in txn.open_table(META)?.range::<&[u8]>(..)? {
                let (key, row) = row?;
                let value = unseal(key.value(), row.value())?;
                loaded.meta.insert(Bytes::copy_from_slice(key.value()), Bytes::copy_from_slice(value));
            }
            if loaded.meta.len() as u64 != loaded.state.meta_rows {
                tracing::error!(target: "store", "`{NAME}`: meta records are missing");
                return Err(Errno::EIO.into());
            }
            for row in txn.open_table(SPACE)?.range::<&[u8]>(..)? {
                let (key, row) = row?;
                let value = unseal(key.value(), row.value())?;
                let at =
                    key.value().first_chunk::<8>().map(|at| u64::from_be_bytes(*at)).ok_or(Errno::EIO)?;
                let first = at as usize * (SPACE_ROW / 8);
                if value.len() != SPACE_ROW || at >= 1 << 20 {
                    return Err(Errno::EIO.into());
                }
                loaded.bits.resize(loaded.bits.len().max(first + SPACE_ROW / 8), 0);
                for (word, bytes) in loaded.bits[first..].iter_mut().zip(value.as_chunks::<8>().0) {
                    *word = u64::from_le_bytes(*bytes);
                }
            }
            for row in txn.open_table(SHARED)?.range::<&[u8]>(..)? {
                let (key, row) = row?;
                let phys = word32(key.value())?;
                let count = word32(unseal(key.value(), row.value())?)?;
                if count < 2 {
                    return Err(Errno::EIO.into());
                }
                loaded.shared.insert(phys, count);
            }
            for row in txn.open_table(USAGE)?.range::<&[u8]>(..)? {
                let (key, row) = row?;
                let pool = word64(key.value())? as i64;
                loaded.usage.insert(pool, rows::decode_usage(unseal(key.value(), row.value())?)?);
            }
            for row in txn.open_table(GONE)?.range::<&[u8]>(..)? {
                let (key, row) = row?;
                let seq = word64(unseal(key.value(), row.value())?)?;
                loaded.gone.push((Bytes::copy_from_slice(key.value()), seq));
            }
            Ok(loaded)
        })
    }

    pub fn load_object(&self, key: &[u8]) -> Result<Option<ObjectState>> {
        self.read(|txn| {
            let row = txn.open_table(OBJECTS)?.get(key)?;
            row.map(|row| Ok(rows::decode_object(unseal(key, row.value())?)?)).transpose()
        })
    }

    /// `expected`: how many rows there must be.
    pub fn load_map(&self, part: u64, expected: u64) -> Result<BlockMap> {
        let mut map = BlockMap::default();
        if expected == 0 {
            return Ok(map);
        }
        let (from, to) = (rows::chunk_key(part, 0), rows::chunk_key(part, u64::MAX));
        self.read(|txn| {
            for row in txn.open_table(MAPS)?.range::<&[u8]>(&from[..]..=&to[..])? {
                let (key, row) = row?;
                let key = key.value();
                let chunk = key.last_chunk::<8>().map(|at| u64::from_be_bytes(*at)).ok_or(Errno::EIO)?;
                map.chunks.insert(chunk, rows::decode_chunk(unseal(key, row.value())?)?);
            }
            Ok(())
        })?;
        if map.chunks.len() as u64 != expected {
            tracing::error!(target: "store", "`{NAME}`: {} of {expected} rows of a block map", map.chunks.len());
            return Err(Errno::EIO);
        }
        Ok(map)
    }

    pub fn load_omap(&self, part: u64, expected: u64) -> Result<BTreeMap<Bytes, Bytes>> {
        let mut omap = BTreeMap::new();
        if expected == 0 {
            return Ok(omap);
        }
        let (from, to) = (part.to_be_bytes(), (part + 1).to_be_bytes());
        self.read(|txn| {
            for row in txn.open_table(OMAPS)?.range::<&[u8]>(&from[..]..&to[..])? {
                let (key, row) = row?;
                let value = Bytes::copy_from_slice(unseal(key.value(), row.value())?);
                omap.insert(Bytes::copy_from_slice(key.value().get(8..).ok_or(Errno::EIO)?), value);
            }
            Ok(())
        })?;
        if omap.len() as u64 != expected {
            tracing::error!(target: "store", "`{NAME}`: {} of {expected} omap rows", omap.len());
            return Err(Errno::EIO);
        }
        Ok(omap)
    }

    /// Objects with keys from `from` on, with `prefix`, at most `max`; each with its key.
    pub fn list(
        &self,
        prefix: &[u8],
        from: &[u8],
        max: usize,
        which: Which,
    ) -> Result<Vec<(Bytes, ObjectRef)>> {
        self.read(|txn| {
            let mut found = Vec::new();
            for row in txn.open_table(OBJECTS)?.range::<&[u8]>((Bound::Included(from), Bound::Unbounded))? {
                let (key, row) = row?;
                if !key.value().starts_with(prefix) || found.len() == max {
                    break;
                }
                if !rows::decode_kinds(unseal(key.value(), row.value())?)?.is(which) {
                    continue;
                }
                found.push((Bytes::copy_from_slice(key.value()), rows::object_of_key(key.value())?));
            }
            Ok(found)
        })
    }

    /// The ids that rows of block maps or omaps go by, ascending, each once.
    pub fn row_ids(&self, omaps: bool, each: &mut dyn FnMut(u64)) -> Result<()> {
        self.read(|txn| {
            let table = txn.open_table(if omaps { OMAPS } else { MAPS })?;
            let mut from = 0_u64;
            while let Some(row) = table.range::<&[u8]>(&from.to_be_bytes()[..]..)?.next() {
                let id = row?.0.value().first_chunk::<8>().map_or(0, |id| u64::from_be_bytes(*id));
                each(id);
                let Some(next) = id.checked_add(1) else { break };
                from = next;
            }
            Ok(())
        })
    }

    /// Writes one checkpoint: all of it or nothing, durable on return.
    pub fn write(&self, batch: &Batch) -> Result<()> {
        let result = {
            let db = self.db.read();
            let db = db.as_ref().ok_or_else(|| self.gone())?;
            guard(|| {
                let mut txn = db.begin_write()?;
                txn.set_quick_repair(true);
                write(&txn, batch)?;
                Ok(txn.commit()?)
            })
        };
        if result.is_err() {
            if self.sealed.take_failed() {
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
            self.reopen()?;
        } else {
            self.failures.store(0, Ordering::Relaxed);
        }
        result
    }
}

fn remove_range(
    table: &mut redb::Table<'_, &'static [u8], &'static [u8]>,
    part: u64,
) -> Result<Vec<Vec<u8>>, Failure> {
    let (from, to) = (part.to_be_bytes(), (part + 1).to_be_bytes());
    let mut values = Vec::new();
    let range = (Bound::Included(&from[..]), Bound::Excluded(&to[..]));
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for row in table.range::<&[u8]>(range)? {
        let (key, row) = row?;
        values.push(unseal(key.value(), row.value())?.to_vec());
        keys.push(key.value().to_vec());
    }
    for key in keys {
        table.remove(&key[..])?;
    }
    Ok(values)
}

fn write(txn: &redb::WriteTransaction, batch: &Batch) -> Result<(), Failure> {
    let mut objects = txn.open_table(OBJECTS)?;
    let mut maps = txn.open_table(MAPS)?;
    let mut omaps = txn.open_table(OMAPS)?;
    let mut gone = txn.open_table(GONE)?;
    let stale: Vec<Vec<u8>> =
        gone.range::<&[u8]>(..)?.map(|row| Ok(row?.0.value().to_vec())).collect::<Result<_, Failure>>()?;
    for key in stale {
        gone.remove(&key[..])?;
    }
    // References of the rows to physical blocks, as this transaction changes them.
    let mut references: HashMap<Phys, i64> = HashMap::new();
    let mut usage: HashMap<i64, (Usage, Usage)> = HashMap::new();
    for object in &batch.objects {
        let old = match &object.row {
            Some(row) => objects.insert(&object.key[..], &seal(&object.key, row.clone())[..])?,
            None => {
                let seq = object.seq.to_le_bytes().to_vec();
                gone.insert(&object.key[..], &seal(&object.key, seq)[..])?;
                objects.remove(&object.key[..])?
            }
        };
        // What is counted so far is told by the row, not by memory: a checkpoint may be written twice.
        let before = match old {
            Some(old) => rows::decode_object(unseal(&object.key, old.value())?)?.usage(),
            None => Usage::default(),
        };
        for &part in &object.dead {
            for old in remove_range(&mut maps, part)? {
                rows::decode_chunk(&old)?.iter().for_each(|entry| count(&mut references, entry, -1));
            }
            remove_range(&mut omaps, part)?;
        }
        for (part, at, chunk) in &object.chunks {
            let key = rows::chunk_key(*part, *at);
            let old = match chunk {
                Some(chunk) => maps.insert(&key[..], &seal(&key, rows::encode_chunk(chunk))[..])?,
                None => maps.remove(&key[..])?,
            };
            let old = match old {
                Some(old) => rows::decode_chunk(unseal(&key, old.value())?)?,
                None => Box::new([Entry::HOLE; CHUNK as usize]),
            };
            let new = chunk.as_deref().unwrap_or(&[Entry::HOLE; CHUNK as usize]);
            // Most blocks stay where they are.
            for (old, new) in old.iter().zip(new).filter(|(old, new)| old.phys != new.phys) {
                count(&mut references, old, -1);
                count(&mut references, new, 1);
            }
        }
        for (part, key, value) in &object.omap {
            let key = rows::omap_key(*part, key);
            match value {
                Some(value) => omaps.insert(&key[..], &seal(&key, value.to_vec())[..])?,
                None => omaps.remove(&key[..])?,
            };
        }
        let sums = usage.entry(object.pool).or_default();
        add(&mut sums.0, &before);
        add(&mut sums.1, &object.after);
    }
    write_space(txn, references)?;
    let mut usages = txn.open_table(USAGE)?;
    for (pool, (before, after)) in usage {
        let key = (pool as u64).to_le_bytes();
        let mut sum = match usages.get(&key[..])? {
            Some(row) => rows::decode_usage(unseal(&key, row.value())?)?,
            None => Usage::default(),
        };
        add(&mut sum, &after);
        sub(&mut sum, &before);
        if sum == Usage::default() {
            usages.remove(&key[..])?;
        } else {
            usages.insert(&key[..], &seal(&key, rows::encode_usage(&sum))[..])?;
        }
    }
    let mut meta = txn.open_table(META)?;
    if let Some(records) = &batch.meta {
        let old: Vec<Vec<u8>> = meta
            .range::<&[u8]>(..)?
            .map(|row| Ok(row?.0.value().to_vec()))
            .collect::<Result<_, Failure>>()?;
        for key in old.iter().filter(|key| !records.contains_key(&key[..])) {
            meta.remove(&key[..])?;
        }
        for (key, value) in records {
            meta.insert(&key[..], &seal(key, value.to_vec())[..])?;
        }
    }
    let state = &batch.state;
    let mut w = Writer::new();
    w.u64(state.at.pos);
    w.u32(state.at.chain);
    w.u64(state.next_part);
    w.u64(state.next_seq);
    w.u64(state.meta_seq);
    w.u64(state.meta_rows);
    let mut states = txn.open_table(STATE)?;
    states.insert(STATE_KEY, &seal(STATE_KEY, w.0)[..])?;
    if let Some(holes) = &batch.holes {
        let mut w = Writer::new();
        for (first, count) in holes {
            w.u32(*first);
            w.u32(*count);
        }
        states.insert(HOLES_KEY, &seal(HOLES_KEY, w.0)[..])?;
    }
    Ok(())
}

fn count(references: &mut HashMap<Phys, i64>, entry: &Entry, by: i64) {
    if !entry.is_hole() {
        *references.entry(entry.phys).or_default() += by;
    }
}

pub fn add(sum: &mut Usage, by: &Usage) {
    sum.heads = sum.heads.wrapping_add(by.heads);
    sum.clones = sum.clones.wrapping_add(by.clones);
    sum.logical = sum.logical.wrapping_add(by.logical);
    sum.allocated = sum.allocated.wrapping_add(by.allocated);
}

pub fn sub(sum: &mut Usage, by: &Usage) {
    sum.heads = sum.heads.wrapping_sub(by.heads);
    sum.clones = sum.clones.wrapping_sub(by.clones);
    sum.logical = sum.logical.wrapping_sub(by.logical);
    sum.allocated = sum.allocated.wrapping_sub(by.allocated);
}

/// Brings the bitmap and the counts of shared blocks up to what the rows now refer to.
fn write_space(txn: &redb::WriteTransaction, references: HashMap<Phys, i64>) -> Result<(), Failure> {
    let mut space = txn.open_table(SPACE)?;
    let mut shared = txn.open_table(SHARED)?;
    let mut changes: Vec<(Phys, i64)> = references.into_iter().filter(|&(_, by)| by != 0).collect();
    changes.sort_unstable();
    let per_row = SPACE_ROW as u32 * 8;
    for group in changes.chunk_by(|a, b| a.0 / per_row == b.0 / per_row) {
        let Some(&(first, _)) = group.first() else { continue };
        let key = u64::from(first / per_row).to_be_bytes();
        let mut bits = match space.get(&key[..])? {
            Some(row) => unseal(&key, row.value())?.to_vec(),
            None => vec![0; SPACE_ROW],
        };
        for &(phys, by) in group {
            let (byte, mask) = ((phys % per_row / 8) as usize, 1 << (phys % 8));
            let bit = bits.get_mut(byte).ok_or(Errno::EIO)?;
            let shared_key = phys.to_le_bytes();
            let had = match shared.get(&shared_key[..])? {
                Some(row) => i64::from(word32(unseal(&shared_key, row.value())?)?),
                None => i64::from(*bit & mask != 0),
            };
            let has = had + by;
            if has < 0 {
                tracing::error!(target: "store", "`{NAME}`: block {phys} has {has} references");
                return Err(Errno::EIO.into());
            }
            *bit = if has > 0 { *bit | mask } else { *bit & !mask };
            if has > 1 {
                shared
                    .insert(&shared_key[..], &seal(&shared_key, (has as u32).to_le_bytes().to_vec())[..])?;
            } else if had > 1 {
                shared.remove(&shared_key[..])?;
            }
        }
        if bits.iter().all(|&byte| byte == 0) {
            space.remove(&key[..])?;
        } else {
            space.insert(&key[..], &seal(&key, bits)[..])?;
        }
    }
    Ok(())
}
