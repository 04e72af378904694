//! What a crash interrupts is finished when the store is opened again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use disk::{Engine, ModelEngine};
use ops::{ObjectRef, ObjectStore, Op, Request, SnapContext};

use super::PoolRecord;
use crate::client::Client;
use crate::store::Store;

fn open(engine: &Arc<ModelEngine>) -> Arc<Client> {
    Store::over(engine.clone()).new_client("client.test")
}

fn edit(engine: &ModelEngine, id: i64, change: impl FnOnce(&mut PoolRecord)) {
    let mut record = PoolRecord::decode(&engine.meta_get(&PoolRecord::key(id)).unwrap()).unwrap();
    change(&mut record);
    engine.meta_update(vec![(PoolRecord::key(id), Some(record.encode().unwrap()))]).unwrap();
}

fn write(client: &Client, pool: i64, name: &'static str, snaps: &[u64]) {
    let snapc = SnapContext::new(snaps.first().copied().unwrap_or(0), snaps).unwrap();
    let request = Request::new(ObjectRef::new(pool, name), vec![Op::WriteFull { data: name.into() }]);
    client.submit(Request { snapc, ..request }, Box::new(|reply| assert_eq!(reply.result, 0)));
}

#[test]
fn deletions_are_finished() {
    let engine = Arc::new(ModelEngine::new());
    let client = open(&engine);
    let store = client.store();
    let (kept, doomed) =
        (store.create_pool("kept", None).unwrap(), store.create_pool("doomed", None).unwrap());
    write(&client, kept, "o", &[]);
    write(&client, doomed, "o", &[]);
    drop(client);
    edit(&engine, doomed, |record| record.deleted = true);

    let client = open(&engine);
    assert_eq!(client.pools(), [(kept, "kept".to_owned())]);
    assert_eq!((engine.usage(Some(kept)).heads, engine.usage(Some(doomed)).heads), (1, 0));
    assert_eq!(engine.meta_get(&PoolRecord::key(doomed)), None, "the record goes last");
}

#[test]
fn trimming_begins_anew() {
    let engine = Arc::new(ModelEngine::new());
    let client = open(&engine);
    let pool = client.store().create_pool("p", None).unwrap();
    write(&client, pool, "o", &[]);
    let snap = client.store().pools().selfmanaged_create(&*engine, pool).unwrap();
    write(&client, pool, "o", &[snap]);
    assert_eq!(engine.usage(Some(pool)).clones, 1);
    drop(client);
    edit(&engine, pool, |record| {
        record.removed.insert(snap, 1);
        record.trimming.insert(snap, 1);
    });

    let client = open(&engine);
    let begin = Instant::now();
    let waiting = || !client.store().pools().get(pool).unwrap().state().record.trimming.is_empty();
    while waiting() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the walk does not end");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(engine.usage(Some(pool)).clones, 0);
    let stored = PoolRecord::decode(&engine.meta_get(&PoolRecord::key(pool)).unwrap()).unwrap();
    assert!(stored.trimming.is_empty() && stored.removed.contains(snap), "{stored:?}");
}
