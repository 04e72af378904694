//! What every [`ops::ObjectStore`] must do, run on the embedded store over the engines there are.

#[macro_use]
mod bench;
mod classes;
mod commands;
mod data;
mod pools;
mod snaps;
mod watches;

/// Runs the suite over one engine: `$new` makes a [`bench::Bench`].
macro_rules! suite {
    ($name:ident, $new:expr, $($family:ident { $($case:ident)* })*) => {
        mod $name {
            $(mod $family {
                $(#[test]
                fn $case() {
                    crate::$family::$case(&$new);
                })*
            })*
        }
    };
}

macro_rules! on_every_engine {
    ($($body:tt)*) => {
        suite!(model, crate::bench::Bench::model(), $($body)*);
        suite!(disk, crate::bench::Bench::disk(), $($body)*);
    };
}

on_every_engine! {
    data {
        reads_what_was_written
        missing_objects
        guards
        create_and_remove
        extents_and_limits
        xattrs
        omap
        failing_op_drops_everything
    }
    pools {
        created_found_deleted
        namespaces_and_listing
        applications
        deleted_under_load
    }
    snaps {
        clones_keep_the_past
        removed_heads_keep_their_clones
        pool_snapshots
        removal_trims_the_clones
        like_a_naive_model
    }
    classes {
        methods_run_in_the_transaction
        writes_return_data_when_asked
        checksums
        legacy_maps
    }
    commands {
        tell_of_the_store
        look_after_pools
        keep_settings
        shut_clients_out
    }
    watches {
        everyone_is_asked
        silence_times_out
        removal_disconnects
        handlers_may_call_back
        unwatch_waits_for_the_handler
        under_load
    }
}
