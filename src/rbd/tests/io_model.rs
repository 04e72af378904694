//! Random operations on an image, compared with the same on plain vectors of bytes.

mod cluster;

use std::collections::BTreeMap;
use std::sync::Arc;

use cluster::{NONE, Random, cluster_and_pool, open, options, read, seed};
use ops::Errno;
use rados::IoCtx;
use rbd::{CloneSource, DiffFrom, DiffOptions, Image, ImageOption, ImageRef, Settings, SnapRef, no_progress};

struct Model {
    image: Arc<Image>,
    data: Vec<u8>,
    /// Content then, and for each byte whether it was ever written or zeroed until then.
    snaps: BTreeMap<String, Vec<u8>>,
    taken: u32,
    max: u64,
}

impl Model {
    fn extent(&self, random: &mut Random) -> (u64, u64) {
        let size = self.data.len() as u64;
        let off = random.below(size);
        let most = [600, 5000, size][random.below(3) as usize];
        let len = 1 + random.below(most);
        (off, len.min(size - off))
    }

    fn step(&mut self, random: &mut Random) -> String {
        if self.data.is_empty() {
            return self.resize(random);
        }
        let (off, len) = self.extent(random);
        let range = off as usize..(off + len) as usize;
        match random.below(24) {
            0..=8 => {
                let data = random.bytes(len);
                self.data[range].copy_from_slice(&data);
                assert_eq!(self.image.write(off, data, NONE), Ok(len));
                format!("write {off}~{len}")
            }
            9..=12 => {
                let granularity = self.image.settings().discard_granularity_bytes;
                assert_eq!(granularity, 0, "the model drops every byte");
                self.data[range].fill(0);
                assert_eq!(self.image.discard(off, len), Ok(len));
                format!("discard {off}~{len}")
            }
            13 | 14 => {
                let thick = random.below(2) as u32;
                self.data[range].fill(0);
                assert_eq!(self.image.write_zeroes(off, len, thick, NONE), Ok(len));
                format!("write_zeroes {off}~{len} flags {thick}")
            }
            15 | 16 => {
                let unit = 1 + random.below(len.min(700));
                let len = len - len % unit;
                let pattern = random.bytes(unit);
                for (i, byte) in self.data[off as usize..(off + len) as usize].iter_mut().enumerate() {
                    *byte = pattern[i % unit as usize];
                }
                assert_eq!(self.image.writesame(off, len, pattern, NONE), Ok(len));
                format!("writesame {off}~{len} of {unit}")
            }
            17 => {
                let unit = self.image.stripe_unit();
                let len = len.min(unit - off % unit);
                let range = off as usize..(off + len) as usize;
                let compare = bytes::Bytes::copy_from_slice(&self.data[range.clone()]);
                let data = random.bytes(len);
                self.data[range].copy_from_slice(&data);
                assert_eq!(self.image.compare_and_write(off, compare, data, None, NONE), Ok(len));
                format!("compare_and_write {off}~{len}")
            }
            18 => self.resize(random),
            19 | 20 => {
                let name = format!("snap{}", self.taken);
                self.taken += 1;
                self.image.snap_create(&name).expect("snap_create");
                self.snaps.insert(name.clone(), self.data.clone());
                format!("snap_create {name}")
            }
            21 => match self.pick(random) {
                Some(name) => {
                    self.image.snap_rollback(&name, &mut no_progress).expect("rollback");
                    self.data.clone_from(&self.snaps[&name]);
                    format!("rollback {name}")
                }
                None => "-".into(),
            },
            22 if self.snaps.len() > 3 => match self.pick(random) {
                Some(name) => {
                    self.image.snap_remove(&name).expect("snap_remove");
                    self.snaps.remove(&name);
                    format!("snap_remove {name}")
                }
                None => "-".into(),
            },
            23 if random.below(20) == 0 => {
                let has_parent = self.image.parent().is_ok();
                let result = self.image.flatten(&mut no_progress);
                assert_eq!(result, if has_parent { Ok(()) } else { Err(Errno::EINVAL) });
                "flatten".into()
            }
            _ => {
                self.image.flush().expect("flush");
                "flush".into()
            }
        }
    }

    fn pick(&self, random: &mut Random) -> Option<String> {
        self.snaps.keys().nth(random.below(self.snaps.len() as u64) as usize).cloned()
    }

    fn resize(&mut self, random: &mut Random) -> String {
        let size = random.below(self.max);
        self.data.resize(size as usize, 0);
        self.image.resize(size, true, &mut no_progress).expect("resize");
        format!("resize {size}")
    }

    fn check(&self, io: &IoCtx, settings: &Settings, log: &[String]) {
        assert_eq!(self.image.size(), Ok(self.data.len() as u64));
        same(&read(&self.image, 0, self.data.len() as u64), &self.data, "head", log);
        for (name, content) in &self.snaps {
            let spec = rbd::OpenSpec::name(&self.image.name()).at_snap(name);
            let at = Image::open(io, &spec, settings).expect("open at a snapshot");
            assert_eq!(at.size(), Ok(content.len() as u64), "size at {name}");
            same(&read(&at, 0, content.len() as u64), content, name, log);
            self.check_diff(name, content, log);
            at.close().expect("close");
        }
    }

