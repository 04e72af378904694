//! What `diff_iterate` reports, extent by extent.

mod cluster;

use bytes::Bytes;
use cluster::{NONE, cluster_and_pool, open, options};
use ops::Errno;
use rbd::{DiffFrom, DiffOptions, Image, Settings, no_progress};

const OBJECT: u64 = 1 << 16;
const WHOLE: DiffOptions = DiffOptions { include_parent: true, whole_object: true };
const FINE: DiffOptions = DiffOptions { include_parent: true, whole_object: false };

fn diff(image: &std::sync::Arc<Image>, from: DiffFrom, options: DiffOptions) -> Vec<(u64, u64, bool)> {
    let mut found = Vec::new();
    let mut each = |off, len, exists| {
        found.push((off, len, exists));
        0
    };
    image.diff_iterate(from, 0, image.size().expect("size"), options, &mut each).expect("diff");
    found
}

fn zeroes(len: u64) -> Bytes {
    Bytes::from(vec![0; len as usize])
}

#[test]
fn extents_between_snapshots() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 10 * OBJECT, &mut options(16, 0, 0)).expect("create");
    let image = open(&io, "image");
    let beginning = DiffFrom::Beginning;
    assert_eq!(diff(&image, beginning, FINE), []);
    image.write(OBJECT + 4096, zeroes(4096), NONE).expect("write");
    // An object's size is what the store knows of it: what lies before the write belongs to it.
    assert_eq!(diff(&image, beginning, FINE), [(OBJECT, 8192, true)]);
    assert_eq!(diff(&image, beginning, WHOLE), [(OBJECT, OBJECT, true)]);
    image.snap_create("a").expect("snap_create");
    assert_eq!(diff(&image, DiffFrom::SnapName("a"), FINE), []);
    image.write(OBJECT, zeroes(4096), NONE).expect("write");
    image.write(5 * OBJECT, zeroes(OBJECT), NONE).expect("write");
    image.write(6 * OBJECT, zeroes(100), NONE).expect("write");
    let a = DiffFrom::SnapName("a");
    let expected = [(OBJECT, 4096, true), (5 * OBJECT, OBJECT, true), (6 * OBJECT, 100, true)];
    assert_eq!(diff(&image, a, FINE), expected);
    let id = DiffFrom::SnapId(image.snap_id("a").expect("id"));
    assert_eq!(diff(&image, id, FINE), expected);
    image.snap_create("b").expect("snap_create");
    image.discard(5 * OBJECT, OBJECT).expect("discard");
    assert_eq!(diff(&image, DiffFrom::SnapName("b"), FINE), [(5 * OBJECT, OBJECT, false)]);
    assert_eq!(diff(&image, DiffFrom::SnapName("b"), WHOLE), [(5 * OBJECT, OBJECT, false)]);

    image.snap_set("b").expect("snap_set");
    assert_eq!(diff(&image, a, FINE), expected, "between two snapshots");
    assert_eq!(diff(&image, DiffFrom::SnapName("b"), FINE), [], "a snapshot and itself");
    image.snap_set("a").expect("snap_set");
    let backwards = image.diff_iterate(DiffFrom::SnapName("b"), 0, OBJECT, FINE, &mut |_, _, _| 0);
    assert_eq!(backwards, Err(Errno::EINVAL));
    let missing = image.diff_iterate(DiffFrom::SnapName("none"), 0, OBJECT, FINE, &mut |_, _, _| 0);
    assert_eq!(missing, Err(Errno::ENOENT));
}

#[test]
fn clipped_and_stopped() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 10 * OBJECT, &mut options(16, 0, 0)).expect("create");
    let image = open(&io, "image");
    image.write(0, zeroes(10 * OBJECT), NONE).expect("write");
    let mut found = Vec::new();
    let mut each = |off, len, _| {
        found.push((off, len));
        if found.len() == 3 { -9000 } else { 0 }
    };
    let stopped = image.diff_iterate(DiffFrom::Beginning, 1000, 1 << 40, WHOLE, &mut each);
    assert_eq!(stopped.map_err(Errno::neg), Err(-9000), "the callback's own value");
    assert_eq!(found, [(1000, OBJECT - 1000), (OBJECT, OBJECT), (2 * OBJECT, OBJECT)]);
    let past = image.diff_iterate(DiffFrom::Beginning, 10 * OBJECT, 1, WHOLE, &mut |_, _, _| 0);
    assert_eq!(past, Err(Errno::EINVAL));
}

#[test]
fn what_a_resize_cuts_off_is_reported() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 2 * OBJECT, &mut options(16, 0, 0)).expect("create");
    let image = open(&io, "image");
    image.write(0, zeroes(2 * OBJECT), NONE).expect("write");
    image.snap_create("full").expect("snap_create");
    image.resize(1000, true, &mut no_progress).expect("shrink");
    image.resize(2 * OBJECT, true, &mut no_progress).expect("grow");
    let expected = [(1000, OBJECT - 1000, false), (OBJECT, OBJECT, false)];
    assert_eq!(diff(&image, DiffFrom::SnapName("full"), FINE), expected);
}

#[test]
fn striped_images_report_image_offsets() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 4 * OBJECT, &mut options(16, 4096, 2)).expect("create");
    let image = open(&io, "image");
    image.write(0, zeroes(16384), NONE).expect("write");
    assert_eq!(diff(&image, DiffFrom::Beginning, FINE), [(0, 16384, true)]);
    image.snap_create("s").expect("snap_create");
    image.write(8192 + 100, zeroes(200), NONE).expect("write");
    assert_eq!(diff(&image, DiffFrom::SnapName("s"), FINE), [(8292, 200, true)]);
}

/// QEMU asks this of every image it looks at, again and again.
#[test]
fn a_large_sparse_image_is_walked_quickly() {
    let (_cluster, io) = cluster_and_pool();
    rbd::create(&io, &Settings::default(), "image", 64 << 30, &mut options(22, 0, 0)).expect("create");
    let image = open(&io, "image");
    image.write((64 << 30) - 5, Bytes::from_static(b"tail!"), NONE).expect("write");
    let start = std::time::Instant::now();
    assert_eq!(diff(&image, DiffFrom::Beginning, WHOLE), [((64 << 30) - (4 << 20), 4 << 20, true)]);
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(5), "16384 objects took {took:?}");
}
