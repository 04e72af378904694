/* Pools, configuration, listings, snapshots, applications, what is known of the cluster. */
#include "rados_check.h"

static void configuration(void)
{
	char buf[64];
	rados_t other;
	is("create", rados_create(&other, "somebody"), 0);
	is("set", rados_conf_set(other, "rados_osd_op_timeout", "20"), 0);
	is("set with spaces", rados_conf_set(other, "client mount timeout", "30"), 0);
	is("get", rados_conf_get(other, "client_mount_timeout", buf, sizeof(buf)), 0);
	is("its value", atoi(buf), 30);
	is("get into too little", rados_conf_get(other, "client_mount_timeout", buf, 2), -ENAMETOOLONG);
	is("set none", rados_conf_set(other, "no_such_option", "1"), -ENOENT);
	is("get none", rados_conf_get(other, "no_such_option", buf, sizeof(buf)), -ENOENT);
	is("set a bad value", rados_conf_set(other, "rados_osd_op_timeout", "soon"), -EINVAL);
	is("read no file", rados_conf_read_file(other, "/nonexistent/ceph.conf"), -ENOENT);
	const char *argv[] = { "program", "--rados-mon-op-timeout", "7", "other", "--unknown=1" };
	const char *left[5] = { "x", "x", "x", "x", "x" };
	is("argv", rados_conf_parse_argv_remainder(other, 5, argv, left), 0);
	is_text("left", left[0], "program");
	is_text("left", left[1], "other");
	is_text("left", left[2], "--unknown=1");
	is("no more", left[3] == NULL && left[4] == NULL, 1);
	is("get", rados_conf_get(other, "rados_mon_op_timeout", buf, sizeof(buf)), 0);
	is("its value", atoi(buf), 7);
	rados_ioctx_t none;
	is("not connected", rados_ioctx_create(other, "rbd", &none), -ENOTCONN);
	rados_shutdown(other);
	is("create2", rados_create2(&other, "ceph", "client.admin", 0), 0);
	rados_shutdown(other);
	is("create2 with a bad name", rados_create2(&other, "ceph", "nonsense", 0), -EINVAL);
	is("connect twice", rados_connect(cluster), -EISCONN);
}

static void about(void)
{
	char fsid[37];
	is("fsid into too little", rados_cluster_fsid(cluster, fsid, 36), -ERANGE);
	is("fsid", rados_cluster_fsid(cluster, fsid, 37), 36);
	is("fsid's length", (long long)strlen(fsid), 36);
	struct rados_cluster_stat_t stat;
	is("cluster_stat", rados_cluster_stat(cluster, &stat), 0);
	is("space", stat.kb > 0 && stat.kb_avail <= stat.kb, 1);
	is("instance", rados_get_instance_id(cluster) > 0, 1);
	char *addrs = NULL;
	is("getaddrs", rados_getaddrs(cluster, &addrs), 0);
	is("an address", addrs != NULL && strchr(addrs, '/') != NULL, 1);
	rados_buffer_free(addrs);
	is("wait_for_latest_osdmap", rados_wait_for_latest_osdmap(cluster), 0);
	int8_t release = 0, client = 0, required = 0;
	is("min osd", rados_get_min_compatible_osd(cluster, &release), 0);
	is("min client", rados_get_min_compatible_client(cluster, &client, &required), 0);
	is("releases", release >= 16 && client > 0 && client <= release, 1);
	is("cluster of a context", rados_ioctx_get_cluster(io) == cluster, 1);
	char *out = NULL, *status = NULL;
	size_t out_len = 0, status_len = 0;
	const char *cmd[] = { "{\"prefix\": \"fsid\", \"format\": \"json\"}" };
	is("mon_command", rados_mon_command(cluster, cmd, 1, "", 0, &out, &out_len, &status, &status_len), 0);
	is("its answer", out != NULL && memmem(out, out_len, fsid, 36) != NULL, 1);
	rados_buffer_free(out);
	rados_buffer_free(status);
	const char *bad[] = { "{\"prefix\": \"no such command\"}" };
	is("unknown command", rados_mon_command(cluster, bad, 1, "", 0, &out, &out_len, &status, &status_len), -EINVAL);
	rados_buffer_free(out);
	rados_buffer_free(status);
}

