/* Synchronous I/O on objects: return values, bounds, attributes, checksums, class calls, locks. */
#include "rados_check.h"

static void data(void)
{
	char buf[64];
	is("write", rados_write(io, "data", "0123456789", 10, 0), 0);
	is("read", rados_read(io, "data", buf, sizeof(buf), 0), 10);
	is("read data", memcmp(buf, "0123456789", 10), 0);
	is("read inside", rados_read(io, "data", buf, 4, 3), 4);
	is("read inside data", memcmp(buf, "3456", 4), 0);
	is("read over the end", rados_read(io, "data", buf, 8, 6), 4);
	is("read behind the end", rados_read(io, "data", buf, 8, 10), 0);
	is("read nothing", rados_read(io, "data", buf, 0, 0), -ERANGE);
	is("read too much", rados_read(io, "data", buf, (size_t)INT_MAX + 1, 0), -EDOM);
	is("read no object", rados_read(io, "none", buf, 8, 0), -ENOENT);
	is("append", rados_append(io, "data", "abc", 3), 0);
	is("write behind the end", rados_write(io, "data", "z", 1, 15), 0);
	is("read a hole", rados_read(io, "data", buf, sizeof(buf), 10), 6);
	is("a hole is zeroes", memcmp(buf, "abc\0\0z", 6), 0);
	is("truncate", rados_trunc(io, "data", 12), 0);
	is("read truncated", rados_read(io, "data", buf, sizeof(buf), 0), 12);
	is("write_full", rados_write_full(io, "data", "new", 3), 0);
	is("read replaced", rados_read(io, "data", buf, sizeof(buf), 0), 3);
	is("writesame", rados_writesame(io, "data", "xy", 2, 8, 4), 0);
	is("read repeated", rados_read(io, "data", buf, sizeof(buf), 0), 12);
	is("repeated data", memcmp(buf, "new\0xyxyxyxy", 12), 0);
	is("writesame of odd length", rados_writesame(io, "data", "xy", 2, 7, 0), -EINVAL);
	is("writesame of nothing", rados_writesame(io, "data", "", 0, 8, 0), -EINVAL);
	is("write too much", rados_write(io, "data", "x", (size_t)UINT_MAX / 2 + 1, 0), -E2BIG);
	is("write_full too much", rados_write_full(io, "data", "x", (size_t)UINT_MAX / 2 + 1), -E2BIG);
	is("append too much", rados_append(io, "data", "x", (size_t)UINT_MAX / 2 + 1), -E2BIG);
	is("cmpext equal", rados_cmpext(io, "data", "xyxy", 4, 4), 0);
	is("cmpext different", rados_cmpext(io, "data", "xyXy", 4, 4), -4095 - 2);

	uint64_t size = 0;
	time_t mtime = 0;
#if CHECK_RELEASE >= 18
	struct timespec ts = { 0, 0 };
#endif
	is("stat", rados_stat(io, "data", &size, &mtime), 0);
	is("stat size", (long long)size, 12);
	is("stat time", mtime > 1600000000, 1);
	is("stat without pointers", rados_stat(io, "data", NULL, NULL), 0);
#if CHECK_RELEASE >= 18
	is("stat2", rados_stat2(io, "data", &size, &ts), 0);
	is("stat2 time", ts.tv_sec, mtime);
#endif
	is("stat no object", rados_stat(io, "none", &size, &mtime), -ENOENT);
	uint64_t before = rados_get_last_version(io);
	must("write", rados_write(io, "data", "1", 1, 0));
	is("versions grow", rados_get_last_version(io) > before || before == 0, 1);
	is("alloc hint", rados_set_alloc_hint2(io, "data", 4 << 20, 4096, LIBRADOS_ALLOC_HINT_FLAG_RANDOM_WRITE), 0);
	is("remove", rados_remove(io, "data"), 0);
	is("remove again", rados_remove(io, "data"), -ENOENT);

	/* 4 MiB, and an unaligned megabyte inside. */
	size_t big = 4 << 20;
	char *out = malloc(big), *in = malloc(big);
	for (size_t i = 0; i < big; i++)
		out[i] = (char)(i * 31 + i / 4096);
	is("write 4 MiB", rados_write(io, "big", out, big, 0), 0);
	is("write unaligned", rados_write(io, "big", out + 7, 1 << 20, 4097), 0);
	memmove(out + 4097, out + 7, 1 << 20);
	is("read 4 MiB", rados_read(io, "big", in, big, 0), (long long)big);
	is("read 4 MiB data", memcmp(in, out, big), 0);
	is("remove big", rados_remove(io, "big"), 0);
	free(out);
	free(in);
}

