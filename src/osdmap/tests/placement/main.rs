//! Placements compared with `osdmaptool --test-map-pgs-dump-all` on generated maps.
//!
//! The tools have to be installed: `CEPH_ROOTS` names root directories that have them, separated by colons (`/` for this
//! machine's own; each stands for one release of Ceph, which is asked). Without it, `/` is taken where `osdmaptool` is
//! in the path, or else nothing is compared. `PLACEMENTS` says how many to compare (20,000), `SEED` repeats a run.

mod crush_text;
mod dice;
mod map_bytes;
mod tools;

use std::collections::BTreeMap;

use crush_text::CrushText;
use dice::Dice;
use map_bytes::{MapBytes, PoolBytes};
use osdmap::{ITEM_NONE, OsdMap, Pg, UpActing};
use tools::{Placed, Tools};

const EC_OPTIMIZATIONS: u64 = 1 << 19;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

#[test]
fn placements_are_those_of_osdmaptool() {
    let tools = Tools::all();
    if tools.is_empty() {
        eprintln!("no osdmaptool here: nothing compared");
        return;
    }
    let wanted = variable("PLACEMENTS", 20_000);
    let seed = variable("SEED", u64::from(std::process::id()) << 20);
    eprintln!("SEED={seed} PLACEMENTS={wanted}");
    let mut compared = 0;
    for number in 0.. {
        if compared >= wanted {
            break;
        }
        let tools = &tools[number as usize % tools.len()];
        let before = compared;
        compared += compare_map(tools, seed + number);
        if compared / 100_000 > before / 100_000 {
            eprintln!("{compared} after map {number}");
        }
    }
    eprintln!("{compared} placements compared");
}

/// Returns how many placements agreed.
fn compare_map(tools: &Tools, seed: u64) -> u64 {
    let mut dice = Dice::new(seed);
    let text = CrushText::generate(&mut dice, tools.release);
    let crush = text.finish(tools.compile(&text.text));
    let map = generate(&mut dice, tools.release, &text, crush.into());
    let bytes = map.encode();
    let ours = OsdMap::decode(&bytes).unwrap_or_else(|e| panic!("SEED={seed} ({tools}): {e}"));
    let mut compared = 0;
    for (pg, theirs) in tools.place(&bytes) {
        let placed = placed(&ours, pg);
        if placed != theirs {
            let kept = tools.keep(&bytes, &text.text);
            let pool = ours.pool(pg.pool);
            let rule = pool.and_then(|pool| ours.crush().rule(pool.crush_rule.into()));
            panic!(
                "SEED={seed} ({tools}): {pg}\n theirs {theirs:?}\n   ours {placed:?}\n{pool:#?}\n{rule:?}\n{:?}\nkept in {kept}",
                ours.crush().tunables
            );
        }
        compared += 1;
    }
    let expected: u64 = map.pools.iter().map(|(_, pool)| u64::from(pool.pg_num)).sum();
    assert_eq!(compared, expected, "SEED={seed} ({tools}): lines of osdmaptool");
    compared
}

fn placed(map: &OsdMap, pg: Pg) -> Placed {
    let (raw, raw_primary) = map.pg_to_raw(pg);
    let UpActing { up, up_primary, acting, acting_primary, .. } = map.pg_to_up_acting(pg);
    let set = |osds: osdmap::Items, primary: Option<i32>| (osds.to_vec(), primary.unwrap_or(-1));
    Placed { raw: set(raw, raw_primary), up: set(up, up_primary), acting: set(acting, acting_primary) }
}

