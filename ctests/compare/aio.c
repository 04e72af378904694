/* Asynchronous calls, and the completions that tell of their end. */
#include "compare.h"

static rados_completion_t c;
static int completes, safes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void on_complete(rados_completion_t which, void *arg)
{
	(void)which;
	pthread_mutex_lock(&lock);
	completes += *(int *)arg;
	pthread_mutex_unlock(&lock);
}

static void on_safe(rados_completion_t which, void *arg)
{
	(void)which;
	pthread_mutex_lock(&lock);
	safes += *(int *)arg;
	pthread_mutex_unlock(&lock);
}

static rados_completion_t fresh(void)
{
	must("rados_aio_create_completion2", rados_aio_create_completion2(NULL, NULL, &c));
	return c;
}

static int finished(void)
{
	/* What was refused at once never completes. */
	if (answer < 0) {
		rados_aio_release(c);
		return 0;
	}
	rados_aio_wait_for_complete(c);
	int r = rados_aio_get_return_value(c);
	rados_aio_release(c);
	number("returned", r);
	return r;
}

static void completions(void)
{
	static int one = 1;
	heading("completions");
	CALL(rados_aio_create_completion, "both callbacks", &one, on_complete, on_safe, &c);
	CALL(rados_aio_is_complete, "not submitted", c);
	CALL(rados_aio_is_safe, "not submitted", c);
	CALL(rados_aio_is_complete_and_cb, "not submitted", c);
	CALL(rados_aio_is_safe_and_cb, "not submitted", c);
	CALL(rados_aio_write, "with both", io, "o", c, "hello", 5, 0);
	CALL(rados_aio_wait_for_complete, "a write", c);
	CALL(rados_aio_wait_for_safe, "a write", c);
	CALL(rados_aio_wait_for_complete_and_cb, "a write", c);
	CALL(rados_aio_wait_for_safe_and_cb, "a write", c);
	CALL(rados_aio_is_complete, "at the end", c);
	CALL(rados_aio_is_safe, "at the end", c);
	CALL(rados_aio_is_complete_and_cb, "at the end", c);
	CALL(rados_aio_is_safe_and_cb, "at the end", c);
	CALL(rados_aio_get_return_value, "a write", c);
	TRUE(rados_aio_get_version, "a write's", rados_aio_get_version(c) == rados_get_last_version(io) ||
						    rados_aio_get_version(c) > 0);
	DO(rados_aio_release, "at the end", c);
	number("called for complete", completes);
	number("called for safe", safes);
	content("o");
	CALL(rados_aio_create_completion2, "one callback", &one, on_complete, &c);
	CALL(rados_aio_append, "with one", io, "o", c, " world", 6);
	CALL(rados_aio_wait_for_complete_and_cb, "an append", c);
	rados_aio_release(c);
	number("called for complete", completes);
	CALL(rados_aio_create_completion, "no callback", NULL, NULL, NULL, &c);
	DO(rados_aio_release, "never used", c);
}

static void writes(void)
{
	heading("writes");
	CALL(rados_aio_write, "over a part", io, "o", fresh(), "HELLO", 5, 0);
	finished();
	CALL(rados_aio_append, "more", io, "o", fresh(), "!", 1);
	finished();
	content("o");
	CALL(rados_aio_write_full, "anew", io, "o", fresh(), "anew", 4);
	finished();
	CALL(rados_aio_writesame, "twice", io, "o", fresh(), "ab", 2, 4, 2);
	finished();
	content("o");
	CALL(rados_aio_writesame, "not a multiple", io, "o", fresh(), "ab", 2, 5, 0);
	finished();
	CALL(rados_aio_write, "beyond the largest object", io, "o", fresh(), "x", 1, 1ull << 40);
	finished();
	CALL(rados_aio_write, "no bytes", io, "o", fresh(), "", 0, 0);
	finished();
	rados_completion_t unused = fresh();
	CALL(rados_aio_write, "the largest length refused", io, "o", unused, "x", 0x80000000u, 0);
	CALL(rados_aio_write_full, "the largest length refused", io, "o", unused, "x", 0x80000000u);
	CALL(rados_aio_append, "the largest length refused", io, "o", unused, "x", 0x80000000u);
	rados_aio_release(unused);
	CALL(rados_aio_write, "an object without a name", io, "", fresh(), "x", 1, 0);
	finished();
	CALL(rados_aio_remove, "an object", io, "o", fresh());
	finished();
	CALL(rados_aio_remove, "again", io, "o", fresh());
	finished();
}

