/* Commands to monitors, managers, OSDs and placement groups; the cluster's log; services. */
#include "compare.h"

#include <dlfcn.h>

static char *out, *status;
static size_t out_len, status_len;

static void before(void)
{
	out = status = NULL;
	out_len = status_len = 77;
}

/* Of what differs from cluster to cluster only the form can be told. */
static void after(int whole)
{
	if (whole) {
		bytes("out", out, out_len);
		bytes("status", status, status_len);
	} else {
		printf("    out %s, status %s\n", out && out_len ? "there" : "none", status && status_len ? "there" : "none");
	}
	rados_buffer_free(out);
	rados_buffer_free(status);
}

static void mon(const char *text, int whole)
{
	before();
	CALL(rados_mon_command, text, cluster, &text, 1, "", 0, &out, &out_len, &status, &status_len);
	after(whole);
}

static void monitors(void)
{
	heading("monitors");
	mon("{\"prefix\": \"fsid\"}", 0);
	mon("{\"prefix\": \"status\", \"format\": \"json\"}", 0);
	mon("{\"prefix\": \"health\", \"format\": \"json\"}", 0);
	mon("{\"prefix\": \"df\", \"format\": \"json\"}", 0);
	mon("{\"prefix\": \"get_command_descriptions\"}", 0);
	mon("{\"prefix\": \"osd dump\", \"format\": \"json\"}", 0);
	mon("{\"prefix\": \"osd tree\"}", 0);
	mon("{\"prefix\": \"mon dump\"}", 0);
	mon("{\"prefix\": \"versions\"}", 0);
	mon("{\"prefix\": \"no such command\"}", 1);
	mon("{\"no\": \"prefix\"}", 1);
	mon("not JSON", 1);
	mon("{\"prefix\": \"osd pool get\", \"pool\": \"compare-none\", \"var\": \"size\"}", 1);
	mon("{\"prefix\": \"osd pool get\", \"pool\": \"rbd\", \"var\": \"size\"}", 1);
	mon("{\"prefix\": \"osd pool get\", \"pool\": \"rbd\", \"var\": \"size\", \"format\": \"plain\"}", 1);
	mon("{\"prefix\": \"osd pool set\", \"pool\": \"compare-none\", \"var\": \"size\", \"val\": \"1\"}", 1);
	mon("{\"prefix\": \"osd pool rm\", \"pool\": \"compare-none\"}", 1);
	mon("{\"prefix\": \"osd pool rm\", \"pool\": \"rbd\"}", 0);
	mon("{\"prefix\": \"osd pool create\", \"pool\": \"compare-commands\", \"pg_num\": 8}", 1);
	mon("{\"prefix\": \"osd pool create\", \"pool\": \"compare-commands\", \"pg_num\": 8}", 1);
	mon("{\"prefix\": \"osd pool rename\", \"srcpool\": \"compare-commands\", \"destpool\": \"compare-renamed\"}", 1);
	mon("{\"prefix\": \"osd pool rename\", \"srcpool\": \"compare-commands\", \"destpool\": \"compare-renamed\"}", 1);
	mon("{\"prefix\": \"osd pool set-quota\", \"pool\": \"compare-renamed\", \"field\": \"max_objects\", \"val\": \"10\"}", 0);
	mon("{\"prefix\": \"osd pool application enable\", \"pool\": \"compare-renamed\", \"app\": \"rbd\"}", 0);
	mon("{\"prefix\": \"osd pool application get\", \"pool\": \"compare-renamed\", \"format\": \"json\"}", 1);
	mon("{\"prefix\": \"osd pool mksnap\", \"pool\": \"compare-renamed\", \"snap\": \"s\"}", 0);
	mon("{\"prefix\": \"osd pool mksnap\", \"pool\": \"compare-renamed\", \"snap\": \"s\"}", 0);
	mon("{\"prefix\": \"osd pool rmsnap\", \"pool\": \"compare-renamed\", \"snap\": \"s\"}", 0);
	mon("{\"prefix\": \"osd pool rm\", \"pool\": \"compare-renamed\", \"pool2\": \"compare-renamed\", "
	    "\"yes_i_really_really_mean_it\": true}", 0);
	mon("{\"prefix\": \"osd lspools\"}", 0);
	mon("{\"prefix\": \"osd blocklist add\", \"addr\": \"nonsense\", \"blocklistop\": \"add\"}", 0);
	mon("{\"prefix\": \"config-key get\", \"key\": \"compare/nothing\"}", 1);
	before();
	const char *set = "{\"prefix\": \"config-key set\", \"key\": \"compare/key\"}";
	CALL(rados_mon_command, "config-key set, the value as input", cluster, &set, 1, "value", 5, &out, &out_len, &status,
	     &status_len);
	after(1);
	mon("{\"prefix\": \"config-key get\", \"key\": \"compare/key\"}", 1);
	mon("{\"prefix\": \"config-key exists\", \"key\": \"compare/key\"}", 1);
	mon("{\"prefix\": \"config-key rm\", \"key\": \"compare/key\"}", 1);
	mon("{\"prefix\": \"auth get-key\", \"entity\": \"client.nobody\"}", 1);
	const char *fsid = "{\"prefix\": \"fsid\"}";
	CALL(rados_mon_command, "no answers wanted", cluster, &fsid, 1, "", 0, NULL, NULL, NULL, NULL);
	before();
	CALL(rados_mon_command_target, "the monitor", cluster, "a", &fsid, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	before();
	const char *version = "{\"prefix\": \"version\"}";
	CALL(rados_mon_command_target, "the monitor, what daemons answer", cluster, "a", &version, 1, "", 0, &out, &out_len,
	     &status, &status_len);
	after(0);
	before();
	CALL(rados_mon_command_target, "no such monitor", cluster, "nobody", &fsid, 1, "", 0, &out, &out_len, &status,
	     &status_len);
	after(0);
	char *pong = NULL;
	size_t pong_len = 0;
	CALL(rados_ping_monitor, "the monitor", cluster, "a", &pong, &pong_len);
	TRUE(rados_ping_monitor, "an answer", pong && pong_len > 10);
	rados_buffer_free(pong);
	CALL(rados_ping_monitor, "no such monitor", cluster, "nobody", &pong, &pong_len);
	CALL(rados_ping_monitor, "no name", cluster, "", &pong, &pong_len);
}

static void others(void)
{
	const char *descriptions = "{\"prefix\": \"get_command_descriptions\"}", *unknown = "{\"prefix\": \"no such command\"}";
	const char *nonsense = "not JSON", *query = "{\"prefix\": \"query\"}";
	char pg[64], whole[128];
	const char *named = whole;
	int64_t pool = rados_pool_lookup(cluster, "rbd");
	heading("managers");
	before();
	CALL(rados_mgr_command, "get_command_descriptions", cluster, &descriptions, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	before();
	CALL(rados_mgr_command, "no such command", cluster, &unknown, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	before();
	CALL(rados_mgr_command, "not JSON", cluster, &nonsense, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	before();
	CALL(rados_mgr_command_target, "the manager", cluster, "x", &descriptions, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	heading("OSDs");
	before();
	CALL(rados_osd_command, "get_command_descriptions", cluster, 0, &descriptions, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	before();
	CALL(rados_osd_command, "no such command", cluster, 0, &unknown, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	before();
	CALL(rados_osd_command, "not JSON", cluster, 0, &nonsense, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	before();
	CALL(rados_osd_command, "no such OSD", cluster, 99, &descriptions, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	before();
	CALL(rados_osd_command, "a negative one", cluster, -1, &descriptions, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	heading("placement groups");
	snprintf(pg, sizeof(pg), "%lld.0", (long long)pool);
	before();
	CALL(rados_pg_command, "query", cluster, pg, &query, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	snprintf(whole, sizeof(whole), "{\"prefix\": \"query\", \"pgid\": \"%s\"}", pg);
	before();
	CALL(rados_pg_command, "query of one that is named", cluster, pg, &named, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	before();
	CALL(rados_pg_command, "not JSON", cluster, pg, &nonsense, 1, "", 0, &out, &out_len, &status, &status_len);
	after(0);
	before();
	CALL(rados_pg_command, "not a placement group", cluster, "nonsense", &query, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
	before();
	CALL(rados_pg_command, "no such pool", cluster, "99999.0", &query, 1, "", 0, &out, &out_len, &status, &status_len);
	after(1);
}

static void on_log(void *arg, const char *line, const char *who, uint64_t sec, uint64_t nsec, uint64_t seq, const char *level,
		   const char *msg)
{
	(void)arg, (void)line, (void)who, (void)sec, (void)nsec, (void)seq, (void)level, (void)msg;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char found[256];

static void on_log2(void *arg, const char *line, const char *channel, const char *who, const char *name, uint64_t sec,
		    uint64_t nsec, uint64_t seq, const char *level, const char *msg)
{
	(void)line, (void)who, (void)name, (void)nsec, (void)seq;
	if (!strstr(msg, "compared words") || strcmp(channel, "cluster") != 0)
		return;
	pthread_mutex_lock(&lock);
	snprintf(found, sizeof(found), "%s %s %s%s", channel, level, msg, arg == found && sec > 0 ? "" : " BAD");
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static void logs(void)
{
	struct timespec until;
	heading("the cluster's log");
	CALL(rados_monitor_log, "no such level", cluster, "loud", on_log, NULL);
	CALL(rados_monitor_log, "info", cluster, "info", on_log, NULL);
	CALL(rados_monitor_log, "ended", cluster, "info", NULL, NULL);
	CALL(rados_monitor_log2, "no such level", cluster, "loud", on_log2, found);
	CALL(rados_monitor_log2, "info", cluster, "info", on_log2, found);
	number("log", command("{\"prefix\": \"log\", \"logtext\": [\"compared words\"]}"));
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	pthread_mutex_lock(&lock);
	while (!*found && pthread_cond_timedwait(&changed, &lock, &until) == 0)
		;
	pthread_mutex_unlock(&lock);
	text("heard", found);
	CALL(rados_monitor_log2, "ended", cluster, "info", NULL, NULL);
}

static void services(void)
{
	static const char dict[] = "colour\0blue\0size\0large\0";
	rados_t t;
	heading("services");
	CALL(rados_service_update_status, "not registered", cluster, dict);
	CALL(rados_service_register, "one", cluster, "compare", "one", dict);
	CALL(rados_service_register, "again", cluster, "compare", "two", dict);
	CALL(rados_service_update_status, "registered", cluster, dict);
	must("rados_create", rados_create(&t, NULL));
	CALL(rados_service_register, "a service of the cluster's own", t, "osd", "0", dict);
	CALL(rados_service_register, "before connecting", t, "compare", "early", dict);
	rados_shutdown(t);
}

static void small(void)
{
	char buf[16];
	heading("cache tiers");
	rados_write_full(io, "o", "x", 1);
	CALL(rados_cache_pin, "a pool that is no cache", io, "o");
	CALL(rados_cache_unpin, "a pool that is no cache", io, "o");
	CALL(rados_cache_pin, "no such object", io, "nobody");
	heading("tmap");
	/* In the libraries, in two versions, and in no header. */
	static const char *const names[] = { "rados_tmap_put", "rados_tmap_get", "rados_tmap_update" };
	for (size_t i = 0; i < COUNT(names); i++) {
		int (*tmap)(rados_ioctx_t, const char *, char *, size_t);
		*(void **)&tmap = dlvsym(RTLD_DEFAULT, names[i], "LIBRADOS_14.2.0");
		said(names[i], "refused since long", tmap ? tmap(io, "t", buf, sizeof(buf)) : 1);
	}
	rados_pool_stat_t stats[2];
	int (*stat)(rados_ioctx_t, rados_pool_stat_t *);
	*(void **)&stat = dlvsym(RTLD_DEFAULT, "rados_ioctx_pool_stat", "LIBRADOS_14.2.0");
	memset(stats, '#', sizeof(stats));
	said("rados_ioctx_pool_stat", "the newer version", stat ? stat(io, stats) : 1);
	TRUE(rados_ioctx_pool_stat, "fills the structure, and no more",
	     stats[0].compressed_bytes_alloc == 0 && stats[1].num_bytes == 0x2323232323232323);
}

int main(void)
{
	start("commands");
	monitors();
	others();
	logs();
	services();
	small();
	return finish();
}
