//! Key-value metadata of images and of pools.

use std::collections::BTreeMap;

use bytes::Bytes;
use cls::rbd::client as class;
use ops::{Errno, Result};
use rados::IoCtx;

use crate::header::{call, text};
use crate::image::Image;
use crate::names;
use crate::open::plain;
use crate::settings::Settings;

const PAGE: u64 = 64;

/// Values are bytes; keys are text.
pub type Metadata = Vec<(String, Bytes)>;

impl Image {
    pub fn metadata_get(&self, key: &str) -> Result<Bytes> {
        self.refresh_if_stale()?;
        call(&self.io, self.header_object.clone(), &class::metadata_get(key.as_bytes()))
    }

    /// At most `max` entries (0: all) whose keys come after `start`.
    pub fn metadata_list(&self, start: &str, max: u64) -> Result<Metadata> {
        self.refresh_if_stale()?;
        list(&self.io, self.header_object.clone(), start, max)
    }

    pub fn metadata_set(&self, key: &str, value: &[u8]) -> Result<()> {
        let _busy = self.changeable()?;
        set(&self.io, self.header_object.clone(), key, value)?;
        self.notify_update()
    }

    /// `-ENOENT` where there is no such key.
    pub fn metadata_remove(&self, key: &str) -> Result<()> {
        let _busy = self.changeable()?;
        remove(&self.io, self.header_object.clone(), key)?;
        self.notify_update()
    }
}

/// Keys that begin so override a configuration option, for one image or for all of a pool.
const OVERRIDE: &str = "conf_";

/// The settings of one image: `settings`, with what its pool and the image itself override.
pub(crate) fn overridden(io: &IoCtx, header: &Bytes, settings: &Settings) -> Result<Settings> {
    let mut options = BTreeMap::new();
    for (io, object) in
        [(io.with_namespace(""), Bytes::from_static(names::INFO.as_bytes())), (io.clone(), header.clone())]
    {
        for (key, value) in list(&io, object, OVERRIDE, 0)? {
            let Some(option) = key.strip_prefix(OVERRIDE) else { break };
            options.insert(option.to_owned(), text(&value));
        }
    }
    let mut settings = settings.clone();
    if !options.is_empty() {
        settings.apply(|name| options.get(name).cloned());
    }
    Ok(settings)
}

/// `-EINVAL` for an override of what is no option of images.
fn check_key(key: &str) -> Result<()> {
    match key.strip_prefix(OVERRIDE) {
        Some(option) if !option.starts_with("rbd_") => Err(Errno::EINVAL),
        _ => Ok(()),
    }
}

/// Of a pool, as the following ones.
pub fn pool_metadata_get(io: &IoCtx, key: &str) -> Result<Bytes> {
    call(&plain(io), names::INFO, &class::metadata_get(key.as_bytes()))
}

pub fn pool_metadata_set(io: &IoCtx, key: &str, value: &[u8]) -> Result<()> {
    set(&plain(io), names::INFO.into(), key, value)
}

pub fn pool_metadata_remove(io: &IoCtx, key: &str) -> Result<()> {
    remove(&plain(io), names::INFO.into(), key)
}

pub fn pool_metadata_list(io: &IoCtx, start: &str, max: u64) -> Result<Metadata> {
    list(&plain(io), names::INFO.into(), start, max)
}

fn set(io: &IoCtx, object: Bytes, key: &str, value: &[u8]) -> Result<()> {
    check_key(key)?;
    let pair = (Bytes::copy_from_slice(key.as_bytes()), Bytes::copy_from_slice(value));
    call(io, object, &class::metadata_set(&BTreeMap::from([pair])))
}

fn remove(io: &IoCtx, object: Bytes, key: &str) -> Result<()> {
    call(io, object.clone(), &class::metadata_get(key.as_bytes()))?;
    call(io, object, &class::metadata_remove(key.as_bytes()))
}

fn list(io: &IoCtx, object: Bytes, start: &str, max: u64) -> Result<Metadata> {
    let max = if max == 0 { u64::MAX } else { max };
    let mut all = Metadata::new();
    let mut last = Bytes::copy_from_slice(start.as_bytes());
    loop {
        let want = PAGE.min(max - all.len() as u64);
        let page = match call(io, object.clone(), &class::metadata_list(&last, want)) {
            Ok(page) => page,
            Err(Errno::ENOENT | Errno::EOPNOTSUPP) => return Ok(all),
            Err(error) => return Err(error),
        };
        let count = page.len() as u64;
        if let Some((key, _)) = page.last_key_value() {
            last = key.clone();
        }
        all.extend(page.into_iter().map(|(key, value)| (text(&key), value)));
        if count < want || all.len() as u64 >= max {
            return Ok(all);
        }
    }
}