static void reads(void)
{
	char buf[32];
	uint64_t size = 77;
	time_t mtime = 0, now = time(NULL);
	heading("reads");
	rados_write_full(io, "r", "0123456789", 10);
	CALL(rados_aio_read, "all", io, "r", fresh(), buf, sizeof(buf), 0);
	bytes("read", buf, (size_t)finished());
	CALL(rados_aio_read, "a part", io, "r", fresh(), buf, 3, 4);
	bytes("read", buf, (size_t)finished());
	CALL(rados_aio_read, "beyond the end", io, "r", fresh(), buf, 3, 40);
	finished();
	CALL(rados_aio_read, "no bytes", io, "r", fresh(), buf, 0, 0);
	finished();
	CALL(rados_aio_read, "no object", io, "nobody", fresh(), buf, 3, 0);
	finished();
	rados_completion_t unused = fresh();
	CALL(rados_aio_read, "the largest length refused", io, "r", unused, buf, 0x80000000u, 0);
	rados_aio_release(unused);
	CALL(rados_aio_stat, "an object", io, "r", fresh(), &size, &mtime);
	finished();
	number("size", (long long)size);
	TRUE(rados_aio_stat, "the time is now", mtime >= now - 60 && mtime <= now + 60);
	size = mtime = 77;
	CALL(rados_aio_stat, "no object", io, "nobody", fresh(), &size, &mtime);
	finished();
	number("size", (long long)size);
	number("mtime", mtime);
	CALL(rados_aio_cmpext, "equal", io, "r", fresh(), "345", 3, 3);
	finished();
	CALL(rados_aio_cmpext, "differs at the third", io, "r", fresh(), "34x", 3, 3);
	finished();
	CALL(rados_aio_cmpext, "no object", io, "nobody", fresh(), "34x", 3, 3);
	finished();
	CALL(rados_aio_exec, "hello.say_hello", io, "r", fresh(), "hello", "say_hello", "you", 3, buf, sizeof(buf));
	bytes("out", buf, (size_t)finished());
	CALL(rados_aio_exec, "too little room", io, "r", fresh(), "hello", "say_hello", "you", 3, buf, 4);
	finished();
	CALL(rados_aio_exec, "no such method", io, "r", fresh(), "hello", "no_method", "you", 3, buf, sizeof(buf));
	finished();
	CALL(rados_aio_exec, "no such class", io, "r", fresh(), "no_class", "say_hello", "you", 3, buf, sizeof(buf));
	finished();
}

static void flushes(void)
{
	enum { N = 20 };
	rados_completion_t all[N];
	int complete = 0;
	heading("flush and cancel");
	for (int i = 0; i < N; i++) {
		must("completion", rados_aio_create_completion2(NULL, NULL, &all[i]));
		must("append", rados_aio_append(io, "flushed", all[i], "x", 1));
	}
	CALL(rados_aio_flush, "20 appends", io);
	for (int i = 0; i < N; i++) {
		complete += rados_aio_is_complete(all[i]);
		rados_aio_release(all[i]);
	}
	number("complete", complete);
	CALL(rados_aio_flush, "nothing", io);
	CALL(rados_aio_flush_async, "nothing", io, fresh());
	finished();
	for (int i = 0; i < N; i++) {
		must("completion", rados_aio_create_completion2(NULL, NULL, &all[i]));
		must("append", rados_aio_append(io, "flushed", all[i], "x", 1));
	}
	CALL(rados_aio_flush_async, "20 appends", io, fresh());
	finished();
	complete = 0;
	for (int i = 0; i < N; i++) {
		complete += rados_aio_is_complete(all[i]);
		rados_aio_release(all[i]);
	}
	number("complete", complete);
	uint64_t size = 0;
	rados_stat(io, "flushed", &size, NULL);
	number("size", (long long)size);
	fresh();
	must("write", rados_aio_write_full(io, "cancelled", c, "x", 1));
	rados_aio_wait_for_complete(c);
	CALL(rados_aio_cancel, "what is complete", io, c);
	finished();
}

int main(void)
{
	start("aio");
	completions();
	writes();
	reads();
	flushes();
	return finish();
}