/* Whether a list of strings, each with its NUL, names `name`. */
static int names(const char *list, const char *name)
{
	for (; *list; list += strlen(list) + 1)
		if (strcmp(list, name) == 0)
			return 1;
	return 0;
}

static void pools(void)
{
	char buf[1024];
	is("create", rados_pool_create(cluster, "c-pools"), 0);
	is("create again", rados_pool_create(cluster, "c-pools"), -EEXIST);
	int64_t id = rados_pool_lookup(cluster, "c-pools");
	is("lookup", id > 0, 1);
	is("lookup none", rados_pool_lookup(cluster, "nosuchpool"), -ENOENT);
	is("reverse", rados_pool_reverse_lookup(cluster, id, buf, sizeof(buf)), 7);
	is_text("its name", buf, "c-pools");
	is("reverse into too little", rados_pool_reverse_lookup(cluster, id, buf, 7), -ERANGE);
	is("reverse none", rados_pool_reverse_lookup(cluster, 1 << 20, buf, sizeof(buf)), -ENOENT);
	int all = rados_pool_list(cluster, NULL, 0);
	is("size of the list", all > 9 && all < (int)sizeof(buf), 1);
	is("list", rados_pool_list(cluster, buf, sizeof(buf)), all);
	is("it is in the list", names(buf, "c-pools"), 1);
	is("list into too little", rados_pool_list(cluster, buf, 1), all);
	is("list without a buffer", rados_pool_list(cluster, NULL, 8), -EINVAL);

	rados_ioctx_t pool;
	is("context", rados_ioctx_create2(cluster, id, &pool), 0);
	is("its id", rados_ioctx_get_id(pool), id);
	is("its name", rados_ioctx_get_pool_name(pool, buf, sizeof(buf)), 7);
	is("its name into too little", rados_ioctx_get_pool_name(pool, buf, 7), -ERANGE);
	rados_ioctx_set_namespace(pool, "space");
	is("namespace", rados_ioctx_get_namespace(pool, buf, sizeof(buf)), 5);
	is_text("its name", buf, "space");
	rados_ioctx_set_namespace(pool, NULL);
	is("no namespace", rados_ioctx_get_namespace(pool, buf, sizeof(buf)), 0);
	int64_t base;
	is("base tier", rados_pool_get_base_tier(cluster, id, &base), 0);
	is("none", base == id, 1);
	int needs = 9;
	is("alignment", rados_ioctx_pool_requires_alignment2(pool, &needs), 0);
	is("none", needs, 0);

	is("application", rados_application_enable(pool, "app", 1), 0);
	is("key", rados_application_metadata_set(pool, "app", "key", "value"), 0);
	size_t len = sizeof(buf);
	is("get", rados_application_metadata_get(pool, "app", "key", buf, &len), 0);
	is_text("its value", buf, "value");
	len = 2;
	is("get into too little", rados_application_metadata_get(pool, "app", "key", buf, &len), -ERANGE);
	is("needs", (long long)len, 6);
	len = sizeof(buf);
	is("list", rados_application_list(pool, buf, &len), 0);
	is("it is there", len == 4 && strcmp(buf, "app") == 0, 1);
	is("remove key", rados_application_metadata_remove(pool, "app", "key"), 0);
	len = sizeof(buf);
	is("get removed", rados_application_metadata_get(pool, "app", "key", buf, &len), -ENOENT);

	struct rados_pool_stat_t stat;
	is("pool_stat", rados_ioctx_pool_stat(pool, &stat), 0);
	rados_snap_t snap = 0, snaps[4];
	must("write", rados_write_full(pool, "obj", "old", 3));
	is("snap", rados_ioctx_snap_create(pool, "snap"), 0);
	is("snap again", rados_ioctx_snap_create(pool, "snap"), -EEXIST);
	is("lookup", rados_ioctx_snap_lookup(pool, "snap", &snap), 0);
	is("list", rados_ioctx_snap_list(pool, snaps, 4), 1);
	is("list into too little", rados_ioctx_snap_list(pool, snaps, 0), -ERANGE);
	is("its name", rados_ioctx_snap_get_name(pool, snap, buf, sizeof(buf)), 0);
	is_text("its name", buf, "snap");
	is("name into too little", rados_ioctx_snap_get_name(pool, snap, buf, 4), -ERANGE);
	time_t stamp = 0;
	is("its stamp", rados_ioctx_snap_get_stamp(pool, snap, &stamp), 0);
	is("recent", stamp > 1600000000, 1);
	must("write", rados_write_full(pool, "obj", "new!", 4));
	rados_ioctx_snap_set_read(pool, snap);
	is("read at the snapshot", rados_read(pool, "obj", buf, sizeof(buf), 0), 3);
	is("write at the snapshot", rados_write(pool, "obj", "x", 1, 0), -EROFS);
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);
	is("read the head", rados_read(pool, "obj", buf, sizeof(buf), 0), 4);
	is("roll back", rados_ioctx_snap_rollback(pool, "obj", "snap"), 0);
	is("rolled back", rados_read(pool, "obj", buf, sizeof(buf), 0), 3);
	is("roll back to none", rados_ioctx_snap_rollback(pool, "obj", "none"), -ENOENT);
	rados_snap_t own;
	is("self-managed on such a pool", rados_ioctx_selfmanaged_snap_create(pool, &own), -EINVAL);
	is("remove snap", rados_ioctx_snap_remove(pool, "snap"), 0);
	is("remove snap again", rados_ioctx_snap_remove(pool, "snap"), -ENOENT);
	rados_ioctx_destroy(pool);
	is("delete", rados_pool_delete(cluster, "c-pools"), 0);
	is("delete again", rados_pool_delete(cluster, "c-pools"), -ENOENT);
}

