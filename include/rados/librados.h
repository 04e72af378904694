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

/**
 * A configuration context: what `rados_cct` returns. Only this library's own mean something to it.
 */
typedef void *rados_config_t;

/**
 * An I/O context: a pool, with the namespace, locator key and snapshot settings of the requests made with it. Those
 * settings apply to requests made after they are set; changing them while another thread makes requests with the
 * same context gives those either the old or the new ones.
 */
typedef void *rados_ioctx_t;

/**
 * A walk over the objects of a pool. One thread at a time may use it.
 */
typedef void *rados_list_ctx_t;

/**
 * A position in a pool's listing.
 */
typedef void *rados_object_list_cursor;

/**
 * An object in a listing. The strings end in a NUL that the lengths do not count.
 */
typedef struct rados_object_list_item {
    /**
     * Length of the object's name, in bytes.
     */
    size_t oid_length;
    /**
     * The object's name.
     */
    char *oid;
    /**
     * Length of the namespace, in bytes.
     */
    size_t nspace_length;
    /**
     * The object's namespace.
     */
    char *nspace;
    /**
     * Length of the locator key, in bytes.
     */
    size_t locator_length;
    /**
     * The object's locator key; NULL where it has none.
     */
    char *locator;
} rados_object_list_item;

/**
 * A snapshot's id.
 */
typedef uint64_t rados_snap_t;

/**
 * A walk over extended attributes.
 */
typedef void *rados_xattrs_iter_t;

/**
 * A walk over omap entries.
 */
typedef void *rados_omap_iter_t;

/**
 * Counters of a pool.
 */
typedef struct rados_pool_stat_t {
    /**
     * Space that data takes, in bytes.
     */
    uint64_t num_bytes;
    /**
     * The same in KiB.
     */
    uint64_t num_kb;
    /**
     * Objects, their clones included.
     */
    uint64_t num_objects;
    /**
     * Clones of objects that snapshots keep.
     */
    uint64_t num_object_clones;
    /**
     * Copies of all objects over all replicas.
     */
    uint64_t num_object_copies;
    /**
     * Objects that the primary of their placement group does not have.
     */
    uint64_t num_objects_missing_on_primary;
    /**
     * Objects that no reachable OSD has.
     */
    uint64_t num_objects_unfound;
    /**
     * Objects with fewer replicas than wanted.
     */
    uint64_t num_objects_degraded;
    /**
     * Read requests.
     */
    uint64_t num_rd;
    /**
     * Data read, in KiB.
     */
    uint64_t num_rd_kb;
    /**
     * Write requests.
     */
    uint64_t num_wr;
    /**
     * Data written, in KiB.
     */
    uint64_t num_wr_kb;
    /**
     * What users stored, in bytes.
     */
    uint64_t num_user_bytes;
    /**
     * Data that is stored compressed: size before, in bytes.
     */
    uint64_t compressed_bytes_orig;
    /**
     * The same: size after.
     */
    uint64_t compressed_bytes;
    /**
     * The same: space allocated.
     */
    uint64_t compressed_bytes_alloc;
} rados_pool_stat_t;

/**
 * Space and objects of a cluster. Sizes are in KiB.
 */
typedef struct rados_cluster_stat_t {
    /**
     * Capacity.
     */
    uint64_t kb;
    /**
     * Space in use.
     */
    uint64_t kb_used;
    /**
     * Space left.
     */
    uint64_t kb_avail;
    /**
     * Objects in all pools.
     */
    uint64_t num_objects;
} rados_cluster_stat_t;

/**
 * A compound write.
 */
typedef void *rados_write_op_t;

/**
 * A compound read.
 */
typedef void *rados_read_op_t;

/**
 * The completion of an asynchronous call.
 */
typedef void *rados_completion_t;

/**
 * Runs when an asynchronous call is complete, with the completion and the pointer given when it was created.
 */
typedef void (*rados_callback_t)(rados_completion_t cb, void *arg);

/**
 * Tells of a notify to a watch made by `rados_watch`.
 */
typedef void (*rados_watchcb_t)(uint8_t opcode, uint64_t ver, void *arg);

/**
 * Tells of a notify: answer it with `rados_notify_ack`, here or later. `data` is good until the callback returns.
 */
typedef void (*rados_watchcb2_t)(void *arg,
                                 uint64_t notify_id,
                                 uint64_t handle,
                                 uint64_t notifier_id,
                                 void *data,
                                 size_t data_len);

/**
 * Tells that a watch is lost: `err` is `-ENOTCONN`, `-ETIMEDOUT`, or `-ENOENT` where the object is gone.
 */
typedef void (*rados_watcherrcb_t)(void *pre, uint64_t cookie, int err);

/**
 * Gets the lines of the cluster log. The strings are good until the callback returns.
 */
typedef void (*rados_log_callback_t)(void *arg,
                                     const char *line,
                                     const char *who,
                                     uint64_t sec,
                                     uint64_t nsec,
                                     uint64_t seq,
                                     const char *level,
                                     const char *msg);

/**
 * The same, with the channel and the name of the entity.
 */
typedef void (*rados_log_callback2_t)(void *arg,
                                      const char *line,
                                      const char *channel,
                                      const char *who,
                                      const char *name,
                                      uint64_t sec,
                                      uint64_t nsec,
                                      uint64_t seq,
                                      const char *level,
                                      const char *msg);

/*
 * Clusters: create, connect, shut down, and what is known of them.
 */

/**
 * The version of the interface, as `LIBRADOS_VER_*`. Each pointer may be NULL.
 */
CEPH_RADOS_API void rados_version(int *major, int *minor, int *extra);

/**
 * Makes a handle for user `client.ID`; NULL stands for `admin`. Configure it (`rados_conf_read_file`, `rados_conf_set`), then
 * connect. Give it up with `rados_shutdown`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_create(rados_t *cluster,
                 const char *id);

/**
 * Like `rados_create`, with the name of the cluster (NULL: `ceph`) and the full name of the user, for example
 * `client.admin`. `flags` is not used. Returns 0, `-EINVAL` where the name is bad, or another negative errno.
 */
CEPH_RADOS_API
int rados_create2(rados_t *pcluster,
                  const char *clustername,
                  const char *name,
                  uint64_t flags);

/**
 * Makes a handle with a configuration that exists: what `rados_cct` returned. A pointer from elsewhere (Ceph's C++ tools
 * have contexts of their own) is not looked into: the handle then is configured from `CEPH_CONF` and the default places, as
 * `rados_create` and `rados_conf_read_file` with NULLs do. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_create_with_context(rados_t *cluster,
                              rados_config_t cct);

/**
 * Connects. How is up to the configuration: `sepiola store` names a directory on the local disk, `mon host` the monitors
 * of a cluster.
 *
 * Returns 0, `-ENOENT` where neither is set or there is no such directory, `-EINVAL` where both are, `-EBUSY` where another
 * process has the store for longer than `client_mount_timeout`, `-EISCONN` where it is connected already, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_connect(rados_t cluster);

/**
 * Ends a connection and gives the handle up; without a connection it only does the latter. I/O contexts must be destroyed
 * before. NULL is allowed.
 */
CEPH_RADOS_API
void rados_shutdown(rados_t cluster);

/**
 * The handle's configuration, for `rados_create_with_context`. It means nothing to other functions.
 */
CEPH_RADOS_API rados_config_t rados_cct(rados_t cluster);

/**
 * Space and number of objects. Returns 0 or a negative errno.
 */
CEPH_RADOS_API int rados_cluster_stat(rados_t cluster, rados_cluster_stat_t *result);

/**
 * The id of the cluster, 36 characters and a NUL, in `buf`; all zeros while not connected. Returns 36, or `-ERANGE` where
 * `len` is less than 37.
 */
CEPH_RADOS_API
int rados_cluster_fsid(rados_t cluster,
                       char *buf,
                       size_t len);

/**
 * Waits until this client knows of everything the monitors know at the time of the call. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_wait_for_latest_osdmap(rados_t cluster);

/**
 * A number that no other connection to this cluster has. 0 while not connected.
 */
CEPH_RADOS_API uint64_t rados_get_instance_id(rados_t cluster);

/**
 * The oldest release of OSDs that may join, as a number: 16 is Pacific. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_get_min_compatible_osd(rados_t cluster,
                                 int8_t *require_osd_release);

/**
 * The oldest release of clients that can use what the cluster stores, and the oldest one that is let in, as numbers.
 * Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_get_min_compatible_client(rados_t cluster,
                                    int8_t *min_compat_client,
                                    int8_t *require_min_compat_client);

/**
 * Shuts a client out by its address (as `rados_getaddrs` prints it) for `expire_seconds`; 0: the default, an hour. Returns 0
 * or a negative errno.
 */
CEPH_RADOS_API
int rados_blocklist_add(rados_t cluster,
                        char *client_address,
                        uint32_t expire_seconds);

/**
 * The older name of `rados_blocklist_add`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_blacklist_add(rados_t cluster,
                        char *client_address,
                        uint32_t expire_seconds);

/**
 * The addresses of this client, in memory that `rados_buffer_free` (or `free`) frees. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_getaddrs(rados_t cluster,
                   char **addrs);

/*
 * Configuration.
 */

/**
 * Reads a configuration file: the first of `path`, names between commas, that exists. NULL: `$CEPH_CONF`, or else the
 * places where Ceph looks (`/etc/ceph/$cluster.conf`, `~/.ceph/$cluster.conf`, `$cluster.conf`). The sections `[global]`,
 * `[client]` and `[client.NAME]` are heard, the later before the earlier; then `CEPH_ARGS`.
 *
 * Returns 0, `-ENOENT` where there is no such file, `-EINVAL` where it cannot be parsed, `-ENOSYS` where the handle is
 * connected, or another negative errno.
 */
