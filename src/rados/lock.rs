//! Advisory locks on objects, by the class `lock`.

use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use cls::lock::client::{self, Lock};
use cls::lock::{LockFlags, LockType};
use ops::{Errno, OpReply, Result, Timespec};

use crate::ioctx::IoCtx;

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locker {
    /// `client.4121`.
    pub client: String,
    pub cookie: Bytes,
    /// As `127.0.0.1:0/123`.
    pub addr: String,
}

/// The state of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lockers {
    pub exclusive: bool,
    pub tag: Bytes,
    pub lockers: Vec<Locker>,
}

/// What is said when a lock is taken. Flags are `LIBRADOS_LOCK_FLAG_*`.
#[derive(Clone, Debug, Default)]
pub struct LockTerms<'a> {
    pub description: &'a [u8],
    /// Zero: until it is unlocked or broken.
    pub duration: Duration,
    pub flags: u8,
}

impl IoCtx {
    fn call<R>(&self, object: impl Into<Bytes>, call: &cls::Call<R>) -> Result<R> {
        let mut reply = self.operate(object, vec![call.op()])?;
        call.answer(&reply.ops.pop().unwrap_or_else(OpReply::default))
    }

    fn take_lock(&self, object: impl Into<Bytes>, lock: &Lock, terms: &LockTerms) -> Result<()> {
        let duration = Timespec::from(terms.duration);
        self.call(object, &client::lock(lock, terms.description, duration, LockFlags(terms.flags)))
    }

    /// `-EBUSY` where others hold it, `-EEXIST` where this client does with the same cookie.
    pub fn lock_exclusive(
        &self,
        object: impl Into<Bytes>,
        name: impl Into<Bytes>,
        cookie: impl Into<Bytes>,
        terms: &LockTerms,
    ) -> Result<()> {
        let (name, cookie) = (name.into(), cookie.into());
        self.take_lock(object, &Lock { name, kind: LockType::Exclusive, cookie, tag: Bytes::new() }, terms)
    }

    /// As `lock_exclusive`; holders with the same tag share it.
    pub fn lock_shared(
        &self,
        object: impl Into<Bytes>,
        name: impl Into<Bytes>,
        cookie: impl Into<Bytes>,
        tag: impl Into<Bytes>,
        terms: &LockTerms,
    ) -> Result<()> {
        let (name, cookie, tag) = (name.into(), cookie.into(), tag.into());
        self.take_lock(object, &Lock { name, kind: LockType::Shared, cookie, tag }, terms)
    }

    /// `-ENOENT` where this client does not hold it.
    pub fn unlock(&self, object: impl Into<Bytes>, name: &[u8], cookie: &[u8]) -> Result<()> {
        self.call(object, &client::unlock(name, cookie))
    }

    /// Takes a lock away from `client` (`client.4121`). `-EINVAL` where that is no client's name, `-ENOENT`
    /// where it does not hold the lock.
    pub fn break_lock(
        &self,
        object: impl Into<Bytes>,
        name: &[u8],
        client: &str,
        cookie: &[u8],
    ) -> Result<()> {
        let locker = cls::entity::EntityName::from_str(client).map_err(|_| Errno::EINVAL)?;
        self.call(object, &client::break_lock(name, locker, cookie))
    }

    /// `-ENOENT` where there is no such object. A lock that nobody holds has no lockers.
    pub fn lockers(&self, object: impl Into<Bytes>, name: &[u8]) -> Result<Lockers> {
        let info = self.call(object, &client::get_info(name))?;
        let lockers = info.lockers.iter().map(|(id, info)| Locker {
            client: id.name.to_string(),
            cookie: id.cookie.clone(),
            addr: info.addr.to_string(),
        });
        Ok(Lockers { exclusive: info.kind == LockType::Exclusive, lockers: lockers.collect(), tag: info.tag })
    }
}
