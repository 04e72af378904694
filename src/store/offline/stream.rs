//! The stream of an exported pool: `docs/export-format.md` has it byte by byte.

use std::io::{Read, Write};

use bytes::{BufMut, Bytes, BytesMut};
use disk::Info;
use ops::Timespec;

use super::{Error, Result};

const MAGIC: &[u8; 16] = b"sepiola pool\n\0\0\0";
pub const VERSION: u32 = 1;
/// The most bytes a record may have: an attribute or snap set can be large, data and omap are cut.
const LONGEST: u32 = 256 << 20;

/// What a stream holds, at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    pub objects: u64,
    /// Heads and clones.
    pub parts: u64,
    pub attrs: u64,
    pub omap_keys: u64,
    /// Bytes of data in the stream.
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// First of all: the pool's record as JSON, and how much is to be expected.
    Pool {
        json: Bytes,
        parts: u64,
        bytes: u64,
    },
    Object {
        nspace: Bytes,
        locator: Bytes,
        name: Bytes,
    },
    Part {
        part: u64,
        size: u64,
        info: Info,
        omap_header: Bytes,
    },
    /// Ranges of the part that are those of the part before it.
    Same(Vec<(u64, u64)>),
    Data {
        off: u64,
        bytes: Bytes,
    },
    Attr {
        name: Bytes,
        value: Bytes,
    },
    Omap(Vec<(Bytes, Bytes)>),
    ObjectEnd,
    End(Totals),
}

fn put_string(out: &mut BytesMut, text: &[u8]) {
    out.put_u32_le(text.len() as u32);
    out.extend_from_slice(text);
}

impl Record {
    pub(crate) fn encode(&self, out: &mut BytesMut) -> u8 {
        match self {
            Record::Pool { json, parts, bytes } => {
                put_string(out, json);
                out.put_u64_le(*parts);
                out.put_u64_le(*bytes);
                b'P'
            }
            Record::Object { nspace, locator, name } => {
                [nspace, locator, name].into_iter().for_each(|text| put_string(out, text));
                b'O'
            }
            Record::Part { part, size, info, omap_header } => {
                let (object, write, flags) = info.alloc_hint;
                [*part, *size, info.version].into_iter().for_each(|word| out.put_u64_le(word));
                out.put_u32_le(info.mtime.sec);
                out.put_u32_le(info.mtime.nsec);
                out.put_u64_le(object);
                out.put_u64_le(write);
                out.put_u32_le(flags);
                put_string(out, &info.snapset);
                put_string(out, omap_header);
                b'T'
            }
            Record::Same(ranges) => {
                out.put_u32_le(ranges.len() as u32);
                for (off, len) in ranges {
                    out.put_u64_le(*off);
                    out.put_u64_le(*len);
                }
                b'S'
            }
            Record::Data { off, bytes } => {
                out.put_u64_le(*off);
                out.extend_from_slice(bytes);
                b'D'
            }
            Record::Attr { name, value } => {
                put_string(out, name);
                put_string(out, value);
                b'A'
            }
            Record::Omap(entries) => {
                out.put_u32_le(entries.len() as u32);
                for (key, value) in entries {
                    put_string(out, key);
                    put_string(out, value);
                }
                b'M'
            }
            Record::ObjectEnd => b'E',
            Record::End(totals) => {
                let Totals { objects, parts, attrs, omap_keys, bytes } = *totals;
                [objects, parts, attrs, omap_keys, bytes].into_iter().for_each(|word| out.put_u64_le(word));
                b'Z'
            }
        }
    }

    /// `None` where the bytes are not such a record.
    pub(crate) fn decode(kind: u8, bytes: Bytes) -> Option<Record> {
        let mut input = Input(bytes);
        let record = match kind {
            b'P' => Record::Pool { json: input.string()?, parts: input.u64()?, bytes: input.u64()? },
            b'O' => {
                Record::Object { nspace: input.string()?, locator: input.string()?, name: input.string()? }
            }
            b'T' => {
                let (part, size, version) = (input.u64()?, input.u64()?, input.u64()?);
                let mtime = Timespec { sec: input.u32()?, nsec: input.u32()? };
                let alloc_hint = (input.u64()?, input.u64()?, input.u32()?);
                let info = Info { version, mtime, alloc_hint, snapset: input.string()? };
                Record::Part { part, size, info, omap_header: input.string()? }
            }
            b'S' => {
                let count = input.count(16)?;
                Record::Same((0..count).map(|_| Some((input.u64()?, input.u64()?))).collect::<Option<_>>()?)
            }
            b'D' => {
                let off = input.u64()?;
                Record::Data { off, bytes: std::mem::take(&mut input.0) }
            }
            b'A' => Record::Attr { name: input.string()?, value: input.string()? },
            b'M' => {
                let count = input.count(8)?;
                let entries = (0..count).map(|_| Some((input.string()?, input.string()?)));
                Record::Omap(entries.collect::<Option<_>>()?)
            }
            b'E' => Record::ObjectEnd,
            b'Z' => Record::End(Totals {
                objects: input.u64()?,
                parts: input.u64()?,
                attrs: input.u64()?,
                omap_keys: input.u64()?,
                bytes: input.u64()?,
            }),
            _ => return None,
        };
        input.0.is_empty().then_some(record)
    }
}

