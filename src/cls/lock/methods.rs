//! The class's methods. Holds that have expired count as gone whenever a lock is read.

use bytes::Bytes;
use ops::{Errno, Result, Timespec};

use super::types::{LockFlags, LockInfo, LockType, LockerId, LockerInfo, Named};
use super::{AssertRequest, BreakRequest, LockRequest, SetCookieRequest, UnlockRequest};
use crate::context::{ObjectContext, Origin};
use crate::entity::{EntityAddr, EntityName};
use crate::method::methods;
use crate::rows;

const PREFIX: &[u8] = b"lock.";

methods! { "lock" {
    rw "lock" => lock,
    rw "unlock" => unlock,
    rw "break_lock" => break_lock,
    r "get_info" => get_info,
    r "list_locks" => list_locks,
    r "assert_locked" => assert_locked,
    rw "set_cookie" => set_cookie,
}}

/// `-ENOENT` where the object does not exist.
fn read(ctx: &dyn ObjectContext, name: &[u8]) -> Result<LockInfo> {
    let value = match ctx.xattr(&rows::key(PREFIX, name)) {
        Err(Errno::ENODATA) => return Ok(LockInfo::default()),
        other => other?,
    };
    let mut info: LockInfo = rows::parse(name, &value)?;
    let now = ctx.now();
    info.lockers.retain(|_, locker| locker.expiration == Timespec::ZERO || locker.expiration >= now);
    Ok(info)
}

/// The same before a change: an ephemeral lock whose last hold expired takes the object with it.
fn read_to_change(ctx: &mut dyn ObjectContext, name: &[u8]) -> Result<LockInfo> {
    let info = read(ctx, name)?;
    if info.kind == LockType::ExclusiveEphemeral && info.lockers.is_empty() {
        ctx.remove()?;
    }
    Ok(info)
}

fn write(ctx: &mut dyn ObjectContext, name: &[u8], info: &LockInfo) -> Result<()> {
    ctx.set_xattr(&rows::key(PREFIX, name), denc::encode(info))
}

fn caller(origin: &Origin, cookie: Bytes) -> LockerId {
    LockerId { name: EntityName::client(origin.client), cookie }
}

/// A lock to be taken or asserted has a name and a type.
fn check(name: &[u8], kind: LockType) -> Result<()> {
    if name.is_empty() || kind == LockType::None { Err(Errno::EINVAL) } else { Ok(()) }
}

fn after(now: Timespec, duration: Timespec) -> Timespec {
    if duration == Timespec::ZERO {
        return Timespec::ZERO;
    }
    now.since_epoch().checked_add(duration.since_epoch()).unwrap_or(now.since_epoch()).into()
}

fn lock(ctx: &mut dyn ObjectContext, request: LockRequest) -> Result<()> {
    let LockRequest { name, kind, cookie, tag, description, duration, flags } = request;
    check(&name, kind)?;
    let (may_renew, must_renew) =
        (flags.contains(LockFlags::MAY_RENEW), flags.contains(LockFlags::MUST_RENEW));
    if may_renew && must_renew {
        return Err(Errno::EINVAL);
    }
    let mut info = match read_to_change(ctx, &name) {
        Err(Errno::ENOENT) => LockInfo::default(),
        other => other?,
    };
    if !info.lockers.is_empty() && info.tag != tag {
        return Err(Errno::EBUSY);
    }
    let origin = ctx.origin();
    let id = caller(&origin, cookie);
    match info.lockers.remove(&id) {
        Some(_) if !may_renew && !must_renew => return Err(Errno::EEXIST),
        None if must_renew => return Err(Errno::ENOENT),
        _ => {}
    }
    if !info.lockers.is_empty() && (kind.is_exclusive() || info.kind != kind) {
        return Err(Errno::EBUSY);
    }
    let expiration = after(ctx.now(), duration);
    // Of the legacy kind, which every client can read.
    let addr = origin.addr.parse::<EntityAddr>().unwrap_or_default();
    info.lockers.insert(id, LockerInfo { expiration, addr, description });
    (info.kind, info.tag) = (kind, tag);
    write(ctx, &name, &info)
}

fn remove(ctx: &mut dyn ObjectContext, name: &[u8], id: &LockerId) -> Result<()> {
    let mut info = read_to_change(ctx, name)?;
    info.lockers.remove(id).ok_or(Errno::ENOENT)?;
    if info.kind == LockType::ExclusiveEphemeral { ctx.remove() } else { write(ctx, name, &info) }
}

fn unlock(ctx: &mut dyn ObjectContext, request: UnlockRequest) -> Result<()> {
    let id = caller(&ctx.origin(), request.cookie);
    remove(ctx, &request.name, &id)
}

fn break_lock(ctx: &mut dyn ObjectContext, request: BreakRequest) -> Result<()> {
    let BreakRequest { name, locker, cookie } = request;
    remove(ctx, &name, &LockerId { name: locker, cookie })
}

fn get_info(ctx: &dyn ObjectContext, name: Named<Bytes>) -> Result<LockInfo> {
    read(ctx, &name.it)
}

fn list_locks(ctx: &dyn ObjectContext, (): ()) -> Result<Named<Vec<Bytes>>> {
    let names = ctx.xattrs()?.into_keys();
    let names = names.filter_map(|name| name.strip_prefix(PREFIX).map(|rest| name.slice_ref(rest)));
    Ok(Named { it: names.collect() })
}

/// The lock, held by the caller in just that way.
fn held(ctx: &dyn ObjectContext, request: AssertRequest) -> Result<(LockInfo, LockerId)> {
    let AssertRequest { name, kind, cookie, tag } = request;
    check(&name, kind)?;
    let info = read(ctx, &name)?;
    let id = caller(&ctx.origin(), cookie);
    if info.kind != kind || info.tag != tag || !info.lockers.contains_key(&id) {
        return Err(Errno::EBUSY);
    }
    Ok((info, id))
}

fn assert_locked(ctx: &dyn ObjectContext, request: AssertRequest) -> Result<()> {
    held(ctx, request).map(|_| ())
}

fn set_cookie(ctx: &mut dyn ObjectContext, request: SetCookieRequest) -> Result<()> {
    let SetCookieRequest { name, kind, cookie, tag, new_cookie } = request;
    let (mut info, old) = held(ctx, AssertRequest { name: name.clone(), kind, cookie, tag })?;
    let new = LockerId { cookie: new_cookie, ..old.clone() };
    if info.lockers.contains_key(&new) {
        return Err(Errno::EBUSY);
    }
    if let Some(locker) = info.lockers.remove(&old) {
        info.lockers.insert(new, locker);
    }
    write(ctx, &name, &info)
}
