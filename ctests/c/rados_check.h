/* What the rados programs share: connecting, and telling call by call what came back. Programs of this folder say the
 * same on Ceph's own library over a cluster; a line that starts with FAIL differs from what Ceph's answers. */
#ifndef RADOS_CHECK_H
#define RADOS_CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rados/librados.h>

/* The release of Ceph to compare with: what later ones brought is left out. */
#ifndef CHECK_RELEASE
#define CHECK_RELEASE 20
#endif

#define UNUSED __attribute__((unused)) static

UNUSED rados_t cluster;
UNUSED rados_ioctx_t io;
UNUSED int failures;

UNUSED void is(const char *what, long long got, long long want)
{
	if (got == want) {
		printf("ok %s\n", what);
	} else {
		printf("FAIL %s got %lld want %lld\n", what, got, want);
		failures++;
	}
	fflush(stdout);
}

UNUSED void is_text(const char *what, const char *got, const char *want)
{
	if (got && strcmp(got, want) == 0) {
		printf("ok %s\n", what);
	} else {
		printf("FAIL %s got \"%s\" want \"%s\"\n", what, got ? got : "(NULL)", want);
		failures++;
	}
	fflush(stdout);
}

/* Any negative errno. */
UNUSED void refused(const char *what, long long got)
{
	if (got < 0 && got >= -4095) {
		printf("ok %s\n", what);
	} else {
		printf("FAIL %s got %lld want a negative errno\n", what, got);
		failures++;
	}
	fflush(stdout);
}

/* Nothing can go on without it. */
UNUSED void must(const char *what, long long got)
{
	if (got < 0) {
		printf("FAIL %s got %lld want 0 or more\n", what, got);
		exit(1);
	}
}

/* CEPH_CONF says where. The objects are in pool rbd, in a namespace that the program has for itself. */
UNUSED void start(const char *nspace)
{
	must("rados_create", rados_create(&cluster, NULL));
	must("rados_conf_read_file", rados_conf_read_file(cluster, NULL));
	must("rados_connect", rados_connect(cluster));
	must("rados_ioctx_create", rados_ioctx_create(cluster, "rbd", &io));
	rados_ioctx_set_namespace(io, nspace);
}

UNUSED int finish(void)
{
	rados_ioctx_destroy(io);
	rados_shutdown(cluster);
	printf("%s\n", failures ? "FAIL" : "done");
	return failures != 0;
}

#endif
