use std::collections::BTreeMap;

use bytes::Bytes;
use cls::rbd::client as rbd;
use ops::Errno;

use crate::bed::Bed;

fn pairs(count: usize) -> BTreeMap<Bytes, Bytes> {
    (0..count).map(|n| (format!("k{n:03}").into(), format!("v{n}").into())).collect()
}

/// Values stand in the rows without a length, as Ceph 16.2 left them.
#[test]
fn set_writes_raw_values() {
    let mut bed = Bed::created();
    bed.call(rbd::metadata_set(&BTreeMap::from([("k1".into(), "v1".into())]))).unwrap();
    assert_eq!(bed.row("metadata_k1").unwrap(), "7631");
    assert_eq!(bed.call(rbd::metadata_get(b"k1")).unwrap(), "v1");
    assert_eq!(bed.call(rbd::metadata_get(b"k2")), Err(Errno::ENOENT));
    bed.call(rbd::metadata_remove(b"k1")).unwrap();
    assert_eq!(bed.call(rbd::metadata_remove(b"k1")), Ok(()));
    assert_eq!(bed.keys().len(), 0);
}

#[test]
fn list() {
    let mut bed = Bed::created();
    bed.omap.insert("features".into(), "".into());
    bed.omap.insert("size".into(), "".into());
    bed.call(rbd::metadata_set(&pairs(100))).unwrap();
    assert_eq!(bed.call(rbd::metadata_list(b"", 200)), Ok(pairs(100)));
    assert_eq!(bed.call(rbd::metadata_list(b"", 0)), Ok(pairs(64)));
    let page = bed.call(rbd::metadata_list(b"k097", 10)).unwrap();
    assert_eq!(page.keys().collect::<Vec<_>>(), ["k098", "k099"]);
}
