//! Pieces of the encoding that several structs share.

use std::collections::BTreeMap;

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Decode, Reader, Result};

/// Names are nearly always UTF-8; one that is not must not cost the map.
pub fn text(from: &mut Reader) -> Result<String> {
    Ok(String::from_utf8_lossy(&from.get::<Bytes>()?).into_owned())
}

pub fn texts(from: &mut Reader) -> Result<BTreeMap<String, String>> {
    let count = from.count(8)?;
    (0..count).map(|_| Ok((text(from)?, text(from)?))).collect()
}

pub fn named_texts(from: &mut Reader) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
    let count = from.count(8)?;
    (0..count).map(|_| Ok((text(from)?, texts(from)?))).collect()
}

pub fn float(from: &mut Reader) -> Result<f32> {
    from.get().map(f32::from_bits)
}

/// Reads a value for its length only.
pub fn skip<T: Decode>(from: &mut Reader) -> Result<()> {
    from.get::<T>().map(|_| ())
}

/// Flags of CRUSH nodes, and of device classes.
pub fn skip_node_flags(version: u8, from: &mut Reader) -> Result<()> {
    if version >= 8 {
        skip::<Vec<(i32, u32)>>(from)?;
    }
    if version >= 9 {
        skip::<Vec<(i32, u32)>>(from)?;
    }
    Ok(())
}

/// The address in memory of its own: a map outlives the message it came in.
pub fn detached(addr: EntityAddr) -> EntityAddr {
    let own = addr.socket_addr().map(|socket| EntityAddr::new(addr.kind, socket, addr.nonce));
    own.filter(|own| *own == addr).unwrap_or(addr)
}

pub fn detached_all(addrs: EntityAddrs) -> EntityAddrs {
    EntityAddrs(addrs.0.into_iter().map(detached).collect())
}

/// A set of up to 128 shards: two words, seven bits a byte, lowest first.
pub fn shard_set(from: &mut Reader) -> Result<u128> {
    let (low, high) = (varint(from)?, varint(from)?);
    Ok(u128::from(high) << 64 | u128::from(low))
}

fn varint(from: &mut Reader) -> Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = from.get::<u8>()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(denc::DecodeError::Malformed("number of variable length"))
}
