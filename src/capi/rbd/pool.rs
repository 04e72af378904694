//! Pools: making one ready for images, and counting what is in it.

use std::ffi::c_int;

use ffi::{boundary, unsupported};

use super::handles::pool;
use super::types::*;
use crate::rados::types::rados_ioctx_t;

/// Makes a pool ready for images; `force` even if it serves another application.
#[unsafe(export_name = "__rbd_pool_init")]
pub unsafe extern "C" fn rbd_pool_init(io: rados_ioctx_t, force: bool) -> c_int {
    boundary(|| {
        let pool = self::pool(io)?;
        rbd_room::pool_init(&pool.io, &pool.settings, force)
    })
}

/// Makes a set of questions in `*stats`. Free it with `rbd_pool_stats_destroy`.
#[unsafe(export_name = "__rbd_pool_stats_create")]
pub unsafe extern "C" fn rbd_pool_stats_create(stats: *mut rbd_pool_stats_t) {
    let _ = (stats,);
    unsupported!()
}

/// Frees a set of questions.
#[unsafe(export_name = "__rbd_pool_stats_destroy")]
pub unsafe extern "C" fn rbd_pool_stats_destroy(stats: rbd_pool_stats_t) {
    let _ = (stats,);
    unsupported!()
}

/// Adds a question (`RBD_POOL_STAT_OPTION_*`); its answer goes to `*stat_val`, which must stay valid.
/// `-EEXIST` if it is there already, `-ENOENT` if it is unknown.
#[unsafe(export_name = "__rbd_pool_stats_option_add_uint64")]
pub unsafe extern "C" fn rbd_pool_stats_option_add_uint64(
    stats: rbd_pool_stats_t,
    stat_option: c_int,
    stat_val: *mut u64,
) -> c_int {
    let _ = (stats, stat_option, stat_val);
    unsupported!()
}

/// Answers all questions of the set.
#[unsafe(export_name = "__rbd_pool_stats_get")]
pub unsafe extern "C" fn rbd_pool_stats_get(io: rados_ioctx_t, stats: rbd_pool_stats_t) -> c_int {
    let _ = (io, stats);
    unsupported!()
}
