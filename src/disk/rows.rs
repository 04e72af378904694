//! The checkpoint's rows: keys in listing order, values with a checksum of their own.

use bytes::Bytes;
use ops::{Errno, ObjectRef, Result};

use crate::Phys;
use crate::api::{Part, Usage};
use crate::codec::{Reader, Writer};
use crate::index::Kinds;
use crate::object::ObjectState;
use crate::part::{CHUNK, Chunk, Entry, PartState};

/// Appends the checksum of key and value.
pub fn seal(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let crc = crc32c::crc32c_append(crc32c::crc32c(key), &value);
    value.extend_from_slice(&crc.to_le_bytes());
    value
}

/// The value without its checksum; `-EIO` where that does not fit.
pub fn unseal<'a>(key: &[u8], row: &'a [u8]) -> Result<&'a [u8]> {
    let (value, crc) = row.split_last_chunk::<4>().ok_or(Errno::EIO)?;
    if crc32c::crc32c_append(crc32c::crc32c(key), value).to_le_bytes() != *crc {
        tracing::error!(target: "store", "a row of the checkpoint is damaged: {}", key.escape_ascii());
        return Err(Errno::EIO);
    }
    Ok(value)
}

/// Escapes zero bytes and ends with two of them, so that encoded strings compare as the strings do.
fn escape(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        out.push(byte);
        if byte == 0 {
            out.push(1);
        }
    }
    out.extend_from_slice(&[0, 0]);
}

fn unescape(rest: &mut &[u8]) -> Result<Bytes> {
    let mut text = Vec::new();
    loop {
        let (&byte, behind) = rest.split_first().ok_or(Errno::EIO)?;
        *rest = behind;
        if byte != 0 {
            text.push(byte);
            continue;
        }
        let (&mark, behind) = rest.split_first().ok_or(Errno::EIO)?;
        *rest = behind;
        match mark {
            0 => return Ok(text.into()),
            1 => text.push(0),
            _ => return Err(Errno::EIO),
        }
    }
}

/// The front of every key of a pool; negative ids sort first.
pub fn pool_prefix(pool: i64) -> [u8; 8] {
    ((pool as u64) ^ (1 << 63)).to_be_bytes()
}

/// Before `cursor`'s first object.
pub fn position_key(pool: i64, hash_reversed: u32, nspace: &[u8], placed: &[u8], name: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(24 + nspace.len() + placed.len() + name.len());
    key.extend_from_slice(&pool_prefix(pool));
    key.extend_from_slice(&hash_reversed.to_be_bytes());
    escape(&mut key, nspace);
    escape(&mut key, placed);
    escape(&mut key, name);
    key
}

pub fn object_key(object: &ObjectRef) -> Bytes {
    let placed = if object.key.is_empty() { &object.name } else { &object.key };
    let hash = object.hash().reverse_bits();
    let mut key = position_key(object.pool, hash, &object.nspace, placed, &object.name);
    key.push(u8::from(!object.key.is_empty()));
    key.into()
}

pub fn object_of_key(key: &[u8]) -> Result<ObjectRef> {
    let (pool, rest) = key.split_first_chunk::<8>().ok_or(Errno::EIO)?;
    let mut rest = rest.get(4..).ok_or(Errno::EIO)?;
    let nspace = unescape(&mut rest)?;
    let placed = unescape(&mut rest)?;
    let name = unescape(&mut rest)?;
    let key = match rest {
        [0] => Bytes::new(),
        [1] => placed,
        _ => return Err(Errno::EIO),
    };
    Ok(ObjectRef { pool: (u64::from_be_bytes(*pool) ^ (1 << 63)) as i64, nspace, name, key })
}

/// An object's row: what it is besides its map and omap.
pub fn encode_object(state: &ObjectState) -> Vec<u8> {
    let mut w = Writer::new();
    w.u64(state.seq);
    w.u64(state.blocks);
    w.u32(state.parts.len() as u32);
    for (&part, state) in &state.parts {
        w.u64(part);
        w.u64(state.id);
        w.u64(state.size);
        w.u64(state.map_rows);
        w.u64(state.omap_rows);
        w.info(&state.info);
        w.bytes(&state.header);
        w.u32(state.attrs.len() as u32);
        for (name, value) in &state.attrs {
            w.bytes(name);
            w.bytes(value);
        }
    }
    w.0
}

