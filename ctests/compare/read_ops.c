/* Compound reads: every step, guards that stop them, flags, and what the steps answer. */
#include "compare.h"

static rados_read_op_t op;

static void begin(void)
{
	op = rados_create_read_op();
}

static int end(const char *what, const char *oid, int flags)
{
	int r = (int)CALL(rados_read_op_operate, what, op, io, oid, flags);
	rados_release_read_op(op);
	return r;
}

static void steps(void)
{
	char buf[32] = "", second[32] = "";
	size_t got = 77, got2 = 77;
	int rval = 77, rval2 = 77;
	uint64_t size = 77;
	time_t mtime = 77, then = 1500000000;

	heading("steps");
	rados_write_op_t write = rados_create_write_op();
	rados_write_op_write_full(write, "0123456789", 10);
	rados_write_op_operate(write, io, "r", &then, 0);
	rados_release_write_op(write);
	TRUE(rados_create_read_op, "makes one", (op = rados_create_read_op()) != NULL);
	CALL(rados_read_op_operate, "empty", op, io, "r", 0);
	DO(rados_release_read_op, "released", op);
	begin();
	end("empty, no object", "nobody", 0);
	begin();
	DO(rados_read_op_read, "all", op, 0, sizeof(buf), buf, &got, &rval);
	DO(rados_read_op_stat, "size and time", op, &size, &mtime, &rval2);
	end("read and stat", "r", 0);
	number("rval", rval);
	bytes("read", buf, got);
	number("rval of stat", rval2);
	number("size", (long long)size);
	number("mtime", mtime);
	rval = rval2 = 77;
	begin();
	rados_read_op_read(op, 8, 10, buf, &got, &rval);
	rados_read_op_read(op, 20, 10, second, &got2, &rval2);
	end("across and beyond the end", "r", 0);
	number("rval", rval);
	number("read", (long long)got);
	number("rval", rval2);
	number("read", (long long)got2);
	rval = 77;
	got = 77;
	begin();
	rados_read_op_read(op, 0, 0, buf, &got, &rval);
	end("no bytes", "r", 0);
	number("rval", rval);
	number("read", (long long)got);
	rval = rval2 = 77;
	got = size = 77;
	mtime = 77;
	begin();
	rados_read_op_read(op, 0, 10, buf, &got, &rval);
	rados_read_op_stat(op, &size, &mtime, &rval2);
	end("no object", "nobody", 0);
	number("rval", rval);
	number("read", (long long)got);
	number("rval of stat", rval2);
	number("size", (long long)size);
	number("mtime", mtime);
	begin();
	rados_read_op_read(op, 0, 10, buf, NULL, NULL);
	rados_read_op_stat(op, NULL, NULL, NULL);
	end("no answers wanted", "r", 0);
	begin();
	rados_read_op_stat(op, NULL, NULL, NULL);
	end("an object without a name", "", 0);
}

