//! One client of a store: the [`ObjectStore`] that rados gets.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cls::Origin;
use disk::HEAD;
use ops::{
    ClusterStat, CommandReply, CommandTarget, Cursor, Errno, Identity, ListPage, LogHandler, LogLevel,
    NotifyReply, ObjectRef, ObjectStore, OnReply, OnResult, PoolInfo, PoolStat, Request, Result,
    ServiceDaemon, Timespec, WatchHandler, WatchId, WatchQueue,
};
use parking_lot::Mutex;

use crate::request;
use crate::store::Store;
use crate::watch::{OnNotified, WATCH_TIMEOUT_SECONDS, Watch};
use crate::{commands, list, stats};

/// `osd_default_notify_timeout`.
const NOTIFY_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Client {
    store: Arc<Store>,
    instance: u64,
    addr: String,
    entity: String,
    watches: Mutex<HashMap<WatchId, Arc<Watch>>>,
    callbacks: Arc<WatchQueue>,
    closed: AtomicBool,
    /// Shut out until then, in seconds since 1970; 0: not at all.
    blocked_until: AtomicU64,
}

impl Client {
    pub fn new(store: Arc<Store>, instance: u64, entity: &str) -> Client {
        // Odd, so different instances have different nonces, as blocklists need.
        let nonce = (instance as u32).wrapping_mul(0x9e37_79b1);
        Client {
            store,
            instance,
            addr: format!("127.0.0.1:0/{}", nonce),
            entity: entity.to_owned(),
            watches: Mutex::default(),
            callbacks: Arc::default(),
            closed: AtomicBool::new(false),
            blocked_until: AtomicU64::new(0),
        }
    }

    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    pub fn origin(&self) -> Origin {
        Origin { client: self.instance, addr: self.addr.clone() }
    }

    /// `-ESHUTDOWN` after a shutdown, and for a client on the blocklist.
    pub fn usable(&self) -> Result<()> {
        let until = self.blocked_until.load(Ordering::Acquire);
        if until != 0 && u64::from(Timespec::now().sec) < until {
            return Err(Errno::EBLOCKLISTED);
        }
        if self.closed.load(Ordering::Acquire) { Err(Errno::ESHUTDOWN) } else { Ok(()) }
    }

    /// Returns whether the client is shut out now.
    pub fn block_until(&self, until: u64) -> bool {
        self.blocked_until.store(until, Ordering::Release);
        until != 0
    }

    pub fn instance(&self) -> u64 {
        self.instance
    }

    pub fn addr(&self) -> &str {
        &self.addr
    }

    /// `client.admin`.
    pub fn entity(&self) -> &str {
        &self.entity
    }

    /// Runs `look` while the object is held. `-ENOENT` where it does not exist.
    fn with_existing<T>(&self, object: &ObjectRef, look: impl FnOnce() -> T) -> Result<T> {
        self.usable()?;
        let pool = self.store.pools().get(object.pool)?;
        let _entered = pool.enter()?;
        let tx = self.store.engine()?.begin(object)?;
        if tx.exists(HEAD) { Ok(look()) } else { Err(Errno::ENOENT) }
    }
}

impl ObjectStore for Client {
    fn submit(&self, request: Request, done: OnReply) {
        request::submit(self, request, done);
    }

    fn flush(&self, done: OnResult<()>) {
        match self.store.engine() {
            Ok(engine) => engine.flush(done),
            Err(_) => done(Ok(())),
        }
    }

    fn watch(
        &self,
        object: ObjectRef,
        timeout: Option<Duration>,
        handler: Arc<dyn WatchHandler>,
        done: OnResult<WatchId>,
    ) {
        let id = self.store.watches().next_id();
        let who = (self.instance, self.addr.clone());
        let seconds = timeout.map_or(0, |t| t.as_secs() as u32);
        let seconds = if seconds == 0 { WATCH_TIMEOUT_SECONDS } else { seconds };
        let watch = Watch::new(id, object, who, seconds, handler, self.callbacks.clone());
        let added = self.with_existing(&watch.object, || {
            self.watches.lock().insert(id, watch.clone());
            self.store.watches().add(watch.clone());
        });
        done(added.map(|()| id));
    }

    fn unwatch(&self, watch: WatchId, done: OnResult<()>) {
        let Some(watch) = self.watches.lock().remove(&watch) else { return done(Err(Errno::ENOTCONN)) };
        watch.silence();
        self.store.watches().remove(&watch);
        // An OSD answers so where the object is gone.
        let answer = self.with_existing(&watch.object, || ());
        self.callbacks.after(watch.id, move || done(answer));
    }

    fn watch_check(&self, watch: WatchId) -> Result<Duration> {
        self.usable()?;
        let watch = self.watches.lock().get(&watch).cloned().ok_or(Errno::ENOTCONN)?;
        watch.check().map(|()| Duration::ZERO)
    }

    fn notify(&self, object: ObjectRef, payload: Bytes, timeout: Option<Duration>, done: OnNotified) {
        match self.with_existing(&object, || self.store.watches().on(&object)) {
            Ok(watchers) => {
                let timeout = timeout.filter(|t| !t.is_zero()).unwrap_or(NOTIFY_TIMEOUT);
                self.store.watches().notifies.start(self.instance, watchers, payload, timeout, done);
            }
            Err(e) => done(Err(e), NotifyReply::default()),
        }
    }

