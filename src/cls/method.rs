//! The table entry of a method, and what turns a typed function into one.

use bytes::Bytes;
use denc::{Decode, Encode};
use ops::{Errno, Result};

use crate::context::ObjectContext;

/// A method's code: input in Ceph's encoding, output likewise.
pub type Run = fn(&mut dyn ObjectContext, &Bytes) -> Result<Answer>;

/// What a method returns on success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// 0 or positive.
    pub value: i32,
    pub out: Bytes,
}

pub struct Method {
    pub class: &'static str,
    pub name: &'static str,
    pub reads: bool,
    pub writes: bool,
    pub run: Run,
}

/// `-EINVAL` for an input that is not `I`.
fn arguments<I: Decode>(input: &Bytes) -> Result<I> {
    denc::decode(input).map_err(|err| {
        tracing::debug!(target: "store", "class method's input: {err}");
        Errno::EINVAL
    })
}

pub(crate) fn reading<I: Decode, O: Encode>(
    ctx: &dyn ObjectContext,
    input: &Bytes,
    run: impl FnOnce(&dyn ObjectContext, I) -> Result<O>,
) -> Result<Answer> {
    let out = run(ctx, arguments(input)?)?;
    Ok(Answer { value: 0, out: denc::encode(&out) })
}

pub(crate) fn writing<I: Decode, O: Encode>(
    ctx: &mut dyn ObjectContext,
    input: &Bytes,
    run: impl FnOnce(&mut dyn ObjectContext, I) -> Result<O>,
) -> Result<Answer> {
    let out = run(ctx, arguments(input)?)?;
    Ok(Answer { value: 0, out: denc::encode(&out) })
}

/// A class's table: `r` methods only read, `w` methods only write, `rw` do both. `raw` methods
/// write, and make their own answer.
macro_rules! methods {
    ($class:literal { $($mode:tt $name:literal => $run:path),* $(,)? }) => {
        pub(crate) static METHODS: &[$crate::method::Method] = &[
            $($crate::method::methods!(@entry $class, $mode, $name, $run)),*
        ];
    };
    (@entry $class:literal, r, $name:literal, $run:path) => {
        $crate::method::Method {
            class: $class,
            name: $name,
            reads: true,
            writes: false,
            run: |ctx, input| $crate::method::reading(&*ctx, input, $run),
        }
    };
    (@entry $class:literal, w, $name:literal, $run:path) => {
        $crate::method::methods!(@writes $class, false, $name, $run)
    };
    (@entry $class:literal, raw, $name:literal, $run:path) => {
        $crate::method::Method { class: $class, name: $name, reads: false, writes: true, run: $run }
    };
    (@entry $class:literal, rw, $name:literal, $run:path) => {
        $crate::method::methods!(@writes $class, true, $name, $run)
    };
    (@writes $class:literal, $reads:literal, $name:literal, $run:path) => {
        $crate::method::Method {
            class: $class,
            name: $name,
            reads: $reads,
            writes: true,
            run: |ctx, input| $crate::method::writing(ctx, input, $run),
        }
    };
}

pub(crate) use methods;
