/* The cluster handle: made, configured, connected; what the cluster says of itself. */
#include "compare.h"

static rados_t fresh(void)
{
	rados_t made = NULL;
	must("rados_create", rados_create(&made, NULL));
	return made;
}

static void made(void)
{
	rados_t t = NULL, other = NULL;
	int major = 0, minor = 77, extra = 77;
	heading("made");
	rados_version(&major, &minor, &extra);
	printf("rados_version: %d.%d.%d\n", major, minor, extra);
	CALL(rados_create, "without a name", &t, NULL);
	CALL(rados_create_with_context, "of another's", &other, rados_cct(t));
	TRUE(rados_cct, "the same", rados_cct(t) == rados_cct(other));
	DO(rados_shutdown, "never connected", other);
	rados_shutdown(t);
	CALL(rados_create, "a name", &t, "somebody");
	char buf[64];
	CALL(rados_conf_get, "name", t, "name", buf, sizeof(buf));
	rados_shutdown(t);
	CALL(rados_create2, "cluster and name", &t, "ceph", "client.admin", 0);
	CALL(rados_conf_get, "cluster", t, "cluster", buf, sizeof(buf));
	rados_shutdown(t);
	CALL(rados_create2, "not a name", &t, "ceph", "nonsense", 0);
}

static void configured(void)
{
	rados_t t = fresh();
	char buf[256];
	heading("configured");
	CALL(rados_conf_set, "a number", t, "client_mount_timeout", "7");
	CALL(rados_conf_get, "a number", t, "client_mount_timeout", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_get, "room for less", t, "client_mount_timeout", buf, 1);
	CALL(rados_conf_get, "no such option", t, "no_such_option", buf, sizeof(buf));
	CALL(rados_conf_set, "no such option", t, "no_such_option", "1");
	CALL(rados_conf_set, "not a number", t, "client_mount_timeout", "seven");
	CALL(rados_conf_get, "what stayed", t, "client_mount_timeout", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_set, "words apart by blanks", t, "client mount timeout", "8");
	CALL(rados_conf_set, "words apart by dashes", t, "client-mount-timeout", "9");
	CALL(rados_conf_get, "words apart by blanks", t, "client mount timeout", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_set, "a truth", t, "rbd_cache", "false");
	CALL(rados_conf_get, "a truth", t, "rbd_cache", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_set, "a truth by number", t, "rbd_cache", "1");
	CALL(rados_conf_get, "a truth by number", t, "rbd_cache", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_set, "not a truth", t, "rbd_cache", "perhaps");
	CALL(rados_conf_set, "a size with a unit", t, "rbd_cache_size", "1M");
	CALL(rados_conf_get, "a size with a unit", t, "rbd_cache_size", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_set, "an empty number", t, "rados_osd_op_timeout", "");
	CALL(rados_conf_get, "a default", t, "rbd_default_features", buf, sizeof(buf));
	text("value", buf);
	CALL(rados_conf_read_file, "not there", t, "/nonexistent/ceph.conf");
	FILE *file = fopen("compare.conf", "w");
	if (!file)
		file = fopen("/tmp/compare.conf", "w");
	CALL(rados_conf_read_file, "a directory", t, "/tmp");
	if (file) {
		fprintf(file, "[global]\nclient mount timeout = 11\n[client]\nrbd cache = false\n[osd]\nrbd_cache = true\n");
		fclose(file);
		const char *path = access("compare.conf", R_OK) == 0 ? "compare.conf" : "/tmp/compare.conf";
		CALL(rados_conf_read_file, "sections", t, path);
		rados_conf_get(t, "client_mount_timeout", buf, sizeof(buf));
		text("client_mount_timeout", buf);
		rados_conf_get(t, "rbd_cache", buf, sizeof(buf));
		text("rbd_cache", buf);
		unlink(path);
	}

	const char *argv[] = { "program", "--client_mount_timeout", "12", "--rbd-cache=true", "file", "--unknown", "-x" };
	const char *rest[COUNT(argv)] = { 0 };
	CALL(rados_conf_parse_argv, "some known", t, COUNT(argv), argv);
	rados_conf_get(t, "client_mount_timeout", buf, sizeof(buf));
	text("client_mount_timeout", buf);
	rados_conf_get(t, "rbd_cache", buf, sizeof(buf));
	text("rbd_cache", buf);
	const char *again[] = { "program", "--client_mount_timeout", "13", "file", "--unknown", "value", "-x" };
	CALL(rados_conf_parse_argv_remainder, "some known", t, COUNT(again), again, rest);
	for (size_t i = 0; i < COUNT(rest); i++)
		text("left", rest[i]);
	setenv("COMPARE_ARGS", "--client_mount_timeout 14", 1);
	CALL(rados_conf_parse_env, "a variable", t, "COMPARE_ARGS");
	rados_conf_get(t, "client_mount_timeout", buf, sizeof(buf));
	text("client_mount_timeout", buf);
	CALL(rados_conf_parse_env, "no such variable", t, "COMPARE_NOTHING");
	rados_shutdown(t);
}

