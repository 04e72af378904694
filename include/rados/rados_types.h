/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by `cargo run -p sepiola-tools -- headers` from the Rust sources: do not edit. */
/* Types that librados.h shares with its users: watches and notifies. */

#ifndef CEPH_RADOS_TYPES_H
#define CEPH_RADOS_TYPES_H

#include <stdint.h>

/* A namespace for rados_ioctx_set_namespace that makes listings go over all of them. */
#define LIBRADOS_ALL_NSPACES "\001"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A watcher of an object. No function of the C interface returns it; it is part of the header all the same.
 */
typedef struct obj_watch_t {
    /**
     * Address of the watching client.
     */
    char addr[256];
    /**
     * Its instance id.
     */
    int64_t watcher_id;
    /**
     * Its watch.
     */
    uint64_t cookie;
    /**
     * After how many seconds of silence it loses the watch.
     */
    uint32_t timeout_seconds;
} obj_watch_t;

/**
 * A watcher that answered a notify.
 */
typedef struct notify_ack_t {
    /**
     * Instance id of the watching client.
     */
    uint64_t notifier_id;
    /**
     * Its watch.
     */
    uint64_t cookie;
    /**
     * What it answered; NULL where nothing.
     */
    char *payload;
    /**
     * Length of that, in bytes.
     */
    uint64_t payload_len;
} notify_ack_t;

/**
 * A watcher that did not answer in time.
 */
typedef struct notify_timeout_t {
    /**
     * Instance id of the watching client.
     */
    uint64_t notifier_id;
    /**
     * Its watch.
     */
    uint64_t cookie;
} notify_timeout_t;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
