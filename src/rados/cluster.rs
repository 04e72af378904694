//! A client of one cluster: configuration, connection, pools.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ops::{
    ClusterStat, CommandReply, CommandTarget, Errno, Identity, LogHandler, LogLevel, ObjectStore, OnResult,
    PoolInfo, PoolStat, Result, ServiceDaemon,
};
use parking_lot::Mutex;

use crate::answer::answer;
use crate::config::{Config, EntityName};
use crate::finisher::Finisher;
use crate::ioctx::IoCtx;
use crate::log::Log;
use crate::network;
use crate::service;
use crate::under_way;

/// What `rados_t` stands for.
pub struct Cluster {
    config: Arc<Config>,
    log: Arc<Log>,
    state: Mutex<State>,
    finisher: Arc<Finisher>,
    service: Mutex<Option<ServiceDaemon>>,
    /// Which call of `monitor_log` counts.
    log_watch: Arc<AtomicU64>,
    pub(crate) under_way: under_way::Count,
}

enum State {
    Disconnected,
    Connecting,
    Connected(Arc<dyn ObjectStore>),
    /// For good: `shutdown` was called while or after being connected.
    Down,
}

impl Cluster {
    /// As `rados_create`: for `client.ID`, `client.admin` where there is no id. The cluster's name comes
    /// with the file that is read.
    pub fn create(id: Option<&str>) -> Arc<Cluster> {
        Cluster::named(EntityName::client(id), "")
    }

    /// As `rados_create2`: `name` is `TYPE.ID`. `-EINVAL` where it is not.
    pub fn create2(cluster: &str, name: &str) -> Result<Arc<Cluster>> {
        Ok(Cluster::named(EntityName::parse(name)?, cluster))
    }

    fn named(name: EntityName, cluster: &str) -> Arc<Cluster> {
        let config = Config::new(name, cluster);
        config.parse_env(None);
        Cluster::with_config(Arc::new(config))
    }

    /// A further handle with a configuration that exists already.
    pub fn with_config(config: Arc<Config>) -> Arc<Cluster> {
        let log = Arc::new(Log::new(&config));
        let weak = Arc::downgrade(&log);
        config.observe(move |config| {
            if let Some(log) = weak.upgrade() {
                log.update(config);
            }
        });
        Arc::new(Cluster {
            config,
            log,
            state: Mutex::new(State::Disconnected),
            finisher: Arc::new(Finisher::new("rados-callbacks")),
            service: Mutex::default(),
            log_watch: Arc::default(),
            under_way: under_way::Count::default(),
        })
    }

    /// A handle that is connected to `store` from the start.
    pub fn over(config: Arc<Config>, store: Arc<dyn ObjectStore>) -> Arc<Cluster> {
        let cluster = Cluster::with_config(config);
        *cluster.state.lock() = State::Connected(store);
        cluster.config.freeze();
        cluster
    }

    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Runs the callbacks of this handle.
    pub fn finisher(&self) -> &Finisher {
        &self.finisher
    }

    /// For who keeps it.
    pub fn shared_finisher(&self) -> Arc<Finisher> {
        Arc::clone(&self.finisher)
    }

    /// Connects to the back end that the configuration names, within `client_mount_timeout`.
    ///
    /// `-EISCONN`: connected already; `-EINPROGRESS`: another thread is at it; `-ENOENT`: neither a store nor
    /// monitors configured, or no such directory; `-EINVAL`: both configured; `-EBUSY`: another process has
    /// the store; `-EACCES`: the cluster does not take the key; `-ETIMEDOUT`: no monitor answers. After a failure it
    /// may be tried again.
    pub fn connect(&self) -> Result<()> {
        {
            let mut state = self.state.lock();
            match *state {
                State::Disconnected => *state = State::Connecting,
                State::Connecting => return Err(Errno(libc::EINPROGRESS)),
                State::Connected(_) => return Err(Errno(libc::EISCONN)),
                State::Down => return Err(Errno::ESHUTDOWN),
            }
        }
        let attached = self.attach();
        let mut state = self.state.lock();
        match (attached, &*state) {
            (Ok(store), State::Connecting) => {
                *state = State::Connected(store);
                drop(state);
                self.config.freeze();
                self.log.update(&self.config);
                self.report_service();
                Ok(())
            }
            // Shut down meanwhile.
            (Ok(store), _) => {
                drop(state);
                store.shutdown();
                Err(Errno::ESHUTDOWN)
            }
            (Err(e), State::Connecting) => {
                *state = State::Disconnected;
                Err(e)
            }
            (Err(e), _) => Err(e),
        }
    }

