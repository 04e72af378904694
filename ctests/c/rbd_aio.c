/* Asynchronous I/O: completions with and without callbacks, waiting, polling, notification. */
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

#include "rbd_check.h"

#define KIB 1024ULL
#define SIZE (1024 * KIB)

static rbd_image_t image;
static char buf[512 * 1024], other[512 * 1024];

/* Waits, and tells the completion's value. */
static void done(const char *what, rbd_completion_t c, long long want)
{
	must("wait", rbd_aio_wait_for_complete(c));
	char name[128];
	snprintf(name, sizeof name, "%s: is_complete", what);
	is(name, rbd_aio_is_complete(c), 1);
	is(what, rbd_aio_get_return_value(c), want);
	rbd_aio_release(c);
}

static rbd_completion_t plain(void)
{
	rbd_completion_t c = NULL;
	must("create_completion", rbd_aio_create_completion(NULL, NULL, &c));
	return c;
}

static void values(void)
{
	rbd_completion_t c;
	uint64_t mismatch = 0;

	memset(other, 'a', sizeof other);
	is("aio_write", rbd_aio_write(image, 10, 100 * KIB, other, c = plain()), 0);
	done("write", c, 0);
	is("aio_write2", rbd_aio_write2(image, 0, 10, "0123456789", c = plain(), LIBRADOS_OP_FLAG_FADVISE_NOCACHE), 0);
	done("write2", c, 0);
	is("aio_read", rbd_aio_read(image, 0, 100 * KIB, buf, c = plain()), 0);
	done("read", c, 100 * KIB);
	is("bytes", memcmp(buf, "0123456789aaaa", 14), 0);
	is("aio_read2", rbd_aio_read2(image, SIZE - 10, 100, buf, c = plain(), 0), 0);
	done("read2 over the end", c, 10);
	is("aio_read", rbd_aio_read(image, SIZE + 1, 100, buf, c = plain()), 0);
	done("read past the end", c, -EINVAL);
	is("aio_write", rbd_aio_write(image, SIZE + 1, 100, buf, c = plain()), 0);
	done("write past the end", c, -EINVAL);
	is("aio_read", rbd_aio_read(image, 0, 0, buf, c = plain()), 0);
	done("read of nothing", c, 0);
	is("aio_write", rbd_aio_write(image, 0, 0, buf, c = plain()), 0);
	done("write of nothing", c, 0);
	is("aio_discard", rbd_aio_discard(image, 0, 64 * KIB, c = plain()), 0);
	done("discard", c, 0);
	is("aio_discard", rbd_aio_discard(image, SIZE + 1, 64 * KIB, c = plain()), 0);
	done("discard past the end", c, -EINVAL);
	is("aio_writesame", rbd_aio_writesame(image, 0, 64 * KIB, "abcd", 4, c = plain(), 0), 0);
	done("writesame", c, 0);
	is("aio_writesame, remainder", rbd_aio_writesame(image, 0, 1001, "abcd", 4, c = plain(), 0), -EINVAL);
	rbd_aio_release(c);
	is("aio_write_zeroes", rbd_aio_write_zeroes(image, 100, 1000, c = plain(), 0, 0), 0);
	done("write_zeroes", c, 0);
	is("aio_write_zeroes, unknown flag", rbd_aio_write_zeroes(image, 100, 1000, c = plain(), 2, 0), 0);
	done("write_zeroes, unknown flag", c, -EINVAL);
	is("aio_compare_and_write", rbd_aio_compare_and_write(image, 0, 4, "abcd", "efgh", c = plain(), &mismatch, 0), 0);
	done("compare_and_write", c, 0);
	is("aio_compare_and_write", rbd_aio_compare_and_write(image, 0, 4, "efxx", "abcd", c = plain(), &mismatch, 0), 0);
	done("compare_and_write, different", c, -EILSEQ);
	is("where", mismatch, 2);
	is("aio_flush", rbd_aio_flush(image, c = plain()), 0);
	done("flush", c, 0);
}

static void vectors(void)
{
	rbd_completion_t c;
	struct iovec parts[3] = {{(char *)"one", 3}, {NULL, 0}, {(char *)"three", 5}};
	struct iovec into[2] = {{buf, 4}, {buf + 100, 4}};

	is("aio_writev", rbd_aio_writev(image, parts, 3, 1000, c = plain()), 0);
	done("writev", c, 0);
	memset(buf, 9, 200);
	is("aio_readv", rbd_aio_readv(image, into, 2, 1000, c = plain()), 0);
	done("readv", c, 8);
	is("first", memcmp(buf, "onet\11", 5), 0);
	is("second", memcmp(buf + 100, "hree\11", 5), 0);
	is("aio_readv, one", rbd_aio_readv(image, into, 1, 1000, c = plain()), 0);
	done("readv, one", c, 4);
	is("aio_readv over the end", rbd_aio_readv(image, into, 2, SIZE - 6, c = plain()), 0);
	done("readv over the end", c, 6);
	is("aio_writev of none", rbd_aio_writev(image, parts, 0, 0, c = plain()), -EINVAL);
	is("aio_writev of -1", rbd_aio_writev(image, parts, -1, 0, c), -EINVAL);
	is("aio_readv of none", rbd_aio_readv(image, into, 0, 0, c), -EINVAL);
	rbd_aio_release(c);
}

