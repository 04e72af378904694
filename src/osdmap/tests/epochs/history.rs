//! Histories of clusters, captured from their monitors.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use denc::Reader;

/// What a cluster's monitor had, by epoch. The script `capture` makes such files.
#[derive(Default)]
pub struct History {
    pub name: String,
    pub whole: BTreeMap<u32, Bytes>,
    pub differences: BTreeMap<u32, Bytes>,
    /// `osdmaptool --dump json` of a whole map.
    pub dumps: BTreeMap<u32, Bytes>,
    /// `ceph osd map` of some objects, with `name` and `nspace`.
    pub objects: BTreeMap<u32, Bytes>,
}

impl History {
    /// Records of kind, epoch, length, bytes.
    fn read(path: &Path) -> History {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut reader = Reader::new(bytes.into());
        let mut history = History { name: path.display().to_string(), ..History::default() };
        while !reader.is_empty() {
            let (kind, epoch) = reader.get::<(u8, u32)>().unwrap();
            let records = match kind {
                0 => &mut history.whole,
                1 => &mut history.differences,
                2 => &mut history.dumps,
                _ => &mut history.objects,
            };
            records.insert(epoch, reader.get().unwrap());
        }
        history
    }

    /// Those that are kept with the test, and others by `OSDMAP_HISTORIES`, separated by colons.
    pub fn all() -> Vec<History> {
        let kept = [16, 18, 20]
            .map(|release| format!("{}/tests/epochs/ceph{release}.history", env!("CARGO_MANIFEST_DIR")));
        let more = std::env::var("OSDMAP_HISTORIES").unwrap_or_default();
        let more = more.split(':').filter(|path| !path.is_empty()).map(str::to_owned);
        kept.into_iter().chain(more).map(|path| History::read(Path::new(&path))).collect()
    }
}
