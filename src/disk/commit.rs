//! Group commit: transactions queue in the order of their commits; whoever finds nobody at it takes all that wait and
//! makes them durable with one append to the log.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::{Durability, Errno, Result, Wait};
use smallvec::SmallVec;

use crate::api::OnDone;
use crate::core::Core;
use crate::part::Payload;
use crate::{BLOCK, Phys, broken};
use sync::atomic::{AtomicU64, Ordering};
use sync::{Condvar, Mutex, MutexGuard};

/// Fresh payload of a batch goes through the log up to this many bytes, directly to its place above.
pub const INLINE_MAX: usize = 16 << 10;
/// Synchronous writes to space that the file system has not seen written are several times as slow: up to this many
/// bytes the log is the better way there.
const UNWRITTEN_MAX: usize = 256 << 10;
/// A batch takes no more than this, except for a single larger transaction.
const BATCH_MAX: usize = 8 << 20;
/// The memory of a batch of up to so many transactions is used again, and that of a queue of four times as many.
const SPARE_MAX: usize = 4096;
/// Relaxed transactions wait for company until this many bytes, or this long.
const RELAXED_BYTES: usize = 4 << 20;
const RELAXED_AGE: Duration = Duration::from_millis(500);

sync::thread_local! {
    /// Threads of the engine must not wait for what they themselves do.
    static ENGINE_THREAD: Cell<bool> = const { Cell::new(false) };
}

pub fn mark_engine_thread() {
    ENGINE_THREAD.with(|it| it.set(true));
}

pub fn on_engine_thread() -> bool {
    ENGINE_THREAD.with(Cell::get)
}

/// A transaction on its way to the log.
pub struct Pending {
    pub seq: u64,
    pub record: Vec<u8>,
    pub payloads: SmallVec<[Arc<Payload>; 2]>,
    /// Blocks that come back once the transaction is durable.
    pub freed: Vec<Phys>,
    pub bytes: usize,
    /// Bytes that must go through the log.
    pub in_place: usize,
    pub done: Option<OnDone>,
}

#[derive(Default)]
struct State {
    pending: VecDeque<Pending>,
    /// An empty batch, whose memory the next one uses.
    spare: Vec<Pending>,
    bytes: usize,
    /// The last sequence number given out.
    seq: u64,
    /// Somebody commits a batch.
    busy: bool,
    /// Somebody waits for durability.
    urgent: bool,
    /// The commit thread sleeps.
    idle: bool,
    stop: bool,
    /// When the oldest of `pending` came.
    since: Option<Instant>,
    waiters: Vec<(u64, OnDone)>,
}

#[derive(Default)]
pub struct Queue {
    state: Mutex<State>,
    /// For the commit thread.
    wake: Condvar,
    /// After every batch.
    progress: Condvar,
    durable: AtomicU64,
    bytes: AtomicU64,
}

impl Queue {
    pub fn new(seq: u64) -> Queue {
        let queue = Queue::default();
        queue.state.lock().seq = seq;
        queue.durable.store(seq, Ordering::Release);
        queue
    }