CEPH_RADOS_API
int rados_conf_read_file(rados_t cluster,
                         const char *path);

/**
 * Sets options from a program's arguments, as `--option=value` or `--option value`. `argv[0]`, the program's name, is
 * passed over, and so is what is no option. Returns 0, `-EINVAL` where a value is bad or missing, or another negative
 * errno.
 */
CEPH_RADOS_API
int rados_conf_parse_argv(rados_t cluster,
                          int argc,
                          const char **argv);

/**
 * Like `rados_conf_parse_argv`, but from `argv[0]` on. The arguments that are no options of ours go to `remargv`, an array of
 * `argc`, and NULLs behind them. They point to the same strings.
 */
CEPH_RADOS_API
int rados_conf_parse_argv_remainder(rados_t cluster,
                                    int argc,
                                    const char **argv,
                                    const char **remargv);

/**
 * Sets options from an environment variable that holds arguments; NULL: `CEPH_ARGS`. Returns 0.
 */
CEPH_RADOS_API int rados_conf_parse_env(rados_t cluster, const char *var);

/**
 * Sets an option. Spaces, dashes and underscores in its name mean the same. Most must be set before connecting.
 *
 * Returns 0, `-ENOENT` where there is no such option, `-EINVAL` or another negative errno where the value does not suit.
 */
CEPH_RADOS_API
int rados_conf_set(rados_t cluster,
                   const char *option,
                   const char *value);

/**
 * The value of an option, with its NUL, in `buf`.
 *
 * Returns 0, `-ENAMETOOLONG` where it does not fit in `len` bytes, `-ENOENT` where there is no such option, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_conf_get(rados_t cluster,
                   const char *option,
                   char *buf,
                   size_t len);

/*
 * Pools: list, create, delete, look up.
 */

/**
 * The names of all pools, each ended by a NUL and the last followed by another, in `buf`. Names that do not fit whole
 * in `len` bytes are left out. `buf` may be NULL where `len` is 0, to ask for the size.
 *
 * Returns the number of bytes that a buffer for all names needs, or a negative errno.
 */
CEPH_RADOS_API
int rados_pool_list(rados_t cluster,
                    char *buf,
                    size_t len);

/**
 * The placement groups of a pool that are known to hold damaged objects, in the form of `rados_pool_list`. An embedded
 * store knows of an object when a read has met a wrong checksum, until the store is closed.
 */
CEPH_RADOS_API
int rados_inconsistent_pg_list(rados_t cluster,
                               int64_t pool,
                               char *buf,
                               size_t len);

/**
 * The id of a pool. Returns it, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API int64_t rados_pool_lookup(rados_t cluster, const char *pool_name);

/**
 * The name of a pool, with its NUL, in `buf`.
 *
 * Returns the length of the name, `-ERANGE` where it does not fit in `maxlen` bytes, `-ENOENT`, or another negative
 * errno.
 */
CEPH_RADOS_API
int rados_pool_reverse_lookup(rados_t cluster,
                              int64_t id,
                              char *buf,
                              size_t maxlen);

/**
 * Makes a pool with default settings. Returns 0, `-EEXIST`, or another negative errno.
 */
CEPH_RADOS_API int rados_pool_create(rados_t cluster, const char *pool_name);

/**
 * Like `rados_pool_create`. `auid` must be `(uint64_t)-1`; all others are `-EINVAL`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_pool_create_with_auid(rados_t cluster,
                                const char *pool_name,
                                uint64_t auid);

/**
 * Like `rados_pool_create`, placed by CRUSH rule `crush_rule_num`. An embedded store does not place.
 */
CEPH_RADOS_API
int rados_pool_create_with_crush_rule(rados_t cluster,
                                      const char *pool_name,
                                      uint8_t crush_rule_num);

/**
 * `rados_pool_create_with_auid` and `rados_pool_create_with_crush_rule` in one.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_pool_create_with_all(rados_t cluster,
                               const char *pool_name,
                               uint64_t auid,
                               uint8_t crush_rule_num);

/**
 * The pool that `pool` is a cache of; `pool` itself where it is no cache. Returns 0, `-ENOENT`, or another negative
 * errno.
 */
CEPH_RADOS_API
int rados_pool_get_base_tier(rados_t cluster,
                             int64_t pool,
                             int64_t *base_tier);

/**
 * Deletes a pool with all that is in it. Returns 0, `-ENOENT`, `-EPERM` where the monitors do not allow it, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_pool_delete(rados_t cluster,
                      const char *pool_name);

/*
 * I/O contexts: a pool, and how to address objects in it.
 */

/**
 * Makes an I/O context for the pool of this name. Release it with `rados_ioctx_destroy`. Returns 0, `-ENOENT`,
 * `-ENOTCONN` where the cluster is not connected, or another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_create(rados_t cluster,
                       const char *pool_name,
                       rados_ioctx_t *ioctx);

/**
 * Like `rados_ioctx_create`, for the pool with this id.
 */
CEPH_RADOS_API int rados_ioctx_create2(rados_t cluster, int64_t pool_id, rados_ioctx_t *ioctx);

/**
 * Gives up an I/O context. Requests under way go on, and complete.
 */
CEPH_RADOS_API void rados_ioctx_destroy(rados_ioctx_t io);

/**
 * The configuration of the cluster handle that the context belongs to; see `rados_cct`.
 */
CEPH_RADOS_API rados_config_t rados_ioctx_cct(rados_ioctx_t io);

/**
 * The cluster handle that the context was made from. It stays its owner's: it is not to be shut down for the
 * context's sake.
 */
CEPH_RADOS_API
rados_t rados_ioctx_get_cluster(rados_ioctx_t io);

/**
 * Counters of the pool. Returns 0 or a negative errno.
 */
CEPH_RADOS_API int rados_ioctx_pool_stat(rados_ioctx_t io, rados_pool_stat_t *stats);

/**
 * Ceph has no pool owners any more: `-EOPNOTSUPP`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_ioctx_pool_set_auid(rados_ioctx_t io,
                              uint64_t auid);

/**
 * Ceph has no pool owners any more: `-EOPNOTSUPP`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_ioctx_pool_get_auid(rados_ioctx_t io,
                              uint64_t *auid);

/**
 * Whether appends must come in multiples of some number of bytes: 1, 0, or a negative errno. Only erasure-coded pools
 * ask for that.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_ioctx_pool_requires_alignment(rados_ioctx_t io);

/**
 * Like `rados_ioctx_pool_requires_alignment`, with the answer in `req`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_pool_requires_alignment2(rados_ioctx_t io,
                                         int *req);

/**
 * What appends must be a multiple of, in bytes; 0 where there is no such rule.
 */
CEPH_RADOS_API
__attribute__((deprecated))
uint64_t rados_ioctx_pool_required_alignment(rados_ioctx_t io);

/**
 * Like `rados_ioctx_pool_required_alignment`, with the answer in `alignment`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_pool_required_alignment2(rados_ioctx_t io,
                                         uint64_t *alignment);

/**
 * The id of the pool, or a negative errno.
 */
CEPH_RADOS_API int64_t rados_ioctx_get_id(rados_ioctx_t io);

/**
 * The name of the pool, with its NUL, in `buf`.
 *
 * Returns the length of the name, `-ERANGE` where it does not fit in `maxlen` bytes, or another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_get_pool_name(rados_ioctx_t io,
                              char *buf,
                              unsigned int maxlen);

/**
 * Sets the key that places objects instead of their names: objects with the same key lie together, and must be addressed
 * with it ever after. NULL or empty: by name again.
 */
CEPH_RADOS_API
void rados_ioctx_locator_set_key(rados_ioctx_t io,
                                 const char *key);

/**
 * Sets the namespace of the objects that the context addresses. NULL or empty: the default one.
 * `LIBRADOS_ALL_NSPACES` is for listing only.
 */
CEPH_RADOS_API void rados_ioctx_set_namespace(rados_ioctx_t io, const char *nspace);

/**
 * The namespace of the context, with its NUL, in `buf`. Returns its length, `-ERANGE` where it does not fit in `maxlen`
 * bytes, or another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_get_namespace(rados_ioctx_t io,
                              char *buf,
                              unsigned int maxlen);

/**
 * The older name of `rados_set_pool_full_try`.
 */
CEPH_RADOS_API __attribute__((deprecated)) void rados_set_osdmap_full_try(rados_ioctx_t io);

/**
 * The older name of `rados_unset_pool_full_try`.
 */
CEPH_RADOS_API __attribute__((deprecated)) void rados_unset_osdmap_full_try(rados_ioctx_t io);

/**
 * Lets writes to a full pool fail with `-ENOSPC` or `-EDQUOT` instead of waiting for room.
 */
CEPH_RADOS_API void rados_set_pool_full_try(rados_ioctx_t io);

/**
 * Lets writes to a full pool wait for room, as is the default.
 */
CEPH_RADOS_API void rados_unset_pool_full_try(rados_ioctx_t io);

/*
 * Listing objects, one after another.
 */

/**
 * Starts a listing of the objects in the context's namespace, or in all where that is `LIBRADOS_ALL_NSPACES`. Later
 * changes of the context do not affect it. End it with `rados_nobjects_list_close`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_nobjects_list_open(rados_ioctx_t io,
                             rados_list_ctx_t *ctx);

/**
 * The placement group that the object returned last is in, or the first one before there was any.
 */
CEPH_RADOS_API uint32_t rados_nobjects_list_get_pg_hash_position(rados_list_ctx_t ctx);

/**
 * Goes to the first object of placement group `pos`. Returns the group that is really gone to.
 */