static void selfmanaged(void)
{
	char buf[8];
	rados_snap_t snap, wrong[] = { 1, 2 };
	must("create", rados_pool_create(cluster, "c-snaps"));
	rados_ioctx_t pool;
	must("context", rados_ioctx_create(cluster, "c-snaps", &pool));
	must("write", rados_write_full(pool, "obj", "old", 3));
	is("snap", rados_ioctx_selfmanaged_snap_create(pool, &snap), 0);
	is("write context", rados_ioctx_selfmanaged_snap_set_write_ctx(pool, snap, &snap, 1), 0);
	is("out of order", rados_ioctx_selfmanaged_snap_set_write_ctx(pool, 2, wrong, 2), -EINVAL);
	must("write", rados_write_full(pool, "obj", "new!", 4));
	rados_ioctx_snap_set_read(pool, snap);
	is("read at the snapshot", rados_read(pool, "obj", buf, sizeof(buf), 0), 3);
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);
	is("roll back", rados_ioctx_selfmanaged_snap_rollback(pool, "obj", snap), 0);
	is("rolled back", rados_read(pool, "obj", buf, sizeof(buf), 0), 3);
	is("remove snap", rados_ioctx_selfmanaged_snap_remove(pool, snap), 0);
	rados_completion_t c;
	rados_snap_t next = 0;
	must("create", rados_aio_create_completion2(NULL, NULL, &c));
	rados_aio_ioctx_selfmanaged_snap_create(pool, &next, c);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("a newer one", rados_aio_get_return_value(c) == 0 && next > snap, 1);
	rados_aio_release(c);
	is("pool snap on such a pool", rados_ioctx_snap_create(pool, "snap"), -EINVAL);
	rados_ioctx_destroy(pool);
	must("delete", rados_pool_delete(cluster, "c-snaps"));
}

enum { OBJECTS = 50 };

