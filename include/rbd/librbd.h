/*
 * RBD images: block devices of any size, kept as objects in a RADOS pool.
 *
 * Functions return 0 or a count on success and a negative errno on failure, unless they say otherwise. Out-parameters
 * are written on success only, but for lengths and counts that -ERANGE tells. Sizes, offsets and lengths are in bytes.
 * Strings end in a NUL. Strings that a function puts into structs of the caller's are the caller's, until it hands them
 * to the cleanup function that belongs to the struct. Handles may be used by several threads at the same time; a handle
 * that is NULL, or was closed, is answered with -EINVAL.
 *
 * Functions, types and values are those of Ceph's library of the same name. What is not there yet returns -EOPNOTSUPP.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef CEPH_LIBRBD_H
#define CEPH_LIBRBD_H

#include <netinet/in.h>
#if defined(__linux__)
#include <linux/types.h>
#elif defined(__FreeBSD__)
#include <sys/types.h>
#endif
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include "../rados/librados.h"
#include "features.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface, which is that of Ceph 20.2. */
#define LIBRBD_VER_MAJOR 1
#define LIBRBD_VER_MINOR 20
#define LIBRBD_VER_EXTRA 0

#define LIBRBD_VERSION(maj, min, extra) ((maj << 16) + (min << 8) + extra)
#define LIBRBD_VERSION_CODE LIBRBD_VERSION(LIBRBD_VER_MAJOR, LIBRBD_VER_MINOR, LIBRBD_VER_EXTRA)

/* What this interface has: for programs that are also built with older ones. */
#define LIBRBD_SUPPORTS_AIO_FLUSH 1
#define LIBRBD_SUPPORTS_AIO_OPEN 1
#define LIBRBD_SUPPORTS_COMPARE_AND_WRITE 1
#define LIBRBD_SUPPORTS_COMPARE_AND_WRITE_IOVEC 1
#define LIBRBD_SUPPORTS_LOCKING 1
#define LIBRBD_SUPPORTS_INVALIDATE 1
#define LIBRBD_SUPPORTS_IOVEC 1
#define LIBRBD_SUPPORTS_WATCH 0
#define LIBRBD_SUPPORTS_WRITESAME 1
#define LIBRBD_SUPPORTS_WRITE_ZEROES 1
#define LIBRBD_SUPPORTS_ENCRYPTION 1
#define LIBRBD_SUPPORTS_ENCRYPTION_LOAD2 1
#define LIBRBD_SUPPORTS_GROUP_SNAP_GET_INFO 1
#define LIBRBD_SUPPORTS_DIFF_ITERATE3 1

#if __GNUC__ >= 4
#define CEPH_RBD_API __attribute__((visibility("default")))
#define CEPH_RBD_DEPRECATED __attribute__((deprecated))
#else
#define CEPH_RBD_API
#define CEPH_RBD_DEPRECATED
#endif

/* In a status: the site that was asked. */
#define RBD_MIRROR_IMAGE_STATUS_LOCAL_MIRROR_UUID ""

/* Attributes of a mirroring peer. */
#define RBD_MIRROR_PEER_ATTRIBUTE_NAME_MON_HOST "mon_host"
#define RBD_MIRROR_PEER_ATTRIBUTE_NAME_KEY "key"

/* Unprotect the snapshot and flatten its clones, then remove it. */
#define RBD_SNAP_REMOVE_FORCE (RBD_SNAP_REMOVE_UNPROTECT | RBD_SNAP_REMOVE_FLATTEN)

/**
 * The object map does not tell the truth.
 */
#define RBD_FLAG_OBJECT_MAP_INVALID (1 << 0)

/**
 * The object map's record of changes does not tell the truth.
 */
#define RBD_FLAG_FAST_DIFF_INVALID (1 << 1)

/**
 * Bytes of an image name in `rbd_image_info_t`, with the NUL.
 */
#define RBD_MAX_IMAGE_NAME_SIZE 96

/**
 * Bytes of an object prefix in `rbd_image_info_t`, with the NUL.
 */
#define RBD_MAX_BLOCK_NAME_SIZE 24

/**
 * Take the snapshot without asking clients to quiesce.
 */
#define RBD_SNAP_CREATE_SKIP_QUIESCE (1 << 0)

/**
 * Take the snapshot even if a client failed to quiesce.
 */
#define RBD_SNAP_CREATE_IGNORE_QUIESCE_ERROR (1 << 1)

/**
 * Unprotect the snapshot first.
 */
#define RBD_SNAP_REMOVE_UNPROTECT (1 << 0)

/**
 * Flatten its clones first.
 */
#define RBD_SNAP_REMOVE_FLATTEN (1 << 1)

/**
 * The descriptor of `rbd_set_image_notification` is a pipe.
 */
#define EVENT_TYPE_PIPE 1

/**
 * The descriptor of `rbd_set_image_notification` is an eventfd.
 */
#define EVENT_TYPE_EVENTFD 2

/**
 * The image format: 1 or 2 (`uint64`).
 */
#define RBD_IMAGE_OPTION_FORMAT 0

/**
 * The feature bits (`uint64`).
 */
#define RBD_IMAGE_OPTION_FEATURES 1

/**
 * The log2 of the object size in bytes (`uint64`).
 */
#define RBD_IMAGE_OPTION_ORDER 2

/**
 * Bytes of a stripe unit (`uint64`).
 */
#define RBD_IMAGE_OPTION_STRIPE_UNIT 3

/**
 * How many objects a stripe covers (`uint64`).
 */
#define RBD_IMAGE_OPTION_STRIPE_COUNT 4

/**
 * The log2 of the size of the journal's objects (`uint64`).
 */
#define RBD_IMAGE_OPTION_JOURNAL_ORDER 5

/**
 * How many journal objects are written to in turn (`uint64`).
 */
#define RBD_IMAGE_OPTION_JOURNAL_SPLAY_WIDTH 6

/**
 * The pool of the journal (text).
 */
#define RBD_IMAGE_OPTION_JOURNAL_POOL 7

/**
 * Feature bits to add to the default (`uint64`).
 */
#define RBD_IMAGE_OPTION_FEATURES_SET 8

/**
 * Feature bits to take from the default (`uint64`).
 */
#define RBD_IMAGE_OPTION_FEATURES_CLEAR 9

/**
 * The pool of the data objects (text).
 */
#define RBD_IMAGE_OPTION_DATA_POOL 10

/**
 * Whether a deep copy is flattened (`uint64`).
 */
#define RBD_IMAGE_OPTION_FLATTEN 11

/**
 * The clone format: 1 or 2 (`uint64`).
 */
#define RBD_IMAGE_OPTION_CLONE_FORMAT 12

/**
 * How the new image is mirrored (`uint64`).
 */
#define RBD_IMAGE_OPTION_MIRROR_IMAGE_MODE 13

/**
 * `rbd_write_zeroes`: write zeros rather than give the space back.
 */
#define RBD_WRITE_ZEROES_FLAG_THICK_PROVISION (1 << 0)

/**
 * `rbd_diff_iterate3`: count what shows through from the parent.
 */
#define RBD_DIFF_ITERATE_FLAG_INCLUDE_PARENT (1 << 0)

/**
 * `rbd_diff_iterate3`: report whole objects.
 */
#define RBD_DIFF_ITERATE_FLAG_WHOLE_OBJECT (1 << 1)

/**
 * What a snapshot belongs to.
 */
typedef enum {
    RBD_SNAP_NAMESPACE_TYPE_USER = 0,
    RBD_SNAP_NAMESPACE_TYPE_GROUP = 1,
    RBD_SNAP_NAMESPACE_TYPE_TRASH = 2,
    RBD_SNAP_NAMESPACE_TYPE_MIRROR = 3,
} rbd_snap_namespace_type_t;

/**
 * How the exclusive lock is taken.
 */
typedef enum {
    RBD_LOCK_MODE_EXCLUSIVE = 0,
    RBD_LOCK_MODE_SHARED = 1,
    RBD_LOCK_MODE_EXCLUSIVE_TRANSIENT = 2,
} rbd_lock_mode_t;

/**
 * Why an image is in the trash.
 */
typedef enum {
    RBD_TRASH_IMAGE_SOURCE_USER = 0,
    RBD_TRASH_IMAGE_SOURCE_MIRRORING = 1,
    RBD_TRASH_IMAGE_SOURCE_MIGRATION = 2,
    RBD_TRASH_IMAGE_SOURCE_REMOVING = 3,
    RBD_TRASH_IMAGE_SOURCE_USER_PARENT = 4,
} rbd_trash_image_source_t;

/**
 * Where a migration stands.
 */
typedef enum {
    RBD_IMAGE_MIGRATION_STATE_UNKNOWN = -1,
    RBD_IMAGE_MIGRATION_STATE_ERROR = 0,
    RBD_IMAGE_MIGRATION_STATE_PREPARING = 1,
    RBD_IMAGE_MIGRATION_STATE_PREPARED = 2,
    RBD_IMAGE_MIGRATION_STATE_EXECUTING = 3,
    RBD_IMAGE_MIGRATION_STATE_EXECUTED = 4,
    RBD_IMAGE_MIGRATION_STATE_ABORTING = 5,
} rbd_image_migration_state_t;

/**
 * Where the value of an option comes from.
 */
typedef enum {
    RBD_CONFIG_SOURCE_CONFIG = 0,
    RBD_CONFIG_SOURCE_POOL = 1,
    RBD_CONFIG_SOURCE_IMAGE = 2,
} rbd_config_source_t;

/**
 * What can be asked about a pool; sizes in bytes, `MAX` over all snapshots.
 */
typedef enum {
    RBD_POOL_STAT_OPTION_IMAGES,
    RBD_POOL_STAT_OPTION_IMAGE_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_IMAGE_MAX_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_IMAGE_SNAPSHOTS,
    RBD_POOL_STAT_OPTION_TRASH_IMAGES,
    RBD_POOL_STAT_OPTION_TRASH_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_TRASH_MAX_PROVISIONED_BYTES,
    RBD_POOL_STAT_OPTION_TRASH_SNAPSHOTS,
} rbd_pool_stat_option_t;

/**
 * How an image is encrypted; `LUKS` is either, found out at load.
 */
typedef enum {
    RBD_ENCRYPTION_FORMAT_LUKS1 = 0,
    RBD_ENCRYPTION_FORMAT_LUKS2 = 1,
    RBD_ENCRYPTION_FORMAT_LUKS = 2,
} rbd_encryption_format_t;

/**
 * The cipher of an encrypted image.
 */
typedef enum {
    RBD_ENCRYPTION_ALGORITHM_AES128 = 0,
    RBD_ENCRYPTION_ALGORITHM_AES256 = 1,
} rbd_encryption_algorithm_t;

/**
 * What is mirrored of a pool.
 */
typedef enum {
    /**
     * Nothing.
     */
    RBD_MIRROR_MODE_DISABLED,
    /**
     * The images it is enabled for.
     */
    RBD_MIRROR_MODE_IMAGE,
    /**
     * All images that have a journal.
     */
    RBD_MIRROR_MODE_POOL,
    /**
     * Nothing yet, but namespaces may be (default namespace only).
     */
    RBD_MIRROR_MODE_INIT_ONLY,
} rbd_mirror_mode_t;

/**
 * Which way data flows between peers, seen from here.
 */
typedef enum {
    RBD_MIRROR_PEER_DIRECTION_RX = 0,
    RBD_MIRROR_PEER_DIRECTION_TX = 1,
    RBD_MIRROR_PEER_DIRECTION_RX_TX = 2,
} rbd_mirror_peer_direction_t;

/**
 * How an image is mirrored.
 */
typedef enum {
    RBD_MIRROR_IMAGE_MODE_JOURNAL = 0,
    RBD_MIRROR_IMAGE_MODE_SNAPSHOT = 1,
} rbd_mirror_image_mode_t;

/**
 * Whether an image is mirrored.
 */
typedef enum {
    RBD_MIRROR_IMAGE_DISABLING = 0,
    RBD_MIRROR_IMAGE_ENABLED = 1,
    RBD_MIRROR_IMAGE_DISABLED = 2,
    RBD_MIRROR_IMAGE_CREATING = 3,
} rbd_mirror_image_state_t;

/**
 * What a site does with a mirrored image.
 */
