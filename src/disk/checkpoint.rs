//! Checkpoints: what changed in memory becomes rows, payload of the log goes to its place, the log is trimmed.
//!
//! Nobody waits for one, unless the log is full. Objects are captured one by one, each as its last transaction left it:
//! a row carries that transaction's number, and a replay leaves alone what the row has already.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::{Errno, Result};

use crate::catalog::{Batch, ObjectRows, State};
use crate::core::Core;
use crate::index::Cell;
use crate::object::ObjectState;
use crate::part::Overlay;
use crate::{BLOCK, Phys, broken};

/// With something to write, a checkpoint comes at least this often.
const AGE: Duration = Duration::from_secs(10);
/// A checkpoint that failed is tried again after this long.
const RETRY: Duration = Duration::from_millis(500);
/// Bytes of free memory that a store at rest keeps for what will be written.
const REST: usize = 16 << 20;
/// The most bytes written to the data file with one call.
const GATHER: usize = 1 << 20;

/// A checkpoint in memory.
pub struct Capture {
    batch: Batch,
    /// The last transaction it contains.
    seq: u64,
    /// Content to be put in its place, and by which block of which part it is meant.
    overlays: Vec<(Arc<Cell>, u64, u64, Phys, Overlay)>,
    placed: bool,
    /// Pieces of the data file to be punched once the catalog has them.
    punch: Vec<u32>,
}

impl Core {
    /// Runs one checkpoint, first what an earlier one left undone.
    pub fn run_checkpoint(&self) -> Result<()> {
        let mut pending = self.checkpoint.lock();
        if let Some(capture) = pending.as_mut() {
            self.write_capture(capture)?;
            *pending = None;
        }
        let Some(capture) = self.capture()? else { return Ok(()) };
        self.write_capture(pending.insert(capture))?;
        *pending = None;
        drop(pending);
        self.index.evict(self.options.cached);
        Ok(())
    }

    fn capture(&self) -> Result<Option<Capture>> {
        // First the position: all that stands before it in the log is in memory and marked.
        let at = self.log.position();
        self.take_overlay();
        let cells = self.index.take_dirty();
        let mut batch = Batch::default();
        let mut seq = 0;
        {
            let mut meta = self.meta.lock();
            if std::mem::take(&mut meta.dirty) {
                batch.meta = Some(meta.records.clone());
            }
            seq = seq.max(meta.seq);
            batch.state.meta_seq = meta.seq;
            batch.state.meta_rows = meta.records.len() as u64;
        }
        let punch = self.space.surplus(self.options.spare / BLOCK as u64);
        if cells.is_empty() && batch.meta.is_none() && punch.is_empty() && at.pos == self.log.start() {
            return Ok(None);
        }
        let mut overlays = Vec::new();
        for cell in cells {
            let mut state = cell.state.lock();
            seq = seq.max(state.seq);
            let from = overlays.len();
            batch.objects.push(capture_object(&cell, &mut state, &mut overlays));
            // While nobody else can move the blocks: those that are freed later must wait for our writes to them.
            for (_, _, _, phys, _) in overlays.iter().skip(from) {
                self.space.pins.pin(*phys);
            }
        }
        let State { meta_seq, meta_rows, .. } = batch.state;
        let next_seq = self.queue.last_seq() + 1;
        batch.state = State { at, next_part: self.catalog.peek_part(), next_seq, meta_seq, meta_rows };
        batch.holes = self.space.changed_holes();
        Ok(Some(Capture { batch, seq, overlays, placed: false, punch }))
    }

    fn write_capture(&self, capture: &mut Capture) -> Result<()> {
        self.wait_durable(capture.seq)?;
        if !capture.placed {
            if let Err(err) = self.place_overlays(capture) {
                self.poison("writing data");
                return Err(err);
            }
            capture.placed = true;
            // Content at its place needs no memory.
            for (cell, part, block, phys, overlay) in capture.overlays.drain(..) {
                let mut state = cell.state.lock();
                if let Some(part) = state.parts.get_mut(&part)
                    && let Some(now) = part.overlay.get(&block)
                    && Arc::ptr_eq(&now.payload, &overlay.payload)
                    && now.index == overlay.index
                {
                    part.overlay.remove(&block);
                }
                self.space.pins.unpin(phys);
            }
        }
        if self.poisoned() {
            return Err(Errno::EIO);
        }
        let begun = Instant::now();
        let written = self.catalog.write(&capture.batch);
        let objects = capture.batch.objects.len();
        tracing::debug!(target: "store", "checkpoint: rows of {objects} objects written in {:?}", begun.elapsed());
        if self.catalog.unsure() {
            self.poison("syncing the checkpoint");
            return Err(Errno::EIO);
        }
        if self.catalog.beyond_repair() {
            self.poison("writing the checkpoint, which is damaged,");
        }
        written?;
        self.space.punch(&std::mem::take(&mut capture.punch));
        self.index.written();
        self.log.trim(capture.batch.state.at.pos);
        Ok(())
    }

