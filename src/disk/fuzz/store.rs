//! A whole store whose rows and bytes are changed, and then used.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use ops::{Cursor, Durability, ObjectRef, Result, Timespec, VecSink, Wait};
use redb::{ReadableDatabase, ReadableTable};

use super::{Memory, open_file};
use crate::api::{Engine, HEAD, Info};
use crate::catalog::{self, TABLES};
use crate::format::Format;
use crate::record::{Record, encode_meta, encode_object};
use crate::recover::Scan;
use crate::rows::{seal, unseal};
use crate::sealed::SealedFile;
use crate::{CreateOptions, DiskEngine, OpenOptions, format, log, space};

const FILES: [&str; 4] = [format::NAME, log::NAME, space::NAME, catalog::NAME];
/// As much of a part is read.
const READ: u64 = 1 << 16;

fn options() -> OpenOptions {
    OpenOptions { log_capacity: 1 << 20, reserve: 0, threads: false, ..OpenOptions::default() }
}

fn object(n: u64) -> ObjectRef {
    let mut object = ObjectRef::new(1 + (n % 2) as i64, format!("object {n}"));
    object.nspace = Bytes::from_static(if n.is_multiple_of(3) { b"space" } else { b"" });
    object.key = Bytes::from_static(if n.is_multiple_of(5) { b"k\0ey" } else { b"" });
    object
}

fn fill(engine: &DiskEngine, n: u64) -> Result<()> {
    let mut tx = engine.begin(&object(n))?;
    tx.create(HEAD)?;
    tx.write(HEAD, n * 4096, &Bytes::from(vec![n as u8 + 1; 1000 + n as usize * 3000]))?;
    tx.set_attr(HEAD, Bytes::from(format!("attr{n}")), Bytes::from(vec![1; 20]))?;
    tx.set_omap_header(HEAD, Bytes::from_static(b"header"))?;
    for key in 0..n {
        tx.omap_set(HEAD, Bytes::from(format!("key{key}")), Bytes::from(vec![2; 30]))?;
    }
    let info = Info {
        version: n,
        mtime: Timespec { sec: 7, nsec: 8 },
        alloc_hint: (1, 2, 3),
        snapset: Bytes::new(),
    };
    tx.set_info(HEAD, info)?;
    if n % 2 == 1 {
        tx.clone_part(HEAD, n)?;
        tx.write(HEAD, 0, &Bytes::from_static(b"after the clone"))?;
        tx.zero(HEAD, 4096, 4096)?;
        tx.omap_remove_range(HEAD, b"key1", Some(b"key3"))?;
    }
    tx.commit(Durability::Durable, Wait::Inline, Box::new(|_| {}));
    engine
        .meta_update(vec![(Bytes::from(format!("meta{n}")), (n % 4 != 3).then(|| Bytes::from(vec![3; 10])))])
}

fn make() -> Result<Memory> {
    let medium = Arc::new(Memory::default());
    DiskEngine::create_on(&*medium, CreateOptions { segment: 64 << 10 })?;
    let engine = DiskEngine::open_on(medium.clone(), options())?;
    (0..12).try_for_each(|n| fill(&engine, n))?;
    let mut tx = engine.begin(&object(3))?;
    tx.parts().into_iter().try_for_each(|part| tx.remove(part))?;
    tx.commit(Durability::Durable, Wait::Inline, Box::new(|_| {}));
    engine.checkpoint()?;
    (4..9).try_for_each(|n| fill(&engine, n))?;
    // As after a kill: not all of it is in the checkpoint.
    Ok(medium.copy())
}

/// A store with some of everything, partly in the log only.
pub fn sample() -> &'static Memory {
    static SAMPLE: OnceLock<Memory> = OnceLock::new();
    SAMPLE.get_or_init(|| make().expect("a store in memory"))
}

/// Inputs for the other targets: by target, what of `sample` such a target decodes.
pub fn specimens() -> Vec<(&'static str, Vec<u8>)> {
    let mut found = Vec::new();
    let medium = sample();
    let Ok(format) = Format::read(medium) else { return found };
    if let Some(file) = open_file(medium, format::NAME) {
        let mut bytes = vec![0; 60];
        let _ = file.read(0, &mut bytes);
        found.push(("format", bytes));
    }
    if let Some(file) = open_file(medium, catalog::NAME)
        && let Ok(db) = catalog::open_text(&SealedFile::new(file))
        && let Ok(txn) = db.begin_read()
    {
        for (name, table) in TABLES {
            let Ok(table) = txn.open_table(table) else { continue };
            let Ok(rows) = table.range::<&[u8]>(..) else { continue };
            for (key, value) in rows.flatten() {
                let Ok(value) = unseal(key.value(), value.value()) else { continue };
                let kind = match name {
                    "objects" => {
                        found.push(("row", [&[3], key.value()].concat()));
                        0
                    }
                    "maps" => 1,
                    "usage" => 2,
                    _ => 4,
                };
                found.push(("row", [&[kind], value].concat()));
            }
        }
    }
    let Some(file) = open_file(medium, log::NAME) else { return found };
    let Ok(scan) = Scan::new(file, format.seed(), u64::from(format.segment)) else { return found };
    let mut whole = Vec::new();
    let _ = scan.walk(log::Position::default(), &mut |head, _, records| {
        let (bytes, _) = head.encode(format.seed());
        found.push(("frame_head", bytes.to_vec()));
        let mut meta = (records.len() as u32).to_le_bytes().to_vec();
        for (seq, record) in records {
            let record = match record {
                Record::Object(object, changes) => encode_object(object, changes),
                Record::Meta(changes) => encode_meta(changes),
            };
            meta.extend_from_slice(&seq.to_le_bytes());
            meta.extend_from_slice(&(record.len() as u32).to_le_bytes());
            meta.extend_from_slice(&record);
            found.push(("record", record));
        }
        // No content: its bytes are not in the frame.
        meta.extend_from_slice(&[0; 16]);
        let len = (meta.len() as u16).to_le_bytes();
        found.push(("commit", [&len[..], &meta].concat()));
        whole.push([&[0], &len[..], &meta].concat());
    });
    found.extend(whole.chunks(5).map(|frames| ("log", frames.concat())));
    for n in 0..64_u8 {
        found.push(("store", vec![n, n, 0, n, 0, 1 << (n % 8)]));
    }
    found
}