    /// Bytes waiting for the log.
    pub fn backlog(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn last_seq(&self) -> u64 {
        self.state.lock().seq
    }

    pub fn durable_seq(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// Gives the transaction its number. Call while holding the object.
    pub fn push(&self, mut pending: Pending, urgent: bool) -> u64 {
        let mut state = self.state.lock();
        state.seq += 1;
        pending.seq = state.seq;
        state.bytes += pending.bytes;
        self.bytes.store(state.bytes as u64, Ordering::Relaxed);
        state.urgent |= urgent;
        if state.pending.is_empty() {
            state.since = Some(Instant::now());
        }
        state.pending.push_back(pending);
        state.seq
    }

    fn wake(&self, state: &mut MutexGuard<'_, State>) {
        if state.idle {
            state.idle = false;
            self.wake.notify_one();
        }
    }
}

impl State {
    fn take(&mut self, segment: usize) -> Vec<Pending> {
        let (mut bytes, mut in_place, mut count) = (0, 0, 0);
        for pending in &self.pending {
            bytes += pending.bytes;
            in_place += pending.in_place;
            if count > 0 && (bytes > BATCH_MAX || in_place > segment / 4) {
                break;
            }
            count += 1;
        }
        let mut batch = std::mem::take(&mut self.spare);
        batch.extend(self.pending.drain(..count));
        if self.pending.is_empty() && self.pending.capacity() > 4 * SPARE_MAX {
            self.pending.shrink_to(SPARE_MAX);
        }
        self.bytes -= batch.iter().map(|pending| pending.bytes).sum::<usize>();
        self.since = (!self.pending.is_empty()).then(Instant::now);
        batch
    }

    /// Whether the commit thread should not wait for more.
    fn due(&self) -> bool {
        let aged = || self.since.is_some_and(|since| since.elapsed() >= RELAXED_AGE);
        !self.pending.is_empty() && (self.urgent || self.stop || self.bytes >= RELAXED_BYTES || aged())
    }
}

impl Core {
    /// After a push, without holding the object: gets the transaction on its way.
    pub fn pushed(&self, seq: u64, durability: Durability, wait: Wait) {
        let mut state = self.queue.state.lock();
        let here = !self.options.threads || wait == Wait::Inline;
        if durability == Durability::Durable && here {
            // Somebody at it? Then it, or the commit thread behind it, takes this one too.
            while !state.busy && self.queue.durable_seq() < seq && !self.poisoned() {
                self.lead(state);
                state = self.queue.state.lock();
            }
            drop(state);
        } else if !state.due() || state.busy {
            drop(state);
        } else if self.options.threads {
            self.queue.wake(&mut state);
            drop(state);
        } else {
            self.lead(state);
        }
        self.back_pressure();
    }

    fn back_pressure(&self) {
        if on_engine_thread() || !self.options.threads {
            return;
        }
        let queue = &self.queue;
        if queue.backlog() as usize <= self.options.backlog && !self.overfull() {
            return;
        }
        let mut state = queue.state.lock();
        while (state.bytes > self.options.backlog || self.overfull()) && !self.poisoned() && !state.stop {
            queue.wake(&mut state);
            self.kick_checkpoint();
            queue.progress.wait_for(&mut state, Duration::from_millis(10));
        }
    }

    /// Commits one batch on this thread. `state` is not busy.
    fn lead(&self, mut state: MutexGuard<'_, State>) {
        let queue = &self.queue;
        state.busy = true;
        let mut batch = state.take(self.log.max_frame() as usize);
        queue.bytes.store(state.bytes as u64, Ordering::Relaxed);
        if state.pending.is_empty() {
            state.urgent = false;
        }
        drop(state);

        let result = self.write_batch(&batch);
        if result.is_err() {
            self.poison("writing the log");
        }
        if let (Ok(()), Some(last)) = (result, batch.last()) {
            let freed: SmallVec<[Phys; 32]> =
                batch.iter().flat_map(|pending| &pending.freed).copied().collect();
            if !freed.is_empty() {
                self.space.free_all(&freed);
            }
            queue.durable.store(last.seq, Ordering::Release);
        }

        let mut state = queue.state.lock();
        state.busy = false;
        let mut failed = VecDeque::new();
        if result.is_err() {
            failed = std::mem::take(&mut state.pending);
            state.bytes = 0;
            queue.bytes.store(0, Ordering::Relaxed);
        }
        let durable = queue.durable_seq();
        let (ripe, unripe) = std::mem::take(&mut state.waiters)
            .into_iter()
            .partition::<Vec<_>, _>(|(seq, _)| *seq <= durable || result.is_err());
        state.waiters = unripe;
        if state.due() {
            queue.wake(&mut state);
        }
        drop(state);
        queue.progress.notify_all();

        let result = result.map_err(|_| Errno::EIO);
        ops::batch(|| {
            for pending in batch.drain(..).chain(failed) {
                if let Some(done) = pending.done {
                    done(result);
                }
            }
            for (_, done) in ripe {
                done(result);
            }
        });
        if batch.capacity() > 1 && batch.capacity() <= SPARE_MAX {
            queue.state.lock().spare = batch;
        }
    }

    /// Makes a batch durable.
    fn write_batch(&self, batch: &[Pending]) -> Result<()> {
        if self.poisoned() {
            return Err(Errno::EIO);
        }
        let payloads = || batch.iter().flat_map(|pending| &pending.payloads);
        let mut contents: Vec<(&Arc<Payload>, Bytes)> = Vec::with_capacity(batch.len());
        for payload in payloads() {
            contents.push((payload, payload.data().ok_or(Errno::EIO)?));
        }
        let fresh: usize =
            contents.iter().filter(|(payload, _)| !payload.in_place).map(|(_, data)| data.len()).sum();
        let direct = fresh > INLINE_MAX && (fresh > self.unwritten_max() || self.settled(&contents));
        if direct {
            self.write_direct(&contents)?;
        }

        let records: usize = batch.iter().map(|pending| pending.record.len() + 12).sum();
        let mut meta = Vec::with_capacity(records + contents.len() + 8);
        meta.extend_from_slice(&(batch.len() as u32).to_le_bytes());
        for pending in batch {
            meta.extend_from_slice(&pending.seq.to_le_bytes());
            meta.extend_from_slice(&(pending.record.len() as u32).to_le_bytes());
            meta.extend_from_slice(&pending.record);
        }
        let inline = |payload: &Payload| payload.in_place || !direct;
        meta.extend(contents.iter().map(|(payload, _)| u8::from(inline(payload))));
        let logged: Vec<&[u8]> =
            contents.iter().filter(|(payload, _)| inline(payload)).map(|(_, data)| &data[..]).collect();
        self.log.append(&meta, &logged, &|| !self.poisoned() && !self.stopping())?;

        self.overlaid(logged.iter().map(|data| data.len() as u64).sum());
        for (payload, _) in contents.iter().filter(|(payload, _)| !inline(payload)) {
            payload.placed();
        }
        Ok(())
    }

    /// Up to how many bytes rather take the way through the log than a synchronous write to blocks never written.
    fn unwritten_max(&self) -> usize {
        (self.log.max_frame() as usize / 4).min(UNWRITTEN_MAX)
    }

    /// Whether a direct write of the fresh payload is one that costs little: to few places, all written before.
    fn settled(&self, contents: &[(&Arc<Payload>, Bytes)]) -> bool {
        let (mut blocks, mut runs, mut next, mut end) = (0, 0, 0, 0);
        for (payload, data) in contents.iter().filter(|(payload, _)| !payload.in_place) {
            let count = (data.len() / BLOCK) as u64;
            let start = u64::from(payload.phys);
            runs += u64::from(start != next);
            next = start + count;
            blocks += count;
            end = next.max(end);
        }
        runs * 8 <= blocks && self.space.was_written(end)
    }

    /// Writes fresh payload to its place, gathered, durable on return.
    fn write_direct(&self, contents: &[(&Arc<Payload>, Bytes)]) -> Result<()> {
        let mut fresh: Vec<&(&Arc<Payload>, Bytes)> =
            contents.iter().filter(|(payload, _)| !payload.in_place).collect();
        fresh.sort_unstable_by_key(|(payload, _)| payload.phys);
        let ends = |(payload, data): &(&Arc<Payload>, Bytes)| payload.phys as usize + data.len() / BLOCK;
        let runs: Vec<_> = fresh.chunk_by(|a, b| ends(a) == b.0.phys as usize).collect();
        let alone = runs.len() == 1;
        for run in &runs {
            let Some((first, _)) = run.first() else { continue };
            let bufs: Vec<&[u8]> = run.iter().map(|(_, data)| &data[..]).collect();
            self.space.file.write(
                u64::from(first.phys) * BLOCK as u64,
                &bufs,
                alone && !broken::SKIP_DATA_SYNC,
            )?;
            self.space.note_written(
                u64::from(first.phys) + (bufs.iter().map(|buf| buf.len()).sum::<usize>() / BLOCK) as u64,
            );
        }
        if alone || broken::SKIP_DATA_SYNC { Ok(()) } else { self.space.file.sync() }
    }

    /// Returns when everything up to `seq` is durable.
    pub fn wait_durable(&self, seq: u64) -> Result<()> {
        let queue = &self.queue;
        loop {
            if self.poisoned() {
                return Err(Errno::EIO);
            }
            let mut state = queue.state.lock();
            if queue.durable_seq() >= seq {
                return Ok(());
            }
            if state.busy {
                state.urgent = true;
                queue.progress.wait_for(&mut state, Duration::from_millis(100));
            } else {
                self.lead(state);
            }
        }
    }

    /// `done` runs when everything up to `seq` is durable: before this returns, where it is.
    pub fn when_durable(&self, seq: u64, wait: Wait, done: OnDone) {
        let queue = &self.queue;
        if queue.durable_seq() >= seq && !self.poisoned() {
            return done(Ok(()));
        }
        let mut state = queue.state.lock();
        if self.poisoned() {
            drop(state);
            return done(Err(Errno::EIO));
        }
        if queue.durable_seq() >= seq {
            drop(state);
            return done(Ok(()));
        }
        state.waiters.push((seq, done));
        state.urgent = true;
        if state.busy {
            return;
        }
        if self.options.threads && wait == Wait::Deferred {
            queue.wake(&mut state);
        } else {
            self.lead(state);
        }
    }

    /// Everything queued so far.
    pub fn flush_done(&self, done: OnDone) {
        let seq = self.queue.last_seq();
        self.when_durable(seq, Wait::Deferred, done);
    }

    /// The commit thread.
    pub fn commit_loop(&self) {
        mark_engine_thread();
        let queue = &self.queue;
        let mut state = queue.state.lock();
        loop {
            if !state.busy && state.due() {
                self.lead(state);
                state = queue.state.lock();
                continue;
            }
            if state.stop && state.pending.is_empty() && !state.busy {
                return;
            }
            state.idle = true;
            if state.pending.is_empty() && !state.stop {
                queue.wake.wait(&mut state);
            } else {
                queue.wake.wait_for(&mut state, RELAXED_AGE / 4);
            }
            state.idle = false;
        }
    }

    /// Lets the commit thread finish what is queued and end.
    pub fn stop_commits(&self) {
        let mut state = self.queue.state.lock();
        state.stop = true;
        self.queue.wake.notify_all();
        self.queue.progress.notify_all();
    }
}
