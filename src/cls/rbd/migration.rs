//! What a header says of a migration of its image.

use std::collections::BTreeMap;

use denc::{Bytes, BytesMut, Decode, Encode, Reader, envelope};

use crate::byte_enum::byte_enum;

byte_enum! {
    /// Which end of the migration the header is.
    MigrationHeader { Source = 1, Destination = 2 }
}

byte_enum! {
    MigrationState { Error = 0, Preparing = 1, Prepared = 2, Executing = 3, Executed = 4 }
}

byte_enum! {
    MirrorImageMode { Journal = 0, Snapshot = 1 }
}

/// The row `migration`: names the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationSpec {
    pub header: MigrationHeader,
    pub pool: i64,
    pub nspace: Bytes,
    pub image_name: Bytes,
    pub image_id: Bytes,
    /// From the source's snapshots to the destination's.
    pub snap_seqs: BTreeMap<u64, u64>,
    pub overlap: u64,
    pub flatten: bool,
    pub mirroring: bool,
    pub state: MigrationState,
    pub state_description: Bytes,
    pub mirror_mode: MirrorImageMode,
    /// Where the data comes from, as JSON, when the source is no image of this cluster.
    pub source: Bytes,
}

/// Version 3, which older clients may read unless they would have to know the source.
impl Encode for MigrationSpec {
    fn encode(&self, out: &mut BytesMut) {
        let compat = if self.source.is_empty() { 1 } else { 3 };
        envelope(out, 3, compat, |out| {
            (self.header, self.pool, &self.nspace, &self.image_name, &self.image_id).encode(out);
            (&self.snap_seqs, self.overlap, self.flatten, self.mirroring).encode(out);
            (self.state, &self.state_description, self.mirror_mode, &self.source).encode(out);
        });
    }
}

impl Decode for MigrationSpec {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<MigrationSpec> {
        from.envelope(3, |version, body| {
            Ok(MigrationSpec {
                header: body.get()?,
                pool: body.get()?,
                nspace: body.get()?,
                image_name: body.get()?,
                image_id: body.get()?,
                snap_seqs: body.get()?,
                overlap: body.get()?,
                flatten: body.get()?,
                mirroring: body.get()?,
                state: body.get()?,
                state_description: body.get()?,
                mirror_mode: if version >= 2 { body.get()? } else { MirrorImageMode::Journal },
                source: if version >= 3 { body.get()? } else { Bytes::new() },
            })
        })
    }
}
