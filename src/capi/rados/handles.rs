//! What the handles of clusters and I/O contexts refer to, and how requests are made with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ffi::{Kind, Opaque, Raw, Ref};
use ops::{Errno, ObjectStore, Op, OpEntry, OpOut, Reply, RequestFlags, Result, SNAP_HEAD};
use parking_lot::{Mutex, RwLock};
use rados_room::{Cluster, Config, IoCtx, Submit, UnderWay};

use super::completion::{AioCompletion, Finish};
use super::pending::Pending;

pub struct ClusterHandle(pub Arc<Cluster>);

impl Opaque for ClusterHandle {
    const KIND: Kind = Kind::Cluster;
}

impl std::ops::Deref for ClusterHandle {
    type Target = Cluster;
    fn deref(&self) -> &Cluster {
        &self.0
    }
}

/// What `rados_cct` hands out: the configuration of a cluster handle. It has no owner that would free it, as in Ceph it
/// has none, so there is one per configuration, for good.
pub struct ConfigHandle(pub Arc<Config>);

impl Opaque for ConfigHandle {
    const KIND: Kind = Kind::Config;
}

impl ConfigHandle {
    pub fn of(cluster: &Cluster) -> Result<Raw> {
        static HANDED_OUT: Mutex<Vec<(Arc<Config>, usize)>> = Mutex::new(Vec::new());
        let mut known = HANDED_OUT.lock();
        if let Some((_, raw)) = known.iter().find(|(config, _)| Arc::ptr_eq(config, cluster.config())) {
            return Ok(std::ptr::without_provenance_mut(*raw));
        }
        let raw = ffi::export(Arc::new(ConfigHandle(Arc::clone(cluster.config()))))?;
        known.push((Arc::clone(cluster.config()), raw.addr()));
        Ok(raw)
    }
}

pub struct IoCtxHandle {
    cluster: Arc<Cluster>,
    /// The handle it was made from, for `rados_ioctx_get_cluster`.
    cluster_raw: AtomicU64,
    io: RwLock<IoCtx>,
    last_version: AtomicU64,
    full_try: AtomicBool,
    /// Writes under way, for `rados_aio_flush`.
    pending: Arc<Pending>,
}

impl Opaque for IoCtxHandle {
    const KIND: Kind = Kind::IoCtx;
}

impl IoCtxHandle {
    pub fn new(cluster: &Ref<ClusterHandle>, io: IoCtx) -> IoCtxHandle {
        IoCtxHandle {
            cluster: Arc::clone(&cluster.0),
            cluster_raw: AtomicU64::new(cluster.raw().addr() as u64),
            io: RwLock::new(io),
            last_version: AtomicU64::new(0),
            full_try: AtomicBool::new(false),
            pending: Arc::default(),
        }
    }

    /// The settings at this moment.
    pub fn io(&self) -> IoCtx {
        self.io.read().clone()
    }

    pub fn change(&self, change: impl FnOnce(&IoCtx) -> IoCtx) {
        let mut io = self.io.write();
        *io = change(&io);
    }

    pub fn cluster(&self) -> &Arc<Cluster> {
        &self.cluster
    }

    pub fn cluster_raw(&self) -> Raw {
        std::ptr::without_provenance_mut(self.cluster_raw.load(Ordering::Relaxed) as usize)
    }

    pub fn pending(&self) -> &Arc<Pending> {
        &self.pending
    }

    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(self.io.read().store())
    }

    pub fn pool(&self) -> i64 {
        self.io.read().pool()
    }

    pub fn last_version(&self) -> u64 {
        self.last_version.load(Ordering::Relaxed)
    }

    pub fn set_full_try(&self, on: bool) {
        self.full_try.store(on, Ordering::Relaxed);
    }

    /// The request's own flags and those of the context.
    fn flags(&self, flags: RequestFlags) -> RequestFlags {
        if self.full_try.load(Ordering::Relaxed) { flags | RequestFlags::FULL_TRY } else { flags }
    }

    /// Runs a request and waits for it.
    pub fn run(&self, name: &[u8], ops: Vec<OpEntry>, with: Submit) -> Reply {
        let with = Submit { flags: self.flags(with.flags), ..with };
        let reply = self.io().operate_with(name.to_vec(), ops, with);
        self.last_version.store(reply.version, Ordering::Relaxed);
        reply
    }

    /// Runs a write of one operation. `-EROFS` on a context that looks at a snapshot.
    pub fn write(&self, name: &[u8], op: Op) -> Result<()> {
        self.check_writable()?;
        self.run(name, vec![op.into()], Submit::default()).check().map(drop)
    }

    /// Runs a read of one operation.
    pub fn read(&self, name: &[u8], op: Op) -> Result<OpOut> {
        let mut reply = self.run(name, vec![op.into()], Submit::default()).check()?;
        Ok(reply.ops.pop().map(|reply| reply.out).unwrap_or_default())
    }

    pub fn check_writable(&self) -> Result<()> {
        if self.io.read().snap() == SNAP_HEAD { Ok(()) } else { Err(Errno::EROFS) }
    }

    /// Starts a request. Its result, which `finish` makes out of the reply, goes to the completion.
    pub fn start(
        &self,
        name: &[u8],
        ops: Vec<OpEntry>,
        with: Submit,
        completion: Ref<AioCompletion>,
        finish: impl FnOnce(Reply) -> i32 + Send + 'static,
    ) {
        let cluster = UnderWay::new(Arc::clone(&self.cluster));
        let with = Submit { flags: self.flags(with.flags), ..with };
        let done = move |reply: Reply| {
            let version = reply.version;
            completion.finish(finish(reply), version, cluster.finisher());
        };
        self.io().submit(name.to_vec(), ops, with, Box::new(done));
    }

    /// Starts a write, which `rados_aio_flush` then waits for.
    pub fn start_write(
        &self,
        name: &[u8],
        ops: Vec<OpEntry>,
        with: Submit,
        completion: Ref<AioCompletion>,
        finish: impl FnOnce(Reply) -> i32 + Send + 'static,
    ) -> Result<()> {
        self.check_writable()?;
        let (pending, ticket) = (Arc::clone(&self.pending), self.pending.begin());
        let cluster = UnderWay::new(Arc::clone(&self.cluster));
        let with = Submit { flags: self.flags(with.flags), ..with };
        let done = move |reply: Reply| {
            let version = reply.version;
            completion.finish(finish(reply), version, cluster.finisher());
            pending.end(ticket);
        };
        self.io().submit(name.to_vec(), ops, with, Box::new(done));
        Ok(())
    }
}
