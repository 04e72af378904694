use cls::entity::EntityName;
use cls::lock::client::{self, Lock};
use cls::lock::{LockFlags, LockType};
use ops::{Errno, Timespec};

use crate::bed::{Bed, to_hex};

fn a_lock(kind: LockType, cookie: &'static str) -> Lock {
    Lock { name: "rbd_lock".into(), kind, cookie: cookie.into(), tag: "".into() }
}

fn take(bed: &mut Bed, lock: &Lock) -> ops::Result<()> {
    bed.call(client::lock(lock, b"", Timespec::ZERO, LockFlags::default()))
}

/// The xattr Ceph 16.2 wrote for a lock of the same client at the same address.
#[test]
fn lock_writes_the_xattr_of_ceph() {
    let mut bed = Bed { client: 4175, ..Bed::created() };
    let lock = Lock { tag: "tagx".into(), ..a_lock(LockType::Shared, "lockid") };
    take(&mut bed, &lock).unwrap();
    assert_eq!(
        to_hex(&bed.xattrs[&b"lock.rbd_lock"[..]]),
        "01015b00000001000000010113000000084f10000000000000060000006c6f636b6964\
         01012f0000000000000000000000010101 1c0000000100000024b7555b10000000020000007f000001\
         00000000000000000000000002040000007461 6778"
            .replace(' ', "")
    );
}

#[test]
fn exclusive() {
    let mut bed = Bed::new();
    let lock = a_lock(LockType::Exclusive, "c");
    take(&mut bed, &lock).unwrap();
    assert!(bed.exists, "a lock creates its object");
    assert_eq!(take(&mut bed, &lock), Err(Errno::EEXIST));
    assert_eq!(take(&mut bed, &a_lock(LockType::Exclusive, "d")), Err(Errno::EBUSY));
    assert_eq!(take(&mut bed, &a_lock(LockType::Shared, "d")), Err(Errno::EBUSY));
    bed.client = 9;
    assert_eq!(take(&mut bed, &lock), Err(Errno::EBUSY));
    assert_eq!(bed.call(client::unlock(b"rbd_lock", b"c")), Err(Errno::ENOENT));
    bed.client = 4123;
    bed.call(client::unlock(b"rbd_lock", b"c")).unwrap();
    bed.client = 9;
    assert_eq!(take(&mut bed, &lock), Ok(()));
}

#[test]
fn shared() {
    let mut bed = Bed::new();
    take(&mut bed, &a_lock(LockType::Shared, "a")).unwrap();
    take(&mut bed, &a_lock(LockType::Shared, "b")).unwrap();
    bed.client = 9;
    take(&mut bed, &a_lock(LockType::Shared, "a")).unwrap();
    let tagged = Lock { tag: "t".into(), ..a_lock(LockType::Shared, "c") };
    assert_eq!(take(&mut bed, &tagged), Err(Errno::EBUSY));
    assert_eq!(take(&mut bed, &a_lock(LockType::Exclusive, "c")), Err(Errno::EBUSY));
    let info = bed.call(client::get_info(b"rbd_lock")).unwrap();
    assert_eq!(info.kind, LockType::Shared);
    let holders: Vec<String> = info
        .lockers
        .iter()
        .map(|(id, info)| format!("{} {} {}", id.name, String::from_utf8_lossy(&id.cookie), info.addr))
        .collect();
    assert_eq!(
        holders,
        [
            "client.9 a 127.0.0.1:0/1532344100",
            "client.4123 a 127.0.0.1:0/1532344100",
            "client.4123 b 127.0.0.1:0/1532344100"
        ]
    );
}

#[test]
fn renewal() {
    let mut bed = Bed::new();
    let lock = a_lock(LockType::Exclusive, "c");
    let with = |flags| client::lock(&lock, b"new", Timespec { sec: 10, nsec: 0 }, flags);
    assert_eq!(bed.call(with(LockFlags::MUST_RENEW)), Err(Errno::ENOENT));
    assert_eq!(bed.call(with(LockFlags(3))), Err(Errno::EINVAL));
    assert_eq!(bed.call(with(LockFlags::MAY_RENEW)), Ok(()));
    assert_eq!(bed.call(with(LockFlags::MAY_RENEW)), Ok(()));
    assert_eq!(bed.call(with(LockFlags::MUST_RENEW)), Ok(()));
    let info = bed.call(client::get_info(b"rbd_lock")).unwrap();
    let (_, locker) = info.lockers.first_key_value().unwrap();
    assert_eq!((locker.expiration, &locker.description[..]), (Timespec { sec: 1_010, nsec: 5 }, &b"new"[..]));
}

