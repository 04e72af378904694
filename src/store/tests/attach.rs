//! Stores in directories: made, opened again, shared, refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use ops::*;
use store::{AttachOptions, attach, initialise};
use tempfile::TempDir;

fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory")
}

fn open(dir: &Path) -> Result<Arc<dyn ObjectStore>> {
    attach(
        dir,
        &AttachOptions {
            wait: Duration::from_millis(50),
            entity: "client.test".into(),
            full_ratio: 1.0,
            ..AttachOptions::default()
        },
    )
}

fn wait<T: Send + 'static>(call: impl FnOnce(OnResult<T>)) -> Result<T> {
    let (send, receive) = mpsc::channel();
    call(Box::new(move |result| drop(send.send(result))));
    receive.recv_timeout(Duration::from_secs(20)).expect("a completion that never came")
}

fn run(store: &dyn ObjectStore, request: Request) -> Reply {
    let (send, receive) = mpsc::channel();
    store.submit(request, Box::new(move |reply| drop(send.send(reply))));
    receive.recv_timeout(Duration::from_secs(20)).expect("a completion that never came")
}

fn write(pool: i64, name: &'static str, text: &'static str) -> Request {
    Request::new(ObjectRef::new(pool, name), vec![Op::WriteFull { data: text.into() }])
}

fn read(store: &dyn ObjectStore, pool: i64, name: &'static str, snap: u64) -> Result<String> {
    let request = Request::new(ObjectRef::new(pool, name), vec![Op::Read { off: 0, len: 0, into: None }]);
    let mut reply = run(store, Request { snap, ..request }).check()?;
    match reply.ops.pop().map(|op| op.out) {
        Some(OpOut::Data(data)) => Ok(String::from_utf8_lossy(&data).into_owned()),
        other => panic!("a read answered {other:?}"),
    }
}

#[test]
fn everything_is_there_again() {
    let dir = directory();
    initialise(dir.path()).unwrap();
    assert_eq!(initialise(dir.path()), Err(Errno::EEXIST));
    let store = open(dir.path()).unwrap();
    assert_eq!(store.pools(), []);
    let pool = wait(|done| store.pool_create("p", None, done)).unwrap();
    let doomed = wait(|done| store.pool_create("doomed", None, done)).unwrap();
    wait(|done| store.application_enable(pool, "rbd", false, done)).unwrap();
    assert_eq!(run(&*store, write(pool, "o", "before")).result, 0);
    let snap = wait(|done| store.selfmanaged_snap_create(pool, done)).unwrap();
    let snapc = SnapContext::new(snap, &[snap]).unwrap();
    let version = run(&*store, Request { snapc, ..write(pool, "o", "after") }).version;
    assert_eq!(run(&*store, write(doomed, "o", "x")).result, 0);
    wait(|done| store.pool_delete("doomed", done)).unwrap();
    let identity = store.identity();
    store.shutdown();

    let store = open(dir.path()).unwrap();
    assert_eq!(store.pools(), [(pool, "p".to_owned())]);
    assert_eq!(store.pool(pool).unwrap().applications, [("rbd".to_owned(), vec![])]);
    assert_eq!(read(&*store, pool, "o", SNAP_HEAD), Ok("after".into()));
    assert_eq!(read(&*store, pool, "o", snap), Ok("before".into()));
    assert_eq!(store.identity().fsid, identity.fsid);
    assert!(store.identity().instance_id > identity.instance_id, "client ids are unique in the store's life");
    let next = run(&*store, write(pool, "new", "x")).version;
    assert!(next > version, "versions go on: {next} after {version}");
    let third = wait(|done| store.pool_create("third", None, done)).unwrap();
    assert!(third > doomed, "pool ids are never used again: {third} after {doomed}");
    store.shutdown();
}

#[test]
fn clients_of_a_process_share_a_store() {
    let dir = directory();
    let first = open(dir.path()).unwrap();
    assert_eq!(first.pools(), [], "an empty directory is a store without pools");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "and stays empty until the first is made");
    let second = open(&dir.path().join(".")).unwrap();
    let pool = wait(|done| first.pool_create("p", None, done)).unwrap();
    assert_eq!(second.pools(), [(pool, "p".to_owned())]);
    assert_eq!(run(&*first, write(pool, "o", "x")).result, 0);
    first.shutdown();
    first.shutdown();
    assert_eq!(
        read(&*second, pool, "o", SNAP_HEAD),
        Ok("x".into()),
        "the store is open as long as one client is"
    );
    assert_eq!(run(&*first, write(pool, "o", "y")).result, Errno::ESHUTDOWN.neg());
    assert_eq!(disk::StoreLock::acquire(dir.path(), Duration::ZERO).err(), Some(Errno::EBUSY));
    second.shutdown();
    drop(
        disk::StoreLock::acquire(dir.path(), Duration::ZERO)
            .expect("the last client lets go of the directory"),
    );
}

#[test]
fn another_owner_is_waited_for() {
    let dir = directory();
    initialise(dir.path()).unwrap();
    let owner = disk::StoreLock::acquire(dir.path(), Duration::ZERO).unwrap();
    let begin = Instant::now();
    assert_eq!(open(dir.path()).err(), Some(Errno::EBUSY));
    assert!(begin.elapsed() >= Duration::from_millis(50), "waited {:?}", begin.elapsed());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            drop(owner);
        });
        let patient = AttachOptions {
            wait: Duration::from_secs(10),
            entity: "client.test".into(),
            ..AttachOptions::default()
        };
        attach(dir.path(), &patient).expect("the owner went away").shutdown();
    });
}

#[test]
fn what_is_no_store_is_refused() {
    let dir = directory();
    assert_eq!(open(&dir.path().join("none")).err(), Some(Errno::ENOENT));
    let file = dir.path().join("file");
    fs::write(&file, "text").unwrap();
    assert_eq!(open(&file).err(), Some(Errno::ENOTDIR));
    assert_eq!(open(dir.path()).err(), Some(Errno::EINVAL), "somebody else's directory");
    assert_eq!(initialise(dir.path()), Err(Errno::ENOTEMPTY));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was left in it");
    let locked = dir.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(locked.join("probe"), "").is_err() {
        let client = open(&locked).expect("an empty directory that cannot be written");
        assert_eq!(wait(|done| client.pool_create("p", None, done)), Err(Errno::EACCES));
        client.shutdown();
    }
}
