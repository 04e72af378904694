//! What is done to a store that no program has open: looking it over, and carrying pools from one to another.

mod check;
mod dump;
mod export;
pub(crate) mod import;
pub(crate) mod stream;

use std::path::Path;
use std::time::Duration;

use disk::{DiskEngine, Engine, Inspector};
use ops::Errno;

pub use check::{Report, check};
pub use disk::Progress;
pub use dump::{Dump, ExtentDump, FrameDump, ObjectDump, PartDump, PoolDump, RecordDump, StoreDump};
pub use export::export;
pub use import::{Imported, import};
pub use stream::{Totals, VERSION as STREAM_VERSION};

use crate::pool::PoolRecord;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Store(#[from] Errno),
    /// Of the stream.
    #[error("the stream: {0}")]
    Io(#[from] std::io::Error),
    /// The stream is damaged, ends early, or is none.
    #[error("the stream is no good: {0}; nothing was imported")]
    Stream(String),
    #[error("{0}")]
    Refused(String),
}

type Result<T> = std::result::Result<T, Error>;

/// Tells how far something is.
pub type Watcher<'a> = &'a mut dyn FnMut(Progress);

/// A store as it is, for reading.
struct Opened {
    inspector: Inspector,
    engine: std::sync::Arc<DiskEngine>,
}

impl Opened {
    fn open(dir: &Path, wait: Duration) -> Result<Opened> {
        let inspector = Inspector::open(dir, wait)?;
        let engine = inspector.engine()?;
        Ok(Opened { inspector, engine })
    }
}

/// The pools of a store, ascending by id; also those that are being deleted.
fn pools(engine: &dyn Engine) -> ops::Result<Vec<PoolRecord>> {
    let records = engine.meta_scan(crate::pool::KEY_PREFIX);
    records.iter().map(|(_, value)| PoolRecord::decode(value)).collect()
}

/// By its name, or by its id as a number.
fn find_pool(engine: &dyn Engine, name: &str) -> Result<PoolRecord> {
    let mut pools = pools(engine)?;
    pools.retain(|pool| !pool.deleted && !pool.importing);
    let at = pools.iter().position(|pool| pool.name == name);
    match at.or_else(|| pools.iter().position(|pool| name.parse() == Ok(pool.id))) {
        Some(at) => Ok(pools.swap_remove(at)),
        None => Err(Error::Refused(format!("there is no pool '{name}'"))),
    }
}
