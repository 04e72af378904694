//! What a back end is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::cluster_log::{LogHandler, LogLevel, ServiceDaemon};
use crate::command::{CommandReply, CommandTarget};
use crate::cursor::{Cursor, ListPage};
use crate::errno::{Errno, Result};
use crate::object::ObjectRef;
use crate::request::{Reply, Request};
use crate::time::Timespec;

/// Runs once, on a thread of the back end or (see [`crate::Wait`]) on the submitter's. It must not block
/// on anything the back end does.
pub type OnReply = Box<dyn FnOnce(Reply) + Send>;
pub type OnResult<T> = Box<dyn FnOnce(Result<T>) + Send>;

/// Identifies a watch within one [`ObjectStore`]; it is the cookie that goes over the wire and that
/// `rados_watch` hands out.
pub type WatchId = u64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifyEvent {
    pub notify_id: u64,
    pub watch: WatchId,
    /// The instance id of the client that notifies.
    pub notifier: u64,
    pub payload: Bytes,
}

/// Receives what happens to a watched object. Called on a thread where it may block and call back into
/// the store. Each event must be answered by `notify_ack`.
pub trait WatchHandler: Send + Sync {
    fn notify(&self, event: NotifyEvent);
    /// The watch is gone: `-ENOTCONN`, `-ETIMEDOUT`, or `-ENOENT` when the object was removed.
    fn error(&self, watch: WatchId, err: Errno);
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifyAck {
    pub client: u64,
    pub watch: WatchId,
    pub payload: Bytes,
}

/// Who answered a notify. `timed_out` non-empty goes with the result `-ETIMEDOUT`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifyReply {
    pub acks: Vec<NotifyAck>,
    /// (client, watch) of those that did not answer in time.
    pub timed_out: Vec<(u64, WatchId)>,
}

/// Counters of a pool, in the terms of `struct rados_pool_stat_t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStat {
    pub num_bytes: u64,
    pub num_objects: u64,
    pub num_object_clones: u64,
    pub num_object_copies: u64,
    pub num_rd: u64,
    pub num_rd_kb: u64,
    pub num_wr: u64,
    pub num_wr_kb: u64,
    pub num_user_bytes: u64,
    pub compressed_bytes_orig: u64,
    pub compressed_bytes: u64,
    pub compressed_bytes_alloc: u64,
}

/// Sizes in KiB, as `struct rados_cluster_stat_t` has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterStat {
    pub kb: u64,
    pub kb_used: u64,
    pub kb_avail: u64,
    pub num_objects: u64,
}

/// A snapshot of a whole pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSnap {
    pub id: u64,
    pub name: String,
    pub stamp: Timespec,
}

/// `(application, [(key, value)])`, in the order of their names.
pub type Applications = Vec<(String, Vec<(String, String)>)>;

/// What a client knows of a pool from its map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolInfo {
    pub id: i64,
    pub name: String,
    /// Newest first is not implied: in the order of their ids.
    pub snaps: Vec<PoolSnap>,
    /// The newest snapshot id given out in this pool.
    pub snap_seq: u64,
    /// Appends must come in multiples of this many bytes (erasure-coded pools); 0: no such rule.
    pub required_alignment: u64,
    pub base_tier: Option<i64>,
    pub pg_num: u32,
    pub applications: Applications,
}

/// Ceph's numbers of releases: 12 is Luminous, 16 Pacific.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Releases {
    /// The oldest whose OSDs may join.
    pub osd: u8,
    /// The oldest whose clients are let in.
    pub client: u8,
}

impl Default for Releases {
    /// What a store is like that has no OSDs.
    fn default() -> Releases {
        Releases { osd: 16, client: 12 }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// 36 characters.
    pub fsid: String,
    /// The global id of this client.
    pub instance_id: u64,
    /// As `rados_getaddrs` prints it, for example `127.0.0.1:0/2891213`.
    pub addrs: String,
}

/// A back end, seen by one client. The functions that return values read what the client already knows;
/// those that take a closure ask the store and may take as long as it needs.
pub trait ObjectStore: Send + Sync {
    /// Requests of one client on one object take effect in the order of submission.
    fn submit(&self, request: Request, done: OnReply);
    /// `done` runs when every write acknowledged so far, relaxed ones too, is on stable storage.
    fn flush(&self, done: OnResult<()>);