typedef enum {
    MIRROR_IMAGE_STATUS_STATE_UNKNOWN = 0,
    MIRROR_IMAGE_STATUS_STATE_ERROR = 1,
    MIRROR_IMAGE_STATUS_STATE_SYNCING = 2,
    MIRROR_IMAGE_STATUS_STATE_STARTING_REPLAY = 3,
    MIRROR_IMAGE_STATUS_STATE_REPLAYING = 4,
    MIRROR_IMAGE_STATUS_STATE_STOPPING_REPLAY = 5,
    MIRROR_IMAGE_STATUS_STATE_STOPPED = 6,
} rbd_mirror_image_status_state_t;

/**
 * What a mirror snapshot is to its image.
 */
typedef enum {
    RBD_SNAP_MIRROR_STATE_PRIMARY,
    RBD_SNAP_MIRROR_STATE_PRIMARY_DEMOTED,
    RBD_SNAP_MIRROR_STATE_NON_PRIMARY,
    RBD_SNAP_MIRROR_STATE_NON_PRIMARY_DEMOTED,
} rbd_snap_mirror_state_t;

/**
 * Whether an image is wholly in its group.
 */
typedef enum {
    RBD_GROUP_IMAGE_STATE_ATTACHED,
    RBD_GROUP_IMAGE_STATE_INCOMPLETE,
} rbd_group_image_state_t;

/**
 * Whether a group snapshot has all its images' snapshots.
 */
typedef enum {
    RBD_GROUP_SNAP_STATE_INCOMPLETE,
    RBD_GROUP_SNAP_STATE_COMPLETE,
} rbd_group_snap_state_t;

/**
 * What a group snapshot belongs to.
 */
typedef enum {
    RBD_GROUP_SNAP_NAMESPACE_TYPE_USER = 0,
} rbd_group_snap_namespace_type_t;

/**
 * An open image.
 */
typedef void *rbd_image_t;

/**
 * A set of image options.
 */
typedef void *rbd_image_options_t;

/**
 * A set of questions about a pool.
 */
typedef void *rbd_pool_stats_t;

/**
 * The result of an operation under way.
 */
typedef void *rbd_completion_t;

/**
 * The options that belong to an encryption format.
 */
typedef void *rbd_encryption_options_t;

/**
 * Called when the operation of `cb` is done, with the argument the completion was made with.
 */
typedef void (*rbd_callback_t)(rbd_completion_t cb, void *arg);

/**
 * Hears how far an operation got; a negative result asks it to stop.
 */
typedef int (*librbd_progress_fn_t)(uint64_t offset, uint64_t total, void *ptr);

/**
 * Called when an image's metadata changed.
 */
typedef void (*rbd_update_callback_t)(void *arg);

/**
 * An image of a list.
 */
typedef struct {
    char *id;
    char *name;
} rbd_image_spec_t;

/**
 * A parent or a clone.
 */
typedef struct {
    int64_t pool_id;
    char *pool_name;
    char *pool_namespace;
    char *image_id;
    char *image_name;
    bool trash;
} rbd_linked_image_spec_t;

/**
 * A snapshot a clone was made from.
 */
typedef struct {
    uint64_t id;
    rbd_snap_namespace_type_t namespace_type;
    char *name;
} rbd_snap_spec_t;

/**
 * A snapshot of a list; `size` in bytes.
 */
typedef struct {
    uint64_t id;
    uint64_t size;
    const char *name;
} rbd_snap_info_t;

/**
 * A clone, as `rbd_list_children2` tells of it.
 */
typedef struct {
    const char *pool_name;
    const char *image_name;
    const char *image_id;
    bool trash;
} rbd_child_info_t;

/**
 * What `rbd_stat` tells: sizes in bytes, `order` the log2 of `obj_size`. `block_name_prefix` may be cut
 * short; the parent fields are no longer filled (-1, empty).
 */
typedef struct {
    uint64_t size;
    uint64_t obj_size;
    uint64_t num_objs;
    int order;
    char block_name_prefix[RBD_MAX_BLOCK_NAME_SIZE];
    int64_t parent_pool;
    char parent_name[RBD_MAX_IMAGE_NAME_SIZE];
} rbd_image_info_t;

/**
 * The group a snapshot was taken of.
 */
typedef struct {
    int64_t group_pool;
    char *group_name;
    char *group_snap_name;
} rbd_snap_group_namespace_t;

/**
 * What a snapshot in the trash was.
 */
typedef struct {
    rbd_snap_namespace_type_t original_namespace_type;
    char *original_name;
} rbd_snap_trash_namespace_t;

/**
 * Somebody that watches an image's header.
 */
typedef struct {
    char *addr;
    int64_t id;
    uint64_t cookie;
} rbd_image_watcher_t;

/**
 * An image in the trash; times in seconds since 1970.
 */
typedef struct {
    char *id;
    char *name;
    rbd_trash_image_source_t source;
    time_t deletion_time;
    time_t deferment_end_time;
} rbd_trash_image_info_t;

/**
 * A migration: from where, to where, how far.
 */
typedef struct {
    int64_t source_pool_id;
    char *source_pool_namespace;
    char *source_image_name;
    char *source_image_id;
    int64_t dest_pool_id;
    char *dest_pool_namespace;
    char *dest_image_name;
    char *dest_image_id;
    rbd_image_migration_state_t state;
    char *state_description;
} rbd_image_migration_status_t;

/**
 * A configuration option of a pool or an image.
 */
typedef struct {
    char *name;
    char *value;
    rbd_config_source_t source;
} rbd_config_option_t;

/**
 * An encryption format and the options that belong to it.
 */
typedef struct {
    rbd_encryption_format_t format;
    rbd_encryption_options_t opts;
    size_t opts_size;
} rbd_encryption_spec_t;

/**
 * The options of LUKS1; the passphrase is bytes and needs no NUL.
 */
typedef struct {
    rbd_encryption_algorithm_t alg;
    const char *passphrase;
    size_t passphrase_size;
} rbd_encryption_luks1_format_options_t;

/**
 * The options of LUKS2; the passphrase is bytes and needs no NUL.
 */
typedef struct {
    rbd_encryption_algorithm_t alg;
    const char *passphrase;
    size_t passphrase_size;
} rbd_encryption_luks2_format_options_t;

/**
 * The options for loading either; the passphrase is bytes and needs no NUL.
 */
typedef struct {
    const char *passphrase;
    size_t passphrase_size;
} rbd_encryption_luks_format_options_t;

/**
 * A peer, as `rbd_mirror_peer_list` tells of it.
 */
typedef struct {
    char *uuid;
    char *cluster_name;
    char *client_name;
} rbd_mirror_peer_t;

/**
 * A peer; `last_seen` in seconds since 1970.
 */
typedef struct {
    char *uuid;
    rbd_mirror_peer_direction_t direction;
    char *site_name;
    char *mirror_uuid;
    char *client_name;
    time_t last_seen;
} rbd_mirror_peer_site_t;

/**
 * An image's mirroring.
 */
typedef struct {
    char *global_id;
    rbd_mirror_image_state_t state;
    bool primary;
} rbd_mirror_image_info_t;

/**
 * A mirrored image at the local site; `last_update` in seconds since 1970.
 */
typedef struct {
    char *name;
    rbd_mirror_image_info_t info;
    rbd_mirror_image_status_state_t state;
    char *description;
    time_t last_update;
    bool up;
} rbd_mirror_image_status_t;

/**
 * A mirrored image at one site; `last_update` in seconds since 1970.
 */
typedef struct {
    char *mirror_uuid;
    rbd_mirror_image_status_state_t state;
    char *description;
    time_t last_update;
    bool up;
} rbd_mirror_image_site_status_t;

/**
 * A mirrored image at all sites.
 */
typedef struct {
    char *name;
    rbd_mirror_image_info_t info;
    uint32_t site_statuses_count;
    rbd_mirror_image_site_status_t *site_statuses;
} rbd_mirror_image_global_status_t;

/**
 * A mirror snapshot. `mirror_peer_uuids` is a run of NUL-terminated strings.
 */
typedef struct {
    rbd_snap_mirror_state_t state;
    size_t mirror_peer_uuids_count;
    char *mirror_peer_uuids;
    bool complete;
    char *primary_mirror_uuid;
    uint64_t primary_snap_id;
    uint64_t last_copied_object_number;
} rbd_snap_mirror_namespace_t;

/**
 * An image of a group.
 */
typedef struct {
    char *name;
    int64_t pool;
    rbd_group_image_state_t state;
} rbd_group_image_info_t;

/**
 * A group, by name and pool.
 */
typedef struct {
    char *name;
    int64_t pool;
} rbd_group_info_t;

/**
 * An image's snapshot within a group snapshot.
 */
typedef struct {
    char *image_name;
    int64_t pool_id;
    uint64_t snap_id;
} rbd_group_image_snap_info_t;

/**
 * A group snapshot, as `rbd_group_snap_list` tells of it.
 */
typedef struct {
    char *name;
    rbd_group_snap_state_t state;
} rbd_group_snap_info_t;

/**
 * A group snapshot with its images' snapshots.
 */
typedef struct {
    char *id;
    char *name;
    char *image_snap_name;
    rbd_group_snap_state_t state;
    rbd_group_snap_namespace_type_t namespace_type;
    size_t image_snaps_count;
    rbd_group_image_snap_info_t *image_snaps;
} rbd_group_snap_info2_t;

/*
 * What an image is: size, features, layout, names, times, parent.
 */

/**
 * Fills `info`, as much of it as `infosize` bytes hold.
 */
CEPH_RBD_API int rbd_stat(rbd_image_t image, rbd_image_info_t *info, size_t infosize);

/**
 * Sets `*old` to 1 for an image of format 1, which this library does not open yet, to 0 for one of format 2.
 */
CEPH_RBD_API
int rbd_get_old_format(rbd_image_t image,
                       uint8_t *old);

/**
 * The size in bytes at what the handle looks at, head or snapshot.
 */
CEPH_RBD_API int rbd_get_size(rbd_image_t image, uint64_t *size);

/**
 * The feature bits at what the handle looks at.
 */
CEPH_RBD_API int rbd_get_features(rbd_image_t image, uint64_t *features);

/**
 * Turns features on (`enabled` not 0) or off. `-EINVAL` for features that cannot be changed.
 */
CEPH_RBD_API int rbd_update_features(rbd_image_t image, uint64_t features, uint8_t enabled);

/**
 * The operation feature bits (`RBD_OPERATION_FEATURE_*`).
 */
CEPH_RBD_API int rbd_get_op_features(rbd_image_t image, uint64_t *op_features);

/**
 * The stripe unit in bytes; the object size where the image is not striped.
 */
CEPH_RBD_API int rbd_get_stripe_unit(rbd_image_t image, uint64_t *stripe_unit);

/**
 * The stripe count; 1 where the image is not striped.
 */
CEPH_RBD_API int rbd_get_stripe_count(rbd_image_t image, uint64_t *stripe_count);

/**
 * When the image was created.
 */
CEPH_RBD_API int rbd_get_create_timestamp(rbd_image_t image, struct timespec *timestamp);

/**
 * When the image was last read, as far as that is recorded.
 */
CEPH_RBD_API int rbd_get_access_timestamp(rbd_image_t image, struct timespec *timestamp);

/**
 * When the image was last written, as far as that is recorded.
 */
CEPH_RBD_API int rbd_get_modify_timestamp(rbd_image_t image, struct timespec *timestamp);

/**
 * How many bytes of the parent show through; 0 without a parent.
 */
CEPH_RBD_API int rbd_get_overlap(rbd_image_t image, uint64_t *overlap);

/**
 * Copies the image's name into a buffer of `*name_len` bytes. `-ERANGE`, with the bytes needed, if it
 * does not fit.
 */
CEPH_RBD_API
int rbd_get_name(rbd_image_t image,
                 char *name,
                 size_t *name_len);

/**
 * Copies the image's id into a buffer of `id_len` bytes. `-ERANGE` if it does not fit, `-EINVAL` for an
 * image of format 1.
 */
CEPH_RBD_API
int rbd_get_id(rbd_image_t image,
               char *id,
               size_t id_len);

/**
 * Copies what the names of the data objects start with. `-ERANGE` if it does not fit.
 */
CEPH_RBD_API int rbd_get_block_name_prefix(rbd_image_t image, char *prefix, size_t prefix_len);

/**
 * The id of the pool that holds the data objects, or a negative errno.
 */
CEPH_RBD_API int64_t rbd_get_data_pool_id(rbd_image_t image);

