//! Copy-on-write: clones of the head, what they share with it, and the way back.

use disk::{HEAD, Info, Part};
use ops::{Errno, OpOut, Result};

use super::Run;
use crate::extent_set::ExtentSet;
use crate::snapset::{CloneRecord, SnapSet};

impl Run<'_> {
    /// The snap set as the request has left it so far.
    pub(super) fn load_snapset(&self) -> Result<SnapSet> {
        if let Some(set) = &self.snapset {
            return Ok(set.clone());
        }
        match self.tx.parts().last() {
            Some(&last) => SnapSet::decode(&self.tx.info(last)?.snapset),
            None => Ok(SnapSet::default()),
        }
    }

    /// The part a read at a snapshot looks at.
    pub(super) fn find_part(&self, snap: u64, removed: &ExtentSet) -> Result<Part> {
        match self.load_snapset()?.at(snap)? {
            Some(_) if removed.contains(snap) => Err(Errno::ENOENT),
            Some(clone) if self.tx.exists(clone) => Ok(clone),
            None if self.tx.exists(HEAD) => Ok(HEAD),
            _ => Err(Errno::ENOENT),
        }
    }

    /// Whether the writer's snap context is older than the object's.
    pub fn is_behind(&self) -> Result<bool> {
        Ok(self.snapc.seq < self.load_snapset()?.seq)
    }

    /// Before the first change: clones an existing head where the writer knows of a snapshot newer than
    /// the object's, and takes over its sequence number.
    pub(super) fn follow_snap_context(&mut self) -> Result<()> {
        let mut set = self.load_snapset()?;
        let newer = self.snapc.snaps.iter().copied().take_while(|&snap| snap > set.seq);
        let snaps: Vec<u64> = newer.collect();
        if self.part.is_some() && !snaps.is_empty() {
            let id = self.snapc.seq;
            let size = self.tx.size(HEAD)?;
            self.tx.clone_part(HEAD, id)?;
            let info = self.tx.info(id)?;
            if !info.snapset.is_empty() {
                let info = Info { snapset: Default::default(), ..info.clone() };
                self.tx.set_info(id, info)?;
            }
            set.clones.push(CloneRecord { id, size, snaps, overlap: ExtentSet::whole(size) });
            self.snapset_changed = true;
        }
        if self.snapc.seq > set.seq {
            set.seq = self.snapc.seq;
            self.snapset_changed = true;
        }
        self.snapset = Some(set);
        Ok(())
    }

    /// The head no longer shares this range with the newest clone.
    pub(super) fn modified(&mut self, off: u64, len: u64) {
        if let Some(newest) = self.snapset.as_mut().and_then(|set| set.clones.last_mut()) {
            self.snapset_changed |= newest.overlap.subtract(off, len);
        }
    }

    /// Where the object did not exist at the snapshot, it is removed.
    pub(super) fn rollback(&mut self, snap: u64) -> Result<OpOut> {
        let pool = self.client.store().pools().get(self.tx.object().pool)?;
        match self.find_part(snap, &pool.state().record.removed) {
            Ok(HEAD) => self.touch()?,
            Ok(clone) => self.roll_back_to(clone)?,
            Err(Errno::ENOENT) if self.part.is_none() => {}
            Err(Errno::ENOENT) if self.client.store().watches().any(self.tx.object()) => {
                return Err(Errno::EBUSY);
            }
            Err(Errno::ENOENT) => return self.remove(),
            Err(e) => return Err(e),
        }
        Ok(OpOut::None)
    }

    fn roll_back_to(&mut self, clone: Part) -> Result<()> {
        self.touch()?;
        self.tx.clone_part(clone, HEAD)?;
        self.part = Some(HEAD);
        self.alloc_hint = None;
        let set = match self.snapset.take() {
            Some(set) => set,
            None => self.load_snapset()?,
        };
        self.snapset = Some(share_with_newest(set, clone));
        self.snapset_changed = true;
        Ok(())
    }
}

/// After the head became a copy of `clone`, it shares with the newest clone what all from `clone` on
/// share with each other.
fn share_with_newest(mut set: SnapSet, clone: Part) -> SnapSet {
    let newer = set.clones.iter().filter(|record| record.id >= clone);
    let shared = newer.map(|record| record.overlap.clone()).reduce(|a, b| a.intersection(&b));
    if let (Some(newest), Some(shared)) = (set.clones.last_mut(), shared) {
        newest.overlap = shared;
    }
    set
}
