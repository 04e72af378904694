//! Clusters, locks, snapshots, watches and applications over a store in memory.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bytes::Bytes;
use ops::{Errno, NotifyEvent, Timespec, WatchHandler, WatchId};
use store::Store;

use crate::config::Config;
use crate::{Cluster, Completion, EntityName, IoCtx, LockTerms, notify, wait};

const SOON: Duration = Duration::from_secs(10);

fn store() -> Arc<Store> {
    Store::over(Arc::new(disk::ModelEngine::new()))
}

fn client(store: &Arc<Store>) -> Arc<Cluster> {
    let config = Arc::new(Config::new(EntityName::client(None), "ceph"));
    Cluster::over(config, store.client("client.admin"))
}

/// A context on a new pool of a new store.
pub(crate) fn pool() -> IoCtx {
    let client = store().client("client.admin");
    let pool = wait(|done| client.pool_create("data", None, done)).expect("a new pool");
    IoCtx::new(client, pool).expect("the pool")
}

fn pool_of(cluster: &Cluster) -> IoCtx {
    cluster.pool_create("data", None).expect("a new pool");
    cluster.ioctx("data").expect("the pool")
}

fn unconnected(settings: &[(&str, &str)]) -> Arc<Cluster> {
    let cluster = Cluster::create2("ceph", "client.admin").expect("a good name");
    for (name, value) in settings {
        cluster.config().set(name, value).expect("a good value");
    }
    cluster
}

#[test]
fn connecting_needs_one_back_end() {
    let connect = |settings: &[(&str, &str)]| unconnected(settings).connect();
    assert_eq!(connect(&[]), Err(Errno::ENOENT));
    let key = ("key", "AQDPx11W2BAmFBAA7EUl60a17KxaT1eHLRTg6g==");
    assert_eq!(
        connect(&[("mon_host", "127.0.0.1:1"), key, ("client_mount_timeout", "1")]),
        Err(Errno::ETIMEDOUT)
    );
    assert_eq!(connect(&[("mon_host", "v1:127.0.0.1:1"), key]), Err(Errno(libc::EPROTONOSUPPORT)));
    assert_eq!(connect(&[("mon_host", "127.0.0.1:x"), key]), Err(Errno::EINVAL));
    assert_eq!(connect(&[("mon_host", "127.0.0.1:1"), ("sepiola_store", "/x")]), Err(Errno::EINVAL));
}

#[test]
fn nothing_works_before_connecting() {
    let cluster = unconnected(&[]);
    assert_eq!(cluster.store().err(), Some(Errno::ENOTCONN));
    assert_eq!(cluster.pools(), Err(Errno::ENOTCONN));
    assert_eq!(cluster.pool_id("x"), Err(Errno::ENOTCONN));
    assert_eq!(cluster.ioctx("x").err(), Some(Errno::ENOTCONN));
    assert_eq!(cluster.pool_create("x", None), Err(Errno::ENOTCONN));
    assert_eq!(cluster.cluster_stat(), Err(Errno::ENOTCONN));
    assert_eq!(cluster.instance_id(), 0);
    assert!(!cluster.is_connected());
}

#[test]
fn shutting_down_is_final() {
    let cluster = client(&store());
    assert_eq!(cluster.connect(), Err(Errno(libc::EISCONN)));
    assert_ne!(cluster.instance_id(), 0);
    cluster.shutdown();
    cluster.shutdown();
    assert_eq!(cluster.pools(), Err(Errno::ENOTCONN));
    assert_eq!(cluster.connect(), Err(Errno::ESHUTDOWN));
}

#[test]
fn a_callback_may_shut_the_cluster_down() {
    let cluster = client(&store());
    let (send, receive) = channel();
    let own = Arc::clone(&cluster);
    let completion = Completion::new(Some(Box::new(move || {
        own.shutdown();
        drop(own);
        send.send(()).expect("the test waits");
    })));
    completion.complete(0, cluster.finisher());
    drop(cluster);
    assert_eq!(receive.recv_timeout(SOON), Ok(()));
    completion.wait_and_cb();
}