/**
 * Copies the names of the parent's pool, image and snapshot; a NULL buffer is skipped. `-ENOENT` without
 * a parent, `-ERANGE` if one does not fit.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_get_parent_info(rbd_image_t image,
                        char *parent_poolname,
                        size_t ppoolnamelen,
                        char *parent_name,
                        size_t pnamelen,
                        char *parent_snapname,
                        size_t psnapnamelen);

/**
 * As `rbd_get_parent_info`, with the parent's id.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_get_parent_info2(rbd_image_t image,
                         char *parent_poolname,
                         size_t ppoolnamelen,
                         char *parent_name,
                         size_t pnamelen,
                         char *parent_id,
                         size_t pidlen,
                         char *parent_snapname,
                         size_t psnapnamelen);

/**
 * Tells of the parent image and snapshot. `-ENOENT` without a parent; then both are zeroed. Free with
 * `rbd_linked_image_spec_cleanup` and `rbd_snap_spec_cleanup`.
 */
CEPH_RBD_API
int rbd_get_parent(rbd_image_t image,
                   rbd_linked_image_spec_t *parent_image,
                   rbd_snap_spec_t *parent_snap);

/**
 * Copies the JSON that describes where a migrating image comes from. `-ERANGE`, with the bytes needed,
 * if it does not fit; `-EINVAL` if the image is not migrating.
 */
CEPH_RBD_API
int rbd_get_migration_source_spec(rbd_image_t image,
                                  char *source_spec,
                                  size_t *max_len);

/**
 * The flags (`RBD_FLAG_*`) at what the handle looks at.
 */
CEPH_RBD_API int rbd_get_flags(rbd_image_t image, uint64_t *flags);

/**
 * The group the image belongs to; an empty name if none. `-ERANGE` if `group_info_size` is not the size
 * of the struct. Free with `rbd_group_info_cleanup`.
 */
CEPH_RBD_API
int rbd_get_group(rbd_image_t image,
                  rbd_group_info_t *group_info,
                  size_t group_info_size);

/*
 * Lists of images, and freeing what lists returned.
 */

/**
 * Frees the strings of an image spec, not the spec itself.
 */
CEPH_RBD_API void rbd_image_spec_cleanup(rbd_image_spec_t *image);

/**
 * Frees the strings of `num_images` image specs, not the array.
 */
CEPH_RBD_API void rbd_image_spec_list_cleanup(rbd_image_spec_t *images, size_t num_images);

/**
 * Frees the strings of a linked image spec, not the spec itself.
 */
CEPH_RBD_API void rbd_linked_image_spec_cleanup(rbd_linked_image_spec_t *image);

/**
 * Frees the strings of `num_images` linked image specs, not the array.
 */
CEPH_RBD_API
void rbd_linked_image_spec_list_cleanup(rbd_linked_image_spec_t *images,
                                        size_t num_images);

/**
 * Frees the name of a snapshot spec, not the spec itself.
 */
CEPH_RBD_API void rbd_snap_spec_cleanup(rbd_snap_spec_t *snap);

/**
 * Writes the names of all images of the pool and namespace, each ended by a NUL, into `names` of `*size`
 * bytes. Returns the bytes written; `-ERANGE`, with the bytes needed in `*size`, if they do not fit.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_list(rados_ioctx_t io,
             char *names,
             size_t *size);

/**
 * Fills `images` with the ids and names of all images; `*max_images` is the capacity and becomes the
 * count. `-ERANGE`, with the count needed in `*max_images`, if they do not fit. Free with
 * `rbd_image_spec_list_cleanup`.
 */
CEPH_RBD_API
int rbd_list2(rados_ioctx_t io,
              rbd_image_spec_t *images,
              size_t *max_images);

/*
 * Creating, cloning, removing and renaming images.
 */

/**
 * Creates an image of `size` bytes with the default format and features. `*order` is the log2 of the
 * object size in bytes; 0 asks for the default, which is written back. `-EEXIST` if the name is taken.
 */
CEPH_RBD_API
int rbd_create(rados_ioctx_t io,
               const char *name,
               uint64_t size,
               int *order);

/**
 * As `rbd_create`, format 2, with these feature bits.
 */
CEPH_RBD_API
int rbd_create2(rados_ioctx_t io,
                const char *name,
                uint64_t size,
                uint64_t features,
                int *order);

/**
 * As `rbd_create2`, striped: `stripe_unit` bytes go to each of `stripe_count` objects in turn. The unit
 * must divide the object size. Both 0: no striping.
 */
CEPH_RBD_API
int rbd_create3(rados_ioctx_t io,
                const char *name,
                uint64_t size,
                uint64_t features,
                int *order,
                uint64_t stripe_unit,
                uint64_t stripe_count);

/**
 * Creates an image of `size` bytes as `opts` says; what it leaves open is set in it to the value used.
 * `-EEXIST` if the name is taken, `-ENOSYS` for features that cannot be had.
 */
CEPH_RBD_API
int rbd_create4(rados_ioctx_t io,
                const char *name,
                uint64_t size,
                rbd_image_options_t opts);

/**
 * Makes image `c_name` a copy-on-write child of snapshot `p_snapname` of `p_name`. `-EINVAL` if the
 * snapshot is not protected and the clone format asks for it, `-EEXIST` if the name is taken.
 */
CEPH_RBD_API
int rbd_clone(rados_ioctx_t p_ioctx,
              const char *p_name,
              const char *p_snapname,
              rados_ioctx_t c_ioctx,
              const char *c_name,
              uint64_t features,
              int *c_order);

/**
 * As `rbd_clone`, with striping.
 */
CEPH_RBD_API
int rbd_clone2(rados_ioctx_t p_ioctx,
               const char *p_name,
               const char *p_snapname,
               rados_ioctx_t c_ioctx,
               const char *c_name,
               uint64_t features,
               int *c_order,
               uint64_t stripe_unit,
               int stripe_count);

/**
 * As `rbd_clone`, with image options.
 */
CEPH_RBD_API
int rbd_clone3(rados_ioctx_t p_ioctx,
               const char *p_name,
               const char *p_snapname,
               rados_ioctx_t c_ioctx,
               const char *c_name,
               rbd_image_options_t c_opts);

/**
 * As `rbd_clone3`, with the snapshot given by id.
 */
CEPH_RBD_API
int rbd_clone4(rados_ioctx_t p_ioctx,
               const char *p_name,
               uint64_t p_snap_id,
               rados_ioctx_t c_ioctx,
               const char *c_name,
               rbd_image_options_t c_opts);

/**
 * Removes an image and its data. `-ENOTEMPTY` if it has snapshots, `-EBUSY` if somebody has it open.
 */
CEPH_RBD_API
int rbd_remove(rados_ioctx_t io,
               const char *name);

/**
 * As `rbd_remove`; `cb` hears of objects done and in all, and stops the removal by returning a negative
 * number.
 */
CEPH_RBD_API
int rbd_remove_with_progress(rados_ioctx_t io,
                             const char *name,
                             librbd_progress_fn_t cb,
                             void *cbdata);

/**
 * Gives an image another name in the same pool. `-EEXIST` if that name is taken, `-ENOENT` if there is
 * no image `srcname`.
 */
CEPH_RBD_API
int rbd_rename(rados_ioctx_t src_io_ctx,
               const char *srcname,
               const char *destname);

/*
 * Image options: what a new image or a clone may be given.
 */

/**
 * The version of this interface (the `LIBRBD_VER_*` of the header it was built with). Any pointer may be
 * NULL.
 */
CEPH_RBD_API
void rbd_version(int *major,
                 int *minor,
                 int *extra);

/**
 * Makes an empty option set in `*opts`. Free it with `rbd_image_options_destroy`.
 */
CEPH_RBD_API void rbd_image_options_create(rbd_image_options_t *opts);

/**
 * Frees an option set. NULL is ignored.
 */
CEPH_RBD_API void rbd_image_options_destroy(rbd_image_options_t opts);

/**
 * Sets option `optname` (`RBD_IMAGE_OPTION_*`) from text: only the pools have text. `-EINVAL` for an
 * unknown option or one that holds a number.
 */
CEPH_RBD_API
int rbd_image_options_set_string(rbd_image_options_t opts,
                                 int optname,
                                 const char *optval);

/**
 * Sets a numeric option. `-EINVAL` for an unknown option or one that holds text.
 */
CEPH_RBD_API
int rbd_image_options_set_uint64(rbd_image_options_t opts,
                                 int optname,
                                 uint64_t optval);

/**
 * Copies the option's text, NUL-terminated, into `optval` of `maxlen` bytes. `-ENOENT` if unset,
 * `-E2BIG` if the buffer is too small, `-EINVAL` for an unknown option or one that holds a number.
 */
CEPH_RBD_API
int rbd_image_options_get_string(rbd_image_options_t opts,
                                 int optname,
                                 char *optval,
                                 size_t maxlen);

/**
 * Reads a numeric option. `-ENOENT` if unset, `-EINVAL` for an unknown option or one that holds text.
 */
CEPH_RBD_API
int rbd_image_options_get_uint64(rbd_image_options_t opts,
                                 int optname,
                                 uint64_t *optval);

/**
 * Whether the option has been set. `-EINVAL` for an unknown option.
 */
CEPH_RBD_API int rbd_image_options_is_set(rbd_image_options_t opts, int optname, bool *is_set);

/**
 * Forgets one option. `-ENOENT` if it was not set, `-EINVAL` for an unknown option.
 */
CEPH_RBD_API int rbd_image_options_unset(rbd_image_options_t opts, int optname);

/**
 * Forgets all options.
 */
CEPH_RBD_API void rbd_image_options_clear(rbd_image_options_t opts);

/**
 * 1 if no option is set, else 0.
 */
CEPH_RBD_API int rbd_image_options_is_empty(rbd_image_options_t opts);

/*
 * Opening and closing images.
 */

/**
 * Opens an image for reading and writing, at snapshot `snap_name` (then read-only) or, where that is
 * NULL or empty, at its head. `-ENOENT` if there is no such image or snapshot. Close with `rbd_close`.
 */
CEPH_RBD_API
int rbd_open(rados_ioctx_t io,
             const char *name,
             rbd_image_t *image,
             const char *snap_name);

/**
 * As `rbd_open`, by the image's id.
 */
CEPH_RBD_API
int rbd_open_by_id(rados_ioctx_t io,
                   const char *id,
                   rbd_image_t *image,
                   const char *snap_name);

/**
 * As `rbd_open`; `*image` is set before the completion tells of it.
 */
CEPH_RBD_API
int rbd_aio_open(rados_ioctx_t io,
                 const char *name,
                 rbd_image_t *image,
                 const char *snap_name,
                 rbd_completion_t c);

/**
 * As `rbd_open_by_id`; `*image` is set before the completion tells of it.
 */
CEPH_RBD_API
int rbd_aio_open_by_id(rados_ioctx_t io,
                       const char *id,
                       rbd_image_t *image,
                       const char *snap_name,
                       rbd_completion_t c);

/**
 * Opens an image that will not be written to, and does not watch it: what others change is seen at the
 * next open. Writes to it fail with `-EROFS`.
 */
CEPH_RBD_API
int rbd_open_read_only(rados_ioctx_t io,
                       const char *name,
                       rbd_image_t *image,
                       const char *snap_name);

/**
 * As `rbd_open_read_only`, by the image's id.
 */
CEPH_RBD_API
int rbd_open_by_id_read_only(rados_ioctx_t io,
                             const char *id,
                             rbd_image_t *image,
                             const char *snap_name);

/**
 * As `rbd_open_read_only`; `*image` is set before the completion tells of it.
 */
CEPH_RBD_API
int rbd_aio_open_read_only(rados_ioctx_t io,
                           const char *name,
                           rbd_image_t *image,
                           const char *snap_name,
                           rbd_completion_t c);

/**
 * As `rbd_open_by_id_read_only`; `*image` is set before the completion tells of it.
 */
CEPH_RBD_API
int rbd_aio_open_by_id_read_only(rados_ioctx_t io,
                                 const char *id,
                                 rbd_image_t *image,
                                 const char *snap_name,
                                 rbd_completion_t c);

/**
 * Flushes and closes an image; the handle is gone, whatever is returned.
 */
CEPH_RBD_API int rbd_close(rbd_image_t image);

/**
 * As `rbd_close`, told by a completion.
 */
CEPH_RBD_API int rbd_aio_close(rbd_image_t image, rbd_completion_t c);

/**
 * Grows or shrinks an image to `size` bytes. Data beyond a smaller size is lost.
 */
CEPH_RBD_API int rbd_resize(rbd_image_t image, uint64_t size);

/**
 * As `rbd_resize`, with progress; `-EINVAL` if it would shrink and may not.
 */
CEPH_RBD_API
int rbd_resize2(rbd_image_t image,
                uint64_t size,
                bool allow_shrink,
                librbd_progress_fn_t cb,
                void *cbdata);

