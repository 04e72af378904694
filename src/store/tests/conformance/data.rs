//! Requests on one object without snapshots.

use std::collections::BTreeMap;

use bytes::Bytes;
use ops::*;

use crate::bench::{Bench, last, neg, write};

const MIB: u64 = 1 << 20;

fn b(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

fn map(entries: &[(&'static str, &'static str)]) -> BTreeMap<Bytes, Bytes> {
    entries.iter().map(|&(key, value)| (b(key), b(value))).collect()
}

/// Memory of the test's that a read goes into.
struct Into_(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Sink for Into_ {
    fn capacity(&self) -> usize {
        self.0.lock().unwrap().len()
    }
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0.lock().unwrap()[at..at + bytes.len()].copy_from_slice(bytes);
    }
    fn zero(&mut self, at: usize, len: usize) {
        self.0.lock().unwrap()[at..at + len].fill(0);
    }
}

pub fn reads_what_was_written(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "hello world")]), 0);
    assert_eq!(t.read("o", 0, 0), Ok(b("hello world")));
    assert_eq!(t.read("o", 6, 3), Ok(b("wor")));
    assert_eq!(t.read("o", 6, 100), Ok(b("world")), "a short object gives a short read");
    assert_eq!(t.read("o", 11, 5), Ok(b("")), "at the end");
    assert_eq!(t.read("o", 1 << 40, 5), Ok(b("")), "far past the end");
    assert_eq!(t.read("o", u64::MAX, u64::MAX), Ok(b("")), "an extent that overflows");

    let memory = std::sync::Arc::new(std::sync::Mutex::new(vec![b'#'; 8]));
    let into = Some(Box::new(Into_(memory.clone())) as Box<dyn Sink>);
    assert_eq!(t.ask("o", Op::Read { off: 6, len: 8, into }), Ok(OpOut::Filled(5)));
    assert_eq!(&memory.lock().unwrap()[..], b"world###", "bytes past the count stay");

    assert_eq!(t.go("o", vec![Op::Append { data: b("!") }, write(20, "end")]), 0);
    assert_eq!(t.read("o", 10, 0), Ok(b("d!\0\0\0\0\0\0\0\0end")));
    let reply = t.run("o", vec![Op::Stat, Op::Read { off: 20, len: 3, into: None }]);
    assert_eq!(reply.ops.len(), 2, "one answer per op");
    assert_eq!(last(reply), OpOut::Data(b("end")));
    assert_eq!(t.go("o", vec![Op::WriteFull { data: b("xy") }]), 0);
    assert_eq!(t.read("o", 0, 0), Ok(b("xy")));
}

pub fn missing_objects(t: &Bench) {
    let reads = || {
        vec![
            Op::Read { off: 0, len: 1, into: None },
            Op::SparseRead { off: 0, len: 1 },
            Op::Stat,
            Op::GetXattr { name: b("a") },
            Op::GetXattrs,
            Op::OmapGetKeys { after: b(""), max: 1 },
            Op::OmapGetVals { after: b(""), prefix: b(""), max: 1 },
            Op::OmapGetValsByKeys { keys: vec![b("k")] },
            Op::OmapGetHeader,
            Op::ListSnaps,
            Op::ListWatchers,
            Op::AssertExists,
            Op::CmpExt { off: 0, data: b("") },
            Op::TmapGet,
        ]
    };
    for op in reads() {
        let name = op.name();
        assert_eq!(t.go("none", vec![op]), neg(Errno::ENOENT), "{name}");
    }
    let failing = [
        Op::Remove,
        Op::RmXattr { name: b("a") },
        Op::OmapClear,
        Op::OmapRmKeys { keys: vec![b("k")] },
        Op::OmapRmRange { from: b("a"), to: b("b") },
    ];
    for op in failing {
        let name = op.name();
        assert_eq!(t.go("none", vec![op]), neg(Errno::ENOENT), "{name}");
    }
    assert_eq!(t.go("none", vec![Op::Truncate { size: 10 }]), 0, "truncate");
    assert_eq!(t.go("none", vec![Op::Zero { off: 0, len: 10 }]), 0, "zero");
    assert_eq!(t.size("none"), Err(Errno::ENOENT), "neither makes the object");
    let mut gone = t.request("none", vec![Op::Stat]);
    gone.object.pool = 4711;
    assert_eq!(t.send(gone).result, neg(Errno::ENOENT), "a pool that is not there");
}