    fn place_overlays(&self, capture: &Capture) -> Result<()> {
        let with_data = |(_, _, _, phys, overlay): &(_, _, _, Phys, Overlay)| Some((*phys, overlay.data()?));
        let mut blocks: Vec<(Phys, Bytes)> = capture.overlays.iter().filter_map(with_data).collect();
        blocks.sort_by_key(|(phys, _)| *phys);
        // A block may be meant by several parts: the last counts.
        blocks.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        let runs = blocks.chunk_by(|a, b| a.0 + 1 == b.0);
        let pieces: Vec<(u64, Vec<&[u8]>)> = runs
            .flat_map(|run| run.chunks(GATHER / BLOCK))
            .filter_map(|piece| {
                let (first, _) = piece.first()?;
                self.space.note_written(u64::from(*first) + piece.len() as u64);
                Some((u64::from(*first) * BLOCK as u64, piece.iter().map(|(_, data)| &data[..]).collect()))
            })
            .collect();
        let begun = Instant::now();
        self.space.file.write_scattered(&pieces, &|| self.pressure())?;
        let written = begun.elapsed();
        let result = if broken::SKIP_PLACE_SYNC { Ok(()) } else { self.space.file.sync() };
        tracing::debug!(target: "store", "checkpoint: {} blocks written in {written:?}, synced after {:?}", blocks.len(), begun.elapsed());
        result
    }

    /// Without threads, whoever commits does the checkpoints too.
    pub fn committed(&self) {
        if !self.options.threads && self.checkpoint_due() {
            let _ = self.run_checkpoint();
        }
    }

    /// The checkpoint thread.
    pub fn checkpoint_loop(&self) {
        crate::commit::mark_engine_thread();
        let mut last = Instant::now();
        loop {
            {
                let mut kick = self.kick.lock();
                while !kick.stop && !kick.wanted && last.elapsed() < AGE {
                    self.kicked.wait_for(&mut kick, AGE);
                }
                if kick.stop {
                    return;
                }
                kick.wanted = false;
            }
            while self.log.wants_slots() {
                if !matches!(self.log.grow(), Ok(true)) {
                    tracing::warn!(target: "store", "the log cannot grow");
                    break;
                }
            }
            self.index.shed(self.options.cached);
            if self.checkpoint_due() || last.elapsed() >= AGE {
                if let Err(err) = self.run_checkpoint()
                    && !self.poisoned()
                {
                    tracing::error!(target: "store", "checkpoint: {err}; it will be tried again");
                    std::thread::sleep(RETRY);
                    self.kick_checkpoint();
                }
                if last.elapsed() >= AGE {
                    pages::trim(REST);
                }
                last = Instant::now();
            }
        }
    }
}

/// What changed of one object since the last checkpoint.
fn capture_object(
    cell: &Arc<Cell>,
    state: &mut ObjectState,
    overlays: &mut Vec<(Arc<Cell>, u64, u64, Phys, Overlay)>,
) -> ObjectRows {
    let mut rows = ObjectRows {
        key: cell.key.clone(),
        pool: cell.object.pool,
        seq: state.seq,
        dead: std::mem::take(&mut state.dead),
        ..ObjectRows::default()
    };
    for (&part, found) in &mut state.parts {
        let id = found.id;
        for at in std::mem::take(&mut found.dirty_chunks) {
            let Some(map) = found.loaded_map_mut() else { continue };
            if map.chunks.get(&at).is_some_and(|chunk| chunk.iter().all(|entry| entry.is_hole())) {
                map.chunks.remove(&at);
            }
            rows.chunks.push((id, at, map.chunks.get(&at).cloned()));
        }
        let keys = std::mem::take(&mut found.dirty_keys);
        if let Some(omap) = found.loaded_omap() {
            rows.omap.extend(keys.into_iter().map(|key| {
                let value = omap.get(&key).cloned();
                (id, key, value)
            }));
        }
        if let Some(map) = found.loaded_map() {
            found.map_rows = map.chunks.len() as u64;
        }
        if let Some(omap) = found.loaded_omap() {
            found.omap_rows = omap.len() as u64;
        }
        found.persisted = true;
        found.overlay.retain(|_, overlay| overlay.payload.data().is_some());
        for (&block, overlay) in &found.overlay {
            let phys = overlay.payload.phys + overlay.index as Phys;
            overlays.push((cell.clone(), part, block, phys, overlay.clone()));
        }
    }
    rows.row = (!state.parts.is_empty()).then(|| crate::rows::encode_object(state));
    rows.after = state.usage();
    rows
}
