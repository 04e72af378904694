//! A disk that promises no more than it must. What was not synced is lost, torn at 512 bytes or kept, each sector for
//! itself, as a seed decides, when it crashes; and it crashes, or fails, at any write or sync. What a failed sync
//! should have saved no later sync saves.
#![allow(dead_code)]

mod image;
mod told;

use std::sync::{Arc, Mutex, MutexGuard};

use disk::medium::{Capacity, File, Medium};
use image::Image;
use ops::{Errno, Result};

#[allow(unused_imports)]
pub use told::tell;

use crate::schedule::Rng;

const SECTOR: usize = 512;

enum Unsynced {
    Write(u64, Vec<u8>),
    Len(u64),
}

#[derive(Default)]
struct Content {
    name: String,
    /// What reads see.
    live: Image,
    /// What a crash cannot take away.
    durable: Image,
    unsynced: Vec<Unsynced>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The machine, or the process, stops in the middle of it: nothing works any more.
    Crash,
    /// This one operation fails.
    Fail(Errno),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Write,
    Sync,
    Len,
}

/// An operation that was made to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub file: String,
    pub call: Call,
}

struct State {
    files: Vec<Content>,
    rng: Rng,
    /// Writes and syncs until something happens.
    countdown: Option<(u64, Fate)>,
    /// Which file's writes count; all where it is empty.
    doomed: String,
    crashed: bool,
    failed: Option<Failure>,
    writes: u64,
    /// Bytes left on the file system.
    available: u64,
}

#[derive(Clone)]
pub struct Platter(Arc<Mutex<State>>);

impl Platter {
    pub fn new(seed: u64) -> Platter {
        Platter::with(Vec::new(), Rng::new(seed), 1 << 32)
    }