#[test]
fn pools_come_and_go() {
    let cluster = client(&store());
    let id = cluster.pool_create("data", None).expect("a new pool");
    assert_eq!(cluster.pool_create("data", None), Err(Errno::EEXIST));
    assert_eq!(cluster.pool_create("", None), Err(Errno::EINVAL));
    assert_eq!(cluster.pool_id("data"), Ok(id));
    assert_eq!(cluster.pool(id).map(|pool| pool.name.clone()), Ok("data".into()));
    assert_eq!(cluster.ioctx_by_id(id).map(|io| io.pool()), Ok(id));
    assert_eq!(cluster.pool_delete("data"), Ok(()));
    assert_eq!(cluster.pool_id("data"), Err(Errno::ENOENT));
    assert_eq!(cluster.ioctx("data").err(), Some(Errno::ENOENT));
    assert_eq!(cluster.pool_delete("data"), Err(Errno::ENOENT));
    assert_ne!(cluster.pool_create("data", None), Ok(id), "ids are not used again");
}

#[test]
fn services_register_once() {
    let cluster = client(&store());
    let none = || Vec::<(String, String)>::new();
    assert_eq!(cluster.service_register("osd", "x", none()), Err(Errno::EINVAL));
    assert_eq!(cluster.service_register("", "x", none()), Err(Errno::EINVAL));
    assert_eq!(cluster.service_register("ctdb", "x", none()), Ok(()));
    assert_eq!(cluster.service_register("ctdb", "y", none()), Err(Errno::EEXIST));
    assert_eq!(cluster.service_update_status(vec![("a".into(), "b".into())]), Ok(()));
}

#[test]
fn exclusive_locks_exclude() {
    let store = store();
    let (one, two) = (client(&store), client(&store));
    let mine = pool_of(&one);
    let theirs = two.ioctx("data").expect("the pool");
    let terms = LockTerms { description: b"test", ..LockTerms::default() };
    assert_eq!(mine.lock_exclusive("o", "lock", "cookie", &terms), Ok(()));
    assert_eq!(mine.lock_exclusive("o", "lock", "cookie", &terms), Err(Errno::EEXIST));
    assert_eq!(theirs.lock_exclusive("o", "lock", "cookie", &terms), Err(Errno::EBUSY));
    let renew = LockTerms { flags: 1, ..terms.clone() };
    assert_eq!(mine.lock_exclusive("o", "lock", "cookie", &renew), Ok(()));

    let held = theirs.lockers("o", b"lock").expect("the lock");
    let holder = format!("client.{}", one.instance_id());
    assert!(held.exclusive);
    assert_eq!(held.lockers.iter().map(|l| l.client.as_str()).collect::<Vec<_>>(), [holder.as_str()]);
    assert_eq!(theirs.unlock("o", b"lock", b"cookie"), Err(Errno::ENOENT));
    assert_eq!(theirs.break_lock("o", b"lock", "nonsense", b"cookie"), Err(Errno::EINVAL));
    assert_eq!(theirs.break_lock("o", b"lock", &holder, b"cookie"), Ok(()));
    assert_eq!(mine.unlock("o", b"lock", b"cookie"), Err(Errno::ENOENT));
    assert_eq!(theirs.lock_exclusive("o", "lock", "cookie", &terms), Ok(()));
}

#[test]
fn shared_locks_share_a_tag() {
    let store = store();
    let (one, two) = (client(&store), client(&store));
    let mine = pool_of(&one);
    let theirs = two.ioctx("data").expect("the pool");
    let terms = LockTerms::default();
    assert_eq!(mine.lock_shared("o", "lock", "c", "tag", &terms), Ok(()));
    assert_eq!(theirs.lock_shared("o", "lock", "c", "tag", &terms), Ok(()));
    assert_eq!(theirs.lock_shared("o", "lock", "d", "other", &terms), Err(Errno::EBUSY));
    let held = mine.lockers("o", b"lock").expect("the lock");
    assert_eq!((held.exclusive, held.lockers.len(), held.tag), (false, 2, Bytes::from("tag")));
}

