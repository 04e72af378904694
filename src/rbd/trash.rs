//! The trash: images whose removal was put off.

use bytes::Bytes;
use cls::rbd::client as class;
use cls::rbd::{TrashSource, TrashSpec, TrashState};
use ops::{Errno, Op, Result, Timespec};
use rados::IoCtx;

use crate::create::check_name;
use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::open::{OpenSpec, plain};
use crate::remove::{gone, remove_content};
use crate::settings::Settings;
use crate::throttle::{Progress, no_progress};

/// As `rbd_trash_list` tells. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashInfo {
    pub id: String,
    pub name: String,
    /// `RBD_TRASH_IMAGE_SOURCE_*`.
    pub source: u8,
    pub deletion_time: u64,
    /// Not to be removed before.
    pub deferment_end_time: u64,
}

const PAGE: u64 = 1024;

impl TrashInfo {
    fn new(id: String, spec: &TrashSpec) -> TrashInfo {
        TrashInfo {
            id,
            name: text(&spec.name),
            source: spec.source as u8,
            deletion_time: spec.deleted.sec.into(),
            deferment_end_time: spec.deferred_until.sec.into(),
        }
    }
}

/// Images in the trash, in the order of their ids, but for those whose removal has begun.
pub fn trash_list(io: &IoCtx) -> Result<Vec<TrashInfo>> {
    let mut images = all(&plain(io))?;
    images.retain(|info| info.source != TrashSource::Removing as u8);
    Ok(images)
}

pub(crate) fn all(io: &IoCtx) -> Result<Vec<TrashInfo>> {
    let (mut images, mut last) = (Vec::new(), Bytes::new());
    loop {
        let page = match call(io, names::TRASH, &class::trash_list(&last, PAGE)) {
            Ok(page) => page,
            Err(Errno::ENOENT) => return Ok(images),
            Err(error) => return Err(error),
        };
        let count = page.len() as u64;
        if let Some((id, _)) = page.last_key_value() {
            last = id.clone();
        }
        images.extend(page.iter().map(|(id, spec)| TrashInfo::new(text(id), spec)));
        if count < PAGE {
            return Ok(images);
        }
    }
}

/// By the image's id.
pub fn trash_get(io: &IoCtx, id: &str) -> Result<TrashInfo> {
    let spec = call(&plain(io), names::TRASH, &class::trash_get(id.as_bytes()))?;
    Ok(TrashInfo::new(id.to_owned(), &spec))
}

/// Takes an image out of the directory. It can be restored, and removed after `delay` seconds.
pub fn trash_move(io: &IoCtx, settings: &Settings, name: &str, delay: u64) -> Result<()> {
    let io = plain(io);
    let id = call(&io, names::DIRECTORY, &class::dir_get_id(name.as_bytes()))?;
    match Image::open(&io, &OpenSpec::id(&text(&id)), settings) {
        Ok(image) => image.close()?,
        Err(Errno::ENOENT) => {}
        Err(error) => return Err(error),
    }
    let now = Timespec::now();
    let until = now.sec.saturating_add(delay.try_into().unwrap_or(u32::MAX));
    let spec = TrashSpec {
        source: TrashSource::User,
        name: name.to_owned().into(),
        deleted: now,
        deferred_until: Timespec { sec: until, nsec: now.nsec },
        state: TrashState::Moving,
    };
    match call(&io, names::TRASH, &class::trash_add(&id, &spec)) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(error) => return Err(error),
    }
    let left = gone(io.remove(names::id_object(name)))
        .and_then(|()| gone(call(&io, names::DIRECTORY, &class::dir_remove_image(name.as_bytes(), &id))));
    set_state(&io, &text(&id), TrashState::Normal, TrashState::Moving)?;
    left
}

