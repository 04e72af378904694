use std::collections::BTreeMap;

use cls::rbd::client as rbd;
use cls::rbd::{MigrationHeader, MigrationSpec, MigrationState, MirrorImageMode, features};
use ops::Errno;

use crate::bed::Bed;

const ENXIO: Errno = Errno(6);

fn spec(header: MigrationHeader) -> MigrationSpec {
    MigrationSpec {
        header,
        pool: 1,
        nspace: "ns".into(),
        image_name: "name".into(),
        image_id: "id".into(),
        snap_seqs: BTreeMap::from([(1, 2)]),
        overlap: 123,
        flatten: true,
        mirroring: true,
        state: MigrationState::Preparing,
        state_description: "begun".into(),
        mirror_mode: MirrorImageMode::Snapshot,
        source: "".into(),
    }
}

#[test]
fn an_image_that_migrates() {
    let mut bed = Bed::created();
    bed.call(rbd::create(1, 20, features::LAYERING, b"p", None)).unwrap();
    assert_eq!(bed.call(rbd::migration_get()), Err(Errno::EINVAL));
    let source = spec(MigrationHeader::Source);
    bed.call(rbd::migration_set(&source)).unwrap();
    assert_eq!(bed.call(rbd::migration_set(&source)), Err(Errno::EEXIST));
    assert_eq!(
        bed.call(rbd::get_features(false)).unwrap().features,
        features::LAYERING | features::MIGRATING
    );
    bed.call(rbd::migration_set_state(MigrationState::Prepared, b"done")).unwrap();
    let moved = MigrationSpec { state: MigrationState::Prepared, state_description: "done".into(), ..source };
    assert_eq!(bed.call(rbd::migration_get()), Ok(moved));
    bed.call(rbd::migration_remove()).unwrap();
    bed.call(rbd::migration_remove()).unwrap();
    assert_eq!(bed.call(rbd::get_features(false)).unwrap().features, features::LAYERING);
}

#[test]
fn an_image_of_format_1_migrates() {
    let mut bed = Bed::created();
    assert_eq!(bed.call(rbd::migration_set(&spec(MigrationHeader::Source))), Err(ENXIO));
    bed.data = b"<<< Rados Block Device Image >>>\n\0\0\0\0\0".to_vec();
    let original = bed.data.clone();
    assert_eq!(bed.call(rbd::migration_set(&spec(MigrationHeader::Destination))), Err(Errno::EINVAL));
    assert_eq!(bed.call(rbd::migration_remove()), Err(Errno::EINVAL));
    bed.call(rbd::migration_set(&spec(MigrationHeader::Source))).unwrap();
    assert_ne!(bed.data, original);
    assert_eq!(bed.call(rbd::migration_get()), Ok(spec(MigrationHeader::Source)));
    bed.call(rbd::migration_remove()).unwrap();
    assert_eq!(bed.data, original);
}
