use std::collections::BTreeMap;

use bytes::Bytes;
use cls::rbd::client as rbd;
use cls::rbd::{DirectoryState, TrashSource, TrashSpec, TrashState};
use ops::{Errno, Timespec};

use crate::bed::Bed;

/// Rows as Ceph 16.2 wrote them.
#[test]
fn add_writes_both_rows() {
    let mut bed = Bed::new();
    bed.call(rbd::dir_add_image(b"plain", b"102b6ae1c3f6")).unwrap();
    assert_eq!(bed.keys(), ["id_102b6ae1c3f6", "name_plain"]);
    assert_eq!(bed.row("id_102b6ae1c3f6").unwrap(), "05000000706c61696e");
    assert_eq!(bed.row("name_plain").unwrap(), "0c000000313032623661653163336636");
    assert_eq!(bed.call(rbd::dir_get_id(b"plain")).unwrap(), "102b6ae1c3f6");
    assert_eq!(bed.call(rbd::dir_get_name(b"102b6ae1c3f6")).unwrap(), "plain");
    assert_eq!(bed.call(rbd::dir_get_id(b"other")), Err(Errno::ENOENT));
}

#[test]
fn add_refuses() {
    let mut bed = Bed::new();
    bed.call(rbd::dir_add_image(b"a", b"1")).unwrap();
    assert_eq!(bed.call(rbd::dir_add_image(b"a", b"2")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::dir_add_image(b"b", b"1")), Err(Errno::EBADF));
    assert_eq!(bed.call(rbd::dir_add_image(b"", b"2")), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::dir_add_image(b"b", b"")), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::dir_add_image(b"b", b"2-3")), Err(Errno::EINVAL));
}

#[test]
fn rename() {
    let mut bed = Bed::new();
    bed.call(rbd::dir_add_image(b"a", b"1")).unwrap();
    bed.call(rbd::dir_add_image(b"b", b"2")).unwrap();
    assert_eq!(bed.call(rbd::dir_rename_image(b"a", b"b", b"1")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::dir_rename_image(b"a", b"a", b"1")), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::dir_rename_image(b"a", b"c", b"2")), Err(Errno::ESTALE));
    assert_eq!(bed.call(rbd::dir_rename_image(b"x", b"c", b"1")), Err(Errno::ENOENT));
    bed.call(rbd::dir_rename_image(b"a", b"c", b"1")).unwrap();
    assert_eq!(bed.keys(), ["id_1", "id_2", "name_b", "name_c"]);
    assert_eq!(bed.call(rbd::dir_get_name(b"1")).unwrap(), "c");
}

#[test]
fn remove() {
    let mut bed = Bed::new();
    bed.call(rbd::dir_add_image(b"a", b"1")).unwrap();
    bed.call(rbd::dir_add_image(b"b", b"2")).unwrap();
    assert_eq!(bed.call(rbd::dir_remove_image(b"a", b"2")), Err(Errno::ESTALE));
    assert_eq!(bed.call(rbd::dir_remove_image(b"x", b"1")), Err(Errno::ENOENT));
    bed.call(rbd::dir_remove_image(b"a", b"1")).unwrap();
    assert_eq!(bed.keys(), ["id_2", "name_b"]);
}

#[test]
fn list_in_pages() {
    let mut bed = Bed::new();
    let all: BTreeMap<Bytes, Bytes> =
        (0..150).map(|n| (format!("image{n:03}").into(), format!("{n}a").into())).collect();
    for (name, id) in &all {
        bed.call(rbd::dir_add_image(name, id)).unwrap();
    }
    assert_eq!(bed.call(rbd::dir_list(b"", 1000)), Ok(all.clone()));
    let page = bed.call(rbd::dir_list(b"image009", 100)).unwrap();
    assert_eq!(page.len(), 100);
    assert_eq!(page.first_key_value().unwrap().0, "image010");
    assert_eq!(page.last_key_value().unwrap().0, "image109");
    assert_eq!(bed.call(rbd::dir_list(b"image149", 100)), Ok(BTreeMap::new()));
    assert_eq!(bed.call(rbd::dir_list(b"", 0)), Ok(BTreeMap::new()));
}

#[test]
fn a_directory_can_be_closed_when_it_is_empty() {
    let mut bed = Bed::new();
    assert_eq!(bed.call(rbd::dir_state_set(DirectoryState::AddDisabled)), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::dir_state_assert(DirectoryState::Ready)), Err(Errno::ENOENT));
    bed.call(rbd::dir_state_set(DirectoryState::Ready)).unwrap();
    assert_eq!(bed.call(rbd::dir_state_assert(DirectoryState::Ready)), Ok(()));
    bed.call(rbd::dir_add_image(b"a", b"1")).unwrap();
    assert_eq!(bed.call(rbd::dir_state_set(DirectoryState::AddDisabled)), Err(Errno::EBUSY));
    bed.call(rbd::dir_remove_image(b"a", b"1")).unwrap();
    bed.call(rbd::dir_state_set(DirectoryState::AddDisabled)).unwrap();
    assert_eq!(bed.call(rbd::dir_state_assert(DirectoryState::Ready)), Err(Errno::ENOENT));
    assert_eq!(bed.row("state").unwrap(), "01");
}

#[test]
fn namespaces() {
    let mut bed = Bed::created();
    bed.call(rbd::namespace_add(b"ns1")).unwrap();
    bed.call(rbd::namespace_add(b"ns2")).unwrap();
    assert_eq!(bed.call(rbd::namespace_add(b"ns1")), Err(Errno::EEXIST));
    assert_eq!(bed.row("name_ns1").unwrap(), "");
    assert_eq!(bed.call(rbd::namespace_list(b"", 10)), Ok(vec!["ns1".into(), "ns2".into()]));
    assert_eq!(bed.call(rbd::namespace_list(b"ns1", 10)), Ok(vec!["ns2".into()]));
    bed.call(rbd::namespace_remove(b"ns1")).unwrap();
    assert_eq!(bed.call(rbd::namespace_remove(b"ns1")), Err(Errno::ENOENT));
}

#[test]
fn trash() {
    let mut bed = Bed::new();
    let spec = TrashSpec {
        source: TrashSource::User,
        name: "str".into(),
        deleted: Timespec { sec: 5, nsec: 6 },
        deferred_until: Timespec { sec: 7, nsec: 8 },
        state: TrashState::Normal,
    };
    bed.call(rbd::trash_add(b"1", &spec)).unwrap();
    assert_eq!(bed.call(rbd::trash_add(b"1", &spec)), Err(Errno::EEXIST));
    assert_eq!(bed.call(rbd::trash_add(b"-", &spec)), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::trash_get(b"1")).as_ref(), Ok(&spec));
    assert_eq!(bed.call(rbd::trash_list(b"", 10)), Ok(BTreeMap::from([("1".into(), spec.clone())])));
    bed.call(rbd::trash_state_set(b"1", TrashState::Removing, TrashState::Normal)).unwrap();
    bed.call(rbd::trash_state_set(b"1", TrashState::Removing, TrashState::Normal)).unwrap();
    let stale = rbd::trash_state_set(b"1", TrashState::Restoring, TrashState::Normal);
    assert_eq!(bed.call(stale), Err(Errno::ESTALE));
    assert_eq!(bed.call(rbd::trash_get(b"1")).unwrap().state, TrashState::Removing);
    bed.call(rbd::trash_remove(b"1")).unwrap();
    assert_eq!(bed.call(rbd::trash_remove(b"1")), Err(Errno::ENOENT));
    assert_eq!(bed.call(rbd::trash_get(b"1")), Err(Errno::ENOENT));
}