static void attributes(void)
{
	char buf[16];
	is("setxattr", rados_setxattr(io, "attr", "one", "1st", 3), 0);
	is("setxattr empty", rados_setxattr(io, "attr", "two", "", 0), 0);
	is("getxattr", rados_getxattr(io, "attr", "one", buf, sizeof(buf)), 3);
	is("getxattr data", memcmp(buf, "1st", 3), 0);
	is("getxattr into too little", rados_getxattr(io, "attr", "one", buf, 2), -ERANGE);
	is("getxattr none", rados_getxattr(io, "attr", "three", buf, sizeof(buf)), -ENODATA);
	is("getxattr no object", rados_getxattr(io, "none", "one", buf, sizeof(buf)), -ENOENT);

	rados_xattrs_iter_t iter;
	const char *name, *value;
	size_t len;
	is("getxattrs", rados_getxattrs(io, "attr", &iter), 0);
	is("next", rados_getxattrs_next(iter, &name, &value, &len), 0);
	is_text("first name", name, "one");
	is("first value", len == 3 && memcmp(value, "1st", 3) == 0, 1);
	is("next", rados_getxattrs_next(iter, &name, &value, &len), 0);
	is_text("second name", name, "two");
	is("second value", len == 0 && value == NULL, 1);
	is("next at the end", rados_getxattrs_next(iter, &name, &value, &len), 0);
	is("the end", name == NULL && value == NULL && len == 0, 1);
	rados_getxattrs_end(iter);
	is("rmxattr", rados_rmxattr(io, "attr", "one"), 0);
	is("getxattr removed", rados_getxattr(io, "attr", "one", buf, sizeof(buf)), -ENODATA);
	is("remove attr", rados_remove(io, "attr"), 0);
}

static void checksums(void)
{
	struct { uint32_t count, crc; } __attribute__((packed)) one;
	uint32_t seed = 0xffffffff;
	must("write", rados_write_full(io, "sum", "123456789", 9));
	is("crc32c", rados_checksum(io, "sum", LIBRADOS_CHECKSUM_TYPE_CRC32C, (char *)&seed, 4, 9, 0, 0, (char *)&one, sizeof(one)), 0);
	is("crc32c count", one.count, 1);
	/* Ceph's crc32c has no final complement. */
	is("crc32c value", one.crc, 0xe3069283u ^ 0xffffffffu);
	is("checksum into too little",
	   rados_checksum(io, "sum", LIBRADOS_CHECKSUM_TYPE_CRC32C, (char *)&seed, 4, 9, 0, 0, (char *)&one, 7), -ERANGE);
	is("remove sum", rados_remove(io, "sum"), 0);
}

static void locks(void)
{
	struct timeval hour = { 3600, 0 };
	is("lock", rados_lock_exclusive(io, "lock", "name", "cookie", "me", &hour, 0), 0);
	is("lock again", rados_lock_exclusive(io, "lock", "name", "cookie", "me", &hour, 0), -EEXIST);
	is("renew", rados_lock_exclusive(io, "lock", "name", "cookie", "me", NULL, LIBRADOS_LOCK_FLAG_MAY_RENEW), 0);
	is("another cookie", rados_lock_exclusive(io, "lock", "name", "other", "me", NULL, 0), -EBUSY);
	is("share it", rados_lock_shared(io, "lock", "name", "other", "tag", "me", NULL, 0), -EBUSY);

	char tag[16], clients[64], cookies[64], addrs[128];
	size_t tag_len = sizeof(tag), clients_len = sizeof(clients), cookies_len = 3, addrs_len = sizeof(addrs);
	int exclusive = -1;
	is("lockers into too little",
	   rados_list_lockers(io, "lock", "name", &exclusive, tag, &tag_len, clients, &clients_len, cookies, &cookies_len, addrs, &addrs_len),
	   -ERANGE);
	is("cookies need", (long long)cookies_len, 7);
	tag_len = sizeof(tag), clients_len = sizeof(clients), cookies_len = sizeof(cookies), addrs_len = sizeof(addrs);
	is("lockers",
	   rados_list_lockers(io, "lock", "name", &exclusive, tag, &tag_len, clients, &clients_len, cookies, &cookies_len, addrs, &addrs_len),
	   1);
	is("exclusive", exclusive, 1);
	is_text("cookie", cookies, "cookie");
	char me[64];
	snprintf(me, sizeof(me), "client.%llu", (unsigned long long)rados_get_instance_id(cluster));
	is_text("client", clients, me);
	is("unlock another", rados_unlock(io, "lock", "name", "other"), -ENOENT);
	is("break nobody's", rados_break_lock(io, "lock", "name", "nobody", "cookie"), -EINVAL);
	is("break", rados_break_lock(io, "lock", "name", me, "cookie"), 0);
	is("share", rados_lock_shared(io, "lock", "name", "a", "tag", "me", NULL, 0), 0);
	is("share twice", rados_lock_shared(io, "lock", "name", "b", "tag", "me", NULL, 0), 0);
	is("unlock", rados_unlock(io, "lock", "name", "a"), 0);
	is("unlock twice", rados_unlock(io, "lock", "name", "a"), -ENOENT);
	is("remove lock", rados_remove(io, "lock"), 0);
}

static void classes(void)
{
	char buf[64];
	is("no class", rados_exec(io, "exec", "nosuchclass", "m", NULL, 0, buf, sizeof(buf)), -EOPNOTSUPP);
	must("write", rados_write_full(io, "exec", "x", 1));
	is("no method", rados_exec(io, "exec", "hello", "nosuchmethod", NULL, 0, buf, sizeof(buf)), -EOPNOTSUPP);
	is("say_hello", rados_exec(io, "exec", "hello", "say_hello", NULL, 0, buf, sizeof(buf)), 13);
	is("its words", memcmp(buf, "Hello, world!", 13), 0);
	is("into too little", rados_exec(io, "exec", "hello", "say_hello", NULL, 0, buf, 5), -ERANGE);
	is("remove exec", rados_remove(io, "exec"), 0);
}

int main(void)
{
	int major, minor, extra;
	rados_version(&major, &minor, &extra);
	is("version", LIBRADOS_VERSION(major, minor, extra), LIBRADOS_VERSION_CODE);
	start("c-objects");
	data();
	attributes();
	checksums();
	locks();
	classes();
	return finish();
}
