//! Doors for the fuzz targets (`fuzz/`). Each takes bytes as a disk may hand them out, and panics where what must hold
//! does not. Checksums are made right first: behind them begins what a decoder has to stand.
#![allow(missing_docs)]

mod memory;
mod store;

use std::sync::Arc;

use bytes::Bytes;
use ops::Errno;

pub use memory::Memory;
pub use store::{sample, specimens, store};

use crate::BLOCK;
use crate::format::{self, Format};
use crate::frame::{HEAD, Head};
use crate::log::{self, Position};
use crate::medium::Medium;
use crate::record::{self, Record};
use crate::recover::{self, Scan};
use crate::rows;

const SEED: u32 = 0x5e91_01a0;
const SEGMENT: u64 = 32 << 10;

pub fn frame_head(bytes: &[u8]) {
    let mut head = [0; HEAD];
    let len = bytes.len().min(HEAD - 4);
    head[..len].copy_from_slice(&bytes[..len]);
    let id = crc32c::crc32c_append(SEED, &head[..HEAD - 4]);
    head[HEAD - 4..].copy_from_slice(&id.to_le_bytes());
    if let Some((found, found_id)) = Head::decode(&head, SEED) {
        assert_eq!(found_id, id);
        let (again, _) = found.encode(SEED);
        assert_eq!(Head::decode(&again, SEED).map(|(head, _)| head), Some(found));
        assert!(found.total() >= found.lead() && found.lead() >= BLOCK as u64);
    }
}

pub fn record(bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    if let Ok(found) = record::decode(bytes.clone()) {
        let again = match &found {
            Record::Object(object, changes) => record::encode_object(object, changes),
            Record::Meta(changes) => record::encode_meta(changes),
        };
        assert_eq!(again, bytes, "{found:?}");
    }
}

/// A commit: two bytes of length, so many bytes of meta, and the payload.
pub fn commit(bytes: &[u8]) {
    let Some((len, rest)) = bytes.split_first_chunk::<2>() else { return };
    let (meta, payload) = rest.split_at(usize::from(u16::from_le_bytes(*len)).min(rest.len()));
    let payload = payload.repeat(BLOCK.div_ceil(payload.len().max(1)));
    let blocks = payload.len() / BLOCK * BLOCK;
    let payload = Bytes::from(payload).slice(..blocks);
    if let Ok(Some(found)) = recover::decode(Bytes::copy_from_slice(meta), payload) {
        let contents: usize = found.iter().flat_map(|one| &one.contents).flatten().map(Bytes::len).sum();
        assert!(contents <= blocks, "{contents} bytes of {blocks}");
    }
}

/// A log of frames: of each, a byte that says how it is, two bytes of length, and so many bytes of meta.
pub fn log(bytes: &[u8]) {
    let medium = Memory::default();
    let Ok(file) = medium.open(log::NAME, true) else { return };
    let (mut rest, mut at, mut frames) = (bytes, Position::default(), 0);
    while let Some((&[manner, a, b], behind)) = rest.split_first_chunk::<3>() {
        let len = usize::from(u16::from_le_bytes([a, b])).min(behind.len());
        let (meta, behind) = behind.split_at(len);
        rest = behind;
        frames += 1;
        if manner & 1 != 0 {
            at.pos = at.pos.next_multiple_of(SEGMENT);
        }
        let meta_crc = crc32c::crc32c_append(SEED, meta) ^ u32::from(manner & 2 != 0);
        let head = Head {
            more: manner & 4 != 0,
            pos: at.pos,
            meta_len: meta.len() as u32,
            payload_blocks: u32::from(manner >> 3 & 3),
            prev: at.chain ^ u32::from(manner & 32 != 0),
            meta_crc,
        };
        if at.pos > 64 * SEGMENT {
            return;
        }
        let (head_bytes, id) = head.encode(SEED);
        let place = if manner & 64 != 0 { at.pos ^ SEGMENT } else { at.pos };
        let _ = file.write(place, &[&head_bytes, meta], true);
        at = Position { pos: at.pos + head.total(), chain: id };
    }
    let _ = file.set_len(at.pos.next_multiple_of(SEGMENT));
    let Ok(scan) = Scan::new(file, SEED, SEGMENT) else { return };
    let mut found = 0;
    let replayed = scan.replay(Position::default(), &mut |_| {
        found += 1;
        Ok(())
    });
    let mut walked = 0;
    let stop = scan.walk(Position::default(), &mut |_, _, _| walked += 1);
    assert!(walked <= frames, "{walked} frames of {frames}");
    if let (Ok((end, count)), Ok(stop)) = (replayed, stop) {
        assert_eq!(count, found);
        assert!(end.pos <= stop.at.pos && stop.at.pos <= at.pos, "{end:?}, {:?} of {at:?}", stop.at);
        assert!(scan.fresh_segment(end.pos) >= end.pos);
    }
}