static void unconnected(void)
{
	rados_t t = fresh();
	rados_ioctx_t nowhere;
	char buf[64];
	heading("not connected");
	CALL(rados_cluster_fsid, "not connected", t, buf, sizeof(buf));
	CALL(rados_ioctx_create, "not connected", t, "rbd", &nowhere);
	CALL(rados_ioctx_create2, "not connected", t, 1, &nowhere);
	CALL(rados_pool_list, "not connected", t, buf, sizeof(buf));
	CALL(rados_pool_lookup, "not connected", t, "rbd");
	CALL(rados_pool_reverse_lookup, "not connected", t, 1, buf, sizeof(buf));
	CALL(rados_pool_create, "not connected", t, "compare");
	CALL(rados_pool_delete, "not connected", t, "compare");
	CALL(rados_get_instance_id, "not connected", t);
	rados_shutdown(t);

	heading("nowhere to connect to");
	t = fresh();
	CALL(rados_connect, "no configuration", t);
	rados_shutdown(t);
	t = fresh();
	rados_conf_set(t, "mon_host", "127.0.0.1:1");
	rados_conf_set(t, "client_mount_timeout", "1");
	rados_conf_set(t, "auth_client_required", "none");
	rados_conf_set(t, "auth_cluster_required", "none");
	rados_conf_set(t, "auth_service_required", "none");
	CALL(rados_connect, "nobody there", t);
	rados_shutdown(t);
}

static void connected(void)
{
	rados_t t;
	char buf[64], *addrs = NULL;
	rados_cluster_stat_t stat = { 0, 0, 0, 0 };
	int8_t release = 0, client = 0, required = 0;
	heading("connected");
	t = fresh();
	rados_conf_read_file(t, NULL);
	CALL(rados_connect, "once", t);
	CALL(rados_connect, "again", t);
	CALL(rados_conf_set, "when connected", t, "rados_osd_op_timeout", "30");
	CALL(rados_conf_read_file, "when connected", t, NULL);
	CALL(rados_conf_parse_env, "when connected", t, "COMPARE_NOTHING");
	CALL(rados_cluster_fsid, "room enough", t, buf, sizeof(buf));
	TRUE(rados_cluster_fsid, "its form", strlen(buf) == 36 && buf[8] == '-' && buf[23] == '-');
	CALL(rados_cluster_fsid, "room exactly", t, buf, 37);
	CALL(rados_cluster_fsid, "room for the text alone", t, buf, 36);
	CALL(rados_cluster_stat, "connected", t, &stat);
	TRUE(rados_cluster_stat, "plausible", stat.kb > 0 && stat.kb_used <= stat.kb && stat.kb_avail <= stat.kb);
	CALL(rados_wait_for_latest_osdmap, "connected", t);
	TRUE(rados_get_instance_id, "one", rados_get_instance_id(t) != 0);
	TRUE(rados_get_instance_id, "another's differs", rados_get_instance_id(t) != rados_get_instance_id(cluster));
	CALL(rados_get_min_compatible_osd, "connected", t, &release);
	TRUE(rados_get_min_compatible_osd, "a release", release >= 16 && release <= 20);
	CALL(rados_get_min_compatible_client, "connected", t, &client, &required);
	TRUE(rados_get_min_compatible_client, "releases", client >= 0 && required >= 0 && client <= release);
	CALL(rados_getaddrs, "connected", t, &addrs);
	TRUE(rados_getaddrs, "some text", addrs && *addrs);
	rados_buffer_free(addrs);
	CALL(rados_blocklist_add, "not an address", t, "nonsense", 60);
	CALL(rados_blacklist_add, "not an address", t, "nonsense", 60);
	DO(rados_shutdown, "connected", t);
}

/* One client shuts another out. */
static void blocked(void)
{
	rados_t t;
	rados_ioctx_t there;
	char *addrs = NULL, addr[256] = "", buf[8];
	heading("shut out");
	connect_as(&t);
	must("rados_ioctx_create", rados_ioctx_create(t, "rbd", &there));
	rados_ioctx_set_namespace(there, "cluster");
	CALL(rados_write, "before", there, "b", "x", 1, 0);
	rados_getaddrs(t, &addrs);
	/* Of a list, the one that the cluster knows the client by. */
	const char *from = strstr(addrs, "v2:");
	from = from ? from + 3 : addrs;
	snprintf(addr, sizeof(addr), "%.*s", (int)strcspn(from, ",]"), from);
	rados_buffer_free(addrs);
	CALL(rados_blocklist_add, "another client", cluster, addr, 60);
	rados_wait_for_latest_osdmap(cluster);
	rados_wait_for_latest_osdmap(t);
	CALL(rados_write, "shut out", there, "b", "y", 1, 0);
	CALL(rados_read, "shut out", there, "b", buf, 1, 0);
	CALL(rados_remove, "shut out", there, "b");
	rados_ioctx_destroy(there);
	rados_shutdown(t);
	CALL(rados_blacklist_add, "by the older name", cluster, "127.0.0.1:1/1", 60);
	content("b");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	made();
	configured();
	unconnected();
	start("cluster");
	connected();
	blocked();
	return finish();
}
