//! One owner at a time: an open-file-description lock on a file of the store's directory, which holds the owner's
//! process id as text. The lock ends with the process, however it ends.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use ops::{Errno, Result};

use crate::direct::try_lock;

const NAME: &str = "lock";
const POLL: Duration = Duration::from_millis(10);
/// How long to wait without a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// Held for as long as the store is open.
#[derive(Debug)]
pub struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Waits up to `timeout` for the current owner to go away; then `-EBUSY`, with a log line that names it.
    pub fn acquire(dir: &Path, timeout: Duration) -> Result<StoreLock> {
        let path = dir.join(NAME);
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        wait_for(&file, dir, timeout, false)?;
        let own = format!("{}\n", std::process::id());
        file.set_len(0)?;
        file.write_all_at(own.as_bytes(), 0)?;
        Ok(StoreLock { _file: file })
    }

    /// Keeps owners away without becoming one: others may do the same, and nothing is written. `None` where nobody has
    /// ever owned the store, as with a copy of its files.
    pub fn share(dir: &Path, timeout: Duration) -> Result<Option<StoreLock>> {
        let file = match File::open(dir.join(NAME)) {
            Ok(file) => file,
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(err) => return Err(err.into()),
        };
        wait_for(&file, dir, timeout, true)?;
        Ok(Some(StoreLock { _file: file }))
    }
}

fn wait_for(file: &File, dir: &Path, timeout: Duration, share: bool) -> Result<()> {
    let started = Instant::now();
    let mut told = false;
    while !try_lock(file, share)? {
        let left = timeout.saturating_sub(started.elapsed());
        if left.is_zero() {
            tracing::error!(target: "store", "store {} is in use by process {}", dir.display(), owner(file));
            return Err(Errno::EBUSY);
        }
        // Timeouts are long: whoever looks at a program that seems to hang should learn why.
        if !told && started.elapsed() >= PATIENCE {
            told = true;
            tracing::error!(
                target: "store",
                "store {} is in use by process {}: waiting {} s for it to let go",
                dir.display(),
                owner(file),
                left.as_secs()
            );
        }
        std::thread::sleep(left.min(POLL));
    }
    Ok(())
}

/// The process id in the file.
fn owner(file: &File) -> String {
    let mut text = [0; 20];
    let len = file.read_at(&mut text, 0).unwrap_or(0);
    let text = String::from_utf8_lossy(text.get(..len).unwrap_or_default());
    if text.trim().is_empty() { "unknown".into() } else { text.trim().into() }
}