struct Edit {
    op: u8,
    a: usize,
    b: usize,
    by: u8,
}

fn edits(bytes: &[u8]) -> impl Iterator<Item = Edit> + '_ {
    let word = |a, b| usize::from(u16::from_le_bytes([a, b]));
    bytes.as_chunks::<6>().0.iter().map(move |&[op, a, b, c, d, by]| Edit {
        op,
        a: word(a, b),
        b: word(c, d),
        by,
    })
}

fn edit_rows(medium: &Memory, bytes: &[u8]) -> Option<()> {
    let file = open_file(medium, catalog::NAME)?;
    let db = catalog::open_text(&SealedFile::new(file)).ok()?;
    let txn = db.begin_write().ok()?;
    for Edit { op, a, b, by } in edits(bytes).filter(|edit| edit.op % 8 < 7) {
        let (_, definition) = TABLES.get(a % TABLES.len())?;
        let mut table = txn.open_table(*definition).ok()?;
        let keys: Vec<Vec<u8>> =
            table.range::<&[u8]>(..).ok()?.flatten().map(|(key, _)| key.value().to_vec()).collect();
        let Some(key) = keys.get((a / TABLES.len()).checked_rem(keys.len()).unwrap_or(0)) else { continue };
        let mut value = unseal(key, table.get(&key[..]).ok()??.value()).ok()?.to_vec();
        let len = value.len().max(1);
        match op % 8 {
            0..4 => *value.get_mut(b % len)? ^= by,
            4 => value.truncate(b % len),
            5 => value.extend(std::iter::repeat_n(by, b % 64)),
            _ => {
                table.remove(&key[..]).ok()?;
                continue;
            }
        }
        table.insert(&key[..], &seal(key, value)[..]).ok()?;
    }
    txn.commit().ok()
}

fn look(engine: &DiskEngine, object: &ObjectRef) -> Result<()> {
    let tx = engine.begin(object)?;
    for part in tx.parts() {
        let _ = tx.read(part, 0, READ, &mut VecSink::new(READ as usize));
        let _ = tx.extents(part, 0, u64::MAX);
        let _ = tx.attrs(part);
        let _ = tx.omap_scan(part, std::ops::Bound::Unbounded, &mut |_, _| true);
    }
    Ok(())
}

fn change(engine: &DiskEngine, object: &ObjectRef) -> Result<()> {
    let mut tx = engine.begin(object)?;
    let _ = tx.create(HEAD);
    let _ = tx.write(HEAD, 5000, &Bytes::from_static(&[9; 9000]));
    let _ = tx.clone_part(HEAD, 77);
    let _ = tx.truncate(HEAD, 100);
    let _ = tx.omap_remove_range(HEAD, b"", None);
    if tx.exists(11) {
        let _ = tx.remove(11);
    }
    tx.commit(Durability::Durable, Wait::Inline, Box::new(|_| {}));
    Ok(())
}

/// Changes `sample` as the input says, six bytes a change, and uses it: errors are in order, panics are not.
pub fn store(bytes: &[u8]) {
    let medium = Arc::new(sample().copy());
    edit_rows(&medium, bytes);
    for Edit { a, b, by, .. } in edits(bytes).filter(|edit| edit.op % 8 == 7) {
        medium.flip(FILES[a % 4], (a / 4 * 65536 + b) as u64, by);
    }
    let Ok(engine) = DiskEngine::open_on(medium.clone(), options()) else { return };
    for pool in 1..3 {
        let _ = engine.list(pool, &Cursor::begin(), 5);
    }
    let _ = engine.meta_scan(b"");
    for n in 0..12 {
        let _ = look(&engine, &object(n));
    }
    let _ = engine.audit();
    for n in 0..12 {
        let _ = change(&engine, &object(n));
    }
    let _ = engine.checkpoint();
    let _ = engine.audit();
    let _ = engine.shutdown();
}
