//! Snapshots of images of format 1, which stand in the header's data:
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 80 | texts and options, kept as they are |
//! | 80 | 8 | image size |
//! | 88 | 8 | newest snapshot id |
//! | 96 | 4 | number of snapshots, n |
//! | 100 | 4 | reserved |
//! | 104 | 8 | length of the names |
//! | 112 | 16 n | per snapshot, newest first: id, image size |
//! | 112 + 16 n | | their names, each with a NUL behind it |

use bytes::{Bytes, BytesMut};
use denc::{Encode, Reader};
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rbd::client::{OldSnapshot, OldSnapshots};
use crate::rows;

/// Bytes in front of the image size.
const PREAMBLE: usize = 80;
const HEAD: usize = 112;

pub struct Header {
    preamble: Bytes,
    image_size: u64,
    seq: u64,
    reserved: u32,
    pub snapshots: Vec<OldSnapshot>,
}

/// `-EINVAL` where the object is no such header, or ends before its snapshots do.
pub fn read(ctx: &dyn ObjectContext) -> Result<Header> {
    let data = ctx.read(0, 0)?;
    if data.len() < HEAD {
        return Err(Errno::EINVAL);
    }
    parse(Reader::new(data)).map_err(|_| Errno::EINVAL)
}

fn parse(mut from: Reader) -> denc::Result<Header> {
    let preamble = from.take(PREAMBLE)?;
    let (image_size, seq, count, reserved, names_len): (u64, u64, u32, u32, u64) = from.get()?;
    let mut snapshots = Vec::new();
    for _ in 0..count {
        let (id, image_size) = from.get()?;
        snapshots.push(OldSnapshot { id, image_size, name: Bytes::new() });
    }
    let names = from.take(usize::try_from(names_len).unwrap_or(usize::MAX))?;
    let mut names = names.split(|&byte| byte == 0).map(|name| names.slice_ref(name));
    for snapshot in &mut snapshots {
        snapshot.name = names.next().ok_or(denc::DecodeError::Malformed("snapshot names"))?;
    }
    Ok(Header { preamble, image_size, seq, reserved, snapshots })
}

fn write(ctx: &mut dyn ObjectContext, header: &Header) -> Result<()> {
    let names_len: usize = header.snapshots.iter().map(|snapshot| snapshot.name.len() + 1).sum();
    let mut out = BytesMut::with_capacity(HEAD + 16 * header.snapshots.len() + names_len);
    out.extend_from_slice(&header.preamble);
    let count = header.snapshots.len() as u32;
    (header.image_size, header.seq, count, header.reserved, names_len as u64).encode(&mut out);
    for snapshot in &header.snapshots {
        (snapshot.id, snapshot.image_size).encode(&mut out);
    }
    for snapshot in &header.snapshots {
        out.extend_from_slice(&snapshot.name);
        out.extend_from_slice(&[0]);
    }
    ctx.write_full(&out.freeze())
}

/// Names end at a NUL.
fn c_string(name: &Bytes) -> Bytes {
    name.split(|&byte| byte == 0).next().map(|text| name.slice_ref(text)).unwrap_or_default()
}

pub fn list(ctx: &dyn ObjectContext, (): ()) -> Result<OldSnapshots> {
    let Header { seq, snapshots, .. } = read(ctx)?;
    Ok(OldSnapshots { seq, snapshots })
}

pub fn add(ctx: &mut dyn ObjectContext, (name, id): (Bytes, u64)) -> Result<()> {
    let mut header = read(ctx)?;
    let name = c_string(&name);
    if header.seq > id {
        return Err(Errno::ESTALE);
    }
    let limit = rows::find::<u64>(ctx, b"snap_limit")?.unwrap_or(u64::MAX);
    if header.snapshots.len() as u64 >= limit {
        return Err(Errno::EDQUOT);
    }
    if header.snapshots.iter().any(|snapshot| snapshot.name == name) {
        return Err(Errno::EEXIST);
    }
    header.snapshots.insert(0, OldSnapshot { id, image_size: header.image_size, name });
    header.seq = id;
    write(ctx, &header)
}

pub fn remove(ctx: &mut dyn ObjectContext, name: Bytes) -> Result<()> {
    let mut header = read(ctx)?;
    let name = c_string(&name);
    let at = header.snapshots.iter().position(|snapshot| snapshot.name == name).ok_or(Errno::ENOENT)?;
    header.snapshots.remove(at);
    write(ctx, &header)
}

pub fn rename(ctx: &mut dyn ObjectContext, (id, name): (u64, Bytes)) -> Result<()> {
    let mut header = read(ctx)?;
    let name = c_string(&name);
    if header.snapshots.iter().any(|snapshot| snapshot.name == name) {
        return Err(Errno::EEXIST);
    }
    let found = header.snapshots.iter_mut().find(|snapshot| snapshot.id == id).ok_or(Errno::ENOENT)?;
    found.name = name;
    write(ctx, &header)
}