#[test]
fn snapshots_of_a_pool_keep_what_was() {
    let io = pool();
    io.write_full("o", "before").expect("a write");
    assert_eq!(io.snap_create("s"), Ok(()));
    assert_eq!(io.snap_create("s"), Err(Errno::EEXIST));
    io.write_full("o", "after").expect("a write");
    let id = io.snap_by_name("s").expect("the snapshot");
    assert_eq!(io.with_snap(id).read("o", 0, 0), Ok(Bytes::from("before")));
    let snap = io.snap_by_id(id).expect("the snapshot");
    assert_eq!(snap.name, "s");
    assert_ne!(snap.stamp, Timespec::ZERO);
    assert_eq!(io.rollback("o", "s"), Ok(()));
    assert_eq!(io.read("o", 0, 0), Ok(Bytes::from("before")));
    assert_eq!(io.rollback("o", "none"), Err(Errno::ENOENT));
    assert_eq!(io.snap_remove("s"), Ok(()));
    assert_eq!(io.snap_by_name("s"), Err(Errno::ENOENT));
    assert_eq!(io.snaps().map(|snaps| snaps.len()), Ok(0));
}

#[test]
fn programs_keep_snapshots_by_themselves() {
    let io = pool();
    io.write_full("o", "before").expect("a write");
    let snap = io.selfmanaged_snap_create().expect("an id");
    assert_eq!(io.with_write_snaps(snap, &[snap, snap + 1]).err(), Some(Errno::EINVAL));
    let io = io.with_write_snaps(snap, &[snap]).expect("a good context");
    io.write_full("o", "after").expect("a write");
    assert_eq!(io.with_snap(snap).read("o", 0, 0), Ok(Bytes::from("before")));
    assert_eq!(io.selfmanaged_snap_rollback("o", snap), Ok(()));
    assert_eq!(io.read("o", 0, 0), Ok(Bytes::from("before")));
    assert_eq!(io.selfmanaged_snap_remove(snap), Ok(()));
}

struct Answering {
    io: IoCtx,
    events: Sender<NotifyEvent>,
}

impl WatchHandler for Answering {
    fn notify(&self, event: NotifyEvent) {
        let acked = self.io.notify_ack("o", event.notify_id, event.watch, "heard");
        assert_eq!(acked, Ok(()));
        let _ = self.events.send(event);
    }

    fn error(&self, watch: WatchId, err: Errno) {
        panic!("watch {watch}: {err}");
    }
}

#[test]
fn watchers_hear_and_answer() {
    let io = pool();
    let (events, heard) = channel();
    let handler = || Arc::new(Answering { io: io.clone(), events: events.clone() });
    assert_eq!(io.watch("o", None, handler()), Err(Errno::ENOENT));
    io.create("o", true).expect("a new object");
    let watch = io.watch("o", None, handler()).expect("a watch");
    assert_eq!(io.watchers("o").map(|all| all.iter().map(|w| w.cookie).collect()), Ok(vec![watch]));
    let (result, reply) = io.notify("o", "hello", Some(SOON));
    assert_eq!(result, Ok(()));
    assert_eq!(
        reply.acks.iter().map(|ack| (ack.watch, &ack.payload[..])).collect::<Vec<_>>(),
        [(watch, &b"heard"[..])]
    );
    assert_eq!(notify::decode(&notify::encode(&reply)), Ok(reply));
    let event = heard.recv_timeout(SOON).expect("an event");
    assert_eq!((event.watch, &event.payload[..]), (watch, &b"hello"[..]));
    assert_eq!(io.unwatch(watch), Ok(()));
    let (result, reply) = io.notify("o", "anyone?", Some(SOON));
    assert_eq!((result, reply.acks.len()), (Ok(()), 0));
}

#[test]
fn applications_keep_metadata() {
    let io = pool();
    assert_eq!(io.application_get("rbd", "key"), Err(Errno::ENOENT));
    assert_eq!(io.application_set("rbd", "key", "value"), Err(Errno::ENOENT));
    assert_eq!(io.application_enable("rbd", false), Ok(()));
    assert_eq!(io.application_enable("other", false), Err(Errno::EPERM));
    assert_eq!(io.applications(), Ok(vec!["rbd".to_owned()]));
    assert_eq!(io.application_set("rbd", "key", "value"), Ok(()));
    assert_eq!(io.application_get("rbd", "key"), Ok("value".into()));
    assert_eq!(io.application_remove("rbd", "key"), Ok(()));
    assert_eq!(io.application_metadata("rbd"), Ok(vec![]));
}