    /// What the diff leaves out is equal; what it calls a hole is zero.
    fn check_diff(&self, name: &str, content: &[u8], log: &[String]) {
        let mut before = content.to_vec();
        before.resize(self.data.len(), 0);
        let mut end = 0;
        let mut each = |off: u64, len: u64, exists: bool| {
            assert!(off >= end, "extents out of order at {off} after {end}");
            end = off + len;
            let range = off as usize..end as usize;
            if !exists {
                same(&self.data[range.clone()], &vec![0; len as usize], "hole of a diff", log);
            }
            before[range.clone()].copy_from_slice(&self.data[range]);
            0
        };
        let size = self.data.len() as u64;
        let from = DiffFrom::SnapName(name);
        self.image.diff_iterate(from, 0, size, DiffOptions::default(), &mut each).expect("diff");
        same(&before, &self.data, &format!("diff from {name}"), log);
    }
}

fn same(got: &[u8], want: &[u8], what: &str, log: &[String]) {
    if got != want {
        let at = got.iter().zip(want).position(|(got, want)| got != want);
        let tail = log.len().saturating_sub(30);
        panic!(
            "{what}: {} bytes, wanted {}; first difference at {at:?}\n{}",
            got.len(),
            want.len(),
            log[tail..].join("\n")
        );
    }
}

fn run(order: u64, stripe_unit: u64, stripe_count: u64, steps: u32) {
    let seed = seed();
    let mut random = Random::new(seed);
    let (_cluster, io) = cluster_and_pool();
    let max = (3 * stripe_count.max(1)) << order;
    let settings = settings();
    rbd::create(&io, &settings, "image", max, &mut options(order, stripe_unit, stripe_count))
        .expect("create");
    walk(&io, &mut random, seed, vec![0; max as usize], max, steps);
}

/// The same on a clone, whose parent has objects of another size.
fn run_clone(order: u64, stripe_unit: u64, stripe_count: u64, steps: u32) {
    let seed = seed();
    let mut random = Random::new(seed);
    let (_cluster, io) = cluster_and_pool();
    let max = (3 * stripe_count.max(1)) << order;
    let settings = settings();
    rbd::create(&io, &settings, "parent", max - 777, &mut options(13, 0, 0)).expect("create");
    let parent = open(&io, "parent");
    let mut data = vec![0; max as usize - 777];
    for _ in 0..6 {
        let off = random.below(max - 5000);
        let some = random.bytes(2500);
        let len = some.len().min(data.len() - off as usize);
        data[off as usize..off as usize + len].copy_from_slice(&some[..len]);
        parent.write(off, some.slice(..len), NONE).expect("write");
    }
    parent.snap_create("base").expect("snap_create");
    parent.snap_protect("base").expect("protect");
    parent.write(0, random.bytes(max - 777), NONE).expect("write what the clone must not see");
    let source = CloneSource { image: ImageRef::Name("parent".into()), snap: SnapRef::Name("base".into()) };
    let mut options = options(order, stripe_unit, stripe_count);
    options.set_u64(ImageOption::CloneFormat, 1 + random.below(2)).expect("option");
    rbd::clone(&io, &source, &io, &settings, "image", &mut options).expect("clone");
    walk(&io, &mut random, seed, data, max, steps);
}

fn settings() -> Settings {
    Settings { discard_granularity_bytes: 0, ..Settings::default() }
}

fn walk(io: &IoCtx, random: &mut Random, seed: u64, data: Vec<u8>, max: u64, steps: u32) {
    let settings = settings();
    let image = Image::open(io, &rbd::OpenSpec::name("image"), &settings).expect("open");
    let mut model = Model { image, data, snaps: BTreeMap::new(), taken: 0, max };
    let mut log = vec![format!("SEED={seed}")];
    model.check(io, &settings, &log);
    for step in 0..steps {
        log.push(model.step(random));
        if step % 20 == 19 {
            model.check(io, &settings, &log);
        }
    }
    model.check(io, &settings, &log);
    model.image.close().expect("close");
}

#[test]
fn clone_with_plain_layout() {
    run_clone(12, 4096, 1, 600);
}

#[test]
fn clone_with_striped_layout() {
    run_clone(13, 1024, 3, 400);
}

#[test]
fn plain_layout() {
    run(12, 0, 0, 600);
}

#[test]
fn striped_layout() {
    run(13, 1024, 3, 600);
}

#[test]
fn one_object_per_stripe_unit() {
    run(12, 4096, 4, 300);
}

#[test]
fn reads_and_writes_from_many_threads() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 8 << 20, &mut options(16, 0, 0)).expect("create");
    let image = open(&io, "image");
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let image = Arc::clone(&image);
            scope.spawn(move || {
                let mut random = Random::new(thread + 1);
                let base = thread << 21;
                let mut model = vec![0_u8; 2 << 20];
                for _ in 0..300 {
                    let off = random.below((2 << 20) - 9000);
                    let len = 1 + random.below(9000);
                    let data = random.bytes(len);
                    let range = off as usize..off as usize + data.len();
                    model[range.clone()].copy_from_slice(&data);
                    assert_eq!(image.write(base + off, data, NONE), Ok(len));
                    let got = image.read_bytes(base + off, len).expect("read");
                    assert_eq!(got, model[range], "thread {thread} at {off}");
                }
                assert_eq!(image.read_bytes(base, 2 << 20).expect("read"), model);
            });
        }
        let image = Arc::clone(&image);
        scope.spawn(move || {
            for i in 0..10 {
                image.snap_create(&format!("s{i}")).expect("snap_create beside writes");
            }
        });
    });
    assert_eq!(image.snap_list().expect("list").len(), 10);
    let past = image.write(8 << 20, bytes::Bytes::from_static(b"x"), NONE);
    assert_eq!(past, Err(Errno::EINVAL));
}
