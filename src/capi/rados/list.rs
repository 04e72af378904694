//! Listing objects, one after another.

use std::ffi::{c_char, c_int};
use std::sync::Arc;

use ffi::{Kind, Opaque, Out, borrow, boundary, boundary_or, boundary_void, close, export};
use ops::{Cursor, Errno, ListEntry, Result};
use parking_lot::Mutex;
use rados_room::{IoCtx, ObjectList};

use super::cursor::CursorHandle;
use super::handles::IoCtxHandle;
use super::types::{rados_ioctx_t, rados_list_ctx_t, rados_object_list_cursor};

struct ListHandle(Mutex<State>);

struct State {
    list: ObjectList,
    /// For the place of `current`.
    io: IoCtx,
    /// Where the object last returned is: Ceph's cursor of a listing points there, not at the next one.
    place: Option<Cursor>,
    /// What the caller has pointers to: name, key and namespace, each with a NUL.
    current: [Box<[u8]>; 3],
}

impl Opaque for ListHandle {
    const KIND: Kind = Kind::ObjectList;
}

impl State {
    /// Makes the next object the current one. `-ENOENT` at the end.
    fn advance(&mut self) -> Result<ListEntry> {
        self.place = None;
        let entry = self.list.next()?.ok_or(Errno::ENOENT)?;
        self.place = Some(self.io.cursor_of(&entry));
        self.current =
            [&entry.name, &entry.key, &entry.nspace].map(|text| [&text[..], b"\0"].concat().into());
        Ok(entry)
    }

    fn seek(&mut self, to: Cursor) -> u32 {
        self.place = None;
        self.list.seek_cursor(to)
    }

    /// The placement group of the object returned last; before the first, of the one that comes.
    fn position(&self) -> u32 {
        self.place.as_ref().map_or_else(|| self.list.position(), |place| self.io.position_of(place))
    }

    fn cursor(&self) -> Cursor {
        self.place.clone().unwrap_or_else(|| self.list.cursor())
    }
}

/// The listing at work for one call.
fn with<T>(ctx: rados_list_ctx_t, call: impl FnOnce(&mut State) -> T) -> Result<T> {
    Ok(call(&mut borrow::<ListHandle>(ctx)?.0.lock()))
}

/// Starts a listing of the objects in the context's namespace, or in all where that is `LIBRADOS_ALL_NSPACES`. Later
/// changes of the context do not affect it. End it with `rados_nobjects_list_close`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_open(io: rados_ioctx_t, ctx: *mut rados_list_ctx_t) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(ctx)? };
        let io = borrow::<IoCtxHandle>(io)?.io();
        let state = State { list: ObjectList::new(io.clone()), io, place: None, current: Default::default() };
        out.set(export(Arc::new(ListHandle(Mutex::new(state))))?);
        Ok(())
    })
}

/// The placement group that the object returned last is in, or the first one before there was any.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_get_pg_hash_position(ctx: rados_list_ctx_t) -> u32 {
    boundary_or(0, || with(ctx, |state| state.position()))
}

/// Goes to the first object of placement group `pos`. Returns the group that is really gone to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_seek(ctx: rados_list_ctx_t, pos: u32) -> u32 {
    boundary_or(0, || with(ctx, |state| state.seek(Cursor::at_hash(pos.reverse_bits()))))
}

/// Goes to a cursor, which stays the caller's. Returns the placement group gone to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_seek_cursor(
    ctx: rados_list_ctx_t,
    cursor: rados_object_list_cursor,
) -> u32 {
    boundary_or(0, || {
        let cursor = CursorHandle::find(cursor)?.get();
        with(ctx, |state| state.seek(cursor))
    })
}

/// Where the listing stands: at the object returned last; before the first one, at the beginning. Free the cursor with `rados_object_list_cursor_free`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_get_cursor(
    ctx: rados_list_ctx_t,
    cursor: *mut rados_object_list_cursor,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(cursor)? };
        out.set(with(ctx, |state| CursorHandle::export(state.cursor(), state.io.pool()))?);
        Ok(())
    })
}

/// The next object: its name, its locator key (NULL where it has none) and its namespace, NUL-terminated. They are good
/// until the next call. `key` and `nspace` may be NULL. Returns 0, `-ENOENT` at the end, or another negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_next(
    ctx: rados_list_ctx_t,
    entry: *mut *const c_char,
    key: *mut *const c_char,
    nspace: *mut *const c_char,
) -> c_int {
    let none = std::ptr::null_mut();
    // SAFETY: the header's contract; NULL is allowed for the lengths.
    unsafe { rados_nobjects_list_next2(ctx, entry, key, nspace, none, none, none) }
}

/// Like `rados_nobjects_list_next`, with the lengths in bytes; those, too, may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_next2(
    ctx: rados_list_ctx_t,
    entry: *mut *const c_char,
    key: *mut *const c_char,
    nspace: *mut *const c_char,
    entry_size: *mut usize,
    key_size: *mut usize,
    nspace_size: *mut usize,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (entry, key, nspace, entry_size, key_size, nspace_size) = unsafe {
            let texts = (Out::required(entry)?, Out::optional(key), Out::optional(nspace));
            let sizes = (Out::optional(entry_size), Out::optional(key_size), Out::optional(nspace_size));
            (texts.0, texts.1, texts.2, sizes.0, sizes.1, sizes.2)
        };
        let list = borrow::<ListHandle>(ctx)?;
        let mut state = list.0.lock();
        let found = state.advance()?;
        let [name, locator, namespace] = state.current.each_ref().map(|text| text.as_ptr().cast::<c_char>());
        entry.set(name);
        key.set(if found.key.is_empty() { std::ptr::null() } else { locator });
        nspace.set(namespace);
        entry_size.set(found.name.len());
        key_size.set(found.key.len());
        nspace_size.set(found.nspace.len());
        Ok(())
    })
}

/// Ends a listing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_close(ctx: rados_list_ctx_t) {
    boundary_void(|| close::<ListHandle>(ctx).map(drop))
}

/// The listing of old, which knew no namespaces: `-EOPNOTSUPP`. Use `rados_nobjects_list_open`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_open(io: rados_ioctx_t, ctx: *mut rados_list_ctx_t) -> c_int {
    let _ = (io, ctx);
    -libc::EOPNOTSUPP
}

/// Always 0; see `rados_objects_list_open`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_get_pg_hash_position(ctx: rados_list_ctx_t) -> u32 {
    let _ = ctx;
    0
}

/// Always 0; see `rados_objects_list_open`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_seek(ctx: rados_list_ctx_t, pos: u32) -> u32 {
    let _ = (ctx, pos);
    0
}

/// `-EOPNOTSUPP`; see `rados_objects_list_open`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_next(
    ctx: rados_list_ctx_t,
    entry: *mut *const c_char,
    key: *mut *const c_char,
) -> c_int {
    let _ = (ctx, entry, key);
    -libc::EOPNOTSUPP
}

/// Does nothing; see `rados_objects_list_open`.
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_close(ctx: rados_list_ctx_t) {
    let _ = ctx;
}
