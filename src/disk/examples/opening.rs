//! How long a store of many objects takes to open, after a clean shutdown and after a kill.
//!
//!     cargo run --release -p sepiola-disk --example opening -- DIR [OBJECTS]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use disk::{CreateOptions, DiskEngine, Engine, HEAD, OpenOptions};
use ops::{Cursor, Durability, ObjectRef, Wait};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("which directory?")?;
    let objects: usize = args.next().map_or(Ok(100_000), |text| text.parse())?;
    let place = Path::new(&dir).join("store");
    std::fs::create_dir(&place)?;
    let start = Instant::now();
    DiskEngine::create(&place, CreateOptions::default())?;
    println!("created in {:?}", start.elapsed());
    let start = Instant::now();
    let engine = DiskEngine::open(&place, OpenOptions::default())?;
    println!("opened empty in {:?}", start.elapsed());
    let (start, data) = (Instant::now(), Bytes::from(vec![1; 4096]));
    for n in 0..objects {
        let mut tx = engine.begin(&ObjectRef::new(1, format!("object {n}")))?;
        tx.create(HEAD)?;
        tx.write(HEAD, 0, &data)?;
        tx.commit(Durability::Relaxed, Wait::Deferred, Box::new(|_| {}));
    }
    println!("{objects} objects written in {:?}", start.elapsed());
    let start = Instant::now();
    engine.shutdown()?;
    println!("shut down in {:?}", start.elapsed());
    drop(engine);
    let start = Instant::now();
    let engine = DiskEngine::open(&place, OpenOptions::default())?;
    println!("opened in {:?}", start.elapsed());
    let start = Instant::now();
    let (mut from, mut count) = (Cursor::begin(), 0);
    while from != Cursor::End {
        let (found, next) = engine.list(1, &from, 1000)?;
        count += found.len();
        from = next;
    }
    println!("{count} listed in {:?}", start.elapsed());
    let start = Instant::now();
    engine.remove_pool(1)?;
    println!("pool removed in {:?}", start.elapsed());
    engine.shutdown()?;
    Ok(std::fs::remove_dir_all(&place)?)
}
