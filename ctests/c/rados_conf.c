/* Configuration through the C functions: options, files, arguments, the environment, and what changes once connected.
 * Every expectation holds on Ceph's own library too. */
#include "rbd_check.h"

static char value[4096];

static const char *get(rados_t c, const char *name)
{
	int r = rados_conf_get(c, name, value, sizeof(value));
	if (r < 0)
		snprintf(value, sizeof(value), "error %d", r);
	return value;
}

static rados_t handle(void)
{
	rados_t c;
	must("rados_create", rados_create(&c, NULL));
	return c;
}

static void set(rados_t c, const char *name, const char *text, int result, const char *after)
{
	char what[256];
	snprintf(what, sizeof(what), "set %s = %s", name, text);
	is(what, rados_conf_set(c, name, text), result);
	is_text(name, get(c, name), after);
}

static void defaults(void)
{
	static const char *const table[][2] = {
		{"rbd_cache", "true"}, {"rbd_cache_policy", "writearound"}, {"rbd_cache_size", "33554432"},
		{"rbd_cache_max_dirty_age", "1.000000"}, {"rbd_cache_writethrough_until_flush", "true"},
		{"rbd_default_features", "61"}, {"rbd_default_format", "2"}, {"rbd_default_order", "22"},
		{"rbd_default_pool", "rbd"}, {"rbd_concurrent_management_ops", "10"}, {"rbd_default_data_pool", ""},
		{"rados_osd_op_timeout", "0"}, {"rados_mon_op_timeout", "0"}, {"client_mount_timeout", "300"},
		{"objecter_inflight_ops", "1024"}, {"objecter_timeout", "10.000000"}, {"mon_host", ""},
		{"mon_client_hunt_interval", "3.000000"}, {"mon_dns_srv_name", "ceph-mon"}, {"ms_type", "async+posix"},
		{"debug_rbd", "0/5"}, {"debug_ms", "0/0"}, {"log_file", ""}, {"log_to_stderr", "false"},
		{"err_to_stderr", "false"}, {"log_max_recent", "500"}, {"key", ""}, {"keyfile", ""},
		{"fsid", "00000000-0000-0000-0000-000000000000"}, {"public_addr", "-"}, {"run_dir", "/var/run/ceph"},
		{"admin_socket", ""}, {"auth_client_required", "cephx, none"}, {"crush_location", ""},
	};
	rados_t c = handle();
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		is_text(table[i][0], get(c, table[i][0]), table[i][1]);
	rados_shutdown(c);
}

static void values(void)
{
	rados_t c = handle();
	set(c, "rbd_cache", "0", 0, "false");
	set(c, "rbd_cache", "TRUE", 0, "true");
	set(c, "rbd_cache", "yes", -EINVAL, "true");
	set(c, "rbd_cache_size", "4M", 0, "4194304");
	set(c, "rbd_cache_size", "4Ki", 0, "4096");
	set(c, "rbd_cache_size", "4k", -EINVAL, "4096");
	set(c, "rbd_op_threads", "4K", 0, "4000");
	set(c, "rbd_op_threads", "-1", -EINVAL, "4000");
	set(c, "rbd_op_threads", "bad", -EINVAL, "4000");
	set(c, "rbd_cache_max_dirty_age", "1e3", 0, "1000.000000");
	set(c, "rbd_cache_max_dirty_age", "2x", -EINVAL, "1000.000000");
	set(c, "client_mount_timeout", "1h 30m", 0, "5400");
	set(c, "client_mount_timeout", "-1", -EINVAL, "5400");
	set(c, "debug_rbd", "20", 0, "20/20");
	set(c, "debug_rbd", "200", -ERANGE, "20/20");
	set(c, "rbd_default_features", "layering,striping", 0, "3");
	set(c, "rbd_default_features", "bogus", -EINVAL, "3");
	set(c, "rbd_cache_policy", "none", -EINVAL, "writearound");
	set(c, "rbd_concurrent_management_ops", "0", -EINVAL, "10");
	set(c, "public_addr", "127.0.0.1", 0, "v2:127.0.0.1:0/0");
	set(c, "mon_host", "127.0.0.1:40001,", 0, "127.0.0.1:40001,");
	set(c, "no_such_option", "1", -ENOENT, "error -2");
	set(c, "", "1", -EINVAL, "error -22");
	set(c, "RBD_CACHE", "1", -ENOENT, "error -2");
	set(c, " rbd  cache ", "false", 0, "false");
	set(c, "log_file", "/x/$name/${type}s/$nothing/$rbd_op_threads", 0, "/x/client.admin/clients/$nothing/4000");
	is("get, just too short", rados_conf_get(c, "rbd_op_threads", value, 4), -ENAMETOOLONG);
	is("get, just enough", rados_conf_get(c, "rbd_op_threads", value, 5), 0);
	rados_shutdown(c);
}

