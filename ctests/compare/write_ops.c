/* Compound writes: every step, guards that stop them, flags, and what the steps answer. */
#include "compare.h"

static rados_write_op_t op;

static void begin(void)
{
	op = rados_create_write_op();
}

static int end(const char *what, const char *oid, int flags)
{
	int r = (int)CALL(rados_write_op_operate, what, op, io, oid, NULL, flags);
	rados_release_write_op(op);
	return r;
}

static void steps(void)
{
	uint64_t size;
	heading("steps");
	TRUE(rados_create_write_op, "makes one", (op = rados_create_write_op()) != NULL);
	CALL(rados_write_op_operate, "empty, no object", op, io, "w", NULL, 0);
	DO(rados_release_write_op, "released", op);
	CALL(rados_stat, "what that made", io, "w", &size, NULL);
	begin();
	DO(rados_write_op_create, "exclusive", op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	DO(rados_write_op_write, "at 0", op, "hello", 5, 0);
	DO(rados_write_op_append, "more", op, " world", 6);
	DO(rados_write_op_setxattr, "one", op, "a", "1", 1);
	end("created, written, appended", "w", 0);
	content("w");
	begin();
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	rados_write_op_write(op, "HELLO", 5, 0);
	end("exclusive, there already", "w", 0);
	content("w");
	begin();
	rados_write_op_create(op, LIBRADOS_CREATE_IDEMPOTENT, "category");
	end("idempotent, there already", "w", 0);
	begin();
	DO(rados_write_op_zero, "two bytes", op, 1, 2);
	end("zero", "w", 0);
	content("w");
	begin();
	rados_write_op_zero(op, 9, 100);
	end("zero beyond the end", "w", 0);
	content("w");
	begin();
	rados_write_op_zero(op, 0, 100);
	end("zero of no object", "nobody", 0);
	CALL(rados_stat, "what that made", io, "nobody", &size, NULL);
	begin();
	DO(rados_write_op_truncate, "to 4", op, 4);
	end("truncate", "w", 0);
	content("w");
	begin();
	rados_write_op_truncate(op, 4);
	end("truncate of no object", "nobody", 0);
	CALL(rados_stat, "what that made", io, "nobody", &size, NULL);
	begin();
	rados_write_op_truncate(op, 1ull << 40);
	end("truncate beyond the largest object", "w", 0);
	begin();
	DO(rados_write_op_write_full, "anew", op, "full", 4);
	rados_write_op_append(op, "er", 2);
	end("write_full", "w", 0);
	content("w");
	begin();
	rados_write_op_write_full(op, "", 0);
	end("write_full of nothing", "w", 0);
	content("w");
	begin();
	DO(rados_write_op_writesame, "ab four times", op, "ab", 2, 8, 1);
	end("writesame", "w", 0);
	content("w");
	begin();
	rados_write_op_writesame(op, "abc", 3, 8, 0);
	end("writesame, not a multiple", "w", 0);
	begin();
	rados_write_op_write(op, "x", 1, 1ull << 40);
	end("write beyond the largest object", "w", 0);
	begin();
	rados_write_op_write(op, "", 0, 20);
	end("write of no bytes beyond the end", "w", 0);
	CALL(rados_stat, "what that made", io, "w", &size, NULL);
	number("size", (long long)size);
	begin();
	DO(rados_write_op_set_alloc_hint, "hint", op, 4096, 4096);
	DO(rados_write_op_set_alloc_hint2, "hint with flags", op, 4096, 4096, LIBRADOS_ALLOC_HINT_FLAG_LOG);
	end("hints alone, no object", "hinted", 0);
	CALL(rados_stat, "what that made", io, "hinted", &size, NULL);
	begin();
	DO(rados_write_op_remove, "all", op);
	end("remove", "w", 0);
	CALL(rados_stat, "when removed", io, "w", &size, NULL);
	begin();
	rados_write_op_remove(op);
	end("remove of no object", "w", 0);
	begin();
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	rados_write_op_remove(op);
	end("created and removed in one", "w", 0);
	CALL(rados_stat, "what that left", io, "w", &size, NULL);
	begin();
	rados_write_op_write_full(op, "one", 3);
	rados_write_op_remove(op);
	rados_write_op_write_full(op, "three", 5);
	end("written, removed, written", "w", 0);
	content("w");
	begin();
	rados_write_op_remove(op);
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	end("removed, created exclusively", "w", 0);
	content("w");
	begin();
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	end("an object without a name", "", 0);
}

static void guards(void)
{
	int rval = 77, second = 77;
	heading("guards");
	rados_write_full(io, "g", "0123456789", 10);
	uint64_t version = rados_get_last_version(io);
	begin();
	DO(rados_write_op_assert_exists, "it does", op);
	rados_write_op_write(op, "A", 1, 0);
	end("assert_exists", "g", 0);
	begin();
	rados_write_op_assert_exists(op);
	rados_write_op_write(op, "A", 1, 0);
	end("assert_exists of no object", "nobody", 0);
	begin();
	DO(rados_write_op_assert_version, "an old one", op, version);
	rados_write_op_write(op, "B", 1, 0);
	end("assert_version, the object is newer", "g", 0);
	version = rados_get_last_version(io);
	rados_write(io, "g", "0", 1, 0);
	version = rados_get_last_version(io);
	begin();
	rados_write_op_assert_version(op, version + 100);
	rados_write_op_write(op, "B", 1, 0);
	end("assert_version, the object is older", "g", 0);
	begin();
	rados_write_op_assert_version(op, version);
	rados_write_op_write(op, "B", 1, 0);
	end("assert_version, the same", "g", 0);
	begin();
	rados_write_op_assert_version(op, version);
	rados_write_op_write(op, "B", 1, 0);
	end("assert_version of no object", "nobody", 0);
	begin();
	rados_write_op_assert_version(op, 0);
	rados_write_op_write(op, "B", 1, 0);
	end("assert_version 0", "g", 0);
	content("g");

	begin();
	DO(rados_write_op_cmpext, "equal", op, "123", 3, 1, &rval);
	rados_write_op_write(op, "C", 1, 0);
	end("cmpext, equal", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_cmpext(op, "12x", 3, 1, &rval);
	rados_write_op_write(op, "D", 1, 0);
	end("cmpext, differs at the third", "g", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_cmpext(op, "12x", 3, 1, &rval);
	rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
	rados_write_op_write(op, "E", 1, 0);
	end("cmpext, differs, FAILOK", "g", 0);
	number("rval", rval);
	content("g");
	rval = second = 77;
	begin();
	rados_write_op_write(op, "F", 1, 0);
	rados_write_op_cmpext(op, "F", 1, 0, &rval);
	rados_write_op_cmpext(op, "G", 1, 0, &second);
	end("written, then compared with what was written", "g", 0);
	number("rval", rval);
	number("second rval", second);
	content("g");
	rval = 77;
	begin();
	rados_write_op_cmpext(op, "123", 3, 1, &rval);
	end("cmpext of no object", "nobody", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_cmpext(op, "\0\0", 2, 0, &rval);
	rados_write_op_write(op, "new", 3, 0);
	end("cmpext of no object with zeros", "nobody", 0);
	number("rval", rval);
	rados_remove(io, "nobody");

	begin();
	DO(rados_write_op_cmpxattr, "not there", op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1);
	rados_write_op_setxattr(op, "a", "1", 1);
	end("cmpxattr, no such attribute", "g", 0);
	rados_setxattr(io, "g", "a", "1", 1);
	begin();
	rados_write_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1);
	rados_write_op_setxattr(op, "a", "2", 1);
	end("cmpxattr, equal", "g", 0);
	begin();
	rados_write_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1);
	rados_write_op_setxattr(op, "a", "3", 1);
	end("cmpxattr, not equal", "g", 0);
	begin();
	rados_write_op_write(op, "gone", 4, 0);
	rados_write_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1);
	end("a guard at the end undoes all", "g", 0);
	content("g");
	begin();
	DO(rados_write_op_omap_cmp, "not there", op, "k", LIBRADOS_CMPXATTR_OP_EQ, "v", 1, &rval);
	end("omap_cmp, no such key", "g", 0);
	number("rval", rval);
}

static void flags(void)
{
	static const struct {
		int flag;
		const char *name;
	} whole[] = { OPERATION_FLAGS,
		      { LIBRADOS_OPERATION_RETURNVEC, "RETURNVEC" } };
	static const struct {
		int flag;
		const char *name;
	} each[] = { { LIBRADOS_OP_FLAG_FADVISE_RANDOM, "FADVISE_RANDOM" },
		     { LIBRADOS_OP_FLAG_FADVISE_SEQUENTIAL, "FADVISE_SEQUENTIAL" },
		     { LIBRADOS_OP_FLAG_FADVISE_WILLNEED, "FADVISE_WILLNEED" },
		     { LIBRADOS_OP_FLAG_FADVISE_DONTNEED, "FADVISE_DONTNEED" },
		     { LIBRADOS_OP_FLAG_FADVISE_NOCACHE, "FADVISE_NOCACHE" },
		     { LIBRADOS_OP_FLAG_FADVISE_FUA, "FADVISE_FUA" } };
	heading("flags");
	for (size_t i = 0; i < COUNT(whole); i++) {
		begin();
		rados_write_op_write_full(op, whole[i].name, strlen(whole[i].name));
		end(whole[i].name, "flags", whole[i].flag);
	}
	content("flags");
	for (size_t i = 0; i < COUNT(each); i++) {
		begin();
		rados_write_op_write_full(op, each[i].name, strlen(each[i].name));
		DO(rados_write_op_set_flags, each[i].name, op, each[i].flag);
		end(each[i].name, "flags", 0);
	}
	content("flags");
	begin();
	rados_write_op_create(op, LIBRADOS_CREATE_IDEMPOTENT, NULL);
	rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_EXCL);
	end("create, EXCL by flag", "flags", 0);
	begin();
	rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
	rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
	rados_write_op_write_full(op, "went on", 7);
	end("create exclusively, FAILOK", "flags", 0);
	content("flags");
	begin();
	rados_write_op_rmxattr(op, "none");
	rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
	rados_write_op_truncate(op, 2);
	end("rmxattr, FAILOK", "flags", 0);
	content("flags");
}

