//! Doors for the fuzz targets (`fuzz/`). Each takes bytes as a disk may hand them out, and panics where what must hold
//! does not.
#![allow(missing_docs)]

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use disk::fuzz::Memory;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, Info, OpenOptions, Usage};

use crate::extent_set::ExtentSet;
use crate::offline::import::into;
use crate::offline::stream::{Reader, Record, Totals, Writer, chain};
use crate::pool::PoolRecord;
use crate::snapset::{CloneRecord, SnapSet};

pub fn snapset(bytes: &[u8]) {
    let Ok(mut set) = SnapSet::decode(bytes) else { return };
    assert_eq!(SnapSet::decode(&set.encode()).as_ref(), Ok(&set));
    let snaps: Vec<u64> = set.clones.iter().flat_map(|clone| clone.snaps.clone()).take(8).collect();
    for snap in snaps {
        let _ = set.at(snap);
        let _ = set.forget(|gone| gone == snap);
        assert_eq!(SnapSet::decode(&set.encode()).as_ref(), Ok(&set));
    }
}

pub fn pool_record(bytes: &[u8]) {
    let Ok(mut record) = PoolRecord::decode(bytes) else { return };
    let again =
        record.encode().map(|bytes| (PoolRecord::decode(&bytes).and_then(|again| again.encode()), bytes));
    assert!(again.is_ok_and(|(again, bytes)| again == Ok(bytes)));
    let _ = (record.info(), record.snap_context());
    record.removed.insert(5, 10);
    assert!(record.removed.contains(7));
    record.removed.subtract(6, 3);
    assert!(!record.removed.contains(7));
    let _ = record.trimming.intersection(&record.removed);
}

pub fn stream_record(bytes: &[u8]) {
    let Some((&kind, bytes)) = bytes.split_first() else { return };
    if let Some(record) = Record::decode(kind, Bytes::copy_from_slice(bytes)) {
        let mut again = BytesMut::new();
        assert_eq!((record.encode(&mut again), &again[..]), (kind, bytes), "{record:?}");
    }
}

/// A stream, of each record a byte of kind, two bytes of length and so many bytes; the pool's record comes by itself.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let json = PoolRecord::new(1, "exported", 0).encode().ok()?;
    let mut writer = Writer::new(Vec::new()).ok()?;
    writer.put(&Record::Pool { json, parts: 1, bytes: 1 }).ok()?;
    let mut stream = writer.finish().ok()?;
    let mut crc = u32::from_le_bytes(*stream.last_chunk()?);
    let mut rest = bytes;
    while let Some((&[kind, a, b], behind)) = rest.split_first_chunk::<3>() {
        let len = usize::from(u16::from_le_bytes([a, b])).min(behind.len());
        let (content, behind) = behind.split_at(len);
        rest = behind;
        stream.push(kind);
        stream.extend_from_slice(&(len as u32).to_le_bytes());
        stream.extend_from_slice(content);
        crc = chain(crc, kind, content);
        stream.extend_from_slice(&crc.to_le_bytes());
    }
    Some(stream)
}

/// What an import makes of such a stream is sound: all of it, or nothing.
pub fn import(bytes: &[u8]) {
    let Some(stream) = sealed(bytes) else { return };
    let Ok(mut reader) = Reader::new(&stream[..]) else { panic!("a stream that begins well") };
    let Ok(Record::Pool { json, .. }) = reader.next() else { panic!("a stream that begins with a pool") };
    let Ok(exported) = PoolRecord::decode(&json) else { panic!("a pool's record") };
    let medium = Arc::new(Memory::default());
    let options = OpenOptions { log_capacity: 1 << 20, reserve: 0, threads: false, ..OpenOptions::default() };
    assert_eq!(DiskEngine::create_on(&*medium, CreateOptions { segment: 64 << 10 }), Ok(()));
    let Ok(engine) = DiskEngine::open_on(medium, options) else { panic!("a fresh store") };
    let imported = into(&engine, "imported", exported, &mut reader, &mut |_| {});
    assert_eq!(engine.audit(), Ok(Vec::new()), "{imported:?}");
    if imported.is_err() {
        assert_eq!(engine.usage(None), Usage::default(), "{imported:?}");
    }
}

/// Inputs for these targets.
pub fn specimens() -> Vec<(&'static str, Vec<u8>)> {
    let mut found = Vec::new();
    let clone = |id: u64, ranges: Vec<(u64, u64)>| CloneRecord {
        id,
        size: 1 << 22,
        snaps: vec![id, id - 1],
        overlap: ExtentSet::from_sorted(ranges),
    };
    for clones in
        [vec![], vec![clone(3, vec![(0, 4096)])], vec![clone(3, vec![]), clone(9, vec![(1, 2), (700, 1)])]]
    {
        found.push(("snapset", SnapSet { seq: 9, clones }.encode().to_vec()));
    }
    let mut record = PoolRecord::new(1, "rbd", 0);
    record.removed.insert(3, 4);
    record.applications.entry("rbd".into()).or_default().insert("key".into(), "value".into());
    found.extend(record.encode().map(|json| ("pool_record", json.to_vec())));

    let text = Bytes::from_static;
    let part = |part| Record::Part { part, size: 20000, info: Info::default(), omap_header: text(b"header") };
    let data = |off| Record::Data { off, bytes: Bytes::from(vec![7; 5000]) };
    let records = [
        Record::Object { nspace: text(b"space"), locator: text(b""), name: text(b"name") },
        part(3),
        data(0),
        Record::Attr { name: text(b"name"), value: text(b"value") },
        Record::Omap(vec![(text(b"key1"), text(b"value")), (text(b"key2"), text(b"value"))]),
        part(HEAD),
        Record::Same(vec![(0, 4096)]),
        data(4096),
        Record::ObjectEnd,
        Record::End(Totals { objects: 1, parts: 2, attrs: 1, omap_keys: 2, bytes: 10000 }),
    ];
    let mut whole = Vec::new();
    for record in records {
        let mut bytes = BytesMut::new();
        let kind = record.encode(&mut bytes);
        found.push(("stream_record", [&[kind], &bytes[..]].concat()));
        whole.extend_from_slice(&[&[kind], &(bytes.len() as u16).to_le_bytes()[..], &bytes].concat());
    }
    found.push(("import", whole));
    found
}
