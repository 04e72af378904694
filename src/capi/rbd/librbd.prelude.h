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
