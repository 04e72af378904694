/* Key-value pairs of an object: written, read by pages, prefixes and keys, compared. */
#include "compare.h"

static void pairs(const char *what, rados_omap_iter_t iter)
{
	char *key, *value;
	size_t key_len, len;
	printf("    %s:\n", what);
	number("pairs", rados_omap_iter_size(iter));
	while (rados_omap_get_next2(iter, &key, &value, &key_len, &len) == 0 && key) {
		bytes("key", key, key_len);
		bytes("value", value, len);
	}
	rados_omap_get_end(iter);
}

static void set(const char *oid, size_t n, const char *const *keys, const char *const *values)
{
	size_t lens[16];
	for (size_t i = 0; i < n; i++)
		lens[i] = strlen(values[i]);
	rados_write_op_t op = rados_create_write_op();
	DO(rados_write_op_omap_set, oid, op, keys, values, lens, n);
	CALL(rados_write_op_operate, "omap_set", op, io, oid, NULL, 0);
	rados_release_write_op(op);
}

static void all(const char *oid)
{
	rados_omap_iter_t iter;
	unsigned char more = 7;
	int rval = 77;
	rados_read_op_t op = rados_create_read_op();
	rados_read_op_omap_get_vals2(op, NULL, NULL, 1000, &iter, &more, &rval);
	int r = rados_read_op_operate(op, io, oid, 0);
	if (r < 0)
		number("all", r);
	else
		pairs("all", iter);
	rados_release_read_op(op);
}

