//! What bad requests answer.

mod cluster;

use bytes::Bytes;
use cluster::{NONE, cluster_and_pool, create, open, options, read, wait};
use ops::Errno;
use rbd::{Image, ImageOption, ImageOptions, OpenSpec, Settings, features, no_progress};

fn create_with(io: &rados::IoCtx, name: &str, set: impl FnOnce(&mut ImageOptions)) -> Result<(), Errno> {
    let mut options = ImageOptions::new();
    set(&mut options);
    rbd::create(io, &Settings::default(), name, 1 << 20, &mut options)
}

#[test]
fn creating() {
    let (_cluster, io) = cluster_and_pool();
    let number =
        |option, value| move |options: &mut ImageOptions| options.set_u64(option, value).expect("option");
    for (order, want) in
        [(11, Err(Errno::EDOM)), (26, Err(Errno::EDOM)), (12, Ok(())), (25, Ok(())), (0, Ok(()))]
    {
        let name = format!("order{order}");
        assert_eq!(create_with(&io, &name, number(ImageOption::Order, order)), want, "order {order}");
    }
    assert_eq!(create_with(&io, "order12", |_| ()), Err(Errno::EEXIST));
    for name in ["", "a@b", "a/b"] {
        assert_eq!(create_with(&io, name, |_| ()), Err(Errno::EINVAL), "name {name:?}");
    }
    assert_eq!(create_with(&io, "v1", number(ImageOption::Format, 1)), Err(Errno::EINVAL));
    assert_eq!(create_with(&io, "f", number(ImageOption::Flatten, 1)), Err(Errno::EINVAL));
    for (features, want) in [
        (features::LAYERING | features::EXCLUSIVE_LOCK | features::JOURNALING, Errno::ENOSYS),
        (features::OBJECT_MAP, Errno::EINVAL),
        (1 << 30, Errno::ENOSYS),
    ] {
        let result = create_with(&io, "features", number(ImageOption::Features, features));
        assert_eq!(result, Err(want), "features {features:#x}");
    }
    let only_unit = create_with(&io, "s", number(ImageOption::StripeUnit, 4096));
    assert_eq!(only_unit, Err(Errno::EINVAL), "a stripe unit without a count");
    let stripes = rbd::create(&io, &Settings::default(), "s", 1, &mut options(12, 3000, 2));
    assert_eq!(stripes, Err(Errno::EINVAL), "a stripe unit that is no divisor");
    let data_pool =
        |options: &mut ImageOptions| options.set_text(ImageOption::DataPool, "none").expect("option");
    assert_eq!(create_with(&io, "d", data_pool), Err(Errno::ENOENT));
    let huge = rbd::create(&io, &Settings::default(), "huge", u64::MAX, &mut ImageOptions::new());
    assert_eq!(huge, Err(Errno::EFBIG));
    let names: Vec<_> = rbd::list(&io).expect("list").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["order0", "order12", "order25"], "failed creations left something");
}

#[test]
fn features_of_the_class_alone_are_not_asked_for() {
    let (_cluster, io) = cluster_and_pool();
    let own = features::OPERATIONS | features::MIGRATING | features::NON_PRIMARY | features::DIRTY_CACHE;
    let mut options = ImageOptions::new();
    options.set_u64(ImageOption::Features, features::LAYERING | own).expect("option");
    rbd::create(&io, &Settings::default(), "image", 1 << 20, &mut options).expect("create");
    assert_eq!(open(&io, "image").features(), Ok(features::LAYERING));
}

#[test]
fn defaults_follow_the_configuration() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "plain", 1 << 20);
    assert_eq!(open(&io, "plain").features(), Ok(features::DEFAULT));
    assert_eq!(open(&io, "plain").order(), 22);
    let get = |name: &str| match name {
        "rbd_default_features" => Some("layering,exclusive-lock,journaling".to_owned()),
        "rbd_default_order" => Some("20".to_owned()),
        _ => None,
    };
    let settings = Settings::read(get);
    let asked = rbd::create(&io, &settings, "asked", 1 << 20, &mut ImageOptions::new());
    assert_eq!(asked, Err(Errno::ENOSYS), "features that were configured cannot be left out silently");
    let mut options = ImageOptions::new();
    options.set_u64(ImageOption::Features, 0).expect("option");
    rbd::create(&io, &settings, "ordered", 1 << 20, &mut options).expect("create");
    assert_eq!(options.get_u64(ImageOption::Order), Ok(20));
    assert_eq!(open(&io, "ordered").features(), Ok(0));
}

#[test]
fn opening() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let open = |spec: OpenSpec| Image::open(&io, &spec, &Settings::default()).map(drop);
    assert_eq!(open(OpenSpec::name("none")), Err(Errno::ENOENT));
    assert_eq!(open(OpenSpec::name("")), Err(Errno::ENOENT));
    assert_eq!(open(OpenSpec::id("none")), Err(Errno::ENOENT));
    assert_eq!(open(OpenSpec::name("image").at_snap("none")), Err(Errno::ENOENT));
    assert_eq!(open(OpenSpec::name("image").at_snap("")), Ok(()), "no snapshot");
}