    fn notify_ack(&self, _: &ObjectRef, notify_id: u64, watch: WatchId, payload: Bytes) -> Result<()> {
        self.usable()?;
        self.store.watches().notifies.ack(notify_id, self.instance, watch, payload);
        Ok(())
    }

    fn watch_flush(&self, done: OnResult<()>) {
        self.callbacks.flush(done);
    }

    fn list(&self, pool: i64, nspace: Option<Bytes>, from: Cursor, max: usize, done: OnResult<ListPage>) {
        done(self.usable().and_then(|()| list::page(&self.store, pool, nspace.as_deref(), &from, max)));
    }

    fn pools(&self) -> Vec<(i64, String)> {
        self.store.pools().all().iter().map(|pool| (pool.id, pool.state().record.name.clone())).collect()
    }

    fn pool_id(&self, name: &str) -> Option<i64> {
        self.store.pools().named(name).map(|pool| pool.id)
    }

    fn pool(&self, id: i64) -> Option<Arc<PoolInfo>> {
        self.store.pools().get(id).ok().map(|pool| pool.state().info.clone())
    }

    fn pool_create(&self, name: &str, crush_rule: Option<u8>, done: OnResult<i64>) {
        done(self.admin(|store| store.create_pool(name, crush_rule)));
    }

    fn pool_delete(&self, name: &str, done: OnResult<()>) {
        done(self.admin(|store| store.delete_pool(name)));
    }

    fn pool_stat(&self, id: i64, done: OnResult<PoolStat>) {
        done(self.admin(|store| stats::pool(store, id)));
    }

    fn pool_snap_create(&self, pool: i64, name: &str, done: OnResult<()>) {
        done(self.change(|store| store.pools().snap_create(store.engine()?, pool, name)));
    }

    fn pool_snap_remove(&self, pool: i64, name: &str, done: OnResult<()>) {
        done(self.change(|store| {
            store.pools().snap_remove(store.engine()?, pool, name)?;
            store.trimmer().kick(store);
            Ok(())
        }));
    }

    fn selfmanaged_snap_create(&self, pool: i64, done: OnResult<u64>) {
        done(self.admin(|store| store.pools().selfmanaged_create(store.engine()?, pool)));
    }

    fn selfmanaged_snap_remove(&self, pool: i64, snap: u64, done: OnResult<()>) {
        done(self.admin(|store| {
            store.pools().selfmanaged_remove(store.engine()?, pool, snap)?;
            store.trimmer().kick(store);
            Ok(())
        }));
    }

    fn application_enable(&self, pool: i64, application: &str, force: bool, done: OnResult<()>) {
        done(
            self.change(|store| store.pools().application_enable(store.engine()?, pool, application, force)),
        );
    }

    fn application_set(
        &self,
        pool: i64,
        application: &str,
        key: &str,
        value: Option<&str>,
        done: OnResult<()>,
    ) {
        done(
            self.change(|store| {
                store.pools().application_set(store.engine()?, pool, application, key, value)
            }),
        );
    }

    fn command(
        &self,
        target: CommandTarget,
        command: Vec<String>,
        input: Bytes,
        done: Box<dyn FnOnce(CommandReply) + Send>,
    ) {
        done(match self.usable() {
            Ok(()) => commands::run(self, &target, &command, &input),
            Err(e) => CommandReply { result: e.neg(), ..CommandReply::default() },
        });
    }

    fn watch_log(&self, wanted: Option<(LogLevel, LogHandler)>) -> Result<()> {
        self.usable()?;
        match wanted {
            Some((from, handler)) => self.store.log().listen(self.instance, from, handler),
            None => self.store.log().forget(self.instance),
        }
        Ok(())
    }

    fn report_service(&self, daemon: &ServiceDaemon) -> Result<()> {
        self.usable()?;
        self.store.services().report(self.instance, &self.addr, daemon.clone());
        Ok(())
    }

    fn cluster_stat(&self, done: OnResult<ClusterStat>) {
        done(self.admin(|store| stats::cluster(store)));
    }

    fn identity(&self) -> Identity {
        Identity { fsid: self.store.fsid().to_owned(), instance_id: self.instance, addrs: self.addr.clone() }
    }

    fn blocklist_add(&self, addr: &str, expire: Duration, done: OnResult<()>) {
        let added = self.change(|store| {
            store.blocklist().add(store.engine()?, addr, expire)?;
            store.apply_blocklist();
            Ok(())
        });
        done(added);
    }

    fn wait_for_latest_map(&self, done: OnResult<()>) {
        done(self.usable());
    }

    fn shutdown(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let watches: Vec<_> = self.watches.lock().drain().map(|(_, watch)| watch).collect();
        watches.iter().for_each(|watch| self.store.watches().remove(watch));
        self.store.log().forget(self.instance);
        self.store.services().forget(self.instance);
        self.store.watches().notifies.abandon(self.instance);
        self.callbacks.close();
        tracing::debug!(target: "store", "client.{} ({}) is gone", self.instance, self.entity);
        self.store.release(self.instance);
    }
}

impl Client {
    /// For what a cluster's map shows.
    fn change<T>(&self, act: impl FnOnce(&Arc<Store>) -> Result<T>) -> Result<T> {
        let done = self.admin(act)?;
        self.store.map_changed();
        Ok(done)
    }

    fn admin<T>(&self, act: impl FnOnce(&Arc<Store>) -> Result<T>) -> Result<T> {
        self.usable()?;
        act(&self.store)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shutdown();
    }
}
