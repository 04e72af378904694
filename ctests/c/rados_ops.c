/* Compound reads and writes, omaps and their iterators. */
#include "rados_check.h"

static void writes(void)
{
	rados_write_op_t op = rados_create_write_op();
	is("an empty one", rados_write_op_operate(op, io, "ops", NULL, 0), 0);
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	rados_write_op_write(op, "hello", 5, 0);
	rados_write_op_append(op, " world", 6);
	rados_write_op_setxattr(op, "colour", "blue", 4);
	time_t then = 1500000000;
	is("operate", rados_write_op_operate(op, io, "ops", &then, 0), 0);
	rados_release_write_op(op);
	uint64_t size;
	time_t mtime;
	is("stat", rados_stat(io, "ops", &size, &mtime), 0);
	is("size", (long long)size, 11);
	is("time", mtime, then);

	op = rados_create_write_op();
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	rados_write_op_write_full(op, "gone", 4);
	is("exclusive", rados_write_op_operate(op, io, "ops", NULL, 0), -EEXIST);
	rados_release_write_op(op);
	char buf[32];
	is("nothing of it", rados_read(io, "ops", buf, sizeof(buf), 0), 11);

	op = rados_create_write_op();
	rados_write_op_cmpxattr(op, "colour", LIBRADOS_CMPXATTR_OP_EQ, "red", 3);
	rados_write_op_remove(op);
	is("guarded", rados_write_op_operate(op, io, "ops", NULL, 0), -ECANCELED);
	rados_release_write_op(op);

	int rval = 7;
	op = rados_create_write_op();
	rados_write_op_cmpext(op, "hellO", 5, 0, &rval);
	rados_write_op_zero(op, 0, 5);
	is("compare first", rados_write_op_operate(op, io, "ops", NULL, 0), -4095 - 4);
	is("its own value", rval, -4095 - 4);
	rados_release_write_op(op);

	op = rados_create_write_op();
	rados_write_op_assert_exists(op);
	rados_write_op_zero(op, 0, 5);
	rados_write_op_truncate(op, 8);
	is("zero and truncate", rados_write_op_operate(op, io, "ops", NULL, 0), 0);
	rados_release_write_op(op);
	is("read", rados_read(io, "ops", buf, sizeof(buf), 0), 8);
	is("data", memcmp(buf, "\0\0\0\0\0 wo", 8), 0);

	uint64_t version = rados_get_last_version(io);
	op = rados_create_write_op();
	rados_write_op_assert_version(op, version);
	rados_write_op_writesame(op, "ab", 2, 6, 0);
	is("the right version", rados_write_op_operate(op, io, "ops", NULL, 0), 0);
	rados_release_write_op(op);
	op = rados_create_write_op();
	rados_write_op_assert_version(op, version);
	rados_write_op_remove(op);
	is("an old version", rados_write_op_operate(op, io, "ops", NULL, 0), -ERANGE);
	rados_release_write_op(op);
}

static void reads(void)
{
	rados_read_op_t op = rados_create_read_op();
	char buf[32], small[2];
	size_t got = 99, got_small = 99;
	int rval = 7, rval_small = 7, rval_stat = 7, rval_attrs = 7;
	uint64_t size = 0;
	time_t mtime = 0;
	rados_xattrs_iter_t attrs;
	rados_read_op_read(op, 0, sizeof(buf), buf, &got, &rval);
	rados_read_op_read(op, 1, sizeof(small), small, &got_small, &rval_small);
	rados_read_op_stat(op, &size, &mtime, &rval_stat);
	rados_read_op_getxattrs(op, &attrs, &rval_attrs);
	is("operate", rados_read_op_operate(op, io, "ops", 0), 0);
	rados_release_read_op(op);
	is("bytes", (long long)got, 8);
	is("rval", rval, 0);
	is("data", memcmp(buf, "ababab", 6), 0);
	is("bytes of the second", (long long)got_small, 2);
	is("data of the second", memcmp(small, "ba", 2), 0);
	is("size", (long long)size, 8);
	is("rval of stat", rval_stat, 0);
	is("rval of attrs", rval_attrs, 0);
	const char *name, *value;
	size_t len;
	is("next", rados_getxattrs_next(attrs, &name, &value, &len), 0);
	is_text("name", name, "colour");
	rados_getxattrs_end(attrs);

	op = rados_create_read_op();
	rados_read_op_assert_exists(op);
	is("no object", rados_read_op_operate(op, io, "none", 0), -ENOENT);
	rados_release_read_op(op);

	char *out = NULL;
	size_t out_len = 0, used = 0;
	op = rados_create_read_op();
	rados_read_op_exec(op, "hello", "say_hello", NULL, 0, &out, &out_len, &rval);
	rados_read_op_exec_user_buf(op, "hello", "say_hello", NULL, 0, small, sizeof(small), &used, &rval_small);
	is("classes", rados_read_op_operate(op, io, "ops", 0), 0);
	rados_release_read_op(op);
	is("output", out_len == 13 && memcmp(out, "Hello, world!", 13) == 0, 1);
	is("too little", rval_small, -ERANGE);
	rados_buffer_free(out);

	rval = 7;
	op = rados_create_read_op();
	rados_read_op_omap_cmp(op, "key", LIBRADOS_CMPXATTR_OP_EQ, "value", 5, &rval);
	rados_read_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
	rados_read_op_stat(op, &size, NULL, &rval_stat);
	is("go on after a failure", rados_read_op_operate(op, io, "ops", 0), 0);
	is("which failed", rval, -ECANCELED);
	rados_release_read_op(op);
}

