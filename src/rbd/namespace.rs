//! Namespaces of a pool of images.

use bytes::Bytes;
use cls::rbd::DirectoryState;
use cls::rbd::client as class;
use ops::{Errno, Op, Result};
use rados::IoCtx;

use crate::header::{call, text};
use crate::names;
use crate::open::plain;

const PAGE: u64 = 1024;

/// What a pool may hold beside its images.
const POOL_OBJECTS: [&str; 6] =
    [names::DIRECTORY, names::INFO, names::TRASH, names::CHILDREN, names::MIRRORING, names::GROUP_DIRECTORY];

/// `-EINVAL` for the empty name, `-EEXIST` where there is one.
pub fn namespace_create(io: &IoCtx, name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Errno::EINVAL);
    }
    let (pool, inside) = (plain(io).with_namespace(""), within(io, name));
    call(&pool, names::NAMESPACE, &class::namespace_add(name.as_bytes()))?;
    call(&inside, names::DIRECTORY, &class::dir_state_set(DirectoryState::Ready)).inspect_err(|_| {
        if let Err(error) = call(&pool, names::NAMESPACE, &class::namespace_remove(name.as_bytes())) {
            tracing::error!(target: "rbd", "namespace {name} stays without a directory: {error}");
        }
    })
}

/// `-EBUSY` where it has images, `-ENOENT` where there is none of that name.
pub fn namespace_remove(io: &IoCtx, name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Errno::EINVAL);
    }
    let (pool, inside) = (plain(io).with_namespace(""), within(io, name));
    // Nobody can add an image to a directory that is closed, and only an empty one can be closed.
    let close = vec![class::dir_state_set(DirectoryState::AddDisabled).op(), Op::Remove];
    match inside.operate(names::DIRECTORY, close) {
        Ok(_) | Err(Errno::ENOENT) => {}
        Err(error) => return Err(error),
    }
    for object in POOL_OBJECTS {
        match inside.remove(object) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(error),
        }
    }
    call(&pool, names::NAMESPACE, &class::namespace_remove(name.as_bytes()))
}

/// In the order of their names.
pub fn namespace_list(io: &IoCtx) -> Result<Vec<String>> {
    let pool = plain(io).with_namespace("");
    let (mut all, mut last) = (Vec::new(), Bytes::new());
    loop {
        let page = match call(&pool, names::NAMESPACE, &class::namespace_list(&last, PAGE)) {
            Ok(page) => page,
            Err(Errno::ENOENT) => return Ok(all),
            Err(error) => return Err(error),
        };
        let count = page.len() as u64;
        if let Some(name) = page.last() {
            last = name.clone();
        }
        all.extend(page.iter().map(text));
        if count < PAGE {
            return Ok(all);
        }
    }
}

pub fn namespace_exists(io: &IoCtx, name: &str) -> Result<bool> {
    if name.is_empty() {
        return Err(Errno::EINVAL);
    }
    match call(&within(io, name), names::DIRECTORY, &class::dir_state_assert(DirectoryState::Ready)) {
        Ok(()) => Ok(true),
        Err(Errno::ENOENT) => Ok(false),
        Err(error) => Err(error),
    }
}

fn within(io: &IoCtx, name: &str) -> IoCtx {
    plain(io).with_namespace(Bytes::copy_from_slice(name.as_bytes()))
}