    /// `timeout`: how long the store keeps the watch of a client it does not hear from.
    fn watch(
        &self,
        object: ObjectRef,
        timeout: Option<Duration>,
        handler: Arc<dyn WatchHandler>,
        done: OnResult<WatchId>,
    );
    /// After `done` ran, the handler is not called any more.
    fn unwatch(&self, watch: WatchId, done: OnResult<()>);
    /// How long ago the watch was confirmed, or why it is lost.
    fn watch_check(&self, watch: WatchId) -> Result<Duration>;
    /// The reply comes with the error where some watchers timed out.
    fn notify(
        &self,
        object: ObjectRef,
        payload: Bytes,
        timeout: Option<Duration>,
        done: Box<dyn FnOnce(Result<()>, NotifyReply) + Send>,
    );
    fn notify_ack(&self, object: &ObjectRef, notify_id: u64, watch: WatchId, payload: Bytes) -> Result<()>;
    /// `done` runs when every handler called so far has returned.
    fn watch_flush(&self, done: OnResult<()>);

    /// Objects of one namespace, or of all (`None`), from `from` on; at most `max`. A page may be empty
    /// before the end.
    fn list(&self, pool: i64, nspace: Option<Bytes>, from: Cursor, max: usize, done: OnResult<ListPage>);

    fn pools(&self) -> Vec<(i64, String)>;
    fn pool_id(&self, name: &str) -> Option<i64>;
    fn pool(&self, id: i64) -> Option<Arc<PoolInfo>>;
    fn pool_create(&self, name: &str, crush_rule: Option<u8>, done: OnResult<i64>);
    fn pool_delete(&self, name: &str, done: OnResult<()>);
    fn pool_stat(&self, id: i64, done: OnResult<PoolStat>);
    fn pool_snap_create(&self, pool: i64, name: &str, done: OnResult<()>);
    fn pool_snap_remove(&self, pool: i64, name: &str, done: OnResult<()>);
    fn selfmanaged_snap_create(&self, pool: i64, done: OnResult<u64>);
    fn selfmanaged_snap_remove(&self, pool: i64, snap: u64, done: OnResult<()>);
    fn application_enable(&self, pool: i64, application: &str, force: bool, done: OnResult<()>);
    /// `value` `None` removes the key.
    fn application_set(
        &self,
        pool: i64,
        application: &str,
        key: &str,
        value: Option<&str>,
        done: OnResult<()>,
    );

    fn command(
        &self,
        target: CommandTarget,
        command: Vec<String>,
        input: Bytes,
        done: Box<dyn FnOnce(CommandReply) + Send>,
    );
    /// `handler` hears the lines of the cluster's log from a level on, in place of the one before; `None` ends that.
    fn watch_log(&self, wanted: Option<(LogLevel, LogHandler)>) -> Result<()> {
        let _ = wanted;
        Err(Errno::EOPNOTSUPP)
    }
    /// Tells the cluster what daemon of a service this client is, and how it is.
    fn report_service(&self, daemon: &ServiceDaemon) -> Result<()> {
        let _ = daemon;
        Err(Errno::EOPNOTSUPP)
    }
    fn cluster_stat(&self, done: OnResult<ClusterStat>);
    fn identity(&self) -> Identity;
    fn releases(&self) -> Releases {
        Releases::default()
    }
    fn blocklist_add(&self, addr: &str, expire: Duration, done: OnResult<()>);
    /// `done` runs when the client's map is at least as new as the newest one at the time of the call.
    fn wait_for_latest_map(&self, done: OnResult<()>);

    /// Fails what is outstanding, drops this client's watches, frees what it holds. Idempotent.
    fn shutdown(&self);
}
