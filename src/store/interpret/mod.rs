//! Runs a request's operations, in order, inside one transaction on one object.
//!
//! A [`Run`] is one such execution. Each family of operations has its file; what they share is here:
//! which part reads look at, the copy-on-write before the first change, the records at the end.

mod checksum;
mod class;
mod data;
mod guards;
mod omap;
mod reads;
mod snaps;
mod tmap;
mod xattrs;

use disk::{HEAD, Info, Part, Tx};
use ops::{Errno, Op, OpEntry, OpFlags, OpOut, Result, SNAP_DIR, SNAP_HEAD, SnapContext, Timespec};

use crate::client::Client;
use crate::extent_set::ExtentSet;
use crate::snapset::SnapSet;

/// What an OSD's limits are by default, in bytes.
pub const MAX_OBJECT_SIZE: u64 = 128 << 20;

pub use class::has_method;
pub use reads::Deferred;

/// What an op answers on success: its return value and its output.
pub type Answer = (i32, OpOut);

pub struct Run<'a> {
    client: &'a Client,
    tx: Box<dyn Tx + 'a>,
    writing: bool,
    /// The part reads look at, where the snapshot has one.
    part: Option<Part>,
    snapc: SnapContext,
    mtime: Option<Timespec>,
    /// The object's version before the request.
    version: u64,
    /// Something was changed; the head was cloned before, where it had to be.
    touched: bool,
    /// The snap set, once it matters to the request.
    snapset: Option<SnapSet>,
    snapset_changed: bool,
    /// The object was removed on the way (and perhaps made again).
    removed: bool,
    alloc_hint: Option<(u64, u64, u32)>,
    pub written_bytes: u64,
    pub read_bytes: u64,
}

