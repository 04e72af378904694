//! Rows and xattrs that Ceph 16.2 left in a pool, as `rados listomapvals` and `getxattr` show them. They must
//! decode to what the tools said, and encode back to the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use bytes::Bytes;
use cls::entity::{EntityAddr, EntityName};
use cls::lock::{LockInfo, LockType, LockerId, LockerInfo};
use cls::rbd::{
    ChildSpec, GroupSnapshotNamespace, ParentRow, ParentSpec, SnapshotNamespace, SnapshotRow, TrashSource,
    TrashSpec, TrashState,
};
use denc::{Decode, Encode};
use ops::Timespec;

use crate::bed::{hex, to_hex};

fn check<T: Encode + Decode + PartialEq + Debug>(captured: &str, expected: T) {
    let bytes = hex(captured);
    assert_eq!(denc::decode::<T>(&bytes), Ok(expected));
    let again = denc::encode(&denc::decode::<T>(&bytes).unwrap());
    assert_eq!(to_hex(&again), to_hex(&bytes));
}

#[test]
fn protected_snapshot() {
    check(
        "08 08 36 00 00 00 04 00  00 00 00 00 00 00 02 00
         00 00 73 31 00 00 40 06  00 00 00 00 02 00 00 00
         00 00 00 00 00 01 01 04  00 00 00 00 00 00 00 4e
         18 02 6b 0c 65 5d 03 00  00 00 00 00",
        SnapshotRow {
            id: 4,
            name: "s1".into(),
            image_size: 100 << 20,
            protection: 2,
            timestamp: Timespec { sec: 0x6b02_184e, nsec: 0x035d_650c },
            ..SnapshotRow::default()
        },
    );
}

#[test]
fn snapshot_of_a_clone() {
    check(
        "08 08 3e 00 00 00 06 00  00 00 00 00 00 00 02 00
         00 00 63 31 00 00 40 06  00 00 00 00 00 00 00 00
         00 00 00 00 00 01 01 04  00 00 00 00 00 00 00 50
         18 02 6b 12 1f 12 04 00  00 00 00 01 00 00 40 06
         00 00 00 00",
        SnapshotRow {
            id: 6,
            name: "c1".into(),
            image_size: 100 << 20,
            timestamp: Timespec { sec: 0x6b02_1850, nsec: 0x0412_1f12 },
            parent_overlap: Some(100 << 20),
            ..SnapshotRow::default()
        },
    );
}

#[test]
fn snapshot_of_a_group() {
    check(
        "08 08 7e 00 00 00 08 00  00 00 00 00 00 00 22 00
         00 00 2e 67 72 6f 75 70  2e 33 5f 31 30 34 37 36
         62 38 62 34 35 36 37 5f  31 30 34 64 36 62 38 62
         34 35 36 37 00 00 00 04  00 00 00 00 00 00 00 00
         00 00 00 00 00 01 01 2c  00 00 00 01 00 00 00 03
         00 00 00 00 00 00 00 0c  00 00 00 31 30 34 37 36
         62 38 62 34 35 36 37 0c  00 00 00 31 30 34 64 36
         62 38 62 34 35 36 37 52  18 02 6b 47 d5 20 05 00
         00 00 00 00",
        SnapshotRow {
            id: 8,
            name: ".group.3_10476b8b4567_104d6b8b4567".into(),
            image_size: 64 << 20,
            namespace: SnapshotNamespace::Group(GroupSnapshotNamespace {
                pool: 3,
                group_id: "10476b8b4567".into(),
                snapshot_id: "104d6b8b4567".into(),
            }),
            timestamp: Timespec { sec: 0x6b02_1852, nsec: 0x0520_d547 },
            ..SnapshotRow::default()
        },
    );
}

#[test]
fn parent() {
    check(
        "02 02 2d 00 00 00 03 00  00 00 00 00 00 00 00 00
         00 00 0c 00 00 00 31 30  32 62 36 61 65 31 63 33
         66 36 04 00 00 00 00 00  00 00 01 00 00 40 06 00
         00 00 00",
        ParentRow {
            spec: ParentSpec { pool: 3, nspace: Bytes::new(), image_id: "102b6ae1c3f6".into(), snap: 4 },
            head_overlap: Some(100 << 20),
        },
    );
}

#[test]
fn children() {
    check(
        "01 00 00 00 02 01 1c 00  00 00 03 00 00 00 00 00
         00 00 0c 00 00 00 31 30  33 64 35 31 64 35 66 30
         61 34 00 00 00 00",
        BTreeSet::from([ChildSpec { pool: 3, nspace: Bytes::new(), image_id: "103d51d5f0a4".into() }]),
    );
}

#[test]
fn trash() {
    let stamp = Timespec { sec: 0x6b02_1852, nsec: 0x18f9_fe5a };
    check(
        "02 01 19 00 00 00 00 03  00 00 00 73 74 72 52 18
         02 6b 5a fe f9 18 52 18  02 6b 5a fe f9 18 00",
        TrashSpec {
            source: TrashSource::User,
            name: "str".into(),
            deleted: stamp,
            deferred_until: stamp,
            state: TrashState::Normal,
        },
    );
}

#[test]
fn shared_lock() {
    check(
        "0101 5b00 0000 0100 0000 0101 1300 0000
         084f 1000 0000 0000 0006 0000 006c 6f63
         6b69 6401 012f 0000 0000 0000 0000 0000
         0001 0101 1c00 0000 0100 0000 24b7 555b
         1000 0000 0200 0000 7f00 0001 0000 0000
         0000 0000 0000 0000 0204 0000 0074 6167 78",
        LockInfo {
            lockers: BTreeMap::from([(
                LockerId { name: EntityName::client(4175), cookie: "lockid".into() },
                LockerInfo {
                    expiration: Timespec::ZERO,
                    addr: "127.0.0.1:0/1532344100".parse::<EntityAddr>().unwrap(),
                    description: Bytes::new(),
                },
            )]),
            kind: LockType::Shared,
            tag: "tagx".into(),
        },
    );
}

#[test]
fn released_lock() {
    check(
        "0101 0900 0000 0000 0000 0100 0000 00",
        LockInfo { kind: LockType::Exclusive, ..LockInfo::default() },
    );
}
