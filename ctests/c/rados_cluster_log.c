/* The cluster's log, giving calls up, filters of listings, and answers of compound reads that fail. */
#include "rados_check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static char lines[1 << 16];

static void log_line(void *arg, const char *line, const char *channel, const char *who, const char *name,
		     uint64_t sec, uint64_t nsec, uint64_t seq, const char *level, const char *msg)
{
	(void)seq;
	pthread_mutex_lock(&lock);
	int whole = arg == lines && strstr(line, msg) && strstr(line, level) && *who && *name && sec > 0 && nsec < 1000000000;
	size_t have = strlen(lines);
	snprintf(lines + have, sizeof(lines) - have, "%s%s %s %s\n", whole ? "" : "BAD ", channel, level, msg);
	pthread_cond_signal(&told);
	pthread_mutex_unlock(&lock);
}

/* Whether a line with this text has come, or comes within some seconds. */
static int heard(const char *text, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&lock);
	while (!strstr(lines, text) && pthread_cond_timedwait(&told, &lock, &until) == 0)
		;
	int found = strstr(lines, text) != NULL;
	pthread_mutex_unlock(&lock);
	return found;
}

static int command(const char *text)
{
	char *out = NULL, *status = NULL;
	size_t out_len, status_len;
	int r = rados_mon_command(cluster, &text, 1, "", 0, &out, &out_len, &status, &status_len);
	rados_buffer_free(out);
	rados_buffer_free(status);
	return r;
}

static void cluster_log(void)
{
	is("no such level", rados_monitor_log2(cluster, "loud", log_line, lines), -EINVAL);
	is("monitor_log2", rados_monitor_log2(cluster, "info", log_line, lines), 0);
	is("log", command("{\"prefix\": \"log\", \"logtext\": [\"first\", \"words\"]}"), 0);
	is("heard", heard("cluster [INF] first words\n", 30), 1);
	is("audited", heard("audit [INF] from='client.", 30), 1);
	is("only errors", rados_monitor_log2(cluster, "error", log_line, lines), 0);
	is("log", command("{\"prefix\": \"log\", \"logtext\": [\"second\"]}"), 0);
	is("not heard", heard("second", 2), 0);
	is("none", rados_monitor_log2(cluster, "info", NULL, NULL), 0);
	is("whole lines", strstr(lines, "BAD") == NULL, 1);
}

static void cancels(void)
{
	char buf[4096] = "";
	rados_completion_t c;
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("cancel before", rados_aio_cancel(io, c) <= 0, 1);
	is("read", rados_aio_read(io, "missing", c, buf, sizeof(buf), 0), 0);
	is("cancel", rados_aio_cancel(io, c), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("given up", rados_aio_get_return_value(c), -ECANCELED);
	rados_aio_release(c);
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("read", rados_aio_read(io, "missing", c, buf, sizeof(buf), 0), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	rados_aio_cancel(io, c);
	is("too late", rados_aio_get_return_value(c), -ENOENT);
	rados_aio_release(c);
}

/* A filter's three strings. */
static size_t encode(char *to, const char *kind, const char *name, const char *value)
{
	const char *texts[] = { kind, name, value };
	char *at = to;
	for (int i = 0; i < 3; i++) {
		uint32_t len = (uint32_t)strlen(texts[i]);
		memcpy(at, &len, 4);
		memcpy(at + 4, texts[i], len);
		at += 4 + len;
	}
	return (size_t)(at - to);
}

static void filters(void)
{
	char name[16], filter[64];
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "filtered%d", i);
		is("write", rados_write_full(io, name, "x", 1), 0);
		if (i % 4 == 0)
			is("setxattr", rados_setxattr(io, name, "kind", i % 8 ? "odd" : "even", i % 8 ? 3 : 4), 0);
	}
	rados_object_list_cursor at = rados_object_list_begin(io), end = rados_object_list_end(io);
	rados_object_list_item items[64];
	size_t len = encode(filter, "plain", "_kind", "even");
	int found = 0, right = 1, r;
	while (!rados_object_list_is_end(io, at)) {
		r = rados_object_list(io, at, end, 64, filter, len, items, &at);
		must("object_list", r);
		for (int i = 0; i < r; i++)
			right &= atoi(items[i].oid + strlen("filtered")) % 8 == 0;
		found += r;
		rados_object_list_free((size_t)r, items);
	}
	is("found", found, 3);
	is("the right ones", right, 1);
	rados_object_list_cursor_free(io, at);
	at = rados_object_list_begin(io);
	len = encode(filter, "fancy", "_kind", "even");
	is("no such filter", rados_object_list(io, at, end, 64, filter, len, items, &at), -EINVAL);
	rados_object_list_cursor_free(io, at);
	rados_object_list_cursor_free(io, end);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "filtered%d", i);
		is("remove", rados_remove(io, name), 0);
	}
}

static void answers(void)
{
	uint64_t size = 1;
	int stat = 0, attrs = 0, keys = 0, compared = 7;
	rados_xattrs_iter_t xattrs;
	rados_omap_iter_t omap;
	unsigned char more;
	rados_read_op_t op = rados_create_read_op();
	rados_read_op_stat(op, &size, NULL, &stat);
	rados_read_op_getxattrs(op, &xattrs, &attrs);
	rados_read_op_omap_get_keys2(op, "", 10, &omap, &more, &keys);
	rados_read_op_cmpext(op, "x", 1, 0, &compared);
	is("of what is missing", rados_read_op_operate(op, io, "missing", 0), -ENOENT);
	is("stat", stat, -EIO);
	is("its size", (long long)size, 1);
	is("getxattrs", attrs, -EIO);
	is("omap_get_keys2", keys, -EIO);
	is("cmpext", compared, 0);
	rados_getxattrs_end(xattrs);
	rados_omap_get_end(omap);
	rados_release_read_op(op);
	is("write", rados_write_full(io, "compared", "x", 1), 0);
	is("setxattr", rados_setxattr(io, "compared", "a", "1", 1), 0);
	op = rados_create_read_op();
	rados_read_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1);
	is("cmpxattr holds", rados_read_op_operate(op, io, "compared", 0), 1);
	rados_release_read_op(op);
	is("remove", rados_remove(io, "compared"), 0);
	char groups[64];
	int64_t pool = rados_pool_lookup(cluster, "rbd");
	is("inconsistent_pg_list", rados_inconsistent_pg_list(cluster, pool, groups, sizeof(groups)), 1);
}

int main(void)
{
	start("c-log");
	cluster_log();
	cancels();
	filters();
	answers();
	return finish();
}
