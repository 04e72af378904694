//! Stores on a disk: one open store per directory and process, whoever attaches.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Weak};

use disk::{CreateOptions, DiskEngine, Engine, OpenOptions};
use ops::{Errno, Result};
use parking_lot::{Mutex, MutexGuard};

use crate::AttachOptions;
use crate::client::Client;
use crate::store::Store;

/// The place of one directory's store, open or not. Its lock is held while the store is opened or closed.
#[derive(Default)]
pub struct Slot(Mutex<Weak<Store>>);

/// By device and inode.
type Slots = HashMap<(u64, u64), Arc<Slot>>;

static SLOTS: LazyLock<Mutex<Slots>> = LazyLock::new(Mutex::default);

/// Where a store lives.
pub struct Mount {
    dir: PathBuf,
    options: AttachOptions,
    slot: Arc<Slot>,
    /// Held by who initialises the store.
    initialising: Mutex<()>,
}

impl Mount {
    pub fn options(&self) -> &AttachOptions {
        &self.options
    }

    pub fn lock_slot(&self) -> MutexGuard<'_, Weak<Store>> {
        self.slot.0.lock()
    }

    /// Initialises the directory, unless somebody else was faster, and opens it.
    pub fn initialise(&self, store: &Arc<Store>) -> Result<()> {
        let _initialising = self.initialising.lock();
        if store.engine().is_ok() {
            return Ok(());
        }
        match create(&self.dir) {
            // Another process was faster: its store is as good.
            Ok(()) | Err(Errno::EEXIST | Errno::EBUSY) => store.bring_up(open(&self.dir, &self.options)?),
            Err(e) => Err(e),
        }
    }
}

/// Initialises a store in an existing, empty directory.
pub fn create(dir: &Path) -> Result<()> {
    DiskEngine::create(dir, CreateOptions::default())?;
    tracing::info!(target: "store", "initialised a store in {}", dir.display());
    Ok(())
}

fn open(dir: &Path, options: &AttachOptions) -> Result<Arc<dyn Engine>> {
    let (lock_timeout, full_ratio) = (options.wait, options.full_ratio);
    Ok(DiskEngine::open(dir, OpenOptions { lock_timeout, full_ratio, ..OpenOptions::default() })?)
}

pub fn attach(dir: &Path, options: &AttachOptions) -> Result<Arc<Client>> {
    let found = fs::metadata(dir).map_err(|e| {
        tracing::error!(target: "store", "{}: {e}", dir.display());
        Errno::from(e)
    })?;
    if !found.is_dir() {
        tracing::error!(target: "store", "{} is not a directory", dir.display());
        return Err(Errno::ENOTDIR);
    }
    let slot = SLOTS.lock().entry((found.dev(), found.ino())).or_default().clone();
    let mut current = slot.0.lock();
    if let Some(store) = current.upgrade().filter(|store| !store.is_closed()) {
        return Ok(store.new_client(&options.entity));
    }
    let dir = fs::canonicalize(dir)?;
    let mount = Mount { dir, options: options.clone(), slot: slot.clone(), initialising: Mutex::default() };
    let engine = match open(&mount.dir, options) {
        Ok(engine) => Some(engine),
        Err(Errno::ENOENT) => {
            check_vacant(&mount.dir)?;
            None
        }
        Err(e) => {
            tracing::error!(target: "store", "cannot open the store in {}: {e}", mount.dir.display());
            return Err(e);
        }
    };
    let store = Arc::new(Store::mounted(mount));
    if let Some(engine) = engine
        && let Err(e) = store.bring_up(engine.clone())
    {
        let _ = engine.shutdown();
        return Err(e);
    }
    *current = Arc::downgrade(&store);
    Ok(store.new_client(&options.entity))
}

/// What is no store must at least be nothing else.
fn check_vacant(dir: &Path) -> Result<()> {
    DiskEngine::check_vacant(dir).map_err(|e| match e {
        Errno::ENOTEMPTY => {
            tracing::error!(target: "store", "{} is neither a store nor empty", dir.display());
            Errno::EINVAL
        }
        e => e,
    })
}