CEPH_RADOS_API uint32_t rados_nobjects_list_seek(rados_list_ctx_t ctx, uint32_t pos);

/**
 * Goes to a cursor, which stays the caller's. Returns the placement group gone to.
 */
CEPH_RADOS_API
uint32_t rados_nobjects_list_seek_cursor(rados_list_ctx_t ctx,
                                         rados_object_list_cursor cursor);

/**
 * Where the listing stands: at the object returned last; before the first one, at the beginning. Free the cursor with `rados_object_list_cursor_free`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_nobjects_list_get_cursor(rados_list_ctx_t ctx,
                                   rados_object_list_cursor *cursor);

/**
 * The next object: its name, its locator key (NULL where it has none) and its namespace, NUL-terminated. They are good
 * until the next call. `key` and `nspace` may be NULL. Returns 0, `-ENOENT` at the end, or another negative errno.
 */
CEPH_RADOS_API
int rados_nobjects_list_next(rados_list_ctx_t ctx,
                             const char **entry,
                             const char **key,
                             const char **nspace);

/**
 * Like `rados_nobjects_list_next`, with the lengths in bytes; those, too, may be NULL.
 */
CEPH_RADOS_API
int rados_nobjects_list_next2(rados_list_ctx_t ctx,
                              const char **entry,
                              const char **key,
                              const char **nspace,
                              size_t *entry_size,
                              size_t *key_size,
                              size_t *nspace_size);

/**
 * Ends a listing.
 */
CEPH_RADOS_API void rados_nobjects_list_close(rados_list_ctx_t ctx);

/**
 * The listing of old, which knew no namespaces: `-EOPNOTSUPP`. Use `rados_nobjects_list_open`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_objects_list_open(rados_ioctx_t io,
                            rados_list_ctx_t *ctx);

/**
 * Always 0; see `rados_objects_list_open`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
uint32_t rados_objects_list_get_pg_hash_position(rados_list_ctx_t ctx);

/**
 * Always 0; see `rados_objects_list_open`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
uint32_t rados_objects_list_seek(rados_list_ctx_t ctx,
                                 uint32_t pos);

/**
 * `-EOPNOTSUPP`; see `rados_objects_list_open`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_objects_list_next(rados_list_ctx_t ctx,
                            const char **entry,
                            const char **key);

/**
 * Does nothing; see `rados_objects_list_open`.
 */
CEPH_RADOS_API __attribute__((deprecated)) void rados_objects_list_close(rados_list_ctx_t ctx);

/*
 * Listing objects by cursors, for several workers at once.
 */

/**
 * A cursor before the first object. Free it with `rados_object_list_cursor_free`.
 */
CEPH_RADOS_API rados_object_list_cursor rados_object_list_begin(rados_ioctx_t io);

/**
 * A cursor behind the last object. Free it with `rados_object_list_cursor_free`.
 */
CEPH_RADOS_API rados_object_list_cursor rados_object_list_end(rados_ioctx_t io);

/**
 * Whether a cursor is behind the last object: 1, 0, or a negative errno.
 */
CEPH_RADOS_API int rados_object_list_is_end(rados_ioctx_t io, rados_object_list_cursor cur);

/**
 * Frees a cursor.
 */
CEPH_RADOS_API void rados_object_list_cursor_free(rados_ioctx_t io, rados_object_list_cursor cur);

/**
 * Orders two cursors: -1 where `lhs` comes first, 0 where they are the same, 1 otherwise; `-EINVAL` where one is none.
 */
CEPH_RADOS_API
int rados_object_list_cursor_cmp(rados_ioctx_t io,
                                 rados_object_list_cursor lhs,
                                 rados_object_list_cursor rhs);

/**
 * Lists up to `result_size` objects from `start` to before `finish` into `results`, and moves `next`, a cursor that
 * exists, behind the last of them. `next` may be `start`. Free the results with `rados_object_list_free`.
 *
 * `filter_buf`, where `filter_buf_len` is not 0, is a filter as an OSD takes it: three strings, each after its length in
 * 32 bits, little-endian; `plain`, an underscore and an attribute's name, and the value that wanted objects have there.
 * Other filters are `-EINVAL`.
 *
 * Returns how many objects there were, which may be fewer than asked for before the end, or a negative errno.
 */
CEPH_RADOS_API
int rados_object_list(rados_ioctx_t io,
                      rados_object_list_cursor start,
                      rados_object_list_cursor finish,
                      size_t result_size,
                      const char *filter_buf,
                      size_t filter_buf_len,
                      rados_object_list_item *results,
                      rados_object_list_cursor *next);

/**
 * Frees what the items of a result hold, not the array.
 */
CEPH_RADOS_API void rados_object_list_free(size_t result_size, rados_object_list_item *results);

/**
 * Cuts the range from `start` to `finish` into `m` pieces of about the same size, and sets `split_start` and
 * `split_finish`, cursors that exist, to the bounds of piece `n`, counted from 0. Neighbouring pieces meet.
 */
CEPH_RADOS_API
void rados_object_list_slice(rados_ioctx_t io,
                             rados_object_list_cursor start,
                             rados_object_list_cursor finish,
                             size_t n,
                             size_t m,
                             rados_object_list_cursor *split_start,
                             rados_object_list_cursor *split_finish);

/*
 * Snapshots of pools, and snapshots that the client manages itself. A pool has either the one kind or the other.
 */

/**
 * Takes a snapshot of the whole pool. Returns 0, `-EEXIST`, `-EINVAL` where the pool has self-managed snapshots, or
 * another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_snap_create(rados_ioctx_t io,
                            const char *snapname);

/**
 * Removes a snapshot of the pool. Returns 0, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API int rados_ioctx_snap_remove(rados_ioctx_t io, const char *snapname);

/**
 * Makes an object what it was when a snapshot of the pool was taken; it is removed where it did not exist then. Returns
 * 0, `-ENOENT` where there is no such snapshot, or another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_snap_rollback(rados_ioctx_t io,
                              const char *oid,
                              const char *snapname);

/**
 * The older name of `rados_ioctx_snap_rollback`.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_rollback(rados_ioctx_t io,
                   const char *oid,
                   const char *snapname);

/**
 * Lets reads made with the context see objects as they were at a snapshot; `LIBRADOS_SNAP_HEAD`: as they are. Writes
 * fail with `-EROFS` meanwhile.
 */
CEPH_RADOS_API
void rados_ioctx_snap_set_read(rados_ioctx_t io,
                               rados_snap_t snap);

/**
 * Takes a new snapshot id for the pool. Objects know of it by the write context; see
 * `rados_ioctx_selfmanaged_snap_set_write_ctx`. Returns 0, `-EINVAL` where the pool has snapshots of its own, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_selfmanaged_snap_create(rados_ioctx_t io,
                                        rados_snap_t *snapid);

/**
 * Starts `rados_ioctx_selfmanaged_snap_create`; `snapid` is set when the completion is complete with 0.
 */
CEPH_RADOS_API
void rados_aio_ioctx_selfmanaged_snap_create(rados_ioctx_t io,
                                             rados_snap_t *snapid,
                                             rados_completion_t completion);

/**
 * Gives a snapshot id up; what objects keep for it is freed. Returns 0 or a negative errno.
 */
CEPH_RADOS_API int rados_ioctx_selfmanaged_snap_remove(rados_ioctx_t io, rados_snap_t snapid);

/**
 * Starts `rados_ioctx_selfmanaged_snap_remove`.
 */
CEPH_RADOS_API
void rados_aio_ioctx_selfmanaged_snap_remove(rados_ioctx_t io,
                                             rados_snap_t snapid,
                                             rados_completion_t completion);

/**
 * Makes an object what it was at a self-managed snapshot. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_selfmanaged_snap_rollback(rados_ioctx_t io,
                                          const char *oid,
                                          rados_snap_t snapid);

/**
 * Sets what writes made with the context know of snapshots: `seq`, the newest id, and the `num_snaps` ids in `snaps`
 * that still exist, newest first. An object that has not been written since the newest is copied before a write.
 * Returns 0, or `-EINVAL` where the ids are not in that order.
 */
CEPH_RADOS_API
int rados_ioctx_selfmanaged_snap_set_write_ctx(rados_ioctx_t io,
                                               rados_snap_t seq,
                                               rados_snap_t *snaps,
                                               int num_snaps);

/**
 * The ids of the pool's snapshots in `snaps`, an array of `maxlen`. Returns how many there are, `-ERANGE` where they do
 * not fit, or another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_snap_list(rados_ioctx_t io,
                          rados_snap_t *snaps,
                          int maxlen);

/**
 * The id of the pool's snapshot of this name. Returns 0, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API int rados_ioctx_snap_lookup(rados_ioctx_t io, const char *name, rados_snap_t *id);

/**
 * The name of the pool's snapshot with this id, with its NUL, in `name`. Returns 0, `-ERANGE` where it does not fit in
 * `maxlen` bytes, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API
int rados_ioctx_snap_get_name(rados_ioctx_t io,
                              rados_snap_t id,
                              char *name,
                              int maxlen);

/**
 * When the pool's snapshot with this id was taken, in seconds since 1970. Returns 0, `-ENOENT`, or another negative
 * errno.
 */
CEPH_RADOS_API
int rados_ioctx_snap_get_stamp(rados_ioctx_t io,
                               rados_snap_t id,
                               time_t *t);

/*
 * Synchronous object I/O. All functions name an object by the I/O context and `oid`, a NUL-terminated name.
 */

/**
 * Writes `len` bytes from `buf` at byte `off` of an object, which is made or grows as needed. The buffer may be
 * reused as soon as the call returns.
 *
 * Returns 0 when the data is durable, or a negative errno: `-E2BIG` where `len` is above `UINT_MAX/2`, `-EROFS`
 * where the context looks at a snapshot.
 */