static int count_list(const char *nspace)
{
	rados_list_ctx_t list;
	const char *entry, *key, *space;
	int n = 0, r;
	rados_ioctx_set_namespace(io, nspace);
	must("open", rados_nobjects_list_open(io, &list));
	while ((r = rados_nobjects_list_next(list, &entry, &key, &space)) == 0)
		n += strncmp(entry, "listed-", 7) == 0 && strncmp(space, "c-list", 6) == 0;
	is("the end", r, -ENOENT);
	rados_nobjects_list_close(list);
	return n;
}

static void listings(void)
{
	char name[32];
	for (int i = 0; i < OBJECTS; i++) {
		snprintf(name, sizeof(name), "listed-%d", i);
		rados_ioctx_set_namespace(io, i % 2 ? "c-list" : "c-list-2");
		must("write", rados_write_full(io, name, name, strlen(name)));
	}
	is("one namespace", count_list("c-list"), OBJECTS / 2);
	is("all namespaces", count_list(LIBRADOS_ALL_NSPACES), OBJECTS);

	rados_ioctx_set_namespace(io, "c-list");
	rados_object_list_cursor begin = rados_object_list_begin(io), end = rados_object_list_end(io);
	is("begin before end", rados_object_list_cursor_cmp(io, begin, end), -1);
	is("the end", rados_object_list_is_end(io, end), 1);
	is("not the end", rados_object_list_is_end(io, begin), 0);
	int n = 0;
	for (size_t worker = 0; worker < 3; worker++) {
		rados_object_list_cursor from = rados_object_list_begin(io), to = rados_object_list_begin(io);
		rados_object_list_item items[7];
		rados_object_list_slice(io, begin, end, worker, 3, &from, &to);
		while (rados_object_list_cursor_cmp(io, from, to) < 0) {
			int r = rados_object_list(io, from, to, 7, NULL, 0, items, &from);
			must("object_list", r);
			for (int i = 0; i < r; i++)
				n += items[i].oid_length > 7 && memcmp(items[i].oid, "listed-", 7) == 0;
			rados_object_list_free(7, items);
		}
		rados_object_list_cursor_free(io, from);
		rados_object_list_cursor_free(io, to);
	}
	is("in slices", n, OBJECTS / 2);
	rados_object_list_cursor_free(io, begin);
	rados_object_list_cursor_free(io, end);

	/* A cursor in the middle, and back to it. */
	rados_list_ctx_t list;
	const char *entry;
	char tenth[64];
	rados_object_list_cursor at;
	must("open", rados_nobjects_list_open(io, &list));
	for (int i = 0; i < 10; i++)
		must("next", rados_nobjects_list_next(list, &entry, NULL, NULL));
	must("get_cursor", rados_nobjects_list_get_cursor(list, &at));
	snprintf(tenth, sizeof(tenth), "%s", entry);
	rados_nobjects_list_seek(list, 0);
	rados_nobjects_list_seek_cursor(list, at);
	must("next", rados_nobjects_list_next(list, &entry, NULL, NULL));
	is_text("at the cursor", entry, tenth);
	rados_object_list_cursor_free(io, at);
	rados_nobjects_list_close(list);

	for (int i = 0; i < OBJECTS; i++) {
		snprintf(name, sizeof(name), "listed-%d", i);
		rados_ioctx_set_namespace(io, i % 2 ? "c-list" : "c-list-2");
		must("remove", rados_remove(io, name));
	}
	/* The same name under another key is another object. */
	rados_ioctx_set_namespace(io, "c-list");
	rados_ioctx_locator_set_key(io, "key");
	must("write", rados_write_full(io, "listed-key", "x", 1));
	rados_ioctx_locator_set_key(io, NULL);
	const char *key;
	must("open", rados_nobjects_list_open(io, &list));
	must("next", rados_nobjects_list_next(list, &entry, &key, NULL));
	is_text("its key", key, "key");
	rados_nobjects_list_close(list);
	rados_ioctx_locator_set_key(io, "key");
	must("remove", rados_remove(io, "listed-key"));
}

int main(void)
{
	start("c-pools");
	configuration();
	about();
	pools();
	selfmanaged();
	listings();
	return finish();
}
