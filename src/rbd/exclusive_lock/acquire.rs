//! Getting the lock from nobody, from an owner that is asked, or from one that died.

use std::time::Duration;

use bytes::Bytes;
use cls::entity::EntityName;
use cls::lock::client::{self as class, Lock};
use cls::lock::{LockFlags, LockType};
use denc::Reader;
use ops::{Errno, NotifyAck, Result, Timespec};

use super::notify::LockMessage;
use crate::header::call;
use crate::image::Image;
use crate::names;
use crate::wait::wait;
use crate::watch::NOTIFY_TIMEOUT;

const COOKIE: &str = "auto ";
const TAG: &[u8] = b"internal";
/// How long an owner that answered may take before it is asked again.
const PATIENCE: Duration = Duration::from_millis(500);
/// The same where nobody answered: the lock is changing hands.
const RETRY: Duration = Duration::from_millis(20);

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub name: EntityName,
    pub cookie: Bytes,
    /// `127.0.0.1:0/2891213`
    pub address: String,
    /// The handle of its watch.
    pub watch: u64,
}

pub(super) fn cookie(watch: u64) -> Bytes {
    format!("{COOKIE}{watch}").into()
}

pub(super) fn lock(cookie: Bytes) -> Lock {
    let name = Bytes::from_static(names::LOCK.as_bytes());
    Lock { name, kind: LockType::Exclusive, cookie, tag: Bytes::from_static(TAG) }
}

impl Image {
    /// Returns the cookie. `-EROFS` where the owner keeps it, `-EBUSY` where something else than the
    /// exclusive lock is held.
    pub(super) fn acquire_lock(&self) -> Result<Bytes> {
        loop {
            let watch = (*self.watch.lock()).ok_or(Errno::ENOTCONN)?;
            let cookie = cookie(watch);
            let take = class::lock(&lock(cookie.clone()), b"", Timespec::ZERO, LockFlags(0));
            match call(&self.io, self.header_object.clone(), &take) {
                // The second is this handle's own lock, left by a failure in between.
                Ok(()) | Err(Errno::EEXIST) => return Ok(cookie),
                Err(Errno::EBUSY) => {}
                Err(error) => return Err(error),
            }
            let released = self.lock.state.lock().released;
            match self.lock_owner() {
                Ok(owner) if self.is_alive(&owner)? => self.ask_for_lock(released)?,
                Ok(owner) => {
                    tracing::warn!(target: "rbd", "image {}: the lock's owner is dead: {owner:?}", self.id);
                    self.break_lock_of(&owner)?;
                }
                Err(Errno::ENOENT) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// `-ENOENT` where nobody has the lock.
    pub(super) fn lock_owner(&self) -> Result<Owner> {
        let info = call(&self.io, self.header_object.clone(), &class::get_info(names::LOCK.as_bytes()))?;
        let (id, held) = info.lockers.into_iter().next().ok_or(Errno::ENOENT)?;
        let watch = std::str::from_utf8(&id.cookie).ok().and_then(|text| text.strip_prefix(COOKIE));
        match watch.and_then(|watch| watch.parse().ok()) {
            Some(watch) if info.kind == LockType::Exclusive && info.tag == TAG => {
                Ok(Owner { name: id.name, cookie: id.cookie, address: held.addr.to_string(), watch })
            }
            _ => {
                tracing::error!(target: "rbd", "image {} is locked by a program's own lock", self.id);
                Err(Errno::EBUSY)
            }
        }
    }

    /// An owner watches the header.
    fn is_alive(&self, owner: &Owner) -> Result<bool> {
        let alive = |watcher: &ops::WatcherInfo| {
            (EntityName::client(watcher.client), watcher.cookie) == (owner.name, owner.watch)
        };
        Ok(self.watchers()?.iter().any(alive))
    }

    /// Asks the owner to let go, and waits a while.
    fn ask_for_lock(&self, released: u64) -> Result<()> {
        let object = self.io.object(self.header_object.clone());
        let request = LockMessage::Request(self.client_id()).encode();
        let acks = wait(|done| {
            let done = Box::new(move |_, reply: ops::NotifyReply| done(Ok(reply.acks)));
            self.io.store().notify(object, request, Some(NOTIFY_TIMEOUT), done);
        })?;
        let answer = acks.iter().find_map(answer);
        if let Some(error) = answer.filter(|&result| result < 0) {
            return Err(Errno(-error));
        }
        let patience = if answer.is_some() { PATIENCE } else { RETRY };
        let mut state = self.lock.state.lock();
        if state.released == released {
            self.lock.changed.wait_for(&mut state, patience);
        }
        Ok(())
    }

    /// Shuts a client of another process out first, which may not know that it is dead.
    pub(super) fn break_lock_of(&self, owner: &Owner) -> Result<()> {
        let own = EntityName::client(self.io.store().identity().instance_id);
        if self.settings.blocklist_on_break_lock && owner.name != own {
            let expire = Duration::from_secs(self.settings.blocklist_expire_seconds);
            wait(|done| self.io.store().blocklist_add(&owner.address, expire, done))?;
        }
        let name = names::LOCK.as_bytes();
        match call(&self.io, self.header_object.clone(), &class::break_lock(name, owner.name, &owner.cookie))
        {
            Err(Errno::ENOENT) => Ok(()),
            other => other,
        }
    }
}

/// What an owner answered to a request.
fn answer(ack: &NotifyAck) -> Option<i32> {
    if ack.payload.is_empty() {
        return None;
    }
    Reader::new(ack.payload.clone()).envelope(u8::MAX, |_, body| body.get::<i32>()).ok()
}