static void classes(void)
{
	int rval = 77;
	char buf[32];
	heading("classes");
	begin();
	DO(rados_write_op_exec, "hello.record_hello", op, "hello", "record_hello", "you", 3, &rval);
	end("exec", "class", 0);
	number("rval", rval);
	content("class");
	rval = 77;
	begin();
	rados_write_op_exec(op, "hello", "record_hello", "me", 2, &rval);
	end("exec, there already", "class", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_exec(op, "hello", "no_method", "me", 2, &rval);
	end("exec, no such method", "class", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_exec(op, "no_class", "no_method", "me", 2, &rval);
	end("exec, no such class", "class", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_exec(op, "hello", "write_return_data", "", 0, &rval);
	end("exec, an answer without RETURNVEC", "class", 0);
	number("rval", rval);
	rval = 77;
	begin();
	rados_write_op_exec(op, "hello", "write_return_data", "", 0, &rval);
	end("exec, an answer with RETURNVEC", "class", LIBRADOS_OPERATION_RETURNVEC);
	number("rval", rval);
	number("attribute", rados_getxattr(io, "class", "foo", buf, sizeof(buf)));
	rval = 77;
	begin();
	rados_write_op_write_full(op, "x", 1);
	rados_write_op_exec(op, "hello", "record_hello", "me", 2, &rval);
	end("exec sees what was written before", "class2", 0);
	number("rval", rval);
	CALL(rados_stat, "what that made", io, "class2", NULL, NULL);
}

static void times(void)
{
	time_t then = 1500000000, mtime = 0;
	rados_completion_t c;
	heading("times and completions");
	begin();
	rados_write_op_write_full(op, "then", 4);
	CALL(rados_write_op_operate, "a time of its own", op, io, "t", &then, 0);
	rados_release_write_op(op);
	CALL(rados_stat, "that time", io, "t", NULL, &mtime);
	number("mtime", mtime);
	begin();
	rados_write_op_append(op, " and now", 8);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	then++;
	CALL(rados_aio_write_op_operate, "submitted", op, io, c, "t", &then, 0);
	rados_release_write_op(op);
	CALL(rados_aio_wait_for_complete, "of it", c);
	CALL(rados_aio_get_return_value, "of it", c);
	TRUE(rados_aio_get_version, "of it", rados_aio_get_version(c) > 0);
	rados_aio_release(c);
	CALL(rados_stat, "that time", io, "t", NULL, &mtime);
	number("mtime", mtime);
	content("t");
	begin();
	rados_write_op_assert_exists(op);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_write_op_operate, "no object", op, io, c, "nobody", NULL, 0);
	rados_release_write_op(op);
	rados_aio_wait_for_complete(c);
	CALL(rados_aio_get_return_value, "no object", c);
	rados_aio_release(c);
	begin();
	rados_write_op_write_full(op, "again", 5);
	end("the first time", "twice", 0);
}

int main(void)
{
	start("write_ops");
	steps();
	guards();
	flags();
	classes();
	times();
	return finish();
}
