//! One owner at a time: an open-file-description lock on a file of the store's directory, which holds the owner's
//! process id as text. The lock ends with the process, however it ends.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use ops::{Errno, Result};

use crate::direct::try_lock;

const NAME: &str = "lock";
const POLL: Duration = Duration::from_millis(10);

/// Held for as long as the store is open.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Waits up to `timeout` for the current owner to go away; then `-EBUSY`, with a log line that names it.
    pub fn acquire(dir: &Path, timeout: Duration) -> Result<StoreLock> {
        let path = dir.join(NAME);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let deadline = Instant::now() + timeout;
        while !try_lock(&file)? {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let mut owner = String::new();
                let _ = file.read_to_string(&mut owner);
                let owner = owner.trim();
                let owner = if owner.is_empty() { "unknown" } else { owner };
                tracing::error!(target: "store", "store {} is in use by process {owner}", dir.display());
                return Err(Errno::EBUSY);
            }
            std::thread::sleep(left.min(POLL));
        }
        let owner = format!("{}\n", std::process::id());
        file.set_len(0)?;
        file.write_all_at(owner.as_bytes(), 0)?;
        Ok(StoreLock { _file: file })
    }
}