CEPH_RADOS_API
int rados_write(rados_ioctx_t io,
                const char *oid,
                const char *buf,
                size_t len,
                uint64_t off);

/**
 * Replaces an object's data by `len` bytes from `buf`, whatever it held before. Returns as `rados_write` does.
 */
CEPH_RADOS_API
int rados_write_full(rados_ioctx_t io,
                     const char *oid,
                     const char *buf,
                     size_t len);

/**
 * Writes `data_len` bytes from `buf` again and again until `write_len` bytes from `off` on are filled. Returns as
 * `rados_write` does, and `-EINVAL` where `write_len` is not a multiple of `data_len`.
 */
CEPH_RADOS_API
int rados_writesame(rados_ioctx_t io,
                    const char *oid,
                    const char *buf,
                    size_t data_len,
                    size_t write_len,
                    uint64_t off);

/**
 * Writes `len` bytes from `buf` at the object's end. Returns as `rados_write` does.
 */
CEPH_RADOS_API int rados_append(rados_ioctx_t io, const char *oid, const char *buf, size_t len);

/**
 * Reads up to `len` bytes from byte `off` of an object into `buf`.
 *
 * Returns the number of bytes read, which is less than `len` at the object's end and 0 behind it, or a negative
 * errno: `-ENOENT` where there is no such object, `-EDOM` where `len` is above `INT_MAX`.
 */
CEPH_RADOS_API
int rados_read(rados_ioctx_t io,
               const char *oid,
               char *buf,
               size_t len,
               uint64_t off);

/**
 * Computes checksums over `len` bytes from `off` on: one for every `chunk_size` bytes, or one over all where that is
 * 0. `init_value` is the seed, 4 bytes (8 for XXHASH64), little-endian. `pchecksum` gets the number of checksums (4
 * bytes) and then the checksums, little-endian.
 *
 * Returns 0, `-ERANGE` where `checksum_len` bytes do not hold them, `-EDOM` where `len` is above `INT_MAX`, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_checksum(rados_ioctx_t io,
                   const char *oid,
                   rados_checksum_type_t type,
                   const char *init_value,
                   size_t init_value_len,
                   size_t len,
                   uint64_t off,
                   size_t chunk_size,
                   char *pchecksum,
                   size_t checksum_len);

/**
 * Removes an object. Its snapshots stay. Returns 0, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API int rados_remove(rados_ioctx_t io, const char *oid);

/**
 * Sets an object's size in bytes. What it grows by reads as zeroes; the object is made if needed. Returns 0 or a
 * negative errno.
 */
CEPH_RADOS_API
int rados_trunc(rados_ioctx_t io,
                const char *oid,
                uint64_t size);

/**
 * Compares `cmp_len` bytes from `off` on with `cmp_buf`. The object counts as zeroes behind its end.
 *
 * Returns 0 where they are equal, `-(MAX_ERRNO + n)`, with `MAX_ERRNO` 4095, where byte `n` is the first to differ, or
 * another negative errno.
 */
CEPH_RADOS_API
int rados_cmpext(rados_ioctx_t io,
                 const char *o,
                 const char *cmp_buf,
                 size_t cmp_len,
                 uint64_t off);

/**
 * An object's size in bytes and modification time. Either pointer may be NULL. Returns 0, `-ENOENT`, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_stat(rados_ioctx_t io,
               const char *o,
               uint64_t *psize,
               time_t *pmtime);

/**
 * Like `rados_stat`, with nanoseconds.
 */
CEPH_RADOS_API
int rados_stat2(rados_ioctx_t io,
                const char *o,
                uint64_t *psize,
                struct timespec *pmtime);

/**
 * Calls method `method` of object class `cls` on an object, with `in_len` bytes of input from `in_buf`. Its output, at
 * most `out_len` bytes, goes to `buf`.
 *
 * Returns the length of the output, `-ERANGE` where it does not fit, `-EOPNOTSUPP` where there is no such class or
 * method, or what else the method failed with.
 */
CEPH_RADOS_API
int rados_exec(rados_ioctx_t io,
               const char *oid,
               const char *cls,
               const char *method,
               const char *in_buf,
               size_t in_len,
               char *buf,
               size_t out_len);

/**
 * Keeps an object in its cache tier. Accepted without effect where the pool has none. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_cache_pin(rados_ioctx_t io,
                    const char *o);

/**
 * Undoes `rados_cache_pin`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API int rados_cache_unpin(rados_ioctx_t io, const char *o);

/**
 * Tells the store how large an object will become and in what pieces it will be written, in bytes. A hint: 0 means
 * unknown. The object is made if needed. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_set_alloc_hint(rados_ioctx_t io,
                         const char *o,
                         uint64_t expected_object_size,
                         uint64_t expected_write_size);

/**
 * Like `rados_set_alloc_hint`, with `LIBRADOS_ALLOC_HINT_FLAG_*`.
 */
CEPH_RADOS_API
int rados_set_alloc_hint2(rados_ioctx_t io,
                          const char *o,
                          uint64_t expected_object_size,
                          uint64_t expected_write_size,
                          uint32_t flags);

/**
 * The version of the object that the context's last synchronous read or write saw or left. Where several threads use
 * the context, it may be another thread's.
 */
CEPH_RADOS_API
uint64_t rados_get_last_version(rados_ioctx_t io);

/*
 * Extended attributes.
 */

/**
 * Reads attribute `name` of an object into `buf`.
 *
 * Returns its length in bytes, `-ERANGE` where that is more than `len`, `-ENODATA` where there is no such attribute,
 * or another negative errno.
 */
CEPH_RADOS_API
int rados_getxattr(rados_ioctx_t io,
                   const char *o,
                   const char *name,
                   char *buf,
                   size_t len);

/**
 * Sets attribute `name` of an object to `len` bytes from `buf`. The object is made if needed. Returns 0 or a negative
 * errno.
 */
CEPH_RADOS_API
int rados_setxattr(rados_ioctx_t io,
                   const char *o,
                   const char *name,
                   const char *buf,
                   size_t len);

/**
 * Removes attribute `name` of an object. Returns 0, `-ENODATA` where there is none, or another negative errno.
 */
CEPH_RADOS_API
int rados_rmxattr(rados_ioctx_t io,
                  const char *o,
                  const char *name);

/**
 * Reads all attributes of an object. Walk over them with `rados_getxattrs_next`, then end the walk with
 * `rados_getxattrs_end`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_getxattrs(rados_ioctx_t io,
                    const char *oid,
                    rados_xattrs_iter_t *iter);

/**
 * The next attribute: its name, NUL-terminated, and its value, which is NULL where it is empty. All three are NULL and
 * 0 at the end. The memory is the iterator's. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_getxattrs_next(rados_xattrs_iter_t iter,
                         const char **name,
                         const char **val,
                         size_t *len);

/**
 * Ends a walk over attributes and frees its memory.
 */
CEPH_RADOS_API void rados_getxattrs_end(rados_xattrs_iter_t iter);

/*
 * Iterators over what omap reads return.
 */

/**
 * The next entry: its key, NUL-terminated, and its value, which is NULL where it is empty or only keys were asked for.
 * All are NULL and 0 at the end. The memory is the iterator's. `val` and `len` may be NULL. Returns 0 or a negative
 * errno.
 */
CEPH_RADOS_API
int rados_omap_get_next(rados_omap_iter_t iter,
                        char **key,
                        char **val,
                        size_t *len);

/**
 * Like `rados_omap_get_next`, for keys that hold NULs: `key_len` and `val_len` are the lengths of both, in bytes.
 */
CEPH_RADOS_API
int rados_omap_get_next2(rados_omap_iter_t iter,
                         char **key,
                         char **val,
                         size_t *key_len,
                         size_t *val_len);

/**
 * How many entries the iterator holds in all.
 */
CEPH_RADOS_API unsigned int rados_omap_iter_size(rados_omap_iter_t iter);

/**
 * Ends a walk over entries and frees its memory.
 */
CEPH_RADOS_API void rados_omap_get_end(rados_omap_iter_t iter);

/*
 * Completions of asynchronous calls.
 */

/**
 * Makes a completion for one asynchronous call. `cb_complete` and `cb_safe`, both of which may be NULL, run one
 * after the other when the call is complete, on a thread of the library, with the completion and `cb_arg`. They may
 * call the library, and may release the completion.
 *
 * Since Ceph 12 a write is acknowledged only when it is safe, so that the two callbacks mean the same.
 *
 * Release it with `rados_aio_release`. Returns 0, or `-EINVAL` where `pc` is NULL.
 */
CEPH_RADOS_API
int rados_aio_create_completion(void *cb_arg,
                                rados_callback_t cb_complete,
                                rados_callback_t cb_safe,
                                rados_completion_t *pc);

/**
 * Like `rados_aio_create_completion`, with one callback.
 */
CEPH_RADOS_API
int rados_aio_create_completion2(void *cb_arg,
                                 rados_callback_t cb_complete,
                                 rados_completion_t *pc);

/**
 * Waits until the call is complete. The callback may not have run yet. Returns 0.
 */
CEPH_RADOS_API int rados_aio_wait_for_complete(rados_completion_t c);

/**
 * The same as `rados_aio_wait_for_complete`.
 */
CEPH_RADOS_API __attribute__((deprecated)) int rados_aio_wait_for_safe(rados_completion_t c);

/**
 * Whether the call is complete: 1 or 0.
 */
CEPH_RADOS_API int rados_aio_is_complete(rados_completion_t c);

/**
 * The same as `rados_aio_is_complete`.
 */
CEPH_RADOS_API int rados_aio_is_safe(rados_completion_t c);