/**
 * As `rbd_resize`, with progress.
 */
CEPH_RBD_API
int rbd_resize_with_progress(rbd_image_t image,
                             uint64_t size,
                             librbd_progress_fn_t cb,
                             void *cbdata);

/*
 * Feature bits as text.
 */

/**
 * Writes the names of the feature bits, separated by commas and NUL-terminated, into a buffer of `*size`
 * bytes. `-ERANGE`, with the bytes needed, if they do not fit; `-EINVAL` for an unknown bit.
 */
CEPH_RBD_API
int rbd_features_to_string(uint64_t features,
                           char *str_features,
                           size_t *size);

/**
 * The feature bits of a comma-separated list of names or of a decimal number; of an empty string the
 * default ones. `-EINVAL`, with the bits that are good, if some are unknown or internal.
 */
CEPH_RBD_API
int rbd_features_from_string(const char *str_features,
                             uint64_t *features);

/*
 * Reading and writing, waiting for the end.
 */

/**
 * Reads `len` bytes at byte `ofs`. Returns the bytes read, less than `len` only at the end of the image;
 * `-EINVAL` beyond it.
 */
CEPH_RBD_API
ssize_t rbd_read(rbd_image_t image,
                   uint64_t ofs,
                   size_t len,
                   char *buf);

/**
 * As `rbd_read`, with `LIBRADOS_OP_FLAG_*` hints.
 */
CEPH_RBD_API
ssize_t rbd_read2(rbd_image_t image,
                    uint64_t ofs,
                    size_t len,
                    char *buf,
                    int op_flags);

/**
 * Older form of `rbd_read_iterate2` that returns the bytes read.
 */
CEPH_RBD_API
int64_t rbd_read_iterate(rbd_image_t image,
                         uint64_t ofs,
                         size_t len,
                         int (*cb)(uint64_t, size_t, const char*, void*),
                         void *arg);

/**
 * Calls `cb(ofs, len, buf, arg)` for each run of data, with `buf` NULL for a hole. A negative result of
 * `cb` stops it and is returned.
 */
CEPH_RBD_API
int rbd_read_iterate2(rbd_image_t image,
                      uint64_t ofs,
                      uint64_t len,
                      int (*cb)(uint64_t, size_t, const char*, void*),
                      void *arg);

/**
 * As `rbd_diff_iterate2`, including the parent, not whole objects.
 */
CEPH_RBD_API
int rbd_diff_iterate(rbd_image_t image,
                     const char *fromsnapname,
                     uint64_t ofs,
                     uint64_t len,
                     int (*cb)(uint64_t, size_t, int, void*),
                     void *arg);

/**
 * Calls `cb(ofs, len, exists, arg)` for each run of bytes of [`ofs`, `ofs + len`) that changed since
 * `fromsnapname` (NULL: since the image was made): `exists` is 1 for data, 0 for a hole. A negative
 * result of `cb` stops it and is returned as it is.
 */
CEPH_RBD_API
int rbd_diff_iterate2(rbd_image_t image,
                      const char *fromsnapname,
                      uint64_t ofs,
                      uint64_t len,
                      uint8_t include_parent,
                      uint8_t whole_object,
                      int (*cb)(uint64_t, size_t, int, void*),
                      void *arg);

/**
 * As `rbd_diff_iterate2`, from a snapshot id (0: since the image was made), with flags
 * (`RBD_DIFF_ITERATE_FLAG_*`).
 */
CEPH_RBD_API
int rbd_diff_iterate3(rbd_image_t image,
                      uint64_t from_snap_id,
                      uint64_t ofs,
                      uint64_t len,
                      uint32_t flags,
                      int (*cb)(uint64_t, size_t, int, void*),
                      void *arg);

/**
 * Writes `len` bytes at byte `ofs`. Returns the bytes written, less than `len` only at the end of the
 * image; `-EINVAL` beyond it, `-EROFS` on a read-only handle.
 */
CEPH_RBD_API
ssize_t rbd_write(rbd_image_t image,
                    uint64_t ofs,
                    size_t len,
                    const char *buf);

/**
 * As `rbd_write`, with `LIBRADOS_OP_FLAG_*` hints.
 */
CEPH_RBD_API
ssize_t rbd_write2(rbd_image_t image,
                     uint64_t ofs,
                     size_t len,
                     const char *buf,
                     int op_flags);

/**
 * Gives back the space of `len` bytes at `ofs`, which then read as zeros; runs shorter than
 * `rbd_discard_granularity_bytes` may be left. Returns `len`; `-EINVAL` beyond the end or for more than
 * `INT_MAX` bytes.
 */
CEPH_RBD_API
int rbd_discard(rbd_image_t image,
                uint64_t ofs,
                uint64_t len);

/**
 * Fills `len` bytes at `ofs` with repetitions of the `data_len` bytes of `buf`. Returns `len`; `-EINVAL`
 * if `data_len` does not divide `len`.
 */
CEPH_RBD_API
ssize_t rbd_writesame(rbd_image_t image,
                        uint64_t ofs,
                        size_t len,
                        const char *buf,
                        size_t data_len,
                        int op_flags);

/**
 * Makes `len` bytes at `ofs` read as zeros: given back, or with `RBD_WRITE_ZEROES_FLAG_THICK_PROVISION`
 * written. Returns `len`.
 */
CEPH_RBD_API
ssize_t rbd_write_zeroes(rbd_image_t image,
                           uint64_t ofs,
                           size_t len,
                           int zero_flags,
                           int op_flags);

/**
 * Writes `buf` if the `len` bytes at `ofs` equal `cmp_buf`; both within one stripe unit. Returns `len`;
 * `-EILSEQ`, with the offset of the first difference in `*mismatch_off`, if they differ.
 */
CEPH_RBD_API
ssize_t rbd_compare_and_write(rbd_image_t image,
                                uint64_t ofs,
                                size_t len,
                                const char *cmp_buf,
                                const char *buf,
                                uint64_t *mismatch_off,
                                int op_flags);

/**
 * Returns when all that was written and completed before is durable.
 */
CEPH_RBD_API int rbd_flush(rbd_image_t image);

/**
 * Flushes, and drops what is cached of the image.
 */
CEPH_RBD_API int rbd_invalidate_cache(rbd_image_t image);

/*
 * Completions, and telling of them by a file descriptor.
 */

/**
 * Makes a completion in `*c`. `complete_cb(c, cb_arg)`, where not NULL, is called on a thread of the
 * library when the operation is done (but see `rbd_set_image_notification`); calls for one cluster come
 * one after the other. The callback may call the library, and may release the completion. Give it back
 * with `rbd_aio_release`.
 */
CEPH_RBD_API
int rbd_aio_create_completion(void *cb_arg,
                              rbd_callback_t complete_cb,
                              rbd_completion_t *c);

/**
 * 1 if the operation is done, else 0.
 */
CEPH_RBD_API int rbd_aio_is_complete(rbd_completion_t c);

/**
 * Waits until the operation is done and its callback has returned. Not to be called from that callback.
 */
CEPH_RBD_API
int rbd_aio_wait_for_complete(rbd_completion_t c);

/**
 * What the operation returned; 0 while it is not done.
 */
CEPH_RBD_API ssize_t rbd_aio_get_return_value(rbd_completion_t c);

/**
 * The `cb_arg` it was made with.
 */
CEPH_RBD_API void *rbd_aio_get_arg(rbd_completion_t c);

/**
 * Gives the completion back; allowed while the operation is under way and inside the callback.
 */
CEPH_RBD_API void rbd_aio_release(rbd_completion_t c);

/**
 * From here on, whenever an operation that starts later is done, writes 8 bytes to `fd`, an eventfd
 * (`EVENT_TYPE_EVENTFD`) or a pipe (`EVENT_TYPE_PIPE`), which must stay open as long as the image is. An eventfd is
 * written to once for several operations that end together, with their number. Callbacks of such operations run in
 * `rbd_poll_io_events`, on its caller's thread; where that is not called for some milliseconds, on the library's.
 * `-EINVAL` for another type, for what is no open descriptor, and the second time.
 */
CEPH_RBD_API
int rbd_set_image_notification(rbd_image_t image,
                               int fd,
                               int event_type);

/**
 * Takes up to `numcomp` completions that are done, after their callbacks, which it may run itself, have returned;
 * returns how many. It does not wait. `-EINVAL` for a `numcomp` of 0 or less.
 */
CEPH_RBD_API
int rbd_poll_io_events(rbd_image_t image,
                       rbd_completion_t *comps,
                       int numcomp);

/*
 * Reading and writing with completions. `buf` must stay as it is until the completion.
 */

/**
 * Starts `rbd_write`. The completion's value is 0.
 */
CEPH_RBD_API
int rbd_aio_write(rbd_image_t image,
                  uint64_t off,
                  size_t len,
                  const char *buf,
                  rbd_completion_t c);

/**
 * As `rbd_aio_write`, with `LIBRADOS_OP_FLAG_*` hints.
 */
CEPH_RBD_API
int rbd_aio_write2(rbd_image_t image,
                   uint64_t off,
                   size_t len,
                   const char *buf,
                   rbd_completion_t c,
                   int op_flags);

/**
 * As `rbd_aio_write2`, with the crc32c of `buf`, computed from -1, which saves computing it.
 */
CEPH_RBD_API
int rbd_aio_write_with_crc32c(rbd_image_t image,
                              uint64_t off,
                              size_t len,
                              const char *buf,
                              uint32_t precomputed_crc32c,
                              rbd_completion_t c,
                              int op_flags);

/**
 * As `rbd_aio_write`, from `iovcnt` buffers one after the other. `-EINVAL` for a count of 0 or less, or
 * a length that overflows.
 */
CEPH_RBD_API
int rbd_aio_writev(rbd_image_t image,
                   const struct iovec *iov,
                   int iovcnt,
                   uint64_t off,
                   rbd_completion_t c);

/**
 * Starts `rbd_read`. The completion's value is the bytes read.
 */
CEPH_RBD_API
int rbd_aio_read(rbd_image_t image,
                 uint64_t off,
                 size_t len,
                 char *buf,
                 rbd_completion_t c);

/**
 * As `rbd_aio_read`, with `LIBRADOS_OP_FLAG_*` hints.
 */
CEPH_RBD_API
int rbd_aio_read2(rbd_image_t image,
                  uint64_t off,
                  size_t len,
                  char *buf,
                  rbd_completion_t c,
                  int op_flags);

/**
 * As `rbd_aio_read`, into `iovcnt` buffers one after the other. `-EINVAL` for a count of 0 or less, or a
 * length that overflows.
 */
CEPH_RBD_API
int rbd_aio_readv(rbd_image_t image,
                  const struct iovec *iov,
                  int iovcnt,
                  uint64_t off,
                  rbd_completion_t c);

/**
 * Starts `rbd_discard`. The completion's value is 0.
 */
CEPH_RBD_API int rbd_aio_discard(rbd_image_t image, uint64_t off, uint64_t len, rbd_completion_t c);

/**
 * Starts `rbd_writesame`. The completion's value is 0.
 */
CEPH_RBD_API
int rbd_aio_writesame(rbd_image_t image,
                      uint64_t off,
                      size_t len,
                      const char *buf,
                      size_t data_len,
                      rbd_completion_t c,
                      int op_flags);

/**
 * Starts `rbd_write_zeroes`. The completion's value is 0.
 */
CEPH_RBD_API
int rbd_aio_write_zeroes(rbd_image_t image,
                         uint64_t off,
                         size_t len,
                         rbd_completion_t c,
                         int zero_flags,
                         int op_flags);

/**
 * Starts `rbd_compare_and_write`. The completion's value is 0; `*mismatch_off` must stay valid until
 * then.
 */
CEPH_RBD_API
ssize_t rbd_aio_compare_and_write(rbd_image_t image,
                                    uint64_t off,
                                    size_t len,
                                    const char *cmp_buf,
                                    const char *buf,
                                    rbd_completion_t c,
                                    uint64_t *mismatch_off,
                                    int op_flags);

/**
 * As `rbd_aio_compare_and_write`, with buffers in pieces. `-EINVAL` if the two are not equally long.
 */
CEPH_RBD_API
ssize_t rbd_aio_compare_and_writev(rbd_image_t image,
                                     uint64_t off,
                                     const struct iovec *cmp_iov,
                                     int cmp_iovcnt,
                                     const struct iovec *iov,
                                     int iovcnt,
                                     rbd_completion_t c,
                                     uint64_t *mismatch_off,
                                     int op_flags);

/**
 * Starts `rbd_flush`. The completion's value is 0.
 */
