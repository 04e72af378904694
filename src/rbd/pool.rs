//! Pools as homes of images.

use ops::Result;
use rados::IoCtx;

use crate::create::validate_pool;
use crate::open::plain;
use crate::settings::Settings;
use crate::wait::wait;

/// Marks the pool as one for images. `-EPERM` where another application has claimed it and `force` is
/// false, `-EINVAL` where it has snapshots of its own.
pub fn pool_init(io: &IoCtx, settings: &Settings, force: bool) -> Result<()> {
    let io = plain(io);
    wait(|done| io.store().application_enable(io.pool(), "rbd", force, done))?;
    if settings.validate_pool { validate_pool(&io) } else { Ok(()) }
}
