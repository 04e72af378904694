//! What an image's header object says: read when the image is opened and whenever it changes.

use std::collections::BTreeMap;

use bytes::Bytes;
use cls::Call;
use cls::rbd::client as class;
use cls::rbd::{ParentSpec, Protection, SnapshotNamespace};
use ops::{Errno, Op, Reply, Result, SNAP_HEAD, SnapContext, Timespec};
use rados::IoCtx;

use crate::features;

/// What never changes after creation.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    pub order: u8,
    pub object_prefix: String,
    pub stripe_unit: u64,
    pub stripe_count: u64,
    pub data_pool: Option<i64>,
    pub created: Timespec,
    pub accessed: Timespec,
    pub modified: Timespec,
}

#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub size: u64,
    pub features: u64,
    pub op_features: u64,
    pub flags: u64,
    pub snapc: SnapContext,
    pub snaps: BTreeMap<u64, Snap>,
    pub parent: Option<Parent>,
}

#[derive(Clone, Debug)]
pub(crate) struct Snap {
    pub name: String,
    pub namespace: SnapshotNamespace,
    pub size: u64,
    pub flags: u64,
    pub protection: Protection,
    pub timestamp: Timespec,
    pub child_count: u32,
    /// How much of the parent it sees.
    pub parent_overlap: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Parent {
    pub spec: ParentSpec,
    /// `None`: only snapshots still see the parent.
    pub overlap: Option<u64>,
}

/// Bytes that Ceph means as text.
pub(crate) fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Calls one method and decodes its answer.
pub(crate) fn call<R>(io: &IoCtx, object: impl Into<Bytes>, call: &Call<R>) -> Result<R> {
    answer(&io.operate(object, vec![call.op()])?, 0, call)
}

fn answer<R>(reply: &Reply, index: usize, call: &Call<R>) -> Result<R> {
    call.answer(reply.ops.get(index).ok_or(Errno::EIO)?)
}

/// An answer, where the header may lack what is asked for.
fn optional<R>(result: Result<R>, absent: R) -> Result<R> {
    match result {
        Err(Errno::EOPNOTSUPP | Errno::ENOENT | Errno::EINVAL) => Ok(absent),
        other => other,
    }
}

impl Fixed {
    pub fn read(io: &IoCtx, object: &Bytes) -> Result<Fixed> {
        let (size, prefix, features) =
            (class::get_size(SNAP_HEAD), class::get_object_prefix(), class::get_features(true));
        let reply = io.operate(object.clone(), vec![size.op(), prefix.op(), features.op()])?;
        let order = answer(&reply, 0, &size)?.order;
        if order >= u64::BITS as u8 {
            return Err(Errno::EIO);
        }
        let features = answer(&reply, 2, &features)?.features;
        let striping = class::Striping { unit: 0, count: 0 };
        let striping = if features & features::STRIPINGV2 != 0 {
            optional(call(io, object.clone(), &class::get_stripe_unit_count()), striping)?
        } else {
            striping
        };
        let (unit, count, object_size) = (striping.unit, striping.count, 1_u64 << order);
        let striped = unit != 0 && count != 0;
        if striped
            && (unit > object_size || object_size % unit != 0 || object_size.checked_mul(count).is_none())
        {
            return Err(Errno::EIO);
        }
        let stamp = |stamp: Call<Timespec>| optional(call(io, object.clone(), &stamp), Timespec::ZERO);
        let data_pool = optional(call(io, object.clone(), &class::get_data_pool()), -1)?;
        Ok(Fixed {
            order,
            object_prefix: text(&answer(&reply, 1, &prefix)?),
            stripe_unit: if striped { unit } else { object_size },
            stripe_count: if striped { count } else { 1 },
            data_pool: (data_pool != -1).then_some(data_pool),
            created: stamp(class::get_create_timestamp())?,
            accessed: stamp(class::get_access_timestamp())?,
            modified: stamp(class::get_modify_timestamp())?,
        })
    }
}

impl Header {
    /// `-ENOSYS` where the image has features that this engine must know to open it that way.
    pub fn read(io: &IoCtx, object: &Bytes, read_only: bool) -> Result<Header> {
        loop {
            let mut header = Header::read_head(io, object, read_only)?;
            match header.read_snaps(io, object) {
                Ok(()) => return Ok(header),
                // A snapshot went away in between.
                Err(Errno::ENOENT) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn read_head(io: &IoCtx, object: &Bytes, read_only: bool) -> Result<Header> {
        let size = class::get_size(SNAP_HEAD);
        let features = class::get_features(read_only);
        let flags = class::get_flags(SNAP_HEAD);
        let snapc = class::get_snapcontext();
        let parent = class::parent_get();
        let overlap = class::parent_overlap_get(SNAP_HEAD);
        let ops = vec![size.op(), features.op(), flags.op(), snapc.op(), parent.op(), overlap.op()];
        let reply = io.operate(object.clone(), ops)?;
        let bits = answer(&reply, 1, &features)?;
        let unsupported = bits.incompatible & !features::SUPPORTED;
        if unsupported != 0 {
            let (names, unknown) = features::to_text(unsupported);
            tracing::error!(target: "rbd", "image uses features that are not supported: {names} {unknown:#x}");
            return Err(Errno::ENOSYS);
        }
        let op_features = if bits.features & features::OPERATIONS != 0 {
            call(io, object.clone(), &class::get_op_features())?
        } else {
            0
        };
        let spec = answer(&reply, 4, &parent)?;
        let overlap = answer(&reply, 5, &overlap)?;
        Ok(Header {
            size: answer(&reply, 0, &size)?.size,
            features: bits.features,
            op_features,
            flags: answer(&reply, 2, &flags)?,
            snapc: answer(&reply, 3, &snapc)?,
            snaps: BTreeMap::new(),
            parent: spec.exists().then_some(Parent { spec, overlap }),
        })
    }

    fn read_snaps(&mut self, io: &IoCtx, object: &Bytes) -> Result<()> {
        // A request stays of moderate size however many snapshots there are.
        for ids in self.snapc.snaps.chunks(64) {
            let calls: Vec<_> = ids
                .iter()
                .map(|&id| {
                    let overlap = class::parent_overlap_get(id);
                    (class::snapshot_get(id), overlap, class::get_flags(id), class::get_protection_status(id))
                })
                .collect();
            let ops: Vec<Op> = calls
                .iter()
                .flat_map(|(info, overlap, flags, status)| [info.op(), overlap.op(), flags.op(), status.op()])
                .collect();
            let reply = io.operate(object.clone(), ops)?;
            for (i, (info, overlap, flags, status)) in calls.iter().enumerate() {
                let info = answer(&reply, 4 * i, info)?;
                let snap = Snap {
                    name: text(&info.name),
                    namespace: info.namespace,
                    size: info.image_size,
                    flags: answer(&reply, 4 * i + 2, flags)?,
                    protection: answer(&reply, 4 * i + 3, status)?,
                    timestamp: info.timestamp,
                    child_count: info.child_count,
                    parent_overlap: answer(&reply, 4 * i + 1, overlap)?,
                };
                self.snaps.insert(info.id, snap);
            }
        }
        Ok(())
    }

    /// The id of a user's snapshot.
    pub fn user_snap(&self, name: &str) -> Result<u64> {
        let found = self.snaps.iter().find(|(_, snap)| snap.namespace.is_user() && snap.name == name);
        found.map(|(id, _)| *id).ok_or(Errno::ENOENT)
    }

    pub fn snap(&self, id: u64) -> Result<&Snap> {
        self.snaps.get(&id).ok_or(Errno::ENOENT)
    }

    /// Size of the image at a snapshot, or of its head.
    pub fn size_at(&self, snap: u64) -> Option<u64> {
        if snap == SNAP_HEAD { Some(self.size) } else { self.snaps.get(&snap).map(|snap| snap.size) }
    }

    /// How many bytes of the parent the image sees at a snapshot, or its head.
    pub fn overlap_at(&self, snap: u64) -> u64 {
        let overlap = match (&self.parent, snap) {
            (None, _) => None,
            (Some(parent), SNAP_HEAD) => parent.overlap,
            _ => self.snaps.get(&snap).and_then(|snap| snap.parent_overlap),
        };
        overlap.unwrap_or(0)
    }
}
