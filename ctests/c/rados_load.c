/* Many threads, mixed requests on few objects, with watchers that are notified meanwhile, callbacks that call back into the
 * library, calls that are given up, contexts that are closed with requests under way, and clients that come, watch, and go
 * while they are called.
 *
 * LOAD_THREADS (64), LOAD_REQUESTS (300 for each thread), LOAD_SEED. Every callback must have come once at the end. */
#include "rados_check.h"

#include <stdatomic.h>
#include <time.h>

#define OBJECTS 100
#define WINDOW 32

static int requests = 300;
static atomic_long started, called, notified, bad, cancelled, visits;

struct request {
	rados_completion_t completion;
	rados_ioctx_t io;
	char object[24];
	char buf[512];
	atomic_int done;
};

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

static void complete(rados_completion_t c, void *arg)
{
	struct request *request = arg;
	int value = rados_aio_get_return_value(c);
	if (!rados_aio_is_complete(c) || (value < 0 && value != -ENOENT && value != -ECANCELED && value != -EEXIST &&
					  value != -ENODATA))
		bad++;
	if (value == -ECANCELED)
		cancelled++;
	/* Back into the library, on its own thread. */
	uint64_t size;
	int r = rados_stat(io, request->object, &size, NULL);
	if (r < 0 && r != -ENOENT)
		bad++;
	called++;
	request->done = 1;
}

static void watched(void *arg, uint64_t id, uint64_t cookie, uint64_t notifier, void *data, size_t len)
{
	(void)notifier;
	(void)data;
	(void)len;
	notified++;
	rados_notify_ack(io, arg, id, cookie, "y", 1);
}

static void lost(void *arg, uint64_t cookie, int err)
{
	(void)arg;
	(void)cookie;
	(void)err;
}

/* A client of its own. */
struct visit {
	rados_ioctx_t io;
	const char *object;
	atomic_int called;
	atomic_int gone;
};

static void visitor_called(rados_completion_t c, void *arg)
{
	struct visit *visit = arg;
	if (!rados_aio_is_complete(c) || visit->gone)
		bad++;
	visit->called++;
}

static void visitor_notified(void *arg, uint64_t id, uint64_t cookie, uint64_t notifier, void *data, size_t len)
{
	struct visit *visit = arg;
	(void)notifier;
	(void)data;
	(void)len;
	if (visit->gone)
		bad++;
	rados_notify_ack(visit->io, visit->object, id, cookie, "v", 1);
}

static void visitor_lost(void *arg, uint64_t cookie, int err)
{
	struct visit *visit = arg;
	(void)cookie;
	(void)err;
	if (visit->gone)
		bad++;
}

/* Comes, watches twice, ends one of the two, and goes with the other, and with callbacks on their way. */
static void come_and_go(unsigned *seed)
{
	rados_t own;
	char name[24];
	uint64_t cookies[2];
	static const int writes = 8;
	rados_completion_t completions[8];
	struct visit visit = {.object = name};
	snprintf(name, sizeof(name), "watched%u", next_random(seed) % 4);
	must("rados_create", rados_create(&own, NULL));
	must("rados_conf_read_file", rados_conf_read_file(own, NULL));
	must("rados_connect", rados_connect(own));
	must("ioctx", rados_ioctx_create(own, "rbd", &visit.io));
	rados_ioctx_set_namespace(visit.io, "c-load");
	for (int i = 0; i < 2; i++)
		if (rados_watch2(visit.io, name, &cookies[i], visitor_notified, visitor_lost, &visit) < 0)
			bad++;
	for (int i = 0; i < writes; i++) {
		must("create", rados_aio_create_completion2(&visit, visitor_called, &completions[i]));
		if (rados_aio_write(visit.io, "visited", completions[i], "visitor", 7, 7 * (uint64_t)i) < 0)
			bad++;
	}
	if (rados_unwatch2(visit.io, cookies[0]) < 0)
		bad++;
	/* Ceph's library forgets what is under way when a client goes; an embedded store (STORE) ends it before. */
	int waits = !getenv("STORE") || next_random(seed) % 2;
	for (int i = 0; i < writes; i++) {
		if (waits)
			rados_aio_wait_for_complete(completions[i]);
		rados_aio_release(completions[i]);
	}
	rados_ioctx_destroy(visit.io);
	rados_shutdown(own);
	visit.gone = 1;
	if (visit.called != writes)
		bad++;
	visits++;
}

