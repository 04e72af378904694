//! Little-endian fields of the records on disk. Reading is checked: damage is an error, never a panic.

use bytes::Bytes;
use ops::{Errno, Result, Timespec};

use crate::api::Info;

pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn new() -> Writer {
        Writer(Vec::with_capacity(256))
    }

    pub fn u8(&mut self, v: u8) {
        self.0.push(v);
    }

    pub fn u32(&mut self, v: u32) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    pub fn u64(&mut self, v: u64) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    /// A length of 32 bits, then the bytes.
    pub fn bytes(&mut self, v: &[u8]) {
        self.u32(v.len() as u32);
        self.0.extend_from_slice(v);
    }

    pub fn option(&mut self, v: Option<&Bytes>) {
        self.u8(v.is_some().into());
        if let Some(v) = v {
            self.bytes(v);
        }
    }

    pub fn info(&mut self, info: &Info) {
        self.u64(info.version);
        self.u32(info.mtime.sec);
        self.u32(info.mtime.nsec);
        let (object, write, flags) = info.alloc_hint;
        self.u64(object);
        self.u64(write);
        self.u32(flags);
        self.bytes(&info.snapset);
    }
}

/// Reads from the front of owned bytes; what it returns shares their memory.
pub struct Reader(pub Bytes);

impl Reader {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (front, _) = self.0.split_first_chunk::<N>().ok_or(Errno::EIO)?;
        let front = *front;
        self.0 = self.0.slice(N..);
        Ok(front)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.take()?))
    }

    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take()?))
    }

    pub fn bytes(&mut self) -> Result<Bytes> {
        let len = self.u32()? as usize;
        if len > self.0.len() {
            return Err(Errno::EIO);
        }
        Ok(self.0.split_to(len))
    }

    pub fn option(&mut self) -> Result<Option<Bytes>> {
        match self.u8()? {
            0 => Ok(None),
            1 => self.bytes().map(Some),
            _ => Err(Errno::EIO),
        }
    }

    pub fn info(&mut self) -> Result<Info> {
        Ok(Info {
            version: self.u64()?,
            mtime: Timespec { sec: self.u32()?, nsec: self.u32()? },
            alloc_hint: (self.u64()?, self.u64()?, self.u32()?),
            snapset: self.bytes()?,
        })
    }
}