static void guards(void)
{
	char buf[32] = "";
	size_t got = 77;
	int rval = 77, rval2 = 77;
	heading("guards");
	rados_write_full(io, "g", "0123456789", 10);
	uint64_t version = rados_get_last_version(io);
	begin();
	DO(rados_read_op_assert_exists, "it does", op);
	end("assert_exists", "g", 0);
	begin();
	rados_read_op_assert_exists(op);
	end("assert_exists of no object", "nobody", 0);
	begin();
	DO(rados_read_op_assert_version, "the same", op, version);
	end("assert_version", "g", 0);
	begin();
	rados_read_op_assert_version(op, version - 1);
	end("assert_version, the object is newer", "g", 0);
	begin();
	rados_read_op_assert_version(op, version + 100);
	end("assert_version, the object is older", "g", 0);
	begin();
	rados_read_op_assert_version(op, version);
	end("assert_version of no object", "nobody", 0);
	begin();
	DO(rados_read_op_cmpext, "equal", op, "345", 3, 3, &rval);
	end("cmpext, equal", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_read_op_cmpext(op, "34x", 3, 3, &rval);
	rados_read_op_read(op, 0, 4, buf, &got, &rval2);
	end("cmpext, differs at the third", "g", 0);
	number("rval", rval);
	number("rval of what came after", rval2);
	number("read", (long long)got);
	rval = rval2 = 77;
	begin();
	rados_read_op_cmpext(op, "34x", 3, 3, &rval);
	rados_read_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
	rados_read_op_read(op, 0, 4, buf, &got, &rval2);
	end("cmpext, differs, FAILOK", "g", 0);
	number("rval", rval);
	number("rval of what came after", rval2);
	bytes("read", buf, got);
	rval = 77;
	begin();
	rados_read_op_cmpext(op, "34x", 3, 3, &rval);
	end("cmpext of no object", "nobody", 0);
	number("rval", rval);
	rados_setxattr(io, "g", "a", "1", 1);
	begin();
	DO(rados_read_op_cmpxattr, "equal", op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1);
	end("cmpxattr, equal", "g", 0);
	rval2 = got = 77;
	begin();
	rados_read_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "2", 1);
	rados_read_op_read(op, 0, 4, buf, &got, &rval2);
	end("cmpxattr, not equal", "g", 0);
	number("rval of what came after", rval2);
	rval2 = got = 77;
	begin();
	rados_read_op_read(op, 0, 4, buf, &got, &rval2);
	rados_read_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "2", 1);
	end("read first, then a guard that stops it", "g", 0);
	number("rval of what came before", rval2);
	number("read", (long long)got);
	rval = 77;
	begin();
	DO(rados_read_op_omap_cmp, "not there", op, "k", LIBRADOS_CMPXATTR_OP_EQ, "v", 1, &rval);
	end("omap_cmp, no such key", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	DO(rados_read_op_omap_cmp2, "not there", op, "k", LIBRADOS_CMPXATTR_OP_EQ, "v", 1, 1, &rval);
	end("omap_cmp2, no such key", "g", 0);
	number("rval", rval);
}