static void writes(void)
{
	static const char *const keys[] = { "b", "a", "c1", "c2", "" }, *const values[] = { "bee", "", "one", "two", "nameless" };
	static const char *const odd[] = { "k\0a", "k\0b" }, *const odd_values[] = { "v\0a", "" };
	static const size_t odd_lens[] = { 3, 3 }, odd_value_lens[] = { 3, 0 };
	static const char *const gone[] = { "a", "never" };
	uint64_t size = 77;

	heading("set");
	set("m", 4, keys, values);
	CALL(rados_stat, "what that made", io, "m", &size, NULL);
	number("size", (long long)size);
	all("m");
	set("m", 1, keys + 4, values + 4);
	all("m");
	set("m0", 0, keys, values);
	CALL(rados_stat, "set of nothing makes", io, "m0", &size, NULL);
	rados_write_op_t op = rados_create_write_op();
	DO(rados_write_op_omap_set2, "keys with a zero within", op, odd, odd_values, odd_lens, odd_value_lens, 2);
	CALL(rados_write_op_operate, "omap_set2", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");

	heading("removed");
	op = rados_create_write_op();
	DO(rados_write_op_omap_rm_keys, "one there, one not", op, gone, 2);
	CALL(rados_write_op_operate, "omap_rm_keys", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	op = rados_create_write_op();
	DO(rados_write_op_omap_rm_keys2, "a key with a zero within", op, odd, odd_lens, 1);
	CALL(rados_write_op_operate, "omap_rm_keys2", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");
	op = rados_create_write_op();
	DO(rados_write_op_omap_rm_range2, "from a key up to another", op, "c", 1, "c2", 2);
	CALL(rados_write_op_operate, "omap_rm_range2", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");
	op = rados_create_write_op();
	rados_write_op_omap_rm_range2(op, "z", 1, "a", 1);
	CALL(rados_write_op_operate, "omap_rm_range2 the wrong way round", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");
	op = rados_create_write_op();
	rados_write_op_omap_rm_range2(op, "a", 1, "z", 1);
	CALL(rados_write_op_operate, "omap_rm_range2 of no object", op, io, "nobody", NULL, 0);
	rados_release_write_op(op);
	op = rados_create_write_op();
	rados_write_op_omap_rm_keys(op, gone, 2);
	CALL(rados_write_op_operate, "omap_rm_keys of no object", op, io, "nobody", NULL, 0);
	rados_release_write_op(op);
	op = rados_create_write_op();
	rados_write_op_omap_clear(op);
	CALL(rados_write_op_operate, "omap_clear of no object", op, io, "nobody", NULL, 0);
	rados_release_write_op(op);
	CALL(rados_stat, "what that made", io, "nobody", &size, NULL);
	op = rados_create_write_op();
	DO(rados_write_op_omap_clear, "all", op);
	CALL(rados_write_op_operate, "omap_clear", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");
	op = rados_create_write_op();
	rados_write_op_omap_clear(op);
	rados_write_op_omap_set(op, keys, values, (size_t[]){ 3, 0 }, 2);
	rados_write_op_omap_rm_keys(op, keys, 1);
	CALL(rados_write_op_operate, "cleared, set and removed in one", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");
	op = rados_create_write_op();
	rados_write_op_remove(op);
	rados_write_op_omap_set(op, keys, values, (size_t[]){ 3 }, 1);
	CALL(rados_write_op_operate, "removed and set in one", op, io, "m", NULL, 0);
	rados_release_write_op(op);
	all("m");
}

static void page(const char *what, const char *after, const char *prefix, uint64_t max)
{
	rados_omap_iter_t vals, keys;
	unsigned char more = 7, more_keys = 7;
	int rval = 77, rval_keys = 77;
	rados_read_op_t op = rados_create_read_op();
	DO(rados_read_op_omap_get_vals2, what, op, after, prefix, max, &vals, &more, &rval);
	DO(rados_read_op_omap_get_keys2, what, op, after, max, &keys, &more_keys, &rval_keys);
	CALL(rados_read_op_operate, "a page", op, io, "m", 0);
	number("rval", rval);
	number("more", more);
	pairs("values", vals);
	number("rval of keys", rval_keys);
	number("more keys", more_keys);
	pairs("keys", keys);
	rados_release_read_op(op);
}

static void reads(void)
{
	static const char *const keys[] = { "a1", "a2", "a3", "b1", "b2", "b3" };
	static const char *const values[] = { "v1", "v2", "v3", "w1", "", "w3" };
	static const char *const wanted[] = { "b1", "zz", "a1", "a1" };
	static const size_t wanted_lens[] = { 2, 2, 1, 2 };
	rados_omap_iter_t iter, keys_iter;
	int rval = 77, rval_keys = 77;
	char *key, *value;
	size_t len, key_len;

	heading("read by pages");
	rados_remove(io, "m");
	set("m", 6, keys, values);
	page("all", "", "", 1000);
	page("two", "", "", 2);
	page("after a key", "a2", "", 2);
	page("after what is not a key", "a21", "", 2);
	page("the last ones", "b1", "", 2);
	page("after the last", "b3", "", 2);
	page("a prefix", "", "b", 1000);
	page("a prefix, two of three", "", "b", 2);
	page("a prefix, after one of it", "b1", "b", 1000);
	page("a prefix that none has", "", "c", 1000);
	page("a whole key as prefix", "", "a2", 1000);
	page("none", "", "", 0);

	heading("read the older way");
	rados_read_op_t op = rados_create_read_op();
	DO(rados_read_op_omap_get_vals, "two", op, "a1", "", 2, &iter, &rval);
	DO(rados_read_op_omap_get_keys, "two", op, "a1", 2, &keys_iter, &rval_keys);
	CALL(rados_read_op_operate, "the older way", op, io, "m", 0);
	number("rval", rval);
	number("rval of keys", rval_keys);
	CALL(rados_omap_iter_size, "two", iter);
	CALL(rados_omap_get_next, "the first", iter, &key, &value, &len);
	text("key", key);
	bytes("value", value, len);
	CALL(rados_omap_get_next, "the second", iter, &key, &value, &len);
	text("key", key);
	CALL(rados_omap_get_next, "at the end", iter, &key, &value, &len);
	printf("    key %s, value %s, %zu\n", key ? "set" : "NULL", value ? "set" : "NULL", len);
	CALL(rados_omap_get_next, "again", iter, &key, &value, &len);
	DO(rados_omap_get_end, "closed", iter);
	CALL(rados_omap_get_next2, "of keys", keys_iter, &key, &value, &key_len, &len);
	bytes("key", key, key_len);
	bytes("value", value, len);
	CALL(rados_omap_get_next2, "the second", keys_iter, &key, &value, &key_len, &len);
	CALL(rados_omap_get_next2, "at the end", keys_iter, &key, &value, &key_len, &len);
	printf("    key %s, value %s, %zu %zu\n", key ? "set" : "NULL", value ? "set" : "NULL", key_len, len);
	rados_omap_get_end(keys_iter);
	rados_release_read_op(op);

	heading("read by keys");
	rval = rval_keys = 77;
	op = rados_create_read_op();
	DO(rados_read_op_omap_get_vals_by_keys, "some", op, wanted, 4, &iter, &rval);
	DO(rados_read_op_omap_get_vals_by_keys2, "some, one cut short", op, wanted, 4, wanted_lens, &keys_iter, &rval_keys);
	CALL(rados_read_op_operate, "by keys", op, io, "m", 0);
	number("rval", rval);
	pairs("values", iter);
	number("rval", rval_keys);
	pairs("values", keys_iter);
	rados_release_read_op(op);
	op = rados_create_read_op();
	rados_read_op_omap_get_vals_by_keys(op, wanted, 0, &iter, &rval);
	CALL(rados_read_op_operate, "by no keys", op, io, "m", 0);
	pairs("values", iter);
	rados_release_read_op(op);

	heading("of no object, and of one without");
	for (int there = 0; there < 2; there++) {
		unsigned char more = 7;
		const char *oid = there ? "plain" : "nobody";
		if (there)
			rados_write_full(io, "plain", "x", 1);
		rval = 77;
		op = rados_create_read_op();
		rados_read_op_omap_get_vals2(op, "", "", 10, &iter, &more, &rval);
		CALL(rados_read_op_operate, "omap_get_vals2", op, io, oid, 0);
		number("rval", rval);
		number("more", more);
		pairs("values", iter);
		rados_release_read_op(op);
		rval = 77;
		op = rados_create_read_op();
		more = 7;
		rados_read_op_omap_get_keys2(op, "", 10, &iter, &more, &rval);
		CALL(rados_read_op_operate, "omap_get_keys2", op, io, oid, 0);
		number("rval", rval);
		number("more", more);
		pairs("keys", iter);
		rados_release_read_op(op);
		rval = 77;
		op = rados_create_read_op();
		rados_read_op_omap_get_vals_by_keys(op, wanted, 2, &iter, &rval);
		CALL(rados_read_op_operate, "omap_get_vals_by_keys", op, io, oid, 0);
		number("rval", rval);
		pairs("values", iter);
		rados_release_read_op(op);
	}
}

static void compare(const char *what, const char *key, uint8_t how, const char *value)
{
	char line[96];
	int rval = 77;
	rados_write_op_t write = rados_create_write_op();
	rados_write_op_omap_cmp(write, key, how, value, strlen(value), &rval);
	rados_write_op_setxattr(write, "seen", "1", 1);
	int r = rados_write_op_operate(write, io, "m", NULL, 0);
	snprintf(line, sizeof(line), "%s (rval %d)", what, rval);
	said("rados_write_op_omap_cmp", line, r);
	rados_release_write_op(write);
	rval = 77;
	write = rados_create_write_op();
	rados_write_op_omap_cmp2(write, key, how, value, strlen(key), strlen(value), &rval);
	r = rados_write_op_operate(write, io, "m", NULL, 0);
	snprintf(line, sizeof(line), "%s (rval %d)", what, rval);
	said("rados_write_op_omap_cmp2", line, r);
	rados_release_write_op(write);
	rval = 77;
	rados_read_op_t read = rados_create_read_op();
	rados_read_op_omap_cmp(read, key, how, value, strlen(value), &rval);
	r = rados_read_op_operate(read, io, "m", 0);
	snprintf(line, sizeof(line), "%s (rval %d)", what, rval);
	said("rados_read_op_omap_cmp", line, r);
	rados_release_read_op(read);
	rval = 77;
	read = rados_create_read_op();
	rados_read_op_omap_cmp2(read, key, how, value, strlen(key), strlen(value), &rval);
	r = rados_read_op_operate(read, io, "m", 0);
	snprintf(line, sizeof(line), "%s (rval %d)", what, rval);
	said("rados_read_op_omap_cmp2", line, r);
	rados_release_read_op(read);
}

static void compares(void)
{
	static const char *const names[] = { "0", "EQ", "NE", "GT", "GTE", "LT", "LTE", "7" };
	char what[64];
	heading("compared");
	for (uint8_t how = 0; how < COUNT(names); how++) {
		static const char *const values[] = { "v1", "v2", "v3", "v", "v22" };
		for (size_t v = 0; v < COUNT(values); v++) {
			snprintf(what, sizeof(what), "\"v2\" %s \"%s\"", names[how], values[v]);
			compare(what, "a2", how, values[v]);
		}
		snprintf(what, sizeof(what), "missing %s \"a\"", names[how]);
		compare(what, "nothing", how, "a");
		snprintf(what, sizeof(what), "missing %s \"\"", names[how]);
		compare(what, "nothing", how, "");
	}
	rados_remove(io, "m");
	compare("no such object EQ \"v\"", "a", LIBRADOS_CMPXATTR_OP_EQ, "v");
	rados_remove(io, "m");
	compare("no such object EQ \"\"", "a", LIBRADOS_CMPXATTR_OP_EQ, "");
	CALL(rados_stat, "what comparing made", io, "m", NULL, NULL);
}

/* More pairs than one answer holds. */
static void many(void)
{
	static char names[2500][16];
	static const char *keys[2500];
	static size_t lens[2500];
	rados_omap_iter_t vals, names_only;
	unsigned char more = 7, more_keys = 7;
	int rval = 77, rval_keys = 77;
	heading("many");
	for (size_t i = 0; i < COUNT(keys); i++) {
		snprintf(names[i], sizeof(names[i]), "key.%05zu", i);
		keys[i] = names[i];
		lens[i] = 4;
	}
	rados_write_op_t write = rados_create_write_op();
	rados_write_op_omap_set(write, keys, keys, lens, COUNT(keys));
	CALL(rados_write_op_operate, "2500 pairs", write, io, "many", NULL, 0);
	rados_release_write_op(write);
	rados_read_op_t read = rados_create_read_op();
	rados_read_op_omap_get_vals2(read, "", "", 100000, &vals, &more, &rval);
	rados_read_op_omap_get_keys2(read, "", 100000, &names_only, &more_keys, &rval_keys);
	CALL(rados_read_op_operate, "asked for all", read, io, "many", 0);
	number("values", rados_omap_iter_size(vals));
	number("more", more);
	number("keys", rados_omap_iter_size(names_only));
	number("more keys", more_keys);
	rados_omap_get_end(vals);
	rados_omap_get_end(names_only);
	rados_release_read_op(read);
	read = rados_create_read_op();
	rados_read_op_omap_get_vals_by_keys(read, keys, COUNT(keys), &vals, &rval);
	CALL(rados_read_op_operate, "2500 by keys", read, io, "many", 0);
	number("values", rados_omap_iter_size(vals));
	rados_omap_get_end(vals);
	rados_release_read_op(read);
}

int main(void)
{
	start("omap");
	writes();
	reads();
	compares();
	many();
	return finish();
}