/**
 * Waits until the call is complete and its callback has returned. Not to be called from that callback. Returns 0.
 */
CEPH_RADOS_API
int rados_aio_wait_for_complete_and_cb(rados_completion_t c);

/**
 * The same as `rados_aio_wait_for_complete_and_cb`.
 */
CEPH_RADOS_API __attribute__((deprecated)) int rados_aio_wait_for_safe_and_cb(rados_completion_t c);

/**
 * Whether the call is complete and its callback has returned: 1 or 0.
 */
CEPH_RADOS_API int rados_aio_is_complete_and_cb(rados_completion_t c);

/**
 * The same as `rados_aio_is_complete_and_cb`.
 */
CEPH_RADOS_API int rados_aio_is_safe_and_cb(rados_completion_t c);

/**
 * What the call returned: for reads the number of bytes, otherwise 0, or a negative errno. 0 while it is not
 * complete.
 */
CEPH_RADOS_API
int rados_aio_get_return_value(rados_completion_t c);

/**
 * The version of the object that the call saw or left.
 */
CEPH_RADOS_API uint64_t rados_aio_get_version(rados_completion_t c);

/**
 * Gives the completion up. May be called before the call is complete: the callback still runs, and may use the
 * completion until it returns.
 */
CEPH_RADOS_API
void rados_aio_release(rados_completion_t c);

/*
 * Asynchronous object I/O: each starts its work and returns. The result goes to the completion. Buffers that are
 * written from are free when the call returns; those that are read into, and all out-parameters, are the library's
 * until the completion is complete.
 */

/**
 * Starts `rados_write`. Returns 0 where it was started, or a negative errno as that function does, in which case the
 * completion is not used.
 */
CEPH_RADOS_API
int rados_aio_write(rados_ioctx_t io,
                    const char *oid,
                    rados_completion_t completion,
                    const char *buf,
                    size_t len,
                    uint64_t off);

/**
 * Starts `rados_append`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_append(rados_ioctx_t io,
                     const char *oid,
                     rados_completion_t completion,
                     const char *buf,
                     size_t len);

/**
 * Starts `rados_write_full`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_write_full(rados_ioctx_t io,
                         const char *oid,
                         rados_completion_t completion,
                         const char *buf,
                         size_t len);

/**
 * Starts `rados_writesame`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_writesame(rados_ioctx_t io,
                        const char *oid,
                        rados_completion_t completion,
                        const char *buf,
                        size_t data_len,
                        size_t write_len,
                        uint64_t off);

/**
 * Starts `rados_remove`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_remove(rados_ioctx_t io,
                     const char *oid,
                     rados_completion_t completion);

/**
 * Starts `rados_read`. The completion's value is the number of bytes read. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_read(rados_ioctx_t io,
                   const char *oid,
                   rados_completion_t completion,
                   char *buf,
                   size_t len,
                   uint64_t off);

/**
 * Waits until every asynchronous write that was started with this context before the call is complete, its callback
 * aside. Returns 0.
 */
CEPH_RADOS_API
int rados_aio_flush(rados_ioctx_t io);

/**
 * Completes the completion once every write that was started with this context before the call is complete. Returns
 * 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_aio_flush_async(rados_ioctx_t io,
                          rados_completion_t completion);

/**
 * Starts `rados_stat`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_stat(rados_ioctx_t io,
                   const char *o,
                   rados_completion_t completion,
                   uint64_t *psize,
                   time_t *pmtime);

/**
 * Starts `rados_stat2`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_stat2(rados_ioctx_t io,
                    const char *o,
                    rados_completion_t completion,
                    uint64_t *psize,
                    struct timespec *pmtime);

/**
 * Starts `rados_cmpext`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_cmpext(rados_ioctx_t io,
                     const char *o,
                     rados_completion_t completion,
                     const char *cmp_buf,
                     size_t cmp_len,
                     uint64_t off);

/**
 * Gives a call up: it completes with `-ECANCELED`, unless the program has already seen that it is complete. A write may
 * have taken effect all the same. The buffers stay in use until the completion is complete. A completion that no call
 * has is left as it is. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_aio_cancel(rados_ioctx_t io,
                     rados_completion_t completion);

/**
 * Starts `rados_exec`. The completion's value is the length of the output. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_exec(rados_ioctx_t io,
                   const char *o,
                   rados_completion_t completion,
                   const char *cls,
                   const char *method,
                   const char *in_buf,
                   size_t in_len,
                   char *buf,
                   size_t out_len);

/**
 * Starts `rados_getxattr`. The completion's value is the length of the attribute. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_getxattr(rados_ioctx_t io,
                       const char *o,
                       rados_completion_t completion,
                       const char *name,
                       char *buf,
                       size_t len);

/**
 * Starts `rados_setxattr`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_setxattr(rados_ioctx_t io,
                       const char *o,
                       rados_completion_t completion,
                       const char *name,
                       const char *buf,
                       size_t len);

/**
 * Starts `rados_rmxattr`. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_rmxattr(rados_ioctx_t io,
                      const char *o,
                      rados_completion_t completion,
                      const char *name);

/**
 * Starts `rados_getxattrs`. `iter` is set when the completion is complete with 0. Returns as `rados_aio_write` does.
 */
CEPH_RADOS_API
int rados_aio_getxattrs(rados_ioctx_t io,
                        const char *oid,
                        rados_completion_t completion,
                        rados_xattrs_iter_t *iter);

/*
 * Watches and notifies: an object's watchers are told of a notify, and each answers it.
 */

/**
 * Registers a watch on an object, which must exist. `watchcb` runs on a thread of the library for every notify, with
 * `arg`; the notify is answered when it returns. `ver` is not used. `cookie` gets the watch. Returns 0, `-ENOENT`, or
 * another negative errno.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_watch(rados_ioctx_t io,
                const char *o,
                uint64_t ver,
                uint64_t *cookie,
                rados_watchcb_t watchcb,
                void *arg);

/**
 * Like `rados_watch3`, with the default timeout.
 */
CEPH_RADOS_API
int rados_watch2(rados_ioctx_t io,
                 const char *o,
                 uint64_t *cookie,
                 rados_watchcb2_t watchcb,
                 rados_watcherrcb_t watcherrcb,
                 void *arg);

/**
 * Registers a watch on an object, which must exist. For every notify `watchcb` runs, with `arg`, on a thread of the
 * library; the notifier waits until `rados_notify_ack` answers. `watcherrcb`, which may be NULL, runs when the watch is
 * lost: then register anew. A client that is not heard of for `timeout` seconds (0: the default, 30) loses it. `cookie`
 * gets the watch; end it with `rados_unwatch2`.
 *
 * Returns 0, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API
int rados_watch3(rados_ioctx_t io,
                 const char *o,
                 uint64_t *cookie,
                 rados_watchcb2_t watchcb,
                 rados_watcherrcb_t watcherrcb,
                 uint32_t timeout,
                 void *arg);

/**
 * Like `rados_aio_watch2`, with the default timeout.
 */
CEPH_RADOS_API
int rados_aio_watch(rados_ioctx_t io,
                    const char *o,
                    rados_completion_t completion,
                    uint64_t *handle,
                    rados_watchcb2_t watchcb,
                    rados_watcherrcb_t watcherrcb,
                    void *arg);

/**
 * Starts `rados_watch3`; `handle` is set when the completion is complete with 0. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_aio_watch2(rados_ioctx_t io,
                     const char *o,
                     rados_completion_t completion,
                     uint64_t *handle,
                     rados_watchcb2_t watchcb,
                     rados_watcherrcb_t watcherrcb,
                     uint32_t timeout,
                     void *arg);

/**
 * How many milliseconds ago a watch was last confirmed, or why it is lost, as a negative errno.
 */
CEPH_RADOS_API int rados_watch_check(rados_ioctx_t io, uint64_t cookie);

/**
 * Ends a watch of `rados_watch`. `o` is not used. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_unwatch(rados_ioctx_t io,
                  const char *o,
                  uint64_t cookie);

/**
 * Ends a watch: when this has returned, its callbacks do not run any more. Not to be called from them. Returns 0 or a
 * negative errno.
 */
CEPH_RADOS_API
int rados_unwatch2(rados_ioctx_t io,
                   uint64_t cookie);

/**
 * Starts `rados_unwatch2`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_aio_unwatch(rados_ioctx_t io,
                      uint64_t cookie,
                      rados_completion_t completion);

/**
 * Notifies an object's watchers, with `buf_len` bytes from `buf`, and waits until all have answered. `ver` is not used.
 * Returns 0, `-ETIMEDOUT` where one did not answer, or another negative errno.
 */
CEPH_RADOS_API
__attribute__((deprecated))
int rados_notify(rados_ioctx_t io,
                 const char *o,
                 uint64_t ver,
                 const char *buf,
                 int buf_len);

/**
 * Starts `rados_notify2`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_aio_notify(rados_ioctx_t io,
                     const char *o,
                     rados_completion_t completion,
                     const char *buf,
                     int buf_len,
                     uint64_t timeout_ms,
                     char **reply_buffer,
                     size_t *reply_buffer_len);

/**
 * Notifies an object's watchers, with `buf_len` bytes from `buf`, and waits until all have answered, or `timeout_ms`
 * milliseconds (0: the default, 10 s) are over. `reply_buffer`, where not NULL, gets what they answered, in memory that
 * `rados_buffer_free` frees, also after a timeout; `rados_decode_notify_response` reads it.
 *
 * Returns 0, `-ETIMEDOUT` where one did not answer, or another negative errno.
 */
CEPH_RADOS_API
int rados_notify2(rados_ioctx_t io,
                  const char *o,
                  const char *buf,
                  int buf_len,
                  uint64_t timeout_ms,
                  char **reply_buffer,
                  size_t *reply_buffer_len);