    fn attach(&self) -> Result<Arc<dyn ObjectStore>> {
        let dir = self.config.text("sepiola_store");
        let monitors = ["mon_host", "mon_host_override", "monmap"]
            .into_iter()
            .find(|name| !self.config.text(name).trim().is_empty());
        match (dir.is_empty(), monitors) {
            (false, Some(name)) => {
                tracing::error!(
                    target: "rados",
                    "both sepiola_store and {name} are set: a client is of one store or of one cluster"
                );
                Err(Errno::EINVAL)
            }
            (true, Some(_)) => network::connect(&self.config),
            // The DNS may know.
            (true, None) => network::connect(&self.config).inspect_err(|e| {
                if *e == Errno::ENOENT {
                    tracing::error!(target: "rados", "neither sepiola_store nor mon_host is set: nothing to connect to");
                }
            }),
            (false, None) => {
                let wait = self.config.duration("client_mount_timeout");
                let options = store::AttachOptions {
                    wait,
                    entity: self.config.name().to_string(),
                    full_ratio: self.config.float("sepiola_full_ratio"),
                    nearfull_ratio: self.config.float("sepiola_nearfull_ratio"),
                };
                store::attach(&PathBuf::from(&dir), &options).inspect_err(|e| {
                    // The store has logged what is wrong.
                    tracing::info!(target: "rados", "cannot attach to the store in {dir}: {e}");
                })
            }
        }
    }

    /// `-ENOTCONN` before connecting and after shutting down.
    pub fn store(&self) -> Result<Arc<dyn ObjectStore>> {
        match &*self.state.lock() {
            State::Connected(store) => Ok(Arc::clone(store)),
            _ => Err(Errno::ENOTCONN),
        }
    }

    pub fn is_connected(&self) -> bool {
        matches!(*self.state.lock(), State::Connected(_))
    }

    /// Ends the connection: outstanding operations complete, perhaps with errors, watches end, callbacks run. None runs
    /// afterwards. May be called from a callback, and more than once.
    pub fn shutdown(&self) {
        let before = std::mem::replace(&mut *self.state.lock(), State::Down);
        self.log_watch.fetch_add(1, Ordering::AcqRel);
        if let State::Connected(store) = before {
            store.shutdown();
            if !self.finisher.is_own_thread() {
                self.under_way.wait_for_none();
            }
        }
        self.finisher.shutdown();
    }

    /// 0 while not connected.
    pub fn instance_id(&self) -> u64 {
        self.store().map_or(0, |store| store.identity().instance_id)
    }

    pub fn identity(&self) -> Result<Identity> {
        Ok(self.store()?.identity())
    }

    pub fn cluster_stat(&self) -> Result<ClusterStat> {
        let store = self.store()?;
        wait(|done| store.cluster_stat(done))
    }

    pub fn wait_for_latest_map(&self) -> Result<()> {
        let store = self.store()?;
        wait(|done| store.wait_for_latest_map(done))
    }

    /// A command to a monitor, manager, OSD or placement group. The error is that of not reaching it; what
    /// it answers is in the reply.
    pub fn command(&self, target: CommandTarget, command: Vec<String>, input: Bytes) -> Result<CommandReply> {
        let store = self.store()?;
        wait(|done| store.command(target, command, input, Box::new(move |reply| done(Ok(reply)))))
    }

    /// Fences a client off. `expire` zero: for as long as the cluster does by default.
    pub fn blocklist_add(&self, addr: &str, expire: Duration) -> Result<()> {
        let store = self.store()?;
        wait(|done| store.blocklist_add(addr, expire, done))
    }

    /// Waits until every watch callback that was started has returned.
    pub fn watch_flush(&self) -> Result<()> {
        let store = self.store()?;
        wait(|done| store.watch_flush(done))
    }

    pub fn pools(&self) -> Result<Vec<(i64, String)>> {
        Ok(self.store()?.pools())
    }

    /// `-ENOENT` where there is no such pool, even in the newest map.
    pub fn pool_id(&self, name: &str) -> Result<i64> {
        let store = self.store()?;
        if let Some(id) = store.pool_id(name) {
            return Ok(id);
        }
        wait(|done| store.wait_for_latest_map(done))?;
        store.pool_id(name).ok_or(Errno::ENOENT)
    }

    /// As [`Cluster::pool_id`], the other way round.
    pub fn pool(&self, id: i64) -> Result<Arc<PoolInfo>> {
        let store = self.store()?;
        if let Some(pool) = store.pool(id) {
            return Ok(pool);
        }
        wait(|done| store.wait_for_latest_map(done))?;
        store.pool(id).ok_or(Errno::ENOENT)
    }