pub fn decode_object(value: &[u8]) -> Result<ObjectState> {
    let mut r = Reader(Bytes::copy_from_slice(value));
    let mut state = ObjectState { loaded: true, seq: r.u64()?, blocks: r.u64()?, ..Default::default() };
    if state.blocks > u64::from(Phys::MAX) {
        return Err(Errno::EIO);
    }
    for _ in 0..r.u32()? {
        let part: Part = r.u64()?;
        let mut found = PartState::default();
        found.persisted = true;
        found.id = r.u64()?;
        found.size = r.u64()?;
        found.map_rows = r.u64()?;
        found.omap_rows = r.u64()?;
        found.info = r.info()?;
        found.header = r.bytes()?;
        for _ in 0..r.u32()? {
            found.attrs.insert(r.bytes()?, r.bytes()?);
        }
        state.parts.insert(part, Box::new(found));
    }
    Ok(state)
}

/// Which parts a row tells of, without decoding the rest.
pub fn decode_kinds(value: &[u8]) -> Result<Kinds> {
    let word = |at: usize| value.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied();
    let word = |at: usize| word(at).map(|word| u32::from_le_bytes(word) as usize).ok_or(Errno::EIO);
    let part = |at: usize| value.get(at..).and_then(|rest| rest.first_chunk::<8>()).copied();
    let count = word(16)?;
    let mut at = 20;
    let mut kinds = Kinds::default();
    for left in (0..count).rev() {
        kinds.add(u64::from_le_bytes(part(at).ok_or(Errno::EIO)?));
        if left == 0 {
            break;
        }
        // Ids, size, rows; version, time, hint; then strings, and attributes.
        at += 40 + 36;
        for _ in 0..2 {
            at += 4 + word(at)?;
        }
        let attrs = word(at)?;
        at += 4;
        for _ in 0..attrs * 2 {
            at += 4 + word(at)?;
        }
    }
    Ok(kinds)
}

pub fn chunk_key(part: u64, chunk: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&part.to_be_bytes());
    key[8..].copy_from_slice(&chunk.to_be_bytes());
    key
}

pub fn encode_chunk(chunk: &Chunk) -> Vec<u8> {
    let used = chunk.iter().rposition(|entry| !entry.is_hole()).map_or(0, |last| last + 1);
    let mut value = Vec::with_capacity(used * 8 + 4);
    for entry in &chunk[..used] {
        value.extend_from_slice(&entry.phys.to_le_bytes());
        value.extend_from_slice(&entry.crc.to_le_bytes());
    }
    value
}

pub fn decode_chunk(value: &[u8]) -> Result<Box<Chunk>> {
    let mut chunk = Box::new([Entry::HOLE; CHUNK as usize]);
    let (words, rest) = value.as_chunks::<8>();
    if !rest.is_empty() || words.len() > chunk.len() {
        return Err(Errno::EIO);
    }
    for (entry, word) in chunk.iter_mut().zip(words) {
        let word = u64::from_le_bytes(*word);
        *entry = Entry { phys: word as u32, crc: (word >> 32) as u32 };
        if entry.is_hole() && *entry != Entry::HOLE {
            return Err(Errno::EIO);
        }
    }
    Ok(chunk)
}

pub fn omap_key(part: u64, key: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(8 + key.len());
    row.extend_from_slice(&part.to_be_bytes());
    row.extend_from_slice(key);
    row
}

pub fn encode_usage(usage: &Usage) -> Vec<u8> {
    let mut w = Writer::new();
    w.u64(usage.heads);
    w.u64(usage.clones);
    w.u64(usage.logical);
    w.u64(usage.allocated);
    w.0
}

pub fn decode_usage(value: &[u8]) -> Result<Usage> {
    let mut r = Reader(Bytes::copy_from_slice(value));
    Ok(Usage { heads: r.u64()?, clones: r.u64()?, logical: r.u64()?, allocated: r.u64()? })
}
