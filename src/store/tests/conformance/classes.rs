//! Class methods, checksums, the legacy map.

use bytes::{BufMut, Bytes, BytesMut};
use ops::*;

use crate::bench::{Bench, last, neg, write};

fn exec(class: &'static str, method: &'static str, input: &'static str) -> Op {
    Op::Exec { class: class.into(), method: method.into(), input: input.into() }
}

fn xattr(t: &Bench, name: &str, attr: &'static str) -> Result<OpOut> {
    t.ask(name, Op::GetXattr { name: attr.into() })
}

pub fn methods_run_in_the_transaction(t: &Bench) {
    let unknown = neg(Errno::EOPNOTSUPP);
    assert_eq!(t.go("o", vec![exec("none", "say_hello", "")]), unknown, "an unknown class");
    assert_eq!(t.go("o", vec![exec("hello", "none", "")]), unknown, "an unknown method");
    assert_eq!(
        t.go("o", vec![exec("hello", "say_hello", "")]),
        neg(Errno::ENOENT),
        "a reading one needs the object"
    );
    assert_eq!(t.go("o", vec![exec("hello", "record_hello", "you")]), 0, "a writing one makes it");
    assert_eq!(t.read("o", 0, 0), Ok("Hello, you!".into()));
    assert_eq!(t.ask("o", exec("hello", "say_hello", "me")), Ok(OpOut::Data("Hello, me!".into())));
    assert_eq!(t.go("o", vec![exec("hello", "record_hello", "")]), neg(Errno::EEXIST));
    let ops = vec![write(0, "J"), exec("hello", "turn_it_to_11", ""), exec("hello", "record_hello", "")];
    assert_eq!(t.run("o", ops).ops.len(), 3);
    assert_eq!(t.read("o", 0, 0), Ok("Hello, you!".into()), "a failing method drops all");
    assert_eq!(t.go("o", vec![write(0, "J"), exec("hello", "turn_it_to_11", "")]), 0);
    assert_eq!(t.read("o", 0, 0), Ok("JELLO, YOU!".into()), "a method sees what came before it");
    let who = format!("client.{} {}", t.store.identity().instance_id, t.store.identity().addrs);
    assert_eq!(xattr(t, "o", "amplified_by"), Ok(OpOut::Data(who.into())));
    let in_the_past = Request { snap: 1, ..t.request("o", vec![exec("hello", "record_hello", "")]) };
    assert_eq!(t.send(in_the_past).result, neg(Errno::EINVAL), "it makes the request a write");
    assert_ne!(t.go("o", vec![exec("hello", "bad_writer", "")]), 0, "a reading method must not write");
}

pub fn writes_return_data_when_asked(t: &Bench) {
    let reply = t.run("o", vec![exec("hello", "write_return_data", "")]);
    assert_eq!((reply.result, last(reply)), (0, OpOut::None), "not asked");
    let asked = |method| {
        let request = t.request("p", vec![exec("hello", method, "")]);
        let reply = t.send(Request { flags: RequestFlags::RETURNVEC, ..request });
        (reply.result, reply.ops[0].rval, last(reply))
    };
    assert_eq!(asked("write_return_data"), (42, 42, OpOut::Data("you might see this".into())));
    assert_eq!(t.go("p", vec![Op::Remove]), 0);
    let overflow = neg(Errno::EOVERFLOW);
    assert_eq!(asked("write_too_much_return_data"), (overflow, overflow, OpOut::None));
    assert_eq!(t.size("p"), Err(Errno::ENOENT), "nothing was written then");
}

pub fn checksums(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "123456789")]), 0);
    let sum = |kind, init: &[u8], off, len, chunk| {
        let init = Bytes::copy_from_slice(init);
        t.ask("o", Op::Checksum { kind, init, off, len, chunk })
    };
    let values = |values: &[u32]| {
        let mut data = BytesMut::new();
        data.put_u32_le(values.len() as u32);
        values.iter().for_each(|&value| data.put_u32_le(value));
        Ok(OpOut::Data(data.freeze()))
    };
    // The check value of CRC-32C is e3069283; Ceph leaves the last complement to the caller.
    assert_eq!(sum(2, &[0xff; 4], 0, 0, 0), values(&[!0xe306_9283]));
    assert_eq!(sum(2, &[0xff; 4], 0, 9, 0), values(&[!0xe306_9283]));
    // The check values of the reference implementation for "123456789" and seed 0.
    assert_eq!(sum(0, &[0; 4], 0, 0, 0), values(&[0x937b_ad67]));
    assert_eq!(sum(1, &[0; 8], 0, 0, 0), values64(&[0x8cb8_41db_40e6_ae83]));
    let Ok(OpOut::Data(chunks)) = sum(2, &[0xff; 4], 0, 9, 3) else { panic!("no checksums") };
    assert_eq!((chunks.len(), chunks[0]), (16, 3), "one per chunk");
    assert_eq!(sum(2, &[0xff; 4], 9, 1, 0), Ok(OpOut::None), "past the end");
    for (what, failed) in [
        ("a length that is no multiple", sum(2, &[0; 4], 0, 9, 2)),
        ("chunks of nothing", sum(2, &[0; 4], 0, 0, 3)),
        ("an unknown kind", sum(3, &[0; 8], 0, 0, 0)),
        ("a short seed", sum(1, &[0; 7], 0, 0, 0)),
    ] {
        assert_eq!(failed, Err(Errno::EINVAL), "{what}");
    }
}

fn values64(values: &[u64]) -> Result<OpOut> {
    let mut data = BytesMut::new();
    data.put_u32_le(values.len() as u32);
    values.iter().for_each(|&value| data.put_u64_le(value));
    Ok(OpOut::Data(data.freeze()))
}

pub fn legacy_maps(t: &Bench) {
    let string = |out: &mut BytesMut, text: &str| {
        out.put_u32_le(text.len() as u32);
        out.put_slice(text.as_bytes());
    };
    let map = |header: &str, entries: &[(&str, &str)]| {
        let mut out = BytesMut::new();
        string(&mut out, header);
        out.put_u32_le(entries.len() as u32);
        for (key, value) in entries {
            string(&mut out, key);
            string(&mut out, value);
        }
        out.freeze()
    };
    let command = |op: u8, texts: &[&str]| {
        let mut out = BytesMut::new();
        out.put_u8(op);
        texts.iter().for_each(|text| string(&mut out, text));
        out.freeze()
    };
    let update = |commands: &[Bytes]| t.go("o", vec![Op::TmapUpdate { commands: commands.concat().into() }]);
    assert_eq!(t.go("o", vec![Op::TmapPut { data: map("h", &[("b", "2"), ("a", "1")]) }]), 0);
    assert_eq!(t.ask("o", Op::TmapGet), Ok(OpOut::Data(map("h", &[("a", "1"), ("b", "2")]))), "sorted");
    assert_eq!(update(&[command(b'h', &["new"]), command(b's', &["c", "3"]), command(b'r', &["a"])]), 0);
    assert_eq!(t.ask("o", Op::TmapGet), Ok(OpOut::Data(map("new", &[("b", "2"), ("c", "3")]))));
    assert_eq!(update(&[command(b'c', &["b", "x"])]), neg(Errno::EEXIST));
    assert_eq!(update(&[command(b'r', &["x"])]), neg(Errno::ENOENT));
    assert_eq!(update(&[command(b'R', &["x"])]), 0);
    assert_eq!(update(&[Bytes::from_static(b"s\x01")]), neg(Errno::EINVAL), "cut off");
    assert_eq!(t.go("o", vec![Op::TmapPut { data: "\x01".into() }]), neg(Errno::EINVAL));
}
