//! Doors for fuzz targets: bytes in, no answer. Built with the feature `fuzzing`, under which crcs are not compared.

use bytes::Bytes;
use crush::CrushMap;

use crate::incremental::Incremental;
use crate::map::OsdMap;

/// A whole map, and placements by it.
pub fn map(bytes: &[u8]) {
    if let Ok(map) = OsdMap::decode(&Bytes::copy_from_slice(bytes)) {
        for (id, _) in map.pools().take(2) {
            let pg = map.object_to_pg(id, b"", b"", b"name");
            pg.into_iter().for_each(|pg| drop(map.pg_to_up_acting(pg)));
        }
    }
}

/// A difference on top of an empty map.
pub fn incremental(bytes: &[u8]) {
    let mut map = OsdMap::default();
    if map.apply_incremental(&Bytes::copy_from_slice(bytes)).is_ok() {
        map.osds().for_each(drop);
    }
}

/// A CRUSH map, and what its rules say.
pub fn crush(bytes: &[u8]) {
    if let Ok(map) = CrushMap::decode(&Bytes::copy_from_slice(bytes)) {
        for (rule, _) in map.rules().take(4) {
            map.do_rule(rule, 4711, 6, &[0x1_0000; 8], map.choose_args(Some(1)));
        }
    }
}

/// Inputs to start from, with the names of their targets: maps of a cluster of Ceph 20.
pub fn specimens() -> Vec<(&'static str, Vec<u8>)> {
    let history = Bytes::from_static(include_bytes!("tests/epochs/ceph20.history"));
    let mut reader = denc::Reader::new(history);
    let mut specimens = Vec::new();
    while let Ok((kind, _epoch)) = reader.get::<(u8, u32)>() {
        let bytes = reader.get::<Bytes>().unwrap_or_default();
        match kind {
            0 => specimens.push(("osdmap", bytes.to_vec())),
            1 => {
                let crush = Incremental::decode(&bytes).map(|inc| inc.crush).unwrap_or_default();
                specimens.extend((!crush.is_empty()).then(|| ("crush", crush.to_vec())));
                specimens.push(("osdmap_incremental", bytes.to_vec()));
            }
            _ => {}
        }
    }
    specimens
}
