//! Damaged maps, with crcs that hide the damage: an error or a map that works, never a panic, and not for long.

use std::time::{Duration, Instant};

use bytes::Bytes;
use osdmap::{CrushMap, OsdMap, Pg};

use crate::history::History;

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Changes some bytes, or cuts the end off.
fn damage(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
            2 => bytes[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff),
            3 => bytes[at..].iter_mut().take(4).for_each(|byte| *byte = 0),
            _ => {
                let from = dice.below(bytes.len());
                let len = (1 + dice.below(8)).min(bytes.len() - at.max(from));
                bytes.copy_within(from..from + len, at);
            }
        }
    }
    if dice.below(40) == 0 {
        bytes.truncate(dice.below(bytes.len()));
    }
    bytes
}

/// Makes the crc of a map or difference right, where there is still a place for it.
fn seal(bytes: &mut [u8]) -> Option<()> {
    let len = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let end = 6_usize.checked_add(len(2)?)?;
    let osd_only = 12_usize.checked_add(len(8)?)?;
    let at = osd_only.checked_add(6)?.checked_add(len(osd_only.checked_add(2)?)?)?;
    let crc = crc32c::crc32c_append(crc32c::crc32c(bytes.get(..at)?), bytes.get(at.checked_add(4)?..end)?);
    bytes[at..at + 4].copy_from_slice(&(!crc).to_le_bytes());
    Some(())
}

/// Asks the map for something of everything.
fn use_map(map: &OsdMap) {
    for (id, pool) in map.pools().take(3) {
        let pg = map.object_to_pg(id, b"ns", b"", b"name").unwrap();
        map.pg_to_up_acting(pg);
        map.pg_to_raw(Pg::new(id, pool.pg_num / 2));
        pg.splits(pool.pg_num, pool.pg_num_target);
    }
    map.osds().take(10).for_each(|osd| {
        map.blocklist().contains_any(osd.addrs);
    });
    for (rule, _) in map.crush().rules().take(3) {
        map.crush().do_rule(rule, 17, 6, &[0x1_0000; 6], map.crush().choose_args(None));
    }
}

#[test]
fn damaged_maps_do_no_harm() {
    let seed = std::env::var("SEED").map_or(u64::from(std::process::id()), |seed| seed.parse().unwrap());
    let rounds: usize = std::env::var("ROUNDS").map_or(100, |rounds| rounds.parse().unwrap());
    eprintln!("SEED={seed} ROUNDS={rounds}");
    let mut dice = Dice(seed);
    let (mut decoded, mut applied) = (0, 0);
    let mut slowest = Duration::ZERO;
    for history in History::all() {
        let whole: Vec<_> = history.whole.iter().collect();
        for _ in 0..rounds {
            let start = Instant::now();
            let (epoch, bytes) = whole[dice.below(whole.len())];
            let mut bad = damage(&mut dice, bytes);
            seal(&mut bad);
            if let Ok(map) = OsdMap::decode(&bad.into()) {
                decoded += 1;
                use_map(&map);
            }
            // A difference on top of a good map.
            let mut map = OsdMap::decode(bytes).unwrap();
            if let Some(bytes) = history.differences.get(&(epoch + 1)) {
                let mut bad = damage(&mut dice, bytes);
                seal(&mut bad);
                if map.apply_incremental(&bad.into()).is_ok() {
                    applied += 1;
                    use_map(&map);
                }
            }
            slowest = slowest.max(start.elapsed());
        }
    }
    eprintln!("{decoded} damaged maps decoded, {applied} damaged differences applied, slowest {slowest:?}");
    assert!(decoded > 0 && applied > 0);
}

/// A CRUSH map is damaged more often alone than as a part of a map.
#[test]
fn damaged_crush_maps_do_no_harm() {
    let seed = std::env::var("SEED").map_or(u64::from(std::process::id()), |seed| seed.parse().unwrap());
    let rounds: usize = std::env::var("ROUNDS").map_or(200, |rounds| rounds.parse().unwrap());
    eprintln!("SEED={seed} ROUNDS={rounds}");
    let mut dice = Dice(seed);
    let history = History::all().pop().unwrap();
    let whole = history.whole.values().next_back().unwrap();
    // The CRUSH map stands behind its length, and begins with a magic number.
    let found = whole.windows(4).enumerate().filter(|(_, four)| *four == [0, 0, 1, 0]).find_map(|(at, _)| {
        let len = u32::from_le_bytes(whole.get(at - 4..at)?.try_into().ok()?) as usize;
        let crush = (at + len <= whole.len()).then(|| whole.slice(at..at + len))?;
        Some((CrushMap::decode(&crush).ok()?, crush))
    });
    let (good, crush) = found.expect("a CRUSH map in the last map");
    assert!(good.rules().count() > 2);
    for _ in 0..rounds {
        let bad = Bytes::from(damage(&mut dice, &crush));
        let Ok(map) = CrushMap::decode(&bad) else { continue };
        for (rule, _) in map.rules().take(6) {
            map.do_rule(rule, 4711, 9, &[0x1_0000, 0x8000, 0, 0x1_0000], map.choose_args(Some(3)));
        }
    }
}
