//! A pool of a store over the reference model, and a generator of numbers that a printed seed repeats.

#![allow(dead_code)]

use std::sync::Arc;
use std::sync::mpsc;

use bytes::Bytes;
use ops::{ObjectStore, OpFlags};
use rados::IoCtx;
use rbd::{Image, ImageOption, ImageOptions, OpenSpec, Settings};
use store::Store;

pub const NONE: OpFlags = OpFlags::empty();

pub struct Cluster {
    pub store: Arc<Store>,
    pub client: Arc<dyn ObjectStore>,
}

impl Cluster {
    pub fn new() -> Cluster {
        let store = Store::over(Arc::new(disk::ModelEngine::new()));
        let client = store.client("client.admin");
        Cluster { store, client }
    }

    pub fn pool(&self, name: &str) -> IoCtx {
        let (send, receive) = mpsc::channel();
        self.client.pool_create(
            name,
            None,
            Box::new(move |result| send.send(result).expect("the test waits")),
        );
        let id = receive.recv().expect("an answer").expect("a pool");
        IoCtx::new(Arc::clone(&self.client), id).expect("the new pool")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.client.shutdown();
    }
}

pub fn cluster_and_pool() -> (Cluster, IoCtx) {
    let cluster = Cluster::new();
    let io = cluster.pool("rbd");
    (cluster, io)
}

pub fn options(order: u64, stripe_unit: u64, stripe_count: u64) -> ImageOptions {
    let mut options = ImageOptions::new();
    options.set_u64(ImageOption::Order, order).expect("order");
    if stripe_count > 0 {
        options.set_u64(ImageOption::StripeUnit, stripe_unit).expect("unit");
        options.set_u64(ImageOption::StripeCount, stripe_count).expect("count");
    }
    options
}

pub fn create(io: &IoCtx, name: &str, size: u64) {
    rbd::create(io, &Settings::default(), name, size, &mut ImageOptions::new()).expect("create");
}

pub fn open(io: &IoCtx, name: &str) -> Arc<Image> {
    Image::open(io, &OpenSpec::name(name), &Settings::default()).expect("open")
}

pub fn read(image: &Arc<Image>, off: u64, len: u64) -> Bytes {
    image.read_bytes(off, len).expect("read")
}

/// Waits for one asynchronous operation.
pub fn wait(start: impl FnOnce(Box<dyn FnOnce(i64) + Send>)) -> i64 {
    let (send, receive) = mpsc::channel();
    start(Box::new(move |result| send.send(result).expect("the test waits")));
    receive.recv().expect("an answer")
}

/// xorshift64*.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11) % end.max(1)
    }

    pub fn bytes(&mut self, len: u64) -> Bytes {
        let first = self.next();
        (0..len).map(|i| (first.wrapping_add(i.wrapping_mul(0x9e37_79b9)) >> 3) as u8).collect()
    }
}

/// A seed of the clock, or the one in `SEED`.
pub fn seed() -> u64 {
    let from_clock = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(1, |now| now.as_nanos() as u64)
    };
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(from_clock);
    println!("SEED={seed}");
    seed
}
