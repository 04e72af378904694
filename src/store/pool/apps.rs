//! Application tags of pools, with the monitors' limits and errors.

use disk::Engine;
use ops::{Errno, Result};

use super::Pools;

const MAX_APPLICATIONS: usize = 4;
const MAX_KEYS: usize = 64;
const MAX_LENGTH: usize = 128;

impl Pools {
    /// `-EPERM` where the pool has another application and `force` is not given.
    pub fn application_enable(&self, engine: &dyn Engine, pool: i64, app: &str, force: bool) -> Result<()> {
        if app.is_empty() || app.len() > MAX_LENGTH {
            return Err(Errno::EINVAL);
        }
        self.change(engine, pool, |record| {
            if record.applications.contains_key(app) {
                return Ok(());
            }
            if !record.applications.is_empty() && !force {
                return Err(Errno::EPERM);
            }
            if record.applications.len() >= MAX_APPLICATIONS {
                return Err(Errno::EINVAL);
            }
            record.applications.insert(app.to_owned(), Default::default());
            Ok(())
        })
    }

    pub fn application_disable(&self, engine: &dyn Engine, pool: i64, app: &str) -> Result<()> {
        self.change(engine, pool, |record| {
            record.applications.remove(app);
            Ok(())
        })
    }

    /// `-ENOENT` where the application is not enabled; `None` removes a key, which need not exist.
    pub fn application_set(
        &self,
        engine: &dyn Engine,
        pool: i64,
        app: &str,
        key: &str,
        value: Option<&str>,
    ) -> Result<()> {
        if key.is_empty() || key.len() > MAX_LENGTH || value.is_some_and(|value| value.len() > MAX_LENGTH) {
            return Err(Errno::EINVAL);
        }
        self.change(engine, pool, |record| {
            let keys = record.applications.get_mut(app).ok_or(Errno::ENOENT)?;
            match value {
                None => keys.remove(key),
                Some(_) if keys.len() >= MAX_KEYS && !keys.contains_key(key) => return Err(Errno::EINVAL),
                Some(value) => keys.insert(key.to_owned(), value.to_owned()),
            };
            Ok(())
        })
    }
}
