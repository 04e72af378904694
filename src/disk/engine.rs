//! The engine as the store sees it: creating, opening, closing, and the calls that are not about one object.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use ops::{Cursor, Durability, Errno, ObjectRef, Result, Wait};
use parking_lot::Mutex;

use crate::api::{Engine, OnDone, Space as SpaceReport, Tx, Usage, Which};
use crate::catalog::{self, Catalog};
use crate::core::Core;
use crate::direct::Directory;
use crate::format::{self, Format};
use crate::lock::StoreLock;
use crate::log::{self, Log, Position};
use crate::medium::Medium;
use crate::object::Effects;
use crate::options::{CreateOptions, OpenOptions};
use crate::part::Payload;
use crate::record::{Change, Record, encode_meta};
use crate::recover::{Replayed, Scan};
use crate::rows;
use crate::space::{self, Space};
use crate::tx::DiskTx;
use crate::{BLOCK, Phys};
use sync::thread::{self, JoinHandle};

/// Threads that wait for cold reads.
const READERS: usize = 4;
/// How many listed rows are fetched at once.
const LIST_PAGE: usize = 1024;

/// A store on a local disk.
pub struct DiskEngine {
    core: Arc<Core>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    lock: Mutex<Option<StoreLock>>,
}

impl DiskEngine {
    /// Initialises a store in an existing directory. `-EEXIST` where there is one, `-ENOTEMPTY` where the directory
    /// has other things in it, `-ENOENT`, `-ENOTDIR`, `-EACCES`, `-EROFS`.
    pub fn create(dir: &Path, options: CreateOptions) -> Result<()> {
        let medium = Directory::new(dir)?;
        // Also before the lock, which would leave a file in a directory that is somebody else's.
        DiskEngine::check_vacant(dir)?;
        let _lock = StoreLock::acquire(dir, std::time::Duration::ZERO)?;
        match Format::read(&medium) {
            Err(Errno::ENOENT) => {}
            Ok(_) => return Err(Errno::EEXIST),
            Err(err) => return Err(err),
        }
        DiskEngine::check_vacant(dir)?;
        DiskEngine::create_on(&medium, options)
    }

    /// `-ENOTEMPTY` where the directory has things in it that are not an engine's.
    pub fn check_vacant(dir: &Path) -> Result<()> {
        let ours = ["lock", format::NAME, log::NAME, space::NAME, catalog::NAME];
        for entry in std::fs::read_dir(dir)? {
            let name = entry?.file_name();
            // A creation that was cut off is begun anew.
            if !ours.iter().any(|ours| name == *ours) {
                return Err(Errno::ENOTEMPTY);
            }
        }
        Ok(())
    }

    /// The same on any medium.
    pub fn create_on(medium: &dyn Medium, options: CreateOptions) -> Result<()> {
        for name in [log::NAME, space::NAME, catalog::NAME] {
            let file = medium.open(name, true)?;
            file.set_len(0)?;
            file.sync()?;
        }
        Catalog::create(medium.open(catalog::NAME, false)?)?;
        // Last, so that a store is whole or not there.
        Format::new(options.segment)?.write(medium)
    }

    /// Opens a store and takes it as its one owner. `-ENOENT` where the directory or the store is missing, `-ENOTDIR`,
    /// `-EACCES`, `-EROFS`, `-EBUSY` (see [`StoreLock`]), `-EPROTONOSUPPORT` for a newer format, `-EIO` for damage.
    pub fn open(dir: &Path, options: OpenOptions) -> Result<Arc<DiskEngine>> {
        let medium = Directory::new(dir)?;
        // Before the lock, which would leave a file in a directory that is no store.
        Format::read(&medium)?;
        let lock = StoreLock::acquire(dir, options.lock_timeout)?;
        let engine = DiskEngine::open_on(Arc::new(medium), options)?;
        *engine.lock.lock() = Some(lock);
        Ok(engine)
    }

