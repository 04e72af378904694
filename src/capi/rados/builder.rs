//! What compound reads and writes have in common: a vector of operations that grows call by call, and what is to be
//! done with each one's answer.

use std::ffi::{c_char, c_int};

use bytes::Bytes;
use ffi::{Out, bytes_at, copy_in, slice_at};
use ops::{CmpMode, CmpValue, Errno, Op, OpEntry, OpFlags, OpOut, OpReply, Reply, Result, XattrCmp};
use parking_lot::Mutex;

/// Gets an operation's answer; the default one where the request failed before it.
type Handler = Box<dyn FnOnce(OpReply) + Send>;

#[derive(Default)]
pub struct Builder(Mutex<State>);

#[derive(Default)]
struct State {
    ops: Vec<OpEntry>,
    handlers: Vec<Handler>,
    /// The functions that add operations return nothing, so what was wrong with their arguments is told here.
    failed: Option<Errno>,
}

/// What is taken out of a builder to be run.
pub struct Built {
    pub ops: Vec<OpEntry>,
    handlers: Vec<Handler>,
}

impl Builder {
    /// Adds the operation that `make` makes, whose return value goes to `prval`.
    pub fn add(&self, prval: Out<c_int>, make: impl FnOnce() -> Result<Op>) -> Result<()> {
        self.add_with(make, move |reply| prval.set(reply.rval))
    }

    /// Adds an operation without a place for its return value.
    pub fn add_plain(&self, make: impl FnOnce() -> Result<Op>) -> Result<()> {
        self.add_with(make, drop)
    }

    pub fn add_with(
        &self,
        make: impl FnOnce() -> Result<Op>,
        handler: impl FnOnce(OpReply) + Send + 'static,
    ) -> Result<()> {
        let op = make();
        let mut state = self.0.lock();
        match op {
            Ok(op) => {
                state.ops.push(op.into());
                state.handlers.push(Box::new(handler));
            }
            Err(errno) => state.failed = state.failed.or(Some(errno)),
        }
        Ok(())
    }

    /// Sets the flags of the operation added last.
    pub fn set_flags(&self, flags: c_int) -> Result<()> {
        if let Some(last) = self.0.lock().ops.last_mut() {
            last.flags = OpFlags::from_bits_retain(flags as u32);
        }
        Ok(())
    }

    /// What was added so far; the builder is empty then, as Ceph's is.
    pub fn take(&self) -> Result<Built> {
        let state = std::mem::take(&mut *self.0.lock());
        match state.failed {
            Some(errno) => Err(errno),
            None => Ok(Built { ops: state.ops, handlers: state.handlers }),
        }
    }
}

impl Built {
    /// The operations, and what makes the request's value out of its reply.
    pub fn split(self) -> (Vec<OpEntry>, impl FnOnce(Reply) -> i32 + Send + 'static) {
        let handlers = self.handlers;
        let finish = move |reply: Reply| {
            let answers = reply.ops.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
            for (handler, answer) in handlers.into_iter().zip(answers) {
                handler(answer.unwrap_or_default());
            }
            reply.result
        };
        (self.ops, finish)
    }
}

/// Copies an operation's data to a buffer of the caller's. What does not fit is `-ERANGE` in `prval`.
pub unsafe fn to_buffer(
    buf: *mut c_char,
    len: usize,
    used: Out<usize>,
    prval: Out<c_int>,
) -> impl FnOnce(OpReply) + Send + 'static {
    let to = ffi::UserPtr::new(buf.cast());
    move |reply| {
        prval.set(reply.rval);
        let data = match reply.out {
            OpOut::Filled(count) => return used.set(count as usize),
            OpOut::Data(data) => data,
            _ => Bytes::new(),
        };
        // SAFETY: the header's contract.
        match unsafe { ffi::fill(to.get().cast(), len, &data) } {
            Ok(()) => used.set(data.len()),
            Err(_) => {
                prval.set(Errno::ERANGE.neg());
                used.set(0);
            }
        }
    }
}

pub unsafe fn cmpext(buf: *const c_char, len: usize, off: u64) -> Result<Op> {
    // SAFETY: the header's contract.
    Ok(Op::CmpExt { off, data: unsafe { copy_in(buf, len)? } })
}

pub unsafe fn cmpxattr(name: *const c_char, operator: u8, value: *const c_char, len: usize) -> Result<Op> {
    // SAFETY: the header's contract.
    let (name, value) = unsafe { (bytes_at(name)?.to_vec().into(), copy_in(value, len)?) };
    Ok(Op::CmpXattr(XattrCmp { name, mode: CmpMode::from(operator), value: CmpValue::Bytes(value) }))
}

pub unsafe fn omap_cmp(key: Bytes, operator: u8, value: *const c_char, len: usize) -> Result<Op> {
    // SAFETY: the header's contract.
    Ok(Op::OmapCmp { key, mode: CmpMode::from(operator), value: unsafe { copy_in(value, len)? } })
}

/// A NUL-terminated key.
pub unsafe fn key(at: *const c_char) -> Result<Bytes> {
    // SAFETY: the header's contract.
    Ok(unsafe { bytes_at(at)? }.to_vec().into())
}

/// A NUL-terminated key; empty where it is NULL.
pub unsafe fn key_opt(at: *const c_char) -> Result<Bytes> {
    // SAFETY: the header's contract.
    if at.is_null() { Ok(Bytes::new()) } else { unsafe { key(at) } }
}

/// An array of keys: NUL-terminated, or with their lengths.
pub unsafe fn keys(at: *const *const c_char, lens: Option<*const usize>, count: usize) -> Result<Vec<Bytes>> {
    // SAFETY: the header's contract.
    unsafe {
        let at = slice_at(at, count)?;
        match lens {
            None => at.iter().map(|&at| key(at)).collect(),
            Some(lens) => at.iter().zip(slice_at(lens, count)?).map(|(&at, &len)| copy_in(at, len)).collect(),
        }
    }
}
