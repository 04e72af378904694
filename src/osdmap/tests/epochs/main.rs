//! A cluster's history: each epoch as the monitors have it whole is the epoch before it with the difference applied.

mod damage;
mod dump;
mod history;

use bytes::Bytes;
use history::History;
use osdmap::{Incremental, OsdMap};
use serde_json::Value;

/// Lines of two long texts that differ.
fn difference(left: &str, right: &str) -> String {
    let (left, right): (Vec<_>, Vec<_>) = (left.lines().collect(), right.lines().collect());
    let at = left.iter().zip(&right).position(|(l, r)| l != r).unwrap_or(left.len().min(right.len()));
    let part =
        |lines: &[&str]| lines[at.saturating_sub(12).min(lines.len())..(at + 6).min(lines.len())].join("\n");
    format!("--- applied\n{}\n--- whole\n{}", part(&left), part(&right))
}

#[test]
fn differences_lead_from_each_epoch_to_the_next() {
    for history in History::all() {
        let mut map = OsdMap::default();
        let mut compared = 0;
        for (epoch, bytes) in &history.differences {
            let at = format!("{} epoch {epoch}", history.name);
            map.apply_incremental(bytes).unwrap_or_else(|e| panic!("{at}: {e}"));
            assert_eq!(map.epoch(), *epoch, "{at}");
            check_refusals(&map, bytes, &at);
            let Some(whole) = history.whole.get(epoch) else { continue };
            let whole = OsdMap::decode(whole).unwrap_or_else(|e| panic!("{at}: {e}"));
            assert!(map == whole, "{at}\n{}", difference(&format!("{map:#?}"), &format!("{whole:#?}")));
            compared += 1;
        }
        for (epoch, text) in &history.dumps {
            let whole = OsdMap::decode(&history.whole[epoch]).unwrap();
            let dump: Value = serde_json::from_slice(text).unwrap();
            compare(&dump::of(&whole), &dump, &format!("{} epoch {epoch}", history.name));
        }
        for (epoch, text) in &history.objects {
            compare_objects(text, &OsdMap::decode(&history.whole[epoch]).unwrap());
        }
        let (differences, dumps) = (history.differences.len(), history.dumps.len());
        let name = history.name;
        eprintln!("{name}: {differences} differences applied, {compared} whole maps equal, {dumps} dumps");
        assert!(compared > 0, "{name}");
    }
}

/// The same difference again does not apply; nor does one with a bit changed.
fn check_refusals(map: &OsdMap, bytes: &Bytes, at: &str) {
    let mut map = map.clone();
    let before = map.clone();
    assert!(map.apply_incremental(bytes).is_err(), "{at}: applied twice");
    for place in (0..bytes.len()).step_by(bytes.len() / 7 + 1) {
        let mut bad = bytes.to_vec();
        bad[place] ^= 1;
        assert!(Incremental::decode(&bad.into()).is_err(), "{at}: byte {place} changed");
    }
    assert!(map == before, "{at}: a refused difference changed the map");
}

/// Objects are where `ceph osd map` says they are.
fn compare_objects(text: &[u8], map: &OsdMap) {
    let objects: Vec<Value> = serde_json::from_slice(text).unwrap();
    for object in &objects {
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        let pool = object["pool_id"].as_i64().unwrap();
        let (nspace, name) = (text("nspace").as_bytes(), text("name").as_bytes());
        assert_eq!(object["epoch"], map.epoch(), "{object}");
        let raw = map.object_to_raw_pg(pool, nspace, b"", name).unwrap();
        assert_eq!(raw.to_string(), text("raw_pgid"), "{object}");
        let pg = map.object_to_pg(pool, nspace, b"", name).unwrap();
        assert_eq!(pg.to_string(), text("pgid"), "{object}");
        // A locator key takes the name's place.
        assert_eq!(map.object_to_pg(pool, nspace, name, b"other"), Some(pg), "{object}");
        let places = map.pg_to_up_acting(pg);
        let set = |osds: &osdmap::Items| serde_json::json!(osds.to_vec());
        assert_eq!(set(&places.up), object["up"], "{object}");
        assert_eq!(set(&places.acting), object["acting"], "{object}");
        assert_eq!(places.up_primary.unwrap_or(-1), object["up_primary"], "{object}");
        assert_eq!(places.acting_primary.unwrap_or(-1), object["acting_primary"], "{object}");
    }
}

/// Everything in `ours` has to be in `theirs`, which may say more.
fn compare(ours: &Value, theirs: &Value, at: &str) {
    match (ours, theirs) {
        (Value::Object(fields), Value::Object(_)) => {
            for (key, value) in fields {
                compare(value, &theirs[key], &format!("{at}.{key}"));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{at}: {ours:?} {theirs:?}");
            for (number, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                compare(ours, theirs, &format!("{at}[{number}]"));
            }
        }
        (Value::Number(ours), Value::Number(theirs)) => {
            let difference = ours.as_f64().unwrap() - theirs.as_f64().unwrap();
            assert!(difference.abs() < 1e-5, "{at}: {ours} {theirs}");
        }
        _ => assert_eq!(ours, theirs, "{at}"),
    }
}
