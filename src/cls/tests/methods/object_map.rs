use cls::rbd::ObjectMap;
use cls::rbd::client as rbd;
use cls::rbd::object_state::{EXISTS, EXISTS_CLEAN, NONEXISTENT, PENDING};
use ops::Errno;

use crate::bed::{Bed, to_hex};

fn map(states: &[u8]) -> ObjectMap {
    let mut map = ObjectMap::new(states.len() as u64);
    for (object, state) in (0..).zip(states) {
        map.set(object, *state);
    }
    map
}

fn stored(states: &[u8]) -> Bed {
    let mut bed = Bed::new();
    bed.call(rbd::object_map_save(&map(states))).unwrap();
    bed
}

fn states(bed: &mut Bed) -> Vec<u8> {
    let map = bed.call(rbd::object_map_load()).unwrap();
    (0..map.len()).map(|object| map.get(object)).collect()
}

/// The bytes Ceph 16.2 stored for an image of 64 objects.
#[test]
fn an_empty_map_as_ceph_stores_it() {
    let mut bed = Bed::new();
    bed.call(rbd::object_map_resize(64, NONEXISTENT)).unwrap();
    let parts = [
        ("0e000000010108000000 4000000000000000", "header"),
        ("00000000000000000000000000000000", "bits"),
        ("0c0000006071b7f00100000000000000", "footer"),
    ];
    let expected: String = parts.iter().map(|(hex, _)| hex.replace(' ', "")).collect();
    assert_eq!(to_hex(&bed.data), expected);
}

#[test]
fn save_and_load() {
    let all = [EXISTS, NONEXISTENT, PENDING, EXISTS_CLEAN, EXISTS];
    let mut bed = stored(&all);
    assert_eq!(states(&mut bed), all);
    assert_eq!(Bed::new().call(rbd::object_map_load()), Err(Errno::ENOENT));
    assert_eq!(Bed::created().call(rbd::object_map_load()), Err(Errno::ENOENT));
}

#[test]
fn a_flipped_bit_is_noticed() {
    for at in [10, 18, 27] {
        let mut bed = stored(&[EXISTS; 5]);
        bed.data[at] ^= 1;
        assert_eq!(bed.call(rbd::object_map_load()), Err(Errno::EINVAL), "byte {at}");
    }
    let mut bed = stored(&[EXISTS; 5]);
    bed.data[18] ^= 1;
    assert_eq!(bed.call(rbd::object_map_update(0..1, PENDING, None)), Err(Errno::EINVAL));
}

#[test]
fn resize() {
    let mut bed = stored(&[EXISTS, NONEXISTENT, NONEXISTENT]);
    bed.call(rbd::object_map_resize(6, PENDING)).unwrap();
    assert_eq!(states(&mut bed), [EXISTS, NONEXISTENT, NONEXISTENT, PENDING, PENDING, PENDING]);
    assert_eq!(bed.call(rbd::object_map_resize(4, NONEXISTENT)), Err(Errno::ESTALE));
    bed.call(rbd::object_map_resize(4, PENDING)).unwrap();
    assert_eq!(states(&mut bed), [EXISTS, NONEXISTENT, NONEXISTENT, PENDING]);
    assert_eq!(bed.call(rbd::object_map_resize(256_000_001, 0)), Err(Errno::EINVAL));
}

#[test]
fn update() {
    let mut bed = stored(&[EXISTS, NONEXISTENT, PENDING, EXISTS_CLEAN]);
    bed.call(rbd::object_map_update(0..4, PENDING, Some(EXISTS))).unwrap();
    assert_eq!(states(&mut bed), [PENDING, NONEXISTENT, PENDING, PENDING]);
    bed.call(rbd::object_map_update(1..3, EXISTS, None)).unwrap();
    assert_eq!(states(&mut bed), [PENDING, EXISTS, EXISTS, PENDING]);
    assert_eq!(bed.call(rbd::object_map_update(3..5, EXISTS, None)), Err(Errno::ERANGE));
    #[expect(clippy::reversed_empty_ranges)]
    let reversed = rbd::object_map_update(3..2, EXISTS, None);
    assert_eq!(bed.call(reversed), Err(Errno::ERANGE));
}

/// Three blocks of bits and a bit: an update across a boundary changes the right ones.
#[test]
fn update_across_blocks() {
    const PER_BLOCK: u64 = 4096 * 4;
    let mut bed = Bed::new();
    bed.call(rbd::object_map_resize(3 * PER_BLOCK + 5, NONEXISTENT)).unwrap();
    let range = PER_BLOCK - 3..2 * PER_BLOCK + 1;
    bed.call(rbd::object_map_update(range.clone(), EXISTS, None)).unwrap();
    bed.call(rbd::object_map_update(3 * PER_BLOCK + 4..3 * PER_BLOCK + 5, EXISTS, None)).unwrap();
    let map = bed.call(rbd::object_map_load()).unwrap();
    for object in 0..map.len() {
        let expected = range.contains(&object) || object == 3 * PER_BLOCK + 4;
        assert_eq!(map.get(object) == EXISTS, expected, "object {object}");
    }
}

#[test]
fn snapshots() {
    let mut bed = stored(&[EXISTS, NONEXISTENT, PENDING, EXISTS, EXISTS_CLEAN]);
    bed.call(rbd::object_map_snap_add()).unwrap();
    let clean = [EXISTS_CLEAN, NONEXISTENT, PENDING, EXISTS_CLEAN, EXISTS_CLEAN];
    assert_eq!(states(&mut bed), clean);
    let removed = map(&[EXISTS, EXISTS, EXISTS, EXISTS_CLEAN]);
    bed.call(rbd::object_map_snap_remove(&removed)).unwrap();
    assert_eq!(states(&mut bed), [EXISTS, NONEXISTENT, PENDING, EXISTS_CLEAN, EXISTS]);
}
