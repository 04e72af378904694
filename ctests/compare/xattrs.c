/* Extended attributes by the simple calls, their asynchronous twins, and compound operations. */
#include "compare.h"

static char large[70000], back[70000];

static void list(const char *what, rados_xattrs_iter_t iter)
{
	const char *name, *value;
	size_t len;
	int r;
	printf("    %s:\n", what);
	while ((r = rados_getxattrs_next(iter, &name, &value, &len)) == 0 && name) {
		printf("    %s", name);
		bytes("", value, len > 20 ? 20 : len);
	}
	CALL(rados_getxattrs_next, "at the end", iter, &name, &value, &len);
	printf("    name %s, value %s, %zu\n", name ? name : "NULL", value ? "set" : "NULL", len);
	DO(rados_getxattrs_end, "closed", iter);
}

static void simple(void)
{
	char buf[64];
	uint64_t size;
	rados_xattrs_iter_t iter;
	heading("one by one");
	CALL(rados_setxattr, "a new object", io, "x", "colour", "blue", 4);
	CALL(rados_stat, "what that made", io, "x", &size, NULL);
	number("size", (long long)size);
	CALL(rados_getxattr, "as set", io, "x", "colour", buf, sizeof(buf));
	bytes("value", buf, 4);
	CALL(rados_setxattr, "again", io, "x", "colour", "red\0green", 9);
	memset(buf, '#', sizeof(buf));
	CALL(rados_getxattr, "with a zero within", io, "x", "colour", buf, sizeof(buf));
	bytes("value", buf, 10);
	CALL(rados_getxattr, "room exactly", io, "x", "colour", buf, 9);
	CALL(rados_getxattr, "too little room", io, "x", "colour", buf, 8);
	CALL(rados_getxattr, "no room", io, "x", "colour", buf, 0);
	CALL(rados_getxattr, "no such one", io, "x", "shape", buf, sizeof(buf));
	CALL(rados_getxattr, "no such object", io, "nobody", "shape", buf, sizeof(buf));
	CALL(rados_setxattr, "no value", io, "x", "empty", "", 0);
	CALL(rados_getxattr, "no value", io, "x", "empty", buf, sizeof(buf));
	CALL(rados_setxattr, "underscores", io, "x", "_", "u", 1);
	CALL(rados_setxattr, "an odd name", io, "x", "a b/@\xc3\xa9", "odd", 3);
	memset(large, 'n', 300);
	large[99] = 0;
	CALL(rados_setxattr, "a name of 99 bytes", io, "x", large, "v", 1);
	CALL(rados_rmxattr, "a name of 99 bytes", io, "x", large);
	large[99] = 'n';
	large[100] = 0;
	CALL(rados_setxattr, "a name of 100 bytes", io, "x", large, "v", 1);
	CALL(rados_rmxattr, "a name of 100 bytes", io, "x", large);
	large[100] = 'n';
	large[101] = 0;
	CALL(rados_setxattr, "a name of 101 bytes", io, "x", large, "v", 1);
	CALL(rados_getxattr, "a name of 101 bytes", io, "x", large, buf, sizeof(buf));
	CALL(rados_rmxattr, "a name of 101 bytes", io, "x", large);
	memset(large, 'l', sizeof(large));
	CALL(rados_setxattr, "65536 bytes", io, "x", "large", large, 65536);
	CALL(rados_getxattr, "65536 bytes", io, "x", "large", back, sizeof(back));
	TRUE(rados_getxattr, "the same bytes", memcmp(large, back, 65536) == 0);
	CALL(rados_setxattr, "70000 bytes", io, "x", "large", large, 70000);
	CALL(rados_getxattr, "70000 bytes", io, "x", "large", back, sizeof(back));

	heading("all");
	CALL(rados_getxattrs, "of an object", io, "x", &iter);
	list("attributes", iter);
	CALL(rados_getxattrs, "of an object that is not there", io, "nobody", &iter);
	rados_write_full(io, "bare", "x", 1);
	CALL(rados_getxattrs, "of one without", io, "bare", &iter);
	list("attributes", iter);

	heading("removed");
	CALL(rados_rmxattr, "one", io, "x", "colour");
	CALL(rados_rmxattr, "again", io, "x", "colour");
	CALL(rados_rmxattr, "never there", io, "x", "shape");
	CALL(rados_rmxattr, "of an object that is not there", io, "nobody", "shape");
	CALL(rados_stat, "what that made", io, "nobody", &size, NULL);
	CALL(rados_getxattr, "when removed", io, "x", "colour", buf, sizeof(buf));
	rados_write_full(io, "x", "new", 3);
	CALL(rados_getxattr, "write_full keeps it", io, "x", "empty", buf, sizeof(buf));
	rados_remove(io, "x");
	rados_write_full(io, "x", "new", 3);
	CALL(rados_getxattr, "remove does not", io, "x", "empty", buf, sizeof(buf));
}

