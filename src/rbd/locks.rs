//! Advisory locks on an image (`rbd lock add`): they keep nobody from writing. Not the exclusive lock.

use cls::entity::EntityName;
use cls::lock::client::{self as class, Lock};
use cls::lock::{LockFlags, LockType};
use ops::{Errno, Result, Timespec};

use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::wait::wait;

/// As `rbd_list_lockers` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockers {
    pub exclusive: bool,
    /// Shared locks of one image have one tag.
    pub tag: String,
    pub lockers: Vec<Locker>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locker {
    /// `client.4123`
    pub client: String,
    pub cookie: String,
    /// `127.0.0.1:0/2891213`
    pub address: String,
}

impl Image {
    pub fn list_lockers(&self) -> Result<Lockers> {
        self.refresh_if_stale()?;
        let info = call(&self.io, self.header_object.clone(), &class::get_info(names::LOCK.as_bytes()))?;
        let lockers = info.lockers.iter().map(|(id, held)| Locker {
            client: id.name.to_string(),
            cookie: text(&id.cookie),
            address: held.addr.to_string(),
        });
        Ok(Lockers {
            exclusive: info.kind == LockType::Exclusive,
            tag: text(&info.tag),
            lockers: lockers.collect(),
        })
    }

    /// `-EBUSY` where somebody else has it, `-EEXIST` where this client has it with this cookie.
    pub fn lock_exclusive(&self, cookie: &str) -> Result<()> {
        self.lock(LockType::Exclusive, cookie, "")
    }

    /// `-EBUSY` where it is held exclusively or with another tag.
    pub fn lock_shared(&self, cookie: &str, tag: &str) -> Result<()> {
        self.lock(LockType::Shared, cookie, tag)
    }

    fn lock(&self, kind: LockType, cookie: &str, tag: &str) -> Result<()> {
        self.refresh_if_stale()?;
        let (name, cookie, tag) = (names::LOCK.into(), cookie.to_owned().into(), tag.to_owned().into());
        let lock = Lock { name, kind, cookie, tag };
        call(&self.io, self.header_object.clone(), &class::lock(&lock, b"", Timespec::ZERO, LockFlags(0)))?;
        self.notify_update()
    }

    /// `-ENOENT` where this client does not hold it with this cookie.
    pub fn unlock(&self, cookie: &str) -> Result<()> {
        self.refresh_if_stale()?;
        call(
            &self.io,
            self.header_object.clone(),
            &class::unlock(names::LOCK.as_bytes(), cookie.as_bytes()),
        )?;
        self.notify_update()
    }

    /// Takes a lock from its holder, whose client is blocklisted first where `rbd_blocklist_on_break_lock`
    /// says so. `client`: `client.4123` (`-EINVAL` otherwise).
    pub fn break_lock(&self, client: &str, cookie: &str) -> Result<()> {
        self.refresh_if_stale()?;
        let locker: EntityName = client.parse().map_err(|_| Errno::EINVAL)?;
        let name = names::LOCK.as_bytes();
        if self.settings.blocklist_on_break_lock {
            let info = call(&self.io, self.header_object.clone(), &class::get_info(name))?;
            let holder = info.lockers.iter().find(|(id, _)| id.name == locker).ok_or(Errno::ENOENT)?;
            let address = holder.1.addr.to_string();
            let expire = std::time::Duration::from_secs(self.settings.blocklist_expire_seconds);
            wait(|done| self.io.store().blocklist_add(&address, expire, done))?;
        }
        call(&self.io, self.header_object.clone(), &class::break_lock(name, locker, cookie.as_bytes()))?;
        self.notify_update()
    }
}
