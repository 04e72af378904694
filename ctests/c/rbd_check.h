/* What the rbd programs share: connecting, and telling call by call what came back. Every line is the same on
 * Ceph's own library and on this one; a line that starts with FAIL differs from what Ceph's answers. */
#ifndef RBD_CHECK_H
#define RBD_CHECK_H

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rados/librados.h>
#include <rbd/librbd.h>

static rados_t cluster;
static rados_ioctx_t io;
static int failures;

__attribute__((unused)) static void is(const char *what, long long got, long long want)
{
	if (got == want) {
		printf("%s %lld\n", what, got);
	} else {
		printf("FAIL %s got %lld want %lld\n", what, got, want);
		failures++;
	}
	fflush(stdout);
}

__attribute__((unused)) static void is_text(const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) == 0) {
		printf("%s \"%s\"\n", what, got);
	} else {
		printf("FAIL %s got \"%s\" want \"%s\"\n", what, got, want);
		failures++;
	}
	fflush(stdout);
}

/* Nothing can go on without it. */
__attribute__((unused)) static void must(const char *what, long long got)
{
	if (got < 0) {
		printf("FAIL %s got %lld want 0 or more\n", what, got);
		exit(1);
	}
}

/* CEPH_CONF says where; the images are made in pool rbd, without the exclusive lock. */
__attribute__((unused)) static void start(void)
{
	must("rados_create", rados_create(&cluster, NULL));
	must("rados_conf_read_file", rados_conf_read_file(cluster, NULL));
	must("rbd_default_features", rados_conf_set(cluster, "rbd_default_features", "1"));
	must("rados_connect", rados_connect(cluster));
	must("rados_ioctx_create", rados_ioctx_create(cluster, "rbd", &io));
}

__attribute__((unused)) static int finish(void)
{
	rados_ioctx_destroy(io);
	rados_shutdown(cluster);
	printf("%s\n", failures ? "FAIL" : "done");
	return failures != 0;
}

/* A new image of `size` bytes and 1 << order bytes an object; an old one of that name is removed with its snapshots. */
__attribute__((unused)) static void fresh(const char *name, uint64_t size, int order)
{
	rbd_image_t image;
	if (rbd_open(io, name, &image, NULL) == 0) {
		rbd_snap_info_t snaps[64];
		int max = 64, n = rbd_snap_list(image, snaps, &max);
		for (int i = 0; i < n; i++) {
			rbd_snap_unprotect(image, snaps[i].name);
			must("rbd_snap_remove", rbd_snap_remove(image, snaps[i].name));
		}
		if (n > 0)
			rbd_snap_list_end(snaps);
		rbd_close(image);
		must("rbd_remove", rbd_remove(io, name));
	}
	must("rbd_create2", rbd_create2(io, name, size, RBD_FEATURE_LAYERING, &order));
}

/* The first byte of `buf` that is not `byte`, or -1. */
__attribute__((unused)) static long long differs(const char *buf, size_t len, char byte)
{
	for (size_t i = 0; i < len; i++)
		if (buf[i] != byte)
			return (long long)i;
	return -1;
}

#endif