struct seen {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int calls;
	long long value;
	int same_arg, complete, off_thread;
	pthread_t submitter;
};

static void called(rbd_completion_t c, void *arg)
{
	struct seen *seen = arg;
	pthread_mutex_lock(&seen->lock);
	seen->calls++;
	seen->value = rbd_aio_get_return_value(c);
	seen->same_arg += rbd_aio_get_arg(c) == arg;
	seen->complete += rbd_aio_is_complete(c) == 1;
	seen->off_thread += !pthread_equal(pthread_self(), seen->submitter);
	rbd_aio_release(c);
	pthread_cond_broadcast(&seen->changed);
	pthread_mutex_unlock(&seen->lock);
}

/* Counts, and leaves the completion to its owner. */
static void ignored(rbd_completion_t c, void *arg)
{
	(void)c;
	++*(int *)arg;
}

static void callbacks(void)
{
	struct seen seen = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 7, 0, 0, 0, pthread_self()};
	rbd_completion_t c;

	memset(buf, 'p', 128 * KIB);
	for (int i = 0; i < 128; i++) {
		must("create_completion", rbd_aio_create_completion(&seen, called, &c));
		must("aio_write", rbd_aio_write(image, i * KIB, KIB, buf + i * KIB, c));
	}
	pthread_mutex_lock(&seen.lock);
	while (seen.calls < 128)
		pthread_cond_wait(&seen.changed, &seen.lock);
	pthread_mutex_unlock(&seen.lock);
	is("callbacks", seen.calls, 128);
	is("with their argument", seen.same_arg, 128);
	is("complete", seen.complete, 128);
	is("on another thread", seen.off_thread, 128);
	is("value", seen.value, 0);

	must("create_completion", rbd_aio_create_completion(&seen, called, &c));
	must("aio_read", rbd_aio_read(image, 0, 128 * KIB, buf, c));
	pthread_mutex_lock(&seen.lock);
	while (seen.calls < 129)
		pthread_cond_wait(&seen.changed, &seen.lock);
	pthread_mutex_unlock(&seen.lock);
	is("value of a read", seen.value, 128 * KIB);
	is("bytes", differs(buf, 128 * KIB, 'p'), -1);

	/* Given back before it is done. */
	must("aio_write", rbd_aio_write(image, 0, KIB, buf, c = plain()));
	rbd_aio_release(c);
	is("flush", rbd_flush(image), 0);
	/* Never used. */
	c = plain();
	is("is_complete, unused", rbd_aio_is_complete(c), 0);
	rbd_aio_release(c);
}

static void notification(void)
{
	rbd_completion_t comps[8], c;
	int fd = eventfd(0, EFD_NONBLOCK), own[4] = {0, 1, 2, 3}, got = 0, sum = 0, in_order = 0;
	rbd_image_t watched;

	must("open", rbd_open(io, "img-aio", &watched, NULL));
	is("poll without notification", rbd_poll_io_events(watched, comps, 8) <= 0, 1);
	is("unknown type", rbd_set_image_notification(watched, fd, 3), -EINVAL);
	is("eventfd", rbd_set_image_notification(watched, fd, EVENT_TYPE_EVENTFD), 0);
	is("nothing yet", rbd_poll_io_events(watched, comps, 8), 0);
	for (int i = 0; i < 4; i++) {
		must("create_completion", rbd_aio_create_completion(&own[i], NULL, &c));
		must("aio_write", rbd_aio_write(watched, i * 4096, 4096, buf, c));
	}
	while (got < 4) {
		struct pollfd waiting = {fd, POLLIN, 0};
		uint64_t count;
		if (poll(&waiting, 1, 10000) != 1)
			break;
		if (read(fd, &count, sizeof count) != sizeof count)
			break;
		int n = rbd_poll_io_events(watched, comps, 8);
		for (int i = 0; i < n; i++) {
			int *arg = rbd_aio_get_arg(comps[i]);
			in_order += rbd_aio_get_return_value(comps[i]) == 0 && rbd_aio_is_complete(comps[i]);
			sum += *arg;
			rbd_aio_release(comps[i]);
		}
		if (n > 0)
			got += n;
	}
	is("completions polled", got, 4);
	is("all four", sum, 6);
	is("complete and well", in_order, 4);
	is("none left", rbd_poll_io_events(watched, comps, 8), 0);
	is("close", rbd_close(watched), 0);
	close(fd);

	int ends[2];
	must("pipe", pipe(ends));
	must("open", rbd_open(io, "img-aio", &watched, NULL));
	is("pipe", rbd_set_image_notification(watched, ends[1], EVENT_TYPE_PIPE), 0);
	must("create_completion", rbd_aio_create_completion(&own[3], NULL, &c));
	must("aio_read", rbd_aio_read(watched, 0, 4096, buf, c));
	struct pollfd waiting = {ends[0], POLLIN, 0};
	is("pipe readable", poll(&waiting, 1, 10000), 1);
	is("polled", rbd_poll_io_events(watched, comps, 8), 1);
	is("value", rbd_aio_get_return_value(comps[0]), 4096);
	rbd_aio_release(comps[0]);
	is("close", rbd_close(watched), 0);
	close(ends[0]);
	close(ends[1]);
}

