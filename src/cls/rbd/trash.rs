//! Images in the trash.

use denc::{Bytes, BytesMut, Decode, Encode, Reader, envelope};
use ops::Timespec;

use crate::byte_enum::byte_enum;

byte_enum! {
    /// Who put it there.
    TrashSource { User = 0, Mirroring = 1, Migration = 2, Removing = 3, UserParent = 4 }
}

byte_enum! {
    TrashState { Normal = 0, Moving = 1, Removing = 2, Restoring = 3 }
}

/// A row `id_ID` of `rbd_trash`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashSpec {
    pub source: TrashSource,
    /// The image's name before.
    pub name: Bytes,
    pub deleted: Timespec,
    /// Not to be removed before.
    pub deferred_until: Timespec,
    pub state: TrashState,
}

impl Encode for TrashSpec {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| {
            (self.source, &self.name, self.deleted, self.deferred_until, self.state).encode(out);
        });
    }
}

impl Decode for TrashSpec {
    const MIN: usize = 27;

    fn decode(from: &mut Reader) -> denc::Result<TrashSpec> {
        from.envelope(2, |version, body| {
            Ok(TrashSpec {
                source: body.get()?,
                name: body.get()?,
                deleted: body.get()?,
                deferred_until: body.get()?,
                state: if version >= 2 { body.get()? } else { TrashState::Normal },
            })
        })
    }
}
