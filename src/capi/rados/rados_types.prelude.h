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
