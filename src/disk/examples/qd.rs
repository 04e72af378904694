//! The engine beside a plain file: 4 KiB random writes and reads, queue depth 1 and 32, as ratios. Rounds interleave.
//!
//!     cargo run --release -p sepiola-disk --example qd -- DIR [SECONDS [ROUNDS]]

use std::error::Error;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use disk::{AlignedBuf, CreateOptions, DiskEngine, Engine, HEAD, OpenOptions};
use ops::{Durability, ObjectRef, VecSink, Wait};

const BLOCK: u64 = 4096;
const OBJECT: u64 = 4 << 20;
const SIZE: u64 = 1 << 30;

struct Rng(u64);

impl Rng {
    fn block(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % (SIZE / BLOCK)
    }
}

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // utime and stime, in ticks of 10 ms; the command's name does not parse, so they stand one to the left.
    fields.get(11..13).map_or(0.0, |ticks| ticks.iter().sum::<f64>() / 100.0)
}

/// IOPS and CPU µs per operation.
type Figure = (f64, f64);

fn measure(seconds: f64, work: impl FnOnce(Instant) -> u64) -> Figure {
    let (start, used) = (Instant::now(), cpu());
    let count = work(start + Duration::from_secs_f64(seconds)) as f64;
    (count / start.elapsed().as_secs_f64(), (cpu() - used) * 1e6 / count)
}