#[test]
fn expiry() {
    let mut bed = Bed::new();
    let lock = a_lock(LockType::Exclusive, "c");
    let brief = Timespec { sec: 0, nsec: 999_999_999 };
    bed.call(client::lock(&lock, b"", brief, LockFlags::default())).unwrap();
    bed.now = Timespec { sec: 1_001, nsec: 4 };
    assert_eq!(bed.call(client::get_info(b"rbd_lock")).unwrap().lockers.len(), 1);
    bed.now = Timespec { sec: 1_001, nsec: 5 };
    assert_eq!(bed.call(client::get_info(b"rbd_lock")).unwrap().lockers.len(), 0);
    bed.client = 9;
    assert_eq!(take(&mut bed, &lock), Ok(()));
}

#[test]
fn ephemeral_takes_the_object_with_it() {
    let mut bed = Bed::new();
    take(&mut bed, &a_lock(LockType::ExclusiveEphemeral, "c")).unwrap();
    bed.data = b"x".to_vec();
    bed.call(client::unlock(b"rbd_lock", b"c")).unwrap();
    assert!(!bed.exists);
    assert_eq!(bed.call(client::unlock(b"rbd_lock", b"c")), Err(Errno::ENOENT));
}

#[test]
fn break_lock() {
    let mut bed = Bed::new();
    take(&mut bed, &a_lock(LockType::Exclusive, "c")).unwrap();
    let holder: EntityName = "client.4123".parse().unwrap();
    bed.client = 9;
    assert_eq!(bed.call(client::break_lock(b"rbd_lock", EntityName::client(8), b"c")), Err(Errno::ENOENT));
    assert_eq!(bed.call(client::break_lock(b"rbd_lock", holder, b"d")), Err(Errno::ENOENT));
    bed.call(client::break_lock(b"rbd_lock", holder, b"c")).unwrap();
    assert_eq!(bed.call(client::get_info(b"rbd_lock")).unwrap().lockers.len(), 0);
}

#[test]
fn list() {
    let mut bed = Bed::created();
    assert_eq!(bed.call(client::list_locks()), Ok(vec![]));
    take(&mut bed, &a_lock(LockType::Shared, "c")).unwrap();
    take(&mut bed, &Lock { name: "other".into(), ..a_lock(LockType::Shared, "c") }).unwrap();
    bed.xattrs.insert("unlocked".into(), "".into());
    assert_eq!(bed.call(client::list_locks()), Ok(vec!["other".into(), "rbd_lock".into()]));
    assert_eq!(Bed::new().call(client::list_locks()), Err(Errno::ENOENT));
}

#[test]
fn assertion() {
    let mut bed = Bed::new();
    let lock = a_lock(LockType::Exclusive, "c");
    assert_eq!(bed.call(client::assert_locked(&lock)), Err(Errno::ENOENT));
    bed.exists = true;
    assert_eq!(bed.call(client::assert_locked(&lock)), Err(Errno::EBUSY));
    take(&mut bed, &lock).unwrap();
    assert_eq!(bed.call(client::assert_locked(&lock)), Ok(()));
    assert_eq!(bed.call(client::assert_locked(&a_lock(LockType::Exclusive, "d"))), Err(Errno::EBUSY));
    assert_eq!(bed.call(client::assert_locked(&a_lock(LockType::Shared, "c"))), Err(Errno::EBUSY));
    assert_eq!(bed.call(client::assert_locked(&a_lock(LockType::None, "c"))), Err(Errno::EINVAL));
    bed.client = 9;
    assert_eq!(bed.call(client::assert_locked(&lock)), Err(Errno::EBUSY));
}

#[test]
fn cookie() {
    let mut bed = Bed::new();
    let lock = a_lock(LockType::Shared, "c");
    take(&mut bed, &lock).unwrap();
    take(&mut bed, &a_lock(LockType::Shared, "taken")).unwrap();
    assert_eq!(bed.call(client::set_cookie(&lock, b"taken")), Err(Errno::EBUSY));
    bed.call(client::set_cookie(&lock, b"new")).unwrap();
    assert_eq!(bed.call(client::assert_locked(&lock)), Err(Errno::EBUSY));
    assert_eq!(bed.call(client::assert_locked(&a_lock(LockType::Shared, "new"))), Ok(()));
}

#[test]
fn nameless() {
    let nameless = Lock { name: "".into(), ..a_lock(LockType::Exclusive, "c") };
    assert_eq!(take(&mut Bed::new(), &nameless), Err(Errno::EINVAL));
    assert_eq!(take(&mut Bed::new(), &a_lock(LockType::None, "c")), Err(Errno::EINVAL));
    assert_eq!(Bed::new().run("lock", "lock", &"junk".into()), Err(Errno::EINVAL));
}