/// Pools over the text's rules, with everything that may move a group away from where CRUSH puts it.
fn generate(dice: &mut Dice, release: u8, text: &CrushText, crush: bytes::Bytes) -> MapBytes {
    // Some OSDs that CRUSH does not know, or some items without an OSD.
    let count = (text.osds as i64 + dice.below(9) as i64 - 4).max(4) as usize;
    let (down, gone, out) = (dice.one_of(&[0, 5, 60]), dice.one_of(&[0, 0, 20]), dice.one_of(&[0, 10, 60]));
    let mut states = Vec::new();
    let mut weights = Vec::new();
    for _ in 0..count {
        states.push(match dice.below(1000) {
            n if n < gone => 0,
            n if n < gone + down => 1,
            _ => 3,
        });
        weights.push(match dice.below(1000) {
            n if n < out => 0,
            n if n < 2 * out => dice.below(0x1_0000) as u32,
            _ => 0x1_0000,
        });
    }
    let picky = dice.one_of(&[0, 0, 30, 300]);
    let affinity = |dice: &mut Dice| match dice.below(1000) {
        n if n < picky => dice.below(0x1_0001) as u32,
        _ => 0x1_0000,
    };
    let affinities = if picky > 0 { (0..count).map(|_| affinity(dice)).collect() } else { Vec::new() };
    let mut map = MapBytes { release, crush, states, weights, affinities, ..MapBytes::default() };
    for _ in 0..2 + dice.below(4) {
        let rule = &text.rules[dice.below(text.rules.len() as u64) as usize];
        let pg_num = match dice.below(3) {
            0 => 1 << dice.below(12),
            _ => 1 + dice.below(3000) as u32,
        };
        let size = if rule.erasure { 2 + dice.below(13) } else { 1 + dice.below(6) } as u8;
        let data = 1 + dice.below(u64::from(size)) as u32;
        let optimized = rule.erasure && release >= 20 && dice.below(2) == 0;
        let mut flags = if dice.below(8) == 0 { 0 } else { 1 };
        if optimized {
            flags |= EC_OPTIMIZATIONS | 1 << 2;
        }
        let pool = PoolBytes {
            kind: if rule.erasure { 3 } else { 1 },
            size,
            rule: rule.id,
            pg_num,
            pgp_num: if dice.below(3) == 0 { 1 + dice.below(pg_num.into()) as u32 } else { pg_num },
            flags,
            nonprimary: if optimized { (1 << data) - 2 } else { 0 },
        };
        let id = map.pools.last().map_or(0, |(id, _)| *id) + 1 + dice.below(3) as i64;
        exceptions(dice, &mut map, id, &pool);
        map.pools.push((id, pool));
    }
    map
}

fn exceptions(dice: &mut Dice, map: &mut MapBytes, id: i64, pool: &PoolBytes) {
    let count = map.states.len() as u64;
    let osd = |dice: &mut Dice| dice.below(count) as i32;
    let set = |dice: &mut Dice| {
        let mut osds: Vec<i32> = Vec::new();
        while osds.len() < usize::from(pool.size) {
            let osd = osd(dice);
            if !osds.contains(&osd) || count < u64::from(pool.size) {
                osds.push(osd);
            }
        }
        osds
    };
    let rate = dice.one_of(&[0, 0, 10, 100, 400]);
    for seed in 0..pool.pg_num {
        let pg = Pg::new(id, seed);
        let chosen = |dice: &mut Dice| dice.below(1000) < rate;
        if chosen(dice) {
            let mut osds = set(dice);
            if pool.kind == 3 && dice.below(3) == 0 {
                osds[0] = ITEM_NONE;
            }
            if dice.below(4) == 0 {
                osds.truncate(1 + dice.below(osds.len() as u64) as usize);
            }
            // Optimised pools of Ceph 20 take whole sets only.
            if pool.flags & EC_OPTIMIZATIONS == 0 || osds.len() == usize::from(pool.size) {
                map.pg_temp.insert(pg, osds);
            }
        }
        if chosen(dice) {
            map.primary_temp.insert(pg, osd(dice));
        }
        if chosen(dice) {
            map.pg_upmap.insert(pg, set(dice));
        }
        if chosen(dice) {
            let pairs = (0..1 + dice.below(6)).map(|_| (osd(dice), osd(dice))).collect();
            map.pg_upmap_items.insert(pg, pairs);
        }
        if chosen(dice) && map.release >= 18 {
            map.pg_upmap_primaries.insert(pg, osd(dice));
        }
    }
    // Random pairs seldom meet an OSD of the group: move what is there.
    let now = OsdMap::decode(&MapBytes { pools: vec![(id, pool.clone())], ..map.clone() }.encode());
    let now = now.unwrap_or_else(|e| panic!("map of one pool: {e}"));
    let moved: BTreeMap<_, _> = (0..pool.pg_num)
        .map(|seed| Pg::new(id, seed))
        .filter(|_| dice.below(1000) < rate)
        .filter_map(|pg| Some((pg, *now.pg_to_raw(pg).0.first()?)))
        .collect();
    for (pg, from) in moved {
        map.pg_upmap_items.insert(pg, vec![(from, osd(dice)), (osd(dice), from)]);
    }
    if map.release >= 18 {
        for seed in (0..pool.pg_num).filter(|_| dice.below(1000) < rate) {
            let pg = Pg::new(id, seed);
            if let Some(last) = now.pg_to_raw(pg).0.last() {
                map.pg_upmap_primaries.insert(pg, *last);
            }
        }
    }
}
