//! Versioned structs: a u8 version, a u8 oldest version whose decoder can read it, a u32 length, the body.

use bytes::{BufMut, BytesMut};

use crate::error::{DecodeError, Result};
use crate::reader::Reader;

/// Appends what `body` appends, in an envelope.
pub fn envelope(out: &mut BytesMut, version: u8, compat: u8, body: impl FnOnce(&mut BytesMut)) {
    out.put_u8(version);
    out.put_u8(compat);
    let at = out.len();
    out.put_u32_le(0);
    body(out);
    let len = (out.len() - at - 4) as u32;
    if let Some(slot) = out.get_mut(at..at + 4) {
        slot.copy_from_slice(&len.to_le_bytes());
    }
}

/// An opened envelope.
#[derive(Debug)]
pub struct Body {
    pub version: u8,
    /// The oldest version whose decoder can read this. Some structs changed their layout with it.
    pub compat: u8,
    pub fields: Reader,
}

impl Reader {
    /// Takes an envelope off the input. `known` is the newest version the caller understands; the tail
    /// that newer versions appended may be left unread.
    pub fn open(&mut self, known: u8) -> Result<Body> {
        let (version, compat) = (self.get::<u8>()?, self.get::<u8>()?);
        if compat > known {
            return Err(DecodeError::TooNew { compat, known });
        }
        let len = self.count(1)?;
        Ok(Body { version, compat, fields: Reader::new(self.take(len)?) })
    }

    /// Opens an envelope and reads it with `body`, which gets its version.
    pub fn envelope<T>(&mut self, known: u8, body: impl FnOnce(u8, &mut Reader) -> Result<T>) -> Result<T> {
        let mut opened = self.open(known)?;
        body(opened.version, &mut opened.fields)
    }

    /// The same for a struct whose oldest versions had no compat byte before `compat_since` and no length
    /// before `length_since`.
    pub fn envelope_since<T>(
        &mut self,
        known: u8,
        compat_since: u8,
        length_since: u8,
        body: impl FnOnce(u8, &mut Reader) -> Result<T>,
    ) -> Result<T> {
        let version = self.get::<u8>()?;
        if version >= compat_since {
            let compat = self.get::<u8>()?;
            if compat > known {
                return Err(DecodeError::TooNew { compat, known });
            }
        }
        if version < length_since {
            return body(version, self);
        }
        let len = self.count(1)?;
        body(version, &mut Reader::new(self.take(len)?))
    }
}
