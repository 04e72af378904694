//! Listing objects, one after another.

use std::ffi::{c_char, c_int};

use ffi::unsupported;

use super::types::{rados_ioctx_t, rados_list_ctx_t, rados_object_list_cursor};

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_open(io: rados_ioctx_t, ctx: *mut rados_list_ctx_t) -> c_int {
    let _ = (io, ctx);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_get_pg_hash_position(ctx: rados_list_ctx_t) -> u32 {
    let _ = (ctx,);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_seek(ctx: rados_list_ctx_t, pos: u32) -> u32 {
    let _ = (ctx, pos);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_seek_cursor(
    ctx: rados_list_ctx_t,
    cursor: rados_object_list_cursor,
) -> u32 {
    let _ = (ctx, cursor);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_get_cursor(
    ctx: rados_list_ctx_t,
    cursor: *mut rados_object_list_cursor,
) -> c_int {
    let _ = (ctx, cursor);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_next(
    ctx: rados_list_ctx_t,
    entry: *mut *const c_char,
    key: *mut *const c_char,
    nspace: *mut *const c_char,
) -> c_int {
    let _ = (ctx, entry, key, nspace);
    unsupported!()
}

/// TODO
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
    let _ = (ctx, entry, key, nspace, entry_size, key_size, nspace_size);
    unsupported!()
}

/// TODO
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_nobjects_list_close(ctx: rados_list_ctx_t) {
    let _ = (ctx,);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_open(io: rados_ioctx_t, ctx: *mut rados_list_ctx_t) -> c_int {
    let _ = (io, ctx);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_get_pg_hash_position(ctx: rados_list_ctx_t) -> u32 {
    let _ = (ctx,);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_seek(ctx: rados_list_ctx_t, pos: u32) -> u32 {
    let _ = (ctx, pos);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_next(
    ctx: rados_list_ctx_t,
    entry: *mut *const c_char,
    key: *mut *const c_char,
) -> c_int {
    let _ = (ctx, entry, key);
    unsupported!()
}

/// TODO
#[deprecated]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rados_objects_list_close(ctx: rados_list_ctx_t) {
    let _ = (ctx,);
    unsupported!()
}