static int finished(rados_completion_t c)
{
	/* What was refused at once never completes. */
	if (answer < 0) {
		rados_aio_release(c);
		return (int)answer;
	}
	rados_aio_wait_for_complete(c);
	int r = rados_aio_get_return_value(c);
	rados_aio_release(c);
	return r;
}

static rados_completion_t fresh(void)
{
	rados_completion_t c;
	must("rados_aio_create_completion2", rados_aio_create_completion2(NULL, NULL, &c));
	return c;
}

static void asynchronous(void)
{
	char buf[64];
	rados_xattrs_iter_t iter;
	rados_completion_t c;
	heading("asynchronous");
	CALL(rados_aio_setxattr, "submitted", io, "ax", c = fresh(), "colour", "blue", 4);
	number("returned", finished(c));
	CALL(rados_aio_getxattr, "submitted", io, "ax", c = fresh(), "colour", buf, sizeof(buf));
	number("returned", finished(c));
	bytes("value", buf, 4);
	CALL(rados_aio_getxattr, "too little room", io, "ax", c = fresh(), "colour", buf, 3);
	number("returned", finished(c));
	CALL(rados_aio_getxattr, "no such one", io, "ax", c = fresh(), "shape", buf, sizeof(buf));
	number("returned", finished(c));
	CALL(rados_aio_getxattr, "no such object", io, "nobody", c = fresh(), "shape", buf, sizeof(buf));
	number("returned", finished(c));
	CALL(rados_aio_setxattr, "another", io, "ax", c = fresh(), "size", "\0\1", 2);
	number("returned", finished(c));
	CALL(rados_aio_getxattrs, "submitted", io, "ax", c = fresh(), &iter);
	int r = finished(c);
	number("returned", r);
	if (r == 0)
		list("attributes", iter);
	CALL(rados_aio_getxattrs, "no such object", io, "nobody", c = fresh(), &iter);
	number("returned", finished(c));
	CALL(rados_aio_rmxattr, "submitted", io, "ax", c = fresh(), "colour");
	number("returned", finished(c));
	CALL(rados_aio_rmxattr, "again", io, "ax", c = fresh(), "colour");
	number("returned", finished(c));
	CALL(rados_aio_rmxattr, "no such object", io, "nobody", c = fresh(), "colour");
	number("returned", finished(c));
}

static void compare(const char *what, uint8_t how, const char *name, const char *value, size_t len)
{
	rados_read_op_t read = rados_create_read_op();
	rados_read_op_cmpxattr(read, name, how, value, len);
	int r = rados_read_op_operate(read, io, "cmp", 0);
	printf("rados_read_op_cmpxattr: %s -> %d", what, r);
	name_errno(r);
	rados_release_read_op(read);
	rados_write_op_t write = rados_create_write_op();
	rados_write_op_cmpxattr(write, name, how, value, len);
	rados_write_op_setxattr(write, "seen", "1", 1);
	r = rados_write_op_operate(write, io, "cmp", NULL, 0);
	printf("rados_write_op_cmpxattr: %s -> %d", what, r);
	name_errno(r);
	rados_release_write_op(write);
}

