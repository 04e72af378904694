/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by `cargo run -p sepiola-tools -- headers` from the Rust sources: do not edit. */
/*
 * librados: objects in pools, on a local store or a Ceph cluster.
 *
 * Unless said otherwise: functions that return an int return 0, or a positive count, on success and a negative errno on
 * failure, and set no out-parameter then. Offsets and lengths are bytes. Strings end in a NUL. A handle that is NULL,
 * closed, or of another kind is -EINVAL. All functions may be called from several threads, with the same handle too.
 */

#ifndef CEPH_LIBRADOS_H
#define CEPH_LIBRADOS_H

#include <netinet/in.h>
#if defined(__linux__)
#include <linux/types.h>
#elif defined(__FreeBSD__)
#include <sys/types.h>
#endif
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#include "rados_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Commands of the legacy rados_tmap_update. */
#ifndef CEPH_OSD_TMAP_SET
#define CEPH_OSD_TMAP_HDR 'h'
#define CEPH_OSD_TMAP_SET 's'
#define CEPH_OSD_TMAP_CREATE 'c'
#define CEPH_OSD_TMAP_RM 'r'
#endif

/* The version of this interface; see rados_version. */
#define LIBRADOS_VER_MAJOR 3
#define LIBRADOS_VER_MINOR 0
#define LIBRADOS_VER_EXTRA 0

#define LIBRADOS_VERSION(maj, min, extra) (((maj) << 16) + ((min) << 8) + (extra))
#define LIBRADOS_VERSION_CODE LIBRADOS_VERSION(LIBRADOS_VER_MAJOR, LIBRADOS_VER_MINOR, LIBRADOS_VER_EXTRA)

/* What the preprocessor may ask for. */
#define LIBRADOS_SUPPORTS_WATCH 1
#define LIBRADOS_SUPPORTS_SERVICES 1
#define LIBRADOS_SUPPORTS_GETADDRS 1
#define LIBRADOS_SUPPORTS_APP_METADATA 1

/* Flags of rados_lock_exclusive and rados_lock_shared: a lock that is held may be taken again, or must be held. */
#define LIBRADOS_LOCK_FLAG_RENEW (1u << 0)
#define LIBRADOS_LOCK_FLAG_MAY_RENEW LIBRADOS_LOCK_FLAG_RENEW
#define LIBRADOS_LOCK_FLAG_MUST_RENEW (1u << 1)

/* For rados_write_op_create. */
#define LIBRADOS_CREATE_EXCLUSIVE 1
#define LIBRADOS_CREATE_IDEMPOTENT 0

/* Visibility of the functions. */
#ifndef CEPH_RADOS_API
#if __GNUC__ >= 4
#define CEPH_RADOS_API __attribute__((visibility("default")))
#else
#define CEPH_RADOS_API
#endif
#endif

/* Flags of one operation in a compound read or write. */
enum {
    /* Fail where what is to be made exists. */
    LIBRADOS_OP_FLAG_EXCL = 0x1,
    /* The others go on where this one fails. */
    LIBRADOS_OP_FLAG_FAILOK = 0x2,
    /* How the data will be used. */
    LIBRADOS_OP_FLAG_FADVISE_RANDOM = 0x4,
    LIBRADOS_OP_FLAG_FADVISE_SEQUENTIAL = 0x8,
    LIBRADOS_OP_FLAG_FADVISE_WILLNEED = 0x10,
    LIBRADOS_OP_FLAG_FADVISE_DONTNEED = 0x20,
    LIBRADOS_OP_FLAG_FADVISE_NOCACHE = 0x40,
    LIBRADOS_OP_FLAG_FADVISE_FUA = 0x80,
};

/* How a given value compares with a stored one. */
enum {
    LIBRADOS_CMPXATTR_OP_EQ = 1,
    LIBRADOS_CMPXATTR_OP_NE = 2,
    LIBRADOS_CMPXATTR_OP_GT = 3,
    LIBRADOS_CMPXATTR_OP_GTE = 4,
    LIBRADOS_CMPXATTR_OP_LT = 5,
    LIBRADOS_CMPXATTR_OP_LTE = 6
};

/* Flags of a whole compound read or write. */
enum {
    LIBRADOS_OPERATION_NOFLAG = 0,
    /* Any replica may answer; the nearest one should. */
    LIBRADOS_OPERATION_BALANCE_READS = 1,
    LIBRADOS_OPERATION_LOCALIZE_READS = 2,
    LIBRADOS_OPERATION_ORDER_READS_WRITES = 4,
    LIBRADOS_OPERATION_IGNORE_CACHE = 8,
    LIBRADOS_OPERATION_SKIPRWLOCKS = 16,
    LIBRADOS_OPERATION_IGNORE_OVERLAY = 32,
    /* In a full cluster: fail rather than wait; write nevertheless. */
    LIBRADOS_OPERATION_FULL_TRY = 64,
    LIBRADOS_OPERATION_FULL_FORCE = 128,
    LIBRADOS_OPERATION_IGNORE_REDIRECT = 256,
    LIBRADOS_OPERATION_ORDERSNAP = 512,
    /* Writes, too, report what each operation returned, and its output. */
    LIBRADOS_OPERATION_RETURNVEC = 1024,
};

/* Flags of rados_set_alloc_hint2. */
enum {
    LIBRADOS_ALLOC_HINT_FLAG_SEQUENTIAL_WRITE = 1,
    LIBRADOS_ALLOC_HINT_FLAG_RANDOM_WRITE = 2,
    LIBRADOS_ALLOC_HINT_FLAG_SEQUENTIAL_READ = 4,
    LIBRADOS_ALLOC_HINT_FLAG_RANDOM_READ = 8,
    LIBRADOS_ALLOC_HINT_FLAG_APPEND_ONLY = 16,
    LIBRADOS_ALLOC_HINT_FLAG_IMMUTABLE = 32,
    LIBRADOS_ALLOC_HINT_FLAG_SHORTLIVED = 64,
    LIBRADOS_ALLOC_HINT_FLAG_LONGLIVED = 128,
    LIBRADOS_ALLOC_HINT_FLAG_COMPRESSIBLE = 256,
    LIBRADOS_ALLOC_HINT_FLAG_INCOMPRESSIBLE = 512,
    LIBRADOS_ALLOC_HINT_FLAG_LOG = 1024,
};

/* Kinds of checksum. */
typedef enum {
    LIBRADOS_CHECKSUM_TYPE_XXHASH32 = 0,
    LIBRADOS_CHECKSUM_TYPE_XXHASH64 = 1,
    LIBRADOS_CHECKSUM_TYPE_CRC32C = 2
} rados_checksum_type_t;

/* In place of a snapshot's id: the object as it is, and the set of its clones. */
#define LIBRADOS_SNAP_HEAD ((uint64_t)(-2))
#define LIBRADOS_SNAP_DIR ((uint64_t)(-1))

/* A cluster handle; see rados_create. */
#ifndef VOIDPTR_RADOS_T
#define VOIDPTR_RADOS_T
typedef void *rados_t;
#endif

struct blkin_trace_info;
