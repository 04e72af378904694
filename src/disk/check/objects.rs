//! Every object: its rows, its blocks with their checksums, and whether the counts of the whole fit what was found.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use ops::{Errno, ObjectRef, Result, Sink};

use super::{Finding, Progress};
use crate::api::{Part, Tx, Usage, Which};
use crate::catalog::{self, add};
use crate::core::Core;
use crate::engine::DiskEngine;
use crate::read::{Origin, Segment, locate};
use crate::tx::DiskTx;
use crate::{BLOCK, Phys, rows, space};

/// Bytes read at once.
const STEP: u64 = 1 << 20;
/// Objects listed at once.
const PAGE: usize = 512;

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub objects: u64,
    pub parts: u64,
    pub omap_keys: u64,
    /// Bytes of data that were read.
    pub bytes: u64,
}

/// What the store above finds wrong with an object.
pub type Visit<'a> = dyn FnMut(&dyn Tx, &mut Vec<Finding>) -> Result<()> + 'a;

/// Reads are for their checksums only.
struct Nowhere;

impl Sink for Nowhere {
    fn capacity(&self) -> usize {
        usize::MAX
    }
    fn put(&mut self, _: usize, _: &[u8]) {}
    fn zero(&mut self, _: usize, _: usize) {}
}

/// Blocks whose bits stand together.
const PIECE: Phys = 1 << 15;
const WORDS: usize = PIECE as usize / 64;

/// How often each block is referred to.
#[derive(Default)]
struct References {
    /// Bits, by the block divided by `PIECE`: a damaged map may name blocks anywhere.
    seen: HashMap<Phys, Box<[u64; WORDS]>>,
    /// Blocks with more than one reference.
    more: HashMap<Phys, u32>,
    /// Blocks of more than one object.
    contested: BTreeSet<Phys>,
}

impl References {
    fn add(&mut self, block: Phys, count: u32) {
        let mask = 1 << (block % 64);
        let piece = self.seen.entry(block / PIECE).or_insert_with(|| Box::new([0; _]));
        let word = &mut piece[(block % PIECE / 64) as usize];
        if *word & mask != 0 {
            self.contested.insert(block);
            *self.more.entry(block).or_insert(1) += count;
        } else if count > 1 {
            self.more.insert(block, count);
        }
        *word |= mask;
    }

    /// Of the bits of all blocks.
    fn word(&self, word: usize) -> u64 {
        self.seen.get(&((word / WORDS) as Phys)).map_or(0, |piece| piece[word % WORDS])
    }

    /// The words that may have a bit set, ascending.
    fn words(&self) -> impl Iterator<Item = usize> + use<> {
        let pieces: BTreeSet<Phys> = self.seen.keys().copied().collect();
        pieces.into_iter().flat_map(|piece| {
            let first = piece as usize * WORDS;
            first..first + WORDS
        })
    }

    fn count(&self, block: Phys) -> u32 {
        let seen = self.word((block / 64) as usize) >> (block % 64) & 1 != 0;
        self.more.get(&block).copied().unwrap_or(u32::from(seen))
    }
}

impl DiskEngine {
    /// Reads everything. What is wrong goes to `findings`, with what `visit` says of each object. Nothing else may use
    /// the store meanwhile.
    pub fn check(
        &self,
        findings: &mut Vec<Finding>,
        visit: &mut Visit<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Counts> {
        let core = self.core();
        core.wait_durable(core.queue.last_seq())?;
        let mut walk = Walk {
            core,
            findings,
            references: References::default(),
            usage: BTreeMap::new(),
            ids: HashSet::new(),
            counts: Counts::default(),
            incomplete: false,
        };
        let sums = core.usage.lock().values().fold(Usage::default(), |mut sum, one| {
            add(&mut sum, one);
            sum
        });
        let mut done = 0_u64;
        walk.all(&mut |walk, key, object| {
            walk.object(key, object, visit)?;
            done += 1;
            if done.is_multiple_of(64) {
                let total = sums.allocated.max(walk.counts.bytes);
                progress(Progress { stage: "objects", done: walk.counts.bytes, total });
            }
            Ok(())
        })?;
        walk.contested()?;
        // With objects that cannot be read, every count would differ.
        if !walk.incomplete {
            if core.checkpoint.lock().is_none() {
                walk.rows();
            }
            walk.counters();
        }
        Ok(walk.counts)
    }
}

struct Walk<'a> {
    core: &'a Arc<Core>,
    findings: &'a mut Vec<Finding>,
    references: References,
    usage: BTreeMap<i64, Usage>,
    /// The names of rows in use.
    ids: HashSet<u64>,
    counts: Counts,
    incomplete: bool,
}

