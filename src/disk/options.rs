//! How a store is made and opened.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct CreateOptions {
    /// Bytes of a segment of the log: a multiple of 4096, at least 65536.
    pub segment: u32,
}

impl Default for CreateOptions {
    fn default() -> CreateOptions {
        CreateOptions { segment: 1 << 20 }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// How long to wait for another owner of the store.
    pub lock_timeout: Duration,
    /// The most bytes the log may take.
    pub log_capacity: u64,
    /// Bytes of payload that may wait in memory and log before they are put in their place. Writers wait at twice as
    /// many.
    pub overlay_soft: u64,
    /// Bytes that may wait for the log before those who commit more have to wait.
    pub backlog: usize,
    /// Small overwrites keep their blocks, by way of the log, while no more bytes than this wait for it; behind a longer
    /// queue they move to new blocks, gathered.
    pub in_place_backlog: u64,
    /// Bytes of the file system that data leaves for the log and the checkpoint.
    pub reserve: u64,
    /// Data may fill so much of the file system, by whomever; then writers get `-ENOSPC`. As `mon osd full ratio`.
    pub full_ratio: f64,
    /// Free bytes of the data file that are kept for what will be written; the file system gets the rest back.
    pub spare: u64,
    /// Objects changed since the last checkpoint that bring on the next one. Writers wait at four times as many.
    pub dirty_objects: usize,
    /// Bytes of memory that objects may take although nobody uses them: their maps of blocks, omaps and attributes.
    pub cached: usize,
    /// The store is only looked at: what the log has beyond the checkpoint is done again in memory, and stays there.
    pub look: bool,
    /// Commit, checkpoint and read on threads of the engine. Without, all is done by the callers: for tests that want
    /// to repeat what happened.
    pub threads: bool,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions {
            lock_timeout: Duration::ZERO,
            log_capacity: 256 << 20,
            overlay_soft: 32 << 20,
            backlog: 32 << 20,
            in_place_backlog: u64::MAX,
            reserve: 64 << 20,
            full_ratio: 0.95,
            spare: 256 << 20,
            dirty_objects: 16_384,
            cached: 256 << 20,
            look: false,
            threads: true,
        }
    }
}
