//! Options, sequences, maps, sets and tuples. Counts are u32.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Bytes, BytesMut};

use crate::codec::{Decode, Encode};
use crate::error::Result;
use crate::reader::Reader;

/// Memory set aside before the first item was read; more follows as items arrive.
const RESERVE_ITEMS: usize = 256;

fn put_count(count: usize, out: &mut BytesMut) {
    // A value of 4 Gi items or bytes cannot be encoded, and no message may be that large.
    debug_assert!(u32::try_from(count).is_ok());
    (count as u32).encode(out);
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, out: &mut BytesMut) {
        put_count(self.len(), out);
        T::encode_all(self, out);
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self, out: &mut BytesMut) {
        self.as_slice().encode(out);
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut BytesMut) {
        self.as_slice().encode(out);
    }
}

impl<T: Decode> Decode for Vec<T> {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> Result<Vec<T>> {
        let count = from.count(T::MIN)?;
        let mut items = Vec::with_capacity(count.min(RESERVE_ITEMS));
        for _ in 0..count {
            items.push(from.get()?);
        }
        Ok(items)
    }
}

impl<K: Encode, V: Encode> Encode for BTreeMap<K, V> {
    fn encode(&self, out: &mut BytesMut) {
        put_count(self.len(), out);
        for (key, value) in self {
            key.encode(out);
            value.encode(out);
        }
    }
}

impl<K: Decode + Ord, V: Decode> Decode for BTreeMap<K, V> {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> Result<BTreeMap<K, V>> {
        let count = from.count(K::MIN + V::MIN)?;
        (0..count).map(|_| Ok((from.get()?, from.get()?))).collect()
    }
}

impl<T: Encode> Encode for BTreeSet<T> {
    fn encode(&self, out: &mut BytesMut) {
        put_count(self.len(), out);
        for item in self {
            item.encode(out);
        }
    }
}

impl<T: Decode + Ord> Decode for BTreeSet<T> {
    const MIN: usize = 4;

    fn decode(from: &mut Reader) -> Result<BTreeSet<T>> {
        let count = from.count(T::MIN)?;
        (0..count).map(|_| from.get()).collect()
    }
}

/// A byte that says whether the value follows.
impl<T: Encode> Encode for Option<T> {
    fn encode(&self, out: &mut BytesMut) {
        self.is_some().encode(out);
        if let Some(value) = self {
            value.encode(out);
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(from: &mut Reader) -> Result<Option<T>> {
        if from.get()? { from.get().map(Some) } else { Ok(None) }
    }
}

/// A last argument that older callers leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trailing<T>(pub Option<T>);

impl<T: Encode> Encode for Trailing<T> {
    fn encode(&self, out: &mut BytesMut) {
        if let Some(value) = &self.0 {
            value.encode(out);
        }
    }
}

impl<T: Decode> Decode for Trailing<T> {
    const MIN: usize = 0;

    fn decode(from: &mut Reader) -> Result<Trailing<T>> {
        from.get_if_any().map(Trailing)
    }
}

/// All bytes to the end of the input, without a length in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest(pub Bytes);

impl Encode for Rest {
    fn encode(&self, out: &mut BytesMut) {
        out.extend_from_slice(&self.0);
    }
}

impl Decode for Rest {
    const MIN: usize = 0;

    fn decode(from: &mut Reader) -> Result<Rest> {
        Ok(Rest(from.rest()))
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => {$(
        impl<$($name: Encode),+> Encode for ($($name,)+) {
            fn encode(&self, out: &mut BytesMut) {
                $(self.$index.encode(out);)+
            }
        }

        impl<$($name: Decode),+> Decode for ($($name,)+) {
            const MIN: usize = 0 $(+ $name::MIN)+;

            fn decode(from: &mut Reader) -> Result<($($name,)+)> {
                Ok(($(from.get::<$name>()?,)+))
            }
        }
    )*};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
