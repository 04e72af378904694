//! How a store behaves with 1 to 1,000 images: making, opening, listing them, and writing to all of them in turn.
//!
//!     cargo run --release -p sepiola-rbd --example images -- DIR [MOST]

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::{ObjectStore, OpFlags};
use rados::IoCtx;
use rbd::{Image, ImageOptions, OpenSpec, Settings};
use store::{AttachOptions, attach, initialise};

type Outcome<T> = Result<T, Box<dyn Error>>;

const SIZE: u64 = 1 << 30;

fn open(dir: &Path) -> Outcome<Arc<dyn ObjectStore>> {
    Ok(attach(dir, &AttachOptions::default())?)
}

/// Bytes of memory the process holds that are no file's.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

fn ms(since: Instant, per: u64) -> String {
    format!("{:.2}", since.elapsed().as_secs_f64() * 1e3 / per as f64)
}

fn row(cells: &[String]) {
    println!("{}", cells.iter().map(|cell| format!("{cell:>11}")).collect::<Vec<_>>().join(" "));
}

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("which directory?")?;
    let most: u64 = args.next().map_or(Ok(1_000), |text| text.parse())?;
    println!(
        "images of 1 GiB; times in ms, for one image; memory in KiB for an open one; 4 KiB durable writes at depth 1"
    );
    let head = [
        "images",
        "create",
        "list all",
        "attach",
        "open",
        "mem/image",
        "writes/s",
        "reads/s",
        "close",
        "remove",
    ];
    row(&head.map(str::to_owned));
    for count in [1, 10, 100, 1_000].into_iter().filter(|&count| count <= most) {
        images(Path::new(&dir), count)?;
    }
    Ok(())
}

fn images(dir: &Path, count: u64) -> Outcome<()> {
    let dir = dir.join("scaling");
    std::fs::create_dir(&dir)?;
    initialise(&dir)?;
    let client = open(&dir)?;
    let (send, receive) = mpsc::channel();
    client.pool_create("rbd", None, Box::new(move |result| _ = send.send(result)));
    let pool = receive.recv()??;
    // Every write is on the disk when it is answered.
    let settings = Settings { cache: false, ..Settings::default() };
    let mut cells = vec![count.to_string()];
    let io = IoCtx::new(client.clone(), pool)?;
    let start = Instant::now();
    for number in 0..count {
        rbd::create(&io, &settings, &format!("image {number}"), SIZE, &mut ImageOptions::new())?;
    }
    cells.push(ms(start, count));
    let start = Instant::now();
    assert_eq!(rbd::list(&io)?.len() as u64, count);
    cells.push(ms(start, 1));
    drop(io);
    client.shutdown();
    drop(client);

    let start = Instant::now();
    let client = open(&dir)?;
    cells.push(ms(start, 1));
    let io = IoCtx::new(client.clone(), pool)?;
    let (base, start) = (memory(), Instant::now());
    let mut open = Vec::new();
    for number in 0..count {
        open.push(Image::open(&io, &OpenSpec::name(&format!("image {number}")), &settings)?);
    }
    cells.push(ms(start, count));
    cells.push((memory().saturating_sub(base) / count / 1024).to_string());
    let data = Bytes::from(vec![7; 4096]);
    let mut number = 0_u64;
    let mut next = || {
        number += 1;
        let block = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        (number as usize % open.len(), block % (SIZE / 4096) * 4096)
    };
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(3) {
        let (image, off) = next();
        open[image].write(off, data.clone(), OpFlags::empty())?;
        done += 1;
    }
    cells.push(format!("{:.0}", done as f64 / start.elapsed().as_secs_f64()));
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(2) {
        let (image, off) = next();
        open[image].read_bytes(off, 4096)?;
        done += 1;
    }
    cells.push(format!("{:.0}", done as f64 / start.elapsed().as_secs_f64()));
    let start = Instant::now();
    for image in open {
        image.close()?;
    }
    cells.push(ms(start, count));
    let start = Instant::now();
    for number in 0..count {
        rbd::remove(&io, &settings, &format!("image {number}"), &mut rbd::no_progress)?;
    }
    cells.push(ms(start, count));
    drop(io);
    client.shutdown();
    drop(client);
    row(&cells);
    Ok(std::fs::remove_dir_all(&dir)?)
}