    /// The same on any medium, which nobody else uses.
    pub fn open_on(medium: Arc<dyn Medium>, options: OpenOptions) -> Result<Arc<DiskEngine>> {
        let format = Format::read(&*medium)?;
        let missing = |err: Errno| {
            if err == Errno::ENOENT {
                tracing::error!(target: "store", "a file of the store is missing");
                return Errno::EIO;
            }
            err
        };
        let open = |name| medium.open(name, false).map_err(missing);
        let (catalog, loaded) = Catalog::open(open(catalog::NAME)?)?;
        let space = Space::new(open(space::NAME)?, medium.clone(), options, loaded.bits, loaded.shared)?;

        let (file, segment) = (open(log::NAME)?, u64::from(format.segment));
        let scan = Scan::new(file.clone(), format.seed(), segment)?;
        let mut transactions = Vec::new();
        let (end, count) = scan.replay(loaded.state.at, &mut |transaction| {
            transactions.push(transaction);
            Ok(())
        })?;
        // A log that ended in a crash is not written on: what a cut-off write left could be taken for more of it.
        let clean = count == 0
            && scan.fresh_segment(end.pos) <= end.pos.next_multiple_of(segment)
            && !scan.begun(end)?;
        let at = if clean { end } else { Position { pos: scan.fresh_segment(end.pos), chain: end.chain } };
        if !clean {
            // What a process that was killed wrote last can be read, and still be lost: not after its payload has been
            // put over what was in its place before.
            file.sync()?;
        }
        let slots = scan.slots.clone().split_off(&(loaded.state.at.pos / segment));
        let patience =
            if options.threads { std::time::Duration::from_millis(300) } else { Default::default() };
        let start = loaded.state.at.pos;
        let log = Log::new(file, format.seed(), segment, options.log_capacity, at, start, slots, patience)?;

        let last_seq =
            transactions.last().map_or(0, |last| last.seq).max(loaded.state.next_seq.saturating_sub(1));
        let core = Core::new(options, catalog, space, log, last_seq);
        *core.usage.lock() = loaded.usage;
        core.check_seq(loaded.state.meta_seq)?;
        {
            let mut meta = core.meta.lock();
            meta.records = loaded.meta;
            meta.seq = loaded.state.meta_seq;
        }
        for (key, seq) in loaded.gone {
            core.check_seq(seq)?;
            let cell = core.index.cell(&rows::object_of_key(&key)?);
            let mut state = cell.state.lock();
            core.load(&cell, &mut state)?;
            state.seq = state.seq.max(seq);
        }
        for transaction in transactions {
            core.redo(transaction)?;
        }
        core.space.apply_holes(&loaded.holes)?;
        if !clean {
            tracing::info!(target: "store", "recovered {count} transactions from the log");
            if !options.look {
                core.run_checkpoint()?;
            }
        }

        let core = Arc::new(core);
        let engine = DiskEngine { core, threads: Mutex::default(), lock: Mutex::default() };
        engine.start()?;
        Ok(Arc::new(engine))
    }