impl Walk<'_> {
    /// Every object, of all pools, by its key.
    fn all(&mut self, each: &mut dyn FnMut(&mut Self, &Bytes, &ObjectRef) -> Result<()>) -> Result<()> {
        let core = self.core;
        let memory: BTreeMap<Bytes, ObjectRef> = core.index.loaded().into_iter().collect();
        for (key, object) in &memory {
            each(self, key, object)?;
        }
        let mut from: Vec<u8> = Vec::new();
        loop {
            let page = match core.catalog.list(&[], &from, PAGE, Which::All) {
                Ok(page) => page,
                // Closer to the damage.
                Err(_) => match core.catalog.list(&[], &from, 1, Which::All) {
                    Ok(page) => page,
                    Err(_) => match self.skip(&from)? {
                        Some(behind) => {
                            from = behind;
                            continue;
                        }
                        None => return Ok(()),
                    },
                },
            };
            let Some((last, _)) = page.last() else { return Ok(()) };
            from = [&last[..], &[0]].concat();
            for (key, object) in page.iter().filter(|(key, _)| !memory.contains_key(key)) {
                each(self, key, object)?;
            }
            // What was loaded for the look is not needed any more.
            core.index.shed(core.options.cached / 16);
        }
    }

    /// From where on the list of objects can be read again; it cannot at `from`.
    fn skip(&mut self, from: &[u8]) -> Result<Option<Vec<u8>>> {
        // Pool and hash lead every key.
        let lead = |key: &[u8]| {
            let mut front = [0; 16];
            let len = key.len().min(12);
            front[4..4 + len].copy_from_slice(&key[..len]);
            u128::from_be_bytes(front)
        };
        let key = |lead: u128| lead.to_be_bytes()[4..].to_vec();
        let (mut bad, mut good) = (lead(from), (1_u128 << 96) - 1);
        while good - bad > 1 {
            let middle = bad + (good - bad) / 2;
            match self.core.catalog.list(&[], &key(middle), 1, Which::All) {
                Ok(_) => good = middle,
                Err(_) => bad = middle,
            }
        }
        let next = self.core.catalog.list(&[], &key(good), 1, Which::All).unwrap_or_default();
        self.incomplete = true;
        let before = match rows::object_of_key(from.strip_suffix(&[0]).unwrap_or(from)) {
            Ok(object) => format!("behind {object:?}"),
            Err(_) => "from the first on".into(),
        };
        let behind = match next.first() {
            Some((_, object)) => format!("before {object:?}"),
            None => "to the last".into(),
        };
        let what = format!("objects cannot be listed: those {before}, {behind}");
        self.findings.push(Finding::of_file(catalog::NAME, None, what));
        Ok((!next.is_empty()).then(|| key(good)))
    }

    fn object(&mut self, key: &Bytes, object: &ObjectRef, visit: &mut Visit<'_>) -> Result<()> {
        if rows::object_key(object) != key {
            self.findings.push(Finding::of_object(object, None, "its key is not its name's"));
        }
        let tx = match DiskTx::begin(self.core, object) {
            Ok(tx) => tx,
            Err(err @ (Errno::ESHUTDOWN | Errno::ENOMEM)) => return Err(err),
            Err(_) => {
                self.incomplete = true;
                let damage = Finding::of_object(object, None, "its row cannot be read");
                self.findings.push(damage.at(catalog::NAME, None));
                return Ok(());
            }
        };
        // The next checkpoint removes their rows.
        self.ids.extend(&tx.state.dead);
        if tx.state.parts.is_empty() {
            return Ok(());
        }
        self.counts.objects += 1;
        let mut own: HashMap<Phys, u32> = HashMap::new();
        let mut readable = true;
        for &part in tx.state.parts.keys() {
            self.counts.parts += 1;
            readable &= self.part(&tx, object, part, &mut own)?;
        }
        let mut usage = tx.state.usage();
        let found = (own.len() * BLOCK) as u64;
        if readable && usage.allocated != found {
            let what = format!("it has {found} bytes of data, but {} are counted", usage.allocated);
            self.findings.push(Finding::of_object(object, None, what));
            usage.allocated = found;
        }
        self.incomplete |= !readable;
        add(self.usage.entry(object.pool).or_default(), &usage);
        for (block, count) in own {
            self.references.add(block, count);
        }
        visit(&tx, self.findings)
    }

    /// `false`: its map cannot be read.
    fn part(
        &mut self,
        tx: &DiskTx<'_>,
        object: &ObjectRef,
        part: Part,
        own: &mut HashMap<Phys, u32>,
    ) -> Result<bool> {
        let catalog = &self.core.catalog;
        let state = tx.state.part(part)?;
        self.ids.insert(state.id);
        match state.omap(catalog) {
            Ok(omap) => self.counts.omap_keys += omap.len() as u64,
            Err(_) => {
                let damage = Finding::of_object(object, part, "its omap cannot be read, or keys are missing");
                self.findings.push(damage.at(catalog::NAME, None));
            }
        }
        let Ok(map) = state.map(catalog) else {
            let damage =
                Finding::of_object(object, part, "its block map cannot be read, or rows are missing");
            self.findings.push(damage.at(catalog::NAME, None));
            return Ok(false);
        };
        for (block, entry) in map.all() {
            *own.entry(entry.phys).or_default() += 1;
            if block.checked_mul(BLOCK as u64).is_none_or(|off| off >= state.size) {
                let what = format!("block {block} is past the end");
                self.findings.push(Finding::of_object(object, part, what));
            }
        }
        let mut off = 0;
        while off < state.size {
            let len = STEP.min(state.size - off);
            for segment in locate(&tx.state, part, off, len, catalog)? {
                let origin = Origin { object, part, off };
                if let Segment::Disk { len, .. } = &segment {
                    self.counts.bytes += *len as u64;
                }
                if self.core.fetch(&segment, &mut Nowhere, &origin).is_err() {
                    self.blocks(object, part, off, &segment);
                }
            }
            // Holes of any size are skipped at once.
            off = map
                .range((off + len) / BLOCK as u64, u64::MAX)
                .next()
                .map_or(state.size, |(block, _)| (block * BLOCK as u64).max(off + len));
        }
        Ok(true)
    }

    /// Which blocks of a piece are damaged.
    fn blocks(&mut self, object: &ObjectRef, part: Part, off: u64, segment: &Segment) {
        let Segment::Disk { at, skip, phys, crcs, .. } = segment else { return };
        let first = off + (*at - *skip) as u64;
        for (index, &crc) in crcs.iter().enumerate() {
            let block = u64::from(*phys) + index as u64;
            let what = match self.core.space.file.read_buf(block * BLOCK as u64, BLOCK) {
                Ok(bytes) if crc32c::crc32c(&bytes) == crc => continue,
                Ok(_) => "does not match its checksum".into(),
                Err(err) => format!("cannot be read: {err}"),
            };
            let what = format!("the block at offset {} {what}", first + (index * BLOCK) as u64);
            let damage = Finding::of_object(object, part, what);
            self.findings.push(damage.at(space::NAME, block * BLOCK as u64));
        }
    }

    /// Whose the blocks are that two objects claim.
    fn contested(&mut self) -> Result<()> {
        let contested = std::mem::take(&mut self.references.contested);
        if contested.is_empty() {
            return Ok(());
        }
        let mut owners: BTreeMap<Phys, Vec<String>> = BTreeMap::new();
        self.all(&mut |walk, _, object| {
            let Ok(tx) = DiskTx::begin(walk.core, object) else { return Ok(()) };
            for (&part, state) in &tx.state.parts {
                let Ok(map) = state.map(&walk.core.catalog) else { continue };
                for (block, entry) in map.all().filter(|(_, entry)| contested.contains(&entry.phys)) {
                    let name = ops::HeadOr(part);
                    owners
                        .entry(entry.phys)
                        .or_default()
                        .push(format!("{object:?} {name} at {}", block * BLOCK as u64));
                }
            }
            Ok(())
        })?;
        for (block, owners) in owners {
            let what = format!("the block is used by several objects: {}", owners.join(", "));
            let offset = u64::from(block) * BLOCK as u64;
            self.findings.push(Finding::of_file(space::NAME, offset, what));
        }
        Ok(())
    }

    /// Rows that are nobody's.
    fn rows(&mut self) {
        for (omaps, table) in [(false, "block maps"), (true, "omaps")] {
            let mut stray = Vec::new();
            let listed = self.core.catalog.row_ids(omaps, &mut |id| {
                if !self.ids.contains(&id) {
                    stray.push(id);
                }
            });
            if listed.is_err() {
                let what = format!("the rows of {table} cannot all be listed");
                self.findings.push(Finding::of_file(catalog::NAME, None, what));
            }
            for id in stray {
                let what = format!("rows of {table} under the id {id} belong to no object");
                self.findings.push(Finding::of_file(catalog::NAME, None, what));
            }
        }
    }

    /// What is counted, against what was found.
    fn counters(&mut self) {
        let counted = self.core.usage.lock().clone();
        self.usage.retain(|_, usage| *usage != Usage::default());
        let pools: BTreeSet<i64> = self.usage.keys().chain(counted.keys()).copied().collect();
        for pool in pools {
            let get = |of: &BTreeMap<i64, Usage>| of.get(&pool).copied().unwrap_or_default();
            let (found, counted) = (get(&self.usage), get(&counted));
            if found != counted {
                let what = format!("usage of pool {pool} is {found:?}, counted {counted:?}");
                self.findings.push(Finding::of_file(catalog::NAME, None, what));
            }
        }
        let (bits, shared) = self.core.space.snapshot();
        let beyond = self.references.words().filter(|&word| word >= bits.len());
        // Leaks come in runs.
        let mut leak: Option<(Phys, Phys)> = None;
        for word in (0..bits.len()).chain(beyond) {
            let used = bits.get(word).copied().unwrap_or(0);
            let seen = self.references.word(word) | u64::from(word == 0);
            for bit in (0..64).filter(|bit| (used ^ seen) >> bit & 1 != 0) {
                let block = (word * 64 + bit) as Phys;
                match &mut leak {
                    Some((_, last)) if used >> bit & 1 != 0 && *last + 1 == block => *last = block,
                    _ if used >> bit & 1 != 0 => {
                        self.leaked(leak);
                        leak = Some((block, block));
                    }
                    _ => {
                        let what = format!("block {block} is used, but counts as free");
                        let offset = u64::from(block) * BLOCK as u64;
                        self.findings.push(Finding::of_file(space::NAME, offset, what));
                    }
                }
            }
        }
        self.leaked(leak);
        let several: BTreeSet<Phys> = shared.keys().chain(self.references.more.keys()).copied().collect();
        for block in several {
            let (found, counted) = (self.references.count(block), shared.get(&block).copied().unwrap_or(1));
            if found != counted && found != 0 {
                let what = format!("block {block} has {found} references, counted {counted}");
                let offset = u64::from(block) * BLOCK as u64;
                self.findings.push(Finding::of_file(space::NAME, offset, what));
            }
        }
    }

    fn leaked(&mut self, run: Option<(Phys, Phys)>) {
        let Some((first, last)) = run else { return };
        let count = last - first + 1;
        let what =
            format!("leaked: {count} blocks from block {first} on count as used, but nothing refers to them");
        self.findings.push(Finding::of_file(space::NAME, u64::from(first) * BLOCK as u64, what));
    }
}