#[test]
fn reading_and_writing() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 10_000);
    let image = open(&io, "image");
    let bytes = |len: usize| Bytes::from(vec![7; len]);
    let read_len = |off, len| {
        let sink = std::sync::Arc::new(Discard(1 << 20));
        image.read(off, len, sink, NONE)
    };
    assert_eq!(read_len(0, 20_000), Ok(10_000), "a read is cut off at the end");
    assert_eq!(read_len(10_000, 1), Err(Errno::EINVAL));
    assert_eq!(read_len(u64::MAX, 1), Err(Errno::EINVAL));
    assert_eq!(read_len(u64::MAX, 0), Ok(0), "nothing can be read anywhere");
    assert_eq!(read_len(1, u64::MAX), Ok(9999));
    assert_eq!(image.write(9_000, bytes(5000), NONE), Ok(1000), "a write is cut off at the end");
    assert_eq!(image.write(10_000, bytes(1), NONE), Err(Errno::EINVAL));
    assert_eq!(image.size(), Ok(10_000));
    assert_eq!(image.discard(0, 1 << 31), Err(Errno::EINVAL));
    assert_eq!(image.writesame(0, 10, bytes(3), NONE), Err(Errno::EINVAL));
    assert_eq!(image.writesame(0, 10, Bytes::new(), NONE), Err(Errno::EINVAL));
    assert_eq!(image.write_zeroes(0, 10, 2, NONE), Err(Errno::EINVAL));
    assert_eq!(wait(|done| image.aio_write(9_999, bytes(10), NONE, done)), 0, "async writes answer 0");
    assert_eq!(wait(|done| image.aio_discard(0, 10, done)), 0);
    assert_eq!(wait(|done| image.aio_flush(done)), 0);
    let sink = std::sync::Arc::new(Discard(100));
    assert_eq!(wait(|done| image.aio_read(9_990, 100, sink, NONE, done)), 10, "async reads answer the count");
    assert_eq!(wait(|done| image.aio_write(10_000, bytes(1), NONE, done)), -22);
}

struct Discard(usize);

impl ops::SharedSink for Discard {
    fn capacity(&self) -> usize {
        self.0
    }
    fn put_at(&self, _: usize, _: &[u8]) {}
    fn zero_at(&self, _: usize, _: usize) {}
}

#[test]
fn comparing() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 16 << 20);
    let image = open(&io, "image");
    image.write(4096, Bytes::from_static(b"abcdef"), NONE).expect("write");
    let (send, receive) = std::sync::mpsc::channel();
    let tell: rbd::Mismatch = Box::new(move |at| send.send(at).expect("the test waits"));
    let (compare, data) = (Bytes::from_static(b"abcxef"), Bytes::from_static(b"ABCDEF"));
    let result = image.compare_and_write(4096, compare, data.clone(), Some(tell), NONE);
    assert_eq!(result, Err(Errno::EILSEQ));
    assert_eq!(receive.try_recv(), Ok(3));
    assert_eq!(read(&image, 4096, 6), "abcdef", "a failed comparison wrote");
    let equal = Bytes::from_static(b"abcdef");
    assert_eq!(image.compare_and_write(4096, equal, data.clone(), None, NONE), Ok(6));
    assert_eq!(read(&image, 4096, 6), "ABCDEF");
    let across = image.compare_and_write((4 << 20) - 3, Bytes::from(vec![0; 6]), data, None, NONE);
    assert_eq!(across, Err(Errno::EINVAL), "two objects");
}

#[test]
fn read_only_and_snapshots_refuse_writes() {
    let (_cluster, io) = cluster_and_pool();
    create(&io, "image", 1 << 20);
    let image = open(&io, "image");
    image.snap_create("s").expect("snap_create");
    let byte = Bytes::from_static(b"x");
    for spec in [OpenSpec::name("image").read_only(), OpenSpec::name("image").at_snap("s")] {
        let image = Image::open(&io, &spec, &Settings::default()).expect("open");
        assert_eq!(image.write(0, byte.clone(), NONE), Err(Errno::EROFS), "{spec:?}");
        assert_eq!(image.discard(0, 4096), Err(Errno::EROFS), "{spec:?}");
        assert_eq!(image.write(1 << 20, byte.clone(), NONE), Err(Errno::EINVAL), "the end is checked first");
        assert_eq!(image.resize(5, true, &mut no_progress), Err(Errno::EROFS), "{spec:?}");
        assert_eq!(image.flush(), Ok(()), "{spec:?}");
        image.close().expect("close");
    }
    let read_only =
        Image::open(&io, &OpenSpec::name("image").read_only(), &Settings::default()).expect("open");
    assert_eq!(read_only.snap_create("t"), Err(Errno::EROFS));
    assert_eq!(read_only.snap_remove("s"), Err(Errno::EROFS));
    assert_eq!(read_only.metadata_set("k", b"v"), Err(Errno::EROFS));
}
