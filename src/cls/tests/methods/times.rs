//! The classes `log` and `timeindex`.

use bytes::Bytes;
use cls::log::{self, LogEntry, LogHeader};
use cls::timeindex::{self, TimeEntry};
use denc::encode;
use ops::{Errno, Timespec};

use crate::bed::Bed;

fn at(sec: u32, micros: u32) -> Timespec {
    Timespec { sec, nsec: micros * 1000 }
}

fn entry(id: &'static str, sec: u32) -> LogEntry {
    LogEntry { id: id.into(), section: "s".into(), name: "n".into(), timestamp: at(sec, 0), data: "d".into() }
}

fn log_list(bed: &mut Bed, from: Timespec, to: Timespec, max: i32) -> (Vec<LogEntry>, Bytes, bool) {
    let request = log::ListRequest { from, marker: Bytes::new(), to, max };
    let out = bed.run("log", "list", &encode(&request)).unwrap();
    let reply = denc::decode::<log::ListReply>(&out).unwrap();
    (reply.entries, reply.marker, reply.truncated)
}

fn logged() -> Bed {
    let mut bed = Bed::created();
    let entries = vec![
        entry("1_0000000010.000000_a", 10),
        entry("1_0000000020.000000_b", 20),
        entry("1_0000000030.000000_c", 30),
    ];
    bed.run("log", "add", &encode(&log::AddRequest { entries, monotonic: true })).unwrap();
    bed
}

#[test]
fn log_entries_in_the_order_of_their_times() {
    let mut bed = logged();
    let all = log_list(&mut bed, Timespec::ZERO, Timespec::ZERO, 0);
    assert_eq!(all.0.len(), 3);
    assert_eq!((&all.1[..], all.2), (&b"1_0000000030.000000_c"[..], false));
    let some = log_list(&mut bed, at(10, 0), at(30, 0), 0);
    assert_eq!(some.0, [entry("1_0000000010.000000_a", 10), entry("1_0000000020.000000_b", 20)]);
    assert!(log_list(&mut bed, Timespec::ZERO, Timespec::ZERO, 2).2, "there are more");
    let out = bed.run("log", "info", &encode(&log::InfoRequest {})).unwrap();
    let header = LogHeader { max_marker: "1_0000000030.000000_c".into(), max_time: at(30, 0) };
    assert_eq!(denc::decode::<log::InfoReply>(&out).unwrap().header, header);
}

#[test]
fn log_keys_are_made_from_times_that_never_go_back() {
    let mut bed = logged();
    let entries = vec![entry("", 5), entry("", 40)];
    bed.run("log", "add", &encode(&log::AddRequest { entries, monotonic: true })).unwrap();
    let keys = bed.keys();
    assert!(keys[3].starts_with("1_0000000030.000000_"), "{keys:?}");
    assert!(keys[4].starts_with("1_0000000040.000000_"), "{keys:?}");
}

#[test]
fn log_trim() {
    let mut bed = logged();
    let request = |to_marker: &'static str, to| {
        encode(&log::TrimRequest {
            from: Timespec::ZERO,
            to,
            from_marker: "".into(),
            to_marker: to_marker.into(),
        })
    };
    assert_eq!(bed.run("log", "trim", &request("", at(9, 0))), Err(Errno::ENODATA));
    bed.run("log", "trim", &request("1_0000000010.000000_a", Timespec::ZERO)).unwrap();
    assert_eq!(bed.keys(), ["1_0000000020.000000_b", "1_0000000030.000000_c"]);
    bed.run("log", "trim", &request("", at(20, 0))).unwrap();
    assert_eq!(bed.keys(), ["1_0000000030.000000_c"]);
    bed.run("log", "trim", &request("", at(99, 999_999))).unwrap();
    assert_eq!(bed.run("log", "trim", &request("", at(99, 0))), Err(Errno::ENODATA));
}

#[test]
fn timeindex() {
    let mut bed = Bed::created();
    let entry = |sec, micros, extension: &'static str| TimeEntry {
        time: at(sec, micros),
        extension: extension.into(),
        value: "v".into(),
    };
    let entries = vec![entry(10, 5, "a"), entry(20, 0, "b"), entry(30, 0, "c")];
    bed.run("timeindex", "add", &encode(&timeindex::AddRequest { entries })).unwrap();
    assert_eq!(bed.keys(), ["1_0000000010.000005_a", "1_0000000020.000000_b", "1_0000000030.000000_c"]);
    let request = timeindex::ListRequest { from: at(0, 0), marker: "".into(), to: at(30, 0), max: 10 };
    let out = bed.run("timeindex", "list", &encode(&request)).unwrap();
    let reply = denc::decode::<timeindex::ListReply>(&out).unwrap();
    let listed = |sec, nsec, extension: &'static str| TimeEntry {
        time: Timespec { sec, nsec },
        extension: extension.into(),
        value: "v".into(),
    };
    assert_eq!(reply.entries, [listed(10, 5, "a"), listed(20, 0, "b")]);
    assert_eq!(reply.marker, "1_0000000020.000000_b");
    let trim = |to| {
        let (from, from_marker, to_marker) = (at(0, 0), "".into(), "".into());
        encode(&timeindex::TrimRequest { from, to, from_marker, to_marker })
    };
    bed.run("timeindex", "trim", &trim(at(20, 0))).unwrap();
    assert_eq!(bed.keys(), ["1_0000000030.000000_c"]);
    assert_eq!(bed.run("timeindex", "trim", &trim(at(20, 0))), Err(Errno::ENODATA));
}
