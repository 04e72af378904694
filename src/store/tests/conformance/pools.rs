//! Pools, namespaces, listing, applications.

use std::collections::BTreeSet;

use bytes::Bytes;
use ops::*;

use crate::bench::{Bench, neg, send, wait, write};

pub fn created_found_deleted(t: &Bench) {
    let other = t.another_client();
    assert_eq!(t.store.pool_id("bench"), Some(t.pool));
    assert_eq!(wait(|done| other.pool_create("bench", None, done)), Err(Errno::EEXIST));
    assert_eq!(wait(|done| other.pool_create("", None, done)), Err(Errno::EINVAL));
    let id = wait(|done| other.pool_create("second", None, done)).unwrap();
    assert!(id > t.pool, "{id} after {}", t.pool);
    assert_eq!(t.store.pools(), [(t.pool, "bench".to_owned()), (id, "second".to_owned())]);
    assert_eq!(t.store.pool(id).map(|pool| pool.name.clone()), Some("second".to_owned()));

    let request = || Request::new(ObjectRef::new(id, "o"), vec![write(0, "data")]);
    assert_eq!(send(&*other, request()).result, 0);
    let stat = wait(|done| t.store.pool_stat(id, done)).unwrap();
    assert_eq!((stat.num_objects, stat.num_user_bytes, stat.num_wr), (1, 4, 1));
    assert!(wait(|done| t.store.cluster_stat(done)).unwrap().kb > 0);

    assert_eq!(wait(|done| other.pool_delete("second", done)), Ok(()));
    assert_eq!(wait(|done| other.pool_delete("second", done)), Err(Errno::ENOENT));
    assert_eq!(send(&*t.store, request()).result, neg(Errno::ENOENT), "under an open handle");
    assert_eq!(wait(|done| t.store.list(id, None, Cursor::begin(), 1, done)), Err(Errno::ENOENT));
    let again = wait(|done| other.pool_create("second", None, done)).unwrap();
    assert!(again > id, "ids are never used again: {again} after {id}");
    let page = wait(|done| t.store.list(again, None, Cursor::begin(), 9, done)).unwrap();
    assert_eq!(page.entries, [], "nothing is left of the old one");
    assert_ne!(t.store.identity().instance_id, other.identity().instance_id);
    assert_eq!(t.store.identity().fsid, other.identity().fsid);
}

pub fn namespaces_and_listing(t: &Bench) {
    let object = |nspace: &str, name: String, key: &str| ObjectRef {
        pool: t.pool,
        nspace: Bytes::copy_from_slice(nspace.as_bytes()),
        name: name.into(),
        key: Bytes::copy_from_slice(key.as_bytes()),
    };
    let mut all = BTreeSet::new();
    for i in 0..40 {
        for (nspace, key) in [("", ""), ("ns", ""), ("", "key")] {
            let object = object(nspace, format!("{key}o{i}"), key);
            assert_eq!(t.send(Request::new(object.clone(), vec![write(0, "x")])).result, 0);
            all.insert((object.nspace, object.key, object.name));
        }
    }
    let removed = object("ns", "o7".into(), "");
    assert_eq!(t.send(Request::new(removed.clone(), vec![Op::Remove])).result, 0);
    all.remove(&(removed.nspace, removed.key, removed.name));

    let walk = |nspace: Option<&'static str>, step| {
        let (mut at, mut order, mut found) = (Cursor::begin(), Vec::new(), BTreeSet::new());
        while at != Cursor::End {
            let nspace = nspace.map(|n| Bytes::from_static(n.as_bytes()));
            let page = wait(|done| t.store.list(t.pool, nspace, at.clone(), step, done)).unwrap();
            assert!(page.entries.len() <= step, "{} entries of {step}", page.entries.len());
            assert!(page.next > at, "the cursor moves on");
            at = page.next;
            for e in page.entries {
                let o = ObjectRef {
                    pool: t.pool,
                    nspace: e.nspace.clone(),
                    name: e.name.clone(),
                    key: e.key.clone(),
                };
                order.push(Cursor::of(&o));
                assert!(found.insert((e.nspace, e.key, e.name)), "{o:?} twice");
            }
        }
        assert!(order.is_sorted(), "in the order of cursors");
        found
    };
    for step in [1, 7, 1000] {
        assert_eq!(walk(None, step), all, "all, {step} at a time");
        let in_ns = all.iter().filter(|o| &o.0[..] == b"ns").cloned().collect();
        assert_eq!(walk(Some("ns"), step), in_ns, "one namespace, {step} at a time");
        assert_eq!(walk(Some(""), step).len(), 80, "the default namespace, {step} at a time");
    }
}

pub fn applications(t: &Bench) {
    let enable = |app: &str, force| wait(|done| t.store.application_enable(t.pool, app, force, done));
    let set =
        |app: &str, key: &str, value| wait(|done| t.store.application_set(t.pool, app, key, value, done));
    assert_eq!(set("rbd", "k", Some("v")), Err(Errno::ENOENT), "not enabled yet");
    assert_eq!((enable("rbd", false), enable("rbd", false)), (Ok(()), Ok(())), "enabling twice");
    assert_eq!(enable("rgw", false), Err(Errno::EPERM), "a second one needs force");
    assert_eq!((enable("rgw", true), enable("", true)), (Ok(()), Err(Errno::EINVAL)));
    assert_eq!((set("rbd", "k", Some("v")), set("rbd", "", Some("v"))), (Ok(()), Err(Errno::EINVAL)));
    assert_eq!(
        (set("rbd", "gone", Some("v")), set("rbd", "gone", None), set("rbd", "gone", None)),
        (Ok(()), Ok(()), Ok(()))
    );
    let expected =
        vec![("rbd".to_owned(), vec![("k".to_owned(), "v".to_owned())]), ("rgw".to_owned(), vec![])];
    assert_eq!(t.store.pool(t.pool).unwrap().applications, expected);
    assert_eq!(wait(|done| t.store.application_enable(4711, "rbd", false, done)), Err(Errno::ENOENT));
}

/// A pool goes while others read, write and list in it.
pub fn deleted_under_load(t: &Bench) {
    let id = wait(|done| t.store.pool_create("busy", None, done)).unwrap();
    let clients: Vec<_> = (0..3).map(|_| t.another_client()).collect();
    std::thread::scope(|scope| {
        for (n, client) in clients.iter().enumerate() {
            scope.spawn(move || {
                for round in 0.. {
                    let name = format!("{n}.{}", round % 50);
                    let op = if round % 3 == 0 { Op::Stat } else { write(round % 7 * 100, "data") };
                    let result = send(&**client, Request::new(ObjectRef::new(id, name), vec![op])).result;
                    if client.pool(id).is_none() {
                        break;
                    }
                    assert!(
                        result == 0 || result == neg(Errno::ENOENT),
                        "client {n}, round {round}: {result}"
                    );
                }
            });
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert_eq!(wait(|done| t.store.pool_delete("busy", done)), Ok(()));
    });
    assert_eq!(wait(|done| t.store.pool_stat(id, done)), Err(Errno::ENOENT));
    let left = wait(|done| t.store.cluster_stat(done)).unwrap().num_objects;
    assert_eq!(left, 0, "objects of a deleted pool");
}
