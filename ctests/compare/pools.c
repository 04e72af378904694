/* Pools: made, found, told of, removed; I/O contexts; applications. */
#include "compare.h"

/* Whether a pool is in the list, which holds a name after the other and ends with an empty one. */
static int listed(const char *name)
{
	char buf[8192];
	int r = rados_pool_list(cluster, buf, sizeof(buf));
	if (r < 0 || r > (int)sizeof(buf))
		return -1;
	for (const char *at = buf; *at; at += strlen(at) + 1)
		if (strcmp(at, name) == 0)
			return 1;
	return 0;
}

static void made(void)
{
	char buf[64], large[400];
	heading("made and removed");
	rados_pool_delete(cluster, "compare-a");
	rados_pool_delete(cluster, "compare-b");
	rados_pool_delete(cluster, "compare-c");
	rados_pool_delete(cluster, "compare-d");
	CALL(rados_pool_lookup, "not there", cluster, "compare-a");
	CALL(rados_pool_create, "a new one", cluster, "compare-a");
	CALL(rados_pool_create, "again", cluster, "compare-a");
	CALL(rados_pool_create, "no name", cluster, "");
	CALL(rados_pool_create_with_auid, "the default one", cluster, "compare-b", ~0ull);
	CALL(rados_pool_create_with_auid, "an owner", cluster, "compare-b", 7);
	CALL(rados_pool_create_with_crush_rule, "a rule", cluster, "compare-c", 0);
	CALL(rados_pool_create_with_crush_rule, "no such rule", cluster, "compare-x", 99);
	CALL(rados_pool_create_with_all, "the default one", cluster, "compare-d", ~0ull, 0);
	CALL(rados_pool_create_with_all, "an owner", cluster, "compare-d", 7, 0);
	number("listed", listed("compare-a"));
	number("not listed", listed("compare-x"));
	int64_t id = rados_pool_lookup(cluster, "compare-a");
	TRUE(rados_pool_lookup, "there", id >= 0);
	CALL(rados_pool_reverse_lookup, "there", cluster, id, buf, sizeof(buf));
	text("name", buf);
	CALL(rados_pool_reverse_lookup, "room for the name alone", cluster, id, buf, 9);
	CALL(rados_pool_reverse_lookup, "room for the name and its end", cluster, id, buf, 10);
	CALL(rados_pool_reverse_lookup, "not there", cluster, 1 << 30, buf, sizeof(buf));
	int whole = rados_pool_list(cluster, buf, 0);
	TRUE(rados_pool_list, "tells the room it needs", whole > 10);
	memset(large, '#', sizeof(large));
	TRUE(rados_pool_list, "the same with some room", rados_pool_list(cluster, large, sizeof(large)) == whole);
	TRUE(rados_pool_list, "the same with too little", rados_pool_list(cluster, buf, 5) == whole);
	CALL(rados_pool_list, "negative room", cluster, NULL, (size_t)-1);
	CALL(rados_pool_delete, "there", cluster, "compare-b");
	CALL(rados_pool_delete, "again", cluster, "compare-b");
	number("listed", listed("compare-b"));
	rados_pool_delete(cluster, "compare-c");
	rados_pool_delete(cluster, "compare-d");
	int64_t base = 77;
	CALL(rados_pool_get_base_tier, "not a tier", cluster, id, &base);
	TRUE(rados_pool_get_base_tier, "itself", base == id);
	CALL(rados_pool_get_base_tier, "not there", cluster, 1 << 30, &base);
	CALL(rados_inconsistent_pg_list, "none", cluster, id, buf, sizeof(buf));
	CALL(rados_inconsistent_pg_list, "not there", cluster, 1 << 30, buf, sizeof(buf));
}