static void compares(void)
{
	static const char *const names[] = { "0", "EQ", "NE", "GT", "GTE", "LT", "LTE", "7" };
	char what[64];
	heading("compared");
	rados_setxattr(io, "cmp", "a", "m", 1);
	rados_setxattr(io, "cmp", "long", "mmm", 3);
	rados_setxattr(io, "cmp", "none", "", 0);
	for (uint8_t how = 0; how < COUNT(names); how++) {
		static const char *const values[] = { "a", "m", "mm", "z", "" };
		for (size_t v = 0; v < COUNT(values); v++) {
			snprintf(what, sizeof(what), "\"m\" %s \"%s\"", names[how], values[v]);
			compare(what, how, "a", values[v], strlen(values[v]));
		}
		snprintf(what, sizeof(what), "\"mmm\" %s \"mm\"", names[how]);
		compare(what, how, "long", "mm", 2);
		snprintf(what, sizeof(what), "\"\" %s \"\"", names[how]);
		compare(what, how, "none", "", 0);
		snprintf(what, sizeof(what), "missing %s \"a\"", names[how]);
		compare(what, how, "nothing", "a", 1);
		snprintf(what, sizeof(what), "missing %s \"\"", names[how]);
		compare(what, how, "nothing", "", 0);
	}
	rados_remove(io, "cmp");
	compare("no such object EQ", LIBRADOS_CMPXATTR_OP_EQ, "a", "m", 1);
	rados_remove(io, "cmp");
	compare("no such object NE", LIBRADOS_CMPXATTR_OP_NE, "a", "m", 1);
	rados_remove(io, "cmp");
	compare("no such object EQ nothing", LIBRADOS_CMPXATTR_OP_EQ, "a", "", 0);
	CALL(rados_stat, "what comparing made", io, "cmp", NULL, NULL);
}

static void compound(void)
{
	rados_xattrs_iter_t iter;
	int rval = 77;
	heading("compound");
	rados_write_op_t write = rados_create_write_op();
	DO(rados_write_op_setxattr, "two", write, "a", "1", 1);
	rados_write_op_setxattr(write, "b", "2", 1);
	CALL(rados_write_op_operate, "set two", write, io, "cx", NULL, 0);
	rados_release_write_op(write);
	write = rados_create_write_op();
	DO(rados_write_op_rmxattr, "one", write, "a");
	rados_write_op_rmxattr(write, "never");
	CALL(rados_write_op_operate, "remove two, one not there", write, io, "cx", NULL, 0);
	rados_release_write_op(write);
	rados_read_op_t read = rados_create_read_op();
	DO(rados_read_op_getxattrs, "all", read, &iter, &rval);
	CALL(rados_read_op_operate, "getxattrs", read, io, "cx", 0);
	number("rval", rval);
	list("attributes", iter);
	rados_release_read_op(read);
	write = rados_create_write_op();
	rados_write_op_rmxattr(write, "b");
	CALL(rados_write_op_operate, "rmxattr of an object that is not there", write, io, "nobody", NULL, 0);
	rados_release_write_op(write);
	rados_remove(io, "nobody");
	rval = 77;
	read = rados_create_read_op();
	rados_read_op_getxattrs(read, &iter, &rval);
	CALL(rados_read_op_operate, "getxattrs of an object that is not there", read, io, "nobody", 0);
	number("rval", rval);
	rados_release_read_op(read);
	memset(large, 'n', 200);
	large[150] = 0;
	write = rados_create_write_op();
	rados_write_op_setxattr(write, large, "v", 1);
	CALL(rados_write_op_operate, "setxattr by a name of 150 bytes", write, io, "cx", NULL, 0);
	rados_release_write_op(write);
}

int main(void)
{
	start("xattrs");
	simple();
	asynchronous();
	compares();
	compound();
	return finish();
}