pub fn guards(t: &Bench) {
    let version = t.run("o", vec![write(0, "abc"), Op::SetXattr { name: b("n"), value: b("12") }]).version;
    assert!(version > 0);
    assert_eq!(t.run("o", vec![Op::Stat]).version, version, "a read tells the object's version");
    assert_eq!(t.go("o", vec![Op::AssertVersion(version)]), 0);
    assert_eq!(t.go("o", vec![Op::AssertVersion(version + 1)]), neg(Errno::EOVERFLOW));
    assert_eq!(
        t.go("o", vec![Op::AssertVersion(version - 1)]),
        neg(if version == 1 { Errno::EINVAL } else { Errno::ERANGE })
    );
    assert_eq!(t.go("o", vec![Op::AssertVersion(0)]), neg(Errno::EINVAL));
    let next = t.run("o", vec![write(0, "a")]).version;
    assert!(next > version, "{next} after {version}");
    assert_eq!(t.go("o", vec![Op::AssertVersion(version)]), neg(Errno::ERANGE));

    assert_eq!(t.go("o", vec![Op::CmpExt { off: 1, data: b("bc\0") }]), 0, "past the end are zeroes");
    assert_eq!(t.go("o", vec![Op::CmpExt { off: 0, data: b("abX") }]), -(4095 + 2));
    let reply = t.run("o", vec![Op::CmpExt { off: 0, data: b("Z") }, write(0, "ZZZ")]);
    assert_eq!((reply.result, reply.ops.len()), (-4095, 1), "the guard's answer stands at its index");
    assert_eq!(reply.ops[0].rval, -4095);
    assert_eq!(t.read("o", 0, 0), Ok(b("abc")), "nothing was written");

    let xattr = |mode, value| Op::CmpXattr(XattrCmp { name: b("n"), mode, value });
    let text = |mode, value| t.go("o", vec![xattr(mode, CmpValue::Bytes(b(value)))]);
    let number = |mode, value| t.go("o", vec![xattr(mode, CmpValue::U64(value))]);
    // An OSD answers 1 where it holds.
    let (yes, no) = (1, neg(Errno::ECANCELED));
    assert_eq!((text(CmpMode::Eq, "12"), text(CmpMode::Eq, "13"), text(CmpMode::Ne, "13")), (yes, no, yes));
    assert_eq!(
        (text(CmpMode::Gt, "2"), number(CmpMode::Gt, 2)),
        (yes, no),
        "the given value stands on the left"
    );
    assert_eq!((number(CmpMode::Gte, 12), number(CmpMode::Lt, 12), number(CmpMode::Lte, 12)), (yes, no, yes));
    let missing = XattrCmp { name: b("x"), mode: CmpMode::Eq, value: CmpValue::Bytes(b("")) };
    assert_eq!(t.go("o", vec![Op::CmpXattr(missing)]), yes, "a missing attribute compares as empty");

    assert_eq!(t.go("o", vec![Op::OmapSet { entries: map(&[("k", "m")]) }]), 0);
    let omap = |mode, value| t.go("o", vec![Op::OmapCmp { key: b("k"), mode, value: b(value) }]);
    assert_eq!((omap(CmpMode::Eq, "m"), omap(CmpMode::Eq, "n")), (0, no));
    assert_eq!(
        (omap(CmpMode::Lt, "n"), omap(CmpMode::Gt, "n")),
        (0, no),
        "the stored value stands on the left"
    );
    assert_eq!(omap(CmpMode::Ne, "n"), neg(Errno::EINVAL));
    let missing = Op::OmapCmp { key: b("x"), mode: CmpMode::Eq, value: b("") };
    assert_eq!(t.go("o", vec![missing]), 0, "a missing key compares as empty");
}