/**
 * Reads a reply of `rados_notify2`: who answered what, and who did not in time. Free both arrays with
 * `rados_free_notify_response`. `acks` and `nr_acks`, or `timeouts` and `nr_timeouts`, may be NULL. Returns 0, or
 * `-EINVAL` where it is no such reply.
 */
CEPH_RADOS_API
int rados_decode_notify_response(char *reply_buffer,
                                 size_t reply_buffer_len,
                                 notify_ack_t **acks,
                                 size_t *nr_acks,
                                 notify_timeout_t **timeouts,
                                 size_t *nr_timeouts);

/**
 * Frees what `rados_decode_notify_response` made.
 */
CEPH_RADOS_API
void rados_free_notify_response(notify_ack_t *acks,
                                size_t nr_acks,
                                notify_timeout_t *timeouts);

/**
 * Answers a notify, with `buf_len` bytes from `buf`: from the callback or later, from any thread. Returns 0 or a
 * negative errno.
 */
CEPH_RADOS_API
int rados_notify_ack(rados_ioctx_t io,
                     const char *o,
                     uint64_t notify_id,
                     uint64_t cookie,
                     const char *buf,
                     int buf_len);

/**
 * Waits until every watch callback that was started has returned. Worth a call after `rados_unwatch2`, before memory
 * that the callbacks use is freed. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_watch_flush(rados_t cluster);

/**
 * Starts `rados_watch_flush`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API int rados_aio_watch_flush(rados_t cluster, rados_completion_t completion);

/*
 * Compound writes: several operations on one object, of which all take effect or none. The functions that add an
 * operation return nothing: bad arguments (NULL where something is needed) make the operate call fail. Data is copied
 * when it is added. `prval`, where there is one, may be NULL; it gets the operation's own return value when the
 * request is complete, and must be good until then.
 */

/**
 * Makes an empty compound write. Release it with `rados_release_write_op`. NULL where there is no memory.
 */
CEPH_RADOS_API
rados_write_op_t rados_create_write_op(void);

/**
 * Frees a compound write. Allowed as soon as an operate call has returned, also an asynchronous one.
 */
CEPH_RADOS_API
void rados_release_write_op(rados_write_op_t write_op);

/**
 * Sets `LIBRADOS_OP_FLAG_*` on the operation that was added last.
 */
CEPH_RADOS_API void rados_write_op_set_flags(rados_write_op_t write_op, int flags);

/**
 * Adds: fail with `-ENOENT` where the object does not exist.
 */
CEPH_RADOS_API void rados_write_op_assert_exists(rados_write_op_t write_op);

/**
 * Adds: fail where the object's version is not `ver`, with `-ERANGE` where it is newer than that and `-EOVERFLOW` where
 * it is older.
 */
CEPH_RADOS_API
void rados_write_op_assert_version(rados_write_op_t write_op,
                                   uint64_t ver);

/**
 * Adds: fail with `-(MAX_ERRNO + n)` where byte `n` of the `cmp_len` bytes from `off` on differs from `cmp_buf`.
 */
CEPH_RADOS_API
void rados_write_op_cmpext(rados_write_op_t write_op,
                           const char *cmp_buf,
                           size_t cmp_len,
                           uint64_t off,
                           int *prval);

/**
 * Adds: fail with `-ECANCELED` unless `value` compares with attribute `name` as `comparison_operator`
 * (`LIBRADOS_CMPXATTR_OP_*`) says, the given value standing on the left.
 */
CEPH_RADOS_API
void rados_write_op_cmpxattr(rados_write_op_t write_op,
                             const char *name,
                             uint8_t comparison_operator,
                             const char *value,
                             size_t value_len);

/**
 * Adds: fail with `-ECANCELED` unless the omap value of `key` compares with `val` as `comparison_operator` says. A key
 * that does not exist compares as empty.
 */
CEPH_RADOS_API
void rados_write_op_omap_cmp(rados_write_op_t write_op,
                             const char *key,
                             uint8_t comparison_operator,
                             const char *val,
                             size_t val_len,
                             int *prval);

/**
 * Like `rados_write_op_omap_cmp`, for a key of `key_len` bytes.
 */
CEPH_RADOS_API
void rados_write_op_omap_cmp2(rados_write_op_t write_op,
                              const char *key,
                              uint8_t comparison_operator,
                              const char *val,
                              size_t key_len,
                              size_t val_len,
                              int *prval);

/**
 * Adds: set attribute `name` to `value_len` bytes from `value`.
 */
CEPH_RADOS_API
void rados_write_op_setxattr(rados_write_op_t write_op,
                             const char *name,
                             const char *value,
                             size_t value_len);

/**
 * Adds: remove attribute `name`.
 */
CEPH_RADOS_API void rados_write_op_rmxattr(rados_write_op_t write_op, const char *name);

/**
 * Adds: make the object. With `LIBRADOS_CREATE_EXCLUSIVE` an existing one is `-EEXIST`, with
 * `LIBRADOS_CREATE_IDEMPOTENT` it is left as it is. `category` is not used.
 */
CEPH_RADOS_API
void rados_write_op_create(rados_write_op_t write_op,
                           int exclusive,
                           const char *category);

/**
 * Adds: write `len` bytes from `buffer` at byte `offset`.
 */
CEPH_RADOS_API
void rados_write_op_write(rados_write_op_t write_op,
                          const char *buffer,
                          size_t len,
                          uint64_t offset);

/**
 * Adds: replace the object's data by `len` bytes from `buffer`.
 */
CEPH_RADOS_API
void rados_write_op_write_full(rados_write_op_t write_op,
                               const char *buffer,
                               size_t len);

/**
 * Adds: fill `write_len` bytes from `offset` on with repetitions of `data_len` bytes from `buffer`.
 */
CEPH_RADOS_API
void rados_write_op_writesame(rados_write_op_t write_op,
                              const char *buffer,
                              size_t data_len,
                              size_t write_len,
                              uint64_t offset);

/**
 * Adds: write `len` bytes from `buffer` at the object's end.
 */
CEPH_RADOS_API
void rados_write_op_append(rados_write_op_t write_op,
                           const char *buffer,
                           size_t len);

/**
 * Adds: remove the object.
 */
CEPH_RADOS_API void rados_write_op_remove(rados_write_op_t write_op);

/**
 * Adds: set the object's size to `offset` bytes.
 */
CEPH_RADOS_API void rados_write_op_truncate(rados_write_op_t write_op, uint64_t offset);

/**
 * Adds: make `len` bytes from `offset` on read as zeroes, freeing the space.
 */
CEPH_RADOS_API void rados_write_op_zero(rados_write_op_t write_op, uint64_t offset, uint64_t len);

/**
 * Adds: call a method of an object class, with `in_len` bytes of input. Its output is dropped.
 */
CEPH_RADOS_API
void rados_write_op_exec(rados_write_op_t write_op,
                         const char *cls,
                         const char *method,
                         const char *in_buf,
                         size_t in_len,
                         int *prval);

/**
 * Adds: set `num` omap entries. `keys` are NUL-terminated; `vals[i]` is `lens[i]` bytes long.
 */
CEPH_RADOS_API
void rados_write_op_omap_set(rados_write_op_t write_op,
                             const char *const *keys,
                             const char *const *vals,
                             const size_t *lens,
                             size_t num);

/**
 * Like `rados_write_op_omap_set`, for keys of `key_lens[i]` bytes.
 */
CEPH_RADOS_API
void rados_write_op_omap_set2(rados_write_op_t write_op,
                              const char *const *keys,
                              const char *const *vals,
                              const size_t *key_lens,
                              const size_t *val_lens,
                              size_t num);

/**
 * Adds: remove `keys_len` omap entries by their NUL-terminated keys. Keys that do not exist are no error.
 */
CEPH_RADOS_API
void rados_write_op_omap_rm_keys(rados_write_op_t write_op,
                                 const char *const *keys,
                                 size_t keys_len);

/**
 * Like `rados_write_op_omap_rm_keys`, for keys of `key_lens[i]` bytes.
 */
CEPH_RADOS_API
void rados_write_op_omap_rm_keys2(rados_write_op_t write_op,
                                  const char *const *keys,
                                  const size_t *key_lens,
                                  size_t keys_len);

/**
 * Adds: remove the omap entries from `key_begin` (inclusive) to `key_end` (exclusive).
 */
CEPH_RADOS_API
void rados_write_op_omap_rm_range2(rados_write_op_t write_op,
                                   const char *key_begin,
                                   size_t key_begin_len,
                                   const char *key_end,
                                   size_t key_end_len);

/**
 * Adds: remove all omap entries.
 */
CEPH_RADOS_API void rados_write_op_omap_clear(rados_write_op_t write_op);

/**
 * Adds: what `rados_set_alloc_hint` does.
 */
CEPH_RADOS_API
void rados_write_op_set_alloc_hint(rados_write_op_t write_op,
                                   uint64_t expected_object_size,
                                   uint64_t expected_write_size);

/**
 * Adds: what `rados_set_alloc_hint2` does.
 */
CEPH_RADOS_API
void rados_write_op_set_alloc_hint2(rados_write_op_t write_op,
                                    uint64_t expected_object_size,
                                    uint64_t expected_write_size,
                                    uint32_t flags);

/**
 * Runs a compound write on an object and waits for it. `mtime`, in seconds, becomes the object's modification time; NULL
 * means now. `flags` are `LIBRADOS_OPERATION_*`. The operations are used up by this.
 *
 * Returns 0, or what the first operation that failed returned. 0 too where there are none.
 */