static void names(void)
{
	rados_t c;
	is("create2 client.x", rados_create2(&c, "zed", "client.x", 0), 0);
	rados_conf_set(c, "log_file", "$cluster/$name");
	is_text("name", get(c, "log_file"), "zed/client.x");
	rados_shutdown(c);
	is("create2 x", rados_create2(&c, "ceph", "x", 0), -EINVAL);
	is("create2 nobody.x", rados_create2(&c, "ceph", "nobody.x", 0), -EINVAL);
	must("rados_create", rados_create(&c, "client.x"));
	rados_conf_set(c, "log_file", "$name");
	is_text("name", get(c, "log_file"), "client.client.x");
	rados_shutdown(c);
}

static void file(const char *text, int result, const char *log_file)
{
	char path[] = "/tmp/rados_conf.XXXXXX";
	int fd = mkstemp(path);
	rados_t c = handle();
	must("mkstemp", fd);
	must("write", write(fd, text, strlen(text)));
	close(fd);
	is(text, rados_conf_read_file(c, path), result);
	is_text("log_file", get(c, "log_file"), log_file);
	rados_shutdown(c);
	unlink(path);
}

static void files(void)
{
	rados_t c = handle();
	is("missing file", rados_conf_read_file(c, "/nonexistent/ceph.conf"), -ENOENT);
	is("empty device", rados_conf_read_file(c, "/nonexistent,/dev/null"), 0);
	rados_shutdown(c);
	file("[global]\nlog file = a\n[client]\nlog file = b\n[client.admin]\nlog_file = c # d\n", 0, "c");
	file("[client.other]\nlog file = a\n[global]\n\tlog   file = \"b c\" \n", 0, "b c");
	file("[global]\nlog file = a \\\n b\n; comment\nno such option = 1\n", 0, "a  b");
	file("[global]\nlog file = a\\#b\nrbd cache = maybe\n", 0, "a#b");
	file("log file = a\n", 0, "a");
	file("[global]\nlog file = a\nnot a setting\n", -EINVAL, "");
	file("[global\nlog file = a\n", -EINVAL, "");
	file("[global]\nlog file = \"a\n", -EINVAL, "");
}

static void arguments(void)
{
	const char *argv[] = {"prog", "--rbd-cache=false", "x", "--log-file", "y", "--unknown", "--no-rbd-non-blocking-aio",
	                      "-m", "h", "--", "--log-file", "z"};
	const char *left[12];
	const char *bad[] = {"prog", "--rbd-cache-size", "bad"};
	const char *lonely[] = {"prog", "--log-file"};
	rados_t c = handle();
	is("remainder", rados_conf_parse_argv_remainder(c, 12, argv, left), 0);
	is_text("left 0", left[0], "prog");
	is_text("left 1", left[1], "x");
	is_text("left 2", left[2], "--unknown");
	is_text("left 3", left[3], "--");
	is_text("left 5", left[5], "z");
	is("left 6", left[6] == NULL, 1);
	is_text("rbd_cache", get(c, "rbd_cache"), "false");
	is_text("log_file", get(c, "log_file"), "y");
	is_text("rbd_non_blocking_aio", get(c, "rbd_non_blocking_aio"), "false");
	is_text("mon_host", get(c, "mon_host"), "h");
	is("a bad value", rados_conf_parse_argv(c, 3, bad), -EINVAL);
	is("a value missing", rados_conf_parse_argv(c, 2, lonely), -EINVAL);
	rados_shutdown(c);

	c = handle();
	setenv("OWN_ARGS", "--log-file own --rbd-cache-size 1M", 1);
	is("environment", rados_conf_parse_env(c, "OWN_ARGS"), 0);
	is_text("log_file", get(c, "log_file"), "own");
	is_text("rbd_cache_size", get(c, "rbd_cache_size"), "1048576");
	rados_shutdown(c);
}

static void connected(void)
{
	const char *argv[] = {"prog", "--log-file", "x"};
	rados_t c = handle();
	must("rados_conf_read_file", rados_conf_read_file(c, NULL));
	must("rados_connect", rados_connect(c));
	is("connect again", rados_connect(c), -EISCONN);
	set(c, "rbd_cache", "false", 0, "false");
	set(c, "rbd_cache_policy", "writeback", -EPERM, "writearound");
	is("no change", rados_conf_set(c, "rbd_cache_policy", "writearound"), 0);
	is("read a file", rados_conf_read_file(c, NULL), -ENOSYS);
	is("take arguments", rados_conf_parse_argv(c, 3, argv), -ENOSYS);
	rados_shutdown(c);
}

int main(void)
{
	defaults();
	values();
	names();
	files();
	arguments();
	connected();
	return failures != 0;
}
