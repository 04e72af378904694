//! The lock as programs see it.

use std::sync::Arc;

use ops::{Errno, Result};

use crate::features;
use crate::image::Image;

impl Image {
    /// Whether this handle owns the exclusive lock.
    pub fn is_exclusive_lock_owner(&self) -> bool {
        self.owns_lock()
    }

    /// Takes the lock. From now on the handle neither takes it for the sake of a write, which fails with
    /// `-EROFS` instead, nor gives it to another one that asks. `mode`: 0, for `RBD_LOCK_MODE_EXCLUSIVE`;
    /// `-EOPNOTSUPP` for others. `-EINVAL` without the exclusive-lock feature, `-EROFS` where another
    /// handle keeps the lock.
    pub fn lock_acquire(&self, mode: i32) -> Result<()> {
        if mode != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        self.check_exclusive_lock()?;
        self.lock.state.lock().manual = true;
        self.take_lock()
    }

    /// `-EINVAL` where this handle does not own the lock.
    pub fn lock_release(self: &Arc<Self>) -> Result<()> {
        let _busy = self.maintenance.lock();
        if !self.owns_lock() {
            return Err(Errno::EINVAL);
        }
        let released = self.release_lock();
        self.want_lock_again();
        released
    }

    /// The mode, which is 0, and the owner's address. `-ENOENT` where nobody owns the lock.
    pub fn lock_owners(&self) -> Result<(i32, Vec<String>)> {
        self.check_exclusive_lock()?;
        Ok((0, vec![self.lock_owner()?.address]))
    }

    /// Takes the lock away from the owner with that address, whose client is blocklisted first where
    /// `rbd_blocklist_on_break_lock` says so. `-ENOENT` where nobody owns the lock, `-EBUSY` where somebody
    /// else does, `-EROFS` where the image was opened read-only.
    pub fn lock_break(&self, mode: i32, address: &str) -> Result<()> {
        if mode != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        if self.read_only {
            return Err(Errno::EROFS);
        }
        self.check_exclusive_lock()?;
        let owner = self.lock_owner()?;
        if owner.address != address {
            return Err(Errno::EBUSY);
        }
        self.break_lock_of(&owner)
    }

    fn check_exclusive_lock(&self) -> Result<()> {
        let has_lock = self.current()?.header.features & features::EXCLUSIVE_LOCK != 0;
        if has_lock && !self.read_only { Ok(()) } else { Err(Errno::EINVAL) }
    }
}
