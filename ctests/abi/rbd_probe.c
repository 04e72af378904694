/* Every constant, enumerator, struct size and field offset of librbd.h and features.h. What it prints must be the
 * same whether it is compiled against Ceph's headers or this project's. PROBE_RELEASE (16, 18 or 20) leaves out
 * what that release of Ceph does not have yet. */
#include <stddef.h>
#include <stdio.h>

#include <rados/librados.h>
#include <rbd/librbd.h>

#ifndef PROBE_RELEASE
#define PROBE_RELEASE 20
#endif

#define VALUE(name) printf(#name " %lld %zu\n", (long long)(name), sizeof(name))
#define TEXT(name) printf(#name " \"%s\"\n", name)
#define SIZE(type) printf("sizeof " #type " %zu\n", sizeof(type))
#define FIELD(type, field) printf(#type "." #field " at %zu of %zu\n", offsetof(type, field), sizeof(((type *)0)->field))

int main(void)
{
	VALUE(LIBRBD_VER_MAJOR);
	VALUE(LIBRBD_VER_EXTRA);
	VALUE(LIBRBD_SUPPORTS_AIO_FLUSH);
	VALUE(LIBRBD_SUPPORTS_AIO_OPEN);
	VALUE(LIBRBD_SUPPORTS_COMPARE_AND_WRITE);
#if PROBE_RELEASE >= 18
	VALUE(LIBRBD_SUPPORTS_COMPARE_AND_WRITE_IOVEC);
#endif
	VALUE(LIBRBD_SUPPORTS_LOCKING);
	VALUE(LIBRBD_SUPPORTS_INVALIDATE);
	VALUE(LIBRBD_SUPPORTS_IOVEC);
	VALUE(LIBRBD_SUPPORTS_WATCH);
	VALUE(LIBRBD_SUPPORTS_WRITESAME);
	VALUE(LIBRBD_SUPPORTS_WRITE_ZEROES);
	VALUE(LIBRBD_SUPPORTS_ENCRYPTION);
#if PROBE_RELEASE >= 18
	VALUE(LIBRBD_SUPPORTS_ENCRYPTION_LOAD2);
#endif
#if PROBE_RELEASE >= 20
	VALUE(LIBRBD_SUPPORTS_GROUP_SNAP_GET_INFO);
#endif
#if PROBE_RELEASE >= 18
	VALUE(LIBRBD_SUPPORTS_DIFF_ITERATE3);
#endif
	VALUE(RBD_FLAG_OBJECT_MAP_INVALID);
	VALUE(RBD_FLAG_FAST_DIFF_INVALID);
	TEXT(RBD_MIRROR_IMAGE_STATUS_LOCAL_MIRROR_UUID);
	VALUE(RBD_MAX_IMAGE_NAME_SIZE);
	VALUE(RBD_MAX_BLOCK_NAME_SIZE);
	VALUE(RBD_SNAP_CREATE_SKIP_QUIESCE);
	VALUE(RBD_SNAP_CREATE_IGNORE_QUIESCE_ERROR);
	VALUE(RBD_SNAP_REMOVE_UNPROTECT);
	VALUE(RBD_SNAP_REMOVE_FLATTEN);
	VALUE(RBD_SNAP_REMOVE_FORCE);
	TEXT(RBD_MIRROR_PEER_ATTRIBUTE_NAME_MON_HOST);
	TEXT(RBD_MIRROR_PEER_ATTRIBUTE_NAME_KEY);
	VALUE(RBD_SNAP_NAMESPACE_TYPE_USER);
	VALUE(RBD_SNAP_NAMESPACE_TYPE_GROUP);
	VALUE(RBD_SNAP_NAMESPACE_TYPE_TRASH);
	VALUE(RBD_SNAP_NAMESPACE_TYPE_MIRROR);
	SIZE(rbd_snap_namespace_type_t);
	VALUE(EVENT_TYPE_PIPE);
	VALUE(EVENT_TYPE_EVENTFD);
	VALUE(RBD_MIRROR_MODE_DISABLED);
	VALUE(RBD_MIRROR_MODE_IMAGE);
	VALUE(RBD_MIRROR_MODE_POOL);
#if PROBE_RELEASE >= 20
	VALUE(RBD_MIRROR_MODE_INIT_ONLY);
#endif
	SIZE(rbd_mirror_mode_t);
	VALUE(RBD_MIRROR_PEER_DIRECTION_RX);
	VALUE(RBD_MIRROR_PEER_DIRECTION_TX);
	VALUE(RBD_MIRROR_PEER_DIRECTION_RX_TX);
	SIZE(rbd_mirror_peer_direction_t);
	VALUE(RBD_MIRROR_IMAGE_MODE_JOURNAL);
	VALUE(RBD_MIRROR_IMAGE_MODE_SNAPSHOT);
	SIZE(rbd_mirror_image_mode_t);
	VALUE(RBD_MIRROR_IMAGE_DISABLING);
	VALUE(RBD_MIRROR_IMAGE_ENABLED);
	VALUE(RBD_MIRROR_IMAGE_DISABLED);
#if PROBE_RELEASE >= 20
	VALUE(RBD_MIRROR_IMAGE_CREATING);
#endif
	SIZE(rbd_mirror_image_state_t);
	VALUE(MIRROR_IMAGE_STATUS_STATE_UNKNOWN);
	VALUE(MIRROR_IMAGE_STATUS_STATE_ERROR);
	VALUE(MIRROR_IMAGE_STATUS_STATE_SYNCING);
	VALUE(MIRROR_IMAGE_STATUS_STATE_STARTING_REPLAY);
	VALUE(MIRROR_IMAGE_STATUS_STATE_REPLAYING);
	VALUE(MIRROR_IMAGE_STATUS_STATE_STOPPING_REPLAY);
	VALUE(MIRROR_IMAGE_STATUS_STATE_STOPPED);
	SIZE(rbd_mirror_image_status_state_t);
	VALUE(RBD_GROUP_IMAGE_STATE_ATTACHED);
	VALUE(RBD_GROUP_IMAGE_STATE_INCOMPLETE);
	SIZE(rbd_group_image_state_t);
	VALUE(RBD_GROUP_SNAP_STATE_INCOMPLETE);
	VALUE(RBD_GROUP_SNAP_STATE_COMPLETE);
	SIZE(rbd_group_snap_state_t);
#if PROBE_RELEASE >= 20
	VALUE(RBD_GROUP_SNAP_NAMESPACE_TYPE_USER);
	SIZE(rbd_group_snap_namespace_type_t);
#endif
	VALUE(RBD_SNAP_MIRROR_STATE_PRIMARY);
	VALUE(RBD_SNAP_MIRROR_STATE_PRIMARY_DEMOTED);
	VALUE(RBD_SNAP_MIRROR_STATE_NON_PRIMARY);
	VALUE(RBD_SNAP_MIRROR_STATE_NON_PRIMARY_DEMOTED);
	SIZE(rbd_snap_mirror_state_t);
	VALUE(RBD_LOCK_MODE_EXCLUSIVE);
	VALUE(RBD_LOCK_MODE_SHARED);
#if PROBE_RELEASE >= 20
	VALUE(RBD_LOCK_MODE_EXCLUSIVE_TRANSIENT);
#endif
	SIZE(rbd_lock_mode_t);
	VALUE(RBD_IMAGE_OPTION_FORMAT);
	VALUE(RBD_IMAGE_OPTION_FEATURES);
	VALUE(RBD_IMAGE_OPTION_ORDER);
	VALUE(RBD_IMAGE_OPTION_STRIPE_UNIT);
	VALUE(RBD_IMAGE_OPTION_STRIPE_COUNT);
	VALUE(RBD_IMAGE_OPTION_JOURNAL_ORDER);
	VALUE(RBD_IMAGE_OPTION_JOURNAL_SPLAY_WIDTH);
	VALUE(RBD_IMAGE_OPTION_JOURNAL_POOL);
	VALUE(RBD_IMAGE_OPTION_FEATURES_SET);
	VALUE(RBD_IMAGE_OPTION_FEATURES_CLEAR);
	VALUE(RBD_IMAGE_OPTION_DATA_POOL);
	VALUE(RBD_IMAGE_OPTION_FLATTEN);
	VALUE(RBD_IMAGE_OPTION_CLONE_FORMAT);
	VALUE(RBD_IMAGE_OPTION_MIRROR_IMAGE_MODE);
	VALUE(RBD_TRASH_IMAGE_SOURCE_USER);
	VALUE(RBD_TRASH_IMAGE_SOURCE_MIRRORING);
	VALUE(RBD_TRASH_IMAGE_SOURCE_MIGRATION);
	VALUE(RBD_TRASH_IMAGE_SOURCE_REMOVING);
	VALUE(RBD_TRASH_IMAGE_SOURCE_USER_PARENT);
	SIZE(rbd_trash_image_source_t);
	VALUE(RBD_IMAGE_MIGRATION_STATE_UNKNOWN);
	VALUE(RBD_IMAGE_MIGRATION_STATE_ERROR);
	VALUE(RBD_IMAGE_MIGRATION_STATE_PREPARING);
	VALUE(RBD_IMAGE_MIGRATION_STATE_PREPARED);
	VALUE(RBD_IMAGE_MIGRATION_STATE_EXECUTING);
	VALUE(RBD_IMAGE_MIGRATION_STATE_EXECUTED);
	VALUE(RBD_IMAGE_MIGRATION_STATE_ABORTING);
	SIZE(rbd_image_migration_state_t);
	VALUE(RBD_CONFIG_SOURCE_CONFIG);
	VALUE(RBD_CONFIG_SOURCE_POOL);
	VALUE(RBD_CONFIG_SOURCE_IMAGE);
	SIZE(rbd_config_source_t);
	VALUE(RBD_POOL_STAT_OPTION_IMAGES);
	VALUE(RBD_POOL_STAT_OPTION_IMAGE_PROVISIONED_BYTES);
	VALUE(RBD_POOL_STAT_OPTION_IMAGE_MAX_PROVISIONED_BYTES);
	VALUE(RBD_POOL_STAT_OPTION_IMAGE_SNAPSHOTS);
	VALUE(RBD_POOL_STAT_OPTION_TRASH_IMAGES);
	VALUE(RBD_POOL_STAT_OPTION_TRASH_PROVISIONED_BYTES);
	VALUE(RBD_POOL_STAT_OPTION_TRASH_MAX_PROVISIONED_BYTES);
	VALUE(RBD_POOL_STAT_OPTION_TRASH_SNAPSHOTS);
	SIZE(rbd_pool_stat_option_t);
	VALUE(RBD_WRITE_ZEROES_FLAG_THICK_PROVISION);
#if PROBE_RELEASE >= 18
	VALUE(RBD_DIFF_ITERATE_FLAG_INCLUDE_PARENT);
	VALUE(RBD_DIFF_ITERATE_FLAG_WHOLE_OBJECT);
#endif
	VALUE(RBD_ENCRYPTION_FORMAT_LUKS1);
	VALUE(RBD_ENCRYPTION_FORMAT_LUKS2);
#if PROBE_RELEASE >= 18
	VALUE(RBD_ENCRYPTION_FORMAT_LUKS);
#endif
	SIZE(rbd_encryption_format_t);
	VALUE(RBD_ENCRYPTION_ALGORITHM_AES128);
	VALUE(RBD_ENCRYPTION_ALGORITHM_AES256);
	SIZE(rbd_encryption_algorithm_t);
	SIZE(rbd_image_spec_t);
	FIELD(rbd_image_spec_t, id);
	FIELD(rbd_image_spec_t, name);
	SIZE(rbd_linked_image_spec_t);
	FIELD(rbd_linked_image_spec_t, pool_id);
	FIELD(rbd_linked_image_spec_t, pool_name);
	FIELD(rbd_linked_image_spec_t, pool_namespace);
	FIELD(rbd_linked_image_spec_t, image_id);
	FIELD(rbd_linked_image_spec_t, image_name);
	FIELD(rbd_linked_image_spec_t, trash);
	SIZE(rbd_snap_spec_t);
	FIELD(rbd_snap_spec_t, id);
	FIELD(rbd_snap_spec_t, namespace_type);
	FIELD(rbd_snap_spec_t, name);
	SIZE(rbd_snap_info_t);
	FIELD(rbd_snap_info_t, id);
	FIELD(rbd_snap_info_t, size);
	FIELD(rbd_snap_info_t, name);
	SIZE(rbd_child_info_t);
	FIELD(rbd_child_info_t, pool_name);
	FIELD(rbd_child_info_t, image_name);
	FIELD(rbd_child_info_t, image_id);
	FIELD(rbd_child_info_t, trash);
	SIZE(rbd_image_info_t);
	FIELD(rbd_image_info_t, size);
	FIELD(rbd_image_info_t, obj_size);
	FIELD(rbd_image_info_t, num_objs);
	FIELD(rbd_image_info_t, order);
	FIELD(rbd_image_info_t, block_name_prefix);
	FIELD(rbd_image_info_t, parent_pool);
	FIELD(rbd_image_info_t, parent_name);
	SIZE(rbd_mirror_peer_t);
	FIELD(rbd_mirror_peer_t, uuid);
	FIELD(rbd_mirror_peer_t, cluster_name);
	FIELD(rbd_mirror_peer_t, client_name);
	SIZE(rbd_mirror_peer_site_t);
	FIELD(rbd_mirror_peer_site_t, uuid);
	FIELD(rbd_mirror_peer_site_t, direction);
	FIELD(rbd_mirror_peer_site_t, site_name);
	FIELD(rbd_mirror_peer_site_t, mirror_uuid);
	FIELD(rbd_mirror_peer_site_t, client_name);
	FIELD(rbd_mirror_peer_site_t, last_seen);
	SIZE(rbd_mirror_image_info_t);
	FIELD(rbd_mirror_image_info_t, global_id);
	FIELD(rbd_mirror_image_info_t, state);
	FIELD(rbd_mirror_image_info_t, primary);
	SIZE(rbd_mirror_image_status_t);
	FIELD(rbd_mirror_image_status_t, name);
	FIELD(rbd_mirror_image_status_t, info);
	FIELD(rbd_mirror_image_status_t, state);
	FIELD(rbd_mirror_image_status_t, description);
	FIELD(rbd_mirror_image_status_t, last_update);
	FIELD(rbd_mirror_image_status_t, up);
	SIZE(rbd_mirror_image_site_status_t);
	FIELD(rbd_mirror_image_site_status_t, mirror_uuid);
	FIELD(rbd_mirror_image_site_status_t, state);
	FIELD(rbd_mirror_image_site_status_t, description);
	FIELD(rbd_mirror_image_site_status_t, last_update);
	FIELD(rbd_mirror_image_site_status_t, up);
	SIZE(rbd_mirror_image_global_status_t);
	FIELD(rbd_mirror_image_global_status_t, name);
	FIELD(rbd_mirror_image_global_status_t, info);
	FIELD(rbd_mirror_image_global_status_t, site_statuses_count);
	FIELD(rbd_mirror_image_global_status_t, site_statuses);
	SIZE(rbd_group_image_info_t);
	FIELD(rbd_group_image_info_t, name);
	FIELD(rbd_group_image_info_t, pool);
	FIELD(rbd_group_image_info_t, state);
	SIZE(rbd_group_info_t);
	FIELD(rbd_group_info_t, name);
	FIELD(rbd_group_info_t, pool);
#if PROBE_RELEASE >= 20
	SIZE(rbd_group_image_snap_info_t);
	FIELD(rbd_group_image_snap_info_t, image_name);
	FIELD(rbd_group_image_snap_info_t, pool_id);
	FIELD(rbd_group_image_snap_info_t, snap_id);
#endif
	SIZE(rbd_group_snap_info_t);
	FIELD(rbd_group_snap_info_t, name);
	FIELD(rbd_group_snap_info_t, state);
#if PROBE_RELEASE >= 20
	SIZE(rbd_group_snap_info2_t);
	FIELD(rbd_group_snap_info2_t, id);
	FIELD(rbd_group_snap_info2_t, name);
	FIELD(rbd_group_snap_info2_t, image_snap_name);
	FIELD(rbd_group_snap_info2_t, state);
	FIELD(rbd_group_snap_info2_t, namespace_type);
	FIELD(rbd_group_snap_info2_t, image_snaps_count);
	FIELD(rbd_group_snap_info2_t, image_snaps);
#endif
	SIZE(rbd_snap_group_namespace_t);
	FIELD(rbd_snap_group_namespace_t, group_pool);
	FIELD(rbd_snap_group_namespace_t, group_name);
	FIELD(rbd_snap_group_namespace_t, group_snap_name);
#if PROBE_RELEASE >= 20
	SIZE(rbd_snap_trash_namespace_t);
	FIELD(rbd_snap_trash_namespace_t, original_namespace_type);
	FIELD(rbd_snap_trash_namespace_t, original_name);
#endif
	SIZE(rbd_snap_mirror_namespace_t);
	FIELD(rbd_snap_mirror_namespace_t, state);
	FIELD(rbd_snap_mirror_namespace_t, mirror_peer_uuids_count);
	FIELD(rbd_snap_mirror_namespace_t, mirror_peer_uuids);
	FIELD(rbd_snap_mirror_namespace_t, complete);
	FIELD(rbd_snap_mirror_namespace_t, primary_mirror_uuid);
	FIELD(rbd_snap_mirror_namespace_t, primary_snap_id);
	FIELD(rbd_snap_mirror_namespace_t, last_copied_object_number);
	SIZE(rbd_trash_image_info_t);
	FIELD(rbd_trash_image_info_t, id);
	FIELD(rbd_trash_image_info_t, name);
	FIELD(rbd_trash_image_info_t, source);
	FIELD(rbd_trash_image_info_t, deletion_time);
	FIELD(rbd_trash_image_info_t, deferment_end_time);
	SIZE(rbd_image_watcher_t);
	FIELD(rbd_image_watcher_t, addr);
	FIELD(rbd_image_watcher_t, id);
	FIELD(rbd_image_watcher_t, cookie);
	SIZE(rbd_image_migration_status_t);
	FIELD(rbd_image_migration_status_t, source_pool_id);
	FIELD(rbd_image_migration_status_t, source_pool_namespace);
	FIELD(rbd_image_migration_status_t, source_image_name);
	FIELD(rbd_image_migration_status_t, source_image_id);
	FIELD(rbd_image_migration_status_t, dest_pool_id);
	FIELD(rbd_image_migration_status_t, dest_pool_namespace);
	FIELD(rbd_image_migration_status_t, dest_image_name);
	FIELD(rbd_image_migration_status_t, dest_image_id);
	FIELD(rbd_image_migration_status_t, state);
	FIELD(rbd_image_migration_status_t, state_description);
	SIZE(rbd_config_option_t);
	FIELD(rbd_config_option_t, name);
	FIELD(rbd_config_option_t, value);
	FIELD(rbd_config_option_t, source);
#if PROBE_RELEASE >= 18
	SIZE(rbd_encryption_spec_t);
	FIELD(rbd_encryption_spec_t, format);
	FIELD(rbd_encryption_spec_t, opts);
	FIELD(rbd_encryption_spec_t, opts_size);
#endif
	SIZE(rbd_encryption_luks1_format_options_t);
	FIELD(rbd_encryption_luks1_format_options_t, alg);
	FIELD(rbd_encryption_luks1_format_options_t, passphrase);
	FIELD(rbd_encryption_luks1_format_options_t, passphrase_size);
	SIZE(rbd_encryption_luks2_format_options_t);
	FIELD(rbd_encryption_luks2_format_options_t, alg);
	FIELD(rbd_encryption_luks2_format_options_t, passphrase);
	FIELD(rbd_encryption_luks2_format_options_t, passphrase_size);
#if PROBE_RELEASE >= 18
	SIZE(rbd_encryption_luks_format_options_t);
	FIELD(rbd_encryption_luks_format_options_t, passphrase);
	FIELD(rbd_encryption_luks_format_options_t, passphrase_size);
#endif
	SIZE(rbd_image_t);
	SIZE(rbd_image_options_t);
	SIZE(rbd_pool_stats_t);
	SIZE(rbd_completion_t);
	SIZE(rbd_encryption_options_t);
	SIZE(rbd_callback_t);
	SIZE(librbd_progress_fn_t);
	SIZE(rbd_update_callback_t);
	VALUE(RBD_FEATURE_LAYERING);
	VALUE(RBD_FEATURE_STRIPINGV2);
	VALUE(RBD_FEATURE_EXCLUSIVE_LOCK);
	VALUE(RBD_FEATURE_OBJECT_MAP);
	VALUE(RBD_FEATURE_FAST_DIFF);
	VALUE(RBD_FEATURE_DEEP_FLATTEN);
	VALUE(RBD_FEATURE_JOURNALING);
	VALUE(RBD_FEATURE_DATA_POOL);
	VALUE(RBD_FEATURE_OPERATIONS);
	VALUE(RBD_FEATURE_MIGRATING);
	VALUE(RBD_FEATURE_NON_PRIMARY);
	VALUE(RBD_FEATURE_DIRTY_CACHE);
	VALUE(RBD_FEATURES_DEFAULT);
	TEXT(RBD_FEATURE_NAME_LAYERING);
	TEXT(RBD_FEATURE_NAME_STRIPINGV2);
	TEXT(RBD_FEATURE_NAME_EXCLUSIVE_LOCK);
	TEXT(RBD_FEATURE_NAME_OBJECT_MAP);
	TEXT(RBD_FEATURE_NAME_FAST_DIFF);
	TEXT(RBD_FEATURE_NAME_DEEP_FLATTEN);
	TEXT(RBD_FEATURE_NAME_JOURNALING);
	TEXT(RBD_FEATURE_NAME_DATA_POOL);
	TEXT(RBD_FEATURE_NAME_OPERATIONS);
	TEXT(RBD_FEATURE_NAME_MIGRATING);
	TEXT(RBD_FEATURE_NAME_NON_PRIMARY);
	TEXT(RBD_FEATURE_NAME_DIRTY_CACHE);
	VALUE(RBD_FEATURES_INCOMPATIBLE);
	VALUE(RBD_FEATURES_RW_INCOMPATIBLE);
	VALUE(RBD_FEATURES_ALL);
	VALUE(RBD_FEATURES_MUTABLE);
	VALUE(RBD_FEATURES_MUTABLE_INTERNAL);
	VALUE(RBD_FEATURES_DISABLE_ONLY);
	VALUE(RBD_FEATURES_SINGLE_CLIENT);
	VALUE(RBD_FEATURES_IMPLICIT_ENABLE);
	VALUE(RBD_FEATURES_INTERNAL);
	VALUE(RBD_OPERATION_FEATURE_CLONE_PARENT);
	VALUE(RBD_OPERATION_FEATURE_CLONE_CHILD);
	VALUE(RBD_OPERATION_FEATURE_GROUP);
	VALUE(RBD_OPERATION_FEATURE_SNAP_TRASH);
	TEXT(RBD_OPERATION_FEATURE_NAME_CLONE_PARENT);
	TEXT(RBD_OPERATION_FEATURE_NAME_CLONE_CHILD);
	TEXT(RBD_OPERATION_FEATURE_NAME_GROUP);
	TEXT(RBD_OPERATION_FEATURE_NAME_SNAP_TRASH);
	VALUE(RBD_OPERATION_FEATURES_ALL);
	printf("LIBRBD_VERSION(1, 2, 3) %d\n", LIBRBD_VERSION(1, 2, 3));
	return 0;
}