    fn start(&self) -> Result<()> {
        if !self.core.options.threads {
            return Ok(());
        }
        let spawn = |name: &str, work: fn(&Core)| {
            let core = self.core.clone();
            let thread = thread::Builder::new().name(name.into()).spawn(move || work(&core))?;
            self.threads.lock().push(thread);
            Ok::<_, Errno>(())
        };
        spawn("sepiola-commit", |core| core.commit_loop())?;
        spawn("sepiola-ckpt", |core| core.checkpoint_loop())?;
        (0..READERS).try_for_each(|_| spawn("sepiola-read", |core| core.readers.run()))?;
        if !self.core.reads.available() {
            return Ok(());
        }
        spawn("sepiola-reap", |core| {
            crate::commit::mark_engine_thread();
            core.reads.reap(|read| {
                // The reaper serves all reads: none may take it along.
                if catch_unwind(AssertUnwindSafe(|| crate::plan::complete(*read))).is_err() {
                    tracing::error!(target: "store", "delivering a read panicked");
                }
            });
        })
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Writes a checkpoint now.
    pub fn checkpoint(&self) -> Result<()> {
        self.core.check_open()?;
        self.core.run_checkpoint()
    }

    fn stop(&self) -> Result<()> {
        if !self.core.close() {
            return Ok(());
        }
        let core = &self.core;
        let result = if core.options.look {
            Ok(())
        } else if core.poisoned() {
            Err(Errno::EIO)
        } else {
            core.wait_durable(core.queue.last_seq()).and_then(|()| core.run_checkpoint())
        };
        core.stop();
        core.stop_commits();
        core.readers.stop();
        if let Some(direct) = core.space.file.direct() {
            core.reads.stop(direct.fd);
        }
        {
            let mut kick = core.kick.lock();
            kick.stop = true;
            core.kicked.notify_all();
        }
        let me = thread::current().id();
        for thread in std::mem::take(&mut *self.threads.lock()) {
            // The last reference may be dropped by a closure that runs on one of them.
            if thread.thread().id() != me {
                let _ = thread.join();
            }
        }
        core.catalog.close();
        *self.lock.lock() = None;
        result
    }
}

impl Drop for DiskEngine {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

impl Core {
    /// Does a transaction of the log again, unless the checkpoint has it.
    fn redo(&self, transaction: Replayed) -> Result<()> {
        let Replayed { seq, record, contents } = transaction;
        let (object, changes) = match record {
            Record::Object(object, changes) => (object, changes),
            Record::Meta(changes) => {
                let mut meta = self.meta.lock();
                if seq > meta.seq {
                    meta.change(changes);
                    meta.seq = seq;
                }
                return Ok(());
            }
        };
        let cell = self.index.cell(&object);
        let mut state = cell.state.lock();
        self.load(&cell, &mut state)?;
        if seq <= state.seq {
            return Ok(());
        }
        let before = state.usage();
        let mut contents = contents.into_iter();
        for change in &changes {
            let payload = match change {
                Change::Blocks(extent) => {
                    for index in 0..extent.crcs.len() {
                        let (block, phys) = (extent.first + index as u64, extent.phys + index as Phys);
                        let had = state.part(extent.part).map_err(damaged)?.map(&self.catalog)?.get(block);
                        if had.phys != phys && self.space.acquire(phys)? {
                            state.blocks += 1;
                        }
                    }
                    let content = contents.next().flatten();
                    content.map(|content| Arc::new(Payload::new(extent.phys, true, content)))
                }
                _ => None,
            };
            let mut fx = Effects::new(&self.catalog, false);
            state.apply(change, payload.as_ref(), &mut fx).map_err(damaged)?;
            self.space.share(fx.shared.iter().copied());
            self.space.release(&mut fx.released);
            self.space.free_all(&fx.released);
            state.blocks = state.blocks.saturating_sub(fx.released.len() as u64);
            state.dead.append(&mut fx.dead);
        }
        state.seq = seq;
        self.count(object.pool, &before, &state.usage());
        cell.note_parts(&state);
        self.mark_dirty(&cell);
        Ok(())
    }
}

fn damaged(err: Errno) -> Errno {
    tracing::error!(target: "store", "the log does not fit the checkpoint: {err}");
    Errno::EIO
}

impl crate::core::Meta {
    fn change(&mut self, changes: Vec<(Bytes, Option<Bytes>)>) {
        for (key, value) in changes {
            match value {
                Some(value) => self.records.insert(key, value),
                None => self.records.remove(&key),
            };
        }
        self.dirty = true;
    }
}

impl Engine for DiskEngine {
    fn begin(&self, object: &ObjectRef) -> Result<Box<dyn Tx + '_>> {
        Ok(Box::new(DiskTx::begin(&self.core, object)?))
    }

    fn flush(&self, done: OnDone) {
        match self.core.check_open() {
            Ok(()) => self.core.flush_done(done),
            Err(err) => done(Err(err)),
        }
    }

