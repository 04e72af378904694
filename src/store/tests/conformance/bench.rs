//! A store with one pool, and shorthands to ask it things.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use bytes::Bytes;
use disk::ModelEngine;
use ops::*;
use store::{AttachOptions, Store};

pub struct Bench {
    pub store: Arc<dyn ObjectStore>,
    pub pool: i64,
    /// Makes another client of the same store.
    another: Box<dyn Fn() -> Arc<dyn ObjectStore>>,
}

/// Waits for a closure-taking call.
pub fn wait<T: Send + 'static>(call: impl FnOnce(OnResult<T>)) -> Result<T> {
    let (send, receive) = mpsc::channel();
    call(Box::new(move |result| drop(send.send(result))));
    receive.recv_timeout(Duration::from_secs(20)).expect("a completion that never came")
}

impl Bench {
    pub fn new(another: Box<dyn Fn() -> Arc<dyn ObjectStore>>) -> Bench {
        let store = another();
        let pool = wait(|done| store.pool_create("bench", None, done)).expect("creating a pool");
        Bench { store, pool, another }
    }

    pub fn model() -> Bench {
        let store = Store::over(Arc::new(ModelEngine::new()));
        Bench::new(Box::new(move || store.client("client.test")))
    }

    /// On a disk: the build's directory, which is not in memory.
    pub fn disk() -> Bench {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
        Bench::new(Box::new(move || {
            let options = AttachOptions {
                wait: Duration::ZERO,
                entity: "client.test".into(),
                // However full the file system is here, the tests are not about that.
                full_ratio: 1.0,
                nearfull_ratio: 1.0,
            };
            store::attach(dir.path(), &options).expect("attaching")
        }))
    }

    pub fn another_client(&self) -> Arc<dyn ObjectStore> {
        (self.another)()
    }

    pub fn object(&self, name: &str) -> ObjectRef {
        ObjectRef::new(self.pool, name.to_owned())
    }

    pub fn request(&self, name: &str, ops: Vec<Op>) -> Request {
        Request::new(self.object(name), ops)
    }

    pub fn send(&self, request: Request) -> Reply {
        send(&*self.store, request)
    }

    /// The whole reply of a request at the head without snapshots.
    pub fn run(&self, name: &str, ops: Vec<Op>) -> Reply {
        self.send(self.request(name, ops))
    }

    /// Its result.
    pub fn go(&self, name: &str, ops: Vec<Op>) -> i32 {
        self.run(name, ops).result
    }

    /// What the last op returned.
    pub fn ask(&self, name: &str, op: Op) -> Result<OpOut> {
        self.run(name, vec![op]).check().map(last)
    }

    pub fn read(&self, name: &str, off: u64, len: u64) -> Result<Bytes> {
        match self.ask(name, Op::Read { off, len, into: None })? {
            OpOut::Data(data) => Ok(data),
            other => panic!("a read answered {other:?}"),
        }
    }

    pub fn size(&self, name: &str) -> Result<u64> {
        match self.ask(name, Op::Stat)? {
            OpOut::Stat { size, .. } => Ok(size),
            other => panic!("a stat answered {other:?}"),
        }
    }
}

pub fn send(store: &dyn ObjectStore, request: Request) -> Reply {
    let (send, receive) = mpsc::channel();
    store.submit(request, Box::new(move |reply| drop(send.send(reply))));
    receive.recv_timeout(Duration::from_secs(20)).expect("a completion that never came")
}

pub fn last(reply: Reply) -> OpOut {
    reply.ops.into_iter().last().map(|op| op.out).unwrap_or_default()
}

pub fn write(off: u64, data: &'static str) -> Op {
    Op::Write { off, data: Bytes::from_static(data.as_bytes()) }
}

pub fn neg(errno: Errno) -> i32 {
    errno.neg()
}
