//! Listing objects, one after another.

use std::collections::VecDeque;
use std::ffi::{c_char, c_int};
use std::sync::Arc;

use bytes::Bytes;
use ffi::{Kind, Opaque, Out, borrow, boundary, boundary_or, boundary_void, close, export};
use ops::{Cursor, Errno, ListEntry, ObjectStore, Result};
use parking_lot::Mutex;
use rados_room::wait;

use super::handles::IoCtxHandle;
use super::object_list::CursorHandle;
use super::types::{rados_ioctx_t, rados_list_ctx_t, rados_object_list_cursor};

/// How many objects are fetched at a time.
const PAGE: usize = 1024;

/// The namespace that stands for all of them (`LIBRADOS_ALL_NSPACES`).
const ALL_NSPACES: &[u8] = b"\x01";

/// Which namespace a listing is of.
pub fn listed_namespace(nspace: &Bytes) -> Option<Bytes> {
    (nspace[..] != *ALL_NSPACES).then(|| nspace.clone())
}

struct ObjectList {
    store: Arc<dyn ObjectStore>,
    pool: i64,
    nspace: Option<Bytes>,
    state: Mutex<State>,
}

struct State {
    /// Where the next page begins.
    next: Cursor,
    fetched: VecDeque<ListEntry>,
    /// What the caller has pointers to: name, key and namespace, each with a NUL.
    current: [Box<[u8]>; 3],
}

impl Opaque for ObjectList {
    const KIND: Kind = Kind::ObjectList;
}

impl ObjectList {
    fn seek(&self, to: Cursor) -> u32 {
        let position = self.position(&to);
        let mut state = self.state.lock();
        state.next = to;
        state.fetched.clear();
        position
    }

    /// The placement group a cursor is in.
    fn position(&self, cursor: &Cursor) -> u32 {
        let groups = self.store.pool(self.pool).map_or(1, |pool| pool.pg_num.max(1));
        match cursor {
            Cursor::At { hash_reversed, .. } => group_of(hash_reversed.reverse_bits(), groups),
            Cursor::End => 0,
        }
    }

    /// Where the listing stands: at the next object to be returned.
    fn cursor(&self, state: &State) -> Cursor {
        match state.fetched.front() {
            None => state.next.clone(),
            Some(entry) => Cursor::of(&ops::ObjectRef {
                pool: self.pool,
                nspace: entry.nspace.clone(),
                name: entry.name.clone(),
                key: entry.key.clone(),
            }),
        }
    }

    /// Makes the next object the current one. `-ENOENT` at the end.
    fn advance(&self, state: &mut State) -> Result<ListEntry> {
        loop {
            if let Some(entry) = state.fetched.pop_front() {
                let terminated = |text: &Bytes| [&text[..], b"\0"].concat().into();
                state.current = [&entry.name, &entry.key, &entry.nspace].map(terminated);
                return Ok(entry);
            }
            if state.next == Cursor::End {
                return Err(Errno::ENOENT);
            }
            let from = state.next.clone();
            let page = wait(|done| self.store.list(self.pool, self.nspace.clone(), from, PAGE, done))?;
            state.next = page.next;
            state.fetched = page.entries.into();
        }
    }
}

/// The placement group of a hash among `groups`, which need not be a power of two.
fn group_of(hash: u32, groups: u32) -> u32 {
    let mask = groups.next_power_of_two() - 1;
    if hash & mask < groups { hash & mask } else { hash & (mask >> 1) }
}

/// Starts a listing of the objects in the context's namespace, or in all where that is `LIBRADOS_ALL_NSPACES`. Later
/// changes of the context do not affect it. End it with `rados_nobjects_list_close`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_open(io: rados_ioctx_t, ctx: *mut rados_list_ctx_t) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(ctx)? };
        let io = borrow::<IoCtxHandle>(io)?.io();
        let empty = || Box::from([0_u8]);
        let state =
            State { next: Cursor::begin(), fetched: VecDeque::new(), current: [empty(), empty(), empty()] };
        let list = ObjectList {
            store: Arc::clone(io.store()),
            pool: io.pool(),
            nspace: listed_namespace(io.namespace()),
            state: Mutex::new(state),
        };
        out.set(export(Arc::new(list))?);
        Ok(())
    })
}

/// The placement group that the next object is in.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_get_pg_hash_position(ctx: rados_list_ctx_t) -> u32 {
    boundary_or(0, || {
        let list = borrow::<ObjectList>(ctx)?;
        let cursor = list.cursor(&list.state.lock());
        Ok(list.position(&cursor))
    })
}

/// Goes to the first object of placement group `pos`. Returns the group that is really gone to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_seek(ctx: rados_list_ctx_t, pos: u32) -> u32 {
    boundary_or(0, || Ok(borrow::<ObjectList>(ctx)?.seek(Cursor::at_hash(pos.reverse_bits()))))
}

/// Goes to a cursor, which stays the caller's. Returns the placement group gone to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_seek_cursor(
    ctx: rados_list_ctx_t,
    cursor: rados_object_list_cursor,
) -> u32 {
    boundary_or(0, || {
        let cursor = borrow::<CursorHandle>(cursor)?.get();
        Ok(borrow::<ObjectList>(ctx)?.seek(cursor))
    })
}

/// Where the listing stands. Free the cursor with `rados_object_list_cursor_free`. Returns 0 or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_get_cursor(
    ctx: rados_list_ctx_t,
    cursor: *mut rados_object_list_cursor,
) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let out = unsafe { Out::required(cursor)? };
        let list = borrow::<ObjectList>(ctx)?;
        let at = list.cursor(&list.state.lock());
        out.set(CursorHandle::export(at)?);
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
        let list = borrow::<ObjectList>(ctx)?;
        let mut state = list.state.lock();
        let found = list.advance(&mut state)?;
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
    boundary_void(|| close::<ObjectList>(ctx).map(drop))
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