static void contexts(void)
{
	rados_ioctx_t a, b, none;
	char buf[64];
	int requires = 77;
	uint64_t alignment = 77, auid = 77;
	heading("contexts");
	CALL(rados_ioctx_create, "not there", cluster, "compare-x", &none);
	CALL(rados_ioctx_create2, "not there", cluster, 1 << 30, &none);
	CALL(rados_ioctx_create, "there", cluster, "compare-a", &a);
	int64_t id = rados_pool_lookup(cluster, "compare-a");
	CALL(rados_ioctx_create2, "there", cluster, id, &b);
	TRUE(rados_ioctx_get_id, "as looked up", rados_ioctx_get_id(a) == id && rados_ioctx_get_id(b) == id);
	CALL(rados_ioctx_get_pool_name, "there", a, buf, sizeof(buf));
	text("name", buf);
	CALL(rados_ioctx_get_pool_name, "room for the name alone", a, buf, 9);
	CALL(rados_ioctx_get_pool_name, "room for the name and its end", a, buf, 10);
	TRUE(rados_ioctx_get_cluster, "works", rados_pool_lookup(rados_ioctx_get_cluster(a), "compare-a") == id);
	TRUE(rados_ioctx_cct, "the cluster's", rados_ioctx_cct(a) == rados_cct(cluster));
	CALL(rados_ioctx_pool_set_auid, "refused since long", a, 7);
	CALL(rados_ioctx_pool_get_auid, "refused since long", a, &auid);
	CALL(rados_ioctx_pool_requires_alignment, "replicated", a);
	CALL(rados_ioctx_pool_requires_alignment2, "replicated", a, &requires);
	number("requires", requires);
	CALL(rados_ioctx_pool_requires_alignment2, "nowhere to tell", a, NULL);
	CALL(rados_ioctx_pool_required_alignment, "replicated", a);
	CALL(rados_ioctx_pool_required_alignment2, "replicated", a, &alignment);
	number("alignment", (long long)alignment);
	CALL(rados_ioctx_pool_required_alignment2, "nowhere to tell", a, NULL);
	CALL(rados_write_full, "into it", a, "o", "hello", 5);
	CALL(rados_read, "by the other context", b, "o", buf, sizeof(buf), 0);
	rados_pool_stat_t stat;
	memset(&stat, '#', sizeof(stat));
	CALL(rados_ioctx_pool_stat, "there", a, &stat);
	number("unfound", (long long)stat.num_objects_unfound);
	number("degraded", (long long)stat.num_objects_degraded);
	DO(rados_set_pool_full_try, "on", a);
	CALL(rados_write, "with it on", a, "o", "H", 1, 0);
	DO(rados_unset_pool_full_try, "off", a);
	DO(rados_set_osdmap_full_try, "on", a);
	CALL(rados_write, "with it on", a, "o", "h", 1, 0);
	DO(rados_unset_osdmap_full_try, "off", a);
	rados_ioctx_destroy(b);
	done("rados_ioctx_destroy", "one of two");

	heading("applications");
	size_t len = sizeof(buf), key_len, value_len;
	char keys[64], values[64];
	CALL(rados_application_list, "none", a, buf, &len);
	number("room needed", (long long)len);
	CALL(rados_application_metadata_set, "of one not enabled", a, "app", "key", "value");
	CALL(rados_application_enable, "the first", a, "app", 0);
	CALL(rados_application_enable, "the first again", a, "app", 0);
	CALL(rados_application_enable, "a second", a, "bpp", 0);
	CALL(rados_application_enable, "a second, forced", a, "bpp", 1);
	rados_wait_for_latest_osdmap(cluster);
	len = sizeof(buf);
	CALL(rados_application_list, "two", a, buf, &len);
	bytes("list", buf, len);
	len = 3;
	CALL(rados_application_list, "too little room", a, buf, &len);
	number("room needed", (long long)len);
	CALL(rados_application_metadata_set, "a key", a, "app", "key", "value");
	CALL(rados_application_metadata_set, "another", a, "app", "more", "");
	CALL(rados_application_metadata_set, "of no application", a, "cpp", "key", "value");
	rados_wait_for_latest_osdmap(cluster);
	len = sizeof(buf);
	CALL(rados_application_metadata_get, "there", a, "app", "key", buf, &len);
	bytes("value", buf, len);
	len = 2;
	CALL(rados_application_metadata_get, "too little room", a, "app", "key", buf, &len);
	number("room needed", (long long)len);
	len = sizeof(buf);
	CALL(rados_application_metadata_get, "no such key", a, "app", "nothing", buf, &len);
	CALL(rados_application_metadata_get, "no such application", a, "cpp", "key", buf, &len);
	key_len = sizeof(keys);
	value_len = sizeof(values);
	CALL(rados_application_metadata_list, "two", a, "app", keys, &key_len, values, &value_len);
	bytes("keys", keys, key_len);
	bytes("values", values, value_len);
	key_len = 2;
	value_len = 2;
	CALL(rados_application_metadata_list, "too little room", a, "app", keys, &key_len, values, &value_len);
	number("room for keys", (long long)key_len);
	number("room for values", (long long)value_len);
	key_len = value_len = 64;
	CALL(rados_application_metadata_list, "no such application", a, "cpp", keys, &key_len, values, &value_len);
	CALL(rados_application_metadata_remove, "there", a, "app", "key");
	CALL(rados_application_metadata_remove, "again", a, "app", "key");
	CALL(rados_application_metadata_remove, "no such application", a, "cpp", "key");
	rados_wait_for_latest_osdmap(cluster);
	len = sizeof(buf);
	CALL(rados_application_metadata_get, "removed", a, "app", "key", buf, &len);

	heading("removed under a context");
	CALL(rados_pool_delete, "with a context open", cluster, "compare-a");
	rados_wait_for_latest_osdmap(cluster);
	CALL(rados_write, "in a removed pool", a, "o", "x", 1, 0);
	CALL(rados_read, "in a removed pool", a, "o", buf, 1, 0);
	CALL(rados_ioctx_get_pool_name, "of a removed pool", a, buf, sizeof(buf));
	CALL(rados_ioctx_pool_requires_alignment2, "of a removed pool", a, &requires);
	CALL(rados_ioctx_pool_stat, "of a removed pool", a, &stat);
	rados_ioctx_destroy(a);
}

int main(void)
{
	start("pools");
	made();
	contexts();
	return finish();
}
