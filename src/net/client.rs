//! A client of a cluster, as the seam has it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use denc::Bytes;
use ops::{
    ClusterStat, CommandReply, CommandTarget, Cursor, Errno, Identity, ListPage, LogHandler, LogLevel,
    NotifyReply, ObjectRef, ObjectStore, OnReply, OnResult, PoolInfo, PoolSnap, PoolStat, Releases, Request,
    Result, ServiceDaemon, WatchHandler, WatchId,
};
use osdmap::Pool;
use parking_lot::Mutex;
use serde_json::json;

use crate::auth::{Method, find_key};
use crate::io::Reactor;
use crate::messages::mon::{self, MgrMap, OsdMaps, PoolOp};
use crate::messages::pool_stats::pool_stats;
use crate::messages::{InMessage, command};
use crate::mon::{MonClient, MonListener, Question, first_monitors};
use crate::objecter::{Objecter, SharedMap};
use crate::options::Options;
use crate::session::Peer;

/// Takes what the monitors' configuration database has for this client. It may come again, changed.
pub type OnConfig = Box<dyn Fn(BTreeMap<String, String>) + Send + Sync>;

pub struct Client {
    /// With what the monitors have configured.
    options: Arc<Options>,
    mon: Arc<MonClient>,
    objecter: Arc<Objecter>,
    /// Held weakly by the monitor client.
    _published: Arc<Published>,
}

/// Passes on what monitors publish.
struct Published {
    /// Who there is from when the monitors have told their configuration.
    objecter: OnceLock<Arc<Objecter>>,
    /// What came before.
    mgr_map: Mutex<Option<MgrMap>>,
    on_config: OnConfig,
}

impl Published {
    fn begin(&self, objecter: Arc<Objecter>) {
        let mut early = self.mgr_map.lock();
        if let Some(map) = early.take() {
            objecter.new_mgr_map(map);
        }
        let _ = self.objecter.set(objecter);
    }
}

impl MonListener for Published {
    fn osd_maps(&self, maps: OsdMaps) {
        if let Some(objecter) = self.objecter.get() {
            objecter.new_maps(maps);
        }
    }

    fn mgr_map(&self, map: MgrMap) {
        let mut early = self.mgr_map.lock();
        match self.objecter.get() {
            Some(objecter) => {
                drop(early);
                objecter.new_mgr_map(map);
            }
            None => *early = Some(map),
        }
    }

    fn config(&self, config: BTreeMap<String, String>) {
        (self.on_config)(config);
    }
}

/// Connects to the cluster whose monitors `options` name, or else the DNS, within its `client_mount_timeout`. `options` is
/// called again when `on_config` has what the monitors have configured.
///
/// `-ENOENT`: no monitors, no such file, or no key; `-EINVAL`: the monitors or the key cannot be read; `-EACCES`: the monitors do not
/// take the key; `-ETIMEDOUT`: nobody answers; `-EPROTONOSUPPORT`: monitors without a v2 address.
pub fn connect(configured: impl Fn() -> Options, on_config: OnConfig) -> Result<Arc<Client>> {
    let started = Instant::now();
    let options = configured();
    let timeout = options.client_mount_timeout;
    let monmap = first_monitors(&options, (!timeout.is_zero()).then(|| started + timeout))?;
    let entity = format!("{}.{}", options.entity, options.id);
    let key = match find_key(&entity, &options.key, &options.keyfile, &options.keyring) {
        Ok(key) => key,
        Err(Errno::ENOENT) if options.methods().contains(&Method::None) => None,
        Err(e) => return Err(e),
    };
    let nonce = Peer::fresh_nonce()?;
    let reactor = Reactor::get()?;
    let options = Arc::new(options);
    let mon = MonClient::new(options, reactor.clone(), monmap, key, nonce);
    let published = Arc::new(Published { objecter: OnceLock::new(), mgr_map: Mutex::default(), on_config });
    let listener: Arc<dyn MonListener> = published.clone();
    mon.listen(Arc::downgrade(&listener));
    if let Err(e) = mon.connect(timeout) {
        mon.shutdown();
        return Err(e);
    }
    let options = Arc::new(configured());
    mon.follow(&options);
    let objecter = Objecter::new(options.clone(), reactor, mon.clone(), nonce);
    published.begin(objecter.clone());
    let client = Client { options, mon, objecter, _published: published };
    client.objecter.start();
    let left = (!timeout.is_zero()).then(|| timeout.saturating_sub(started.elapsed()));
    client.wait_for_map(left)?;
    Ok(Arc::new(client))
}