static void omaps(void)
{
	const char *keys[] = { "a1", "a2", "b1", "b2" };
	const char *vals[] = { "one", "", "three", "fo\0r" };
	size_t lens[] = { 3, 0, 5, 4 };
	rados_write_op_t op = rados_create_write_op();
	rados_write_op_omap_set(op, keys, vals, lens, 4);
	is("omap_set", rados_write_op_operate(op, io, "omap", NULL, 0), 0);
	rados_release_write_op(op);

	rados_omap_iter_t iter, by_key, by_prefix, names;
	unsigned char more = 9, more_names = 9;
	int rval = 7, rval_keys = 7;
	const char *some[] = { "b2", "zz", "a1" };
	rados_read_op_t read = rados_create_read_op();
	rados_read_op_omap_get_vals2(read, "", "", 3, &iter, &more, &rval);
	rados_read_op_omap_get_vals_by_keys(read, some, 3, &by_key, &rval_keys);
	rados_read_op_omap_get_vals2(read, NULL, "b", 10, &by_prefix, NULL, NULL);
	rados_read_op_omap_get_keys2(read, "a2", 10, &names, &more_names, NULL);
	is("read it", rados_read_op_operate(read, io, "omap", 0), 0);
	rados_release_read_op(read);
	is("rval", rval, 0);
	is("more", more, 1);
	is("no more", more_names, 0);
	is("size", rados_omap_iter_size(iter), 3);
	is("size by key", rados_omap_iter_size(by_key), 2);
	is("size by prefix", rados_omap_iter_size(by_prefix), 2);
	is("size of keys", rados_omap_iter_size(names), 2);

	char *key, *val;
	size_t len, key_len;
	is("next", rados_omap_get_next(iter, &key, &val, &len), 0);
	is_text("key", key, "a1");
	is("value", len == 3 && memcmp(val, "one", 3) == 0, 1);
	is("next", rados_omap_get_next(iter, &key, &val, &len), 0);
	is_text("second key", key, "a2");
	is("empty value", len == 0 && val == NULL, 1);
	is("next", rados_omap_get_next2(iter, &key, &val, &key_len, &len), 0);
	is("lengths", key_len == 2 && len == 5, 1);
	is("next at the end", rados_omap_get_next(iter, &key, &val, &len), 0);
	is("the end", key == NULL && val == NULL && len == 0, 1);
	rados_omap_get_end(iter);
	is("next by key", rados_omap_get_next(by_key, &key, &val, &len), 0);
	is_text("by key", key, "a1");
	is("next by key", rados_omap_get_next(by_key, &key, &val, &len), 0);
	is("value with a NUL", len == 4 && memcmp(val, "fo\0r", 4) == 0, 1);
	rados_omap_get_end(by_key);
	rados_omap_get_end(by_prefix);
	is("next of keys", rados_omap_get_next(names, &key, &val, &len), 0);
	is("no value", val == NULL && len == 0, 1);
	rados_omap_get_end(names);

	int cmp = 7;
	op = rados_create_write_op();
	rados_write_op_omap_cmp(op, "a1", LIBRADOS_CMPXATTR_OP_EQ, "two", 3, &cmp);
	rados_write_op_omap_clear(op);
	is("omap_cmp", rados_write_op_operate(op, io, "omap", NULL, 0), -ECANCELED);
	rados_release_write_op(op);
	op = rados_create_write_op();
	const char *gone[] = { "a1", "zz" };
	rados_write_op_omap_rm_keys(op, gone, 2);
	rados_write_op_omap_rm_range2(op, "b", 1, "b2", 2);
	is("omap_rm", rados_write_op_operate(op, io, "omap", NULL, 0), 0);
	rados_release_write_op(op);
	read = rados_create_read_op();
	rados_read_op_omap_get_keys2(read, "", 10, &iter, NULL, NULL);
	is("what is left", rados_read_op_operate(read, io, "omap", 0), 0);
	rados_release_read_op(read);
	is("two keys", rados_omap_iter_size(iter), 2);
	rados_omap_get_end(iter);
	is("remove omap", rados_remove(io, "omap"), 0);
}

int main(void)
{
	start("c-ops");
	rados_remove(io, "ops");
	rados_remove(io, "omap");
	writes();
	reads();
	omaps();
	is("remove", rados_remove(io, "ops"), 0);
	return finish();
}
