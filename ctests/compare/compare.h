/* What the programs of this folder share. Each prints what every call answers, in lines that are the same on every
 * cluster and in every run: no addresses, ids or times. The runner compares the lines of Ceph's library with ours. */
#ifndef COMPARE_H
#define COMPARE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rados/librados.h>

#define UNUSED __attribute__((unused)) static
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a whole request may be told, of either kind: rows of a number and its name. */
#define OPERATION_FLAGS \
	{ LIBRADOS_OPERATION_BALANCE_READS, "BALANCE_READS" }, \
	{ LIBRADOS_OPERATION_LOCALIZE_READS, "LOCALIZE_READS" }, \
	{ LIBRADOS_OPERATION_ORDER_READS_WRITES, "ORDER_READS_WRITES" }, \
	{ LIBRADOS_OPERATION_IGNORE_CACHE, "IGNORE_CACHE" }, \
	{ LIBRADOS_OPERATION_SKIPRWLOCKS, "SKIPRWLOCKS" }, \
	{ LIBRADOS_OPERATION_IGNORE_OVERLAY, "IGNORE_OVERLAY" }, \
	{ LIBRADOS_OPERATION_FULL_TRY, "FULL_TRY" }, \
	{ LIBRADOS_OPERATION_FULL_FORCE, "FULL_FORCE" }, \
	{ LIBRADOS_OPERATION_IGNORE_REDIRECT, "IGNORE_REDIRECT" }, \
	{ LIBRADOS_OPERATION_ORDERSNAP, "ORDERSNAP" }

/* Calls the function and says what it answered. The answer is the macro's value. */
#define CALL(function, scenario, ...) said(#function, scenario, function(__VA_ARGS__))
/* The same of a function without an answer. */
#define DO(function, scenario, ...) (function(__VA_ARGS__), done(#function, scenario))
/* The same where only the answer's truth can be told. */
#define TRUE(function, scenario, truth) truly(#function, scenario, truth)

UNUSED rados_t cluster;
UNUSED rados_ioctx_t io;

UNUSED void name_errno(long long r)
{
	/* Beyond these are the answers of comparisons. */
	if (r < 0 && r > -4095) {
		const char *name = -r == EOPNOTSUPP ? "EOPNOTSUPP" : -r == 108 ? "EBLOCKLISTED" : strerrorname_np((int)-r);
		printf(" %s", name ? name : "?");
	}
	printf("\n");
	fflush(stdout);
}

/* What the last call answered. */
UNUSED long long answer;

UNUSED long long said(const char *function, const char *scenario, long long r)
{
	answer = r;
	printf("%s: %s -> %lld", function, scenario, r);
	name_errno(r);
	return r;
}

UNUSED void done(const char *function, const char *scenario)
{
	printf("%s: %s\n", function, scenario);
	fflush(stdout);
}

UNUSED void truly(const char *function, const char *scenario, int truth)
{
	printf("%s: %s -> %s\n", function, scenario, truth ? "yes" : "no");
	fflush(stdout);
}

/* Details of the call before. */
UNUSED void number(const char *what, long long n)
{
	printf("    %s = %lld", what, n);
	name_errno(n);
}

UNUSED void bytes(const char *what, const void *data, size_t len)
{
	const unsigned char *p = data;
	printf("    %s = ", what);
	if (!p) {
		printf("NULL, %zu\n", len);
		return;
	}
	printf("\"");
	for (size_t i = 0; i < len && i < 200; i++) {
		if (p[i] >= ' ' && p[i] < 127 && p[i] != '"' && p[i] != '\\')
			printf("%c", p[i]);
		else
			printf("\\x%02x", p[i]);
	}
	printf("\"%s %zu\n", len > 200 ? "..." : "", len);
	fflush(stdout);
}

UNUSED void text(const char *what, const char *s)
{
	bytes(what, s, s ? strlen(s) : 0);
}

UNUSED void heading(const char *what)
{
	printf("\n# %s\n", what);
	fflush(stdout);
}

/* Nothing can go on without it. */
UNUSED void must(const char *what, long long r)
{
	if (r < 0) {
		printf("STOP %s -> %lld", what, r);
		name_errno(r);
		exit(1);
	}
}

UNUSED void connect_as(rados_t *to)
{
	must("rados_create", rados_create(to, NULL));
	must("rados_conf_read_file", rados_conf_read_file(*to, NULL));
	must("rados_connect", rados_connect(*to));
}

/* Removes all objects of the context's namespace. */
UNUSED void empty(rados_ioctx_t of)
{
	rados_list_ctx_t list;
	const char *name, *key;
	must("rados_nobjects_list_open", rados_nobjects_list_open(of, &list));
	while (rados_nobjects_list_next(list, &name, &key, NULL) == 0) {
		rados_ioctx_locator_set_key(of, key);
		rados_remove(of, name);
	}
	rados_ioctx_locator_set_key(of, NULL);
	rados_nobjects_list_close(list);
}

/* CEPH_CONF says where. The objects are in pool rbd, in a namespace that the program has for itself. */
UNUSED void start(const char *nspace)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	connect_as(&cluster);
	must("rados_ioctx_create", rados_ioctx_create(cluster, "rbd", &io));
	rados_ioctx_set_namespace(io, nspace);
	empty(io);
}

/* A pool of the program's own, that earlier runs did not use. */
UNUSED void own_pool(const char *name, rados_ioctx_t *to)
{
	rados_pool_delete(cluster, name);
	must("rados_pool_create", rados_pool_create(cluster, name));
	must("rados_ioctx_create", rados_ioctx_create(cluster, name, to));
	must("rados_application_enable", rados_application_enable(*to, "rados", 1));
}

UNUSED int finish(void)
{
	empty(io);
	rados_ioctx_destroy(io);
	rados_shutdown(cluster);
	printf("\ndone\n");
	return 0;
}

/* What an object holds. */
UNUSED void content(const char *oid)
{
	static char buf[1 << 16];
	int r = rados_read(io, oid, buf, sizeof(buf), 0);
	if (r < 0)
		number("content", r);
	else
		bytes("content", buf, (size_t)r);
}

/* A JSON or C string command to the monitors; its return code only. */
UNUSED int command(const char *text)
{
	char *out = NULL, *status = NULL;
	size_t out_len = 0, status_len = 0;
	int r = rados_mon_command(cluster, &text, 1, "", 0, &out, &out_len, &status, &status_len);
	rados_buffer_free(out);
	rados_buffer_free(status);
	return r;
}

#endif
