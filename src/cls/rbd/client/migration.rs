//! Calls on the header of an image that migrates.

use super::call;
use crate::call::Call;
use crate::rbd::migration::{MigrationSpec, MigrationState};

/// `-EEXIST` where a migration is under way.
pub fn migration_set(spec: &MigrationSpec) -> Call<()> {
    call("migration_set", spec)
}

/// `-EINVAL` where none is.
pub fn migration_get() -> Call<MigrationSpec> {
    call("migration_get", ())
}

pub fn migration_set_state(state: MigrationState, description: &[u8]) -> Call<()> {
    call("migration_set_state", (state, description))
}

pub fn migration_remove() -> Call<()> {
    call("migration_remove", ())
}
