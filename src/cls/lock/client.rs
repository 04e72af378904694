//! Calls of the `lock` class.

use denc::{Bytes, Encode};
use ops::Timespec;

use super::types::{
    AssertRequest, BreakRequest, LockFlags, LockInfo, LockRequest, LockType, Named, SetCookieRequest,
    UnlockRequest,
};
use crate::call::{Call, EBADMSG};
use crate::entity::EntityName;

/// A lock as a client takes it.
#[derive(Clone, Debug)]
pub struct Lock {
    pub name: Bytes,
    pub kind: LockType,
    /// Tells apart the holds of one client.
    pub cookie: Bytes,
    pub tag: Bytes,
}

fn call(method: &'static str, input: &impl Encode) -> Call<()> {
    Call::new("lock", method, input)
}

/// `-EBUSY` where others hold it, `-EEXIST` where the caller does (but see [`LockFlags`]). `duration` zero:
/// until it is unlocked or broken.
pub fn lock(lock: &Lock, description: &[u8], duration: Timespec, flags: LockFlags) -> Call<()> {
    let Lock { name, kind, cookie, tag } = lock.clone();
    let description = Bytes::copy_from_slice(description);
    call("lock", &LockRequest { name, kind, cookie, tag, description, duration, flags })
}

/// `-ENOENT` where the caller does not hold it.
pub fn unlock(name: &[u8], cookie: &[u8]) -> Call<()> {
    let (name, cookie) = (Bytes::copy_from_slice(name), Bytes::copy_from_slice(cookie));
    call("unlock", &UnlockRequest { name, cookie })
}

/// Takes the lock away from `locker`. `-ENOENT` where that does not hold it.
pub fn break_lock(name: &[u8], locker: EntityName, cookie: &[u8]) -> Call<()> {
    let (name, cookie) = (Bytes::copy_from_slice(name), Bytes::copy_from_slice(cookie));
    call("break_lock", &BreakRequest { name, locker, cookie })
}

/// One without lockers where nobody holds it.
pub fn get_info(name: &[u8]) -> Call<LockInfo> {
    Call::new("lock", "get_info", &Named { it: Bytes::copy_from_slice(name) })
}

/// The names of the object's locks, held or not.
pub fn list_locks() -> Call<Vec<Bytes>> {
    Call::decoded_by("lock", "list_locks", &(), |out| {
        denc::decode::<Named<Vec<Bytes>>>(out).map(|list| list.it).map_err(|_| EBADMSG)
    })
}

/// `-EBUSY` unless the caller holds exactly this lock.
pub fn assert_locked(lock: &Lock) -> Call<()> {
    let Lock { name, kind, cookie, tag } = lock.clone();
    call("assert_locked", &AssertRequest { name, kind, cookie, tag })
}

/// `-EBUSY` unless the caller holds exactly this lock and no other one with the new cookie.
pub fn set_cookie(lock: &Lock, new_cookie: &[u8]) -> Call<()> {
    let Lock { name, kind, cookie, tag } = lock.clone();
    let new_cookie = Bytes::copy_from_slice(new_cookie);
    call("set_cookie", &SetCookieRequest { name, kind, cookie, tag, new_cookie })
}