CEPH_RBD_API int rbd_aio_flush(rbd_image_t image, rbd_completion_t c);

/*
 * Snapshots.
 */

/**
 * Fills `snaps`, ended by an entry without a name, and returns how many there are. `*max_snaps` is the
 * capacity; `-ERANGE`, with the capacity needed, if they do not fit. Free with `rbd_snap_list_end`.
 */
CEPH_RBD_API
int rbd_snap_list(rbd_image_t image,
                  rbd_snap_info_t *snaps,
                  int *max_snaps);

/**
 * Frees the names of a list that `rbd_snap_list` filled, not the array.
 */
CEPH_RBD_API void rbd_snap_list_end(rbd_snap_info_t *snaps);

/**
 * Whether there is a snapshot of this name.
 */
CEPH_RBD_API int rbd_snap_exists(rbd_image_t image, const char *snapname, bool *exists);

/**
 * Takes a snapshot of the image's head. `-EEXIST` if the name is taken.
 */
CEPH_RBD_API int rbd_snap_create(rbd_image_t image, const char *snapname);

/**
 * As `rbd_snap_create`, with flags (`RBD_SNAP_CREATE_*`) and progress.
 */
CEPH_RBD_API
int rbd_snap_create2(rbd_image_t image,
                     const char *snap_name,
                     uint32_t flags,
                     librbd_progress_fn_t cb,
                     void *cbdata);

/**
 * Removes a snapshot. `-EBUSY` if it is protected or has children.
 */
CEPH_RBD_API int rbd_snap_remove(rbd_image_t image, const char *snapname);

/**
 * As `rbd_snap_remove`, with flags (`RBD_SNAP_REMOVE_*`) and progress.
 */
CEPH_RBD_API
int rbd_snap_remove2(rbd_image_t image,
                     const char *snap_name,
                     uint32_t flags,
                     librbd_progress_fn_t cb,
                     void *cbdata);

/**
 * Removes the snapshot of this id.
 */
CEPH_RBD_API int rbd_snap_remove_by_id(rbd_image_t image, uint64_t snap_id);

/**
 * Makes the image's head what it was at the snapshot.
 */
CEPH_RBD_API int rbd_snap_rollback(rbd_image_t image, const char *snapname);

/**
 * As `rbd_snap_rollback`, with progress.
 */
CEPH_RBD_API
int rbd_snap_rollback_with_progress(rbd_image_t image,
                                    const char *snapname,
                                    librbd_progress_fn_t cb,
                                    void *cbdata);

/**
 * Gives a snapshot another name. `-EEXIST` if that is taken.
 */
CEPH_RBD_API int rbd_snap_rename(rbd_image_t image, const char *snapname, const char *dstsnapsname);

/**
 * Keeps a snapshot from being removed, so that it can be cloned. `-EBUSY` if it is protected already.
 */
CEPH_RBD_API
int rbd_snap_protect(rbd_image_t image,
                     const char *snap_name);

/**
 * Lets a snapshot be removed again. `-EINVAL` if it is not protected, `-EBUSY` if it has children.
 */
CEPH_RBD_API int rbd_snap_unprotect(rbd_image_t image, const char *snap_name);

/**
 * Sets `*is_protected` to 1 or 0.
 */
CEPH_RBD_API int rbd_snap_is_protected(rbd_image_t image, const char *snap_name, int *is_protected);

/**
 * How many snapshots the image may have; `UINT64_MAX` if there is no limit.
 */
CEPH_RBD_API int rbd_snap_get_limit(rbd_image_t image, uint64_t *limit);

/**
 * Limits how many snapshots the image may have. `-ERANGE` if it has more.
 */
CEPH_RBD_API int rbd_snap_set_limit(rbd_image_t image, uint64_t limit);

/**
 * When the snapshot was taken.
 */
CEPH_RBD_API
int rbd_snap_get_timestamp(rbd_image_t image,
                           uint64_t snap_id,
                           struct timespec *timestamp);

/**
 * Makes the handle look at a snapshot or, where `snapname` is NULL or empty, at the head.
 */
CEPH_RBD_API int rbd_snap_set(rbd_image_t image, const char *snapname);

/**
 * As `rbd_snap_set`, by id; `CEPH_NOSNAP` (`UINT64_MAX - 1`) is the head.
 */
CEPH_RBD_API int rbd_snap_set_by_id(rbd_image_t image, uint64_t snap_id);

/**
 * Copies the name of the snapshot of this id into a buffer of `*name_len` bytes. `-ERANGE`, with the
 * bytes needed, if it does not fit.
 */
CEPH_RBD_API
int rbd_snap_get_name(rbd_image_t image,
                      uint64_t snap_id,
                      char *snapname,
                      size_t *name_len);

/**
 * The id of the snapshot of this name.
 */
CEPH_RBD_API int rbd_snap_get_id(rbd_image_t image, const char *snapname, uint64_t *snap_id);

/*
 * The namespaces of snapshots: user, group, trash, mirror.
 */

/**
 * Which namespace a snapshot belongs to.
 */
CEPH_RBD_API
int rbd_snap_get_namespace_type(rbd_image_t image,
                                uint64_t snap_id,
                                rbd_snap_namespace_type_t *namespace_type);

/**
 * Tells of the group snapshot it is part of. `-ERANGE` if `group_snap_size` is not the size of the
 * struct. Free with `rbd_snap_group_namespace_cleanup`.
 */
CEPH_RBD_API
int rbd_snap_get_group_namespace(rbd_image_t image,
                                 uint64_t snap_id,
                                 rbd_snap_group_namespace_t *group_snap,
                                 size_t group_snap_size);

/**
 * Frees the strings of the struct. `-ERANGE` if `group_snap_size` is not its size.
 */
CEPH_RBD_API
int rbd_snap_group_namespace_cleanup(rbd_snap_group_namespace_t *group_snap,
                                     size_t group_snap_size);

/**
 * Copies the name that a snapshot in the trash had. `-ERANGE` if it does not fit.
 */
CEPH_RBD_API
int rbd_snap_get_trash_namespace(rbd_image_t image,
                                 uint64_t snap_id,
                                 char *original_name,
                                 size_t max_length);

/**
 * The name and namespace that a snapshot in the trash had. Free with `rbd_snap_trash_namespace_cleanup`.
 */
CEPH_RBD_API
int rbd_snap_get_trash_namespace2(rbd_image_t image,
                                  uint64_t snap_id,
                                  rbd_snap_trash_namespace_t *trash_snap,
                                  size_t trash_snap_size);

/**
 * Frees the strings of the struct. `-ERANGE` if `trash_snap_size` is not its size.
 */
CEPH_RBD_API
int rbd_snap_trash_namespace_cleanup(rbd_snap_trash_namespace_t *trash_snap,
                                     size_t trash_snap_size);

/**
 * Tells of a mirror snapshot. `-ERANGE` if `mirror_snap_size` is not the size of the struct. Free with
 * `rbd_snap_mirror_namespace_cleanup`.
 */
CEPH_RBD_API
int rbd_snap_get_mirror_namespace(rbd_image_t image,
                                  uint64_t snap_id,
                                  rbd_snap_mirror_namespace_t *mirror_snap,
                                  size_t mirror_snap_size);

/**
 * Frees the strings of the struct. `-ERANGE` if `mirror_snap_size` is not its size.
 */
CEPH_RBD_API
int rbd_snap_mirror_namespace_cleanup(rbd_snap_mirror_namespace_t *mirror_snap,
                                      size_t mirror_snap_size);

/*
 * Clones of an image.
 */

/**
 * Writes the pools and names of the clones of the snapshot the handle looks at, as two runs of
 * NUL-terminated strings; returns how many there are. `-ERANGE`, with the bytes needed, if they do not
 * fit.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
ssize_t rbd_list_children(rbd_image_t image,
                            char *pools,
                            size_t *pools_len,
                            char *images,
                            size_t *images_len);

/**
 * Fills `children`, ended by an empty entry, and returns how many there are. `-ERANGE`, with the
 * capacity needed in `*max_children`, if they do not fit. Free with `rbd_list_children_cleanup`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_list_children2(rbd_image_t image,
                       rbd_child_info_t *children,
                       int *max_children);

/**
 * Frees the strings of one child, not the struct.
 */
CEPH_RBD_API CEPH_RBD_DEPRECATED void rbd_list_child_cleanup(rbd_child_info_t *child);

/**
 * Frees the strings of `num_children` children, not the array.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
void rbd_list_children_cleanup(rbd_child_info_t *children,
                               size_t num_children);

/**
 * Fills `images` with the clones of the snapshot the handle looks at (of all, at the head). `-ERANGE`,
 * with the count needed in `*max_images`, if they do not fit. Free with
 * `rbd_linked_image_spec_list_cleanup`.
 */
CEPH_RBD_API
int rbd_list_children3(rbd_image_t image,
                       rbd_linked_image_spec_t *images,
                       size_t *max_images);

/**
 * As `rbd_list_children3`, with the clones of clones.
 */
CEPH_RBD_API
int rbd_list_descendants(rbd_image_t image,
                         rbd_linked_image_spec_t *images,
                         size_t *max_images);

/*
 * Copying, flattening, sparsifying.
 */

/**
 * Copies what the handle looks at into a new image, without snapshots.
 */
CEPH_RBD_API int rbd_copy(rbd_image_t image, rados_ioctx_t dest_io_ctx, const char *destname);

/**
 * Copies what `src` looks at into the open image `dest`.
 */
CEPH_RBD_API int rbd_copy2(rbd_image_t src, rbd_image_t dest);

/**
 * As `rbd_copy`, with image options.
 */
CEPH_RBD_API
int rbd_copy3(rbd_image_t src,
              rados_ioctx_t dest_io_ctx,
              const char *destname,
              rbd_image_options_t dest_opts);

/**
 * As `rbd_copy3`; runs of `sparse_size` zero bytes are not written.
 */
CEPH_RBD_API
int rbd_copy4(rbd_image_t src,
              rados_ioctx_t dest_io_ctx,
              const char *destname,
              rbd_image_options_t dest_opts,
              size_t sparse_size);

/**
 * As `rbd_copy`, with progress.
 */
CEPH_RBD_API
int rbd_copy_with_progress(rbd_image_t image,
                           rados_ioctx_t dest_p,
                           const char *destname,
                           librbd_progress_fn_t cb,
                           void *cbdata);

/**
 * As `rbd_copy2`, with progress.
 */
CEPH_RBD_API
int rbd_copy_with_progress2(rbd_image_t src,
                            rbd_image_t dest,
                            librbd_progress_fn_t cb,
                            void *cbdata);

/**
 * As `rbd_copy3`, with progress.
 */
CEPH_RBD_API
int rbd_copy_with_progress3(rbd_image_t image,
                            rados_ioctx_t dest_p,
                            const char *destname,
                            rbd_image_options_t dest_opts,
                            librbd_progress_fn_t cb,
                            void *cbdata);

/**
 * As `rbd_copy4`, with progress.
 */
CEPH_RBD_API
int rbd_copy_with_progress4(rbd_image_t image,
                            rados_ioctx_t dest_p,
                            const char *destname,
                            rbd_image_options_t dest_opts,
                            librbd_progress_fn_t cb,
                            void *cbdata,
                            size_t sparse_size);

/**
 * Copies an image with all its snapshots.
 */
CEPH_RBD_API
int rbd_deep_copy(rbd_image_t src,
                  rados_ioctx_t dest_io_ctx,
                  const char *destname,
                  rbd_image_options_t dest_opts);

/**
 * As `rbd_deep_copy`, with progress.
 */
CEPH_RBD_API
int rbd_deep_copy_with_progress(rbd_image_t image,
                                rados_ioctx_t dest_io_ctx,
                                const char *destname,
                                rbd_image_options_t dest_opts,
                                librbd_progress_fn_t cb,
                                void *cbdata);

/**
 * Copies everything from the parent, so that the image no longer needs it. `-EINVAL` without a parent.
 */
CEPH_RBD_API
int rbd_flatten(rbd_image_t image);

/**
 * As `rbd_flatten`, with progress.
 */
CEPH_RBD_API
int rbd_flatten_with_progress(rbd_image_t image,
                              librbd_progress_fn_t cb,
                              void *cbdata);

/**
 * Gives back the space of runs of `sparse_size` zero bytes.
 */
CEPH_RBD_API int rbd_sparsify(rbd_image_t image, size_t sparse_size);

/**
 * As `rbd_sparsify`, with progress.
 */
CEPH_RBD_API
int rbd_sparsify_with_progress(rbd_image_t image,
                               size_t sparse_size,
                               librbd_progress_fn_t cb,
                               void *cbdata);

