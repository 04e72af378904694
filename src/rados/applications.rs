//! Which applications a pool is for, and what they keep with it.

use ops::{Errno, Result};

use crate::cluster::wait;
use crate::ioctx::IoCtx;

impl IoCtx {
    /// Says that `application` uses this pool. `force`: also where another one does, which is `-EPERM`
    /// otherwise.
    pub fn application_enable(&self, application: &str, force: bool) -> Result<()> {
        wait(|done| self.store().application_enable(self.pool(), application, force, done))
    }

    pub fn applications(&self) -> Result<Vec<String>> {
        Ok(self.pool_info()?.applications.iter().map(|(name, _)| name.clone()).collect())
    }

    /// All that an application keeps with the pool. `-ENOENT` where it does not use it.
    pub fn application_metadata(&self, application: &str) -> Result<Vec<(String, String)>> {
        let pool = self.pool_info()?;
        let found = pool.applications.iter().find(|(name, _)| name == application);
        found.map(|(_, metadata)| metadata.clone()).ok_or(Errno::ENOENT)
    }

    /// `-ENOENT` where the application or the key is not there.
    pub fn application_get(&self, application: &str, key: &str) -> Result<String> {
        let metadata = self.application_metadata(application)?;
        metadata.into_iter().find(|(name, _)| name == key).map(|(_, value)| value).ok_or(Errno::ENOENT)
    }

    pub fn application_set(&self, application: &str, key: &str, value: &str) -> Result<()> {
        wait(|done| self.store().application_set(self.pool(), application, key, Some(value), done))
    }

    pub fn application_remove(&self, application: &str, key: &str) -> Result<()> {
        wait(|done| self.store().application_set(self.pool(), application, key, None, done))
    }
}
