//! One open store, shared by the clients of this process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use bytes::Bytes;
use disk::Engine;
use ops::{Errno, LogLevel, ObjectRef, ObjectStore, Result};
use parking_lot::Mutex;

use crate::blocklist::Blocklist;
use crate::client::Client;
use crate::cluster_log::ClusterLog;
use crate::counter::Counter;
use crate::fsid;
use crate::mount::Mount;
use crate::pool::Pools;
use crate::services::Services;
use crate::trim::Trimmer;
use crate::watch::Watches;

pub(crate) const FSID: &[u8] = b"fsid";
/// No object version was given out at or above what stands here.
pub(crate) const VERSION_MARK: &[u8] = b"counter/version";
/// How far the marks on the disk run ahead of the numbers given out.
const VERSION_STEP: u64 = 1 << 20;
const INSTANCE_STEP: u64 = 64;
const EPOCH_STEP: u64 = 16;
/// Below are the ids that a cluster's own daemons would have.
const FIRST_INSTANCE: u64 = 4100;

pub struct Store {
    /// Set once the store is initialised.
    engine: OnceLock<Arc<dyn Engine>>,
    fsid: OnceLock<String>,
    /// The directory of a store on a disk, which the last client closes.
    mount: Option<Mount>,
    closed: AtomicBool,
    pools: Pools,
    watches: Watches,
    trimmer: Trimmer,
    blocklist: Blocklist,
    log: ClusterLog,
    services: Services,
    versions: Counter,
    instances: Counter,
    /// Of the map of pools that the store has in place of an OSD map.
    epoch: Counter,
    clients: Mutex<HashMap<u64, Weak<Client>>>,
}

impl Store {
    /// A store in an engine that the caller made. It stays open until it is dropped.
    pub fn over(engine: Arc<dyn Engine>) -> Arc<Store> {
        let store = Arc::new(Store::new(None));
        if let Err(e) = store.bring_up(engine) {
            tracing::error!(target: "store", "the store's records cannot be read: {e}");
        }
        store
    }

    /// (full, near full): which parts of the file system may be in use.
    pub(crate) fn full_ratios(&self) -> (f64, f64) {
        let options = self.mount.as_ref().map(|mount| mount.options().clone()).unwrap_or_default();
        (options.full_ratio, options.nearfull_ratio)
    }

    /// In a directory, not brought up yet.
    pub(crate) fn mounted(mount: Mount) -> Store {
        Store::new(Some(mount))
    }

    fn new(mount: Option<Mount>) -> Store {
        Store {
            mount,
            closed: AtomicBool::new(false),
            engine: OnceLock::new(),
            fsid: OnceLock::new(),
            pools: Pools::default(),
            watches: Watches::default(),
            trimmer: Trimmer::default(),
            blocklist: Blocklist::default(),
            log: ClusterLog::default(),
            services: Services::default(),
            versions: Counter::new(VERSION_MARK, VERSION_STEP, 1),
            instances: Counter::new(b"counter/instance", INSTANCE_STEP, FIRST_INSTANCE),
            epoch: Counter::new(b"counter/epoch", EPOCH_STEP, 1),
            clients: Mutex::default(),
        }
    }

    /// Takes over an engine: reads the store's records, writes those of a new one, finishes what a crash
    /// interrupted.
    pub(crate) fn bring_up(self: &Arc<Store>, engine: Arc<dyn Engine>) -> Result<()> {
        let fsid = match engine.meta_get(FSID) {
            Some(stored) => String::from_utf8(stored.to_vec()).map_err(|_| Errno::EIO)?,
            None => {
                let new = fsid::generate()?;
                engine.meta_update(vec![(Bytes::from_static(FSID), Some(Bytes::from(new.clone())))])?;
                new
            }
        };
        self.blocklist.load(&*engine)?;
        self.versions.resume(&*engine)?;
        self.instances.resume(&*engine)?;
        self.epoch.resume(&*engine)?;
        let unfinished = self.pools.load(&*engine)?;
        for pool in unfinished {
            self.pools.finish_deletion(&*engine, pool)?;
        }
        let _ = self.fsid.set(fsid);
        let _ = self.engine.set(engine);
        self.trimmer.kick(self);
        Ok(())
    }

    /// A new client; `entity` is its name, `client.admin`.
    pub fn client(self: &Arc<Store>, entity: &str) -> Arc<dyn ObjectStore> {
        self.new_client(entity)
    }