pub fn create_and_remove(t: &Bench) {
    assert_eq!(t.go("o", vec![Op::Create { exclusive: true }]), 0);
    assert_eq!(t.go("o", vec![Op::Create { exclusive: true }]), neg(Errno::EEXIST));
    assert_eq!(t.go("o", vec![Op::Create { exclusive: false }]), 0);
    let mut flagged = t.request("o", vec![Op::Create { exclusive: false }]);
    flagged.ops[0].flags = OpFlags::EXCL;
    assert_eq!(t.send(flagged).result, neg(Errno::EEXIST), "exclusive by the op's flag");
    assert_eq!(t.size("o"), Ok(0));
    assert_eq!(t.go("o", vec![Op::Remove, Op::Create { exclusive: true }, write(0, "x")]), 0);
    assert_eq!(t.read("o", 0, 0), Ok(b("x")));
    assert_eq!(t.go("o", vec![Op::Remove]), 0);
    assert_eq!(t.size("o"), Err(Errno::ENOENT));
    assert_eq!(t.go("o", vec![write(0, "")]), 0);
    assert_eq!(t.size("o"), Ok(0), "writing nothing makes the object");
    assert_eq!(t.go("", vec![write(0, "x")]), neg(Errno::EINVAL), "an empty name");
    let long = "n".repeat(2049);
    assert_eq!(t.go(&long, vec![write(0, "x")]), neg(Errno::ENAMETOOLONG));
    assert_eq!(t.go(&long[..2048], vec![write(0, "x")]), 0, "the longest name");
}

pub fn extents_and_limits(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "0123456789")]), 0);
    assert_eq!(t.go("o", vec![Op::Zero { off: 2, len: 3 }]), 0);
    assert_eq!(t.read("o", 0, 0), Ok(b("01\0\0\x0056789")));
    assert_eq!(t.go("o", vec![Op::Zero { off: 8, len: 100 }]), 0);
    assert_eq!(t.size("o"), Ok(8), "zeroing to the end or past it cuts");
    assert_eq!(t.go("o", vec![Op::Zero { off: 50, len: 1 }]), 0);
    assert_eq!(t.size("o"), Ok(8), "past the end nothing happens");
    assert_eq!(t.go("o", vec![Op::Truncate { size: 12 }]), 0);
    assert_eq!(t.read("o", 5, 0), Ok(b("567\0\0\0\0")));
    assert_eq!(t.go("o", vec![Op::Truncate { size: 1 }, Op::Truncate { size: 3 }]), 0);
    assert_eq!(t.read("o", 0, 0), Ok(b("0\0\0")));
    assert_eq!(t.go("o", vec![write(9, "")]), 0);
    assert_eq!(t.size("o"), Ok(9), "writing nothing past the end extends");

    let same = |off, len, data| t.go("s", vec![Op::WriteSame { off, len, data: b(data) }]);
    assert_eq!((same(1, 6, "ab"), same(0, 0, "ab")), (0, 0));
    assert_eq!(t.read("s", 0, 0), Ok(b("\0ababab")));
    assert_eq!((same(0, 5, "ab"), same(0, 4, "")), (neg(Errno::EINVAL), neg(Errno::EINVAL)));
    assert_eq!(same(0, 3 * MIB, "abc"), 0);
    assert_eq!(t.read("s", 3 * MIB - 4, 0), Ok(b("cabc")));

    let too_big = neg(Errno::EFBIG);
    assert_eq!(t.go("l", vec![write(128 * MIB, "")]), too_big, "at the largest size");
    assert_eq!(t.go("l", vec![write(128 * MIB - 1, "xy")]), too_big);
    assert_eq!(t.go("l", vec![write(u64::MAX, "xy")]), too_big, "an extent that overflows");
    assert_eq!(t.go("l", vec![Op::WriteSame { off: 0, len: 128 * MIB + 2, data: b("xy") }]), too_big);
    assert_eq!(t.go("o", vec![Op::Truncate { size: 128 * MIB }]), too_big);
    assert_eq!(t.go("o", vec![Op::Zero { off: u64::MAX, len: u64::MAX }]), too_big);
    assert_eq!(t.size("l"), Err(Errno::ENOENT), "no failed write made it");
    let huge = Bytes::from(vec![1; 90 * MIB as usize + 1]);
    assert_eq!(t.go("l", vec![Op::WriteFull { data: huge }]), neg(Errno::EMSGSIZE));

    assert_eq!(
        t.go(
            "h",
            vec![
                Op::Write { off: 0, data: vec![1; 4096].into() },
                Op::Write { off: MIB, data: vec![2; 4096].into() }
            ]
        ),
        0
    );
    let data = [vec![1; 4096], vec![2; 4096]].concat().into();
    let sparse = OpOut::Sparse { extents: vec![(0, 4096), (MIB, 4096)], data };
    assert_eq!(t.ask("h", Op::SparseRead { off: 0, len: 4 * MIB }), Ok(sparse));
    let part = OpOut::Sparse {
        extents: vec![(4000, 96), (MIB, 10)],
        data: [vec![1; 96], vec![2; 10]].concat().into(),
    };
    assert_eq!(t.ask("h", Op::SparseRead { off: 4000, len: MIB + 10 - 4000 }), Ok(part));
    let none = OpOut::Sparse { extents: vec![], data: b("") };
    assert_eq!(t.ask("h", Op::SparseRead { off: 8192, len: 4096 }), Ok(none), "in a hole");
}