impl Client {
    /// Takes over what may change after connecting: `rados_mon_op_timeout`, `rados_osd_op_timeout`, `crush_location`.
    pub fn follow(&self, now: &Options) {
        self.mon.follow(now);
        self.objecter.follow(now);
    }

    fn wait_for_map(&self, timeout: Option<Duration>) -> Result<()> {
        let (give, take) = std::sync::mpsc::sync_channel(1);
        self.objecter.wait_for_epoch(
            1,
            Box::new(move |result| {
                let _ = give.send(result);
            }),
        );
        let answer = match timeout {
            None => take.recv().map_err(|_| Errno::ESHUTDOWN),
            Some(timeout) => take.recv_timeout(timeout).map_err(|_| Errno::ETIMEDOUT),
        };
        answer?
    }

    /// `done` gets the answer's data when the map that the operation made is here.
    fn pool_op(
        &self,
        pool: i64,
        op: PoolOp,
        snap: u64,
        name: &str,
        crush_rule: Option<u8>,
        done: impl FnOnce(Result<Option<Bytes>>) + Send + 'static,
    ) {
        let Ok(pool) = u32::try_from(pool) else { return done(Err(Errno::ENOENT)) };
        let rule = crush_rule.map_or(-1, i16::from);
        let objecter = self.objecter.clone();
        self.mon.request(
            |fsid, tid| mon::pool_op(fsid, tid, pool, op, snap, name, rule),
            Box::new(move |answer| {
                let reply = answer.and_then(|answer| Ok(mon::pool_op_reply(&answer)?));
                match reply.and_then(|reply| Errno::check(reply.result).map(|_| reply)) {
                    Err(e) => done(Err(e)),
                    Ok(reply) => {
                        let arrived = move |result: Result<()>| done(result.map(|()| reply.data));
                        objecter.wait_for_epoch(reply.epoch, Box::new(arrived));
                    }
                }
            }),
        );
    }

    fn mon_command(&self, command: Vec<String>, input: Bytes, done: Box<dyn FnOnce(CommandReply) + Send>) {
        self.mon.request(
            |fsid, tid| mon::command(fsid, tid, &command, input),
            Box::new(move |answer| {
                let failed = |e: Errno| CommandReply { result: e.neg(), ..CommandReply::default() };
                done(match answer {
                    Err(e) => failed(e),
                    Ok(message) => match mon::command_ack(&message) {
                        Ok((result, status)) => CommandReply { result, out: message.data, status },
                        Err(_) => failed(Errno::EIO),
                    },
                });
            }),
        );
    }

    fn ask_one(
        &self,
        name: &str,
        question: Question,
        timeout: Duration,
        done: Box<dyn FnOnce(CommandReply) + Send>,
        read: impl FnOnce(InMessage) -> denc::Result<CommandReply> + Send + 'static,
    ) {
        let is_rank = name.parse::<u32>().is_ok();
        let answered = move |answer: Result<InMessage>| {
            done(answer.and_then(|answer| Ok(read(answer)?)).unwrap_or_else(|e| {
                let status = match e {
                    Errno::ENOENT if is_rank => "mon rank dne",
                    Errno::ENOENT => "mon dne",
                    Errno(libc::ENXIO) => "mon unavailable",
                    _ => "",
                };
                CommandReply { result: e.neg(), status: status.into(), ..CommandReply::default() }
            }));
        };
        self.mon.ask_one(name, question, timeout, Box::new(answered));
    }

    /// A command that changes the map: `done` runs when the change is here.
    fn change(&self, command: serde_json::Value, done: OnResult<()>) {
        let objecter = self.objecter.clone();
        let answered = move |reply: CommandReply| match Errno::check(reply.result) {
            Ok(_) => objecter.wait_for_latest(done),
            Err(e) => done(Err(e)),
        };
        self.mon_command(vec![command.to_string()], Bytes::new(), Box::new(answered));
    }

    fn pool_name(&self, id: i64) -> Result<String> {
        let map = self.objecter.map().ok_or(Errno::ENOTCONN)?;
        map.pool_name(id).map(str::to_owned).ok_or(Errno::ENOENT)
    }
}