/*
 * Live migration of an image to another pool or layout.
 */

/**
 * Starts a migration: makes the destination and links it to the source.
 */
CEPH_RBD_API
int rbd_migration_prepare(rados_ioctx_t ioctx,
                          const char *image_name,
                          rados_ioctx_t dest_ioctx,
                          const char *dest_image_name,
                          rbd_image_options_t opts);

/**
 * Starts an import from the source that `source_spec` (JSON) describes.
 */
CEPH_RBD_API
int rbd_migration_prepare_import(const char *source_spec,
                                 rados_ioctx_t dest_ioctx,
                                 const char *dest_image_name,
                                 rbd_image_options_t opts);

/**
 * Copies all data from the source to the destination.
 */
CEPH_RBD_API int rbd_migration_execute(rados_ioctx_t ioctx, const char *image_name);

/**
 * As `rbd_migration_execute`, with progress.
 */
CEPH_RBD_API
int rbd_migration_execute_with_progress(rados_ioctx_t ioctx,
                                        const char *image_name,
                                        librbd_progress_fn_t cb,
                                        void *cbdata);

/**
 * Gives a migration up: the destination is removed, the source is as before.
 */
CEPH_RBD_API int rbd_migration_abort(rados_ioctx_t ioctx, const char *image_name);

/**
 * As `rbd_migration_abort`, with progress.
 */
CEPH_RBD_API
int rbd_migration_abort_with_progress(rados_ioctx_t ioctx,
                                      const char *image_name,
                                      librbd_progress_fn_t cb,
                                      void *cbdata);

/**
 * Ends a migration: the source is removed.
 */
CEPH_RBD_API int rbd_migration_commit(rados_ioctx_t ioctx, const char *image_name);

/**
 * As `rbd_migration_commit`, with progress.
 */
CEPH_RBD_API
int rbd_migration_commit_with_progress(rados_ioctx_t ioctx,
                                       const char *image_name,
                                       librbd_progress_fn_t cb,
                                       void *cbdata);

/**
 * Tells where a migration stands. `-ERANGE` if `status_size` is not the size of the struct. Free with
 * `rbd_migration_status_cleanup`.
 */
CEPH_RBD_API
int rbd_migration_status(rados_ioctx_t ioctx,
                         const char *image_name,
                         rbd_image_migration_status_t *status,
                         size_t status_size);

/**
 * Frees the strings of a migration status, not the status itself.
 */
CEPH_RBD_API void rbd_migration_status_cleanup(rbd_image_migration_status_t *status);

/*
 * Encryption of an image (LUKS).
 */

/**
 * Writes an encryption header as `opts` says (the struct that belongs to `format`, `opts_size` bytes)
 * and, unless the image is a clone, loads it.
 */
CEPH_RBD_API
int rbd_encryption_format(rbd_image_t image,
                          rbd_encryption_format_t format,
                          rbd_encryption_options_t opts,
                          size_t opts_size);

/**
 * From here on, reads decrypt and writes encrypt, for the image and its ancestors.
 */
CEPH_RBD_API
int rbd_encryption_load(rbd_image_t image,
                        rbd_encryption_format_t format,
                        rbd_encryption_options_t opts,
                        size_t opts_size);

/**
 * As `rbd_encryption_load`, with one spec for each generation: the image first, then its parent, and so
 * on; the last is used for all others.
 */
CEPH_RBD_API
int rbd_encryption_load2(rbd_image_t image,
                         const rbd_encryption_spec_t *specs,
                         size_t spec_count);

/*
 * Metadata of an image: pairs of strings.
 */

/**
 * Copies a value, NUL-terminated, into a buffer of `*val_len` bytes. `-ENOENT` if there is no such key;
 * `-ERANGE`, with the bytes needed, if it does not fit.
 */
CEPH_RBD_API
int rbd_metadata_get(rbd_image_t image,
                     const char *key,
                     char *value,
                     size_t *val_len);

/**
 * Sets a key.
 */
CEPH_RBD_API int rbd_metadata_set(rbd_image_t image, const char *key, const char *value);

/**
 * Removes a key. `-ENOENT` if there is no such key.
 */
CEPH_RBD_API int rbd_metadata_remove(rbd_image_t image, const char *key);

/**
 * Writes `max` pairs at the most (0: all), after key `start`, as two runs of NUL-terminated strings.
 * `-ERANGE`, with the bytes needed, if they do not fit.
 */
CEPH_RBD_API
int rbd_metadata_list(rbd_image_t image,
                      const char *start,
                      uint64_t max,
                      char *keys,
                      size_t *key_len,
                      char *values,
                      size_t *vals_len);

/*
 * Advisory locks: they keep out other lockers, nothing else.
 */

/**
 * Tells of the lock and writes its holders as runs of NUL-terminated strings; returns how many there
 * are. `-ERANGE`, with the bytes needed in each length, if a buffer is too small.
 */
CEPH_RBD_API
ssize_t rbd_list_lockers(rbd_image_t image,
                           int *exclusive,
                           char *tag,
                           size_t *tag_len,
                           char *clients,
                           size_t *clients_len,
                           char *cookies,
                           size_t *cookies_len,
                           char *addrs,
                           size_t *addrs_len);

/**
 * Takes the lock alone, under `cookie`. `-EBUSY` if somebody else holds it, `-EEXIST` if this client
 * does, under this cookie.
 */
CEPH_RBD_API
int rbd_lock_exclusive(rbd_image_t image,
                       const char *cookie);

/**
 * Takes the lock together with all that give the same `tag`. `-EBUSY` if somebody else holds it
 * otherwise, `-EEXIST` if this client does, under this cookie.
 */
CEPH_RBD_API int rbd_lock_shared(rbd_image_t image, const char *cookie, const char *tag);

/**
 * Gives the lock back. `-ENOENT` if this client does not hold it under this cookie.
 */
CEPH_RBD_API int rbd_unlock(rbd_image_t image, const char *cookie);

/**
 * Takes the lock away from `client` (as `rbd_list_lockers` names it). `-ENOENT` if it does not hold it
 * under this cookie.
 */
CEPH_RBD_API
int rbd_break_lock(rbd_image_t image,
                   const char *client,
                   const char *cookie);

/*
 * The managed exclusive lock, and the object map.
 */

/**
 * Sets `*is_owner` to 1 if this handle holds the exclusive lock, else to 0.
 */
CEPH_RBD_API int rbd_is_exclusive_lock_owner(rbd_image_t image, int *is_owner);

/**
 * Takes the exclusive lock and keeps it until it is released or broken.
 */
CEPH_RBD_API int rbd_lock_acquire(rbd_image_t image, rbd_lock_mode_t lock_mode);

/**
 * Gives the exclusive lock back.
 */
CEPH_RBD_API int rbd_lock_release(rbd_image_t image);

/**
 * Who holds the exclusive lock; `*max_lock_owners` is the capacity and becomes the count. `-ENOENT` if
 * nobody does, `-ERANGE` if they do not fit. Free with `rbd_lock_get_owners_cleanup`.
 */
CEPH_RBD_API
int rbd_lock_get_owners(rbd_image_t image,
                        rbd_lock_mode_t *lock_mode,
                        char **lock_owners,
                        size_t *max_lock_owners);

/**
 * Frees `lock_owner_count` strings, not the array.
 */
CEPH_RBD_API void rbd_lock_get_owners_cleanup(char **lock_owners, size_t lock_owner_count);

/**
 * Takes the exclusive lock away from `lock_owner`, which is blocklisted.
 */
CEPH_RBD_API
int rbd_lock_break(rbd_image_t image,
                   rbd_lock_mode_t lock_mode,
                   const char *lock_owner);

/**
 * Builds the object map anew from the objects, with progress.
 */
CEPH_RBD_API int rbd_rebuild_object_map(rbd_image_t image, librbd_progress_fn_t cb, void *cbdata);

/*
 * Being told of changes to an image, and who else is watching.
 */

/**
 * From here on, calls `watch_cb(arg)` when somebody changed the image's metadata. `*handle` is for
 * `rbd_update_unwatch`.
 */
CEPH_RBD_API
int rbd_update_watch(rbd_image_t image,
                     uint64_t *handle,
                     rbd_update_callback_t watch_cb,
                     void *arg);

/**
 * Ends a watch.
 */
CEPH_RBD_API int rbd_update_unwatch(rbd_image_t image, uint64_t handle);

/**
 * Fills `watchers` with everybody that watches the image's header; `*max_watchers` is the capacity and
 * becomes the count. `-ERANGE`, with the count needed, if they do not fit. Free with
 * `rbd_watchers_list_cleanup`.
 */
CEPH_RBD_API
int rbd_watchers_list(rbd_image_t image,
                      rbd_image_watcher_t *watchers,
                      size_t *max_watchers);

/**
 * Frees the strings of `num_watchers` watchers, not the array.
 */
CEPH_RBD_API void rbd_watchers_list_cleanup(rbd_image_watcher_t *watchers, size_t num_watchers);

/**
 * From here on, calls `quiesce_cb(arg)` before a snapshot is taken, which waits for
 * `rbd_quiesce_complete`, and `unquiesce_cb(arg)` afterwards.
 */
CEPH_RBD_API
int rbd_quiesce_watch(rbd_image_t image,
                      rbd_update_callback_t quiesce_cb,
                      rbd_update_callback_t unquiesce_cb,
                      void *arg,
                      uint64_t *handle);

/**
 * Tells that the quiesce asked for is done, with result `r`.
 */
CEPH_RBD_API void rbd_quiesce_complete(rbd_image_t image, uint64_t handle, int r);

/**
 * Ends a quiesce watch.
 */
CEPH_RBD_API int rbd_quiesce_unwatch(rbd_image_t image, uint64_t handle);

/*
 * The trash: images whose removal was deferred.
 */

/**
 * Moves an image to the trash; it may be removed for good after `delay` seconds.
 */
CEPH_RBD_API int rbd_trash_move(rados_ioctx_t io, const char *name, uint64_t delay);

/**
 * Tells of one image in the trash, by id. `-ENOENT` if it is not there. Free with
 * `rbd_trash_get_cleanup`.
 */
CEPH_RBD_API int rbd_trash_get(rados_ioctx_t io, const char *id, rbd_trash_image_info_t *info);

/**
 * Frees the strings of a trash entry, not the entry itself.
 */
CEPH_RBD_API void rbd_trash_get_cleanup(rbd_trash_image_info_t *info);

/**
 * Fills `trash_entries`; `*num_entries` is the capacity and becomes the count, which is also returned.
 * `-ERANGE`, with the count needed, if they do not fit. Free with `rbd_trash_list_cleanup`.
 */
CEPH_RBD_API
int rbd_trash_list(rados_ioctx_t io,
                   rbd_trash_image_info_t *trash_entries,
                   size_t *num_entries);

/**
 * Frees the strings of `num_entries` trash entries, not the array.
 */
CEPH_RBD_API void rbd_trash_list_cleanup(rbd_trash_image_info_t *trash_entries, size_t num_entries);

/**
 * Removes images from the trash for good: those deferred until `expire_ts` at the latest, or, where
 * `threshold` is not -1, the oldest until the pool is filled to that fraction.
 */
CEPH_RBD_API int rbd_trash_purge(rados_ioctx_t io, time_t expire_ts, float threshold);

/**
 * As `rbd_trash_purge`, with progress.
 */
CEPH_RBD_API
int rbd_trash_purge_with_progress(rados_ioctx_t io,
                                  time_t expire_ts,
                                  float threshold,
                                  librbd_progress_fn_t cb,
                                  void *cbdata);

/**
 * Removes one image from the trash for good. `-EPERM` before its deferment ends, unless forced.
 */
CEPH_RBD_API int rbd_trash_remove(rados_ioctx_t io, const char *id, bool force);

/**
 * As `rbd_trash_remove`, with progress.
 */
CEPH_RBD_API
int rbd_trash_remove_with_progress(rados_ioctx_t io,
                                   const char *id,
                                   bool force,
                                   librbd_progress_fn_t cb,
                                   void *cbdata);

/**
 * Takes an image out of the trash, under `name` or, where that is NULL or empty, its old name. `-EEXIST`
 * if the name is taken.
 */
CEPH_RBD_API
int rbd_trash_restore(rados_ioctx_t io,
                      const char *id,
                      const char *name);

/*
 * Namespaces of a pool.
 */

/**
 * Makes a namespace. `-EEXIST` if there is one, `-EINVAL` for an empty name.
 */
CEPH_RBD_API int rbd_namespace_create(rados_ioctx_t io, const char *namespace_name);