impl<'a> Run<'a> {
    pub fn read(client: &'a Client, tx: Box<dyn Tx + 'a>) -> Run<'a> {
        Run::start(client, tx, false, SnapContext::default(), None)
    }

    /// Finds what a read at `snap` looks at; `-ENOENT` where that does not exist. `removed` are the pool's
    /// removed snapshots.
    pub fn look_at(&mut self, snap: u64, removed: &ExtentSet) -> Result<()> {
        self.part = match snap {
            SNAP_HEAD => self.tx.exists(HEAD).then_some(HEAD),
            SNAP_DIR if self.tx.exists(HEAD) => Some(HEAD),
            SNAP_DIR if self.tx.parts().is_empty() => return Err(Errno::ENOENT),
            SNAP_DIR => None,
            snap => Some(self.find_part(snap, removed)?),
        };
        match self.part {
            Some(part) => self.version = self.tx.info(part)?.version,
            None if snap == SNAP_DIR => {}
            None => return Err(Errno::ENOENT),
        }
        Ok(())
    }

    pub fn write(
        client: &'a Client,
        tx: Box<dyn Tx + 'a>,
        snapc: SnapContext,
        mtime: Option<Timespec>,
    ) -> Result<Run<'a>> {
        let mut run = Run::start(client, tx, true, snapc, mtime);
        if run.tx.exists(HEAD) {
            run.part = Some(HEAD);
            run.version = run.tx.info(HEAD)?.version;
        }
        Ok(run)
    }

    fn start(
        client: &'a Client,
        tx: Box<dyn Tx + 'a>,
        writing: bool,
        snapc: SnapContext,
        mtime: Option<Timespec>,
    ) -> Run<'a> {
        Run {
            client,
            tx,
            writing,
            part: None,
            snapc,
            mtime,
            version: 0,
            touched: false,
            snapset: None,
            snapset_changed: false,
            removed: false,
            alloc_hint: None,
            written_bytes: 0,
            read_bytes: 0,
        }
    }

    /// The object's version before the request; 0 where it did not exist.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn op(&mut self, entry: OpEntry) -> Result<Answer> {
        let flags = entry.flags;
        let out = match entry.op {
            Op::AssertExists => self.here().map(|_| OpOut::None),
            Op::AssertVersion(version) => self.assert_version(version),
            Op::CmpExt { off, data } => self.cmp_ext(off, &data),
            Op::CmpXattr(cmp) => return self.cmp_xattr(&cmp).map(|out| (1, out)),
            Op::OmapCmp { key, mode, value } => self.omap_cmp(&key, mode, &value),

            Op::Create { exclusive } => self.create(exclusive || flags.contains(OpFlags::EXCL)),
            Op::Write { off, data } => self.write_at(off, &data),
            Op::WriteFull { data } => self.write_full(&data),
            Op::WriteSame { off, len, data } => self.write_same(off, len, &data),
            Op::Append { data } => self.append(&data),
            Op::Truncate { size } => self.truncate(size),
            Op::Zero { off, len } => self.zero(off, len),
            Op::Remove => self.remove(),
            Op::SetAllocHint { object_size, write_size, flags } => {
                self.set_alloc_hint((object_size, write_size, flags))
            }
            Op::Rollback { snap } => self.rollback(snap),

            Op::SetXattr { name, value } => self.set_xattr(name, value),
            Op::RmXattr { name } => self.rm_xattr(&name),
            Op::OmapSet { entries } => self.omap_set(entries),
            Op::OmapRmKeys { keys } => self.omap_rm_keys(&keys),
            Op::OmapRmRange { from, to } => self.omap_rm_range(&from, &to),
            Op::OmapClear => self.omap_clear(),
            Op::OmapSetHeader { data } => self.omap_set_header(data),

            Op::Read { off, len, into } => self.read_now(off, len, into),
            Op::SparseRead { off, len } => self.sparse_read(off, len),
            Op::Stat => self.stat(),
            Op::GetXattr { name } => self.get_xattr(&name),
            Op::GetXattrs => self.get_xattrs(),
            Op::OmapGetKeys { after, max } => self.omap_get_keys(&after, max),
            Op::OmapGetVals { after, prefix, max } => self.omap_get_vals(&after, &prefix, max),
            Op::OmapGetValsByKeys { keys } => self.omap_get_vals_by_keys(&keys),
            Op::OmapGetHeader => self.omap_get_header(),
            Op::Checksum { kind, init, off, len, chunk } => self.checksum(kind, &init, off, len, chunk),
            Op::ListSnaps => self.list_snaps(),
            Op::ListWatchers => self.list_watchers(),

            Op::Exec { class, method, input } => return self.exec(&class, &method, &input),

            Op::CachePin | Op::CacheUnpin => Err(Errno::EINVAL),
            Op::TmapUpdate { commands } => self.tmap_update(&commands),
            Op::TmapPut { data } => self.tmap_put(&data),
            Op::TmapGet => self.tmap_get(),
        };
        out.map(|out| (0, out))
    }

    /// The part reads look at; `-ENOENT` where there is none.
    fn here(&self) -> Result<Part> {
        self.part.ok_or(Errno::ENOENT)
    }

    /// The size of what reads look at; 0 where there is nothing, as an OSD has it within a write.
    fn size(&self) -> Result<u64> {
        self.part.map_or(Ok(0), |part| self.tx.size(part))
    }

    /// Before the first change: keeps the head as a clone where a snapshot was taken since the last one.
    fn touch(&mut self) -> Result<()> {
        if self.touched {
            return Ok(());
        }
        if !self.writing {
            return Err(Errno::EIO);
        }
        self.touched = true;
        let exists = self.part.is_some();
        let never_cloned =
            if exists { self.tx.info(HEAD)?.snapset.is_empty() } else { self.tx.parts().is_empty() };
        if never_cloned && self.snapc.seq == 0 {
            return Ok(());
        }
        self.follow_snap_context()
    }

    /// Before a change that makes the object where it does not exist.
    fn make(&mut self) -> Result<()> {
        self.touch()?;
        if self.part.is_none() {
            self.tx.create(HEAD)?;
            self.part = Some(HEAD);
        }
        Ok(())
    }

    /// Writes the records the changes need. Afterwards only [`Run::into_tx`] is left to do.
    pub fn finish(&mut self) -> Result<()> {
        if !self.touched {
            return Ok(());
        }
        let version = self.client.store().next_version()?;
        self.version = version;
        if self.part.is_some() {
            let old = self.tx.info(HEAD)?;
            let keep = !self.snapset_changed && !self.removed;
            let snapset = match &self.snapset {
                Some(set) if !keep || old.snapset.is_empty() => set.encode(),
                _ => old.snapset.clone(),
            };
            let alloc_hint = self.alloc_hint.unwrap_or(old.alloc_hint);
            let mtime = self.mtime.unwrap_or_else(Timespec::now);
            return self.tx.set_info(HEAD, Info { version, mtime, alloc_hint, snapset });
        }
        // Without a head, the newest clone carries the snap set.
        if let (Some(&newest), Some(set)) = (self.tx.parts().last(), &self.snapset) {
            let info = Info { snapset: set.encode(), ..self.tx.info(newest)?.clone() };
            self.tx.set_info(newest, info)?;
        }
        Ok(())
    }

    /// How many parts the object has, and the size of its head.
    pub fn extent(&self) -> (usize, u64) {
        (self.tx.parts().len(), self.tx.size(HEAD).unwrap_or_default())
    }

    /// The object was removed on the way: its watchers lose it.
    pub fn was_removed(&self) -> bool {
        self.removed
    }

    pub fn touched(&self) -> bool {
        self.touched
    }

    pub fn into_tx(self) -> Box<dyn Tx + 'a> {
        self.tx
    }
}
