//! The classes `hello`, `numops`, `refcount` and `version`.

use bytes::Bytes;
use cls::refcount::{ReadRequest, Reference, Tags};
use cls::version::{Condition, Conditions, ObjectVersion, Versioned, condition};
use denc::encode;
use ops::Errno;

use crate::bed::Bed;

const EBADMSG: Errno = Errno(74);

#[test]
fn hello() {
    let mut bed = Bed::new();
    let none = Bytes::new();
    assert_eq!(bed.run("hello", "say_hello", &"you".into()).unwrap(), "Hello, you!");
    assert_eq!(bed.run("hello", "say_hello", &vec![b'x'; 101].into()), Err(Errno::EINVAL));
    assert_eq!(bed.run("hello", "replay", &none), Err(Errno::ENOENT));
    bed.run("hello", "record_hello", &none).unwrap();
    assert_eq!(bed.run("hello", "replay", &none).unwrap(), "Hello, world!");
    assert_eq!(bed.xattrs[&b"said_by"[..]], "client.4123 127.0.0.1:0/1532344100");
    assert_eq!(bed.run("hello", "record_hello", &none), Err(Errno::EEXIST));
    bed.run("hello", "turn_it_to_11", &none).unwrap();
    assert_eq!(bed.data, b"HELLO, WORLD!");
    assert_eq!(bed.run("hello", "bad_reader", &none), Err(Errno::EIO));
    assert_eq!(bed.run("hello", "bad_writer", &none), Err(Errno::EIO));
    assert_eq!(bed.run("hello", "writes_dont_return_data", &"x".into()), Err(Errno::EINVAL));
    assert!(!bed.xattrs.contains_key(&b"foo"[..]), "a method that fails changes nothing");
    assert_eq!(bed.run("hello", "write_return_data", &none).unwrap(), "you might see this");
}

/// The texts are those Ceph 16.2 stored for the same operands.
#[test]
fn numbers_are_stored_as_ceph_prints_them() {
    let stored = |operand: &str| {
        let mut bed = Bed::new();
        bed.run("numops", "add", &encode(&("k", operand)))?;
        Ok(String::from_utf8(bed.omap[&b"k"[..]].to_vec()).unwrap())
    };
    for (operand, text) in [
        ("5", "5"),
        ("1e20", "1e+20"),
        ("0.1", "0.1"),
        ("", "0"),
        ("0x10", "16"),
        (" 3", "3"),
        ("1e-7", "1e-07"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("123456789012", "1.23456789e+11"),
        (".5", "0.5"),
        ("-1234.5", "-1234.5"),
        ("9999999999.9", "1e+10"),
        ("0.0001", "0.0001"),
    ] {
        assert_eq!(stored(operand), Ok(text.to_owned()), "{operand:?}");
    }
    assert_eq!(stored("1x"), Err(Errno::EINVAL));
}

#[test]
fn arithmetic() {
    let mut bed = Bed::created();
    bed.omap.insert("k".into(), "3.5".into());
    bed.run("numops", "mul", &encode(&("k", "4"))).unwrap();
    bed.run("numops", "add", &encode(&("k", "-1.25"))).unwrap();
    assert_eq!(bed.omap[&b"k"[..]], "12.75");
    bed.omap.insert("k".into(), "text".into());
    assert_eq!(bed.run("numops", "add", &encode(&("k", "1"))), Err(EBADMSG));
}

#[test]
fn references() {
    let mut bed = Bed::created();
    let reference = |tag: &'static str, implicit| encode(&Reference { tag: tag.into(), implicit });
    let tags = |bed: &mut Bed| {
        let out = bed.run("refcount", "read", &encode(&ReadRequest { implicit: true })).unwrap();
        denc::decode::<Tags>(&out).unwrap().tags
    };
    assert_eq!(bed.run("refcount", "put", &reference("a", false)), Err(Errno::EINVAL));
    assert_eq!(tags(&mut bed), [""]);
    bed.run("refcount", "get", &reference("a", true)).unwrap();
    bed.run("refcount", "get", &reference("b", true)).unwrap();
    assert_eq!(tags(&mut bed), ["", "a", "b"]);
    bed.run("refcount", "put", &reference("other", true)).unwrap();
    assert_eq!(tags(&mut bed), ["a", "b"], "the wildcard goes first");
    bed.run("refcount", "put", &reference("a", false)).unwrap();
    bed.run("refcount", "put", &reference("a", false)).unwrap();
    assert_eq!(tags(&mut bed), ["b"]);
    bed.run("refcount", "put", &reference("b", false)).unwrap();
    assert!(!bed.exists);
    bed.run("refcount", "get", &reference("x", false)).unwrap_err();
    bed.exists = true;
    bed.run("refcount", "set", &encode(&Tags { tags: vec!["x".into()] })).unwrap();
    assert_eq!(tags(&mut bed), ["x"]);
    bed.run("refcount", "set", &encode(&Tags { tags: vec![] })).unwrap();
    assert!(!bed.exists);
}

#[test]
fn versions() {
    let mut bed = Bed::created();
    let read = |bed: &mut Bed| {
        let out = bed.run("version", "read", &Bytes::new()).unwrap();
        denc::decode::<Versioned>(&out).unwrap().version
    };
    let condition = |number, tag: &'static str, kind| {
        let version = ObjectVersion { number, tag: tag.into() };
        encode(&Conditions { version: version.clone(), conditions: vec![Condition { version, kind }] })
    };
    assert_eq!(read(&mut bed), ObjectVersion::default());
    let unconditional = encode(&Conditions { version: ObjectVersion::default(), conditions: vec![] });
    bed.run("version", "inc", &unconditional).unwrap();
    let first = read(&mut bed);
    assert_eq!((first.number, first.tag.len()), (2, 24));
    bed.run("version", "set", &encode(&Versioned { version: ObjectVersion { number: 5, tag: "t".into() } }))
        .unwrap();
    for (kind, number, tag, holds) in [
        (condition::EQ, 5, "t", true),
        (condition::EQ, 5, "u", false),
        (condition::GT, 5, "", false),
        (condition::GT, 4, "", true),
        (condition::GE, 5, "", true),
        (condition::LT, 5, "", false),
        (condition::LE, 5, "", true),
        (condition::TAG_EQ, 0, "t", true),
        (condition::TAG_NE, 0, "t", false),
        (99, 0, "", true),
    ] {
        let expected = if holds { Ok(Bytes::new()) } else { Err(Errno::ECANCELED) };
        assert_eq!(
            bed.run("version", "check_conds", &condition(number, tag, kind)),
            expected,
            "{kind} {number} {tag}"
        );
    }
    assert_eq!(bed.run("version", "inc_conds", &condition(4, "", condition::EQ)), Err(Errno::ECANCELED));
    bed.run("version", "inc_conds", &condition(5, "t", condition::EQ)).unwrap();
    assert_eq!(read(&mut bed), ObjectVersion { number: 6, tag: "t".into() });
}
