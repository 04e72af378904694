use cls::rbd::client::{self as rbd, ImageFeatures, ImageSize, Striping};
use cls::rbd::features;
use ops::{Errno, SNAP_HEAD, Timespec};

use crate::bed::Bed;

const ENOEXEC: Errno = Errno(8);

fn image(features: u64) -> Bed {
    let mut bed = Bed::created();
    bed.call(rbd::create(100 << 20, 22, features, b"rbd_data.102b6ae1c3f6", None)).unwrap();
    bed
}

/// Keys and values as Ceph 16.2 left them for the same image.
#[test]
fn create_writes_the_rows_of_ceph() {
    let bed = image(features::LAYERING);
    assert_eq!(
        bed.keys(),
        [
            "access_timestamp",
            "create_timestamp",
            "features",
            "modify_timestamp",
            "object_prefix",
            "order",
            "size",
            "snap_seq"
        ]
    );
    assert_eq!(bed.row("size").unwrap(), "0000400600000000");
    assert_eq!(bed.row("order").unwrap(), "16");
    assert_eq!(bed.row("features").unwrap(), "0100000000000000");
    assert_eq!(bed.row("object_prefix").unwrap(), "150000007262645f646174612e313032623661653163336636");
    assert_eq!(bed.row("snap_seq").unwrap(), "0000000000000000");
    assert_eq!(bed.row("create_timestamp").unwrap(), "e803000005000000");
}

#[test]
fn create_refuses() {
    let mut bed = Bed::created();
    let mut create = |features, prefix: &[u8], pool| bed.call(rbd::create(1, 22, features, prefix, pool));
    assert_eq!(create(1 << 40, b"p", None), Err(Errno::ENOSYS));
    assert_eq!(create(0, b"", None), Err(Errno::EINVAL));
    assert_eq!(create(features::OPERATIONS, b"p", None), Err(Errno::EINVAL));
    assert_eq!(create(features::DATA_POOL, b"p", None), Err(Errno::EINVAL));
    assert_eq!(create(0, b"p", Some(3)), Err(Errno::EINVAL));
    assert_eq!(create(features::DATA_POOL, b"p", Some(3)), Ok(()));
    assert_eq!(create(0, b"p", None), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::get_data_pool()), Ok(3));
}

#[test]
fn sizes() {
    let mut bed = image(0);
    assert_eq!(bed.call(rbd::get_size(SNAP_HEAD)), Ok(ImageSize { order: 22, size: 100 << 20 }));
    bed.call(rbd::set_size(5)).unwrap();
    assert_eq!(bed.call(rbd::get_size(SNAP_HEAD)), Ok(ImageSize { order: 22, size: 5 }));
    assert_eq!(bed.call(rbd::get_size(1)), Err(Errno::ENOENT));
    assert_eq!(Bed::created().call(rbd::set_size(5)), Err(Errno::ENOENT));
}

#[test]
fn features_and_what_is_incompatible() {
    let all = features::LAYERING | features::EXCLUSIVE_LOCK | features::DEEP_FLATTEN;
    let mut bed = image(all);
    assert_eq!(bed.call(rbd::get_features(false)), Ok(ImageFeatures { features: all, incompatible: all }));
    let read_only = bed.call(rbd::get_features(true)).unwrap();
    assert_eq!(read_only.incompatible, features::LAYERING);
    assert_eq!(bed.call(rbd::get_all_features()), Ok(0xfff));
}

#[test]
fn only_mutable_features_change() {
    let mut bed = image(features::LAYERING | features::DEEP_FLATTEN);
    let mut set = |features, mask| {
        bed.call(rbd::set_features(features, mask))?;
        bed.call(rbd::get_features(false)).map(|reply| reply.features)
    };
    assert_eq!(set(0, features::LAYERING), Err(Errno::EINVAL));
    assert_eq!(set(features::STRIPINGV2, features::STRIPINGV2), Err(Errno::EINVAL));
    assert_eq!(set(0, features::OPERATIONS), Err(Errno::EINVAL));
    assert_eq!(set(0, features::DEEP_FLATTEN), Ok(features::LAYERING));
    assert_eq!(set(features::DEEP_FLATTEN, features::DEEP_FLATTEN), Err(Errno::EINVAL));
    assert_eq!(set(u64::MAX, features::EXCLUSIVE_LOCK), Ok(features::LAYERING | features::EXCLUSIVE_LOCK));
    assert_eq!(set(1 << 50, 1 << 50), Ok(features::LAYERING | features::EXCLUSIVE_LOCK));
}

#[test]
fn striping() {
    let mut plain = image(0);
    assert_eq!(plain.call(rbd::get_stripe_unit_count()), Err(ENOEXEC));
    assert_eq!(plain.call(rbd::set_stripe_unit_count(4096, 2)), Err(ENOEXEC));
    let mut bed = image(features::STRIPINGV2);
    assert_eq!(bed.call(rbd::get_stripe_unit_count()), Ok(Striping { unit: 4 << 20, count: 1 }));
    assert_eq!(bed.call(rbd::set_stripe_unit_count(4097, 2)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::set_stripe_unit_count(0, 2)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::set_stripe_unit_count(8 << 20, 2)), Err(Errno::EINVAL));
    bed.call(rbd::set_stripe_unit_count(65536, 4)).unwrap();
    assert_eq!(bed.call(rbd::get_stripe_unit_count()), Ok(Striping { unit: 65536, count: 4 }));
    assert_eq!(bed.row("stripe_unit").unwrap(), "0000010000000000");
}

#[test]
fn times() {
    let mut bed = image(0);
    let created = bed.now;
    bed.now = Timespec { sec: 2_000, nsec: 7 };
    bed.call(rbd::set_access_timestamp()).unwrap();
    assert_eq!(bed.call(rbd::get_access_timestamp()), Ok(bed.now));
    assert_eq!(bed.call(rbd::get_modify_timestamp()), Ok(created));
    bed.call(rbd::set_modify_timestamp()).unwrap();
    assert_eq!(bed.call(rbd::get_modify_timestamp()), Ok(bed.now));
    assert_eq!(bed.call(rbd::get_create_timestamp()), Ok(created));
    assert_eq!(Bed::created().call(rbd::get_create_timestamp()), Ok(Timespec::ZERO));
    assert_eq!(Bed::new().call(rbd::set_modify_timestamp()), Err(Errno::ENOENT));
}

#[test]
fn flags() {
    let mut bed = image(0);
    assert_eq!(bed.call(rbd::get_flags(SNAP_HEAD)), Ok(0));
    bed.call(rbd::set_flags(SNAP_HEAD, 3, 1)).unwrap();
    assert_eq!(bed.call(rbd::get_flags(SNAP_HEAD)), Ok(1));
    assert_eq!(bed.call(rbd::get_flags(7)), Err(Errno::ENOENT));
}

#[test]
fn operation_features_switch_the_feature() {
    let mut bed = image(features::LAYERING);
    assert_eq!(bed.call(rbd::get_op_features()), Ok(0));
    bed.call(rbd::set_op_features(2, 3)).unwrap();
    assert_eq!(bed.row("features").unwrap(), "0101000000000000");
    assert_eq!(bed.row("op_features").unwrap(), "0200000000000000");
    bed.call(rbd::set_op_features(0, 3)).unwrap();
    assert_eq!(bed.row("features").unwrap(), "0100000000000000");
    assert_eq!(bed.row("op_features"), None);
    assert_eq!(bed.call(rbd::set_op_features(16, 16)), Err(Errno::EINVAL));
}