struct Input(Bytes);

impl Input {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let front = *self.0.first_chunk::<N>()?;
        let _ = self.0.split_to(N);
        Some(front)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn string(&mut self) -> Option<Bytes> {
        let len = self.u32()? as usize;
        (len <= self.0.len()).then(|| self.0.split_to(len))
    }

    /// A count of items of at least `least` bytes each.
    fn count(&mut self, least: usize) -> Option<u32> {
        let count = self.u32()?;
        (count as usize <= self.0.len() / least).then_some(count)
    }
}

/// The checksum of a record goes on from that of the one before, so that none can be missing or out of place.
pub(crate) fn chain(before: u32, kind: u8, payload: &[u8]) -> u32 {
    let head = crc32c::crc32c_append(before, &[kind]);
    crc32c::crc32c_append(crc32c::crc32c_append(head, &(payload.len() as u32).to_le_bytes()), payload)
}

pub struct Writer<W> {
    out: W,
    chain: u32,
    buf: BytesMut,
}

impl<W: Write> Writer<W> {
    pub fn new(mut out: W) -> Result<Writer<W>> {
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&VERSION.to_le_bytes());
        let crc = crc32c::crc32c(&head);
        head.extend_from_slice(&crc.to_le_bytes());
        out.write_all(&head)?;
        Ok(Writer { out, chain: crc, buf: BytesMut::new() })
    }

    pub fn put(&mut self, record: &Record) -> Result<()> {
        self.buf.clear();
        self.buf.put_bytes(0, 5);
        let kind = record.encode(&mut self.buf);
        let (head, payload) = self.buf.split_at_mut(5);
        if payload.len() > LONGEST as usize {
            return Err(Error::Refused(format!("a record of {} bytes is too long", payload.len())));
        }
        self.chain = chain(self.chain, kind, payload);
        head.fill(kind);
        if let Some(len) = head.get_mut(1..) {
            len.copy_from_slice(&(payload.len() as u32).to_le_bytes());
        }
        self.buf.put_u32_le(self.chain);
        self.out.write_all(&self.buf)?;
        Ok(())
    }

    pub fn finish(mut self) -> Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

pub struct Reader<R> {
    input: R,
    chain: u32,
    /// Bytes read so far.
    pub at: u64,
}

impl<R: Read> Reader<R> {
    pub fn new(input: R) -> Result<Reader<R>> {
        let mut reader = Reader { input, chain: 0, at: 0 };
        let mut head = [0; 24];
        reader.fill(&mut head).map_err(|err| match err {
            Error::Stream(_) => Error::Stream("it is not an exported pool".into()),
            err => err,
        })?;
        let (body, crc) = head.split_at(20);
        if !head.starts_with(MAGIC) {
            return Err(Error::Stream("it is not an exported pool".into()));
        }
        if crc32c::crc32c(body).to_le_bytes() != crc {
            return Err(Error::Stream("its header is damaged".into()));
        }
        let version = body.last_chunk::<4>().map_or(0, |word| u32::from_le_bytes(*word));
        if version != VERSION {
            let what = format!("it is of version {version}, this program knows version {VERSION}");
            return Err(Error::Stream(what));
        }
        reader.chain = crc32c::crc32c(body);
        Ok(reader)
    }

    fn fill(&mut self, buf: &mut [u8]) -> Result<()> {
        match self.input.read_exact(buf) {
            Ok(()) => {
                self.at += buf.len() as u64;
                Ok(())
            }
            Err(err) if err.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(Error::Stream(format!("it ends early, behind byte {}", self.at)))
            }
            Err(err) => Err(err.into()),
        }
    }

    pub fn next(&mut self) -> Result<Record> {
        let start = self.at;
        let damaged = || Error::Stream(format!("the record at byte {start} is damaged"));
        let mut head = [0; 5];
        self.fill(&mut head)?;
        let [kind, len @ ..] = head;
        let len = u32::from_le_bytes(len);
        if len > LONGEST {
            return Err(damaged());
        }
        // In steps: a damaged length must not cost its memory before the stream ends early.
        let mut payload = BytesMut::new();
        while payload.len() < len as usize {
            let from = payload.len();
            payload.resize((from + (4 << 20)).min(len as usize), 0);
            self.fill(payload.get_mut(from..).unwrap_or_default())?;
        }
        let mut crc = [0; 4];
        self.fill(&mut crc)?;
        self.chain = chain(self.chain, kind, &payload);
        if self.chain.to_le_bytes() != crc {
            return Err(damaged());
        }
        Record::decode(kind, payload.freeze()).ok_or_else(damaged)
    }

    /// Nothing may follow the last record.
    pub fn end(&mut self) -> Result<()> {
        match self.input.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(Error::Stream(format!("something follows its end at byte {}", self.at))),
        }
    }
}
