/* What came after 16.2. */
#include "compare.h"

static void on_notify(void *arg, uint64_t notify_id, uint64_t cookie, uint64_t notifier, void *data, size_t len)
{
	(void)arg, (void)notify_id, (void)cookie, (void)notifier, (void)data, (void)len;
}

static void times(void)
{
	struct timespec then = { 1500000000, 123456789 }, mtime = { 77, 77 };
	uint64_t size = 77;
	int rval = 77;
	rados_completion_t c;

	heading("nanoseconds");
	rados_write_op_t write = rados_create_write_op();
	rados_write_op_write_full(write, "hello", 5);
	CALL(rados_write_op_operate2, "a time of its own", write, io, "o", &then, 0);
	rados_release_write_op(write);
	CALL(rados_stat2, "an object", io, "o", &size, &mtime);
	number("size", (long long)size);
	number("seconds", mtime.tv_sec);
	number("nanoseconds", mtime.tv_nsec);
	size = 77;
	CALL(rados_stat2, "no object", io, "nobody", &size, &mtime);
	number("size", (long long)size);
	CALL(rados_stat2, "neither wanted", io, "o", NULL, NULL);
	write = rados_create_write_op();
	rados_write_op_append(write, "!", 1);
	then.tv_nsec = 5;
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_write_op_operate2, "submitted", write, io, c, "o", &then, 0);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
	rados_release_write_op(write);
	write = rados_create_write_op();
	rados_write_op_assert_exists(write);
	CALL(rados_write_op_operate2, "no object", write, io, "nobody", NULL, 0);
	rados_release_write_op(write);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_stat2, "submitted", io, "o", c, &size, &mtime);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
	number("size", (long long)size);
	number("seconds", mtime.tv_sec);
	number("nanoseconds", mtime.tv_nsec);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_stat2, "no object", io, "nobody", c, &size, &mtime);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
	rados_read_op_t read = rados_create_read_op();
	DO(rados_read_op_stat2, "size and time", read, &size, &mtime, &rval);
	CALL(rados_read_op_operate, "stat2", read, io, "o", 0);
	rados_release_read_op(read);
	number("rval", rval);
	number("nanoseconds", mtime.tv_nsec);
	rval = 77;
	read = rados_create_read_op();
	rados_read_op_stat2(read, &size, &mtime, &rval);
	CALL(rados_read_op_operate, "stat2 of no object", read, io, "nobody", 0);
	rados_release_read_op(read);
	number("rval", rval);
}

/* 16.2 follows the freed watch. */
static void watches(void)
{
	uint64_t cookie = 0;
	heading("a watch that has ended");
	CALL(rados_watch2, "an object", io, "o", &cookie, on_notify, NULL, NULL);
	CALL(rados_unwatch2, "it", io, cookie);
	CALL(rados_unwatch2, "again", io, cookie);
	CALL(rados_unwatch, "again", io, "o", cookie);
	CALL(rados_watch_check, "of it", io, cookie);
}

int main(void)
{
	start("newer");
	times();
	watches();
	return finish();
}
