/* Object classes by rados_exec. */
#include "compare.h"

static char out[4096];

static int run(const char *what, const char *oid, const char *cls, const char *method, const void *in, size_t len)
{
	memset(out, 0, sizeof(out));
	int r = (int)CALL(rados_exec, what, io, oid, cls, method, in, len, out, sizeof(out));
	if (r > 0)
		bytes("out", out, (size_t)r);
	return r;
}

/* A string as Ceph encodes it. */
static size_t string(char *to, const char *s)
{
	uint32_t len = (uint32_t)strlen(s);
	memcpy(to, &len, 4);
	memcpy(to + 4, s, len);
	return 4 + len;
}

static void calls(void)
{
	static char in[200];
	heading("calls");
	rados_write_full(io, "o", "0123456789", 10);
	run("hello.say_hello", "o", "hello", "say_hello", "", 0);
	run("hello.say_hello to somebody", "o", "hello", "say_hello", "you", 3);
	memset(in, 'n', sizeof(in));
	run("hello.say_hello to too long a name", "o", "hello", "say_hello", in, 101);
	run("hello.say_hello on no object", "nobody", "hello", "say_hello", "you", 3);
	CALL(rados_exec, "too little room", io, "o", "hello", "say_hello", "you", 3, out, 5);
	CALL(rados_exec, "no room", io, "o", "hello", "say_hello", "you", 3, NULL, 0);
	run("no such method", "o", "hello", "no_method", "", 0);
	run("no such class", "o", "no_class", "no_method", "", 0);
	run("a class without a name", "o", "", "", "", 0);
	run("on an object without a name", "", "hello", "say_hello", "", 0);

	heading("hello");
	run("replay before record", "h", "hello", "replay", "", 0);
	run("record_hello", "h", "hello", "record_hello", "you", 3);
	run("record_hello again", "h", "hello", "record_hello", "you", 3);
	run("record_hello to too long a name", "h2", "hello", "record_hello", in, 101);
	run("replay", "h", "hello", "replay", "", 0);
	run("turn_it_to_11", "h", "hello", "turn_it_to_11", "", 0);
	run("replay", "h", "hello", "replay", "", 0);
	run("turn_it_to_11 of no object", "nobody", "hello", "turn_it_to_11", "", 0);
	run("write_return_data", "h3", "hello", "write_return_data", "", 0);
	run("write_too_much_return_data", "h3", "hello", "write_too_much_return_data", "", 0);
	run("bad_reader", "h", "hello", "bad_reader", "", 0);
	run("bad_writer", "h", "hello", "bad_writer", "", 0);
	content("h");
}

static void lists(void)
{
	char in[64];
	size_t len;
	heading("numops");
	len = string(in, "n");
	len += string(in + len, "5");
	run("add 5", "num", "numops", "add", in, len);
	run("add 5 again", "num", "numops", "add", in, len);
	len = string(in, "n");
	len += string(in + len, "-2.5");
	run("mul -2.5", "num", "numops", "mul", in, len);
	len = string(in, "n");
	len += string(in + len, "word");
	run("add a word", "num", "numops", "add", in, len);
	len = string(in, "missing");
	len += string(in + len, "3");
	run("mul what is not there", "num", "numops", "mul", in, len);
	run("add, cut short", "num", "numops", "add", in, 6);

	heading("rbd");
	run("get_id of no object", "nobody", "rbd", "get_id", "", 0);
	len = string(in, "1234");
	run("set_id", "id", "rbd", "set_id", in, len);
	run("set_id again", "id", "rbd", "set_id", in, len);
	run("get_id", "id", "rbd", "get_id", "", 0);
	len = string(in, "a b");
	run("set_id with a blank", "id2", "rbd", "set_id", in, len);
	run("set_id, cut short", "id2", "rbd", "set_id", in, 5);
	run("get_all_features", "o", "rbd", "get_all_features", "", 0);
	run("dir_list of what is none", "o", "rbd", "dir_list", "", 0);

	heading("refcount, version, lock");
	run("version.read of no object", "nobody", "version", "read", "", 0);
	run("version.read", "o", "version", "read", "", 0);
	run("refcount.get, cut short", "o", "refcount", "get", "", 0);
	run("lock.lock, cut short", "o", "lock", "lock", "\1\1", 2);
	run("lock.get_info, cut short", "o", "lock", "get_info", "", 0);
	run("log.list, cut short", "o", "log", "list", "", 0);
	run("timeindex.list, cut short", "o", "timeindex", "list", "", 0);
}

int main(void)
{
	start("exec");
	calls();
	lists();
	return finish();
}
