/* Asynchronous calls: results, callbacks that call back, releases before the end, flushes, notifies. */
#include "rados_check.h"

#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int called;
static atomic_int value_seen;

static void count(rados_completion_t c, void *arg)
{
	char buf[8];
	(void)arg;
	/* The library may be called from here. */
	rados_read(io, "aio", buf, sizeof(buf), 0);
	pthread_mutex_lock(&lock);
	called++;
	value_seen = rados_aio_get_return_value(c);
	pthread_mutex_unlock(&lock);
}

static void release_it(rados_completion_t c, void *arg)
{
	count(c, arg);
	rados_aio_release(c);
}

static void calls(void)
{
	rados_completion_t c;
	char buf[64];
	is("create", rados_aio_create_completion2(NULL, count, &c), 0);
	is("not complete", rados_aio_is_complete(c), 0);
	is("aio_write", rados_aio_write(io, "aio", c, "0123456789", 10, 0), 0);
	is("wait", rados_aio_wait_for_complete_and_cb(c), 0);
	is("complete", rados_aio_is_complete(c), 1);
	is("safe", rados_aio_is_safe(c), 1);
	is("complete and called", rados_aio_is_complete_and_cb(c), 1);
	is("value", rados_aio_get_return_value(c), 0);
	is("version", rados_aio_get_version(c) > 0, 1);
	is("called", called, 1);
	rados_aio_release(c);

	is("create", rados_aio_create_completion2(NULL, count, &c), 0);
	is("aio_read", rados_aio_read(io, "aio", c, buf, sizeof(buf), 2), 0);
	is("wait", rados_aio_wait_for_complete_and_cb(c), 0);
	is("bytes", rados_aio_get_return_value(c), 8);
	is("seen by the callback", value_seen, 8);
	is("data", memcmp(buf, "23456789", 8), 0);
	rados_aio_release(c);

	/* Both callbacks, and a release inside the first. */
	called = 0;
	is("create", rados_aio_create_completion(NULL, count, count, &c), 0);
	is("aio_append", rados_aio_append(io, "aio", c, "ab", 2), 0);
	is("wait", rados_aio_wait_for_complete_and_cb(c), 0);
	is("called twice", called, 2);
	rados_aio_release(c);

	called = 0;
	is("create", rados_aio_create_completion2(NULL, release_it, &c), 0);
	is("aio_remove", rados_aio_remove(io, "none", c), 0);
	for (int i = 0; i < 1000 && called == 0; i++)
		usleep(10000);
	is("called after release", called, 1);
	is("its value", value_seen, -ENOENT);

	/* Released at once: the call goes on, and the callback runs. */
	called = 0;
	is("create", rados_aio_create_completion2(NULL, count, &c), 0);
	is("aio_write_full", rados_aio_write_full(io, "aio", c, "full", 4), 0);
	rados_aio_release(c);
	is("flush", rados_aio_flush(io), 0);
	is("flushed", rados_read(io, "aio", buf, sizeof(buf), 0), 4);
	for (int i = 0; i < 1000 && called == 0; i++)
		usleep(10000);
	is("called all the same", called, 1);

	uint64_t size = 0;
	time_t mtime = 0;
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("aio_stat", rados_aio_stat(io, "aio", c, &size, &mtime), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("size", (long long)size, 4);
	rados_aio_release(c);
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("aio_getxattr", rados_aio_getxattr(io, "aio", c, "none", buf, sizeof(buf)), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("no attribute", rados_aio_get_return_value(c), -ENODATA);
	rados_aio_release(c);
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("aio_exec", rados_aio_exec(io, "aio", c, "hello", "say_hello", NULL, 0, buf, sizeof(buf)), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("exec value", rados_aio_get_return_value(c), 13);
	rados_aio_release(c);
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("aio_cmpext", rados_aio_cmpext(io, "aio", c, "fuLl", 4, 0), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("cmpext value", rados_aio_get_return_value(c), -4095 - 2);
	rados_aio_release(c);
}

enum { MANY = 2000 };

static void many(void)
{
	static rados_completion_t c[MANY];
	char name[32], data[512];
	called = 0;
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many-%d", i % 16);
		memset(data, i, sizeof(data));
		must("create", rados_aio_create_completion2(NULL, count, &c[i]));
		must("aio_write", rados_aio_write(io, name, c[i], data, sizeof(data), (uint64_t)(i / 16) * sizeof(data)));
	}
	rados_completion_t flushed;
	is("create", rados_aio_create_completion2(NULL, NULL, &flushed), 0);
	is("aio_flush_async", rados_aio_flush_async(io, flushed), 0);
	is("wait", rados_aio_wait_for_complete(flushed), 0);
	rados_aio_release(flushed);
	int complete = 0, good = 0;
	for (int i = 0; i < MANY; i++) {
		complete += rados_aio_is_complete(c[i]);
		rados_aio_wait_for_complete_and_cb(c[i]);
		good += rados_aio_get_return_value(c[i]) == 0;
		rados_aio_release(c[i]);
	}
	is("all complete after the flush", complete, MANY);
	is("all good", good, MANY);
	is("all called", called, MANY);
	for (int i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		must("remove", rados_remove(io, name));
	}
}

static uint64_t cookie;
static int notified;

static void on_notify(void *arg, uint64_t id, uint64_t handle, uint64_t from, void *data, size_t len)
{
	char answer[64];
	(void)from;
	notified += arg == &cookie && handle == cookie && len == 4 && memcmp(data, "ping", 4) == 0;
	snprintf(answer, sizeof(answer), "pong %.*s", (int)len, (char *)data);
	rados_notify_ack(io, "watched", id, handle, answer, (int)strlen(answer));
}

static void on_error(void *arg, uint64_t handle, int err)
{
	(void)arg;
	printf("watch %llu lost: %d\n", (unsigned long long)handle, err);
}

static void watches(void)
{
	char *reply = NULL;
	size_t reply_len = 0, acks = 9, timeouts = 9;
	struct notify_ack_t *ack;
	struct notify_timeout_t *timeout;
	is("watch no object", rados_watch3(io, "none", &cookie, on_notify, on_error, 30, &cookie), -ENOENT);
	must("write", rados_write_full(io, "watched", "", 0));
	is("watch", rados_watch3(io, "watched", &cookie, on_notify, on_error, 30, &cookie), 0);
	is("watch_check", rados_watch_check(io, cookie) > 0, 1);
	is("notify2", rados_notify2(io, "watched", "ping", 4, 5000, &reply, &reply_len), 0);
	is("notified", notified, 1);
	is("decode", rados_decode_notify_response(reply, reply_len, &ack, &acks, &timeout, &timeouts), 0);
	is("acks", (long long)acks, 1);
	is("timeouts", (long long)timeouts, 0);
	is("who", ack[0].cookie == cookie && ack[0].notifier_id == rados_get_instance_id(cluster), 1);
	is("what", ack[0].payload_len == 9 && memcmp(ack[0].payload, "pong ping", 9) == 0, 1);
	rados_free_notify_response(ack, acks, timeout);
	rados_buffer_free(reply);

	rados_completion_t c;
	is("create", rados_aio_create_completion2(NULL, NULL, &c), 0);
	is("aio_notify", rados_aio_notify(io, "watched", c, "ping", 4, 5000, &reply, &reply_len), 0);
	is("wait", rados_aio_wait_for_complete(c), 0);
	is("value", rados_aio_get_return_value(c), 0);
	is("reply", reply != NULL && reply_len > 8, 1);
	rados_buffer_free(reply);
	rados_aio_release(c);
	is("unwatch", rados_unwatch2(io, cookie), 0);
	is("watch_flush", rados_watch_flush(cluster), 0);
	is("notify nobody", rados_notify2(io, "watched", "ping", 4, 5000, &reply, &reply_len), 0);
	rados_buffer_free(reply);
	is("notified in all", notified, 2);
	is("remove watched", rados_remove(io, "watched"), 0);
}

int main(void)
{
	start("c-aio");
	calls();
	many();
	watches();
	is("remove", rados_remove(io, "aio"), 0);
	return finish();
}
