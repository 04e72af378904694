//! Ceph's encoding: little-endian primitives, counted containers and versioned envelopes, as they stand
//! on the wire, in omap values and in object headers.
//!
//! [`Encode`] appends to a `BytesMut`; [`Decode`] reads from a [`Reader`]. Decoders never panic and never
//! allocate more than the input could fill: a count is checked against the bytes that remain. Strings are
//! `Bytes` (Ceph's strings need not be UTF-8) and share the input's memory.

#![forbid(unsafe_code)]

mod codec;
mod collections;
pub mod entity;
mod envelope;
mod error;
mod reader;
mod structs;

pub use bytes::{BufMut, Bytes, BytesMut};
pub use codec::{Decode, Encode, decode, encode};
pub use collections::{Rest, Trailing};
pub use envelope::{Body, envelope};
pub use error::{DecodeError, Result};
pub use reader::Reader;