/// Writes at random places of a file from `depth` threads.
fn raw(path: &Path, flags: i32, depth: usize, seconds: f64) -> Figure {
    let open = || std::fs::OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
    let done = AtomicU64::new(0);
    measure(seconds, |end| {
        std::thread::scope(|scope| {
            for thread in 0..depth {
                let (file, done) = (open(), &done);
                scope.spawn(move || {
                    let Ok(file) = file else { return };
                    let (mut rng, buf) = (Rng(thread as u64 + 77), AlignedBuf::zeroed(BLOCK as usize));
                    while Instant::now() < end {
                        if file.write_all_at(&buf, rng.block() * BLOCK).is_ok() {
                            done.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        done.load(Ordering::Relaxed)
    })
}

struct Store {
    engine: Arc<DiskEngine>,
    objects: Vec<ObjectRef>,
    data: Bytes,
}

impl Store {
    fn place(&self, block: u64) -> (&ObjectRef, u64) {
        let off = block * BLOCK;
        (&self.objects[(off / OBJECT) as usize], off % OBJECT)
    }

    fn write(&self, block: u64, durability: Durability, wait: Wait, done: impl FnOnce() + Send + 'static) {
        let (object, off) = self.place(block);
        let mut tx = self.engine.begin(object).expect("an object");
        tx.create(HEAD).and_then(|()| tx.write(HEAD, off, &self.data)).expect("a write");
        tx.commit(durability, wait, Box::new(move |_| done()));
    }

    fn read(&self, block: u64, wait: Wait, done: impl FnOnce() + Send + 'static) {
        let (object, off) = self.place(block);
        let plan = self.engine.begin(object).and_then(|tx| tx.read_later(HEAD, off, BLOCK)).expect("a plan");
        plan.start(Box::new(VecSink::new(BLOCK as usize)), wait, Box::new(move |_, _| done()));
    }

    fn drive(&self, depth: u64, seconds: f64, one: impl Fn(u64, Wait, Box<dyn FnOnce() + Send>)) -> Figure {
        let (mut rng, done) = (Rng(4711), Arc::new(AtomicU64::new(0)));
        let wait = if depth == 1 { Wait::Inline } else { Wait::Deferred };
        measure(seconds, |end| {
            let mut sent = 0;
            let submitter = std::thread::current();
            while Instant::now() < end {
                while sent - done.load(Ordering::Acquire) >= depth {
                    std::thread::park_timeout(Duration::from_millis(1));
                }
                let (done, submitter) = (done.clone(), submitter.clone());
                let finished = move || {
                    // Wakes the submitter when half of the queue is empty, as a reaper of events does.
                    if done.fetch_add(1, Ordering::Release) % (depth / 2).max(1) == 0 && depth > 1 {
                        submitter.unpark();
                    }
                };
                one(rng.block(), wait, Box::new(finished));
                sent += 1;
            }
            while done.load(Ordering::Acquire) < sent {
                std::thread::park_timeout(Duration::from_millis(1));
            }
            sent
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("which directory?")?;
    let seconds: f64 = args.next().map_or(Ok(3.0), |text| text.parse())?;
    let rounds: usize = args.next().map_or(Ok(3), |text| text.parse())?;
    let plain = Path::new(&dir).join("plain");
    let file = std::fs::File::create(&plain)?;
    let zeroes = vec![0; 1 << 20];
    (0..SIZE >> 20).try_for_each(|mib| file.write_all_at(&zeroes, mib << 20))?;
    file.sync_all()?;
    let place = Path::new(&dir).join("store");
    std::fs::create_dir(&place)?;
    DiskEngine::create(&place, CreateOptions::default())?;
    let mut options = OpenOptions::default();
    if let Ok(bytes) = std::env::var("IN_PLACE_BACKLOG") {
        options.in_place_backlog = bytes.parse()?;
    }
    let engine = DiskEngine::open(&place, options)?;
    let objects = (0..SIZE / OBJECT).map(|n| ObjectRef::new(1, format!("rbd_data.1.{n:016x}"))).collect();
    let store = Store { engine, objects, data: Bytes::from(vec![0x5a; BLOCK as usize]) };
    let start = Instant::now();
    for object in &store.objects {
        let mut tx = store.engine.begin(object)?;
        tx.create(HEAD)?;
        tx.write(HEAD, 0, &Bytes::from(vec![1; OBJECT as usize]))?;
        tx.commit(Durability::Durable, Wait::Inline, Box::new(|_| {}));
    }
    println!("sequential 4 MiB writes: {:.0} MB/s", SIZE as f64 / 1e6 / start.elapsed().as_secs_f64());
    type Case<'a> = (&'a str, Box<dyn Fn() -> Figure + 'a>);
    let sync = libc::O_DIRECT | libc::O_DSYNC;
    let write = |durability, depth| {
        let store = &store;
        move || store.drive(depth, seconds, |block, wait, done| store.write(block, durability, wait, done))
    };
    let read = |depth| {
        let store = &store;
        move || store.drive(depth, seconds, |block, wait, done| store.read(block, wait, done))
    };
    let cases: Vec<Case<'_>> = vec![
        ("raw write qd1, O_DIRECT|O_DSYNC", Box::new(|| raw(&plain, sync, 1, seconds))),
        ("durable write qd1", Box::new(write(Durability::Durable, 1))),
        ("raw write, 32 threads, O_DIRECT|O_DSYNC", Box::new(|| raw(&plain, sync, 32, seconds))),
        ("durable write qd32", Box::new(write(Durability::Durable, 32))),
        ("relaxed write qd32", Box::new(write(Durability::Relaxed, 32))),
        ("warm read qd1", Box::new(read(1))),
        ("warm read qd32", Box::new(read(32))),
    ];
    let mut figures = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (case, figures) in cases.iter().zip(&mut figures) {
            figures.push((case.1)());
        }
    }
    let median = |list: &mut Vec<Figure>| {
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        list[list.len() / 2]
    };
    let figures: Vec<Figure> = figures.iter_mut().map(median).collect();
    for ((name, _), (iops, cpu)) in cases.iter().zip(&figures) {
        println!("{name:40} {iops:9.0} IOPS {cpu:6.1} µs CPU/op");
    }
    println!("ratio qd1 {:.2}, qd32 {:.2}", figures[1].0 / figures[0].0, figures[3].0 / figures[2].0);
    store.engine.shutdown()?;
    std::fs::remove_dir_all(&place)?;
    Ok(std::fs::remove_file(&plain)?)
}