/**
 * Removes an empty namespace. `-EBUSY` if it holds images, `-ENOENT` if there is none.
 */
CEPH_RBD_API int rbd_namespace_remove(rados_ioctx_t io, const char *namespace_name);

/**
 * Writes the names of all namespaces, each ended by a NUL; returns the bytes written, and tells them in `*size` too.
 * `-ERANGE`, with the bytes needed in `*size`, if they do not fit.
 */
CEPH_RBD_API
int rbd_namespace_list(rados_ioctx_t io,
                       char *namespace_names,
                       size_t *size);

/**
 * Whether there is a namespace of this name.
 */
CEPH_RBD_API int rbd_namespace_exists(rados_ioctx_t io, const char *namespace_name, bool *exists);

/*
 * Pools: making one ready for images, and counting what is in it.
 */

/**
 * Makes a pool ready for images; `force` even if it serves another application.
 */
CEPH_RBD_API int rbd_pool_init(rados_ioctx_t io, bool force);

/**
 * Makes a set of questions in `*stats`. Free it with `rbd_pool_stats_destroy`.
 */
CEPH_RBD_API void rbd_pool_stats_create(rbd_pool_stats_t *stats);

/**
 * Frees a set of questions.
 */
CEPH_RBD_API void rbd_pool_stats_destroy(rbd_pool_stats_t stats);

/**
 * Adds a question (`RBD_POOL_STAT_OPTION_*`); its answer goes to `*stat_val`, which must stay valid.
 * `-EEXIST` if it is there already, `-ENOENT` if it is unknown.
 */
CEPH_RBD_API
int rbd_pool_stats_option_add_uint64(rbd_pool_stats_t stats,
                                     int stat_option,
                                     uint64_t *stat_val);

/**
 * Answers all questions of the set.
 */
CEPH_RBD_API int rbd_pool_stats_get(rados_ioctx_t io, rbd_pool_stats_t stats);

/*
 * Metadata and configuration overrides of a pool and of an image.
 */

/**
 * Copies a value, NUL-terminated, into a buffer of `*val_len` bytes. `-ENOENT` if there is no such key;
 * `-ERANGE`, with the bytes needed, if it does not fit.
 */
CEPH_RBD_API
int rbd_pool_metadata_get(rados_ioctx_t io_ctx,
                          const char *key,
                          char *value,
                          size_t *val_len);

/**
 * Sets a key of the pool.
 */
CEPH_RBD_API int rbd_pool_metadata_set(rados_ioctx_t io_ctx, const char *key, const char *value);

/**
 * Removes a key of the pool. `-ENOENT` if there is no such key.
 */
CEPH_RBD_API int rbd_pool_metadata_remove(rados_ioctx_t io_ctx, const char *key);

/**
 * Writes `max` pairs at the most (0: all), after key `start`, as two runs of NUL-terminated strings.
 * `-ERANGE`, with the bytes needed, if they do not fit.
 */
CEPH_RBD_API
int rbd_pool_metadata_list(rados_ioctx_t io_ctx,
                           const char *start,
                           uint64_t max,
                           char *keys,
                           size_t *key_len,
                           char *values,
                           size_t *vals_len);

/**
 * Fills `options` with all configuration options an image of this pool starts from, and where each comes
 * from. `-ERANGE`, with the count needed in `*max_options`, if they do not fit. Free with
 * `rbd_config_pool_list_cleanup`.
 */
CEPH_RBD_API
int rbd_config_pool_list(rados_ioctx_t io_ctx,
                         rbd_config_option_t *options,
                         int *max_options);

/**
 * Frees the strings of `max_options` options, not the array.
 */
CEPH_RBD_API void rbd_config_pool_list_cleanup(rbd_config_option_t *options, int max_options);

/**
 * As `rbd_config_pool_list`, for an open image. Free with `rbd_config_image_list_cleanup`.
 */
CEPH_RBD_API
int rbd_config_image_list(rbd_image_t image,
                          rbd_config_option_t *options,
                          int *max_options);

/**
 * Frees the strings of `max_options` options, not the array.
 */
CEPH_RBD_API void rbd_config_image_list_cleanup(rbd_config_option_t *options, int max_options);

/*
 * Groups of images.
 */

/**
 * Makes an empty group. `-EEXIST` if the name is taken.
 */
CEPH_RBD_API int rbd_group_create(rados_ioctx_t p, const char *name);

/**
 * Removes a group; its images stay. `-ENOENT` if there is none.
 */
CEPH_RBD_API int rbd_group_remove(rados_ioctx_t p, const char *name);

/**
 * Writes the names of all groups, each ended by a NUL; returns the bytes written. `-ERANGE`, with the
 * bytes needed in `*size`, if they do not fit.
 */
CEPH_RBD_API
int rbd_group_list(rados_ioctx_t p,
                   char *names,
                   size_t *size);

/**
 * Copies a group's id into a buffer of `*size` bytes. `-ERANGE`, with the bytes needed, if it does not
 * fit.
 */
CEPH_RBD_API
int rbd_group_get_id(rados_ioctx_t p,
                     const char *group_name,
                     char *group_id,
                     size_t *size);

/**
 * Gives a group another name.
 */
CEPH_RBD_API int rbd_group_rename(rados_ioctx_t p, const char *src_name, const char *dest_name);

/**
 * Frees the strings of the struct. `-ERANGE` if `group_info_size` is not its size.
 */
CEPH_RBD_API int rbd_group_info_cleanup(rbd_group_info_t *group_info, size_t group_info_size);

/**
 * Puts an image into a group. `-EEXIST` if it is in one.
 */
CEPH_RBD_API
int rbd_group_image_add(rados_ioctx_t group_p,
                        const char *group_name,
                        rados_ioctx_t image_p,
                        const char *image_name);

/**
 * Takes an image out of a group.
 */
CEPH_RBD_API
int rbd_group_image_remove(rados_ioctx_t group_p,
                           const char *group_name,
                           rados_ioctx_t image_p,
                           const char *image_name);

/**
 * As `rbd_group_image_remove`, by the image's id.
 */
CEPH_RBD_API
int rbd_group_image_remove_by_id(rados_ioctx_t group_p,
                                 const char *group_name,
                                 rados_ioctx_t image_p,
                                 const char *image_id);

/**
 * Fills `images` and returns how many there are; `*num_entries` is the capacity and becomes the count.
 * `-ERANGE` if they do not fit or `group_image_info_size` is not the size of the struct. Free with
 * `rbd_group_image_list_cleanup`.
 */
CEPH_RBD_API
int rbd_group_image_list(rados_ioctx_t group_p,
                         const char *group_name,
                         rbd_group_image_info_t *images,
                         size_t group_image_info_size,
                         size_t *num_entries);

/**
 * Frees the strings of `num_entries` entries, not the array. `-ERANGE` if `group_image_info_size` is not
 * the size of the struct.
 */
CEPH_RBD_API
int rbd_group_image_list_cleanup(rbd_group_image_info_t *images,
                                 size_t group_image_info_size,
                                 size_t num_entries);

/*
 * Snapshots of groups: of all their images at one moment.
 */

/**
 * Takes a snapshot of all images of a group. `-EEXIST` if the name is taken.
 */
CEPH_RBD_API
int rbd_group_snap_create(rados_ioctx_t group_p,
                          const char *group_name,
                          const char *snap_name);

/**
 * As `rbd_group_snap_create`, with flags (`RBD_SNAP_CREATE_*`).
 */
CEPH_RBD_API
int rbd_group_snap_create2(rados_ioctx_t group_p,
                           const char *group_name,
                           const char *snap_name,
                           uint32_t flags);

/**
 * Removes a snapshot of a group.
 */
CEPH_RBD_API
int rbd_group_snap_remove(rados_ioctx_t group_p,
                          const char *group_name,
                          const char *snap_name);

/**
 * Gives a snapshot of a group another name.
 */
CEPH_RBD_API
int rbd_group_snap_rename(rados_ioctx_t group_p,
                          const char *group_name,
                          const char *old_snap_name,
                          const char *new_snap_name);

/**
 * Fills `snaps` and returns how many there are; `*num_entries` is the capacity and becomes the count.
 * `-ERANGE` if they do not fit or `group_snap_info_size` is not the size of the struct. Free with
 * `rbd_group_snap_list_cleanup`.
 */
CEPH_RBD_API
int rbd_group_snap_list(rados_ioctx_t group_p,
                        const char *group_name,
                        rbd_group_snap_info_t *snaps,
                        size_t group_snap_info_size,
                        size_t *num_entries);

/**
 * Frees the strings of `num_entries` entries, not the array. `-ERANGE` if `group_snap_info_size` is not
 * the size of the struct.
 */
CEPH_RBD_API
int rbd_group_snap_list_cleanup(rbd_group_snap_info_t *snaps,
                                size_t group_snap_info_size,
                                size_t num_entries);

/**
 * As `rbd_group_snap_list`, with the images' snapshots. Free with `rbd_group_snap_list2_cleanup`.
 */
CEPH_RBD_API
int rbd_group_snap_list2(rados_ioctx_t group_p,
                         const char *group_name,
                         rbd_group_snap_info2_t *snaps,
                         size_t *num_entries);

/**
 * Frees the contents of `num_entries` entries, not the array.
 */
CEPH_RBD_API void rbd_group_snap_list2_cleanup(rbd_group_snap_info2_t *snaps, size_t num_entries);

/**
 * Tells of one snapshot of a group. Free with `rbd_group_snap_get_info_cleanup`.
 */
CEPH_RBD_API
int rbd_group_snap_get_info(rados_ioctx_t group_p,
                            const char *group_name,
                            const char *snap_name,
                            rbd_group_snap_info2_t *group_snap);

/**
 * Frees the contents of the struct, not the struct.
 */
CEPH_RBD_API void rbd_group_snap_get_info_cleanup(rbd_group_snap_info2_t *group_snap);

/**
 * Makes all images of a group what they were at the snapshot.
 */
CEPH_RBD_API
int rbd_group_snap_rollback(rados_ioctx_t group_p,
                            const char *group_name,
                            const char *snap_name);

/**
 * As `rbd_group_snap_rollback`, with progress.
 */
CEPH_RBD_API
int rbd_group_snap_rollback_with_progress(rados_ioctx_t group_p,
                                          const char *group_name,
                                          const char *snap_name,
                                          librbd_progress_fn_t cb,
                                          void *cbdata);

/*
 * Mirroring of a pool: mode, site name, peers.
 */

/**
 * Copies the cluster's site name into `name` of `*max_len` bytes. `-ERANGE`, with the bytes needed, if
 * it does not fit.
 */
CEPH_RBD_API
int rbd_mirror_site_name_get(rados_t cluster,
                             char *name,
                             size_t *max_len);

/**
 * Sets the cluster's site name; empty takes it back.
 */
CEPH_RBD_API int rbd_mirror_site_name_set(rados_t cluster, const char *name);

/**
 * What is mirrored of this pool.
 */
CEPH_RBD_API int rbd_mirror_mode_get(rados_ioctx_t io_ctx, rbd_mirror_mode_t *mirror_mode);

/**
 * Sets what is mirrored of this pool.
 */
CEPH_RBD_API int rbd_mirror_mode_set(rados_ioctx_t io_ctx, rbd_mirror_mode_t mirror_mode);

/**
 * Copies the name of the remote cluster's namespace into a buffer of `*max_len` bytes. `-ERANGE`, with
 * the bytes needed, if it does not fit.
 */
CEPH_RBD_API
int rbd_mirror_remote_namespace_get(rados_ioctx_t io_ctx,
                                    char *remote_namespace,
                                    size_t *max_len);

/**
 * Sets the remote cluster's namespace; only while mirroring is disabled, and disabling resets it.
 */
CEPH_RBD_API
int rbd_mirror_remote_namespace_set(rados_ioctx_t io_ctx,
                                    const char *remote_namespace);

/**
 * Copies the pool's mirror uuid into a buffer of `*max_len` bytes. `-ERANGE`, with the bytes needed, if
 * it does not fit.
 */
CEPH_RBD_API
int rbd_mirror_uuid_get(rados_ioctx_t io_ctx,
                        char *uuid,
                        size_t *max_len);

/**
 * Makes a token that lets another cluster become a peer. `-ERANGE`, with the bytes needed, if it does
 * not fit.
 */
CEPH_RBD_API
int rbd_mirror_peer_bootstrap_create(rados_ioctx_t io_ctx,
                                     char *token,
                                     size_t *max_len);

/**
 * Makes the cluster that issued `token` a peer.
 */