    fn list_some(
        &self,
        pool: i64,
        from: &Cursor,
        max: usize,
        which: Which,
    ) -> Result<(Vec<ObjectRef>, Cursor)> {
        self.core.check_open()?;
        let Cursor::At { hash_reversed, nspace, key, name } = from else {
            return Ok((Vec::new(), Cursor::End));
        };
        let prefix = rows::pool_prefix(pool);
        let mut from = rows::position_key(pool, *hash_reversed, nspace, key, name);
        // Memory first: what a checkpoint writes meanwhile is then found in the rows.
        let unwritten = self.core.index.unwritten(&prefix, &from);
        let mut waiting = unwritten.iter().filter(|(_, (_, kinds))| kinds.is(which)).peekable();
        let mut found = Vec::new();
        loop {
            let page = self.core.catalog.list(&prefix, &from, LIST_PAGE, which)?;
            let last = page.last().map(|(key, _)| key.clone());
            let full = page.len() == LIST_PAGE;
            for (key, object) in page {
                while let Some((_, (object, _))) = waiting.next_if(|(other, _)| **other < key) {
                    found.push(object.clone());
                }
                // What memory knows of, it knows better.
                if !unwritten.contains_key(&key) {
                    found.push(object);
                }
                if found.len() > max {
                    break;
                }
            }
            match last {
                Some(last) if full && found.len() <= max => {
                    from = [&last[..], &[0]].concat();
                }
                _ => break,
            }
        }
        if found.len() <= max {
            found.extend(waiting.map(|(_, (object, _))| object.clone()));
        }
        let next = found.get(max).map_or(Cursor::End, Cursor::of);
        found.truncate(max);
        Ok((found, next))
    }

    fn remove_pool(&self, pool: i64) -> Result<()> {
        let mut from = Cursor::begin();
        while from != Cursor::End {
            let (objects, next) = self.list(pool, &from, LIST_PAGE)?;
            for object in objects {
                let mut tx = self.begin(&object)?;
                for part in tx.parts() {
                    tx.remove(part)?;
                }
                tx.commit(Durability::Relaxed, Wait::Deferred, Box::new(|_| {}));
            }
            from = next;
        }
        self.core.wait_durable(self.core.queue.last_seq())
    }

    fn meta_get(&self, key: &[u8]) -> Option<Bytes> {
        self.core.meta.lock().records.get(key).cloned()
    }

    fn meta_scan(&self, prefix: &[u8]) -> Vec<(Bytes, Bytes)> {
        let meta = self.core.meta.lock();
        let from = (std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded);
        let rows = meta.records.range::<[u8], _>(from).take_while(|(key, _)| key.starts_with(prefix));
        rows.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    fn meta_update(&self, changes: Vec<(Bytes, Option<Bytes>)>) -> Result<()> {
        self.core.check_open()?;
        let record = encode_meta(&changes);
        let seq = {
            let mut meta = self.core.meta.lock();
            let seq = self.core.queue_record(record);
            meta.change(changes);
            meta.seq = seq;
            seq
        };
        self.core.wait_durable(seq)
    }

    fn damaged(&self) -> Vec<ObjectRef> {
        self.core.damaged.lock().iter().cloned().collect()
    }

    fn usage(&self, pool: Option<i64>) -> Usage {
        let usage = self.core.usage.lock();
        match pool {
            Some(pool) => usage.get(&pool).copied().unwrap_or_default(),
            None => usage.values().fold(Usage::default(), |mut sum, one| {
                catalog::add(&mut sum, one);
                sum
            }),
        }
    }

    fn space(&self) -> Result<SpaceReport> {
        self.core.check_open()?;
        let capacity = self.core.space.capacity()?;
        let free = self.core.space.free() * BLOCK as u64;
        let available = capacity.available.saturating_sub(self.core.options.reserve) + free;
        Ok(SpaceReport { total: capacity.total, available, used: self.core.used()? })
    }

    fn shutdown(&self) -> Result<()> {
        self.stop()
    }
}