pub fn xattrs(t: &Bench) {
    let set = |name: &str, value: &'static str| Op::SetXattr {
        name: Bytes::copy_from_slice(name.as_bytes()),
        value: b(value),
    };
    assert_eq!(
        t.go("o", vec![set("a", "1"), set("b", ""), set("a", "2")]),
        0,
        "setting one makes the object"
    );
    assert_eq!(t.ask("o", Op::GetXattr { name: b("a") }), Ok(OpOut::Data(b("2"))));
    assert_eq!(t.ask("o", Op::GetXattr { name: b("b") }), Ok(OpOut::Data(b(""))));
    assert_eq!(t.ask("o", Op::GetXattr { name: b("c") }), Err(Errno::ENODATA));
    let all = OpOut::Map { entries: map(&[("a", "2"), ("b", "")]), more: false };
    assert_eq!(t.ask("o", Op::GetXattrs), Ok(all));
    assert_eq!(
        t.go("o", vec![Op::RmXattr { name: b("a") }, Op::RmXattr { name: b("a") }]),
        0,
        "removing twice"
    );
    assert_eq!(t.ask("o", Op::GetXattr { name: b("a") }), Err(Errno::ENODATA));
    assert_eq!(t.go("o", vec![set(&"n".repeat(101), "")]), neg(Errno::ENAMETOOLONG));
    assert_eq!(t.go("o", vec![set(&"n".repeat(100), "")]), 0);
    let big = |len: usize| vec![Op::SetXattr { name: b("v"), value: vec![7; len].into() }];
    assert_eq!((t.go("o", big(65536)), t.go("o", big(100_000))), (0, 0));
}