fn pool_info(id: i64, name: &str, pool: &Pool) -> PoolInfo {
    let snaps = pool.snaps.iter();
    let pairs = |map: &BTreeMap<String, String>| {
        map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    PoolInfo {
        id,
        name: name.to_owned(),
        snaps: snaps
            .map(|(id, snap)| PoolSnap { id: *id, name: snap.name.clone(), stamp: snap.stamp })
            .collect(),
        snap_seq: pool.snap_seq,
        required_alignment: if pool.requires_aligned_append() { pool.stripe_width.into() } else { 0 },
        base_tier: pool.tier_of,
        pg_num: pool.pg_num,
        applications: pool.applications.iter().map(|(name, values)| (name.clone(), pairs(values))).collect(),
    }
}

impl ObjectStore for Client {
    fn submit(&self, request: Request, done: OnReply) {
        self.objecter.submit(request, done);
    }

    /// OSDs acknowledge what is on stable storage.
    fn flush(&self, done: OnResult<()>) {
        done(Ok(()));
    }

    fn watch(
        &self,
        object: ObjectRef,
        timeout: Option<Duration>,
        handler: Arc<dyn WatchHandler>,
        done: OnResult<WatchId>,
    ) {
        self.objecter.watch(object, timeout, handler, done);
    }

    fn unwatch(&self, watch: WatchId, done: OnResult<()>) {
        self.objecter.unwatch(watch, done);
    }

    fn watch_check(&self, watch: WatchId) -> Result<Duration> {
        self.objecter.watch_check(watch)
    }

    fn notify(
        &self,
        object: ObjectRef,
        payload: Bytes,
        timeout: Option<Duration>,
        done: Box<dyn FnOnce(Result<()>, NotifyReply) + Send>,
    ) {
        self.objecter.notify(object, payload, timeout, done);
    }

    fn notify_ack(&self, object: &ObjectRef, notify_id: u64, watch: WatchId, payload: Bytes) -> Result<()> {
        self.objecter.notify_ack(object, notify_id, watch, payload);
        Ok(())
    }

    fn watch_flush(&self, done: OnResult<()>) {
        self.objecter.watch_flush(done);
    }

    fn list(&self, pool: i64, nspace: Option<Bytes>, from: Cursor, max: usize, done: OnResult<ListPage>) {
        self.objecter.list(pool, nspace, from, max, done);
    }

    fn pools(&self) -> Vec<(i64, String)> {
        let Some(map) = self.objecter.map() else { return Vec::new() };
        map.pools().filter_map(|(id, _)| Some((id, map.pool_name(id)?.to_owned()))).collect()
    }

    fn pool_id(&self, name: &str) -> Option<i64> {
        self.objecter.map()?.pool_by_name(name)
    }

    fn pool(&self, id: i64) -> Option<Arc<PoolInfo>> {
        let map = self.objecter.map()?;
        Some(Arc::new(pool_info(id, map.pool_name(id)?, map.pool(id)?)))
    }

    fn pool_create(&self, name: &str, crush_rule: Option<u8>, done: OnResult<i64>) {
        if self.pool_id(name).is_some() {
            return done(Err(Errno::EEXIST));
        }
        let (objecter, wanted) = (self.objecter.clone(), name.to_owned());
        self.pool_op(0, PoolOp::Create, 0, name, crush_rule, move |answer| {
            let find = || objecter.map().and_then(|map| map.pool_by_name(&wanted)).ok_or(Errno::ENOENT);
            done(answer.and_then(|_| find()));
        });
    }

    fn pool_delete(&self, name: &str, done: OnResult<()>) {
        match self.pool_id(name) {
            None => done(Err(Errno::ENOENT)),
            Some(id) => {
                self.pool_op(id, PoolOp::Delete, 0, "delete", None, |answer| done(answer.map(|_| ())))
            }
        }
    }

    fn pool_stat(&self, id: i64, done: OnResult<PoolStat>) {
        let name = match self.pool_name(id) {
            Ok(name) => name,
            Err(e) => return done(Err(e)),
        };
        let names = [name.clone()];
        self.mon.request(
            |fsid, tid| mon::get_pool_stats(fsid, tid, &names),
            Box::new(move |answer| {
                let stats = answer.and_then(|answer| Ok(pool_stats(&answer)?));
                // The manager has not reported on a young pool yet.
                let of_pool =
                    |stats: Vec<(String, PoolStat)>| stats.into_iter().find(|(found, _)| *found == name);
                done(stats.map(|stats| of_pool(stats).map(|(_, stat)| stat).unwrap_or_default()));
            }),
        );
    }

    fn pool_snap_create(&self, pool: i64, name: &str, done: OnResult<()>) {
        match self.pool(pool) {
            None => done(Err(Errno::ENOENT)),
            Some(info) if info.snaps.iter().any(|snap| snap.name == name) => done(Err(Errno::EEXIST)),
            Some(_) => {
                self.pool_op(pool, PoolOp::CreateSnap, 0, name, None, |answer| done(answer.map(|_| ())))
            }
        }
    }

    fn pool_snap_remove(&self, pool: i64, name: &str, done: OnResult<()>) {
        match self.pool(pool) {
            Some(info) if info.snaps.iter().any(|snap| snap.name == name) => {
                self.pool_op(pool, PoolOp::DeleteSnap, 0, name, None, |answer| done(answer.map(|_| ())));
            }
            _ => done(Err(Errno::ENOENT)),
        }
    }

    fn selfmanaged_snap_create(&self, pool: i64, done: OnResult<u64>) {
        self.pool_op(pool, PoolOp::CreateUnmanagedSnap, 0, "", None, |answer| {
            done(answer.and_then(|data| Ok(denc::decode(&data.ok_or(Errno::EIO)?)?)));
        });
    }

    fn selfmanaged_snap_remove(&self, pool: i64, snap: u64, done: OnResult<()>) {
        self.pool_op(pool, PoolOp::DeleteUnmanagedSnap, snap, "", None, |answer| done(answer.map(|_| ())));
    }

    fn application_enable(&self, pool: i64, application: &str, force: bool, done: OnResult<()>) {
        match self.pool_name(pool) {
            Err(e) => done(Err(e)),
            Ok(name) => {
                let mut command =
                    json!({"prefix": "osd pool application enable", "pool": name, "app": application});
                if force {
                    command["yes_i_really_mean_it"] = true.into();
                }
                self.change(command, done);
            }
        }
    }

    fn application_set(
        &self,
        pool: i64,
        application: &str,
        key: &str,
        value: Option<&str>,
        done: OnResult<()>,
    ) {
        let what = if value.is_some() { "set" } else { "rm" };
        match self.pool_name(pool) {
            Err(e) => done(Err(e)),
            Ok(name) => {
                let prefix = format!("osd pool application {what}");
                let mut command = json!({"prefix": prefix, "pool": name, "app": application, "key": key});
                if let Some(value) = value {
                    command["value"] = value.into();
                }
                self.change(command, done);
            }
        }
    }

    fn command(
        &self,
        target: CommandTarget,
        command: Vec<String>,
        input: Bytes,
        done: Box<dyn FnOnce(CommandReply) + Send>,
    ) {
        match target {
            CommandTarget::Mon => self.mon_command(command, input, done),
            CommandTarget::MonNamed(name) => {
                let timeout = self.options.mon_timeout();
                self.ask_one(&name, Question::Tell(command, input), timeout, done, |answer| {
                    let (result, status) = command::reply(&answer)?;
                    Ok(CommandReply { result, out: answer.data, status })
                });
            }
            CommandTarget::MonPing(name) => {
                let timeout = self.options.mon_ping_timeout;
                self.ask_one(&name, Question::Ping, timeout, done, |answer| {
                    Ok(CommandReply { out: mon::ping_reply(&answer)?, ..CommandReply::default() })
                });
            }
            other => self.objecter.command(other, command, input, done),
        }
    }

    fn watch_log(&self, wanted: Option<(LogLevel, LogHandler)>) -> Result<()> {
        self.mon.watch_log(wanted);
        Ok(())
    }

    fn report_service(&self, daemon: &ServiceDaemon) -> Result<()> {
        self.objecter.announce(daemon.clone());
        Ok(())
    }

    fn cluster_stat(&self, done: OnResult<ClusterStat>) {
        self.mon.request(
            |fsid, tid| mon::statfs(fsid, tid, None),
            Box::new(|answer| done(answer.and_then(|answer| Ok(mon::statfs_reply(&answer)?)))),
        );
    }

    fn identity(&self) -> Identity {
        Identity {
            fsid: self.mon.fsid().to_string(),
            instance_id: self.mon.global_id(),
            addrs: self.mon.own_addr().unwrap_or_default().to_string(),
        }
    }

    fn releases(&self) -> Releases {
        let releases = |map: SharedMap| Releases {
            osd: map.require_osd_release().0,
            client: map.require_min_compat_client().0,
        };
        self.objecter.map().map_or_else(Releases::default, releases)
    }

    fn blocklist_add(&self, addr: &str, expire: Duration, done: OnResult<()>) {
        let mut command = json!({"prefix": "osd blocklist", "blocklistop": "add", "addr": addr});
        if !expire.is_zero() {
            command["expire"] = expire.as_secs_f64().into();
        }
        self.change(command, done);
    }

    fn wait_for_latest_map(&self, done: OnResult<()>) {
        self.objecter.wait_for_latest(done);
    }

    fn shutdown(&self) {
        self.objecter.shutdown();
        self.mon.shutdown();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shutdown();
    }
}
