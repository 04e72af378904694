//! The two traits, and numbers, strings and times.

use bytes::{BufMut, Bytes, BytesMut};
use ops::Timespec;

use crate::error::{DecodeError, Result};
use crate::reader::Reader;

pub trait Encode {
    fn encode(&self, out: &mut BytesMut);

    /// Appends `items` one after the other, without a count.
    fn encode_all(items: &[Self], out: &mut BytesMut)
    where
        Self: Sized,
    {
        for item in items {
            item.encode(out);
        }
    }
}

pub trait Decode: Sized {
    /// The fewest bytes a value takes.
    const MIN: usize = 1;

    fn decode(from: &mut Reader) -> Result<Self>;
}

/// The encoding of `value` in memory of its own.
pub fn encode<T: Encode + ?Sized>(value: &T) -> Bytes {
    let mut out = BytesMut::new();
    value.encode(&mut out);
    out.freeze()
}

/// A value from the front of `input`. Bytes behind it are ignored, as Ceph's decoders do.
pub fn decode<T: Decode>(input: &Bytes) -> Result<T> {
    T::decode(&mut Reader::new(input.clone()))
}

macro_rules! numbers {
    ($($type:ident)*) => {$(
        impl Encode for $type {
            fn encode(&self, out: &mut BytesMut) {
                out.put_slice(&self.to_le_bytes());
            }
        }

        impl Decode for $type {
            const MIN: usize = size_of::<$type>();

            fn decode(from: &mut Reader) -> Result<$type> {
                from.array().map($type::from_le_bytes)
            }
        }
    )*};
}

numbers! { u16 u32 u64 i8 i16 i32 i64 }

impl Encode for u8 {
    fn encode(&self, out: &mut BytesMut) {
        out.put_u8(*self);
    }

    fn encode_all(items: &[u8], out: &mut BytesMut) {
        out.put_slice(items);
    }
}

impl Decode for u8 {
    fn decode(from: &mut Reader) -> Result<u8> {
        from.array().map(|[byte]| byte)
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut BytesMut) {
        out.put_u8(u8::from(*self));
    }
}

/// Anything but 0 is true.
impl Decode for bool {
    fn decode(from: &mut Reader) -> Result<bool> {
        Ok(from.get::<u8>()? != 0)
    }
}

impl Encode for () {
    fn encode(&self, _: &mut BytesMut) {}
}

impl Decode for () {
    const MIN: usize = 0;

    fn decode(_: &mut Reader) -> Result<()> {
        Ok(())
    }
}

impl Encode for Bytes {
    fn encode(&self, out: &mut BytesMut) {
        self.as_ref().encode(out);
    }
}

/// A u32 length, then the bytes.
impl Decode for Bytes {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> Result<Bytes> {
        let len = from.count(1)?;
        from.take(len)
    }
}

impl Encode for str {
    fn encode(&self, out: &mut BytesMut) {
        self.as_bytes().encode(out);
    }
}

impl Encode for String {
    fn encode(&self, out: &mut BytesMut) {
        self.as_bytes().encode(out);
    }
}

impl Decode for String {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> Result<String> {
        String::from_utf8(from.get::<Bytes>()?.into()).map_err(|_| DecodeError::Malformed("UTF-8 string"))
    }
}

/// `utime_t`: u32 seconds, u32 nanoseconds.
impl Encode for Timespec {
    fn encode(&self, out: &mut BytesMut) {
        self.sec.encode(out);
        self.nsec.encode(out);
    }
}

impl Decode for Timespec {
    const MIN: usize = 8;

    fn decode(from: &mut Reader) -> Result<Timespec> {
        Ok(Timespec { sec: from.get()?, nsec: from.get()? })
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, out: &mut BytesMut) {
        (**self).encode(out);
    }
}
