//! The OSD map: a cluster's pools and OSDs, and which OSDs hold an object.
//!
//! Monitors send it whole ([`OsdMap::decode`]) and then by differences ([`OsdMap::apply_incremental`]). From an object's
//! name to its OSDs:
//!
//! 1. [`OsdMap::object_to_raw_pg`]: the hash of namespace, locator key or name;
//! 2. [`OsdMap::raw_pg_to_pg`]: folded to the pool's number of placement groups;
//! 3. [`OsdMap::pg_to_up_acting`]: CRUSH, the exceptions that operators and balancer set, which OSDs are up, and the temporary
//!    sets that OSDs ask for while data moves.
//!
//! Maps of Ceph 0.81 and later are read; what only OSDs need of them is checked and dropped. The bytes come from the network:
//! decoding allocates in proportion to the input, and a map that contradicts itself is refused as a whole.

#![forbid(unsafe_code)]

mod apply;
mod blocklist;
mod decode;
mod error;
mod flags;
#[cfg(feature = "fuzzing")]
pub mod fuzz;
mod incremental;
mod map;
mod pg;
mod placement;
mod pool;
mod seal;
mod snaps;
mod wire;

pub use blocklist::Blocklist;
pub use crush::{CrushMap, ITEM_NONE, Items};
pub use error::MapError;
pub use flags::{MapFlags, OsdState, PoolFlags, Release};
pub use incremental::Incremental;
pub use map::{Fsid, Osd, OsdMap, Ratios};
pub use pg::{Pg, stable_mod};
pub use placement::UpActing;
pub use pool::{Pool, PoolKind, PoolSnap};
pub use snaps::SnapSet;

/// Number of a map; each change to the map makes the next.
pub type Epoch = u32;
