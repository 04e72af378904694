//! Checks that what the engine believes fits together: every checksum, every reference to a block, every counter.

use std::collections::{BTreeMap, HashMap};

use ops::{HeadOr, ObjectRef, Result, Sink};

use crate::api::Usage;
use crate::catalog::add;
use crate::engine::DiskEngine;
use crate::read::{Origin, locate};
use crate::tx::DiskTx;
use crate::{BLOCK, Phys};

/// Bytes read at once.
const STEP: u64 = 1 << 20;

/// Reads are for their checksums only.
struct Nowhere;

impl Sink for Nowhere {
    fn capacity(&self) -> usize {
        usize::MAX
    }
    fn put(&mut self, _: usize, _: &[u8]) {}
    fn zero(&mut self, _: usize, _: usize) {}
}

impl DiskEngine {
    /// Reads everything; what is wrong, in words, an entry each. Nothing else may use the store meanwhile.
    pub fn audit(&self) -> Result<Vec<String>> {
        let core = self.core();
        core.wait_durable(core.queue.last_seq())?;
        let mut findings = Vec::new();
        let mut references: HashMap<Phys, u32> = HashMap::new();
        let mut usage: BTreeMap<i64, Usage> = BTreeMap::new();
        for (key, object) in core.all_objects()? {
            let damaged = |what: String| format!("{object:?}: {what}");
            if crate::rows::object_key(&object) != key {
                findings.push(damaged("its key is not its name's".into()));
            }
            match self.audit_object(&object, &mut references, &mut findings) {
                Ok(found) => add(usage.entry(object.pool).or_default(), &found),
                Err(err) => findings.push(damaged(format!("{err}"))),
            }
        }
        let counted = core.usage.lock().clone();
        usage.retain(|_, usage| *usage != Usage::default());
        if usage != counted {
            findings.push(format!("usage is {usage:?}, counted {counted:?}"));
        }
        let (bits, shared) = core.space.snapshot();
        for (word, &bits) in bits.iter().enumerate() {
            for bit in (0..64).filter(|bit| bits >> bit & 1 != 0) {
                let block = (word * 64 + bit) as Phys;
                let counted = shared.get(&block).copied().unwrap_or(1);
                let found = references.remove(&block).unwrap_or(0);
                if block != 0 && found != counted {
                    findings.push(format!("block {block} has {found} references, counted {counted}"));
                }
            }
        }
        findings.extend(references.keys().map(|block| format!("block {block} is used, but counted as free")));
        Ok(findings)
    }

    fn audit_object(
        &self,
        object: &ObjectRef,
        references: &mut HashMap<Phys, u32>,
        findings: &mut Vec<String>,
    ) -> Result<Usage> {
        let core = self.core();
        let tx = DiskTx::begin(core, object)?;
        let mut own: HashMap<Phys, u32> = HashMap::new();
        for (&part, state) in &tx.state.parts {
            state.omap(&core.catalog)?;
            for (block, entry) in state.map(&core.catalog)?.all() {
                *own.entry(entry.phys).or_default() += 1;
                if block * BLOCK as u64 >= state.size {
                    findings.push(format!("{object:?} {}: block {block} is past the end", HeadOr(part)));
                }
            }
            let mut off = 0;
            while off < state.size {
                let len = STEP.min(state.size - off);
                let origin = Origin { object, part, off };
                for segment in locate(&tx.state, part, off, len, &core.catalog)? {
                    if let Err(err) = core.fetch(&segment, &mut Nowhere, &origin, false) {
                        findings.push(format!("{object:?} {}: within {off}~{len}: {err}", HeadOr(part)));
                    }
                }
                // Holes of any size are skipped at once.
                off = state
                    .map(&core.catalog)?
                    .range((off + len) / BLOCK as u64, u64::MAX)
                    .next()
                    .map_or(state.size, |(block, _)| (block * BLOCK as u64).max(off + len));
            }
        }
        let mut usage = tx.state.usage();
        if usage.allocated != (own.len() * BLOCK) as u64 {
            findings.push(format!("{object:?}: {} blocks, counted {} bytes", own.len(), usage.allocated));
            usage.allocated = (own.len() * BLOCK) as u64;
        }
        for (block, count) in own {
            if references.insert(block, count).is_some() {
                findings.push(format!("{object:?}: block {block} is another object's too"));
            }
        }
        Ok(usage)
    }
}