/// Puts an image back under `name`, or its own where that is empty. `-EEXIST` where the name is taken,
/// `-EBUSY` while the image is being removed, `-EINVAL` where its removal was no user's wish.
pub fn trash_restore(io: &IoCtx, id: &str, name: &str) -> Result<()> {
    let io = plain(io);
    let spec = call(&io, names::TRASH, &class::trash_get(id.as_bytes()))?;
    if !matches!(spec.source, TrashSource::User | TrashSource::Mirroring | TrashSource::UserParent) {
        return Err(Errno::EINVAL);
    }
    if !matches!(spec.state, TrashState::Normal | TrashState::Restoring) {
        return Err(Errno::EBUSY);
    }
    let name = if name.is_empty() { text(&spec.name) } else { name.to_owned() };
    check_name(&name)?;
    set_state(&io, id, TrashState::Restoring, TrashState::Normal)?;
    match call(&io, names::id_object(&name), &class::get_id()) {
        Err(Errno::ENOENT) => {
            let ops = vec![Op::Create { exclusive: true }, class::set_id(id.as_bytes()).op()];
            io.operate(names::id_object(&name), ops)?;
        }
        // An earlier attempt came as far as this.
        Ok(existing) if existing == id.as_bytes() => {}
        other => {
            set_state(&io, id, TrashState::Normal, TrashState::Restoring)?;
            return Err(other.err().unwrap_or(Errno::EEXIST));
        }
    }
    match call(&io, names::DIRECTORY, &class::dir_add_image(name.as_bytes(), id.as_bytes())) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(error) => return Err(error),
    }
    gone(call(&io, names::TRASH, &class::trash_remove(id.as_bytes())))
}

/// Removes an image in the trash for good. `-EPERM` before its time, unless `force`; otherwise as
/// [`crate::remove`].
pub fn trash_remove(
    io: &IoCtx,
    settings: &Settings,
    id: &str,
    force: bool,
    progress: Progress<'_>,
) -> Result<()> {
    let io = plain(io);
    let spec = call(&io, names::TRASH, &class::trash_get(id.as_bytes()))?;
    if Timespec::now() < spec.deferred_until && !force {
        return Err(Errno::EPERM);
    }
    if !matches!(spec.state, TrashState::Normal | TrashState::Removing) {
        return Err(Errno::EBUSY);
    }
    set_state(&io, id, TrashState::Removing, TrashState::Normal)?;
    if let Err(error) = remove_content(&io, settings, id, progress) {
        if let Err(kept) = set_state(&io, id, TrashState::Normal, TrashState::Removing) {
            tracing::error!(target: "rbd", "image {id} in the trash stays marked as being removed: {kept}");
        }
        return Err(error);
    }
    call(&io, names::TRASH, &class::trash_remove(id.as_bytes()))
}

/// Removes what users put into the trash and whose time had come at `expire` (seconds since 1970; 0: now).
/// `threshold` other than -1, which means a share of the pool's space, is `-EOPNOTSUPP`.
pub fn trash_purge(
    io: &IoCtx,
    settings: &Settings,
    expire: u64,
    threshold: f32,
    progress: Progress<'_>,
) -> Result<()> {
    if threshold != -1.0 {
        return Err(if (0.0..=1.0).contains(&threshold) { Errno::EOPNOTSUPP } else { Errno::EINVAL });
    }
    let expire = if expire == 0 { Timespec::now().sec.into() } else { expire };
    let users = [TrashSource::User as u8, TrashSource::UserParent as u8];
    let mut images = trash_list(io)?;
    images.retain(|info| users.contains(&info.source) && info.deferment_end_time <= expire);
    let total = images.len() as u64;
    for (i, info) in images.iter().enumerate() {
        trash_remove(io, settings, &info.id, true, &mut no_progress)?;
        Errno::check(progress(i as u64 + 1, total))?;
    }
    Ok(())
}

/// An image that is in the state already is left there.
fn set_state(io: &IoCtx, id: &str, to: TrashState, from: TrashState) -> Result<()> {
    match call(io, names::TRASH, &class::trash_state_set(id.as_bytes(), to, from)) {
        Err(Errno::EOPNOTSUPP) => Ok(()),
        other => other,
    }
}
