//! Reading and writing.

mod discard;
mod flush;
mod gather;
mod read;
mod sync;
mod write;
mod writesame;

pub(crate) use sync::Memory;
pub use write::Mismatch;
pub use writesame::WRITE_ZEROES_THICK_PROVISION;
