//! Calling a method: its input, and what its answer decodes to.

use bytes::Bytes;
use denc::{Decode, Encode};
use ops::{Errno, Op, OpOut, OpReply, Result};

/// What a client gets for an answer it cannot read.
pub const EBADMSG: Errno = Errno(74);

/// One call of a class method, ready to go into a request. `R` is what it answers.
///
/// ```ignore
/// let call = cls::rbd::client::get_size(SNAP_HEAD);
/// let reply = io.operate(object, vec![call.op()])?;
/// let size = call.answer(&reply.ops[0])?;
/// ```
#[derive(Clone, Debug)]
pub struct Call<R> {
    pub class: &'static str,
    pub method: &'static str,
    pub input: Bytes,
    decode: fn(&Bytes) -> Result<R>,
}

impl<R: Decode> Call<R> {
    /// Input and answer are encoded values.
    pub fn new(class: &'static str, method: &'static str, input: &impl Encode) -> Call<R> {
        Call::with_input(class, method, denc::encode(input))
    }

    /// The input is there already, and not copied.
    pub fn with_input(class: &'static str, method: &'static str, input: Bytes) -> Call<R> {
        Call { class, method, input, decode: |out| denc::decode(out).map_err(|_| EBADMSG) }
    }
}

impl<R> Call<R> {
    pub fn decoded_by(
        class: &'static str,
        method: &'static str,
        input: &impl Encode,
        decode: fn(&Bytes) -> Result<R>,
    ) -> Call<R> {
        Call { class, method, input: denc::encode(input), decode }
    }

    pub fn op(&self) -> Op {
        Op::Exec {
            class: Bytes::from_static(self.class.as_bytes()),
            method: Bytes::from_static(self.method.as_bytes()),
            input: self.input.clone(),
        }
    }

    /// Decodes the method's output. `-EBADMSG` where it is not what the method answers.
    pub fn decode(&self, out: &Bytes) -> Result<R> {
        (self.decode)(out)
    }

    /// The answer in the reply to [`Call::op`], or the error the method returned.
    pub fn answer(&self, reply: &OpReply) -> Result<R> {
        Errno::check(reply.rval)?;
        match &reply.out {
            OpOut::Data(out) => self.decode(out),
            OpOut::None => self.decode(&Bytes::new()),
            _ => Err(EBADMSG),
        }
    }
}
