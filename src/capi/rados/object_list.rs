//! Listing objects by cursors, for several workers at once.

use std::ffi::{c_char, c_int};

use ffi::{Out, alloc_text, borrow, boundary, boundary_void, copy_in, slice_at_mut};
use ops::{Cursor, ListEntry, Result};
use rados_room::{ListFilter, slice};

use super::cursor::CursorHandle;
use super::handles::IoCtxHandle;
use super::types::{rados_ioctx_t, rados_object_list_cursor, rados_object_list_item};

fn cursor(raw: rados_object_list_cursor) -> Result<Cursor> {
    Ok(CursorHandle::find(raw)?.get())
}

/// A cursor before the first object. Free it with `rados_object_list_cursor_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_begin(io: rados_ioctx_t) -> rados_object_list_cursor {
    boundary(|| Ok(CursorHandle::export(Cursor::begin(), borrow::<IoCtxHandle>(io)?.pool())))
}

/// A cursor behind the last object. Free it with `rados_object_list_cursor_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_end(io: rados_ioctx_t) -> rados_object_list_cursor {
    boundary(|| Ok(CursorHandle::export(Cursor::End, borrow::<IoCtxHandle>(io)?.pool())))
}

/// Whether a cursor is behind the last object: 1, 0, or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_is_end(io: rados_ioctx_t, cur: rados_object_list_cursor) -> c_int {
    let _ = io;
    boundary(|| Ok(i32::from(cursor(cur)? == Cursor::End)))
}

/// Frees a cursor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_cursor_free(io: rados_ioctx_t, cur: rados_object_list_cursor) {
    let _ = io;
    boundary_void(|| CursorHandle::free(cur))
}

/// Orders two cursors: -1 where `lhs` comes first, 0 where they are the same, 1 otherwise; `-EINVAL` where one is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_cursor_cmp(
    io: rados_ioctx_t,
    lhs: rados_object_list_cursor,
    rhs: rados_object_list_cursor,
) -> c_int {
    let _ = io;
    boundary(|| Ok(cursor(lhs)?.cmp(&cursor(rhs)?) as i32))
}

/// Lists up to `result_size` objects from `start` to before `finish` into `results`, and moves `next`, a cursor that
/// exists, behind the last of them. `next` may be `start`. Free the results with `rados_object_list_free`.
///
/// `filter_buf`, where `filter_buf_len` is not 0, is a filter as an OSD takes it: three strings, each after its length in
/// 32 bits, little-endian; `plain`, an underscore and an attribute's name, and the value that wanted objects have there.
/// Other filters are `-EINVAL`.
///
/// Returns how many objects there were, which may be fewer than asked for before the end, or a negative errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list(
    io: rados_ioctx_t,
    start: rados_object_list_cursor,
    finish: rados_object_list_cursor,
    result_size: usize,
    filter_buf: *const c_char,
    filter_buf_len: usize,
    results: *mut rados_object_list_item,
    next: *mut rados_object_list_cursor,
) -> c_int {
    boundary(|| {
        let io = borrow::<IoCtxHandle>(io)?.io();
        let (start, finish) = (cursor(start)?, cursor(finish)?);
        // SAFETY: the header's contract; the results need not be initialised, and are plain data.
        let next = unsafe {
            if !results.is_null() {
                results.write_bytes(0, result_size);
            }
            CursorHandle::find(Out::required(next)?.get().unwrap_or(std::ptr::null_mut()))?
        };
        // SAFETY: initialised above.
        let results = unsafe { slice_at_mut(results, result_size)? };
        let filter = if filter_buf.is_null() || filter_buf_len == 0 {
            None
        } else {
            // SAFETY: the header's contract.
            Some(ListFilter::decode(unsafe { copy_in(filter_buf, filter_buf_len)? })?)
        };
        let page = io.list_range(&start, &finish, result_size, filter.as_ref())?;
        for (item, entry) in results.iter_mut().zip(&page.entries) {
            fill(item, entry)?;
        }
        next.set(page.next);
        Ok(page.entries.len() as i32)
    })
}

fn fill(item: &mut rados_object_list_item, entry: &ListEntry) -> Result<()> {
    (item.oid_length, item.oid) = (entry.name.len(), alloc_text(&entry.name)?);
    if !entry.nspace.is_empty() {
        (item.nspace_length, item.nspace) = (entry.nspace.len(), alloc_text(&entry.nspace)?);
    }
    if !entry.key.is_empty() {
        (item.locator_length, item.locator) = (entry.key.len(), alloc_text(&entry.key)?);
    }
    Ok(())
}

/// Frees what the items of a result hold, not the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_free(result_size: usize, results: *mut rados_object_list_item) {
    boundary_void(|| {
        // SAFETY: the header's contract.
        for item in unsafe { slice_at_mut(results, result_size)? } {
            for text in [&mut item.oid, &mut item.nspace, &mut item.locator] {
                // SAFETY: from `fill`, or NULL; not freed again, because the pointer goes.
                unsafe { ffi::free(std::mem::replace(text, std::ptr::null_mut())) };
            }
        }
        Ok(())
    })
}

/// Cuts the range from `start` to `finish` into `m` pieces of about the same size, and sets `split_start` and
/// `split_finish`, cursors that exist, to the bounds of piece `n`, counted from 0. Neighbouring pieces meet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_object_list_slice(
    io: rados_ioctx_t,
    start: rados_object_list_cursor,
    finish: rados_object_list_cursor,
    n: usize,
    m: usize,
    split_start: *mut rados_object_list_cursor,
    split_finish: *mut rados_object_list_cursor,
) {
    let _ = io;
    boundary_void(|| {
        // SAFETY: the header's contract.
        let at = |at| CursorHandle::find(unsafe { Out::required(at)? }.get().unwrap_or(std::ptr::null_mut()));
        let (from, to) = (at(split_start)?, at(split_finish)?);
        let (first, last) = slice(&cursor(start)?, &cursor(finish)?, n, m)?;
        from.set(first);
        to.set(last);
        Ok(())
    })
}
