//! `rbd_object_map.ID` and `rbd_object_map.ID.SNAPSHOT`: the data of the object is an encoded map.

use bytes::{Bytes, BytesMut};
use denc::{Encode, Reader};
use ops::{Errno, Result};

use crate::context::ObjectContext;
use crate::rbd::object_map::{self, HEADER_LEN, MAX_OBJECTS, ObjectMap, state};

/// `-ENOENT` for an empty object, `-EINVAL` for one that is no map.
fn read(ctx: &dyn ObjectContext) -> Result<ObjectMap> {
    let (size, _) = ctx.stat()?;
    if size == 0 {
        return Err(Errno::ENOENT);
    }
    decode(&ctx.read(0, size)?)
}

fn decode(data: &Bytes) -> Result<ObjectMap> {
    denc::decode(data).map_err(|err| {
        tracing::error!(target: "store", "object map: {err}");
        Errno::EINVAL
    })
}

fn write(ctx: &mut dyn ObjectContext, map: &ObjectMap) -> Result<()> {
    ctx.write_full(&map.encode_stored())
}

pub fn load(ctx: &dyn ObjectContext, (): ()) -> Result<ObjectMap> {
    read(ctx)
}

pub fn save(ctx: &mut dyn ObjectContext, map: ObjectMap) -> Result<()> {
    write(ctx, &map)
}

pub fn resize(ctx: &mut dyn ObjectContext, (count, default): (u64, u8)) -> Result<()> {
    if count > MAX_OBJECTS {
        return Err(Errno::EINVAL);
    }
    let mut map = match read(ctx) {
        Err(Errno::ENOENT) => ObjectMap::default(),
        other => other?,
    };
    // What is cut off must be gone already.
    if (count..map.len()).any(|object| map.get(object) != default) {
        return Err(Errno::ESTALE);
    }
    map.resize(count, default);
    write(ctx, &map)
}

/// First object, one past the last, their new state, the state they must be in.
type UpdateArguments = (u64, u64, u8, Option<u8>);

/// Reads and writes only the blocks that hold these objects: a map may be 64 MB.
pub fn update(ctx: &mut dyn ObjectContext, (start, end, new, current): UpdateArguments) -> Result<()> {
    ctx.stat()?;
    let header = ctx.read(0, HEADER_LEN as u64)?;
    let (count, _) = object_map::decode_header(&mut Reader::new(header)).map_err(|_| Errno::EINVAL)?;
    if start >= end || end > count {
        return Err(Errno::ERANGE);
    }
    let blocks = object_map::blocks(start..end);
    let total = object_map::data_len(count);
    let (from, to) = (blocks.start * BLOCK, total.min(blocks.end * BLOCK));
    // The footer's length, the header's crc, the count.
    let crcs_at = HEADER_LEN as u64 + total + 12 + 4 * blocks.start;
    let data = ctx.read(HEADER_LEN as u64 + from, to - from)?;
    let crcs = ctx.read(crcs_at, 4 * (blocks.end - blocks.start))?;
    if data.len() as u64 != to - from || block_crcs(&data) != crcs {
        tracing::error!(target: "store", "object map: crc of blocks {blocks:?}");
        return Err(Errno::EINVAL);
    }

    let mut part = ObjectMap::part(data.into());
    let first = blocks.start * BLOCK * 4;
    let mut updated = false;
    for object in start - first..end - first {
        let state = part.get(object);
        let expected = current.is_none_or(|current| {
            state == current || (current == state::EXISTS && state == state::EXISTS_CLEAN)
        });
        if expected && state != new {
            part.set(object, new);
            updated = true;
        }
    }
    if updated {
        ctx.write(HEADER_LEN as u64 + from, &Bytes::copy_from_slice(part.bits()))?;
        ctx.write(crcs_at, &block_crcs(part.bits()))?;
    }
    Ok(())
}

/// Bytes of bits in a block.
const BLOCK: u64 = 4096;

fn block_crcs(bits: &[u8]) -> Bytes {
    let mut crcs = BytesMut::new();
    for block in bits.chunks(BLOCK as usize) {
        object_map::crc(block).encode(&mut crcs);
    }
    crcs.freeze()
}

fn replace(ctx: &mut dyn ObjectContext, mut map: ObjectMap, change: impl Fn(u64, u8) -> u8) -> Result<()> {
    let mut updated = false;
    for object in 0..map.len() {
        let before = map.get(object);
        let after = change(object, before);
        if after != before {
            map.set(object, after);
            updated = true;
        }
    }
    if updated { write(ctx, &map) } else { Ok(()) }
}

/// A snapshot was taken: nothing was written since.
pub fn snap_add(ctx: &mut dyn ObjectContext, (): ()) -> Result<()> {
    let map = read(ctx)?;
    replace(ctx, map, |_, state| if state == state::EXISTS { state::EXISTS_CLEAN } else { state })
}

/// The snapshot with the map `removed` is gone: what was written since the one before it, or lies beyond it,
/// counts as written.
pub fn snap_remove(ctx: &mut dyn ObjectContext, removed: ObjectMap) -> Result<()> {
    let map = read(ctx)?;
    replace(ctx, map, |object, state| {
        let dirty = object >= removed.len() || removed.get(object) == state::EXISTS;
        if state == state::EXISTS_CLEAN && dirty { state::EXISTS } else { state }
    })
}