    pub(crate) fn new_client(self: &Arc<Store>, entity: &str) -> Arc<Client> {
        let instance = self.instances.take(self.engine.get().map(|engine| &**engine)).unwrap_or_else(|e| {
            tracing::error!(target: "store", "client ids may repeat after a crash: {e}");
            FIRST_INSTANCE
        });
        let client = Arc::new(Client::new(self.clone(), instance, entity));
        client.block_until(self.blocklist.until(client.addr()));
        self.clients.lock().insert(instance, Arc::downgrade(&client));
        client
    }

    /// A client is gone. The last one closes a store on a disk: when this returns, its directory is free.
    pub(crate) fn release(&self, instance: u64) {
        let slot = self.mount.as_ref().map(Mount::lock_slot);
        let last = {
            let mut clients = self.clients.lock();
            clients.remove(&instance);
            clients.is_empty()
        };
        if last && let Some(mut slot) = slot {
            *slot = Weak::new();
            self.close();
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        self.watches.notifies.close();
        self.trimmer.stop();
        let Some(engine) = self.engine.get() else { return };
        let saved = [&self.versions, &self.instances, &self.epoch]
            .into_iter()
            .try_for_each(|counter| counter.close(&**engine))
            .and_then(|()| self.pools.save_traffic(&**engine));
        let stopped = if self.mount.is_some() { engine.shutdown() } else { Ok(()) };
        if let Err(e) = saved.and(stopped) {
            tracing::warn!(target: "store", "the store was not closed cleanly: {e}");
        }
    }

    /// The first pool initialises the store.
    pub(crate) fn create_pool(self: &Arc<Store>, name: &str, crush_rule: Option<u8>) -> Result<i64> {
        if name.is_empty() {
            return Err(Errno::EINVAL);
        }
        if let (None, Some(mount)) = (self.engine.get(), &self.mount) {
            mount.initialise(self)?;
        }
        let id = self.pools.create(self.engine()?, name, crush_rule)?;
        self.map_changed();
        Ok(id)
    }

    pub(crate) fn delete_pool(&self, name: &str) -> Result<()> {
        let pool = self.pools.delete(self.engine()?, name)?;
        self.watches.lost(self.watches.detach_where(|watch| watch.object.pool == pool));
        self.map_changed();
        Ok(())
    }

    /// The pools, their settings or the blocklist have changed: one epoch further.
    pub(crate) fn map_changed(&self) {
        if let Err(e) = self.epoch.take(self.engine.get().map(|engine| &**engine)) {
            tracing::warn!(target: "store", "epochs may repeat after a crash: {e}");
        }
        let text = format!("osdmap e{}: 1 total, 1 up, 1 in", self.epoch());
        self.log.write(LogLevel::Debug, "cluster", text);
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.peek()
    }

    pub(crate) fn client_count(&self) -> usize {
        self.clients.lock().len()
    }

    pub(crate) fn log(&self) -> &ClusterLog {
        &self.log
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    /// Placement groups that a read found damaged objects in, in their order; only of objects that are still there.
    pub(crate) fn damaged_groups(&self) -> Vec<(i64, u32)> {
        let Ok(engine) = self.engine() else { return Vec::new() };
        let there = |object: &ObjectRef| engine.begin(object).map_or(true, |tx| !tx.parts().is_empty());
        let group = |object: &ObjectRef| {
            let pool = self.pools.get(object.pool).ok()?;
            Some((object.pool, pool.group_of(object)))
        };
        let mut groups: Vec<_> =
            engine.damaged().iter().filter(|object| there(object)).filter_map(group).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// `-ENOENT` in a store that is not initialised: it has no pools.
    pub(crate) fn engine(&self) -> Result<&dyn Engine> {
        self.engine.get().map(|engine| &**engine).ok_or(Errno::ENOENT)
    }

    pub(crate) fn fsid(&self) -> &str {
        self.fsid.get().map_or("00000000-0000-0000-0000-000000000000", String::as_str)
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.pools
    }

    pub(crate) fn watches(&self) -> &Watches {
        &self.watches
    }

    pub(crate) fn trimmer(&self) -> &Trimmer {
        &self.trimmer
    }

    pub(crate) fn blocklist(&self) -> &Blocklist {
        &self.blocklist
    }

    /// Tells every client whether it is shut out. Those that are lose their watches.
    pub(crate) fn apply_blocklist(&self) {
        let clients: Vec<_> = self.clients.lock().values().filter_map(Weak::upgrade).collect();
        for client in clients {
            if client.block_until(self.blocklist.until(client.addr())) {
                let instance = client.instance();
                self.watches.lost(self.watches.detach_where(|watch| watch.client == instance));
            }
        }
    }

    pub(crate) fn next_version(&self) -> Result<u64> {
        self.versions.take(Some(self.engine()?))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}