    fn with(files: Vec<Content>, rng: Rng, available: u64) -> Platter {
        Platter(Arc::new(Mutex::new(State {
            files,
            rng,
            countdown: None,
            doomed: String::new(),
            crashed: false,
            failed: None,
            writes: 0,
            available,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Lets `fate` strike at the `after`th write or sync from now.
    pub fn doom(&self, after: u64, fate: Fate) {
        self.doom_file("", after, fate);
    }

    /// The same at the `after`th write or sync of one file.
    pub fn doom_file(&self, name: &str, after: u64, fate: Fate) {
        let mut state = self.state();
        state.countdown = Some((after, fate));
        state.doomed = name.into();
    }

    pub fn spare(&self) {
        self.state().countdown = None;
    }

    pub fn crashed(&self) -> bool {
        self.state().crashed
    }

    /// What [`Fate::Fail`] hit.
    pub fn failed(&self) -> Option<Failure> {
        self.state().failed.clone()
    }

    pub fn set_available(&self, bytes: u64) {
        self.state().available = bytes;
    }

    /// How many writes and syncs there were.
    pub fn writes(&self) -> u64 {
        self.state().writes
    }

    /// What is found when the machine comes up again. This one is dead from now on.
    pub fn reboot(&self) -> Platter {
        let mut guard = self.state();
        let state = &mut *guard;
        state.crashed = true;
        for file in &mut state.files {
            file.forsake(&mut state.rng);
            file.live = file.durable.clone();
        }
        Platter::with(std::mem::take(&mut state.files), Rng::new(state.rng.next()), state.available)
    }

    /// The process was killed, the machine was not: what was written can be read, and may still be lost. This one is
    /// dead from now on.
    pub fn restart(&self) -> Platter {
        let mut state = self.state();
        state.crashed = true;
        let seed = state.rng.next();
        Platter::with(std::mem::take(&mut state.files), Rng::new(seed), state.available)
    }

    /// Flips one bit of what is durable, in a sector that is not all zeroes; at which byte.
    pub fn decay(&self, name: &str, rng: &mut Rng) -> u64 {
        let mut state = self.state();
        let Some(file) = state.files.iter_mut().find(|file| file.name == name) else { return 0 };
        let mut sector = [0; SECTOR];
        for _ in 0..1000 {
            let at = rng.below(file.durable.len().max(1));
            file.durable.read(at / SECTOR as u64 * SECTOR as u64, &mut sector);
            if sector.iter().all(|&byte| byte == 0) {
                continue;
            }
            let flipped = sector[at as usize % SECTOR] ^ 1 << rng.below(8);
            file.durable.put(at, &[flipped]);
            file.live.put(at, &[flipped]);
            return at;
        }
        0
    }
}

/// Which sectors of a write reach the disk: calls `keep` with ranges of `bytes`.
fn tear(rng: &mut Rng, off: u64, bytes: &[u8], mut keep: impl FnMut(std::ops::Range<usize>)) {
    // Sectors of the disk, not of the write.
    let lead = off as usize % SECTOR;
    let sectors = (lead + bytes.len()).div_ceil(SECTOR);
    let cut = rng.below(sectors as u64 + 1) as usize;
    let manner = rng.below(6);
    for sector in 0..sectors {
        let kept = match manner {
            0 => false,
            1 => true,
            2 => rng.chance(50),
            3 => sector < cut,
            4 => sector >= cut,
            _ => sector != cut,
        };
        if kept {
            let from = (sector * SECTOR).saturating_sub(lead);
            keep(from..((sector + 1) * SECTOR - lead).min(bytes.len()));
        }
    }
}

impl Content {
    /// What is not durable never gets there, but for what happens to be there already.
    fn forsake(&mut self, rng: &mut Rng) {
        for op in std::mem::take(&mut self.unsynced) {
            match op {
                Unsynced::Len(len) if rng.chance(50) => self.durable.resize(len),
                Unsynced::Len(_) => {}
                Unsynced::Write(off, bytes) => {
                    tear(rng, off, &bytes, |range| {
                        self.durable.put(off + range.start as u64, &bytes[range]);
                    });
                }
            }
        }
    }

    /// A write of which a part was done.
    fn write_some(&mut self, rng: &mut Rng, off: u64, bytes: &[u8]) {
        tear(rng, off, bytes, |range| {
            let at = off + range.start as u64;
            self.live.put(at, &bytes[range.clone()]);
            self.unsynced.push(Unsynced::Write(at, bytes[range].to_vec()));
        });
    }

    fn write_durable(&mut self, off: u64, bytes: &[u8]) {
        self.live.put(off, bytes);
        self.durable.put(off, bytes);
        // An older unsynced write must not win over it.
        let end = off + bytes.len() as u64;
        self.unsynced.retain(|op| match op {
            Unsynced::Write(at, old) => *at + old.len() as u64 <= off || *at >= end,
            Unsynced::Len(len) => *len > end,
        });
    }

    fn sync(&mut self) {
        for op in std::mem::take(&mut self.unsynced) {
            match op {
                Unsynced::Write(off, bytes) => self.durable.share(&self.live, off, bytes.len()),
                Unsynced::Len(len) => self.durable.resize(len),
            }
        }
        self.durable.resize(self.live.len());
    }
}

enum Blow {
    None,
    Crash,
    Fail(Errno),
}

impl State {
    /// What happens to this operation.
    fn strike(&mut self, file: usize, call: Call) -> Result<Blow> {
        if self.crashed {
            return Err(Errno::EIO);
        }
        self.writes += 1;
        let name = &self.files[file].name;
        if !self.doomed.is_empty() && self.doomed != *name {
            return Ok(Blow::None);
        }
        let fate = match &mut self.countdown {
            Some((0, fate)) => *fate,
            Some((left, _)) => {
                *left -= 1;
                return Ok(Blow::None);
            }
            None => return Ok(Blow::None),
        };
        self.countdown = None;
        Ok(match fate {
            Fate::Crash => {
                self.crashed = true;
                Blow::Crash
            }
            Fate::Fail(err) => {
                self.failed = Some(Failure { file: name.clone(), call });
                Blow::Fail(err)
            }
        })
    }
}

struct PlatterFile {
    disk: Platter,
    file: usize,
}

impl PlatterFile {
    fn with<T>(&self, work: impl FnOnce(&mut Content) -> T) -> Result<T> {
        let mut state = self.disk.state();
        if state.crashed {
            return Err(Errno::EIO);
        }
        Ok(work(&mut state.files[self.file]))
    }

    fn change(
        &self,
        call: Call,
        done: impl FnOnce(&mut Content),
        failed: impl FnOnce(&mut Content, &mut Rng),
        cut_off: impl FnOnce(&mut Content, &mut Rng),
    ) -> Result<()> {
        let mut guard = self.disk.state();
        let state = &mut *guard;
        let blow = state.strike(self.file, call)?;
        let file = &mut state.files[self.file];
        match blow {
            Blow::None => {
                done(file);
                Ok(())
            }
            Blow::Fail(err) => {
                failed(file, &mut state.rng);
                Err(err)
            }
            Blow::Crash => {
                cut_off(file, &mut state.rng);
                Err(Errno::EIO)
            }
        }
    }
}

impl File for PlatterFile {
    fn read(&self, off: u64, buf: &mut [u8]) -> Result<()> {
        self.with(|file| file.live.read(off, buf))
    }

    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool> {
        if self.disk.state().rng.chance(20) {
            return Ok(false);
        }
        self.read(off, buf).map(|()| true)
    }

    fn write(&self, off: u64, bufs: &[&[u8]], sync: bool) -> Result<()> {
        let bytes = bufs.concat();
        self.change(
            Call::Write,
            |file| {
                if sync {
                    file.write_durable(off, &bytes);
                } else {
                    file.live.put(off, &bytes);
                    file.unsynced.push(Unsynced::Write(off, bytes.clone()));
                }
            },
            |file, rng| file.write_some(rng, off, &bytes),
            |file, rng| file.write_some(rng, off, &bytes),
        )
    }

    fn sync(&self) -> Result<()> {
        self.change(
            Call::Sync,
            Content::sync,
            |file, rng| {
                file.forsake(rng);
                // The cache may go on showing what the disk has not, or drop it.
                if rng.chance(50) {
                    file.live = file.durable.clone();
                }
            },
            |_, _| {},
        )
    }

    fn len(&self) -> Result<u64> {
        self.with(|file| file.live.len())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.change(
            Call::Len,
            |file| {
                file.live.resize(len);
                file.unsynced.push(Unsynced::Len(len));
            },
            |_, _| {},
            |file, _| {
                file.live.resize(len);
                file.unsynced.push(Unsynced::Len(len));
            },
        )
    }

    fn allocate(&self, len: u64) -> Result<()> {
        let had = self.len()?;
        if had < len {
            {
                let mut state = self.disk.state();
                state.available = state.available.checked_sub(len - had).ok_or(Errno::ENOSPC)?;
            }
            self.set_len(len)?;
        }
        Ok(())
    }

    fn punch(&self, off: u64, len: u64) -> Result<()> {
        let len = len.min(self.len()?.saturating_sub(off));
        self.write(off, &[&vec![0; len as usize]], false)?;
        self.disk.state().available += len;
        Ok(())
    }

    fn fill(&self, _: u64, len: u64) -> Result<()> {
        let mut state = self.disk.state();
        state.available = state.available.checked_sub(len).ok_or(Errno::ENOSPC)?;
        Ok(())
    }
}

impl Medium for Platter {
    fn open(&self, name: &str, create: bool) -> Result<Arc<dyn File>> {
        let mut state = self.state();
        if state.crashed {
            return Err(Errno::EIO);
        }
        let file = match state.files.iter().position(|file| file.name == name) {
            Some(file) => file,
            None if create => {
                state.files.push(Content { name: name.into(), ..Content::default() });
                state.files.len() - 1
            }
            None => return Err(Errno::ENOENT),
        };
        Ok(Arc::new(PlatterFile { disk: self.clone(), file }))
    }

    fn capacity(&self) -> Result<Capacity> {
        let state = self.state();
        if state.crashed {
            Err(Errno::EIO)
        } else {
            Ok(Capacity { total: 1 << 32, available: state.available })
        }
    }
}