static int submit(struct request *request, unsigned kind)
{
	rados_completion_t c = request->completion;
	const char *object = request->object;
	switch (kind) {
	case 0:
	case 1:
		return rados_aio_write(request->io, object, c, request->buf, sizeof(request->buf), kind * 256);
	case 2:
	case 3:
	case 4:
		return rados_aio_read(request->io, object, c, request->buf, sizeof(request->buf), 0);
	case 5:
		return rados_aio_write_full(request->io, object, c, request->buf, 100);
	case 6:
		return rados_aio_append(request->io, object, c, request->buf, 50);
	case 7:
		return rados_aio_remove(request->io, object, c);
	case 8:
		return rados_aio_stat(request->io, object, c, NULL, NULL);
	case 9:
		return rados_aio_setxattr(request->io, object, c, "attr", request->buf, 20);
	case 10:
		return rados_aio_getxattr(request->io, object, c, "attr", request->buf, sizeof(request->buf));
	default: {
		rados_write_op_t op = rados_create_write_op();
		const char *keys = "key", *values = "value";
		size_t len = 5;
		rados_write_op_create(op, LIBRADOS_CREATE_IDEMPOTENT, NULL);
		rados_write_op_omap_set(op, &keys, &values, &len, 1);
		int r = rados_aio_write_op_operate(op, request->io, c, object, NULL, 0);
		rados_release_write_op(op);
		return r;
	}
	}
}

static void *work(void *arg)
{
	unsigned seed = (unsigned)(size_t)arg;
	struct request *window = calloc(WINDOW, sizeof(*window));
	rados_ioctx_t own = NULL;
	for (int i = 0; i < requests; i++) {
		struct request *request = &window[i % WINDOW];
		if (request->completion) {
			rados_aio_wait_for_complete_and_cb(request->completion);
			rados_aio_release(request->completion);
			if (!request->done)
				bad++;
		}
		/* A context ends while its requests are under way. */
		if (i % 50 == 0) {
			if (own)
				rados_ioctx_destroy(own);
			must("ioctx", rados_ioctx_create(cluster, "rbd", &own));
			rados_ioctx_set_namespace(own, "c-load");
		}
		snprintf(request->object, sizeof(request->object), "load%u", next_random(&seed) % OBJECTS);
		request->io = own;
		request->done = 0;
		must("create", rados_aio_create_completion2(request, complete, &request->completion));
		int r = submit(request, next_random(&seed) % 12);
		if (r < 0) {
			bad++;
			rados_aio_release(request->completion);
			request->completion = NULL;
			continue;
		}
		started++;
		if (next_random(&seed) % 16 == 0)
			rados_aio_cancel(own, request->completion);
		if (next_random(&seed) % 128 == 0)
			come_and_go(&seed);
		if (next_random(&seed) % 64 == 0) {
			char name[24], *reply = NULL;
			size_t len = 0;
			snprintf(name, sizeof(name), "watched%u", next_random(&seed) % 4);
			r = rados_notify2(own, name, "x", 1, 60000, &reply, &len);
			if (r < 0)
				bad++;
			rados_buffer_free(reply);
		}
	}
	for (int i = 0; i < WINDOW; i++) {
		if (window[i].completion) {
			rados_aio_wait_for_complete_and_cb(window[i].completion);
			rados_aio_release(window[i].completion);
		}
	}
	rados_ioctx_destroy(own);
	free(window);
	return NULL;
}

int main(void)
{
	const char *env = getenv("LOAD_THREADS");
	int threads = env ? atoi(env) : 64;
	if ((env = getenv("LOAD_REQUESTS")))
		requests = atoi(env);
	env = getenv("LOAD_SEED");
	unsigned seed = env ? (unsigned)atoi(env) : (unsigned)time(NULL);
	printf("%d threads, %d requests each, seed %u\n", threads, requests, seed);
	start("c-load");
	static char names[4][16];
	uint64_t cookies[4];
	for (int i = 0; i < 4; i++) {
		snprintf(names[i], sizeof(names[i]), "watched%d", i);
		is("write", rados_write_full(io, names[i], "x", 1), 0);
		is("watch", rados_watch2(io, names[i], &cookies[i], watched, lost, names[i]), 0);
	}
	pthread_t *thread = calloc((size_t)threads, sizeof(*thread));
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, (void *)(size_t)(seed + (unsigned)i));
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	for (int i = 0; i < 4; i++)
		is("unwatch", rados_unwatch2(io, cookies[i]), 0);
	is("calls back", called, started);
	is("started", started, (long long)threads * requests);
	is("nothing unexpected", bad, 0);
	printf("%ld given up in time, %ld notified, %ld visits\n", cancelled, notified, visits);
	rados_remove(io, "visited");
	char name[24];
	for (int i = 0; i < OBJECTS; i++) {
		snprintf(name, sizeof(name), "load%d", i);
		rados_remove(io, name);
	}
	for (int i = 0; i < 4; i++)
		rados_remove(io, names[i]);
	return finish();
}
