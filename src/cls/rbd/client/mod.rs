//! Calls of the class's methods: one function each, which the RBD engine puts into its requests.

mod directory;
mod group;
mod header;
mod metadata;
mod migration;
mod mirror;
mod mirror_status;
mod object_map;
mod old_format;
mod parent;
mod snapshot;
mod trash;

pub use directory::*;
pub use group::*;
pub use header::*;
pub use metadata::*;
pub use migration::*;
pub use mirror::*;
pub use mirror_status::*;
pub use object_map::*;
pub use old_format::*;
pub use parent::*;
pub use snapshot::*;
pub use trash::*;

use denc::{Decode, Encode};

use crate::call::Call;

fn call<R: Decode>(method: &'static str, input: impl Encode) -> Call<R> {
    Call::new("rbd", method, &input)
}