CEPH_RADOS_API
int rados_write_op_operate(rados_write_op_t write_op,
                           rados_ioctx_t io,
                           const char *oid,
                           time_t *mtime,
                           int flags);

/**
 * Like `rados_write_op_operate`, with nanoseconds.
 */
CEPH_RADOS_API
int rados_write_op_operate2(rados_write_op_t write_op,
                            rados_ioctx_t io,
                            const char *oid,
                            struct timespec *mtime,
                            int flags);

/**
 * Starts `rados_write_op_operate`; the result goes to the completion. Returns 0 where it was started.
 */
CEPH_RADOS_API
int rados_aio_write_op_operate(rados_write_op_t write_op,
                               rados_ioctx_t io,
                               rados_completion_t completion,
                               const char *oid,
                               time_t *mtime,
                               int flags);

/**
 * Like `rados_aio_write_op_operate`, with nanoseconds.
 */
CEPH_RADOS_API
int rados_aio_write_op_operate2(rados_write_op_t write_op,
                                rados_ioctx_t io,
                                rados_completion_t completion,
                                const char *oid,
                                struct timespec *mtime,
                                int flags);

/*
 * Compound reads: several questions to one object, answered from one state of it. The functions that add an operation
 * return nothing: bad arguments make the operate call fail. All out-parameters may be NULL unless said otherwise; they
 * are written when the request is complete, and must be good until then. `prval` gets the operation's own return value.
 */

/**
 * Makes an empty compound read. Release it with `rados_release_read_op`. NULL where there is no memory.
 */
CEPH_RADOS_API
rados_read_op_t rados_create_read_op(void);

/**
 * Frees a compound read. Allowed as soon as an operate call has returned, also an asynchronous one.
 */
CEPH_RADOS_API void rados_release_read_op(rados_read_op_t read_op);

/**
 * Sets `LIBRADOS_OP_FLAG_*` on the operation that was added last.
 */
CEPH_RADOS_API void rados_read_op_set_flags(rados_read_op_t read_op, int flags);

/**
 * Adds: fail with `-ENOENT` where the object does not exist.
 */
CEPH_RADOS_API void rados_read_op_assert_exists(rados_read_op_t read_op);

/**
 * Adds: fail where the object's version is not `ver`, with `-ERANGE` where it is newer than that and `-EOVERFLOW` where
 * it is older.
 */
CEPH_RADOS_API
void rados_read_op_assert_version(rados_read_op_t read_op,
                                  uint64_t ver);

/**
 * Adds: fail with `-(MAX_ERRNO + n)` where byte `n` of the `cmp_len` bytes from `off` on differs from `cmp_buf`.
 */
CEPH_RADOS_API
void rados_read_op_cmpext(rados_read_op_t read_op,
                          const char *cmp_buf,
                          size_t cmp_len,
                          uint64_t off,
                          int *prval);

/**
 * Adds: fail with `-ECANCELED` unless `value` compares with attribute `name` as `comparison_operator`
 * (`LIBRADOS_CMPXATTR_OP_*`) says, the given value standing on the left.
 */
CEPH_RADOS_API
void rados_read_op_cmpxattr(rados_read_op_t read_op,
                            const char *name,
                            uint8_t comparison_operator,
                            const char *value,
                            size_t value_len);

/**
 * Adds: read all attributes. `iter`, which must not be NULL, is set at once, and yields them when the request is
 * complete; end it with `rados_getxattrs_end` in any case.
 */
CEPH_RADOS_API
void rados_read_op_getxattrs(rados_read_op_t read_op,
                             rados_xattrs_iter_t *iter,
                             int *prval);

/**
 * Adds: fail with `-ECANCELED` unless the omap value of `key` compares with `val` as `comparison_operator` says. A key
 * that does not exist compares as empty.
 */
CEPH_RADOS_API
void rados_read_op_omap_cmp(rados_read_op_t read_op,
                            const char *key,
                            uint8_t comparison_operator,
                            const char *val,
                            size_t val_len,
                            int *prval);

/**
 * Like `rados_read_op_omap_cmp`, for a key of `key_len` bytes.
 */
CEPH_RADOS_API
void rados_read_op_omap_cmp2(rados_read_op_t read_op,
                             const char *key,
                             uint8_t comparison_operator,
                             const char *val,
                             size_t key_len,
                             size_t val_len,
                             int *prval);

/**
 * Adds: the object's size in bytes and modification time in seconds.
 */
CEPH_RADOS_API
void rados_read_op_stat(rados_read_op_t read_op,
                        uint64_t *psize,
                        time_t *pmtime,
                        int *prval);

/**
 * Like `rados_read_op_stat`, with nanoseconds.
 */
CEPH_RADOS_API
void rados_read_op_stat2(rados_read_op_t read_op,
                         uint64_t *psize,
                         struct timespec *pmtime,
                         int *prval);

/**
 * Adds: read up to `len` bytes from `offset` into `buffer`. `bytes_read` gets how many there were.
 */
CEPH_RADOS_API
void rados_read_op_read(rados_read_op_t read_op,
                        uint64_t offset,
                        size_t len,
                        char *buffer,
                        size_t *bytes_read,
                        int *prval);

/**
 * Adds: what `rados_checksum` does, with the checksums in `pchecksum` when the request is complete.
 */
CEPH_RADOS_API
void rados_read_op_checksum(rados_read_op_t read_op,
                            rados_checksum_type_t type,
                            const char *init_value,
                            size_t init_value_len,
                            uint64_t offset,
                            size_t len,
                            size_t chunk_size,
                            char *pchecksum,
                            size_t checksum_len,
                            int *prval);

/**
 * Adds: call a method of an object class. Its output is put into memory that `rados_buffer_free` frees; `out_buf` is
 * NULL where there is none.
 */
CEPH_RADOS_API
void rados_read_op_exec(rados_read_op_t read_op,
                        const char *cls,
                        const char *method,
                        const char *in_buf,
                        size_t in_len,
                        char **out_buf,
                        size_t *out_len,
                        int *prval);

/**
 * Adds: call a method of an object class. Its output goes to `out_buf`, `out_len` bytes long; `used_len` gets its
 * length. Output that does not fit is `-ERANGE` in `prval`.
 */
CEPH_RADOS_API
void rados_read_op_exec_user_buf(rados_read_op_t read_op,
                                 const char *cls,
                                 const char *method,
                                 const char *in_buf,
                                 size_t in_len,
                                 char *out_buf,
                                 size_t out_len,
                                 size_t *used_len,
                                 int *prval);

/**
 * Like `rados_read_op_omap_get_vals2`, without telling whether there are more.
 */
CEPH_RADOS_API
__attribute__((deprecated))
void rados_read_op_omap_get_vals(rados_read_op_t read_op,
                                 const char *start_after,
                                 const char *filter_prefix,
                                 uint64_t max_return,
                                 rados_omap_iter_t *iter,
                                 int *prval);

/**
 * Adds: read up to `max_return` omap entries whose keys come after `start_after` (NULL: from the first) and begin with
 * `filter_prefix` (NULL: all). `pmore` gets whether there are more. `iter`, which must not be NULL, is set at once, and
 * yields the entries when the request is complete; end it with `rados_omap_get_end` in any case.
 */
CEPH_RADOS_API
void rados_read_op_omap_get_vals2(rados_read_op_t read_op,
                                  const char *start_after,
                                  const char *filter_prefix,
                                  uint64_t max_return,
                                  rados_omap_iter_t *iter,
                                  unsigned char *pmore,
                                  int *prval);

/**
 * Like `rados_read_op_omap_get_keys2`, without telling whether there are more.
 */
CEPH_RADOS_API
__attribute__((deprecated))
void rados_read_op_omap_get_keys(rados_read_op_t read_op,
                                 const char *start_after,
                                 uint64_t max_return,
                                 rados_omap_iter_t *iter,
                                 int *prval);

/**
 * Adds: read up to `max_return` omap keys that come after `start_after` (NULL: from the first). Otherwise like
 * `rados_read_op_omap_get_vals2`; the values that `iter` yields are NULL.
 */
CEPH_RADOS_API
void rados_read_op_omap_get_keys2(rados_read_op_t read_op,
                                  const char *start_after,
                                  uint64_t max_return,
                                  rados_omap_iter_t *iter,
                                  unsigned char *pmore,
                                  int *prval);

/**
 * Adds: read the omap entries of `keys_len` NUL-terminated keys. Keys that do not exist are left out. `iter` is as in
 * `rados_read_op_omap_get_vals2`.
 */
CEPH_RADOS_API
void rados_read_op_omap_get_vals_by_keys(rados_read_op_t read_op,
                                         const char *const *keys,
                                         size_t keys_len,
                                         rados_omap_iter_t *iter,
                                         int *prval);

/**
 * Like `rados_read_op_omap_get_vals_by_keys`, for keys of `key_lens[i]` bytes.
 */
CEPH_RADOS_API
void rados_read_op_omap_get_vals_by_keys2(rados_read_op_t read_op,
                                          const char *const *keys,
                                          size_t num_keys,
                                          const size_t *key_lens,
                                          rados_omap_iter_t *iter,
                                          int *prval);

/**
 * Runs a compound read on an object and waits for it. `flags` are `LIBRADOS_OPERATION_*`. The operations are used up by
 * this.
 *
 * Returns 0, or what the first operation that failed returned. 0 too where there are none.
 */
CEPH_RADOS_API
int rados_read_op_operate(rados_read_op_t read_op,
                          rados_ioctx_t io,
                          const char *oid,
                          int flags);

/**
 * Starts `rados_read_op_operate`; the result goes to the completion. Returns 0 where it was started.
 */