/// A row's key or value: the first byte says of which kind.
pub fn row(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 5 {
        0 => {
            let Ok(found) = rows::decode_object(bytes) else { return };
            let _ = found.usage();
            let again = rows::encode_object(&found);
            let decoded = rows::decode_object(&again).map(|again| rows::encode_object(&again));
            assert_eq!(decoded, Ok(again));
        }
        1 => {
            let Ok(found) = rows::decode_chunk(bytes) else { return };
            assert_eq!(rows::decode_chunk(&rows::encode_chunk(&found)), Ok(found));
        }
        2 => {
            let Ok(found) = rows::decode_usage(bytes) else { return };
            assert_eq!(bytes.get(..32), Some(&rows::encode_usage(&found)[..]));
        }
        3 => {
            let Ok(found) = rows::object_of_key(bytes) else { return };
            assert_eq!(rows::object_of_key(&rows::object_key(&found)), Ok(found));
        }
        _ => {
            let (key, value) = bytes.split_at(bytes.len().min(8));
            assert_eq!(rows::unseal(key, &rows::seal(key, value.to_vec())), Ok(value));
            let _ = rows::unseal(key, value);
        }
    }
}

pub fn format(bytes: &[u8]) {
    let medium = Memory::default();
    let Ok(file) = medium.open(format::NAME, true) else { return };
    let mut whole = [0; 60];
    let len = bytes.len().min(whole.len());
    whole[..len].copy_from_slice(&bytes[..len]);
    let _ = file.write(0, &[&whole, &crc32c::crc32c(&whole).to_le_bytes()], true);
    match Format::read(&medium) {
        Ok(found) => {
            let again = Memory::default();
            assert_eq!(found.write(&again), Ok(()));
            assert_eq!(Format::read(&again), Ok(found));
        }
        Err(err) => assert!([Errno::EIO, Errno(libc::EPROTONOSUPPORT)].contains(&err), "{err:?}"),
    }
}

fn open_file(medium: &Memory, name: &str) -> Option<Arc<dyn crate::medium::File>> {
    medium.open(name, false).ok()
}

#[cfg(test)]
mod tests {
    /// What the targets found, and what pieces of a real store give.
    #[test]
    fn findings_and_specimens() {
        // The last change of meta records by a transaction that never was: waiting for it never ended.
        super::store(&[0x29, 0x1d, 0x04, 0x1d, 0x00, 0x16]);
        // A hole with a checksum.
        super::row(&[1, 0, 0, 0, 0, 1, 0, 0, 0]);
        for (target, bytes) in super::specimens() {
            match target {
                "frame_head" => super::frame_head(&bytes),
                "record" => super::record(&bytes),
                "commit" => super::commit(&bytes),
                "log" => super::log(&bytes),
                "row" => super::row(&bytes),
                "format" => super::format(&bytes),
                "store" => super::store(&bytes),
                other => panic!("no target {other}"),
            }
        }
    }
}
