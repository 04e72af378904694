//! Snapshots of images: the rows of a header and what clients are told of them.

use std::collections::{BTreeMap, BTreeSet};

use denc::{Bytes, BytesMut, Decode, Encode, Reader, Rest, envelope};
use ops::{SNAP_HEAD, Timespec};

use super::parent::ParentRow;
use crate::byte_enum::byte_enum;

/// `SNAPSHOT_NAMESPACE_TYPE_*`.
pub mod snapshot_namespace_type {
    pub const USER: u32 = 0;
    pub const GROUP: u32 = 1;
    pub const TRASH: u32 = 2;
    pub const MIRROR: u32 = 3;
}

use snapshot_namespace_type as kind;

byte_enum! {
    /// Whether a snapshot may have clones of the first kind, and so must not be removed.
    Protection { Unprotected = 0, Unprotecting = 1, Protected = 2 }
}

/// A snapshot that belongs to a snapshot of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSnapshotNamespace {
    pub pool: i64,
    pub group_id: Bytes,
    pub snapshot_id: Bytes,
}

denc::plain!(GroupSnapshotNamespace { pool: i64, group_id: Bytes, snapshot_id: Bytes });

/// A snapshot taken by mirroring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirrorSnapshotNamespace {
    /// 0 primary, 1 primary demoted, 2 non-primary, 3 non-primary demoted.
    pub state: u8,
    pub complete: bool,
    pub peer_uuids: BTreeSet<Bytes>,
    pub primary_uuid: Bytes,
    /// Of a primary snapshot: the one since which the image is clean.
    pub primary_snap: u64,
    pub last_copied_object: u64,
    pub snap_seqs: BTreeMap<u64, u64>,
}

denc::plain!(MirrorSnapshotNamespace {
    state: u8,
    complete: bool,
    peer_uuids: BTreeSet<Bytes>,
    primary_uuid: Bytes,
    primary_snap: u64,
    last_copied_object: u64,
    snap_seqs: BTreeMap<u64, u64>,
});

/// Whose snapshot it is. Names are unique within a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SnapshotNamespace {
    #[default]
    User,
    Group(GroupSnapshotNamespace),
    /// Removed, but still with clones of the second kind.
    Trash {
        original_name: Bytes,
        original_kind: u32,
    },
    Mirror(Box<MirrorSnapshotNamespace>),
    /// A kind that newer software knows; kept as it is.
    Unknown {
        kind: u32,
        body: Bytes,
    },
}

impl SnapshotNamespace {
    /// `SNAPSHOT_NAMESPACE_TYPE_*`.
    pub fn kind(&self) -> u32 {
        match self {
            SnapshotNamespace::User => kind::USER,
            SnapshotNamespace::Group(_) => kind::GROUP,
            SnapshotNamespace::Trash { .. } => kind::TRASH,
            SnapshotNamespace::Mirror(_) => kind::MIRROR,
            SnapshotNamespace::Unknown { kind, .. } => *kind,
        }
    }

    pub fn is_user(&self) -> bool {
        *self == SnapshotNamespace::User
    }

    pub fn is_trash(&self) -> bool {
        matches!(self, SnapshotNamespace::Trash { .. })
    }
}

impl Encode for SnapshotNamespace {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 1, 1, |out| {
            self.kind().encode(out);
            match self {
                SnapshotNamespace::User => {}
                SnapshotNamespace::Group(group) => group.encode(out),
                SnapshotNamespace::Trash { original_name, original_kind } => {
                    (original_name, original_kind).encode(out);
                }
                SnapshotNamespace::Mirror(mirror) => mirror.encode(out),
                SnapshotNamespace::Unknown { body, .. } => Rest(body.clone()).encode(out),
            }
        });
    }
}

impl Decode for SnapshotNamespace {
    const MIN: usize = 10;

    fn decode(from: &mut Reader) -> denc::Result<SnapshotNamespace> {
        from.envelope(1, |_, body| {
            Ok(match body.get::<u32>()? {
                kind::USER => SnapshotNamespace::User,
                kind::GROUP => SnapshotNamespace::Group(body.get()?),
                kind::TRASH => {
                    let (original_name, original_kind) = body.get()?;
                    SnapshotNamespace::Trash { original_name, original_kind }
                }
                kind::MIRROR => SnapshotNamespace::Mirror(Box::new(body.get()?)),
                kind => SnapshotNamespace::Unknown { kind, body: body.rest() },
            })
        })
    }
}

/// What `snapshot_get` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotInfo {
    pub id: u64,
    pub namespace: SnapshotNamespace,
    pub name: Bytes,
    /// The image's size in bytes when the snapshot was taken.
    pub image_size: u64,
    pub timestamp: Timespec,
    /// Clones of the second kind.
    pub child_count: u32,
}

denc::versioned!(SnapshotInfo, 1, 1 {
    id: u64,
    namespace: SnapshotNamespace,
    name: Bytes,
    image_size: u64,
    timestamp: Timespec,
    child_count: u32,
});

/// A row `snapshot_ID` of a header (`cls_rbd_snap`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    pub id: u64,
    pub name: Bytes,
    pub image_size: u64,
    /// A [`Protection`].
    pub protection: u8,
    pub flags: u64,
    pub namespace: SnapshotNamespace,
    pub timestamp: Timespec,
    pub child_count: u32,
    pub parent_overlap: Option<u64>,
    /// The parent as rows of Ceph before 14 repeat it. Never written: it moves to the header's own row.
    pub parent: Option<ParentRow>,
}

impl Default for SnapshotRow {
    fn default() -> SnapshotRow {
        SnapshotRow {
            id: SNAP_HEAD,
            name: Bytes::new(),
            image_size: 0,
            protection: Protection::Unprotected as u8,
            flags: 0,
            namespace: SnapshotNamespace::User,
            timestamp: Timespec::ZERO,
            child_count: 0,
            parent_overlap: None,
            parent: None,
        }
    }
}

impl SnapshotRow {
    /// Whether data of the snapshot may come from a parent.
    pub fn has_parent(&self) -> bool {
        self.parent.as_ref().is_some_and(|row| row.spec.pool != -1) || self.parent_overlap.is_some()
    }
}

/// Version 8, which no decoder before it can read: the features and the parent are gone.
impl Encode for SnapshotRow {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 8, 8, |out| {
            (self.id, &self.name, self.image_size, self.protection, self.flags).encode(out);
            (&self.namespace, self.timestamp, self.child_count, self.parent_overlap).encode(out);
        });
    }
}

impl Decode for SnapshotRow {
    const MIN: usize = 26;

    fn decode(from: &mut Reader) -> denc::Result<SnapshotRow> {
        let mut opened = from.open(8)?;
        let (version, old_layout, body) = (opened.version, opened.compat < 8, &mut opened.fields);
        let mut row = SnapshotRow {
            id: body.get()?,
            name: body.get()?,
            image_size: body.get()?,
            ..SnapshotRow::default()
        };
        if old_layout {
            let _features: u64 = body.get()?;
            if version >= 2 {
                row.parent = Some(body.get()?);
            }
        }
        if version >= 3 {
            row.protection = body.get()?;
        }
        if version >= 4 {
            row.flags = body.get()?;
        }
        if version >= 5 {
            row.namespace = body.get()?;
        }
        if version >= 6 {
            row.timestamp = body.get()?;
        }
        if version >= 7 {
            row.child_count = body.get()?;
        }
        if version >= 8 {
            row.parent_overlap = body.get()?;
        }
        Ok(row)
    }
}