CEPH_RADOS_API
int rados_aio_read_op_operate(rados_read_op_t read_op,
                              rados_ioctx_t io,
                              rados_completion_t completion,
                              const char *oid,
                              int flags);

/*
 * Advisory locks on objects: they keep nobody from writing, unless all ask for them. A lock has a name; a client may
 * hold a shared one several times, with different cookies.
 */

/**
 * Takes lock `name` on an object for this client alone. `cookie` tells this hold from others of the same client; `desc`
 * is for people. After `duration` the lock is free again; NULL, or zero: never. `flags` are `LIBRADOS_LOCK_FLAG_*`.
 *
 * Returns 0, `-EBUSY` where others hold it, `-EEXIST` where this client does and no flag allows to renew, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_lock_exclusive(rados_ioctx_t io,
                         const char *oid,
                         const char *name,
                         const char *cookie,
                         const char *desc,
                         struct timeval *duration,
                         uint8_t flags);

/**
 * Takes lock `name` on an object together with others that give the same `tag`. Otherwise as `rados_lock_exclusive`.
 */
CEPH_RADOS_API
int rados_lock_shared(rados_ioctx_t io,
                      const char *o,
                      const char *name,
                      const char *cookie,
                      const char *tag,
                      const char *desc,
                      struct timeval *duration,
                      uint8_t flags);

/**
 * Gives up this client's hold with this cookie. Returns 0, `-ENOENT` where it has none, or another negative errno.
 */
CEPH_RADOS_API
int rados_unlock(rados_ioctx_t io,
                 const char *o,
                 const char *name,
                 const char *cookie);

/**
 * Starts `rados_unlock`. Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_aio_unlock(rados_ioctx_t io,
                     const char *o,
                     const char *name,
                     const char *cookie,
                     rados_completion_t completion);

/**
 * Who holds lock `name` on an object. `exclusive` gets 1 or 0, `tag` the tag; `clients` (as `client.4123`), `cookies`
 * and `addrs` get a string for each holder, ended by a NUL. The lengths are sizes in bytes, and get what is needed.
 *
 * Returns the number of holders, 0 where nobody holds it, `-ERANGE` where a buffer is too small, or another negative
 * errno.
 */
CEPH_RADOS_API
ssize_t rados_list_lockers(rados_ioctx_t io,
                           const char *o,
                           const char *name,
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
 * Takes lock `name` away from `client` (as `client.4123`), which holds it with `cookie`. Returns 0, `-ENOENT` where it does
 * not, `-EINVAL` where that is no client's name, or another negative errno.
 */
CEPH_RADOS_API
int rados_break_lock(rados_ioctx_t io,
                     const char *o,
                     const char *name,
                     const char *client,
                     const char *cookie);

/*
 * Application tags of pools: which program uses a pool, with keys and values of its own.
 */

/**
 * Says that application `app_name` uses the pool. Where another does already, that is `-EPERM` unless `force` is set.
 * Returns 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_application_enable(rados_ioctx_t io,
                             const char *app_name,
                             int force);

/**
 * The pool's applications, each name ended by a NUL. `values_len` is the size of `values` in bytes, and gets what is
 * needed.
 *
 * Returns 0, `-ERANGE` where they do not fit, or another negative errno.
 */
CEPH_RADOS_API
int rados_application_list(rados_ioctx_t io,
                           char *values,
                           size_t *values_len);

/**
 * The value of an application's `key`, with a NUL. `value_len` is the size of `value` in bytes, and gets what is needed.
 *
 * Returns 0, `-ERANGE` where it does not fit, `-ENOENT`, or another negative errno.
 */
CEPH_RADOS_API
int rados_application_metadata_get(rados_ioctx_t io,
                                   const char *app_name,
                                   const char *key,
                                   char *value,
                                   size_t *value_len);

/**
 * Sets an application's `key`. Returns 0, `-ENOENT` where the application is not enabled, or another negative errno.
 */
CEPH_RADOS_API
int rados_application_metadata_set(rados_ioctx_t io,
                                   const char *app_name,
                                   const char *key,
                                   const char *value);

/**
 * Removes an application's `key`. Returns as `rados_application_metadata_set` does.
 */
CEPH_RADOS_API
int rados_application_metadata_remove(rados_ioctx_t io,
                                      const char *app_name,
                                      const char *key);

/**
 * All keys and values of an application, each ended by a NUL. `key_len` and `vals_len` are the sizes of `keys` and
 * `values` in bytes, and get what is needed.
 *
 * Returns 0, `-ERANGE` where one of them does not fit, `-ENOENT` where the application is not enabled, or another
 * negative errno.
 */
CEPH_RADOS_API
int rados_application_metadata_list(rados_ioctx_t io,
                                    const char *app_name,
                                    char *keys,
                                    size_t *key_len,
                                    char *values,
                                    size_t *vals_len);

/*
 * Commands to monitors, managers, OSDs and placement groups. `cmd` is an array of `cmdlen` strings, as a rule one, of
 * JSON; `inbuf` is the input of commands that take one. `outbuf` gets the output and `outs` the status line, in memory
 * that `rados_buffer_free` frees, or NULL where empty; both are set on errors too. Any of the four may be NULL.
 */

/**
 * Sends a command to a monitor. Returns what it answers: 0 or a negative errno.
 */
CEPH_RADOS_API
int rados_mon_command(rados_t cluster,
                      const char **cmd,
                      size_t cmdlen,
                      const char *inbuf,
                      size_t inbuflen,
                      char **outbuf,
                      size_t *outbuflen,
                      char **outs,
                      size_t *outslen);

/**
 * Sends a command to the active manager. Returns what it answers.
 */
CEPH_RADOS_API
int rados_mgr_command(rados_t cluster,
                      const char **cmd,
                      size_t cmdlen,
                      const char *inbuf,
                      size_t inbuflen,
                      char **outbuf,
                      size_t *outbuflen,
                      char **outs,
                      size_t *outslen);

/**
 * Sends a command to the manager of this name, or the active one where `name` is NULL. Returns what it answers.
 */
CEPH_RADOS_API
int rados_mgr_command_target(rados_t cluster,
                             const char *name,
                             const char **cmd,
                             size_t cmdlen,
                             const char *inbuf,
                             size_t inbuflen,
                             char **outbuf,
                             size_t *outbuflen,
                             char **outs,
                             size_t *outslen);

/**
 * Sends a command to the monitor of this name, or of this rank where it is a number. Returns what it answers.
 */
CEPH_RADOS_API
int rados_mon_command_target(rados_t cluster,
                             const char *name,
                             const char **cmd,
                             size_t cmdlen,
                             const char *inbuf,
                             size_t inbuflen,
                             char **outbuf,
                             size_t *outbuflen,
                             char **outs,
                             size_t *outslen);

/**
 * Frees memory that a function of this library returned in a `char **`. NULL is allowed.
 */
CEPH_RADOS_API void rados_buffer_free(char *buf);

/**
 * Sends a command to OSD `osdid`. Returns what it answers.
 */
CEPH_RADOS_API
int rados_osd_command(rados_t cluster,
                      int osdid,
                      const char **cmd,
                      size_t cmdlen,
                      const char *inbuf,
                      size_t inbuflen,
                      char **outbuf,
                      size_t *outbuflen,
                      char **outs,
                      size_t *outslen);

/**
 * Sends a command to the primary OSD of placement group `pgstr`, for example `1.2f`. Returns what it answers; `-EINVAL`,
 * and no answers, where that names no group.
 */
CEPH_RADOS_API
int rados_pg_command(rados_t cluster,
                     const char *pgstr,
                     const char **cmd,
                     size_t cmdlen,
                     const char *inbuf,
                     size_t inbuflen,
                     char **outbuf,
                     size_t *outbuflen,
                     char **outs,
                     size_t *outslen);

/**
 * Asks the monitor of this name for its state, also where the cluster has no quorum. `outstr` gets the answer, JSON, in
 * memory that `rados_buffer_free` frees. Returns 0, `-ENOENT` where there is no such monitor, or another negative errno.
 */
CEPH_RADOS_API
int rados_ping_monitor(rados_t cluster,
                       const char *mon_id,
                       char **outstr,
                       size_t *outstrlen);

/*
 * The cluster log, and daemons that register with the manager.
 */

/**
 * Hands the lines of the cluster log, from `level` on (`debug`, `info`, `sec`, `warn`, `error`), to `cb`, with `arg`, on
 * a thread of the library, beginning with the last one there was; the strings are good during the call. It takes the
 * place of what was set before; NULL ends that. An embedded store logs commands, as a monitor audits them, and changes of
 * its pools.
 *
 * Returns 0, `-ENOTCONN`, or `-EINVAL` where there is no such level.
 */
CEPH_RADOS_API
int rados_monitor_log(rados_t cluster,
                      const char *level,
                      rados_log_callback_t cb,
                      void *arg);

/**
 * Like `rados_monitor_log`, with the channel and the name of the entity.
 */
CEPH_RADOS_API
int rados_monitor_log2(rados_t cluster,
                       const char *level,
                       rados_log_callback2_t cb,
                       void *arg);

/**
 * Announces this client as daemon `daemon` of `service`. `metadata_dict` is keys and values by turns, each ended by a
 * NUL, and one more NUL at the end. Returns 0, `-EEXIST` where that was done already, `-EINVAL` where the service is one
 * of Ceph's own, or another negative errno.
 */
CEPH_RADOS_API
int rados_service_register(rados_t cluster,
                           const char *service,
                           const char *daemon,
                           const char *metadata_dict);

/**
 * Sets what the manager shows of this daemon: `status_dict` is as in `rados_service_register`. Returns 0 or a negative
 * errno.
 */
CEPH_RADOS_API
int rados_service_update_status(rados_t cluster,
                                const char *status_dict);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
