//! How a store behaves as it grows: pools of 10^3 to 10^6 objects, and omaps of as many keys.
//!
//!     cargo run --release -p sepiola-store --example objects -- DIR [MOST]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::{Cursor, Durability, ObjectRef, ObjectStore, Op, Reply, Request, SnapContext, Wait};
use store::{AttachOptions, attach, initialise};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn open(dir: &Path) -> Outcome<Arc<dyn ObjectStore>> {
    Ok(attach(dir, &AttachOptions::default())?)
}

fn wait<T: Send + 'static>(call: impl FnOnce(ops::OnResult<T>)) -> Outcome<T> {
    let (send, receive) = mpsc::channel();
    call(Box::new(move |result| drop(send.send(result))));
    Ok(receive.recv()??)
}

fn run(store: &dyn ObjectStore, request: Request) -> Outcome<Reply> {
    let (send, receive) = mpsc::channel();
    store.submit(Request { wait: Wait::Inline, ..request }, Box::new(move |reply| drop(send.send(reply))));
    Ok(receive.recv()?.check()?)
}

fn relaxed(object: ObjectRef, ops: Vec<Op>) -> Request {
    Request { durability: Durability::Relaxed, ..Request::new(object, ops) }
}

/// Bytes of memory the process holds that are no file's.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

fn object(number: u64) -> ObjectRef {
    ObjectRef::new(1, format!("rbd_data.10226b8b4567.{number:016x}"))
}

/// A number below `n`, of a sequence that is always the same.
fn random(state: &mut u64, n: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) % n
}

/// How often something can be done in a second, at most `most` times.
fn rate(most: u64, mut each: impl FnMut(u64) -> Outcome<()>) -> Outcome<u64> {
    let (start, mut done) = (Instant::now(), 0);
    while done < most && start.elapsed() < Duration::from_secs(2) {
        each(done)?;
        done += 1;
    }
    Ok((done as f64 / start.elapsed().as_secs_f64()) as u64)
}

fn ms(since: Instant) -> String {
    format!("{:.1}", since.elapsed().as_secs_f64() * 1e3)
}

fn row(cells: &[String]) {
    println!("{}", cells.iter().map(|cell| format!("{cell:>11}")).collect::<Vec<_>>().join(" "));
}

fn head(cells: &[&str]) {
    row(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
}

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("which directory?")?;
    let most: u64 = args.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let sizes: Vec<u64> = [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|&n| n <= most).collect();
    println!("objects of 4 KiB; memory in bytes per object, times in ms");
    head(&[
        "objects",
        "writes/s",
        "mem/object",
        "close",
        "open",
        "mem opened",
        "list",
        "reads/s",
        "mem read",
        "durable/s",
        "snap trim",
        "pool rm",
    ]);
    for &count in &sizes {
        objects(Path::new(&dir), count)?;
    }
    println!("\none object's omap, values of 100 bytes; memory in bytes per key, times in ms");
    head(&[
        "keys",
        "sets/s",
        "close",
        "open",
        "first get",
        "gets/s",
        "mem/key",
        "durable/s",
        "close again",
        "list all",
    ]);
    for &count in &sizes {
        omap(Path::new(&dir), count)?;
    }
    Ok(())
}

