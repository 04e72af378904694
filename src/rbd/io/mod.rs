//! Reading and writing.

mod copyup;
mod discard;
mod flush;
mod gather;
mod read;
mod sync;
mod write;
mod writesame;

pub(crate) use discard::discard_op;
pub(crate) use gather::Gather;
pub(crate) use sync::Memory;
pub use write::Mismatch;
pub(crate) use write::{Change, Kind};
pub use writesame::WRITE_ZEROES_THICK_PROVISION;
