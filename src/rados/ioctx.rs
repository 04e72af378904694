//! A pool, a namespace, a locator and snapshot settings: what requests are made with.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use ops::{
    Durability, Errno, ObjectRef, ObjectStore, OnReply, Op, OpEntry, OpOut, Reply, Request, RequestFlags,
    Result, SNAP_HEAD, SnapContext, Timespec, Wait,
};

use crate::answer::answer;

/// Cheap to clone; a clone is independent. Changing a copy's settings gives a new context
/// (`io.with_namespace(..)`), so a shared one needs no lock.
#[derive(Clone)]
pub struct IoCtx {
    store: Arc<dyn ObjectStore>,
    pool: i64,
    nspace: Bytes,
    key: Bytes,
    snap: u64,
    snapc: SnapContext,
    /// Of requests that read data and do nothing else.
    reads: RequestFlags,
}

/// What one request may set differently from the defaults.
#[derive(Clone, Copy, Debug, Default)]
pub struct Submit {
    pub flags: RequestFlags,
    pub mtime: Option<Timespec>,
    pub durability: Durability,
    pub wait: Wait,
}

impl IoCtx {
    /// `-ENOENT` where no such pool exists.
    pub fn new(store: Arc<dyn ObjectStore>, pool: i64) -> Result<IoCtx> {
        store.pool(pool).ok_or(Errno::ENOENT)?;
        Ok(IoCtx {
            store,
            pool,
            nspace: Bytes::new(),
            key: Bytes::new(),
            snap: SNAP_HEAD,
            snapc: SnapContext::default(),
            reads: RequestFlags::empty(),
        })
    }

    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    pub fn pool(&self) -> i64 {
        self.pool
    }

    pub fn namespace(&self) -> &Bytes {
        &self.nspace
    }

    pub fn locator(&self) -> &Bytes {
        &self.key
    }

    pub fn snap(&self) -> u64 {
        self.snap
    }

    pub fn snap_context(&self) -> &SnapContext {
        &self.snapc
    }

    /// The same settings on another pool. `-ENOENT` where no such pool exists.
    pub fn with_pool(&self, pool: i64) -> Result<IoCtx> {
        self.store.pool(pool).ok_or(Errno::ENOENT)?;
        Ok(IoCtx { pool, ..self.clone() })
    }

    pub fn with_namespace(&self, nspace: impl Into<Bytes>) -> IoCtx {
        IoCtx { nspace: nspace.into(), ..self.clone() }
    }

    pub fn with_locator(&self, key: impl Into<Bytes>) -> IoCtx {
        IoCtx { key: key.into(), ..self.clone() }
    }

    /// Reads look at snapshot `snap` (`SNAP_HEAD`: at the live objects).
    pub fn with_snap(&self, snap: u64) -> IoCtx {
        IoCtx { snap, ..self.clone() }
    }

    pub fn with_snap_context(&self, snapc: SnapContext) -> IoCtx {
        IoCtx { snapc, ..self.clone() }
    }

    /// Requests that read data and do nothing else have these flags too, for example that they may go to any replica.
    pub fn with_read_flags(&self, reads: RequestFlags) -> IoCtx {
        IoCtx { reads, ..self.clone() }
    }

    fn flags_of(&self, ops: &[OpEntry]) -> RequestFlags {
        let reads = |entry: &OpEntry| matches!(entry.op, Op::Read { .. } | Op::SparseRead { .. });
        if !self.reads.is_empty() && ops.iter().all(reads) { self.reads } else { RequestFlags::empty() }
    }

    pub fn object(&self, name: impl Into<Bytes>) -> ObjectRef {
        ObjectRef { pool: self.pool, nspace: self.nspace.clone(), name: name.into(), key: self.key.clone() }
    }

    /// Submits; `done` runs once, see [`ObjectStore::submit`].
    pub fn submit(&self, name: impl Into<Bytes>, ops: Vec<OpEntry>, with: Submit, done: OnReply) {
        let request = Request {
            object: self.object(name),
            snap: self.snap,
            snapc: self.snapc.clone(),
            flags: with.flags | self.flags_of(&ops),
            mtime: with.mtime,
            durability: with.durability,
            wait: with.wait,
            ops,
        };
        self.store.submit(request, done);
    }

    /// Submits and waits. The reply tells of failed requests too.
    pub fn operate_with(&self, name: impl Into<Bytes>, ops: Vec<OpEntry>, with: Submit) -> Reply {
        let (giver, reply) = answer();
        let with = Submit { wait: Wait::Inline, ..with };
        self.submit(name, ops, with, Box::new(move |reply| giver.give(reply)));
        reply.wait().unwrap_or_else(|| Reply::failed(Errno::ESHUTDOWN))
    }

    /// Submits and waits; a failed request is an error.
    pub fn operate(&self, name: impl Into<Bytes>, ops: Vec<Op>) -> Result<Reply> {
        self.operate_with(name, ops.into_iter().map(OpEntry::from).collect(), Submit::default()).check()
    }

    pub(crate) fn one(&self, name: impl Into<Bytes>, op: Op) -> Result<OpOut> {
        Ok(self.operate(name, vec![op])?.ops.pop().map(|reply| reply.out).unwrap_or_default())
    }

    /// Calls a class method and returns its output.
    pub fn exec(
        &self,
        name: impl Into<Bytes>,
        class: &'static str,
        method: &'static str,
        input: impl Into<Bytes>,
    ) -> Result<Bytes> {
        let (class, method) = (Bytes::from_static(class.as_bytes()), Bytes::from_static(method.as_bytes()));
        data(self.one(name, Op::Exec { class, method, input: input.into() })?)
    }

    /// At most `len` bytes from `off`; `len` 0 reads to the end.
    pub fn read(&self, name: impl Into<Bytes>, off: u64, len: u64) -> Result<Bytes> {
        data(self.one(name, Op::Read { off, len, into: None })?)
    }

    pub fn write_full(&self, name: impl Into<Bytes>, data: impl Into<Bytes>) -> Result<()> {
        self.one(name, Op::WriteFull { data: data.into() }).map(drop)
    }

    pub fn create(&self, name: impl Into<Bytes>, exclusive: bool) -> Result<()> {
        self.one(name, Op::Create { exclusive }).map(drop)
    }

    pub fn remove(&self, name: impl Into<Bytes>) -> Result<()> {
        self.one(name, Op::Remove).map(drop)
    }

    /// Size in bytes and modification time.
    pub fn stat(&self, name: impl Into<Bytes>) -> Result<(u64, Timespec)> {
        match self.one(name, Op::Stat)? {
            OpOut::Stat { size, mtime } => Ok((size, mtime)),
            _ => Err(Errno::EIO),
        }
    }

    /// All omap entries, fetched page by page.
    pub fn omap(&self, name: impl Into<Bytes>) -> Result<BTreeMap<Bytes, Bytes>> {
        let (name, mut all) = (name.into(), BTreeMap::new());
        loop {
            let after =
                all.last_key_value().map(|(key, _): (&Bytes, &Bytes)| key.clone()).unwrap_or_default();
            let op = Op::OmapGetVals { after, prefix: Bytes::new(), max: 1024 };
            let OpOut::Map { entries, more } = self.one(name.clone(), op)? else { return Err(Errno::EIO) };
            let got_some = !entries.is_empty();
            all.extend(entries);
            if !more || !got_some {
                return Ok(all);
            }
        }
    }
}

fn data(out: OpOut) -> Result<Bytes> {
    match out {
        OpOut::Data(bytes) => Ok(bytes),
        OpOut::None => Ok(Bytes::new()),
        _ => Err(Errno::EIO),
    }
}
