//! The images of a pool: listing and renaming.

use cls::rbd::TrashSource;
use cls::rbd::client as class;
use ops::{Errno, Op, Result};
use rados::IoCtx;

use crate::create::{check_name, exists};
use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::open::{OpenSpec, plain};
use crate::settings::Settings;
use crate::trash;

/// An entry of a pool's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageEntry {
    pub id: String,
    pub name: String,
}

const PAGE: u64 = 1024;

/// The images of a pool's namespace, in the order of their names; then those whose removal has begun.
pub fn list(io: &IoCtx) -> Result<Vec<ImageEntry>> {
    let io = plain(io);
    let mut images = directory(&io)?;
    let begun = trash::all(&io)?.into_iter().filter(|info| info.source == TrashSource::Removing as u8);
    images.extend(begun.map(|info| ImageEntry { id: info.id, name: info.name }));
    Ok(images)
}

fn directory(io: &IoCtx) -> Result<Vec<ImageEntry>> {
    let mut images = Vec::new();
    let mut last = bytes::Bytes::new();
    loop {
        let page = match call(io, names::DIRECTORY, &class::dir_list(&last, PAGE)) {
            Ok(page) => page,
            Err(Errno::ENOENT) => return Ok(images),
            Err(error) => return Err(error),
        };
        let count = page.len() as u64;
        if let Some((name, _)) = page.last_key_value() {
            last = name.clone();
        }
        images.extend(page.iter().map(|(name, id)| ImageEntry { id: text(id), name: text(name) }));
        if count < PAGE {
            return Ok(images);
        }
    }
}

/// `-ENOENT` where there is no image `from`, `-EEXIST` where there is one `to`.
pub fn rename(io: &IoCtx, settings: &Settings, from: &str, to: &str) -> Result<()> {
    let image = Image::open(io, &OpenSpec::name(from), settings)?;
    let renamed = image.rename(to);
    image.close()?;
    renamed
}

impl Image {
    pub(crate) fn rename(&self, to: &str) -> Result<()> {
        check_name(to)?;
        if exists(&self.io, to)? {
            return Err(Errno::EEXIST);
        }
        let _busy = self.maintenance.lock();
        let from = self.name();
        let id = self.io.read(names::id_object(&from), 0, 0)?;
        self.io.operate(
            names::id_object(to),
            vec![Op::Create { exclusive: true }, Op::WriteFull { data: id }],
        )?;
        let entry = class::dir_rename_image(from.as_bytes(), to.as_bytes(), self.id.as_bytes());
        call(&self.io, names::DIRECTORY, &entry)?;
        *self.name.lock() = to.to_owned();
        if let Err(error) = self.io.remove(names::id_object(&from))
            && error != Errno::ENOENT
        {
            tracing::warn!(target: "rbd", "the old name {from} of image {} stays behind: {error}", self.id);
        }
        self.notify_update()
    }
}
