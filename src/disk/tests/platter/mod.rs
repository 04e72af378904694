//! A disk that promises no more than it must: what was not synced is lost, torn at 512 bytes or kept, as a seed
//! decides, when it crashes; and it crashes, or fails, at any write.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use disk::medium::{Capacity, File, Medium};
use ops::{Errno, Result};

use crate::schedule::Rng;

const SECTOR: usize = 512;

enum Unsynced {
    Write(u64, Vec<u8>),
    Len(u64),
}

#[derive(Default)]
struct Content {
    /// What reads see.
    live: Vec<u8>,
    /// What a crash cannot take away.
    durable: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The machine stops: nothing works any more.
    Crash,
    /// This one operation fails.
    Fail(Errno),
}

struct State {
    files: BTreeMap<String, Content>,
    rng: Rng,
    /// Writes and syncs until something happens.
    countdown: Option<(u64, Fate)>,
    /// Which file's writes count; all where it is empty.
    doomed: String,
    crashed: bool,
    writes: u64,
    /// Bytes left on the file system.
    available: u64,
}

#[derive(Clone)]
pub struct Platter(Arc<Mutex<State>>);

fn put(to: &mut Vec<u8>, off: u64, bytes: &[u8]) {
    let end = off as usize + bytes.len();
    if to.len() < end {
        to.resize(end, 0);
    }
    to[off as usize..end].copy_from_slice(bytes);
}

impl Platter {
    pub fn new(seed: u64) -> Platter {
        Platter(Arc::new(Mutex::new(State {
            files: BTreeMap::new(),
            rng: Rng::new(seed),
            countdown: None,
            doomed: String::new(),
            crashed: false,
            writes: 0,
            available: 1 << 32,
        })))
    }

    /// Lets `fate` strike at the `after`th write or sync from now.
    pub fn doom(&self, after: u64, fate: Fate) {
        self.doom_file("", after, fate);
    }

    /// The same at the `after`th write or sync of one file.
    pub fn doom_file(&self, name: &str, after: u64, fate: Fate) {
        let mut state = self.0.lock().unwrap();
        state.countdown = Some((after, fate));
        state.doomed = name.into();
    }

    pub fn spare(&self) {
        self.0.lock().unwrap().countdown = None;
    }

    pub fn crashed(&self) -> bool {
        self.0.lock().unwrap().crashed
    }

    pub fn set_available(&self, bytes: u64) {
        self.0.lock().unwrap().available = bytes;
    }

    /// How many writes and syncs there were.
    pub fn writes(&self) -> u64 {
        self.0.lock().unwrap().writes
    }

    /// What is found when the machine comes up again.
    pub fn reboot(&self) -> Platter {
        let mut guard = self.0.lock().unwrap();
        let state = &mut *guard;
        let mut files = BTreeMap::new();
        for (name, file) in &mut state.files {
            let mut found = std::mem::take(&mut file.durable);
            for op in std::mem::take(&mut file.unsynced) {
                match op {
                    Unsynced::Len(len) if state.rng.chance(50) => found.resize(len as usize, 0),
                    Unsynced::Len(_) => {}
                    Unsynced::Write(off, bytes) => tear(&mut state.rng, &mut found, off, &bytes),
                }
            }
            files.insert(name.clone(), Content { live: found.clone(), durable: found, unsynced: Vec::new() });
        }
        let rng = Rng::new(state.rng.next());
        let available = state.available;
        state.crashed = true;
        let next = State {
            files,
            rng,
            countdown: None,
            doomed: String::new(),
            crashed: false,
            writes: 0,
            available,
        };
        Platter(Arc::new(Mutex::new(next)))
    }
}

/// All, nothing, or some sectors of a write reach the disk.
fn tear(rng: &mut Rng, to: &mut Vec<u8>, off: u64, bytes: &[u8]) {
    let keep = [0, 100, 50][rng.below(3) as usize];
    let mut at = 0;
    while at < bytes.len() {
        // Sectors of the disk, not of the write.
        let len = (SECTOR - (off as usize + at) % SECTOR).min(bytes.len() - at);
        if rng.chance(keep) {
            put(to, off + at as u64, &bytes[at..at + len]);
        }
        at += len;
    }
}

