//! Random input, and random bytes in the rows, give an error: no panic, and no change.

use bytes::Bytes;
use cls::rbd::client as rbd;
use cls::rbd::features;
use proptest::prelude::*;

use crate::bed::Bed;

const CLASSES: [&str; 8] = ["rbd", "lock", "hello", "numops", "refcount", "version", "log", "timeindex"];

fn bytes(max: usize) -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..max).prop_map(Bytes::from)
}

fn image() -> Bed {
    let mut bed = Bed::created();
    bed.call(rbd::create(1 << 20, 22, features::LAYERING, b"p", None)).unwrap();
    bed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn input(input in bytes(80)) {
        for class in CLASSES {
            for method in cls::methods(class.as_bytes()) {
                let _ = image().run(class, method.name, &input);
            }
        }
    }

    #[test]
    fn rows(value in bytes(80)) {
        for key in ["size", "features", "parent", "snapshot_0000000000000001", "snap_limit", "op_features", "snap_seq"] {
            let mut bed = image();
            bed.omap.insert(key.into(), value.clone());
            bed.data = value.to_vec();
            bed.xattrs.insert("lock.a".into(), value.clone());
            for class in CLASSES {
                for method in cls::methods(class.as_bytes()) {
                    let _ = bed.clone().run(class, method.name, &denc::encode(&(1_u64, "a", 1_u64)));
                    let _ = bed.clone().run(class, method.name, &denc::encode(&("a", 1_u64)));
                }
            }
        }
    }
}

#[test]
fn unknown_methods() {
    assert!(cls::find(b"rbd", b"no_such").is_none());
    assert!(cls::find(b"no_such", b"create").is_none());
}