/* Waits for so many callbacks, without polling. */
static void await_calls(struct seen *seen, int calls)
{
	pthread_mutex_lock(&seen->lock);
	while (seen->calls < calls)
		pthread_cond_wait(&seen->changed, &seen->lock);
	pthread_mutex_unlock(&seen->lock);
}

/* Callbacks of an image that can be polled: before their completions are polled, and also where nobody does. */
static void notified_callbacks(void)
{
	struct seen seen = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 7, 0, 0, 0, pthread_self()};
	int fd = eventfd(0, EFD_NONBLOCK), got = 0, behind = 0;
	rbd_completion_t c, comps[5];
	rbd_image_t watched;

	must("open", rbd_open(io, "img-aio", &watched, NULL));
	must("eventfd", rbd_set_image_notification(watched, fd, EVENT_TYPE_EVENTFD));
	for (int i = 0; i < 64; i++) {
		must("create_completion", rbd_aio_create_completion(&seen, called, &c));
		must("aio_write", rbd_aio_write(watched, i * 4096, 4096, buf, c));
	}
	while (got < 64) {
		struct pollfd waiting = {fd, POLLIN, 0};
		uint64_t count;
		int n;
		if (poll(&waiting, 1, 10000) != 1 || read(fd, &count, sizeof count) != sizeof count)
			break;
		while ((n = rbd_poll_io_events(watched, comps, 5)) > 0) {
			got += n;
			pthread_mutex_lock(&seen.lock);
			behind += seen.calls < got;
			pthread_mutex_unlock(&seen.lock);
		}
	}
	is("completions polled", got, 64);
	is("callbacks of what was polled", seen.calls, 64);
	is("polled before their callback", behind, 0);

	for (int i = 0; i < 2000; i++) {
		must("create_completion", rbd_aio_create_completion(&seen, called, &c));
		must("aio_read", rbd_aio_read(watched, i % 64 * 4096, 4096, other, c));
		if (i % 500 == 499)
			await_calls(&seen, 64 + i + 1);
	}
	is("callbacks where nobody polls", seen.calls, 2064);
	is("values", seen.value, 4096);

	must("create_completion", rbd_aio_create_completion(&got, ignored, &c));
	must("aio_write", rbd_aio_write(watched, 0, 4096, buf, c));
	done("waited for and not polled", c, 0);
	is("after its callback", got, 65);

	must("create_completion", rbd_aio_create_completion(&seen, called, &c));
	must("aio_write", rbd_aio_write(watched, 0, 4096, buf, c));
	is("close", rbd_close(watched), 0);
	await_calls(&seen, 2065);
	is("a callback of a closed image", seen.calls, 2065);
	close(fd);
}

static void opening(void)
{
	rbd_image_t again = NULL;
	rbd_completion_t c;
	is("aio_open", rbd_aio_open(io, "img-aio", &again, NULL, c = plain()), 0);
	done("open", c, 0);
	is("handle", again != NULL, 1);
	is("aio_close", rbd_aio_close(again, c = plain()), 0);
	done("close", c, 0);
	again = (rbd_image_t)&c;
	is("aio_open of nothing", rbd_aio_open(io, "img-none", &again, NULL, c = plain()), 0);
	done("open of nothing", c, -ENOENT);
	is("no handle", again == NULL, 1);
	is("aio_open_read_only", rbd_aio_open_read_only(io, "img-aio", &again, NULL, c = plain()), 0);
	done("open read-only", c, 0);
	is("aio_write", rbd_aio_write(again, 0, 10, buf, c = plain()), 0);
	done("write read-only", c, -EROFS);
	is("aio_discard", rbd_aio_discard(again, 0, 4096, c = plain()), 0);
	done("discard read-only", c, -EROFS);
	is("aio_flush", rbd_aio_flush(again, c = plain()), 0);
	done("flush read-only", c, 0);
	is("close", rbd_close(again), 0);
}

int main(void)
{
	start();
	fresh("img-aio", SIZE, 16);
	must("open", rbd_open(io, "img-aio", &image, NULL));
	values();
	vectors();
	callbacks();
	opening();
	notification();
	notified_callbacks();
	is("close", rbd_close(image), 0);
	rbd_remove(io, "img-aio");
	return finish();
}
