//! The class's methods, by what they work on.

mod children;
mod data;
mod directory;
mod header;
mod metadata;
mod namespaces;
mod old_format;
mod op_features;
mod parent;
mod snapshot;
mod snapshot_rows;
mod trash;

use crate::method::methods;

methods! { "rbd" {
    rw "create" => header::create,
    r "get_features" => header::get_features,
    rw "set_features" => header::set_features,
    r "get_all_features" => header::get_all_features,
    r "get_size" => header::get_size,
    rw "set_size" => header::set_size,
    r "get_object_prefix" => header::get_object_prefix,
    r "get_data_pool" => header::get_data_pool,
    r "get_stripe_unit_count" => header::get_stripe_unit_count,
    rw "set_stripe_unit_count" => header::set_stripe_unit_count,
    r "get_create_timestamp" => header::get_create_timestamp,
    r "get_access_timestamp" => header::get_access_timestamp,
    r "get_modify_timestamp" => header::get_modify_timestamp,
    rw "set_access_timestamp" => header::set_access_timestamp,
    rw "set_modify_timestamp" => header::set_modify_timestamp,
    r "get_flags" => header::get_flags,
    rw "set_flags" => header::set_flags,
    r "op_features_get" => op_features::get,
    rw "op_features_set" => op_features::set,
    r "get_snapcontext" => snapshot::get_snapcontext,
    r "get_snapshot_name" => snapshot::get_name,
    r "get_snapshot_timestamp" => snapshot::get_timestamp,
    r "snapshot_get" => snapshot::get,
    rw "snapshot_add" => snapshot::add,
    rw "snapshot_remove" => snapshot::remove,
    rw "snapshot_rename" => snapshot::rename,
    rw "snapshot_trash_add" => snapshot::trash_add,
    r "snapshot_get_limit" => snapshot::get_limit,
    rw "snapshot_set_limit" => snapshot::set_limit,
    r "get_protection_status" => snapshot::get_protection_status,
    rw "set_protection_status" => snapshot::set_protection_status,
    r "get_parent" => parent::get_legacy,
    rw "set_parent" => parent::set_legacy,
    rw "remove_parent" => parent::remove_legacy,
    r "parent_get" => parent::get,
    r "parent_overlap_get" => parent::get_overlap,
    rw "parent_attach" => parent::attach,
    rw "parent_detach" => parent::detach,
    rw "child_attach" => children::attach,
    rw "child_detach" => children::detach,
    r "children_list" => children::list,
    rw "add_child" => children::add_legacy,
    rw "remove_child" => children::remove_legacy,
    r "get_children" => children::list_legacy,
    r "metadata_list" => metadata::list,
    rw "metadata_set" => metadata::set,
    rw "metadata_remove" => metadata::remove,
    r "metadata_get" => metadata::get,
    r "get_id" => data::get_id,
    rw "set_id" => data::set_id,
    rw "copyup" => data::copyup,
    rw "sparse_copyup" => data::sparse_copyup,
    rw "sparsify" => data::sparsify,
    rw "assert_snapc_seq" => data::assert_snapc_seq,
    r "dir_get_id" => directory::get_id,
    r "dir_get_name" => directory::get_name,
    r "dir_list" => directory::list,
    rw "dir_add_image" => directory::add_image,
    rw "dir_remove_image" => directory::remove_image,
    rw "dir_rename_image" => directory::rename_image,
    r "dir_state_assert" => directory::state_assert,
    rw "dir_state_set" => directory::state_set,
    rw "namespace_add" => namespaces::add,
    rw "namespace_remove" => namespaces::remove,
    r "namespace_list" => namespaces::list,
    rw "trash_add" => trash::add,
    rw "trash_remove" => trash::remove,
    r "trash_list" => trash::list,
    r "trash_get" => trash::get,
    rw "trash_state_set" => trash::state_set,
    r "snap_list" => old_format::list,
    rw "snap_add" => old_format::add,
    rw "snap_remove" => old_format::remove,
    rw "snap_rename" => old_format::rename,
}}