static void sums(void)
{
	static const char init[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	char out[32];
	int rval = 77;
	heading("checksums");
	begin();
	DO(rados_read_op_checksum, "crc32c by chunks", op, LIBRADOS_CHECKSUM_TYPE_CRC32C, init, 4, 0, 8, 4, out, sizeof(out), &rval);
	end("checksum", "g", 0);
	number("rval", rval);
	bytes("sum", out, 12);
	rval = 77;
	begin();
	rados_read_op_checksum(op, LIBRADOS_CHECKSUM_TYPE_XXHASH64, init, 8, 2, 8, 0, out, sizeof(out), &rval);
	end("checksum of a part", "g", 0);
	number("rval", rval);
	bytes("sum", out, 12);
	rval = 77;
	begin();
	rados_read_op_checksum(op, LIBRADOS_CHECKSUM_TYPE_XXHASH32, init, 4, 0, 8, 3, out, sizeof(out), &rval);
	end("length not a multiple of the chunk", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_read_op_checksum(op, LIBRADOS_CHECKSUM_TYPE_XXHASH32, init, 4, 0, 8, 0, out, 6, &rval);
	end("no room for the sum", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_read_op_checksum(op, LIBRADOS_CHECKSUM_TYPE_XXHASH32, init, 4, 0, 8, 0, out, sizeof(out), &rval);
	end("of no object", "nobody", 0);
	number("rval", rval);
}

static void classes(void)
{
	char *out = NULL, buf[32] = "";
	size_t out_len = 77, used = 77;
	int rval = 77, rval2 = 77;
	heading("classes");
	begin();
	DO(rados_read_op_exec, "hello.say_hello", op, "hello", "say_hello", "you", 3, &out, &out_len, &rval);
	DO(rados_read_op_exec_user_buf, "hello.say_hello", op, "hello", "say_hello", "you", 3, buf, sizeof(buf), &used, &rval2);
	end("exec", "g", 0);
	number("rval", rval);
	bytes("out", out, out_len);
	DO(rados_buffer_free, "the answer", out);
	number("rval", rval2);
	bytes("out", buf, used);
	rval = 77;
	used = 77;
	begin();
	rados_read_op_exec_user_buf(op, "hello", "say_hello", "you", 3, buf, 5, &used, &rval);
	end("too little room", "g", 0);
	number("rval", rval);
	number("used", (long long)used);
	out = NULL;
	out_len = 77;
	rval = 77;
	begin();
	rados_read_op_exec(op, "hello", "no_method", "you", 3, &out, &out_len, &rval);
	end("no such method", "g", 0);
	number("rval", rval);
	printf("    out %s, %zu\n", out ? "set" : "NULL", out_len);
	rval = 77;
	begin();
	rados_read_op_exec(op, "no_class", "no_method", "you", 3, &out, &out_len, &rval);
	end("no such class", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_read_op_exec(op, "hello", "say_hello", "you", 3, &out, &out_len, &rval);
	end("of no object", "nobody", 0);
	number("rval", rval);
	if (rval == 0) {
		bytes("out", out, out_len);
		rados_buffer_free(out);
	}
	rval = 77;
	begin();
	rados_read_op_exec(op, "hello", "record_hello", "you", 3, &out, &out_len, &rval);
	end("a method that writes", "g", 0);
	number("rval", rval);
	memset(buf, 'i', sizeof(buf));
	static char much[200];
	memset(much, 'm', sizeof(much));
	rval = 77;
	begin();
	rados_read_op_exec(op, "hello", "say_hello", much, sizeof(much), &out, &out_len, &rval);
	end("a method that refuses", "g", 0);
	number("rval", rval);
}

static void flags(void)
{
	static const struct {
		int flag;
		const char *name;
	} whole[] = { OPERATION_FLAGS };
	static const int each[] = { LIBRADOS_OP_FLAG_FADVISE_RANDOM, LIBRADOS_OP_FLAG_FADVISE_SEQUENTIAL,
				    LIBRADOS_OP_FLAG_FADVISE_WILLNEED, LIBRADOS_OP_FLAG_FADVISE_DONTNEED,
				    LIBRADOS_OP_FLAG_FADVISE_NOCACHE, LIBRADOS_OP_FLAG_FADVISE_FUA };
	char buf[32], what[32];
	size_t got;
	int rval;
	heading("flags");
	for (size_t i = 0; i < COUNT(whole); i++) {
		begin();
		rados_read_op_read(op, 0, 4, buf, &got, &rval);
		end(whole[i].name, "g", whole[i].flag);
		bytes("read", buf, got);
	}
	for (size_t i = 0; i < COUNT(each); i++) {
		begin();
		rados_read_op_read(op, 0, 4, buf, &got, &rval);
		snprintf(what, sizeof(what), "0x%x", each[i]);
		DO(rados_read_op_set_flags, what, op, each[i]);
		end(what, "g", 0);
		bytes("read", buf, got);
	}
	rval = 77;
	got = 77;
	begin();
	rados_read_op_read(op, 0, 4, buf, &got, &rval);
	rados_read_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
	end("read of no object, FAILOK", "nobody", 0);
	number("rval", rval);
}

static void asynchronous(void)
{
	char buf[32];
	size_t got = 77;
	int rval = 77;
	rados_completion_t c;
	heading("asynchronous");
	begin();
	rados_read_op_read(op, 0, 4, buf, &got, &rval);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_read_op_operate, "submitted", op, io, c, "g", 0);
	rados_aio_wait_for_complete(c);
	CALL(rados_aio_get_return_value, "of it", c);
	rados_aio_release(c);
	rados_release_read_op(op);
	number("rval", rval);
	bytes("read", buf, got);
	begin();
	rados_read_op_assert_exists(op);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_read_op_operate, "no object", op, io, c, "nobody", 0);
	rados_aio_wait_for_complete(c);
	CALL(rados_aio_get_return_value, "no object", c);
	rados_aio_release(c);
	rados_release_read_op(op);
}

int main(void)
{
	start("read_ops");
	steps();
	guards();
	sums();
	classes();
	flags();
	asynchronous();
	return finish();
}
