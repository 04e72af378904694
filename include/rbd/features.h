/*
 * Feature bits of RBD images, their names, and the sets that Ceph makes of them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef CEPH_RBD_FEATURES_H
#define CEPH_RBD_FEATURES_H

#ifdef __cplusplus
extern "C" {
#endif

/* The image may have a parent. */
#define RBD_FEATURE_LAYERING (1ULL << 0)
/* The image is striped over its objects. */
#define RBD_FEATURE_STRIPINGV2 (1ULL << 1)
/* One client at a time writes, under a lock. */
#define RBD_FEATURE_EXCLUSIVE_LOCK (1ULL << 2)
/* There is a map of which objects exist. */
#define RBD_FEATURE_OBJECT_MAP (1ULL << 3)
/* The object map tells what changed since the last snapshot. */
#define RBD_FEATURE_FAST_DIFF (1ULL << 4)
/* Flattening reaches the snapshots too. */
#define RBD_FEATURE_DEEP_FLATTEN (1ULL << 5)
/* Changes are written to a journal first. */
#define RBD_FEATURE_JOURNALING (1ULL << 6)
/* The data objects are in a pool of their own. */
#define RBD_FEATURE_DATA_POOL (1ULL << 7)
/* There are operation features. */
#define RBD_FEATURE_OPERATIONS (1ULL << 8)
/* The image is the source or the destination of a migration. */
#define RBD_FEATURE_MIGRATING (1ULL << 9)
/* The image is the copy of a primary one. */
#define RBD_FEATURE_NON_PRIMARY (1ULL << 10)
/* A client's persistent cache holds data that is not in the image yet. */
#define RBD_FEATURE_DIRTY_CACHE (1ULL << 11)

#define RBD_FEATURE_NAME_LAYERING "layering"
#define RBD_FEATURE_NAME_STRIPINGV2 "striping"
#define RBD_FEATURE_NAME_EXCLUSIVE_LOCK "exclusive-lock"
#define RBD_FEATURE_NAME_OBJECT_MAP "object-map"
#define RBD_FEATURE_NAME_FAST_DIFF "fast-diff"
#define RBD_FEATURE_NAME_DEEP_FLATTEN "deep-flatten"
#define RBD_FEATURE_NAME_JOURNALING "journaling"
#define RBD_FEATURE_NAME_DATA_POOL "data-pool"
#define RBD_FEATURE_NAME_OPERATIONS "operations"
#define RBD_FEATURE_NAME_MIGRATING "migrating"
#define RBD_FEATURE_NAME_NON_PRIMARY "non-primary"
#define RBD_FEATURE_NAME_DIRTY_CACHE "dirty-cache"

/* What a new image of Ceph's has where nothing else is said. */
#define RBD_FEATURES_DEFAULT                                                                       \
	(RBD_FEATURE_LAYERING | RBD_FEATURE_EXCLUSIVE_LOCK | RBD_FEATURE_OBJECT_MAP |              \
	 RBD_FEATURE_FAST_DIFF | RBD_FEATURE_DEEP_FLATTEN)

/* A client that does not know one of these may not open the image at all. */
#define RBD_FEATURES_INCOMPATIBLE                                                                  \
	(RBD_FEATURE_LAYERING | RBD_FEATURE_STRIPINGV2 | RBD_FEATURE_DATA_POOL |                   \
	 RBD_FEATURE_DIRTY_CACHE)

/* A client that does not know one of these may not write to the image. */
#define RBD_FEATURES_RW_INCOMPATIBLE                                                               \
	(RBD_FEATURES_INCOMPATIBLE | RBD_FEATURE_EXCLUSIVE_LOCK | RBD_FEATURE_OBJECT_MAP |         \
	 RBD_FEATURE_FAST_DIFF | RBD_FEATURE_DEEP_FLATTEN | RBD_FEATURE_JOURNALING |               \
	 RBD_FEATURE_OPERATIONS | RBD_FEATURE_MIGRATING | RBD_FEATURE_NON_PRIMARY)

