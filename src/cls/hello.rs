//! The `hello` class: Ceph's example of a class, which clients' tests call. Inputs and answers are plain text.

use bytes::{Bytes, BytesMut};
use denc::Rest;
use ops::{Errno, Result};

use crate::context::{ObjectContext, Origin};
use crate::method::{Answer, methods};

methods! { "hello" {
    r "say_hello" => say_hello,
    w "record_hello" => record_hello,
    raw "write_return_data" => write_return_data,
    raw "writes_dont_return_data" => write_return_data,
    raw "write_too_much_return_data" => write_too_much_return_data,
    r "replay" => replay,
    rw "turn_it_to_11" => turn_it_to_11,
    w "bad_reader" => refused,
    r "bad_writer" => refused_reader,
}}

/// How many bytes of an object these methods look at.
const MAX_READ: u64 = 1100;

fn greeting(whom: &Bytes) -> Result<Bytes> {
    if whom.len() > 100 {
        return Err(Errno::EINVAL);
    }
    let mut text = BytesMut::from("Hello, ");
    text.extend_from_slice(if whom.is_empty() { b"world" } else { whom });
    text.extend_from_slice(b"!");
    Ok(text.freeze())
}

fn signature(Origin { client, addr }: Origin) -> Bytes {
    format!("client.{client} {addr}").into()
}

fn say_hello(_: &dyn ObjectContext, whom: Rest) -> Result<Rest> {
    greeting(&whom.0).map(Rest)
}

fn record_hello(ctx: &mut dyn ObjectContext, whom: Rest) -> Result<()> {
    let text = greeting(&whom.0)?;
    if ctx.stat().is_ok() {
        return Err(Errno::EEXIST);
    }
    ctx.write_full(&text)?;
    let by = signature(ctx.origin());
    ctx.set_xattr(b"said_by", by)
}

fn write_return_data(ctx: &mut dyn ObjectContext, input: &Bytes) -> Result<Answer> {
    ctx.set_xattr(b"foo", Bytes::from_static(b"bar"))?;
    if !input.is_empty() {
        return Err(Errno::EINVAL);
    }
    Ok(Answer { value: 42, out: Bytes::from_static(b"you might see this") })
}

/// More than a write may return (`osd_max_write_op_reply_len`).
fn write_too_much_return_data(ctx: &mut dyn ObjectContext, _: &Bytes) -> Result<Answer> {
    ctx.set_xattr(b"foo", Bytes::from_static(b"bar"))?;
    Ok(Answer { value: 42, out: Bytes::from(vec![b'x'; 520]) })
}

fn replay(ctx: &dyn ObjectContext, (): ()) -> Result<Rest> {
    ctx.read(0, MAX_READ).map(Rest)
}

fn turn_it_to_11(ctx: &mut dyn ObjectContext, input: Rest) -> Result<()> {
    if !input.0.is_empty() {
        return Err(Errno::EINVAL);
    }
    let loud = ctx.read(0, MAX_READ)?.to_ascii_uppercase();
    ctx.write_full(&loud.into())?;
    let by = signature(ctx.origin());
    ctx.set_xattr(b"amplified_by", by)
}

/// Registered for writing, but reads: an OSD refuses that.
fn refused(_: &mut dyn ObjectContext, (): ()) -> Result<()> {
    Err(Errno::EIO)
}

/// Registered for reading, but writes.
fn refused_reader(_: &dyn ObjectContext, (): ()) -> Result<()> {
    Err(Errno::EIO)
}
