//! Creating, deleting and renaming pools, and changing their records.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use disk::Engine;
use ops::{Errno, Result};

use super::record::NEXT_ID;
use super::{Pool, PoolRecord, PoolState, Pools};

impl Pools {
    /// `-EEXIST` where the name is taken, `-ENOENT` where there is no such rule.
    pub fn create(&self, engine: &dyn Engine, name: &str, crush_rule: Option<u8>) -> Result<i64> {
        let _changing = self.changing.lock();
        if self.named(name).is_some() {
            return Err(Errno::EEXIST);
        }
        // There is one rule.
        if crush_rule.is_some_and(|rule| rule != 0) {
            return Err(Errno::ENOENT);
        }
        let id = match engine.meta_get(NEXT_ID) {
            Some(next) => i64::from_le_bytes(next.as_ref().try_into().map_err(|_| Errno::EIO)?),
            None => 1,
        };
        let record = PoolRecord::new(id, name, crush_rule.unwrap_or(0));
        let next = Bytes::copy_from_slice(&(id + 1).to_le_bytes());
        engine.meta_update(vec![
            (Bytes::from_static(NEXT_ID), Some(next)),
            (PoolRecord::key(id), Some(record.encode()?)),
        ])?;
        self.insert(Pool::new(record));
        tracing::info!(target: "store", "created pool {id} '{name}'");
        Ok(id)
    }

    /// Removes a pool with all its objects; durable on return.
    pub fn delete(&self, engine: &dyn Engine, name: &str) -> Result<i64> {
        let _changing = self.changing.lock();
        let pool = self.named(name).ok_or(Errno::ENOENT)?;
        let mut record = pool.state().record.clone();
        if record.nodelete {
            return Err(Errno::EPERM);
        }
        if self.all().iter().any(|other| other.state().record.tier_of == Some(pool.id))
            || record.tier_of.is_some()
        {
            return Err(Errno::EBUSY);
        }
        record.deleted = true;
        engine.meta_update(vec![(PoolRecord::key(pool.id), Some(record.encode()?))])?;
        // From here on the pool is gone, also where a crash interrupts the removal of its objects.
        let mut left = BTreeMap::clone(&self.by_id.load());
        left.remove(&pool.id);
        self.by_id.store(Arc::new(left));
        *pool.gate.write() = true;
        self.finish_deletion(engine, pool.id)?;
        tracing::info!(target: "store", "deleted pool {} '{name}'", pool.id);
        Ok(pool.id)
    }

    /// The second half of a deletion; repeated at the next open where a crash came between.
    pub fn finish_deletion(&self, engine: &dyn Engine, id: i64) -> Result<()> {
        engine.remove_pool(id)?;
        engine.meta_update(vec![(PoolRecord::key(id), None), (super::traffic_key(id), None)])
    }

    pub fn rename(&self, engine: &dyn Engine, from: &str, to: &str) -> Result<()> {
        if self.named(to).is_some() {
            return Err(Errno::EEXIST);
        }
        let id = self.named(from).ok_or(Errno::ENOENT)?.id;
        self.change(engine, id, |record| {
            record.name = to.to_owned();
            Ok(())
        })
    }

    /// Changes a pool's record: durable, then visible. Nothing happens where `edit` fails.
    pub fn change<T>(
        &self,
        engine: &dyn Engine,
        id: i64,
        edit: impl FnOnce(&mut PoolRecord) -> Result<T>,
    ) -> Result<T> {
        let _changing = self.changing.lock();
        let pool = self.get(id)?;
        let mut record = pool.state().record.clone();
        let answer = edit(&mut record)?;
        engine.meta_update(vec![(PoolRecord::key(id), Some(record.encode()?))])?;
        pool.state.store(Arc::new(PoolState::new(record)));
        Ok(answer)
    }

    fn insert(&self, pool: Arc<Pool>) {
        let mut pools = BTreeMap::clone(&self.by_id.load());
        pools.insert(pool.id, pool);
        self.by_id.store(Arc::new(pools));
    }
}
