//! Where a clone comes from, and what was cloned from a snapshot.

use denc::{Bytes, BytesMut, Decode, Encode, Reader, envelope};
use ops::SNAP_HEAD;

/// A snapshot that an image was cloned from. Pool -1: no parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentSpec {
    pub pool: i64,
    pub nspace: Bytes,
    pub image_id: Bytes,
    pub snap: u64,
}

denc::versioned!(ParentSpec, 1, 1 { pool: i64, nspace: Bytes, image_id: Bytes, snap: u64 });

impl Default for ParentSpec {
    fn default() -> ParentSpec {
        ParentSpec { pool: -1, nspace: Bytes::new(), image_id: Bytes::new(), snap: SNAP_HEAD }
    }
}

impl ParentSpec {
    pub fn exists(&self) -> bool {
        self.pool >= 0 && !self.image_id.is_empty() && self.snap != SNAP_HEAD
    }
}

/// The row `parent` of a header (`cls_rbd_parent`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentRow {
    pub spec: ParentSpec,
    /// How many bytes of the live image still come from the parent. `None`: only snapshots do.
    pub head_overlap: Option<u64>,
}

/// Version 2, which every OSD since Ceph 14 writes.
impl Encode for ParentRow {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 2, |out| {
            let ParentSpec { pool, nspace, image_id, snap } = &self.spec;
            (pool, nspace, image_id, snap, self.head_overlap).encode(out);
        });
    }
}

impl Decode for ParentRow {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<ParentRow> {
        from.envelope(2, |version, body| {
            Ok(ParentRow {
                spec: ParentSpec {
                    pool: body.get()?,
                    nspace: if version >= 2 { body.get()? } else { Bytes::new() },
                    image_id: body.get()?,
                    snap: body.get()?,
                },
                head_overlap: if version >= 2 { body.get()? } else { Some(body.get()?) },
            })
        })
    }
}

/// An image cloned from a snapshot, as the snapshot's owner keeps it. Ordered as Ceph's set of them is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChildSpec {
    pub pool: i64,
    pub nspace: Bytes,
    pub image_id: Bytes,
}

impl Encode for ChildSpec {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| (self.pool, &self.image_id, &self.nspace).encode(out));
    }
}

impl Decode for ChildSpec {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<ChildSpec> {
        from.envelope(2, |version, body| {
            let (pool, image_id) = body.get()?;
            Ok(ChildSpec { pool, image_id, nspace: if version >= 2 { body.get()? } else { Bytes::new() } })
        })
    }
}