pub fn omap(t: &Bench) {
    let entries = (0..1500).map(|i| (Bytes::from(format!("k{i:04}")), Bytes::from(format!("{i}")))).collect();
    assert_eq!(t.go("o", vec![Op::OmapSet { entries }, Op::OmapSetHeader { data: b("head") }]), 0);
    assert_eq!(t.ask("o", Op::OmapGetHeader), Ok(OpOut::Data(b("head"))));
    let page = |after: &'static str, prefix: &'static str, max| match t
        .ask("o", Op::OmapGetVals { after: b(after), prefix: b(prefix), max })
    {
        Ok(OpOut::Map { entries, more }) => (entries.len(), entries.into_keys().next(), more),
        other => panic!("answered {other:?}"),
    };
    let key = |text: &'static str| Some(b(text));
    assert_eq!(page("", "", u64::MAX), (1024, key("k0000"), true), "one request gives 1024 at most");
    assert_eq!(page("k1023", "", u64::MAX), (476, key("k1024"), false));
    assert_eq!(page("k0009", "", 2), (2, key("k0010"), true), "after means after");
    assert_eq!(page("", "k002", 10), (10, key("k0020"), false), "exactly all with the prefix");
    assert_eq!(page("k0025", "k002", 10), (4, key("k0026"), false));
    assert_eq!(page("", "x", 10), (0, None, false));
    assert_eq!(page("", "", 0), (0, None, true));
    let keys = OpOut::Keys { keys: vec![b("k0001"), b("k0002")], more: true };
    assert_eq!(t.ask("o", Op::OmapGetKeys { after: b("k0000"), max: 2 }), Ok(keys));
    let some = OpOut::Map { entries: map(&[("k0003", "3")]), more: false };
    assert_eq!(t.ask("o", Op::OmapGetValsByKeys { keys: vec![b("k0003"), b("none")] }), Ok(some));
    assert_eq!(t.go("o", vec![Op::OmapRmKeys { keys: vec![b("k0000"), b("none")] }]), 0);
    assert_eq!(t.go("o", vec![Op::OmapRmRange { from: b("k0002"), to: b("k1499") }]), 0);
    assert_eq!(page("", "", 10), (2, key("k0001"), false), "from is included, to is not");
    assert_eq!(t.go("o", vec![Op::OmapClear]), 0);
    assert_eq!(page("", "", 10), (0, None, false));
    assert_eq!(t.ask("o", Op::OmapGetHeader), Ok(OpOut::Data(b(""))));
}

pub fn failing_op_drops_everything(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "old"), Op::SetXattr { name: b("a"), value: b("1") }]), 0);
    let before = t.run("o", vec![Op::Stat]).version;
    let ops = vec![
        write(0, "new"),
        Op::RmXattr { name: b("a") },
        Op::OmapSet { entries: map(&[("k", "v")]) },
        Op::Truncate { size: 1 },
        Op::Create { exclusive: true },
        write(0, "never"),
    ];
    let reply = t.run("o", ops);
    assert_eq!(reply.result, neg(Errno::EEXIST));
    let rvals: Vec<_> = reply.ops.iter().map(|op| op.rval).collect();
    assert_eq!(rvals, [0, 0, 0, 0, neg(Errno::EEXIST)]);
    assert_eq!(t.read("o", 0, 0), Ok(b("old")));
    assert_eq!(t.ask("o", Op::GetXattr { name: b("a") }), Ok(OpOut::Data(b("1"))));
    assert_eq!(
        t.ask("o", Op::OmapGetKeys { after: b(""), max: 9 }),
        Ok(OpOut::Keys { keys: vec![], more: false })
    );
    assert_eq!(t.run("o", vec![Op::Stat]).version, before);

    let mut request = t.request("o", vec![Op::Create { exclusive: true }, write(0, "new")]);
    request.ops[0].flags = OpFlags::FAILOK;
    let reply = t.send(request);
    assert_eq!(
        (reply.result, reply.ops[0].rval, reply.ops.len()),
        (0, neg(Errno::EEXIST), 2),
        "FAILOK goes on"
    );
    assert_eq!(t.read("o", 0, 0), Ok(b("new")));
    let reply = t.run("p", vec![write(0, "x"), Op::Remove, Op::Remove]);
    assert_eq!(reply.result, neg(Errno::ENOENT));
    assert_eq!(t.size("p"), Err(Errno::ENOENT), "nor is anything left of a new object");
}