CEPH_RBD_API
int rbd_mirror_peer_bootstrap_import(rados_ioctx_t io_ctx,
                                     rbd_mirror_peer_direction_t direction,
                                     const char *token);

/**
 * Adds a peer; its new uuid goes to `uuid` of `uuid_max_length` bytes. `-E2BIG` if that is less than 37.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_add(rados_ioctx_t io_ctx,
                             char *uuid,
                             size_t uuid_max_length,
                             rbd_mirror_peer_direction_t direction,
                             const char *site_name,
                             const char *client_name);

/**
 * Changes a peer's site name. `-ENOENT` if there is no such peer.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_set_name(rados_ioctx_t io_ctx,
                                  const char *uuid,
                                  const char *site_name);

/**
 * Changes the client name used to reach a peer. `-ENOENT` if there is no such peer.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_set_client_name(rados_ioctx_t io_ctx,
                                         const char *uuid,
                                         const char *client_name);

/**
 * Changes a peer's direction. `-ENOENT` if there is no such peer.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_set_direction(rados_ioctx_t io_ctx,
                                       const char *uuid,
                                       rbd_mirror_peer_direction_t direction);

/**
 * Removes a peer.
 */
CEPH_RBD_API int rbd_mirror_peer_site_remove(rados_ioctx_t io_ctx, const char *uuid);

/**
 * Fills `peers`; `*max_peers` is the capacity and becomes the count. `-ERANGE`, with the count needed,
 * if they do not fit. Free with `rbd_mirror_peer_site_list_cleanup`.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_list(rados_ioctx_t io_ctx,
                              rbd_mirror_peer_site_t *peers,
                              int *max_peers);

/**
 * Frees the strings of `max_peers` peers, not the array.
 */
CEPH_RBD_API void rbd_mirror_peer_site_list_cleanup(rbd_mirror_peer_site_t *peers, int max_peers);

/**
 * Writes a peer's attributes as two runs of NUL-terminated strings, and how many there are. `-ERANGE`,
 * with the bytes needed, if they do not fit.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_get_attributes(rados_ioctx_t p,
                                        const char *uuid,
                                        char *keys,
                                        size_t *max_key_len,
                                        char *values,
                                        size_t *max_value_len,
                                        size_t *key_value_count);

/**
 * Sets a peer's attributes from two runs of `key_value_count` NUL-terminated strings.
 */
CEPH_RBD_API
int rbd_mirror_peer_site_set_attributes(rados_ioctx_t p,
                                        const char *uuid,
                                        const char *keys,
                                        const char *values,
                                        size_t key_value_count);

/**
 * Older name of `rbd_mirror_peer_site_add`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_peer_add(rados_ioctx_t io_ctx,
                        char *uuid,
                        size_t uuid_max_length,
                        const char *cluster_name,
                        const char *client_name);

/**
 * Older name of `rbd_mirror_peer_site_remove`.
 */
CEPH_RBD_API CEPH_RBD_DEPRECATED int rbd_mirror_peer_remove(rados_ioctx_t io_ctx, const char *uuid);

/**
 * Older form of `rbd_mirror_peer_site_list`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_peer_list(rados_ioctx_t io_ctx,
                         rbd_mirror_peer_t *peers,
                         int *max_peers);

/**
 * Frees the strings of `max_peers` peers, not the array.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
void rbd_mirror_peer_list_cleanup(rbd_mirror_peer_t *peers,
                                  int max_peers);

/**
 * Older name of `rbd_mirror_peer_site_set_client_name`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_peer_set_client(rados_ioctx_t io_ctx,
                               const char *uuid,
                               const char *client_name);

/**
 * Older name of `rbd_mirror_peer_site_set_name`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_peer_set_cluster(rados_ioctx_t io_ctx,
                                const char *uuid,
                                const char *cluster_name);

/**
 * Older name of `rbd_mirror_peer_site_get_attributes`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_peer_get_attributes(rados_ioctx_t p,
                                   const char *uuid,
                                   char *keys,
                                   size_t *max_key_len,
                                   char *values,
                                   size_t *max_value_len,
                                   size_t *key_value_count);

/**
 * Older name of `rbd_mirror_peer_site_set_attributes`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_peer_set_attributes(rados_ioctx_t p,
                                   const char *uuid,
                                   const char *keys,
                                   const char *values,
                                   size_t key_value_count);

/*
 * Mirroring of one image.
 */

/**
 * Mirrors the image by its journal.
 */
CEPH_RBD_API CEPH_RBD_DEPRECATED int rbd_mirror_image_enable(rbd_image_t image);

/**
 * Mirrors the image in this mode.
 */
CEPH_RBD_API int rbd_mirror_image_enable2(rbd_image_t image, rbd_mirror_image_mode_t mode);

/**
 * Ends mirroring of the image.
 */
CEPH_RBD_API int rbd_mirror_image_disable(rbd_image_t image, bool force);

/**
 * Makes this the primary copy; `force` if the other cannot be demoted first.
 */
CEPH_RBD_API int rbd_mirror_image_promote(rbd_image_t image, bool force);

/**
 * Makes this a non-primary copy.
 */
CEPH_RBD_API int rbd_mirror_image_demote(rbd_image_t image);

/**
 * Asks for this copy to be made anew from the primary.
 */
CEPH_RBD_API int rbd_mirror_image_resync(rbd_image_t image);

/**
 * Takes a mirror snapshot; its id goes to `*snap_id`.
 */
CEPH_RBD_API int rbd_mirror_image_create_snapshot(rbd_image_t image, uint64_t *snap_id);

/**
 * As `rbd_mirror_image_create_snapshot`, with flags (`RBD_SNAP_CREATE_*`).
 */
CEPH_RBD_API
int rbd_mirror_image_create_snapshot2(rbd_image_t image,
                                      uint32_t flags,
                                      uint64_t *snap_id);

/**
 * Tells of the image's mirroring. `-ERANGE` if `info_size` is not the size of the struct. Free with
 * `rbd_mirror_image_get_info_cleanup`.
 */
CEPH_RBD_API
int rbd_mirror_image_get_info(rbd_image_t image,
                              rbd_mirror_image_info_t *mirror_image_info,
                              size_t info_size);

/**
 * Frees the strings of the struct, not the struct.
 */
CEPH_RBD_API void rbd_mirror_image_get_info_cleanup(rbd_mirror_image_info_t *mirror_image_info);

/**
 * How the image is mirrored.
 */
CEPH_RBD_API int rbd_mirror_image_get_mode(rbd_image_t image, rbd_mirror_image_mode_t *mode);

/**
 * The state of the image at all sites. `-ERANGE` if `status_size` is not the size of the struct. Free
 * with `rbd_mirror_image_global_status_cleanup`.
 */
CEPH_RBD_API
int rbd_mirror_image_get_global_status(rbd_image_t image,
                                       rbd_mirror_image_global_status_t *mirror_image_global_status,
                                       size_t status_size);

/**
 * Frees the contents of the struct, not the struct.
 */
CEPH_RBD_API
void rbd_mirror_image_global_status_cleanup(rbd_mirror_image_global_status_t *mirror_image_global_status);

/**
 * Older form of `rbd_mirror_image_get_global_status`: the local site only.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_image_get_status(rbd_image_t image,
                                rbd_mirror_image_status_t *mirror_image_status,
                                size_t status_size);

/**
 * Copies the id of the rbd-mirror instance that handles the image. `-ERANGE`, with the bytes needed, if
 * it does not fit.
 */
CEPH_RBD_API
int rbd_mirror_image_get_instance_id(rbd_image_t image,
                                     char *instance_id,
                                     size_t *id_max_length);

/**
 * Starts `rbd_mirror_image_promote`.
 */
CEPH_RBD_API int rbd_aio_mirror_image_promote(rbd_image_t image, bool force, rbd_completion_t c);

/**
 * Starts `rbd_mirror_image_demote`.
 */
CEPH_RBD_API int rbd_aio_mirror_image_demote(rbd_image_t image, rbd_completion_t c);

/**
 * Starts `rbd_mirror_image_get_info`.
 */
CEPH_RBD_API
int rbd_aio_mirror_image_get_info(rbd_image_t image,
                                  rbd_mirror_image_info_t *mirror_image_info,
                                  size_t info_size,
                                  rbd_completion_t c);

/**
 * Starts `rbd_mirror_image_get_mode`.
 */
CEPH_RBD_API
int rbd_aio_mirror_image_get_mode(rbd_image_t image,
                                  rbd_mirror_image_mode_t *mode,
                                  rbd_completion_t c);

/**
 * Starts `rbd_mirror_image_get_global_status`.
 */
CEPH_RBD_API
int rbd_aio_mirror_image_get_global_status(rbd_image_t image,
                                           rbd_mirror_image_global_status_t *mirror_global_image_status,
                                           size_t status_size,
                                           rbd_completion_t c);

/**
 * Starts `rbd_mirror_image_get_status`.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_aio_mirror_image_get_status(rbd_image_t image,
                                    rbd_mirror_image_status_t *mirror_image_status,
                                    size_t status_size,
                                    rbd_completion_t c);

/**
 * Starts `rbd_mirror_image_create_snapshot2`.
 */
CEPH_RBD_API
int rbd_aio_mirror_image_create_snapshot(rbd_image_t image,
                                         uint32_t flags,
                                         uint64_t *snap_id,
                                         rbd_completion_t c);

/*
 * Mirroring: the state of all images of a pool.
 */

/**
 * Fills `image_ids` and `images`, `max` at the most, with the images after id `start_id`; the count goes
 * to `*len`. Free with `rbd_mirror_image_global_status_list_cleanup`.
 */
CEPH_RBD_API
int rbd_mirror_image_global_status_list(rados_ioctx_t io_ctx,
                                        const char *start_id,
                                        size_t max,
                                        char **image_ids,
                                        rbd_mirror_image_global_status_t *images,
                                        size_t *len);

/**
 * Frees the ids and the contents of `len` statuses, not the arrays.
 */
CEPH_RBD_API
void rbd_mirror_image_global_status_list_cleanup(char **image_ids,
                                                 rbd_mirror_image_global_status_t *images,
                                                 size_t len);

/**
 * Older form of `rbd_mirror_image_global_status_list`: the local site only.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
int rbd_mirror_image_status_list(rados_ioctx_t io_ctx,
                                 const char *start_id,
                                 size_t max,
                                 char **image_ids,
                                 rbd_mirror_image_status_t *images,
                                 size_t *len);

/**
 * Frees the ids and the contents of `len` statuses, not the arrays.
 */
CEPH_RBD_API
CEPH_RBD_DEPRECATED
void rbd_mirror_image_status_list_cleanup(char **image_ids,
                                          rbd_mirror_image_status_t *images,
                                          size_t len);

/**
 * Counts images by state; `*maxlen` is the capacity and becomes the number of states. `-ERANGE` if they
 * do not fit.
 */
CEPH_RBD_API
int rbd_mirror_image_status_summary(rados_ioctx_t io_ctx,
                                    rbd_mirror_image_status_state_t *states,
                                    int *counts,
                                    size_t *maxlen);

/**
 * Fills `image_ids` and `instance_ids`, `max` at the most, after id `start_id`; the count goes to
 * `*len`. Free with `rbd_mirror_image_instance_id_list_cleanup`.
 */
CEPH_RBD_API
int rbd_mirror_image_instance_id_list(rados_ioctx_t io_ctx,
                                      const char *start_id,
                                      size_t max,
                                      char **image_ids,
                                      char **instance_ids,
                                      size_t *len);

/**
 * Frees `len` pairs of strings, not the arrays.
 */
CEPH_RBD_API
void rbd_mirror_image_instance_id_list_cleanup(char **image_ids,
                                               char **instance_ids,
                                               size_t len);

/**
 * Fills the arrays, `max` at the most, with the images after id `start_id` that are mirrored in
 * `*mode_filter` (NULL: in any mode). Free with `rbd_mirror_image_info_list_cleanup`.
 */
CEPH_RBD_API
int rbd_mirror_image_info_list(rados_ioctx_t io_ctx,
                               rbd_mirror_image_mode_t *mode_filter,
                               const char *start_id,
                               size_t max,
                               char **image_ids,
                               rbd_mirror_image_mode_t *mode_entries,
                               rbd_mirror_image_info_t *info_entries,
                               size_t *num_entries);

/**
 * Frees the ids and the contents of `num_entries` entries, not the arrays.
 */
CEPH_RBD_API
void rbd_mirror_image_info_list_cleanup(char **image_ids,
                                        rbd_mirror_image_info_t *info_entries,
                                        size_t num_entries);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