    /// Returns the new pool's id. `-EEXIST` where the name is taken, `-EINVAL` where it is empty.
    pub fn pool_create(&self, name: &str, crush_rule: Option<u8>) -> Result<i64> {
        let store = self.store()?;
        if name.is_empty() {
            return Err(Errno::EINVAL);
        }
        wait(|done| store.pool_create(name, crush_rule, done))
    }

    pub fn pool_delete(&self, name: &str) -> Result<()> {
        let store = self.store()?;
        wait(|done| store.pool_delete(name, done))
    }

    pub fn pool_stat(&self, id: i64) -> Result<PoolStat> {
        let store = self.store()?;
        wait(|done| store.pool_stat(id, done))
    }

    /// An I/O context on a pool by its name.
    pub fn ioctx(&self, pool: &str) -> Result<IoCtx> {
        let id = self.pool_id(pool)?;
        IoCtx::new(self.store()?, id)
    }

    pub fn ioctx_by_id(&self, pool: i64) -> Result<IoCtx> {
        self.pool(pool)?;
        IoCtx::new(self.store()?, pool)
    }

    /// Announces this client as a daemon of a service, as `rados_service_register` does. `-EEXIST`: done
    /// already; `-EINVAL`: a bad name, or a service that is Ceph's own.
    pub fn service_register(
        &self,
        service: &str,
        daemon: &str,
        metadata: impl IntoIterator<Item = (String, String)>,
    ) -> Result<()> {
        let mut slot = self.service.lock();
        if slot.is_some() {
            return Err(Errno::EEXIST);
        }
        *slot = Some(service::daemon(service, daemon, metadata)?);
        drop(slot);
        self.report_service();
        Ok(())
    }

    /// `-ENOTCONN` where not connected.
    pub fn service_update_status(&self, status: impl IntoIterator<Item = (String, String)>) -> Result<()> {
        self.store()?;
        if let Some(service) = self.service.lock().as_mut() {
            service.status = status.into_iter().collect();
        }
        self.report_service();
        Ok(())
    }

    /// Tells the back end of the registered service, if there is one and a connection.
    fn report_service(&self) {
        let service = self.service.lock().clone();
        if let (Some(service), Ok(store)) = (service, self.store())
            && let Err(e) = store.report_service(&service)
        {
            tracing::warn!(target: "rados", "{}.{} is not announced: {e}", service.service, service.daemon);
        }
    }

    /// Hands the cluster log's lines from a level on to `call`, on the thread of callbacks, in place of whoever had them
    /// before; `None`: to nobody. `-ENOTCONN` where not connected.
    pub fn monitor_log(&self, wanted: Option<(LogLevel, LogHandler)>) -> Result<()> {
        let store = self.store()?;
        let finisher = Arc::downgrade(&self.finisher);
        let number = self.log_watch.fetch_add(1, Ordering::AcqRel) + 1;
        let current = Arc::clone(&self.log_watch);
        let on_finisher = |(level, call): (LogLevel, LogHandler)| {
            let queue: LogHandler = Arc::new(move |entry| {
                let Some(finisher) = finisher.upgrade() else { return };
                let (call, entry, current) = (Arc::clone(&call), entry.clone(), Arc::clone(&current));
                finisher.queue(Box::new(move || {
                    if current.load(Ordering::Acquire) == number {
                        call(&entry);
                    }
                }));
            });
            (level, queue)
        };
        store.watch_log(wanted.map(on_finisher))
    }

    /// The placement groups of a pool that are known to hold damaged objects.
    pub fn inconsistent_groups(&self, pool: i64) -> Result<Vec<String>> {
        self.pool(pool)?;
        let command =
            format!(r#"{{"prefix":"pg ls","pool":{pool},"states":["inconsistent"],"format":"json"}}"#);
        let reply = self.command(CommandTarget::Mgr, vec![command], Bytes::new())?;
        Errno::check(reply.result)?;
        Ok(groups_in(&reply.out))
    }
}

/// The groups in the answer to `pg ls`, whose form has changed between releases.
fn groups_in(answer: &[u8]) -> Vec<String> {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    let groups = answer.as_array().or_else(|| answer.get("pg_stats")?.as_array());
    let id = |group: &serde_json::Value| Some(group.get("pgid")?.as_str()?.to_owned());
    groups.into_iter().flatten().filter_map(id).collect()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Calls something that answers by a closure, and waits for the answer. `-ESHUTDOWN` where it is dropped
/// instead.
pub fn wait<T: Send + 'static>(call: impl FnOnce(OnResult<T>)) -> Result<T> {
    let (giver, result) = answer();
    call(Box::new(move |result| giver.give(result)));
    result.wait().unwrap_or(Err(Errno::ESHUTDOWN))
}