/* All there are. */
#define RBD_FEATURES_ALL                                                                           \
	(RBD_FEATURE_LAYERING | RBD_FEATURE_STRIPINGV2 | RBD_FEATURE_EXCLUSIVE_LOCK |              \
	 RBD_FEATURE_OBJECT_MAP | RBD_FEATURE_FAST_DIFF | RBD_FEATURE_DEEP_FLATTEN |               \
	 RBD_FEATURE_JOURNALING | RBD_FEATURE_DATA_POOL | RBD_FEATURE_OPERATIONS |                 \
	 RBD_FEATURE_MIGRATING | RBD_FEATURE_NON_PRIMARY | RBD_FEATURE_DIRTY_CACHE)

/* Those that can be turned on and off later. */
#define RBD_FEATURES_MUTABLE                                                                       \
	(RBD_FEATURE_EXCLUSIVE_LOCK | RBD_FEATURE_OBJECT_MAP | RBD_FEATURE_FAST_DIFF |             \
	 RBD_FEATURE_JOURNALING | RBD_FEATURE_NON_PRIMARY | RBD_FEATURE_DIRTY_CACHE)

/* Of these, those that only the library itself turns on and off. */
#define RBD_FEATURES_MUTABLE_INTERNAL (RBD_FEATURE_NON_PRIMARY | RBD_FEATURE_DIRTY_CACHE)

/* Those that can be turned off later, but not on. */
#define RBD_FEATURES_DISABLE_ONLY (RBD_FEATURE_DEEP_FLATTEN)

/* Those that only work while one client writes. */
#define RBD_FEATURES_SINGLE_CLIENT                                                                 \
	(RBD_FEATURE_EXCLUSIVE_LOCK | RBD_FEATURE_OBJECT_MAP | RBD_FEATURE_FAST_DIFF |             \
	 RBD_FEATURE_JOURNALING | RBD_FEATURE_DIRTY_CACHE)

/* Those that come with something else that was asked for. */
#define RBD_FEATURES_IMPLICIT_ENABLE                                                               \
	(RBD_FEATURE_STRIPINGV2 | RBD_FEATURE_DATA_POOL | RBD_FEATURE_FAST_DIFF |                  \
	 RBD_FEATURE_OPERATIONS | RBD_FEATURE_MIGRATING | RBD_FEATURE_NON_PRIMARY |                \
	 RBD_FEATURE_DIRTY_CACHE)

/* Those that nobody may ask for. */
#define RBD_FEATURES_INTERNAL (RBD_FEATURE_OPERATIONS | RBD_FEATURE_MIGRATING)

/* The image has clones of format 2. */
#define RBD_OPERATION_FEATURE_CLONE_PARENT (1ULL << 0)
/* The image is a clone of format 2. */
#define RBD_OPERATION_FEATURE_CLONE_CHILD (1ULL << 1)
/* The image is in a group. */
#define RBD_OPERATION_FEATURE_GROUP (1ULL << 2)
/* The image has snapshots in the trash. */
#define RBD_OPERATION_FEATURE_SNAP_TRASH (1ULL << 3)

#define RBD_OPERATION_FEATURE_NAME_CLONE_PARENT "clone-parent"
#define RBD_OPERATION_FEATURE_NAME_CLONE_CHILD "clone-child"
#define RBD_OPERATION_FEATURE_NAME_GROUP "group"
#define RBD_OPERATION_FEATURE_NAME_SNAP_TRASH "snap-trash"

/* All operation features there are. */
#define RBD_OPERATION_FEATURES_ALL                                                                 \
	(RBD_OPERATION_FEATURE_CLONE_PARENT | RBD_OPERATION_FEATURE_CLONE_CHILD |                  \
	 RBD_OPERATION_FEATURE_GROUP | RBD_OPERATION_FEATURE_SNAP_TRASH)

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