fn objects(dir: &Path, count: u64) -> Outcome<()> {
    let dir = dir.join("scaling");
    std::fs::create_dir(&dir)?;
    initialise(&dir)?;
    let store = open(&dir)?;
    wait(|done| store.pool_create("rbd", None, done))?;
    let data = Bytes::from(vec![7; 4096]);
    let (base, start) = (memory(), Instant::now());
    for number in 0..count {
        run(&*store, relaxed(object(number), vec![Op::WriteFull { data: data.clone() }]))?;
    }
    wait(|done| store.flush(done))?;
    let mut cells = vec![count.to_string()];
    cells.push(format!("{:.0}", count as f64 / start.elapsed().as_secs_f64()));
    cells.push((memory().saturating_sub(base) / count).to_string());
    let start = Instant::now();
    store.shutdown();
    drop(store);
    cells.push(ms(start));

    let start = Instant::now();
    let store = open(&dir)?;
    cells.push(ms(start));
    cells.push((memory().saturating_sub(base) / count).to_string());
    let start = Instant::now();
    let (mut from, mut listed) = (Cursor::begin(), 0);
    while from != Cursor::End {
        let page = wait(|done| store.list(1, None, from, 1000, done))?;
        listed += page.entries.len() as u64;
        from = page.next;
    }
    assert_eq!(listed, count);
    cells.push(ms(start));
    let mut state = 88_172_645_463_325_252;
    cells.push(
        rate(count, |_| {
            let read = Op::Read { off: 0, len: 4096, into: None };
            run(&*store, Request::new(object(random(&mut state, count)), vec![read])).map(drop)
        })?
        .to_string(),
    );
    cells.push((memory().saturating_sub(base) / count).to_string());
    cells.push(
        rate(count, |_| {
            let write = Op::Write { off: 0, data: data.clone() };
            run(&*store, Request::new(object(random(&mut state, count)), vec![write])).map(drop)
        })?
        .to_string(),
    );

    // Ten clones among all these objects: until the pool's record has nothing to trim any more.
    let snap = wait(|done| store.selfmanaged_snap_create(1, done))?;
    let snapc = SnapContext::new(snap, &[snap]).ok_or("a snap context")?;
    for number in 0..10 {
        let write = relaxed(object(number * count / 10), vec![Op::Write { off: 0, data: data.clone() }]);
        run(&*store, Request { snapc: snapc.clone(), ..write })?;
    }
    wait(|done| store.flush(done))?;
    let start = Instant::now();
    wait(|done| store.selfmanaged_snap_remove(1, snap, done))?;
    loop {
        let stat = wait(|done| store.pool_stat(1, done))?;
        if stat.num_object_clones == 0 {
            break;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    cells.push(ms(start));
    let start = Instant::now();
    wait(|done| store.pool_delete("rbd", done))?;
    cells.push(ms(start));
    store.shutdown();
    drop(store);
    row(&cells);
    Ok(std::fs::remove_dir_all(&dir)?)
}

fn omap(dir: &Path, count: u64) -> Outcome<()> {
    let dir = dir.join("scaling");
    std::fs::create_dir(&dir)?;
    initialise(&dir)?;
    let store = open(&dir)?;
    wait(|done| store.pool_create("rbd", None, done))?;
    let key = |number: u64| Bytes::from(format!("key {number:012}"));
    let value = Bytes::from(vec![7; 100]);
    let set = |from: u64, to: u64| {
        let entries: BTreeMap<Bytes, Bytes> = (from..to).map(|number| (key(number), value.clone())).collect();
        vec![Op::OmapSet { entries }]
    };
    let start = Instant::now();
    for from in (0..count).step_by(100) {
        run(&*store, relaxed(object(0), set(from, (from + 100).min(count))))?;
    }
    wait(|done| store.flush(done))?;
    let mut cells = vec![count.to_string()];
    cells.push(format!("{:.0}", count as f64 / start.elapsed().as_secs_f64()));
    let start = Instant::now();
    store.shutdown();
    drop(store);
    cells.push(ms(start));

    let base = memory();
    let start = Instant::now();
    let store = open(&dir)?;
    cells.push(ms(start));
    let mut state = 88_172_645_463_325_252;
    let mut get = |store: &dyn ObjectStore| {
        let keys = vec![key(random(&mut state, count))];
        run(store, Request::new(object(0), vec![Op::OmapGetValsByKeys { keys }])).map(drop)
    };
    let start = Instant::now();
    get(&*store)?;
    cells.push(ms(start));
    cells.push(rate(100_000, |_| get(&*store))?.to_string());
    cells.push((memory().saturating_sub(base) / count).to_string());
    cells.push(
        rate(100_000, |number| {
            let from = number * 7919 % count;
            run(&*store, Request::new(object(0), set(from, from + 1))).map(drop)
        })?
        .to_string(),
    );
    let start = Instant::now();
    store.shutdown();
    drop(store);
    cells.push(ms(start));

    let store = open(&dir)?;
    let (start, mut after, mut listed) = (Instant::now(), Bytes::new(), 0);
    loop {
        let ops = vec![Op::OmapGetVals { after: after.clone(), prefix: Bytes::new(), max: 1000 }];
        let mut reply = run(&*store, Request::new(object(0), ops))?;
        let Some(ops::OpOut::Map { entries, more }) = reply.ops.pop().map(|op| op.out) else {
            return Err("no map".into());
        };
        listed += entries.len() as u64;
        after = entries.last_key_value().map(|(key, _)| key.clone()).unwrap_or_default();
        if !more {
            break;
        }
    }
    assert_eq!(listed, count);
    cells.push(ms(start));
    store.shutdown();
    drop(store);
    row(&cells);
    Ok(std::fs::remove_dir_all(&dir)?)
}
