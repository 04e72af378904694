/* Watches on objects and notifies to them. */
#include "compare.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int notified, old_notified, old_opcode = 77, lost, lost_why, deaf;
static char heard[256];
static size_t heard_len;
static uint64_t heard_cookie;
static rados_completion_t c;

static int wait_until(int *what, int n)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	pthread_mutex_lock(&lock);
	while (*what < n && pthread_cond_timedwait(&changed, &lock, &until) == 0)
		;
	int have = *what;
	pthread_mutex_unlock(&lock);
	return have;
}

static void on_notify(void *arg, uint64_t notify_id, uint64_t cookie, uint64_t notifier, void *data, size_t len)
{
	(void)notifier;
	pthread_mutex_lock(&lock);
	notified++;
	heard_len = len < sizeof(heard) ? len : sizeof(heard);
	if (data)
		memcpy(heard, data, heard_len);
	heard_cookie = cookie;
	int silent = deaf;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	if (!silent) {
		int r = rados_notify_ack(io, "w", notify_id, cookie, arg, arg ? (int)strlen(arg) : 0);
		if (r < 0)
			number("notify_ack", r);
	}
}

static void on_error(void *arg, uint64_t cookie, int err)
{
	(void)arg, (void)cookie;
	pthread_mutex_lock(&lock);
	lost++;
	lost_why = err;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void on_old(uint8_t opcode, uint64_t ver, void *arg)
{
	(void)ver;
	pthread_mutex_lock(&lock);
	old_notified += arg == heard;
	old_opcode = opcode;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* Those who answered come in no order. */
static int longer_first(const void *a, const void *b)
{
	size_t one = ((const notify_ack_t *)a)->payload_len, other = ((const notify_ack_t *)b)->payload_len;
	return (one < other) - (one > other);
}

static void reply(char *buffer, size_t len)
{
	notify_ack_t *acks = NULL;
	notify_timeout_t *timeouts = NULL;
	size_t n_acks = 77, n_timeouts = 77;
	CALL(rados_decode_notify_response, "the reply", buffer, len, &acks, &n_acks, &timeouts, &n_timeouts);
	number("acks", (long long)n_acks);
	if (acks)
		qsort(acks, n_acks, sizeof(*acks), longer_first);
	for (size_t i = 0; i < n_acks; i++) {
		bytes("payload", acks[i].payload, acks[i].payload_len);
		TRUE(rados_decode_notify_response, "the watcher is this client",
		     acks[i].notifier_id == rados_get_instance_id(cluster));
	}
	number("timeouts", (long long)n_timeouts);
	for (size_t i = 0; i < n_timeouts; i++)
		TRUE(rados_decode_notify_response, "the late one is this client",
		     timeouts[i].notifier_id == rados_get_instance_id(cluster));
	DO(rados_free_notify_response, "the reply", acks, n_acks, timeouts);
	rados_buffer_free(buffer);
}

static void watches(void)
{
	uint64_t cookie = 0, second = 0;
	char *buffer = NULL;
	size_t len = 77;
	heading("watch2 and notify2");
	CALL(rados_watch2, "no such object", io, "nobody", &cookie, on_notify, on_error, NULL);
	rados_write_full(io, "w", "x", 1);
	CALL(rados_notify2, "nobody watches", io, "w", "hey", 3, 0, &buffer, &len);
	reply(buffer, len);
	CALL(rados_notify2, "no such object", io, "nobody", "hey", 3, 0, &buffer, &len);
	printf("    buffer %s, %zu\n", buffer ? "set" : "NULL", len);
	CALL(rados_watch2, "an object", io, "w", &cookie, on_notify, on_error, "answer");
	TRUE(rados_watch_check, "just made", rados_watch_check(io, cookie) >= 0);
	CALL(rados_notify2, "one watches", io, "w", "hey", 3, 0, &buffer, &len);
	reply(buffer, len);
	number("heard", notified);
	bytes("said", heard, heard_len);
	TRUE(rados_watch2, "told the watch's cookie", heard_cookie == cookie);
	CALL(rados_notify2, "nothing said", io, "w", NULL, 0, 0, NULL, NULL);
	number("heard", notified);
	bytes("said", heard, heard_len);
	CALL(rados_watch2, "again", io, "w", &second, on_notify, on_error, NULL);
	TRUE(rados_watch2, "another cookie", second != cookie);
	CALL(rados_notify2, "two watch", io, "w", "both", 4, 0, &buffer, &len);
	number("heard", notified);
	reply(buffer, len);
	CALL(rados_unwatch2, "the second", io, second);
	deaf = 1;
	CALL(rados_notify2, "nobody answers", io, "w", "hey", 3, 1000, &buffer, &len);
	reply(buffer, len);
	deaf = 0;
	CALL(rados_notify_ack, "no such notify", io, "w", 12345, cookie, "x", 1);
	CALL(rados_watch_flush, "all delivered", cluster);
	CALL(rados_unwatch2, "the first", io, cookie);
	CALL(rados_notify2, "nobody watches any more", io, "w", "hey", 3, 0, NULL, NULL);
}

static void older(void)
{
	uint64_t cookie = 0;
	heading("watch and notify");
	CALL(rados_watch, "no such object", io, "nobody", 0, &cookie, on_old, heard);
	CALL(rados_watch, "an object", io, "w", 0, &cookie, on_old, heard);
	CALL(rados_notify, "one watches", io, "w", 0, "hey", 3);
	number("heard", wait_until(&old_notified, 1));
	number("opcode", old_opcode);
	CALL(rados_unwatch, "it", io, "w", cookie);
	CALL(rados_notify, "no such object", io, "nobody", 0, "hey", 3);
	CALL(rados_notify, "nobody watches", io, "w", 0, NULL, 0);
}

static void timed(void)
{
	uint64_t cookie = 0;
	heading("watch3");
	CALL(rados_watch3, "an object", io, "w", &cookie, on_notify, on_error, 60, NULL);
	TRUE(rados_watch_check, "just made", rados_watch_check(io, cookie) >= 0);
	CALL(rados_unwatch2, "it", io, cookie);
	CALL(rados_watch3, "no such object", io, "nobody", &cookie, on_notify, on_error, 60, NULL);

	heading("a removed object");
	rados_write_full(io, "gone", "x", 1);
	CALL(rados_watch3, "an object", io, "gone", &cookie, on_notify, on_error, 30, NULL);
	CALL(rados_remove, "a watched object", io, "gone");
	number("told", wait_until(&lost, 1));
	number("why", lost_why);
	CALL(rados_watch_check, "of the lost one", io, cookie);
	CALL(rados_unwatch2, "the lost one", io, cookie);
}

static rados_completion_t fresh(void)
{
	must("rados_aio_create_completion2", rados_aio_create_completion2(NULL, NULL, &c));
	return c;
}

static void finished(void)
{
	if (answer >= 0) {
		rados_aio_wait_for_complete(c);
		number("returned", rados_aio_get_return_value(c));
	}
	rados_aio_release(c);
}

static void asynchronous(void)
{
	uint64_t cookie = 0, second = 0;
	char *buffer = NULL;
	size_t len = 77;
	heading("asynchronous");
	CALL(rados_aio_watch, "an object", io, "w", fresh(), &cookie, on_notify, on_error, "one");
	finished();
	CALL(rados_aio_watch2, "with a time-out", io, "w", fresh(), &second, on_notify, on_error, 60, "one");
	finished();
	TRUE(rados_watch_check, "both", rados_watch_check(io, cookie) >= 0 && rados_watch_check(io, second) >= 0);
	CALL(rados_aio_watch, "no such object", io, "nobody", fresh(), &cookie, on_notify, on_error, NULL);
	finished();
	CALL(rados_aio_notify, "two watch", io, "w", fresh(), "hey", 3, 10000, &buffer, &len);
	finished();
	reply(buffer, len);
	buffer = NULL;
	len = 77;
	CALL(rados_aio_notify, "no such object", io, "nobody", fresh(), "hey", 3, 10000, &buffer, &len);
	finished();
	printf("    buffer %s, %zu\n", buffer ? "set" : "NULL", len);
	CALL(rados_aio_unwatch, "the second", io, second, fresh());
	finished();
	CALL(rados_aio_watch_flush, "all delivered", cluster, fresh());
	finished();
}

static void refused(void)
{
	notify_ack_t *acks;
	notify_timeout_t *timeouts;
	size_t n_acks, n_timeouts;
	char garbage[5] = { 1, 0, 0, 0, 9 };
	heading("what is no reply");
	CALL(rados_decode_notify_response, "nothing", garbage, 0, &acks, &n_acks, &timeouts, &n_timeouts);
}

int main(void)
{
	start("watch");
	watches();
	older();
	timed();
	asynchronous();
	refused();
	rados_watch_flush(cluster);
	return finish();
}