impl State {
    /// `Ok(true)`: the crash comes in the middle of this operation.
    fn strike(&mut self, name: &str) -> Result<bool> {
        if self.crashed {
            return Err(Errno::EIO);
        }
        self.writes += 1;
        if !self.doomed.is_empty() && self.doomed != name {
            return Ok(false);
        }
        match &mut self.countdown {
            Some((0, fate)) => {
                let fate = *fate;
                self.countdown = None;
                match fate {
                    Fate::Crash => {
                        self.crashed = true;
                        Ok(true)
                    }
                    Fate::Fail(err) => Err(err),
                }
            }
            Some((left, _)) => {
                *left -= 1;
                Ok(false)
            }
            None => Ok(false),
        }
    }
}

struct PlatterFile {
    disk: Platter,
    name: String,
}

impl PlatterFile {
    fn with<T>(&self, work: impl FnOnce(&mut State, &mut Content) -> Result<T>) -> Result<T> {
        let mut state = self.disk.0.lock().unwrap();
        let mut file = state.files.remove(&self.name).expect("an opened file");
        let result = work(&mut state, &mut file);
        state.files.insert(self.name.clone(), file);
        result
    }
}

impl File for PlatterFile {
    fn read(&self, off: u64, buf: &mut [u8]) -> Result<()> {
        self.with(|state, file| {
            if state.crashed {
                return Err(Errno::EIO);
            }
            let from = file.live.get(off as usize..).unwrap_or_default();
            let len = from.len().min(buf.len());
            buf[..len].copy_from_slice(&from[..len]);
            buf[len..].fill(0);
            Ok(())
        })
    }

    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool> {
        self.read(off, buf).map(|()| true)
    }

    fn write(&self, off: u64, bufs: &[&[u8]], sync: bool) -> Result<()> {
        let bytes = bufs.concat();
        self.with(|state, file| {
            let dies = state.strike(&self.name)?;
            put(&mut file.live, off, &bytes);
            if sync && !dies {
                put(&mut file.durable, off, &bytes);
            }
            // Also where it is durable: an older unsynced write must not win over it.
            file.unsynced.push(Unsynced::Write(off, bytes));
            if sync && !dies {
                let Some(Unsynced::Write(off, bytes)) = file.unsynced.pop() else { unreachable!() };
                let end = off + bytes.len() as u64;
                file.unsynced.retain(|op| match op {
                    Unsynced::Write(at, old) => *at + old.len() as u64 <= off || *at >= end,
                    Unsynced::Len(len) => *len > end,
                });
            }
            if dies { Err(Errno::EIO) } else { Ok(()) }
        })
    }

    fn sync(&self) -> Result<()> {
        self.with(|state, file| {
            if state.strike(&self.name)? {
                return Err(Errno::EIO);
            }
            file.durable = file.live.clone();
            file.unsynced.clear();
            Ok(())
        })
    }

    fn len(&self) -> Result<u64> {
        self.with(|state, file| if state.crashed { Err(Errno::EIO) } else { Ok(file.live.len() as u64) })
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.with(|state, file| {
            let dies = state.strike(&self.name)?;
            file.live.resize(len as usize, 0);
            file.unsynced.push(Unsynced::Len(len));
            if dies { Err(Errno::EIO) } else { Ok(()) }
        })
    }

    fn allocate(&self, len: u64) -> Result<()> {
        if self.len()? < len {
            let had = self.len()?;
            {
                let mut state = self.disk.0.lock().unwrap();
                state.available = state.available.checked_sub(len - had).ok_or(Errno::ENOSPC)?;
            }
            self.set_len(len)?;
        }
        Ok(())
    }

    fn punch(&self, off: u64, len: u64) -> Result<()> {
        self.write(off, &[&vec![0; len as usize]], false)
    }
}

impl Medium for Platter {
    fn open(&self, name: &str, create: bool) -> Result<Arc<dyn File>> {
        let mut state = self.0.lock().unwrap();
        if state.crashed {
            return Err(Errno::EIO);
        }
        if !state.files.contains_key(name) {
            if !create {
                return Err(Errno::ENOENT);
            }
            state.files.insert(name.into(), Content::default());
        }
        Ok(Arc::new(PlatterFile { disk: self.clone(), name: name.into() }))
    }

    fn capacity(&self) -> Result<Capacity> {
        let state = self.0.lock().unwrap();
        if state.crashed {
            Err(Errno::EIO)
        } else {
            Ok(Capacity { total: 1 << 32, available: state.available })
        }
    }
}
