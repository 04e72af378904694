//! Listings over a store in memory.

use std::collections::BTreeSet;

use super::*;
use crate::tests::pool;

fn fill(io: &IoCtx, count: usize) -> BTreeSet<Bytes> {
    let names: BTreeSet<Bytes> = (0..count).map(|n| Bytes::from(format!("object{n}"))).collect();
    names.iter().for_each(|name| io.create(name.clone(), true).expect("a new object"));
    names
}

fn rest(list: &mut ObjectList) -> Vec<ListEntry> {
    std::iter::from_fn(|| list.next().expect("a listing")).collect()
}

#[test]
fn every_object_once_in_hash_order() {
    let io = pool();
    let names = fill(&io, 50);
    let entries = rest(&mut ObjectList::new(io.clone()));
    let listed: BTreeSet<Bytes> = entries.iter().map(|entry| entry.name.clone()).collect();
    assert_eq!(listed, names);
    assert_eq!(entries.len(), names.len(), "an object was listed twice");
    assert!(entries.is_sorted_by_key(|entry| io.cursor_of(entry)));
}

#[test]
fn namespaces_by_themselves_or_all_together() {
    let io = pool();
    io.create("plain", true).expect("a new object");
    io.with_namespace("one").create("inner", true).expect("a new object");
    io.with_namespace("one").with_locator("key").create("placed", true).expect("a new object");
    let names = |nspace: &'static [u8]| -> BTreeSet<(Bytes, Bytes, Bytes)> {
        let mut list = ObjectList::new(io.with_namespace(nspace));
        rest(&mut list).into_iter().map(|entry| (entry.nspace, entry.name, entry.key)).collect()
    };
    let row = |nspace: &'static str, name: &'static str, key: &'static str| {
        (Bytes::from(nspace), Bytes::from(name), Bytes::from(key))
    };
    assert_eq!(names(b""), BTreeSet::from([row("", "plain", "")]));
    assert_eq!(names(b"one"), BTreeSet::from([row("one", "inner", ""), row("one", "placed", "key")]));
    assert_eq!(names(ALL_NAMESPACES).len(), 3);
}

#[test]
fn a_cursor_leads_back() {
    let io = pool();
    fill(&io, 20);
    let all = rest(&mut ObjectList::new(io.clone()));
    let mut list = ObjectList::new(io.clone());
    for _ in 0..7 {
        list.next().expect("a listing");
    }
    let cursor = list.cursor();
    rest(&mut list);
    assert_eq!(list.cursor(), Cursor::End);
    let group = list.seek_cursor(cursor);
    assert!(group < io.pool_info().expect("the pool").pg_num.max(1));
    assert_eq!(rest(&mut list), all[7..]);
    list.seek(0);
    assert_eq!(rest(&mut list), all, "from the start again");
}

#[test]
fn slices_cover_all_without_overlap() {
    let io = pool();
    let names = fill(&io, 40);
    for parts in [1, 2, 3, 7] {
        let mut seen = Vec::new();
        for n in 0..parts {
            let (start, finish) = slice(&Cursor::begin(), &Cursor::End, n, parts).expect("a part");
            let page = io.list_range(&start, &finish, usize::MAX, None).expect("a listing");
            assert_eq!(page.next, finish, "part {n} of {parts}");
            seen.extend(page.entries.into_iter().map(|entry| entry.name));
        }
        assert_eq!(seen.len(), names.len(), "{parts} parts");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), names, "{parts} parts");
    }
    assert_eq!(slice(&Cursor::begin(), &Cursor::End, 2, 2), Err(Errno::EINVAL));
    assert_eq!(slice(&Cursor::End, &Cursor::End, 0, 2), Ok((Cursor::End, Cursor::End)));
}

#[test]
fn ranges_go_on_where_they_stopped() {
    let io = pool();
    let names = fill(&io, 25);
    let (mut at, mut seen) = (Cursor::begin(), BTreeSet::new());
    while at != Cursor::End {
        let page = io.list_range(&at, &Cursor::End, 4, None).expect("a listing");
        assert!(page.entries.len() <= 4);
        seen.extend(page.entries.into_iter().map(|entry| entry.name));
        at = page.next;
    }
    assert_eq!(seen, names);
}
