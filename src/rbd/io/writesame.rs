//! Writing one pattern, or zeroes, over an extent.

use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, Op, OpFlags, Result, Wait};

use super::write::{Change, Kind, ObjectOps, repeat};
use crate::image::Image;
use crate::striping::ObjectExtent;

/// `RBD_WRITE_ZEROES_FLAG_THICK_PROVISION`: zeroes are written rather than space given back.
pub const WRITE_ZEROES_THICK_PROVISION: u32 = 1;

static ZEROES: [u8; 4096] = [0; 4096];

impl Image {
    /// Repeats `data` over an extent whose length is a multiple of its own (`-EINVAL` otherwise). `done`
    /// gets 0 or a negative errno.
    pub fn aio_writesame(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        data: Bytes,
        flags: OpFlags,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        match check_pattern(len, &data) {
            Ok(()) => self.writesame_with(off, len, data, flags, Wait::Deferred, done),
            Err(error) => done(error.neg().into()),
        }
    }

    pub(crate) fn writesame_with(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        data: Bytes,
        flags: OpFlags,
        wait: Wait,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        if self.settings.discard_on_zeroed_write_same && data.iter().all(|&byte| byte == 0) {
            return self.discard_with(off, len, 0, wait, done);
        }
        self.change(Change { off, len, kind: Kind::WriteSame(data), flags }, wait, done);
    }

    /// Zeroes an extent, every byte of it. `zero_flags`: [`WRITE_ZEROES_THICK_PROVISION`] or 0
    /// (`-EINVAL` otherwise). `done` gets 0 or a negative errno.
    pub fn aio_write_zeroes(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        zero_flags: u32,
        flags: OpFlags,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        self.write_zeroes_with(off, len, zero_flags, flags, Wait::Deferred, done);
    }

    pub(crate) fn write_zeroes_with(
        self: &Arc<Self>,
        off: u64,
        len: u64,
        zero_flags: u32,
        flags: OpFlags,
        wait: Wait,
        done: impl FnOnce(i64) + Send + 'static,
    ) {
        match zero_flags {
            0 => self.discard_with(off, len, 0, wait, done),
            WRITE_ZEROES_THICK_PROVISION => {
                let kind = Kind::WriteSame(Bytes::from_static(&ZEROES));
                self.change(Change { off, len, kind, flags }, wait, done);
            }
            _ => done(Errno::EINVAL.neg().into()),
        }
    }
}

pub(crate) fn check_pattern(len: u64, data: &Bytes) -> Result<()> {
    if data.is_empty() || !len.is_multiple_of(data.len() as u64) { Err(Errno::EINVAL) } else { Ok(()) }
}

/// One object's part: as a pattern where it begins and ends with whole repetitions, spelled out otherwise.
pub(super) fn ops(data: &Bytes, extent: &ObjectExtent, ops: &mut ObjectOps) {
    let unit = data.len() as u64;
    let mut off = extent.off;
    for &(from, len) in &extent.buffer {
        if from % unit == 0 && len % unit == 0 {
            ops.push(Op::WriteSame { off, len, data: data.clone() });
        } else {
            ops.push(Op::Write { off, data: repeat(data, from, len) });
        }
        off += len;
    }
}
